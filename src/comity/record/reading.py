"""Reading the record at a view: what shows as of a day, as recorded, as public.

A `Reading` gives entries with only those claims that the view lets through. It is pinned to the
store's last `received` when it is made, so that all it returns belongs to one state of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from comity.record.entry import Body, Claim, Entry
from comity.record.publicity import (
    REFERENCE_KINDS,
    PublicFrom,
    claim_day,
    claim_public_from,
    entry_public_from,
    first_public,
)
from comity.record.store.log import Log
from comity.record.view import View
from comity.words.errors import NotFound
from comity.words.time import FIRST, LAST, DayRange, Truth
from comity.words.vocabulary import kinds

_MOST_AT_ONCE = 2_000
"""Entries that are fetched together because entries read before name them."""
_DATED_PARTS = ("@suspension", "@exemption")


@dataclass
class LeftOut:
    """What a public view left out: entries and claims whose publication is unknown or later."""

    unknown: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)


class Reading:
    """The record at one view. Entries come with the claims the view shows, by id."""

    def __init__(self, log: Log, view: View) -> None:
        self.log = log
        self.view = view.pinned(log.last_received())
        self.left_out = LeftOut()
        self._raw: dict[str, Entry | None] = {}
        self._seen: dict[str, Entry | None] = {}
        self._asked: dict[tuple[Any, ...], list[Entry]] = {}
        self._unread: list[Entry] = []  # entries read of which nobody asked yet what they name

    @property
    def read(self) -> set[str]:
        """The ids of all entries that were asked for so far, also of those that are not there."""
        return set(self._raw)

    # ---- what to read ---------------------------------------------------------------------------

    def entries(
        self,
        *kind_names: str,
        ids: Iterable[str] | None = None,
        naming: Sequence[str] | None = None,
    ) -> list[Entry]:
        """Visible entries of some kinds, optionally only those naming one of the targets."""
        key = (kind_names, None if ids is None else frozenset(ids), naming and tuple(naming))
        if key not in self._asked:
            found = self.log.entries(self.view, kinds=kind_names or None, ids=key[1], naming=naming)
            self._hold(found)
            self._load_sources(found)
            shown = (self._show(entry) for entry in found)
            self._asked[key] = [entry for entry in shown if entry is not None]
        return list(self._asked[key])

    def get(self, entry_id: str) -> Entry | None:
        """One visible entry, or None."""
        raw = self._fetch(entry_id)
        return None if raw is None else self._show(raw)

    def entry(self, entry_id: str) -> Entry:
        """One visible entry. Raises `NotFound`, saying whether it exists outside the view."""
        shown = self.get(entry_id)
        if shown is not None:
            return shown
        raw = self._fetch(entry_id)
        if raw is not None:
            raise self._hidden(entry_id)
        if self.log.entries(self.view, ids=[entry_id], retracted=True):
            raise NotFound(f"{entry_id} was retracted", mend=f"see why: comity history {entry_id}")
        if self.view.known_on is not None:
            # Not whether it came later: a read at an instant says what it said then.
            raise NotFound(
                f"there is no entry {entry_id} recorded by {self.view.as_dict()['known_on']}",
                mend="choose a later --known-on; what was public by a day is --public-on",
            )
        raise NotFound(
            f"there is no entry {entry_id}", mend=f'look for it with: comity find "{entry_id}"'
        )

    def _hidden(self, entry_id: str) -> NotFound:
        """Why an entry that is on record does not show at this view."""
        view = self.view
        if view.public_on is not None:
            open_view = Reading(self.log, replace(view, public_on=None))
            if open_view.get(entry_id) is not None:
                return NotFound(
                    f"nothing of {entry_id} is known to have been public by {view.public_on}",
                    mend="choose a later --public-on",
                )
        return NotFound(
            f"{entry_id} is on record, but not visible as of {view.day}",
            mend="choose a later --as-of",
        )

    def title(self, entry_id: str) -> str:
        """The title of an entry, the id itself where it is not visible."""
        entry = self.get(entry_id)
        return entry.title if entry else entry_id

    def kind_of(self, entry_id: str) -> str | None:
        raw = self._fetch(entry_id)
        return raw.kind if raw else None

    def prefetch(self, ids: Iterable[str]) -> None:
        """Load many entries in one go, so that single look-ups do not each go to the store."""
        wanted = [i for i in ids if i not in self._raw]
        self._hold(self.log.entries(self.view, ids=wanted))
        for entry_id in wanted:
            self._raw.setdefault(entry_id, None)

    def _hold(self, found: Iterable[Entry]) -> None:
        for entry in found:
            if self._raw.get(entry.id) is None:
                self._raw[entry.id] = entry
                self._unread.append(entry)

    def _fetch(self, entry_id: str) -> Entry | None:
        if entry_id not in self._raw:
            # What is asked for one by one is mostly what entries read before name: it is fetched
            # with the rest of that, unless that is very much.
            if len(self._unread) > _MOST_AT_ONCE:
                self._unread = []
            named = {target for one in self._unread for _, target in one.references}
            self._unread = []
            more = named.difference(self._raw) if len(named) <= _MOST_AT_ONCE else ()
            self.prefetch({entry_id, *more})
        return self._raw[entry_id]

    def _load_sources(self, entries: Iterable[Entry]) -> None:
        """Publication days decide what a public view shows, so sources are loaded in one go."""
        if self.view.public_on is not None:
            ids = {t for e in entries for path, t in e.references if path.endswith("sources")}
            self.prefetch(ids)

    def published(self, source: str) -> DayRange | None:
        """The publication day of a source on record."""
        raw = self._fetch(source)
        return raw.day("published") if raw else None

    def public_from(self, entry: Entry) -> PublicFrom:
        return entry_public_from(self._fetch(entry.id) or entry, self.published)

    # ---- what shows -----------------------------------------------------------------------------

    def planned(self, entry: Entry) -> bool:
        """Is the entry's day after the view's day (it shows because it had been announced)?"""
        day = entry.main_day
        return day is not None and day.by(self.view.ordinal) is Truth.NO

    def _show(self, raw: Entry) -> Entry | None:
        if raw.id not in self._seen:
            self._seen[raw.id] = None  # entries that refer to each other end here
            self._seen[raw.id] = self._filtered(raw)
        return self._seen[raw.id]

    def as_shown(self, raw: Entry) -> Entry:
        """Some revision of an entry with the claims that this view lets through, perhaps none."""
        return self._filtered(raw) or Entry(raw.id, raw.kind, {}, raw.revision)

    def visible(self, entry_id: str) -> bool:
        """Is an entry visible in this view, by its own day and publication?"""
        raw = self._fetch(entry_id)
        return raw is not None and self._entry_shows(raw)

    def _entry_shows(self, raw: Entry) -> bool:
        day = raw.main_day
        if self.view.as_of is not None and day is not None:
            begun = day.by(self.view.ordinal) is not Truth.NO
            if not begun and not self._announced(raw.day("announced")):
                return False
        if self.view.public_on is not None and raw.kind not in REFERENCE_KINDS:
            return self._is_public(raw.id, entry_public_from(raw, self.published))
        return True

    def _announced(self, day: DayRange | None) -> bool:
        """Surely announced by the view's day? A range that only may lie before it is not enough."""
        return day is not None and day.by(self.view.ordinal) is Truth.YES

    def _came(self, day: DayRange | None, announced: DayRange | None) -> bool:
        """Does something of a day, announced on another, show as of the view's day?

        What was announced shows from its announcement on, even if it began before; where the
        announcement only may have been made, what the world had seen begin shows.
        """
        begun = None if day is None else day.by(self.view.ordinal)
        said = None if announced is None else announced.by(self.view.ordinal)
        if said is None or said is Truth.MAYBE:
            if (
                day is not None
                and begun is Truth.MAYBE
                and FIRST == day.earliest < day.latest < LAST
            ):
                return False  # known only to have held by a later day: that would tell of it
            return begun is not Truth.NO
        return said is Truth.YES

    def _is_public(self, name: str, when: PublicFrom) -> bool:
        assert self.view.public_on is not None
        public = when.by(self.view.public_on.toordinal())
        if public is None:
            self.left_out.unknown.add(name)
        elif not public:
            self.left_out.later.add(name)
        return bool(public)

    def _filtered(self, raw: Entry) -> Entry | None:
        if not self._entry_shows(raw):
            return None
        if self.view.as_of is None and self.view.public_on is None:
            return raw
        body: Body = {}
        fields = kinds()[raw.kind].fields
        for name, claims in raw.body.items():
            kept = [data for data in claims if self._claim_shows(raw, Claim(name, data))]
            row = fields.get(name)
            if row is not None and row.type in _DATED_PARTS:
                kept = [self._parts(data) for data in kept]
            kept = [self._without_later_end(data, name == "values") for data in kept]
            if row is not None and row.type == "@office":
                kept = [self._offices(data) for data in kept]
            kept = [data for data in kept if data["value"] != []]
            if kept:
                body[name] = kept
        return Entry(raw.id, raw.kind, body, raw.revision)

    def _claim_shows(self, raw: Entry, claim: Claim) -> bool:
        if self.view.as_of is not None:
            day = claim_day(claim)
            if claim.field == "verified_until":  # when the compiler last looked
                day = DayRange.parse(claim.value)
            if claim.field in ("ended_by", "superseded_by") and not self.visible(claim.value):
                return False
            if not self._came(day, claim.day("announced")):
                return False
        if self.view.public_on is not None and raw.kind not in REFERENCE_KINDS:
            when = claim_public_from(raw, claim, self.published)
            return self._is_public(f"{raw.id}.{claim.field}", when)
        return True

    def _parts(self, data: dict[str, Any]) -> dict[str, Any]:
        """A claim on dated sub-records without those that came later than the view."""
        kept = [self._without_later_end(part) for part in data["value"] if self._part_shows(part)]
        return {**data, "value": kept}

    def _part_shows(self, part: dict[str, Any]) -> bool:
        own = Claim("", part)  # it has the days and the sources of one
        day, announced = own.day("from"), own.day("announced")
        if self.view.as_of is not None and not self._came(day, announced):
            return False
        if self.view.public_on is None:
            return True
        when = first_public(own.get("sources", []), announced, day, self.published)
        return when.basis == "unknown" or bool(when.by(self.view.public_on.toordinal()))

    def _without_later_end(self, data: dict[str, Any], series: bool = False) -> dict[str, Any]:
        """A claim or part without the last day of its span, where that lies ahead and had not been
        announced. What a series was to reach never shows before."""
        until = data.get("until")
        if self.view.as_of is None or until is None:
            return data
        ahead = DayRange.parse(until).by(self.view.ordinal) is Truth.NO
        if not ahead or (not series and self._announced(Claim("", data).day("announced"))):
            return data
        return {key: value for key, value in data.items() if key != "until"}

    def _day_shows(self, day: DayRange | None) -> bool:
        if day is None:
            return True
        if self.view.as_of is not None and day.by(self.view.ordinal) is Truth.NO:
            return False
        return self.view.public_on is None or day.latest <= self.view.public_on.toordinal()

    def _offices(self, data: dict[str, Any]) -> dict[str, Any]:
        """Offices held by the view's day; an end that lay ahead is not shown."""
        kept = []
        for office in data["value"]:
            start, until = office.get("from"), office.get("until")
            if start is not None and not self._day_shows(DayRange.parse(start)):
                continue
            if until is not None and not self._day_shows(DayRange.parse(until)):
                office = {key: value for key, value in office.items() if key != "until"}
            kept.append(office)
        return {**data, "value": kept}


