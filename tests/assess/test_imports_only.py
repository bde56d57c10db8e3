"""Markets without home sales: what demand is, and what of a flow a code is."""

from __future__ import annotations

import numpy as np
import pytest

from comity.effects.market.changes import Setting
from comity.market import Options, Question, assess
from comity.report.assessment import render_assessment
from tests.assess.made import FISH, SHELLS, measure, write_market, write_measures

ABROAD = {key: value for key, value in FISH.items() if key[1] != key[2]}
SHELLS_ABROAD = {key: value for key, value in SHELLS.items() if key[1] != key[2]}


@pytest.fixture
def asked(tmp_path):
    def found(values, options, **meta):
        folder = write_market(tmp_path / "m", values, home=False, **meta)
        new = write_measures(tmp_path / "b.yaml", measure())
        return assess(Question(new=new, market=folder), None, options, world=False)

    return found


def model(found):
    """The elasticities that were solved with."""
    setting = Setting.of(found.case, found.baseline, found.options)
    return setting.parameters(found.runs.columns, found.runs.base)


def test_demand_for_imports_is_not_demand_for_the_product(asked):
    """Notes 1.1: about σ s + η (1 − s), s the part bought at home, of which nothing is on record:
    all of its range is drawn, and the page says so."""
    found = asked(ABROAD, Options(draws=64))
    columns = found.runs.columns
    home, eta, sigma = (columns[name] for name in ("home_share", "eta", "sigma:fish"))
    assert home.min() < 0.05
    assert home.max() > 0.95
    assert np.allclose(model(found).eta, sigma * home + eta * (1.0 - home), rtol=1e-12)
    assert (model(found).eta > eta).all()
    assert (model(found).eta <= sigma).all()
    data = found.as_dict(variance=False)
    (row,) = (one for one in data["assumptions"] if one["name"] == "home_share")
    assert row["basis"] == "not on record"
    page = render_assessment(data, "md", full=True)
    assert "home_share" in page
    assert "σ s + η (1 − s)" in page


def test_a_share_that_is_known_is_held(asked):
    """With σ 4, η 0.9 and 65 % bought at home, 2.915: the loss is far below that at 0.9 (1.3 of the
    notes: E (1 − P^(1−η))/(1 − η), with one supplier of two left)."""
    fixed = {"sigma": 4.0, "eta": 0.9, "supply": 1e9, "other_supply": 1e9}
    loss = {}
    for share, demand in ((0.0, 0.9), (0.65, 2.915)):
        options = Options(draws=1, cells=False, fixed={**fixed, "home_share": share})
        found = asked(ABROAD, options)
        assert model(found).eta == pytest.approx(demand)
        bought = {key[1]: value for key, value in ABROAD.items() if key[2] == "CHN"}
        spent = sum(bought.values())
        index = ((spent - bought["JPN"]) / spent) ** (1.0 / (1.0 - 4.0))
        closed = spent * (1.0 - index ** (1.0 - demand)) / (1.0 - demand)
        loss[share] = float(found.row("consumer_surplus", "", "CHN").values[0])
        assert loss[share] == pytest.approx(closed, rel=1e-6)
    assert loss[0.65] > loss[0.0]


def test_linked_products_keep_their_order(asked):
    found = asked({**ABROAD, **SHELLS_ABROAD}, Options(draws=64))
    made = model(found)
    assert made.zeta is not None
    assert (made.zeta >= made.eta).all()
    assert (made.zeta <= made.sigma.min(axis=1)).all()


def test_a_market_with_home_sales_has_no_such_share(tmp_path):
    folder = write_market(tmp_path / "m", FISH)
    new = write_measures(tmp_path / "b.yaml", measure())
    found = assess(Question(new=new, market=folder), None, Options(draws=4), world=False)
    assert "home_share" not in found.runs.columns.names
    assert (model(found).eta == found.runs.columns["eta"]).all()
