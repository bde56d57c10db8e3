"""Limits and closed forms: bans, quotas, small suppliers, extreme and touching elasticities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from comity.model.market import Market, MarketChange, Parameters, Quota, Split, solve

from .markets import SEEDS, Array, case, made_of, market, parameters


def ban(on: Market, k: int, i: int, j: int, free: float = 0.0) -> MarketChange:
    there = np.ones(on.value.shape)
    there[k, i, j] = free
    return MarketChange(availability=there)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_a_ban_is_the_limit_of_a_tariff_without_revenue(seed: int) -> None:
    rng = np.random.default_rng(seed)
    on = market(rng, 2, 4, sparse=0.0)
    el = replace(parameters(rng, 2, 4), sigma=4.0, zeta=1.2, eta=0.8)
    closed = solve(on, ban(on, 0, 0, 1), el)
    gaps: list[float] = []
    taxed, collected = closed, np.inf
    for rate in (1e1, 1e2, 1e3, 1e4):
        tariff = on.rates.copy()
        tariff[0, 0, 1] = rate
        taxed = solve(on, MarketChange(tariff=tariff), el)
        gaps.append(np.abs(taxed.price_hat - closed.price_hat).max())
        collected = taxed.tariff[0, 0, 1] * taxed.flow[0, 0, 1]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[3] < max(1e-9, 1e-7 * gaps[0])
    assert collected < 1e-6 * on.value[0, 0, 1]
    np.testing.assert_allclose(taxed.surplus.total, closed.surplus.total, atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_a_ban_is_the_limit_of_a_quota_and_its_rent_goes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    on = market(rng, 2, 4, sparse=0.0)
    el = replace(parameters(rng, 2, 4), sigma=4.0, zeta=1.2, eta=0.8)
    closed = solve(on, ban(on, 1, 0, 1), el)
    exact = solve(on, MarketChange(quotas=(Quota(1, 0, 1, 0.0),)), el)
    np.testing.assert_array_equal(exact.flow, closed.flow)
    tight = solve(on, MarketChange(quotas=(Quota(1, 0, 1, 1e-12),)), el)
    np.testing.assert_allclose(tight.price_hat, closed.price_hat, rtol=1e-7)
    wide = solve(on, MarketChange(quotas=(Quota(1, 0, 1, 1e-8),)), el)
    # What buyers pay, μ p q, falls as q^(1 − 1/σ): by 4 powers of ten to the power 3/4. The rent is
    # what they pay less the exporter's p q, which falls as q.
    paid = [s.flow[1, 0, 1] * s.quota_wedge[0] for s in (wide, tight)]
    assert paid[1] == pytest.approx(1e-3 * paid[0], rel=1e-5)
    for solved, spent in zip((wide, tight), paid, strict=True):
        rent = (spent - solved.flow[1, 0, 1]) * (1.0 + on.rates[1, 0, 1])
        assert solved.surplus.rents.sum() == pytest.approx(rent, rel=1e-9)
    assert tight.surplus.rents.sum() < 1e-7 * on.value[1, 0, 1]


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_binding_quota_is_the_tariff_with_the_same_flow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    on = market(rng, 2, 4, sparse=0.0)
    el = parameters(rng, 2, 4)
    limited = solve(on, MarketChange(quotas=(Quota(0, 2, 1, 0.6),)), el)
    mu = limited.quota_wedge[0]
    assert mu > 1.0
    assert limited.quantity_hat[0, 2, 1] == pytest.approx(0.6, rel=1e-10)
    tariff = on.rates.copy()
    tariff[0, 2, 1] = mu * (1.0 + on.rates[0, 2, 1]) - 1.0
    taxed = solve(on, MarketChange(tariff=tariff), el)
    np.testing.assert_allclose(limited.flow, taxed.flow, rtol=1e-9)
    np.testing.assert_allclose(limited.surplus.total, taxed.surplus.total, atol=1e-9)
    licence = solve(on, MarketChange(quotas=(Quota(0, 2, 1, 0.6, importer_share=0.25),)), el)
    assert licence.surplus.rents[2] == pytest.approx(3.0 * licence.surplus.rents[1], rel=1e-9)


def test_a_tariff_rate_quota_has_three_faces() -> None:
    """Within the limit it is nothing, at it a quota, beyond it the higher tariff with a rent."""
    on = made_of([[8.0, 3.0], [2.0, 9.0]], [[0.0, 0.1], [0.0, 0.0]])
    el = Parameters(4.0, 0.9, [0.5, 0.8])

    def at(limit: float, over: float | None) -> tuple[float, float, float, float]:
        solved = solve(on, MarketChange(quotas=(Quota(0, 0, 1, limit, over=over),)), el)
        return (
            solved.quantity_hat[0, 0, 1], solved.quota_wedge[0], solved.surplus.rents[1],
            solved.surplus.revenue[1],
        )  # fmt: skip

    assert at(1.2, 0.3)[:3] == (1.0, 1.0, 0.0)
    strict = at(0.8, None)
    assert at(0.8, 0.6) == pytest.approx(strict)
    tariff = on.rates.copy()
    tariff[0, 0, 1] = 0.2
    taxed = solve(on, MarketChange(tariff=tariff), el)
    quantity, mu, rent, revenue = at(0.5, 0.2)
    assert mu == pytest.approx(1.2 / 1.1)
    assert quantity == pytest.approx(taxed.quantity_hat[0, 0, 1], rel=1e-10)
    within = taxed.flow[0, 0, 1] * 0.5 / quantity
    assert rent == pytest.approx(0.1 * within, rel=1e-9)
    assert rent + revenue == pytest.approx(taxed.surplus.revenue[1], rel=1e-9)
    assert at(0.0, 0.2)[0] == pytest.approx(quantity, rel=1e-10)


@pytest.mark.parametrize("eta", [0.3, 0.9, 1.0, 2.0])
@pytest.mark.parametrize("sigma", [3.0, 6.0])
def test_a_small_supplier_costs_the_imposer_its_value_over_sigma_less_one(
    eta: float, sigma: float
) -> None:
    """Note 1.5(6): V/(σ−1), whatever η; half of it with translog or linear demand."""
    value = 1e-5
    on = made_of([[1000.0, value], [0.0, 100.0]])
    el = Parameters(sigma, eta, [0.7, 1.3])
    lost = solve(on, ban(on, 0, 0, 1), el).surplus
    net = lost.consumers[1] + lost.producers[1]
    assert net == pytest.approx(-value / (sigma - 1.0), rel=1e-4)
    half = lost.consumers_half[1] + lost.producers[1]
    # Producers' gain hangs on the full index: the half is what is lost of variety alone.
    assert half - net == pytest.approx(0.5 * value / (sigma - 1.0), rel=1e-4)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_given_prices_have_a_closed_form(seed: int) -> None:
    """e = ∞ everywhere: p̂ = 1, and indices are sums."""
    made = case(seed, k=1, fixed=False)
    el = replace(made.parameters, supply=np.inf)
    solved = solve(made.market, made.change, el)
    assert (solved.price_hat == 1.0).all()
    full = made.parameters.at(made.market)
    cost = np.asarray(made.change.iceberg) * np.asarray(made.change.wedge)
    cost = cost * (1.0 + np.asarray(made.change.tariff)) / (1.0 + made.market.rates)
    gap = 1.0 - full.sigma[:, None, :]
    free = np.asarray(made.change.availability)
    index = (made.market.buying_share * free * cost**gap).sum(axis=1) ** (1.0 / gap[:, 0])
    np.testing.assert_allclose(solved.price_index, index, rtol=1e-11)
    assert not solved.surplus.producers.any()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_a_fixed_supply_is_sold_whole(seed: int) -> None:
    made = case(seed, fixed=False)
    solved = solve(made.market, made.change, replace(made.parameters, supply=0.0))
    sold = (made.market.value * solved.quantity_hat * np.asarray(made.change.iceberg)).sum(axis=2)
    np.testing.assert_allclose(sold, made.market.sales, rtol=2e-11)
    gained = made.market.sales * (solved.price_hat - 1.0)
    np.testing.assert_allclose(solved.surplus.by_origin, gained, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_products_as_far_apart_as_all_else_are_markets_of_their_own(seed: int) -> None:
    """ζ = η: each product solved alone gives the same."""
    made = case(seed, k=3, n=4, by_destination=True)
    el = made.parameters
    together = solve(made.market, made.change, replace(el, zeta=el.eta))
    total = np.zeros(4)
    for k in range(3):
        alone = Market(made.market.value[k], made.market.rates[k])
        fields = ("availability", "iceberg", "wedge", "tariff")
        change = MarketChange(**{n: np.asarray(getattr(made.change, n))[k] for n in fields})
        own = Parameters(np.asarray(el.sigma)[k : k + 1], el.eta, np.asarray(el.supply)[k : k + 1])
        one = solve(alone, change, own)
        np.testing.assert_allclose(together.price_hat[k], one.price_hat[0], rtol=1e-9)
        np.testing.assert_allclose(together.flow[k], one.flow[0], rtol=1e-8, atol=1e-11)
        total += one.surplus.consumers
    np.testing.assert_allclose(together.surplus.consumers, total, rtol=1e-8, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_products_as_close_as_origins_are_one_product(seed: int) -> None:
    """ζ = σ: a pooled market in which (product, origin) are origins, with nobody buying in half of
    the places."""
    rng = np.random.default_rng(seed)
    on = market(rng, 2, 3)
    el = replace(parameters(rng, 2, 3, fixed=False), sigma=4.0, zeta=4.0)
    free = np.where(rng.random((2, 3, 3)) < 0.3, 0.4, 1.0)
    nested = solve(on, MarketChange(availability=free), el)
    value, rates, there = np.zeros((6, 6)), np.zeros((6, 6)), np.ones((6, 6))
    for k in range(2):
        rows = slice(3 * k, 3 * k + 3)
        value[rows, :3], rates[rows, :3], there[rows, :3] = on.value[k], on.rates[k], free[k]
    pooled = solve(
        Market(value, rates), MarketChange(availability=there),
        Parameters(4.0, np.append(np.asarray(el.eta), np.ones(3)), np.ravel(el.supply)),
    )  # fmt: skip
    np.testing.assert_allclose(nested.price_hat.ravel(), pooled.price_hat[0], rtol=1e-9)
    np.testing.assert_allclose(nested.group_index, pooled.price_index[0, :3], rtol=1e-9)
    np.testing.assert_allclose(
        nested.surplus.consumers, pooled.surplus.consumers[:3], rtol=1e-7, atol=1e-9
    )


def path(on: Market, change: MarketChange, els: list[Parameters]) -> Array:
    return np.array(
        [np.concatenate([solve(on, change, el).price_hat.ravel(),
                         solve(on, change, el).surplus.total]) for el in els]
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", ["sigma to eta", "eta to one", "zeta to one", "supply to none", "supply to infinity",
             "sigma through one"]
)  # fmt: skip
def test_results_are_smooth_where_formulas_divide_by_zero(name: str) -> None:
    made = case(3, k=2, n=4, bans=name != "sigma through one", fixed=False)
    if name == "sigma to eta":
        made = case(3, k=2, n=4, bans=False, fixed=False)
    base = Parameters(4.0, 0.9, 0.7, 1.3)
    step = np.array([0.0, 1e-13, 1e-10, 1e-7, 1e-4])
    vary = {
        "sigma to eta": lambda h: Parameters(0.9 + h, 0.9, 0.7, 0.9),
        "eta to one": lambda h: replace(base, eta=1.0 + h),
        "zeta to one": lambda h: replace(base, zeta=1.0 + h),
        "supply to none": lambda h: replace(base, supply=h),
        "supply to infinity": lambda h: replace(base, supply=np.inf if h == 0.0 else 1.0 / h),
        "sigma through one": lambda h: Parameters(1.0 + h, 0.9, 0.7, 0.9),
    }[name]
    found = path(made.market, made.change, [vary(float(h)) for h in step])
    apart = np.abs(found - found[0]).max(axis=1)
    size = 1.0 + np.abs(found).max()
    assert (apart <= 1e-10 * size + 200.0 * step * size).all()
    assert apart[4] > 1e-8


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_finite_transformation_goes_over_into_one_price_per_origin(seed: int) -> None:
    """Note 1.5(8); the gap falls as 1/ω."""
    made = case(seed, with_quotas=2)
    change = replace(made.change, splits=())
    one = solve(made.market, change, made.parameters)
    gaps = []
    for omega in (1e2, 1e3, 1e4):
        many = solve(made.market, change, replace(made.parameters, transformation=omega))
        sold = one.price_hat > 0.0
        assert (many.price_hat[~sold] == 0.0).all()
        gaps.append(np.abs(np.log(many.price_hat[sold] / one.price_hat[sold])).max(initial=0.0))
    assert gaps[1] < 0.2 * gaps[0] + 1e-9
    assert gaps[2] < 0.2 * gaps[1] + 1e-9


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_finite_transformation_clears_cell_by_cell(seed: int) -> None:
    """(ŵ/v̂)^ω Ŷ = τ̂ q̂, with v̂ the index of ŵ and Ŷ = v̂^e, or v̂ = 1 where e = ∞: straight from
    note 1.8. Activity Ŷ is what is earned over the index."""
    made = case(seed, with_quotas=2)
    omega = float(np.random.default_rng(seed).uniform(0.5, 8.0))
    solved = solve(made.market, made.change, replace(made.parameters, transformation=omega))
    r, w, v = made.market.sales_share, solved.border_price, solved.price_hat
    index = (r * w ** (1.0 + omega)).sum(axis=2) ** (1.0 / (1.0 + omega))
    np.testing.assert_allclose(index, v, rtol=1e-10)
    supply = np.asarray(made.parameters.supply)
    sold = np.asarray(made.change.iceberg) * solved.quantity_hat
    with np.errstate(divide="ignore", invalid="ignore"):
        activity = (r * w * sold).sum(axis=2) / v
        placed = (w / v[:, :, None]) ** omega * activity[:, :, None]
    finite = np.isfinite(supply) & (v > 0.0) & (made.market.sales > 0.0)
    np.testing.assert_allclose(activity[finite], v[finite] ** supply[finite], rtol=1e-9)
    assert (np.abs(v[np.isinf(supply)] - 1.0) < 1e-10).all()
    there = (made.market.value > 0.0) & (v > 0.0)[:, :, None]
    np.testing.assert_allclose(placed[there], sold[there], rtol=1e-8, atol=1e-12)
    tax = (1.0 + solved.tariff) / (1.0 + made.market.rates) * np.asarray(made.change.wedge)
    price = w * np.asarray(made.change.iceberg) * tax * solved.wedges
    sigma = made.parameters.at(made.market).sigma[:, None, :]
    free = np.asarray(made.change.availability)
    open_to = (solved.flow > 0.0) & (free > 0.0)
    cells = np.where(open_to, price, 1.0) ** (1.0 - sigma) * free * open_to
    level = (made.market.buying_share * cells).sum(axis=1)
    np.testing.assert_allclose(level ** (1.0 / (1.0 - sigma[:, 0])), solved.price_index, rtol=1e-9)


def test_an_origin_shut_off_loses_what_it_earned_above_cost() -> None:
    """ΔPS = −R/(1+e); 0 where supply is given at a price; everyone else is dropped from it."""
    on = made_of([[0.0, 6.0, 2.0], [0.0, 5.0, 1.0], [0.0, 1.0, 7.0]])
    free = np.ones((3, 3))
    free[0] = 0.0
    for supply, loss in ((0.0, -8.0), (1.0, -4.0), (np.inf, 0.0)):
        solved = solve(on, MarketChange(availability=free), Parameters(4.0, 0.9, [supply, 1, 1]))
        assert solved.surplus.producers[0] == loss
        assert solved.price_hat[0, 0] == (1.0 if np.isinf(supply) else 0.0)
        assert solved.dropped[0, 0]
        assert "has no outlet left" in solved.flags


def test_the_last_supplier_is_worth_a_finite_sum_only_to_elastic_demand() -> None:
    on = made_of([[4.0, 6.0], [0.0, 0.0]])
    solved = solve(on, ban(on, 0, 0, 1), Parameters(4.0, 1.5, 1.0))
    assert solved.surplus.consumers[1] == pytest.approx(-6.0 / 0.5)
    assert solved.surplus.consumers_half[1] == pytest.approx(-3.0 / 0.5)
    assert not solved.not_bounded.any()
    assert solved.price_index[0, 1] == np.inf
    assert solved.spending[0, 1] == 0.0
    for eta in (1.0, 0.5):
        solved = solve(on, ban(on, 0, 0, 1), Parameters(4.0, eta, 1.0))
        assert solved.not_bounded.tolist() == [False, True]
        assert solved.surplus.consumers[1] == -np.inf
        assert solved.flags["not bounded in this model"] == ("economy 2",)
        assert np.isfinite(solved.surplus.consumers[0])
        assert np.isfinite(solved.flow).all()


@pytest.mark.parametrize("n", [2, 4])
def test_a_lost_product_is_harmless_among_substitutes(n: int) -> None:
    """ζ > 1: it drops out of the group's index, which is the limit of a nearly total ban."""
    rng = np.random.default_rng(n)
    on = market(rng, 2, n, sparse=0.0)
    el = Parameters(5.0, 0.8, 1.0, 2.0)
    free = np.ones(on.value.shape)
    free[1, :, 0] = 0.0
    lost = solve(on, MarketChange(availability=free), el)
    near = solve(on, MarketChange(availability=np.maximum(free, 1e-40)), el)
    assert lost.lost[1, 0]
    np.testing.assert_allclose(lost.group_index, near.group_index, rtol=1e-7)
    np.testing.assert_allclose(lost.surplus.total, near.surplus.total, rtol=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_given_prices_have_a_closed_form_in_all_nests(seed: int) -> None:
    """e = ∞: areas, origins and products are three sums of shares still on offer."""
    rng = np.random.default_rng(seed)
    on = market(rng, 2, 4, sparse=0.0)
    el = Parameters(4.0, rng.uniform(0.3, 0.9, 4), np.inf, 1.4)
    inner = float(rng.uniform(4.0, 12.0))
    share, open_to = rng.dirichlet(np.ones(3), 4).T, np.ones((3, 4))
    open_to[0, 1:3] = 0.0, 0.6
    free = np.where(rng.random(on.value.shape) < 0.3, 0.5, 1.0)
    split = Split(1, 2, share, inner, open_to)
    solved = solve(on, MarketChange(availability=free, splits=(split,)), el)
    area = (share * open_to).sum(axis=0) ** (1.0 / (1.0 - inner))
    price = np.ones(on.value.shape)
    price[1, 2] = area
    index = (on.buying_share * free * price**-3.0).sum(axis=1) ** (1.0 / -3.0)
    group = (on.product_share * index**-0.4).sum(axis=0) ** (1.0 / -0.4)
    np.testing.assert_allclose(solved.price_index, index, rtol=1e-12)
    np.testing.assert_allclose(solved.group_index, group, rtol=1e-12)
    eta = np.asarray(el.eta)
    lost = on.spending.sum(axis=0) * (1.0 - group ** (1.0 - eta)) / (1.0 - eta)
    np.testing.assert_allclose(solved.surplus.consumers, lost, rtol=1e-10, atol=1e-12)
    sold = free[1, 2] * open_to * area ** (inner - 4.0) * index[1] ** (4.0 - 1.4)
    sold = sold * group ** (1.4 - eta)
    np.testing.assert_allclose(solved.part_quantity[0], sold, rtol=1e-11)
