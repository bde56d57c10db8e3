"""Measures as bars over time: where each lies on one axis, with what is not known of its ends.

Positions run from 0 to `SCALE`, so that whoever draws them needs no dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from comity.words.time import FIRST, LAST, DayRange

SCALE = 1000
_MOST_YEARS = 12
_LEAST_DAYS = 365
_THINNEST = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar: `kind` is ``in_force``, ``planned``, ``suspended`` or ``unsure``."""

    start: int
    width: int
    kind: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure; `row` is its row as `comity.record.views.measures` gives it."""

    row: Mapping[str, Any]
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one side."""

    imposer: str
    target: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by side on one axis; `years` are ticks (place, year), `day` the place of the view's
    day."""

    groups: tuple[Group, ...]
    years: tuple[tuple[int, int], ...]
    day: int


def chart(sides: Iterable[tuple[str, str, Sequence[Mapping[str, Any]]]], day: int) -> Chart:
    """The chart of measures by (imposer, target, rows), as of the ordinal `day`.

    Measures of which not even a bound of the first day is known are left out of the axis, and have
    no stretches.
    """
    listed = [(imposer, target, list(rows)) for imposer, target, rows in sides]
    everything = [row for _, _, rows in listed for row in rows]
    known = [e for row in everything for e in _ends(row, day)]
    low = min([*known, day - _LEAST_DAYS])
    high = max([*known, day])
    low = dt.date(dt.date.fromordinal(low).year, 1, 1).toordinal()
    span = high - low or 1

    def place(ordinal: int) -> int:
        return round(SCALE * (min(max(ordinal, low), high) - low) / span)

    groups = tuple(
        Group(imposer, target, tuple(Bar(row, _stretches(row, day, high, place)) for row in rows))
        for imposer, target, rows in listed
    )
    first, last = dt.date.fromordinal(low).year, dt.date.fromordinal(high).year
    step = -(-(last - first + 1) // _MOST_YEARS)
    years = tuple(
        (place(dt.date(year, 1, 1).toordinal()), year) for year in range(first, last + 1, step)
    )
    return Chart(groups, years, place(day))


def _bounds(text: str | None) -> tuple[int, int] | None:
    """First and last day that an end may have, where at least one is known."""
    if not text:
        return None
    found = DayRange.parse(text)
    low, high = found.earliest, found.latest
    if low == FIRST and high == LAST:
        return None
    return (high if low == FIRST else low), (low if high == LAST else high)


def _ends(row: Mapping[str, Any], day: int) -> list[int]:
    start, until = _bounds(row["from"]), _bounds(row["until"])
    return [d for bounds in (start, until) if bounds for d in bounds]


def _stretches(row: Mapping[str, Any], day: int, high: int, place: Any) -> tuple[Stretch, ...]:
    start, until = _bounds(row["from"]), _bounds(row["until"])
    if start is None:
        return ()
    # An end that is not on record is drawn up to the view's day: what comes later is not known.
    end = until if until is not None else (max(day, start[1]), max(day, start[1]))
    out = []

    def add(first: int, last: int, kind: str) -> None:
        a, b = place(first), place(last)
        if b > a or kind in ("in_force", "planned"):
            out.append(Stretch(a, max(b - a, _THINNEST), kind))

    if start[1] > start[0]:
        add(start[0], start[1], "unsure")
    sure, to = start[1], end[0] + 1
    if sure > day:
        add(sure, max(to, sure), "planned")
    else:
        add(sure, min(max(to, sure), day + 1), "in_force")
        if to > day + 1 and until is not None:
            add(day + 1, to, "planned")
    if end[1] > end[0]:
        add(end[0], end[1], "unsure")
    for part in row["suspensions"]:
        first, last = _bounds(part["from"]), _bounds(part["until"])
        if first is not None:
            add(first[0], last[1] if last is not None else max(day, first[1]), "suspended")
    return tuple(out)
