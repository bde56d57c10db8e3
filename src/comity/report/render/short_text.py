"""The short brief for the terminal: about a screenful and a half, folded to the width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.report.charts import Point, Series, number
from comity.report.render.days import span
from comity.report.render.digest import (
    Block,
    Digest,
    Item,
    Items,
    Left,
    Matters,
    Pair,
    Strip,
)
from comity.report.render.layout import cells, cut, fold
from comity.report.render.page import Source
from comity.report.render.text import bar, quoted
from comity.words.catalogue import t

_WIDE_FROM = 100
_NARROWEST = 40
_DAY = 12
_RULE = 2
_POINTS = 4
_BARS_FROM = 80


def as_short_text(page: Digest, width: int, day: int) -> str:
    """The whole short brief."""
    return _Writer(max(width, _NARROWEST), day).write(page)


class _Writer:
    def __init__(self, width: int, day: int) -> None:
        self.width = width
        self.day = day
        self.wide = width >= _WIDE_FROM

    def write(self, page: Digest) -> str:
        lines = fold(f"{page.title.upper()} · {page.view}", self.width)
        for part in page.parts:
            lines += self.heading(part.title, part.left)
            for block in part.blocks:
                lines += self.block(block)
        lines += self.heading(t("render.section_sources"), page.left)
        lines += self.sources(page.sources) or fold(t("render.no_sources"), self.width)
        return "\n".join(lines) + "\n"

    def heading(self, text: str, left: Left | None) -> list[str]:
        """The title in a rule, with the command for what is left out where there is room for it."""
        head = f"── {cut(text, self.width - 4)} "
        told = f" {left.told} ──" if left else ""
        rule = self.width - cells(head) - cells(told)
        if rule >= _RULE:
            return [head + "─" * rule + told]
        return [head + "─" * (self.width - cells(head)), *self.left(left)]

    def left(self, left: Left | None) -> list[str]:
        return fold(left.told, self.width, first="→ ", rest="  ") if left else []

    def block(self, block: Block) -> list[str]:
        if isinstance(block, Items):
            return self.items(block) + self.left(block.left)
        if isinstance(block, Pair):
            return self.pair(block)
        return self.matters(block) if isinstance(block, Matters) else self.strip(block)

    # ----------------------------------------------------------------------------- lines

    def items(self, block: Items) -> list[str]:
        if not block.items:
            text = f"{block.caption}: {block.empty}" if block.caption else block.empty
            return fold(text, self.width, rest="  ")
        if block.inline:
            head = f"{block.caption}: " if block.caption else ""
            ends = "; " if block.caption else " "
            return fold(
                head + ends.join(_told(item, dated=True) for item in block.items),
                self.width,
                rest="  ",
            )
        lines = fold(f"{block.caption}:", self.width) if block.caption else []
        dated = any(item.on for item in block.items)
        for item in block.items:
            first = f"{item.on}  ".ljust(_DAY) if dated else "• "
            pad = " " * (_DAY if dated else 2)
            lines += fold(_told(item), self.width, first=first, rest=pad)
        return lines

    def pair(self, block: Pair) -> list[str]:
        sides = [
            (name, [_told(item, dated=True) for item in listed] or [block.empty])
            for name, listed in zip(block.names, block.sides, strict=True)
        ]
        if not self.wide:
            return [
                line
                for name, said in sides
                for line in _column(f"{name}: {said[0]}", said[1:], self.width)
            ]
        width = (self.width - 3) // 2
        left, right = (_column(f"{name}: {said[0]}", said[1:], width) for name, said in sides)
        return _abreast((left, right), (width, width))

    # --------------------------------------------------------------------------- matters

    def matters(self, block: Matters) -> list[str]:
        """Issue and status in a line, below it both sides beside each other."""
        lines: list[str] = []
        width = (self.width - 5) // 2
        for row in block.rows:
            said = [
                _told(item, dated=True) if item else t("render.no_position") for item in row.sides
            ]
            lines += fold(_told(row.head), self.width, first="■ ", rest="  ")
            if self.wide:
                named = zip(block.names, said, strict=True)
                sides = [fold(f"{name}: {text}", width, rest="  ") for name, text in named]
                lines += [f"  {line}" for line in _abreast(sides, (width, width))]
                continue
            for name, text in zip(block.names, said, strict=True):
                lines += fold(f"{name}: {text}", self.width, first="  ", rest="    ")
        if block.rest:
            listed = "; ".join(map(_told, block.rest))
            text = f"{t('render.short_silent')}: {listed}"
            lines += fold(text, self.width, first="■ ", rest="  ")
        return lines

    # ----------------------------------------------------------------------------- chart

    def strip(self, block: Strip) -> list[str]:
        """A bar for each of the last values, with the limits as dotted rules."""
        series = block.series
        lines = fold(_told(block.head), self.width)
        shown = series.points[-_POINTS:]
        names = max(cells(p.label) for p in shown)
        for point in shown:
            lines += self.point(point, series, names)
        limits = "; ".join(f"{number(p.value)} {p.label}" for p in series.limits)
        key = "render.short_scale_log" if series.log else "render.short_scale"
        return lines + fold(t(key, limits=limits), self.width, first="  ")

    def point(self, point: Point, series: Series, names: int) -> list[str]:
        when = span(point.start, point.until, self.day, planned=point.planned)
        words = [point.told, series.share(point), when]
        text = " · ".join(word for word in words if word)
        pad = " " * (names - cells(point.label))
        drawn = f"{bar(point, series)}  " if self.width >= _BARS_FROM else ""
        return fold(text, self.width, first=f"  {point.label}{pad}  {drawn}")

    # --------------------------------------------------------------------------- sources

    def sources(self, sources: Sequence[Source]) -> list[str]:
        """A line each, in two columns where there is room."""
        width = (self.width - 3) // 2 if self.wide else self.width
        lines = [_source(source, width) for source in sources]
        if not self.wide or not lines:
            return lines
        half = (len(lines) + 1) // 2
        return _abreast((lines[:half], lines[half:]), (width, width))


def _told(item: Item, *, dated: bool = False) -> str:
    """An item in one piece: state, day where asked for, who, term, text, note and numbers."""
    term = quoted(item.term, item.original) if item.term else ""
    lead = " ".join(x for x in (item.on if dated else "", item.lead) if x)
    main = ": ".join(x for x in (lead, item.text) if x) if item.text else ""
    state = f"[{item.state}]" if item.state else ""
    if item.lead and not dated:
        main = f"{item.lead}: {item.text}"
    joined = " ".join(x for x in (term, main, state) if x)
    note = f" · {item.note}" if item.note else ""
    return f"{joined}{note} {item.tail}".rstrip()


def _column(first: str, rest: Iterable[str], width: int) -> list[str]:
    lines = fold(first, width, rest="  ")
    for text in rest:
        lines += fold(text, width, first="· ", rest="  ")
    return lines


def _abreast(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Columns beside each other with rules between them."""
    lines = []
    for i in range(max(map(len, columns))):
        parts = [column[i] if i < len(column) else "" for column in columns]
        padded = [p + " " * (w - cells(p)) for p, w in zip(parts, widths, strict=True)]
        lines.append(" │ ".join(padded).rstrip())
    return lines


def _source(source: Source, width: int) -> str:
    """Number, title as far as it fits, publisher and day."""
    head = f"[{source.number}]".ljust(5)
    about = cut(source.about, 16)
    end = "".join(f" · {x}" for x in (about, source.published) if x)
    return f"{head}{cut(source.title, max(12, width - cells(head) - cells(end)))}{end}"
