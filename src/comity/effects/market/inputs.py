"""What is uncertain in a question to the market model, and how each of it is drawn.

Elasticities come from published estimates by one rule (`comity.trade.elasticity_choice`), cells
from their ranges, coverages and shares from what the record leaves open. Columns have names that
results repeat; an override fixes a column, and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from comity.scenario.market_case import (
    ASKED,
    ASSUMED,
    BAN,
    SOURCED,
    UNKNOWN,
    FlowRule,
    MarketCase,
    weakest,
)
from comity.trade.drawing import FIXED, UNIFORM, Distribution
from comity.trade.elasticity_choice import HORIZONS, Choice, choose
from comity.trade.linked_choice import linked, surroundings
from comity.trade.market_baseline import MarketBaseline, Onward
from comity.words.errors import InputError, Place

ETA, ZETA, LEAVING, DUTY, SHIFT = "eta", "zeta", "delta", "duty", "kappa"
HOME_SHARE = "home_share"
OVERRIDES = (
    "sigma", "eta", "zeta", "supply", "other_supply", "inner", "delta", "kappa", HOME_SHARE,
)  # fmt: skip
IMPORTS_ONLY = (
    "Imports only: η is of all of the product, as its sources have it. Demand for imports is "
    "σ s + η (1 − s) at each draw, s the part of spending that is bought at home. It is not on "
    "record: drawn from 0 to 1, the same for every buyer; hold it with --set home_share=0.6."
)
TRANSFORMATION = "transformation"
"""Held only: finite transformation of an origin's supply between destinations (CET); else none."""


@dataclass(frozen=True)
class Options:
    """How an assessment is made; all of it is part of the run id.

    draws : a power of two;  rule : of the choice of σ (`choose`);  routes : whether goods that are
        processed in a first destination are followed to their final market
    fixed : values of `OVERRIDES` that replace draws;  cells : whether cells are drawn
    discrepancy : s.d. in logs of what the model misses on third-party flows
    shift : whether small shares are shifted by a drawn κ (`shifted`)
    """

    draws: int = 1024
    seed: int = 0
    rule: str = "default"
    routes: bool = True
    cells: bool = True
    fixed: Mapping[str, float] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    discrepancy: float = 0.5
    shift: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "draws": self.draws,
            "rule": self.rule,
            "routes": self.routes,
            "cells": self.cells,
            "fixed": dict(sorted(self.fixed.items())),
            "files": list(self.files),
            "discrepancy": self.discrepancy,
            "shift": self.shift,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], seed: int) -> Options:
        return cls(
            draws=int(data["draws"]),
            seed=seed,
            rule=str(data["rule"]),
            routes=bool(data["routes"]),
            cells=bool(data["cells"]),
            fixed={str(name): float(value) for name, value in data["fixed"].items()},
            files=tuple(data["files"]),
            discrepancy=float(data["discrepancy"]),
            shift=bool(data["shift"]),
        )


@dataclass(frozen=True)
class ChosenFor:
    """What of a `Choice` results repeat.

    alternatives : (family, σ);  estimates : (family, title and address)
    """

    rule: str
    reason: str
    alternatives: tuple[tuple[str, float], ...]
    estimates: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, one: Choice) -> ChosenFor:
        named = dict.fromkeys((e.family, f"{e.source}, {e.url}") for e in one.estimates)
        return cls(one.rule, one.reason, one.alternatives, tuple(named))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ChosenFor:
        return cls(
            str(data["rule"]),
            str(data["reason"]),
            tuple((str(f), float(v)) for f, v in data["alternatives"]),
            tuple((str(f), str(t)) for f, t in data["estimates"]),
        )


@dataclass(frozen=True)
class Inputs:
    """Distributions by column, and the choices they come from.

    choices : by product
    basis : of each column, where its range is from: a source, no source that was read (assumed),
        nobody (not on record: all that is possible), or whoever asks;  notes : what to say of them
    """

    distributions: Mapping[str, Distribution]
    choices: Mapping[str, ChosenFor]
    basis: Mapping[str, str]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "distributions": {
                name: [one.kind, one.a, one.b, list(one.above), one.times, list(one.below)]
                for name, one in self.distributions.items()
            },
            "choices": {name: asdict(one) for name, one in self.choices.items()},
            "basis": dict(self.basis),
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Inputs:
        return cls(
            {
                name: Distribution(kind, a, b, tuple(above), times, tuple(below))
                for name, (kind, a, b, above, times, below) in data["distributions"].items()
            },
            {name: ChosenFor.from_dict(one) for name, one in data["choices"].items()},
            {str(name): str(one) for name, one in data["basis"].items()},
            tuple(data["notes"]),
        )


