"""Solving the world model: exact changes of Caliendo and Parro (2015), or a stated refusal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from comity.model.world.engines import (
    checked_threads,
    compiled_engine,
    one_blas_thread,
    resolve,
    thread_count,
)
from comity.model.world.evaluate import Evaluation, evaluate
from comity.model.world.feasible import Parts, examine
from comity.model.world.iterate import Outcome, State, iterate, start
from comity.model.world.precondition import Preconditioner, precondition
from comity.model.world.problem import DEFICITS, Problem, problem
from comity.model.world.solution import Solution, solution
from comity.model.world.structure import Structure, structure
from comity.scenario.wedges import Wedges, between, part_of
from comity.trade.baseline import Baseline
from comity.words.errors import InputError, NoEquilibrium, NotConverged

Array = NDArray[np.float64]

MODEL_VERSION = "world-1"
"""Raised whenever numbers change."""
TOLERANCE = 1e-10
LEAST_TOLERANCE = 1e-14
BALANCED = 1e-12
"""A baseline whose residuals are below this is an equilibrium; `balance` aims lower."""
FIRST_PART = 0.25
LEAST_PART = 1e-4
SPENT = 0.01
"""Part of value added below which spending counts as run out, where continuation ends there."""


def with_deficits(baseline: Baseline, wedges: Wedges, deficits: str | float) -> tuple[str, Wedges]:
    """The solver's rule for deficits, and the wedges with the deficits to be reached put in."""
    rule, gap = deficit_rule(baseline, deficits)
    if rule == "ratio" and wedges.deficit is not None:
        raise InputError(
            "new deficits have no place where deficits are a ratio of income",
            mend="balance with deficits kept or none, then change them",
        )
    if wedges.deficit is None and not np.array_equal(gap, baseline.deficit):
        wedges = replace(wedges, deficit=gap)
    return rule, wedges


def deficit_rule(baseline: Baseline, deficits: str | float) -> tuple[str, Array]:
    """The rule of the solver, and the deficits it starts from, for what a user wrote.

    ``kept``: the data's, a fixed share of world value added. ``none``: zero. A number: that part
    of the data's. ``ratio``: spending stays a fixed ratio of income, up to one factor common to
    all that makes the world's spending and income equal (Baier, Yotov and Zylkin 2019).
    """
    if isinstance(deficits, str):
        if deficits == "none":
            return "kept", np.zeros_like(baseline.deficit)
        if deficits in DEFICITS:
            return deficits, np.array(baseline.deficit)
        raise InputError(
            f"deficits are {deficits!r}", mend="write kept, none, ratio, or a number to scale them"
        )
    if isinstance(deficits, bool) or not isinstance(deficits, int | float | np.number):
        raise InputError(
            f"deficits are {deficits!r}", mend="write kept, none, ratio, or a number to scale them"
        )
    if not np.isfinite(deficits):
        raise InputError(f"deficits cannot be scaled by {deficits!r}", mend="give a number")
    return "kept", float(deficits) * baseline.deficit


def solve(
    baseline: Baseline,
    wedges: Wedges,
    *,
    deficits: str | float = "kept",
    engine: str = "numpy",
    tolerance: float = TOLERANCE,
    threads: int | None = None,
) -> Solution:
    """The equilibrium after `wedges`, relative to `baseline`, to `tolerance` in every residual.

    Prices, expenditure, the labour market and trade are all within `tolerance` (relative), or
    `NotConverged` is raised; `NoEquilibrium` is raised, naming economies and sectors, where none
    exists. The baseline itself need not be an equilibrium (see `balance`).

    World value added is the numeraire. Where economies are cut off from each other, each part of
    the world has its own value added as its numeraire: nominal values of two parts cannot be
    compared, and `Solution.parts` says which are which.
    """
    asked: object = tolerance
    if not isinstance(asked, float) or not LEAST_TOLERANCE <= asked < 1e-2:
        raise InputError(
            f"a tolerance of {tolerance!r}", mend=f"give a number from {LEAST_TOLERANCE} to 0.01"
        )
    checked_threads(threads)
    rule, wedges = with_deficits(baseline, wedges, deficits)
    engine = resolve(engine, structure(baseline))
    given = problem(structure(baseline), wedges, deficits=rule)
    parts = examine(given)
    found = _search(given, wedges, rule, parts, tolerance, engine, threads)
    return solution(given, found, parts, wedges)


