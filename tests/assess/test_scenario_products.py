"""Scenario files on a market: goods, products and coverage of a change or a measure."""

from __future__ import annotations

import numpy as np
import pytest

from comity.market.simulate import simulate
from comity.report.assessment_rules import lead
from comity.scenario.file import read_scenario
from comity.scenario.market_resolve import resolve_market
from comity.trade.markets import market
from comity.words.errors import Place, ValidationError

from .made import BAN, FISH, HOME, SHELLS, measure, write_market, write_measures

HEAD = """comity-scenario: 1
title: A made-up question
baseline: {file: market}
model: {name: market, draws: 64}
"""
LISTED = f"{HEAD}to:\n  changes:\n"


def at(where: Place | None) -> tuple[int, int]:
    """The line and the column of a problem, from 0."""
    assert where is not None
    assert where.line is not None
    assert where.column is not None
    return where.line - 1, where.column - 1


@pytest.fixture
def folder(tmp_path):
    """Fish are 0303, shells 0307, each in full; pearls beside shells are a tenth of them."""
    beside = (
        "product,origin,destination,what,low,high,source,codes\n"
        "shells,JPN,CHN,pearls,0.1,0.1,S1,HS2022:7101\n"
    )
    write_market(tmp_path / "market", {**FISH, **SHELLS}, tables={"beside.csv": beside})
    return tmp_path


def listed(folder, text):
    path = folder / "scenario.yaml"
    path.write_text(f"{LISTED}    - {text}\n", encoding="utf-8")
    return path


def resolved(path, folder, record=None):
    return resolve_market(read_scenario(path), market(folder / "market"), record)


KINDS = {
    "ban": "ban: {imports_from: JPN, %s}",
    "tariff": "tariff: {on_imports_from: JPN, add: 10%%, %s}",
    "trade_cost": "trade_cost: {on_imports_from: JPN, times: 1.1, %s}",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("given", "share"), [("0.5", (0.5, 0.5)), ("0.3-0.6", (0.3, 0.6))])
@pytest.mark.parametrize(
    ("goods", "product", "within"),
    [
        ("[HS2022:0303]", "fish", (1.0, 1.0)),
        ("[HS2022:0307]", "shells", (0.9, 0.9)),  # without the tenth that pearls are
        ("[HS2022:030722]", "shells", (0.0, 1.0)),  # a part that is not on record
    ],
)
def test_coverage_is_of_the_goods_that_are_named(
    folder, kind, given, share, goods, product, within
):
    text = KINDS[kind] % f"goods: {goods}, coverage: {given}"
    (rule,) = resolved(listed(folder, f"{{by: CHN, {text}}}"), folder).rules
    assert (rule.product, rule.importer, rule.exporter) == (product, "CHN", "JPN")
    assert rule.share == pytest.approx(share)
    assert rule.within == pytest.approx(within)
    assert rule.covered == pytest.approx((share[0] * within[0], share[1] * within[1]))


def test_half_of_some_goods_is_half_of_what_they_are_without_a_coverage(folder):
    ban = "{by: CHN, ban: {imports_from: JPN, goods: [HS2022:0307], coverage: %s}}"
    whole = resolved(listed(folder, ban % 1), folder).rules
    plain = resolved(listed(folder, ban.replace(", coverage: %s", "")), folder).rules
    assert [r.covered for r in whole] == [r.covered for r in plain]
    half = resolved(listed(folder, ban % 0.5), folder).rules
    np.testing.assert_allclose(half[0].covered, np.array(plain[0].covered) / 2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("given", "says", "mark"),
    [
        ("goods: [HS2022:87], coverage: 0.5", "holds goods of HS2022:87", "HS2022:87"),
        ("goods: [HS2022:0303, HS2022:87]", "holds goods of HS2022:87", "HS2022:87"),
        ("goods: [HS2022:03], goods_except: [HS2022:0303, HS2022:0307]", "none of the", "[HS"),
        ("goods: [HS2022:0303], coverage: {shells: 0.5}", "shells, which holds none", "shells"),
        ("sectors: [fish, cars]", "no sector 'cars'", "cars"),
        ("coverage: {cars: 0.5}", "no sector 'cars'", "cars"),
        ("sectors: [fish], coverage: {shells: 0.5}", "not among the sectors", "shells"),
    ],
)
def test_what_the_market_does_not_hold_is_refused_where_it_is_written(
    folder, kind, given, says, mark
):
    path = listed(folder, f"{{by: CHN, {KINDS[kind] % given}}}")
    with pytest.raises(ValidationError, match=says) as caught:
        simulate(path)
    (problem,) = caught.value.problems
    text = path.read_text(encoding="utf-8").splitlines()
    line, column = at(problem.where)
    assert line == len(text) - 1
    assert text[-1][column:].startswith(mark)


def test_titles_of_products_are_taken_as_their_labels_are(folder):
    text = "{by: CHN, ban: {imports_from: JPN, sectors: [Fish], coverage: {Fish: 0.5}}}"
    (rule,) = resolved(listed(folder, text), folder).rules
    assert (rule.product, rule.covered) == ("fish", (0.5, 0.5))


# -------------------------------------------------------------------------- measures of the record


def of_record(tmp_path, choice, measure=BAN):
    path = tmp_path / "scenario.yaml"
    head = HEAD.replace("{file: market}", HOME)
    days = "from: {as_of: 2023-08-23}\nto: {as_of: 2023-08-24}\nmeasures:\n"
    path.write_text(f"{head}{days}  {measure}: {choice}\n", encoding="utf-8")
    return read_scenario(path)


