"""A view: the four coordinates in time at which the record is read.

- `as_of`: the day of the world; nothing later shows unless it had been announced, then as planned.
- `known_on`: the instant up to which revisions count as recorded.
- `public_on`: the day by which a claim's source must have been public.
- `received`: the store's own number up to which revisions count; with `known_on` it pins a read for
  ever, also against packs loaded later that were recorded earlier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from comity.words.errors import TimeError, located
from comity.words.time import format_instant, parse_day, parse_instant

FIRST_YEAR, LAST_YEAR = 1000, 9000


def day_of(value: str | dt.date | None, name: str) -> dt.date | None:
    """A day that a person typed or a program gave; an error names the option or argument.

    Days so far out that a year before or after them is not in the calendar are refused.
    """
    if value is None:
        return None
    with located(name):
        day = parse_day(value) if isinstance(value, str) else value
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise TimeError(
                f"{day.isoformat()} is not a day at which the record can be read",
                mend=f"choose a day of the years {FIRST_YEAR} to {LAST_YEAR}",
            )
        return day


@dataclass(frozen=True, slots=True)
class View:
    """Where in time the record is read; None means without that limit (`as_of`: see `day`)."""

    as_of: dt.date | None = None
    known_on: dt.datetime | None = None
    public_on: dt.date | None = None
    received: int | None = None

    @classmethod
    def of(
        cls,
        as_of: str | dt.date | None = None,
        known_on: str | dt.date | dt.datetime | None = None,
        public_on: str | dt.date | None = None,
        received: int | None = None,
    ) -> View:
        """A view from what a person types; a `known_on` day means the end of that UTC day."""
        if isinstance(known_on, dt.date) and not isinstance(known_on, dt.datetime):
            known_on = known_on.isoformat()
        instant = known_on
        if isinstance(instant, str):
            with located("known_on"):
                instant = parse_instant(instant)
        return cls(day_of(as_of, "as_of"), instant, day_of(public_on, "public_on"), received)

    @property
    def day(self) -> dt.date:
        """The day of the world: `as_of`, or today in UTC."""
        return self.as_of or dt.datetime.now(dt.UTC).date()

    @property
    def ordinal(self) -> int:
        return self.day.toordinal()

    def pinned(self, received: int) -> View:
        """The same view, reading no revision after `received`."""
        limit = received if self.received is None else min(received, self.received)
        return replace(self, received=limit)

    def without_day(self) -> View:
        """The same view of the record, over all days of the world."""
        return replace(self, as_of=None)

    def as_dict(self) -> dict[str, object]:
        return {
            "as_of": self.day.isoformat(),
            "known_on": _as_typed(self.known_on),
            "public_on": self.public_on.isoformat() if self.public_on else None,
        }


def _as_typed(instant: dt.datetime | None) -> str | None:
    """An instant, or the day alone where it is the end of one, as a person would type it."""
    if instant is None:
        return None
    if instant.timetz() == dt.time.max.replace(tzinfo=dt.UTC):
        return instant.date().isoformat()
    return format_instant(instant)
