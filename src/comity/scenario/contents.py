"""What a scenario file says, as frozen data: names are still those that the author wrote.

Nothing here knows a baseline or the record. Every part keeps the places of its values in the file
(not compared), so that what is found wrong later is still shown at its line and column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from comity.words.errors import Place

VERSION = 1
"""The version of the file that this program reads and writes."""
SHIPPED = "goods-world-2023"
"""The baseline taken where none is named."""

ByLabel = float | tuple[tuple[str, float], ...]
"""One number, or one by sector."""


def _places() -> Any:
    return field(default_factory=dict, compare=False, repr=False)


class Placed:
    """Something with places: of itself under ``""``, of each value under its key."""

    places: Mapping[str, Place]

    def at(self, key: str = "") -> Place | None:
        """The place of a key's value (``sectors.1``: of an item), else of what holds it."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key)


@dataclass(frozen=True)
class Who:
    """Economies as written: these names, or all (`names` None) except some."""

    names: tuple[str, ...] | None
    excepting: tuple[str, ...] = ()


@dataclass(frozen=True)
class BaselineChoice(Placed):
    """A shipped baseline by name with its options, a saved file, or files of a known format.

    `gaps` is ``keep``, ``drop`` or ``fill``; `gdp` is a file, `year` picks one of several years,
    and `economies` are those to keep, the others becoming the rest of the world. `sectors` are
    added up as pairs (sector, new sector) say; `inventories` says what becomes of their changes.
    What is None is the builder's own default. Paths are relative to the folder of the scenario.
    """

    name: str | None = SHIPPED
    file: str | None = None
    format: str | None = None
    path: str | None = None
    theta: ByLabel | None = None
    gamma: float | None = None
    gaps: str | None = None
    gdp: str | None = None
    year: int | None = None
    economies: tuple[str, ...] | None = None
    sectors: tuple[tuple[str, str], ...] | None = None
    inventories: str | None = None
    places: Mapping[str, Place] = _places()


@dataclass(frozen=True)
class MarketModel:
    """Options of the market model.

    horizon : ``short`` (first full year) or ``long``;  draws : at least so many, the next power of
    two runs;  elasticities : the rule of their choice;  fixed : parameters held, by name
    routes : whether goods processed in a first destination are followed
    """

    horizon: str = "short"
    draws: int = 1024
    elasticities: str = "default"
    fixed: tuple[tuple[str, float], ...] = ()
    routes: bool = True

    def as_written(self) -> dict[str, Any]:
        """What differs from the defaults, as the file holds it."""
        data: dict[str, Any] = {}
        if self.horizon != "short":
            data["horizon"] = self.horizon
        if self.draws != 1024:
            data["draws"] = self.draws
        if self.elasticities != "default":
            data["elasticities"] = self.elasticities
        if self.fixed:
            data["set"] = dict(self.fixed)
        if not self.routes:
            data["routes"] = "no"
        return data


@dataclass(frozen=True)
class ModelChoice(Placed):
    """Model and options. `deficits` is ``kept``, ``none``, ``ratio``, or a factor that scales them.

    `theta` replaces the baseline's trade elasticities: one number for all sectors, or by sector.
    `path_steps` is the number of steps in which a decomposition follows the change. `market` holds
    the options of the market model, where `name` is that.
    """

    name: str = "world"
    deficits: str | float = "kept"
    engine: str = "auto"
    tolerance: float | None = None
    theta: ByLabel | None = None
    path_steps: int | None = None
    seed: int = 0
    market: MarketModel | None = None
    places: Mapping[str, Place] = _places()

    def options(self) -> dict[str, Any]:
        """What bears on numbers, as plain data with sorted sectors: part of the run id.

        Engine and seed are not in it: the run id takes the engine that ran, and the seed, apart.
        """
        theta = self.theta if self.theta is None else _plain(self.theta)
        return {
            "model": self.name,
            "deficits": {"scale": self.deficits}
            if isinstance(self.deficits, float)
            else self.deficits,
            "tolerance": self.tolerance,
            "theta": theta,
            "path_steps": self.path_steps,
        }


def _plain(value: ByLabel) -> float | dict[str, float]:
    return value if isinstance(value, float) else dict(sorted(value))


@dataclass(frozen=True)
class Effect:
    """What a measure does where its kind does not say so: ``ban``, ``tariff`` or ``trade_cost``.

    `value` is a rate (fraction) for a tariff, a factor for a trade cost, None for a ban.
    """

    kind: str
    value: float | None = None


