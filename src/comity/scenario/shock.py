"""A shock: changes to a baseline, written with names and kept in the order they were given.

    Shock().tariff("MEX", "USA", to=0.0).ban("CHN", "JPN", sectors=["Food"], coverage=0.4)

The first economy is the one whose border it is, the second its partner: `tariff` and `trade_cost`
are on imports of the first from the second, and so is `ban` unless ``flow="exports"``. A shock
knows no numbers of a baseline: names are looked up, and impossible rates found, when it is
applied (`comity.scenario.wedges`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from comity.trade.numbers import numbers
from comity.words.errors import InputError

Who = str | Iterable[str] | None
Labels = tuple[str, ...] | None
"""Names of economies or sectors; `None` is all of them."""

KINDS = ("tariff", "trade_cost", "ban", "lift", "productivity", "population", "schedule")
TARIFF_OPERATIONS = ("to", "add", "times")
EVERYONE = ("*", "all")
LEAST_FACTOR, MOST_FACTOR = 1e-6, 1e12
MOST_RATE = MOST_FACTOR
"""A tariff multiplies the price by as much at most as a trade cost may."""


def _labels(value: Who) -> Labels:
    if value is None or (isinstance(value, str) and value in EVERYONE):
        return None
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Iterable):
        raise InputError(
            f"{value!r} is no name of an economy or sector", mend="write its code or name"
        )
    labels = tuple(value)
    for one in labels:
        if not isinstance(one, str):
            raise InputError(
                f"{one!r} is no name of an economy or sector", mend="write its code or name"
            )
    if not labels:
        raise InputError("an empty list of names changes nothing", mend="leave it out to mean all")
    return None if any(one in EVERYONE for one in labels) else labels


@dataclass(frozen=True)
class Change:
    """One change. `value` is a rate, factor or coverage; `operation` says how it is meant."""

    kind: str
    importers: Labels = None
    exporters: Labels = None
    sectors: Labels = None
    operation: str = ""
    value: float = 0.0
    schedule: np.ndarray[Any, Any] | None = field(default=None, compare=False)
    label: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain data, for files and run ids. Schedules are kept by `label` and digest elsewhere."""
        data: dict[str, Any] = {"kind": self.kind}
        if self.kind in ("productivity", "population"):
            data["economies"] = None if self.importers is None else list(self.importers)
        else:
            for name in ("importers", "exporters"):
                value = getattr(self, name)
                data[name] = None if value is None else list(value)
        if self.kind != "population":
            data["sectors"] = None if self.sectors is None else list(self.sectors)
        if self.operation:
            data["operation"] = self.operation
        if self.kind != "schedule":
            data["value"] = self.value
        if self.label:
            data["label"] = self.label
        return data


_RATE = "rates are fractions: 0.25 is 25 %"
_FACTOR = "1 is no change, 1.05 is 5 % more"


def _number(value: object, what: str, mend: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating | np.integer):
        raise InputError(f"{what} must be a number, not {value!r}", mend=mend)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{what} must be a finite number, not {number}", mend=mend)
    return number


def _not_beyond(rate: float, what: str) -> None:
    if rate > MOST_RATE:
        raise InputError(
            f"{what} is {rate:g}, but a rate is {MOST_RATE:g} at most",
            mend=f"{_RATE}; where trade is to end, write a ban, which brings no revenue",
        )


def _coverage(value: object) -> float:
    number = _number(value, "coverage", "0.4 means that 40 % of the flow is banned")
    if not 0.0 <= number <= 1.0:
        raise InputError(
            f"coverage is {number:g}, but a part of a flow lies between 0 and 1",
            mend="0.4 means that 40 % of the flow is banned",
        )
    return number


def _factor(value: object, what: str) -> float:
    number = _number(value, what, _FACTOR)
    if number <= 0.0:
        raise InputError(
            f"{what} is {number:g}, but a factor must be above 0", mend="1 is no change"
        )
    if not LEAST_FACTOR <= number <= MOST_FACTOR:
        raise InputError(
            f"{what} is {number:g}, but a factor lies from {LEAST_FACTOR:g} to {MOST_FACTOR:g}",
            mend="1 is no change; a total ban is ban(), not a very large cost",
        )
    return number