def _paid_for(given: Problem, found: Outcome) -> None:
    """Refuses a solution of the equations in which someone's spending is negative."""
    if not (found.at.income > 0.0).all():
        _no_income(given, ~(found.at.income > 0.0), "would be negative: ")


def _no_income(given: Problem, who: NDArray[np.bool_], how: str) -> NoReturn:
    names = [given.structure.baseline.names.economies[n] for n in np.flatnonzero(who)]
    surplus = given.deficits(given.labour)[who] < 0.0
    taken = "the trade surplus that it would keep" if surplus.all() else "what it pays in subsidies"
    raise NoEquilibrium(
        f"spending of {', '.join(names)} {how}{taken} takes all of its income",
        reason="no-income",
        economies=names,
        mend="take the deficits away, or scale them down: deficits none or a number, in balance() "
        "or a scenario's model"
        if surplus.all()
        else "make the negative tariffs smaller",
    )


def solve_path(
    baseline: Baseline,
    wedges: Wedges,
    parts: Sequence[float],
    *,
    begin: Wedges | None = None,
    deficits: str | float = "kept",
    engine: str = "numpy",
    tolerance: float = TOLERANCE,
    threads: int | None = None,
) -> Iterator[Solution]:
    """The equilibria at rising parts of the way from `begin` (the baseline itself, if `None`) to
    `wedges`, each started from the one before; see `between`."""
    checked_threads(threads)
    rule, wedges = with_deficits(baseline, wedges, deficits)
    _, first = with_deficits(baseline, Wedges() if begin is None else begin, deficits)
    engine = resolve(engine, structure(baseline))
    state: State | None = None
    for part in parts:
        there = between(first, wedges, baseline, part)
        given = problem(structure(baseline), there, deficits=rule)
        pieces = examine(given)
        found = _run(
            given, start(given) if state is None else state, pieces, tolerance, engine, threads
        )
        if not found.converged or not (found.at.income > 0.0).all():
            found = _search(given, there, rule, pieces, tolerance, engine, threads)
        state = found.state
        yield solution(given, found, pieces, there)


def balance(
    baseline: Baseline,
    deficits: str | float = "none",
    *,
    engine: str = "numpy",
    threads: int | None = None,
) -> Baseline:
    """The baseline re-solved: an equilibrium with these deficits, at the same rules.

    Data are no equilibrium (clipped shares, statistical differences), so effects have to be
    measured against this, never against the data. Raises what `solve` raises.
    """
    rule, _ = deficit_rule(baseline, deficits)
    if rule == "ratio":
        deficits = "kept"  # at no change the two rules are the same
    found = solve(
        baseline, Wedges(), deficits=deficits, engine=engine, tolerance=1e-13, threads=threads
    )
    return found.as_baseline()


def base_preconditioner(base: Structure) -> Preconditioner:
    """The preconditioner at the baseline, computed once and kept."""
    if base.preconditioner is None:
        given = problem(base, Wedges())
        state = start(given)
        with np.errstate(all="ignore"):  # an economy without trade has no wage equation
            at = evaluate(given, state.log_wage, state.log_price, state.spending, None)
            base.preconditioner = precondition(given, at)
    return base.preconditioner


def _run(
    given: Problem,
    state: State,
    parts: Parts,
    tolerance: float,
    engine: str,
    threads: int | None,
) -> Outcome:
    if not given.touched:
        # A balanced baseline is its own equilibrium: no step is taken, whatever the tolerance and
        # the engine, so that no change has no effect to the last bit.
        still = start(given)
        with np.errstate(all="ignore"), one_blas_thread():
            at = evaluate(given, still.log_wage, still.log_price, still.spending, parts.isolated)
        if at.error < BALANCED:
            return Outcome(still, at, 1, True)
    answer = base_preconditioner(given.structure)
    if engine == "numba":
        compiled = compiled_engine()
        with thread_count(threads, given.share.size) as count:
            outcome: Outcome = compiled.iterate(
                given, state, tolerance=tolerance, isolated=parts.isolated,
                preconditioner=answer, threads=count,
            )  # fmt: skip
            return outcome
    with np.errstate(all="ignore"), one_blas_thread():
        return iterate(
            given, state, tolerance=tolerance, isolated=parts.isolated, preconditioner=answer
        )


