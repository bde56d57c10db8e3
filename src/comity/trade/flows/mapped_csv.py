"""Any CSV file, read by a mapping file (YAML) that says what its columns are. See `mapping`."""

from __future__ import annotations

import csv
from collections.abc import Mapping as Map
from collections.abc import Sequence
from pathlib import Path

from comity.trade.flows.codes import Economies
from comity.trade.flows.landing import Store
from comity.trade.flows.manifest import Imported, import_id, source_file
from comity.trade.flows.mapping import CsvMapping, read_mapping
from comity.trade.flows.numbers import decimal_number
from comity.trade.flows.staging import Problems, Row, Staging, check, weight_in_tonnes
from comity.trade.flows.stamp import now
from comity.words.errors import CodeError, ComityError, FileError, Place, ValidationError
from comity.words.goods import GoodsCode
from comity.words.units import check_currency

LOADER, VERSION = "csv", 1


def import_csv(store: Store, path: Path, mapping: Path, *, replace: bool = False) -> Imported:
    """Imports one file. See `TradeData.import_csv`."""
    files = (source_file(path), source_file(mapping))
    one_id = import_id(LOADER, files, [VERSION])
    there = store.get(one_id)
    if there is not None:
        return there
    plan = read_mapping(mapping)
    codes = Economies(plan.scheme, plan.economies)
    problems = Problems()
    blocks: dict[str, None] = {}
    with store.landing() as folder:
        with Staging(folder, plan.dataset, unique=plan.duplicates == "refuse") as staging:
            for number, row in _rows(path, plan, codes, problems):
                try:
                    staging.add(row, str(path), number)
                except ComityError as error:
                    problems.add(error)
                chapter = row.goods[:2]
                who = row.exporter if row.side == "exporter" else row.importer
                blocks[f"{row.year} {row.side} {who} {row.edition} chapter {chapter}"] = None
            problems.raise_any()
            if not blocks:
                raise FileError("the file has a header and no rows", where=Place(file=str(path)))
            replaces = store.conflicts(plan.dataset, tuple(blocks), replace)
            count, levels, totals = staging.write()
        return store.land(
            folder,
            Imported(
                id=one_id,
                dataset=plan.dataset,
                loader=LOADER,
                loader_version=VERSION,
                source=plan.source,
                licence=plan.licence,
                files=files,
                imported_at=now(),
                rows=count,
                years=tuple(sorted(staging.years)),
                editions=tuple(sorted(staging.editions)),
                levels=levels,
                sides=tuple(sorted(staging.sides)),
                blocks=tuple(blocks),
                dropped={"totals of longer codes": totals} if totals else {},
                notes=(*codes.notes(), *staging.notes()),
                replaces=replaces,
            ),
        )


def _rows(
    path: Path, plan: CsvMapping, codes: Economies, problems: Problems
) -> list[tuple[int, Row]]:
    place = Place(file=str(path))
    found = []
    try:
        with path.open(encoding=plan.encoding, newline="") as file:
            lines = csv.reader(file, delimiter=plan.separator)
            names = [name.strip() for name in next(lines, [])]
            _check_header(names, plan, str(path))
            for number, cells in enumerate(lines, start=1):
                if not cells:
                    continue
                if len(cells) != len(names):
                    raise ValidationError(
                        f"the row has {len(cells)} cells, the header {len(names)}",
                        where=Place(file=str(path), row=number),
                        mend="a decimal comma in a file separated by commas splits a cell in two; "
                        "or the file is cut off",
                    )
                try:
                    cell = dict(zip(names, cells, strict=True))
                    found.append((number, _row(cell, str(path), number, plan, codes)))
                except ComityError as error:
                    problems.add(error)
    except UnicodeDecodeError as error:
        raise FileError(
            f"the file is not {plan.encoding} text",
            where=place,
            mend="say its encoding in the mapping",
        ) from error
    except csv.Error as error:
        raise FileError(f"the file is not CSV: {error}", where=place) from error
    return found


def _check_header(names: Sequence[str], plan: CsvMapping, file: str) -> None:
    where = Place(file=file, line=1)
    if not any(names):
        raise FileError("the file is empty", where=where)
    if len(names) == 1 and len(plan.columns) > 1:
        other = next((s for s in (",", ";", "\t", "|") if s in names[0]), None)
        raise ValidationError(
            f"the header is one cell, {names[0][:60]!r}",
            where=where,
            mend=f"the separator seems to be {other!r}, the mapping says {plan.separator!r}"
            if other
            else "see to the separator in the mapping",
        )
    for name, column in plan.columns.items():
        if column not in names:
            raise ValidationError(
                f"there is no column {column!r}, which the mapping takes for {name}",
                where=Place(file=file, line=1, field=column),
                mend=f"the file has {', '.join(names[:12])}",
            )


def _row(cell: Map[str, str], file: str, number: int, plan: CsvMapping, codes: Economies) -> Row:
    def text(name: str, otherwise: str = "") -> str:
        if name in plan.columns:
            return cell[plan.columns[name]].strip()
        return plan.constants.get(name, otherwise)

    def at(name: str) -> Place:
        return Place(file=file, row=number, field=plan.columns.get(name, name))

    def amount(name: str) -> float | None:
        if name not in plan.columns:
            return None
        return decimal_number(
            text(name),
            at(name),
            decimal=plan.decimal,
            thousands=plan.thousands,
            missing=plan.missing,
        )

    def economy(name: str) -> tuple[str, str]:
        try:
            return codes(text(name))
        except CodeError as error:
            raise CodeError(error.what, where=at(name), mend=error.mend) from error

    exporter, flag = economy("exporter")
    importer, other = economy("importer")
    year = text("year")
    if not year.isdigit():
        raise ValidationError(f"{year!r} is not a year", where=at("year"))
    if plan.years and int(year) not in plan.years:
        raise ValidationError(
            f"{year} is not a year that the mapping names",
            where=at("year"),
            mend=f"it names {min(plan.years)} to {max(plan.years)}",
        )
    try:
        code = GoodsCode.parse(text("goods"), text("edition"))
        check_currency(text("currency", "USD"))
        value = amount("value")
        quantity, symbol = _quantity(amount("quantity"), text("quantity_unit"), at)
    except ComityError as error:
        if error.where is None:
            error.where = at("currency" if "ISO 4217" in error.what else "goods")
        raise
    flags = [word for word in (flag, other, *text("flags").split(";")) if word]
    row = Row(
        exporter=exporter,
        importer=importer,
        edition=code.edition,
        goods=code.code,
        year=int(year),
        value=None if value is None else value * plan.multiple,
        currency=text("currency", "USD"),
        quantity=quantity,
        quantity_unit=symbol,
        basis=text("basis"),
        side=text("side", "reconciled"),
        confidence=text("confidence"),
        flags=";".join(dict.fromkeys(flags)),
    )
    plan.check_words(row.basis, row.side, row.confidence, at)
    check(row, file, number, dict(plan.columns))
    return row


def _quantity(amount: float | None, symbol: str, at: object) -> tuple[float | None, str]:
    where = at("quantity_unit") if callable(at) else None
    if amount is None:
        return None, ""
    if not symbol:
        raise ValidationError(
            "there is a quantity without a unit",
            where=where,
            mend="name the unit in the row, or quantity_unit under constants",
        )
    try:
        return weight_in_tonnes(amount, symbol)
    except CodeError as error:
        raise CodeError(error.what, where=where, mend=error.mend) from error
