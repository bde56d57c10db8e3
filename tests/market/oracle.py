"""An independent check of a solved market, written straight from the equations.

Slow and plain on purpose: loops, powers are powers, nothing is shared with the solver. From the
exporters' prices alone (and quota wedges) it works out what buyers would pay and buy, and says how
far that is from what is supplied.

    P̂_ijk = (Σ_g w a_g (p̂_g m_g)^(1−σ_in))^(1/(1−σ_in)),  p̂_ij = P̂_ij τ̂ m̂ μ (1+t')/(1+t)
    P̂_jk = (Σ_i s a p̂_ij^(1−σ))^(1/(1−σ)),  Ĝ_j = (Σ_k z P̂_jk^(1−ζ))^(1/(1−ζ))
    q̂_gij = a a_g (p̂_g m_g/P̂_ij)^(−σ_in) p̂_ij^(−σ) P̂_jk^(σ−ζ) Ĝ_j^(ζ−η)
    Σ_j r_gij τ̂ q̂_gij = p̂_g^e
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.model.market import Market, MarketChange, MarketSolution, Parameters

Array = NDArray[np.float64]
Unit = tuple[int, int, int]


@dataclass
class Check:
    """clearing : worst relative gap between what is sold and what is supplied; quotas : worst
    breach of (U − q)(μ − 1) = 0 and its signs; quantity : {(k, i, g, j): q̂};  index : (K, N);
    group : (N,);  value, base : X' and X of units"""

    clearing: float = 0.0
    quotas: float = 0.0
    quantity: dict[tuple[int, int, int, int], float] = field(default_factory=dict)
    value: dict[tuple[int, int, int, int], float] = field(default_factory=dict)
    base: dict[tuple[int, int, int, int], float] = field(default_factory=dict)
    flow: Array = field(default_factory=lambda: np.zeros(0))
    index: Array = field(default_factory=lambda: np.zeros(0))
    group: Array = field(default_factory=lambda: np.zeros(0))
    surplus: dict[str, Array] = field(default_factory=dict)


def ces(shares: list[float], prices: list[float], sigma: float) -> float:
    """A price index over those of positive share; infinite where there are none."""
    kept = [(s, p) for s, p in zip(shares, prices, strict=True) if s > 0.0]
    if not kept:
        return math.inf
    if abs(sigma - 1.0) < 1e-9:
        return math.exp(sum(s * math.log(p) for s, p in kept))
    if abs(sigma - 1.0) < 0.01:
        # Here a power of almost nothing is taken to a power of almost infinity: 40 digits.
        with localcontext() as exact:
            exact.prec = 40
            h = Decimal(1) - Decimal(float(sigma))
            level = sum((Decimal(float(s)) * Decimal(float(p)) ** h for s, p in kept), Decimal(0))
            # Shares that should sum to one do so to 16 digits only.
            rest = sum((Decimal(float(s)) for s, _ in kept), Decimal(0))
            level = level / rest if abs(rest - 1) < Decimal("1e-14") else level
            return float(level ** (Decimal(1) / h))
    return float(sum(s * p ** (1.0 - sigma) for s, p in kept) ** (1.0 / (1.0 - sigma)))


def full(values: Any, shape: tuple[int, ...], otherwise: float | Array) -> Array:
    if values is None:
        return np.broadcast_to(otherwise, shape).astype(float)
    return np.broadcast_to(np.asarray(values, dtype=float), shape).copy()


def border(
    market: Market, change: MarketChange, at: tuple[int, int, int]
) -> tuple[float, float, float]:
    """What a hub's border adds to the price of what goes on, and the duty in it, as fractions of
    its value. Goods pass, or go round at δ, whichever is cheaper; of a quota a part may pass. Last
    the quantity at which duties on it end, over that of the base."""
    shape = market.value.shape
    assert change.routes is not None
    delta = change.routes.cost
    real = float(full(change.iceberg, shape, 1.0)[at] * full(change.wedge, shape, 1.0)[at])
    old, new = market.rates[at], full(change.tariff, shape, market.rates)[at]
    ways, most = [(1.0, new)], math.inf
    for quota in change.quotas:
        if (quota.product, quota.origin, quota.destination) == at:
            part = min(1.0, quota.limit)
            over = math.inf if quota.over is None else quota.over
            ways = [(part, new), (1.0 - part, over)]
            if real * (1.0 + over) / (1.0 + old) - 1.0 > delta:
                most = quota.limit / part if part > 0.0 else math.inf
    price = duty = 0.0
    for part, rate in ways:
        if part == 0.0:
            continue
        paid = real * (1.0 + rate) / (1.0 + old) - 1.0
        price += part * min(paid, delta)
        if paid <= delta:
            duty += part * real * (rate - old) / (1.0 + old)
    return price, duty, most


