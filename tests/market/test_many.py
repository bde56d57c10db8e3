"""Many draws at once are the single solves, draw by draw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.model.market import Market, MarketChange, Parameters, Quota, Routes, Split, solve
from comity.model.market.many import Draws, MarketRuns, solve_many
from comity.words.errors import InputError

from .markets import SEEDS, Array, Rng, case

SURPLUS = ("consumers", "consumers_half", "producers", "revenue", "rents", "margins", "total")


def drawn(rng: Rng, on: Market, count: int, *, cells: bool = False) -> Draws:
    """Draws with σ ≥ ζ ≥ η, supply from fixed to infinite, and base values where asked for."""
    k, n = on.shape
    eta = rng.uniform(0.3, 1.3, (count, n))
    zeta = eta + rng.uniform(0.0, 0.8, (count, n))
    sigma = max(zeta.max(), 1.0) + rng.uniform(0.2, 5.0, (count, k))
    supply = rng.uniform(0.0, 3.0, (count, k, n))
    supply[rng.random(supply.shape) < 0.1] = 0.0
    supply[rng.random(supply.shape) < 0.1] = np.inf
    value = on.value * rng.lognormal(0.0, 0.2, (count, *on.value.shape)) if cells else None
    return Draws(sigma, eta, supply, zeta, value=value)


def agree(
    on: Market, changes: MarketChange | list[MarketChange], draws: Draws, runs: MarketRuns
) -> None:
    """Every draw against its own solve."""
    assert not runs.failed
    assert runs.draw.tolist() == list(range(len(draws)))
    for d in range(len(draws)):
        change = changes if isinstance(changes, MarketChange) else changes[d]
        one = solve(draws.market(on, d), change, draws.parameters(d))
        scale = float(one.market.spending.sum())
        np.testing.assert_allclose(runs.price_hat[d], one.price_hat, rtol=1e-9)
        np.testing.assert_allclose(runs.price_index[d], one.price_index, rtol=1e-9)
        np.testing.assert_array_equal(runs.far[d], one.far)
        for name in SURPLUS:
            there, here = getattr(runs, name)[d], getattr(one.surplus, name)
            np.testing.assert_allclose(there, here, rtol=1e-8, atol=1e-9 * scale, err_msg=name)
        if runs.flow is not None and runs.first_flow is not None:
            np.testing.assert_allclose(runs.flow[d], one.flow, rtol=1e-8, atol=1e-10 * scale)
            np.testing.assert_allclose(
                runs.first_flow[d], one.first_flow, rtol=1e-8, atol=1e-10 * scale
            )
            banned = one.flow == 0.0
            assert not runs.flow[d][banned].any()
            for there, here in zip(runs.part_flow, one.part_flow, strict=True):
                np.testing.assert_allclose(there[d], here, rtol=1e-8, atol=1e-10 * scale)
        for there, here in zip(runs.part_price, one.part_price, strict=True):
            np.testing.assert_allclose(there[d], here, rtol=1e-9)


@pytest.fixture
def side_by_side(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts the draws that are solved alone."""
    alone = [0]

    def counted(*arguments: Any, **named: Any) -> Any:
        alone[0] += 1
        return solve(*arguments, **named)

    monkeypatch.setattr("comity.model.market.many.solve", counted)
    return alone


KINDS: dict[str, dict[str, Any]] = {
    "bans and tariffs": {},
    "parts": {"with_splits": 2},
    "routes": {"with_routes": 2},
    "parts and routes": {"with_splits": 1, "with_routes": 2},
    "exchange rates": {"exchange": True},
    "quotas": {"with_quotas": 2},
    "quotas, parts and routes": {"with_quotas": 1, "with_splits": 1, "with_routes": 1},
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, cells=st.booleans())
def test_one_change_for_all_draws(kind: str, seed: int, cells: bool) -> None:
    made = case(seed, **KINDS[kind])
    draws = drawn(np.random.default_rng(seed), made.market, 4, cells=cells)
    # Parts are closer to each other than origins are in any draw.
    splits = tuple(replace(s, inner=s.inner + 9.0) for s in made.change.splits)
    change = replace(made.change, splits=splits)
    agree(made.market, change, draws, solve_many(made.market, change, draws))


