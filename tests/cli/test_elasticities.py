"""`comity elasticities`: the table, the choice with its reason, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from comity.trade.elasticities import COLUMNS
from tests.cli.door import Door


def test_nearest_first_with_the_choice(comity: Door) -> None:
    data = comity("elasticities", "--goods", "HS2022:030722", "--format", "json").json
    first = data["estimates"][0]
    assert (first["level"], first["code"], first["value"], first["sigma"]) == (
        "product", "030729", -12.093, 12.093,
    )  # fmt: skip
    levels = data["choice"]["levels"]
    order = [levels.index(row["level"]) for row in data["estimates"]]
    assert order == sorted(order)
    capped = {row["sample"]: row for row in data["estimates"] if not row["usable"]}
    assert capped["Japan"]["value"] == 29.24
    assert "cap" in capped["Japan"]["why_not"]
    # The geometric mean of ProTEE 12.093, Broda and Weinstein's 3.97 and Ossa's 2.623.
    assert data["choice"]["sigma_median"] == pytest.approx((12.093 * 3.97 * 2.623) ** (1 / 3), 1e-3)
    assert "geometric mean" in data["choice"]["reason"]
    error = next(row for row in data["estimates"] if row["family"] == "Caliendo-Parro 2015")
    assert error["std_error"] is not None


def test_whether_a_range_was_seen(comity: Door) -> None:
    data = comity("elasticities", "--goods", "03", "--horizon", "short", "--format", "json").json
    drawn = {row["parameter"]: row for row in data["choice"]["parameters"]}
    assert drawn["sigma"]["assumed"] is False
    assert drawn["supply"]["assumed"] is True
    assert drawn["sigma_factor"]["drawn"] == "uniform, 0.4 to 0.9"
    fish = [r for r in data["demand_and_supply"] if r["parameter"] == "demand"]
    assert {r["sighted"] for r in fish} == {"no", "range", "value", "direction"}
    assert {r["parameter"] for r in data["demand_and_supply"]} >= {"zeta", "delta", "kappa"}
    assert not [r for r in data["demand_and_supply"] if r["group"] in ("wine", "crops")]


def test_one_source(comity: Door) -> None:
    data = comity("elasticities", "--goods", "03", "--source", "ossa", "--format", "json").json
    assert {row["family"] for row in data["estimates"]} == {"Ossa 2014"}
    assert data["choice"]["sigma_median"] == pytest.approx(2.623)


def test_a_table_fits_the_terminal(comity: Door) -> None:
    text = comity("elasticities", "--goods", "HS2022:0307").out
    assert text.startswith("Elasticities of HS2022:0307\n")
    assert "no: assumed" in text
    assert "What would be chosen" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("form", ["md", "html"])
def test_other_forms(comity: Door, form: str) -> None:
    text = comity("elasticities", "--goods", "HS2022:0307", "--format", form).out
    assert "Elasticities of HS2022:0307" in text
    assert "geometric mean" in text


def test_csv_is_the_estimates(comity: Door) -> None:
    done = comity("elasticities", "--goods", "2204", "--format", "csv")
    assert done.rows[0]["level"] == "heading"
    assert {"sigma", "std_error", "source", "why_not"} <= set(done.rows[0])


def own(path: Path, value: str) -> Path:
    row = dict.fromkeys(COLUMNS, "") | {
        "family": "My own 2026", "parameter": "sigma", "value": value, "std_error": "0.9",
        "classification": "HS2022", "code": "030722", "sign_convention": "positive sigma",
        "source_title": "a gravity fit", "confidence": "medium",
    }  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, COLUMNS)
        out.writeheader()
        out.writerow(row)
    return path


def test_a_file_of_ones_own(comity: Door, tmp_path: Path) -> None:
    words = ("elasticities", "--goods", "HS2022:030722", "--source", "My own", "--format", "json")
    data = comity(*words, "--file", own(tmp_path / "own.csv", "6.0")).json
    assert data["choice"]["sigma_median"] == 6.0
    # 0.9 of 6 is 0.15, not below 0.2; with 0.3 between sources: sqrt(0.2² + 0.3²).
    assert data["choice"]["sigma_log_sd"] == pytest.approx(0.13**0.5)


def test_no_choice_is_an_answer(comity: Door) -> None:
    done = comity("elasticities", "--goods", "03", "--source", "Soderbery")
    assert "No choice: no usable estimate of 'Soderbery'" in done.out
    data = done.json_rows_or_data()
    assert data["choice"] is None
    assert {row["family"] for row in data["estimates"]} == {"Soderbery/Grant-Soderbery method"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--goods", "fish"), "not a goods code"),
        (("--goods", "03", "--horizon", "mid"), "no horizon"),
        (("--goods", "03", "--format", "xml"), "no format"),
        (("--goods", "03", "--file", "nowhere.csv"), "cannot be read: No such file"),
        (("--goods", "03", "--source", "nobody"), "there are no estimates of 'nobody'"),
        (("--goods", "03", "--source", ""), "there is Caliendo-Parro 2015"),
        (("--goods", "HS2022:030700"), "the nearest are"),
    ],
)
def test_what_is_refused(comity: Door, words: tuple[str, ...], says: str) -> None:
    done = comity.try_("elasticities", *words)
    assert done.code == 2
    assert says in done.err


def test_a_wrong_value_is_named_by_row(comity: Door, tmp_path: Path) -> None:
    done = comity.try_("elasticities", "--goods", "03", "--file", own(tmp_path / "o.csv", "six"))
    assert done.code == 2
    assert "row 2" in done.err
    assert "not a number" in done.err


def test_estimates_of_all_goods_are_not_counted_as_usable(comity: Door) -> None:
    """Of 9999 nothing is known but what is said of all goods: nothing to choose from."""
    words = ("elasticities", "--goods", "HS2022:9999")
    rows = comity(*words, "--format", "json").json["estimates"]
    assert {row["level"] for row in rows} == {"all"}
    out = comity(*words).out
    assert "Estimates about these goods: 0, of them usable: 0." in out
    assert f"Of all goods together, shown and never chosen: {len(rows)}." in out
    assert "(those of all goods together are shown, and never chosen)" in " ".join(out.split())
    assert " yes" not in out.partition("Published estimates")[2].partition("Demand and supply")[0]
