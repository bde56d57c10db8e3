"""Days and ranges of days in words, none of them telling more than was known on the view's day."""

from __future__ import annotations

from comity.words.catalogue import t
from comity.words.time import FIRST, LAST, DayRange, iso


def told(text: str | None, day: int) -> str:
    """A day of the record in words; a bound later than the view's `day` is left open."""
    if not text:
        return ""
    value = DayRange.parse(text)
    if ".." not in str(value):
        return t("render.day_unknown") if value.unknown else str(value)
    return _range(known(value, day))


def plain(text: str | None, day: int) -> str:
    """The same in the notation of files."""
    return str(known(DayRange.parse(text), day)) if text else ""


def known(value: DayRange, day: int) -> DayRange:
    """The range as far as it was known: its upper bound, where later, is taken away."""
    late = value.latest > day and ".." in str(value)
    return DayRange(value.earliest, LAST) if late and value.earliest <= day else value


def _range(value: DayRange) -> str:
    if value.unknown:
        return t("render.day_unknown")
    low, high = iso(value.earliest), iso(value.latest)
    if value.earliest == FIRST:
        return t("render.day_by", day=high)
    if value.latest == LAST:
        return t("render.day_or_later", day=low)
    return t("render.day_between", low=low, high=high)


def span(start: str | None, until: str | None, day: int, *, planned: bool = False) -> str:
    """From one day to another; an end that has not come is not told unless it is a plan."""
    first = told(start, day)
    if not until or (DayRange.parse(until).earliest > day and not planned):
        key = "render.began" if ".." in (start or "") else "render.since"
        return t(key, day=first) if first else ""
    last = told(until, day)
    if first == last or not first:
        return last
    return t("render.span", first=first, last=last)
