"""When a measure is in force: its own days, its act's end, and its suspensions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from comity.record.entry import Claim, Entry
from comity.words.time import DayRange, Span, Truth


@dataclass(frozen=True, slots=True)
class Force:
    """The days of a measure.

    `span` ends at the earlier of the measure's own end and that of the act that made it;
    `ended_by_act` says that the act's end was the earlier one. `void_from` is the first day without
    the act where that lies before the measure's start: it never comes into force.
    """

    span: Span
    suspensions: tuple[Span, ...]
    ended_by_act: bool
    void_from: DayRange | None = None

    def on(self, day: int) -> Truth:
        """Is the measure in force on the ordinal `day`?"""
        return Truth(min(self.span.covers(day), Truth.YES - self.suspended(day)))

    def suspended(self, day: int) -> Truth:
        return max((span.covers(day) for span in self.suspensions), default=Truth.NO)

    def status(self, day: int) -> str:
        """``planned``, ``may_have_begun``, ``in_force``, ``suspended``, ``may_be_suspended``,
        ``may_have_ended`` or ``ended``."""
        begun = self.span.start.by(day)
        after = self.void_from or self.span.after
        over = Truth.NO if after is None else after.by(day)
        if over is Truth.YES:
            return "ended"
        if begun is Truth.NO:
            return "planned"
        suspended = self.suspended(day)
        if suspended is Truth.YES:
            return "suspended"
        if begun is Truth.MAYBE:
            return "may_have_begun"
        if over is Truth.MAYBE:
            return "may_have_ended"
        return "may_be_suspended" if suspended is Truth.MAYBE else "in_force"


def latest_announced(entry: Entry, field: str) -> Claim | None:
    """The claim of a day field that was announced last; the last written among equals."""
    chosen: Claim | None = None
    rank = -1
    for claim in entry.claims(field):
        announced = claim.day("announced")
        mine = announced.earliest if announced else 0
        if mine >= rank:
            rank, chosen = mine, claim
    return chosen


def force_of(measure: Entry, get: Callable[[str], Entry | None]) -> Force:
    """The days of a measure; `get` looks up its act (None where it is not visible)."""
    start = _value(latest_announced(measure, "from")) or DayRange.parse("unknown")
    until = _value(latest_announced(measure, "until"))
    act_id = measure.value("made_by")
    act = get(act_id) if act_id else None
    act_until = _value(latest_announced(act, "ended")) if act else None
    by_act = act_until is not None and (until is None or act_until < until)
    if until is not None and act_until is not None:
        until = DayRange(
            min(until.earliest, act_until.earliest), min(until.latest, act_until.latest)
        )
    elif act_until is not None:
        until = act_until
    after = None if until is None else until.shifted(1)
    void_from = None
    if after is not None and after.latest < start.earliest:
        # Its act ended before the measure began: it is never in force, on no day of its start.
        void_from, after = after, DayRange(start.earliest, start.earliest)
    suspensions = tuple(
        Span.of(part["from"], part.get("until")) for part in measure.list("suspensions")
    )
    return Force(Span(start, after), suspensions, by_act, void_from)


def _value(claim: Claim | None) -> DayRange | None:
    return None if claim is None else DayRange.parse(claim.value)
