"""One-sector gravity data: 44 economies 2000 to 2014, and 30 economies in 2006.

The first comes with the packages ge_gravity (Stata) and GEGravity (R) after Baier, Yotov and Zylkin
(2019), "On the widely differing effects of free trade agreements", Journal of International
Economics 116, 206-226. The second is the sample of the package gegravity (Python) after Herman
(2021), USITC Economics Working Paper 2021-04-B.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, Note
from comity.trade.files import PathLike, Table, file_in, folder_of, read_table
from comity.trade.names import code_of
from comity.trade.one_sector import one_sector
from comity.words.errors import InputError, Place, ValidationError

Array = NDArray[np.float64]
Index = NDArray[np.intp]

SECTOR = "Total"
"""Trade of all sectors added up, services included: not goods alone."""
COST = ("lndist", "contiguity", "common_language", "pta", "international")
"""The variables of the sample's gravity equation, in the order of its coefficients."""


def read_gegravity(folder: PathLike, year: int = 2000, theta: float = 4.0) -> Baseline:
    """Trade of 44 economies with domestic sales, in one of 2000, 2005, 2010 and 2014.

    Output is the sum of exports, spending the sum of imports, both with domestic sales; the deficit
    is their difference. No tariffs, no inputs. The unit is not stated in the source; the size fits
    million US dollars.

    Raises `FileError` and `ValidationError` naming file and row, `InputError` for other years.
    """
    path = folder_of(folder, "the gravity data 2000 to 2014")
    file = file_in(path, "trade_data_2000_2014.csv", "gegravity")
    table = read_table(file, ("exporter", "importer", "year", "trade"))
    years = np.array(table.values("year"))
    chosen = np.flatnonzero(years == str(year))
    if not len(chosen):
        raise InputError(
            f"there are no flows for {year}",
            where=Place(file=table.path, field="year"),
            mend=f"the years are {', '.join(sorted(set(years)))}",
        )
    codes, flow = _square(table, chosen, "trade", sort=True)
    return one_sector(
        f"gegravity-{year}",
        economies=[code_of(code) for code in codes],
        economy_names=codes,
        flow=flow,
        theta=theta,
        sector=SECTOR,
        unit="USD million",
        year=year,
        source="GEGravity (R): WIOD trade summed over sectors; Baier, Yotov and Zylkin (2019)",
        licence="GPL-3 package data; not shipped",
        notes=[Note("unit", "the source states no unit; the size fits million US dollars")],
    )


def read_gegravity_2006(folder: PathLike, theta: float = 4.0, *, fitted: bool = False) -> Baseline:
    """The 30 economies of the sample for 2006, domestic sales included; σ − 1 = `theta`.

    By default the observed trade: output and spending are its sums. They differ from the columns Y
    and E of the file (output and expenditure with partners outside the sample), as a note says.
    With ``fitted=True`` the trade of the estimated gravity equation: X_ni = a_i b_n exp(β z_ni),
    scaled to the file's Y and E, world E being scaled to world Y (they differ by 0.8 %). That is
    the baseline of the package's own results.

    Raises `FileError` and `ValidationError` naming file and row.
    """
    path = folder_of(folder, "the gravity sample of 2006")
    file = file_in(path, "sample_2006.csv", "gegravity 2006")
    table = read_table(file, ("exporter", "importer", "year", "trade", "Y", "E", *COST))
    rows = np.arange(len(table.rows))
    codes, trade = _square(table, rows, "trade", sort=False)
    output = np.diag(_square(table, rows, "Y", sort=False)[1]).copy()
    spending = np.diag(_square(table, rows, "E", sort=False)[1]).copy()
    if fitted:
        flow = _fit(path, table, rows, output, spending)
        say = (
            "trade is fitted: estimated costs, output and spending of the file; world spending "
            f"was scaled by {output.sum() / spending.sum():.4f} to world output"
        )
    else:
        flow = trade
        off_y, off_e = trade.sum(axis=0) / output - 1.0, trade.sum(axis=1) / spending - 1.0
        worst_y, worst_e = int(np.argmax(np.abs(off_y))), int(np.argmax(np.abs(off_e)))
        say = (
            "output and spending are the sums of trade among the 30; the file's Y and E hold more: "
            f"sales are {100 * off_y[worst_y]:+.1f} % of Y away in {codes[worst_y]}, purchases "
            f"{100 * off_e[worst_e]:+.1f} % of E in {codes[worst_e]}, at most; world Y exceeds "
            f"world E by {100 * (output.sum() / spending.sum() - 1.0):.1f} %"
        )
    return one_sector(
        "gegravity-2006-fitted" if fitted else "gegravity-2006",
        economies=[code_of(code) for code in codes],
        economy_names=codes,
        flow=flow,
        theta=theta,
        sector=SECTOR,
        unit="USD million",
        year=2006,
        source="gegravity (Python) sample: Yotov et al. (2016), Dynamic Gravity Dataset",
        licence="MIT package data; not shipped",
        notes=[Note("sums", say)],
    )


def _square(table: Table, rows: Index, column: str, *, sort: bool) -> tuple[list[str], Array]:
    """Codes, and one column as [n importer, i exporter]. Raises for pairs absent or twice."""
    exporter, importer = table.column("exporter"), table.column("importer")
    values = table.numbers(column)
    seen = dict.fromkeys(table.rows[r][exporter] for r in rows)
    codes = sorted(seen) if sort else list(seen)
    index = {code: k for k, code in enumerate(codes)}
    square = np.full((len(codes), len(codes)), np.nan)
    for r in rows:
        a, b = table.rows[r][exporter], table.rows[r][importer]
        if b not in index:
            raise ValidationError(f"{b} imports but exports nothing", where=table.at(int(r)))
        if not np.isnan(square[index[b], index[a]]):
            raise ValidationError(f"the flow from {a} to {b} stands twice", where=table.at(int(r)))
        square[index[b], index[a]] = values[r]
    if np.isnan(square).any():
        n, i = (int(k) for k in np.argwhere(np.isnan(square))[0])
        raise ValidationError(
            f"the flow from {codes[i]} to {codes[n]} is missing",
            where=Place(file=table.path),
            mend="the table must hold every pair, domestic sales included",
        )
    return codes, square


def _fit(folder: Path, table: Table, rows: Index, output: Array, spending: Array) -> Array:
    file = file_in(folder, "sample_2006_coefficients.csv", "gegravity 2006")
    estimates = read_table(file, ("variable", "coefficient"))
    beta = dict(
        zip(estimates.values("variable"), estimates.numbers("coefficient").tolist(), strict=True)
    )
    absent = [name for name in COST if name not in beta]
    if absent:
        raise ValidationError(f"no coefficient for {absent[0]}", where=Place(file=str(file)))
    index = np.zeros((len(output), len(output)))
    for name in COST:
        index += beta[name] * _square(table, rows, name, sort=False)[1]
    return balanced(np.exp(index), spending * (output.sum() / spending.sum()), output)


def balanced(weight: Array, rows: Index, columns: Array) -> Array:
    """`weight` scaled by row and by column to the sums given (iterative proportional fitting)."""
    a = np.ones(len(rows))
    b = columns.copy()
    for _ in range(10_000):
        a = rows / (weight @ b)
        new = columns / (weight.T @ a)
        done = np.abs(new / b - 1.0).max() < 1e-15
        b = new
        if done:
            break
    return np.asarray(a[:, None] * weight * b)
