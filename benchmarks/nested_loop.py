"""The world model by the published algorithm: nested loops with a damped step for wages.

Caliendo and Parro (2015, "Estimates of the Trade and Welfare Effects of NAFTA", Review of Economic
Studies 82(1), section 5 and the authors' published code) solve the model in changes like this:

1. guess wage changes;
2. iterate unit costs and price indices until they agree (inner loop);
3. form the new trade shares;
4. find the expenditure that these shares, wages and tariff revenue support (a linear system);
5. move each wage by a damped share of its trade-balance excess, hold world value added constant,
   and go back to 2 until the excess is gone.

This is the baseline of the speed comparisons in `bench_world` and a second implementation for
tests; it shares no code with the solver. By default it is a rival made as strong as its method
allows: everything is vectorised, π κ^(−θ) is formed once (so no loop takes N²J powers), both inner
loops start from their last solution, and step 4 iterates, because solving the system of NJ
equations exactly is slower at every size of the benchmark. `plain` takes steps 2 and 3 as the
published code writes them: prices from 1 at every guess of wages, and the N²J powers (κ̂ĉ)^(−θ) in
every step of the inner loop; `spending="solve"` takes step 4 as published too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.scenario.wedges import Wedges
from comity.trade.baseline import Baseline

Array = NDArray[np.float64]

DAMPING = 0.2
"""The published code's step: a fifth of the excess. It converges on the NAFTA scenario."""

INNER_STEPS = 5000


@dataclass(frozen=True, eq=False)
class NestedSolution:
    """What the loops ended with. The numbers mean something only where `converged` is true.

    wage_hat : (N,), wages, new over old; world value added is constant
    price_hat : (N, J), price indices, new over old
    expenditure : (N, J), new level in the baseline's unit, tariff included
    share : (J, N, N) ``[j, n, i]``, new trade shares
    income : (N,), final spending: wL + tariff revenue + deficit
    residual : largest of the residuals of prices, spending and labour markets
    iterations, price_steps, spending_steps : steps of the outer and of the two inner loops
    """

    converged: bool
    why: str
    wage_hat: Array
    price_hat: Array
    expenditure: Array
    share: Array
    income: Array
    residual: float
    iterations: int
    price_steps: int
    spending_steps: int
    seconds: float
    damping: float

    def __str__(self) -> str:
        state = "converged" if self.converged else f"did not converge: {self.why}"
        return (
            f"{state}; damping {self.damping:g}, {self.iterations} wage steps, "
            f"{self.price_steps} price steps, {self.spending_steps} spending steps, "
            f"residual {self.residual:.1e}, {self.seconds:.2f} s"
        )


@dataclass(frozen=True, eq=False)
class _World:
    """The baseline and the shock, ready for the loops; pairs are ``[j, n, i]``."""

    share: Array  # (J, N, N) π a
    cost: Array  # (J, N, N) κ, with productivity folded in
    start: Array  # (J, N, N) π a κ^(−θ)
    tariff: Array  # (J, N, N) new rates
    theta: Array  # (J,)
    value_added_share: Array  # (N, J)
    input_share: Array  # (N, J, J) [n, k, j]
    final_share: Array  # (N, J)
    labour_income: Array  # (N,) w L at the new population and old wages
    world: float  # world value added, held constant
    deficit: Array  # (N,)
    ratio: Array | None  # (N,) spending of labour income over it, up to a common factor


