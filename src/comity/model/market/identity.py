"""The identity of world surplus along a path, as a check of a solution that knows no solver.

With W the surplus of all (margins paid to nobody counted in), a buyer's price (1 + T) times the
exporter's, and C' spending on a variety:
    dW = Σ T p τ dq + Σ C' dlog a/(σ−1) − Σ p q dτ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from comity.model.market.change import MarketChange
from comity.model.market.equilibrium import solve
from comity.model.market.market import Array, Market, Parameters
from comity.model.market.solution import MarketSolution
from comity.words.errors import InputError


@dataclass(frozen=True)
class Identity:
    """The change of world surplus, the integral that should equal it, and their difference over
    the sum of the sizes of all surpluses."""

    change: float
    integral: float
    residual: float


def partway(market: Market, change: MarketChange, rest: float) -> MarketChange:
    """The change with `rest` of the way to go: 1 is the base, 0 all of it. Exact for small rests:
    a ban is then an availability of `rest`."""

    def between(values: object, base: Array | float, left: float = rest) -> Array | None:
        if values is None:
            return None
        there = np.asarray(values, dtype=np.float64)
        if there.ndim == 2:
            there = there[None]
        return np.asarray(there + left * (base - there))

    splits = []
    for split in change.splits:
        free = split.availability
        if free is not None:
            there = np.asarray(free, dtype=np.float64)
            free = there + rest * (1.0 - there)
        splits.append(replace(split, availability=free))
    tariff, new = between(change.tariff, market.rates), between(change.tariff, market.rates, 0.0)
    quotas = []
    for quota in change.quotas:
        if quota.limit < 1.0:
            quota = replace(quota, limit=quota.limit + rest * (1.0 - quota.limit))
        if quota.over is not None:
            place = (quota.product, quota.origin, quota.destination)
            more = quota.over - float((market.rates if new is None else new)[place])
            here = float((market.rates if tariff is None else tariff)[place])
            quota = replace(quota, over=here + (1.0 - rest) * more)
        quotas.append(quota)
    return replace(
        change,
        availability=between(change.availability, 1.0),
        iceberg=between(change.iceberg, 1.0),
        wedge=between(change.wedge, 1.0),
        tariff=tariff,
        quotas=tuple(quotas),
        splits=tuple(splits),
    )


@dataclass(frozen=True, eq=False)
class _Node:
    """Sold units at one point of the path: sections of flat cells, one for plain origins and one
    for each part."""

    quantity: Array
    gap: Array
    sent: Array
    iceberg: Array
    free: Array
    variety: Array


def _node(market: Market, change: MarketChange, parameters: Parameters) -> _Node:
    solved = solve(market, change, parameters)
    given, base = solved._given, solved.market
    el = given.el
    margin = given.full(given.margin, 0.0)
    free = given.full(given.allowed, 1.0)
    iceberg = given.full(given.iceberg, 1.0)
    tax = solved.wedges * (1.0 + given.tariff)
    price = solved.border_price
    rows: list[tuple[Array, ...]] = []
    plain = np.where(given.origin_split[:, :, None], 0.0, base.value)
    rows.append(
        _row(plain, solved.quantity_hat, price, tax * np.exp(margin), iceberg, free,
             np.broadcast_to(el.sigma[:, None, :], free.shape))
    )  # fmt: skip
    for split, sold, prices in zip(
        given.splits, solved.part_quantity, solved.part_price, strict=True
    ):
        k, i = split.product, split.origin
        for g in range(len(split.share)):
            value = base.value[k, i] * split.share[g]
            cost = tax[k, i] * np.exp(margin[k, i] + split.cost[g])
            p = np.full_like(value, prices[g])
            sigma = el.sigma[k]
            one = _row(value, sold[g], p, cost, iceberg[k, i], free[k, i], sigma)
            # A second, empty-handed entry carries the part's own availability.
            inner = np.full_like(value, split.inner)
            two = _row(value, sold[g], p, cost, iceberg[k, i], split.availability[g], inner)
            rows.append(one)
            rows.append((np.zeros_like(value), two[1], two[2], iceberg[k, i], two[4], two[5]))
    return _Node(*(np.concatenate([row[m].ravel() for row in rows]) for m in range(6)))


def _row(
    value: Array, quantity: Array, price: Array, wedge: Array, iceberg: Array, free: Array,
    sigma: Array,
) -> tuple[Array, ...]:  # fmt: skip
    sold = value * quantity
    paid = wedge * price * iceberg * sold
    gap = np.where(np.abs(sigma - 1.0) < 1e-12, np.inf, sigma - 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        variety = np.where(free > 0.0, paid / (free * gap), 0.0)
    return sold, (wedge - 1.0) * price * iceberg, price * sold, iceberg, free, variety


def identity(
    market: Market, change: MarketChange, parameters: Parameters, *, steps: int = 200
) -> Identity:
    """World surplus against its integral along the straight path from the base to the change.

    The error of the integral is of order 1/steps². Raises what `solve` raises, and `InputError`
    where the loss has no bound, tastes change, or exchange rates do.
    """
    if change.exchange is not None:
        raise InputError("surpluses in different monies cannot be added along a path")
    end: MarketSolution = solve(market, change, parameters)
    gained = end.surplus
    if end.not_bounded.any():
        raise InputError("the loss is not bounded in this model", mend="leave a supplier")
    total = gained.world + float(gained.margins.sum())
    sizes = (gained.consumers, gained.by_origin, gained.revenue, gained.rents, gained.margins)
    scale = sum(float(np.abs(values).sum()) for values in sizes)
    power = _power(end)
    nodes = [
        _node(market, partway(market, change, (1.0 - m / (2 * steps)) ** power), parameters)
        for m in range(2 * steps + 1)
    ]
    integral = 0.0
    for m in range(0, 2 * steps, 2):
        first, middle, last = nodes[m : m + 3]
        # Midpoints: at the end of a ban C'/a is zero over zero.
        integral += float((middle.gap * (last.quantity - first.quantity)).sum())
        integral += float((middle.variety * (last.free - first.free)).sum())
        sent = np.where(middle.quantity > 0.0, middle.sent, 0.0)
        integral -= float((sent * (last.iceberg - first.iceberg)).sum())
    return Identity(total, integral, abs(total - integral) / scale if scale > 0.0 else 0.0)


def _power(end: MarketSolution) -> int:
    """How the path slows down at its end, so that the sum is of second order there too.

    With u of the way to go, an origin's last outlet closes at a price of u^(1/(σ+e)), a flow under
    a quota at a wedge of u^(−1/σ), and what is integrated is of size u^(1/σ − 1) at worst, with the
    inner elasticity for σ inside an origin: a path of u = v^m makes it v^(m/σ − 1). Closing what is
    nearly all of a market is as steep, if not without bound.
    """
    given = end._given
    steepest = max(
        (s.inner for s in given.splits if ((s.availability == 0.0) & (s.share > 0.0)).any()),
        default=0.0,
    )
    if (given.allowed == 0.0).any() or any(q.limit == 0.0 for q in end.change.quotas):
        steepest = max(steepest, float(given.el.sigma.max()))
    if not steepest:
        return 1
    gentle = 1.0 - 1.0 / float(given.el.sigma.min())
    return int(np.ceil(max(2.0 * steepest, 2.0 / gentle if gentle > 0.0 else 2.0)))
