"""The parts of a change of real income: they add up, and each is what its formula says.

Where one part can be worked out by hand it is; elsewhere the line integrals are taken again here,
by the mid-point rule on steps of the test's own, from tables that users see.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import comity.world
from comity.effects.decomposition import PARTS
from comity.trade.one_sector import one_sector
from comity.words.errors import InputError, ModelError
from comity.world import Shock, World

from ..model.worlds import balanced, drawn, shocks, worlds


@settings(max_examples=40)
@given(world=worlds((2, 4), (1, 3)), data=st.data())
def test_the_parts_add_up_to_the_exact_change(world: World, data: st.DataObject) -> None:
    """Total and error are the exact change, 100 ln(real income), which is that of the result."""
    shock = data.draw(shocks(world))
    try:
        result = world.solve(shock, tolerance=1e-12)
        found = result.decomposition()
    except ModelError:
        return
    exact = 100.0 * np.log1p(result.real_income.values / 100.0)
    np.testing.assert_allclose(found.exact.values, exact, rtol=1e-8, atol=1e-8)
    total = sum(found[part].values for part in PARTS)
    np.testing.assert_allclose(found.total.values, total, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        found.error.values, found.exact.values - total, rtol=1e-12, atol=1e-12
    )
    assert np.abs(found.error.values).max() < (1e-5 if found.steps < 64 else 1e-2)
    kinds = {change.kind for change in shock.changes}
    for part, kind in (
        ("trade_costs", "trade_cost"),
        ("availability", "ban"),
        ("productivity", "productivity"),
        ("population", "population"),
    ):
        if kind not in kinds:
            assert not found[part].values.any(), part


def test_rough_parts_are_marked() -> None:
    """Where the steps leave more than a thousandth of a point the tables, the data and the page
    say so; and nowhere else."""
    world = drawn(4, 3, 1)
    result = world.solve(Shock().tariff("E01", "*", to=20.0), tolerance=1e-13)
    coarse, fine = result.decomposition(1), result.decomposition()
    assert np.abs(coarse.error.values).max() > 1e-3
    assert coarse.rough
    assert "rough" in repr(coarse)
    assert fine.rough == (np.abs(fine.error.values).max() > 1e-3)
    small = world.solve(Shock().tariff("E01", "*", add=0.1)).decomposition()
    assert not small.rough
    assert "rough" not in repr(small)


def test_steps_are_doubled_until_it_is_good() -> None:
    """Simpson's rule: twice the steps leave about a sixteenth of the error."""
    world = drawn(4, 3, 1)
    result = world.solve(Shock().tariff("E01", "*", add=0.8), tolerance=1e-13)
    errors = [np.abs(result.decomposition(k).error.values).max() for k in (4, 8, 16)]
    assert errors[0] > 4.0 * errors[1] > 16.0 * errors[2] > 0.0
    assert [result.decomposition(k).steps for k in (1, 3, 4)] == [1, 3, 4]
    for k in (0, -3):
        with pytest.raises(InputError, match="steps"):
            result.decomposition(k)


def by_midpoints(world: World, shock: Shock, economy: str, steps: int = 400) -> dict[str, float]:
    """Terms of trade Σ E d ln c_n − Σ M d ln c_i and volume Σ t (dM − M d ln c_i), over I, for
    tariffs that move along a straight line in ln(1 + t); per cent."""
    n = world.economies.index(economy)
    base = world.baseline
    before = np.log1p(base.tariff.transpose(1, 2, 0))
    after = np.log1p(world.solve(shock).solution.tariff.transpose(1, 2, 0))
    terms = volume = 0.0
    last = None
    for k in range(steps + 1):
        rates = np.expm1(before + k / steps * (after - before))
        here = world.solve(Shock().tariffs(rates), tolerance=1e-13)
        trade = here.trade.values.copy()
        trade[np.arange(len(trade)), np.arange(len(trade))] = 0.0
        income = float(here.solution.income[n])
        now = (trade, np.log(here.solution.cost_hat), income, rates)
        if last is not None:
            flows = 0.5 * (trade + last[0])
            moved = now[1] - last[1]  # [i, j]
            mean = 0.5 * (income + last[2])
            gained = (flows[:, n].sum(axis=0) * moved[n]).sum() - (flows[n] * moved).sum()
            terms += gained / mean
            rate = 0.5 * (rates + last[3])[n]
            volume += (rate * (trade[n] - last[0][n] - flows[n] * moved)).sum() / mean
        last = now
    return {"terms_of_trade": 100.0 * terms, "volume_of_trade": 100.0 * volume}


