"""What can be wrong with a file of BACI, found line by line: slow, and only when something is."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from comity.trade.flows.archives import Archive
from comity.trade.flows.concordance import other_edition
from comity.trade.flows.layout import LARGEST_VALUE
from comity.words.errors import CodeError, ComityError, FileError, Place, ValidationError
from comity.words.goods import CURRENT, NATIONAL
from comity.words.nomenclature import known as in_hs2022

WANTED = ("t", "i", "j", "k", "v", "q")
SIX = re.compile(r"\d{6}")
MOST = 20
"""So many problems are named; the rest is counted no further."""


def product_codes(archive: Archive, edition: str) -> frozenset[str] | None:
    """The codes of the product file that comes with the data; None where there is none."""
    name = next((m for m in archive.members if Path(m).name.startswith("product_codes")), None)
    if name is None:
        return None
    rows = csv.DictReader(io.StringIO(archive.text(name)))
    if rows.fieldnames is None or "code" not in rows.fieldnames:
        raise ValidationError(
            "the list of products has no column 'code'",
            where=Place(file=archive.inside(name)),
            mend=f"its columns are {', '.join(rows.fieldnames or ['none'])}",
        )
    return frozenset(row["code"].strip().zfill(6) for row in rows)


def of_another_edition(edition: str, code: str) -> str:
    """What is wrong with a code of six digits in an edition, as far as is known without the list
    of products; empty where nothing is."""
    if code[:2] in NATIONAL:
        return ""
    other = other_edition(edition, code)
    if other:
        return f"{code} is not in {edition}; it is a code of {other}"
    return "" if edition != CURRENT or in_hs2022(code) else f"{code} is not in {edition}"


def header(text: Path, place: str) -> list[str]:
    """The columns in the order of the file. Raises `FileError` or `ValidationError`."""
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline().strip()
    where = Place(file=place, line=1)
    if not line:
        raise FileError("the file is empty", where=where)
    names = [name.strip().strip('"') for name in line.split(",")]
    if len(names) == 1:
        other = next((s for s in (";", "\t", "|") if s in line), None)
        if other:
            shown = "a tab" if other == "\t" else repr(other)
            raise ValidationError(
                f"the columns are separated by {shown}, not by ','",
                where=where,
                mend="BACI is published with commas and points: take the file as published",
            )
    missing = [name for name in WANTED if name not in names]
    if missing or len(names) != len(WANTED):
        surplus = [name for name in names if name not in WANTED]
        what = f"there is no column {missing[0]!r}" if missing else f"{surplus[0]!r} is no column"
        raise ValidationError(
            what,
            where=Place(file=place, line=1, field=missing[0] if missing else surplus[0]),
            mend=f"BACI has the columns {', '.join(WANTED)}; the file has {', '.join(names)}",
        )
    return names


def blanks(text: Path) -> list[str]:
    """How the file writes an unknown quantity: NA, with the spaces of older releases."""
    with text.open(encoding="utf-8-sig", errors="replace") as file:
        sample = file.read(1 << 20)
    return ["", *sorted({"NA", *re.findall(r",( *NA *)(?=[,\n\r])", sample)})]


def locate(
    text: Path,
    place: str,
    year: int,
    edition: str,
    known: frozenset[str] | None,
    order: Sequence[str],
    numbers: Iterable[str],
) -> ComityError | None:
    """The problems of a file by row and column, as one error; None where none is found."""
    economies = frozenset(numbers)
    problems: list[ComityError] = []
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = csv.reader(file)
        next(lines, None)
        row = 0
        for row, cells in enumerate(lines, start=1):
            problem = _line(cells, order, place, row, year, edition, known, economies)
            if problem is not None:
                problems.append(problem)
                if len(problems) >= MOST:
                    break
    if not problems:
        if row == 0:
            return FileError("the file has a header and no rows", where=Place(file=place))
        return None
    return _together(problems)


def stand_twice(
    text: Path, place: str, order: Sequence[str], flows: Collection[tuple[str, str, str]]
) -> ComityError:
    """The rows in which flows (i, j, k) stand again, as one error. `flows` stand more than once."""
    columns = [order.index(name) for name in ("i", "j", "k")]
    first: dict[tuple[str, ...], int] = {}
    problems: list[ComityError] = []
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = csv.reader(file)
        next(lines, None)
        for row, cells in enumerate(lines, start=1):
            i, j, k = (cells[c].strip() for c in columns)
            if (i, j, k) not in flows:
                continue
            if first.setdefault((i, j, k), row) == row:
                continue
            problems.append(
                ValidationError(
                    f"{k} from {i} to {j} stands twice, first in row {first[i, j, k]}",
                    where=Place(file=place, row=row),
                    mend="BACI has a flow once: take the file as published",
                )
            )
            if len(problems) >= MOST:
                break
    return _together(problems)


def _together(problems: Sequence[ComityError]) -> ComityError:
    if len(problems) == 1:
        return problems[0]
    first = problems[0]
    return ValidationError(
        f"{first.what} (and {len(problems) - 1} more)",
        where=first.where,
        mend=first.mend,
        problems=problems,
    )


def _line(
    cells: list[str],
    order: Sequence[str],
    place: str,
    row: int,
    year: int,
    edition: str,
    known: frozenset[str] | None,
    economies: frozenset[str],
) -> ComityError | None:
    def at(field: str | None = None) -> Place:
        return Place(file=place, row=row, field=field)

    if len(cells) != len(order):
        mend = "the file may be cut off, or have decimal commas: take it as published"
        return ValidationError(
            f"the row has {len(cells)} cells, the header {len(order)}", where=at(), mend=mend
        )
    cell = {name: text.strip() for name, text in zip(order, cells, strict=True)}
    if cell["t"] != str(year):
        return ValidationError(
            f"the year is {cell['t'] or 'empty'}, the file is of {year}",
            where=at("t"),
            mend="a file holds the one year that its name says",
        )
    for field in ("i", "j"):
        if cell[field].lstrip("0") not in economies:
            counts = f"say what it counts as: --counts {cell[field]}=ROW (Python: economies={{…}})"
            other = "BACI writes numbers, such as 392: take the file as published"
            return CodeError(
                f"{cell[field]!r} is not a number of an economy as BACI uses them (UN M49)",
                where=at(field),
                mend=counts if cell[field].isdigit() else other,
            )
    goods = cell["k"]
    if not SIX.fullmatch(goods):
        lost = "a spreadsheet dropped leading zeros: take the file as published"
        return CodeError(
            f"{goods!r} is not an HS code of six digits",
            where=at("k"),
            mend=lost if goods.isdigit() and len(goods) == 5 else None,
        )
    if known is not None and goods not in known:
        return CodeError(
            f"{goods} is not among the products of {edition} that come with the data",
            where=at("k"),
            mend="the file is of another edition than its name says",
        )
    strange = of_another_edition(edition, goods)
    if strange:
        return CodeError(
            strange, where=at("k"), mend="the file is of another edition than its name says"
        )
    return _number(cell["v"], "v", at("v"), empty=False) or _number(
        cell["q"], "q", at("q"), empty=True
    )


def _number(text: str, field: str, where: Place, *, empty: bool) -> ComityError | None:
    if text in ("", "NA"):
        if empty:
            return None
        return ValidationError("the value is empty", where=where, mend="BACI leaves no value open")
    try:
        number = float(text)
    except ValueError:
        mend = "write a plain number with a decimal point"
        return ValidationError(f"{text!r} is not a number", where=where, mend=mend)
    if not math.isfinite(number) or number < 0:
        return ValidationError(
            f"{field} is {text}", where=where, mend="flows are finite and not negative"
        )
    if field == "v" and number * 1000 > LARGEST_VALUE:
        return ValidationError(
            f"the value {text} thousand USD is above anything traded",
            where=where,
            mend="the unit may be wrong: BACI is in thousand USD",
        )
    return None