def held_since(entry: Entry, name: str, day: int) -> str | None:
    """Since when the claim that holds on a day has held: back over earlier claims of one value."""
    current = current_claim(entry, name, day)
    if current is None:
        return None
    begun = [c for c in entry.claims(name) if (at := c.day("from")) and at.by(day) is not Truth.NO]
    begun.sort(key=lambda claim: DayRange.parse(claim.get("from")).earliest)
    since = current.get("from")
    for claim in reversed(begun):
        if claim.value != current.value:
            break
        since = claim.get("from")
    return None if since is None else str(since)


def current_claim(entry: Entry, name: str, day: int) -> Claim | None:
    """The claim of a dated field that holds on a day: the latest to have begun by then.

    Claims without a start come first; among equal starts the later announced, then later written.
    """
    best: tuple[int, int, int] | None = None
    chosen: Claim | None = None
    for place, claim in enumerate(entry.claims(name)):
        start, announced = claim.day("from"), claim.day("announced")
        if start is not None and start.by(day) is Truth.NO:
            continue
        until = claim.day("until")
        if until is not None and until.shifted(1).by(day) is Truth.YES:
            continue
        rank = (
            start.earliest if start else 0,
            announced.earliest if announced else 0,
            place,
        )
        if best is None or rank >= best:
            best, chosen = rank, claim
    return chosen