@pytest.mark.parametrize("deficits", ["none", "kept"])
def test_tariffs_by_integrals_taken_again(deficits: str) -> None:
    world = drawn(3, 3, 4, "high tariffs", deficits)
    shock = Shock().tariff("E01", "*", to=0.0).tariff("E02", "E03", add=0.5)
    found = world.solve(shock).decomposition(64)
    for economy in world.economies:
        expected = by_midpoints(world, shock, economy)
        for part, value in expected.items():
            assert found[part][economy] == pytest.approx(value, abs=2e-4), (part, economy)
            assert abs(value) > 1e-3


def test_caliendo_and_parro_along_the_path(shared_data: Path) -> None:
    """README: with 50 steps Mexico's terms of trade are −0.671 and its volume of trade 0.703; those
    sums, from shares at the start of each step, fall short of the integral by what a step is:
    twice the last change is about what is left."""
    world = balanced("cp2015", shared_data / "data" / "cp2015", "none")
    found = world.solve(Shock().tariffs(world.schedules["nafta"])).decomposition()
    assert found["terms_of_trade"]["MEX"] == pytest.approx(-0.671, abs=0.01)
    assert found["volume_of_trade"]["MEX"] == pytest.approx(0.703, abs=0.025)
    assert found.total["MEX"] == pytest.approx(100.0 * np.log1p(0.0073 / 100.0), abs=1e-4)
    assert np.abs(found.error.values).max() < 1e-5


# ---------------------------------------------------------------------------------------- by hand


def equals(n: int = 3, theta: float = 4.0, gamma: float = 1.0, home: float = 0.7) -> World:
    flow = np.full((n, n), (1.0 - home) / (n - 1))
    np.fill_diagonal(flow, home)
    names = [f"E{k}" for k in range(n)]
    made = one_sector("equal", economies=names, flow=1e6 * flow, theta=theta, gamma=gamma)
    return World(made).balance("none")


def test_equals_have_no_terms_of_trade() -> None:
    """When all are alike and do alike, what one gains in export prices it pays for imports."""
    result = equals().solve(Shock().tariff("*", "*", to=0.5))
    found = result.decomposition()
    np.testing.assert_allclose(found["terms_of_trade"].values, 0.0, atol=1e-9)
    np.testing.assert_allclose(
        found["volume_of_trade"].values, found.exact.values, rtol=0, atol=1e-5
    )


def test_costs_between_equals_are_costs() -> None:
    """No tariffs, no terms of trade: −∫ M/I d ln τ = ln real income = ln(π + (1 − π)τ^(−θ))/θ."""
    found = equals().solve(Shock().trade_cost("*", "*", times=1.3)).decomposition()
    expected = 100.0 * np.log(0.7 + 0.3 * 1.3**-4.0) / 4.0
    np.testing.assert_allclose(found["trade_costs"].values, expected, rtol=0, atol=2e-5)
    for part in PARTS:
        if part != "trade_costs":
            np.testing.assert_allclose(found[part].values, 0.0, atol=1e-9)


@pytest.mark.parametrize("coverage", [0.4, 1.0])
def test_bans_between_equals_are_lost_variety(coverage: float) -> None:
    """∫ (M/I) d ln a / θ = ln(π + (1 − π) a)/θ, a total ban included."""
    found = equals().solve(Shock().ban("*", "*", coverage=coverage)).decomposition()
    expected = 100.0 * np.log(0.7 + 0.3 * (1.0 - coverage)) / 4.0
    np.testing.assert_allclose(found["availability"].values, expected, rtol=0, atol=2e-5)
    np.testing.assert_allclose(found["terms_of_trade"].values, 0.0, atol=1e-9)


def test_productivity_and_people_of_equals() -> None:
    """Hulten: Y/I times ln T, with Y/I = 1/γ; people: ln L."""
    found = equals(gamma=0.5).solve(Shock().productivity("*", times=1.2)).decomposition()
    np.testing.assert_allclose(found["productivity"].values, 100.0 * np.log(1.2) / 0.5, atol=1e-5)
    np.testing.assert_allclose(found["terms_of_trade"].values, 0.0, atol=1e-8)
    found = equals().solve(Shock().population("*", times=1.2)).decomposition()
    np.testing.assert_allclose(found["population"].values, 100.0 * np.log(1.2), atol=1e-5)


