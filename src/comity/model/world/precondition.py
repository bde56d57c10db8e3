"""The preconditioner: how one economy answers its own residuals, everything abroad held fixed.

Linearising the conditions of `comity.model.world.evaluate` in one economy's own wage, prices and
spending gives, with a the domestic share, γ (k, j) the input shares and M = (I − diag(a) γᵀ)⁻¹,

    dP = M r_P + p₁ dw      p₁ = M (a γ_v)      c₁ = γ_v + γᵀ p₁
    dX = S r_X + x₁ dw      S y = Mᵀ y + u (ρ·Mᵀ y)/(1 − ρ·u),  u = Mᵀ α,  ρ = 1 − F
                            x₁ = S (α (w L + h·c₁) − γ (v c₁))
    dw = (r_w − λ_P·r_P − log(1 + λ_X·r_X)) / (e·c₁ + k·x₁)

where v, h, e, k are how sales at home and abroad, revenue, exports and imports answer costs. An
exporter that has most of a market (ψ, the part of it that others hold, is small) can lose little of
it: leaving ψ out makes a step fifteen times too small where one economy sells almost everything
that is traded. M is kept from the baseline, where it is computed once; the vectors are refreshed
when domestic shares have moved, by sweeps that M makes short.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.model.world.evaluate import Evaluation, batched, batched_t
from comity.model.world.problem import Problem

Array = NDArray[np.float64]
Single = NDArray[np.float32]

LEAST_SLOPE = 0.02
"""A wage step divides by at least this part of what exports alone would give."""


@dataclass(eq=False)
class Preconditioner:
    """The linear answer of each economy to its own residuals; (T, N) unless said.

    inverse : (N, T, T), M
    """

    inverse: Single
    own_share: Array
    price: Array  # p₁
    spend: Array  # x₁
    u: Array
    rho: Array
    rho_scale: Array  # 1/(1 − ρ·u), (N,)
    lambda_p: Array
    lambda_x: Array
    slope: Array  # (N,)

    def step(self, r_w: Array, r_p: Array, r_x: Array) -> tuple[Array, Array, Array]:
        """(dw, dP, dX) that answer these residuals."""
        nominal = (self.lambda_x * r_x).sum(axis=0)
        dw = (
            r_w
            - (self.lambda_p * r_p).sum(axis=0)
            # Spending can move by far more than a linear step allows: the log keeps its sign.
            - np.log1p(np.maximum(nominal, -0.9))
        ) / self.slope
        dx = batched_t(self.inverse, r_x)
        dx += self.u * ((self.rho * dx).sum(axis=0) * self.rho_scale)
        return dw, batched(self.inverse, r_p) + self.price * dw, dx + self.spend * dw


def own_inverse(given: Problem, own_share: Array) -> Single:
    """(N, T, T): (I − diag(a) γᵀ)⁻¹ of every economy."""
    base = given.structure
    size = own_share.shape[0]
    exact = np.linalg.inv(np.eye(size) - own_share.T[:, :, None] * base.gamma.transpose(0, 2, 1))
    # Single precision: it only steers, and half the memory is half the time.
    return np.asarray(exact, dtype=np.float32)


def precondition(
    given: Problem, at: Evaluation, inverse: Single | None = None, sweeps: int = 2
) -> Preconditioner:
    """The preconditioner at a state. With `inverse` (of another state) M is kept, and the vectors
    are found by `sweeps` of iterative refinement; without, M is computed."""
    base = given.structure
    tt = given.tariffed
    theta = given.theta
    a, b, off = at.own_share, at.own_net, at.net_off
    exact = inverse is None
    m = own_inverse(given, a) if inverse is None else inverse

    def solve_p(y: Array) -> Array:  # (I − diag(a) γᵀ) x = y
        x = batched(m, y)
        for _ in range(0 if exact else sweeps - 1):
            x += batched(m, y - x + a * batched_t(base.gamma, x))
        return x

    def solve_x(y: Array) -> Array:  # (I − γ diag(a)) x = y
        x = batched_t(m, y)
        for _ in range(0 if exact else sweeps - 1):
            x += batched_t(m, y - x + batched(base.gamma, a * x))
        return x

    # ψ exports: what is left of exports when each market's own answer to the exporter is taken off
    held = at.exports.copy()
    q = at.spending / at.phi**2
    for k in range(len(q)):
        net = given.net[k] if k < tt else given.share[k]
        held[k] -= at.z[k] ** 2 * ((given.share[k] * net).T @ q[k])
    np.maximum(held, 0.0, out=held)
    rho = 1.0 - off - b
    rho[tt:] = 0.0
    v = theta * (held + (1.0 - a) * b * at.spending)
    h = theta * at.spending * (b - (off + b) * a)
    h[tt:] = 0.0
    out = at.export_total + np.maximum(at.deficits, 0.0)
    into = at.import_total + np.maximum(-at.deficits, 0.0)
    # Economies without trade have no wage equation: any slope does, their residual is zero.
    out = np.where(out > 0.0, out, 1.0)
    into = np.where(into > 0.0, into, 1.0)
    e = theta * (held / out + a * at.spending * off / into)
    k_x = off / into

    price = solve_p(a * base.value_added_share)
    cost = base.value_added_share + batched_t(base.gamma, price)
    u = solve_x(base.final_share)
    scale = 1.0 / np.maximum(1.0 - (rho * u).sum(axis=0), 1e-2)
    spend = solve_x(
        base.final_share * (at.value_added + (h * cost).sum(axis=0)) - batched(base.gamma, v * cost)
    )
    spend += u * ((rho * spend).sum(axis=0) * scale)
    lambda_x = solve_p(k_x + rho * ((u * k_x).sum(axis=0) * scale))
    pull = e - v * batched_t(base.gamma, lambda_x)
    pull += h * (base.final_share * lambda_x).sum(axis=0)
    lambda_p = solve_x(batched(base.gamma, pull))
    alone = (e * cost).sum(axis=0)
    slope = np.maximum(alone + (k_x * spend).sum(axis=0), LEAST_SLOPE * alone)
    slope = np.where(slope > 0.0, slope, 1.0)
    return Preconditioner(
        m, a, price, spend, u, rho, scale, lambda_p, lambda_x, slope
    )  # fmt: skip
