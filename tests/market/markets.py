"""Generated markets, elasticities and changes that the tests of the market model share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from comity.model.market import Market, MarketChange, Parameters, Quota, Routes, Split

Array = NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Case:
    """A market, its elasticities and a change."""

    market: Market
    parameters: Parameters
    change: MarketChange


def market(rng: Rng, k: int, n: int, *, tariffs: bool = True, sparse: float = 0.2) -> Market:
    """Log-normal flows with large home sales, some of them zero."""
    value = rng.lognormal(0.0, 1.5, (k, n, n))
    value *= rng.random((k, n, n)) > sparse
    own = np.arange(n)
    value[:, own, own] = rng.lognormal(2.0, 1.0, (k, n))
    tariff = np.zeros_like(value)
    if tariffs:
        tariff = rng.uniform(0.0, 0.4, value.shape) * (rng.random(value.shape) > 0.3)
        tariff[:, own, own] = 0.0
    return Market(value, tariff)


def parameters(
    rng: Rng, k: int, n: int, *, by_destination: bool = False, fixed: bool = True
) -> Parameters:
    """σ ≥ ζ ≥ η and σ > 1, as bans need; supply from fixed to infinite."""
    eta = rng.uniform(0.3, 1.3, n)
    zeta = eta + rng.uniform(0.0, 1.0, n)
    sigma = max(zeta.max(), 1.0) + rng.uniform(0.1, 6.0, (k, n) if by_destination else k)
    supply = rng.uniform(0.0, 3.0, (k, n))
    if fixed:
        supply[rng.random((k, n)) < 0.15] = 0.0
        supply[rng.random((k, n)) < 0.15] = np.inf
    return Parameters(sigma, eta, supply, zeta)


def splits(rng: Rng, on: Market, given: Parameters, count: int) -> tuple[Split, ...]:
    k, n = on.shape
    sigma = float(np.max(given.sigma))
    made = []
    places = rng.permutation(k * n)[:count]
    for place in places:
        g = int(rng.integers(2, 4))
        share = rng.dirichlet(np.ones(g), n).T
        free = (rng.random((g, n)) > 0.4).astype(float)
        free[:, place % n] = 1.0
        own = None if rng.random() < 0.5 else rng.uniform(0.1, 2.0, g)
        made.append(
            Split(int(place // n), int(place % n), share, sigma + rng.uniform(0.0, 10.0), free, own)
        )
    return tuple(made)


def quotas(rng: Rng, on: Market, count: int, rates: Array | None = None) -> tuple[Quota, ...]:
    k, n = on.shape
    rates = on.rates if rates is None else rates
    made = []
    abroad = [(a, i, j) for a, i, j in np.ndindex(k, n, n) if i != j]
    for place in rng.permutation(len(abroad))[:count]:
        a, i, j = abroad[place]
        over = None if rng.random() < 0.6 else float(rates[a, i, j] + rng.uniform(0.0, 0.5))
        limit = float(rng.choice([0.0, np.inf, rng.uniform(0.1, 1.3), rng.uniform(0.1, 1.3)]))
        made.append(Quota(a, i, j, limit, float(rng.random()), over))
    return tuple(made)


def routes(rng: Rng, on: Market, count: int) -> Routes:
    k, n = on.shape
    rows = []
    for _ in range(count):
        i, h, f = rng.permutation(n)[:3]
        rows.append((int(rng.integers(k)), int(i), int(h), int(f)))
    rows = sorted(set(rows))
    share = rng.uniform(0.0, 1.0 / len(rows), len(rows))
    product, origin, hub, final = np.array(rows).T
    return Routes(product, origin, hub, final, share, cost=float(rng.uniform(0.0, 0.3)))


def change(
    rng: Rng, on: Market, given: Parameters, *, with_splits: int = 0, with_quotas: int = 0,
    with_routes: int = 0, bans: bool = True, costs: bool = True, tariffs: bool = True,
    exchange: bool = False,
) -> MarketChange:  # fmt: skip
    n = on.shape[1]
    shape, own = on.value.shape, np.arange(n)
    fields: dict[str, Any] = {}
    if bans:
        free = np.where(rng.random(shape) < 0.8, 1.0, rng.choice([0.0, 0.3, 0.9], shape))
        free[:, own, own] = 1.0
        fields["availability"] = free
    if costs:
        some = rng.random(shape) < 0.2
        fields["iceberg"] = np.where(some, rng.uniform(0.8, 1.5, shape), 1.0)
        some = rng.random(shape) < 0.2
        fields["wedge"] = np.where(some, rng.uniform(0.8, 1.5, shape), 1.0)
    if tariffs:
        new = np.where(rng.random(shape) < 0.3, rng.uniform(0.0, 1.0, shape), on.rates)
        new[:, own, own] = on.rates[:, own, own]
        fields["tariff"] = new
    if exchange:
        fields["exchange"] = rng.uniform(0.8, 1.2, n)
    return MarketChange(
        **fields,
        quotas=quotas(rng, on, with_quotas, fields.get("tariff")) if with_quotas else (),
        splits=splits(rng, on, given, with_splits) if with_splits else (),
        routes=routes(rng, on, with_routes) if with_routes else None,
    )


def case(
    seed: int, *, k: int | None = None, n: int | None = None, tariffs: bool = True,
    by_destination: bool = False, fixed: bool = True, **options: Any,
) -> Case:  # fmt: skip
    """A case of its own for each seed."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 4)) if k is None else k
    n = int(rng.integers(3, 7)) if n is None else n
    on = market(rng, k, n, tariffs=tariffs)
    given = parameters(rng, k, n, by_destination=by_destination, fixed=fixed)
    return Case(on, given, change(rng, on, given, **options))


def made_of(value: ArrayLike, tariff: ArrayLike | None = None, *, home: bool = True) -> Market:
    """A market of nested lists."""
    rates = None if tariff is None else np.asarray(tariff, dtype=float)
    return Market(np.asarray(value, dtype=float), rates, home)


SEEDS = st.integers(0, 10**6)