def by_final(market: Market, change: MarketChange, parts: dict[Any, Any]) -> tuple[Any, ...]:
    """Base values (k, i, j) by final market, shares of parts, and cost factors of units; duties on
    what goes on by unit, hub and final market, of each unit of value at the base."""
    k, n = market.shape
    value = {(a, i, j): float(market.value[a, i, j]) for a, i, j in np.ndindex(k, n, n)}
    by_part = {
        (*unit, j): value[unit[0], unit[1], j] * parts[unit]["share"][j]
        for unit in parts
        for j in range(n)
    }
    cost = dict.fromkeys(by_part, 1.0)
    routes = change.routes
    levies: dict[Any, tuple[float, float]] = {}
    if routes is None:
        return by_part, cost, levies
    free = full(change.availability, market.value.shape, 1.0)
    base = dict(by_part)
    moved = dict.fromkeys(by_part, 0.0)
    for a, i, h, f, share in zip(
        *(np.asarray(getattr(routes, x)) for x in ("product", "origin", "hub", "final", "share")),
        strict=True,
    ):
        for unit in parts:
            if unit[:2] != (a, i):
                continue
            sent = share * base[(*unit, h)]
            by_part[(*unit, h)] -= sent
            by_part[(*unit, f)] += sent
            open_to = free[a, i, h] * parts[unit]["free"][h]
            price, duty, most = border(market, change, (a, i, h))
            moved[(*unit, f)] += sent * ((1.0 - open_to) * routes.cost + open_to * price)
            levies[(*unit, h, f)] = (sent * open_to * duty, most)
    for cell, more in moved.items():
        if more != 0.0:
            cost[cell] = 1.0 + more / by_part[cell]
    return by_part, cost, levies