def found_state(given: Problem, wedges: Wedges, rule: str, parts: Parts) -> State:
    """The equilibrium's state in working order, to the last digits, for derivatives."""
    return _search(given, wedges, rule, parts, 1e-12, "numpy", None).state


def _by_deficits(
    given: Problem, wedges: Wedges, tolerance: float, engine: str, threads: int | None
) -> Outcome | None:
    """The change walked to from where nobody has a deficit, by raising all of them together.

    Where the walk ends because a surplus takes all of an income, no equilibrium is refused for that
    reason; `None` where the walk tells nothing.
    """
    if not (given.deficit < 0.0).any():
        return None
    state: State | None = None
    followed: Evaluation | None = None
    done, step, total = -1.0, 1.0, 0
    while done < 1.0:
        part = min(1.0, done + step)
        there = problem(given.structure, replace(wedges, deficit=part * given.deficit))
        try:
            inside = examine(there)
        except NoEquilibrium:
            return None
        goal = tolerance if part == 1.0 else max(tolerance, 1e-6)
        from_ = start(there) if state is None else state
        out = _run(there, from_, inside, goal, engine, threads)
        total += out.evaluations
        if out.converged and (out.at.income > 0.0).all():
            state, followed = out.state, out.at
            step = FIRST_PART if done < 0.0 else 1.5 * step
            done = part
            if part == 1.0:
                return replace(out, evaluations=total)
        elif done < 0.0:
            return None
        else:
            step /= 2.0
            if step < LEAST_PART:
                break
    if followed is not None:
        gone = (followed.income < SPENT * followed.value_added) & (given.deficit < 0.0)
        if gone.any():
            _no_income(given, gone, f"runs out at {done:.1%} of the deficits: ")
    return None


def _search(
    given: Problem,
    wedges: Wedges,
    rule: str,
    parts: Parts,
    tolerance: float,
    engine: str,
    threads: int | None,
) -> Outcome:
    first = _run(given, start(given), parts, tolerance, engine, threads)
    if first.converged:
        _paid_for(given, first)
        return first
    # Continuation: walk from no change to the change in steps that work.
    state, done, step = start(given), 0.0, FIRST_PART
    total, best = first.evaluations, first.at.error
    last: Evaluation = first.at
    followed: Evaluation | None = None
    while done < 1.0:
        part = min(1.0, done + step)
        there = problem(
            given.structure, part_of(wedges, given.structure.baseline, part), deficits=rule
        )
        inside = examine(there) if part < 1.0 else parts
        goal = tolerance if part == 1.0 else max(tolerance, 1e-6)
        target = there if part < 1.0 else given
        out = _run(target, state, inside, goal, engine, threads)
        total += out.evaluations
        poor = out.converged and not (out.at.income > 0.0).all()
        if poor and part == 1.0:
            _paid_for(target, out)
        if out.converged:
            state, done, followed = out.state, part, out.at
            step *= 1.5
            if part == 1.0:
                return replace(out, evaluations=total)
        else:
            last = out.at
            if part == 1.0:
                best = min(best, out.at.error)
            step /= 2.0
            if step < LEAST_PART:
                break
    if engine == "numba":
        # The compiled loop refreshes its preconditioner less exactly; numpy's may still get there.
        return _search(given, wedges, rule, parts, tolerance, "numpy", threads)
    left = None if followed is None else followed.income / followed.value_added
    if left is not None:
        # Only a surplus that has to be paid out can take all of an income.
        gone = (left < SPENT) & (given.deficits(given.labour) < 0.0)
        if gone.any():
            _no_income(given, gone, f"runs out after {done:.2%} of the change: ")
    if rule == "kept":
        paid = _by_deficits(given, wedges, tolerance, engine, threads)
        if paid is not None:
            return replace(paid, evaluations=total + paid.evaluations)
    names = given.structure.baseline.names
    worst = int(np.nanargmax(np.where(np.isfinite(last.r_w), np.abs(last.r_w), -1.0)))
    raise NotConverged(
        f"no equilibrium was found to {tolerance:g}: the residual stays at {best:.2g}, "
        f"{done:.1%} of the change could be followed, and trade of "
        f"{names.economies[worst]} is furthest from balance",
        residual=float(best),
        mend="try a smaller change, or deficits none; a ban that leaves an economy almost without "
        "suppliers may have no answer",
    )