def varied(rng: Rng, change: MarketChange, on: Market) -> MarketChange:
    """The same kind of change with every number drawn again."""
    free = np.asarray(change.availability)
    free = np.where(rng.random(free.shape) < 0.3, rng.choice([0.0, 0.5, 1.0], free.shape), free)
    free[:, range(on.shape[1]), range(on.shape[1])] = 1.0
    splits = []
    for split in change.splits:
        share = np.asarray(split.share) * rng.uniform(0.5, 1.5, np.shape(split.share))
        open_to = np.where(rng.random(share.shape) < 0.3, 0.0, np.asarray(split.availability))
        open_to[0] = np.where(open_to.any(axis=0), open_to[0], 1.0)
        splits.append(
            replace(
                split,
                share=share / share.sum(axis=0),
                availability=open_to,
                inner=float(split.inner + 9.0 * np.exp(rng.uniform(0.0, 1.0))),
                supply=rng.uniform(0.1, 2.0, len(share)),
            )
        )
    routes = change.routes
    if routes is not None:
        phi = np.asarray(routes.share) * rng.uniform(0.5, 1.0, np.shape(routes.share))
        routes = replace(routes, share=phi, cost=float(rng.uniform(0.0, 0.3)))
    tariff = np.asarray(change.tariff) * rng.uniform(0.9, 1.1, on.value.shape)
    return replace(change, availability=free, tariff=tariff, splits=tuple(splits), routes=routes)


@pytest.mark.parametrize("kind", ["bans and tariffs", "parts", "routes", "parts and routes"])
@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, cells=st.booleans())
def test_every_number_of_a_change_may_be_drawn(kind: str, seed: int, cells: bool) -> None:
    """Coverage, tariffs, shares of areas, inner elasticities, onward shares, base values."""
    made = case(seed, **KINDS[kind])
    rng = np.random.default_rng(seed)
    draws = drawn(rng, made.market, 5, cells=cells)
    changes = [varied(rng, made.change, made.market) for _ in range(len(draws))]
    agree(made.market, changes, draws, solve_many(made.market, changes, draws))


def scallops(count: int, seed: int = 1) -> tuple[Market, list[MarketChange], Draws]:
    """Sixteen economies, one origin in two areas, one processing route."""
    rng = np.random.default_rng(seed)
    n = 16
    value = rng.lognormal(0.0, 1.5, (n, n)) * (rng.random((n, n)) > 0.3)
    value[range(n), range(n)] = rng.lognormal(3.0, 1.0, n)
    value[0, 1:3] = 8.0, 3.0
    open_to = np.ones((2, n))
    open_to[0, 1] = 0.0
    sigma = rng.uniform(2.4, 10.5, count)
    changes = [
        MarketChange(
            splits=(Split(0, 0, [c, 1.0 - c], s * (30.0 / s) ** float(u), open_to),),
            routes=Routes([0], [0], [1], [2], [phi], 0.1),
        )
        for s, c, u, phi in zip(
            sigma, rng.uniform(0.3, 0.7, count), rng.random(count), rng.uniform(0.21, 0.28, count),
            strict=True,
        )
    ]  # fmt: skip
    supply = rng.uniform(0.1, 1.5, (count, n))
    return Market(value), changes, Draws(sigma, rng.uniform(0.5, 1.3, count), supply)


def test_bans_by_area_with_a_route_are_solved_side_by_side(side_by_side: list[int]) -> None:
    on, changes, draws = scallops(300)
    runs = solve_many(on, changes, draws, flows=False)
    assert side_by_side[0] <= 3
    assert len(runs.draw) == 300
    few = [0, 7, 299]
    for d in few:
        one = solve(on, changes[d], draws.parameters(d))
        np.testing.assert_allclose(runs.part_price[0][d], one.part_price[0], rtol=1e-10)
        np.testing.assert_allclose(runs.price_hat[d], one.price_hat, rtol=1e-10)


