"""From one draw to the arrays of the market model: parameters, base values, both states.

Arrays are those of `comity.model.market`: pairs ``[k, i, j]`` of product, origin, destination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.inputs import (
    DUTY,
    ETA,
    HOME_SHARE,
    LEAVING,
    SHIFT,
    TRANSFORMATION,
    ZETA,
    Options,
    place_in,
    route_name,
    routes_of,
)
from comity.model.market import Market, MarketChange, Quota, Routes, Split
from comity.model.market.many import Draws as ModelDraws
from comity.model.market.special import import_demand
from comity.scenario.market_case import BAN, COST, EXCHANGE, QUOTA, TARIFF, FlowRule, MarketCase
from comity.scenario.market_coverage import area_part
from comity.trade.base_flows import parent_mass, shifted, without_onward
from comity.trade.drawing import Draws, cell_draws
from comity.trade.drawing import Total as KnownTotal
from comity.trade.market_baseline import MarketBaseline, Onward
from comity.words.errors import InputError

Array = NDArray[np.float64]
PLANTS = ("plants",)
"""Stands for establishments where areas stand otherwise."""


@dataclass(frozen=True, eq=False)
class Place:
    """Positions of a flow."""

    k: int
    i: int
    j: int


@dataclass(frozen=True, eq=False)
class Setting:
    """A case and its baseline, in positions; makes arrays for any draw.

    splits : (product, origin) → sets of its areas, from the smallest, each in the next
    routes : onward flows that are followed, whatever the rules do to what a hub buys
    """

    case: MarketCase
    baseline: MarketBaseline
    options: Options
    routes: tuple[Onward, ...]
    splits: Mapping[tuple[int, int], tuple[tuple[str, ...], ...]]

    @classmethod
    def of(cls, case: MarketCase, baseline: MarketBaseline, options: Options) -> Setting:
        """Raises `InputError` where rules split one origin by sets of areas that cross."""
        names = baseline.names
        splits: dict[tuple[int, int], tuple[tuple[str, ...], ...]] = {}
        for rule in case.rules:
            if rule.areas is None:
                continue
            key = (names.sector(rule.product), names.economy(rule.exporter))
            sets = {*splits.get(key, ()), rule.areas}
            splits[key] = tuple(sorted(sets, key=len))
            for small, large in pairwise(splits[key]):
                if not set(small) < set(large):
                    raise InputError(
                        f"{rule.exporter} would be split by sets of areas of which neither holds "
                        "the other",
                        mend="ask about one set of areas at a time",
                    )
        return cls(case, baseline, options, routes_of(case, baseline, options.routes), splits)

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
        if HOME_SHARE in columns.names:
            # A market of imports: what is bought at home stands outside of it. Where products are
            # linked, by the σ that ζ is below, so that η ≤ ζ ≤ σ stays so.
            nearest, home = sigma.min(axis=1), columns[HOME_SHARE]
            eta = np.minimum(import_demand(nearest, eta, home), nearest)
            if zeta is not None:
                zeta = np.clip(import_demand(nearest, zeta, home), eta, nearest)
        supply = np.empty((len(columns), len(products), len(economies)))
        asked = {(r.product, r.exporter) for r in self.case.rules}
        for k, product in enumerate(products):
            supply[:, k] = columns[f"other_supply:{product}"][:, None]
            for i, economy in enumerate(economies):
                if (product, economy) in asked or any(e == economy for _, e in asked):
                    supply[:, k, i] = columns[f"supply:{product}"]
        cet = None
        if TRANSFORMATION in self.options.fixed:
            cet = np.full(len(columns), float(self.options.fixed[TRANSFORMATION]))
        return ModelDraws(
            sigma=sigma, eta=eta, supply=supply, zeta=zeta, transformation=cet, value=value
        )

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
            if rule.kind == EXCHANGE:
                continue  # of an economy, not of a flow
            at = self.place(rule)
            key = (at.k, at.i, at.j)
            value = self._value(rule, columns, d)
            if rule.kind == BAN:
                if rule.areas is None:
                    available[key] = min(available[key], 1.0 - value)
            elif rule.kind == TARIFF:
                tariff = np.array(self.baseline.tariff) if tariff is None else tariff
                base = 1.0 + float(self.baseline.tariff[key])
                asked = (1.0 + value) / base
                left, factor = self._on_part(rule, asked, columns, d)
                available[key] *= left
                tariff[key] = value if factor == asked else base * factor - 1.0
            elif rule.kind == COST:
                left, factor = self._on_part(rule, value, columns, d)
                available[key] *= left
                if rule.resource:
                    iceberg = np.ones(shape) if iceberg is None else iceberg
                    iceberg[key] *= factor
                else:
                    wedge = np.ones(shape) if wedge is None else wedge
                    wedge[key] *= factor
            elif rule.kind == QUOTA:
                # The rent of a quota stays with whoever issues it.
                mine = 1.0 if rule.importer in rule.actors else 0.0
                quotas.append(Quota(at.k, at.i, at.j, value, importer_share=mine, over=rule.over))
        return MarketChange(
            availability=available if (available != 1.0).any() else None,
            iceberg=iceberg,
            wedge=wedge,
            exchange=self.money(state),
            tariff=tariff,
            quotas=tuple(quotas),
            splits=tuple(self._split(key, state, columns, d) for key in self.splits),
            routes=self._routes(columns, d),
        )

    def money(self, state: str) -> Array | None:
        """(N,): the value of each economy's money, new over the base; `None` where none moves."""
        moved = self.case.money(state)
        if not moved:
            return None
        return np.array([moved.get(code, 1.0) for code in self.baseline.names.economies])

    def _value(self, rule: FlowRule, columns: Draws, d: int) -> float:
        """The drawn number of a rule: of a ban its coverage, on areas their share."""
        if rule.kind != BAN:
            return _within(columns, rule.name, (rule.low, rule.high), d)
        share = _within(columns, rule.name, rule.share, d)
        return share if rule.areas is not None else share * self._goods(rule, columns, d)

    def _on_part(
        self, rule: FlowRule, factor: float, columns: Draws, d: int
    ) -> tuple[float, float]:
        """Availability and factor on the price of a flow of which a part has the factor on it."""
        part = _within(columns, rule.covered_name, rule.share, d)
        part *= self._goods(rule, columns, d)
        return on_part(part, factor, float(columns[f"sigma:{rule.product}"][d]))

    def _goods(self, rule: FlowRule, columns: Draws, d: int) -> float:
        return _within(columns, rule.goods_name, rule.within, d)

    @cached_property
    def _area_ranges(self) -> dict[tuple[int, int], tuple[Array, Array]]:
        """Of each split origin: (S, N) low and high of the share of each of its S sets of areas,
        from the smallest, in every destination."""
        names = self.baseline.names
        out = {}
        for (k, i), sets in self.splits.items():
            low, high = np.zeros((2, len(sets), len(names.economies)))
            for n, listed in enumerate(sets):
                for j, to in enumerate(names.economies):
                    if listed == PLANTS:
                        low[n, j], high[n, j] = self._plants(k, i)
                        continue
                    part = area_part(
                        self.baseline, names.sectors[k], names.economies[i], to, frozenset(listed)
                    )
                    low[n, j], high[n, j] = part.low, part.high
            out[k, i] = (low, high)
        return out

    def _plants(self, k: int, i: int) -> tuple[float, float]:
        """Barred plants are taken to sell elsewhere what they sell where they are barred."""
        names = self.baseline.names
        for rule in self.case.rules:
            here = (rule.product, rule.exporter) == (names.sectors[k], names.economies[i])
            if here and rule.areas == PLANTS:
                return rule.share
        return (0.0, 1.0)

    @cached_property
    def _weight(self) -> Array:
        """(K, N, N): where moved goods go, by the origin's sales in all products together."""
        group = np.asarray(self.baseline.value).sum(axis=0)
        return np.repeat(group[None], len(self.baseline.names.sectors), axis=0)

    @cached_property
    def _split_rules(self) -> dict[tuple[int, int], list[tuple[FlowRule, int, int]]]:
        """Of each split origin: its rules, with the place of their areas and of the importer."""
        found: dict[tuple[int, int], list[tuple[FlowRule, int, int]]] = {k: [] for k in self.splits}
        for rule in self.case.rules:
            if rule.areas is not None:
                at = self.place(rule)
                key = (at.k, at.i)
                found[key].append((rule, self.splits[key].index(rule.areas), at.j))
        return found

    def _split(self, key: tuple[int, int], state: str, columns: Draws, d: int) -> Split:
        """The origin in parts: the smallest set of areas, what each larger one adds, the rest."""
        k, i = key
        names = self.baseline.names
        product, origin = names.sectors[k], names.economies[i]
        sets = self.splits[key]
        place = float(columns[f"areas elsewhere:{product}:{origin}"][d])
        low, high = self._area_ranges[key]
        inside = np.zeros((len(sets) + 2, low.shape[1]))
        inside[1:-1] = low + place * (high - low)
        inside[-1] = 1.0
        mine = self._split_rules[key]
        for rule, place_of, j in mine:
            inside[place_of + 1, j] = self._value(rule, columns, d)
        for m in range(len(sets) - 1, 0, -1):  # a set holds the smaller ones
            inside[m] = np.minimum(inside[m], inside[m + 1])
        share = inside[1:] - inside[:-1]
        available = np.ones_like(share)
        for rule, place_of, j in mine:
            if rule.state == state:
                available[: place_of + 1, j] = 1.0 - self._goods(rule, columns, d)
        return Split(
            product=k,
            origin=i,
            share=share,
            inner=float(columns[f"inner:{product}"][d]),
            availability=available,
            parts=(*("+".join(one) for one in sets), "the rest"),
        )

    def _share(self, columns: Draws, one: Onward) -> Array:
        return _drawn(columns, f"route:{route_name(one)}", one.share)

    @cached_property
    def _places(self) -> tuple[NDArray[np.intp], ...]:
        """Product, origin, hub and final market of each route, (M,)."""
        names = self.baseline.names
        rows = [
            (names.sector(one.product), *map(names.economy, (one.origin, one.hub, one.final)))
            for one in self.routes
        ]
        return tuple(np.array(column, dtype=np.intp) for column in zip(*rows, strict=True))

    def _routes(self, columns: Draws, d: int) -> Routes | None:
        if not self.routes:
            return None
        product, origin, hub, final = self._places
        return Routes(
            product,
            origin,
            hub,
            final,
            share=[float(self._share(columns, one)[d]) for one in self.routes],
            cost=float(columns[LEAVING][d]) if LEAVING in columns.names else 0.0,
            weight=self._weight,
        )

    def duty(self, columns: Draws) -> Array | None:
        """(D, N): a duty that is not on record, drawn in its range, and 0 in free ports; `None`
        where duties are known."""
        if DUTY not in columns.names:
            return None
        takes = [code not in self.baseline.duty_free for code in self.baseline.names.economies]
        return columns[DUTY][:, None] * np.array(takes, dtype=np.float64)


