"""What one more point on every tariff would do to one economy: the adjoint of the equilibrium.

With R(x, t) = 0 the equilibrium conditions and O(x, t) the outcome, dO/dt = O_t − λᵀ R_t where
R_xᵀ λ = O_xᵀ: one linear system for all tariffs at once. Its matrix is never formed; `_Reverse`
applies R_xᵀ at the cost of one evaluation, and the transpose of the solver's preconditioner makes
GMRES short. Letters as in `comity.model.world.evaluate`; a bar is the derivative of the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.model.world.engines import one_blas_thread
from comity.model.world.equilibrium import found_state, with_deficits
from comity.model.world.evaluate import Evaluation, batched, batched_t, evaluate
from comity.model.world.feasible import examine
from comity.model.world.precondition import Preconditioner, precondition
from comity.model.world.problem import Problem, problem
from comity.model.world.structure import Structure, structure
from comity.scenario.wedges import Wedges
from comity.trade.baseline import Baseline
from comity.words.errors import InputError, NotConverged

Array = NDArray[np.float64]

OUTCOMES = ("real_income", "real_wage", "price_index")
TOLERANCE = 1e-11


@dataclass(eq=False)
class _Bars:
    """Derivatives by state (w, P, X) and what the derivatives by tariffs need."""

    wage: Array
    price: Array
    spending: Array
    phi: Array  # by log Φ
    exports: Array  # by exports
    off: Array  # by F_off


@dataclass(eq=False)
class _Reverse:
    """R_xᵀ at an evaluation."""

    given: Problem
    at: Evaluation

    def __call__(self, r_w: Array, r_p: Array, r_x: Array, income: Array | None = None) -> _Bars:
        """The derivatives that residual derivatives (r_w, r_P, r_X) and `income` lead back to."""
        given, at, base = self.given, self.at, self.given.structure
        tt = given.tariffed
        x, gap = at.spending, at.deficits
        out = np.maximum(at.export_total + np.maximum(gap, 0.0), 1e-300)
        into = np.maximum(at.import_total + np.maximum(-gap, 0.0), 1e-300)
        i_bar = (base.final_share * r_x).sum(axis=0)
        if income is not None:
            i_bar = i_bar + income
        d_bar = i_bar + np.where(gap > 0.0, r_w / out, 0.0) + np.where(gap < 0.0, r_w / into, 0.0)
        y_bar = batched_t(base.gamma, r_x)
        ex_bar = y_bar + r_w / out
        off_bar = -x * (r_w / into)
        b_bar = x * y_bar
        x_bar = at.own_net * y_bar - r_x - at.net_off * (r_w / into)
        if tt:
            # Only where tariffs are levied does what is spent not all reach a seller.
            kept = 1.0 - at.net_off[:tt] - at.own_net[:tt]
            x_bar[:tt] += kept * i_bar
            off_bar[:tt] -= x[:tt] * i_bar
            b_bar[:tt] -= x[:tt] * i_bar
        scale = 1.0 / at.phi
        column = (at.z * ex_bar)[:, :, None]
        reached = np.empty_like(x)  # Σ_i β_ni ē_i
        np.matmul(given.net, column[:tt], out=reached[:tt, :, None])
        np.matmul(given.share[tt:], column[tt:], out=reached[tt:, :, None])
        reached *= scale
        x_bar += reached
        phi_bar = -x * reached - at.net_off * off_bar - at.own_net * b_bar - r_p / given.theta
        row = (off_bar * scale)[:, None, :]
        z_bar = np.empty_like(x)
        np.matmul(row[:tt], given.net, out=z_bar[:tt, None, :])
        np.matmul(row[tt:], given.share[tt:], out=z_bar[tt:, None, :])
        z_bar += np.matmul((phi_bar * scale)[:, None, :], given.share)[:, 0, :]
        z_bar *= at.z
        z_bar += at.own_share * phi_bar + at.exports * ex_bar + at.own_net * b_bar
        c_bar = -given.theta * z_bar
        v_bar = i_bar + self._deficit_bar(d_bar)
        w_bar = (base.value_added_share * c_bar).sum(axis=0) + at.value_added * v_bar
        return _Bars(w_bar, batched(base.gamma, c_bar) - r_p, x_bar, phi_bar, ex_bar, off_bar)

    def _deficit_bar(self, d_bar: Array) -> Array:
        """The derivative by value added of deficits that follow it."""
        given, v = self.given, self.at.value_added
        if given.ratio is None:
            pulled = given.over_part(given.deficit * d_bar)
            return pulled / given.over_part(given.structure.labour)
        # D_n = (φ_n/λ − 1) v_n with λ = Σ φ v / Σ v, both over the part of the world
        common = given.common(v)
        by_common = -given.over_part(d_bar * given.ratio * v) / common**2
        direct = (given.ratio / common - 1.0) * d_bar
        return direct + by_common * (given.ratio - common) / given.over_part(v)


def _step_transposed(
    answer: Preconditioner, inverse: Array, w_bar: Array, p_bar: Array, x_bar: Array
) -> tuple[Array, Array, Array]:
    """The transpose of `Preconditioner.step`, linearised, with M in double precision: products in
    single precision are not linear enough for GMRES."""
    dw = w_bar + (answer.price * p_bar).sum(axis=0) + (answer.spend * x_bar).sum(axis=0)
    dw = dw / answer.slope
    r_p = batched_t(inverse, p_bar) - answer.lambda_p * dw
    pulled = x_bar + answer.rho * (answer.rho_scale * (answer.u * x_bar).sum(axis=0))
    return dw, r_p, batched(inverse, pulled) - answer.lambda_x * dw


def price_weights(base: Structure) -> tuple[Array, Array]:
    """Consumer prices by working prices (T, N) and by the wage (N,), home sectors put through."""
    final = base.baseline.final_share
    by_price = np.ascontiguousarray(final.T[base.order])
    by_wage = np.zeros(len(base.labour))
    if base.home is not None:
        at_home = final[:, base.home.sectors]
        by_price = by_price + np.einsum("nh,nht->tn", at_home, base.home.price)
        by_wage = (at_home.T * base.home.wage).sum(axis=0)
    return by_price, by_wage


def tariff_gradient(
    baseline: Baseline,
    wedges: Wedges,
    economy: int,
    *,
    of: str = "real_income",
    deficits: str | float = "kept",
) -> Array:
    """(J, N, N) ``[j, n, i]``: per cent of an outcome of `economy` for each percentage point more
    of the tariff of n on j from i, at the equilibrium after `wedges`. 0 on the diagonal.

    Raises `InputError` for an unknown outcome, `NotConverged` where the linear system cannot be
    solved, and whatever solving for the equilibrium raises.
    """
    if of not in OUTCOMES:
        raise InputError(f"there is no gradient of {of!r}", mend=f"write {', '.join(OUTCOMES)}")
    rule, wedges = with_deficits(baseline, wedges, deficits)
    base = structure(baseline)
    given = problem(base, wedges, deficits=rule, taxable=True)
    parts = examine(given)
    with np.errstate(all="ignore"), one_blas_thread():
        state = found_state(given, wedges, rule, parts)
        at = evaluate(given, state.log_wage, state.log_price, state.spending, parts.isolated)
        answer = base.preconditioner
        if answer is None or not wedges.nothing:
            answer = precondition(given, at)
        return _gradient(given, at, answer, economy, of)


def _gradient(given: Problem, at: Evaluation, answer: Preconditioner, n: int, of: str) -> Array:
    from scipy.sparse.linalg import LinearOperator, gmres

    base = given.structure
    reverse = _Reverse(given, at)
    inverse = answer.inverse.astype(np.float64)
    count, size = base.shape
    spread = np.maximum(at.spending.mean(axis=0), 1e-300)

    def pack(wage: Array, price: Array, spending: Array) -> Array:
        return np.concatenate([wage, price.ravel(), (spending * spread).ravel()])

    def unpack(flat: Array) -> tuple[Array, Array, Array]:
        prices = flat[count : count + size * count].reshape(size, count)
        spending = flat[count + size * count :].reshape(size, count) / spread
        return flat[:count], prices, spending

    def residual_bars(flat: Array) -> tuple[Array, Array, Array]:
        return _step_transposed(answer, inverse, *unpack(flat))

    def operator(flat: Array) -> Array:
        bars = reverse(*residual_bars(flat))
        return pack(bars.wage, bars.price, bars.spending)

    # The outcome's own derivatives, which residuals have to undo.
    zero = np.zeros((size, count))
    income = np.zeros(count)
    if of == "real_income":
        income[n] = 1.0 / at.income[n]
    own = reverse(np.zeros(count), zero, zero, income)
    wage, price = own.wage.copy(), own.price.copy()
    if of == "real_income" and given.ratio is not None:
        # Real income is then told at the level of spending, by the factor λ = Σ φ v / Σ v.
        v = at.value_added
        mine = np.ones(count, bool) if given.part is None else given.part == given.part[n]
        by_factor = given.ratio / given.common(v) - 1.0
        wage += np.where(mine, v * by_factor / v[mine].sum(), 0.0)
    by_price, by_wage = price_weights(base)
    sign = 1.0 if of == "price_index" else -1.0
    price[:, n] += sign * by_price[:, n]
    wage[n] += sign * by_wage[n]
    if of == "real_wage":
        wage[n] += 1.0
    if of == "price_index":
        # Prices are told in units of the value added of the economy's part of the world.
        mine = np.ones(count, bool) if given.part is None else given.part == given.part[n]
        wage -= np.where(mine, at.value_added, 0.0) / at.value_added[mine].sum()
    goal = -pack(wage, price, own.spending)
    length = len(goal)
    linear: Any = LinearOperator((length, length), matvec=operator, dtype=np.float64)
    scale = float(np.linalg.norm(goal)) or 1.0
    solved, failed = gmres(linear, goal / scale, rtol=TOLERANCE, atol=0.0, restart=60, maxiter=5)
    if failed:
        left = float(np.linalg.norm(operator(solved) - goal / scale))
        raise NotConverged(
            f"the derivatives were not found to {TOLERANCE:g}: the residual is {left:.2g}",
            residual=left,
            mend="take finite differences of solve() with a tolerance of 1e-13",
        )
    bars = reverse(*residual_bars(solved * scale), income)
    return _by_tariff(given, at, bars)


def _by_tariff(given: Problem, at: Evaluation, bars: _Bars) -> Array:
    """d ln A = −θ dt/(1+t) and d ln (A/(1+t)) = −(1+θ) dt/(1+t), put through both."""
    base = given.structure
    tt = given.tariffed
    theta = given.theta[:, :, None]
    seen = -given.theta / at.phi
    out = np.zeros_like(base.baseline.trade_share)
    work = given.share * (seen * bars.phi)[:, :, None]
    net = (1.0 + theta[:tt]) * given.net
    gained = (at.spending / at.phi)[:, :, None] * bars.exports[:, None, :]
    gained += (bars.off / at.phi)[:, :, None]
    work[:tt] -= net * gained[:tt]
    work[tt:] -= (1.0 + theta[tt:]) * given.share[tt:] * gained[tt:]
    work *= at.z[:, None, :]
    # B/A is 1/(1 + t) where there is trade; without trade the derivative is zero anyway.
    work[:tt] *= np.divide(
        given.net, given.share[:tt], out=np.zeros_like(given.net), where=given.share[:tt] > 0.0
    )
    out[base.order] = work
    return out