def check(
    market: Market, change: MarketChange, parameters: Parameters, solved: MarketSolution
) -> Check:
    """Everything from the prices of `solved`."""
    kk, n = market.shape
    shape = market.value.shape
    el = parameters.at(market)
    free = full(change.availability, shape, 1.0)
    ice = full(change.iceberg, shape, 1.0)
    wedge = full(change.wedge, shape, 1.0)
    new = full(change.tariff, shape, market.rates)
    money = np.ones(n) if change.exchange is None else np.asarray(change.exchange, dtype=float)
    split_of = {(s.product, s.origin): m for m, s in enumerate(change.splits)}
    # `solved.part_price` follows product and origin.
    order = {place: m for m, place in enumerate(sorted(split_of))}
    parts: dict[Unit, Any] = {}
    for k, i in np.ndindex(kk, n):
        if (k, i) not in split_of:
            parts[k, i, 0] = {
                "share": np.ones(n), "free": np.ones(n), "e": el.supply[k, i],
                "p": solved.price_hat[k, i], "inner": 2.0,
            }  # fmt: skip
            continue
        split = change.splits[split_of[k, i]]
        shares = np.asarray(split.share, dtype=float)
        for g in range(len(shares)):
            supply = el.supply[k, i] if split.supply is None else split.supply
            avail: Any = 1.0 if split.availability is None else split.availability
            row = np.asarray(avail, dtype=float)
            parts[k, i, g] = {
                "share": np.broadcast_to(shares[g], n),
                "free": np.broadcast_to(row if row.ndim == 0 else row[g], n),
                "e": np.broadcast_to(np.asarray(supply, dtype=float), len(shares))[g],
                "p": solved.part_price[order[k, i]][g], "inner": split.inner,
            }  # fmt: skip
    mu = np.ones(shape)
    for quota, found in zip(change.quotas, solved.quota_wedge, strict=True):
        place = (quota.product, quota.origin, quota.destination)
        mu[place] = found
        if quota.limit == 0.0 and quota.over is None:
            free[place] = 0.0
        elif quota.limit == 0.0 and quota.over is not None:
            new[place] = quota.over
    value, cost, levies = by_final(market, change, parts)
    units: dict[tuple[int, int], list[Unit]] = {}
    for unit in parts:
        units.setdefault(unit[:2], []).append(unit)
    out = Check(index=np.ones((kk, n)), group=np.ones(n), flow=np.zeros(shape), base=value)
    base = {(k, i, j): sum(value[(*u, j)] for u in units[k, i]) for k, i, j in np.ndindex(shape)}
    spending = np.zeros((kk, n))
    for k, i, j in np.ndindex(shape):
        spending[k, j] += base[k, i, j] * (1.0 + market.rates[k, i, j])
    inner_index: dict[tuple[int, int, int], float] = {}
    price: dict[tuple[int, int, int], float] = {}
    for k, i, j in np.ndindex(shape):
        if base[k, i, j] == 0.0:
            continue
        mine = units[k, i]
        weight = [value[(*u, j)] / base[k, i, j] * parts[u]["free"][j] for u in mine]
        paid = [parts[u]["p"] * cost[(*u, j)] for u in mine]
        if len(mine) == 1:
            inner_index[k, i, j] = paid[0]
        else:
            inner_index[k, i, j] = ces(weight, paid, parts[mine[0]]["inner"])
        factor = ice[k, i, j] * wedge[k, i, j] * mu[k, i, j] * money[i] / money[j]
        factor *= (1.0 + new[k, i, j]) / (1.0 + market.rates[k, i, j])
        price[k, i, j] = inner_index[k, i, j] * factor
    for j in range(n):
        for k in range(kk):
            if spending[k, j] == 0.0:
                continue
            offers: list[float] = []
            prices: list[float] = []
            for i in range(n):
                if base[k, i, j] > 0.0 and math.isfinite(price[k, i, j]) and price[k, i, j] > 0.0:
                    here = base[k, i, j] * (1.0 + market.rates[k, i, j]) / spending[k, j]
                    offers.append(here * free[k, i, j])
                    prices.append(price[k, i, j])
            out.index[k, j] = ces(offers, prices, el.sigma[k, j])
        if kk == 1:
            out.group[j] = out.index[0, j]
        elif spending[:, j].any():
            left = np.isfinite(out.index[:, j])
            z = spending[:, j] / spending[:, j].sum()
            out.group[j] = ces(
                list(np.where(left, z, 0.0)), list(np.where(left, out.index[:, j], 1.0)), el.zeta[j]
            )
    sold = dict.fromkeys(parts, 0.0)
    supplied = dict.fromkeys(parts, 0.0)
    for k, i, j in np.ndindex(shape):
        if base[k, i, j] == 0.0:
            continue
        zeta = el.eta[j] if kk == 1 else el.zeta[j]
        for u in units[k, i]:
            cell = (*u, j)
            there = free[k, i, j] * parts[u]["free"][j]
            quantity = 0.0
            if there > 0.0 and value[cell] > 0.0:
                quantity = there * price[k, i, j] ** -el.sigma[k, j]
                if len(units[k, i]) > 1:
                    ratio = parts[u]["p"] * cost[cell] / inner_index[k, i, j]
                    quantity *= ratio ** -parts[u]["inner"]
                quantity *= out.index[k, j] ** (el.sigma[k, j] - zeta)
                quantity *= out.group[j] ** (zeta - el.eta[j])
            out.quantity[cell] = quantity
            out.value[cell] = value[cell] * parts[u]["p"] * ice[k, i, j] * quantity
            out.flow[k, i, j] += out.value[cell]
            sold[u] += value[cell] * ice[k, i, j] * quantity
            supplied[u] += value[cell]
    for u, made in supplied.items():
        e, p = parts[u]["e"], parts[u]["p"]
        if made == 0.0:
            continue
        if sold[u] == 0.0:
            assert p == (1.0 if math.isinf(e) else 0.0), (u, p)
            continue
        if math.isinf(e):
            assert p == 1.0
            continue
        out.clearing = max(out.clearing, abs(math.log(sold[u] / made) - e * math.log(p)))
    for quota in change.quotas:
        place = (quota.product, quota.origin, quota.destination)
        if base[place] == 0.0 or quota.limit in (0.0, math.inf):
            continue
        quantity = (
            sum(value[(*u, place[2])] * out.quantity[(*u, place[2])] for u in units[place[:2]])
            / base[place]
        )
        excess = quantity / quota.limit - 1.0
        most = math.inf
        if quota.over is not None:
            most = (1.0 + quota.over) / (1.0 + new[place])
        breach = max(0.0, 1.0 - mu[place], mu[place] - most if math.isfinite(most) else 0.0)
        if mu[place] < most * (1.0 - 1e-12):
            breach = max(breach, excess)
        if mu[place] > 1.0:
            breach = max(breach, -excess)
        out.quotas = max(out.quotas, breach)
    _accounts(out, market, change, el, parts, base, spending, sold, supplied, new, mu, money, wedge,
              cost, levies)  # fmt: skip
    return out


