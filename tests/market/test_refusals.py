"""What the model refuses, each by name; and what stands close to a refusal and is answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from comity.model.market import (
    Market,
    MarketChange,
    Parameters,
    Quota,
    Routes,
    Split,
    solve,
)
from comity.model.market.identity import identity
from comity.words.errors import InputError, NoEquilibrium

from .markets import SEEDS, case, made_of
from .oracle import check

ON = made_of([[8.0, 3.0, 1.0], [2.0, 9.0, 1.0], [1.0, 1.0, 5.0]])
TWO = Market(np.repeat(ON.value, 2, axis=0), products=("scallops", "squid"))
EL = Parameters(4.0, 0.9, 0.5)
FULL = Parameters(4.0, 0.9, 0.5, 1.5)
BAN = np.ones((3, 3))
BAN[0, 1] = 0.0


def refused(match: str, on: Market, change: MarketChange, given_: Parameters) -> InputError:
    with pytest.raises(InputError, match=match) as found:
        solve(on, change, given_)
    return found.value


# ----------------------------------------------------------------------------- elasticities


@pytest.mark.parametrize(
    ("match", "given_"),
    [
        ("sigma 0.5 is below eta 0.9", replace(FULL, sigma=0.5, zeta=0.9)),
        ("sigma 4 is below zeta 5", replace(FULL, zeta=5.0)),
        ("zeta 0.5 is below eta 0.9", replace(FULL, zeta=0.5)),
        ("need an elasticity between them", replace(FULL, zeta=None)),
        ("eta is -1", replace(FULL, eta=-1.0)),
        ("supply is -1", replace(FULL, supply=-1.0)),
        ("supply is nan", replace(FULL, supply=np.nan)),
        ("sigma is inf", replace(FULL, sigma=np.inf)),
        ("sigma is 0", replace(FULL, sigma=0.0)),
        ("transformation is 0", replace(FULL, transformation=0.0)),
        ("sigma has shape", replace(FULL, sigma=np.full((2, 4), 4.0))),
        ("supply has shape", replace(FULL, supply=np.ones(5))),
        ("eta is not made of numbers", replace(FULL, eta="high")),
    ],
)
def test_elasticities_that_make_no_sense(match: str, given_: Parameters) -> None:
    if "sigma 0.5" in match:
        refused("sigma 0.5 is below eta 0.9", ON, MarketChange(), replace(given_, zeta=None))
        match = "sigma 0.5 is below zeta 0.9"
    refused(match, TWO, MarketChange(), given_)


def test_sigma_below_eta_names_the_economy() -> None:
    on = Market(ON.value, economies=("CHN", "JPN", "USA"), products=("scallops",))
    eta = np.array([0.9, 5.0, 0.9])
    error = refused("sigma 4 is below eta 5 for scallops in JPN", on, MarketChange(), replace(
        EL, eta=eta
    ))  # fmt: skip
    assert error.mend is not None
    assert "sigma >= zeta >= eta" in error.mend
    # Where nothing is bought the order does not matter.
    value = ON.value.copy()
    value[0, :, 1] = 0.0
    solve(Market(value), MarketChange(), replace(EL, eta=eta))


@pytest.mark.parametrize("sigma", [1.0, 0.95])
def test_a_ban_needs_substitutes(sigma: float) -> None:
    match = "not above 1"
    refused(match, ON, MarketChange(availability=BAN), replace(EL, sigma=sigma))
    refused(match, ON, MarketChange(availability=np.maximum(BAN, 0.5)), replace(EL, sigma=sigma))
    refused(match, ON, MarketChange(quotas=(Quota(0, 0, 1, 0.0),)), replace(EL, sigma=sigma))
    parts = Split(0, 0, [0.5, 0.5], 1.0, [0.0, 1.0])
    refused(match, ON, MarketChange(splits=(parts,)), replace(EL, sigma=sigma))
    # A tariff does not: nothing goes.
    solve(ON, MarketChange(tariff=0.2 * (1.0 - np.eye(3))), replace(EL, sigma=sigma))
    # Parts that are close substitutes can go, where one stays.
    open_to = np.ones((2, 3))
    open_to[0, 1] = 0.0
    near = Split(0, 0, [0.5, 0.5], 3.0, open_to)
    solved = solve(ON, MarketChange(splits=(near,)), replace(EL, sigma=sigma))
    assert solved.part_flow[0][0, 1] == 0.0


# ----------------------------------------------------------------------------- price levels


def test_nothing_determines_a_price_level_without_supply_or_demand_that_gives_way() -> None:
    with pytest.raises(NoEquilibrium, match="nothing determines its price level") as found:
        solve(ON, MarketChange(availability=np.maximum(BAN, 0.3)), Parameters(4.0, 0.0, 0.0))
    assert found.value.reason == "price-level"
    assert list(found.value.economies) == ["economy 1", "economy 2", "economy 3"]
    # One supply, or one demand, is enough.
    for given_ in (Parameters(4.0, 0.0, [0.0, 0.0, 0.1]), Parameters(4.0, [0.0, 0.1, 0.0], 0.0)):
        solve(ON, MarketChange(availability=BAN), given_)


def test_the_price_level_of_each_part_of_the_market_that_hangs_together() -> None:
    """A ban that cuts the market in two leaves one of them without anything that gives way."""
    on = made_of([[8.0, 3.0, 1.0], [2.0, 9.0, 0.0], [0.0, 0.0, 5.0]])
    given_ = Parameters(4.0, 0.0, [0.0, 0.0, 0.7])
    solve(on, MarketChange(tariff=0.1 * (1.0 - np.eye(3))), given_)
    cut = np.ones((3, 3))
    cut[0, 2] = 0.0
    with pytest.raises(NoEquilibrium, match="market of economy 1, economy 2:"):
        solve(on, MarketChange(availability=cut), given_)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_demand_that_does_not_give_way_is_answered_where_supply_does(seed: int) -> None:
    """η = 0 in some destinations, or in all: the equations hold, and consumers pay E (P̂ − 1)."""
    made = case(seed, with_splits=1, fixed=False)
    n = made.market.shape[1]
    # Below every ζ: products are closer substitutes than all else.
    some = 0.4 if made.parameters.zeta is None else min(0.4, float(np.min(made.parameters.zeta)))
    eta = np.zeros(n) if seed % 2 else np.where(np.arange(n) % 2 == 0, 0.0, some)
    given_ = replace(made.parameters, eta=eta)
    solved = solve(made.market, made.change, given_)
    assert check(made.market, made.change, given_, solved).clearing < 5e-12
    paid = made.market.spending.sum(axis=0) * (1.0 - solved.group_index)
    still = (eta == 0.0) & ~solved.not_bounded
    np.testing.assert_allclose(solved.surplus.consumers[still], paid[still], rtol=1e-8, atol=1e-9)


def test_a_fixed_supply_needs_somewhere_to_go() -> None:
    """Quotas on all that an origin of fixed supply sells leave no room for it."""
    on = made_of([[0.0, 6.0, 2.0], [0.0, 9.0, 1.0], [0.0, 1.0, 5.0]])
    limits = (Quota(0, 0, 1, 0.5), Quota(0, 0, 2, 0.8))
    with pytest.raises(NoEquilibrium, match="supply of economy 1 is fixed") as found:
        solve(on, MarketChange(quotas=limits), Parameters(4.0, 0.9, 0.0))
    assert found.value.reason == "no-outlet"
    solve(on, MarketChange(quotas=limits), Parameters(4.0, 0.9, 0.1))
    solve(on, MarketChange(quotas=limits[:1]), Parameters(4.0, 0.9, 0.0))


def test_a_linked_product_that_nothing_stands_in_for() -> None:
    """All of one product goes: harmless with ζ > 1; with ζ ≤ 1 above η the others' demand has no
    finite value, and with ζ = η it is a market of its own, whose loss alone is not bounded."""
    gone = np.ones((2, 3, 3))
    gone[1, :, 0] = 0.0
    change = MarketChange(availability=gone)
    with pytest.raises(NoEquilibrium, match="cannot stand in for") as found:
        solve(TWO, change, Parameters(4.0, 0.5, 0.5, 0.8))
    assert found.value.reason == "not-bounded"
    assert list(found.value.sectors) == ["squid"]
    solved = solve(TWO, change, Parameters(4.0, 0.8, 0.5, 0.8))
    assert solved.not_bounded.tolist() == [True, False, False]
    assert solved.surplus.consumers[0] == -np.inf
    assert np.isfinite(solve(TWO, change, Parameters(4.0, 0.5, 0.5, 1.2)).surplus.total).all()


# ----------------------------------------------------------------------------------- arrays


@pytest.mark.parametrize(
    ("match", "arguments"),
    [
        ("value is nan", {"value": [[1.0, np.nan], [1.0, 1.0]]}),
        ("value is -2", {"value": [[1.0, -2.0], [1.0, 1.0]]}),
        ("value is inf", {"value": [[1.0, np.inf], [1.0, 1.0]]}),
        ("nothing is sold", {"value": [[0.0, 0.0], [0.0, 0.0]]}),
        ("value has shape", {"value": [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]]}),
        ("value has shape", {"value": np.zeros((0, 0))}),
        ("value is not made of numbers", {"value": [["a", "b"], ["c", "d"]]}),
        ("tariff is -1", {"value": np.ones((2, 2)), "tariff": -np.ones((2, 2))}),
        ("tariff has shape", {"value": np.ones((2, 2)), "tariff": np.ones((3, 3))}),
        ("but all are zero", {"value": [[0.0, 1.0], [1.0, 0.0]]}),
        ("but some are not zero", {"value": np.ones((2, 2)), "home": False}),
        ("3 economies are named", {"value": np.ones((2, 2)), "economies": ("A", "B", "C")}),
    ],
)
def test_markets_that_are_none(match: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=match):
        Market(**arguments)


HUBS: dict[str, Any] = {"product": [0], "origin": [0], "hub": [1], "final": [2], "share": [0.3]}


@pytest.mark.parametrize(
    ("match", "change"),
    [
        ("an availability is 1.5", {"availability": np.full((3, 3), 1.5)}),
        ("availability is -0.5", {"availability": np.full((3, 3), -0.5)}),
        ("availability has shape", {"availability": np.ones((2, 2))}),
        ("iceberg is 0", {"iceberg": np.zeros((3, 3))}),
        ("wedge is nan", {"wedge": np.full((3, 3), np.nan)}),
        ("tariff is -1", {"tariff": -np.ones((3, 3))}),
        ("exchange is 0", {"exchange": np.zeros(3)}),
        ("exchange has shape", {"exchange": np.ones(2)}),
        ("there is no product 1", {"quotas": (Quota(1, 0, 1, 0.5),)}),
        ("there is no economy 3", {"quotas": (Quota(0, 3, 1, 0.5),)}),
        ("a quota of -1", {"quotas": (Quota(0, 0, 1, -1.0),)}),
        ("a quota of nan", {"quotas": (Quota(0, 0, 1, np.nan),)}),
        ("two quotas", {"quotas": (Quota(0, 0, 1, 0.5), Quota(0, 0, 1, 0.6))}),
        ("share of a rent", {"quotas": (Quota(0, 0, 1, 0.5, 1.5),)}),
        ("beyond a quota is below", {"quotas": (Quota(0, 0, 1, 0.5, over=-0.1),)}),
        ("do not sum to one", {"splits": (Split(0, 0, [0.5, 0.4], 6.0),)}),
        ("share of a part is -0.5", {"splits": (Split(0, 0, [1.5, -0.5], 6.0),)}),
        ("between parts of economy 1 is 3, below 4", {"splits": (Split(0, 0, [0.5, 0.5], 3.0),)}),
        ("between parts is inf", {"splits": (Split(0, 0, [0.5, 0.5], np.inf),)}),
        ("availability of a part is above 1", {"splits": (Split(0, 0, [1.0], 6.0, [2.0]),)}),
        ("supply elasticity of a part", {"splits": (Split(0, 0, [1.0], 6.0, supply=[-1.0]),)}),
        ("an origin is split twice", {"splits": (Split(0, 0, [1.0], 6.0),) * 2}),
        ("2 parts are named", {"splits": (Split(0, 0, [1.0], 6.0, parts=("A", "B")),)}),
        ("neither the origin nor the final", {"routes": Routes(**{**HUBS, "hub": [0]})}),
        ("neither the origin nor the final", {"routes": Routes(**{**HUBS, "final": [1]})}),
        ("hub that is not in the market", {"routes": Routes(**{**HUBS, "hub": [7]})}),
        ("more than all that a hub buys", {"routes": Routes(**{**HUBS, "share": [1.2]})}),
        ("as many origins, hubs", {"routes": Routes(**{**HUBS, "hub": [1, 1]})}),
        ("cost of leaving a route is -1", {"routes": Routes(**HUBS, cost=-1.0)}),
    ],
    ids=str,
)
def test_changes_that_are_none(match: str, change: dict[str, Any]) -> None:
    error = refused(match, ON, MarketChange(**change), EL)
    assert str(error)


def test_what_does_not_go_together() -> None:
    parts = MarketChange(splits=(Split(0, 0, [0.5, 0.5], 6.0),))
    refused("do not go together", ON, parts, replace(EL, transformation=3.0))
    shunned = solve(ON, MarketChange(availability=BAN, taste=True), EL)
    with pytest.raises(InputError, match="taste"):
        _ = shunned.surplus
    closed = solve(ON, MarketChange(availability=BAN), EL)
    np.testing.assert_array_equal(shunned.flow, closed.flow)
    for tolerance in (0.0, 1e-15, 0.1, np.nan):
        with pytest.raises(InputError, match="a tolerance of"):
            solve(ON, MarketChange(), EL, tolerance=tolerance)
    with pytest.raises(InputError, match="different monies"):
        identity(ON, MarketChange(exchange=[1.0, 1.1, 1.0]), EL)
    alone = made_of([[4.0, 6.0], [0.0, 0.0]])
    with pytest.raises(InputError, match="not bounded"):
        identity(alone, MarketChange(availability=[[1.0, 0.0], [1.0, 1.0]]), EL)


def test_more_than_half_of_spending_gone_is_flagged() -> None:
    """97 % removed at given prices: P̂ = 0.03^(1/(1−σ)), 6 to 30; finite, and far outside the
    data."""
    on = made_of([[10.0, 97.0], [0.0, 3.0]])
    change = MarketChange(availability=[[1.0, 0.0], [1.0, 1.0]])
    for sigma, least, most in ((3.0, 5.5, 6.0), (2.0, 30.0, 35.0)):
        solved = solve(on, change, Parameters(sigma, 0.9, np.inf))
        assert solved.price_index[0, 1] == pytest.approx(0.03 ** (1.0 / (1.0 - sigma)))
        assert least < solved.price_index[0, 1] < most
        assert solved.far.tolist() == [[False, True]]
        assert solved.flags["rests on the form of demand far outside the data"] == ("economy 2",)
    half = MarketChange(availability=[[1.0, 0.6], [1.0, 1.0]])
    assert not solve(on, half, EL).far.any()


def test_small_cells_cannot_predict_entry() -> None:
    on = made_of([[99.5, 0.5], [10.0, 90.0]])
    solved = solve(on, MarketChange(), EL)
    assert solved.small.tolist() == [[[False, True], [False, False]]]
