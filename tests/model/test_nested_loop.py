"""The rival of the benchmarks is a correct solver too: it gives the reference results."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.generate_worlds import generate
from benchmarks.nested_loop import NestedSolution, solve_nested
from comity.scenario.shock import Shock
from comity.scenario.wedges import Wedges, wedges
from comity.trade.baseline import Baseline
from comity.trade.replication.cp2015 import read_cp2015

from . import oracle


def real_income(baseline: Baseline, solution: NestedSolution) -> np.ndarray:
    price = np.prod(solution.price_hat**baseline.final_share, axis=1)
    return np.asarray(solution.income / price)


@pytest.mark.parametrize(
    ("scenario", "deficits"),
    [("nafta", "none"), ("nafta_deficits", "kept"), ("ban_usa_china", "none")],
)
def test_caliendo_and_parro(scenario: str, deficits: str, shared_data: Path) -> None:
    baseline = read_cp2015(shared_data / "data" / "cp2015")
    if scenario == "ban_usa_china":
        change = wedges(Shock().separate("USA", "CHN"), baseline)
    else:
        change = Wedges(tariff=baseline.schedules["nafta"])
    before = solve_nested(baseline, Wedges(), deficits)
    after = solve_nested(baseline, change, deficits)
    assert before.converged, before
    assert after.converged, after
    income = 100.0 * (real_income(baseline, after) / real_income(baseline, before) - 1.0)
    wage = 100.0 * (after.wage_hat / before.wage_hat - 1.0)
    with (shared_data / "data" / "cp2015" / "reference_results.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["scenario"] == scenario]
    # The reference keeps shares that sum to 1 only up to 4e-7; a baseline scales them.
    assert income == pytest.approx([float(row["welfare_exact_pct"]) for row in rows], abs=1e-7)
    assert wage == pytest.approx([float(row["wage_pct"]) for row in rows], abs=1e-7)


@pytest.mark.parametrize("deficits", ["kept", "none", "ratio", 0.5])
def test_the_loops_end_in_an_equilibrium(deficits: str | float) -> None:
    baseline = generate(6, 5, 3)
    rng = np.random.default_rng(3)
    change = Wedges(
        tariff=baseline.tariff + 0.1 * (1.0 - np.eye(6)),
        productivity=rng.lognormal(0.0, 0.2, (6, 5)),
        population=rng.lognormal(0.0, 0.2, 6),
    )
    solution = solve_nested(baseline, change, deficits)
    assert solution.converged
    left = oracle.residuals(
        baseline,
        change,
        solution.wage_hat,
        solution.price_hat,
        solution.expenditure,
        deficits,
    )
    assert max(left[name] for name in ("prices", "shares", "expenditure", "labour")) < 1e-9, left


def test_solving_for_expenditure_at_once_gives_the_same() -> None:
    baseline = generate(5, 4, 1)
    change = Wedges(tariff=baseline.tariff + 0.2 * (1.0 - np.eye(5)))
    by_steps = solve_nested(baseline, change)
    at_once = solve_nested(baseline, change, spending="solve")
    assert at_once.wage_hat == pytest.approx(by_steps.wage_hat, rel=1e-9)
    assert at_once.expenditure == pytest.approx(by_steps.expenditure, rel=1e-8)


def test_too_large_a_step_is_said_to_have_failed() -> None:
    baseline = generate(6, 5, 3)
    change = Wedges(tariff=baseline.tariff + 3.0 * (1.0 - np.eye(6)))
    too_large = solve_nested(baseline, change, damping=5.0, max_iterations=200)
    too_few = solve_nested(baseline, change, max_iterations=5)
    for solution in (too_large, too_few):
        assert not solution.converged
        assert "did not converge" in str(solution)
    assert too_few.why == "5 wage steps"
