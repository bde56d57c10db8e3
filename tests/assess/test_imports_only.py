"""Markets without home sales: what demand is, and what of a flow a code is."""

from __future__ import annotations

import numpy as np
import pytest

from comity.effects.market.changes import Setting
from comity.market import Options, Question, assess
from comity.market.from_data import market_from_data
from comity.market.saved import reproduce
from comity.report.assessment import render_assessment
from comity.scenario.market_coverage import goods_part
from comity.trade.flows import open_data
from comity.trade.market_baseline import vars_of
from comity.words.goods import GoodsCode
from tests.assess.made import BAN, FISH, SHELLS, measure, write_market, write_measures
from tests.flows.made import CHN, JPN, KOR, USA, baci_zip, text_of

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


# ------------------------------------------------------------------------------ values by code


def imported(tmp_path, monkeypatch, lines):
    folder = tmp_path / "store"
    codes = sorted({line[3] for line in lines})
    packed = baci_zip(tmp_path / "b.zip", {2022: text_of(lines)}, hs="HS22", products=codes)
    open_data(folder).import_baci(packed)
    monkeypatch.setenv("COMITY_DATA", str(folder))


LINES = (
    (2022, JPN, CHN, "030722", "300", "95"),
    (2022, JPN, CHN, "030119", "100", "5"),
    (2022, JPN, USA, "030722", "60", "20"),
    (2022, KOR, CHN, "030729", "40", "9"),
    (2022, KOR, USA, "030722", "30", "9"),
)


def test_what_part_of_a_flow_is_meant_is_in_the_flows_by_code(record, tmp_path, monkeypatch):
    """Ornamental fish, a quarter of what Japan sells, are left out of the ban."""
    imported(tmp_path, monkeypatch, LINES)
    question = Question((BAN,), data="baci", year=2022)
    found = assess(question, record, Options(draws=4), world=False)
    rule = found.case.rules[0]
    assert len(found.case.rules) == 1
    assert rule.low == rule.high == pytest.approx(0.75)
    assert "values by code are not" not in " ".join(rule.arithmetic)
    assert not [name for name in found.runs.columns.names if name.startswith(("ban", "goods"))]
    left = found.row("trade_value", "JPN", "CHN")
    assert (left.values > 0.0).all()


def test_where_all_codes_in_the_flow_are_meant_all_of_it_is(record, tmp_path, monkeypatch):
    imported(tmp_path, monkeypatch, [line for line in LINES if line[3] != "030119"])
    question = Question((BAN,), data="baci", year=2022)
    found = assess(question, record, Options(draws=4), world=False)
    (rule,) = found.case.rules
    assert (rule.low, rule.high) == (1.0, 1.0)
    assert (found.row("trade_value", "JPN", "CHN").values == 0.0).all()
    found.save(tmp_path / "a.run")
    again = reproduce(tmp_path / "a.run").run
    assert [vars_of(one) for one in again.baseline.by_code] == [
        vars_of(one) for one in found.baseline.by_code
    ]


def test_of_a_code_that_is_meant_in_part_the_part_may_be_any(tmp_path, monkeypatch):
    """A national line of scallops is some part of 300 of 400, and shares add up to 1."""
    imported(tmp_path, monkeypatch, LINES)
    data = open_data().all_pairs("HS2022:03", 2022, "baci-hs2022-202401b", by_goods=True)
    assert len(data) == len(LINES)
    made = market_from_data("baci", [GoodsCode.parse("HS2022:03")], ["CHN", "JPN"], 2022)
    (split,) = (one for one in made.by_code if (one.origin, one.destination) == ("JPN", "CHN"))
    assert dict(zip(split.codes, split.shares, strict=True)) == {
        "HS2022:030119": pytest.approx(0.25),
        "HS2022:030722": pytest.approx(0.75),
    }
    (product,) = made.names.sectors
    ends = {}
    for meant, left in (
        ("HS2022:0307", ()),
        ("HS2022:03072290", ()),
        ("HS2022:03", ("HS2022:03011100",)),
    ):
        goods, outs = [GoodsCode.parse(meant)], [GoodsCode.parse(one) for one in left]
        part = goods_part(made, product, goods, outs, "JPN", "CHN")
        ends[meant] = (part.low, part.high)
    assert ends["HS2022:0307"] == pytest.approx((0.75, 0.75))
    assert ends["HS2022:03072290"] == pytest.approx((0.0, 0.75))
    assert ends["HS2022:03"] == (1.0, 1.0)
