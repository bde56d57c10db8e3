"""Solved markets against an oracle written straight from the equations: see `oracle`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from comity.model.market import solve

from .markets import SEEDS, case
from .oracle import check

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "no tariffs": {"tariffs": False},
    "sigma by destination": {"by_destination": True},
    "parts": {"with_splits": 2},
    "parts, sigma by destination": {"with_splits": 2, "by_destination": True},
    "quotas": {"with_quotas": 3},
    "quotas and parts": {"with_quotas": 4, "with_splits": 2},
    "quotas, sigma by destination": {"with_quotas": 3, "by_destination": True},
    "routes": {"with_routes": 2},
    "routes and parts": {"with_routes": 2, "with_splits": 2},
    "quotas and routes": {"with_quotas": 3, "with_routes": 2},
    "quotas, routes and parts": {"with_quotas": 3, "with_routes": 2, "with_splits": 2},
    "all, sigma by destination": {
        "with_quotas": 2,
        "with_routes": 2,
        "with_splits": 2,
        "exchange": True,
        "by_destination": True,
    },
    "exchange rates": {"exchange": True, "with_quotas": 2},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_prices_clear_markets_and_the_accounts_are_those_of_the_equations(
    kind: str, seed: int
) -> None:
    made = case(seed, **KINDS[kind])
    solved = solve(made.market, made.change, made.parameters)
    seen = check(made.market, made.change, made.parameters, solved)
    assert seen.clearing < 5e-12
    assert seen.quotas < 1e-10
    scale = made.market.spending.sum()
    np.testing.assert_allclose(solved.flow, seen.flow, rtol=1e-9, atol=1e-12 * scale)
    np.testing.assert_allclose(solved.price_index, seen.index, rtol=1e-10)
    np.testing.assert_allclose(solved.group_index, seen.group, rtol=1e-10)
    for name, values in seen.surplus.items():
        np.testing.assert_allclose(
            getattr(solved.surplus, name), values, rtol=1e-8, atol=1e-10 * scale, err_msg=name
        )
    for values in (solved.flow, solved.first_flow, solved.surplus.consumers_half):
        assert not np.isnan(values).any()


def test_the_oracle_sees_a_wrong_price() -> None:
    """A price off by a millionth is found out, by about sigma times as much."""
    made = case(7, k=2, n=4, fixed=False)
    solved = solve(made.market, made.change, made.parameters)
    solved.price_hat[0, 1] *= 1.0 + 1e-6
    assert check(made.market, made.change, made.parameters, solved).clearing > 1e-6


@pytest.mark.parametrize("by_destination", [False, True])
@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_spending_is_what_is_sold_and_paid(by_destination: bool, seed: int) -> None:
    """E' from price indices is Σ of flows with tariffs, margins and rents on top."""
    made = case(seed, by_destination=by_destination, with_quotas=2)
    quotas = tuple(q for q in made.change.quotas if q.over is None)
    change = type(made.change)(
        availability=made.change.availability, wedge=made.change.wedge,
        tariff=made.change.tariff, quotas=quotas,
    )  # fmt: skip
    solved = solve(made.market, change, made.parameters)
    wedge = np.asarray(change.wedge)
    paid = (solved.flow * (1.0 + solved.tariff) * solved.wedges * wedge).sum(axis=1)
    np.testing.assert_allclose(paid, solved.spending, rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_ban_is_no_trade_to_the_last_bit_and_no_economy_beyond_reach_is_made_up(
    seed: int,
) -> None:
    made = case(seed, with_splits=1, with_quotas=1)
    solved = solve(made.market, made.change, made.parameters)
    banned = np.asarray(made.change.availability) == 0.0
    assert not solved.flow[banned].any()
    assert not solved.flow[made.market.value == 0.0].any()
    assert (solved.flow >= 0.0).all()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_first_destinations_and_final_markets_hold_the_same_sales(seed: int) -> None:
    """What is sent on is counted once by first and once by final destination; a closed hub gets
    nothing."""
    made = case(seed, with_routes=3, with_splits=1)
    solved = solve(made.market, made.change, made.parameters)
    np.testing.assert_allclose(
        solved.first_flow.sum(axis=2), solved.flow.sum(axis=2), rtol=1e-10, atol=1e-12
    )
    np.testing.assert_allclose(solved.first_base, made.market.value)
    np.testing.assert_allclose(solved.market.sales, made.market.sales, rtol=1e-12)
    banned = (np.asarray(made.change.availability) == 0.0) & (made.market.value > 0.0)
    assert not solved.first_flow[banned].any()