@dataclass(frozen=True)
class MeasureChoice(Placed):
    """A measure of the record that the scenario looks at.

    coverage : share of the flow of a pair and sector that it bears on, one or by sector;
        coverage_high : the upper end where it is a range (market model), else None
    because : where the coverage comes from
    sectors : sectors of the baseline; None is those that hold its goods
    in_baseline : ``yes``, ``no`` or ``prorated`` (by the days of the baseline's year): do the
        baseline's flows live under it?
    effect : None is that of its kind
    assume : ``in force`` or ``not in force`` where the record leaves it open
    imposers, partners : economies of the baseline, where those of the record are only part of one
    """

    id: str
    coverage: ByLabel | None = None
    because: str | None = None
    sectors: tuple[str, ...] | None = None
    in_baseline: str = "no"
    effect: Effect | None = None
    assume: str | None = None
    imposers: Who | None = None
    partners: Who | None = None
    places: Mapping[str, Place] = _places()
    coverage_high: ByLabel | None = None
    broken: bool = field(default=False, compare=False, repr=False)
    """Something of it could not be read: only its names can still be checked."""


@dataclass(frozen=True)
class ListedChange(Placed):
    """One change written out. `by` is who would make it; `kind` which of `KINDS` it is.

    `operation` is ``to``, ``add`` or ``times`` (tariffs are fractions), or for a measure
    ``impose``, ``lift`` or ``suspend``. `coverage` None is all of the sectors; `coverage_high` is
    its upper end where it is a range (market model).
    """

    by: Who
    kind: str
    operation: str = ""
    value: float | None = None
    imports_from: Who | None = None
    exports_to: Who | None = None
    of: Who | None = None
    sectors: tuple[str, ...] | None = None
    goods: tuple[str, ...] | None = None
    goods_except: tuple[str, ...] = ()
    coverage: ByLabel | None = None
    schedule: str | None = None
    measure: MeasureChoice | None = None
    because: str | None = None
    places: Mapping[str, Place] = _places()
    coverage_high: ByLabel | None = None
    broken: bool = field(default=False, compare=False, repr=False)
    """Something of it could not be read: only its names can still be checked."""


KINDS = (
    "tariff",
    "ban",
    "lift",
    "trade_cost",
    "productivity",
    "population",
    "tariff_schedule",
    "exchange_rate",
    "measure",
)


@dataclass(frozen=True)
class State(Placed):
    """A state of the rules: the baseline's, or that of a day, with listed changes on top.

    `prorate` is a calendar year: each measure counts by the share of that year's days on which it
    is in force, as the record shows it on `as_of`.
    """

    as_of: dt.date | None = None
    known_on: str | None = None
    public_on: dt.date | None = None
    prorate: int | None = None
    changes: tuple[ListedChange, ...] = ()
    places: Mapping[str, Place] = _places()

    @property
    def is_baseline(self) -> bool:
        return self.as_of is None and not self.changes

    def as_dict(self) -> dict[str, Any]:
        """Which state it is, without its changes."""
        return {
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "known_on": self.known_on,
            "public_on": None if self.public_on is None else self.public_on.isoformat(),
            "prorate": self.prorate,
        }


@dataclass(frozen=True)
class Scenario(Placed):
    """A scenario file. Two states of the rules on one baseline, and the model that compares them.

    `before` is the file's ``from``, `after` its ``to``. `file` is where it was read, if anywhere.
    """

    title: str
    after: State
    before: State = field(default_factory=State)
    baseline: BaselineChoice = field(default_factory=BaselineChoice)
    model: ModelChoice = field(default_factory=ModelChoice)
    measures: tuple[MeasureChoice, ...] = ()
    question: str | None = None
    note: str | None = None
    file: str | None = field(default=None, compare=False)
    places: Mapping[str, Place] = _places()

    @property
    def needs_record(self) -> bool:
        """Does it name anything of the record?"""
        days = self.before.as_of or self.after.as_of
        changed = any(c.kind == "measure" for s in (self.before, self.after) for c in s.changes)
        return bool(days or changed or self.measures)

    @property
    def choices(self) -> tuple[MeasureChoice, ...]:
        """Every measure with its coverage, listed or described in a change, by id."""
        found = {choice.id: choice for choice in self.measures}
        for change in (*self.before.changes, *self.after.changes):
            if change.measure is not None:
                found.setdefault(change.measure.id, change.measure)
        return tuple(found[name] for name in sorted(found))
