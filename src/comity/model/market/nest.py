"""What draws with parts of origins, processing routes, tariffs or exchange rates of their own have
in common, and their numbers side by side: the input of `nested`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from comity.model.market.batch import drawn
from comity.model.market.change import MarketChange, Part, available, pairs, part
from comity.model.market.evaluate import FAR
from comity.model.market.market import Array, Market, Mask, finite, shaped
from comity.model.market.routes import Origin, cost_of, places, shares, weights
from comity.words.errors import ComityError

if TYPE_CHECKING:
    from comity.model.market.many import Draws

Index = NDArray[np.intp]


@dataclass(eq=False)
class Nest:
    """Arrays of the draws; where all draws have the same the first axis is 1.

    free, iceberg, wedge, tariff : (D, K, N, N);  exchange : (D, N);  value : (D, K, N, N)
    sigma : (D, K);  zeta, eta : (D, N);  supply : (D, K, N)
    k, i : (S,);  starts : (S,), the first part of each;  row : (P,), which split a part belongs to
    share, part_free : (D, P, N);  inner, part_supply : (D, P)
    origins : those with routes;  phi : (D, M);  cost : (D,);  weight : (D, K, N, N)
    """

    market: Market
    free: Array
    iceberg: Array
    wedge: Array
    tariff: Array
    exchange: Array
    value: Array
    sigma: Array
    zeta: Array
    eta: Array
    supply: Array
    k: Index
    i: Index
    starts: Index
    row: Index
    share: Array
    part_free: Array
    inner: Array
    part_supply: Array
    origins: tuple[Origin, ...]
    phi: Array
    cost: Array
    weight: Array

    def parts_of(self, on: Origin) -> Index:
        """The parts of an origin; none where it is whole."""
        mine = (self.k == on.product) & (self.i == on.origin)
        return np.flatnonzero(mine[self.row]) if len(self.k) else np.zeros(0, dtype=np.intp)


def gather(
    market: Market, changes: Sequence[MarketChange], draws: Draws
) -> tuple[Nest | None, Index]:
    """The nest of a market's draws, and the draws that it can take; the others are solved alone,
    and refused by name where they have to be."""
    none: Index = np.zeros(0, dtype=np.intp)
    k, n = market.shape
    count = len(draws)
    if k > 1 and draws.zeta is None:
        return None, none
    sigma = np.asarray(draws.sigma, dtype=np.float64).reshape(count, -1)
    sigma = np.broadcast_to(sigma, (count, k))
    eta = drawn(draws.eta, count, (n,))
    zeta = eta if draws.zeta is None else drawn(draws.zeta, count, (n,))
    supply = drawn(draws.supply, count, (k, n))
    try:
        free = _stack(changes, market, "availability", 0.0)
        iceberg = _stack(changes, market, "iceberg", 0.0)
        wedge = _stack(changes, market, "wedge", 0.0)
        tariff = _stack(changes, market, "tariff", -1.0, market.rates)
        money = [
            np.ones(n) if c.exchange is None
            else shaped(finite(c.exchange, "exchange", least=0.0, above=True), (n,), "exchange")
            for c in changes
        ]  # fmt: skip
        parts = [_parts(c, market, supply[d]) for d, c in enumerate(_each(changes, count))]
        origins, phi, cost, weight = _routes(changes, market)
    except ComityError:
        return None, none  # `solve` says which draw, and what is wrong with it
    exchange = np.stack(money)
    first = parts[0]
    sizes = [len(p.share) for p in first]
    if any([(p.product, p.origin, len(p.share)) for p in one] !=
           [(p.product, p.origin, len(p.share)) for p in first] for one in parts):  # fmt: skip
        return None, none
    value = market.value[None] if draws.value is None else np.asarray(draws.value, dtype=np.float64)
    row = np.repeat(np.arange(len(first)), sizes).astype(np.intp)
    nest = Nest(
        market=market, free=free, iceberg=iceberg, wedge=wedge, tariff=tariff, exchange=exchange,
        value=value, sigma=sigma, zeta=zeta, eta=eta, supply=supply,
        k=np.array([p.product for p in first], dtype=np.intp),
        i=np.array([p.origin for p in first], dtype=np.intp),
        starts=np.cumsum([0, *sizes])[:-1].astype(np.intp), row=row,
        share=_joined(parts, "share", n), part_free=_joined(parts, "availability", n),
        inner=np.array([[p.inner for p in one for _ in range(len(p.share))] for one in parts])
        .reshape(count, len(row)),
        part_supply=np.array([np.concatenate([*(p.supply for p in one), []]) for one in parts])
        .reshape(count, len(row)),
        origins=origins, phi=phi, cost=cost,
        weight=value if weight is None else weight[None],
    )  # fmt: skip
    return nest, np.flatnonzero(_sound(nest, count))


def _each(changes: Sequence[MarketChange], count: int) -> Sequence[MarketChange]:
    return changes if len(changes) == count else [changes[0]] * count


def _stack(
    changes: Sequence[MarketChange],
    market: Market,
    name: str,
    least: float,
    base: Array | None = None,
) -> Array:
    """(D, K, N, N) or (1, K, N, N) of a field of all changes."""
    otherwise = np.ones((1, 1, 1)) if base is None else base
    given = [getattr(change, name) for change in changes]
    same = all(one is given[0] for one in given)
    made = []
    for one in given[:1] if same else given:
        if name == "availability":
            values = available(one, market)
        else:
            values = pairs(one, market, name, least)
        made.append(np.broadcast_to(otherwise if values is None else values, market.value.shape))
    return np.stack(made)


def _parts(change: MarketChange, market: Market, supply: Array) -> list[Part]:
    made = [part(split, market, supply) for split in change.splits]
    return sorted(made, key=lambda p: (p.product, p.origin))


def _joined(parts: list[list[Part]], name: str, n: int) -> Array:
    """(D, P, N)"""
    rows = [np.concatenate([*(getattr(p, name) for p in one), np.zeros((0, n))]) for one in parts]
    return np.stack(rows)


def _routes(
    changes: Sequence[MarketChange], market: Market
) -> tuple[tuple[Origin, ...], Array, Array, Array | None]:
    """Origins, φ (D, M), δ (D,) and weights, where they are not the market's values; the routes of
    all draws are along the same places."""
    first, none = changes[0].routes, np.zeros((1, 0))
    if first is None:
        if any(change.routes is not None for change in changes):
            raise ComityError("only some draws have routes")
        return (), none, np.zeros(1), None
    origins = places(first, market.shape)
    phi, cost = [], []
    for change in changes:
        routes = change.routes
        same = routes is not None and all(
            _alike(getattr(routes, name), getattr(first, name))
            for name in ("product", "origin", "hub", "final")
        )
        if routes is None or not same or not _alike(routes.weight, first.weight):
            raise ComityError("draws have different routes")
        phi.append(shares(routes, origins, market.shape[1]))
        cost.append(cost_of(routes))
    weight = None if first.weight is None else weights(first, market)
    return origins, np.stack(phi), np.array(cost), weight


def _alike(one: object, other: object) -> bool:
    return one is other or (
        one is not None and other is not None and np.array_equal(np.asarray(one), np.asarray(other))
    )


def _sound(nest: Nest, count: int) -> Mask:
    """(D,): draws that are not refused and not near a limit."""
    n = nest.market.shape[1]
    upper = nest.eta if nest.market.shape[0] == 1 else nest.zeta
    good = (nest.sigma[..., None] >= upper[:, None]).all(axis=(1, 2))
    good &= (upper >= nest.eta).all(axis=1) & (nest.eta > 0.0).all(axis=1)
    good &= (np.abs(nest.sigma - 1.0) >= FAR).all(axis=1)
    good &= (nest.supply >= 0.0).all(axis=(1, 2)) & (nest.part_supply >= 0.0).all(axis=1)
    banned = (nest.free < 1.0).any(axis=(1, 2, 3)) | (nest.part_free < 1.0).any(axis=(1, 2))
    good &= ~banned | (nest.sigma > 1.0).all(axis=1)
    sigma = nest.sigma[:, nest.k][:, nest.row]
    good &= ((nest.inner >= sigma) & (np.abs(nest.inner - 1.0) >= FAR)).all(axis=1)
    if len(nest.value) > 1:
        good &= ((nest.value > 0.0) == (nest.market.value > 0.0)).all(axis=(1, 2, 3))
        if not nest.market.home:
            good &= ~nest.value[:, :, range(n), range(n)].any(axis=(1, 2))
    return np.broadcast_to(good, (count,))
