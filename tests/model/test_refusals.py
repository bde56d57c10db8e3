"""When there is no equilibrium, the refusal says why and for whom; there never are numbers then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.generate_worlds import generate, variants
from comity.trade.one_sector import one_sector
from comity.words.errors import ModelError, NoEquilibrium, NotConverged
from comity.world import Result, Shock, World, from_arrays

from . import oracle
from .worlds import KINDS, attempt, drawn, everything, three

Array = NDArray[np.float64]
ENGINES = ("numpy", "numba")


def refused(world: World, shock: Shock, engine: str = "numpy") -> NoEquilibrium:
    with pytest.raises(NoEquilibrium) as caught:
        world.solve(shock, engine=engine)
    error = caught.value
    data = error.as_dict()
    assert data["error"] == "NoEquilibrium"
    assert data["reason"] == error.reason
    assert data["economies"] == list(error.economies)
    assert data["sectors"] == list(error.sectors)
    assert data["what"]
    assert data["mend"]
    for name in (*error.economies, *error.sectors):
        assert name in str(error)
    assert error.exit_code == 3
    return error


# ------------------------------------------------------------------------------------- no income


@pytest.mark.parametrize("seed", range(60))
def test_surpluses_that_take_all_income_are_told_as_that(seed: int) -> None:
    """One economy keeps a surplus of a third to three times its value added: solved, or refused
    because nothing is left for it to spend. Never only "not converged"."""
    draw = np.random.default_rng(seed)
    n, j = int(draw.integers(2, 6)), int(draw.integers(1, 5))
    made = generate(n, j, seed, variants()["plain"], settled=False)
    k = int(draw.integers(n))
    deficit = np.array(made.value_added)
    deficit[k] = 0.0
    deficit *= made.value_added[k] * draw.uniform(0.3, 3.0) / deficit.sum()
    deficit[k] = -deficit.sum()
    world = World(made.replaced(deficit=deficit))
    found: World | NoEquilibrium
    try:
        found = world.balance("kept")
    except NoEquilibrium as error:
        found = error
    if isinstance(found, World):
        assert found.solve(Shock()).residual < 1e-12
        return
    assert found.reason == "no-income"
    assert found.economies == (made.names.economies[k],)
    assert "surplus" in found.what
    assert found.mend


# ----------------------------------------------------------------------------------- no supplier


@pytest.mark.parametrize("engine", ENGINES)
def test_no_supplier_for_final_buyers(engine: str) -> None:
    """B makes none of what it buys; without A and C nobody is left."""
    world = three([[0.7, 0.15, 0.15], [0.5, 0.0, 0.5], [0.2, 0.2, 0.6]])
    error = refused(world, Shock().ban("B", ["A", "C"]), engine)
    assert (error.reason, error.economies, error.sectors) == ("no-supplier", ("B",), ("Goods",))
    # One of the two is enough to go on, and so is the smallest part of a flow.
    assert world.solve(Shock().ban("B", "A"), engine=engine).trade["B", "A", "Goods"] == 0.0
    tiny = world.solve(Shock().ban("B", ["A", "C"], coverage=0.999999), engine=engine)
    assert tiny.real_income["B"] < -90.0


def through_inputs(home: bool) -> World:
    """Only the sector Use needs Part, and B makes no Part; with `home`, Use is not traded at all
    and makes what final buyers want."""
    part = np.array([[0.9, 0.0, 0.1], [0.5, 0.0, 0.5], [0.1, 0.0, 0.9]])
    use = np.eye(3) if home else np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    final = np.array([0.0, 0.5, 0.5])
    other = np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    inputs = np.zeros((3, 3, 3))
    inputs[:, 0, 1] = 0.4  # 40 % of the output of Use is spent on Part
    return from_arrays(
        economies=["A", "B", "C"],
        sectors=["Part", "Use", "Other"],
        trade_share=np.stack([part, use, other], axis=2),
        value_added_share=1.0 - inputs.sum(axis=1),
        input_share=inputs,
        final_share=np.tile(final, (3, 1)),
        expenditure=np.tile([20.0, 50.0, 50.0], (3, 1)),
        value_added=[100.0, 100.0, 100.0],
        theta=[4.0, 5.0, 6.0],
    ).balance("none")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("home", [False, True])
def test_no_supplier_of_an_input(home: bool, engine: str) -> None:
    """Nobody buys Part for its own sake in B, but what B makes needs it."""
    error = refused(through_inputs(home), Shock().ban("B", "*", sectors="Part"), engine)
    assert (error.reason, error.economies, error.sectors) == ("no-supplier", ("B",), ("Part",))


def test_a_ban_on_what_nobody_asks_for_is_no_trouble() -> None:
    """No demand, no price needed: B neither buys Extra nor makes anything of it."""
    share = np.stack([np.full((3, 3), 0.1) + 0.7 * np.eye(3)] * 2, axis=2)
    share[1, :, 1] = [0.5, 0.0, 0.5]
    final = np.array([[0.8, 0.2], [1.0, 0.0], [0.8, 0.2]])
    world = from_arrays(
        economies=["A", "B", "C"],
        sectors=["Goods", "Extra"],
        trade_share=share,
        value_added_share=np.ones((3, 2)),
        input_share=np.zeros((3, 2, 2)),
        final_share=final,
        expenditure=100.0 * final,
        value_added=[100.0, 100.0, 100.0],
        theta=[4.0, 5.0],
    ).balance("none")
    result = world.solve(Shock().ban("B", "*", sectors="Extra"))
    assert not result.real_income.values.any() or np.abs(result.real_income.values).max() < 1e-9
    assert all(np.isfinite(values).all() for values in everything(result).values())


def test_a_sector_without_buyers_needs_no_inputs() -> None:
    """B could make Unused at home, of Part that only A and C sell, but nobody in B wants any."""
    part = np.array([[0.9, 0.0, 0.1], [0.5, 0.0, 0.5], [0.1, 0.0, 0.9]])
    other = np.full((3, 3), 0.1) + 0.7 * np.eye(3)
    inputs = np.zeros((3, 3, 3))
    inputs[1, 0, 1] = 0.4
    unused = np.array([[0.8, 0.0, 0.2], [0.0, 1.0, 0.0], [0.2, 0.0, 0.8]])
    final = np.array([[0.5, 0.1, 0.4], [0.0, 0.0, 1.0], [0.5, 0.1, 0.4]])
    world = from_arrays(
        economies=["A", "B", "C"],
        sectors=["Part", "Unused", "Other"],
        trade_share=np.stack([part, unused, other], axis=2),
        value_added_share=1.0 - inputs.sum(axis=1),
        input_share=inputs,
        final_share=final,
        expenditure=100.0 * final,
        value_added=[100.0, 100.0, 100.0],
        theta=[4.0, 5.0, 6.0],
    ).balance("none")
    result = world.solve(Shock().ban("B", "*", sectors="Part"))
    np.testing.assert_allclose(result.real_income.values, 0.0, atol=1e-9)


def test_all_who_lack_a_supplier_are_named() -> None:
    world = drawn(5, 4, 3, "zero domestic")
    base = world.baseline
    shock = Shock().ban("*", "*")
    error = refused(world, shock)
    expected = oracle.pattern(base, world.wedges(shock), "none").no_supplier
    assert error.reason == "no-supplier"
    assert len(expected) > 1
    assert set(error.economies) == {world.economies[n] for n, _ in expected}
    assert set(error.sectors) == {world.sectors[j] for _, j in expected}


# ------------------------------------------------------------------------------- one-way trade


@pytest.mark.parametrize("engine", ENGINES)
def test_exports_without_imports(engine: str) -> None:
    error = refused(three(), Shock().ban("A", "*"), engine)
    assert (error.reason, error.economies) == ("one-way", ("A",))
    assert "can export but not import" in error.what


@pytest.mark.parametrize("engine", ENGINES)
def test_imports_without_exports(engine: str) -> None:
    error = refused(three(), Shock().ban("A", "*", flow="exports"), engine)
    assert (error.reason, error.economies) == ("one-way", ("A",))
    assert "can import but not export" in error.what


def test_a_bloc_that_can_only_sell() -> None:
    """Two economies that trade with each other, and together only export."""
    error = refused(three(), Shock().ban(["A", "B"], "C"))
    assert error.reason == "one-way"
    assert error.economies in (("A", "B"), ("C",))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_deficit_can_pay_for_imports_alone(engine: str) -> None:
    """With a deficit of 8, kept, A need not export: it imports exactly 8; B and C pay for them."""
    world = three(deficits="kept", deficit=(8.0, -3.0, -5.0))
    result = world.solve(Shock().ban("A", "*", flow="exports"), engine=engine)
    flows = result.trade[:, :, "Goods"].values
    assert flows[1:, 0].sum() == 0.0
    assert flows[0, 1:].sum() == pytest.approx(8.0, rel=1e-8)
    # A surplus cannot be kept by who sells nothing.
    other = three(deficits="kept", deficit=(-8.0, 3.0, 5.0))
    error = refused(other, Shock().ban("A", "*", flow="exports"), engine)
    assert (error.reason, error.economies) == ("one-way", ("A",))
    sells = other.solve(Shock().ban("A", "*"), engine=engine)
    assert sells.trade[:, "A", "Goods"].values[1:].sum() == pytest.approx(8.0, rel=1e-8)


# ---------------------------------------------------------------------------------- unbalanced


@pytest.mark.parametrize("engine", ENGINES)
def test_cut_off_with_a_deficit(engine: str) -> None:
    world = three(deficits="kept", deficit=(8.0, -3.0, -5.0))
    error = refused(world, Shock().separate("A", ["B", "C"]), engine)
    assert (error.reason, error.economies) in (("unbalanced", ("A",)), ("unbalanced", ("B", "C")))
    assert 'balance(deficits="none")' in str(error.mend) or "deficits none" in str(error.mend)


@pytest.mark.parametrize("engine", ENGINES)
def test_cut_off_without_a_deficit(engine: str) -> None:
    """The deficits of B and C sum to zero, so that A can go; each keeps its own."""
    world = three(deficits="kept", deficit=(0.0, -5.0, 5.0))
    result = world.solve(Shock().separate("A", ["B", "C"]), engine=engine)
    assert sorted(result.separate_parts) == [("A",), ("B", "C")]
    own = float(world.baseline.trade_share[0, 0, 0])
    assert result.real_income["A"] == pytest.approx(100.0 * (own**0.25 - 1.0), abs=1e-8)
    flows = result.trade[:, :, "Goods"].values
    assert flows[2, 1] - flows[1, 2] == pytest.approx(5.0, rel=1e-8)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_economy_that_never_traded(engine: str) -> None:
    """It is balanced with the rest, felt by nobody, and feels nothing but its own."""
    world = drawn(4, 3, 5, "one apart", "kept")
    alone, others = world.economies[-1], world.economies[:-1]
    result = world.solve(Shock().tariff(others[0], others[1], add=0.3), engine=engine)
    assert result.real_income[alone] == pytest.approx(0.0, abs=1e-9)
    assert abs(result.real_income[others[0]]) > 1e-4
    assert (alone,) in result.separate_parts
    other = world.solve(Shock().population(alone, times=2.0), engine=engine)
    assert other.real_income[alone] == pytest.approx(100.0, abs=1e-8)
    for name in others:
        assert other.real_income[name] == pytest.approx(0.0, abs=1e-8)
    still = world.solve(Shock(), engine=engine)
    assert not still.real_income.values.any()


# ----------------------------------------------------------------------------------- no income


@pytest.mark.parametrize("engine", ENGINES)
def test_a_surplus_larger_than_income(engine: str) -> None:
    """A keeps a surplus of 40 of its 100; with a tenth of its people it does not earn that."""
    world = three(deficits="kept", deficit=(-40.0, 20.0, 20.0))
    error = refused(world, Shock().population("A", times=0.1), engine)
    assert (error.reason, error.economies) == ("no-income", ("A",))
    without = three(deficits="none", deficit=(-40.0, 20.0, 20.0))
    assert without.solve(Shock().population("A", times=0.1), engine=engine).real_income["A"] < 0.0


def test_a_subsidy_larger_than_income_is_not_said_to_be_a_surplus() -> None:
    """Equals that subsidise each other's goods, inputs too, at the rate t < 0. By the closed form
    (test_closed_forms), income is wL (1 + f/γ/(1 − f)) with f = t/(1 + t)·(1 − π/Φ), which is
    nothing at f = −γ/(1 − γ): up to that rate there is an equilibrium, past it there is none.
    Trade is balanced throughout, so no surplus is to blame."""
    home, theta, gamma = 0.6, 4.0, 0.4

    def part(rate: float) -> float:
        phi = home + (1.0 - home) * (1.0 + rate) ** -theta
        return float(rate / (1.0 + rate) * (1.0 - home / phi))

    low, high = -0.99, 0.0
    for _ in range(100):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if part(middle) < -gamma / (1.0 - gamma) else (low, middle)
    made = one_sector(
        "equal",
        economies=["A", "B", "C"],
        flow=np.full((3, 3), 0.2) + 0.4 * np.eye(3),
        theta=theta,
        gamma=gamma,
    )
    world = World(made).balance("none")
    before = world.solve(Shock().tariff("*", "*", to=high + 0.005))
    assert -100.0 < before.real_income["A"] < -90.0
    error = refused(world, Shock().tariff("*", "*", to=low - 0.005))
    assert error.reason == "no-income"
    assert error.economies
    assert "surplus" not in error.what


# ---------------------------------------------------------------- hostile shocks: never a NaN

FACTORS = st.sampled_from([1e-6, 1e-3, 0.1, 0.5, 0.99, 1.01, 2.0, 10.0, 1e3, 1e6])
RATES = st.sampled_from([-0.99, -0.9, -0.5, -0.1, 0.0, 1e-9, 0.1, 1.0, 10.0, 1e3, 1e6, 1e12])
COVERAGES = st.sampled_from([1e-12, 0.1, 0.5, 0.99, 0.999999, 1.0 - 1e-15, 1.0])


@st.composite
def hostile(draw: st.DrawFn, world: World) -> Shock:
    shock = Shock()
    who = st.sampled_from(["*", *world.economies])
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(
            st.sampled_from(["tariff", "cost", "ban", "export ban", "productivity", "population"])
        )
        one, other = draw(who), draw(who)
        some = draw(st.one_of(st.none(), st.sampled_from(world.sectors)))
        if kind in ("tariff", "cost", "ban", "export ban") and one == other != "*":
            other = "*"
        if kind == "tariff":
            shock = shock.tariff(one, other, to=draw(RATES), sectors=some)
        elif kind == "cost":
            shock = shock.trade_cost(one, other, times=draw(FACTORS), sectors=some)
        elif kind in ("ban", "export ban"):
            flow = "imports" if kind == "ban" else "exports"
            shock = shock.ban(one, other, coverage=draw(COVERAGES), sectors=some, flow=flow)
        elif kind == "productivity":
            shock = shock.productivity(one, times=draw(FACTORS), sectors=some)
        else:
            shock = shock.population(one, times=draw(FACTORS))
    return shock


@settings(max_examples=200)
@given(
    n=st.integers(2, 4),
    j=st.integers(1, 3),
    seed=st.integers(0, 10_000),
    kind=st.sampled_from([*KINDS, "one apart"]),
    deficits=st.sampled_from(["none", "kept", "ratio"]),
    engine=st.sampled_from(ENGINES),
    data=st.data(),
)
def test_hostile_shocks_are_solved_or_refused(
    n: int, j: int, seed: int, kind: str, deficits: str, engine: str, data: st.DataObject
) -> None:
    """Solved to 1e-10 with a finite number in every table, or a stated refusal."""
    world = drawn(n, j, seed, kind, deficits)
    shock = data.draw(hostile(world))
    result = attempt(world, shock, engine=engine)
    if isinstance(result, NoEquilibrium):
        assert result.reason in ("no-supplier", "one-way", "unbalanced", "no-income")
        assert result.economies
        assert result.mend
        return
    if isinstance(result, NotConverged):
        assert result.residual > 1e-10
        assert result.mend
        return
    assert isinstance(result, Result)
    assert result.residual < 1e-10
    for name, values in everything(result).items():
        assert np.isfinite(values).all(), name
    assert (result.trade.values >= 0.0).all()
    assert (result.real_income.values >= -100.0).all()
    for name in ("welfare", "terms_of_trade", "volume_of_trade"):
        assert np.isfinite(result.first_order()[name].values).all()
    if deficits == "ratio" and len(result.separate_parts) > 1:
        return  # each part has a factor of its own then, which the oracle does not know
    left = oracle.residuals(
        world.baseline,
        world.wedges(shock),
        result.solution.wage_hat,
        result.solution.price_hat,
        result.solution.expenditure,
        world.deficits,
    )
    if len(result.separate_parts) == 1:
        blocks = ("prices", "expenditure", "labour", "world", "negative")
        assert max(left[name] for name in blocks) < 1e-9, left
        # Over value added or over trade, whichever is the larger of the two.
        assert min(left["trade"], left["trade_relative"]) < 1e-9, left
    else:
        # Each part of the world has its own numeraire, so deficits kept are told in each its own.
        assert max(left[name] for name in ("prices", "negative")) < 1e-9, left


def test_an_answer_not_found_carries_its_residual(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one evaluation allowed nothing is found, and that is what is said."""
    from comity.model.world import iterate

    world = drawn(4, 3, 1)
    real = iterate.iterate
    monkeypatch.setattr(
        "comity.model.world.equilibrium.iterate", lambda *a, **k: real(*a, **{**k, "most": 1})
    )
    with pytest.raises(NotConverged) as caught:
        world.solve(Shock().tariff("E01", "E02", add=0.5))
    found: dict[str, Any] = caught.value.as_dict()
    assert found["error"] == "NotConverged"
    assert float(str(found["residual"])) > 1e-10
    assert found["mend"]
    assert isinstance(caught.value, ModelError)
