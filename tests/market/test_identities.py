"""What any true solution satisfies: section 1.5 of the model's notes, over generated markets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.model.market import Market, MarketChange, Parameters, Quota, Routes, Split, solve
from comity.model.market.identity import identity

from .markets import SEEDS, Array, case, market, parameters

SURPLUS = (
    "consumers", "consumers_half", "producers", "revenue", "rents", "margins", "total",
)  # fmt: skip


def effects(solved: Any) -> dict[str, Array]:
    return {name: getattr(solved.surplus, name) for name in SURPLUS}


# ---------------------------------------------------------------------------- no change, no effect


def nothing(made: Any, rng: np.random.Generator) -> dict[str, MarketChange]:
    ones = np.ones(made.market.value.shape)
    share = rng.dirichlet(np.ones(3), made.market.shape[1]).T
    inner = float(np.max(made.parameters.sigma)) + 2.0
    return {
        "none": MarketChange(),
        "all available": MarketChange(availability=ones, iceberg=ones, wedge=ones),
        "the same tariff": MarketChange(tariff=made.market.rates),
        "a quota without limit": MarketChange(quotas=(Quota(0, 0, 1, np.inf),)),
        "a quota that does not bind": MarketChange(quotas=(Quota(0, 0, 1, 1.5),)),
        "parts that are all open": MarketChange(splits=(Split(0, 0, share, inner),)),
        "routes that are all open": MarketChange(routes=Routes([0], [0], [1], [2], [0.3], 0.1)),
        "the same money": MarketChange(exchange=np.full(made.market.shape[1], 1.7)),
    }


@settings(max_examples=25, deadline=None)
@given(
    seed=SEEDS,
    by_destination=st.booleans(),
    tolerance=st.sampled_from([1e-6, 1e-12, 1e-14]),
    transformation=st.sampled_from([None, 2.0]),
)
def test_no_change_has_exactly_no_effect(
    seed: int, by_destination: bool, tolerance: float, transformation: float | None
) -> None:
    made = case(seed, by_destination=by_destination)
    how = replace(made.parameters, transformation=transformation)
    for name, change in nothing(made, np.random.default_rng(seed)).items():
        if transformation is not None and change.splits:
            continue
        solved = solve(made.market, change, how, tolerance=tolerance)
        assert (solved.price_hat == 1.0).all(), name
        assert (solved.price_index == 1.0).all(), name
        assert (solved.first_flow == made.market.value).all(), name
        for row, values in effects(solved).items():
            assert not values.any(), (name, row)


# ------------------------------------------------------------------------- units, labels, copies


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, unit=st.sampled_from([2.0, 1e-9, 3.7e11]))
def test_units_of_money_do_not_matter(seed: int, unit: float) -> None:
    made = case(seed, with_splits=1, with_quotas=2)
    scaled = Market(made.market.value * unit, made.market.rates)
    one = solve(made.market, made.change, made.parameters)
    two = solve(scaled, made.change, made.parameters)
    np.testing.assert_allclose(one.price_hat, two.price_hat, rtol=1e-9)
    np.testing.assert_allclose(one.flow * unit, two.flow, rtol=1e-8, atol=1e-12 * unit)
    scale = made.market.spending.sum()
    for name, values in effects(one).items():
        np.testing.assert_allclose(values, effects(two)[name] / unit, rtol=1e-8, atol=1e-9 * scale)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_relabelling_economies_relabels_results(seed: int) -> None:
    made = case(seed, by_destination=True)
    n = made.market.shape[1]
    order = np.random.default_rng(seed).permutation(n)

    def turned(values: Any) -> Array:
        return np.asarray(values)[:, order][:, :, order]

    fields = ("availability", "iceberg", "wedge", "tariff")
    moved: dict[str, Any] = {name: turned(getattr(made.change, name)) for name in fields}
    change = MarketChange(**moved)
    el = made.parameters
    other = Parameters(
        np.asarray(el.sigma)[:, order], np.asarray(el.eta)[order],
        np.asarray(el.supply)[:, order], np.asarray(el.zeta)[order],
    )  # fmt: skip
    base = Market(turned(made.market.value), turned(made.market.rates))
    one = solve(made.market, made.change, el)
    two = solve(base, change, other)
    np.testing.assert_allclose(one.price_hat[:, order], two.price_hat, rtol=1e-9)
    np.testing.assert_allclose(turned(one.flow), two.flow, rtol=1e-8, atol=1e-11)


def doubled(values: Any, axis: int, half: float = 1.0) -> Array:
    """The first entry of an axis twice, at the end once more; both times `half` for values."""
    array = np.array(values, dtype=float)
    first = np.take(array, [0], axis=axis) * half
    rest = np.delete(array, 0, axis=axis)
    return np.concatenate([first, rest, first], axis=axis)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_an_economy_in_two_halves_is_the_same_economy(seed: int) -> None:
    """Split as an origin and as a destination: four quarters of its home sales, halves else."""
    made = case(seed)
    fields = ("availability", "iceberg", "wedge", "tariff")
    twice: dict[str, Any] = {n: doubled(doubled(getattr(made.change, n), 1), 2) for n in fields}
    change = MarketChange(**twice)
    value = doubled(doubled(made.market.value, 1, 0.5), 2, 0.5)
    base = Market(value, doubled(doubled(made.market.rates, 1), 2))
    el = made.parameters
    other = Parameters(
        el.sigma, doubled(el.eta, 0), doubled(el.supply, 1), doubled(el.zeta, 0)
    )  # fmt: skip
    one = solve(made.market, made.change, el)
    two = solve(base, change, other)
    np.testing.assert_allclose(one.price_hat, two.price_hat[:, :-1], rtol=1e-9)
    np.testing.assert_allclose(two.price_hat[:, 0], two.price_hat[:, -1], rtol=1e-9)
    scale = made.market.spending.sum()
    for name, values in effects(one).items():
        both = effects(two)[name]
        both[0] += both[-1]
        np.testing.assert_allclose(values, both[:-1], rtol=1e-8, atol=1e-10 * scale, err_msg=name)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, inner=st.floats(0.0, 30.0))
def test_parts_that_are_treated_alike_are_the_origin(seed: int, inner: float) -> None:
    """Whatever the inner elasticity, with shares that are the same to all destinations (parts with
    other markets have prices of their own)."""
    made = case(seed, fixed=False)
    n = made.market.shape[1]
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.ones(3))
    own = float(np.max(made.parameters.sigma)) + inner
    split = replace(made.change, splits=(Split(0, n - 1, share, own),))
    one = solve(made.market, made.change, made.parameters)
    two = solve(made.market, split, made.parameters)
    np.testing.assert_allclose(two.part_price[0], one.price_hat[0, n - 1], rtol=1e-9)
    np.testing.assert_allclose(one.flow, two.flow, rtol=1e-8, atol=1e-11)
    scale = made.market.spending.sum()
    for name, values in effects(one).items():
        np.testing.assert_allclose(values, effects(two)[name], rtol=1e-8, atol=1e-10 * scale)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_parts_as_substitutable_as_origins_are_origins(seed: int) -> None:
    """σ_in = σ: the parts written as economies that buy nothing give the same."""
    rng = np.random.default_rng(seed)
    on = market(rng, 1, 4)
    given_ = replace(parameters(rng, 1, 4, fixed=False), zeta=None)
    sigma = float(np.ravel(given_.sigma)[0])
    share = rng.dirichlet(np.ones(2), 4).T
    free = np.array([[1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    supply = rng.uniform(0.2, 2.0, 2)
    split = MarketChange(splits=(Split(0, 0, share, sigma, free, supply),))
    one = solve(on, split, given_)
    value, rates, open_to = np.zeros((5, 5)), np.zeros((5, 5)), np.ones((5, 5))
    value[:4, :4], rates[:4, :4] = on.value[0], on.rates[0]
    rates[4, :4] = on.rates[0, 0]
    value[0, :4], value[4, :4] = on.value[0, 0] * share[0], on.value[0, 0] * share[1]
    open_to[0, :4], open_to[4, :4] = free
    eta = np.append(np.asarray(given_.eta), 0.5)
    wide = np.concatenate([[supply[0]], np.ravel(given_.supply)[1:], [supply[1]]])
    two = solve(Market(value, rates), MarketChange(availability=open_to),
                Parameters(sigma, eta, wide))  # fmt: skip
    np.testing.assert_allclose(one.part_price[0], two.price_hat[0, [0, 4]], rtol=1e-9)
    np.testing.assert_allclose(one.surplus.consumers, two.surplus.consumers[:4], atol=1e-8)
    np.testing.assert_allclose(
        one.surplus.consumers_half, two.surplus.consumers_half[:4], atol=1e-8
    )


# ---------------------------------------------------------------------------------- world surplus


@pytest.mark.parametrize(
    "options",
    [
        {}, {"tariffs": False}, {"by_destination": True}, {"with_splits": 1},
        {"with_quotas": 2, "bans": False}, {"with_quotas": 2}, {"with_routes": 2},
        {"with_splits": 1, "with_routes": 1}, {"with_quotas": 1, "with_splits": 1},
        {"transformation": 2.5},
    ],
    ids=str,
)  # fmt: skip
@settings(max_examples=2, deadline=None)
@given(seed=SEEDS)
def test_world_surplus_is_the_integral_of_wedges_lost_varieties_and_costs(
    options: dict[str, Any], seed: int
) -> None:
    """The sum along a path is of second order: four times the steps, a sixteenth of the error.
    Quotas that begin to bind between two steps may cost some of that, and inner elasticities are so
    large that forty steps are few; in all else next to nothing is left once the second-order term
    is taken off."""
    rest = {name: value for name, value in options.items() if name != "transformation"}
    made = case(seed, k=1 + seed % 2, n=3, **rest)
    given_ = replace(made.parameters, transformation=options.get("transformation"))
    rough, fine = (identity(made.market, made.change, given_, steps=steps) for steps in (40, 160))
    assert fine.residual < max(rough.residual / 8.0, 2e-5 if "with_quotas" in options else 1e-7)
    assert fine.residual < 6e-2
    if not {"with_quotas", "with_splits"} & set(options):
        best = fine.integral + (fine.integral - rough.integral) / 15.0
        gap = abs(fine.change - fine.integral)
        assert abs(fine.change - best) < max(0.4 * gap, 1e-7 * abs(fine.change), 1e-9)


def test_the_integral_goes_to_the_exact_change_with_areas_and_a_route() -> None:
    made = case(152364, k=1, n=3, with_splits=1, with_routes=1)
    errors = [
        identity(made.market, made.change, made.parameters, steps=steps).residual
        for steps in (40, 160, 640)
    ]
    assert errors[2] < 2e-6
    assert errors[1] / errors[2] == pytest.approx(16.0, rel=0.1)


@pytest.mark.parametrize(("kind", "least"), [("tariff", 2e-7), ("ban", 3e-8)])
def test_the_integral_meets_the_exact_change_at_800_steps(kind: str, least: float) -> None:
    """As in the notes: 2e-7 for tariffs and 3e-8 for a partial ban, of the loss itself there."""
    made = case(5, k=1, n=5, costs=False, fixed=False)
    free = np.ones(made.market.value.shape)
    free[0, 0, 1] = 0.5
    change = MarketChange(availability=free)
    if kind == "tariff":
        change = MarketChange(tariff=made.change.tariff)
    found = identity(made.market, change, made.parameters, steps=800)
    assert found.residual < 10 * least


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, quotas=st.booleans())
def test_from_free_trade_the_world_loses(seed: int, quotas: bool) -> None:
    made = case(seed, tariffs=False, costs=False, with_quotas=3 if quotas else 0)
    rng = np.random.default_rng(seed)
    shape = made.market.value.shape
    rates = rng.uniform(0.0, 1.0, shape) * (rng.random(shape) > 0.5)
    limits = tuple(replace(q, over=None) for q in made.change.quotas)
    solved = solve(made.market, replace(made.change, tariff=rates, quotas=limits), made.parameters)
    assert solved.surplus.world <= 1e-9 * made.market.spending.sum()


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_one_small_tariff_on_top_of_none_costs_the_square_of_it(seed: int) -> None:
    """A triangle: half the tariff, half the root of the loss."""
    made = case(seed, tariffs=False)
    rng = np.random.default_rng(seed)
    unit = rng.random(made.market.value.shape)

    def loss(size: float) -> float:
        change = MarketChange(tariff=size * unit)
        return solve(made.market, change, made.parameters).surplus.world

    assert loss(0.02) / loss(0.01) == pytest.approx(4.0, rel=0.2)
