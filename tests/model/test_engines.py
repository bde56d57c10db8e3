"""Two engines, one answer; and the same answer to the last bit every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.words.errors import InputError, ModelError, NoEquilibrium
from comity.world import Result, Shock, World

from . import worlds as shared
from .worlds import PERCENT, balanced, busy_shock, digest, drawn, everything, shocks, worlds


def outcome(world: World, shock: Shock, engine: str, **options: object) -> Result | str:
    try:
        return world.solve(shock, engine=engine, **options)  # type: ignore[arg-type]
    except NoEquilibrium as error:
        return f"{error.reason} {error.economies} {error.sectors}"
    except ModelError as error:
        return type(error).__name__


@settings(max_examples=80)
@given(world=worlds((2, 6), (1, 5)), data=st.data())
def test_both_engines_agree(world: World, data: st.DataObject) -> None:
    """To 1e-9 in every table, or both refuse for the same reason and the same economies."""
    shock = data.draw(shocks(world))
    a, b = outcome(world, shock, "numpy"), outcome(world, shock, "numba")
    if isinstance(a, str) or isinstance(b, str):
        assert a == b
        return
    found, levels = everything(b), a.output.values.sum()
    for name, values in everything(a).items():
        distance = np.abs(found[name] - values)
        # A residual of 1e-10, relative, is 1e-8 per cent.
        limit = 1e-9 * (100.0 + np.abs(values)) if name in PERCENT else 1e-9 * levels
        assert (distance <= limit).all(), name
    tight = world.solve(shock, tolerance=1e-13), world.solve(shock, tolerance=1e-13, engine="numba")
    np.testing.assert_allclose(
        tight[0].real_income.values, tight[1].real_income.values, rtol=1e-10, atol=1e-9
    )


@pytest.mark.parametrize("deficits", ["none", "kept"])
def test_both_engines_agree_on_caliendo_and_parro(shared_data: Path, deficits: str) -> None:
    base = balanced("cp2015", shared_data / "data" / "cp2015", deficits)
    for shock in (
        Shock().tariffs(base.schedules["world2005"]),
        Shock().separate("USA", "CHN", sectors=base.sectors[:20]),
        Shock()
        .tariff("*", "*", add=0.25)
        .productivity("CHN", times=1.1)
        .population("IND", times=2),
    ):
        a, b = base.solve(shock), base.solve(shock, engine="numba")
        for name in ("real_income", "real_wage", "price_index", "wage", "imports_pct"):
            hat = 1.0 + getattr(a, name).values / 100.0, 1.0 + getattr(b, name).values / 100.0
            np.testing.assert_allclose(hat[0], hat[1], rtol=1e-9)
        np.testing.assert_allclose(a.output.values, b.output.values, rtol=1e-9, atol=1.0)


# ------------------------------------------------------------------------------------ to the bit


@pytest.mark.parametrize("deficits", ["none", "kept", "ratio"])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_same_inputs_same_bits(engine: str, deficits: str) -> None:
    """In new objects, after other solves, and with any number of threads."""
    world = drawn(7, 6, 3, "plain", deficits)
    shock = busy_shock(world)
    first = digest(world.solve(shock, engine=engine))
    for threads in (1, 2, 3):
        again = drawn(7, 6, 3, "plain", deficits)
        assert digest(again.solve(shock, engine=engine, threads=threads)) == first
    for other in (Shock().ban("*", "*", coverage=0.9), Shock().tariff("*", "*", add=3.0)):
        outcome(world, other, engine)
    world.gradient(world.economies[0])
    world.sweep([shock], np.tile(world.baseline.theta, (3, 1)), engine=engine)
    assert digest(world.solve(shock, engine=engine)) == first


def test_threads_do_not_change_a_bit_of_a_large_world(shared_data: Path) -> None:
    """Large enough for work to be shared among threads."""
    base = balanced("cp2015", shared_data / "data" / "cp2015", "none")
    shock = Shock().tariffs(base.schedules["world2005"])
    for engine in ("numpy", "numba"):
        seals = {digest(base.solve(shock, engine=engine, threads=n)) for n in (1, 2)}
        assert len(seals) == 1, engine
    assert (
        balanced.__wrapped__(  # balanced anew
            "cp2015", shared_data / "data" / "cp2015", "none"
        ).baseline.digest
        == base.baseline.digest
    )


SCRIPT = """
import importlib.util, sys
sys.path.insert(0, sys.argv[2])
spec = importlib.util.spec_from_file_location("shared_worlds", sys.argv[3])
worlds = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worlds)
world = worlds.drawn(7, 6, 3, "plain", "kept")
print(worlds.digest(world.solve(worlds.busy_shock(world), engine=sys.argv[1])))
"""


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_another_process_gives_the_same_bits(engine: str) -> None:
    """With another seed for hashes and another number of threads for the linear algebra."""
    world = drawn(7, 6, 3, "plain", "kept")
    here = digest(world.solve(busy_shock(world), engine=engine))
    root = Path(__file__).resolve().parents[2]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    out = subprocess.run(
        [sys.executable, "-c", SCRIPT, engine, str(root), str(shared.__file__)],
        env={**os.environ, **threads, "PYTHONHASHSEED": "77"},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.strip() == here


# --------------------------------------------------------------------------------- how it is asked


def test_auto_takes_an_engine_that_gives_the_same() -> None:
    world = drawn(5, 4, 2)
    shock = busy_shock(world)
    a, b = world.solve(shock, engine="auto"), world.solve(shock)
    np.testing.assert_allclose(a.real_income.values, b.real_income.values, atol=1e-7)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-8, 1e-12])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_the_tolerance_is_kept(tolerance: float, engine: str) -> None:
    world = drawn(6, 4, 11, "all traded", "kept")
    result = world.solve(busy_shock(world), tolerance=tolerance, engine=engine)
    assert set(result.residuals) == {"prices", "expenditure", "labour", "trade"}
    assert result.residual == max(result.residuals.values()) < tolerance
    exact = world.solve(busy_shock(world), tolerance=1e-14)
    distance = np.abs(result.real_income.values - exact.real_income.values).max()
    assert distance < 100.0 * 100.0 * tolerance


@settings(max_examples=60)
@given(
    world=worlds((2, 5), (1, 4)),
    engine=st.sampled_from(["numpy", "numba"]),
    tolerance=st.sampled_from([1e-3, 1e-5, 1e-7, 1e-9, 1e-11]),
    data=st.data(),
)
def test_no_residual_is_above_the_tolerance(
    world: World, engine: str, tolerance: float, data: st.DataObject
) -> None:
    result = outcome(world, data.draw(shocks(world)), engine, tolerance=tolerance)
    assert isinstance(result, str) or result.residual < tolerance


@pytest.mark.parametrize("tolerance", [0.0, -1e-10, 1e-16, 0.5, float("nan"), float("inf")])
def test_impossible_tolerances(tolerance: float) -> None:
    with pytest.raises(InputError, match="tolerance"):
        drawn(2, 1, 0).solve(Shock(), tolerance=tolerance)


def test_unknown_engines() -> None:
    with pytest.raises(InputError, match="fortran") as caught:
        drawn(2, 1, 0).solve(Shock(), engine="fortran")
    assert "numba" in str(caught.value.mend)


def test_numba_absent_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.model.world import engines
    from comity.words.errors import MissingDependency

    monkeypatch.setattr(engines, "has_numba", lambda: False)
    world = drawn(2, 1, 0)
    with pytest.raises(MissingDependency) as caught:
        world.solve(Shock(), engine="numba")
    assert "pip install" in str(caught.value.mend)
    assert world.sweep([Shock().tariff("E01", "E02", add=0.1)]).real_income.shape == (1, 2)