def test_sectors_restrict_a_measure_to_products(record, tmp_path):
    whole = resolve_market(of_record(tmp_path, "{}"), market(HOME), record)
    one = resolve_market(of_record(tmp_path, "{sectors: [scallops]}"), market(HOME), record)
    assert {rule.product for rule in whole.rules} > {"scallops"}
    assert one.rules == tuple(rule for rule in whole.rules if rule.product == "scallops")
    assert one.rules


def test_sectors_and_a_coverage_of_a_measure(record, tmp_path):
    asked = of_record(tmp_path, "{sectors: [scallops], coverage: 0.25, because: a test}")
    (rule,) = resolve_market(asked, market(HOME), record).rules
    assert (rule.product, rule.covered) == ("scallops", (0.25, 0.25))


@pytest.mark.parametrize(
    ("choice", "says", "mark"),
    [
        ("{sectors: [scallops, cars]}", "no sector 'cars'", "cars"),
        ("{coverage: {cars: 0.5}, because: a test}", "no sector 'cars'", "cars"),
    ],
)
def test_a_product_of_a_measure_that_the_market_does_not_have(record, tmp_path, choice, says, mark):
    scenario = of_record(tmp_path, choice)
    with pytest.raises(ValidationError, match=says) as caught:
        resolve_market(scenario, market(HOME), record)
    (problem,) = caught.value.problems
    text = (tmp_path / "scenario.yaml").read_text(encoding="utf-8").splitlines()
    line, column = at(problem.where)
    assert text[line][column:].startswith(mark)


def test_a_product_that_holds_nothing_of_a_measure_is_refused(record, tmp_path):
    """A market with cars beside fish: the ban on aquatic products bears on no goods of cars."""
    write_market(tmp_path / "market", {**FISH, **SHELLS}, products=[
        {"label": "fish", "title": "Fish", "goods": ["HS2022:0303"]},
        {"label": "shells", "title": "Cars", "goods": ["HS2022:8703"]},
    ], year=2022)  # fmt: skip
    path = tmp_path / "scenario.yaml"
    days = "from: {as_of: 2023-08-23}\nto: {as_of: 2023-08-24}\nmeasures:\n"
    path.write_text(f"{HEAD}{days}  {BAN}: {{sectors: [fish, shells]}}\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="bears on no goods of shells") as caught:
        resolve_market(read_scenario(path), market(tmp_path / "market"), record)
    assert len(caught.value.problems) == 1


# ----------------------------------------------------------------------------------- prorated years


@pytest.mark.parametrize(
    ("horizon", "period", "says", "never"),
    [
        ("short", "2023", "Effects in 2023,", "first full year"),
        ("long", "2027 and later", "(2027 and later)", "2028"),
    ],
)
def test_a_prorated_year_is_no_first_full_year(record, tmp_path, horizon, period, says, never):
    """The ban of 24 August 2023 was in force on 130 of the 365 days of that year."""
    path = tmp_path / "scenario.yaml"
    head = HEAD.replace("{file: market}", HOME).replace(
        "draws: 64", f"draws: 8, horizon: {horizon}"
    )
    days = "to: {as_of: 2023-12-31, prorate: 2023}\nmeasures:\n"
    path.write_text(f"{head}{days}  {BAN}: {{sectors: [scallops]}}\n", encoding="utf-8")
    found = simulate(path, record)
    assert found.case.period == period
    assert found.case.rules[0].high == pytest.approx(130 / 365)
    told = " ".join(lead(found.as_dict(variance=False)))
    assert says in told
    assert never not in told
    assert "share of the days of 2023" in told


# --------------------------------------------------------------------------------- other refusals


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_an_economy_on_itself(folder, kind):
    text = (KINDS[kind] % "sectors: [fish]").replace("JPN", "CHN")
    with pytest.raises(ValidationError, match=f"a {kind.replace('_', ' ')} of CHN on itself"):
        simulate(listed(folder, f"{{by: CHN, {text}}}"))


@pytest.mark.parametrize(
    ("held", "says"),
    [("sigma: 1e4", "sigma is 10000, far beyond"), ("supply: 1e10", "supply is 1e"),
     ("sigma: -4", "a parameter is -4")],
)  # fmt: skip
def test_what_no_parameter_is_held_at(folder, held, says):
    path = listed(folder, "{by: CHN, ban: {imports_from: JPN}}")
    text = path.read_text(encoding="utf-8").replace("draws: 64", f"draws: 64, set: {{{held}}}")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError, match=says) as caught:
        simulate(path)
    line, column = at(caught.value.problems[0].where)
    assert text.splitlines()[line][column:].startswith((held, held.partition(": ")[2]))


@pytest.mark.parametrize(
    ("held", "left"),
    [({}, {"fish", "shells"}), ({"sigma:fish": 4.0}, {"shells"}), ({"sigma": 4.0}, set())],
)
def test_a_factor_on_a_held_elasticity_is_not_listed(folder, held, left):
    from comity.effects.market.inputs import Options
    from comity.market.assess import Question, assess

    new = write_measures(folder / "new.yaml", measure())
    options = Options(draws=16, fixed={**held, "eta": 0.9, "zeta": 1.5} if held else {})
    made = assess(Question(new=new, market=folder / "market"), None, options, world=False)
    want = {f"sigma_factor:{product}" for product in left}
    names = {one["name"] for one in made.assumptions()}
    assert {name for name in names if name.startswith("sigma_factor")} == want
    told = {one["input"] for one in made.variance}
    assert {name for name in told if name.startswith("sigma_factor")} <= want
