"""The joint loop on wages, prices and spending: preconditioned steps, mixed, and guarded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.model.world.anderson import Anderson
from comity.model.world.evaluate import Evaluation, evaluate
from comity.model.world.precondition import Preconditioner, precondition
from comity.model.world.problem import Problem

Array = NDArray[np.float64]

MOST_EVALUATIONS = 80
STEP = 1.0
"""No log wage or price moves by more than this at once."""
STALE = 0.05
"""Domestic shares moved by more than this, on average in some economy, ask for a refresh."""
CLOSE = 0.5
"""Not before the residual is below this: far away a linear answer tells little."""
LOOKED = 8
"""After this many evaluations domestic shares are no longer looked at."""
SLOW = 0.3
SLOW_SPAN = 5
"""Asked for again when this many evaluations took off less than 1 - SLOW of the residual."""
SINGLE_FROM = 50_000
"""Pairs × sectors from which far evaluations are in single precision: they are bound by memory."""
SINGLE_UNTIL = 1e-4
SMALL_WORLD = 10_000
"""Pairs × sectors below which the loop aims lower than it was asked to: where a world is badly
conditioned residuals say less of the distance to the solution, and here it costs microseconds."""
AIM = 0.001
FLOOR = 2e-14
"""Residuals below this are rounding: no step can improve on them."""
SMALL_INVERSE = 3e6
"""Below this N·J³ the preconditioner's matrices are computed anew at a refresh."""


@dataclass(eq=False)
class State:
    """log ŵ (N,), log P̂ (J, N), X (J, N), in working order."""

    log_wage: Array
    log_price: Array
    spending: Array

    def copy(self) -> State:
        return State(self.log_wage.copy(), self.log_price.copy(), self.spending.copy())


@dataclass(eq=False)
class Outcome:
    """Where the loop ended: the best state, its evaluation, how many evaluations it took."""

    state: State
    at: Evaluation
    evaluations: int
    converged: bool


def start(given: Problem) -> State:
    """No change."""
    n, j = given.structure.shape
    return State(np.zeros(n), np.zeros((j, n)), given.structure.spending.copy())


def iterate(
    given: Problem,
    state: State,
    *,
    tolerance: float,
    isolated: NDArray[np.bool_] | None = None,
    most: int = MOST_EVALUATIONS,
    preconditioner: Preconditioner | None = None,
) -> Outcome:
    """The loop from `state`. It never gives non-finite numbers: `converged` is false instead."""
    n, j = given.structure.shape
    prices = slice(n, n + n * j)
    scale = np.maximum(given.structure.spending.mean(axis=0), 1e-300)
    x = np.concatenate([state.log_wage, state.log_price.ravel(), (state.spending / scale).ravel()])

    def view(x: Array) -> State:
        return State(x[:n], x[prices].reshape(j, n), x[prices.stop :].reshape(j, n) * scale)

    aim = max(AIM * tolerance, FLOOR) if given.share.size < SMALL_WORLD else tolerance
    aim = min(aim, tolerance)
    mixing = Anderson(x.size)
    single = given.share.size >= SINGLE_FROM
    f = np.empty_like(x)
    answer = preconditioner
    cap = STEP
    best_x, best_at, best_error = x, None, np.inf
    errors: list[float] = []
    refreshed = 0
    fresh_at = 0
    for count in range(1, most + 1):
        now = view(x)
        at = evaluate(given, now.log_wage, now.log_price, now.spending, isolated, single=single)
        error = at.error
        if single and error < SINGLE_UNTIL:
            single = False
            if error < tolerance:
                error = tolerance  # never good enough by single precision alone
        if error < aim:
            return Outcome(now.copy(), at, count, True)
        if np.isfinite(error) and error < best_error:
            best_x, best_at, best_error = x, at, error
        if not np.isfinite(error) or error > 1e3 * max(best_error, 1e-3):
            if best_at is None:
                return Outcome(now, at, count, False)
            x, at, error = best_x, best_at, best_error
            cap /= 2.0
            mixing.forget()
            answer = None if answer is None else _renewed(given, at, answer)
            fresh_at = count
            if cap < 1e-4:
                break
        errors.append(error)
        if answer is None:
            answer = precondition(given, at)
            fresh_at, refreshed = count, refreshed + 1
        elif count > 1:
            early = refreshed == 0 and count <= LOOKED and error < CLOSE
            moved = early and _stale(at, answer)
            slow = (
                count - fresh_at >= SLOW_SPAN
                and error > SLOW * errors[-SLOW_SPAN]
                and error < CLOSE
            )
            if moved or slow:
                answer = _renewed(given, at, answer)
                mixing.forget()
                fresh_at, refreshed = count, refreshed + 1
        dw, dp, dx = answer.step(at.r_w, at.r_p, at.r_x)
        if isolated is not None:
            dw[isolated] = 0.0
        f[:n] = dw
        f[prices] = dp.ravel()
        np.divide(dx, scale, out=f[prices.stop :].reshape(j, n))
        move = mixing.direction(x, f)
        largest = float(np.abs(move[: prices.stop]).max())
        if largest > cap:
            move *= cap / largest
        new = x + move
        spending = new[prices.stop :]
        if spending.min() <= 0.0:
            low = spending <= 0.0
            old = x[prices.stop :][low]
            asked = ((at.spending + at.r_x) / scale).ravel()[low]
            spending[low] = np.where(old > 0.0, np.maximum(asked, 1e-3 * old), 0.0)
        x = new
    assert best_at is not None
    return Outcome(view(best_x).copy(), best_at, most, best_error < tolerance)


def _stale(at: Evaluation, answer: Preconditioner) -> bool:
    moved = (at.spending * np.abs(at.own_share - answer.own_share)).sum(axis=0)
    return bool((moved > STALE * at.spending.sum(axis=0)).any())


def _renewed(given: Problem, at: Evaluation, old: Preconditioner) -> Preconditioner:
    n, j = given.structure.shape
    return precondition(given, at, None if n * j**3 < SMALL_INVERSE else old.inverse)
