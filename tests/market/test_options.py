"""Parts of origins, processing routes and exchange rates, by hand and in their limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from comity.model.market import (
    MarketChange,
    MarketSolution,
    Parameters,
    Quota,
    Routes,
    Split,
    solve,
)

from .markets import SEEDS, case, made_of, market, parameters
from .test_limits import ban


def test_more_is_lost_the_less_like_each_other_areas_are() -> None:
    """Note 1.6: half of an origin banned by area; what it still sells rises with σ_in, from below
    what pooled availability would leave, and its producers' loss falls; as σ_in → ∞ nothing is
    lost but by re-shuffling."""
    on = made_of([[30.0, 46.7, 23.0], [4.0, 60.0, 6.0], [3.0, 5.0, 40.0]])
    el = Parameters(4.0, 0.9, 0.3)
    pooled = solve(on, ban(on, 0, 0, 1, 0.5), el)
    closed = np.ones((2, 3))
    closed[0, 1] = 0.0
    flows, losses = [], []
    for inner in (4.0, 10.0, 30.0, 1e4):
        split = Split(0, 0, [0.5, 0.5], inner, closed)
        solved = solve(on, MarketChange(splits=(split,)), el)
        assert solved.part_price[0][0] < solved.part_price[0][1]
        flows.append(solved.flow[0, 0, 1])
        losses.append(solved.surplus.producers[0])
    assert flows == sorted(flows)
    assert losses == sorted(losses)
    assert flows[0] < pooled.flow[0, 0, 1] < flows[1]
    assert losses[0] < pooled.surplus.producers[0] < losses[1]
    assert flows[3] == pytest.approx(46.7, rel=2e-3)
    assert losses[3] == pytest.approx(0.0, abs=0.05)


def test_a_closed_hub_sends_the_goods_round() -> None:
    """With no cost of going round a closed hub moves first destinations and no final sales but its
    own; what it costs is paid by final buyers."""
    on = made_of([[20.0, 40.0, 10.0, 5.0], [0.0, 60.0, 2.0, 1.0], [0.0, 1.0, 50.0, 0.0],
                 [0.0, 0.0, 0.0, 30.0]])  # fmt: skip
    el = Parameters(4.0, 0.9, [0.2, 0.5, 0.5, 0.5])
    routes = Routes([0], [0], [1], [2], [0.25], cost=0.0)
    closed = replace(ban(on, 0, 0, 1), routes=routes)
    solved = solve(on, closed, el)
    assert solved.market.value[0, 0].tolist() == [20.0, 30.0, 20.0, 5.0]
    assert solved.first_flow[0, 0, 1] == 0.0
    # Ten go to the United States of this example by 3 and 4, as 10 to 5.
    moved = solved.flow[0, 0, 2] * 0.5
    assert solved.first_flow[0, 0, 3] - solved.flow[0, 0, 3] == pytest.approx(moved / 3.0)
    assert not solved.surplus.margins.any()
    dear = solve(on, replace(closed, routes=replace(routes, cost=0.2)), el)
    # Half of final sales in 3 has to go round: a factor 1 + 0.2/2.
    paid = 0.1 * dear.flow[0, 0, 2]
    assert dear.surplus.margins[2] == pytest.approx(paid, rel=1e-12)
    assert dear.surplus.consumers[2] < solved.surplus.consumers[2]
    assert dear.surplus.producers[0] < solved.surplus.producers[0]
    # Without routes the whole of the hub's purchases is counted as lost to the hub.
    assert solve(on, ban(on, 0, 0, 1), el).surplus.producers[0] < solved.surplus.producers[0]


def test_what_leaves_a_route_does_not_go_where_its_area_is_shut_out() -> None:
    """Two areas, one of them closed in the hub and in another first destination: what it sent
    through the hub goes to the rest only, by hand."""
    on = made_of([[20.0, 40.0, 10.0, 5.0], [0.0, 60.0, 2.0, 1.0], [0.0, 1.0, 50.0, 0.0],
                  [0.0, 0.0, 0.0, 30.0]])  # fmt: skip
    open_to = np.ones((2, 4))
    open_to[0, [1, 3]] = 0.0
    change = MarketChange(
        splits=(Split(0, 0, [0.5, 0.5], 9.0, open_to),),
        routes=Routes([0], [0], [1], [2], [0.25], cost=0.1),
    )
    solved = solve(on, change, Parameters(4.0, 0.9, 0.4))
    closed, free = solved.part_flow[0]
    assert closed[[1, 3]].tolist() == [0.0, 0.0]
    # All that the closed area sells abroad goes to 3 at first hand: 4 is shut to it, too.
    first = solved.first_flow[0, 0]
    assert first[3] == pytest.approx(free[3], rel=1e-12)
    onward = free[2] * 5.0 / (5.0 + 5.0)
    assert first[1] == pytest.approx(free[1] + onward, rel=1e-12)
    assert first[2] == pytest.approx(closed[2] + free[2] - onward, rel=1e-12)
    assert first.sum() == pytest.approx(solved.flow[0, 0].sum(), rel=1e-12)
    # Half of what the closed area sold in 3 went through the hub: a factor 1 + 0.1/2.
    np.testing.assert_allclose(solved.surplus.margins, [0.0, 0.0, 0.05 * closed[2], 0.0])


HUB = [[20.0, 40.0, 10.0, 5.0], [0.0, 60.0, 2.0, 1.0], [0.0, 1.0, 50.0, 0.0],
       [0.0, 0.0, 0.0, 30.0]]  # fmt: skip


def same_but_revenue(one: MarketSolution, other: MarketSolution, scale: float) -> None:
    np.testing.assert_allclose(one.price_hat, other.price_hat, rtol=1e-7)
    np.testing.assert_allclose(one.first_flow, other.first_flow, atol=1e-6 * scale)
    for name in ("consumers", "producers", "margins"):
        mine, theirs = getattr(one.surplus, name), getattr(other.surplus, name)
        np.testing.assert_allclose(mine, theirs, atol=1e-6 * scale)


@pytest.mark.parametrize("split", [False, True])
def test_a_ban_in_a_hub_is_the_limit_of_quotas_tariffs_and_costs(split: bool) -> None:
    """What the hub's border does to what stays it does to what goes on."""
    on = made_of(HUB)
    el = Parameters(4.0, 0.9, [0.2, 0.5, 0.5, 0.5])
    routes = Routes([0], [0], [1], [2], [0.25], cost=0.2)
    areas = (Split(0, 0, [0.4, 0.6], 9.0),) if split else ()
    closed = solve(on, replace(ban(on, 0, 0, 1), routes=routes, splits=areas), el)
    assert closed.first_flow[0, 0, 1] == 0.0
    assert closed.surplus.margins[2] > 0.0
    high = on.rates.copy()
    high[0, 0, 1] = 1e4
    dear = np.ones((4, 4))
    dear[0, 1] = 1e4
    for change in (
        MarketChange(quotas=(Quota(0, 0, 1, 0.0),)),
        MarketChange(quotas=(Quota(0, 0, 1, 1e-12),)),
        MarketChange(quotas=(Quota(0, 0, 1, 1e-12, over=1e4),)),
        MarketChange(quotas=(Quota(0, 0, 1, 0.0, over=1e4),)),
        MarketChange(tariff=high),
        MarketChange(wedge=dear),
        MarketChange(iceberg=dear),
    ):
        limit = solve(on, replace(change, routes=routes, splits=areas), el)
        same_but_revenue(limit, closed, 1e2)


