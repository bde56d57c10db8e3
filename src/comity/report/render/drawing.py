"""A small chart of a series against its limits, drawn as SVG without help: a row for each value."""

from __future__ import annotations

import html
import math
import re

from comity.report.charts import Point, Series, number

_WIDTH, _LEFT, _RIGHT = 380, 84, 22
_ROW = 15
_ROWS = 4
_TOP = 4
_SIZE = 11
_CHAR = 5.6
_INK, _LIMIT, _TEXT = "#0072B2", "#4D4D4D", "#222"
_DASHES = ("none", "5 3", "2 2", "7 3 2 3")


def drawn(series: Series, words: str) -> str:
    """The last values as dots on a common scale, the limits as labelled lines across them."""
    shown = series.points[-_ROWS:]
    limits = _lanes(series)
    lanes = max((lane for _, lane in limits), default=0) + 1
    top = _TOP + lanes * 13
    foot = top + len(shown) * _ROW + 2
    parts = [_scale(series, top, foot)]
    parts += [_limit(p, lane, i, series, foot) for i, (p, lane) in enumerate(limits)]
    parts += [_row(p, top + i * _ROW + _ROW / 2, series) for i, p in enumerate(shown)]
    name = re.sub(r"[^a-zA-Z0-9-]", "-", series.id)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="strip" viewBox="0 0 {_WIDTH} {foot + 15}" '
        f'role="img" aria-labelledby="{name}-t {name}-d" font-size="{_SIZE}" fill="{_TEXT}">'
        f'<title id="{name}-t">{html.escape(series.title)}</title>'
        f'<desc id="{name}-d">{html.escape(words)}</desc>{"".join(parts)}</svg>'
    )


def _x(value: float, series: Series) -> float:
    return round(_LEFT + series.place(value) * (_WIDTH - _LEFT - _RIGHT), 1)


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{html.escape(text)}</text>'


def _lanes(series: Series) -> list[tuple[Point, int]]:
    """Each limit with the lane above the chart in which its label does not meet another."""
    ends: list[float] = []
    out = []
    for limit in sorted(series.limits, key=lambda p: -p.value):
        right = _x(limit.value, series)
        left = right - len(_label(limit)) * _CHAR
        lane = next((i for i, used in enumerate(ends) if right + 6 < used), len(ends))
        if lane == len(ends):
            ends.append(left)
        else:
            ends[lane] = left
        out.append((limit, lane))
    return out


def _label(limit: Point) -> str:
    return f"{limit.label} {number(limit.value)}"


def _limit(limit: Point, lane: int, index: int, series: Series, foot: float) -> str:
    x, y = _x(limit.value, series), 11 + lane * 13
    left = len(_label(limit)) * _CHAR
    anchor, at = ("end", x + 2) if x - left > 0 else ("start", 0.0)
    line = (
        f'<line x1="{x}" x2="{x}" y1="{y + 3}" y2="{foot}" stroke="{_LIMIT}" stroke-width="1.3" '
        f'stroke-dasharray="{_DASHES[index % len(_DASHES)]}"/>'
    )
    return line + _text(at, y, _label(limit), anchor)


def _scale(series: Series, top: float, foot: float) -> str:
    low, high = series.domain
    if series.log:
        ticks = [10.0**n for n in range(round(math.log10(low)), round(math.log10(high)) + 1)]
    else:
        ticks = [low, high / 1.1]
    marks = "".join(
        f'<line x1="{_x(v, series)}" x2="{_x(v, series)}" y1="{top}" y2="{foot}" stroke="#D9D9D9"/>'
        + _text(_x(v, series), foot + 12, f"{v:,.6g}", "middle")
        for v in ticks
    )
    base = f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{foot}" y2="{foot}" stroke="#666"/>'
    return marks + base


def _row(point: Point, y: float, series: Series) -> str:
    """A value: its name, its mark by what it is, and its number."""
    x = _x(point.value, series) if point.value > 0 else float(_LEFT)
    fill = "#fff" if point.planned else _INK
    stroke = f'fill="{fill}" stroke="{_INK}" stroke-width="1.6"'
    if point.basis == "upper_bound":
        shape = f'<path d="M{x + 4:g} {y - 4.5:g}v9L{x - 4.5:g} {y:g}Z" {stroke}/>'
    else:
        shape = f'<circle cx="{x:g}" cy="{y:g}" r="4" {stroke}/>'
    name = point.label if len(point.label) * _CHAR < _LEFT else point.label[:14] + "…"
    return _text(0, y + 4, name) + shape + _text(x + 8, y + 4, point.short)
