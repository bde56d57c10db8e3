"""Against others: linearised GSIM, SMART, and scipy's minimiser of the convex function."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import minimize

from comity.model.market import Market, MarketChange, Parameters, Split, solve
from comity.model.market.special import gsim, import_demand, smart
from comity.words.errors import InputError

from .markets import SEEDS, Array, case, made_of, market


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_gsim_is_this_model_to_second_order(seed: int) -> None:
    """The gap of log prices and of surplus falls with the square of the tariff step."""
    rng = np.random.default_rng(seed)
    on = market(rng, 1, 4)
    el = Parameters(4.0, 0.9, rng.uniform(0.2, 2.0, 4))
    unit = rng.uniform(0.2, 1.0, on.rates.shape)
    ratios = []
    for h in (0.1, 0.01, 0.001):
        tariff = (1.0 + on.rates) * (1.0 + h * unit) - 1.0
        exact = solve(on, MarketChange(tariff=tariff), el, tolerance=1e-14)
        line = gsim(on, el, tariff)
        gap = np.abs(np.log(exact.price_hat[0]) - line.log_price).max()
        producers = np.abs(exact.surplus.producers - line.producers) / on.sales[0]
        consumers = np.abs(exact.surplus.consumers - line.consumers) / on.spending[0]
        ratios.append([g / h**2 for g in (gap, producers.max(), consumers.max())])
    assert np.max(ratios) < 3.0
    np.testing.assert_allclose(ratios[1], ratios[2], rtol=0.1, atol=1e-4)


def test_gsim_of_two_economies_by_hand() -> None:
    """One exporter, one importer, no home sales: e p = −η (p + T), so p = −ηT/(e + η)."""
    on = made_of([[0.0, 5.0], [0.0, 0.0]], home=False)
    el = Parameters(4.0, 0.8, [1.2, 1.0])
    line = gsim(on, el, [[0.0, 0.05], [0.0, 0.0]])
    step = np.log(1.05)
    price = -0.8 * step / 2.0
    assert line.log_price[0] == pytest.approx(price)
    assert line.log_index[1] == pytest.approx(step + price)
    assert line.log_quantity[0, 1] == pytest.approx(1.2 * price)
    exact = solve(on, MarketChange(tariff=[[0.0, 0.05], [0.0, 0.0]]), el)
    # With one of each the log-linear answer is the exact one.
    assert np.log(exact.price_hat[0, 0]) == pytest.approx(price, rel=1e-11)


def importer(imports: Array, rates: Array) -> Market:
    n = len(imports) + 1
    value, tariff = np.zeros((n, n)), np.zeros((n, n))
    value[:-1, -1], tariff[:-1, -1] = imports, rates
    return Market(value, tariff, home=False)


@pytest.mark.parametrize("sigma", [1.5, 3.0, 6.0])
def test_smart_total_creation_and_each_diversion_to_first_order(sigma: float) -> None:
    """Totals agree; all creation is SMART's gift to the partner whose tariff changed, where two
    stages of CES give the partner its share of it."""
    imports, rates = np.array([0.3, 0.45, 0.25]), np.array([0.1, 0.1, 0.1])
    demand, gaps, share = 1.2, [], 0.0
    on = importer(imports, rates)
    for h in (1e-2, 1e-3, 1e-4):
        after = rates.copy()
        after[0] -= h
        old = smart(imports, rates, after, sigma=sigma, demand=demand)
        tariff = np.zeros((4, 4))
        tariff[:-1, -1] = after
        solved = solve(
            on, MarketChange(tariff=tariff), Parameters(sigma, demand, np.inf), tolerance=1e-14
        )
        moved = solved.flow[0, :-1, -1] - imports
        # Substitution at an unchanged quantity of the composite, and what is left.
        composite = solved.price_index[0, -1] ** -demand
        diversion = imports * (solved.quantity_hat[0, :-1, -1] / composite - 1.0)
        creation = moved - diversion
        gaps.append(
            [abs(creation.sum() - old.creation.sum()) / h,
             np.abs(diversion - old.diversion).max() / h]
        )  # fmt: skip
        assert old.diversion.sum() == pytest.approx(0.0, abs=1e-15)
        assert old.creation[1:].tolist() == [0.0, 0.0]
        share = creation[0] / creation.sum()
    assert share == pytest.approx(0.3, rel=1e-3)
    np.testing.assert_allclose(gaps[1], np.array(gaps[0]) / 10.0, rtol=0.2)
    np.testing.assert_allclose(gaps[2], np.array(gaps[1]) / 10.0, rtol=0.2)


def test_the_figures_of_the_notes_for_smart() -> None:
    """Section 1.12: own creation 0.982e-3 is the partner's share, 0.3, of total creation 3.273e-3;
    SMART's total and diversion of a step from 10 to 9 % at σ 1.5 and ε 1.2 are 3.273e-3 and
    2.864e-3."""
    found = smart([0.3, 0.7], [0.1, 0.1], [0.09, 0.1], sigma=1.5, demand=1.2)
    assert found.creation.sum() == pytest.approx(3.273e-3, abs=1e-6)
    assert found.diversion[0] == pytest.approx(2.864e-3, rel=5e-3)
    assert 0.3 * found.creation.sum() == pytest.approx(0.982e-3, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_scipy_finds_the_same_minimum(seed: int) -> None:
    """Without tariffs the equilibrium is the least of Σ PS(p) + Σ CS(p), found without a gradient
    of ours, and ΣΔW is its change (section 1.3)."""
    made = case(seed, k=1, n=3, tariffs=False, fixed=False)
    el = made.parameters.at(made.market)
    change = MarketChange(availability=made.change.availability)
    solved = solve(made.market, change, made.parameters)
    free = np.asarray(change.availability)[0]
    sigma, eta, supply = el.sigma[0], el.eta, el.supply[0]
    share, sales, spending = made.market.buying_share[0], made.market.sales[0], made.market.spending

    def world(log_price: Array) -> float:
        price = np.exp(log_price)
        offers = share * free * price[:, None] ** (1.0 - sigma)
        index = offers.sum(axis=0) ** (1.0 / (1.0 - sigma))
        own = (sales * (price ** (1.0 + supply) - 1.0) / (1.0 + supply)).sum()
        theirs = (spending[0] * (1.0 - index ** (1.0 - eta)) / (1.0 - eta)).sum()
        return float(own + theirs) / float(sales.sum())

    least = minimize(world, np.zeros(3), method="BFGS", options={"gtol": 1e-10, "maxiter": 2000})
    np.testing.assert_allclose(np.log(solved.price_hat[0]), least.x, atol=2e-5)
    assert solved.surplus.world / sales.sum() == pytest.approx(float(least.fun), abs=1e-9)


def indices(shares: Array, free: Array, prices: Array, sigma: Array) -> Array:
    """(Σ s a p^(1−σ))^(1/(1−σ)) over the first axis."""
    level = np.asarray((shares * free * prices ** (1.0 - sigma)).sum(axis=0))
    return np.asarray(level ** (1.0 / (1.0 - sigma)))


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_scipy_finds_the_same_minimum_of_linked_products(seed: int) -> None:
    made = case(seed, k=2, n=3, tariffs=False, fixed=False)
    el = made.parameters.at(made.market)
    change = MarketChange(availability=made.change.availability, iceberg=made.change.iceberg)
    solved = solve(made.market, change, made.parameters)
    free, ice = np.asarray(change.availability), np.asarray(change.iceberg)
    on = made.market
    total = on.spending.sum(axis=0)

    def world(log_price: Array) -> float:
        price = np.exp(log_price).reshape(2, 3)
        by_product = np.array([
            indices(on.buying_share[k], free[k], price[k][:, None] * ice[k], el.sigma[k])
            for k in range(2)
        ])  # fmt: skip
        group = indices(on.product_share, np.ones((2, 3)), by_product, el.zeta)
        theirs = (total * (1.0 - group ** (1.0 - el.eta)) / (1.0 - el.eta)).sum()
        own = (on.sales * (price ** (1.0 + el.supply) - 1.0) / (1.0 + el.supply)).sum()
        return float(own + theirs) / float(on.sales.sum())

    least = minimize(world, np.zeros(6), method="BFGS", options={"gtol": 1e-10, "maxiter": 4000})
    np.testing.assert_allclose(np.log(solved.price_hat).ravel(), least.x, atol=5e-5)
    # Costs are resources here: `world` is all there is.
    assert solved.surplus.world / on.sales.sum() == pytest.approx(float(least.fun), abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_scipy_finds_the_same_minimum_with_an_origin_in_areas(seed: int) -> None:
    """Each area has profits of its own; inside the origin an index of its areas."""
    rng = np.random.default_rng(seed)
    on = market(rng, 1, 3, tariffs=False, sparse=0.0)
    sigma, eta, inner = 3.0, float(rng.uniform(0.3, 0.9)), float(rng.uniform(3.0, 15.0))
    supply, areas = rng.uniform(0.2, 1.5, 3), rng.uniform(0.2, 1.5, 2)
    share = rng.dirichlet(np.ones(2), 3).T
    free = np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.4]])
    change = MarketChange(splits=(Split(0, 0, share, inner, free, areas),))
    solved = solve(on, change, Parameters(sigma, eta, supply))
    made = (on.value[0, 0] * share).sum(axis=1)

    def world(log_price: Array) -> float:
        parts, others = np.exp(log_price[:2]), np.exp(log_price[2:])
        bundle = indices(share, free, parts[:, None], np.full(3, inner))
        prices = np.vstack([bundle, np.repeat(others[:, None], 3, axis=1)])
        index = indices(on.buying_share[0], np.ones((3, 3)), prices, np.full(3, sigma))
        own = (made * (parts ** (1.0 + areas) - 1.0) / (1.0 + areas)).sum()
        own += (on.sales[0, 1:] * (others ** (1.0 + supply[1:]) - 1.0) / (1.0 + supply[1:])).sum()
        theirs = (on.spending[0] * (1.0 - index ** (1.0 - eta)) / (1.0 - eta)).sum()
        return float(own + theirs) / float(on.sales.sum())

    least = minimize(world, np.zeros(4), method="BFGS", options={"gtol": 1e-10, "maxiter": 4000})
    np.testing.assert_allclose(np.log(solved.part_price[0]), least.x[:2], atol=5e-5)
    np.testing.assert_allclose(np.log(solved.price_hat[0, 1:]), least.x[2:], atol=5e-5)
    assert solved.surplus.world / on.sales.sum() == pytest.approx(float(least.fun), abs=1e-9)


def test_a_market_of_imports_is_the_whole_market_seen_from_abroad() -> None:
    """With home goods at a given price and η_m = σ s_D + η (1 − s_D), imports answer alike to
    first order: the gap is a second-order one."""
    whole = made_of([[0.0, 6.0, 2.0], [0.0, 9.0, 0.0], [0.0, 0.0, 30.0]])
    imports = made_of([[0.0, 6.0, 2.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], home=False)
    sigma, eta = 5.0, 0.8
    foreign = import_demand(sigma, eta, [0.0, 9.0 / 15.0, 30.0 / 32.0])
    assert foreign.tolist() == pytest.approx([0.8, 3.32, 4.7375])
    gaps = []
    for step in (0.1, 0.01):
        tariff = np.zeros((3, 3))
        tariff[0, 1] = step
        one = solve(
            whole, MarketChange(tariff=tariff), Parameters(sigma, eta, [0.6, np.inf, np.inf])
        )
        two = solve(
            imports, MarketChange(tariff=tariff), Parameters(sigma, foreign, [0.6, 1.0, 1.0])
        )
        gaps.append(np.abs(np.log(one.flow[0, 0, 1:] / two.flow[0, 0, 1:])).max())
        assert not two.surplus.producers[1:].any()
    assert gaps[1] < 0.02 * gaps[0]
    with pytest.raises(InputError, match=r"home share of 1\.2"):
        import_demand(sigma, eta, 1.2)


def test_they_refuse_what_they_do_not_know() -> None:
    on = made_of([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(InputError, match="finite"):
        gsim(on, Parameters(4.0, 0.9, np.inf), on.rates)
    with pytest.raises(InputError, match="one importer"):
        smart([[1.0, 2.0]], [[0.1, 0.1]], [[0.0, 0.1]], sigma=1.5, demand=1.0)
