"""The oracle is right where the answer is known in closed form, and sees what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.generate_worlds import ALL_TRADED, PLAIN, Oddities, generate
from comity.scenario.shock import Shock
from comity.scenario.wedges import Wedges, wedges
from comity.trade.baseline import make_baseline

from . import oracle

BLOCKS = ("prices", "shares", "expenditure", "labour", "trade", "world", "negative")


@pytest.mark.parametrize("odd", [PLAIN, ALL_TRADED, Oddities(sparse=0.6, without_domestic=0.3)])
def test_a_generated_world_is_an_equilibrium_with_its_deficits(odd: Oddities) -> None:
    baseline = generate(7, 6, 11, odd)
    assert np.abs(baseline.deficit).max() > 0.0
    ones = np.ones(7), np.ones((7, 6)), baseline.expenditure
    left = oracle.residuals(baseline, Wedges(), *ones, "kept")
    assert max(left[name] for name in BLOCKS) < 1e-12, left
    # Without its deficits it is none, and the oracle says by how much trade is off.
    left = oracle.residuals(baseline, Wedges(), *ones, "none")
    off = np.abs(baseline.deficit / baseline.value_added).max()
    assert left["trade"] == pytest.approx(off, rel=1e-9)


def test_one_sector_in_autarky_has_a_closed_form() -> None:
    """Arkolakis, Costinot and Rodríguez-Clare (2012): ŵ/P̂ = π_nn^(−1/θ) to the power −1/γ."""
    odd = Oddities(services=0.0, deficit_spread=0.0, highest_tariff=0.0)
    baseline = generate(5, 1, 2, odd)
    change = wedges(Shock().ban("*", "*"), baseline)
    home = np.einsum("jnn->n", baseline.trade_share)
    labour = baseline.value_added_share[:, 0]
    price = home ** (-1.0 / (baseline.theta[0] * labour))
    spent = baseline.value_added / labour
    solution = np.ones(5), price[:, None], spent[:, None]
    left = oracle.residuals(baseline, change, *solution, "none")
    assert max(left[name] for name in BLOCKS) < 1e-12, left


@pytest.mark.parametrize(
    ("which", "block"), [(0, "labour"), (1, "prices"), (2, "expenditure"), (2, "trade")]
)
def test_a_solution_that_is_off_is_seen(which: int, block: str) -> None:
    baseline = generate(6, 4, 5)
    wage, price, spent = np.ones(6), np.ones((6, 4)), np.array(baseline.expenditure)
    (wage, price, spent)[which][2] *= 1.0 + 1e-5
    left = oracle.residuals(baseline, Wedges(), wage, price, spent, "kept")
    assert left[block] > 1e-7, left


def test_a_negative_income_is_seen() -> None:
    baseline = generate(6, 4, 5)
    solution = np.ones(6), np.ones((6, 4)), baseline.expenditure
    poor = Wedges(deficit=np.where(np.arange(6) == 1, -1.5, 0.3) * baseline.value_added)
    assert oracle.residuals(baseline, poor, *solution)["negative"] > 0.1
    assert oracle.residuals(baseline, Wedges(), *solution)["negative"] == 0.0


def test_what_zeros_rule_out() -> None:
    """Three economies in a ring, one of which buys the second sector only abroad."""
    share = np.zeros((2, 3, 3))
    share[0] = [[0.6, 0.4, 0.0], [0.0, 0.6, 0.4], [0.4, 0.0, 0.6]]
    share[1] = [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    baseline = make_baseline(
        "ring",
        economies=["A", "B", "C"],
        sectors=["goods", "parts"],
        trade_share=share,
        value_added_share=np.full((3, 2), 0.5),
        input_share=np.full((3, 2, 2), 0.25),
        final_share=np.full((3, 2), 0.5),
        expenditure=np.ones((3, 2)),
        value_added=np.ones(3),
        deficit=[0.1, -0.1, 0.0],
        theta=[4.0, 4.0],
    )

    def seen(shock: Shock, deficits: str) -> oracle.Pattern:
        return oracle.pattern(baseline, wedges(shock, baseline), deficits)

    assert not seen(Shock(), "kept").impossible
    parts = seen(Shock().ban("A", "B", sectors=["parts"]), "none")
    assert parts.no_supplier == {(0, 1)}
    # Without goods from B, A still buys parts there; without goods from A, C buys nothing abroad,
    # and nobody pays A any more.
    assert not seen(Shock().ban("A", "B", sectors=["goods"]), "none").impossible
    cut = seen(Shock().ban("C", "A"), "none")
    assert set(cut.one_way) == {frozenset({0}), frozenset({2})}
    # A's deficit may pay for its imports.
    assert frozenset({0}) not in seen(Shock().ban("C", "A"), "kept").one_way
    lone = seen(Shock().separate("C", ["A", "B"]), "kept")
    assert not lone.lone_deficit
    assert frozenset({0}) not in lone.one_way
    assert frozenset({1}) not in lone.one_way
    alone = seen(Shock().separate("A", ["B", "C"]), "kept")
    assert frozenset({0}) in alone.lone_deficit
    assert frozenset({1, 2}) in alone.lone_deficit
