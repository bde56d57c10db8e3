"""What a user does: load, check, balance, change, read, compare, save."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import comity.world
from comity.words.errors import FileError, InputError
from comity.world import Shock, World, from_flows

from ..model.worlds import balanced, busy_shock, digest, drawn, world


@pytest.fixture(scope="module")
def cp2015(shared_data: Path) -> Path:
    return shared_data / "data" / "cp2015"


# --------------------------------------------------------------------------- the issue's example


def test_the_example_of_the_issue(cp2015: Path) -> None:
    base = balanced("cp2015", cp2015, "none")
    shock = Shock().tariff("MEX", "USA", to=0.0)
    shock = shock.ban("CHN", "JPN", sectors=["Food"], coverage=0.4)
    r = base.solve(shock)
    flow = r.trade["CHN", "JPN", "Food"] / r.trade_before["CHN", "JPN", "Food"]
    assert flow == pytest.approx(0.6, rel=0.05)  # 40 % of it is banned, prices hardly move
    assert r.trade["CHN", "JPN", "Textile"] > 0.95 * r.trade_before["CHN", "JPN", "Textile"]
    assert r.trade["MEX", "USA"].values.sum() > 1.5 * r.trade_before["MEX", "USA"].values.sum()
    assert r.revenue["MEX"] < 0.5 * base.solve(Shock()).revenue["MEX"]
    assert r.residual < 1e-10
    assert set(r.residuals) == {"prices", "expenditure", "labour", "trade"}
    assert r.real_income["Mexico"] == r.real_income["MEX"]
    text = r.report()
    assert "MEX" in text or "Mexico" in text


def test_check_finds_what_is_really_there(cp2015: Path) -> None:
    """README: no equilibrium, 26 cells without domestic sales, 185 clipped."""
    said = " ".join(str(finding) for finding in world("cp2015", cp2015).check())
    for number in ("26", "185"):
        assert number in said
    assert "equilibrium" in said


def test_check_finds_the_missing_block(shared_data: Path) -> None:
    found = world("world2023", shared_data / "data" / "world2023").check()
    lost = ("ARG", "BGD", "IRQ", "KOR", "PHL", "POL", "RUS", "VNM")
    assert any(all(code in str(finding) for code in lost) for finding in found)


# ------------------------------------------------------------------------------------ saved worlds


@pytest.mark.parametrize("deficits", ["none", "kept", "ratio"])
def test_a_saved_world_is_the_same_world(tmp_path: Path, deficits: str) -> None:
    base = drawn(5, 3, 7, "plain", deficits)
    base.save(tmp_path / "world.npz")
    again = comity.world.load("saved", tmp_path / "world.npz")
    assert again.baseline.digest == base.baseline.digest
    if not again.balanced:
        again = World(again.baseline, balanced=True, deficits=base.deficits)
    assert again.deficits == base.deficits
    assert digest(again.solve(busy_shock(base))) == digest(base.solve(busy_shock(base)))


@pytest.mark.parametrize("deficits", ["none", "kept", "ratio", 0.5, 0.0, 1.25])
def test_a_saved_world_knows_how_it_was_balanced(tmp_path: Path, deficits: str | float) -> None:
    base = World(drawn(5, 3, 7, "plain", "kept").baseline).balance(deficits)
    base.save(tmp_path / "world.npz")
    again = comity.world.load("saved", tmp_path / "world.npz")
    assert (again.asked, again.deficits, again.balanced) == (base.asked, base.deficits, True)
    assert repr(again) == repr(base)
    assert f"deficits {deficits}" in repr(again)
    kinds = [note.kind for note in again.balance(deficits).notes]
    assert kinds.count("re-solved") == 1


def test_saving_where_no_folder_is(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written") as caught:
        drawn(3, 1, 1).save(tmp_path / "new" / "world.npz")
    assert "make its folder first" in str(caught.value.mend)
    assert not (tmp_path / "new").exists()


def test_balancing_twice_is_balancing_once() -> None:
    base = drawn(5, 3, 7, "not an equilibrium", "kept")
    twice = base.balance("kept")
    np.testing.assert_allclose(twice.baseline.expenditure, base.baseline.expenditure, rtol=1e-11)
    np.testing.assert_allclose(twice.baseline.value_added, base.baseline.value_added, rtol=1e-11)


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_deficits_are_scaled(part: float) -> None:
    """In the numeraire, which is world value added; their sum is zero."""
    data = World(drawn(5, 3, 7, "plain", "kept").baseline)
    base = data.balance(part)
    np.testing.assert_allclose(
        base.baseline.deficit, part * data.baseline.deficit, rtol=1e-9, atol=1e-6
    )
    same = data.balance({0.0: "none", 1.0: "kept"}.get(part, part))
    assert same.baseline.digest == base.baseline.digest or np.allclose(
        same.baseline.expenditure, base.baseline.expenditure, rtol=1e-11
    )


def test_nothing_of_a_world_or_result_is_changed_by_use() -> None:
    base = drawn(5, 3, 7)
    before = base.baseline.digest
    shock = busy_shock(base)
    result = base.solve(shock)
    seal = digest(result)
    result.decomposition(4)
    base.sweep([shock, Shock().ban("*", "*")])
    base.gradient("E01", shock=shock)
    base.with_theta(9.0).solve(shock)
    assert base.baseline.digest == before
    assert digest(result) == seal
    for array in (base.baseline.trade_share, result.trade.values, result.real_income.values):
        with pytest.raises(ValueError, match="read-only"):
            array[(0,) * array.ndim] = 0.5


# --------------------------------------------------------------------------------------- comparing


def test_a_result_against_itself_and_against_nothing() -> None:
    base = drawn(5, 3, 7, "plain", "kept")
    a, still = base.solve(busy_shock(base)), base.solve(Shock())
    assert not a.compared_with(a).real_income.values.any()
    assert not a.compared_with(a).prices.values.any()
    assert not a.compared_with(a).trade_change.values.any()
    against = a.compared_with(still)
    np.testing.assert_allclose(against.real_income.values, a.real_income.values, atol=1e-11)
    np.testing.assert_allclose(against.output_change.values, a.output_change.values, atol=1e-6)


def test_three_states_in_a_row() -> None:
    """a to b, then b to c, is a to c: growth multiplies, differences add."""
    base = drawn(4, 3, 7, "plain", "kept")
    one, other = base.economies[:2]
    a = base.solve(Shock().ban(one, other, coverage=0.5))
    b = base.solve(Shock().tariff(other, one, add=0.4))
    c = base.solve(Shock().productivity(one, times=1.2).population(other, times=1.1))
    ab, bc, ac = b.compared_with(a), c.compared_with(b), c.compared_with(a)
    for name in ("real_income", "real_wage", "price_index", "wage", "real_income_per_head"):
        hats = [1.0 + getattr(r, name).values / 100.0 for r in (ab, bc, ac)]
        np.testing.assert_allclose(hats[0] * hats[1], hats[2], rtol=1e-11)
    for name in ("output_change", "trade_change", "revenue_change", "value_added_change"):
        parts = [getattr(r, name).values for r in (ab, bc, ac)]
        np.testing.assert_allclose(parts[0] + parts[1], parts[2], atol=1e-5)


# ---------------------------------------------------------------------------------- as plain data


def finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


def test_effects_are_the_tables_as_json() -> None:
    base = drawn(4, 3, 7, "everything odd", "none")
    result = base.solve(Shock().tariff("E01", "E02", add=0.4))
    data = json.loads(json.dumps(result.effects(), allow_nan=False))
    assert finite(data)
    assert {"real_income_pct", "real_wage_pct", "price_index_pct"} <= set(data)
    for economy in base.economies:
        assert data["real_income_pct"][economy] == result.real_income[economy]
        assert data["real_wage_pct"][economy] == result.real_wage[economy]
        assert data["price_index_pct"][economy] == result.price_index[economy]
        for sector in base.sectors:
            assert data["output_change"][economy][sector] == result.output_change[economy, sector]


@pytest.mark.parametrize("deficits", ["none", "ratio"])
def test_effects_by_sector_and_first_order(deficits: str) -> None:
    """Item 3 of the issue: output, value added, prices and flows by sector, the paper's formula."""
    base = drawn(4, 3, 7, "plain", deficits)
    result = base.solve(Shock().tariff("E01", "E02", add=0.4).ban("E03", "E04", sectors="S01"))
    data = json.loads(json.dumps(result.effects(full=True), allow_nan=False))
    for name, table in (
        ("output", result.output),
        ("output_change", result.output_change),
        ("value_added_change", result.value_added_change),
        ("prices_pct", result.prices),
    ):
        assert data[name] == table.to_dict()
        assert data[name]["E02"]["S02"] == table["E02", "S02"]
    for name, found in result.first_order().items():
        assert data["first_order_pct"][name] == found.to_dict()
    assert data["trade_before"]["E03"]["E04"]["S01"] == result.trade_before["E03", "E04", "S01"]
    assert data["trade"]["E03"]["E04"]["S01"] == 0.0
    for importer in base.economies:
        for exporter in base.economies:
            for sector in base.sectors:
                found = data["trade"].get(importer, {}).get(exporter, {}).get(sector, 0.0)
                assert found == result.trade[importer, exporter, sector]
    assert result.to_dict() == result.effects(full=True)


