"""The page as one flat list of rows for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from comity.report.charts import Point, Series
from comity.report.render.days import plain
from comity.report.render.page import Block, Lines, Page, Row, Sides, Table
from comity.report.render.text import quoted
from comity.report.tables import as_csv
from comity.words.catalogue import t

COLUMNS = ("section", "id", "on", "title", "status", "cites", "flags")


def flat(page: Page, day: int) -> str:
    """CSV with a line for each row of the brief and each numbered source."""
    rows = [
        {"section": section.key, **cells}
        for section in page.sections
        for block in section.blocks
        for cells in _rows(block, day)
    ]
    rows += [
        {
            "section": "sources",
            "id": s.id,
            "on": s.published,
            "title": s.title,
            "status": s.about,
            "cites": str(s.number),
        }
        for s in page.sources
    ]
    return as_csv(rows, COLUMNS)


def _rows(block: Block, day: int) -> Iterator[dict[str, str]]:
    if isinstance(block, Lines):
        yield from (_cells(row) for row in block.rows)
    elif isinstance(block, Table):
        yield from (_cells(row, block.caption) for row in block.rows)
    elif isinstance(block, Sides):
        if block.head:
            yield _cells(block.head)
        rows = [row for side in block.sides for row in side.rows]
        yield from (_cells(row) for row in (*rows, *block.joint, *block.others))
    else:
        series = block.series
        yield from (_value(p, series, p.basis_label, day) for p in series.points)
        yield from (_value(p, series, t("render.limit"), day) for p in series.limits)


def _numbers(row: Row | Point) -> str:
    return "; ".join([*map(str, row.cites), *(["†"] if row.later else [])])


def _cells(row: Row, caption: str = "") -> dict[str, str]:
    title = f"{quoted(row.term, row.original)}: {row.title}" if row.term else row.title
    return {
        "id": row.id or "",
        "on": row.day,
        "title": title,
        "status": row.status or caption,
        "cites": _numbers(row),
        "flags": "; ".join(row.marks),
    }


def _value(point: Point, series: Series, status: str, day: int) -> dict[str, str]:
    return {
        "id": series.id,
        "on": plain(point.start, day),
        "title": f"{series.title}, {point.label}: {point.told} {series.unit}",
        "status": status,
        "cites": _numbers(point),
        "flags": point.note,
    }
