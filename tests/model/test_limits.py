"""A ban is the limit of a rising cost, and of a rising tariff, and is exactly no flow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.words.errors import ModelError, NoEquilibrium
from comity.world import Shock, from_arrays

from .worlds import KINDS, TIGHT, WITH_HOME, attempt, drawn


@settings(max_examples=25)
@given(
    n=st.integers(3, 5),
    j=st.integers(1, 3),
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(WITH_HOME),
    by=st.sampled_from(["cost", "tariff"]),
    engine=st.sampled_from(["numpy", "numba"]),
)
def test_a_ban_is_the_limit_of_a_cost_and_of_a_tariff(
    n: int, j: int, seed: int, kind: str, by: str, engine: str
) -> None:
    """Effects come nearer as the cost rises, by κ^(−θ): a hundredfold cost takes off at least
    100^θ of the distance, and in the end nothing is left, nor any revenue."""
    world = drawn(n, j, seed, kind)
    one, other = world.economies[:2]
    ban = attempt(world, Shock().separate(one, other), tolerance=TIGHT, engine=engine)
    if isinstance(ban, ModelError):
        assert isinstance(ban, NoEquilibrium)
        assert ban.reason == "one-way"
        return
    assert (ban.trade[one, other].values == 0.0).all()
    assert (ban.trade[other, one].values == 0.0).all()
    theta = float(world.baseline.theta.min())
    distances = []
    for factor in (1e2, 1e4, 1e9):
        if by == "cost":
            shock = (
                Shock().trade_cost(one, other, times=factor).trade_cost(other, one, times=factor)
            )
        else:
            shock = Shock().tariff(one, other, to=factor).tariff(other, one, to=factor)
        near = world.solve(shock, tolerance=TIGHT, engine=engine)
        distances.append(float(np.abs(near.real_income.values - ban.real_income.values).max()))
    assert distances[1] <= 3.0 * distances[0] * 100.0**-theta + 1e-9, distances
    assert distances[2] < 1e-8, distances


@settings(max_examples=30)
@given(
    n=st.integers(2, 5),
    j=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS),
    data=st.data(),
)
def test_banned_flows_are_exactly_nothing(
    n: int, j: int, seed: int, kind: str, data: st.DataObject
) -> None:
    world = drawn(n, j, seed, kind, "kept")
    some = data.draw(st.lists(st.sampled_from(world.sectors), min_size=1, unique=True))
    one, other = data.draw(st.permutations(world.economies))[:2]
    result = attempt(world, Shock().ban(one, other, sectors=some))
    if isinstance(result, ModelError):
        return
    for sector in world.sectors:
        after, before = result.trade[one, other, sector], result.trade_before[one, other, sector]
        assert (after == 0.0) == (sector in some or before == 0.0)
    swept = world.sweep([Shock().ban(one, other, sectors=some)])
    np.testing.assert_allclose(swept.real_income[0], result.real_income.values, atol=1e-7)


def test_the_last_supplier_s_price_has_no_bound() -> None:
    """The limit of a cost on the only supplier is a real income of nothing: a ban is refused."""
    share = np.array([[[0.5], [0.5]], [[1.0], [0.0]]])
    world = from_arrays(
        economies=["A", "B"],
        sectors=["Goods"],
        trade_share=share,
        value_added_share=np.ones((2, 1)),
        input_share=np.zeros((2, 1, 1)),
        final_share=np.ones((2, 1)),
        expenditure=[[100.0], [50.0]],
        value_added=[100.0, 50.0],
        theta=[4.0],
    ).balance("none")
    income = [
        world.solve(Shock().trade_cost("B", "A", times=factor)).real_income["B"]
        for factor in (10.0, 1e3, 1e6)
    ]
    assert income == sorted(income, reverse=True)
    assert -100.0 < income[-1] < -99.99
    with pytest.raises(NoEquilibrium) as caught:
        world.solve(Shock().ban("B", "A"))
    assert (caught.value.reason, caught.value.economies) == ("no-supplier", ("B",))
    assert caught.value.sectors == ("Goods",)
