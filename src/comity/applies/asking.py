"""From what people type to shipments: one question, or a CSV file of many."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from comity.applies.answer import Answer
from comity.applies.question import Shipment
from comity.words import areas, economies, goods
from comity.words.errors import ComityError, Place, ValidationError, located
from comity.words.time import parse_day

FIELDS = ("from", "to", "goods", "on", "area", "consignee", "end_use")
"""Columns of a file of shipments; the first three are required."""
ANSWER_FIELDS = ("verdict", "uniform", "measures", "uncertain", "holds_from", "holds_until")
"""Columns written beside them."""
MAX_ROWS = 1_000_000


def shipment(
    exporter: str,
    importer: str,
    goods_code: str,
    on: str | dt.date,
    area: str | None = None,
    consignee: str | None = None,
    end_use: str | None = None,
) -> Shipment:
    """A shipment from words or codes. Raises `CodeError`, `TimeError`, `InputError`.

    Economies and areas may be named; the goods code must exist in its edition where that is known.
    """
    with located("from"):
        origin = economies.resolve(exporter)
    with located("to"):
        to = economies.resolve(importer)
    with located("goods"):
        code = goods.checked(goods_code)
    with located("on"):
        day = parse_day(on) if isinstance(on, str) else on
    with located("area"):
        place = _area(area, origin, to) if area else None
    return Shipment(origin, to, code, day.toordinal(), place, consignee or None, end_use or None)


def _area(text: str, origin: str, to: str) -> str:
    """An area by code, or by name within the origin, else within the destination."""
    if "-" in text and text[:2].isupper():
        return areas.area(text).code
    try:
        return areas.resolve_area(text, origin)
    except ComityError as first:
        try:
            return areas.resolve_area(text, to)
        except ComityError:
            raise first from None


@dataclass(frozen=True)
class Asked:
    """A row of a file: as written, and the shipment it means."""

    row: dict[str, str]
    shipment: Shipment


def read_shipments(text: str, file: str, default_day: dt.date) -> list[Asked]:
    """The shipments of a CSV file, all rows or none. Raises one `ValidationError` for all."""
    reader = csv.DictReader(io.StringIO(text), strict=True)
    place = Place(file=file, row=1)
    try:
        columns = [name.strip().lower().replace("-", "_") for name in reader.fieldnames or ()]
        missing = [name for name in FIELDS[:3] if name not in columns]
        if missing:
            raise ValidationError(
                f"the file has no column {', '.join(missing)}",
                where=place,
                mend="columns, separated by commas: " + ",".join(FIELDS),
            )
        taken = [name for name in ANSWER_FIELDS if name in columns]
        if taken:
            raise ValidationError(
                f"the file has a column {', '.join(taken)} of the answer already",
                where=place,
                mend="remove or rename it",
            )
        reader.fieldnames = columns
        asked: list[Asked] = []
        problems: list[ComityError] = []
        for number, row in enumerate(reader, start=2):
            if number > MAX_ROWS + 1:
                raise ValidationError(
                    f"the file has more than {MAX_ROWS:,} rows", where=place, mend="split it"
                )
            try:
                asked.append(_row(row, default_day))
            except ComityError as error:
                name = error.where.field if error.where else None
                error.where = Place(file=file, row=number, field=name)
                problems.append(error)
    except csv.Error as error:
        raise ValidationError(
            f"this is not CSV: {error}", where=Place(file=file, row=reader.line_num)
        ) from None
    if problems:
        rows = "row" if len(problems) == 1 else "rows"
        raise ValidationError(
            f"{len(problems)} {rows} cannot be asked; the first: {problems[0].what}",
            where=problems[0].where,
            mend=problems[0].mend,
            problems=problems,
        )
    return asked


def _row(row: dict[str, Any], default_day: dt.date) -> Asked:
    if None in row or any(value is None for value in row.values()):
        raise ValidationError(
            "the row has more or fewer cells than the header", mend="quote cells that hold commas"
        )
    cells = {key: value.strip() for key, value in row.items()}
    for name in FIELDS[:3]:
        if not cells[name]:
            raise ValidationError(f"{name} is empty", mend=f"give {name}")
    return Asked(
        row,
        shipment(
            cells["from"],
            cells["to"],
            cells["goods"],
            cells.get("on") or default_day,
            cells.get("area"),
            cells.get("consignee"),
            cells.get("end_use"),
        ),
    )


def answer_row(asked: Asked, answer: Answer) -> dict[str, Any]:
    """A row of the file with the answer beside it."""
    first, until = answer.holds
    return {
        **asked.row,
        "verdict": answer.verdict,
        "uniform": answer.uniform,
        "measures": [rule.id for rule in answer.measures],
        "uncertain": [one.measure.id for one in answer.uncertain],
        "holds_from": first,
        "holds_until": until,
    }


TERMINAL = ("from", "to", "goods", "on", "area", "verdict", "measures", "uncertain", "holds_until")
"""The columns that fit a terminal."""


def columns(asked: Sequence[Asked]) -> list[str]:
    """The columns of the answers: those of the file, then the answer's."""
    return [*(asked[0].row if asked else FIELDS), *ANSWER_FIELDS]
