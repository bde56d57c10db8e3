"""Days, ranges of days and spans.

A day that is not known exactly is a *range* of days, never a guess: a month, a year, "on or
before", "on or after", or unknown altogether. The notation is that of EDTF (ISO 8601-2):

=====================  ======================================================
``2023-08-24``         that day
``2023-07``, ``2011``  some day of that month, of that year
``2023-07-07..2023-07-31``  some day of that range (EDTF: one of a set)
``..2025-05-30``       on or before that day
``2026-11-10..``       on or after that day
``unknown``            any day
=====================  ======================================================

A `Span` is half-open inside (first day, first day after) and shown with its inclusive last day.
Ordinals are those of `datetime.date.toordinal`; `FIRST` and `LAST` stand for "no bound".
"""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass
from functools import lru_cache

from comity.words.errors import TimeError

FIRST = 0
"""Ordinal below every day: an earliest bound that is unknown."""
LAST = dt.date.max.toordinal() + 2
"""Ordinal above every day: a latest bound that is unknown, or an end that never comes."""


class Truth(enum.IntEnum):
    """Three-valued truth (Kleene): and is the minimum, or is the maximum."""

    NO = 0
    MAYBE = 1
    YES = 2


_PART = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$", re.ASCII)


def parse_day(text: str) -> dt.date:
    """An exact day, ISO 8601 (``2023-11-16``). Raises `TimeError` otherwise."""
    match = _PART.match(text.strip())
    if not match or match.group(3) is None:
        raise TimeError(
            f"{text!r} is not a day", mend="write the day as YYYY-MM-DD, for instance 2023-11-16"
        )
    try:
        return dt.date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        raise TimeError(
            f"{text!r} is not a day of the calendar", mend="check month and day"
        ) from None


def _bounds(text: str, whole: str) -> tuple[int, int]:
    match = _PART.match(text)
    if not match:
        raise TimeError(
            f"{whole!r} is not a day, month, year or range of days",
            mend="write 2023-08-24, 2023-08, 2023, a range 2023-08-01..2023-08-24, or unknown",
        )
    year = int(match.group(1))
    try:
        if match.group(3):
            day = dt.date(year, int(match.group(2)), int(match.group(3))).toordinal()
            return day, day
        if match.group(2):
            month = int(match.group(2))
            low = dt.date(year, month, 1).toordinal()
            after = (year + 1, 1) if month == 12 else (year, month + 1)
            high = (
                dt.date.max.toordinal() if after[0] > 9999 else dt.date(*after, 1).toordinal() - 1
            )
            return low, high
        return dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()
    except ValueError:
        raise TimeError(
            f"{whole!r} is not in the calendar", mend="check year, month and day"
        ) from None


@dataclass(frozen=True, slots=True, order=True)
class DayRange:
    """One day, known to lie between two days, both inclusive.

    `earliest` is `FIRST` and `latest` is `LAST` where that side is not bounded.
    """

    earliest: int
    latest: int

    def __post_init__(self) -> None:
        if self.earliest > self.latest:
            raise TimeError("a range of days ends before it begins", mend="swap the two days")

    @classmethod
    def parse(cls, text: str) -> DayRange:
        """Read the notation of this module. Raises `TimeError`."""
        return _parse_range(text)

    @classmethod
    def of(cls, day: dt.date) -> DayRange:
        return cls(day.toordinal(), day.toordinal())

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest

    @property
    def unknown(self) -> bool:
        return self.earliest == FIRST and self.latest == LAST

    def shifted(self, days: int) -> DayRange:
        """The range moved by a number of days; open sides stay open."""
        low = self.earliest if self.earliest == FIRST else self.earliest + days
        high = self.latest if self.latest == LAST else self.latest + days
        return DayRange(low, high)

    def by(self, day: int) -> Truth:
        """Has this day come by the ordinal `day` (inclusive)?"""
        if self.latest <= day:
            return Truth.YES
        return Truth.MAYBE if self.earliest <= day else Truth.NO

    @property
    def precision(self) -> str:
        """``day``, ``month``, ``year``, ``range`` or ``unknown``."""
        if self.unknown:
            return "unknown"
        text = str(self)
        return "range" if ".." in text else {10: "day", 7: "month", 4: "year"}[len(text)]

    def __str__(self) -> str:
        return _format_range(self)


