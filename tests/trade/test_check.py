"""What `check` finds: in published data what their authors say, in made worlds what was put in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from comity.trade.baseline import Note
from comity.trade.check import check
from comity.trade.finding import Finding
from comity.trade.info import info
from comity.trade.replication import (
    read_cp2015,
    read_gegravity,
    read_gegravity_2006,
    read_wiod2014,
    read_world2023,
)
from tests.trade.sample import world


@pytest.fixture(scope="module")
def data(shared_data: Path) -> Path:
    return shared_data / "data"


def _by_kind(made):
    found: dict[str, Finding] = {}
    for finding in check(made):
        found.setdefault(finding.kind, finding)
    return found


# ------------------------------------------------------------------------------ published data


def test_cp2015(data):
    made = read_cp2015(data / "cp2015")
    found = _by_kind(made)
    raw = np.load(data / "cp2015" / "cp2015.npz")
    regions = made.names.economies
    sectors = made.names.sectors

    domestic = found["zero-domestic"]
    own = np.einsum("nnj->nj", raw["trade_share"])
    cells = {(regions[n], sectors[j]) for n, j in np.argwhere(own == 0.0)}
    assert domestic.count == 26
    assert set(domestic.cells) == cells
    assert ("MEX", "Communication") in cells

    negative = found["negative-final-demand"]
    below = raw["final_demand_unclipped"] < 0.0
    assert negative.count == 185
    assert set(negative.cells) == {(regions[n], sectors[j]) for n, j in np.argwhere(below)}
    part = -raw["final_demand_unclipped"][below].sum() / raw["expenditure"].sum()
    assert negative.figures["part_of_world_spending"] == pytest.approx(part, rel=1e-5)
    assert "1.8 %" in negative.text

    assert found["no-equilibrium"].severity == "wrong"
    assert 0.03 < found["no-equilibrium"].figures["part_of_world_spending"] < 0.04
    assert not set(found) & {"labour-income", "trade-balance", "missing-block", "single-supplier"}
    assert found["not-traded"].sectors == sectors[20:]
    assert found["tiny-expenditure"].count == 20
    tariff = found["extreme-tariff"]
    assert tariff.count == int((raw["tariff_1993"] > 1.0).sum())
    assert tariff.figures["largest"] == raw["tariff_1993"].max()


def test_wiod2014(data):
    found = _by_kind(read_wiod2014(data / "wiod2014"))
    assert found["zero-domestic"].count == 47
    assert found["no-equilibrium"].severity == "wrong"
    assert "ROW" in found["labour-income"].economies
    assert not set(found) & {"missing-block", "single-supplier", "large-deficit", "not-traded"}


@pytest.mark.parametrize("year", [2000, 2005, 2010, 2014])
def test_gravity_data_are_an_equilibrium_without_holes(data, year):
    assert set(_by_kind(read_gegravity(data / "gegravity", year=year))) <= {"unit"}


def test_gravity_2006_flags_the_one_imbalance(data):
    found = _by_kind(read_gegravity_2006(data / "gegravity"))
    assert found["large-deficit"].economies == ("HKG",)
    assert set(found) == {"large-deficit", "sums"}


def test_world2023_lacks_every_flow_among_eight_economies(data):
    """Found by the reader, and again by `check` when the same table comes with zeros for gaps."""
    lost = ("ARG", "BGD", "IRQ", "KOR", "PHL", "POL", "RUS", "VNM")
    made = read_world2023(data / "world2023")
    found = _by_kind(made)
    assert found["missing-block"].economies == lost
    assert found["missing-block"].severity == "wrong"
    assert found["gap"].count == 56
    plain = made.replaced(gaps=(), notes=())
    again = _by_kind(plain)["missing-block"]
    assert again.economies == lost
    assert again.count == 56
    assert again.figures["smaller"] == 68
    assert all(code in again.text for code in lost)


# ---------------------------------------------------------------------------------- made worlds


def test_a_world_that_is_an_equilibrium_has_only_its_own_note_and_gap():
    found = _by_kind(world())
    assert set(found) == {"drawn", "gap", "not-traded"}
    assert found["gap"].economies == ("CHN", "JPN")


def test_spending_that_is_off_is_named_with_its_size():
    made = world()
    spent = made.expenditure.copy()
    spent[1, 2] += 7.0
    off = _by_kind(made.replaced(expenditure=spent))
    # Services of China are not traded: output and input demand move with spending.
    finding = off["no-equilibrium"]
    assert finding.economies[0] == "CHN"
    assert "CHN Services" in finding.text
    assert off["labour-income"].economies == ("CHN",)
    assert "trade-balance" not in off


def test_deficits_that_are_not_imports_less_exports():
    made = world()
    deficit = made.deficit + np.array([3.0, -3.0, 0.0, 0.0])
    finding = _by_kind(made.replaced(deficit=deficit))["trade-balance"]
    assert set(finding.economies) == {"JPN", "CHN"}
    largest = np.abs(np.array([3.0, -3.0]) / made.value_added[:2]).max()
    assert finding.figures["largest_part"] == pytest.approx(largest)


def test_value_added_that_is_not_what_shares_give():
    made = world()
    value_added = made.value_added * np.array([1.0, 1.1, 1.0, 1.0])
    finding = _by_kind(made.replaced(value_added=value_added))["labour-income"]
    assert finding.economies == ("CHN",)
    assert "CHN +10 %" in finding.text


def test_negative_final_demand():
    made = world()
    inputs = made.input_share.copy()
    inputs[2, 1, :] = 0.9
    added = 1.0 - inputs.sum(axis=1)
    inputs[2] *= 0.95 / inputs[2].sum(axis=0)
    added = 1.0 - inputs.sum(axis=1)
    finding = _by_kind(made.replaced(input_share=inputs, value_added_share=added))[
        "negative-final-demand"
    ]
    assert finding.cells == (("USA", "Cars"),)


def test_zero_domestic_and_single_supplier():
    made = world()
    share = made.trade_share.copy()
    share[1, 0] = [0.0, 0.3, 0.3, 0.4]
    share[0, 3] = [0.0, 1.0, 0.0, 0.0]
    found = _by_kind(made.replaced(trade_share=share))
    assert set(found["zero-domestic"].cells) == {("JPN", "Cars"), ("ROW", "Food")}
    assert found["single-supplier"].cells == (("ROW", "Food"),)


def test_extremes():
    made = world()
    tariff = made.tariff.copy()
    tariff[0, 1, 2] = 2.5
    tariff[1, 3, 0] = -0.2
    found = _by_kind(made.replaced(tariff=tariff, theta=(0.4, 70.0, 0.1)))
    assert "CHN on Food from USA 250 %" in found["extreme-tariff"].text
    assert found["negative-tariff"].economies == ("ROW",)
    # Services have an extreme elasticity too, but are not traded: it has no effect.
    assert found["extreme-theta"].sectors == ("Food", "Cars")
    assert found["extreme-theta"].figures == {"least": 0.4, "most": 70.0}


def test_large_deficits_are_measured_against_value_added():
    made = world()
    deficit = np.array([-0.4, 0.31, 0.0, 0.0]) * made.value_added
    deficit[3] = -deficit.sum()
    found = _by_kind(made.replaced(deficit=deficit))["large-deficit"]
    assert {"JPN", "CHN"} <= set(found.economies)
    assert "JPN -40 %" in found.text


def test_wrong_comes_first_and_notes_are_not_repeated():
    made = world()
    spent = made.expenditure.copy()
    spent[1, 2] += 7.0
    notes = (
        Note("drawn", "drawn"),
        Note("floored-domestic", "floored", ("JPN",)),
        Note("gap", "the same gap", ("JPN", "CHN")),
    )
    found = check(made.replaced(expenditure=spent, notes=notes))
    order = ["wrong", "odd", "info"]
    ranks = [order.index(finding.severity) for finding in found]
    assert ranks == sorted(ranks)
    assert [finding.kind for finding in found].count("gap") == 1
    kinds = {finding.kind: finding.severity for finding in found}
    assert (kinds["floored-domestic"], kinds["drawn"]) == ("wrong", "info")


# ---------------------------------------------------------------------------------------- info


def test_info_adds_up_by_hand():
    made = world()
    page = info(made)
    flow = made.trade_share * made.expenditure.T[:, :, None] / (1.0 + made.tariff)
    off = ~np.eye(4, dtype=bool)
    assert page["world"]["trade"] == pytest.approx(flow[:, off].sum())
    assert page["world"]["output"] == pytest.approx(made.output.sum())
    duties = (flow * made.tariff)[:, off].sum()
    assert page["world"]["tariff_revenue"] == pytest.approx(duties)
    assert page["tariff"]["mean"] == pytest.approx(duties / flow[:, off].sum())
    china = page["economies"][1]
    assert (china["economy"], china["name"]) == ("CHN", "China")
    assert china["imports"] - china["exports"] == pytest.approx(made.deficit[1])
    assert sum(e["share_of_world"] for e in page["economies"]) == pytest.approx(1.0)
    services = page["sectors"][2]
    assert (services["trade"], services["domestic_share"]) == (0.0, 1.0)
    assert page["sectors"][0]["goods"] == ["HS2022:02", "HS2022:03"]
    assert page["theta"] == {"least": 4.0, "most": 6.5}
    assert page["gaps"] == [["JPN", "CHN"]]
