"""What a person reads of an assessment: numbers that tell small from none, rules in words."""

from __future__ import annotations

import math
import re

import pytest

from comity.market import Assessment, Options, Question, assess
from comity.report.assessment import sheet
from comity.report.assessment_rules import worded
from comity.report.exposures import render_exposure
from comity.report.flows import money
from comity.report.numbers import between, change, figure, span
from comity.report.sheet import Grid, Lines, Sheet
from comity.trade.flows.dependence import Exposure, closure_of, dependence_of
from comity.trade.flows.exposure import ExposureAnswer
from tests.assess.made import HOME, OPENING, measure, write_measures


def lines(page: Sheet, section: int) -> list[str]:
    return [
        text
        for block in page.sections[section].blocks
        if isinstance(block, Lines)
        for text in block.lines
    ]


def cells(page: Sheet) -> list[str]:
    return [
        text
        for section in page.sections
        for block in section.blocks
        if isinstance(block, Grid)
        for row in block.rows
        for text in row
    ]


# -------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 2, "0"), (-0.0, 1, "0"), (1234.567, 1, "1,234.6"), (0.05, 1, "0.1"),
        (0.0449, 1, "0.045"), (0.0004, 2, "0.00040"), (0.4, 0, "0.40"), (-0.02, 1, "−0.020"),
        (3e-7, 2, "<0.000001"), (-3e-7, 2, ">−0.000001"), (1e-13, 2, "0"), (None, 1, "–"),
        (math.nan, 1, "–"),
    ],
)  # fmt: skip
def test_a_small_figure_is_no_zero(value, digits, text):
    assert figure(value, digits) == text


def test_changes_carry_their_sign_and_intervals_both_ends():
    assert change(0.02, 1) == "+0.02"
    assert change(-0.31, 0) == "−0.3"
    assert change(0.0, 1) == "0"
    assert between(0.0, 0.0, 1) == "0"
    assert between(-0.004, 1.26, 1, sign=True) == "−0.004 … +1.3"
    assert between(None, 1.0, 1) == ""
    assert span(1.0, 1.0, 1) == "1.0"
    assert span(0.0, 2.5, 1) == "0–2.5"


def test_a_flow_of_a_few_dollars_is_no_zero_and_an_open_one_is_a_range():
    assert money(0.0, "USD") == "0 USD"
    assert money(400.0, "USD") == "0.00040 USD"
    assert money(None, "USD") == "–"
    # 2 of codes that lie inside, 3 of codes that lie there only partly: between 2 and 5 million.
    assert money(2e6, "USD", 3e6) == "2.00–5.00 USD"
    assert money(0.0, "USD", 3e6) == "0–3.00 USD"


def test_a_share_of_what_is_undecided_is_not_known():
    """All that is known of the total is what may belong to other goods: no share, no zero."""
    sales = dependence_of({"CHN": 0.0}, 0.0, "CHN", "exporter", "FOB", "USD", 5e6)
    closed = closure_of(sales, None, ())
    row = Exposure("made", 2022, "JPN", "CHN", "HS2022:0307", sales, None, (), closed)
    answer = ExposureAnswer((row,), (), (), ())
    text = render_exposure(answer, "JPN", "CHN", None, "table", 120)
    (line,) = [one for one in text.splitlines() if one.startswith("2022 ")]
    assert "0–5.0" in line
    assert "0.0 " not in line
    assert "0.00" not in line
    assert " 0 % " not in text


def test_no_cell_of_a_page_rounds_a_flow_to_nothing(ban: Assessment) -> None:
    page = sheet(ban.as_dict(variance=False), full=True, wide=True)
    found = cells(page)
    assert "0" in found  # what the ban bars is gone
    for text in found:
        assert not re.search(r"(?<![\d.,])0\.0+(?!\d)", text), text


# ---------------------------------------------------------------------------------------- rules


def test_an_opening_is_not_what_closed_the_market_before(record) -> None:
    made = assess(Question((OPENING,)), record, Options(draws=4), world=False)
    told = lines(sheet(made.as_dict(variance=False), full=False), 0)
    before = [text for text in told if text.startswith("Before: ")]
    after = [text for text in told if text.startswith("After: ")]
    assert before
    assert all(f"(as it was until {OPENING})" in text for text in before)
    assert after
    assert all(f"({OPENING})" in text for text in after)


def test_a_rule_names_its_measure_once_and_goods_by_name(ban: Assessment) -> None:
    told = lines(sheet(ban.as_dict(variance=False), full=False), 0)
    rules = [text for text in told if text.startswith("After: ")]
    assert len(rules) == 2
    assert all(text.count("cn-seafood-ban-2023") == 1 for text in rules)
    assert not any("other_seafood" in text for text in told)
    assert any("other seafood from JPN" in text for text in rules)


def test_keys_stay_where_they_are_names_of_inputs() -> None:
    products = ["other_seafood"]
    assert worded("all of other_seafood but pearls", products) == "all of other seafood but pearls"
    assert worded("sigma:other_seafood", products) == "sigma:other_seafood"
    assert worded("another_seafood", ["other_seafood"]) == "another_seafood"


@pytest.mark.parametrize(
    ("over", "says"), [(0.25, "beyond it at a tariff of 25 %"), (None, "nothing beyond it")]
)
def test_a_quota_says_what_is_beyond_it(tmp_path, over, says) -> None:
    path = write_measures(
        tmp_path / "quota.yaml",
        measure(measure_kind="quota", goods="[HS2022:0307]", **{"from": "2026-01-01"}),
    )
    question = Question(new=path, market=HOME, limit=(0.5, 0.5), over=over)
    made = assess(question, None, Options(draws=4), world=False)
    told = lines(sheet(made.as_dict(variance=False), full=False), 0)
    assert any(says in text for text in told)


def test_a_measure_older_than_the_market_is_not_dated_by_its_own_first_year(record) -> None:
    made = assess(Question(("tw-food-ban-2011",)), record, Options(draws=4), world=False)
    page = sheet(made.as_dict(variance=False), full=False)
    assert not any("first full year (2012)" in text for text in page.lead)
    assert any("first full year was 2012" in text and "of 2022" in text for text in page.lead)
    question = Question(("tw-food-ban-2011",), horizon="long")
    made = assess(question, record, Options(draws=4), world=False)
    page = sheet(made.as_dict(variance=False), full=False)
    assert not any("(2016" in text for text in page.lead)
    assert any("are 2016 and later" in text for text in page.lead)


def test_third_parties_are_counted(ban: Assessment) -> None:
    data = ban.as_dict(variance=False)
    rows = [row for row in data["effects"] if row["quantity"] == "total_surplus"]
    others = [row for row in rows if row["exporter"] not in ("CHN", "JPN", "WLD")]
    gain = sum(row["p5"] > 0.0 for row in others)
    lose = sum(row["p95"] < 0.0 for row in others)
    assert gain > 0
    told = " ".join(lines(sheet(data, full=False), 1))
    assert f"of {len(others)} other economies, {gain} gain and {lose} lose" in told
