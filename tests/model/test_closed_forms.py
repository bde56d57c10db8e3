"""Worlds simple enough to solve by hand, and limits: expected values are formulas from the papers.

Arkolakis, Costinot and Rodríguez-Clare (2012), American Economic Review 102(1), for gains from
trade; Costinot and Rodríguez-Clare (2014), Handbook of International Economics 4, section 3, for
many sectors and inputs; Caliendo and Parro (2015) for the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from comity.trade.one_sector import one_sector
from comity.words.errors import ModelError, NoEquilibrium
from comity.world import Shock, World, from_arrays

from .worlds import KINDS, TIGHT, WITH_HOME, attempt, drawn

Array = NDArray[np.float64]


def equal_world(n: int, theta: float, gamma: float, home: float, **more: Any) -> World:
    """n economies exactly alike, each buying the part `home` at home and the rest of all others
    alike; one sector, value added a part gamma of output, no tariffs."""
    flow = np.full((n, n), (1.0 - home) / (n - 1))
    np.fill_diagonal(flow, home)
    names = [f"E{k}" for k in range(n)]
    made = one_sector("equal", economies=names, flow=1e6 * flow, theta=theta, gamma=gamma, **more)
    return World(made).balance("none")


# --------------------------------------------------------------------------------- autarky


@settings(max_examples=40)
@given(
    n=st.integers(2, 6),
    seed=st.integers(0, 10_000),
    theta=st.floats(0.5, 20.0),
    gamma=st.floats(0.2, 1.0),
    engine=st.sampled_from(["numpy", "numba"]),
)
def test_one_sector_autarky_loses_the_domestic_share(
    n: int, seed: int, theta: float, gamma: float, engine: str
) -> None:
    """Real income in autarky is π_nn^(1/(θγ)): for all at once, and for one alone."""
    flow = np.random.default_rng(seed).lognormal(0.0, 1.5, (n, n)) + 3.0 * np.eye(n)
    flow = flow + flow.T  # balanced trade
    names = [f"E{k}" for k in range(n)]
    made = one_sector("drawn", economies=names, flow=flow, theta=theta, gamma=gamma)
    world = World(made).balance("none")
    own = np.einsum("jnn->n", world.baseline.trade_share)
    expected = 100.0 * (own ** (1.0 / (theta * gamma)) - 1.0)
    everyone = world.solve(Shock().ban("*", "*"), tolerance=TIGHT, engine=engine)
    np.testing.assert_allclose(everyone.real_income.values, expected, rtol=0, atol=1e-10)
    np.testing.assert_allclose(everyone.real_wage.values, expected, rtol=0, atol=1e-10)
    assert sorted(everyone.separate_parts) == sorted((name,) for name in names)
    alone = world.solve(Shock().separate("E0", names[1:]), tolerance=TIGHT, engine=engine)
    assert alone.real_income["E0"] == pytest.approx(expected[0], abs=1e-10)
    assert ("E0",) in alone.separate_parts
    assert (alone.trade["E0"].total("sector").values[1:] == 0.0).all()


@settings(max_examples=40)
@given(
    n=st.integers(2, 5),
    j=st.integers(1, 4),
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(WITH_HOME),
)
def test_autarky_with_inputs_is_a_linear_system(n: int, j: int, seed: int, kind: str) -> None:
    """Cut off, an economy's domestic shares rise to 1, so ln P̂ = ln ĉ − ln(π_nn)/θ in each sector
    and ln ĉ = γ_v ln ŵ + γᵀ ln P̂: one linear system. Its income is wages alone."""
    world = drawn(n, j, seed, kind)
    base = world.baseline
    one, rest = world.economies[0], list(world.economies[1:])
    own = base.trade_share[:, 0, 0]
    result = attempt(world, Shock().separate(one, rest), tolerance=TIGHT)
    if isinstance(result, ModelError):  # of the others: without it their trade may run one way
        assert isinstance(result, NoEquilibrium)
        assert result.reason == "one-way"
        assert one not in result.economies
        return
    assert (one,) in result.separate_parts
    asked = own > 0.0
    gain = np.where(asked, -np.log(np.where(asked, own, 1.0)) / base.theta, 0.0)
    log_price = np.linalg.solve(np.eye(j) - base.input_share[0].T, gain)
    # ln P̂ is relative to the wage, ln ŵ = 0: Σγ + γ_v = 1 makes the system homogeneous.
    real_wage = np.exp(-base.final_share[0] @ log_price)
    assert result.real_wage[one] == pytest.approx(100.0 * (real_wage - 1.0), abs=1e-9)
    trade = base.trade_share[:, 0] / (1.0 + base.tariff[:, 0]) * base.expenditure[0][:, None]
    revenue = float((base.tariff[:, 0] * trade).sum())
    before = float(base.value_added[0]) + revenue
    real_income = real_wage * float(base.value_added[0]) / before
    assert result.real_income[one] == pytest.approx(100.0 * (real_income - 1.0), abs=1e-9)
    assert abs(result.revenue[one]) < 1e-14 * base.value_added.sum()
    # Not a cent is left of any flow between the two parts.
    flows = result.trade.values
    assert (flows[0, 1:] == 0.0).all()
    assert (flows[1:, 0] == 0.0).all()


@pytest.mark.parametrize("seed", [335, 0, 2, 3])
def test_deficits_that_no_income_could_pay_can_be_taken_away(seed: int) -> None:
    """Someone exports more than it earns, so the data are no equilibrium; balanced trade has one,
    and the closed form holds from there."""
    flow = np.random.default_rng(seed).lognormal(0.0, 1.5, (4, 4)) + 3.0 * np.eye(4)
    made = one_sector("surplus", economies=list("ABCD"), flow=flow, theta=7.5, gamma=0.33)
    assert (made.value_added + made.deficit).min() < 0.0
    world = World(made).balance("none")
    own = np.einsum("jnn->n", world.baseline.trade_share)
    result = world.solve(Shock().ban("*", "*"), tolerance=TIGHT)
    expected = 100.0 * (own ** (1.0 / (7.5 * 0.33)) - 1.0)
    np.testing.assert_allclose(result.real_income.values, expected, rtol=0, atol=1e-10)


def test_two_blocs_are_two_worlds() -> None:
    """Blocs cut off from each other are solved as the worlds that they are: the same real results
    as when one bloc's trade with the other is taken out by parts named one by one."""
    world = drawn(5, 3, 12)
    bloc, rest = list(world.economies[:2]), list(world.economies[2:])
    result = world.solve(Shock().separate(bloc, rest), tolerance=TIGHT)
    assert sorted(result.separate_parts) == sorted([tuple(bloc), tuple(rest)])
    flows = result.trade.values
    assert (flows[:2, 2:] == 0.0).all()
    assert (flows[2:, :2] == 0.0).all()
    # What happens in one bloc is nothing to the other, whatever its size.
    for change in (
        Shock().tariff(bloc[0], bloc[1], add=0.4),
        Shock().productivity(bloc, times=3.0),
        Shock().separate(bloc[0], bloc[1]),
    ):
        other = world.solve(Shock().separate(bloc, rest) + change, tolerance=TIGHT)
        for name in rest:
            assert other.real_income[name] == pytest.approx(result.real_income[name], abs=1e-9)
        assert abs(other.real_income[bloc[0]] - result.real_income[bloc[0]]) > 1e-3


