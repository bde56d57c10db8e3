"""Rules and measures of a question to the market model, as a case repeats them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from comity.record.entry import Entry
from comity.record.force import Force, force_of
from comity.record.reading import Reading
from comity.record.scopes import Get
from comity.scenario.inforce import revisions_of
from comity.scenario.market_ask import Ask, Range
from comity.scenario.market_case import FROM, SOURCED, TO, UNKNOWN, CaseMeasure, FlowRule
from comity.scenario.market_coverage import Coverage
from comity.scenario.resolved import Flag
from comity.words.errors import InputError, Place
from comity.words.time import FIRST, Truth


def on_part(rule: FlowRule, one: Coverage, basis: str) -> FlowRule:
    """The rule with the part of the flow that it bears on: a share of areas × a share of goods,
    where these are known apart. `basis` is that of its rate or factor."""
    if one.goods is None or one.area is None:
        known = SOURCED if one.low == one.high else UNKNOWN
        return replace(rule, share=(one.low, one.high), basis=(basis, known, SOURCED))
    return replace(
        rule,
        share=(one.area.low, one.area.high),
        within=(one.goods.low, one.goods.high),
        basis=(basis, one.area.basis, one.goods.basis),
    )


def case_measure(entry: Entry, role: str, reading: Reading | None) -> CaseMeasure:
    """A measure as a case repeats it."""
    until = entry.day("until")
    days = f"from {entry.day('from') or 'a day not known'}"
    if until is not None and not until.unknown:
        days += f" to {until}"
    targets = entry.value("targets")
    return CaseMeasure(
        id=entry.id,
        title=entry.title,
        kind=str(entry.value("measure_kind")),
        imposers=tuple(entry.list("imposers")),
        targets=tuple(targets.get("only", ())) if isinstance(targets, dict) else (),
        days=days,
        role=role,
        revisions=() if reading is None else revisions_of(entry, reading),
    )


def never_together(entries: Sequence[Entry], get: Get) -> list[Flag]:
    """Pairs of measures that are surely in force on no common day: an answer to both at once is of
    rules that never were."""
    forces = [(entry.id, force_of(entry, get)) for entry in entries]
    return [
        Flag(
            "never-together",
            f"by the record {one} and {other} are never in force on the same day, and the answer "
            "is for both at once: ask about each alone",
            (one, other),
        )
        for (one, first), (other, second) in combinations(forces, 2)
        if not _common_day(first, second)
    ]


def _common_day(one: Force, other: Force) -> bool:
    """May there be a day on which both are in force? Truth is constant between changes."""
    spans = [span for force in (one, other) for span in (force.span, *force.suspensions)]
    days = {FIRST, *(day for span in spans for day in span.changes())}
    return any(min(one.on(day), other.on(day)) is not Truth.NO for day in days)


_NOTHING: tuple[tuple[str, Range], ...] = (
    *(("rate", (0.0, 0.0)), ("cost", (1.0, 1.0))),
    *(("coverage", (0.0, 0.0)), ("plants", (0.0, 0.0))),
)
"""What of an ask changes nothing."""


def no_difference(entries: Sequence[Entry], ask: Ask) -> InputError:
    """What to say where the two states of a question are the same."""
    for name, nothing in _NOTHING:
        if getattr(ask, name) == nothing:
            return InputError(
                "nothing in this market differs between the two states: a "
                f"{name} of {nothing[0]:g} changes nothing",
                where=Place(field=name),
                mend=f"give one above {nothing[0]:g}",
            )
    alone = len(entries) == 1
    return InputError(
        "nothing in this market differs between the two states",
        mend="ask about another measure, or name another market (--market)"
        if alone
        else "ask about one of the measures alone",
    )


def same(rules: Sequence[FlowRule]) -> bool:
    """Are the rules of both states the same?"""
    before, after = (
        {replace(r, state="", sources=(), actors=(), arithmetic=()) for r in rules if r.state == s}
        for s in (FROM, TO)
    )
    return before == after


def end_of(year: int) -> int:
    return dt.date(year, 12, 31).toordinal()
