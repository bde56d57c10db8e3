"""The shipped 30-economy world, against the trials in `models/market-model.md`, section 3."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import comity.world
from comity.world import Shock, World


@cache
def base(gamma: float = 0.5, deficits: str = "kept") -> World:
    return comity.world.load(gamma=gamma).balance(deficits)


# Columns (A) and (B) of the notes: value added all, or half, of output. Last digits were rounded
# from three (-1.035 to -1.04), so half a digit and a little is allowed.
TARIFF = {
    1.0: {"MEX": -1.11, "VNM": -1.64, "CHN": -0.209, "JPN": -0.091, "USA": 0.36},
    0.5: {"MEX": -1.04, "VNM": -1.48, "CHN": -0.214, "JPN": -0.095, "USA": 0.35},
}


@pytest.mark.parametrize("gamma", TARIFF)
def test_a_us_tariff_of_ten_per_cent(gamma: float) -> None:
    result = base(gamma).solve(Shock().tariff("USA", "*", add=0.10))
    for economy, printed in TARIFF[gamma].items():
        digit = 1e-3 if economy in ("CHN", "JPN") else 1e-2
        assert result.real_income[economy] == pytest.approx(printed, abs=0.56 * digit), economy


AUTARKY = {
    "JPN": "4.3",
    "CHN": "3.0",
    "USA": "2.6",
    "EUN": "3.7",
    "VNM": "24",
    "MYS": "21",
    "SGP": "20",
    "ARE": "20",
}


def test_losses_in_autarky() -> None:
    """Real wages, from the shares of the data; to the digits of the notes."""
    world = base()
    zero = dict.fromkeys(world.economies, 0.0)
    result = world.solve(Shock(deficits=zero).ban("*", "*"))
    for economy, printed in AUTARKY.items():
        digits = len(printed.partition(".")[2])
        assert f"{-result.real_wage[economy]:.{digits}f}" == printed, economy
    own = np.einsum("jnn->n", world.baseline.trade_share)
    np.testing.assert_allclose(
        result.real_wage.values, 100.0 * (own ** (1.0 / (4.0 * 0.5)) - 1.0), atol=1e-7
    )


def test_gaps_stay_gaps() -> None:
    """No flow comes up in a gap after any change; filled, it does; dropped, economies go."""
    world = base()
    assert world.baseline.gaps
    free = world.solve(Shock().trade_cost("*", "*", times=0.5).tariff("*", "*", to=0.0))
    for importer, exporter in world.baseline.gaps:
        assert free.trade[importer, exporter, "Goods"] == 0.0
    filled = comity.world.load(gaps="fill")
    bought = filled.balance("kept").solve(Shock())
    for importer, exporter in world.baseline.gaps:
        assert bought.trade[importer, exporter, "Goods"] > 0.0
    left = comity.world.load(gaps="drop")
    assert 1 < len(left.economies) < len(world.economies) == 30


def test_it_can_be_asked_by_code_and_by_name() -> None:
    world = base()
    a = world.solve(Shock().tariff("Japan", "China", add=0.1))
    b = world.solve(Shock().tariff("JPN", "CHN", add=0.1))
    assert (a.real_income.values == b.real_income.values).all()
    assert a.real_income["Japan"] == b.real_income["JPN"] != 0.0


def test_its_deficits_and_what_they_do() -> None:
    """Taking deficits away changes who loses most: the choice is the user's and is kept."""
    kept, none = base(), base(deficits="none")
    shock = Shock().tariff("USA", "*", add=0.10)
    assert kept.deficits == "kept"
    assert np.abs(none.baseline.deficit).max() < 1e-6 * none.baseline.value_added.min()
    a, b = kept.solve(shock).real_income, none.solve(shock).real_income
    assert abs(a["VNM"] - b["VNM"]) > 0.5