def _accounts(
    out: Check, market: Market, change: MarketChange, el: Any, parts: Any, base: Any,
    spending: Array, sold: Any, supplied: Any, new: Array, mu: Array, money: Array, wedge: Array,
    cost: Any, levies: Any,
) -> None:  # fmt: skip
    n = market.shape[1]
    consumers, producers, revenue, rents = (np.zeros(n) for _ in range(4))
    margins = np.zeros(n)
    for j in range(n):
        eta, total, group = el.eta[j], spending[:, j].sum(), out.group[j]
        if total == 0.0:
            continue
        if math.isinf(group):
            consumers[j] = -total / (eta - 1.0) if eta > 1.0 else -math.inf
        elif abs(eta - 1.0) < 1e-7:
            consumers[j] = -total * math.log(group)
        else:
            consumers[j] = total * (1.0 - group ** (1.0 - eta)) / (1.0 - eta)
    for u, made in supplied.items():
        e, p = parts[u]["e"], parts[u]["p"]
        if math.isfinite(e):
            producers[u[1]] += made * (p ** (1.0 + e) - 1.0) / (1.0 + e)
    limits = {(q.product, q.origin, q.destination): q for q in change.quotas}
    for k, i, j in np.ndindex(market.value.shape):
        into = money[i] / money[j]
        flow, rate = out.flow[k, i, j], new[k, i, j]
        revenue[j] -= market.rates[k, i, j] * base[k, i, j]
        quota = limits.get((k, i, j))
        within = flow
        if quota is not None and quota.over is not None and flow > 0.0 and quota.limit > 0.0:
            most = (1.0 + quota.over) / (1.0 + rate)
            if mu[k, i, j] >= most * (1.0 - 1e-12):
                units = [u for u in parts if u[:2] == (k, i)]
                moved = sum(out.base[(*u, j)] * out.quantity[(*u, j)] for u in units)
                moved /= base[k, i, j]
                within = flow * min(1.0, quota.limit / moved)
            revenue[j] += quota.over * (flow - within) * into
        revenue[j] += rate * within * into
        if quota is not None:
            rent = (mu[k, i, j] - 1.0) * (1.0 + rate) * within
            rents[j] += quota.importer_share * rent * into
            rents[i] += (1.0 - quota.importer_share) * rent
    for (k, i, g, j), sold_for in out.value.items():
        paid = (1.0 + new[k, i, j]) * mu[k, i, j] * sold_for * money[i] / money[j]
        margins[j] += (wedge[k, i, j] * cost[k, i, g, j] - 1.0) * paid
    for (k, i, g, h, f), (duty, most) in levies.items():
        cell = (k, i, g, f)
        if out.quantity.get(cell, 0.0) > 0.0:
            duty *= out.value[cell] / out.base[cell] * min(1.0, most / out.quantity[cell])
            revenue[h] += duty * money[i] / money[h]
            margins[f] -= duty * money[i] / money[f]
    out.surplus = {
        "consumers": consumers, "producers": producers, "revenue": revenue, "rents": rents,
        "margins": margins,
    }  # fmt: skip
