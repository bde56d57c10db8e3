"""The clearing equations at given prices, and their Jacobian as products and as a matrix.

Unknowns are logs: x of origins' prices (K, N), of parts' prices (P,), and of quota wedges (Q,).

    F_i  = log Σ_j B_ij p_i^(−σ) P_j^(σ−ζ) G_j^(ζ−η) − e_i x_i
    dF_i = −(Σ_j w_ij σ_j + e_i) dx_i + Σ_j w_ij [(σ_j−ζ_j) dlog P_j + (ζ_j−η_j) dlog G_j]

with w the new sales shares, dlog P_j = Σ_i s'_ij dx_i and dlog G_j = Σ_k z'_kj dlog P_kj.
"""

from __future__ import annotations

import numpy as np

from comity.model.market.market import Array, Mask
from comity.model.market.problem import Index, Problem

FAR = 0.1
"""Nearer to 1 than this, σ has an index taken from its distance from 1, not from its level."""
WIDE = 600.0
"""Exponents beyond this are taken in logs."""


def index_log(level: Array, gap: Array | None, h: Array) -> Array:
    """log P from Φ = P^h, of which `gap` is Φ − 1; 0 where Φ is 0 (no price, none asked for)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.log(level)
        if gap is not None:
            out = np.where(np.abs(gap) < 0.5, np.log1p(gap), out)
        return np.where(level > 0.0, out / h, 0.0)


class Evaluation:
    """F and what its Jacobian needs, at x (K, N), parts (P,) and wedge (Q,).

    log_p, demand : (K, N), log P̂ and log of P^(σ−ζ) G^(ζ−η);  log_g : (N,)
    residual : (K, N);  part_residual : (P,);  quota_gap : (Q,), log q̂ − log Ū
    """

    def __init__(
        self,
        given: Problem,
        lost: Mask,
        x: Array,
        parts: Array,
        wedge: Array,
        *,
        exact: bool = False,
        careful: bool = False,
    ) -> None:
        self.given = given
        self.lost = lost
        self.x, self.part_x, self.wedge = x, parts, wedge
        el = given.el
        self.offer, self.sell = given.offer, given.sell
        if len(wedge) and wedge.any():
            self.offer, self.sell = self._with_wedges()
        widest = max(
            float(np.abs(x).max(initial=0.0)) * float(np.abs(el.sigma).max()),
            float(np.abs(parts).max(initial=0.0))
            * float(0.0 if given.parts is None else given.parts.inner.max()),
        )
        self.by_product = given.uniform and widest < WIDE and not careful
        self._indices(exact)
        self._group()
        self._sales()

    # ------------------------------------------------------------------------ price indices

    def _with_wedges(self) -> tuple[Array, Array]:
        given = self.given
        k, i, j = given.quota_place
        plain = ~given.origin_split[k, i]
        k, i, j, wedge = k[plain], i[plain], j[plain], self.wedge[plain]
        offer, sell = given.offer.copy(), given.sell.copy()
        offer[k, j, i] *= np.exp(given.h[k, j] * wedge)
        sell[k, i, j] *= np.exp(-given.el.sigma[k, j] * wedge)
        return offer, sell

    def _indices(self, exact: bool) -> None:
        given, h = self.given, self.given.h
        near = exact or bool((np.abs(h) < FAR).any())
        gap: Array | None = None
        if self.by_product:
            rate = h[:, :1]
            self.y = np.exp(rate * self.x)
            level = np.matmul(self.offer, self.y[:, :, None])[:, :, 0]
            if near:
                moved = np.expm1(rate * self.x)
                gap = np.matmul(self.offer, moved[:, :, None])[:, :, 0] + self._offset()
        else:
            grown = h[:, :, None] * self.x[:, None, :]
            with np.errstate(divide="ignore"):
                logs = np.log(self.offer) + grown
            top = logs.max(axis=2)
            self.top = np.where(np.isfinite(top), top, 0.0)
            self.cell = np.exp(logs - self.top[:, :, None])
            level = self.cell.sum(axis=2)
            if near:
                with np.errstate(over="ignore", invalid="ignore"):
                    gap = (self.offer * np.expm1(grown)).sum(axis=2) + self._offset()
        self.inner_share: Array = np.zeros((0, level.shape[1]))
        self.inner_log: Array = np.zeros((0, level.shape[1]))
        self.bundle_cell: Array = np.zeros((0, level.shape[1]))
        log_level: Array | None = None
        if given.parts is not None:
            self._inner()
            k = given.parts.k
            price = self.inner_log + self._bundle_wedge()
            with np.errstate(divide="ignore"):
                logs = np.log(given.bundle) + h[k] * price
                if self.by_product:
                    self.bundle_cell = np.exp(np.minimum(logs, WIDE))
                    np.add.at(level, k, self.bundle_cell)
                else:
                    # A common level for plain origins and split ones.
                    plain = np.where(level > 0.0, np.log(level) + self.top, -np.inf)
                    top = plain.copy()
                    np.maximum.at(top, k, logs)
                    top = np.where(np.isfinite(top), top, 0.0)
                    self.cell *= np.exp(self.top - top)[:, :, None]
                    self.top = top
                    self.bundle_cell = np.exp(logs - top[k])
                    level = np.exp(plain - top)
                    np.add.at(level, k, self.bundle_cell)
            if gap is not None:
                with np.errstate(over="ignore", invalid="ignore"):
                    moved = given.bundle * np.expm1(h[k] * price) + given.bundle_offset
                gap = gap.copy()
                np.add.at(gap, k, np.where(given.bundle > 0.0, moved, given.bundle_offset))
        self.level = level
        if self.by_product:
            self.log_p = index_log(level, gap, h)
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                log_level = np.log(level) + self.top
                if gap is not None:
                    log_level = np.where(np.abs(gap) < 0.5, np.log1p(gap), log_level)
                self.log_p = np.where(level > 0.0, log_level / h, 0.0)
        self.log_p = np.where(self.lost, 0.0, self.log_p)

    def _offset(self) -> Array:
        """(K, N): `Problem.offset` with quota wedges in."""
        given = self.given
        if self.offer is given.offer:
            return given.offset
        k, i, j = given.quota_place
        plain = ~given.origin_split[k, i]
        k, i, j, wedge = k[plain], i[plain], j[plain], self.wedge[plain]
        out = given.offset.copy()
        np.add.at(out, (k, j), given.offer[k, j, i] * np.expm1(given.h[k, j] * wedge))
        return out

    def _bundle_wedge(self) -> Array:
        """(S, N): log quota wedges on split origins."""
        given = self.given
        out = np.zeros_like(given.bundle)
        if len(self.wedge):
            row = self._bundle_of_quota()
            mine = row >= 0
            out[row[mine], given.quota_place[2][mine]] = self.wedge[mine]
        return out

    def _bundle_of_quota(self) -> Index:
        """(Q,): which split a quota is on, or −1."""
        given = self.given
        k, i, _ = given.quota_place
        out = np.full(len(k), -1, dtype=np.intp)
        if given.parts is not None:
            for s, (pk, pi) in enumerate(zip(given.parts.k, given.parts.i, strict=True)):
                out[(k == pk) & (i == pi)] = s
        return out

    def _inner(self) -> None:
        """Price indices of split origins by destination, and shares of their parts."""
        parts = self.given.parts
        assert parts is not None
        h = parts.h[:, None]
        grown = h * self.part_x[:, None]
        starts, row = parts.starts, parts.row
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            logs = np.log(parts.offer) + grown
            top = np.maximum.reduceat(logs, starts)
            top = np.where(np.isfinite(top), top, 0.0)
            cell = np.exp(logs - top[row])
            level = np.add.reduceat(cell, starts)
            there = np.add.reduceat(parts.offer, starts) > 0.0
            self.inner_share = np.where(there[row], cell / level[row], 0.0)
            price = grown + h * parts.cost
            gap = np.add.reduceat(
                parts.share * (parts.allowed * np.expm1(price) + (parts.allowed - 1.0)), starts
            )
            out = np.where(np.abs(gap) < 0.5, np.log1p(gap), np.log(level) + top)
        self.inner_log = np.where(there, out / parts.h[starts][:, None], 0.0)

    # ---------------------------------------------------------------------- the upper nest

    def _group(self) -> None:
        el, market = self.given.el, self.given.market
        sigma, zeta, eta = el.sigma, el.zeta, el.eta
        if market.shape[0] == 1:
            self.log_g = self.log_p[0]
            self.weight = None
            self.demand = np.where(self.lost, -np.inf, (sigma - eta) * self.log_p)
            return
        h = 1.0 - zeta
        near = np.abs(h) < 1e-13
        h = np.where(near, -1e-13, h)
        share = market.product_share
        left = np.where(self.lost, 0.0, share)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            logs = np.log(left) + h * self.log_p
            top = logs.max(axis=0)
            top = np.where(np.isfinite(top), top, 0.0)
            level = np.exp(logs - top).sum(axis=0)
            gap = (left * np.expm1(h * self.log_p) + (left - share)).sum(axis=0)
            out = np.where(np.abs(gap) < 0.5, np.log1p(gap), np.log(level) + top)
            self.log_g = np.where(level > 0.0, out / h, 0.0)
            self.weight = np.where(level > 0.0, np.exp(logs - top) / level, 0.0)
        demand = (sigma - zeta) * self.log_p + (zeta - eta) * self.log_g
        self.demand = np.where(self.lost, -np.inf, demand)

    # ------------------------------------------------------------------------------- sales

    def _sales(self) -> None:
        given, el = self.given, self.given.el
        sigma, x = el.sigma, self.x
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.by_product:
                top = self.demand.max(axis=1, keepdims=True)
                self.d = np.exp(self.demand - np.where(np.isfinite(top), top, 0.0))
                self.sum = np.matmul(self.sell, self.d[:, :, None])[:, :, 0]
                logs = np.log(self.sum) + np.where(np.isfinite(top), top, 0.0) - sigma[:, :1] * x
            else:
                cell = np.log(self.sell) + self.demand[:, None, :]
                cell -= sigma[:, None, :] * x[:, :, None]
                high = cell.max(axis=2)
                high = np.where(np.isfinite(high), high, 0.0)
                self.sale = np.exp(cell - high[:, :, None])
                self.sum = self.sale.sum(axis=2)
                logs = np.log(self.sum) + high
            self.log_sales = logs
            fixed = np.isinf(el.supply)
            self.residual = np.where(fixed, 0.0, logs - np.where(fixed, 0.0, el.supply) * x)
        self.part_residual: Array = np.zeros(0)
        self.part_sale: Array = np.zeros((0, x.shape[1]))
        parts = given.parts
        if parts is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                cell = np.log(given.bundle_sell) + self.part_quantity()
                high = cell.max(axis=1)
                high = np.where(np.isfinite(high), high, 0.0)
                sale = np.exp(cell - high[:, None])
                total = sale.sum(axis=1)
                fixed = np.isinf(parts.supply)
                rest = np.log(total) + high
                self.part_log_sales = rest
                self.part_residual = np.where(
                    fixed, 0.0, rest - np.where(fixed, 0.0, parts.supply) * self.part_x
                )
                self.part_sale = np.where(total[:, None] > 0.0, sale / total[:, None], 0.0)
        self.quota_gap = self.quota_quantity() - np.log(given.limits)

    def part_quantity(self) -> Array:
        """(P, N): log q̂ of parts, without what a touched cell does to the whole bundle."""
        given = self.given
        parts = given.parts
        assert parts is not None
        sigma = given.el.sigma[parts.k][parts.row]
        inner = parts.inner[:, None]
        own = self.part_x[:, None] + parts.cost
        wedge = self._bundle_wedge()[parts.row]
        with np.errstate(divide="ignore"):
            free = np.log(parts.allowed)
        return np.asarray(
            free
            - inner * own
            + (inner - sigma) * self.inner_log[parts.row]
            - sigma * wedge
            + self.demand[parts.k][parts.row]
        )

    def quota_quantity(self) -> Array:
        """(Q,): log q̂ of flows with a quota; of split origins, of the bundle."""
        given = self.given
        k, i, j = given.quota_place
        if not len(k):
            return np.zeros(0)
        sigma = given.el.sigma[k, j]
        price = self.x[k, i]
        row = self._bundle_of_quota()
        cost = given.full(given.log_cost, 0.0)[k, i, j]
        with np.errstate(divide="ignore"):
            free = np.log(given.full(given.allowed, 1.0)[k, i, j])
            out = free - sigma * (price + cost + self.wedge) + self.demand[k, j]
            for q in np.flatnonzero(row >= 0):
                parts = given.parts
                assert parts is not None
                mine = parts.row == row[q]
                logs = self.part_quantity()[mine, j[q]] - sigma[q] * cost[q] + free[q]
                out[q] = np.log((parts.share[mine, j[q]] * np.exp(logs)).sum())
        return np.asarray(out)
