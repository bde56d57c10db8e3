"""What a view may show, written down anew from the words of the law (DESIGN.md, law 1).

Nothing of the platform's own code for time is used: a day is a pair of dates, first and last.
"""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

Days = tuple[dt.date, dt.date]
Source = dict[str, str]


def days(text: str) -> Days:
    """The first and the last day that ``2023``, ``2023-02``, ``2023-02-05``, ``a..b`` may mean."""
    if text == "unknown":
        return dt.date.min, dt.date.max
    if ".." in text:
        low, high = text.split("..")
        return (days(low)[0] if low else dt.date.min), (days(high)[1] if high else dt.date.max)
    year, *rest = (int(part) for part in text.split("-"))
    if len(rest) == 2:
        day = dt.date(year, rest[0], rest[1])
        return day, day
    if rest:
        last = calendar.monthrange(year, rest[0])[1]
        return dt.date(year, rest[0], 1), dt.date(year, rest[0], last)
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def later(text: str | None, day: dt.date) -> bool:
    """Surely after the day."""
    return text is not None and days(text)[0] > day


def by(text: str | None, day: dt.date) -> bool:
    """Surely on or before the day."""
    return text is not None and days(text)[1] <= day


def may_not_show(own: str | None, announced: str | None, day: dt.date) -> bool:
    """Later than the view's day, and not announced by it."""
    return later(own, day) and not by(announced, day)


def must_show(own: str | None, announced: str | None, day: dt.date) -> bool:
    """It has come, or had been announced; or it has no day at all."""
    if announced is not None:
        return by(announced, day)
    return own is None or by(own, day)


def own_day(field: str, claim: dict[str, Any]) -> str | None:
    """The day of the world on which a claim came about."""
    if field in ("until", "ended"):
        return str(claim["value"])
    if field == "values" and claim.get("basis") != "planned":
        return claim.get("until") or claim.get("from")
    return claim.get("from")


def public_from(
    stated: str | None,
    sources: list[str],
    announced: str | None,
    own: str | None,
    published: dict[str, str | None],
) -> dt.date | None:
    """Stated > earliest published source > announced > own day > unknown; a range by its end."""
    if stated is not None:
        return _end(stated)
    ends = [_end(text) for source in sources if (text := published.get(source)) is not None]
    known = [end for end in ends if end is not None]
    if known:
        return min(known)
    for text in (announced, own):
        if text is not None:
            return _end(text)
    return None


def _end(text: str) -> dt.date | None:
    end = days(text)[1]
    return None if end == dt.date.max else end


def entry_public(entry: dict[str, Any], published: dict[str, str | None]) -> dt.date | None:
    if entry["kind"] == "source":
        text = entry.get("public_from") or entry.get("published")
        return None if text is None else _end(text)
    return public_from(
        entry.get("public_from"),
        entry.get("sources", []),
        entry.get("announced"),
        entry.get("on") or entry.get("from"),
        published,
    )


def claim_public(
    entry: dict[str, Any], field: str, claim: dict[str, Any], published: dict[str, str | None]
) -> dt.date | None:
    """That of the entry, where the claim says nothing of its own."""
    whole = entry_public(entry, published)
    stated, announced = claim.get("public_from"), claim.get("announced")
    sources, own = claim.get("sources", []), own_day(field, claim)
    if stated is None and not sources and announced is None and own is None:
        return whole
    found = public_from(stated, sources, announced, own, published)
    from_day = stated is None and announced is None and not any(map(published.get, sources))
    if from_day and whole is not None and found is not None:
        return max(whole, found)  # what is known from the entry's sources only, not before them
    return found
