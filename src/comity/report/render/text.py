"""The whole brief for the terminal, folded to the width: every row, position and address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from comity.report.charts import Point, Series, number
from comity.report.render.days import span
from comity.report.render.layout import beside, cells, cut, fold
from comity.report.render.page import Block, Chart, Lines, Original, Page, Row, Side, Sides, Table
from comity.words.catalogue import t

_TWO_COLUMNS_FROM = 100
_DAY = 12
_BAR = 40
_NARROWEST = 40
_SHORT = 28
_BARS_FROM = 80
_SIGNS = {"upper_bound": "▼", "planned": "○", "expected": "○", "approximate": "◆"}


def as_text(page: Page, width: int, day: int) -> str:
    """The whole brief."""
    return _Writer(max(width, _NARROWEST), day).write(page)


class _Writer:
    def __init__(self, width: int, day: int) -> None:
        self.width = width
        self.day = day

    def write(self, page: Page) -> str:
        lines = fold(page.title.upper(), self.width) + fold(page.view, self.width)
        for section in page.sections:
            lines += ["", *self.heading(section.title)]
            for i, block in enumerate(section.blocks):
                shown = self.block(block)
                lines += ["", *shown] if i and shown and _apart(block) else shown
        lines += ["", *self.heading(t("render.section_sources")), *self.sources(page)]
        return "\n".join(lines) + "\n"

    def heading(self, text: str) -> list[str]:
        head = cut(text, self.width - 4)
        return [f"── {head} " + "─" * (self.width - cells(head) - 4)]

    def block(self, block: Block) -> list[str]:
        if isinstance(block, Lines):
            return [line for row in block.rows for line in self.entry(row, "• ", self.width)]
        if isinstance(block, Table):
            return self.table(block)
        if isinstance(block, Sides):
            return self.matter(block)
        return self.chart(block)

    # ------------------------------------------------------------------------------ rows

    def tail(self, row: Row | Point | Series) -> str:
        """The numbers of the sources, and the mark of those published later."""
        return "".join(f"[{n}]" for n in row.cites) + ("†" if row.later else "")

    def entry(self, row: Row, first: str, width: int) -> list[str]:
        """A row: its title after `first`, then fields, notes and marks below."""
        pad = " " * min(cells(first), _DAY)
        term = f"{quoted(row.term, row.original)}: " if row.term else ""
        lines = fold(f"{term}{row.title} {self.tail(row)}", width, first=first, rest=pad)
        labelled = " · ".join(f"{label}: {value}" for label, value in row.fields)
        for text in (labelled, *row.notes):
            if text:
                lines += fold(text, width, first=pad)
        if row.marks:
            lines += fold("; ".join(row.marks), width, first=f"{pad}! ")
        return lines

    def dated(self, rows: Iterable[Row], width: int, *, states: bool = False) -> list[str]:
        """Rows under each other, the days in a column of their own; with `states` where asked."""
        lines = []
        for row in rows:
            first = f"{row.on}  ".ljust(_DAY) if row.on else "• "
            title = row.title
            if states and row.status:
                short = cells(row.status) <= _SHORT
                title = f"{row.status}: {title}" if short else f"{title} [{row.status}]"
            lines += self.entry(replace(row, title=title), first, width)
        return lines

    def table(self, block: Table) -> list[str]:
        if not block.rows:
            return fold(f"{block.caption}: {block.empty}", self.width)
        lines = fold(f"{block.caption}:", self.width)
        return lines + self.dated(block.rows, self.width, states=True)

    # ----------------------------------------------------------------------------- sides

    def matter(self, block: Sides) -> list[str]:
        lines = []
        head = block.head
        if head:
            about = [head.status, *(f"{label} {value}" for label, value in head.fields)]
            state = f"[{'; '.join(x for x in about if x)}]"
            plain = replace(head, title=f"{head.title}  {state}", fields=())
            lines += self.entry(plain, "■ " if head.id else "", self.width)
        lines += self.both(block)
        for label, rows in ((t("render.joint"), block.joint), (t("render.others"), block.others)):
            if rows:
                lines += fold(f"{label}:", self.width, first="  ")
                told = self.voiced(rows, self.width - 2)
                lines += [f"  {line}" for line in told]
        for label, text in block.touching:
            lines += fold(f"{label}: {text}", self.width, first="  ", rest="    ")
        return lines

    def voiced(self, rows: Iterable[Row], width: int, term: str = "") -> list[str]:
        """Rows led by who speaks; a term that is the side's own is not repeated."""
        how = t("render.how")
        shown = []
        for row in rows:
            skip = (t("render.occasion"), how)
            who = ", ".join(value for label, value in row.fields if label not in skip)
            if how in row.labelled:
                who = f"{who} ({row.labelled[how]})".strip()
            again = not row.term or row.term == term
            own = "" if again else f"{quoted(row.term, row.original)}: "
            title = f"{who}: {own}{row.title}" if who else f"{own}{row.title}"
            shown.append(replace(row, title=title, term="", fields=()))
        return self.dated(shown, width)

    def both(self, block: Sides) -> list[str]:
        """Both sides beside each other where there is room, else one below the other."""
        if not any(side.rows or side.term for side in block.sides):
            return []
        if self.width < _TWO_COLUMNS_FROM:
            narrow = self.width - 2
            return [f"  {line}" for s in block.sides for line in self.side(s, narrow)]
        column = (self.width - 5) // 2
        left, right = (self.side(side, column) for side in block.sides)
        return [f"  {line}".rstrip() for line in beside(left, right, column)]

    def side(self, side: Side, width: int) -> list[str]:
        says = f"{side.name}:"
        if side.term:
            says = t("render.says", side=side.name, term=quoted(side.term, side.original))
        lines = fold(says, width)
        if not side.rows and not side.term:
            return lines + fold(t("render.no_position"), width, first="  ")
        return lines + self.voiced(side.rows, width, side.term)

    # ----------------------------------------------------------------------------- chart

    def chart(self, block: Chart) -> list[str]:
        """The drawn series with a bar for each value and its limits; others in a line or two."""
        series = block.series
        by = f", {t('render.measured_by', who=series.by)}" if series.by and block.drawn else ""
        head = f"{series.title}, {series.unit}{by}"
        left = [t("render.left_out", count=series.left_out)] if series.left_out else []
        if not block.drawn:
            return self.summed(series, f"{head}: ", left)
        lines = fold(f"{head} {self.tail(series)}", self.width)
        names = max(cells(p.label) for p in series.points)
        for point in series.points:
            lines += self.point(point, series, names)
        limits = "; ".join(f"{self.limit(p)} {_note(p)}{self.tail(p)}" for p in series.limits)
        scale = t("render.scale_log" if series.log else "render.scale")
        lines += fold(f"{t('render.limits')}: {limits} {scale}", self.width, first="  ")
        for text in (*left, *(f"! {mark}" for mark in series.marks)):
            lines += fold(text, self.width, first="  ")
        return lines

    def summed(self, series: Series, head: str, left: list[str]) -> list[str]:
        values = [
            f"{p.label} {' · '.join(x for x in (p.told, series.share(p)) if x)}"
            for p in series.points
        ]
        limits = [f"{t('render.limit')} {self.limit(p)}" for p in series.limits]
        marks = [f"! {mark}" for mark in series.marks]
        text = "; ".join([*values, *limits, *marks, *left])
        return fold(f"{head}{text} {self.tail(series)}", self.width, rest="  ")

    def limit(self, point: Point) -> str:
        return f"{number(point.value)} {point.label}"

    def point(self, point: Point, series: Series, names: int) -> list[str]:
        when = span(point.start, point.until, self.day, planned=point.planned)
        pad = " " * (names - cells(point.label))
        words = [point.told, series.share(point), when, point.note]
        text = f"{' · '.join(word for word in words if word)} {self.tail(point)}"
        drawn = f"{bar(point, series)}  " if self.width >= _BARS_FROM else ""
        return fold(text, self.width, first=f"  {point.label}{pad}  {drawn}")

    # --------------------------------------------------------------------------- sources

    def sources(self, page: Page) -> list[str]:
        """Every source with publisher, kind and day, and below them its address."""
        lines = []
        for source in page.sources:
            first = f"[{source.number}]".ljust(6)
            lines += fold(f"{source.title} · {source.told}", self.width, first=first)
            if source.url:
                lines += fold(source.url, self.width, first=" " * 6)
        return lines or fold(t("render.no_sources"), self.width)


def quoted(term: str, original: Original | None) -> str:
    """A side's own term, with the original where it is on record."""
    return f"“{term}” ({original.text})" if original else f"“{term}”"


def _note(point: Point) -> str:
    return f"({point.note}) " if point.note else ""


def _apart(block: Block) -> bool:
    """Is the block set off by an empty line?"""
    return not isinstance(block, Lines) and (not isinstance(block, Chart) or block.drawn)


def bar(point: Point, series: Series) -> str:
    """A line from the foot of the scale to the value, the limits as dotted rules."""
    at = round(series.place(point.value) * (_BAR - 1)) if point.value > 0 else 0
    chars = ["─" if i < at and not point.planned else " " for i in range(_BAR)]
    for limit in series.limits:
        chars[round(series.place(limit.value) * (_BAR - 1))] = "┊"
    chars[at] = _SIGNS.get(point.basis or "", "●")
    return "".join(chars)
