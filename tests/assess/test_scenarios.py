"""Scenario files on a market: coverage with a range, and exchange rates."""

from __future__ import annotations

import numpy as np
import pytest

from comity.effects.market.inputs import Options
from comity.market.assess import Question, assess
from comity.market.simulate import simulate
from comity.scenario.dump import dump
from comity.scenario.file import read_scenario
from comity.words.errors import ValidationError

from .made import FISH, FOUR, measure, write_market, write_measures

HEAD = """comity-scenario: 1
title: A made-up question
baseline: {file: market}
model: {name: market, draws: 64, set: {sigma: 4, eta: 0.9, supply: 0.3, other_supply: 0.6}}
to:
  changes:
"""


@pytest.fixture
def folder(tmp_path):
    write_market(tmp_path / "market", FISH)
    return tmp_path


def scenario(folder, *lines, head=HEAD):
    path = folder / "scenario.yaml"
    path.write_text(head + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_coverage_with_a_range_is_drawn_as_assess_draws_it(folder):
    """One number between 0.3 and 0.6 for each draw, whichever flow it is on."""
    ban = "{by: CHN, ban: {imports_from: [JPN, USA], coverage: 0.3-60%}}"
    found = simulate(scenario(folder, ban))
    (name,) = (n for n in found.runs.columns.names if n.startswith("ban:"))
    drawn = found.runs.columns[name]
    assert 0.3 < drawn.min() < 0.31
    assert 0.59 < drawn.max() < 0.6
    assert {rule.covered for rule in found.case.rules} == {(0.3, 0.6)}
    new = write_measures(folder / "new.yaml", measure(targets="[JPN, USA]"))
    asked = Question(new=new, market=folder / "market", coverage=(0.3, 0.6))
    options = Options(draws=64, fixed=dict(found.options.fixed))
    other = assess(asked, None, options, world=False)
    for row in other.rows:
        mine = found.row(row.quantity, row.exporter, row.importer, row.goods)
        np.testing.assert_allclose(mine.values, row.values, rtol=1e-12)
    assert {one["basis"] for one in found.assumptions() if one["name"] == name} == {"as asked"}


def test_a_range_is_read_and_written_back(folder):
    ban = "{by: CHN, ban: {imports_from: JPN, coverage: {fish: 0.25-0.5}}}"
    read = read_scenario(scenario(folder, ban))
    (change,) = read.after.changes
    assert (change.coverage, change.coverage_high) == ((("fish", 0.25),), (("fish", 0.5),))
    again = folder / "again.yaml"
    again.write_text(dump(read), encoding="utf-8")
    assert read_scenario(again) == read


@pytest.mark.parametrize(
    ("given", "says"),
    [("0.6-0.3", "high to low"), ("0.3-1.6", "no share"), ("a-b", "not a number")],
)
def test_what_is_no_range(folder, given, says):
    with pytest.raises(ValidationError, match=says):
        simulate(scenario(folder, f"{{by: CHN, ban: {{imports_from: JPN, coverage: {given}}}}}"))


def test_the_world_model_takes_no_range(folder):
    head = HEAD.replace("baseline: {file: market}\n", "").replace("name: market", "name: world")
    head = head.replace(
        ", draws: 64, set: {sigma: 4, eta: 0.9, supply: 0.3, other_supply: 0.6}", ""
    )
    path = scenario(folder, "{by: CHN, ban: {imports_from: JPN, coverage: 0.3-0.6}}", head=head)
    with pytest.raises(ValidationError, match="not a number"):
        read_scenario(path)


# --------------------------------------------------------------------------------- exchange rates


def row(found, *key):
    return float(found.row(*key).values[0])


def test_all_monies_alike_move_nothing(folder):
    """Only relative values count: every money 10 % down is no change."""
    everyone = f"[{', '.join(FOUR)}]"
    found = simulate(scenario(folder, f"{{by: {everyone}, exchange_rate: -10%}}"))
    np.testing.assert_allclose(found.runs.after.price, 1.0, rtol=1e-11)
    np.testing.assert_allclose(found.runs.after.flow, found.runs.base, rtol=1e-10)
    np.testing.assert_allclose(found.runs.after.consumers, 0.0, atol=1e-9)


def test_one_down_is_all_others_up(folder):
    """A fall of one money to 0.8 is a rise of all others to 1/0.8, each surplus in its own."""
    head = HEAD.replace("other_supply: 0.6", "other_supply: 0.3")
    down = simulate(scenario(folder, "{by: JPN, exchange_rate: -20%}", head=head))
    up = simulate(scenario(folder, "{by: [CHN, USA, VNM], exchange_rate: 25%}", head=head))
    assert abs(down.runs.after.flow / down.runs.base - 1.0).max() > 0.2
    np.testing.assert_allclose(down.runs.after.flow, up.runs.after.flow, rtol=1e-9)
    np.testing.assert_allclose(down.runs.after.consumers, up.runs.after.consumers, atol=1e-8)


def test_a_weak_money_at_given_prices_by_hand(folder, tmp_path):
    """With supply as elastic as it may be, one buyer and one other seller: what the buyer pays
    falls to m, q = m^(−σ) P^(σ−η) with P from shares of 30, 10, 14 and 90 in China's 144."""
    head = HEAD.replace("supply: 0.3, other_supply: 0.6", "supply: 1e9, other_supply: 1e9")
    found = simulate(scenario(folder, "{by: JPN, exchange_rate: -20%}", head=head))
    share, m, sigma, eta = 30.0 / 144.0, 0.8, 4.0, 0.9
    index = (1.0 - share + share * m ** (1.0 - sigma)) ** (1.0 / (1.0 - sigma))
    sold = 30.0 * m**-sigma * index ** (sigma - eta)
    assert row(found, "trade_value", "JPN", "CHN") == pytest.approx(sold, rel=1e-6)
    assert row(found, "price_index", "", "CHN") == pytest.approx(100.0 * index, rel=1e-6)
    gain = 144.0 * (1.0 - index ** (1.0 - eta)) / (1.0 - eta)
    assert row(found, "consumer_surplus", "", "CHN") == pytest.approx(gain, rel=1e-6)
    # Japan buys dearer: 1/0.8 on all that is not its own.
    own = 60.0 / 69.0
    home = (own + (1.0 - own) * 1.25 ** (1.0 - sigma)) ** (1.0 / (1.0 - sigma))
    assert row(found, "price_index", "", "JPN") == pytest.approx(100.0 * home, rel=1e-6)
    # Surpluses in several monies are not added up, and it is said.
    assert not any(one.quantity == "total_surplus" and one.exporter == "WLD" for one in found.rows)
    assert any(flag.kind == "own-money" for flag in found.case.flags)


def test_what_is_bought_in_several_monies_is_not_added_up(folder):
    """What all sell to China is in as many monies; what Japan sells to all is in one."""
    found = simulate(scenario(folder, "{by: JPN, exchange_rate: -20%}"))
    trade = [one for one in found.rows if one.quantity == "trade_value"]
    assert not [one for one in trade if one.exporter == "WLD"]
    assert [one for one in trade if (one.exporter, one.importer) == ("JPN", "WLD")]
    assert not [one for one in trade if one.share is not None and "purchases" in one.share.of]
    (flag,) = (flag for flag in found.case.flags if flag.kind == "own-money")
    assert "no row of all that an importer buys" in flag.text
    # At one rate there is such a row.
    there = simulate(scenario(folder, "{by: CHN, tariff: {on_imports_from: JPN, to: 5%}}"))
    assert there.row("trade_value", "WLD", "CHN").before > 0.0


def test_an_exchange_rate_is_written_in_per_cent(folder):
    path = scenario(folder, "{by: JPN, exchange_rate: -12.3%}")
    read = read_scenario(path)
    again = folder / "again.yaml"
    again.write_text(dump(read), encoding="utf-8")
    assert read_scenario(again) == read
    for wrong, says in (("0.9", "exchange rate of 0.9"), ("-100%", "changes by -100%")):
        with pytest.raises(ValidationError, match=says):
            read_scenario(scenario(folder, f"{{by: JPN, exchange_rate: {wrong}}}"))
    twice = ("{by: JPN, exchange_rate: -5%}", "{by: JPN, exchange_rate: -6%}")
    with pytest.raises(ValidationError, match="twice"):
        simulate(scenario(folder, *twice))


def test_the_world_model_has_no_exchange_rates(folder):
    from comity.scenario.resolve import resolve
    from comity.trade.shipped import shipped

    head = "comity-scenario: 1\ntitle: t\nto:\n  changes:\n"
    read = read_scenario(scenario(folder, "{by: JPN, exchange_rate: -10%}", head=head))
    with pytest.raises(ValidationError, match="no exchange rates"):
        resolve(read, shipped("goods-world-2023"))
