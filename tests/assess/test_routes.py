"""Goods that go on through a hub, by whatever measure the hub takes: a ban is the limit of each."""

from __future__ import annotations

import numpy as np
import pytest

from comity.effects.market.changes import on_part
from comity.effects.market.inputs import Options
from comity.market.assess import Question, assess
from comity.report.assessment import render_assessment

from .made import FISH, HOME, measure, write_market, write_measures

CODES = "[HS2022:030721, HS2022:030722, HS2022:030729, HS2022:160552]"
LATER = {"from": "2027-01-01", "goods": CODES}
KINDS = {
    "ban": ({"measure_kind": "import_ban"}, {}),
    "quota": ({"measure_kind": "quota"}, {"limit": (0.0, 0.0)}),
    "small quota": ({"measure_kind": "quota"}, {"limit": (1e-13, 1e-13)}),
    "duty": ({"measure_kind": "tariff"}, {"rate": (1e25, 1e25)}),
    "cost": ({"measure_kind": "inspection"}, {"cost": (1e25, 1e25)}),
    "half": ({"measure_kind": "quota"}, {"limit": (0.5, 0.5)}),
    "dear": ({"measure_kind": "tariff"}, {"rate": (0.5, 0.5)}),
}
MAIN = (
    ("consumer_surplus", "", "CHN"),
    ("consumer_surplus", "", "USA"),
    ("producer_surplus", "JPN", ""),
)


def assessed(folder, market, kind, options, **fields):
    said, asked = KINDS[kind]
    path = write_measures(folder / "measure.yaml", measure("asked", **{**fields, **said}))
    return assess(Question(new=path, market=market, **asked), None, options, world=False)


def test_a_ban_is_the_limit_of_quotas_duties_and_costs_on_the_shipped_market(tmp_path):
    """Scallops as a whole and a part of other seafood (HS 1605.52), with routes on."""
    options = Options(draws=32)
    found = {k: assessed(tmp_path, HOME, k, options, **LATER) for k in KINDS}
    ban = found["ban"]
    assert ban.as_dict(variance=False)["options"]["routes"] is True
    for kind in ("quota", "small quota", "duty", "cost"):
        other = found[kind]
        assert other.as_dict(variance=False)["options"]["routes"] is True
        for key in MAIN:
            np.testing.assert_allclose(
                other.row(*key).values, ban.row(*key).values, rtol=1e-4, err_msg=f"{kind} {key}"
            )
        np.testing.assert_allclose(
            other.runs.after.flow, ban.runs.after.flow, atol=2e-3, err_msg=kind
        )
    # Between nothing and a ban.
    for kind in ("half", "dear"):
        for key in (MAIN[0], MAIN[2]):
            values = found[kind].row(*key).values
            assert (values < 0.0).all()
            assert (values > ban.row(*key).values).all()


def routed(folder):
    head = "product,origin,hub,final,share,low,high,held,held_low,held_high,source"
    row = "fish,JPN,CHN,USA,0.25,0.25,0.25,0.5,0.5,0.5,S1"
    return write_market(folder, FISH, tables={"onward.csv": f"{head}\n{row}\n"})


def test_routes_are_said_to_be_followed_only_where_they_are(tmp_path):
    """A duty of the final market leaves what hubs buy as it was, and the result says so."""
    folder = routed(tmp_path / "m")
    options = Options(draws=1, cells=False)
    hub = assessed(tmp_path, folder, "dear", options).as_dict(variance=False)
    final = assessed(tmp_path, folder, "dear", options, imposers="[USA]").as_dict(variance=False)
    assert (hub["options"]["routes"], final["options"]["routes"]) == (True, False)
    assert hub["routes"] == [
        {"goods": "fish", "exporter": "JPN", "hub": "CHN", "final": "USA", "followed": True}
    ]
    assert [one["followed"] for one in final["routes"]] == [False]
    said = "go on from CHN to USA are not followed"
    assert said in render_assessment(final, "md")
    assert said not in render_assessment(hub, "md")


@pytest.mark.parametrize("sigma", [1.3, 4.0, 12.0])
@pytest.mark.parametrize("part", [0.0, 0.2, 0.7])
def test_a_duty_on_part_of_the_varieties_by_hand(part, sigma):
    """Ten varieties of which some are dearer: the index, the quantity, and what is paid on top."""
    for factor in (0.7, 1.1, 2.0, 50.0):
        prices = np.where(np.arange(10) < 10 * part, factor, 1.0)
        free, mean = on_part(part, factor, sigma)
        index = (prices ** (1.0 - sigma)).mean()
        sold = prices**-sigma
        assert free * mean ** (1.0 - sigma) == pytest.approx(index, rel=1e-12)
        assert free * mean**-sigma == pytest.approx(sold.mean(), rel=1e-12)
        assert mean - 1.0 == pytest.approx(((prices - 1.0) * sold).sum() / sold.sum(), abs=1e-12)
        assert free <= 1.0
    assert on_part(part, 1e9, sigma)[0] == pytest.approx(1.0 - part, rel=1e-2)
    assert on_part(1.0, 1.7, sigma) == (1.0, 1.7)
    assert on_part(part, 1.0, sigma) == (1.0, 1.0)