def test_coverage_with_a_range_that_reaches_a_ban_is_solved_side_by_side(
    side_by_side: list[int],
) -> None:
    """min(1, Σ c): closed in some draws and part open in others."""
    on, _, draws = scallops(300)
    rng = np.random.default_rng(3)
    changes = []
    for cover in np.minimum(1.0, rng.uniform(0.3, 1.4, 300)):
        free = np.ones((16, 16))
        free[0, 1] = 1.0 - cover
        changes.append(MarketChange(availability=free))
    runs = solve_many(on, changes, draws)
    assert side_by_side[0] == 0
    agree(on, changes[:20], _first(draws, 20), solve_many(on, changes[:20], _first(draws, 20)))
    assert runs.flow is not None
    closed = np.array([not np.asarray(c.availability)[0, 1] for c in changes])
    assert 0 < closed.sum() < 300
    assert ((runs.flow[:, 0, 0, 1] == 0.0) == closed).all()


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, k=st.integers(1, 2))
def test_an_economy_that_can_buy_no_more(seed: int, k: int) -> None:
    """Without bound in draws with η ≤ 1, E/(η − 1) in the others; or one product of two gone."""
    made = case(seed, k=k, n=4, with_splits=1)
    rng = np.random.default_rng(seed)
    base = drawn(rng, made.market, 6)
    eta = np.asarray(base.eta) + rng.uniform(0.0, 0.6, (6, 4))
    zeta = np.maximum(eta, 1.0 if k == 1 else 1.1) + 0.05
    draws = replace(base, eta=eta, zeta=zeta, sigma=np.asarray(base.sigma) + 1.5)
    splits = tuple(replace(s, inner=s.inner + 9.0) for s in made.change.splits)
    free = np.asarray(made.change.availability).copy()
    free[seed % k, :, 1] = 0.0
    if seed % 3 == 0:
        free[:, :, 1] = 0.0
    for change in (
        replace(made.change, availability=free, splits=splits),
        MarketChange(availability=free),
    ):
        runs = solve_many(made.market, change, draws)
        agree(made.market, change, draws, runs)
        for d in range(6):
            alone = solve(made.market, change, draws.parameters(d))
            np.testing.assert_array_equal(runs.not_bounded[d], alone.not_bounded)


def _first(draws: Draws, count: int) -> Draws:
    return Draws(
        np.asarray(draws.sigma)[:count], np.asarray(draws.eta)[:count],
        np.asarray(draws.supply)[:count],
    )  # fmt: skip


def same(one: MarketRuns, two: MarketRuns) -> None:
    for name in ("price_hat", "price_index", "consumers", "producers", "flow", "first_flow"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)
    for here, there in zip(one.part_price, two.part_price, strict=True):
        np.testing.assert_array_equal(here, there)


def test_draws_do_not_hang_on_threads() -> None:
    on, changes, draws = scallops(600)
    same(solve_many(on, changes, draws, threads=1), solve_many(on, changes, draws, threads=3))
    plain = MarketChange(availability=np.where(np.eye(16, k=1) > 0.0, 0.5, 1.0))
    same(solve_many(on, plain, draws, threads=1), solve_many(on, plain, draws, threads=3))


def test_a_draw_of_parts_is_the_same_in_any_company() -> None:
    """To the last bit: alone, among others, in another order."""
    on, changes, draws = scallops(40)
    whole = solve_many(on, changes, draws)
    order = np.random.default_rng(0).permutation(40)[:25]
    some = Draws(*(np.asarray(v)[order] for v in (draws.sigma, draws.eta, draws.supply)))
    part = solve_many(on, [changes[d] for d in order], some)
    np.testing.assert_array_equal(part.price_hat, whole.price_hat[order])
    assert part.flow is not None
    assert whole.flow is not None
    np.testing.assert_array_equal(part.flow, whole.flow[order])


def test_a_draw_without_a_change_has_exactly_no_effect() -> None:
    on, changes, draws = scallops(3)
    none = replace(changes[1], splits=(replace(changes[1].splits[0], availability=None),))
    for given_ in ([changes[0], none, changes[2]], [MarketChange(), none, none]):
        if given_[0].routes is None:
            given_ = [MarketChange(availability=np.ones((16, 16)))] * 3
        runs = solve_many(on, given_, draws)
        assert (runs.price_hat[1] == 1.0).all()
        assert runs.total is not None
        assert not runs.total[1].any()
        assert runs.first_flow is not None
        np.testing.assert_array_equal(runs.first_flow[1], on.value)


