"""Many solves on one baseline in one call: shocks × draws of trade elasticities.

Only the pairs that a shock touches, and the elasticities, differ between runs, so tensors are not
built anew. With numba a run never leaves compiled code and threads take runs independently of each
other; results do not depend on their number or order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.model.world import engines
from comity.model.world.equilibrium import BALANCED, TOLERANCE, solve, with_deficits
from comity.model.world.evaluate import evaluate
from comity.model.world.feasible import Parts, examine
from comity.model.world.gradient import price_weights
from comity.model.world.iterate import MOST_EVALUATIONS, iterate, start
from comity.model.world.precondition import own_inverse, precondition
from comity.model.world.problem import Problem, problem
from comity.model.world.structure import Structure, structure
from comity.scenario.wedges import Wedges
from comity.trade.baseline import Baseline
from comity.words.errors import ComityError

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]

CHUNK = 16
"""Runs that a thread takes at once: progress is told, and an interrupt heard, between chunks."""


@dataclass(frozen=True, eq=False)
class Runs:
    """R runs over N economies, each relative to the baseline.

    shock, draw : (R,), which shock and which row of theta;  wage_hat, price_index, income : (R, N)
    failed : (shock, draw, error) of runs that have no answer; they are not among the R
    """

    shock: NDArray[np.intp]
    draw: NDArray[np.intp]
    wage_hat: Array
    price_index: Array
    income: Array
    evaluations: NDArray[np.int64]
    failed: tuple[tuple[int, int, ComityError], ...]
    engine: str = "numpy"


def sweep(
    baseline: Baseline,
    shocks: Sequence[Wedges],
    thetas: Array | None = None,
    *,
    deficits: str | float = "kept",
    engine: str = "auto",
    tolerance: float = TOLERANCE,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Solves every shock at every row of `thetas` (D, J), or once at the baseline's elasticities.

    `progress(done, all)` is called as runs end, in this thread. An interrupt stops the sweep
    between chunks of runs.
    """
    engines.checked_threads(threads)
    base = structure(baseline)
    # By the size of the world alone: numbers must not depend on how many runs are asked for. (The
    # first compiled sweep on a machine compiles for half a minute, too.)
    engine = engines.resolve(engine, base)
    rows = baseline.theta[None, :] if thetas is None else thetas
    ordered = np.ascontiguousarray(rows[:, base.order])
    total = len(shocks) * len(rows)
    done = 0
    raw = np.zeros((len(shocks), len(rows), 3 + base.shape[1], base.shape[0]))
    counts = np.zeros((len(shocks), len(rows)), dtype=np.int64)
    run_shock = _compiled if engine == "numba" else _plain
    failed: list[tuple[int, int, ComityError]] = []
    parts_of: list[Parts] = []
    problems: list[Problem] = []
    for number, wedges in enumerate(shocks):
        rule, wedges = with_deficits(baseline, wedges, deficits)
        given = problem(base, wedges, deficits=rule)
        problems.append(given)
        try:
            parts_of.append(examine(given))
        except ComityError as error:
            # Who may buy from whom does not depend on elasticities: no draw has an answer.
            parts_of.append(Parts(np.zeros(base.shape[0], dtype=np.intp), None))
            failed.extend((number, row, error) for row in range(len(rows)))
            done += len(rows)
            continue
        shock_runs = run_shock if given.touched else _still
        for finished in shock_runs(
            base, wedges, given, parts_of[-1], ordered, rule, tolerance, threads,
            raw[number], counts[number],
        ):  # fmt: skip
            done += finished
            if progress is not None:
                progress(done, total)
        # The equations may also hold where someone spends less than nothing: that is no answer.
        unpaid = ~(raw[number, :, 1] > 0.0).all(axis=1)
        for row in np.flatnonzero((counts[number] <= 0) | unpaid):
            # What the plain loop could not do, continuation may; its refusal is kept by run.
            try:
                found = solve(
                    baseline.replaced(theta=rows[row]), wedges, deficits=rule, tolerance=tolerance
                )
            except ComityError as error:
                failed.append((number, int(row), error))
                continue
            counts[number, row] = found.evaluations
            raw[number, row, 0] = np.log(found.wage_hat)
            raw[number, row, 1] = found.income
            raw[number, row, 2] = found.value_added
            raw[number, row, 3:] = np.log(found.price_hat.T[base.order])
    return replace(_collect(base, problems, parts_of, raw, counts, failed), engine=engine)


def _collect(
    base: Structure,
    problems: Sequence[Problem],
    parts_of: Sequence[Parts],
    raw: Array,
    counts: NDArray[np.int64],
    failed: list[tuple[int, int, ComityError]],
) -> Runs:
    by_price, by_wage = price_weights(base)
    lost = {(shock, row) for shock, row, _ in failed}
    kept = [k for k in np.ndindex(*counts.shape) if k not in lost]
    shock = np.array([k[0] for k in kept], dtype=np.intp)
    draw = np.array([k[1] for k in kept], dtype=np.intp)
    runs = raw[shock, draw]
    level = np.empty((len(kept), base.shape[0]))
    constant = np.zeros((len(kept), base.shape[0]))
    for number, (given, parts) in enumerate(zip(problems, parts_of, strict=True)):
        mine = shock == number
        for part in range(parts.count):
            inside = parts.part == part
            value = runs[mine][:, 2, inside].sum(axis=1)
            level[np.ix_(mine, inside)] = (base.labour[inside].sum() / value)[:, None]
        if given.log_home is not None and base.home is not None:
            at_home = base.baseline.final_share[:, base.home.sectors]
            passed = np.matmul(base.home.cost, given.log_home.T[:, :, None])[:, :, 0]
            constant[mine] = -(at_home * passed).sum(axis=1)
    log_price = (runs[:, 3:] * by_price).sum(axis=1) + by_wage * runs[:, 0] + constant
    for number, given in enumerate(problems):
        if not given.touched:
            level[shock == number] = 1.0
    income = runs[:, 1] * level
    for number, given in enumerate(problems):
        mine = shock == number
        if given.ratio is not None and given.touched and mine.any():
            # As in a single solve: the level of spending, which the published programs use.
            income[mine] *= np.array([given.common(v) for v in runs[mine][:, 2]])
    return Runs(
        shock=shock,
        draw=draw,
        wage_hat=np.exp(runs[:, 0]) * level,
        price_index=np.exp(log_price) * level,
        income=income,
        evaluations=counts[shock, draw],
        failed=tuple(failed),
    )


