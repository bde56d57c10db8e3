"""44 economies, 50 sectors: solved, vouched for by the oracle, and by the published nested loop."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.nested_loop import NestedSolution, solve_nested
from comity.scenario.wedges import Wedges
from comity.world import Shock

from . import oracle
from .worlds import balanced, world

SCENARIOS = {
    "20 % between the USA and China": Shock()
    .tariff("USA", "CHN", to=0.2)
    .tariff("CHN", "USA", to=0.2),
    "20 points between the USA and China": Shock()
    .tariff("USA", "CHN", add=0.2)
    .tariff("CHN", "USA", add=0.2),
    "+25 % everywhere": Shock().tariff("*", "*", add=0.25),
    "China's ban on Japan's fish and food": Shock().ban("CHN", "JPN", sectors=["C03", "C05"]),
    "no trade between China and Japan": Shock().separate("CHN", "JPN"),
}
DEFICITS = ("kept", "none")


@pytest.fixture(scope="module")
def folder(shared_data: Path) -> Path:
    return shared_data / "data" / "wiod2014"


@cache
def nested(folder: Path, scenario: str | None, deficits: str) -> NestedSolution:
    """The nested loop on the data, which knows nothing of Comity's own balancing."""
    data = world("wiod2014", folder)
    wedges = Wedges() if scenario is None else data.wedges(SCENARIOS[scenario])
    return solve_nested(data.baseline, wedges, deficits, tol=1e-9, max_seconds=120.0)


def real_income(folder: Path, found: NestedSolution) -> NDArray[np.float64]:
    final = world("wiod2014", folder).baseline.final_share
    return np.asarray(found.income / np.prod(found.price_hat**final, axis=1))


@pytest.mark.parametrize("deficits", DEFICITS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_against_the_nested_loop(folder: Path, scenario: str, deficits: str) -> None:
    """Real income, wages and prices of all 44 to 1e-6 points; each has its own baseline."""
    result = balanced("wiod2014", folder, deficits).solve(SCENARIOS[scenario])
    before, after = nested(folder, None, deficits), nested(folder, scenario, deficits)
    assert before.converged, before
    assert after.converged, after
    change = 100.0 * (real_income(folder, after) / real_income(folder, before) - 1.0)
    np.testing.assert_allclose(result.real_income.values, change, rtol=0, atol=1e-6)
    wage = 100.0 * (after.wage_hat / before.wage_hat - 1.0)
    np.testing.assert_allclose(result.wage.values, wage, rtol=0, atol=2e-6)
    prices = 100.0 * (after.price_hat / before.price_hat - 1.0)
    np.testing.assert_allclose(result.prices.values, prices, rtol=1e-7, atol=2e-6)
    assert np.abs(change).max() > 1e-3


@pytest.mark.parametrize("deficits", DEFICITS)
@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_oracle_finds_an_equilibrium(
    folder: Path, scenario: str, engine: str, deficits: str
) -> None:
    base = balanced("wiod2014", folder, deficits)
    result = base.solve(SCENARIOS[scenario], engine=engine)
    left = oracle.residuals(
        base.baseline,
        base.wedges(SCENARIOS[scenario]),
        result.solution.wage_hat,
        result.solution.price_hat,
        result.solution.expenditure,
        deficits,
    )
    blocks = ("prices", "expenditure", "labour", "trade", "trade_relative", "world", "negative")
    assert max(left[name] for name in blocks) < 1e-9, left
    assert left["shares"] < 1e-9 * base.baseline.theta.max()


@pytest.mark.parametrize("deficits", DEFICITS)
def test_the_bans_are_bans(folder: Path, deficits: str) -> None:
    base = balanced("wiod2014", folder, deficits)
    fish = base.solve(SCENARIOS["China's ban on Japan's fish and food"])
    assert fish.trade["CHN", "JPN", "C03"] == 0.0
    assert fish.trade["CHN", "JPN", "C05"] == 0.0
    assert fish.trade_before["CHN", "JPN", "C05"] > 0.0
    assert fish.trade["JPN", "CHN", "C05"] > 0.0  # one direction only
    assert fish.trade["CHN", "JPN", "C10"] > 0.0
    apart = base.solve(SCENARIOS["no trade between China and Japan"])
    assert not apart.trade["CHN", "JPN"].values.any()
    assert not apart.trade["JPN", "CHN"].values.any()
    assert apart.real_income["JPN"] < 0.0
    assert apart.real_income["CHN"] < 0.0
    # One sector of one pair is little; all of it is much; who is not a party loses the least.
    assert abs(fish.real_income["JPN"]) < 0.01 < 1.0 < -apart.real_income["JPN"]


def test_the_data_are_no_equilibrium(folder: Path) -> None:
    """README: measure against a re-solved baseline. The data's wages are off by some per cent."""
    found = nested(folder, None, "kept")
    assert np.abs(found.wage_hat - 1.0).max() > 1e-3
    base, data = balanced("wiod2014", folder, "kept"), world("wiod2014", folder)
    moved = base.baseline.value_added / data.baseline.value_added
    np.testing.assert_allclose(moved, found.wage_hat, rtol=1e-8)
    np.testing.assert_allclose(base.baseline.deficit, data.baseline.deficit, rtol=1e-9, atol=1e-6)
