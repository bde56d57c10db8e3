"""An economy, or a sector, in two identical halves: nothing changes in total."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.trade.baseline import Baseline
from comity.world import Shock, World

from .worlds import KINDS, REAL, arrays, rebuilt, same, shocks, solve, worlds


def split_economy(base: Baseline, n: int) -> Baseline:
    """Economy n as two halves. Everyone buys half of what came from n from each, the halves from
    themselves and from each other too; they produce alike, and share spending, income and deficit.
    """
    take = [*range(n + 1), n, *range(n + 1, base.shape[0])]
    old = arrays(base)
    half = np.ones(len(take))
    half[[n, n + 1]] = 0.5
    made = {name: old[name][take] for name in ("value_added_share", "input_share", "final_share")}
    made["expenditure"] = old["expenditure"][take] * half[:, None]
    made["value_added"] = old["value_added"][take] * half
    made["deficit"] = old["deficit"][take] * half
    made["trade_share"] = old["trade_share"][:, take][:, :, take] * half
    made["tariff"] = old["tariff"][:, take][:, :, take]
    made["theta"] = old["theta"]
    names = [base.names.economies[k] for k in take]
    names[n + 1] = "half"
    return rebuilt(base, names, list(base.names.sectors), made)


def split_sector(base: Baseline, j: int) -> Baseline:
    """Sector j as two halves: each is made and traded as j was, and bought half as much of."""
    take = [*range(j + 1), j, *range(j + 1, base.shape[1])]
    old = arrays(base)
    half = np.ones(len(take))
    half[[j, j + 1]] = 0.5
    made = {
        "trade_share": old["trade_share"][take],
        "tariff": old["tariff"][take],
        "value_added_share": old["value_added_share"][:, take],
        "input_share": old["input_share"][:, take][:, :, take] * half[None, :, None],
        "final_share": old["final_share"][:, take] * half,
        "expenditure": old["expenditure"][:, take] * half,
        "value_added": old["value_added"],
        "deficit": old["deficit"],
        "theta": old["theta"][take],
    }
    names = [base.names.sectors[k] for k in take]
    names[j + 1] = "half"
    return rebuilt(base, list(base.names.economies), names, made)


def widened(shock: Shock, label: str) -> Shock:
    """The same changes, on the second half too."""

    def also(labels: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return (*labels, "half") if labels is not None and label in labels else labels

    return Shock(
        tuple(
            replace(
                change,
                importers=also(change.importers),
                exporters=also(change.exporters),
                sectors=also(change.sectors),
            )
            for change in shock.changes
        )
    )


SPLITTABLE = tuple(kind for kind in KINDS if kind != "not an equilibrium")


@settings(max_examples=40)
@given(
    world=worlds((2, 4), (1, 3), SPLITTABLE),
    which=st.integers(0, 3),
    engine=st.sampled_from(["numpy", "numba"]),
    data=st.data(),
)
def test_an_economy_in_two_halves_is_the_same_world(
    world: World, which: int, engine: str, data: st.DataObject
) -> None:
    base = world.baseline
    n = which % base.shape[0]
    label = world.economies[n]
    halves = World(split_economy(base, n), balanced=True, deficits=world.deficits)
    shock = data.draw(shocks(world))
    a = solve(world, shock)
    b = solve(halves, widened(shock, label), engine=engine)
    assert (a is None) == (b is None)
    if a is None or b is None:
        return
    for name in (*REAL, "wage", "price_index"):
        table = getattr(b, name)
        for economy in world.economies:
            same(table[economy], getattr(a, name)[economy])
        same(table["half"], table[label])
    whole = a.trade.values
    found = b.trade.values
    for axis in (0, 1):
        found = np.add.reduceat(found, [k + (k > n) for k in range(base.shape[0])], axis=axis)
    np.testing.assert_allclose(found, whole, rtol=1e-8, atol=1e-12 * whole.max())


@settings(max_examples=40)
@given(
    world=worlds((2, 4), (1, 3), SPLITTABLE),
    which=st.integers(0, 3),
    engine=st.sampled_from(["numpy", "numba"]),
    data=st.data(),
)
def test_a_sector_in_two_halves_is_the_same_world(
    world: World, which: int, engine: str, data: st.DataObject
) -> None:
    base = world.baseline
    j = which % base.shape[1]
    label = world.sectors[j]
    halves = World(split_sector(base, j), balanced=True, deficits=world.deficits)
    shock = data.draw(shocks(world))
    a = solve(world, shock)
    b = solve(halves, widened(shock, label), engine=engine)
    assert (a is None) == (b is None)
    if a is None or b is None:
        return
    for name in (*REAL, "wage", "price_index", "imports_pct", "exports_pct"):
        same(getattr(b, name).values, getattr(a, name).values)
    same(b.prices[:, "half"].values, b.prices[:, label].values, 1e-9)
    same(b.prices[:, label].values, a.prices[:, label].values)
    whole = a.trade.values
    found = np.add.reduceat(b.trade.values, [k + (k > j) for k in range(base.shape[1])], axis=2)
    np.testing.assert_allclose(found, whole, rtol=1e-8, atol=1e-12 * whole.max())