def market_inputs(case: MarketCase, baseline: MarketBaseline, options: Options) -> Inputs:
    """The columns of a question. Raises `InputError` for an override that is none, and what
    `choose` raises."""
    if case.horizon not in HORIZONS:
        raise InputError(f"no horizon {case.horizon!r}", mend=f"one of {', '.join(HORIZONS)}")
    for name in options.fixed:
        if name.partition(":")[0] not in OVERRIDES and name != TRANSFORMATION:
            raise InputError(
                f"there is no parameter {name!r}",
                where=Place(field="set"),
                mend=f"one of {', '.join(OVERRIDES)}, {TRANSFORMATION}; for one product "
                "NAME:PRODUCT",
            )
    for name, value in options.fixed.items():
        if name.partition(":")[0] in ("sigma", "inner") and value <= 1.0:
            raise InputError(
                f"{name} is {value:g}",
                where=Place(field="set"),
                mend="varieties are substitutes: give a number above 1",
            )
    products = baseline.names.sectors
    files: Sequence[str | Path] = options.files
    days = [day for name, day in case.views if name.rpartition(".")[2] == "public_on"]
    public_on = dt.date.fromisoformat(max(days)) if days else None
    choices = {
        k: _choice(baseline, k, case.horizon, options.rule, files, public_on) for k in products
    }
    together = linked(choices)
    split = {rule.product for rule in case.rules if rule.areas is not None}
    columns = {
        name: one
        for name, one in together.parameters().items()
        if not name.startswith("inner:") or name.partition(":")[2] in split
    }
    for name, one in columns.items():
        if "zeta" in options.fixed and name.startswith("sigma:"):
            # A ζ that is held has to stay below every σ, as a drawn one does.
            columns[name] = replace(one, above=(*one.above, float(options.fixed["zeta"])))
    guessed = {*together.assumed, "inner", "sigma_factor"}
    basis = {n: ASSUMED if n.partition(":")[0] in guessed else SOURCED for n in columns}
    notes = [together.reason]
    if public_on is not None:
        notes.append(
            f"Estimates of σ are those public by {public_on}, by their year; the ranges of demand "
            "and supply have no day of publication and are taken as they are."
        )
    for name, low, high, known in uncertain(case, baseline, options):
        columns[name], basis[name] = Distribution(UNIFORM, low, high), known
    around = surroundings()
    if any(name.startswith("route:") for name in columns):
        columns[LEAVING] = around[LEAVING]
        basis[LEAVING] = ASSUMED
    if options.shift:
        columns[SHIFT] = around[SHIFT]
        basis[SHIFT] = ASSUMED
    if not baseline.home:
        columns[HOME_SHARE], basis[HOME_SHARE] = Distribution(UNIFORM, 0.0, 1.0), UNKNOWN
        notes.append(IMPORTS_ONLY)
    basis |= dict.fromkeys(_override(columns, options.fixed), ASKED)
    said = {name: ChosenFor.of(one) for name, one in choices.items()}
    return Inputs(columns, said, basis, tuple(notes))


def _choice(
    baseline: MarketBaseline,
    product: str,
    horizon: str,
    rule: str,
    files: Sequence[str | Path],
    public_on: dt.date | None,
) -> Choice:
    goods = baseline.goods.get(product, ())
    if not goods:
        raise InputError(
            f"the market {baseline.name} does not say which goods {product} are",
            mend="list HS codes under goods in its meta.json",
        )
    return choose(goods, horizon, rule, files=files, public_on=public_on)


def uncertain(
    case: MarketCase, baseline: MarketBaseline, options: Options
) -> list[tuple[str, float, float, str]]:
    """Numbers between two ends, and where these are from: coverages, area shares, onward shares,
    the duty not on record."""
    out: dict[str, tuple[float, float, str]] = {}
    ranges: dict[str, dict[tuple[float, float], str]] = {}
    for rule in case.rules:
        for name, span, basis in _open(rule):
            found = ranges.setdefault(name, {})
            found[span] = weakest(basis, found.get(span, basis))
    for name, spans in ranges.items():
        # What is not known of a measure is one thing, whichever of its flows it bears on.
        if len(spans) == 1:
            out[name] = next((*span, basis) for span, basis in spans.items())
        else:
            out[place_in(name)] = (0.0, 1.0, weakest(*spans.values()))
    for rule in case.rules:
        if rule.areas is not None:
            name = f"areas elsewhere:{rule.product}:{rule.exporter}"
            # Barred plants are taken to sell elsewhere what they sell where they are barred.
            out[name] = (0.0, 1.0, ASSUMED if rule.basis[1] == ASKED else UNKNOWN)
    for one in routes_of(case, baseline, options.routes):
        out[f"route:{route_name(one)}"] = (one.low, one.high, SOURCED)
        out[f"held:{route_name(one)}"] = (one.held_low, one.held_high, SOURCED)
    low, high = baseline.duty_range
    if low < high:
        out[DUTY] = (low, high, ASSUMED)
    return [(name, *ends) for name, ends in out.items()]


def route_name(one: Onward) -> str:
    """A route, as columns name it."""
    return f"{one.product}:{one.origin}>{one.hub}>{one.final}"


def _open(rule: FlowRule) -> list[tuple[str, tuple[float, float], str]]:
    """Names, ranges and bases of what is not known of a rule."""
    value, share, within = rule.basis
    spans = [
        (rule.covered_name, rule.share, share),
        (rule.goods_name, rule.within, within),
    ]
    if rule.kind == BAN:
        spans[0] = (rule.name, rule.share, share)
    else:
        spans.insert(0, (rule.name, (rule.low, rule.high), value))
    return [one for one in spans if one[1][0] < one[1][1]]


def place_in(name: str) -> str:
    """The column that says where in its range a number lies, where ranges of one name differ."""
    return f"place in {name}"


def routes_of(case: MarketCase, baseline: MarketBaseline, asked: bool) -> tuple[Onward, ...]:
    """The onward flows that a question follows: those through hubs whose purchases from the origin
    a rule bears on, of whatever kind, so that a ban is the limit of a quota and of a duty."""
    ruled = {(r.product, r.exporter, r.importer) for r in case.rules}
    return tuple(
        one for one in baseline.onward if asked and (one.product, one.origin, one.hub) in ruled
    )


def _override(columns: dict[str, Distribution], fixed: Mapping[str, float]) -> list[str]:
    """Holds columns, and says which."""
    held: list[str] = []
    for name, value in fixed.items():
        if name == TRANSFORMATION:
            continue
        mine = [c for c in columns if c == name or c.partition(":")[0] == name]
        if not mine:
            raise InputError(
                f"nothing here is called {name!r}",
                where=Place(field="set"),
                mend=f"there is {', '.join(columns)}",
            )
        for column in mine:
            columns[column] = Distribution(FIXED, float(value))
        held += mine
    return held
