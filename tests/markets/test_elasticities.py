"""Published elasticities: signs, what is no data, and the choice with its reason."""

from __future__ import annotations

import csv
import math

import pytest

from comity.trade.elasticities import COLUMNS, ESTIMATES, elasticities, read_estimates, shipped
from comity.trade.elasticity_choice import choose, demand_and_supply
from comity.words.errors import CodeError, FileError, NotFound, ValidationError


def one(rows, **wanted):
    """The only row with these fields."""
    found = [r for r in rows if all(getattr(r, key) == value for key, value in wanted.items())]
    assert len(found) == 1, found
    return found[0]


def test_all_rows_are_carried(shared_data):
    collected = (shared_data / "facts/episodes/elasticities.csv").read_bytes()
    assert ESTIMATES.read_bytes() == collected
    assert len(shipped()) == 365


@pytest.mark.parametrize(
    ("family", "code", "value", "sigma"),
    [
        ("Fontagne-Guimbard-Orefice 2022", "030729", -12.093, 12.093),  # flows before duty: -sigma
        ("Caliendo-Parro 2015", "15-16", 2.55, 3.55),  # theta = sigma - 1
        ("Ossa 2014", "ofd", 2.623, 2.623),
    ],
)
def test_signs(family, code, value, sigma):
    row = one(shipped(), family=family, code=code)
    assert row.value == value
    assert row.sigma == pytest.approx(sigma)


def test_standard_errors_are_kept():
    row = one(shipped(), family="Caliendo-Parro 2015", code="01-05")
    assert (row.value, row.std_error, row.n) == (8.11, 1.86, 496)


def test_caps_are_no_data():
    """25.03 is where the search of Broda and Weinstein ends; 29.24 and 131.5 lie beyond it."""
    fish = elasticities("HS2022:0303", "Broda")
    capped = {row.sample: row.value for row in fish if not row.usable}
    assert capped == {"Japan": 29.24, "India": 131.5}
    every = [row for row in shipped() if row.family.startswith("Broda")]
    assert all(row.usable == ((row.value or 0) < 25) for row in every)
    assert sum(row.value == 25.03 for row in every) == 5
    assert all(row.why_not for row in every if not row.usable)


def test_an_average_that_fills_in_is_no_estimate():
    rows = elasticities("HS2007:030721", "Fontagne")
    assert one(rows, code="030721").usable is False
    assert one(elasticities("HS2007:030729", "Fontagne"), code="030729").usable is True


def test_upper_nest_and_export_supply_are_not_chosen():
    armington = [row for row in shipped() if row.kind == "armington"]
    assert len(armington) == 9
    supply = [row for row in shipped() if row.kind == "export-supply"]
    assert len(supply) == 2
    assert not any(row.usable or row.sigma for row in (*armington, *supply))


def test_rows_without_a_value_stay_a_gap():
    row = one(elasticities("HS2022:120190", "Fontagne"), code="120100")
    assert (row.value, row.sigma, row.usable) == (None, None, False)


def test_nearest_first_and_later_codes_carried_over():
    """Frozen scallops are 030722 since HS 2017; in HS 2007 they were in 030729."""
    rows = elasticities("HS2022:030722")
    assert (rows[0].code, rows[0].level) == ("030729", "product")
    assert [row.level for row in rows] == sorted(
        (row.level for row in rows),
        key=["product", "heading", "chapter", "part", "sector", "all"].index,
    )
    assert not any(row.code in ("030212", "040690", "34") for row in rows)


def test_source_and_kind_filter():
    assert {r.family for r in elasticities("HS2022:03", "ossa")} == {"Ossa 2014"}
    assert {r.kind for r in elasticities("HS2022:03", kind="theta")} == {"theta"}
    with pytest.raises(ValidationError, match="no kind"):
        elasticities("HS2022:03", kind="beta")
    with pytest.raises(CodeError):
        elasticities("HS2022:3x")


def test_scallops_by_hand():
    """The geometric mean of 12.093 (ProTEE), 3.97 (Broda and Weinstein) and 2.623 (Ossa)."""
    choice = choose("HS2022:030722")
    assert choice.sigma_median == pytest.approx((12.093 * 3.97 * 2.623) ** (1 / 3))
    assert choice.sigma_median == pytest.approx(5.0, abs=0.05)
    assert choice.sigma_log_sd == 0.45
    alone = dict(choice.alternatives)
    # Fish is farming and food in Caliendo and Parro: 1 + the median of 8.11 and 2.55.
    assert alone["Caliendo-Parro 2015"] == pytest.approx(1 + (8.11 + 2.55) / 2)
    assert "Caliendo-Parro" not in {row.family for row in choice.estimates}
    for word in ("5.01", "12.09", "2.62", "assumed", "geometric mean"):
        assert word in choice.reason


