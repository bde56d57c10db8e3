"""The whole joint loop compiled by numba: for sweeps, and for worlds with millions of pairs.

Does what `iterate` does, in one call without the interpreter, so several solves can run on several
threads at once. Results agree with numpy's to the tolerance of the solve.
"""

# mypy: disallow-untyped-defs = False, disallow-untyped-calls = False
# mypy: disallow-untyped-decorators = False

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from comity.model.world import iterate as plain
from comity.model.world import kernels as k
from comity.model.world.anderson import DROPPED, MEMORY
from comity.model.world.evaluate import Evaluation
from comity.model.world.iterate import Outcome, State
from comity.model.world.precondition import LEAST_SLOPE, Preconditioner
from comity.model.world.problem import Problem

Array = NDArray[np.float64]

_STEP, _STALE, _CLOSE = plain.STEP, plain.STALE, plain.CLOSE
_SLOW, _SLOW_SPAN = plain.SLOW, plain.SLOW_SPAN
_SINGLE_UNTIL = plain.SINGLE_UNTIL
_SMALL_WORLD, _AIM, _FLOOR = plain.SMALL_WORLD, plain.AIM, plain.FLOOR
_LEAST, _DROPPED, _MEMORY = LEAST_SLOPE, DROPPED, MEMORY


@njit(**k.OPTIONS)
def _renew_serial(x, data, matrix, sweeps, work, totals, held, answers, scale, slope):
    size, count = x.shape
    for j in range(size):
        k.held_exports(j, x, data[0], data[1], data[14], work, held)
    for n in range(count):
        k.answer_of(n, x, data, matrix, sweeps, work, totals, held, answers, scale, slope, _LEAST)


@njit(parallel=True, **k.OPTIONS)
def _renew_parallel(x, data, matrix, sweeps, work, totals, held, answers, scale, slope):
    size, count = x.shape
    for j in prange(size):
        k.held_exports(j, x, data[0], data[1], data[14], work, held)
    for n in prange(count):
        k.answer_of(n, x, data, matrix, sweeps, work, totals, held, answers, scale, slope, _LEAST)


@njit(**k.OPTIONS)
def _step_serial(matrix, answers, scale, slope, isolated, work, totals, rooms, f, spread):
    for n in range(answers.shape[2]):
        k.step_of(n, matrix, answers, scale, slope, isolated, work, totals, rooms[n], f, spread)


@njit(parallel=True, **k.OPTIONS)
def _step_parallel(matrix, answers, scale, slope, isolated, work, totals, rooms, f, spread):
    for n in prange(answers.shape[2]):
        k.step_of(n, matrix, answers, scale, slope, isolated, work, totals, rooms[n], f, spread)


@njit(**k.OPTIONS)
def _dot(a, b):
    total = 0.0
    for i in range(a.shape[0]):
        total += a[i] * b[i]
    return total


@njit(**k.OPTIONS)
def _weights(gram, right, held, newest, weights):
    """Least squares weights from scaled normal equations, newest direction first; a direction that
    adds less than `DROPPED` to those before it is left out."""
    memory = gram.shape[0]
    order = np.empty(held, dtype=np.int64)
    for r in range(held):
        order[r] = (newest - r) % memory if held == memory else newest - r
    scale = np.empty(held)
    for r in range(held):
        scale[r] = 1.0 / np.sqrt(max(gram[order[r], order[r]], 1e-300))
    low = np.zeros((held, held))
    kept = np.zeros(held, dtype=np.bool_)
    y = np.zeros(held)
    for r in range(held):
        for c in range(r):
            if kept[c]:
                total = gram[order[r], order[c]] * scale[r] * scale[c]
                for q in range(c):
                    total -= low[r, q] * low[c, q]
                low[r, c] = total / low[c, c]
        pivot = 1.0
        total = right[order[r]] * scale[r]
        for q in range(r):
            pivot -= low[r, q] * low[r, q]
            total -= low[r, q] * y[q]
        if pivot > _DROPPED:
            kept[r] = True
            low[r, r] = np.sqrt(pivot)
            y[r] = total / low[r, r]
    for r in range(held):
        weights[r] = 0.0
    for r in range(held - 1, -1, -1):
        if kept[r]:
            total = y[r]
            for q in range(r + 1, held):
                if kept[q]:
                    total -= low[q, r] * weights[order[q]] / scale[q]
            weights[order[r]] = total / low[r, r] * scale[r]


@njit(**k.OPTIONS)
def _stale(x, base_own, work):
    size, count = x.shape
    for n in range(count):
        moved = 0.0
        total = 0.0
        for j in range(size):
            moved += x[j, n] * abs(work[k.OWN, j, n] - base_own[j, n])
            total += x[j, n]
        if moved > _STALE * total:
            return True
    return False


