"""A world from a multi-region input-output table (ICIO, WIOD, EXIOBASE, … as pymrio reads them).

In this order
1. Final demand columns of regions that sell nothing (a discrepancy column) are dropped.
2. Economies and sectors are added up to those chosen.
3. Changes in inventories (and valuables) are told from the other final demand by their names.
4. Negative flows are set to 0, and output is what the flows left add up to.
5. Where inputs, tariffs included, cost as much as output or more, they are scaled down to leave 1 %
   of value added; what is cut is final demand of the same economy. Inputs of a cell without output
   become final demand in the same way.
6. Changes in inventories are taken out, by default with output adjusted
   (`comity.trade.table_cleaning.without_inventories`).
7. Flows X_nij are intermediate plus final purchases of n from i of goods j. Output is the sum of
   sales; input shares are purchases over output; value added is the rest of output, so taxes less
   subsidies on products, margins and statistical discrepancies are part of it; deficits are imports
   less exports. The baseline is an equilibrium by construction.
Every step that changed something says so in a note.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, Note, make_baseline
from comity.trade.labelled_table import (
    ALL,
    economy_groups,
    final_uses,
    frames,
    sector_groups,
    some,
    unit_of,
)
from comity.trade.names import code_of
from comity.trade.numbers import numbers, one_number
from comity.trade.table_cleaning import (
    INVENTORIES,
    Uses,
    bound_inputs,
    drop_negative,
    grouped,
    without_inventories,
)
from comity.trade.validate import check_rates
from comity.words.errors import InputError, NotFound, Place, ValidationError

Array = NDArray[np.float64]
Index = NDArray[np.intp]


def from_input_output(
    table: Any,
    *,
    theta: float | Mapping[str, float] | Sequence[float],
    economies: Sequence[str] | Mapping[str, str] | None = None,
    sectors: Mapping[str, str] | None = None,
    tariff: Any = None,
    inventories: str = "remove",
    inventory_categories: Sequence[str] | None = None,
    value_added: Any = None,
    name: str = "input-output",
    unit: str | None = None,
    year: int | None = None,
    source: str = "",
    licence: str = "",
    goods: Mapping[str, tuple[str, ...]] | None = None,
    notes: Sequence[Note] = (),
) -> Baseline:
    """A baseline from a pymrio ``IOSystem``, or anything with its labelled tables Z and Y.

    Parameters
    ----------
    table : has ``Z`` (intermediate use, (region, sector) by (region, sector)) and ``Y`` (final
        demand, (region, sector) by (region, category)), as data frames; ``x`` (output), where it is
        there, is compared with the sum of uses.
    theta : trade elasticity, one for all, by sector (``"*"`` for the others) or in sector order.
    economies : those to keep, the others becoming ROW; or a mapping region → economy, in which
        ``"*"`` stands for the others. Codes are translated by the reviewed table.
    sectors : mapping sector → new sector, with ``"*"`` for the others; all are kept by default.
    tariff : one rate on all foreign trade, a mapping ``{(importer, exporter): rate}`` or
        ``{(importer, exporter, sector): rate}``, or an array (J, N, N) ``[sector, importer,
        exporter]``; fractions. Flows are net of them.
    inventories : "remove", "produce", "scale" or "keep"; see `without_inventories`.
    inventory_categories : names of the final demand categories that are changes in inventories;
        by default those whose name says so.
    value_added : value added by (region, sector), to compare with what remains of output.
    unit : of all values; by default that of the table's ``unit``, where it has one for all.

    Raises `ValidationError` for tables that do not fit each other or hold NaN, `NotFound` for
    names the table lacks, `InputError` for options.
    """
    if inventories not in INVENTORIES:
        raise InputError(f"inventories is {inventories!r}", mend=f"write {', '.join(INVENTORIES)}")
    labels, z, y, y_labels = frames(table)
    regions = list(dict.fromkeys(region for region, _ in labels))
    industries = list(dict.fromkeys(sector for _, sector in labels))
    if len(labels) != len(regions) * len(industries):
        raise ValidationError(
            "the regions of the table do not all have the same sectors", where=Place(field="Z")
        )
    new_economy, codes, titles = economy_groups(regions, economies)
    new_sector, kept = sector_groups(industries, sectors)
    n, j = len(codes), len(kept)
    rows = np.array([new_economy[r] * j + new_sector[s] for r, s in labels], dtype=np.intp)
    found = list(notes)
    final, stock = final_uses(y, y_labels, new_economy, n, inventory_categories, found)
    uses = Uses(
        grouped(grouped(z, rows, n * j).T, rows, n * j).T,
        grouped(final, rows, n * j),
        grouped(stock, rows, n * j),
    )
    made = uses.made
    _compare_output(table, labels, rows, made, codes, found)
    rates = _rates(tariff, codes, kept)
    # One plus the tariff that n pays on (i, j): by row and importer, then by row and column.
    paid = 1.0 + rates.transpose(2, 0, 1).reshape(n * j, n)
    by_column = np.repeat(paid, j, axis=1)
    count, total = drop_negative(uses)
    if count:
        part = 100 * total / made.sum()
        found.append(
            Note("negative-flow", f"{count} negative flows ({part:.2g} % of output) set to 0")
        )
        made = uses.made
    _bound(uses, made, by_column, codes, kept, found)
    _stocks_note(uses, inventories, made, found)
    uses = without_inventories(uses, inventories, made)
    made = uses.made
    _bound(uses, made, by_column, codes, kept, found)
    _compare_value_added(value_added, labels, uses, made, by_column, found)
    if unit is None:
        unit = unit_of(table, found)
    return _baseline(
        uses,
        made,
        rates,
        codes,
        titles,
        kept,
        theta,
        name=name,
        unit=unit,
        year=year,
        source=source,
        licence=licence,
        goods={} if goods is None else goods,
        notes=found,
    )


# ---------------------------------------------------------------------------- options and notes


def _rates(tariff: Any, codes: list[str], sectors: list[str]) -> Array:
    """Tariffs (J, N, N) ``[j, n, i]``."""
    n, j = len(codes), len(sectors)
    if tariff is None:
        return np.zeros((j, n, n))
    if isinstance(tariff, Mapping):
        rates = np.zeros((j, n, n))
        for key, rate in tariff.items():
            at = [code_of(str(one)) for one in key[:2]] if isinstance(key, tuple) else []
            if len(at) != 2 or len(key) > 3 or not set(at) <= set(codes):
                raise InputError(
                    f"a tariff for {key!r}",
                    mend="write (importer, exporter) or (importer, exporter, sector), of the table",
                )
            says = f"the tariff for {', '.join(map(str, key))}"
            plain = one_number(rate, "tariff", "tariffs are fractions: 0.25 is 25 %", says)
            if len(key) == 3 and key[2] not in sectors:
                raise NotFound(f"a tariff for the sector {key[2]!r}", mend=some(sectors))
            which = slice(None) if len(key) == 2 else sectors.index(key[2])
            rates[which, codes.index(at[0]), codes.index(at[1])] = plain
        check_rates(rates, codes, sectors)
        return rates
    rates = numbers(tariff, "tariff", "tariffs are fractions: 0.25 is 25 %")
    if rates.ndim == 0:
        rates = np.full((j, n, n), float(rates))
        rates[:, np.arange(n), np.arange(n)] = 0.0
    if rates.shape != (j, n, n):
        raise ValidationError(
            f"tariffs have the shape {rates.shape}, not {(j, n, n)}",
            where=Place(field="tariff"),
            mend="the axes are sector, importer, exporter",
        )
    check_rates(rates, codes, sectors)
    return rates


def elasticities(theta: Any, sectors: Sequence[str]) -> Array:
    """θ by sector (J,) from one number, a mapping with ``"*"`` for the others, or a sequence."""
    if isinstance(theta, Mapping):
        for key in theta:
            if key != ALL and key not in sectors:
                raise NotFound(f"a trade elasticity for the sector {key!r}", mend=some(sectors))
        lacking = [s for s in sectors if s not in theta and ALL not in theta]
        if lacking:
            raise InputError(
                f"no trade elasticity for {lacking[0]}", mend=f"add '{ALL}' for the others"
            )
        mend = "give numbers above 0"
        return np.array(
            [
                one_number(theta.get(s, theta.get(ALL)), "theta", mend, f"theta of {s}")
                for s in sectors
            ]
        )
    values = numbers(theta, "theta", "give one number above 0, a mapping by sector, or a list")
    if values.ndim == 0:
        return np.full(len(sectors), float(values))
    if values.shape != (len(sectors),):
        raise InputError(
            f"{values.size} trade elasticities for {len(sectors)} sectors",
            mend=f"give one number, a mapping with '{ALL}' for the others, or one for each sector",
        )
    return values


def _bound(
    uses: Uses, made: Array, paid: Array, codes: list[str], sectors: list[str], found: list[Note]
) -> None:
    short, moved = bound_inputs(uses, made, paid)
    if short.any() and moved > 1e-12 * made.sum():
        cells = short.reshape(len(codes), len(sectors))
        where = [f"{codes[n]} {sectors[j]}" for n, j in np.argwhere(cells)]
        more = f" and {len(where) - 8} more" if len(where) > 8 else ""
        found.append(
            Note(
                "no-value-added",
                f"inputs cost as much as output or more in {', '.join(where[:8])}{more}: they were "
                f"scaled down, and {moved:,.0f} counts as final demand",
                tuple(codes[k] for k in np.flatnonzero(cells.any(axis=1))),
                tuple(sectors[k] for k in np.flatnonzero(cells.any(axis=0))),
                len(where),
            )
        )


_DONE = {
    "remove": "were taken out and output adjusted to what remaining final demand needs",
    "produce": "count as final demand where they rise, and as made in the year where they fall; "
    "output was adjusted",
    "scale": "were taken out and other sales scaled up so that output stays",
    "keep": "were kept as final demand; falls were set to 0",
}


def _stocks_note(uses: Uses, how: str, made: Array, found: list[Note]) -> None:
    rise = float(uses.stock[uses.stock > 0.0].sum())
    fall = float(np.abs(uses.stock[uses.stock < 0.0]).sum())
    if rise or fall:
        total = made.sum()
        found.append(
            Note(
                "inventories",
                f"changes in inventories (rises {100 * rise / total:.2g} %, falls "
                f"{100 * fall / total:.2g} % of output) {_DONE[how]}",
            )
        )


def _compare_output(
    table: Any,
    labels: list[tuple[str, str]],
    rows: Index,
    made: Array,
    codes: list[str],
    found: list[Note],
) -> None:
    """A note where the table's own output is not the sum of its uses."""
    x = getattr(table, "x", None)
    if x is None or not hasattr(x, "to_numpy"):
        return
    given = np.asarray(x.to_numpy(), dtype=np.float64).reshape(-1)
    if given.shape != (len(labels),):
        raise ValidationError(
            f"the output x has {given.size} values, not {len(labels)}", where=Place(field="x")
        )
    off = grouped(given, rows, len(made)) - made
    part = float(np.abs(off).sum() / made.sum())
    if part > 1e-6:
        by_economy = np.abs(off).reshape(len(codes), -1).sum(axis=1)
        found.append(
            Note(
                "discrepancy",
                f"the table's output and the sum of its uses differ by {100 * part:.2g} % in sum, "
                f"most in {codes[int(np.argmax(by_economy))]}; the sum of uses is taken",
            )
        )


