"""Bad input is named, placed and mended; nothing else than an error of the one tree comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from comity.words.errors import ComityError, InputError, NotFound, ValidationError
from comity.world import Shock, World, from_arrays

from ..model.worlds import drawn

NAN, INF = float("nan"), float("inf")


@pytest.fixture(scope="module")
def world() -> World:
    return drawn(4, 3, 1, "plain", "kept")


def caught(call: Callable[[], Any], says: str, kind: type[ComityError] = InputError) -> ComityError:
    with pytest.raises(kind) as info:
        call()
    assert says in str(info.value)
    assert info.value.what
    return info.value


# ------------------------------------------------------------------------------------------- names

NAMED: dict[str, Callable[[Shock, str], Shock]] = {
    "importer of a tariff": lambda s, x: s.tariff(x, "E01", add=0.1),
    "exporter of a tariff": lambda s, x: s.tariff("E01", x, add=0.1),
    "one of several": lambda s, x: s.tariff("E01", ["E02", x], add=0.1),
    "cost": lambda s, x: s.trade_cost("E01", x, times=1.1),
    "ban": lambda s, x: s.ban("E01", x),
    "export ban": lambda s, x: s.ban(x, "E01", flow="exports"),
    "lift": lambda s, x: s.lift("E01", x, coverage=0.1),
    "separate": lambda s, x: s.separate("E01", x),
    "productivity": lambda s, x: s.productivity(x, times=1.1),
    "population": lambda s, x: s.population(x, times=1.1),
}


@pytest.mark.parametrize("where", NAMED)
def test_economies_that_are_not_there(world: World, where: str) -> None:
    error = caught(lambda: world.solve(NAMED[where](Shock(), "E05")), "'E05'", NotFound)
    assert "E01" in str(error.mend) or "E0" in str(error.mend)


@pytest.mark.parametrize("kind", ["tariff", "cost", "ban", "productivity"])
def test_sectors_that_are_not_there(world: World, kind: str) -> None:
    shock = {
        "tariff": lambda: Shock().tariff("E01", "E02", add=0.1, sectors="S09"),
        "cost": lambda: Shock().trade_cost("E01", "E02", times=2, sectors=["S01", "S09"]),
        "ban": lambda: Shock().ban("E01", "E02", sectors=["S09"]),
        "productivity": lambda: Shock().productivity("E01", times=2, sectors="S09"),
    }[kind]
    error = caught(lambda: world.solve(shock()), "'S09'", NotFound)
    assert "S0" in str(error.mend)


@pytest.mark.parametrize("name", [1, None, 2.5, ["E01", 3], True])
def test_positions_are_no_names(world: World, name: Any) -> None:
    """An index is never taken for a name; nothing (`None`) is everybody, so a ban of none on
    itself and everybody else is not refused here."""
    if name is None:
        assert world.wedges(Shock().tariff(None, None, add=0.1)).tariff is not None
        return
    caught(lambda: world.solve(Shock().tariff(name, "E02", add=0.1)), "")


# ------------------------------------------------------------------------------- rates and factors

RATES: dict[str, tuple[Callable[[], Any], str]] = {
    "all of the price": (lambda: Shock().tariff("E01", "E02", to=-1.0), "-1"),
    "more than the price": (lambda: Shock().tariff("E01", "E02", to=-1.5), "-1.5"),
    "below zero times": (lambda: Shock().tariff("E01", "E02", times=-0.5), "-0.5"),
    "no number": (lambda: Shock().tariff("E01", "E02", to=NAN), "finite"),
    "no end": (lambda: Shock().tariff("E01", "E02", add=INF), "finite"),
    "text": (lambda: Shock().tariff("E01", "E02", to="10 %"), "number"),  # type: ignore[arg-type]
    "truth": (lambda: Shock().tariff("E01", "E02", to=True), "number"),
    "two at once": (lambda: Shock().tariff("E01", "E02", to=0.1, add=0.1), "exactly one"),
    "none": (lambda: Shock().tariff("E01", "E02"), "exactly one"),
    "coverage below": (lambda: Shock().ban("E01", "E02", coverage=-0.1), "between 0 and 1"),
    "coverage above": (lambda: Shock().ban("E01", "E02", coverage=40), "between 0 and 1"),
    "coverage unknown": (lambda: Shock().ban("E01", "E02", coverage=NAN), "finite"),
    "coverage text": (lambda: Shock().ban("E01", "E02", coverage="0.4"), "number"),  # type: ignore[arg-type]
    "lift of all": (lambda: Shock().lift("E01", "E02", coverage=1.0), "no flow"),
    "lift below": (lambda: Shock().lift("E01", "E02", coverage=-0.5), "between 0 and 1"),
    "free trade cost": (lambda: Shock().trade_cost("E01", "E02", times=0.0), "above 0"),
    "cost below": (lambda: Shock().trade_cost("E01", "E02", times=-2.0), "above 0"),
    "cost unknown": (lambda: Shock().trade_cost("E01", "E02", times=NAN), "finite"),
    "no output": (lambda: Shock().productivity("E01", times=0.0), "above 0"),
    "no people": (lambda: Shock().population("E01", times=-1.0), "above 0"),
    "endless people": (lambda: Shock().population("E01", times=INF), "finite"),
    "no such flow": (lambda: Shock().ban("E01", "E02", flow="transit"), "imports or exports"),
    "no sectors": (lambda: Shock().ban("E01", "E02", sectors=[]), "empty"),
    "flat schedule": (lambda: Shock().tariffs(np.zeros((4, 4))), "axes"),
    "holes in a schedule": (lambda: Shock().tariffs(np.full((4, 4, 3), NAN)), "NaN"),
    "schedule below": (lambda: Shock().tariffs(np.full((4, 4, 3), -1.0)), "-100 %"),
    "schedule of text": (lambda: Shock().tariffs("free trade"), ""),
}


@pytest.mark.parametrize("case", RATES)
def test_rates_and_factors_that_cannot_be(case: str) -> None:
    call, says = RATES[case]
    assert caught(call, says).mend


def test_a_schedule_with_holes_names_the_first() -> None:
    rates = np.zeros((4, 4, 3))
    rates[1, 2, 0] = NAN
    rates[3, 0, 2] = -2.0
    error = caught(lambda: Shock().tariffs(rates), "nan")
    assert "importer 2, exporter 3, sector 1 (counted from 1), and 1 more" in error.what
    assert "rate that holds there" in str(error.mend)
    for bad in (np.zeros((4, 4, 3)) + 1j, [[["x"]]], [[[0.0]], [[0.0, 1.0]]], None):
        assert caught(lambda bad=bad: Shock().tariffs(bad), "schedule").mend  # type: ignore[misc]


@pytest.mark.parametrize("rate", [1e298, 1e13, 10**400])
@pytest.mark.parametrize("how", ["to", "add", "times"])
def test_rates_without_bounds(how: str, rate: float) -> None:
    error = caught(lambda: Shock().tariff("E01", "E02", **{how: rate}), "tariff")  # type: ignore[arg-type]
    assert "1e+12 at most" in error.what or "finite" in error.what
    assert error.mend


def test_rates_that_end_beyond_all_bounds(world: World) -> None:
    shock = Shock().tariff("E01", "E02", to=1e6).tariff("E01", "E02", times=1e9)
    error = caught(lambda: world.solve(shock), "1e+15")
    assert "E01" in error.what
    assert "ban" in str(error.mend)


def test_changes_that_underflow_are_no_bans(world: World) -> None:
    """What numbers cannot hold would be read as no flow at all, and refused for another reason."""
    far = world.with_theta(60.0).balance("kept")
    shock = Shock().trade_cost("E01", "E02", times=1e7)
    error = caught(lambda: far.solve(shock), "more than numbers can hold")
    assert "importer E01, sector S01, exporter E02" in error.what
    assert "ban" in str(error.mend)
    assert far.solve(Shock().trade_cost("E01", "E02", times=1e3)).residual < 1e-10
    assert world.solve(Shock().tariff("E01", "E02", to=1e12)).residual < 1e-10
    draws = np.full((2, 3), 60.0)
    caught(lambda: world.sweep(shock, draws), "more than numbers can hold")


@pytest.mark.parametrize("threads", [0, -3, 1.5, True, "2"])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_threads_below_one(world: World, threads: Any, engine: str) -> None:
    shock = Shock().tariff("E01", "E02", to=0.1)
    for call in (
        lambda: world.solve(shock, threads=threads, engine=engine),
        lambda: world.balance("kept", threads=threads, engine=engine),
        lambda: world.sweep(shock, threads=threads, engine=engine),
    ):
        assert "1 or more" in str(caught(call, "threads").mend)


def test_rates_that_end_below_nothing_name_the_cell(world: World) -> None:
    error = caught(lambda: world.solve(Shock().tariff("E01", "E02", add=-5.0)), "E01")
    for word in ("E02", "S01", "-5"):
        assert word in error.what
    assert error.mend
    twice = Shock().tariff("E01", "E02", to=-0.9).tariff("E01", "E02", add=-0.2)
    caught(lambda: world.solve(twice), "-1.1")


def test_schedules_of_another_world(world: World) -> None:
    error = caught(lambda: world.solve(Shock().tariffs(np.zeros((4, 3, 3)))), "(4, 3, 3)")
    assert "importer, exporter, sector" in str(error.mend)
    assert "(4, 4, 3)" in error.what


@pytest.mark.parametrize("kind", ["tariff", "trade_cost", "ban"])
def test_trade_with_oneself(world: World, kind: str) -> None:
    shock = {
        "tariff": Shock().tariff("E01", "E01", add=0.1),
        "trade_cost": Shock().trade_cost("E01", "E01", times=2.0),
        "ban": Shock().ban("E01", "E01"),
    }[kind]
    assert caught(lambda: world.solve(shock), "E01 on itself").mend


@pytest.mark.parametrize("times", [1e-300, 1e300])
def test_factors_beyond_what_numbers_hold(world: World, times: float) -> None:
    """Solved or refused by the one tree; no warning of numpy, no infinity."""
    try:
        result = world.solve(Shock().trade_cost("E01", "E02", times=times))
    except ComityError:
        return
    assert np.isfinite(result.real_income.values).all()


# ----------------------------------------------------------------------------------------- deficits


@pytest.mark.parametrize("rule", ["some", "", "NONE", NAN, INF, True, None, [1.0]])
def test_rules_for_deficits_that_are_none(world: World, rule: Any) -> None:
    assert caught(lambda: world.balance(rule), "deficits").mend


@pytest.mark.parametrize(
    ("deficits", "says"),
    [
        ({"E05": 1.0}, "E05"),
        ({"E01": NAN}, "E01"),
        ({"E01": 1e4}, "sum"),
        ({"E01": 1e4, "E02": 1.0, "E03": 0.0, "E04": 0.0}, "sum"),
    ],
)
def test_deficits_that_cannot_be(world: World, deficits: dict[str, float], says: str) -> None:
    """They are named economies' finite numbers, and the world's sum is zero."""
    caught(lambda: world.solve(Shock(deficits=deficits)), says)


def test_deficits_are_not_passed_over_where_they_are_ratios() -> None:
    """Where deficits follow income, new ones are an error or have an effect; never neither."""
    world = drawn(4, 3, 1, "plain", "ratio")
    zero = dict.fromkeys(world.economies, 0.0)
    assert np.abs(world.baseline.deficit).min() > 1.0
    try:
        result = world.solve(Shock(deficits=zero))
    except InputError:
        return
    assert np.abs(result.real_income.values).max() > 1e-3


# --------------------------------------------------------------------------------- trade elasticity


@pytest.mark.parametrize(
    "theta", [0.0, -4.0, NAN, INF, [4.0, 4.0, 0.0], [4.0, 4.0], {"S01": -1.0}, {"S09": 4.0}, "four"]
)
def test_elasticities_that_cannot_be(world: World, theta: Any) -> None:
    assert caught(lambda: world.with_theta(theta), "").mend


def test_elasticities_by_sector(world: World) -> None:
    made = world.with_theta({"S02": 9.0}).baseline.theta
    assert made[1] == 9.0
    assert (made[[0, 2]] == world.baseline.theta[[0, 2]]).all()
    assert (world.with_theta(3.0).baseline.theta == 3.0).all()


# ------------------------------------------------------------------------------------------ arrays


def arrays() -> dict[str, Any]:
    """Two economies, two sectors, all in order."""
    share = np.zeros((2, 2, 2))
    share[0] = [[0.7, 0.8], [0.3, 0.2]]
    share[1] = [[0.4, 0.1], [0.6, 0.9]]
    inputs = np.full((2, 2, 2), 0.2)
    return {
        "economies": ["JPN", "CHN"],
        "sectors": ["Food", "Cars"],
        "trade_share": share,
        "tariff": np.zeros((2, 2, 2)),
        "value_added_share": np.full((2, 2), 0.6),
        "input_share": inputs,
        "final_share": np.full((2, 2), 0.5),
        "expenditure": np.full((2, 2), 100.0),
        "value_added": np.full(2, 120.0),
        "deficit": np.zeros(2),
        "theta": np.array([4.0, 5.0]),
    }


def test_the_arrays_without_a_fault() -> None:
    from_arrays(**arrays()).balance("none").solve(Shock().tariff("JPN", "CHN", add=0.1))


def put(name: str, index: tuple[int, ...], value: float) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        given[name][index] = value

    return change


def swap(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(given: dict[str, Any]) -> None:
        given[name] = value

    return change


FAULTS: dict[str, tuple[Callable[[dict[str, Any]], None], str, tuple[str, ...]]] = {
    # The fault, the field that must be named, and words that must be in what is said.
    "shares do not sum": (put("trade_share", (0, 1, 1), 0.3), "trade_share", ("JPN", "Cars")),
    "a negative flow": (put("trade_share", (0, 1, 0), -0.3), "trade_share", ("JPN", "CHN", "Food")),
    "a missing cell": (put("trade_share", (1, 0, 1), NAN), "trade_share", ("CHN", "JPN", "Cars")),
    "no supplier": (put("trade_share", (0, 0, 0), 0.0), "trade_share", ("JPN", "Food")),
    "a negative tariff": (put("tariff", (0, 1, 1), -1.0), "tariff", ("JPN", "CHN", "Cars")),
    "a tariff of NaN": (put("tariff", (1, 0, 0), NAN), "tariff", ("CHN", "JPN", "Food")),
    "costs do not sum": (put("input_share", (1, 0, 1), 0.5), "input_share", ("CHN", "Cars")),
    "a negative input": (put("input_share", (0, 1, 0), -0.2), "input_share", ("JPN", "Food")),
    "final shares": (put("final_share", (1, 0), 0.6), "final_share", ("CHN",)),
    "negative final": (
        swap("final_share", np.array([[1.5, -0.5], [0.5, 0.5]])),
        "final_share",
        ("JPN", "Cars"),
    ),
    "negative spending": (put("expenditure", (0, 1), -1.0), "expenditure", ("JPN", "Cars")),
    "no spending": (
        swap("expenditure", np.array([[0.0, 0.0], [1.0, 1.0]])),
        "expenditure",
        ("JPN",),
    ),
    "endless spending": (put("expenditure", (1, 1), INF), "expenditure", ("CHN", "Cars")),
    "no value added": (put("value_added", (1,), 0.0), "value_added", ("CHN",)),
    "negative value added": (put("value_added", (0,), -5.0), "value_added", ("JPN",)),
    "deficits that do not sum": (put("deficit", (0,), 50.0), "deficit", ("50",)),
    "a deficit of NaN": (put("deficit", (1,), NAN), "deficit", ("CHN",)),
    "theta of nothing": (put("theta", (1,), 0.0), "theta", ("Cars",)),
    "theta below": (put("theta", (0,), -4.0), "theta", ("Food",)),
    "theta unknown": (put("theta", (0,), NAN), "theta", ("Food",)),
    "theta too short": (swap("theta", [4.0]), "theta", ("(1,)", "(2,)")),
    "theta of text": (swap("theta", ["four", "five"]), "theta", ("number",)),
    "shares flat": (swap("final_share", np.full(2, 0.5)), "final_share", ("(2,)",)),
    "pairs flat": (swap("trade_share", np.full((2, 2), 0.5)), "trade_share", ("(2, 2)",)),
    "tariffs of another size": (swap("tariff", np.zeros((3, 3, 2))), "tariff", ("shape",)),
    "inputs of another size": (swap("input_share", np.zeros((2, 3, 3))), "input_share", ("shape",)),
    "a name twice": (swap("economies", ["JPN", "JPN"]), "", ("JPN",)),
    "an empty name": (swap("sectors", ["Food", " "]), "", ("empty",)),
    "a name too many": (swap("economies", ["JPN", "CHN", "USA"]), "", ("shape",)),
    "a reserved name": (swap("sectors", ["Food", "*"]), "", ("*",)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_arrays_that_cannot_be(fault: str) -> None:
    change, field, words = FAULTS[fault]
    given = arrays()
    change(given)
    error = caught(lambda: from_arrays(**given), "")
    for word in words:
        assert word in error.what, error.what
    if field:
        place = error.where.field if isinstance(error, ValidationError) and error.where else None
        assert place == field or field in error.what
        assert error.mend


# ------------------------------------------------------------------------------------- the rest


def test_data_that_are_not_balanced(world: World) -> None:
    """Effects measured against data that are no equilibrium have wrong signs: refused."""
    data = World(world.baseline)
    for call in (
        lambda: data.solve(Shock()),
        lambda: data.solve(Shock().tariff("E01", "E02", add=0.1)),
        lambda: data.sweep([Shock()]),
        lambda: data.gradient("E01"),
    ):
        error = caught(call, "not an equilibrium")
        assert "balance(" in str(error.mend)


def test_results_on_different_baselines(world: World) -> None:
    shock = Shock().tariff("E01", "E02", add=0.1)
    a = world.solve(shock)
    b = drawn(4, 3, 1, "plain", "none").solve(shock)
    error = caught(lambda: a.compared_with(b), "different baselines")
    assert error.mend


@pytest.mark.parametrize("steps", [0, -1, 1.5, "many"])
def test_steps_that_cannot_be(world: World, steps: Any) -> None:
    result = world.solve(Shock().tariff("E01", "E02", add=0.1))
    caught(lambda: result.decomposition(steps), "steps")