@njit(**k.OPTIONS)
def loop(
    w, p, x, data, coarse, single, matrix, own, first, tolerance, most, parallel,
    work, totals, found
):  # fmt: skip
    """The joint loop from (w, p, x), which it moves to the best state it finds.

    coarse : `data` with its large arrays in single precision, read where `single` asks for it
    until residuals are small.

    matrix, own : M (N, T, T) in single precision and the domestic shares (T, N) it was made at;
    first : the preconditioner's vectors to begin with (answers, scale, slope). Returns the number
    of evaluations, negative where the tolerance was not reached; work (ROWS, T, N), totals
    (TOTALS, N) and found (4,) hold the evaluation of the state.

    """
    size, count = x.shape
    isolated = data[13]
    prices = count + size * count
    length = prices + size * count
    spread = np.empty(count)
    for n in range(count):
        total = 0.0
        for j in range(size):
            total += x[j, n]
        spread[n] = max(total / size, 1e-300)
    now = np.empty(length)
    now[:count] = w
    now[count:prices] = p.ravel()
    for j in range(size):
        for n in range(count):
            now[prices + j * count + n] = x[j, n] / spread[n]
    rows = np.empty((count, size))
    rooms = np.empty((count, 3, size))
    held = np.empty((size, count))
    answers = first[0].copy()
    scale = first[1].copy()
    slope = first[2].copy()
    base_own = own.copy()
    f = np.empty(length)
    last_x = np.empty(length)
    last_f = np.empty(length)
    dx = np.empty((_MEMORY, length))
    df = np.empty((_MEMORY, length))
    gram = np.zeros((_MEMORY, _MEMORY))
    right = np.zeros(_MEMORY)
    weights = np.zeros(_MEMORY)
    best = now.copy()
    best_error = np.inf
    errors = np.empty(most + 1)
    stored = 0
    newest = -1
    started = False
    refreshed = 0
    fresh_at = 0
    cap = _STEP
    evaluations = 0
    seen = 0
    aim = tolerance
    if data[0].size < _SMALL_WORLD:
        aim = min(tolerance, max(_AIM * tolerance, _FLOOR))
    while evaluations < most:
        for n in range(count):
            w[n] = now[n]
        for j in range(size):
            for n in range(count):
                p[j, n] = now[count + j * count + n]
                x[j, n] = now[prices + j * count + n] * spread[n]
        if single:
            if parallel:
                k.evaluate_parallel(w, p, x, coarse, work, totals, rows, found)
            else:
                k.evaluate_serial(w, p, x, coarse, work, totals, rows, found)
        elif parallel:
            k.evaluate_parallel(w, p, x, data, work, totals, rows, found)
        else:
            k.evaluate_serial(w, p, x, data, work, totals, rows, found)
        evaluations += 1
        error = max(max(found[0], found[1]), max(found[2], found[3]))
        if not np.isfinite(found[0] + found[1] + found[2] + found[3]):
            error = np.inf
        if single and error < _SINGLE_UNTIL:
            single = False
            if error < tolerance:
                error = tolerance
        if error < aim:
            return evaluations
        if error < best_error:
            best_error = error
            best[:] = now
        lost = not error < np.inf or error > 1e3 * max(best_error, 1e-3)
        if lost:
            if best_error == np.inf:
                return -evaluations
            cap /= 2.0
            if cap < 1e-4:
                break
            now[:] = best
            for n in range(count):
                w[n] = now[n]
            for j in range(size):
                for n in range(count):
                    p[j, n] = now[count + j * count + n]
                    x[j, n] = now[prices + j * count + n] * spread[n]
            k.evaluate_serial(w, p, x, data, work, totals, rows, found)
            evaluations += 1
            error = best_error
        errors[seen] = error
        seen += 1
        renew = lost
        if not lost and seen > 1 and error < _CLOSE:
            slow = seen - fresh_at >= _SLOW_SPAN and seen > _SLOW_SPAN
            slow = slow and error > _SLOW * errors[max(seen - 1 - _SLOW_SPAN, 0)]
            renew = slow or (refreshed == 0 and _stale(x, base_own, work))
        if renew:
            if parallel:
                _renew_parallel(x, data, matrix, 2, work, totals, held, answers, scale, slope)
            else:
                _renew_serial(x, data, matrix, 2, work, totals, held, answers, scale, slope)
            refreshed += 1
            stored = 0
            newest = -1
            started = False
            fresh_at = seen
            base_own[:] = work[k.OWN]
        if parallel:
            _step_parallel(matrix, answers, scale, slope, isolated, work, totals, rooms, f, spread)
        else:
            _step_serial(matrix, answers, scale, slope, isolated, work, totals, rooms, f, spread)
        if started:
            newest = (newest + 1) % _MEMORY
            stored = min(stored + 1, _MEMORY)
            for i in range(length):
                dx[newest, i] = now[i] - last_x[i]
                df[newest, i] = f[i] - last_f[i]
            for r in range(stored):
                value = _dot(df[r], df[newest])
                gram[r, newest] = value
                gram[newest, r] = value
        started = True
        last_x[:] = now
        last_f[:] = f
        if stored:
            for r in range(stored):
                right[r] = _dot(df[r], f)
            _weights(gram, right, stored, newest, weights)
            for r in range(stored):
                c = weights[r]
                if c != 0.0:
                    for i in range(length):
                        f[i] -= c * (dx[r, i] + df[r, i])
        largest = 0.0
        for i in range(prices):
            largest = max(largest, abs(f[i]))
        factor = cap / largest if largest > cap else 1.0
        for i in range(prices):
            now[i] += factor * f[i]
        for j in range(size):
            for n in range(count):
                i = prices + j * count + n
                new = now[i] + factor * f[i]
                if new <= 0.0:
                    new = max(work[k.ASKED, j, n] / spread[n], 1e-3 * now[i]) if now[i] > 0 else 0.0
                now[i] = new
    for n in range(count):
        w[n] = best[n]
    for j in range(size):
        for n in range(count):
            p[j, n] = best[count + j * count + n]
            x[j, n] = best[prices + j * count + n] * spread[n]
    k.evaluate_serial(w, p, x, data, work, totals, rows, found)
    return max(evaluations, 1) if best_error < tolerance else -max(evaluations, 1)


