"""How measures are to be looked at on a market: the asker's part of a question."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.record.entry import Entry
from comity.record.scopes import Get
from comity.words import economies
from comity.words.areas import areas_of, resolve_area
from comity.words.errors import CodeError, InputError, NotFound, Place
from comity.words.time import FIRST, DayRange
from comity.words.vocabulary import term_label

Range = tuple[float, float]


@dataclass(frozen=True)
class Ask:
    """How measures are to be looked at.

    lift : the question is what their end brings, in `areas` (all where `None`) but `excepting`
    coverage : share of the flow in their scope that they hold back, where the record has none
    cost : factor on the buyers' price;  rate : of duty, where the record has none
    limit : of a quota, as a multiple of the quantity of the base;  over : the tariff beyond it
    plants : share of the flow in their scope from establishments that they bar
    """

    lift: bool = False
    areas: frozenset[str] | None = None
    excepting: frozenset[str] = frozenset()
    coverage: Range | None = None
    cost: Range | None = None
    rate: Range | None = None
    limit: Range | None = None
    over: float | None = None
    plants: Range | None = None
    horizon: str = "short"


GIVEN = {
    "coverage": ("a share held back", "measures that hold goods back, such as bans and licences"),
    "cost": ("a cost", "inspections, certificates and others that hold nothing back"),
    "rate": ("a rate", "duties on imports"),
    "limit": ("a limit", "quotas"),
    "over": ("a tariff beyond a quota", "quotas"),
    "plants": ("a share from plants", "bans and licences"),
}
"""What the asker can say of a measure: in words, and the measures that it says something of."""
_LARGEST = {"cost": 100.0, "rate": 100.0, "limit": 1000.0, "over": 100.0}


def check_numbers(ask: Ask) -> None:
    """Raises `InputError` for a number that cannot be meant: a factor below 1 on a cost, or sizes
    that only a slip of the unit gives."""
    if ask.cost is not None and ask.cost[0] < 1.0:
        raise InputError(
            f"a cost of {span_text(ask.cost)} makes goods cheaper: it is a factor on the price",
            where=Place(field="cost"),
            mend="write 1.05 for 5 % dearer, or 1.02-1.10",
        )
    for name, most in _LARGEST.items():
        given = getattr(ask, name)
        highest = given[1] if isinstance(given, tuple) else given
        if highest is not None and highest > most:
            raise InputError(
                f"{name} is {highest:g}, more than any measure is known for",
                where=Place(field=name),
                mend=f"see to the unit; at most {most:g} is taken",
            )


def refuse_unused(ask: Ask, used: Iterable[str], entries: Sequence[Entry]) -> None:
    """Raises `InputError` where the asker says what bears on none of the measures asked about."""
    told = set(used)
    kinds = ", ".join(
        dict.fromkeys(term_label("measure_kind", one.value("measure_kind")) for one in entries)
    )
    for name, (what, of) in GIVEN.items():
        if getattr(ask, name) is None or name in told:
            continue
        other = next((n for n in ("plants", "cost") if n in told and n != name), None)
        if name == "coverage" and other:
            raise InputError(
                f"coverage and {other} are two ways to say what {kinds} does to trade",
                where=Place(field=name),
                mend="give one of them",
            )
        raise InputError(
            f"{what} is given, and what is asked about ({kinds}) has none: it is for {of}",
            where=Place(field=name),
            mend=f"leave {name} out",
        )


def begun(day: DayRange | None) -> int | None:
    """The ordinal of the day from which a measure counts as begun: its first possible day or, where
    only the last possible one is on record ("by 30 May 2025"), that; `None` where neither is."""
    if day is None or day.unknown:
        return None
    return day.earliest if day.earliest != FIRST else day.latest


def period_of(entries: Sequence[Entry], ask: Ask) -> str:
    """The year that an answer is about: the first full one with all measures (or, of a lifting,
    without them), or the fifth after it and later."""
    first = "first full year" if ask.horizon == "short" else "fifth year and later"
    begins = []
    for entry in entries:
        day = begun(entry.day("until" if ask.lift else "from"))
        if day is None:
            return first
        # The last day in force is followed by the first one without.
        begins.append(day + (1 if ask.lift else 0))
    start = dt.date.fromordinal(max(begins))
    year = start.year + (0 if (start.month, start.day) == (1, 1) else 1)
    return str(year) if ask.horizon == "short" else f"{year + 4} and later"


def span_text(pair: Range) -> str:
    """A range in words."""
    return f"{pair[0]:.3g}" if pair[0] == pair[1] else f"{pair[0]:.3g}–{pair[1]:.3g}"


def area_codes(texts: Iterable[str], get: Get) -> frozenset[str]:
    """Areas as a user names them: codes, names, ``@groups`` of the record, a whole economy."""
    out: set[str] = set()
    for text in texts:
        if text.startswith("@"):
            group = get(text[1:])
            if group is None or not group.list("areas"):
                raise NotFound(
                    f"there is no group of areas {text}", mend="comity find --kind group shows them"
                )
            out.update(group.list("areas"))
            continue
        try:
            out.update(areas_of(economies.resolve(text)))
        except CodeError:
            out.add(resolve_area(text))
    return frozenset(out)
