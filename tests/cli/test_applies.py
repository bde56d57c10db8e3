"""`comity applies`: verdicts on the days that the facts name, shapes, files, explanations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.door import Door

KEYS = {"verdict", "uniform", "parts", "uncertain", "measures", "trace", "holds", "coverage"}
SCALLOPS = ("--from", "JPN", "--to", "CHN", "--goods", "HS2022:030722")


def ask(comity: Door, *words: str) -> dict[str, Any]:
    data = comity("applies", *words, "--format", "json").json
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize(
    ("day", "area", "verdict", "measure"),
    [
        # measures.csv M01 and M02: the ban on food from prefectures since 2011
        ("2011-04-08", "JP-04", "prohibited", "cn-food-ban-12-prefectures-2011"),
        ("2011-06-19", "JP-06", "prohibited", "cn-food-ban-12-prefectures-2011"),
        ("2011-06-20", "JP-06", "conditional", "cn-food-certificates-2011"),
        ("2023-08-01", "JP-04", "prohibited", "cn-food-ban-10-prefectures-2011"),
        # M03 and M04: certificates, then radiation tests, for the others
        ("2023-06-30", "JP-01", "conditional", "cn-food-certificates-2011"),
        ("2023-08-23", "JP-01", "conditional", "cn-seafood-inspection-2023"),
        # M05: the suspension of 24 August 2023, to 28 June 2025
        ("2023-08-24", "JP-01", "prohibited", "cn-seafood-ban-2023"),
        ("2023-11-16", "JP-01", "prohibited", "cn-seafood-ban-2023"),
        ("2025-06-28", "JP-01", "prohibited", "cn-seafood-ban-2023"),
        # M06 and M07: resumed on conditions, ten prefectures excepted
        ("2025-06-29", "JP-01", "conditional", "cn-seafood-reopening-2025"),
        ("2025-06-29", "JP-04", "prohibited", "cn-seafood-ban-10-prefectures-2025"),
        ("2025-11-18", "JP-01", "conditional", "cn-seafood-reopening-2025"),
        # M08: suspended again
        ("2025-11-19", "JP-01", "prohibited", "cn-seafood-suspension-2025"),
        ("2026-02-28", "JP-04", "prohibited", "cn-seafood-suspension-2025"),
    ],
)
def test_scallops(comity: Door, day: str, area: str, verdict: str, measure: str) -> None:
    data = ask(comity, *SCALLOPS, "--area", area, "--on", day)
    assert data["verdict"] == verdict
    assert measure in {m["id"] for m in data["measures"]}
    assert data["uniform"] is True


@pytest.mark.parametrize(
    ("words", "day", "verdict"),
    [
        # M05: ornamental fish are not food, the trade went on
        ("--from JPN --to CHN --goods HS2022:030111", "2023-11-16", "nothing_on_record"),
        # M24: gallium since 2023-08-01
        ("--from CHN --to JPN --goods HS2022:811292", "2023-07-31", "nothing_on_record"),
        ("--from CHN --to JPN --goods HS2022:811292", "2023-08-01", "conditional"),
        # M02: rice from Niigata until November 2018
        ("--from JPN --to CHN --goods HS2022:1006 --area JP-15", "2018-10-31", "prohibited"),
        ("--from JPN --to CHN --goods HS2022:1006 --area JP-15", "2019-01-01", "nothing_on_record"),
    ],
)
def test_other_goods(comity: Door, words: str, day: str, verdict: str) -> None:
    assert ask(comity, *words.split(), "--on", day)["verdict"] == verdict


def test_without_an_area_the_answer_comes_in_parts(comity: Door) -> None:
    data = ask(comity, *SCALLOPS, "--on", "2025-07-15")
    assert data["uniform"] is False
    assert data["verdict"] == "prohibited"
    parts = {part["verdict"]: part for part in data["parts"]}
    assert set(parts) == {"prohibited", "conditional"}
    assert "JP-04" in parts["prohibited"]["origin_areas"]
    assert "JP-01" in parts["conditional"]["origin_areas"]
    assert len(parts["prohibited"]["origin_areas"]) == 10
    # M06: from 2025-06-29 to 2025-11-18
    assert data["holds"] == {"from": "2025-06-29", "until": "2025-11-18"}


def test_the_shape_of_the_json(comity: Door) -> None:
    data = ask(comity, *SCALLOPS, "--area", "JP-01", "--on", "2023-11-16")
    assert set(data) >= KEYS
    assert data["holds"] == {"from": "2023-08-24", "until": "2025-06-28"}
    ban = next(m for m in data["measures"] if m["id"] == "cn-seafood-ban-2023")
    assert ban["instrument"] == "GACC Announcement No. 103 of 2023"
    assert (ban["from"], ban["until"]) == ("2023-08-24", "2025-06-28")
    missed = {row["measure"]: row["reason"] for row in data["trace"]}
    assert missed["cn-seafood-suspension-2025"] == "not_yet"
    assert missed["cn-seafood-inspection-2023"] == "no_longer"
    assert missed["cn-food-ban-10-prefectures-2011"] == "wrong_area"
    assert missed["cn-beef-ban"] == "wrong_goods"
    assert data["coverage"]


def test_what_may_apply_says_what_would_decide(comity: Door) -> None:
    # M04: announced 2023-07-07, in force from a day in July that is not known
    data = ask(comity, *SCALLOPS, "--area", "JP-01", "--on", "2023-07-15")
    one = next(u for u in data["uncertain"] if u["measure"] == "cn-seafood-inspection-2023")
    assert one["verdict_if"] == "conditional"
    assert one["why"]


def test_the_weeks_before_8_april_2011_are_said_to_be_missing(comity: Door) -> None:
    data = ask(comity, *SCALLOPS, "--area", "JP-07", "--on", "2011-04-01")
    assert data["verdict"] == "nothing_on_record"
    assert "gap-five-prefecture-ban-2011" in {row["gap"] for row in data["coverage"]}


@pytest.mark.parametrize("day", ["--on", "--as-of", "--in-force"])
def test_the_day_has_three_spellings(comity: Door, day: str) -> None:
    assert ask(comity, *SCALLOPS, "--area", "JP-01", day, "2023-08-23")["verdict"] == "conditional"


def test_names_and_codes_are_the_same_question(comity: Door) -> None:
    one = ask(comity, *SCALLOPS, "--area", "JP-01", "--on", "2023-11-16")
    words = "--from japan --to CHINA --goods 030722 --area hokkaidō --on 2023-11-16"
    assert ask(comity, *words.split()) == one
    text = comity("applies", *words.split()).out
    assert "PROHIBITED" in text
    assert "Hokkaido" in text


@pytest.mark.parametrize("form", ["csv", "md", "html"])
def test_other_formats(comity: Door, form: str) -> None:
    done = comity("applies", *SCALLOPS, "--on", "2025-07-15", "--format", form)
    assert "cn-seafood-ban-10-prefectures-2025" in done.out
    assert "prohibited" in done.out


@pytest.mark.parametrize(
    ("goods", "measure", "outcome", "failing"),
    [
        ("HS2022:030722", "cn-seafood-ban-2023", "yes", None),
        ("HS2022:030111", "cn-seafood-ban-2023", "no", "goods"),
        ("HS2022:030722", "cn-seafood-suspension-2025", "no", "date"),
    ],
)
def test_explain(comity: Door, goods: str, measure: str, outcome: str, failing: str | None) -> None:
    words = f"--from JPN --to CHN --goods {goods} --area JP-01 --on 2023-11-16 --explain {measure}"
    data = ask(comity, *words.split())
    assert data["applies"] == outcome
    failed = [row["condition"] for row in data["conditions"] if row["met"] == "no"]
    assert failed == ([failing] if failing else [])
    assert f"applies {outcome}" in " ".join(comity("applies", *words.split()).out.split())


def test_a_named_consignee(comity: Door) -> None:
    words = "--from CHN --to JPN --goods HS2022:8541 --on 2026-03-15"
    unnamed = ask(comity, *words.split())
    named = ask(comity, *words.split(), "--consignee", "National Defense Academy of Japan")
    assert unnamed["asked"]["consignee"] is None
    assert named["asked"]["consignee"] == "National Defense Academy of Japan"


SHIPMENTS = """order,from,to,goods,on,area,consignee,end_use
A1,JPN,CHN,HS2022:030722,2023-11-16,JP-01,,
A2,japan,china,030722,2023-08-01,Miyagi,,
A3,JPN,CHN,HS2022:030111,2023-11-16,,,
A4,CHN,JPN,HS2022:811292,2023-07-31,,,
A5,CHN,JPN,HS2022:811292,2023-08-01,,,
"""


def test_a_file_of_shipments(comity: Door) -> None:
    path = comity.write("shipments.csv", SHIPMENTS)
    rows = comity("applies", "--file", path, "--format", "csv").rows
    assert [(row["order"], row["verdict"]) for row in rows] == [
        ("A1", "prohibited"),
        ("A2", "prohibited"),
        ("A3", "nothing_on_record"),
        ("A4", "nothing_on_record"),
        ("A5", "conditional"),
    ]
    assert rows[0]["holds_from"] == "2023-08-24"
    for row in rows[:2]:
        words = ("--from", row["from"], "--to", row["to"], "--goods", row["goods"])
        single = ask(comity, *words, "--area", row["area"], "--on", row["on"])
        assert row["measures"].split("; ") == [m["id"] for m in single["measures"]]


def test_the_day_of_rows_without_one(comity: Door) -> None:
    path = comity.write("shipments.csv", "from,to,goods\nJPN,CHN,HS2022:030722\n")
    day = ("--on", "2023-11-16", "--format", "json")
    assert comity("applies", "--file", path, *day).json[0]["verdict"] == "prohibited"
    day = ("--on", "2023-08-10", "--format", "json")
    assert comity("applies", "--file", path, *day).json[0]["uniform"] is not True