def arrays(given: Problem, isolated: NDArray[np.bool_] | None) -> tuple[Any, ...]:
    """The problem as the tuple of arrays that the kernels unpack."""
    base = given.structure
    n = len(base.labour)
    none = np.zeros((0, 0))
    part = np.zeros(n, dtype=np.intp) if given.part is None else given.part
    return (
        given.share,
        given.net,
        given.own,
        given.own_net,
        base.gamma,
        base.value_added_share,
        base.final_share,
        base.home_labour,
        given.theta[:, 0].copy(),
        none if given.log_productivity is None else given.log_productivity,
        given.labour,
        given.deficit,
        np.zeros(n) if given.ratio is None else given.ratio,
        np.zeros(n, dtype=np.bool_) if isolated is None else isolated,
        given.tariffed,
        given.log_productivity is not None,
        given.ratio is not None,
        part,
        np.bincount(part, weights=base.labour),
    )


def vectors(answer: Preconditioner) -> tuple[Array, Array, Array]:
    """The preconditioner's vectors in the order of the kernels."""
    rows = (answer.price, answer.spend, answer.u, answer.rho, answer.lambda_p, answer.lambda_x)
    return np.stack(rows), answer.rho_scale, answer.slope


def iterate(
    given: Problem,
    state: State,
    *,
    tolerance: float,
    isolated: NDArray[np.bool_] | None,
    preconditioner: Preconditioner,
    most: int = plain.MOST_EVALUATIONS,
    threads: int = 1,
) -> Outcome:
    """`comity.model.world.iterate.iterate`, compiled."""
    new = state.copy()
    n, t = given.structure.shape
    found = np.zeros(4)
    work = np.zeros((k.ROWS, t, n))
    totals = np.zeros((k.TOTALS, n))
    parallel = threads > 1
    data = arrays(given, isolated)
    coarse = data
    single = given.share.size >= plain.SINGLE_FROM
    if single:
        share, net, gamma = given.single()
        coarse = (share, net, data[2], data[3], gamma, *data[5:])
    count = loop(
        new.log_wage, new.log_price, new.spending, data, coarse, single,
        preconditioner.inverse, preconditioner.own_share, vectors(preconditioner),
        tolerance, most, parallel, work, totals, found,
    )  # fmt: skip
    at = evaluation(given, new.spending, work, totals, found)
    return Outcome(new, at, abs(int(count)), count > 0)


def evaluation(
    given: Problem, spending: Array, work: Array, totals: Array, found: Array
) -> Evaluation:
    """The kernels' arrays under the names that results read."""
    return Evaluation(
        given=given,
        r_p=work[k.RP],
        r_x=work[k.RX],
        r_w=totals[k.RW],
        log_cost=work[k.COST],
        z=work[k.Z],
        phi=work[k.PHI],
        net_z=work[k.OFF] * work[k.PHI],
        spending=spending,
        output=work[k.OUTPUT],
        exports=work[k.EXPORTS],
        income=totals[k.INCOME],
        revenue=totals[k.REVENUE],
        value_added=totals[k.VALUE],
        deficits=totals[k.DEFICIT],
        export_total=totals[k.OUT],
        import_total=totals[k.INTO],
        residuals=(float(found[0]), float(found[1]), float(found[2]), float(found[3])),
    )