@lru_cache(maxsize=65536)
def _parse_range(text: str) -> DayRange:
    plain = text.strip().strip("[]").strip()
    if plain == "unknown":
        return DayRange(FIRST, LAST)
    if ".." not in plain:
        return DayRange(*_bounds(plain, text))
    left, _, right = plain.partition("..")
    low = _bounds(left.strip(), text)[0] if left.strip() else FIRST
    high = _bounds(right.strip(), text)[1] if right.strip() else LAST
    if low > high:
        raise TimeError(f"{text!r} ends before it begins", mend="swap the two days")
    return DayRange(low, high)


def iso(ordinal: int) -> str | None:
    """The ordinal as ``YYYY-MM-DD``; None where it is not bounded."""
    if ordinal <= FIRST or ordinal >= LAST - 1:
        return None
    return dt.date.fromordinal(ordinal).isoformat()


def _format_range(value: DayRange) -> str:
    if value.unknown:
        return "unknown"
    if value.exact:
        return dt.date.fromordinal(value.earliest).isoformat()
    if value.earliest == FIRST:
        return f"..{iso(value.latest)}"
    if value.latest == LAST:
        return f"{iso(value.earliest)}.."
    low = dt.date.fromordinal(value.earliest)
    for text in (f"{low.year:04d}-{low.month:02d}", f"{low.year:04d}"):
        if DayRange(*_bounds(text, text)) == value:
            return text
    return f"{iso(value.earliest)}..{iso(value.latest)}"


def _backwards(start: DayRange, until: DayRange) -> TimeError:
    return TimeError(
        f"a span cannot end ({until}) before it begins ({start})",
        mend="check the two days; something withdrawn before it began is a suspension "
        "or an act that ended it, not a negative span",
    )


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to before `after`; each end a `DayRange`. Empty where both are one day.

    `after` is the first day *no longer* in the span (half-open); None means no end is known of or
    set: the span is open. `Span.of` takes the inclusive last day instead, as people write it.
    """

    start: DayRange
    after: DayRange | None = None

    def __post_init__(self) -> None:
        if self.after is not None and self.after.latest < self.start.earliest:
            raise _backwards(self.start, self.after.shifted(-1))

    @classmethod
    def of(cls, start: str | DayRange, until: str | DayRange | None = None) -> Span:
        """From a start and an inclusive last day (or None: open)."""
        first = DayRange.parse(start) if isinstance(start, str) else start
        if until is None:
            return cls(first, None)
        last = DayRange.parse(until) if isinstance(until, str) else until
        if last.latest < first.earliest:
            raise _backwards(first, last)
        return cls(first, last.shifted(1))

    @property
    def until(self) -> DayRange | None:
        """The inclusive last day, or None where the span is open."""
        return None if self.after is None else self.after.shifted(-1)

    def covers(self, day: int) -> Truth:
        """Is the ordinal `day` in the span?"""
        begun = self.start.by(day)
        if self.after is None or begun is Truth.NO:
            return begun
        over = self.after.by(day)
        return Truth(min(begun, Truth.YES - over))

    def changes(self) -> tuple[int, ...]:
        """The ordinals at which the answer of `covers` can change (first day of the new answer)."""
        points = {self.start.earliest, self.start.latest}
        if self.after is not None:
            points |= {self.after.earliest, self.after.latest}
        return tuple(sorted(p for p in points if FIRST < p < LAST))

    def __str__(self) -> str:
        return f"{self.start} to {self.until if self.after is not None else 'open'}"


def parse_instant(text: str) -> dt.datetime:
    """A UTC instant (``2026-11-24T09:30:00Z``), or a day, read as the end of that UTC day.

    Raises `TimeError`; an instant without an offset is taken as UTC.
    """
    plain = text.strip()
    if _PART.match(plain) or len(plain) < 12:
        day = parse_day(plain)
        return dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)
    try:
        value = dt.datetime.fromisoformat(plain.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        raise TimeError(
            f"{text!r} is not an instant",
            mend="write 2026-11-24T09:30:00Z, or a day (read as the end of that UTC day)",
        ) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=dt.UTC)
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise TimeError(
            f"{text!r} is not in the calendar in UTC", mend="check the year and the offset"
        ) from None


def format_instant(value: dt.datetime) -> str:
    """A UTC instant with microseconds where it has any, ending in ``Z``."""
    text = value.astimezone(dt.UTC).isoformat()
    return text.replace("+00:00", "Z")
