"""A solution: prices, price indices, flows and spending after a change, in the market's order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from comity.model.market.change import MarketChange
from comity.model.market.market import Array, Market, Mask, Parameters
from comity.model.market.pattern import HALF, Pattern
from comity.model.market.problem import Problem
from comity.model.market.surplus import Surplus, surplus
from comity.words.errors import InputError

SMALL = 0.01
"""Cells below this share of the exporter's sales cannot predict entry."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a search found, in logs. Prices are −inf for those without an outlet.

    x : (K, N);  parts : (P,);  wedge : (Q,), of quotas;  log_p : (K, N);  log_g : (N,)
    demand : (K, N), log of P^(σ−ζ) G^(ζ−η), −inf where all is lost
    inner : (S, N), log price indices of split origins, quota wedges left out
    part_quantity : (P, N), log q̂ of parts, without what touches the whole origin
    border : (K, N, N) or `None`, log prices by destination, where transformation is finite
    cell_wedge : (K, N, N) or `None`, log quota wedges there
    """

    x: Array
    parts: Array
    wedge: Array
    log_p: Array
    log_g: Array
    demand: Array
    inner: Array
    part_quantity: Array
    border: Array | None
    cell_wedge: Array | None
    residual: float
    evaluations: int


@dataclass(frozen=True, eq=False)
class MarketSolution:
    """Changes (new over old) and new levels. K products, N economies; pairs are ``[k, i, j]``.

    With processing routes destinations are final markets, and `first_flow` has the flows that
    customs see.

    market : the base, by final market;  change, parameters : as given
    residual : worst relative residual of clearing and of binding quotas
    dropped : (K, N), origins left without an outlet, whose price is 0
    lost : (K, N) ``[k, j]``, products that a destination can no longer buy at all: the price index
        is ``inf``
    not_bounded : (N,), destinations whose loss has no bound in this model: it is −inf
    left : (K, N), share of base spending still on offer
    """

    market: Market
    change: MarketChange
    parameters: Parameters
    residual: float
    evaluations: int
    dropped: Mask
    lost: Mask
    not_bounded: Mask
    left: Array
    _given: Problem
    _outcome: Outcome
    _pattern: Pattern

    # ------------------------------------------------------------------------------- prices

    @cached_property
    def price_hat(self) -> Array:
        """(K, N): exporter's price of each origin; 1 where it sold nothing. Of an origin in parts
        the average price of what it sells; with finite transformation the index."""
        out = np.exp(self._outcome.x)
        for split, sold, value in zip(
            self._given.splits, self.part_quantity, self.part_flow, strict=True
        ):
            k, i = split.product, split.origin
            base = self.market.value[k, i] * split.share * self._iceberg[k, i]
            quantity = float((base * sold).sum())
            out[k, i] = value.sum() / quantity if quantity > 0.0 else 0.0
            if not self._given.touched:
                out[k, i] = 1.0
        return out

    @cached_property
    def part_price(self) -> tuple[Array, ...]:
        """(G,) for each split: exporter's prices of the parts; 0 for one without an outlet."""
        return tuple(np.exp(p) for p in self._by_split(self._outcome.parts))

    @cached_property
    def border_price(self) -> Array:
        """(K, N, N): exporter's prices by destination; the same for all but with transformation."""
        if self._outcome.border is not None:
            return np.exp(self._outcome.border)
        return np.repeat(self.price_hat[:, :, None], self.market.shape[1], axis=2)

    @cached_property
    def price_index(self) -> Array:
        """(K, N) ``[k, j]``: P̂, buyers' price index; 1 where nothing was bought."""
        return np.where(self.lost, np.inf, np.exp(self._outcome.log_p))

    @cached_property
    def group_index(self) -> Array:
        """(N,): Ĝ over linked products."""
        return np.where(self.lost.any(axis=0) & self._whole, np.inf, np.exp(self._outcome.log_g))

    @property
    def _whole(self) -> Mask:
        """(N,): nothing is left of all products, or not enough to have a finite price."""
        there = (self.market.spending > 0.0) & ~self.lost
        return ~there.any(axis=0) | self.not_bounded

    @cached_property
    def quota_wedge(self) -> tuple[float, ...]:
        """μ for each of the change's quotas; 1 where it does not bind or is a ban."""
        by_place: dict[tuple[int, int, int], float] = {}
        for n, quota in enumerate(self._given.quotas):
            place = (quota.product, quota.origin, quota.destination)
            by_place[place] = float(np.exp(self._outcome.wedge[n]))
        return tuple(
            by_place.get((q.product, q.origin, q.destination), 1.0) for q in self.change.quotas
        )

    # -------------------------------------------------------------------------------- flows

    @cached_property
    def _iceberg(self) -> Array:
        return self._given.full(self._given.iceberg, 1.0)

    @cached_property
    def wedges(self) -> Array:
        """(K, N, N): μ of quotas on each flow."""
        if self._outcome.cell_wedge is not None:
            return np.exp(self._outcome.cell_wedge)
        out = np.ones(self.market.value.shape)
        out[self._given.quota_place] = np.exp(self._outcome.wedge)
        return out

    @cached_property
    def quantity_hat(self) -> Array:
        """(K, N, N): q̂, quantities that arrive; 1 where nothing was sold. Of an origin in parts
        their sum at base prices."""
        given, el, out = self._given, self._given.el, self._outcome
        k, i, j = np.unravel_index(given.cells, self.market.value.shape)
        wedge = out.cell_wedge
        if out.border is None:
            x = np.where(np.isneginf(out.x), 0.0, out.x)
            if given.uniform:
                quantity = np.exp(-el.sigma[:, :1] * x)[:, :, None] * np.exp(out.demand)[:, None, :]
            else:
                quantity = np.exp(-el.sigma[:, None, :] * x[:, :, None] + out.demand[:, None, :])
            qk, qi, qj = given.quota_place
            quantity[qk, qi, qj] *= np.exp(-el.sigma[qk, qj] * out.wedge)
        else:
            border = np.where(np.isneginf(out.border), 0.0, out.border)
            if wedge is not None:
                border = border + wedge
            quantity = np.exp(-el.sigma[:, None, :] * border + out.demand[:, None, :])
        quantity[k, i, j] *= given.allowed * np.exp(-el.sigma[k, j] * given.log_cost)
        for split, sold in zip(given.splits, self.part_quantity, strict=True):
            quantity[split.product, split.origin] = (split.share * sold).sum(axis=0)
            if not given.touched:
                quantity[split.product, split.origin] = 1.0
        quantity[self.market.value == 0.0] = 1.0
        return np.asarray(quantity)

    @cached_property
    def part_quantity(self) -> tuple[Array, ...]:
        """(G, N) for each split: q̂ of parts."""
        given = self._given
        if given.parts is None:
            return ()
        k, i = given.parts.k[given.parts.row], given.parts.i[given.parts.row]
        whole = given.full(given.allowed, 1.0) * np.exp(
            -given.el.sigma[:, None, :] * given.full(given.log_cost, 0.0)
        )
        return self._by_split(np.exp(self._outcome.part_quantity) * whole[k, i])

    @cached_property
    def flow(self) -> Array:
        """(K, N, N): X', values before tariff at exporter's prices, by (final) destination."""
        factor = self._iceberg * self.quantity_hat
        if self._outcome.border is None:
            x = np.where(np.isneginf(self._outcome.x), 0.0, self._outcome.x)
            factor = factor * np.exp(x)[:, :, None]
        else:
            factor = factor * self.border_price
        out = self.market.value * factor
        for split, value in zip(self._given.splits, self.part_flow, strict=True):
            out[split.product, split.origin] = value.sum(axis=0)
            if not self._given.touched:
                out[split.product, split.origin] = self.market.value[split.product, split.origin]
        return np.asarray(out)

    @cached_property
    def part_flow(self) -> tuple[Array, ...]:
        """(G, N) for each split: X' of parts."""
        return tuple(
            self.market.value[s.product, s.origin]
            * s.share
            * self._iceberg[s.product, s.origin]
            * sold
            * price[:, None]
            for s, sold, price in zip(
                self._given.splits, self.part_quantity, self.part_price, strict=True
            )
        )

    @cached_property
    def first_flow(self) -> Array:
        """(K, N, N): X' by first destination, as customs record it."""
        return self.flow if self._routed is None else self._routed[0]

    @cached_property
    def _routed(self) -> tuple[Array, Array, Array] | None:
        """Values by first destination, and duties on what goes on; see `Rewritten.routed`."""
        rewritten = self._given.rewritten
        if rewritten is None:
            return None
        base = self.market.value
        ratio = np.divide(self.flow, base, out=np.ones_like(base), where=base > 0.0)
        parts = tuple(
            np.divide(
                value, base[s.product, s.origin] * s.share, out=np.ones_like(value),
                where=base[s.product, s.origin] * s.share > 0.0,
            )
            for s, value in zip(self._given.splits, self.part_flow, strict=True)
        )  # fmt: skip
        money = self._given.exchange
        return rewritten.routed(
            self.flow, ratio, parts, self.quantity_hat, self.part_quantity,
            None if money is None else money[:, None] / money,
        )  # fmt: skip

    @property
    def first_base(self) -> Array:
        """(K, N, N): values at the base by first destination: those given."""
        rewritten = self._given.rewritten
        return self.market.value if rewritten is None else rewritten.first.value

    @cached_property
    def spending(self) -> Array:
        """(K, N): E' of each destination at buyers' prices, in its own money; 0 where all is
        lost."""
        el, out = self._given.el, self._outcome
        zeta = el.eta[None] if self.market.shape[0] == 1 else el.zeta
        new = np.exp((1.0 - zeta) * out.log_p + (zeta - el.eta) * out.log_g)
        return np.where(self.lost, 0.0, self.market.spending * new)

    @property
    def tariff(self) -> Array:
        """(K, N, N): tariffs after the change, within quotas."""
        return self._given.tariff

    def _by_split(self, values: Array) -> tuple[Array, ...]:
        sizes = [len(split.share) for split in self._given.splits]
        return tuple(np.split(values, np.cumsum(sizes)[:-1])) if sizes else ()

    # -------------------------------------------------------------------------------- effects

    @cached_property
    def surplus(self) -> Surplus:
        """Who gains and who loses. Raises `InputError` where the change is one of taste."""
        if self.change.taste:
            raise InputError(
                "welfare before and after a change of taste cannot be compared",
                mend="report flows and prices only, or read the change as one of availability",
            )
        return surplus(self)

    @cached_property
    def far(self) -> Mask:
        """(K, N) ``[k, j]``: more than half of base spending is no longer on offer, so that the
        answer rests on the form of demand far outside the data."""
        return np.asarray((self.left < HALF) & (self.market.spending > 0.0))

    @property
    def small(self) -> Mask:
        """(K, N, N): flows below 1 % of the exporter's sales, where entry cannot be predicted."""
        return np.asarray((self.market.sales_share < SMALL) & (self.market.sales > 0.0)[:, :, None])

    @cached_property
    def flags(self) -> Mapping[str, tuple[str, ...]]:
        """What a reader of results has to be told, and for whom."""
        market = self.market
        names = market.economies

        def cells(mask: Mask) -> tuple[str, ...]:
            if market.shape[0] == 1:
                return tuple(names[j] for j in np.flatnonzero(mask[0]).tolist())
            return tuple(f"{names[j]}: {market.products[k]}" for k, j in np.argwhere(mask).tolist())

        told = {
            "rests on the form of demand far outside the data": cells(self.far),
            "has no outlet left": cells(self.dropped),
            "has no supplier left": cells(self.lost),
            "not bounded in this model": tuple(
                names[j] for j in np.flatnonzero(self.not_bounded).tolist()
            ),
        }
        return {text: who for text, who in told.items() if who}
