"""The Jacobian of the clearing equations, applied as products; and the equations it gives solved.

−J is a strictly row-dominant M-matrix wherever σ ≥ ζ ≥ η and each row has e_i + η_j > 0 somewhere:
it has an inverse at every price, so that damped Newton steps always lead on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comity.model.market.evaluate import Evaluation
from comity.model.market.market import Array
from comity.model.market.problem import Index

MOST_DIRECTIONS = 60


class Jacobian:
    """J at an evaluation. Vectors are [origins K·N, parts P, quota wedges Q], as far as `take`."""

    def __init__(self, at: Evaluation, take: Index) -> None:
        self.at, self.take = at, take
        given = at.given
        self.k, self.n = given.market.shape
        self.cells = self.k * self.n
        parts = given.parts
        self.count = 0 if parts is None else len(parts.row)
        self.size = self.cells + self.count + len(at.wedge)
        el = given.el
        with np.errstate(divide="ignore", invalid="ignore"):
            self.over_level = np.where(at.level > 0.0, 1.0 / at.level, 0.0)
            self.over_sum = np.where(at.sum > 0.0, 1.0 / at.sum, 0.0)
            self.bundle_share = at.bundle_cell * (
                self.over_level[parts.k] if parts is not None else 1.0
            )
        if given.uniform:
            self.own = np.broadcast_to(el.sigma[:, :1], (self.k, self.n))
        else:
            self.own = (at.sale * el.sigma[:, None, :]).sum(axis=2) * self.over_sum
        if self.k == 1:
            self.by_price, self.by_group = el.sigma - el.eta, None
        else:
            self.by_price, self.by_group = el.sigma - el.zeta, el.zeta - el.eta
        self.supply = np.where(np.isinf(el.supply), 0.0, el.supply)
        self.quota_on = np.flatnonzero(take >= self.cells + self.count)
        self._quotas()

    def _quotas(self) -> None:
        at, given = self.at, self.at.given
        if not len(at.wedge):
            return
        k, i, j = given.quota_place
        self.bundle_of = at._bundle_of_quota()
        row = self.bundle_of
        if at.by_product:
            pull = at.offer[k, j, i] * at.y[k, i] * self.over_level[k, j]
            push = at.sell[k, i, j] * at.d[k, j] * self.over_sum[k, i]
        else:
            pull = at.cell[k, j, i] * self.over_level[k, j]
            push = at.sale[k, i, j] * self.over_sum[k, i]
        split = row >= 0
        pull[split] = self.bundle_share[row[split], j[split]]
        self.pull, self.push = pull, np.where(split, 0.0, push)
        self.quota_sigma = given.el.sigma[k, j]
        self.quota_mix = np.zeros((len(k), self.count))
        if split.any():
            parts = given.parts
            assert parts is not None
            logs = at.part_quantity()
            for q in np.flatnonzero(split):
                mine = np.flatnonzero(parts.row == row[q])
                sold = parts.share[mine, j[q]] * np.exp(logs[mine, j[q]])
                self.quota_mix[q, mine] = sold / sold.sum()

    def product(self, vector: Array) -> Array:
        """J v."""
        full = np.zeros(self.size)
        full[self.take] = vector
        return self._full(full)[self.take]

    def _full(self, v: Array) -> Array:
        at, given = self.at, self.at.given
        dx = v[: self.cells].reshape(self.k, self.n)
        if at.by_product:
            price = np.matmul(at.offer, (at.y * dx)[:, :, None])[:, :, 0]
        else:
            price = np.matmul(at.cell, dx[:, :, None])[:, :, 0]
        price *= self.over_level
        parts = given.parts
        dg = inner = None
        if parts is not None:
            dg = v[self.cells : self.cells + self.count]
            inner = np.add.reduceat(at.inner_share * dg[:, None], parts.starts)
            np.add.at(price, parts.k, self.bundle_share * inner)
        dw = v[self.cells + self.count :]
        quotas = len(dw) > 0
        qk, qi, qj = given.quota_place
        if quotas:
            np.add.at(price, (qk, qj), self.pull * dw)
        demand = self.by_price * price
        if self.by_group is not None and at.weight is not None:
            demand += self.by_group * (at.weight * price).sum(axis=0)
        if at.by_product:
            moved = np.matmul(at.sell, (at.d * demand)[:, :, None])[:, :, 0]
        else:
            moved = np.matmul(at.sale, demand[:, :, None])[:, :, 0]
        out = np.empty(self.size)
        origins = moved * self.over_sum - (self.own + self.supply) * dx
        if quotas:
            np.add.at(origins, (qk, qi), -self.push * self.quota_sigma * dw)
        out[: self.cells] = origins.ravel()
        if parts is not None and inner is not None and dg is not None:
            sigma = given.el.sigma[parts.k][parts.row]
            answer = (parts.inner[:, None] - sigma) * inner[parts.row] + demand[parts.k][parts.row]
            if quotas:
                wedge = np.zeros_like(inner)
                mine = self.bundle_of >= 0
                wedge[self.bundle_of[mine], qj[mine]] = dw[mine]
                answer -= sigma * wedge[parts.row]
            own = np.where(np.isinf(parts.supply), 0.0, parts.supply) + parts.inner
            out[self.cells : self.cells + self.count] = (at.part_sale * answer).sum(axis=1)
            out[self.cells : self.cells + self.count] -= own * dg
        if quotas:
            rows = demand[qk, qj] - self.quota_sigma * (dx[qk, qi] + dw)
            for q in np.flatnonzero(self.bundle_of >= 0):
                assert parts is not None
                assert inner is not None
                assert dg is not None
                mix, s = self.quota_mix[q], self.bundle_of[q]
                rows[q] = demand[qk[q], qj[q]] - self.quota_sigma[q] * dw[q]
                rows[q] += (mix * (parts.inner - self.quota_sigma[q])).sum() * inner[s, qj[q]]
                rows[q] -= (mix * parts.inner * dg).sum()
            out[self.cells + self.count :] = rows
        return out

    def diagonal(self) -> Array:
        """About what J has on its diagonal, at unchanged shares."""
        given = self.at.given
        el = given.el
        gap = (el.sigma - (el.eta if self.k == 1 else el.zeta)).mean(axis=1, keepdims=True)
        origins = self.own + self.supply
        origins = np.maximum(origins - gap * given.market.overlap, 0.05 * origins)
        out = [origins.ravel()]
        if given.parts is not None:
            supply = given.parts.supply
            out.append(given.parts.inner + np.where(np.isinf(supply), 0.0, supply))
        if len(self.at.wedge):
            out.append(self.quota_sigma)
        return -np.concatenate(out)[self.take]

    def matrix(self) -> Array:
        """J itself, column by column."""
        columns = np.empty((len(self.take), len(self.take)))
        for m in range(len(self.take)):
            unit = np.zeros(len(self.take))
            unit[m] = 1.0
            columns[:, m] = self.product(unit)
        return columns

    def solve(self, right: Array, precision: float) -> Array:
        """The vector v with J v = `right`, to a relative `precision`; exactly where that fails."""
        found = gmres(self, right, self.diagonal(), precision)
        if found is not None:
            return found
        try:
            return np.asarray(np.linalg.solve(self.matrix(), right))
        except np.linalg.LinAlgError:
            return np.full_like(right, np.nan)


def gmres(
    jacobian: Jacobian, right: Array, diagonal: Array, precision: float
) -> NDArray[np.float64] | None:
    """GMRES with a diagonal preconditioner on the left (Saad and Schultz 1986); `None` if it does
    not get there in `MOST_DIRECTIONS`."""
    start = right / diagonal
    norm = float(np.sqrt(start @ start))
    if not np.isfinite(norm):
        return None
    if norm == 0.0:
        return np.zeros_like(right)
    most = min(MOST_DIRECTIONS, len(right) + 1)
    basis = np.empty((most + 1, len(right)))
    basis[0] = start / norm
    hessenberg = np.zeros((most + 1, most))
    rotations: list[tuple[float, float]] = []
    rest = np.zeros(most + 1)
    rest[0] = norm
    for m in range(most):
        new = jacobian.product(basis[m]) / diagonal
        known = basis[: m + 1]
        for _ in range(2):  # twice is enough: Giraud et al. (2005)
            along = known @ new
            new -= along @ known
            hessenberg[: m + 1, m] += along
            if m < 8:
                break
        length = float(np.sqrt(new @ new))
        column = hessenberg[:, m]
        for place, (c, s) in enumerate(rotations):
            upper, lower = column[place], column[place + 1]
            column[place], column[place + 1] = c * upper + s * lower, c * lower - s * upper
        size = float(np.hypot(column[m], length))
        if size == 0.0 or not np.isfinite(size):
            return None
        c, s = column[m] / size, length / size
        rotations.append((c, s))
        column[m] = size
        rest[m + 1], rest[m] = -s * rest[m], c * rest[m]
        if abs(rest[m + 1]) <= precision * norm or length <= 1e-14 * size:
            weights = np.linalg.solve(np.triu(hessenberg[: m + 1, : m + 1]), rest[: m + 1])
            return np.asarray(weights @ basis[: m + 1])
        basis[m + 1] = new / length
    return None