def _prepare(baseline: Baseline, wedges: Wedges, deficits: str | float) -> _World:
    tariff = baseline.tariff if wedges.tariff is None else wedges.tariff
    cost = (1.0 + tariff) / (1.0 + baseline.tariff)
    if wedges.trade_cost is not None:
        cost = cost * wedges.trade_cost
    if wedges.productivity is not None:
        cost = cost / wedges.productivity.T[:, None, :]
    share = baseline.trade_share
    if wedges.availability is not None:
        share = share * wedges.availability
    income = baseline.value_added.copy()
    if wedges.population is not None:
        income *= wedges.population
    deficit = baseline.deficit if wedges.deficit is None else wedges.deficit
    ratio = None
    if deficits == "none":
        deficit = np.zeros_like(income)
    elif deficits == "ratio":
        ratio = 1.0 + deficit / baseline.value_added
    elif deficits != "kept":
        deficit = float(deficits) * deficit
    return _World(
        share=share,
        cost=cost,
        start=share * cost ** -baseline.theta[:, None, None],
        tariff=np.asarray(tariff),
        theta=baseline.theta,
        value_added_share=baseline.value_added_share,
        input_share=baseline.input_share,
        final_share=baseline.final_share,
        labour_income=income,
        world=float(baseline.value_added.sum()),
        deficit=deficit,
        ratio=ratio,
    )


def _prices(
    world: _World, log_wage: Array, prices: Array, tol: float, plain: bool
) -> tuple[Array, Array, int]:
    """Price indices and c^(−θ), both (N, J), at given wages, and the number of steps."""
    inputs = np.ascontiguousarray(world.input_share.transpose(0, 2, 1))
    log_price = np.log(prices)
    labour = world.value_added_share * log_wage[:, None]
    step, change, power = 0, np.inf, prices
    while step < INNER_STEPS and not change <= tol:
        step += 1
        log_cost = labour + np.matmul(inputs, log_price[:, :, None])[:, :, 0]
        power = np.exp(-world.theta * log_cost)
        if plain:
            here = (world.cost * np.exp(log_cost).T[:, None, :]) ** -world.theta[:, None, None]
            total = (world.share * here).sum(axis=2).T
        else:
            total = np.matmul(world.start, power.T[:, :, None])[:, :, 0].T
        new = -np.log(total) / world.theta
        change = float(np.abs(new - log_price).max())
        log_price = new
        if not np.isfinite(change):
            break
    return np.exp(log_price), power, step


def _deficits(world: _World, labour_income: Array) -> Array:
    """Deficits (N,) at this labour income under the rule for them; they sum to zero."""
    if world.ratio is None:
        return world.deficit * (float(labour_income.sum()) / world.world)
    wanted = world.ratio * labour_income
    return np.asarray(wanted * (labour_income.sum() / wanted.sum()) - labour_income)


def _spending(
    world: _World, net: Array, labour_income: Array, spent: Array, tol: float
) -> tuple[Array, Array, Array, int]:
    """Expenditure (N, J), output (N, J) and final spending (N,) at given shares, by iteration.

    `net` is (J, N, N), trade share over 1 + tariff.
    """
    kept = net.sum(axis=2).T
    own_means = labour_income + _deficits(world, labour_income)
    step, change, income = 0, np.inf, own_means
    while step < INNER_STEPS and not change <= tol:
        step += 1
        output = np.matmul(spent.T[:, None, :], net)[:, 0, :].T
        income = own_means + ((1.0 - kept) * spent).sum(axis=1)
        inputs = np.matmul(world.input_share, output[:, :, None])[:, :, 0]
        new = inputs + world.final_share * income[:, None]
        scale = np.maximum(np.maximum(np.abs(new), np.abs(spent)), 1e-12 * income[:, None])
        change = float((np.abs(new - spent) / np.where(scale > 0.0, scale, 1.0)).max())
        spent = new
        if not np.isfinite(change):
            break
    output = np.matmul(spent.T[:, None, :], net)[:, 0, :].T
    return spent, output, income, step


def _spending_exactly(
    world: _World, net: Array, labour_income: Array
) -> tuple[Array, Array, Array, int]:
    """As `_spending`, by solving the NJ equations at once."""
    n_sectors, n_economies = net.shape[:2]
    kept = net.sum(axis=2).T
    own_means = labour_income + _deficits(world, labour_income)
    # X_nk = Σ_j γ_nkj Σ_i F_jin X_ij + α_nk (Σ_j (1 − F_nj) X_nj + wL_n + D_n)
    system = -np.einsum("nkj,jin->nkij", world.input_share, net)
    for n in range(n_economies):
        system[n, :, n, :] -= world.final_share[n][:, None] * (1.0 - kept[n])
    size = n_economies * n_sectors
    system = system.reshape(size, size)
    system[np.arange(size), np.arange(size)] += 1.0
    right = world.final_share * own_means[:, None]
    spent = np.linalg.solve(system, right.reshape(size)).reshape(n_economies, n_sectors)
    output = np.matmul(spent.T[:, None, :], net)[:, 0, :].T
    return spent, output, own_means + ((1.0 - kept) * spent).sum(axis=1), 1


