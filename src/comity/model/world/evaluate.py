"""One evaluation of the equilibrium conditions, in numpy.

State: log ŵ (N,), log P̂ (T, N), X (T, N) spending at new prices. Letters follow the paper; γ and α
are those of the working sectors (`comity.model.world.structure`).

    log ĉ = γ_v log ŵ + Σ_k γ_k log P̂_k − log T̂      z = ĉ^(−θ)      Φ = A z
    F_off = (B z)/Φ   b = B_nn z/Φ   q = X/Φ   exports = z∘(Bᵀ q)   Y = exports + b X
    I = w L + Σ_j X (1 − F) + D      X' = γ Y + α I

and residuals  r_P = −log Φ/θ − log P̂,  r_X = X' − X,  r_w = log((exports + D⁺)/(imports + D⁻)).
Sales at home are kept out of exports and imports: near autarky they would drown the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comity.model.world.problem import Problem

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Single = NDArray[np.float32]

FLOOR = 1e-12
"""Spending below this part of an economy's income is measured against that part instead."""


@dataclass(eq=False)
class Evaluation:
    """Residuals, and the levels that results are made of. (T, N) unless said."""

    given: Problem
    r_p: Array
    r_x: Array
    r_w: Array  # (N,)
    log_cost: Array
    z: Array
    phi: Array
    net_z: Array  # B z: imports net of tariff are X/Φ times this
    spending: Array
    output: Array
    exports: Array
    income: Array  # (N,)
    revenue: Array  # (N,)
    value_added: Array  # (N,)
    deficits: Array  # (N,)
    export_total: Array  # (N,)
    import_total: Array  # (N,)
    residuals: tuple[float, float, float, float]
    """The worst of prices, expenditure, labour, trade; relative."""

    @property
    def error(self) -> float:
        return max(self.residuals)

    @cached_property
    def own_share(self) -> Array:
        """a: domestic share of spending."""
        return self.given.own * self.z / self.phi

    @cached_property
    def own_net(self) -> Array:
        """b: the same net of tariffs inside an aggregate."""
        return self.given.own_net * self.z / self.phi

    @cached_property
    def net_off(self) -> Array:
        """F_off: imports net of tariff over spending."""
        return self.net_z / self.phi


def batched(matrix: Array | Single, vector: Array) -> Array:
    """(N, A, B) times (B, N) → (A, N), multiplied in the matrix's own precision."""
    column = vector.T[:, :, None].astype(matrix.dtype, copy=False)
    return np.array(np.matmul(matrix, column)[:, :, 0].T, dtype=np.float64, order="C")


def batched_t(matrix: Array | Single, vector: Array) -> Array:
    """(N, A, B), transposed, times (A, N) → (B, N): the same memory read once more, no copy."""
    row = vector.T[:, None, :].astype(matrix.dtype, copy=False)
    return np.array(np.matmul(row, matrix)[:, 0, :].T, dtype=np.float64, order="C")


def evaluate(
    given: Problem,
    log_wage: Array,
    log_price: Array,
    spending: Array,
    isolated: Mask | None,
    *,
    single: bool = False,
) -> Evaluation:
    """The residuals at a state. `isolated` (N,) marks economies without any trade left.

    With `single` the large arrays are read in single precision: half the memory, and residuals
    good to about 1e-6, which is enough to steer by until they are that small.

    Division by zero and overflow are the caller's to silence (`numpy.errstate`) and to notice: the
    error is then not finite.
    """
    base = given.structure
    tt = given.tariffed
    share: Array | Single = given.share
    net: Array | Single = given.net
    gamma: Array | Single = base.gamma
    if single:
        share, net, gamma = given.single()
    kind = share.dtype
    log_cost = batched_t(gamma, log_price)
    log_cost += base.value_added_share * log_wage
    if given.log_productivity is not None:
        log_cost -= given.log_productivity
    z = given.minus_theta * log_cost
    np.exp(z, out=z)
    column = z[:, :, None].astype(kind, copy=False)
    bought = np.matmul(share, column)[:, :, 0].astype(np.float64, copy=False)
    own = given.own * z
    phi = own + bought
    q = spending / phi
    row = q[:, None, :].astype(kind, copy=False)
    if tt:
        net_z = bought
        net_z[:tt] = np.matmul(net, column[:tt])[:, :, 0]
        exports = np.empty_like(z)
        exports[:tt] = np.matmul(row[:tt], net)[:, 0, :]
        exports[tt:] = np.matmul(row[tt:], share[tt:])[:, 0, :]
        imports = q * net_z
        output = q * (given.own_net * z if given.own_taxed else own)
        revenue = (spending[:tt] - imports[:tt] - output[:tt]).sum(axis=0)
    else:
        net_z = bought
        exports = np.matmul(row, share)[:, 0, :].astype(np.float64, copy=False)
        imports = q * net_z
        output = q * own
        revenue = np.zeros_like(log_wage)
    exports *= z
    output += exports
    value_added = np.exp(log_wage)
    value_added *= given.labour
    deficits = given.deficits(value_added)
    income = value_added + revenue + deficits
    asked = batched(gamma, output)
    asked += base.final_share * income
    export_total = exports.sum(axis=0)
    import_total = imports.sum(axis=0)
    r_p = np.log(phi)
    r_p *= given.minus_inverse_theta
    r_p -= log_price
    r_x = asked - spending
    r_w = np.log(
        (export_total + np.maximum(deficits, 0.0)) / (import_total + np.maximum(-deficits, 0.0))
    )
    if isolated is not None:
        r_w[isolated] = 0.0
    level = np.maximum(spending, asked, out=asked)
    np.maximum(level, FLOOR * income, out=level)
    paid = (base.value_added_share * output).sum(axis=0)
    paid += base.home_labour * income
    paid /= value_added
    residuals = (
        float(np.abs(r_p).max()),
        float(np.abs(r_x / level).max()),
        float(np.abs(paid - 1.0).max()),
        float(np.abs(r_w).max()),
    )
    return Evaluation(
        given, r_p, r_x, r_w, log_cost, z, phi, net_z, spending, output, exports,
        income, revenue, value_added, deficits, export_total, import_total, residuals,
    )  # fmt: skip
