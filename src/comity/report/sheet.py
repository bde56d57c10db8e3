"""A sheet: headings, lines, tables of numbers and bar charts, as text, Markdown or a web page.

Results of models are sheets. Numbers are formatted by whoever makes the sheet; here they are only
set: columns of numbers are flush right with the unit beneath their heading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from comity.report import tables
from comity.report.render.layout import cells, clean, cut, fold
from comity.report.render.markdown import escaped
from comity.report.spans import Spans, text_spans
from comity.words.catalogue import t
from comity.words.errors import InputError

DEFAULT_WIDTH = 100


@dataclass(frozen=True)
class Column:
    """A column: its heading, the unit under it, and whether it holds numbers."""

    title: str
    unit: str = ""
    number: bool = True


@dataclass(frozen=True)
class Grid:
    """A table; `left` says what was left out of it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    left: str = ""


@dataclass(frozen=True)
class Bars:
    """Horizontal bars from zero: (label, value, what to print), in `unit`."""

    caption: str
    unit: str
    bars: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True)
class Lines:
    """Lines of text; `marked` ones are warnings."""

    lines: tuple[str, ...]
    marked: bool = False


Block = Grid | Bars | Lines | Spans


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Sheet:
    """`foot` is what identifies the result: versions, residual, run id."""

    title: str
    lead: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    foot: tuple[str, ...] = field(default=())


# ------------------------------------------------------------------------------------------- text


def as_text(sheet: Sheet, width: int = DEFAULT_WIDTH) -> str:
    """For a terminal of `width` characters."""
    width = max(40, width)
    lines = [*fold(clean(sheet.title), width), "=" * min(width, cells(sheet.title))]
    for text in sheet.lead:
        lines += fold(clean(text), width)
    for section in sheet.sections:
        lines += ["", section.title, "-" * cells(section.title)]
        for number, block in enumerate(section.blocks):
            if number:
                lines.append("")
            lines += _text_block(block, width)
    if sheet.foot:
        lines.append("")
        for text in sheet.foot:
            lines += fold(clean(text), width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _text_block(block: Block, width: int) -> Iterator[str]:
    if isinstance(block, Lines):
        sign = "! " if block.marked else "- "
        for text in block.lines:
            yield from fold(clean(text), width, first=sign, rest="  ")
    elif isinstance(block, Bars):
        yield from _text_bars(block, width)
    elif isinstance(block, Spans):
        yield from text_spans(block, width)
    else:
        yield from _text_grid(block, width)


def _text_grid(grid: Grid, width: int) -> Iterator[str]:
    heads = [[c.title for c in grid.columns]]
    if any(c.unit for c in grid.columns):
        heads.append([c.unit for c in grid.columns])
    body = [[clean(text) for text in row] for row in grid.rows]
    sizes = [max(cells(row[k]) for row in (*heads, *body)) for k in range(len(grid.columns))]
    # What is no number gives way where the terminal is narrow.
    over = sum(sizes) + 2 * (len(sizes) - 1) - width
    for k, column in enumerate(grid.columns):
        if over > 0 and not column.number:
            less = min(over, max(0, sizes[k] - 12))
            sizes[k] -= less
            over -= less

    def line(row: Sequence[str]) -> str:
        out = []
        for column, size, text in zip(grid.columns, sizes, row, strict=True):
            text = cut(text, size)
            gap = " " * (size - cells(text))
            out.append(gap + text if column.number else text + gap)
        return "  ".join(out).rstrip()

    yield from (line(row) for row in heads)
    yield "  ".join("-" * size for size in sizes)
    yield from (line(row) for row in body)
    if grid.left:
        yield from fold(grid.left, width)


def _text_bars(chart: Bars, width: int) -> Iterator[str]:
    label = max((cells(name) for name, _, _ in chart.bars), default=0)
    shown = max((cells(text) for _, _, text in chart.bars), default=0)
    room = max(10, min(60, width - label - shown - 6))
    low = min(0.0, *(value for _, value, _ in chart.bars))
    high = max(0.0, *(value for _, value, _ in chart.bars))
    span = high - low or 1.0
    zero = round(-low / span * room)
    yield from fold(f"{chart.caption} ({chart.unit})", width)
    for name, value, text in chart.bars:
        at = round((value - low) / span * room)
        first, last = sorted((zero, at))
        bar = " " * first + ("#" if value > 0 else "=") * (last - first)
        bar = bar.ljust(room)
        bar = bar[:zero] + "|" + bar[zero:]
        yield f"{name}{' ' * (label - cells(name))}  {' ' * (shown - cells(text))}{text}  {bar}"


# --------------------------------------------------------------------------------------- markdown


def as_markdown(sheet: Sheet) -> str:
    """With tables as pipes; bars are told as a table."""
    lines = [f"# {escaped(sheet.title)}", ""]
    for text in sheet.lead:
        lines += [escaped(text), ""]
    for section in sheet.sections:
        lines += [f"## {escaped(section.title)}", ""]
        for block in section.blocks:
            if isinstance(block, Lines):
                sign = "**!** " if block.marked else ""
                lines += [f"- {sign}{escaped(text)}" for text in block.lines]
            elif isinstance(block, Grid):
                heads = [f"{c.title} ({c.unit})" if c.unit else c.title for c in block.columns]
                lines.append("| " + " | ".join(map(escaped, heads)) + " |")
                marks = ["---:" if c.number else "---" for c in block.columns]
                lines.append("| " + " | ".join(marks) + " |")
                for row in block.rows:
                    lines.append("| " + " | ".join(map(escaped, row)) + " |")
                if block.left:
                    lines += ["", escaped(block.left)]
            else:
                continue
            lines.append("")
    lines += [f"{escaped(text)}  " for text in sheet.foot]
    return "\n".join(lines).rstrip() + "\n"


# -------------------------------------------------------------------------------------------- web


def as_html(sheet: Sheet) -> str:
    """A whole page that needs nothing from elsewhere, for screens of any width and for paper."""
    from markupsafe import Markup

    from comity.report.drawings import svg_bars, svg_spans
    from comity.report.render.web import environment, style

    return (
        environment()
        .get_template("sheet.html")
        .render(
            sheet=sheet,
            css=Markup(style("sheet.css")),
            kind=lambda block: type(block).__name__,
            drawn=svg_bars,
            hint=t("sheet.scroll"),
            spans=svg_spans,
        )
    )


def rendered(page: Sheet, form: str, width: int) -> str:
    """A sheet as table (`width` columns), md or html. Raises `InputError` for another format."""
    if form == "table":
        return as_text(page, width)
    if form == "md":
        return as_markdown(page)
    if form == "html":
        return as_html(page)
    raise InputError(f"there is no format {form!r}", mend=f"one of {', '.join(tables.FORMATS)}")
