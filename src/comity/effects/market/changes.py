"""From one draw to the arrays of the market model: parameters, base values, both states.

Arrays are those of `comity.model.market`: pairs ``[k, i, j]`` of product, origin, destination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.inputs import (
    DUTY,
    ETA,
    LEAVING,
    SHIFT,
    ZETA,
    Options,
    place_in,
    route_name,
)
from comity.model.market import Market, MarketChange, Quota, Routes, Split
from comity.model.market.many import Draws as ModelDraws
from comity.scenario.market_case import BAN, COST, QUOTA, TARIFF, FlowRule, MarketCase
from comity.scenario.market_coverage import area_part
from comity.trade.base_flows import parent_mass, shifted, without_onward
from comity.trade.drawing import Draws, cell_draws
from comity.trade.drawing import Total as KnownTotal
from comity.trade.market_baseline import MarketBaseline, Onward
from comity.words.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Place:
    """Positions of a flow."""

    k: int
    i: int
    j: int


@dataclass(frozen=True, eq=False)
class Setting:
    """A case and its baseline, in positions; makes arrays for any draw.

    splits : (product, origin) → its areas;  routes : onward flows that are followed
    """

    case: MarketCase
    baseline: MarketBaseline
    options: Options
    routes: tuple[Onward, ...]
    splits: Mapping[tuple[int, int], tuple[str, ...]]

    @classmethod
    def of(cls, case: MarketCase, baseline: MarketBaseline, options: Options) -> Setting:
        """Raises `InputError` where rules split one origin by two different sets of areas."""
        names = baseline.names
        splits: dict[tuple[int, int], tuple[str, ...]] = {}
        for rule in case.rules:
            if rule.areas is None:
                continue
            key = (names.sector(rule.product), names.economy(rule.exporter))
            if splits.setdefault(key, rule.areas) != rule.areas:
                raise InputError(
                    f"{rule.exporter} would be split by two different sets of areas",
                    mend="ask about one set of areas at a time",
                )
        barred = {(r.product, r.exporter, r.importer) for r in case.rules if r.kind == BAN}
        routes = tuple(
            one
            for one in baseline.onward
            if options.routes and (one.product, one.origin, one.hub) in barred
        )
        return cls(case, baseline, options, routes, splits)

    def place(self, rule: FlowRule) -> Place:
        names = self.baseline.names
        return Place(
            names.sector(rule.product), names.economy(rule.exporter), names.economy(rule.importer)
        )

    # ------------------------------------------------------------------------------- base

    def market(self, value: Array | None = None) -> Market:
        """The market at the base, at the baseline's values or at drawn ones (K, N, N)."""
        b = self.baseline
        return Market(
            b.value if value is None else value,
            b.tariff,
            b.home,
            b.names.economies,
            b.names.sectors,
        )

    def values(self, columns: Draws, known: Sequence[KnownTotal]) -> Array:
        """(D, K, N, N): drawn cells, scaled to known totals, less what hubs pass on."""
        count = len(columns)
        if self.options.cells:
            value = cell_draws(self.baseline, count, columns.seed, totals=tuple(known))
        else:
            value = np.repeat(np.asarray(self.baseline.value)[None], count, axis=0)
        if self.routes:
            # What a hub passes on stands in its own sales to the final market as well.
            held = [
                _drawn(columns, f"held:{route_name(one)}", one.held)
                if one in self.routes
                else np.zeros(count)
                for one in self.baseline.onward
            ]
            value = without_onward(self.baseline, value, np.column_stack(held))
        if self.options.shift:
            value = shifted(value, self._mass(value), columns[SHIFT])
        return value

    def _mass(self, value: Array) -> Array:
        """(D, K, N, N): of the exporters concerned, their sales of all products; of others, the
        flows themselves, so that these stay."""
        mass = np.array(value)
        if len(self.baseline.names.sectors) > 1:
            for exporter in self.case.exporters:
                i = self.baseline.names.economy(exporter)
                mass[:, :, i] = parent_mass(value)[:, :, i]
        return mass

    def parameters(self, columns: Draws, value: Array) -> ModelDraws:
        """Elasticities of every draw: σ (D, K), η and ζ (D,), supply (D, K, N)."""
        products, economies = self.baseline.names.sectors, self.baseline.names.economies
        sigma = np.column_stack([columns[f"sigma:{k}"] for k in products])
        eta = columns[ETA]
        zeta = None
        if len(products) > 1:
            zeta = columns[ZETA]
        supply = np.empty((len(columns), len(products), len(economies)))
        asked = {(r.product, r.exporter) for r in self.case.rules}
        for k, product in enumerate(products):
            supply[:, k] = columns[f"other_supply:{product}"][:, None]
            for i, economy in enumerate(economies):
                if (product, economy) in asked or any(e == economy for _, e in asked):
                    supply[:, k, i] = columns[f"supply:{product}"]
        return ModelDraws(sigma=sigma, eta=eta, supply=supply, zeta=zeta, value=value)

    # ----------------------------------------------------------------------------- states

    def changes(self, state: str, columns: Draws) -> list[MarketChange]:
        """The change that leads from the base to a state, draw by draw."""
        return [self._change(state, columns, d) for d in range(len(columns))]

    def _change(self, state: str, columns: Draws, d: int) -> MarketChange:
        shape = self.baseline.value.shape
        available = np.ones(shape)
        iceberg: Array | None = None
        wedge: Array | None = None
        tariff: Array | None = None
        quotas: list[Quota] = []
        for rule in self.case.state(state):
            at = self.place(rule)
            key = (at.k, at.i, at.j)
            value = self._value(rule, columns, d)
            if rule.kind == BAN:
                if rule.areas is None:
                    available[key] = min(available[key], 1.0 - value)
            elif rule.kind == TARIFF:
                tariff = np.array(self.baseline.tariff) if tariff is None else tariff
                tariff[key] = value
            elif rule.kind == COST and rule.resource:
                iceberg = np.ones(shape) if iceberg is None else iceberg
                iceberg[key] *= value
            elif rule.kind == COST:
                wedge = np.ones(shape) if wedge is None else wedge
                wedge[key] *= value
            elif rule.kind == QUOTA:
                # The rent of a quota stays with whoever issues it.
                mine = 1.0 if rule.importer in rule.actors else 0.0
                quotas.append(Quota(at.k, at.i, at.j, value, importer_share=mine))
        return MarketChange(
            availability=available if (available != 1.0).any() else None,
            iceberg=iceberg,
            wedge=wedge,
            tariff=tariff,
            quotas=tuple(quotas),
            splits=tuple(self._split(key, state, columns, d) for key in self.splits),
            routes=self._routes(columns, d),
        )

    def _value(self, rule: FlowRule, columns: Draws, d: int) -> float:
        if rule.low == rule.high:
            return rule.low
        if rule.name in columns.names:
            return float(columns[rule.name][d])
        place = float(columns[place_in(rule)][d])
        return rule.low + place * (rule.high - rule.low)

    @cached_property
    def _area_ranges(self) -> dict[tuple[int, int], tuple[Array, Array]]:
        """Of each split origin: (N,) low and high of its areas' share in every destination."""
        names = self.baseline.names
        out = {}
        for (k, i), listed in self.splits.items():
            parts = [
                area_part(
                    self.baseline, names.sectors[k], names.economies[i], to, frozenset(listed)
                )
                for to in names.economies
            ]
            ends = (np.array([p.low for p in parts]), np.array([p.high for p in parts]))
            out[k, i] = ends
        return out

    @cached_property
    def _weight(self) -> Array:
        """(K, N, N): where moved goods go, by the origin's sales in all products together."""
        group = np.asarray(self.baseline.value).sum(axis=0)
        return np.repeat(group[None], len(self.baseline.names.sectors), axis=0)

    def _split(self, key: tuple[int, int], state: str, columns: Draws, d: int) -> Split:
        k, i = key
        names = self.baseline.names
        product, origin = names.sectors[k], names.economies[i]
        rules = {
            names.economy(r.importer): r
            for r in self.case.rules
            if r.areas is not None and (r.product, r.exporter) == (product, origin)
        }
        position = float(columns[f"areas elsewhere:{product}:{origin}"][d])
        low, high = self._area_ranges[key]
        share = low + position * (high - low)
        for j, rule in rules.items():
            share[j] = self._value(rule, columns, d)
        available = np.ones((2, len(share)))
        for j, rule in rules.items():
            if rule.state == state:
                first, last = rule.within
                within = first if first == last else float(columns[f"within {rule.name}"][d])
                available[0, j] = 1.0 - within
        return Split(
            product=k,
            origin=i,
            share=np.stack([share, 1.0 - share]),
            inner=float(columns[f"inner:{product}"][d]),
            availability=available,
            parts=("+".join(self.splits[key]), "the rest"),
        )

    def _share(self, columns: Draws, one: Onward) -> Array:
        return _drawn(columns, f"route:{route_name(one)}", one.share)

    def _routes(self, columns: Draws, d: int) -> Routes | None:
        if not self.routes:
            return None
        names = self.baseline.names
        return Routes(
            product=[names.sector(one.product) for one in self.routes],
            origin=[names.economy(one.origin) for one in self.routes],
            hub=[names.economy(one.hub) for one in self.routes],
            final=[names.economy(one.final) for one in self.routes],
            share=[float(self._share(columns, one)[d]) for one in self.routes],
            cost=float(columns[LEAVING][d]) if LEAVING in columns.names else 0.0,
            weight=self._weight,
        )

    def duty(self, columns: Draws) -> Array | None:
        """(D,): a duty that is not on record, drawn in its range; `None` where it is known."""
        return columns[DUTY] if DUTY in columns.names else None


def _drawn(columns: Draws, name: str, otherwise: float) -> Array:
    """(D,): a column, or the one number where it is not drawn."""
    return columns[name] if name in columns.names else np.full(len(columns), otherwise)
