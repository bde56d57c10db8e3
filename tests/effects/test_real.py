"""Effects by their definitions: each table from others, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.trade.one_sector import one_sector
from comity.words.errors import ModelError
from comity.world import Shock, World

from ..model.worlds import drawn, shocks, worlds


@settings(max_examples=40)
@given(world=worlds(), data=st.data())
def test_tables_follow_from_each_other(world: World, data: st.DataObject) -> None:
    """P = Π P_j^α_j; real wage = w/P; per head = over people; quantities = values over costs;
    changes = after less before."""
    shock = data.draw(shocks(world))
    try:
        result = world.solve(shock, tolerance=1e-12)
    except ModelError:
        return
    still = world.solve(Shock())
    base = world.baseline

    def hat(name: str) -> np.ndarray:
        return np.asarray(1.0 + getattr(result, name).values / 100.0)

    index = np.prod(hat("prices") ** base.final_share, axis=1)
    np.testing.assert_allclose(hat("price_index"), index, rtol=1e-11)
    np.testing.assert_allclose(hat("real_wage"), hat("wage") / index, rtol=1e-11)
    people = world.wedges(shock).population
    heads = np.ones(len(index)) if people is None else people
    np.testing.assert_allclose(hat("real_income_per_head"), hat("real_income") / heads, rtol=1e-11)
    if world.deficits != "ratio":
        income = (result.solution.income / still.solution.income) / index
        np.testing.assert_allclose(hat("real_income"), income, rtol=1e-11)
    for name in ("output", "value_added", "trade", "revenue"):
        after, before = getattr(result, name).values, getattr(still, name).values
        change = getattr(result, f"{name}_change").values
        scale = np.abs(after).max() + 1.0
        np.testing.assert_allclose(change / scale, (after - before) / scale, atol=1e-13)
    before = still.output.values
    made = before > 0.0
    quantity = hat("output_quantity")
    value = result.output.values[made] / before[made] / result.solution.cost_hat[made]
    np.testing.assert_allclose(quantity[made], value, rtol=1e-10)
    assert (quantity[~made] == 1.0).all()


def test_people_and_heads() -> None:
    """Half as many people again, in the world of one: each has what they had."""
    made = one_sector("one", economies=["A"], flow=np.array([[100.0]]), theta=4.0, gamma=0.5)
    result = World(made).balance("none").solve(Shock().population("A", times=1.5))
    assert result.real_income["A"] == pytest.approx(50.0, abs=1e-9)
    assert result.real_income_per_head["A"] == pytest.approx(0.0, abs=1e-9)
    assert result.effects()["real_income_per_head_pct"]["A"] == pytest.approx(0.0, abs=1e-9)
    assert "real_income_per_head_pct" not in drawn(2, 1, 0).solve(Shock()).effects()


def test_the_paper_s_formula_by_hand() -> None:
    """Two economies, one sector: Σ E (ĉ_n − 1) − Σ M (ĉ_i − 1) and t M (M̂ − ĉ_i), over I."""
    flow = np.array([[80.0, 20.0], [20.0, 60.0]])
    tariff = np.array([[0.0, 0.25], [0.1, 0.0]])
    made = one_sector("two", economies=["A", "B"], flow=flow, theta=5.0, gamma=0.8, tariff=tariff)
    result = World(made).balance("none").solve(Shock().tariff("A", "B", to=0.0))
    cost = result.solution.cost_hat[:, 0]
    before, after = result.trade_before.values[:, :, 0], result.trade.values[:, :, 0]
    np.testing.assert_allclose(before, flow, rtol=1e-12)
    income = 0.8 * 100.0 + 0.25 * 20.0  # wages, and a quarter on imports of 20
    terms = 20.0 * (cost[0] - 1.0) - 20.0 * (cost[1] - 1.0)
    volume = 0.25 * 20.0 * (after[0, 1] / 20.0 - cost[1])
    found = result.first_order()
    assert found["terms_of_trade"]["A"] == pytest.approx(100.0 * terms / income, rel=1e-9)
    assert found["volume_of_trade"]["A"] == pytest.approx(100.0 * volume / income, rel=1e-9)
    assert found["welfare"]["A"] == pytest.approx(100.0 * (terms + volume) / income, rel=1e-9)
    assert found["terms_of_trade"]["A"] < 0.0 < found["volume_of_trade"]["A"]


@pytest.mark.parametrize("rate", [1e-3, 1e-4])
def test_for_small_changes_the_formula_is_the_change(rate: float) -> None:
    """It is the first-order term: what it misses falls with the square of the change."""
    world = drawn(4, 3, 2, "high tariffs", "none")
    result = world.solve(Shock().tariff("E01", "*", add=rate), tolerance=1e-13)
    exact, formula = result.real_income.values, result.first_order()["welfare"].values
    assert np.abs(exact - formula).max() < 300.0 * rate**2
    assert np.abs(exact).max() > rate