def _compare_value_added(
    given: Any,
    labels: list[tuple[str, str]],
    uses: Uses,
    made: Array,
    paid: Array,
    found: list[Note],
) -> None:
    if given is None:
        return
    values = np.asarray(getattr(given, "to_numpy", lambda: given)(), dtype=np.float64).reshape(-1)
    if values.shape != (len(labels),):
        raise ValidationError(
            f"value added has {values.size} values, not {len(labels)}",
            where=Place(field="value_added"),
        )
    rest = float(made.sum() - (uses.inputs * paid).sum())
    stated = float(values.sum())
    if abs(rest - stated) > 1e-6 * abs(stated):
        found.append(
            Note(
                "value-added",
                f"value added is {rest:,.0f} here and {stated:,.0f} in the table "
                f"({100 * (rest / stated - 1.0):+.2g} %): taxes on products, margins, tariffs and "
                "what was cleaned make the difference",
            )
        )


# ------------------------------------------------------------------------------------- baseline


def _baseline(
    uses: Uses,
    made: Array,
    rates: Array,
    codes: list[str],
    titles: list[str],
    sectors: list[str],
    theta: Any,
    *,
    name: str,
    **more: Any,
) -> Baseline:
    """Shares and totals of a clean table."""
    n, j = len(codes), len(sectors)
    # [i, j, n, k] and [i, j, n] → purchases at buyers' prices.
    paid = 1.0 + rates.transpose(2, 0, 1)
    inputs = uses.inputs.reshape(n, j, n, j) * paid[:, :, :, None]
    final = uses.final.reshape(n, j, n) * paid
    bought = (inputs.sum(axis=3) + final).transpose(1, 2, 0)
    spent = bought.sum(axis=2)
    flow = (bought / (1.0 + rates)).sum(axis=0)
    output = made.reshape(n, j)
    by_input = inputs.sum(axis=0).transpose(1, 0, 2)
    share = np.divide(
        by_input, output[:, None, :], out=np.zeros((n, j, j)), where=output[:, None, :] > 0.0
    )
    wanted = final.sum(axis=0).T
    total = wanted.sum(axis=1)
    if (total <= 0.0).any():
        who = ", ".join(codes[int(k)] for k in np.flatnonzero(total <= 0.0))
        raise ValidationError(f"{who} has no final demand", mend="add it to another economy")
    value_added_share = 1.0 - share.sum(axis=1)
    return make_baseline(
        name,
        economies=codes,
        economy_names=titles,
        sectors=sectors,
        trade_share=np.divide(
            bought, spent[:, :, None], out=np.zeros_like(bought), where=spent[:, :, None] > 0.0
        ),
        tariff=rates,
        value_added_share=value_added_share,
        input_share=share,
        final_share=wanted / total[:, None],
        expenditure=spent.T,
        value_added=(value_added_share * output).sum(axis=1),
        deficit=flow.sum(axis=1) - flow.sum(axis=0),
        theta=elasticities(theta, sectors),
        **more,
    )
