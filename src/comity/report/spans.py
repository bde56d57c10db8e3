"""Charts of values with intervals: where each was before, where it is after, how sure that is.

A row is a label with a middle, an inner (50 %) and an outer (90 %) interval, and where there is one
the value before. In text ``o`` is before, ``#`` the median, ``=`` and ``-`` the intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from comity.report.render.layout import cells, cut, fold


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
