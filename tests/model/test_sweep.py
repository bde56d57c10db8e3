"""Many solves in one call are the single solves, run by run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from comity.words.errors import InputError, ModelError, NoEquilibrium
from comity.world import Shock, World

from .worlds import attempt, balanced, busy_shock, drawn, shocks, three, worlds

ENGINES = ("numpy", "numba")
TABLES = ("real_income", "real_wage", "price_index")


def draws(world: World, count: int, seed: int = 0, spread: float = 0.2) -> NDArray[np.float64]:
    """Trade elasticities around the world's own."""
    rng = np.random.default_rng(seed)
    theta = world.baseline.theta
    return np.asarray(theta * np.exp(spread * rng.standard_normal((count, len(theta)))))


@settings(max_examples=40)
@given(
    world=worlds((2, 5), (1, 4)),
    engine=st.sampled_from(ENGINES),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_runs_are_single_solves(world: World, engine: str, seed: int, data: st.DataObject) -> None:
    """Shocks of every kind, bans that cannot be among them, at drawn elasticities."""
    one, other = data.draw(st.permutations(world.economies))[:2]
    listed = [
        data.draw(shocks(world)),
        Shock().separate(one, other),
        Shock().tariff("*", "*", add=0.25),
        data.draw(shocks(world)),
    ]
    thetas = draws(world, 3, seed)
    swept = world.sweep(listed, thetas, engine=engine, tolerance=1e-12)
    runs = {
        (int(s), int(d)): k for k, (s, d) in enumerate(zip(swept.shock, swept.draw, strict=True))
    }
    failed = {(s, d): error for s, d, error in swept.failed}
    assert runs.keys() | failed.keys() == {(s, d) for s in range(4) for d in range(3)}
    assert not runs.keys() & failed.keys()
    assert len(swept) == len(runs)
    for s, shock in enumerate(listed):
        for d, theta in enumerate(thetas):
            single = attempt(world.with_theta(theta), shock, tolerance=1e-12)
            if isinstance(single, ModelError):
                assert type(failed[s, d]) is type(single)
                continue
            for name in TABLES:
                np.testing.assert_allclose(
                    getattr(swept, name)[runs[s, d]],
                    getattr(single, name).values,
                    rtol=1e-8,
                    atol=1e-8,
                    err_msg=f"{name} of run {s}, {d}",
                )


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_does_not_depend_on_its_company(engine: str) -> None:
    """To the last bit: not on other draws or shocks, their order, or the number of threads."""
    world = drawn(6, 5, 4, "plain", "kept")
    shock = busy_shock(world)
    thetas = draws(world, 50)
    whole = world.sweep(shock, thetas, engine=engine, threads=1)
    for threads in (2, 3):
        again = world.sweep(shock, thetas, engine=engine, threads=threads)
        for name in TABLES:
            assert (getattr(again, name) == getattr(whole, name)).all(), (threads, name)
    alone = world.sweep(shock, thetas[37:38], engine=engine)
    turned = world.sweep([Shock(), shock], thetas[::-1], engine=engine)
    assert (turned.shock == np.repeat([0, 1], 50)).all()
    for name in TABLES:
        assert (getattr(alone, name)[0] == getattr(whole, name)[37]).all(), name
        assert (getattr(turned, name)[50 + 12] == getattr(whole, name)[37]).all(), name


@pytest.mark.parametrize("engine", ENGINES)
def test_elasticities_do_not_move_what_does_not_change(engine: str) -> None:
    """No change has exactly no effect, whatever the elasticity."""
    world = drawn(5, 4, 2, "plain", "kept")
    swept = world.sweep(Shock(), draws(world, 20), engine=engine)
    assert len(swept) == 20
    for name in TABLES:
        assert not getattr(swept, name).any(), name


def test_caliendo_and_parro(shared_data: Path) -> None:
    world = balanced("cp2015", shared_data / "data" / "cp2015", "none")
    listed = [
        Shock().tariffs(world.schedules["nafta"]),
        Shock().separate("USA", "CHN", sectors=world.sectors[:20]),
        Shock().productivity("JPN", times=1.1).tariff("USA", "*", add=0.1, sectors="Retail"),
    ]
    thetas = draws(world, 4)
    found = {engine: world.sweep(listed, thetas, engine=engine) for engine in ENGINES}
    np.testing.assert_allclose(
        found["numpy"].real_income, found["numba"].real_income, rtol=1e-9, atol=1e-7
    )
    for s, shock in enumerate(listed):
        single = world.with_theta(thetas[2]).solve(shock)
        run = found["numba"].real_income[(found["numba"].shock == s) & (found["numba"].draw == 2)]
        np.testing.assert_allclose(run[0], single.real_income.values, rtol=1e-8, atol=1e-7)


def test_a_sweep_without_draws_keeps_the_world_s_elasticities() -> None:
    world = drawn(4, 3, 3)
    shock = busy_shock(world)
    swept = world.sweep(shock)
    single = world.solve(shock)
    assert (len(swept), list(swept.shock), list(swept.draw)) == (1, [0], [0])
    np.testing.assert_allclose(swept.real_income[0], single.real_income.values, atol=1e-8)
    assert swept.of(world.economies[1])[0] == swept.real_income[0, 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_runs_without_an_answer_are_listed(engine: str) -> None:
    """A ban on the only supplier, between two shocks that have answers."""
    world = drawn(4, 3, 21, "zero domestic")
    base = world.baseline
    cell = np.argwhere(np.einsum("jnn->nj", base.trade_share) == 0.0)[0]
    economy, sector = world.economies[cell[0]], world.sectors[cell[1]]
    others = [name for name in world.economies if name != economy]
    cut = Shock().ban(economy, others, sectors=sector)
    good = Shock().tariff(economy, others, add=0.1)
    swept = world.sweep([good, cut, good], draws(world, 2), engine=engine)
    assert sorted(zip(swept.shock.tolist(), swept.draw.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (2, 0),
        (2, 1),
    ]
    assert [(s, d) for s, d, _ in swept.failed] == [(1, 0), (1, 1)]
    for _, _, error in swept.failed:
        assert isinstance(error, NoEquilibrium)
        assert error.reason == "no-supplier"
        assert economy in error.economies
        assert sector in error.sectors


@pytest.mark.parametrize("engine", ENGINES)
def test_spending_below_nothing_is_no_run(engine: str) -> None:
    """A keeps a surplus of 40 and earns a tenth of 100: `solve` refuses, and so does a sweep."""
    world = three(deficits="kept", deficit=(-40.0, 20.0, 20.0))
    listed = [Shock().population("A", times=0.1), Shock().population("A", times=0.9)]
    swept = world.sweep(listed, [[4.0], [5.0]], engine=engine)
    assert swept.shock.tolist() == [1, 1]
    assert [(s, d) for s, d, _ in swept.failed] == [(0, 0), (0, 1)]
    for _, _, error in swept.failed:
        assert isinstance(error, NoEquilibrium)
        assert (error.reason, error.economies) == ("no-income", ("A",))


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_with_negative_spending_are_no_answer(engine: str) -> None:
    """The equations have a solution here in which E02 spends less than nothing."""
    world = drawn(4, 2, 4, "some without inputs", 0.5)
    shock, thetas = Shock().separate("E01", "E02"), draws(world, 3, 14)
    swept = world.sweep(shock, thetas, engine=engine, tolerance=1e-12)
    single = [attempt(world.with_theta(theta), shock, tolerance=1e-12) for theta in thetas]
    refused = [d for d, one in enumerate(single) if isinstance(one, NoEquilibrium)]
    assert refused
    assert [d for _, d, _ in swept.failed] == refused
    assert (swept.real_income > -100.0).all()


def test_quantiles_are_those_of_the_runs() -> None:
    world = drawn(3, 2, 3)
    swept = world.sweep(Shock().tariff("E01", "*", add=0.5), draws(world, 40))
    found = swept.quantiles([0.1, 0.5])
    for k, economy in enumerate(world.economies):
        ordered = sorted(swept.real_income[:, k])
        assert found[economy][0.5] == pytest.approx(0.5 * (ordered[19] + ordered[20]))
        assert found[economy][0.1] == pytest.approx(ordered[3] + 0.9 * (ordered[4] - ordered[3]))


@pytest.mark.parametrize("engine", ENGINES)
def test_progress_is_told(engine: str) -> None:
    world = drawn(3, 2, 3)
    told: list[tuple[int, int]] = []
    world.sweep(
        [Shock().tariff("E01", "E02", add=0.5)] * 2,
        draws(world, 20),
        engine=engine,
        progress=lambda done, all_: told.append((done, all_)),
    )
    assert told[-1] == (40, 40)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


@pytest.mark.parametrize(
    ("theta", "says"),
    [
        (np.ones((3, 5)), "shape"),
        (np.ones(2), "shape"),
        (np.zeros((0, 2)), "shape"),
        ([[1.0, 0.0]], "above 0"),
        ([[1.0, -3.0]], "above 0"),
        ([[1.0, np.nan]], "above 0"),
        ([[np.inf, 1.0]], "above 0"),
    ],
)
def test_elasticities_that_cannot_be(theta: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        drawn(3, 2, 3).sweep(Shock(), theta)  # type: ignore[arg-type]


def test_nothing_to_sweep_and_data_not_balanced() -> None:
    world = drawn(3, 2, 3)
    with pytest.raises(InputError, match="at least one"):
        world.sweep([])
    with pytest.raises(InputError, match="balance"):
        World(world.baseline).sweep(Shock())
    with pytest.raises(InputError, match="Atlantis"):
        world.sweep(Shock()).of("Atlantis")
