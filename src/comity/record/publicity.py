"""From which day a claim was public, and how that is known.

In this order: what the claim or entry says itself; the earliest publication among its sources; its
announcement; its own day in the world; otherwise unknown. All but the first two are derived and
carry the name of what they were derived from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comity.record.entry import Claim, Entry
from comity.words.time import LAST, DayRange

Published = Callable[[str], DayRange | None]

REFERENCE_KINDS = frozenset({"economy", "group", "person", "body", "gap"})
"""Kinds that name things rather than claim events; public reads keep them."""


@dataclass(frozen=True, slots=True)
class PublicFrom:
    """The first public day (a range where it is not exact), and what it comes from.

    `basis` is ``stated``, ``source``, ``announcement``, ``event_date`` or ``unknown``.
    """

    day: DayRange | None
    basis: str

    @property
    def derived(self) -> bool:
        return self.basis in ("announcement", "event_date")

    def by(self, day: int) -> bool | None:
        """Public by the ordinal `day`? None where that is unknown; a range counts by its end."""
        if self.day is None or self.day.latest == LAST:  # "on or after" a day says not by when
            return None
        return self.day.latest <= day


def entry_public_from(entry: Entry, published: Published) -> PublicFrom:
    """When the entry as such was public."""
    stated = entry.day("public_from")
    if stated is not None:
        return PublicFrom(stated, "stated")
    if entry.kind in ("source", "document"):
        return _of(entry.day("published"), "source")
    return first_public(entry.list("sources"), entry.day("announced"), entry.main_day, published)


def claim_public_from(entry: Entry, claim: Claim, published: Published) -> PublicFrom:
    """When one claim of the entry was public; that of the entry where the claim has nothing own."""
    stated = claim.day("public_from")
    if stated is not None:
        return PublicFrom(stated, "stated")
    whole = entry_public_from(entry, published)
    day = claim_day(claim)
    sources = claim.get("sources", [])
    announced = claim.day("announced")
    if not sources and announced is None and day is None:
        return whole
    own = first_public(sources, announced, day, published)
    if own.basis == "event_date" and whole.day is not None and own.day is not None:
        # A later turn without a source of its own cannot have been public before the entry was.
        return whole if whole.day.latest > own.day.latest else own
    return own


def claim_day(claim: Claim) -> DayRange | None:
    """The day on which what the claim says came about: its own start, or the end it states."""
    if claim.field in ("until", "ended"):
        return DayRange.parse(claim.value)
    if claim.field == "values" and claim.get("basis") != "planned":
        return claim.day("until") or claim.day("from")
    return claim.day("from")


def first_public(
    sources: list[str], announced: DayRange | None, day: DayRange | None, published: Published
) -> PublicFrom:
    """From sources, else the announcement, else the own day."""
    # "Not before a day" does not say by when a source was public, so it cannot date a claim.
    days = [found for found in map(published, sources) if found is not None and found.latest < LAST]
    if days:
        return PublicFrom(min(days, key=lambda found: found.latest), "source")
    if announced is not None:
        return PublicFrom(announced, "announcement")
    return _of(day, "event_date")


def _of(day: DayRange | None, basis: str) -> PublicFrom:
    return (
        PublicFrom(None, "unknown") if day is None or day.latest == LAST else PublicFrom(day, basis)
    )
