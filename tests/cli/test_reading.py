"""The commands that read, beside the brief and what applies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.door import Door, facts

READING = {
    "timeline": ("timeline", "CHN", "JPN", "--since", "2023-08", "--until", "2023-11"),
    "issues": ("issues", "CHN", "JPN", "--as-of", "2023-11-16"),
    "measures": ("measures", "--imposer", "CHN", "--target", "JPN", "--in-force", "2023-11-16"),
    "commitments": ("commitments", "CHN", "JPN", "--as-of", "2023-11-16"),
    "changes": ("changes", "CHN", "JPN", "--from", "2023-08-01", "--to", "2023-11-16"),
    "find": ("find", "kishida"),
    "show": ("show", "cn-seafood-ban-2023"),
    "history": ("history", "cn-seafood-ban-2023"),
}


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "html"])
@pytest.mark.parametrize("name", READING)
def test_every_format(comity: Door, name: str, form: str) -> None:
    done = comity(*READING[name], "--format", form)
    assert done.err == ""
    if form == "json":
        assert done.json
    elif form == "csv":
        assert done.rows
        assert len({len(row) for row in done.rows}) == 1
    elif form == "md":
        assert "# " in done.out
    elif form == "html":
        assert done.out.lower().startswith("<!doctype html>")
        assert "</html>" in done.out
    else:
        assert max(len(line) for line in done.out.splitlines()) <= 240


@pytest.mark.parametrize("name", READING)
def test_out_is_what_the_screen_shows(comity: Door, name: str) -> None:
    shown = comity(*READING[name], "--format", "csv")
    done = comity(*READING[name], "--format", "csv", "--out", "answer.csv")
    assert (done.out, done.err) == ("", "written: answer.csv\n")
    assert (comity.folder / "answer.csv").read_text(encoding="utf-8") == shown.out


def test_timeline_has_the_events_of_the_facts(comity: Door, shared_data: Path) -> None:
    rows = comity("timeline", "CHN", "JPN", "--since", "2023", "--until", "2023").json_rows()
    days = {row["on"] for row in rows}
    wanted = {
        row["date"]
        for row in facts(shared_data, "timeline")
        if row["date"].startswith("2023-") and row["kind"] in ("leaders_meeting", "detention")
    }
    assert wanted
    assert wanted <= days
    assert [row["on"] for row in rows] == sorted(row["on"] for row in rows)


def test_timeline_by_kind_person_and_issue(comity: Door) -> None:
    rows = comity(
        "timeline", "CHN", "JPN", "--kind", "leaders_meeting", "--person", "KISHIDA"
    ).json_rows()
    # timeline.csv: T020, T043, T051
    assert [row["on"] for row in rows] == ["2022-11-17", "2023-11-16", "2024-05-26"]
    rows = comity("timeline", "CHN", "JPN", "--issue", "detained-nationals").json_rows()
    assert {"2023-03", "2023-10-19", "2025-07-16"} <= {row["on"] for row in rows}


def test_economic_dialogues_are_the_six_rounds(comity: Door) -> None:
    rows = comity("timeline", "china", "japan", "--kind", "economic_dialogue").json_rows()
    assert [row["on"] for row in rows] == [
        "2007-12-01",
        "2009-06-07",
        "2010-08-28",
        "2018-04-16",
        "2019-04-14",
        "2025-03-22",
    ]


def test_issues_carry_terms_positions_and_what_touches_them(comity: Door) -> None:
    rows = comity("issues", "CHN", "JPN", "--as-of", "2023-11-16", "--format", "json").json
    water = next(row for row in rows if row["id"] == "treated-water-discharge")
    assert water["terms"]["CHN"] == "nuclear-contaminated water"
    assert {p["parties"][0] for p in water["positions"]} >= {"CHN", "JPN"}
    for key in ("status", "measures", "commitments", "indicators", "cases"):
        assert water[key] is not None
    one = comity("issues", "CHN", "JPN", "--issue", "visas", "--as-of", "2025-01-01")
    assert one.out.count("visas") >= 1
    assert "treated-water-discharge" not in one.out


def test_measures_in_force_by_the_facts(comity: Door) -> None:
    def ids(*words: str) -> set[str]:
        done = comity("measures", "--imposer", "CHN", "--target", "JPN", *words)
        return {row["id"] for row in done.json_rows()}

    # measures.csv: M02, M03, M05 in force; M04 ended on 2023-08-23; M06 to M08 came later
    day = ("--in-force", "2023-11-16", "--goods", "HS2022:03")
    assert ids(*day) == {
        "cn-food-ban-10-prefectures-2011",
        "cn-food-certificates-2011",
        "cn-seafood-ban-2023",
    }
    assert "cn-seafood-inspection-2023" in ids("--in-force", "2023-08-10")
    assert "cn-seafood-inspection-2023" not in ids("--in-force", "2023-08-24")
    assert {"cn-seafood-reopening-2025", "cn-seafood-ban-10-prefectures-2025"} <= ids(
        "--in-force", "2025-07-01"
    )
    assert "cn-seafood-suspension-2025" in ids("--in-force", "2025-11-19")
    assert ids("--in-force", "2023-11-16", "--kind", "export_licence") == {
        "cn-gallium-germanium-licence-2023"
    }
    assert "cn-seafood-inspection-2023" in ids("--in-force", "2023-11-16", "--all")


def test_measures_of_the_other_side(comity: Door) -> None:
    done = comity("measures", "--imposer", "Japan", "--target", "CHN", "--in-force", "2023-11-16")
    row = next(r for r in done.json_rows() if r["id"] == "jp-chip-equipment-licence-2023")
    assert row["from"] == "2023-07-23"  # M23


def test_commitments_by_status(comity: Door) -> None:
    def ids(day: str, status: str) -> set[str]:
        words = ("commitments", "CHN", "JPN", "--as-of", day, "--status", status)
        return {row["id"] for row in comity(*words).json_rows()}

    assert "economic-dialogue-2023" in ids("2023-11-16", "open")
    assert "economic-dialogue-2023" in ids("2025-03-22", "kept")  # T066: the 6th round
    rows = comity("commitments", "CHN", "JPN", "--as-of", "2025-07-01").json_rows()
    assert all(row["debtors"] and row["due"] and row["evidence"] for row in rows)


def test_changes_between_two_days(comity: Door) -> None:
    data = comity(
        "changes", "CHN", "JPN", "--from", "2025-06-28", "--to", "2025-06-29", "--format", "json"
    ).json
    changed = {(row["id"], row["change"]) for row in data["world"]}
    assert ("cn-seafood-reopening-2025", "measure begins") in changed  # M06
    assert ("cn-seafood-ban-2023", "measure no longer in force") in changed  # M05
    assert data["corrections"] == []


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("KISHIDA", "fumio-kishida"),
        ("kishída", "fumio-kishida"),
        ("岸田", "fumio-kishida"),
        ("GACC 103", "gacc-103-2023"),
        ("gallium", "cn-gallium-germanium-licence-2023"),
        ("niigata rice", "gap-niigata-rice-date"),
        ("scall", "cn-seafood-ban-2023"),
        ("san francisco", "leaders-meeting-2023-11-16"),
    ],
)
def test_find_by_words(comity: Door, words: str, wanted: str) -> None:
    assert wanted in {row["id"] for row in comity("find", words).json_rows()}


def test_find_narrows_by_kind_and_limit(comity: Door) -> None:
    rows = comity("find", "seafood", "--kind", "measure").json_rows()
    assert {row["kind"] for row in rows} == {"measure"}
    assert len(comity("find", "seafood", "--limit", "3").json_rows()) == 3
    assert comity("find", "qqqq").out.strip().endswith("nothing on record")


def test_show_gives_claims_sources_and_what_names_it(comity: Door) -> None:
    text = comity("show", "cn-seafood-ban-2023").out
    for part in ("2023-08-24", "GACC Announcement No. 103 of 2023", "named by:", "recorded:"):
        assert part in text
    data = comity("show", "cn-seafood-ban-2023", "--format", "json").json
    assert data["id"] == "cn-seafood-ban-2023"
    assert {claim["field"] for claim in data["claims"]} >= {"goods", "from", "until", "made_by"}


def test_show_as_of_a_day_hides_what_came_later(comity: Door) -> None:
    text = comity("show", "cn-seafood-ban-2023", "--as-of", "2023-11-16").out
    assert "2025" not in text