def test_the_whole_chapter_uses_its_pooled_estimate():
    choice = choose("HS2022:03")
    assert choice.sigma_median == pytest.approx((7.83 * 3.97 * 2.623) ** (1 / 3))


def test_two_lobster_codes_do_not_speak_for_crustaceans():
    """The median of the chapter, 7.83, goes before 9.958 and 44.357 of rock lobster."""
    choice = choose("HS2022:0306")
    assert dict(choice.alternatives)["Fontagne-Guimbard-Orefice 2022"] == 7.83
    assert one(elasticities("HS2022:0306"), code="030621").level == "part"


def test_one_family_can_be_asked_for():
    choice = choose("HS2022:030722", rule="Ossa")
    assert choice.sigma_median == 2.623
    assert choice.sigma_log_sd == 0.45
    # With a standard error: 0.61 of theta 2.55, so 0.17 of sigma 3.55: the least is 0.2.
    food = choose("HS2022:1704", rule="Caliendo")
    assert food.sigma_median == pytest.approx(3.55)
    assert food.sigma_log_sd == pytest.approx(math.hypot(0.2, 0.3))
    with pytest.raises(NotFound, match="no usable estimate of 'Nobody'"):
        choose("HS2022:030722", rule="Nobody")


def test_a_very_unsure_theta_is_flagged():
    """Autos: theta 1.01 with a standard error of 0.80, above half of it."""
    choice = choose("HS2022:8703")
    assert choice.sigma_log_sd == 0.6
    assert "above half" in choice.reason


def test_horizons():
    short, long = choose("HS2022:030722", "short"), choose("HS2022:030722", "long")
    assert long.sigma_factor is None
    assert short.sigma_factor is not None
    assert (short.sigma_factor.a, short.sigma_factor.b) == (0.4, 0.9)
    assert (short.supply.a, short.supply.b) == (0.0, 0.3)
    assert (long.supply.a, long.supply.b) == (0.4, 1.5)
    assert (short.other_supply.a, short.other_supply.b) == (0.1, 0.6)
    assert (long.other_supply.a, long.other_supply.b) == (0.7, 3.0)
    assert (long.eta.a, long.eta.b) == (0.9, 0.3)
    with pytest.raises(ValidationError, match="no horizon"):
        choose("HS2022:030722", "medium")


def test_other_goods():
    assert choose("HS2022:220421").eta.a == 0.5
    assert choose("HS2022:1201").eta.a == 0.3
    assert choose("HS2022:8450").supply.kind == "log-uniform"
    assert (choose("HS2022:8450").supply.a, choose("HS2022:8450").supply.b) == (1.0, 20.0)


def test_assumed_ranges_say_so():
    choice = choose("HS2022:030722")
    assert {"eta", "supply", "other_supply"} == set(choice.assumed)
    for row in demand_and_supply():
        assert row["sighted"] in ("value", "range", "direction", "no")
        if row["sighted"] != "no":
            assert row["source_title"], row
            assert row["source_url"].startswith("http"), row
        elif not row["source_title"].startswith("Nelson"):
            assert row["source_title"].startswith("assumed"), row


def user_file(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        for row in rows:
            out.writerow({**dict.fromkeys(COLUMNS, ""), **row})
    return path


def test_a_users_estimates_join(tmp_path):
    path = user_file(
        tmp_path / "mine.csv",
        [
            {
                "family": "Mine",
                "parameter": "sigma",
                "value": "6.5",
                "std_error": "0.65",
                "classification": "HS2022",
                "code": "030722",
                "product_or_sector": "Scallops, frozen",
                "sign_convention": "positive sigma",
            }
        ],
    )
    row = one(elasticities("HS2022:030722", files=[path]), family="Mine")
    assert (row.sigma, row.level) == (6.5, "product")
    choice = choose("HS2022:030722", files=[path])
    assert choice.sigma_median == pytest.approx((12.093 * 3.97 * 2.623 * 6.5) ** 0.25)
    alone = choose("HS2022:030722", rule="Mine", files=[path])
    assert alone.sigma_log_sd == pytest.approx(math.hypot(0.2, 0.3))


def test_a_users_file_that_is_wrong(tmp_path):
    bad = user_file(
        tmp_path / "bad.csv", [{"family": "X", "value": "5,1", "sign_convention": "negative"}]
    )
    with pytest.raises(ValidationError, match="not a number") as caught:
        read_estimates(bad)
    assert caught.value.where is not None
    assert (caught.value.where.row, caught.value.where.field) == (2, "value")
    bad = user_file(tmp_path / "bad.csv", [{"value": "5.1", "sign_convention": "upside down"}])
    with pytest.raises(ValidationError, match="sign_convention"):
        read_estimates(bad)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="the columns are"):
        read_estimates(tmp_path / "other.csv")
    with pytest.raises(FileError):
        read_estimates(tmp_path / "absent.csv")