def test_large_blocks_are_left_out_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    result = drawn(4, 3, 7).solve(Shock().tariff("E01", "E02", add=0.4))
    assert "trade" in result.effects()
    assert result.left_out() == []
    assert "trade" not in result.effects(full=False)
    monkeypatch.setattr("comity.world.result.FEW_CELLS", 47)
    assert "trade" not in result.effects()
    assert result.left_out() == ["trade_before", "trade"]
    assert "trade" in result.effects(full=True)
    assert result.left_out(full=True) == []


# ---------------------------------------------------------------------------- deficits as a ratio


def test_deficits_as_a_ratio_say_at_which_level_they_are() -> None:
    """Trade and real income are at the level of spending, as published programs have it; output,
    value added and revenue at that of output. The factor between them is given and said."""
    base = drawn(4, 3, 7, "plain", "ratio")
    result = base.solve(Shock().tariff("E01", "*", add=0.5))
    factor = result.common_factor.values
    assert (factor != 1.0).all()
    sold = result.trade.total("importer").values
    np.testing.assert_allclose(sold, factor[0] * result.output.values, rtol=1e-9)
    np.testing.assert_allclose(
        result.cleared.total("importer").values, result.output.values, rtol=1e-9
    )
    rates = result.solution.tariff.transpose(1, 2, 0)
    paid = (rates * result.cleared.values).sum(axis=(1, 2))
    np.testing.assert_allclose(paid, result.revenue.values, rtol=1e-12)
    assert "common factor" in result.trade.title
    assert "common factor" not in result.trade_before.title
    assert "common factor" not in result.cleared.title
    assert result.effects()["common_factor"] == result.common_factor.to_dict()
    (note,) = [note for note in result.notes if note.kind == "common-factor"]
    assert f"{factor[0]:.8g} times what is produced" in note.text
    text = " ".join(result.report(width=10_000).split())
    assert note.text in text
    assert "at the level of output; real income and trade are that times a common factor" in text


