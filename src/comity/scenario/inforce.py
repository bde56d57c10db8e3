"""Which measures of the record a state of the rules holds, and for what share of a year.

The record is read at the state's day, as known and as public then; what it leaves open is an error
until the scenario says which of the two to assume.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass
from typing import Protocol

from comity.record.entry import Entry
from comity.record.force import Force, force_of
from comity.record.reading import Reading
from comity.record.scopes import scope_of
from comity.record.store.log import Log
from comity.record.view import View
from comity.scenario.contents import MeasureChoice, State
from comity.scenario.economies import listed, within
from comity.trade.baseline import Baseline
from comity.words.errors import InputError, NotFound
from comity.words.time import Truth


class Record(Protocol):
    """What the scenario layer asks of a record: its log."""

    @property
    def log(self) -> Log: ...


@dataclass(frozen=True)
class InForce:
    """A measure in one state of the rules.

    `share` is the part of the year for which it counts, 0 to 1. `entry` is the measure as the
    state's view shows it, else as it is on record without a view. `revisions` are (id, SHA-256) of
    what was read: the measure and the act that made it.
    """

    share: float
    entry: Entry
    revisions: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...] = ()


class Rules:
    """The measures of a record at one state of the rules; at all times where it gives no day."""

    def __init__(self, record: Record, state: State) -> None:
        self.state = state
        view = View.of(state.as_of, state.known_on, state.public_on)
        self.whole = Reading(record.log, View())
        self.reading = self.whole if state.as_of is None else Reading(record.log, view)

    def measure(self, entry_id: str) -> Entry:
        """The measure as this state shows it, else as on record. Raises `NotFound`."""
        entry = self.reading.get(entry_id) or self.whole.get(entry_id)
        if entry is None:
            raise self._missing(entry_id)
        if entry.kind != "measure":
            raise InputError(
                f"{entry_id} is of the kind {entry.kind}, not a measure",
                mend="name a measure of the record",
            )
        return entry

    def whole_of(self, entry: Entry) -> Entry:
        """The entry, where the view shows whom and what it is about; else as it is on record.

        A view may leave out single claims; a measure without its targets would be aimed at all.
        """
        needed = all(
            entry.body.get(name) for name in ("imposers", "flow", "targets", "measure_kind")
        )
        goods = entry.body.get("goods") or entry.body.get("goods_list")
        whole = self.whole.get(entry.id)
        return entry if (needed and goods) or whole is None else whole

    def revisions(self, entry: Entry) -> tuple[tuple[str, str], ...]:
        """See `revisions_of`."""
        return revisions_of(entry, self.reading)

    def _missing(self, entry_id: str) -> InputError:
        try:
            self.whole.entry(entry_id)
        except NotFound as error:
            if "retracted" not in error.what:
                known = [entry.id for entry in self.whole.entries("measure")]
                near = difflib.get_close_matches(entry_id, known, n=1, cutoff=0.6)
                mend = f"did you mean {near[0]}?" if near else "list them with: comity measures"
                return NotFound(f"the record has no measure {entry_id}", mend=mend)
            return error
        raise AssertionError(entry_id)

    def in_force(self, choice: MeasureChoice) -> InForce:
        """How much of a measure applies in a state that is given as a day.

        Raises `InputError` where the record leaves that open and the scenario assumes nothing.
        """
        day = self.state.as_of
        assert day is not None
        entry = self.measure(choice.id)
        shown = self.reading.get(choice.id)
        if shown is None:
            return self._hidden(choice, entry, day)
        force = force_of(shown, self.reading.get)
        revisions = revisions_of(shown, self.reading)
        if self.state.prorate is None:
            truth = force.on(day.toordinal())
            if truth is Truth.MAYBE:
                return InForce(self._assumed(choice, day), shown, revisions, (self._said(choice),))
            return InForce(1.0 if truth is Truth.YES else 0.0, shown, revisions)
        sure, perhaps, total = days_of(force, self.state.prorate)
        remarks = [
            (
                "prorated",
                f"{choice.id} counts for {sure} of the {total} days of {self.state.prorate}",
            )
        ]
        if perhaps:
            if self._assumed(choice, day, perhaps, self.state.prorate):
                sure += perhaps
            remarks = [
                (
                    "prorated",
                    f"{choice.id} counts for {sure} of the {total} days of {self.state.prorate}",
                ),
                self._said(choice),
            ]
        return InForce(sure / total, shown, revisions, tuple(remarks))

    def _hidden(self, choice: MeasureChoice, entry: Entry, day: dt.date) -> InForce:
        """A measure that the state's view does not show."""
        revisions = revisions_of(entry, self.whole)
        view = self.reading.view
        if choice.id in self.reading.left_out.unknown:
            if choice.assume is None:
                raise InputError(
                    f"the record does not say when {choice.id} became public, so whether it "
                    f"counted as public by {view.public_on} is open",
                    mend="add assume: in force, or assume: not in force",
                )
            share = self._assumed(choice, day)
            return InForce(share, entry, revisions, (self._said(choice),))
        how = f"as of {day.isoformat()}"
        if self.state.known_on:
            how += f", as known on {self.state.known_on}"
        if self.state.public_on:
            how += f", as public on {self.state.public_on.isoformat()}"
        said = f"the record does not show {choice.id} {how}: it is taken as not in force"
        return InForce(0.0, entry, revisions, (("not-shown", said),))

    def _assumed(
        self, choice: MeasureChoice, day: dt.date, days: int = 0, year: int | None = None
    ) -> float:
        if choice.assume is None:
            when = f"on {days} days of {year}" if days else f"on {day.isoformat()}"
            raise InputError(
                f"the record leaves open whether {choice.id} is in force {when}",
                mend="add assume: in force, or assume: not in force",
            )
        return 1.0 if choice.assume == "in force" else 0.0

    @staticmethod
    def _said(choice: MeasureChoice) -> tuple[str, str]:
        return (
            "assumed",
            f"the record leaves open whether {choice.id} is in force: the scenario assumes "
            f"that it is {choice.assume}",
        )

    def others(
        self, baseline: Baseline, listed_ids: frozenset[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Measures on goods between economies of the baseline that the scenario does not name:
        those in force on the state's day, and those that may be. By id."""
        assert self.state.as_of is not None
        day = self.state.as_of.toordinal()
        sure, perhaps = [], []
        for entry in self.reading.entries("measure"):
            if entry.id in listed_ids or entry.value("flow") not in ("import", "export"):
                continue
            truth = force_of(entry, self.reading.get).on(day)
            if truth is Truth.NO:
                continue
            imposers = listed(baseline, entry.list("imposers"), day)
            scope = scope_of(entry.value("targets"), "economies", self.reading.get)
            targets = within(baseline, scope, day)
            firm = _pairs(imposers.sure, targets.sure) and truth is Truth.YES
            some = _pairs(imposers.sure, (*targets.sure, *targets.perhaps))
            # One of its ends may be inside an aggregate, such as the rest of the world.
            inside = (imposers.sure or imposers.parts) and (
                targets.sure or targets.perhaps or targets.parts
            )
            if firm:
                sure.append(entry.id)
            elif some or inside:
                perhaps.append(entry.id)
        return tuple(sorted(sure)), tuple(sorted(perhaps))


def baseline_share(
    rules: Rules, choice: MeasureChoice, year: int | None
) -> tuple[float, int | None, int | None]:
    """The share of a year for which the baseline's flows live under a measure, and the days on
    which it was in force in the baseline's year, of how many (None where the year is not known).

    Raises `InputError` for ``prorated`` where the record leaves days open, or there is no year.
    """
    fixed = {"yes": 1.0, "no": 0.0}.get(choice.in_baseline)
    if year is None:
        if fixed is None:
            raise InputError(
                "the baseline has no year, so nothing can be prorated in it",
                mend="write in_baseline: yes, or no",
            )
        return fixed, None, None
    entry = rules.whole.get(choice.id) or rules.measure(choice.id)
    sure, perhaps, total = days_of(force_of(entry, rules.whole.get), year)
    if fixed is not None:
        return fixed, sure + perhaps, total
    if perhaps and choice.assume is None:
        raise InputError(
            f"the record leaves open whether {choice.id} was in force on {perhaps} days of {year}",
            mend="add assume: in force, or assume: not in force",
        )
    days = sure + (perhaps if choice.assume == "in force" else 0)
    return days / total, days, total


def days_of(force: Force, year: int) -> tuple[int, int, int]:
    """Days of a calendar year on which a measure is in force, those on which it may be, and all."""
    first = dt.date(year, 1, 1).toordinal()
    after = dt.date(year + 1, 1, 1).toordinal()
    sure = perhaps = 0
    for day in range(first, after):
        truth = force.on(day)
        sure += truth is Truth.YES
        perhaps += truth is Truth.MAYBE
    return sure, perhaps, after - first


def revisions_of(entry: Entry, reading: Reading) -> tuple[tuple[str, str], ...]:
    """(id, SHA-256 of the revision read) of a measure and of the act that made it."""
    act = reading.get(entry.value("made_by", ""))
    return tuple(
        (one.id, one.revision.sha256 if one.revision else one.sha256)
        for one in (entry, act)
        if one is not None
    )


def _pairs(imposers: tuple[int, ...], partners: tuple[int, ...]) -> bool:
    return any(n != i for n in imposers for i in partners)