# ------------------------------------------------------------------------------- equal economies


@settings(max_examples=40)
@given(
    n=st.integers(2, 7),
    theta=st.floats(1.0, 12.0),
    gamma=st.floats(0.3, 1.0),
    home=st.floats(0.3, 0.95),
    rate=st.floats(-0.3, 3.0),
)
def test_a_tariff_war_of_equals(
    n: int, theta: float, gamma: float, home: float, rate: float
) -> None:
    """All wages stay as they are, so with Φ = π + (1 − π)(1 + t)^(−θ) the domestic share becomes
    π/Φ, prices Φ^(−1/(θγ)), and revenue is the part f = t/(1 + t)·(1 − π/Φ) of spending, which is
    itself wages, inputs and revenue: X = (wL/γ)/(1 − f)."""
    world = equal_world(n, theta, gamma, home)
    result = world.solve(Shock().tariff("*", "*", to=rate), tolerance=TIGHT)
    phi = home + (1.0 - home) * (1.0 + rate) ** -theta
    part = rate / (1.0 + rate) * (1.0 - home / phi)
    income = 1.0 + part / gamma / (1.0 - part)
    price = phi ** (-1.0 / (theta * gamma))
    np.testing.assert_allclose(
        result.real_income.values, 100.0 * (income / price - 1.0), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(
        result.price_index.values, 100.0 * (price - 1.0), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(result.wage.values, 0.0, atol=1e-9)
    value_added = world.baseline.value_added[0]
    np.testing.assert_allclose(
        result.revenue.values, value_added * part / gamma / (1.0 - part), rtol=1e-8, atol=1e-6
    )
    own = np.einsum("nnj->n", result.trade.values)
    np.testing.assert_allclose(own, home / phi * value_added / gamma / (1.0 - part), rtol=1e-9)


@settings(max_examples=30)
@given(
    n=st.integers(2, 6),
    theta=st.floats(1.0, 12.0),
    home=st.floats(0.3, 0.95),
    cost=st.floats(0.7, 5.0),
    allowed=st.floats(0.0, 1.0),
)
def test_costs_and_partial_bans_between_equals(
    n: int, theta: float, home: float, cost: float, allowed: float
) -> None:
    """P̂^(−θ) = π + (1 − π) a τ̂^(−θ), and nothing else moves."""
    world = equal_world(n, theta, 1.0, home)
    shock = Shock().trade_cost("*", "*", times=cost).ban("*", "*", coverage=1.0 - allowed)
    result = world.solve(shock, tolerance=TIGHT)
    real = (home + (1.0 - home) * (1.0 - (1.0 - allowed)) * cost**-theta) ** (1.0 / theta)
    np.testing.assert_allclose(result.real_income.values, 100.0 * (real - 1.0), rtol=0, atol=1e-9)


def test_mirrored_economies_mirror_their_results() -> None:
    """Two economies alike, one change and its mirror image."""
    world = equal_world(3, 4.0, 0.6, 0.7)
    a = world.solve(Shock().tariff("E0", "E1", to=0.3).productivity("E2", times=1.1))
    b = world.solve(Shock().tariff("E1", "E0", to=0.3).productivity("E2", times=1.1))
    for one, other in (("E0", "E1"), ("E1", "E0"), ("E2", "E2")):
        assert a.real_income[one] == pytest.approx(b.real_income[other], abs=1e-9)
        assert a.imports_pct[one] == pytest.approx(b.imports_pct[other], abs=1e-9)
    assert abs(a.real_income["E0"] - a.real_income["E1"]) > 0.1


def test_a_small_tariff_cannot_gain_more_than_the_formula_says() -> None:
    """One of many equals with tariff t on all others: with trade balanced and foreign wages as
    numeraire, its wage solves one equation, found here by bisection from the definition alone."""
    n, theta, home, rate = 5, 5.0, 0.75, 0.2
    world = equal_world(n, theta, 1.0, home)
    others = [f"E{k}" for k in range(1, n)]
    result = world.solve(Shock().tariff("E0", others, to=rate), tolerance=TIGHT)
    away = (1.0 - home) / (n - 1)

    def balance(wage: float) -> tuple[float, float]:
        """Exports less imports of E0 at its wage, others' being 1, and its real income."""
        phi = home * wage**-theta + (1.0 - home) * (1.0 + rate) ** -theta
        share = (1.0 - home) * (1.0 + rate) ** -theta / phi
        spending = wage / (1.0 - rate / (1.0 + rate) * share)
        imports = share * spending / (1.0 + rate)
        foreign = away * wage**-theta + (1.0 - away)
        exports = (n - 1) * away * wage**-theta / foreign
        return exports - imports, spending / phi ** (-1.0 / theta)

    low, high = 0.5, 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if balance(middle)[0] > 0.0 else (low, middle)
    assert result.real_income["E0"] == pytest.approx(100.0 * (balance(low)[1] - 1.0), abs=1e-9)
    wage = (1.0 + result.wage["E0"] / 100.0) / (1.0 + result.wage["E1"] / 100.0)
    assert wage == pytest.approx(low, abs=1e-11)


# ---------------------------------------------------------------------- people and productivity


def closed(seed: int, j: int) -> World:
    """One economy alone, with inputs."""
    rng = np.random.default_rng(seed)
    inputs = rng.uniform(0.0, 1.0, (1, j, j))
    inputs *= rng.uniform(0.2, 0.8, (1, 1, j)) / inputs.sum(axis=1, keepdims=True)
    final = rng.dirichlet(np.ones(j))[None]
    output = np.linalg.solve(np.eye(j) - inputs[0], final[0] * 1e6)
    return from_arrays(
        economies=["E0"],
        sectors=[f"S{k}" for k in range(j)],
        trade_share=np.ones((1, 1, j)),
        value_added_share=1.0 - inputs.sum(axis=1),
        input_share=inputs,
        final_share=final,
        expenditure=output[None],
        value_added=[1e6],
        theta=rng.uniform(1.0, 8.0, j),
    ).balance("none")


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), j=st.integers(1, 4), people=st.floats(0.1, 10.0))
def test_people_double_in_a_closed_economy(seed: int, j: int, people: float) -> None:
    """Constant returns: twice the people make twice as much, and each has what they had."""
    result = closed(seed, j).solve(Shock().population("E0", times=people), tolerance=TIGHT)
    assert result.real_income["E0"] == pytest.approx(100.0 * (people - 1.0), rel=1e-10, abs=1e-9)
    assert result.real_income_per_head["E0"] == pytest.approx(0.0, abs=1e-9)
    assert result.real_wage["E0"] == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(
        result.output_quantity.values, 100.0 * (people - 1.0), rtol=1e-9, atol=1e-9
    )


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), j=st.integers(1, 4), data=st.data())
def test_productivity_in_a_closed_economy(seed: int, j: int, data: st.DataObject) -> None:
    """Hulten's weights are exact here: ln(I/P) rises by α·(I − γᵀ)⁻¹ ln T."""
    world = closed(seed, j)
    gains = [data.draw(st.floats(0.5, 2.0)) for _ in range(j)]
    shock = Shock()
    for sector, gain in zip(world.sectors, gains, strict=True):
        shock = shock.productivity("E0", times=gain, sectors=sector)
    base = world.baseline
    price = np.linalg.solve(np.eye(j) - base.input_share[0].T, -np.log(gains))
    expected = np.exp(-base.final_share[0] @ price)
    result = world.solve(shock, tolerance=TIGHT)
    assert result.real_income["E0"] == pytest.approx(100.0 * (expected - 1.0), rel=1e-9, abs=1e-9)