@pytest.mark.parametrize("deficits", ["none", "kept", 0.5])
def test_with_other_deficits_there_is_one_level(deficits: str | float) -> None:
    result = drawn(4, 3, 7, "plain", deficits).solve(Shock().tariff("E01", "*", add=0.5))
    assert (result.common_factor.values == 1.0).all()
    assert "common_factor" not in result.effects()
    assert result.notes == ()
    np.testing.assert_array_equal(result.trade.values, result.cleared.values)
    np.testing.assert_allclose(
        result.trade.total("importer").values, result.output.values, rtol=1e-9
    )
    assert "Every equilibrium condition holds" in " ".join(result.report().split())
    assert "common factor" not in result.report()


# ------------------------------------------------------------------------- tariffs inside economies


def test_rates_inside_economies_are_not_passed_over_in_silence(shared_data: Path) -> None:
    """wiod2014 has tariffs inside ROW in 22 sectors; a schedule keeps them, and says so."""
    base = balanced("wiod2014", shared_data / "data" / "wiod2014", "kept")
    rates = np.array(base.baseline.tariff.transpose(1, 2, 0))
    own = np.arange(len(base.economies))
    rates[own, own] = 0.0
    result = base.solve(Shock().tariffs(rates))
    (note,) = result.notes
    assert note.kind == "schedule-inside"
    assert "22 rates" in note.text
    assert "(ROW)" in note.text
    assert "22 rates" in result.report(width=10_000)
    assert not result.real_income.values.any()
    assert base.solve(Shock().tariffs(base.baseline.tariff.transpose(1, 2, 0))).notes == ()


