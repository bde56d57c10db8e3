"""Changes one after the other, small ones for a large one, and back again."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from comity.world import Result, Shock, World

from .worlds import REAL, TIGHT, drawn, everything, same, shocks, solve, worlds

Array = NDArray[np.float64]


def flows(result: Result) -> Array:
    """Flows that clear markets. Deficits as ratios put `Result.trade` at the level of the programs
    that use them, off by one factor that depends on the baseline (`data/gegravity/README.md`)."""
    return np.asarray(result.solution.flows.transpose(1, 2, 0))


@settings(max_examples=30)
@given(world=worlds((2, 4), (1, 3)), data=st.data())
def test_two_changes_one_after_the_other_are_both_at_once(
    world: World, data: st.DataObject
) -> None:
    first, second = data.draw(shocks(world)), data.draw(shocks(world))
    both = solve(world, first + second)
    half = solve(world, first)
    if both is None or half is None:
        return
    then = World(half.solution.as_baseline(), balanced=True, deficits=world.deficits)
    rest = solve(then, second)
    assert rest is not None
    for name in (*REAL, "wage", "price_index"):
        hat = (1.0 + getattr(half, name).values / 100.0) * (1.0 + getattr(rest, name).values / 100)
        if name in REAL or len(both.separate_parts) == 1:
            same(100.0 * (hat - 1.0), getattr(both, name).values)
    whole = flows(both)
    np.testing.assert_allclose(flows(rest), whole, rtol=1e-8, atol=1e-11 * whole.max())
    # Measured against the first state on the baseline they share, it is the second change alone.
    against = both.compared_with(half)
    for name in (*REAL, "wage", "price_index", "prices", "output_quantity", "imports_pct"):
        same(getattr(against, name).values, getattr(rest, name).values)


@settings(max_examples=10)
@given(
    world=worlds((3, 4), (2, 3)), steps=st.integers(3, 8), rate=st.floats(0.05, 1.0), data=st.data()
)
def test_many_small_changes_are_one_large_change(
    world: World, steps: int, rate: float, data: st.DataObject
) -> None:
    one, other = data.draw(st.permutations(world.economies))[:2]
    large = Shock().tariff(one, other, add=rate).trade_cost(other, one, times=1.0 + rate)
    whole = solve(world, large)
    if whole is None:
        return
    hat, here = np.ones(len(world.economies)), world
    for _ in range(steps):
        small = Shock().tariff(one, other, add=rate / steps)
        small = small.trade_cost(other, one, times=(1.0 + rate) ** (1.0 / steps))
        step = solve(here, small)
        assert step is not None
        hat *= 1.0 + step.real_income.values / 100.0
        here = World(step.solution.as_baseline(), balanced=True, deficits=world.deficits)
    same(100.0 * (hat - 1.0), whole.real_income.values)


@settings(max_examples=20)
@given(world=worlds((3, 4), (2, 3)), coverage=st.floats(0.05, 0.95), data=st.data())
def test_lifting_a_ban_takes_back_what_it_did(
    world: World, coverage: float, data: st.DataObject
) -> None:
    one, other = data.draw(st.permutations(world.economies))[:2]
    sector = data.draw(st.sampled_from([None, *world.sectors]))
    flow = data.draw(st.sampled_from(["imports", "exports"]))
    banned = solve(world, Shock().ban(one, other, coverage=coverage, sectors=sector, flow=flow))
    if banned is None:
        return
    then = World(banned.solution.as_baseline(), balanced=True, deficits=world.deficits)
    lifted = then.solve(
        Shock().lift(one, other, coverage=coverage, sectors=sector, flow=flow), tolerance=TIGHT
    )
    hat = (1.0 + banned.real_income.values / 100.0) * (1.0 + lifted.real_income.values / 100.0)
    same(100.0 * (hat - 1.0), np.zeros(len(hat)))
    before = flows(world.solve(Shock()))
    np.testing.assert_allclose(flows(lifted), before, rtol=1e-8, atol=1e-11 * before.max())


def test_a_ban_on_exports_is_the_partner_s_ban_on_imports() -> None:
    world = drawn(4, 3, 5)
    one, other = world.economies[:2]
    a = world.solve(Shock().ban(one, other, coverage=0.7, flow="exports"))
    b = world.solve(Shock().ban(other, one, coverage=0.7))
    for name, values in everything(a).items():
        assert (values == everything(b)[name]).all(), name
    assert np.abs(a.real_income.values).max() > 1e-3
    assert a.trade[other, one].values.sum() < a.trade_before[other, one].values.sum()


def test_bans_on_the_same_flow_multiply() -> None:
    """40 % and half of the rest leave 30 %."""
    world = drawn(4, 3, 5)
    one, other = world.economies[:2]
    a = world.solve(Shock().ban(one, other, coverage=0.4).ban(one, other, coverage=0.5))
    b = world.solve(Shock().ban(one, other, coverage=0.7))
    same(a.real_income.values, b.real_income.values, 1e-11)