def on_part(part: float, factor: float, sigma: float) -> tuple[float, float]:
    """What a factor on the price of a part of a flow's varieties is on the whole of it: an
    availability a and a factor K, exactly (the varieties of an origin are as different as origins).

    Of the price index a K^(1−σ) is (1 − c) + c F^(1−σ), of the quantity a K^(−σ) is
    (1 − c) + c F^(−σ): K is the average price, and what is paid on it is what is paid on the part.
    As F → ∞, a → 1 − c and K → 1: a ban on the part.
    """
    if part == 1.0 or factor == 1.0:
        return 1.0, factor
    bought = (1.0 - part) + part * factor**-sigma
    spent = (1.0 - part) + part * factor ** (1.0 - sigma)
    mean = spent / bought
    return min(1.0, spent * mean ** (sigma - 1.0)), mean


def _within(columns: Draws, name: str, span: tuple[float, float], d: int) -> float:
    """A number in its range at draw d."""
    low, high = span
    if low == high:
        return low
    if name in columns.names:
        return float(columns[name][d])
    return low + float(columns[place_in(name)][d]) * (high - low)


def _drawn(columns: Draws, name: str, otherwise: float) -> Array:
    """(D,): a column, or the one number where it is not drawn."""
    return columns[name] if name in columns.names else np.full(len(columns), otherwise)