def test_what_goes_on_pays_the_hubs_duty_or_goes_round() -> None:
    """By hand: ten of the forty that the hub buys go on, half of final sales in 3. A duty below δ
    is paid, and is the hub's; above it goods go round. Of a quota of one half, half passes."""
    on = made_of(HUB)
    el = Parameters(4.0, 0.9, [0.2, 0.5, 0.5, 0.5])
    routes = Routes([0], [0], [1], [2], [0.25], cost=0.2)

    def taxed(rate: float) -> MarketSolution:
        rates = on.rates.copy()
        rates[0, 0, 1] = rate
        return solve(on, MarketChange(tariff=rates, routes=routes), el)

    low = taxed(0.1)
    passed = 0.5 * low.flow[0, 0, 2]
    assert low.first_flow[0, 0, 1] == pytest.approx(low.flow[0, 0, 1] + passed, rel=1e-12)
    assert low.surplus.revenue[1] == pytest.approx(0.1 * low.first_flow[0, 0, 1], rel=1e-12)
    # Nothing is lost: what final buyers pay above the price is the hub's.
    np.testing.assert_allclose(low.surplus.margins, 0.0, atol=1e-12)
    high = taxed(0.3)
    assert high.first_flow[0, 0, 1] == pytest.approx(high.flow[0, 0, 1], rel=1e-12)
    assert high.surplus.revenue[1] == pytest.approx(0.3 * high.flow[0, 0, 1], rel=1e-12)
    assert high.surplus.margins[2] == pytest.approx(0.1 * high.flow[0, 0, 2], rel=1e-12)

    half = solve(on, MarketChange(quotas=(Quota(0, 0, 1, 0.5),), routes=routes), el)
    assert half.quantity_hat[0, 0, 1] == pytest.approx(0.5, rel=1e-10)
    assert half.surplus.margins[2] == pytest.approx(0.05 * half.flow[0, 0, 2], rel=1e-12)
    price, quantity = half.price_hat[0, 0], half.quantity_hat[0, 0, 2]
    passed = half.first_flow[0, 0, 1] - half.flow[0, 0, 1]
    assert passed == pytest.approx(10.0 * price * min(0.5, 0.5 * quantity), rel=1e-10)
    assert half.first_flow[0, 0, 1] <= 0.5 * 40.0 * price * (1.0 + 1e-12)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_a_ban_of_an_origin_in_areas_is_the_limit_of_a_quota_and_of_a_tariff(seed: int) -> None:
    rng = np.random.default_rng(seed)
    on = market(rng, 1, 4, sparse=0.0)
    el = replace(parameters(rng, 1, 4), sigma=4.0, zeta=None, eta=0.8)
    areas = (Split(0, 0, rng.dirichlet(np.ones(2), 4).T, float(rng.uniform(4.0, 12.0))),)
    closed = solve(on, replace(ban(on, 0, 0, 1), splits=areas), el)
    quota = solve(on, MarketChange(splits=areas, quotas=(Quota(0, 0, 1, 1e-12),)), el)
    rates = on.rates.copy()
    rates[0, 0, 1] = 1e4
    taxed = solve(on, MarketChange(splits=areas, tariff=rates), el)
    for limit in (quota, taxed):
        np.testing.assert_allclose(limit.part_price[0], closed.part_price[0], rtol=1e-7)
        np.testing.assert_allclose(limit.price_hat, closed.price_hat, rtol=1e-7)
        scale = on.spending.sum()
        np.testing.assert_allclose(
            limit.surplus.total, closed.surplus.total, atol=1e-7 * scale, rtol=1e-6
        )


def test_money_that_falls_makes_an_exporter_cheap() -> None:
    """All currencies but one move alike: the same as a wedge, prices in own money; a common move
    is none."""
    made = case(4, k=1, n=4, bans=False, costs=False, tariffs=False, fixed=False)
    x = np.array([0.8, 1.0, 1.0, 1.0])
    moved = solve(made.market, MarketChange(exchange=x), made.parameters)
    wedge = solve(made.market, MarketChange(wedge=x[:, None] / x), made.parameters)
    np.testing.assert_allclose(moved.flow, wedge.flow, rtol=1e-11)
    assert moved.price_hat[0, 0] > 1.0
    assert not moved.surplus.margins.any()
    taxed = (wedge.flow * made.market.rates * (x[:, None] / x)).sum(axis=(0, 1))
    before = (made.market.value * made.market.rates).sum(axis=(0, 1))
    np.testing.assert_allclose(moved.surplus.revenue, taxed - before, rtol=1e-9)
