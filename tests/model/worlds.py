"""Worlds that the tests of the model share: published data, balanced once, and drawn small ones."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

import comity.world
from benchmarks.generate_worlds import generate, variants
from comity.trade.baseline import ARRAYS, Baseline, make_baseline
from comity.words.errors import ModelError, NoEquilibrium
from comity.world import Result, Shock, World, from_arrays

Array = NDArray[np.float64]


@cache
def world(name: str, folder: Path, **options: Any) -> World:
    """A published data set, read once for all tests."""
    return comity.world.load(name, folder, **options)


@cache
def balanced(name: str, folder: Path, deficits: str | float, **options: Any) -> World:
    return world(name, folder, **options).balance(deficits)


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


KINDS = tuple(name for name in variants() if name != "one apart")
"""Kinds of drawn worlds; one with an economy that trades with nobody has tests of its own."""


WITH_HOME = tuple(k for k in KINDS if k not in ("zero domestic", "everything odd"))
"""Kinds in which every economy can live on its own."""


def drawn(
    economies: int, sectors: int, seed: int, kind: str = "plain", deficits: str | float = "none"
) -> World:
    """A balanced small world; see `benchmarks.generate_worlds`."""
    made = generate(economies, sectors, seed, variants()[kind], settled=False)
    return World(made).balance(deficits)


def three(
    share: ArrayLike | None = None,
    *,
    deficits: str | float = "none",
    deficit: ArrayLike = (0.0, 0.0, 0.0),
    theta: float = 4.0,
) -> World:
    """A, B and C, each with as much income, one sector without inputs; `share` is [n, i]."""
    if share is None:
        share = np.full((3, 3), 0.15) + 0.55 * np.eye(3)
    return from_arrays(
        economies=["A", "B", "C"],
        sectors=["Goods"],
        trade_share=np.asarray(share)[:, :, None],
        value_added_share=np.ones((3, 1)),
        input_share=np.zeros((3, 1, 1)),
        final_share=np.ones((3, 1)),
        expenditure=100.0 + np.asarray(deficit)[:, None],
        value_added=[100.0, 100.0, 100.0],
        deficit=deficit,
        theta=[theta],
    ).balance(deficits)


@st.composite
def worlds(
    draw: st.DrawFn,
    economies: tuple[int, int] = (2, 5),
    sectors: tuple[int, int] = (1, 4),
    kinds: Sequence[str] = KINDS,
    deficits: Sequence[str | float] = ("none", "kept", "ratio", 0.5),
) -> World:
    """Balanced worlds of every kind, under every rule for deficits."""
    n, j = draw(st.integers(*economies)), draw(st.integers(*sectors))
    seed, kind = draw(st.integers(0, 10_000)), draw(st.sampled_from(kinds))
    rule = draw(st.sampled_from(deficits))
    try:
        return drawn(n, j, seed, kind, rule)
    except NoEquilibrium:
        # A drawn deficit may be more than its economy's odd trade can carry; none always can be.
        if rule == "none":
            raise
        reject()


@st.composite
def shocks(draw: st.DrawFn, on: World, bans: bool = True) -> Shock:
    """One to three changes of moderate size between economies and sectors of a world."""
    made = Shock()
    pair = st.lists(st.sampled_from(on.economies), min_size=2, max_size=2, unique=True)
    some = st.one_of(st.none(), st.sampled_from(on.sectors))
    kinds = ["tariff", "trade_cost", "productivity", "population", *(["ban"] if bans else [])]
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3)):
        one, other = draw(pair)
        if kind == "tariff":
            made = made.tariff(one, other, add=draw(st.floats(0.0, 0.6)), sectors=draw(some))
        elif kind == "trade_cost":
            made = made.trade_cost(one, other, times=draw(st.floats(0.8, 1.5)), sectors=draw(some))
        elif kind == "productivity":
            made = made.productivity(one, times=draw(st.floats(0.7, 1.5)), sectors=draw(some))
        elif kind == "population":
            made = made.population(one, times=draw(st.floats(0.7, 1.5)))
        else:
            made = made.ban(one, other, coverage=draw(st.floats(0.1, 0.9)), sectors=draw(some))
    return made


REAL = ("real_income", "real_wage", "real_income_per_head")
"""Tables that no choice of units moves."""

PERCENT = (*REAL, "price_index", "wage", "prices", "output_quantity", "imports_pct", "exports_pct")
VALUES = ("output", "value_added", "trade", "revenue")
CHANGES = ("output_change", "value_added_change", "trade_change", "revenue_change")


def everything(result: Result) -> dict[str, Array]:
    """Every table of a result, as numbers."""
    return {name: getattr(result, name).values for name in (*PERCENT, *VALUES, *CHANGES)}


def arrays(baseline: Baseline) -> dict[str, Array]:
    """The arrays of a baseline, writeable, under the names that `make_baseline` takes."""
    return {name: np.array(getattr(baseline, name)) for name in ARRAYS}


def attempt(world: World, shock: Shock, **options: Any) -> Result | ModelError:
    """The result, or the refusal; every other error is a failure of the test."""
    try:
        return world.solve(shock, **options)
    except ModelError as error:
        return error


TIGHT = 1e-13
"""Tolerance of solves that are compared: what is left is rounding."""


def solve(world: World, shock: Shock, tolerance: float = TIGHT, **options: Any) -> Result | None:
    """The result, or `None` where there is none: then there is nothing to compare."""
    found = attempt(world, shock, tolerance=tolerance, **options)
    return None if isinstance(found, ModelError) else found


def same(found: Any, expected: Any, points: float = 1e-7) -> None:
    """Per cent tables agree to `points` of a percentage point, or as much of a large change."""
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=points)


def rebuilt(baseline: Baseline, economies: list[str], sectors: list[str], made: Any) -> Baseline:
    """A baseline from changed arrays, with names of its own."""
    return make_baseline(baseline.name, economies=economies, sectors=sectors, **made)


def digest(result: Result) -> str:
    """One line for all numbers of a result, to the last bit."""
    seal = hashlib.sha256()
    for name, values in everything(result).items():
        seal.update(name.encode() + (values + 0.0).tobytes())
    return seal.hexdigest()


def busy_shock(world: World) -> Shock:
    """Every kind of change at once."""
    one, other, third = world.economies[:3]
    some = world.sectors[0]
    return (
        Shock()
        .tariff(one, other, add=0.3)
        .ban(other, one, coverage=0.4, sectors=some)
        .trade_cost(third, "*", times=1.2)
        .productivity(one, times=1.1)
        .population(third, times=0.9)
    )