def solve_nested(
    baseline: Baseline,
    wedges: Wedges | None = None,
    deficits: str | float = "kept",
    *,
    damping: float = DAMPING,
    tol: float = 1e-10,
    max_iterations: int = 20_000,
    max_seconds: float = 600.0,
    spending: str = "iterate",
    plain: bool = False,
) -> NestedSolution:
    """Solves the world after a change by nested loops; `converged` says whether it worked.

    `deficits` is "kept" (a fixed share of world value added), "none", "ratio" (spending of labour
    income over that income is fixed up to a common factor) or a factor on the baseline's deficits.
    `tol` bounds the residuals of prices (in logs), spending (relative, by cell) and labour markets
    (over value added). Gives up after `max_iterations` wage steps or `max_seconds`, or once a wage
    is no longer a positive number: with too large a `damping` that is what happens. With `plain`
    prices start from 1 at every guess of wages and powers are taken at every step; the published
    code is ``spending="solve", plain=True``, expenditure at once.
    """
    began = time.perf_counter()
    world = _prepare(baseline, wedges or Wedges(), deficits)
    if spending not in ("iterate", "solve"):
        raise ValueError(f"spending={spending!r}")
    wage = np.ones(len(world.labour_income))
    wage *= world.world / (wage @ world.labour_income)
    prices = np.ones_like(baseline.expenditure)
    spent = np.array(baseline.expenditure)
    share = np.array(baseline.trade_share)
    income = np.array(world.labour_income)
    own = np.arange(len(wage))
    residual, why, count, price_steps, spending_steps = np.inf, "", 0, 0, 0
    with np.errstate(all="ignore"):
        while True:
            if count >= max_iterations:
                why = f"{count} wage steps"
                break
            if time.perf_counter() - began > max_seconds:
                why = f"more than {max_seconds:g} s"
                break
            count += 1
            if plain:
                prices = np.ones_like(prices)
            prices, power, steps = _prices(world, np.log(wage), prices, 0.1 * tol, plain)
            price_steps += steps
            total = np.matmul(world.start, power.T[:, :, None])
            share = world.start * power.T[:, None, :] / total
            net = share / (1.0 + world.tariff)
            earned = wage * world.labour_income
            if spending == "solve":
                spent, output, income, steps = _spending_exactly(world, net, earned)
            else:
                spent, output, income, steps = _spending(world, net, earned, spent, 0.1 * tol)
            spending_steps += steps
            flows = net * spent.T[:, :, None]
            flows[:, own, own] = 0.0
            imports, exports = flows.sum(axis=(0, 2)), flows.sum(axis=(0, 1))
            excess = (exports + _deficits(world, earned) - imports) / earned
            labour = (world.value_added_share * output).sum(axis=1) / earned - 1.0
            residual = float(max(np.abs(excess).max(), np.abs(labour).max()))
            if not np.isfinite(residual):
                why = "a wage or price left the positive numbers"
                break
            if residual < tol:
                break
            wage = wage * (1.0 + damping * excess)
            wage *= world.world / (wage @ world.labour_income)
            if not (wage > 0.0).all():
                why = "a wage or price left the positive numbers"
                break
    return NestedSolution(
        converged=not why,
        why=why,
        wage_hat=wage,
        price_hat=prices,
        expenditure=spent,
        share=share,
        income=income,
        residual=residual,
        iterations=count,
        price_steps=price_steps,
        spending_steps=spending_steps,
        seconds=time.perf_counter() - began,
        damping=damping,
    )
