"""What happened after the ban, under the keys of effect rows."""

from __future__ import annotations

import csv

import pytest

from comity.words.errors import ValidationError
from scripts.build_seafood_outcomes import compared, keyed
from scripts.seafood_facts import OUT


@pytest.fixture(scope="module")
def rows():
    with (OUT / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_all_rows_with_the_flag_of_the_facts(rows, shared_data):
    with (shared_data / "facts/china-japan/outcomes.csv").open(encoding="utf-8") as file:
        facts = {row["id"]: row for row in csv.DictReader(file)}
    assert rows.keys() == facts.keys()
    for key, row in rows.items():
        assert row["use_for_test"] == facts[key]["use_for_test"]
        assert row["before"] == facts[key]["before_value"]
        assert row["after"] == facts[key]["after_value"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("O005", ("trade_value", "JPN", "CHN", "seafood", "2024", "JPY billion", "yes")),
        ("O018", ("trade_value", "JPN", "CHN", "scallops", "2024", "JPY billion", "yes")),
        ("O021", ("trade_value", "JPN", "USA", "scallops", "2024", "JPY billion", "yes")),
        ("O023", ("trade_value", "JPN", "VNM", "scallops", "2024", "JPY billion", "level")),
        # Rows about China's imports name the importer first.
        ("O045", ("trade_value", "WLD", "CHN", "seafood", "2024", "USD billion", "yes")),
        ("O041", ("trade_value", "JPN", "CHN", "scallops", "2023-09/2024-07", "USD", "change")),
        ("O031", ("producer_price", "JPN", "", "scallops", "2023-09", "JPY/kg", "change")),
        ("O004", ("trade_value", "JPN", "CHN", "seafood", "2023", "JPY billion", "no")),
    ],
)
def test_keys(rows, key, expected):
    fields = ("quantity", "exporter", "importer", "goods", "period", "unit", "comparable")
    assert tuple(rows[key][field] for field in fields) == expected


def test_squid_is_no_test_of_scallops(rows):
    for key in ("O038", "O039"):
        assert rows[key]["comparable"] == "no"
        assert "squid" in rows[key]["why"]


def test_a_reason_stands_wherever_not_all_is_comparable(rows):
    for row in rows.values():
        assert bool(row["why"]) == (row["comparable"] != "yes"), row


def test_a_firm_is_no_exporter(rows):
    assert rows["O050"]["exporter"] == ""
    assert rows["O050"]["goods"].startswith("TEPCO")


def test_an_item_without_a_key_is_refused():
    row = {"id": "O999", "item": "oysters", "topic": "oysters"}
    with pytest.raises(ValidationError, match="no key is known"):
        keyed(row)


def test_a_year_with_other_measures_is_left_out():
    row = {"before_period": "2022", "after_period": "2025", "partner": "WLD"}
    assert compared(row, "trade_value", "seafood")[0] == "no"
