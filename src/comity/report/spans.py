"""Charts of values with intervals: where each was before, where it is after, how sure that is.

A row is a label with a middle, an inner (50 %) and an outer (90 %) interval, and where there is one
the value before. In text ``o`` is before, ``#`` the median, ``=`` and ``-`` the intervals.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass

from comity.report.render.layout import cells, cut, fold

_LEFT, _PLOT, _ROW, _RIGHT, _LETTER = 60, 400, 22, 120, 7
_AFTER, _BEFORE, _AXIS = "#0072B2", "#D55E00", "#4D4D4D"


@dataclass(frozen=True)
class Span:
    """One row; `text` is what to print beside it."""

    label: str
    before: float | None
    middle: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    text: str


@dataclass(frozen=True)
class Spans:
    """Rows on one axis, in `unit`; the axis always shows zero."""

    caption: str
    unit: str
    rows: tuple[Span, ...]
    mark: str = "before"
    """What the hollow diamond is."""
    key: str = "median, 50 % (thick) and 90 % (thin)"
    """What the dot and its lines are."""

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the axis."""
        values = [0.0]
        for row in self.rows:
            values += [*row.outer, row.middle, row.middle if row.before is None else row.before]
        low, high = min(values), max(values)
        return (low, high) if high > low else (low - 1.0, high + 1.0)


def text_spans(chart: Spans, width: int) -> Iterator[str]:
    """For a terminal."""
    label = min(26, max((cells(row.label) for row in chart.rows), default=0))
    shown = max((cells(row.text) for row in chart.rows), default=0)
    room = max(12, min(64, width - label - shown - 4))
    low, high = chart.ends

    def at(value: float) -> int:
        return round((value - low) / (high - low) * (room - 1))

    yield from fold(f"{chart.caption} ({chart.unit})", width)
    for row in chart.rows:
        line = [" "] * room
        line[at(0.0)] = "|"
        for ends, mark in ((row.outer, "-"), (row.inner, "=")):
            for place in range(at(ends[0]), at(ends[1]) + 1):
                line[place] = mark
        line[at(row.middle)] = "#"
        if row.before is not None:
            line[at(row.before)] = "o" if at(row.before) != at(row.middle) else "@"
        name = cut(row.label, label)
        gap = " " * (label - cells(name))
        yield f"{name}{gap}  {' ' * (shown - cells(row.text))}{row.text}  {''.join(line)}".rstrip()


def svg_spans(chart: Spans, number: int) -> object:
    """As SVG: dots with thick (50 %) and thin (90 %) lines, a hollow diamond where it was before,
    so that shape and not colour alone tells them apart."""
    from markupsafe import Markup

    low, high = chart.ends
    height = len(chart.rows) * _ROW + 30
    left = max(_LEFT, 16 + _LETTER * max((cells(row.label) for row in chart.rows), default=0))
    width = left + _PLOT + _RIGHT

    def x(value: float) -> float:
        return left + _PLOT * (value - low) / (high - low)

    told = "; ".join(
        f"{row.label}: {row.text}"
        + ("" if row.before is None else f", {chart.mark} {row.before:,.3g}")
        + f", 90 % from {row.outer[0]:,.3g} to {row.outer[1]:,.3g}"
        for row in chart.rows
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="bars" viewBox="0 0 {width} {height}" '
        f'role="img" aria-labelledby="spans-{number}-t spans-{number}-d" font-size="12">'
        f'<title id="spans-{number}-t">{html.escape(chart.caption)} ({html.escape(chart.unit)})'
        f'</title><desc id="spans-{number}-d">{html.escape(told)}</desc>'
        f'<line x1="{x(0):.1f}" x2="{x(0):.1f}" y1="0" y2="{height - 26}" stroke="{_AXIS}"/>'
    ]
    for n, row in enumerate(chart.rows):
        y = 4 + n * _ROW + _ROW / 2
        ends = [*row.outer, row.middle] + ([] if row.before is None else [row.before])
        parts.append(
            f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{html.escape(row.label)}</text>'
            f'<line x1="{x(row.outer[0]):.1f}" x2="{x(row.outer[1]):.1f}" y1="{y}" y2="{y}" '
            f'stroke="{_AFTER}" stroke-width="1.5"/>'
            f'<line x1="{x(row.inner[0]):.1f}" x2="{x(row.inner[1]):.1f}" y1="{y}" y2="{y}" '
            f'stroke="{_AFTER}" stroke-width="5" stroke-opacity=".45"/>'
            f'<circle cx="{x(row.middle):.1f}" cy="{y}" r="4" fill="{_AFTER}"/>'
            f'<text x="{x(max(ends)) + 9:.1f}" y="{y + 4}">{html.escape(row.text)}</text>'
        )
        if row.before is not None:
            c = x(row.before)
            parts.append(
                f'<path d="M{c - 5:.1f} {y}L{c:.1f} {y - 5}L{c + 5:.1f} {y}L{c:.1f} {y + 5}Z" '
                f'fill="#fff" stroke="{_BEFORE}" stroke-width="1.8"/>'
            )
    y = height - 8
    key = left
    if any(row.before is not None for row in chart.rows):
        parts.append(
            f'<path d="M{key} {y - 4}l5 -5l5 5l-5 5Z" fill="#fff" stroke="{_BEFORE}" '
            f'stroke-width="1.8"/><text x="{key + 15}" y="{y}">{html.escape(chart.mark)}</text>'
        )
        key += 34 + _LETTER * cells(chart.mark)
    parts.append(
        f'<circle cx="{key + 5}" cy="{y - 4}" r="4" fill="{_AFTER}"/>'
        f'<text x="{key + 15}" y="{y}">{html.escape(chart.key)}</text></svg>'
    )
    return Markup("".join(parts))
