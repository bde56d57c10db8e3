"""Trade statistics of Japan, files "by commodity and country" of the Ministry of Finance (CSV).

Columns: Exp or Imp (1 exports, 2 imports), Year, [Custom,] HS (nine digits, quoted), Country (a
code of its own), Unit1, Unit2, Quantity1-Year, Quantity2-Year, Value-Year, then the same three by
month. Values are thousand yen, rounded down; exports FOB by final destination, imports CIF by
origin. Lines are added up to six digits, for the last three are Japan's own; a quantity is kept
where all lines of a code have one unit. Where the last months of a file are empty, its rows carry
the flag ``part-year``.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from comity.trade.flows.codes import Economies
from comity.trade.flows.landing import Store
from comity.trade.flows.manifest import Imported, import_id, source_file
from comity.trade.flows.numbers import decimal_number
from comity.trade.flows.staging import Problems, Row, Staging, check, weight_in_tonnes
from comity.trade.flows.stamp import now
from comity.words.errors import CodeError, ComityError, FileError, Place, ValidationError
from comity.words.goods import edition_on

LOADER, VERSION = "japan-customs", 1
WANTED = ("Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2", "Value-Year")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {"KG": "kg", "MT": "t", "GR": "g", "NO": "No", "KL": "kL", "L": "L", "CM": "m3"}
"""Units of the statistics that are weights, or whose symbol differs; others stay as they are."""


def import_japan(
    store: Store,
    paths: Sequence[Path],
    *,
    edition: str | None = None,
    economies: Mapping[str, str] | None = None,
    replace: bool = False,
) -> Imported:
    """Imports files together. See `TradeData.import_japan`."""
    files = tuple(source_file(path) for path in paths)
    one_id = import_id(LOADER, files, [VERSION, edition, economies or {}])
    there = store.get(one_id)
    if there is not None:
        return there
    codes = Economies("japan-customs", economies)
    problems = Problems()
    blocks: dict[str, None] = {}
    notes: list[str] = []
    seen: dict[tuple[str, ...], str] = {}
    with store.landing() as folder:
        with Staging(folder, LOADER, unique=False) as staging:
            for path in paths:
                rows, last = _rows(path, codes, edition, problems, seen)
                if last < 12:
                    notes.append(f"{path.name} has months 1 to {last}")
                for row in rows:
                    staging.add(row)
                    chapter = row.goods[:2]
                    blocks[f"{row.year} {row.side} chapter {chapter}"] = None
            problems.raise_any()
            replaces = store.conflicts(LOADER, tuple(blocks), replace)
            count, levels, _ = staging.write(nested=False)
        return store.land(
            folder,
            Imported(
                id=one_id,
                dataset=LOADER,
                loader=LOADER,
                loader_version=VERSION,
                source="Trade Statistics of Japan, Ministry of Finance",
                licence="Government of Japan Standard Terms of Use 2.0 (CC BY 4.0 compatible)",
                files=files,
                imported_at=now(),
                rows=count,
                years=tuple(sorted(staging.years)),
                editions=tuple(sorted(staging.editions)),
                levels=levels,
                sides=tuple(sorted(staging.sides)),
                blocks=tuple(blocks),
                dropped={},
                notes=(*notes, *staging.notes()),
                replaces=replaces,
            ),
        )


def _rows(
    path: Path,
    codes: Economies,
    edition: str | None,
    problems: Problems,
    seen: dict[tuple[str, ...], str],
) -> tuple[list[Row], int]:
    """The rows of a file, and the last month in which anything was traded. `seen` are lines of all
    files: their nine digits become six and are added up, but none may come twice."""
    place = Place(file=str(path))
    rows: list[Row] = []
    last = 0
    try:
        with path.open(encoding="cp932", newline="") as file:
            lines = csv.reader(file)
            names = [name.strip() for name in next(lines, [])]
            _check_header(names, str(path))
            months = [names.index(f"Value-{m}") if f"Value-{m}" in names else -1 for m in MONTHS]
            for number, cells in enumerate(lines, start=1):
                if not cells:
                    continue
                if len(cells) != len(names):
                    raise ValidationError(
                        f"the row has {len(cells)} cells, the header {len(names)}",
                        where=Place(file=str(path), row=number),
                        mend="the file may be cut off: download it again",
                    )
                traded = (k for k, at in enumerate(months, 1) if at >= 0 and _any(cells[at]))
                last = max(last, *traded, 0)
                try:
                    one = dict(zip(names, cells, strict=True))
                    rows.append(_row(one, str(path), number, codes, edition))
                    _once(one, str(path), number, seen)
                except ComityError as error:
                    problems.add(error)
    except UnicodeDecodeError as error:
        raise FileError("the file is not text", where=place, mend="give the CSV file") from error
    if not rows:
        problems.raise_any()
        raise FileError("the file has a header and no rows", where=place)
    if all(at < 0 for at in months):
        last = 12
    if last < 12:
        for row in rows:
            row.flags = "part-year"
    return rows, last


def _once(one: Mapping[str, str], file: str, number: int, seen: dict[tuple[str, ...], str]) -> None:
    line = tuple(one[name].strip().strip("'\"") for name in ("Exp or Imp", "Year", "HS", "Country"))
    here = f"{file}, row {number}"
    first = seen.setdefault(line, here)
    if first != here:
        raise ValidationError(
            f"{line[2]}, partner {line[3]}, {line[1]} stands twice, first in {first}",
            where=Place(file=file, row=number),
            mend="leave one out: the lines of a code are added up",
        )


def _check_header(names: Sequence[str], file: str) -> None:
    other = next((s for s in (";", "\t") if len(names) == 1 and s in names[0]), None)
    if other:
        raise ValidationError(
            f"the columns are separated by {'a tab' if other != ';' else repr(other)}, not by ','",
            where=Place(file=file, line=1),
            mend="take the file as published",
        )
    for name in WANTED:
        if name not in names:
            raise ValidationError(
                f"there is no column {name!r}",
                where=Place(file=file, line=1, field=name),
                mend=f"the file has {', '.join(names[:10]) or 'no header'}; take the English CSV "
                "by commodity and country",
            )


def _any(cell: str) -> bool:
    return cell.strip() not in ("", "0")


def _row(
    one: Mapping[str, str], file: str, number: int, codes: Economies, edition: str | None
) -> Row:
    def at(field: str) -> Place:
        return Place(file=file, row=number, field=field)

    direction = one["Exp or Imp"].strip()
    if direction not in ("1", "2"):
        raise ValidationError(
            f"{direction!r} is neither 1 (exports) nor 2 (imports)", where=at("Exp or Imp")
        )
    digits = one["HS"].strip().strip("'\"")
    if not digits.isdigit() or len(digits) != 9:
        raise CodeError(
            f"{digits!r} is not a statistical code of nine digits",
            where=at("HS"),
            mend="a spreadsheet may have dropped a leading zero: take the file as published",
        )
    try:
        partner, _ = codes(one["Country"].strip().strip("'\""))
    except CodeError as error:
        raise CodeError(error.what, where=at("Country"), mend=error.mend) from error
    year = int(decimal_number(one["Year"], at("Year")) or 0)
    value = decimal_number(one["Value-Year"], at("Value-Year"))
    quantity, symbol = _quantity(one, at)
    export = direction == "1"
    row = Row(
        exporter="JPN" if export else partner,
        importer=partner if export else "JPN",
        edition=edition or (edition_on(year) if year >= 1988 else "HS1988"),
        goods=digits[:6],
        year=year,
        value=None if value is None else value * 1000.0,
        currency="JPY",
        quantity=quantity,
        quantity_unit=symbol,
        basis="FOB" if export else "CIF",
        side="exporter" if export else "importer",
        confidence="high",
    )
    names = {"year": "Year", "value": "Value-Year", "goods": "HS", "quantity": "Quantity2-Year"}
    check(row, file, number, names)
    return row


def _quantity(one: Mapping[str, str], at: object) -> tuple[float | None, str]:
    """The weight where a line has one, else its second or first quantity."""
    held = []
    for k in ("2", "1"):
        symbol = one[f"Unit{k}"].strip()
        field = f"Quantity{k}-Year"
        cell = one.get(field, "").strip()
        place = at(field) if callable(at) else None
        amount = decimal_number(cell, place) if cell else None
        if not symbol:
            if amount:
                raise ValidationError(
                    "there is a quantity without a unit",
                    where=at(f"Unit{k}") if callable(at) else None,
                    mend="take the file as published",
                )
            continue
        held.append((amount, _UNITS.get(symbol, symbol)))
    held.sort(key=lambda pair: pair[1] not in ("kg", "t", "g"))
    if not held or held[0][0] is None:
        return None, ""
    amount, symbol = held[0]
    return weight_in_tonnes(amount, symbol) if symbol in ("kg", "t", "g") else (amount, symbol)
