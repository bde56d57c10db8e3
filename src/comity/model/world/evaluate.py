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

import numpy as np
from numpy.typing import NDArray

from comity.model.world.problem import Problem

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

FLOOR = 1e-12
"""Spending below this part of an economy's income is measured against that part instead."""


@dataclass(eq=False)
class Evaluation:
    """Residuals and what the preconditioner and the result need. (T, N) unless said."""

    r_p: Array
    r_x: Array
    r_w: Array  # (N,)
    log_cost: Array
    z: Array
    phi: Array
    own_share: Array  # a, domestic share of spending
    own_net: Array  # b, the same net of tariffs inside an aggregate
    net_off: Array  # F_off, imports net of tariff over spending
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


def batched(matrix: Array, vector: Array) -> Array:
    """(N, A, B) times (B, N) → (A, N)."""
    return np.ascontiguousarray(np.matmul(matrix, vector.T[:, :, None])[:, :, 0].T)


def batched_t(matrix: Array, vector: Array) -> Array:
    """(N, A, B), transposed, times (A, N) → (B, N): the same memory read once more, no copy."""
    return np.ascontiguousarray(np.matmul(vector.T[:, None, :], matrix)[:, 0, :].T)


def evaluate(
    given: Problem, log_wage: Array, log_price: Array, spending: Array, isolated: Mask | None
) -> Evaluation:
    """The residuals at a state. `isolated` (N,) marks economies without any trade left.

    Division by zero and overflow are the caller's to silence (`numpy.errstate`) and to notice: the
    error is then not finite.
    """
    base = given.structure
    tt = given.tariffed
    log_cost = batched_t(base.gamma, log_price)
    log_cost += base.value_added_share * log_wage
    if given.log_productivity is not None:
        log_cost -= given.log_productivity
    z = np.exp(-given.theta * log_cost)
    column = z[:, :, None]
    bought = np.matmul(given.share, column)[:, :, 0]
    own_share = given.own * z
    phi = own_share + bought
    inverse = 1.0 / phi
    own_share *= inverse
    bought *= inverse
    q = spending * inverse
    row = q[:, None, :]
    if tt:
        net_off = bought.copy()
        np.matmul(given.net, column[:tt], out=net_off[:tt, :, None])
        net_off[:tt] *= inverse[:tt]
        own_net = given.own_net * z * inverse
        exports = np.empty_like(z)
        np.matmul(row[:tt], given.net, out=exports[:tt, None, :])
        np.matmul(row[tt:], given.share[tt:], out=exports[tt:, None, :])
        revenue = (spending[:tt] * (1.0 - net_off[:tt] - own_net[:tt])).sum(axis=0)
    else:
        net_off, own_net = bought, own_share
        exports = np.matmul(row, given.share)[:, 0, :]
        revenue = np.zeros_like(log_wage)
    exports *= z
    output = own_net * spending
    output += exports
    value_added = np.exp(log_wage) * given.labour
    deficits = given.deficits(value_added)
    income = value_added + revenue + deficits
    asked = batched(base.gamma, output)
    asked += base.final_share * income
    export_total = exports.sum(axis=0)
    import_total = (spending * net_off).sum(axis=0)
    r_p = np.log(phi)
    r_p /= -given.theta
    r_p -= log_price
    r_x = asked - spending
    r_w = np.log(
        (export_total + np.maximum(deficits, 0.0)) / (import_total + np.maximum(-deficits, 0.0))
    )
    if isolated is not None:
        r_w[isolated] = 0.0
    level = np.maximum(spending, asked)
    np.maximum(level, FLOOR * income, out=level)
    paid = (base.value_added_share * output).sum(axis=0) + base.home_labour * income
    residuals = (
        float(np.abs(r_p).max()),
        float((np.abs(r_x) / level).max()),
        float(np.abs(paid / value_added - 1.0).max()),
        float(np.abs(r_w).max()),
    )
    return Evaluation(
        r_p, r_x, r_w, log_cost, z, phi, own_share, own_net, net_off, spending, output, exports,
        income, revenue, value_added, deficits, export_total, import_total, residuals,
    )  # fmt: skip