# ------------------------------------------------------------------------------------------ sweeps


def test_the_engine_of_a_sweep_does_not_depend_on_how_many_runs() -> None:
    """The same numbers to the last bit, alone or among many; and the engine is told."""
    base = drawn(4, 3, 7)
    shock = Shock().tariff("E01", "E02", add=0.4)
    draws = base.baseline.theta * np.exp(0.1 * np.random.default_rng(1).normal(size=(250, 3)))
    few, many = base.sweep(shock, draws[:10]), base.sweep(shock, draws)
    assert few.engine == many.engine == "numpy"
    np.testing.assert_array_equal(few.real_income, many.real_income[:10])
    compiled = base.sweep(shock, draws[:10], engine="numba")
    assert compiled.engine == "numba"
    assert "numba" in repr(compiled)
    np.testing.assert_allclose(compiled.real_income, few.real_income, rtol=1e-9, atol=1e-9)


# -------------------------------------------------------------------------------------- from flows


def test_from_flows_by_the_notes() -> None:
    """X_nn = max(GDP/γ − exports, 0); Y = exports + X_nn; value added γY; D = imports − exports."""
    trade = {("A", "B"): 30.0, ("B", "A"): 20.0}
    made = from_flows(trade, {"A": 100.0, "B": 200.0}, theta=4.0, gamma=0.5).baseline
    a = made.names.economy("A")
    assert made.output[a, 0] == pytest.approx(200.0)
    assert made.value_added[a] == pytest.approx(100.0)
    assert made.expenditure[a, 0] == pytest.approx(170.0 + 20.0)
    assert made.deficit[a] == pytest.approx(-10.0)
    assert made.trade_share[0, a, a] == pytest.approx(170.0 / 190.0)
    # A's gain over autarky: π^(1/(θγ)), from the data with its deficits taken away at the end.
    base = World(made).balance("kept")
    zero = {"A": 0.0, "B": 0.0}
    real = base.solve(Shock(deficits=zero).separate("A", "B")).real_wage["A"]
    assert real == pytest.approx(100.0 * ((170.0 / 190.0) ** (1.0 / (4.0 * 0.5)) - 1.0), abs=1e-7)


def test_loading_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="atlantis"):
        comity.world.load("atlantis")
    with pytest.raises(InputError):
        comity.world.load("cp2015", tmp_path / "nothing")
    with pytest.raises(InputError, match="format") as caught:
        comity.world.load("cp2015")
    assert "path" in str(caught.value.mend)
    with pytest.raises(InputError, match="colour"):
        comity.world.load(colour="red")
