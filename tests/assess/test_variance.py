"""Which assumption matters most: shares of a variance that is known."""

from __future__ import annotations

import numpy as np
import pytest

from comity.effects.market.variance import CELLS, shares
from comity.market import Options, Question, assess
from comity.trade.drawing import FIXED, LOGNORMAL, UNIFORM, Distribution, draws, points
from tests.assess.made import BAN

GIVEN = {
    "a": Distribution(UNIFORM, 0.0, 1.0),
    "b": Distribution(UNIFORM, 2.0, 5.0),
    "c": Distribution(LOGNORMAL, 1.0, 0.4),
    "held": Distribution(FIXED, 3.0),
}


def by_input(rows):
    return {row["input"]: row["share"] for row in rows}


@pytest.fixture(scope="module")
def drawn():
    return draws(GIVEN, 1024, 7)


def test_one_input_accounts_for_all(drawn):
    """Rank correlation is 1 for anything that rises with one input, however bent."""
    found = shares(np.exp(3.0 * drawn["c"]), drawn, GIVEN)
    assert by_input(found)["c"] == pytest.approx(1.0)
    assert found[0]["input"] == "c"
    assert found[0]["sign"] == 1
    assert by_input(found)["a"] == pytest.approx(0.0, abs=0.01)
    assert "held" not in by_input(found)
    falls = shares(-drawn["a"], drawn, GIVEN)
    assert (falls[0]["input"], falls[0]["sign"]) == ("a", -1)


def test_a_sum_is_shared_by_variances(drawn):
    """Of 3a + b, a of variance 9/12 and b of 9/12: halves. Of normals in the ratio 3 : 1 (their
    logs), 9/10 and 1/10; ranks of a normal pair have Pearson's r up to 6/π asin(r/2)."""
    u = drawn.points
    from scipy.special import ndtri

    x, y = ndtri(u[:, 0]), ndtri(u[:, 1])
    found = by_input(shares(3.0 * x + y, drawn, GIVEN))
    for name, r in (("a", 3 / np.sqrt(10)), ("b", 1 / np.sqrt(10))):
        spearman = 6.0 / np.pi * np.arcsin(r / 2.0)
        assert found[name] == pytest.approx(spearman**2, abs=0.01)
    even = by_input(shares(3.0 * drawn["a"] + drawn["b"], drawn, GIVEN))
    assert even["a"] == pytest.approx(even["b"], abs=0.01)
    # Of the sum of two uniform numbers alike, Spearman's r with one of them is 0.7 (7/10).
    assert even["a"] == pytest.approx(0.49, abs=0.01)


def test_cells_are_what_is_left_when_they_are_held(drawn):
    """Cells of 3/4 of the variance of normals: ranks of both together have the variances' order."""
    from scipy.special import ndtri

    x = ndtri(drawn.points[:, 0])
    cells = ndtri(points(1024, 3, 11, stream=5)[:, 1])
    none = by_input(shares(x, drawn, GIVEN, x))
    assert none[CELLS] == pytest.approx(0.0, abs=1e-9)
    some = by_input(shares(x + cells, drawn, GIVEN, x))
    most = by_input(shares(x + 3.0 * cells, drawn, GIVEN, x))
    assert 0.3 < some[CELLS] < 0.6  # one half
    assert 0.8 < most[CELLS] < 0.95  # nine tenths
    alone = by_input(shares(cells, drawn, GIVEN, np.full(1024, np.median(cells))))
    assert alone[CELLS] == pytest.approx(1.0, abs=0.02)


def test_what_does_not_vary_has_no_shares(drawn):
    assert shares(np.zeros(1024), drawn, GIVEN) == []
    assert shares(np.full(1024, 5.0), drawn, GIVEN, np.full(1024, 5.0)) == []


def test_of_a_run(ban):
    found = ban.variance
    effects = {(r["quantity"], r["exporter"], r["importer"]) for r in found}
    assert effects == {
        ("producer_surplus", "JPN", ""), ("consumer_surplus", "", "CHN"),
        ("trade_value", "JPN", "WLD"),
    }  # fmt: skip
    for effect in effects:
        mine = [r for r in found if (r["quantity"], r["exporter"], r["importer"]) == effect]
        assert [r["share"] for r in mine] == sorted((r["share"] for r in mine), reverse=True)
        assert sum(r["input"] == CELLS for r in mine) == 1
        assert all(0.0 <= r["share"] <= 1.0 for r in mine)
    # The loss of variety goes with 1/(σ − 1): σ of what China loses most of matters to its buyers.
    buyers = [r for r in found if r["quantity"] == "consumer_surplus"]
    assert buyers[0]["input"] in ("sigma:other_seafood", "sigma:scallops", CELLS)
    sigma = {r["input"]: r["sign"] for r in buyers}
    assert sigma["sigma:other_seafood"] == 1


def test_cells_that_are_not_drawn_have_no_share(record):
    options = Options(draws=64, cells=False)
    found = assess(Question((BAN,)), record, options, world=False).variance
    assert found
    assert CELLS not in by_input(found)


def test_of_a_long_run_the_first_draws_tell_what_cells_do():
    """The effect with held cells is made for the first draws only: it need not be as long."""
    drawn = draws(GIVEN, 4096, 7)
    target = 3.0 * drawn["a"]
    assert by_input(shares(target, drawn, GIVEN, target[:1024]))[CELLS] == pytest.approx(0.0)
    opposite = np.where(np.arange(1024) % 2, target[:1024], 0.0)
    assert by_input(shares(target, drawn, GIVEN, opposite))[CELLS] > 0.3


def test_a_run_of_more_than_1024_draws_is_told_whole(record):
    found = assess(Question((BAN,)), record, Options(draws=2048))
    assert found.as_dict()["variance"]
