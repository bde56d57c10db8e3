"""Measured series against their limits: what a chart shows, as data, as SVG and as words.

Only what was known on the view's day is in a series: a value that begins later is kept where it is
a plan that rests on a source of that day or before.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from comity.words.catalogue import t
from comity.words.time import FIRST, DayRange

_PLANS = ("planned", "expected")
_SHAPES = {"upper_bound": "triangle-down", "planned": "circle", "expected": "circle"}
_INK, _LIMIT, _GRID = "#0072B2", "#4D4D4D", "#D9D9D9"
_DASHES = ([1, 0], [6, 3], [2, 3], [8, 3, 2, 3])
_WIDTH = 340
_STEP = 44
_LOG_FROM = 20


@dataclass(frozen=True, slots=True)
class Point:
    """One value over its span, or a limit; `basis` tells observed, upper bound and plan apart."""

    value: float
    label: str
    start: str | None
    until: str | None
    basis: str | None = None
    basis_label: str = ""
    note: str = ""
    cites: tuple[int, ...] = ()
    later: int = 0

    @property
    def planned(self) -> bool:
        return self.basis in _PLANS

    @property
    def short(self) -> str:
        """The value as it stands in a chart, whose marks tell plans apart."""
        signs = {"upper_bound": "<", "approximate": "~"}
        return f"{signs.get(self.basis or '', '')}{number(self.value)}"

    @property
    def told(self) -> str:
        """The value with what it is: below, about, planned."""
        text = number(self.value)
        if self.basis == "upper_bound":
            return t("render.value_below", value=text)
        if self.basis == "approximate":
            return t("render.value_about", value=text)
        return f"{text} ({self.basis_label})" if self.basis_label else text


@dataclass(frozen=True, slots=True)
class Series:
    """A series as of a day: values in order, limits from the lowest."""

    id: str
    title: str
    quantity: str
    unit: str
    by: str
    points: tuple[Point, ...]
    limits: tuple[Point, ...]
    left_out: int
    marks: tuple[str, ...] = ()
    cites: tuple[int, ...] = ()
    later: int = 0

    @property
    def values(self) -> list[float]:
        return [p.value for p in (*self.points, *self.limits) if p.value > 0]

    @property
    def log(self) -> bool:
        """Is a logarithmic scale needed to read all values and limits?"""
        found = self.values
        zero = any(p.value <= 0 for p in self.points)
        return not zero and len(found) > 1 and max(found) / min(found) > _LOG_FROM

    @property
    def domain(self) -> tuple[float, float]:
        found = self.values or [1.0]
        if not self.log:
            return 0.0, max(found) * 1.1
        return 10 ** math.floor(math.log10(min(found))), 10 ** math.ceil(math.log10(max(found)))

    def place(self, value: float) -> float:
        """Where a value lies on the scale, from 0 to 1."""
        low, high = self.domain
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return min(1.0, max(0.0, (value - low) / (high - low)))

    def share(self, point: Point) -> str:
        """The value as a share of the lowest limit, in words."""
        if not self.limits or point.value <= 0:
            return ""
        lowest = self.limits[0]
        percent = 100 * point.value / lowest.value
        text = f"{percent:.0f}" if percent >= 1 else f"{percent:.1g}"
        key = "render.share_below" if point.basis == "upper_bound" else "render.share"
        return t(key, percent=text, limit=number(lowest.value))


def number(value: float) -> str:
    """With thousands separators, decimals only where the value has them."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def series_of(indicator: dict[str, Any], day: int) -> Series:
    """The series of an indicator's row as of the ordinal `day`."""
    shown = [v for v in indicator["values"] if _known(v, day)]
    limits = [_point(v) for v in indicator["limits"] if _known(v, day) and v["value"] > 0]
    points = sorted((_point(v) for v in shown), key=lambda p: _order(p.start))
    return Series(
        id=indicator["id"],
        title=indicator["title"],
        quantity=indicator["quantity"] or "",
        unit=indicator["unit"] or "",
        by=", ".join(indicator["measured_by"]),
        points=tuple(points),
        limits=tuple(sorted(limits, key=lambda p: p.value)),
        left_out=len(indicator["values"]) - len(shown),
        marks=tuple(indicator["flags"]),
        cites=tuple(indicator.get("cites", ())),
        later=indicator.get("later_sources", 0),
    )


def _order(start: str | None) -> int:
    return DayRange.parse(start).earliest if start else FIRST


def _known(value: dict[str, Any], day: int) -> bool:
    if _order(value["from"]) <= day:
        return True
    return value["basis"] in _PLANS and bool(value.get("cites"))


def _point(value: dict[str, Any]) -> Point:
    return Point(
        value=value["value"],
        label=value["label"] or "",
        start=value["from"],
        until=value["until"],
        basis=value["basis"],
        basis_label=value["basis_label"] or "",
        note=value["note"] or "",
        cites=tuple(value.get("cites", ())),
        later=value.get("later_sources", 0),
    )


