"""A baseline as a folder of plain CSV files: one that a person can write, read and diff.

    economies.csv   economy, name, value_added, deficit
    sectors.csv     sector, name, theta, goods             (goods: HS codes with ; between)
    trade.csv       importer, exporter, sector, value, tariff
    inputs.csv      economy, input, sector, share          (of the sector's output)
    final.csv       economy, sector, share
    gaps.csv        importer, exporter
    schedule-*.csv  importer, exporter, sector, tariff
    meta.json       name, unit, year, source, licence, one_sector, schedules, notes

Only economies.csv, sectors.csv and trade.csv have to be there. Values are net of tariffs and
include domestic sales (importer = exporter); tariffs are fractions; a row that is not there is 0.
Without inputs.csv value added is all of output; without final.csv final shares are what is left of
spending after inputs; without the columns value_added and deficit they follow from output and
trade; names default to labels, theta to nothing: it has to be there.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline, Note, make_baseline
from comity.trade.files import PathLike, Table, file_in, folder_of, number, read_table
from comity.trade.names import Names
from comity.words.errors import FileError, NotFound, Place, ValidationError

Array = NDArray[np.float64]

META = ("name", "unit", "year", "source", "licence", "one_sector")
LAYOUT = "a folder as `write_csv_folder` makes it, or one with the files of that layout"


def write_csv_folder(baseline: Baseline, path: PathLike) -> Path:
    """Write the files of the layout into `path`, which is made if need be. Raises `FileError`.

    Numbers are written so that they read back exactly; shares that are computed from them on
    reading differ by rounding only (1e-15).
    """
    folder = Path(path).expanduser()
    names = baseline.names
    flow = baseline.trade_share * baseline.expenditure.T[:, :, None] / (1.0 + baseline.tariff)
    goods = [";".join(baseline.goods.get(sector, ())) for sector in names.sectors]
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "economies.csv": (
            ("economy", "name", "value_added", "deficit"),
            zip(
                names.economies,
                names.economy_names,
                baseline.value_added.tolist(),
                baseline.deficit.tolist(),
                strict=True,
            ),
        ),
        "sectors.csv": (
            ("sector", "name", "theta", "goods"),
            zip(names.sectors, names.sector_names, baseline.theta.tolist(), goods, strict=True),
        ),
        "trade.csv": (
            ("importer", "exporter", "sector", "value", "tariff"),
            _cells(names, flow, baseline.tariff),
        ),
        "inputs.csv": (
            ("economy", "input", "sector", "share"),
            (
                (names.economies[n], names.sectors[k], names.sectors[j], float(share))
                for (n, k, j), share in np.ndenumerate(baseline.input_share)
                if share != 0.0
            ),
        ),
        "final.csv": (
            ("economy", "sector", "share"),
            (
                (names.economies[n], names.sectors[j], float(share))
                for (n, j), share in np.ndenumerate(baseline.final_share)
                if share != 0.0
            ),
        ),
        "gaps.csv": (("importer", "exporter"), baseline.gaps),
    }
    files = {name: f"schedule-{k}.csv" for k, name in enumerate(baseline.schedules)}
    for name, schedule in baseline.schedules.items():
        head = ("importer", "exporter", "sector", "tariff")
        tables[files[name]] = (head, _cells(names, schedule))
    meta: dict[str, Any] = {key: getattr(baseline, key) for key in META}
    meta["schedules"] = files
    meta["notes"] = [note.as_dict() for note in baseline.notes]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, (columns, rows) in tables.items():
            with (folder / file).open("w", encoding="utf-8", newline="") as out:
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(rows)
        text = json.dumps(meta, ensure_ascii=False, indent=1)
        (folder / "meta.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise FileError(
            f"the folder cannot be written: {error.strerror}",
            where=Place(file=str(folder)),
            mend="name another folder",
        ) from error
    return folder


def _cells(names: Names, first: Array, *others: Array) -> Iterable[tuple[Any, ...]]:
    """Rows of the cells [j, n, i] where any of the arrays is not 0."""
    some = first != 0.0
    for other in others:
        some |= other != 0.0
    for j, n, i in np.argwhere(some):
        values = (float(array[j, n, i]) for array in (first, *others))
        yield (names.economies[n], names.economies[i], names.sectors[j], *values)


def read_csv_folder(path: PathLike) -> Baseline:
    """The baseline of a folder in the layout of this module.

    Raises `FileError` for files that are missing or no CSV, `ValidationError` and `NotFound` for
    rows that stand twice, are no numbers or name what the lists lack, with file and row.
    """
    folder = folder_of(path, "a baseline in CSV files", LAYOUT)
    listed = read_table(file_in(folder, "economies.csv", "a baseline"), ("economy",))
    sorts = read_table(file_in(folder, "sectors.csv", "a baseline"), ("sector", "theta"))
    names = Names.of(
        listed.values("economy"),
        sorts.values("sector"),
        listed.values("name") if "name" in listed.columns else None,
        sorts.values("name") if "name" in sorts.columns else None,
    )
    n, j = len(names.economies), len(names.sectors)
    flow, tariff = _trade(folder, names, (j, n, n))
    paid = flow * (1.0 + tariff)
    spent = paid.sum(axis=2)
    output = flow.sum(axis=1).T
    inputs = _optional(folder, "inputs.csv", ("economy", "input", "sector"), names, (n, j, j))
    value_added_share = 1.0 - inputs.sum(axis=1)
    earned = (value_added_share * output).sum(axis=1)
    final = _optional(folder, "final.csv", ("economy", "sector"), names, (n, j))
    if not (folder / "final.csv").is_file():
        final = _rest(folder, spent.T - np.einsum("nkj,nj->nk", inputs, output), spent.T, names)
    balance = (flow.sum(axis=(0, 2)) - flow.sum(axis=(0, 1))).astype(np.float64)
    more, notes = _meta(folder, names)
    goods = sorts.values("goods") if "goods" in sorts.columns else [""] * j
    made = make_baseline(
        more.pop("name", folder.name),
        economies=names.economies,
        economy_names=names.economy_names,
        sectors=names.sectors,
        sector_names=names.sector_names,
        trade_share=np.divide(
            paid, spent[:, :, None], out=np.zeros_like(paid), where=spent[:, :, None] > 0.0
        ),
        tariff=tariff,
        value_added_share=value_added_share,
        input_share=inputs,
        final_share=final,
        expenditure=spent.T,
        value_added=_column(listed, "value_added", earned),
        deficit=_column(listed, "deficit", balance),
        theta=sorts.numbers("theta"),
        goods={
            sector: tuple(code.strip() for code in codes.split(";"))
            for sector, codes in zip(names.sectors, goods, strict=True)
            if codes.strip()
        },
        gaps=_gaps(folder, names),
        notes=notes,
        **more,
    )
    # What the notes of the file already say is not said twice.
    return made.replaced(notes=tuple(dict.fromkeys(made.notes)))


def _column(table: Table, name: str, otherwise: Array) -> Array:
    return table.numbers(name) if name in table.columns else otherwise


def _position(names: Names, column: str, text: str, where: Place) -> int:
    labels = names.sectors if column in ("sector", "input") else names.economies
    try:
        return labels.index(text.strip())
    except ValueError:
        pass
    try:
        find = names.sector if labels is names.sectors else names.economy
        return find(text)
    except NotFound as error:
        raise NotFound(error.what, where=where, mend=error.mend) from error


def _fill(
    table: Table, keys: Sequence[str], values: Sequence[str], names: Names, shape: tuple[int, ...]
) -> list[Array]:
    """Arrays of `shape`, one for each of `values`, from rows under `keys` (in axis order)."""
    out = [np.zeros(shape) for _ in values]
    seen = np.zeros(shape, dtype=bool)
    key_at = [table.column(key) for key in keys]
    value_at = [table.column(value) for value in values]
    found: dict[tuple[str, str], int] = {}
    for r, row in enumerate(table.rows):
        cell = []
        for key, at in zip(keys, key_at, strict=True):
            kind = "s" if key in ("sector", "input") else "e"
            if (kind, row[at]) not in found:
                found[kind, row[at]] = _position(names, key, row[at], table.at(r, key))
            cell.append(found[kind, row[at]])
        where = tuple(cell)
        if seen[where]:
            raise ValidationError(
                f"a second row for {', '.join(row[at] for at in key_at)}",
                where=table.at(r),
                mend="add the two up, or leave one out",
            )
        seen[where] = True
        for array, value, at in zip(out, values, value_at, strict=True):
            array[where] = number(row[at], value, table.at(r, value))
    return out


def _trade(folder: Path, names: Names, shape: tuple[int, int, int]) -> tuple[Array, Array]:
    file = file_in(folder, "trade.csv", "a baseline")
    table = read_table(file, ("importer", "exporter", "sector", "value"))
    keys = ("sector", "importer", "exporter")
    if "tariff" in table.columns:
        flow, tariff = _fill(table, keys, ("value", "tariff"), names, shape)
    else:
        flow, tariff = _fill(table, keys, ("value",), names, shape)[0], np.zeros(shape)
    if (flow < 0.0).any():
        r = int(np.argmax(table.numbers("value") < 0.0))
        raise ValidationError(
            "the flow is negative", where=table.at(r, "value"), mend="flows are 0 or more"
        )
    if (tariff <= -1.0).any():
        rates = table.numbers("tariff")
        r = int(np.argmax(rates <= -1.0))
        raise ValidationError(
            f"a tariff of {rates[r]:g} takes more than the whole price",
            where=table.at(r, "tariff"),
            mend="tariffs are fractions above -1: 0.25 is 25 %",
        )
    return flow, tariff


def _optional(
    folder: Path, file: str, keys: Sequence[str], names: Names, shape: tuple[int, ...]
) -> Array:
    """The shares of a file, or 0 everywhere where it is not there."""
    if not (folder / file).is_file():
        return np.zeros(shape)
    table = read_table(folder / file, (*keys, "share"))
    return _fill(table, keys, ("share",), names, shape)[0]


def _rest(folder: Path, left: Array, spent: Array, names: Names) -> Array:
    """Final shares from what is left of spending after inputs."""
    bad = left < -1e-9 * spent.sum(axis=1, keepdims=True)
    if bad.any():
        n, j = (int(k) for k in np.argwhere(bad)[0])
        raise ValidationError(
            f"inputs exceed spending in {names.economies[n]}, {names.sectors[j]}: final shares "
            "cannot be computed",
            where=Place(file=str(folder / "inputs.csv")),
            mend="add final.csv",
        )
    final = np.maximum(left, 0.0)
    total = final.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(final, total, out=np.zeros_like(final), where=total > 0.0))


def _gaps(folder: Path, names: Names) -> tuple[tuple[str, str], ...]:
    if not (folder / "gaps.csv").is_file():
        return ()
    table = read_table(folder / "gaps.csv", ("importer", "exporter"))
    return tuple(
        (
            names.economies[_position(names, "importer", a, table.at(r, "importer"))],
            names.economies[_position(names, "exporter", b, table.at(r, "exporter"))],
        )
        for r, (a, b) in enumerate(
            zip(table.values("importer"), table.values("exporter"), strict=True)
        )
    )


def _meta(folder: Path, names: Names) -> tuple[dict[str, Any], list[Note]]:
    file = folder / "meta.json"
    if not file.is_file():
        return {}, []
    place = Place(file=str(file))
    try:
        meta = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise FileError(f"the file is not JSON: {error}", where=place) from error
    if not isinstance(meta, Mapping):
        raise ValidationError("the file holds no fields", where=place)
    unknown = sorted(set(meta) - {*META, "schedules", "notes"})
    if unknown:
        raise ValidationError(
            f"the field {unknown[0]!r} is unknown",
            where=Place(file=str(file), field=unknown[0]),
            mend=f"the fields are {', '.join((*META, 'schedules', 'notes'))}",
        )
    more = {key: meta[key] for key in META if key in meta}
    shape = (len(names.sectors), len(names.economies), len(names.economies))
    more["schedules"] = {}
    try:
        schedules = {str(k): Path(str(v)).name for k, v in meta.get("schedules", {}).items()}
        notes = [
            Note(
                str(one["kind"]),
                str(one["text"]),
                tuple(map(str, one.get("economies", ()))),
                tuple(map(str, one.get("sectors", ()))),
                int(one.get("count", 0)),
            )
            for one in meta.get("notes", [])
        ]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(
            f"schedules or notes are not as they must be: {error!r}", where=place
        ) from error
    for name, schedule in schedules.items():
        table = read_table(
            file_in(folder, schedule, "a baseline"), ("importer", "exporter", "sector", "tariff")
        )
        keys = ("sector", "importer", "exporter")
        array = _fill(table, keys, ("tariff",), names, shape)[0]
        array.setflags(write=False)
        more["schedules"][name] = array
    return more, notes
