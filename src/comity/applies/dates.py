"""Whether a rule is in force on a day, in words."""

from __future__ import annotations

from comity.applies.dimension import Dimension
from comity.applies.rule import Rule
from comity.applies.steps import MAYBE, NO, YES
from comity.words.time import DayRange, Span, Truth


def date(rule: Rule, on: int) -> Dimension:
    """The condition of the day: its span, its act, its suspensions."""
    own = int(rule.span.covers(on))
    if own == NO:
        if rule.span.start.by(on) == NO:
            return Dimension(
                "date", Truth.NO, "not_yet", f"in force only from {_day(rule.span.start)}"
            )
        return Dimension("date", Truth.NO, "no_longer", f"in force until {_until(rule.span)}")
    act = rule.act_span
    over = NO if act is None or act.after is None else int(act.after.by(on))
    if over == YES and act is not None:
        return Dimension(
            "date", Truth.NO, "no_longer", f"the act that made it ended: {_until(act)}"
        )
    suspended = [(int(one.covers(on)), one) for one in rule.suspensions]
    for truth, one in suspended:
        if truth == YES:
            end = "with no end known" if one.after is None else f"to {_until(one)}"
            why = f"suspended from {_day(one.start)} {end}"
            return Dimension("date", Truth.NO, "suspended", why)
    open_: list[str] = []
    if own == MAYBE:
        open_ += [text for text, truth in _ends(rule.span, on) if truth == MAYBE]
    if over == MAYBE and act is not None:
        open_.append(f"the act that made it ended on a day known only as {_until(act)}")
    open_ += [
        f"whether it is suspended (from {_day(one.start)}, until {_until(one)})"
        for truth, one in suspended
        if truth == MAYBE
    ]
    if open_:
        return Dimension("date", Truth.MAYBE, "date_undecided", "; ".join(open_))
    until = rule.until
    end = "with no end known" if until is None else f"until {until}"
    return Dimension("date", Truth.YES, "in_force", f"in force from {_day(rule.span.start)} {end}")


def _ends(span: Span, on: int) -> list[tuple[str, int]]:
    """What would be said of each end if it were open, and whether it has come."""
    start, after = span.start, span.after
    begun = f"the day it began is known only as {start}"
    found = [("the day it began is not on record" if start.unknown else begun, int(start.by(on)))]
    if after is not None:
        ended = f"its last day is known only as {_until(span)}"
        found.append(
            ("the day it ended is not on record" if after.unknown else ended, int(after.by(on)))
        )
    return found


def _day(value: DayRange) -> str:
    return "a day not on record" if value.unknown else str(value)


def _until(span: Span) -> str:
    until = span.until
    return "no known day" if until is None else _day(until)