def test_a_pure_terms_of_trade_case() -> None:
    """E1's productivity rises; E0, without tariffs, gains by prices alone: its whole gain is terms
    of trade. With one sector, fixed income wL and no inputs that is −∫ π_0i d ln(c_i/c_0)."""
    world = equals()
    result = world.solve(Shock().productivity("E1", times=1.5), tolerance=1e-13)
    found = result.decomposition()
    assert found["terms_of_trade"]["E0"] == pytest.approx(found.exact["E0"], abs=1e-5)
    for part in PARTS:
        if part not in ("terms_of_trade", "productivity"):
            np.testing.assert_allclose(found[part].values, 0.0, atol=1e-9)
    # E1: the gain at home is ln T, and the terms of trade take a part of it away.
    assert found["productivity"]["E1"] == pytest.approx(100.0 * np.log(1.5), abs=1e-5)
    assert found["terms_of_trade"]["E1"] == pytest.approx(
        found.exact["E1"] - 100.0 * np.log(1.5), abs=1e-5
    )
    assert found["terms_of_trade"]["E1"] < 0.0 < found["terms_of_trade"]["E0"]


def test_transfers() -> None:
    """Two alike without costs of trade: a gift moves no relative price, so it is all transfer:
    ln((wL + D)/wL)."""
    made = one_sector("even", economies=["A", "B"], flow=np.full((2, 2), 50.0), theta=4.0)
    world = World(made).balance("none")
    found = world.solve(Shock(deficits={"A": 10.0, "B": -10.0})).decomposition()
    for economy, gift in (("A", 10.0), ("B", -10.0)):
        assert found["transfers"][economy] == pytest.approx(
            100.0 * np.log(1.0 + gift / 100.0), abs=1e-5
        )
        assert found["terms_of_trade"][economy] == pytest.approx(0.0, abs=1e-9)


# ------------------------------------------------------------------------------- between two states


@settings(max_examples=20)
@given(world=worlds((2, 4), (1, 3)), data=st.data())
def test_from_one_state_to_another(world: World, data: st.DataObject) -> None:
    """Parts between two states add up as well; there and back again they cancel."""
    first, second = data.draw(shocks(world)), data.draw(shocks(world))
    try:
        a, b = world.solve(first, tolerance=1e-12), world.solve(second, tolerance=1e-12)
        there = b.compared_with(a).decomposition()
        back = a.compared_with(b).decomposition()
    except ModelError:
        return
    exact = 100.0 * (np.log1p(b.real_income.values / 100) - np.log1p(a.real_income.values / 100))
    np.testing.assert_allclose(there.exact.values, exact, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(back.exact.values, -exact, rtol=1e-7, atol=1e-7)
    if max(there.steps, back.steps) < 64:
        assert np.abs(there.error.values).max() < 1e-5
        for part in PARTS:
            np.testing.assert_allclose(
                there[part].values, -back[part].values, rtol=1e-4, atol=2e-3, err_msg=part
            )


def test_ban_lifted_between_two_states() -> None:
    """From a total ban to none: the parts are those of the ban, turned round."""
    world = comity.world.load().balance("kept")
    a, b = world.solve(Shock().ban("CHN", "JPN")), world.solve(Shock())
    ban, lift = a.decomposition(), b.compared_with(a).decomposition()
    for part in PARTS:
        np.testing.assert_allclose(ban[part].values, -lift[part].values, rtol=1e-4, atol=1e-4)
    assert lift["availability"]["CHN"] > 0.1
    none = b.compared_with(b).decomposition()
    assert not none.exact.values.any()
    assert not none.total.values.any()


def test_rows_hold_every_part() -> None:
    found = drawn(3, 2, 1).solve(Shock().tariff("E01", "E02", add=0.3)).decomposition()
    rows = found.rows()
    assert [row["economy"] for row in rows] == ["E01", "E02", "E03"]
    for row in rows:
        assert sum(row[part] for part in PARTS) == pytest.approx(row["total"])
        assert row["exact"] == pytest.approx(row["total"] + row["error"])
