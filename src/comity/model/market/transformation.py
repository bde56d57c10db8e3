"""Finite transformation between destinations (CET): an origin's price differs by destination.

Cell by cell, with v̂ the origin's index:
    log ŵ_ij = (log(a τ̂) − σ log K + (σ−ζ) log P̂ + (ζ−η) log Ĝ + (ω−e) log v̂) / (ω + σ)
so that the unknowns are log v̂ (origins) and log P̂ (destinations), and their equations (notes, 1.8)
    log v̂_i = log(Σ_j r_ij ŵ_ij^(1+ω)) / (1+ω),   log P̂_j = log(Σ_i s_ij a (ŵ_ij K)^(1−σ)) / (1−σ).
With e = ∞ the index stays at 1 and what is unknown of an origin is its activity Ŷ, for v̂^e. A quota
fixes ŵ from the side of supply, and the wedge from that of demand. Tonnes do not add up:
those of the index do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from comity.model.market.market import Array
from comity.model.market.pattern import Pattern
from comity.model.market.problem import Problem
from comity.model.market.solution import Outcome
from comity.words.errors import InputError, NotConverged, Place

MOST_STEPS = 200


def transform(given: Problem, pattern: Pattern, tolerance: float) -> Outcome:
    """The equilibrium with finite transformation. Raises `InputError` for split origins."""
    if given.splits:
        raise InputError(
            "origins in parts and finite transformation between destinations do not go together",
            where=Place(field="transformation"),
            mend="leave transformation out: each part then has one price",
        )
    system = _System(given, pattern)
    state = np.zeros(system.size)
    steps = 0
    if given.touched:
        with np.errstate(all="ignore"):
            state, steps = _newton(system, state, tolerance)
    with np.errstate(all="ignore"):
        at = system.at(state)
    log_v = np.where(pattern.dropped & np.isfinite(given.el.supply), -np.inf, at.log_v)
    border = np.where(given.sell > 0.0, at.border, 0.0)
    closed = (given.market.value > 0.0) & (given.sell == 0.0)
    return Outcome(
        x=log_v,
        parts=np.zeros(0),
        wedge=at.wedge[given.quota_place],
        log_p=np.where(pattern.lost, 0.0, at.log_p),
        log_g=at.log_g,
        demand=np.where(pattern.lost, -np.inf, at.demand),
        inner=np.zeros((0, given.market.shape[1])),
        part_quantity=np.zeros((0, given.market.shape[1])),
        border=np.where(closed, -np.inf, border),
        cell_wedge=at.wedge,
        residual=float(np.abs(at.residual).max(initial=0.0)) if given.touched else 0.0,
        evaluations=steps + 1,
    )


def _newton(system: _System, state: Array, tolerance: float) -> tuple[Array, int]:
    at = system.at(state)
    error = float(np.abs(at.residual).max())
    for step in range(MOST_STEPS):
        floor = 1e-14 * (1.0 + float(np.abs(state).max()))
        if error <= max(tolerance, floor):
            return state, step
        try:
            move = np.linalg.solve(system.jacobian(at), -at.residual)
        except np.linalg.LinAlgError:
            break
        part = min(1.0, 3.0 / max(float(np.abs(move).max()), 1e-300))
        moved = False
        while not moved and part > 1e-8:
            there = system.at(state + part * move)
            left = float(np.abs(there.residual).max())
            moved = left <= (1.0 - 1e-3 * part) * error
            if moved:
                state, at, error = state + part * move, there, left
            part /= 3.0
        if not moved:
            break
    raise NotConverged(
        f"no equilibrium was found to {tolerance:g}: the residual stays at {error:.2g}",
        residual=error,
        mend="try elasticities less close to 0, or a less extreme change",
    )


@dataclass(eq=False)
class _At:
    """Values at a state; pairs are (K, N, N) ``[k, i, j]``."""

    log_v: Array
    log_p: Array
    log_g: Array
    demand: Array
    border: Array
    wedge: Array
    residual: Array
    kind: Array
    sale: Array
    bought: Array
    weight: Array


class _System:
    """Equations of v̂ (of Ŷ where e = ∞) and P̂; flat places of the unknowns."""

    def __init__(self, given: Problem, pattern: Pattern) -> None:
        self.given = given
        el, market = given.el, given.market
        assert el.omega is not None
        self.v_free = np.flatnonzero(pattern.sells)
        self.p_free = np.flatnonzero((market.spending > 0.0) & ~pattern.lost)
        self.size = len(self.v_free) + len(self.p_free)
        self.cost = given.full(given.log_cost, 0.0)
        with np.errstate(divide="ignore"):
            self.sent = np.log(given.full(given.allowed * given.iceberg, 1.0))
            self.ice = np.log(given.full(given.iceberg, 1.0))
        self.limit = np.full(market.value.shape, np.inf)
        self.limit[given.quota_place] = np.log(given.limits)
        self.cap = np.full(market.value.shape, np.inf)
        self.cap[given.quota_place] = given.quota_cap
        fixed = np.isinf(el.supply)
        self.moves = np.where(fixed, 0.0, 1.0)
        self.index_pull = np.where(fixed, -1.0, el.omega - np.where(fixed, 0.0, el.supply))
        self.share = given.offer.transpose(0, 2, 1)
        self.open = self.share > 0.0
        self.lost = pattern.lost

    def at(self, state: Array) -> _At:
        given, el = self.given, self.given.el
        market, omega = given.market, el.omega
        assert omega is not None
        w1 = omega[:, :, None]
        sigma = el.sigma[:, None, :]
        unknown, log_p = np.zeros(market.value[:, 0].size), np.zeros(market.spending.size)
        unknown[self.v_free] = state[: len(self.v_free)]
        log_p[self.p_free] = state[len(self.v_free) :]
        unknown, log_p = unknown.reshape(market.shape), log_p.reshape(market.shape)
        log_v = self.moves * unknown
        log_g, weight = self._group(log_p)
        if market.shape[0] == 1:
            demand = (el.sigma - el.eta) * log_p
        else:
            demand = (el.sigma - el.zeta) * log_p + (el.zeta - el.eta) * log_g
        pull = (self.index_pull * unknown)[:, :, None]
        free = (self.sent - sigma * self.cost + demand[:, None, :] + pull) / (w1 + sigma)
        over = free - sigma * self.cap / (w1 + sigma)
        tight = (self.ice + self.limit + pull) / w1
        border = np.maximum(np.minimum(free, tight), over)
        kind = np.where(free <= tight, 0.0, np.where(tight >= over, 1.0, 2.0))
        need = (self.sent - self.ice + demand[:, None, :] - self.limit) / sigma
        wedge = np.where(
            kind == 0.0, 0.0, np.where(kind == 2.0, self.cap, need - self.cost - border)
        )
        border = np.where(self.open, border, -np.inf)
        grown = (1.0 + w1) * border
        top = np.where(np.isfinite(grown), grown, -np.inf).max(axis=2, keepdims=True)
        top = np.where(np.isfinite(top), top, 0.0)
        sale = market.sales_share * np.exp(grown - top)
        total = sale.sum(axis=2)
        index = (np.log(total) + top[:, :, 0]) / (1.0 + omega)
        gap = (market.sales_share * np.expm1(grown)).sum(axis=2)
        index = np.where(np.abs(gap) < 0.5, np.log1p(gap) / (1.0 + omega), index)
        h = given.h
        price = np.where(self.open, border + wedge, 0.0)
        grown = np.where(self.open, h[:, None, :] * price, -np.inf)
        top = grown.max(axis=1, keepdims=True)
        top = np.where(np.isfinite(top), top, 0.0)
        bought = self.share * np.exp(grown - top)
        spent = bought.sum(axis=1)
        level = np.log(spent) + top[:, 0]
        gap = (self.share * np.where(self.open, np.expm1(h[:, None, :] * price), 0.0)).sum(axis=1)
        gap = gap + given.offset
        level = np.where(np.abs(gap) < 0.5, np.log1p(gap), level) / h
        residual = np.concatenate(
            [(index - log_v).ravel()[self.v_free], (level - log_p).ravel()[self.p_free]]
        )
        return _At(
            log_v=log_v,
            log_p=log_p,
            log_g=log_g,
            demand=demand,
            border=border,
            wedge=np.where(self.open, wedge, 0.0),
            residual=residual,
            kind=kind,
            sale=np.where(total[:, :, None] > 0.0, sale / total[:, :, None], 0.0),
            bought=np.where(spent[:, None, :] > 0.0, bought / spent[:, None, :], 0.0),
            weight=weight,
        )

    def _group(self, log_p: Array) -> tuple[Array, Array]:
        el, market = self.given.el, self.given.market
        share = market.product_share
        if len(log_p) == 1:
            return log_p[0], np.ones_like(log_p)
        h = np.where(np.abs(1.0 - el.zeta) < 1e-13, -1e-13, 1.0 - el.zeta)
        left = np.where(self.lost, 0.0, share)
        cell = left * np.exp(h * log_p)
        level = cell.sum(axis=0)
        gap = (left * np.expm1(h * log_p) + left - share).sum(axis=0)
        out = np.where(np.abs(gap) < 0.5, np.log1p(gap), np.log(level)) / h
        return np.where(level > 0.0, out, 0.0), np.where(level > 0.0, cell / level, 0.0)

    def jacobian(self, at: _At) -> Array:
        """Derivatives of the residuals; (V + P) squared."""
        given, el = self.given, self.given.el
        assert el.omega is not None
        k, n = given.market.shape
        w1, sigma = el.omega[:, :, None], el.sigma[:, None, :]
        demand_free = np.where(at.kind == 1.0, 0.0, 1.0 / (w1 + sigma))
        index_free = self.index_pull[:, :, None] * np.where(
            at.kind == 1.0, 1.0 / w1, 1.0 / (w1 + sigma)
        )
        # The buyers' price: that of the border, or under a quota what demand pays for it.
        price_demand = np.where(at.kind == 1.0, 1.0 / sigma, demand_free)
        price_index = np.where(at.kind == 1.0, 0.0, index_free)
        own = (el.sigma - el.eta) if k == 1 else (el.sigma - el.zeta)
        cross = np.zeros_like(own) if k == 1 else np.broadcast_to(el.zeta - el.eta, own.shape)
        # d demand_kj / d log P_mj = own δ_km + cross z'_m
        vv = np.zeros((k, n, k, n))
        vp = np.zeros((k, n, k, n))
        pv = np.zeros((k, n, k, n))
        pp = np.zeros((k, n, k, n))
        places = np.arange(n)
        sold = at.sale * demand_free
        paid = (at.bought * price_demand).sum(axis=1)
        for a in range(k):
            vv[a, places, a, places] = (at.sale * index_free).sum(axis=2)[a] - self.moves[a]
            pv[a, :, a, :] = (at.bought[a] * price_index[a]).T
            for b in range(k):
                answer = (own[a] if a == b else 0.0) + cross[a] * at.weight[b]
                vp[a, :, b, :] = sold[a] * answer
                pp[a, places, b, places] = paid[a] * answer - (1.0 if a == b else 0.0)
        size = k * n
        upper = np.concatenate([vv.reshape(size, size), vp.reshape(size, size)], axis=1)
        lower = np.concatenate([pv.reshape(size, size), pp.reshape(size, size)], axis=1)
        take = np.concatenate([self.v_free, size + self.p_free])
        return np.asarray(np.concatenate([upper, lower])[np.ix_(take, take)])
