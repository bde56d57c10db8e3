"""The equations of the notes (1.2, 1.6, 1.9, 1.10) solved again by scipy, one market, one draw.

Written from `market-model.md`; shares nothing with `comity.model`. No tariffs, no wedges.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

Array = NDArray[np.float64]


@dataclass
class Areas:
    """Origin i of product k in parts: share (G, N), free (G, N), the elasticity between them."""

    product: int
    origin: int
    share: Array
    free: Array
    inner: float


@dataclass
class Way:
    """A part φ of what hub buys of origin goes on to final; leaving it costs the factor 1 + δρ."""

    product: int
    origin: int
    hub: int
    final: int
    phi: float
    delta: float


@dataclass
class Answer:
    """price (K, N) of origins (of parts: lists), flows by final market (K, N, N), surplus (N,)."""

    price: Array
    parts: list[Array]
    flow: Array
    base: Array
    index: Array
    consumers: Array
    consumers_half: Array
    producers: Array
    residual: float


def solve(
    value: Array,
    free: Array,
    sigma: Sequence[float],
    eta: float,
    supply: Array,
    *,
    zeta: float | None = None,
    areas: Areas | None = None,
    way: Way | None = None,
) -> Answer:
    """value, free (K, N, N);  supply (K, N), of origins."""
    kk, n, _ = value.shape
    upper = eta if zeta is None else zeta
    base, cost = np.array(value), np.ones_like(value)
    if way is not None:
        k, i, h, f = way.product, way.origin, way.hub, way.final
        sent = way.phi * value[k, i, h]
        base[k, i, h] -= sent
        base[k, i, f] += sent
        cost[k, i, f] = 1.0 + way.delta * sent / base[k, i, f] * (1.0 - free[k, i, h])
    units: list[tuple[int, int, Array, Array]] = []
    for k, i in np.ndindex(kk, n):
        if areas is not None and (k, i) == (areas.product, areas.origin):
            units += [(k, i, s, a) for s, a in zip(areas.share, areas.free, strict=True)]
        elif base[k, i].sum() > 0:
            units.append((k, i, np.ones(n), np.ones(n)))
    spent = base.sum(axis=1)
    group = spent.sum(axis=0)

    def inside(logs: Array, k: int, i: int, j: int) -> float:
        """The price of an origin in j: of its parts together, of what is on offer."""
        mine = [(s[j] * a[j], p) for (kk_, ii, s, a), p in zip(units, logs, strict=True)
                if (kk_, ii) == (k, i)]  # fmt: skip
        if areas is None or (k, i) != (areas.product, areas.origin):
            return float(math.exp(mine[0][1]) * cost[k, i, j])
        power = 1.0 - areas.inner
        left = sum(w * math.exp(power * p) for w, p in mine)
        return math.inf if left == 0 else float(left ** (1.0 / power))

    def kept(k: int, i: int, j: int) -> float:
        """What lost parts leave of an origin: as much dearer as its parts on offer are fewer."""
        if areas is None or (k, i) != (areas.product, areas.origin):
            return 1.0
        left = float((areas.share[:, j] * areas.free[:, j]).sum())
        return float(left ** ((1.0 - sigma[k]) / (1.0 - areas.inner)))

    def demand(logs: Array) -> tuple[Array, Array, Array, list[Array], Array]:
        paid = np.full((kk, n, n), np.nan)
        index, offered = np.ones((kk, n)), np.zeros((kk, n))
        for k, j in np.ndindex(kk, n):
            left = 0.0
            for i in range(n):
                if base[k, i, j] == 0.0:
                    continue
                paid[k, i, j] = inside(logs, k, i, j)
                if math.isfinite(paid[k, i, j]):
                    share = base[k, i, j] / spent[k, j] * free[k, i, j]
                    left += share * paid[k, i, j] ** (1.0 - sigma[k])
                    offered[k, j] += share * kept(k, i, j)
            if spent[k, j] > 0:
                index[k, j] = left ** (1.0 / (1.0 - sigma[k]))
        whole = index[0]
        if kk > 1:
            whole = ((spent / group) * index ** (1.0 - upper)).sum(axis=0) ** (1.0 / (1.0 - upper))
        sold = []
        for (k, i, share, open_), p in zip(units, logs, strict=True):
            mine = np.zeros(n)
            for j in range(n):
                if base[k, i, j] == 0.0 or not math.isfinite(paid[k, i, j]):
                    continue
                q = free[k, i, j] * open_[j] * paid[k, i, j] ** -sigma[k]
                if areas is not None and (k, i) == (areas.product, areas.origin):
                    q *= (math.exp(p) / paid[k, i, j]) ** -areas.inner
                q *= index[k, j] ** (sigma[k] - upper) * whole[j] ** (upper - eta)
                mine[j] = share[j] * base[k, i, j] * q
            sold.append(mine)
        return index, whole, offered, sold, paid

    made = np.array([(share * base[k, i]).sum() for k, i, share, _ in units])
    e = np.array([supply[k, i] for k, i, _, _ in units])

    def gap(logs: Array) -> Array:
        sold = demand(logs)[3]
        return np.asarray(np.log(np.array([s.sum() for s in sold]) / made) - e * logs)

    found = optimize.root(gap, np.zeros(len(units)), method="hybr", tol=1e-14)
    logs = found.x
    index, whole, offered, sold, _ = demand(logs)
    flow, price = np.zeros_like(base), np.ones((kk, n))
    parts: list[Array] = []
    producers = np.zeros(n)
    for (k, i, _, _), p, mine, was, power in zip(units, logs, sold, made, e, strict=True):
        flow[k, i] += math.exp(p) * mine
        parts.append(math.exp(p) * mine)
        price[k, i] = math.exp(p)
        producers[i] += was * (math.exp((1.0 + power) * p) - 1.0) / (1.0 + power)

    def buyers(level: Array) -> Array:
        if abs(eta - 1.0) < 1e-12:
            return np.asarray(-group * np.log(level))
        return np.asarray(group * (1.0 - level ** (1.0 - eta)) / (1.0 - eta))

    half = np.ones((kk, n))
    for k, j in np.ndindex(kk, n):
        if spent[k, j] > 0:
            half[k, j] = index[k, j] / offered[k, j] ** (0.5 / (1.0 - sigma[k]))
    half_whole = half[0]
    if kk > 1:
        half_whole = ((spent / group) * half ** (1.0 - upper)).sum(axis=0) ** (1.0 / (1.0 - upper))
    return Answer(
        price, parts, flow, base, index, buyers(whole), buyers(half_whole), producers,
        float(np.abs(gap(logs)).max()),
    )  # fmt: skip
