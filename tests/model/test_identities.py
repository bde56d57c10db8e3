"""Identities that any true solution has, over drawn worlds and changes: DESIGN.md's list.

Nothing here knows how the model is solved: a world is changed in a way whose effect on the results
follows from the equations, and both worlds are solved.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from comity.world import Shock, World

from . import oracle
from .worlds import (
    CHANGES,
    KINDS,
    PERCENT,
    REAL,
    arrays,
    drawn,
    rebuilt,
    same,
    shocks,
    solve,
    worlds,
)

Array = NDArray[np.float64]

# -------------------------------------------------------------------------- no change, no effect

NOTHING = {
    "no shock": lambda one, other: Shock(),
    "a tariff times one": lambda one, other: Shock().tariff(one, other, times=1.0),
    "a tariff and back": lambda one, other: (
        Shock().tariff("*", "*", add=0.5).tariff("*", "*", add=-0.5)
    ),
    "a cost of one": lambda one, other: Shock().trade_cost(one, other, times=1.0),
    "a ban on nothing": lambda one, other: Shock().ban(one, other, coverage=0.0),
    "no growth": lambda one, other: Shock().productivity(one, times=1.0).population(one, times=1.0),
}


@settings(max_examples=60)
@given(
    world=worlds(),
    nothing=st.sampled_from([name for name in NOTHING if name != "a tariff and back"]),
    engine=st.sampled_from(["numpy", "numba"]),
    tolerance=st.sampled_from([1e-6, 1e-10, 1e-14]),
)
def test_no_change_has_exactly_no_effect(
    world: World, nothing: str, engine: str, tolerance: float
) -> None:
    one, other = world.economies[:2]
    shock = NOTHING[nothing](one, other)
    result = world.solve(shock, engine=engine, tolerance=tolerance)
    for name in (*PERCENT, *CHANGES):
        found = getattr(result, name).values
        assert not found.any(), name  # == 0.0, every cell
    assert (result.trade.values == result.trade_before.values).all()
    assert all(not table.values.any() for table in result.first_order().values())
    for row in result.decomposition(2).rows():
        assert not any(value for name, value in row.items() if name != "economy"), row
    swept = world.sweep([shock], engine=engine)
    assert not swept.real_income.any()
    assert not swept.real_wage.any()
    assert not swept.price_index.any()


def test_a_tariff_up_and_down_again_has_no_effect_to_rounding() -> None:
    """(t + 0.5) − 0.5 is t but for the last bit, and so is the effect."""
    world = drawn(4, 3, 8)
    result = world.solve(NOTHING["a tariff and back"]("", ""))
    assert np.abs(result.real_income.values).max() < 1e-10


# -------------------------------------------------------------------------------- homogeneity


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS),
    deficits=st.sampled_from(["none", "kept", "ratio"]),
    unit=st.sampled_from([2.0, 1e-9, 1e3, 7.3e11]),
    data=st.data(),
)
def test_units_of_value_do_not_matter(
    seed: int, kind: str, deficits: str, unit: float, data: st.DataObject
) -> None:
    """Doubling all nominal values (or counting in other money) leaves real results alone."""
    world = drawn(3, 3, seed, kind, deficits)
    base = world.baseline
    scaled = base.replaced(
        expenditure=unit * base.expenditure,
        value_added=unit * base.value_added,
        deficit=unit * base.deficit,
    )
    other = World(scaled, balanced=True, deficits=world.deficits)
    shock = data.draw(shocks(world))
    a, b = solve(world, shock), solve(other, shock)
    assert (a is None) == (b is None)
    if a is None or b is None:
        return
    for name in PERCENT:
        same(getattr(b, name).values, getattr(a, name).values)
    for name in ("output", "trade", "value_added", "revenue"):
        scale = np.abs(getattr(a, name).values).max() * unit or 1.0
        found = getattr(b, name).values / scale
        np.testing.assert_allclose(
            found, getattr(a, name).values * unit / scale, rtol=1e-8, atol=1e-11
        )


@settings(max_examples=30)
@given(world=worlds(), data=st.data())
def test_the_numeraire_is_world_value_added(world: World, data: st.DataObject) -> None:
    """Nominal results are told in it, so the world's value added does not move."""
    result = solve(world, data.draw(shocks(world)))
    if result is None or len(result.separate_parts) > 1:
        return
    before = world.baseline.value_added.sum()
    assert result.value_added.values.sum() == pytest.approx(before, rel=1e-11)
    # A wage of 1 + x per cent and a price index of 1 + y: the real wage is their ratio.
    wage, price = 1.0 + result.wage.values / 100.0, 1.0 + result.price_index.values / 100.0
    same(result.real_wage.values, 100.0 * (wage / price - 1.0), 1e-10)


