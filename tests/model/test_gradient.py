"""The gradient to every tariff at once, against differences of exact solves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.words.errors import InputError, ModelError, NotFound
from comity.world import Shock, World

from .worlds import balanced, drawn, shocks, worlds

OUTCOMES = ("real_income", "real_wage", "price_index")


def slope(
    world: World,
    economy: str,
    of: str,
    state: Shock,
    importer: str,
    exporter: str,
    sector: str | None,
    h: float = 1e-3,
) -> float:
    """d ln(outcome) / dt by central differences at h and h/2, extrapolated: its error is h⁴."""

    def at(step: float) -> float:
        shock = state.tariff(importer, exporter, add=step, sectors=sector)
        result = world.solve(shock, tolerance=1e-14 if world.baseline.shape[0] < 10 else 1e-13)
        return float(np.log1p(getattr(result, of)[economy] / 100.0))

    wide, narrow = ((at(k) - at(-k)) / (2.0 * k) for k in (h, h / 2.0))
    return (4.0 * narrow - wide) / 3.0


def near(value: float) -> object:
    return pytest.approx(value, rel=2e-6, abs=2e-9)


@settings(max_examples=60)
@given(world=worlds((2, 5), (1, 4)), shocked=st.booleans(), data=st.data())
def test_against_finite_differences(world: World, shocked: bool, data: st.DataObject) -> None:
    """Any economy, outcome and cell, at the baseline or after a change."""
    economy = data.draw(st.sampled_from(world.economies))
    of = data.draw(st.sampled_from(OUTCOMES))
    state = data.draw(shocks(world)) if shocked else Shock()
    try:
        table = world.gradient(economy, of=of, shock=state)
    except ModelError:
        with pytest.raises(ModelError):
            world.solve(state)
        return
    own = np.arange(world.baseline.shape[0])
    assert (table.values[own, own] == 0.0).all()
    importer, exporter = data.draw(st.permutations(world.economies))[:2]
    sector = data.draw(st.sampled_from(world.sectors))
    expected = slope(world, economy, of, state, importer, exporter, sector)
    assert table[importer, exporter, sector] == near(expected)
    flow = world.solve(state).trade[importer, exporter, sector]
    if flow == 0.0:
        assert table[importer, exporter, sector] == 0.0


@settings(max_examples=20)
@given(world=worlds((2, 5), (1, 4)), data=st.data())
def test_all_tariffs_raised_together(world: World, data: st.DataObject) -> None:
    """The slope along "every tariff up" is the sum over all cells: no cell is left out."""
    economy = data.draw(st.sampled_from(world.economies))
    for of in OUTCOMES:
        table = world.gradient(economy, of=of)
        expected = slope(world, economy, of, Shock(), "*", "*", None)
        assert table.values.sum() == pytest.approx(expected, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("of", OUTCOMES)
@pytest.mark.parametrize("inside", [True, False])
def test_in_a_world_in_two_parts(of: str, inside: bool) -> None:
    """Cut off from each other, no part's tariffs are felt in the other; nominal results have the
    numeraire of their own part."""
    world = drawn(5, 3, 12)
    bloc, rest = list(world.economies[:2]), list(world.economies[2:])
    apart = Shock().separate(bloc, rest)
    economy = bloc[0] if inside else rest[0]
    table = world.gradient(economy, of=of, shock=apart)
    sector = next(s for s in world.sectors if world.solve(apart).trade[bloc[0], bloc[1], s] > 0.0)
    for importer, exporter in ((bloc[0], bloc[1]), (rest[1], rest[0]), (bloc[0], rest[0])):
        expected = slope(world, economy, of, apart, importer, exporter, sector)
        assert table[importer, exporter, sector] == near(expected), (importer, exporter)


@pytest.mark.parametrize("deficits", ["none", "kept"])
@pytest.mark.parametrize("of", OUTCOMES)
def test_caliendo_and_parro(shared_data: Path, deficits: str, of: str) -> None:
    """Japan, at the baseline and after a ban with tariffs."""
    world = balanced("cp2015", shared_data / "data" / "cp2015", deficits)
    after = Shock().tariff("USA", "CHN", add=0.2).ban("CHN", "JPN", coverage=0.4)
    for state in (Shock(), after):
        table = world.gradient("JPN", of=of, shock=state)
        for cell in (("JPN", "CHN", "Food"), ("USA", "JPN", "Auto"), ("CHN", "USA", "Computer")):
            expected = slope(world, "JPN", of, state, *cell)
            assert table[cell] == pytest.approx(expected, rel=1e-5, abs=1e-9), cell


def test_a_small_tariff_at_free_trade_gains() -> None:
    """From free trade a first tariff gains (the optimal tariff is positive), and others lose."""
    world = drawn(4, 2, 6)
    free = Shock().tariff("*", "*", to=0.0)
    one = world.economies[0]
    table = world.gradient(one, shock=free)
    assert table[one].values.sum() > 0.0
    for other in world.economies[1:]:
        assert world.gradient(other, shock=free)[one].values.sum() < 0.0


def test_its_labels_and_unit() -> None:
    world = drawn(3, 2, 1)
    table = world.gradient("E02")
    assert table.dims == ("importer", "exporter", "sector")
    assert table.shape == (3, 3, 2)
    assert table.unit == "% per percentage point"
    assert "E02" in table.title


def test_what_cannot_be_asked() -> None:
    world = drawn(3, 2, 1)
    with pytest.raises(InputError, match="happiness") as caught:
        world.gradient("E01", of="happiness")
    assert "real_income" in str(caught.value.mend)
    with pytest.raises(NotFound, match="Atlantis"):
        world.gradient("Atlantis")
    with pytest.raises(InputError, match="balance"):
        World(world.baseline).gradient("E01")