def _still(
    base: Structure, wedges: Wedges, given: Problem, parts: Parts, thetas: Array, rule: str,
    tolerance: float, threads: int | None, raw: Array, counts: NDArray[np.int64],
) -> Any:  # fmt: skip
    """No change: the balanced baseline at every elasticity, to the last bit."""
    first = start(given)
    with np.errstate(all="ignore"), engines.one_blas_thread():
        at = evaluate(given, first.log_wage, first.log_price, first.spending, parts.isolated)
    if at.error < BALANCED:
        raw[:, 1], raw[:, 2] = at.income, at.value_added
        counts[:] = 1
    yield len(thetas)


def _plain(
    base: Structure, wedges: Wedges, given: Problem, parts: Parts, thetas: Array, rule: str,
    tolerance: float, threads: int | None, raw: Array, counts: NDArray[np.int64],
) -> Any:  # fmt: skip
    """Run by run in numpy; yields how many runs ended."""
    still = problem(base, Wedges())
    inverse = own_inverse(still, base.own)
    for row, theta in enumerate(thetas):
        column = theta[:, None]
        with np.errstate(all="ignore"), engines.one_blas_thread():
            still = problem(base, Wedges(), theta=column)
            first = start(still)
            at = evaluate(still, first.log_wage, first.log_price, first.spending, None)
            answer = precondition(still, at, inverse, sweeps=1)
            there = problem(base, wedges, deficits=rule, theta=column)
            there.own, there.own_net, there.part = given.own, given.own_net, given.part
            out = iterate(
                there, start(there), tolerance=tolerance, isolated=parts.isolated,
                preconditioner=answer,
            )  # fmt: skip
        counts[row] = out.evaluations if out.converged else -out.evaluations
        raw[row, 0] = out.state.log_wage
        raw[row, 1] = out.at.income
        raw[row, 2] = out.at.value_added
        raw[row, 3:] = out.state.log_price
        yield 1


def _compiled(
    base: Structure, wedges: Wedges, given: Problem, parts: Parts, thetas: Array, rule: str,
    tolerance: float, threads: int | None, raw: Array, counts: NDArray[np.int64],
) -> Any:  # fmt: skip
    """Chunk by chunk in compiled code on several threads; yields how many runs ended."""
    from comity.model.world import compiled, sweep_kernel
    from comity.model.world import kernels as k

    n, t = base.shape
    baseline, order = base.baseline, base.order
    tt = given.tariffed
    log_kappa = np.zeros((t, n, n))
    available = np.ones((t, n, n))
    rates = baseline.tariff[order] if wedges.tariff is None else wedges.tariff[order]
    if wedges.tariff is not None:
        log_kappa += np.log1p(rates) - np.log1p(baseline.tariff[order])
    if wedges.trade_cost is not None:
        log_kappa += np.log(wedges.trade_cost[order])
    if wedges.availability is not None:
        available *= wedges.availability[order]
    cells = np.argwhere(((log_kappa != 0.0) | (available != 1.0)) & (base.share > 0.0))
    at = tuple(cells.T)
    base_net = np.concatenate([base.net, base.share[base.tariffed : tt]]) if tt else base.net
    still = problem(base, Wedges())
    still.net, still.tariffed = np.ascontiguousarray(base_net), tt
    still.theta = thetas[0][:, None]
    work, totals = np.zeros((k.ROWS, t, n)), np.zeros((k.TOTALS, n))
    held = np.zeros((t, n))
    state = start(still)
    k.evaluate_serial(
        state.log_wage, state.log_price, state.spending, compiled.arrays(still, None),
        work, totals, np.empty((n, t)), np.zeros(4),
    )  # fmt: skip
    for j in range(t):
        k.held_exports(j, state.spending, still.share, still.net, tt, work, held)
    matrix = own_inverse(still, base.own)
    data = compiled.arrays(given, parts.isolated)

    def chunk(rows: slice) -> int:
        part = thetas[rows]
        sweep_kernel.run(
            base.share, still.net, cells, log_kappa[at], available[at], rates[at], data,
            part, matrix, base.own, base.spending, work, totals, held, tolerance,
            MOST_EVALUATIONS, raw[rows], counts[rows],
        )  # fmt: skip
        return len(part)

    pieces = [slice(k, k + CHUNK) for k in range(0, len(thetas), CHUNK)]
    workers = engines.cores() if threads is None else max(1, threads)
    if workers == 1 or len(pieces) == 1:
        for piece in pieces:
            yield chunk(piece)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(chunk, piece) for piece in pieces]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            for future in waiting:
                future.cancel()
