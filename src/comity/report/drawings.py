"""Charts of sheets as SVG, each in two forms: beside each other, and stacked for a narrow screen.

A drawing that shrinks with the screen takes its words along, to 7 px on a phone. So the stacked
form sets label and figure above the plot, in a drawing as wide as a phone, and the style sheet
shows one of the two (``bars`` or ``bars narrow``); what is not shown is not read out either.
Shape and direction tell apart what colour does, so that no colour has to be seen.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comity.report.render.layout import cells

if TYPE_CHECKING:
    from comity.report.sheet import Bars
    from comity.report.spans import Spans

MORE, LESS, AXIS = "#0072B2", "#D55E00", "#4D4D4D"
SIZE = 13
"""Of type, in units of the drawing: the stacked form is drawn one to one on a phone."""
_LETTER, _PHONE = 7.2, 336.0


@dataclass(frozen=True)
class Frame:
    """Where things stand: `left` to `left` + `plot` is the axis from `low` to `high`."""

    left: float
    plot: float
    width: float
    row: float
    stacked: bool
    low: float
    high: float

    def x(self, value: float) -> float:
        return self.left + self.plot * (value - self.low) / ((self.high - self.low) or 1.0)

    def top(self, number: int) -> float:
        """The upper edge of a row."""
        return 4.0 + number * self.row

    def middle(self, number: int) -> float:
        """The height at which a row is drawn."""
        return self.top(number) + (self.row - 12.0 if self.stacked else self.row / 2.0)

    def words(self, number: int, label: str, text: str, after: float) -> str:
        """Label and figure of a row: left of the axis and `after` the drawing, or above it."""
        if self.stacked:
            y = self.top(number) + SIZE
            return (
                f'<text x="{self.left + 6:.1f}" y="{y:.1f}">{html.escape(label)}</text>'
                f'<text x="{self.left + self.plot:.1f}" y="{y:.1f}" text-anchor="end">'
                f"{html.escape(text)}</text>"
            )
        y = self.middle(number) + 4.5
        return (
            f'<text x="{self.left - 8:.1f}" y="{y:.1f}" text-anchor="end">{html.escape(label)}'
            f'</text><text x="{after:.1f}" y="{y:.1f}">{html.escape(text)}</text>'
        )


def _frames(labels: Sequence[str], texts: Sequence[str], low: float, high: float) -> list[Frame]:
    left = max(60.0, 24.0 + _LETTER * max(map(cells, labels), default=0))
    right = 24.0 + _LETTER * max(map(cells, texts), default=0)
    return [
        Frame(left, 400.0, left + 400.0 + right, 22.0, False, low, high),
        Frame(8.0, _PHONE - 16.0, _PHONE, 40.0, True, low, high),
    ]


def _head(frame: Frame, name: str, height: float, caption: str, told: str) -> str:
    name += "-s" if frame.stacked else ""
    kind = "bars narrow" if frame.stacked else "bars"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" '
        f'viewBox="0 0 {frame.width:.0f} {height:.0f}" width="{frame.width:.0f}" role="img" '
        f'aria-labelledby="{name}-t {name}-d" font-size="{SIZE}">'
        f'<title id="{name}-t">{html.escape(caption)}</title>'
        f'<desc id="{name}-d">{html.escape(told)}</desc>'
        f'<line x1="{frame.x(0.0):.1f}" x2="{frame.x(0.0):.1f}" y1="0" y2="{height:.1f}" '
        f'stroke="{AXIS}"/>'
    )


def svg_spans(chart: Spans, number: int) -> object:
    """Dots with thick (50 %) and thin (90 %) lines, a hollow diamond where it was before."""
    from markupsafe import Markup

    low, high = chart.ends
    told = "; ".join(
        f"{row.label}: {row.text}"
        + ("" if row.before is None else f", {chart.mark} {row.before:,.3g}")
        + f", 90 % from {row.outer[0]:,.3g} to {row.outer[1]:,.3g}"
        for row in chart.rows
    )
    caption = f"{chart.caption} ({chart.unit})"
    drawn = []
    labels, texts = [row.label for row in chart.rows], [row.text for row in chart.rows]
    for frame in _frames(labels, texts, low, high):
        foot = frame.top(len(chart.rows)) + 4.0
        parts = [_head(frame, f"spans-{number}", foot, caption, told)]
        for n, row in enumerate(chart.rows):
            y = frame.middle(n)
            ends = [*row.outer, row.middle] + ([] if row.before is None else [row.before])
            parts += [
                _line(frame, row.outer, y, 'stroke-width="1.5"'),
                _line(frame, row.inner, y, 'stroke-width="5" stroke-opacity=".45"'),
                f'<circle cx="{frame.x(row.middle):.1f}" cy="{y:.1f}" r="4" fill="{MORE}"/>',
                frame.words(n, row.label, row.text, frame.x(max(ends)) + 9.0),
            ]
            if row.before is not None:
                parts.append(_diamond(frame.x(row.before), y))
        before = chart.mark if any(row.before is not None for row in chart.rows) else ""
        key = "".join(_key(frame, foot, before, chart.key))
        height = foot + (26.0 if not frame.stacked or not before else 46.0)
        drawn.append("".join(parts).replace(_box(frame, foot), _box(frame, height), 1) + key)
    return Markup("".join(f"{one}</svg>" for one in drawn))


def _box(frame: Frame, height: float) -> str:
    return f'viewBox="0 0 {frame.width:.0f} {height:.0f}"'


def _line(frame: Frame, ends: tuple[float, float], y: float, how: str) -> str:
    return (
        f'<line x1="{frame.x(ends[0]):.1f}" x2="{frame.x(ends[1]):.1f}" y1="{y:.1f}" '
        f'y2="{y:.1f}" stroke="{MORE}" {how}/>'
    )


def _diamond(x: float, y: float) -> str:
    return (
        f'<path d="M{x - 5:.1f} {y:.1f}L{x:.1f} {y - 5:.1f}L{x + 5:.1f} {y:.1f}L{x:.1f} '
        f'{y + 5:.1f}Z" fill="#fff" stroke="{LESS}" stroke-width="1.8"/>'
    )


def _key(frame: Frame, foot: float, before: str, key: str) -> Iterator[str]:
    """What the signs are: in one line, or one below the other."""
    x, y = frame.left + 5.0, foot + 18.0
    if before:
        yield _diamond(x, y - 4.0)
        yield f'<text x="{x + 12:.1f}" y="{y:.1f}">{html.escape(before)}</text>'
        if frame.stacked:
            y += 20.0
        else:
            x += 34.0 + _LETTER * cells(before)
    yield f'<circle cx="{x:.1f}" cy="{y - 4:.1f}" r="4" fill="{MORE}"/>'
    size = ' font-size="11.5"' if frame.stacked else ""
    yield f'<text x="{x + 12:.1f}" y="{y:.1f}"{size}>{html.escape(key)}</text>'


def svg_bars(chart: Bars, number: int) -> object:
    """Bars from zero: gains blue to the right, losses vermilion and striped to the left."""
    from markupsafe import Markup

    low = min(0.0, *(value for _, value, _ in chart.bars))
    high = max(0.0, *(value for _, value, _ in chart.bars))
    told = "; ".join(f"{name} {text}" for name, _, text in chart.bars)
    caption = f"{chart.caption} ({chart.unit})"
    drawn = []
    labels, texts = [name for name, _, _ in chart.bars], [text for _, _, text in chart.bars]
    for frame in _frames(labels, texts, low, high):
        name = f"bars-{number}" + ("-s" if frame.stacked else "")
        parts = [
            _head(frame, f"bars-{number}", frame.top(len(chart.bars)) + 4.0, caption, told),
            f'<defs><pattern id="{name}-less" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><rect width="6" height="6" fill="{LESS}"/>'
            '<rect width="2" height="6" fill="#fff" fill-opacity=".55"/></pattern></defs>',
        ]
        for n, (label, value, text) in enumerate(chart.bars):
            first, last = sorted((frame.x(0.0), frame.x(value)))
            fill = MORE if value > 0 else f"url(#{name}-less)"
            parts += [
                f'<rect x="{first:.1f}" y="{frame.middle(n) - 7.5:.1f}" '
                f'width="{max(last - first, 0.5):.1f}" height="15" fill="{fill}"/>',
                frame.words(n, label, text, last + 5.0),
            ]
        drawn.append("".join(parts))
    return Markup("".join(f"{one}</svg>" for one in drawn))