@settings(max_examples=30)
@given(
    n=st.integers(2, 4),
    j=st.integers(1, 3),
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(KINDS),
    deficits=st.sampled_from(["none", "kept", "ratio"]),
    gain=st.floats(0.5, 2.0),
    engine=st.sampled_from(["numpy", "numba"]),
)
def test_everyone_more_productive_is_everyone_richer(
    n: int, j: int, seed: int, kind: str, deficits: str, gain: float, engine: str
) -> None:
    """T̂ = x^γ_v in every cell makes one hour worth x hours: costs, prices and shares answer as to
    a wage lower by x, so every real income rises by exactly x − 1, and no flow moves."""
    world = drawn(n, j, seed, kind, deficits)
    share = world.baseline.value_added_share
    shock = Shock()
    for e, economy in enumerate(world.economies):
        for s, sector in enumerate(world.sectors):
            shock = shock.productivity(economy, times=gain ** share[e, s], sectors=sector)
    result = world.solve(shock, tolerance=TIGHT, engine=engine)
    expected = 100.0 * (gain - 1.0)
    np.testing.assert_allclose(result.real_income.values, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        result.trade.values,
        result.trade_before.values,
        rtol=1e-9,
        atol=1e-11 * result.trade.values.max(),
    )
    # The same with more people: as many more hands as each hand was more productive.
    people = world.solve(Shock().population("*", times=gain), tolerance=TIGHT, engine=engine)
    np.testing.assert_allclose(people.real_income.values, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(people.real_wage.values, 0.0, atol=1e-8)