def test_draws_without_an_answer_are_named() -> None:
    on, changes, draws = scallops(6)
    sigma = np.asarray(draws.sigma).copy()
    sigma[2] = 0.4
    bad = list(changes)
    bad[4] = replace(bad[4], splits=(replace(bad[4].splits[0], inner=1.5),))
    runs = solve_many(on, bad, Draws(sigma, draws.eta, draws.supply))
    assert runs.draw.tolist() == [0, 1, 3, 5]
    assert [draw for draw, _ in runs.failed] == [2, 4]
    assert "below eta" in str(runs.failed[0][1])
    assert "between parts" in str(runs.failed[1][1])
    assert runs.consumers is not None
    assert {len(v) for v in (runs.price_hat, runs.consumers, runs.part_price[0])} == {4}
    np.testing.assert_allclose(
        runs.price_hat[3], solve(on, bad[5], draws.parameters(5)).price_hat, rtol=1e-10
    )
    # Numbers that are none are one draw's, too.
    for name in ("sigma", "eta", "supply"):
        worse = {"sigma": sigma, "eta": draws.eta, "supply": draws.supply}
        worse[name] = np.array(worse[name])
        np.asarray(worse[name])[3] = np.nan
        for change in (changes, MarketChange(tariff=0.1 * (1.0 - np.eye(16)))):
            failed = dict(solve_many(on, change, Draws(**worse)).failed)
            assert sorted(failed) == [2, 3]
            assert f"{name} is nan" in str(failed[3])
    # One that cannot be read does not stop the others.
    bad[1] = replace(bad[1], availability=np.full((16, 16), 1.5))
    assert [d for d, _ in solve_many(on, bad, draws).failed] == [1, 4]


def test_progress_ends_at_all_and_an_interrupt_stops_the_run() -> None:
    on, changes, draws = scallops(600)
    told: list[tuple[int, int]] = []
    solve_many(on, changes, draws, flows=False, progress=lambda *at: told.append(at))
    assert told[-1] == (600, 600)
    assert told == sorted(told)
    quota = [MarketChange(quotas=(Quota(0, 0, 1, 0.5),))] * 40
    told.clear()
    solve_many(on, quota, _first(draws, 40), progress=lambda *at: told.append(at))
    assert told == [(16, 40), (32, 40), (40, 40)]

    def stop(done: int, count: int) -> None:
        raise KeyboardInterrupt

    for given_, some in ((changes, draws), (quota, _first(draws, 40))):
        with pytest.raises(KeyboardInterrupt):
            solve_many(on, given_, some, progress=stop)


def test_taste_withholds_welfare() -> None:
    on, _, draws = scallops(5)
    shunned = MarketChange(availability=np.where(np.eye(16, k=1) > 0.0, 0.5, 1.0), taste=True)
    runs = solve_many(on, shunned, draws)
    assert runs.consumers is None
    assert runs.total is None
    assert runs.flow is not None


def test_draws_and_changes_have_to_fit() -> None:
    on, changes, draws = scallops(5)
    with pytest.raises(InputError, match="3 changes for 5 draws"):
        solve_many(on, changes[:3], draws)
    with pytest.raises(InputError, match="differ in number"):
        Draws([4.0, 5.0], [0.9], [1.0, 1.0])
    with pytest.raises(InputError, match="no axis of draws"):
        Draws(4.0, [0.9], [1.0])
    other = replace(changes[0], splits=(replace(changes[0].splits[0], origin=3),))
    with pytest.raises(InputError, match="different origins"):
        solve_many(on, [other, *changes[1:]], draws)
    with pytest.raises(InputError, match="drawn values have shape"):
        solve_many(on, changes, replace(draws, value=np.ones((5, 1, 2, 2))))
    for name, bad in (("sigma", (5, 2)), ("eta", (5, 3)), ("supply", (5, 1, 3))):
        with pytest.raises(InputError, match=f"draws of {name} have shape"):
            solve_many(on, changes, replace(draws, **{name: np.ones(bad)}))
    values = np.repeat(on.value[None], 5, axis=0)
    values[3, 0, 2, 1] = -1.0
    with pytest.raises(InputError, match="value is -1"):
        solve_many(on, changes, replace(draws, value=values))


def test_parameters_of_a_draw_are_its_own() -> None:
    draws = Draws([[4.0, 5.0], [6.0, 7.0]], [0.5, 0.6], [1.0, 2.0], [1.1, 1.2])
    one: Parameters = draws.parameters(1)
    held: list[Array] = [np.asarray(v) for v in (one.sigma, one.eta, one.supply, one.zeta)]
    assert [v.tolist() for v in held] == [[6.0, 7.0], 0.6, 2.0, 1.2]