@dataclass(frozen=True)
class Shock:
    """Changes in order; every method gives a new shock with one more. Raises `InputError`."""

    changes: tuple[Change, ...] = ()
    deficits: Mapping[str, float] | None = None

    def _with(self, change: Change) -> Shock:
        return Shock((*self.changes, change), self.deficits)

    def __add__(self, other: Shock) -> Shock:
        return Shock((*self.changes, *other.changes), self.deficits or other.deficits)

    def tariff(
        self,
        importer: Who,
        exporter: Who,
        *,
        to: float | None = None,
        add: float | None = None,
        times: float | None = None,
        sectors: Who = None,
    ) -> Shock:
        """The tariff of `importer` on goods from `exporter`: set, raised by points, or scaled.

        Rates are fractions: ``to=0.25`` sets 25 %, ``add=0.25`` adds 25 percentage points,
        ``times=0.5`` halves the rate. Exactly one of the three. Trade with oneself has no tariff.
        """
        given = {"to": to, "add": add, "times": times}
        named = [name for name, value in given.items() if value is not None]
        if len(named) != 1:
            raise InputError(
                "a tariff change takes exactly one of to, add and times, not "
                + (" and ".join(named) or "none"),
                mend="to=0.25 sets 25 %, add=0.25 adds 25 points, times=0.5 halves the rate",
            )
        value = _number(given[named[0]], f"tariff {named[0]}", _RATE)
        _not_beyond(value, f"tariff {named[0]}")
        if named[0] == "to" and value <= -1.0:
            raise InputError(
                f"a tariff of {value:g} takes more than the whole price",
                mend="tariffs are fractions above -1: 0.25 is 25 %",
            )
        if named[0] == "times" and value < 0.0:
            raise InputError(f"a tariff cannot be scaled by {value:g}", mend="give 0 or more")
        return self._with(
            Change(
                "tariff", _labels(importer), _labels(exporter), _labels(sectors), named[0], value
            )
        )

    def tariffs(self, schedule: Any, label: str = "") -> Shock:
        """A whole schedule: rates for every (importer, exporter, sector), as fractions.

        `schedule` is an array ``[n, i, j]`` of shape (N, N, J), as data files have it.
        """
        axes = "give an array of rates by importer, exporter and sector, of shape (N, N, J)"
        rates = numbers(schedule, "schedule", axes)
        if rates.ndim != 3:
            raise InputError(
                f"a tariff schedule has the axes importer, exporter, sector, not {rates.shape}",
                mend=axes,
            )
        bad = ~(np.isfinite(rates) & (rates > -1.0) & (rates <= MOST_RATE))
        if bad.any():
            n, i, j = (int(k) for k in np.argwhere(bad)[0])
            raise InputError(
                f"a tariff schedule holds {rates[n, i, j]:g} for its importer {n + 1}, exporter "
                f"{i + 1}, sector {j + 1} (counted from 1)"
                + (f", and {bad.sum() - 1} more such rates" if bad.sum() > 1 else "")
                + ": NaN, a rate of -100 % or less, or one without bounds",
                mend=f"fill it with the rate that holds there; {_RATE}",
            )
        rates.setflags(write=False)
        return self._with(Change("schedule", schedule=rates, label=label))

    def ban(
        self,
        imposer: Who,
        partner: Who,
        *,
        sectors: Who = None,
        coverage: float = 1.0,
        flow: str = "imports",
    ) -> Shock:
        """A ban by `imposer` on `coverage` of its imports from (or exports to) `partner`.

        Bans on the same flow multiply: 0.4 and 0.5 leave 0.6 × 0.5 of it.
        """
        importers, exporters = _direction(imposer, partner, flow)
        return self._with(
            Change("ban", importers, exporters, _labels(sectors), value=_coverage(coverage))
        )

    def lift(
        self,
        imposer: Who,
        partner: Who,
        *,
        coverage: float,
        sectors: Who = None,
        flow: str = "imports",
    ) -> Shock:
        """The end of a ban that the baseline's flows already live under, on `coverage` of them.

        The flow left, 1 − coverage, grows back by 1/(1 − coverage) at unchanged prices. A total
        ban leaves nothing to grow back from, so a coverage of 1 is an error.
        """
        part = _coverage(coverage)
        if part == 1.0:
            raise InputError(
                "a total ban inside the baseline leaves no flow from which to compute its lifting",
                mend="take a baseline from before the ban, or give a coverage below 1",
            )
        importers, exporters = _direction(imposer, partner, flow)
        return self._with(Change("lift", importers, exporters, _labels(sectors), value=part))

    def separate(self, one: Who, other: Who, *, sectors: Who = None) -> Shock:
        """A total ban on trade between two economies, in both directions."""
        return self.ban(one, other, sectors=sectors).ban(other, one, sectors=sectors)

    def trade_cost(
        self, importer: Who, exporter: Who, *, times: float, sectors: Who = None
    ) -> Shock:
        """Iceberg costs: `times` as much has to be sent for the same to arrive."""
        return self._with(
            Change(
                "trade_cost",
                _labels(importer),
                _labels(exporter),
                _labels(sectors),
                "times",
                _factor(times, "trade cost"),
            )
        )

    def productivity(self, economy: Who, *, times: float, sectors: Who = None) -> Shock:
        """Output per bundle of inputs is `times` as high (costs fall by that factor)."""
        return self._with(
            Change(
                "productivity",
                _labels(economy),
                None,
                _labels(sectors),
                "times",
                _factor(times, "productivity"),
            )
        )

    def population(self, economy: Who, *, times: float) -> Shock:
        """Labour (and people) of `economy` are `times` as many."""
        return self._with(
            Change(
                "population",
                _labels(economy),
                operation="times",
                value=_factor(times, "population"),
            )
        )


def _direction(imposer: Who, partner: Who, flow: str) -> tuple[Labels, Labels]:
    if flow == "imports":
        return _labels(imposer), _labels(partner)
    if flow == "exports":
        return _labels(partner), _labels(imposer)
    raise InputError(f"flow is {flow!r}", mend="write imports or exports")