def spec(series: Series) -> dict[str, Any]:
    """The Vega-Lite specification: a mark for each value, a labelled rule for each limit."""
    order = [p.label or p.start or str(i) for i, p in enumerate(series.points)]
    values = [
        {"at": name, "value": p.value, "shape": _SHAPES.get(p.basis or "", "circle"),
         "fill": "#FFFFFF" if p.planned else _INK, "text": p.short}
        for name, p in zip(order, series.points, strict=True)
    ]  # fmt: skip
    low, high = series.domain
    width = max(_WIDTH, _STEP * len(values))
    slant = -45 if len(values) > _WIDTH // _STEP else 0
    scale = {"type": "log" if series.log else "linear", "domain": [low, high], "nice": False}
    ticks = {"values": _decades(low, high)} if series.log else {"tickCount": 5}
    y = {"field": "value", "type": "quantitative", "scale": scale}
    axis = {**ticks, "format": ",~g", "title": series.unit, "grid": True, "gridColor": _GRID}
    limits = [
        {"value": p.value, "text": f"{p.label} {number(p.value)}", "kind": str(i)}
        for i, p in enumerate(series.limits)
    ]
    kinds = [row["kind"] for row in limits]
    dash = {"domain": kinds, "range": [_DASHES[i % len(_DASHES)] for i in range(len(kinds))]}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": width, "height": 210, "background": None,
        "config": {
            "font": "sans-serif", "view": {"stroke": None},
            "axis": {"labelColor": "#222", "titleColor": "#222", "labelFontSize": 12,
                     "titleFontSize": 12, "domainColor": "#666", "tickColor": "#666"},
        },
        "layer": [
            {"data": {"values": limits},
             "mark": {"type": "rule", "color": _LIMIT, "strokeWidth": 1.5},
             "encoding": {"y": {**y, "axis": axis},
                          "strokeDash": {"field": "kind", "type": "nominal", "legend": None,
                                         "scale": dash}}},
            {"data": {"values": limits},
             "mark": {"type": "text", "align": "right", "baseline": "bottom", "dy": -3,
                      "fontSize": 12, "color": "#222", "x": width - 2},
             "encoding": {"y": y, "text": {"field": "text"}}},
            {"data": {"values": values},
             "mark": {"type": "point", "filled": False, "size": 90, "strokeWidth": 2,
                      "opacity": 1},
             "encoding": {
                 "x": {"field": "at", "type": "nominal", "sort": order, "title": None,
                       "axis": {"labelAngle": slant, "labelLimit": 90, "grid": False}},
                 "y": y,
                 "shape": {"field": "shape", "type": "nominal", "legend": None,
                           "scale": {"domain": ["circle", "triangle-down"],
                                     "range": ["circle", "triangle-down"]}},
                 "fill": {"field": "fill", "type": "nominal", "scale": None},
                 "stroke": {"value": _INK}}},
            {"data": {"values": values},
             "mark": {"type": "text", "dy": -14, "fontSize": 12, "color": "#222"},
             "encoding": {"x": {"field": "at", "type": "nominal", "sort": order}, "y": y,
                          "text": {"field": "text"}}},
        ],
    }  # fmt: skip


def _decades(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low)), round(math.log10(high))
    return [10.0**power for power in range(first, last + 1)]


def describe(series: Series) -> str:
    """The chart in words, for those who do not see it."""
    values = "; ".join(f"{p.label} {p.told}".strip() for p in series.points)
    limits = "; ".join(f"{p.label} {number(p.value)}".strip() for p in series.limits)
    key = "render.chart_log" if series.log else "render.chart_linear"
    return t(key, quantity=series.quantity, unit=series.unit, values=values, limits=limits)


def svg(series: Series) -> str | None:
    """The chart as SVG with title and description, or None where it cannot be drawn."""
    try:
        import vl_convert

        drawn = _drawn(vl_convert.vegalite_to_svg, json.dumps(spec(series)))
    except (ImportError, ValueError, OSError):
        return None
    name = re.sub(r"[^a-zA-Z0-9-]", "-", series.id)
    head, tag, rest = drawn.partition(">")
    size = re.search(r'viewBox="[^"]*"', head)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" {size.group(0) if size else ""} '
        f'role="img" aria-labelledby="{name}-t {name}-d"{tag}'
        f'<title id="{name}-t">{html.escape(series.title)}</title>'
        f'<desc id="{name}-d">{html.escape(describe(series))}</desc>{_quiet(rest)}'
    )


@lru_cache(maxsize=64)
def _drawn(draw: Callable[..., str], wanted: str) -> str:
    """A specification (JSON) as SVG; the same again costs nothing."""
    return draw(json.loads(wanted), allowed_base_urls=[])


def _quiet(body: str) -> str:
    """Without the roles of single marks: the picture is read by its title and description."""
    return re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", body)