# -------------------------------------------------------------------------------- relabelling


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS),
    deficits=st.sampled_from(["none", "kept", "ratio"]),
    data=st.data(),
)
def test_relabelling_economies_and_sectors_relabels_results(
    seed: int, kind: str, deficits: str, data: st.DataObject
) -> None:
    world = drawn(4, 3, seed, kind, deficits)
    base = world.baseline
    e = data.draw(st.permutations(range(4)))
    s = data.draw(st.permutations(range(3)))
    old = arrays(base)
    made = {
        "trade_share": old["trade_share"][np.ix_(s, e, e)],
        "tariff": old["tariff"][np.ix_(s, e, e)],
        "value_added_share": old["value_added_share"][np.ix_(e, s)],
        "input_share": old["input_share"][np.ix_(e, s, s)],
        "final_share": old["final_share"][np.ix_(e, s)],
        "expenditure": old["expenditure"][np.ix_(e, s)],
        "value_added": old["value_added"][e],
        "deficit": old["deficit"][e],
        "theta": old["theta"][s],
    }
    names = base.names
    turned = World(
        rebuilt(base, [names.economies[k] for k in e], [names.sectors[k] for k in s], made),
        balanced=True,
        deficits=world.deficits,
    )
    shock = data.draw(shocks(world))
    a, b = solve(world, shock), solve(turned, shock)
    assert (a is None) == (b is None)
    if a is None or b is None:
        return
    for economy in names.economies:
        for name in (*REAL, "wage", "price_index", "imports_pct", "exports_pct"):
            same(getattr(b, name)[economy], getattr(a, name)[economy])
    same(b.prices.values, a.prices.values[np.ix_(e, s)])
    np.testing.assert_allclose(
        b.trade.values, a.trade.values[np.ix_(e, e, s)], rtol=1e-7, atol=1e-7
    )


# ------------------------------------------------------------------- accounts, by the oracle


BLOCKS = ("prices", "expenditure", "labour", "trade", "world", "negative")


@settings(max_examples=80)
@given(
    world=worlds((2, 6), (1, 5)),
    engine=st.sampled_from(["numpy", "numba"]),
    data=st.data(),
)
def test_the_oracle_finds_an_equilibrium(world: World, engine: str, data: st.DataObject) -> None:
    """Prices, spending, labour markets, trade, world income: by an independent check."""
    shock = data.draw(shocks(world))
    result = solve(world, shock, engine=engine)
    if result is None:
        return
    left = oracle.residuals(
        world.baseline,
        world.wedges(shock),
        result.solution.wage_hat,
        result.solution.price_hat,
        result.solution.expenditure,
        world.deficits,
    )
    assert max(left[name] for name in BLOCKS) < 1e-11, left
    assert left["shares"] < 1e-11 * world.baseline.theta.max(), left


@settings(max_examples=40)
@given(world=worlds(deficits=("none", "kept", 0.5)), data=st.data())
def test_tables_keep_the_accounts(world: World, data: st.DataObject) -> None:
    """Sales are output, purchases and tariffs are spending, wages are value added: by the tables
    that a user reads."""
    shock = data.draw(shocks(world))
    result = solve(world, shock)
    if result is None:
        return
    trade = result.trade.values  # [n, i, j]
    tariff = result.solution.tariff.transpose(1, 2, 0)
    total = trade.sum()
    output = result.output.values
    np.testing.assert_allclose(trade.sum(axis=0), output, rtol=1e-10, atol=1e-12 * total)
    revenue = (tariff * trade).sum(axis=(1, 2))
    np.testing.assert_allclose(result.revenue.values, revenue, rtol=1e-9, atol=1e-13 * total)
    base = world.baseline
    value_added = result.value_added.values
    np.testing.assert_allclose(
        value_added, base.value_added_share * output, rtol=1e-10, atol=1e-12 * total
    )
    wages = (1.0 + result.wage.values / 100.0) * base.value_added
    people = world.wedges(shock).population
    wages = wages if people is None else wages * people
    np.testing.assert_allclose(value_added.sum(axis=1), wages, rtol=1e-9)
    # Income is spending: what is bought, less what goes into production, is income.
    bought = (trade * (1.0 + tariff)).sum(axis=(1, 2))
    inputs = (base.input_share * output[:, None, :]).sum(axis=(1, 2))
    own = np.arange(base.shape[0])
    crossing = trade.sum(axis=2)
    crossing[own, own] = 0.0
    deficit = crossing.sum(axis=1) - crossing.sum(axis=0)
    np.testing.assert_allclose(
        bought - inputs, wages + revenue + deficit, rtol=1e-9, atol=1e-11 * total
    )
    if len(result.separate_parts) == 1:
        np.testing.assert_allclose(deficit, base.deficit, rtol=1e-8, atol=1e-10 * total)
    for name, level, before in (
        ("imports_pct", crossing.sum(axis=1), result.trade_before.values.sum(axis=2)),
        ("exports_pct", crossing.sum(axis=0), result.trade_before.values.sum(axis=2).T),
    ):
        before = before.copy()
        before[own, own] = 0.0
        growth = 100.0 * (level / before.sum(axis=1) - 1.0)
        same(getattr(result, name).values, growth, 1e-9)
