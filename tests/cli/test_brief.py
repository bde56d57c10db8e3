"""`comity brief`: sections, formats, and nothing later than the day."""

from __future__ import annotations

import re

import pytest

from tests.cli.door import Door

SECTIONS = (
    "relationship",
    "meetings",
    "issues",
    "measures",
    "commitments",
    "indicators",
    "cases",
    "changes",
    "coverage",
    "sources",
)


def test_json_has_the_sections_by_name(comity: Door) -> None:
    data = comity("brief", "CHN", "JPN", "--as-of", "2023-11-16", "--format", "json").json
    assert [name for name in data if name in SECTIONS] == list(SECTIONS)
    assert all(data[name] for name in SECTIONS)


def test_it_says_what_the_facts_say_of_that_day(comity: Door) -> None:
    data = comity("brief", "CHN", "JPN", "--as-of", "2023-11-16", "--format", "json").json
    # timeline.csv: T043 on 2023-11-16 in San Francisco, T020 before it on 2022-11-17 in Bangkok
    assert data["meetings"]["last"]["on"] == "2023-11-16"
    assert data["meetings"]["last"]["place"] == "San Francisco"
    assert data["meetings"]["before"]["on"] == "2022-11-17"
    assert data["meetings"]["before"]["place"] == "Bangkok"
    in_force = {m["id"] for part in data["measures"] for m in part["in_force"]}
    assert "cn-seafood-ban-2023" in in_force  # M05: 2023-08-24 to 2025-06-28
    assert "cn-gallium-germanium-licence-2023" in in_force  # M24: from 2023-08-01
    assert "cn-seafood-inspection-2023" not in in_force  # M04: until 2023-08-23
    terms = {i["id"]: i["terms"] for i in data["issues"]}["treated-water-discharge"]
    assert terms == {"CHN": "nuclear-contaminated water", "JPN": "ALPS treated water"}  # P01, P02


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "html"])
def test_nothing_later_appears(comity: Door, form: str) -> None:
    text = comity("brief", "CHN", "JPN", "--as-of", "2023-11-16", "--format", form).out
    assert len(text) > 2000
    if form in ("table", "md"):
        later = re.findall(r"\b202[4-6]-\d\d-\d\d\b", text)
        assert not later, later
    for word in ("Ishiba", "Takaichi", "GACC Announcement No. 140", "Lima", "Gyeongju"):
        assert word not in text, word


def test_in_any_case_and_either_order(comity: Door) -> None:
    one = comity("brief", "CHN", "JPN", "--as-of", "2023-11-16").out
    assert comity("brief", "china", "JAPAN", "--as-of", "2023-11-16").out == one
    other = comity("brief", "JPN", "CHN", "--as-of", "2023-11-16", "--format", "json").json
    assert other["meetings"]["last"]["on"] == "2023-11-16"


def test_out_writes_a_page_of_its_own(comity: Door) -> None:
    done = comity(
        "brief", "CHN", "JPN", "--as-of", "2023-11-16", "--format", "html", "--out", "p/brief.html"
    )
    assert done.out == ""
    assert done.err == "written: p/brief.html\n"
    page = (comity.folder / "p" / "brief.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "<svg" in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//[^"' >]+\.(?:js|css|woff2?)""", page)
    assert [p.name for p in (comity.folder / "p").iterdir()] == ["brief.html"]


def test_since_moves_the_changes(comity: Door) -> None:
    words = ("brief", "CHN", "JPN", "--as-of", "2023-11-16", "--format", "json")
    data = comity(*words, "--since", "2023-11-01").json
    assert data["changes"]["from"] == "2023-11-01"
    assert all(row["on"] > "2023-11-01" for row in data["changes"]["world"])
    assert comity(*words).json["changes"]["from"] == "2022-11-17"
