"""`add`, `revise`, `retract`: what was written shows, and what was there before stays readable."""

from __future__ import annotations

from tests.cli.door import Door

SHIPPED = "2026-11-25T00:00:00Z"
MEETING = """\
- id: src-announcement-2026-11-24
  kind: source
  title: Announcement of talks on 3 December
  source_kind: official
  published: 2026-11-24

- id: senior-officials-2026-12-03
  kind: meeting
  title: Vice-ministers meet in Tokyo
  sources: [src-announcement-2026-11-24]
  announced: 2026-11-24
  issues: [economic-dialogue]
  on: 2026-12-03
  meeting_kind: senior_officials
  parties: [CHN, JPN]
  place: Tokyo
"""
SCALLOPS = ("applies", "--from", "JPN", "--to", "CHN", "--goods", "HS2022:030722")
ON_THE_DAY = (*SCALLOPS, "--area", "JP-01", "--on", "2025-11-19", "--format", "json")
REVISION = ("revise", "cn-seafood-suspension-2025", "start.yaml", "--why", "A day later")


def revised(own: Door) -> None:
    own.write("start.yaml", "from: 2025-11-20\n")
    own(*REVISION)


def test_an_added_meeting_shows(own: Door) -> None:
    own.write("meeting.yaml", MEETING)
    done = own("add", "meeting.yaml", "--why", "Announced by both sides", "--author", "desk")
    assert "added meeting senior-officials-2026-12-03: Vice-ministers meet in Tokyo" in done.out
    shown = own("show", "senior-officials-2026-12-03").out
    for part in ("2026-12-03", "Tokyo", "by desk", "Announced by both sides", "public from: 2026-"):
        assert part in shown
    line = ("timeline", "CHN", "JPN", "--since", "2026-12")
    row = own(*line, "--as-of", "2026-11-25").json_rows()[0]
    assert (row["id"], row["status"]) == ("senior-officials-2026-12-03", "planned")
    assert own(*line, "--as-of", "2026-11-23").json_rows() == []  # not announced yet
    brief = own("brief", "CHN", "JPN", "--as-of", "2026-11-25", "--format", "json").json
    assert "senior-officials-2026-12-03" in {m["id"] for m in brief["meetings"]["next"]}
    assert own("find", "vice-ministers").json_rows()[0]["id"] == "senior-officials-2026-12-03"


def test_the_author_comes_from_the_environment(own: Door) -> None:
    own.write("meeting.yaml", MEETING)
    own("add", "meeting.yaml", COMITY_AUTHOR="trade desk")
    rows = own("history", "senior-officials-2026-12-03").json_rows()
    assert [(r["op"], r["author"], r["why"]) for r in rows] == [
        ("add", "trade desk", "added from meeting.yaml")
    ]


def test_a_revision_gives_the_new_answer_and_keeps_the_old(own: Door) -> None:
    assert own(*ON_THE_DAY).json["verdict"] == "prohibited"
    revised(own)
    assert own(*ON_THE_DAY).json["verdict"] != "prohibited"
    assert own(*ON_THE_DAY, "--known-on", SHIPPED).json["verdict"] == "prohibited"
    assert own(*ON_THE_DAY, "--received", "686").json["verdict"] == "prohibited"
    measure = own(
        "show", "cn-seafood-suspension-2025", "--received", "686", "--format", "json"
    ).json
    assert {c["text"] for c in measure["claims"] if c["field"] == "from"} == {"2025-11-19"}


def test_a_revision_says_what_it_changed(own: Door) -> None:
    own.write("start.yaml", "from: 2025-11-20\n")
    done = own(*REVISION)
    assert "from: 2025-11-19 → 2025-11-20" in done.out
    rows = own("history", "cn-seafood-suspension-2025").json_rows()
    assert [row["op"] for row in rows] == ["add", "revise"]
    assert (rows[1]["author"], rows[1]["why"]) == ("ann", "A day later")
    assert rows[1]["changed"] == [{"field": "from", "before": "2025-11-19", "after": "2025-11-20"}]
    assert rows[1]["received"] > rows[0]["received"]
    assert len(own("history", "cn-seafood-suspension-2025", "--received", "686").json_rows()) == 1


def test_fields_that_are_not_named_stay_and_removed_ones_go(own: Door) -> None:
    own.write("less.yaml", "remove: [names]\nwhy: Not in use\n")
    before = own("show", "cn-seafood-ban-2023", "--format", "json").json
    own("revise", "cn-seafood-ban-2023", "less.yaml")
    after = own("show", "cn-seafood-ban-2023", "--format", "json").json
    gone = {c["field"] for c in before["claims"]} - {c["field"] for c in after["claims"]}
    assert gone == {"names"}
    assert own("history", "cn-seafood-ban-2023").json_rows()[1]["why"] == "Not in use"


def test_changes_lists_the_correction_apart(own: Door) -> None:
    revised(own)
    day = own("history", "cn-seafood-suspension-2025").json_rows()[1]["recorded"][:10]
    words = ("changes", "CHN", "JPN", "--from", "2026-11-24", "--to", day)
    data = own(*words, "--format", "json").json
    assert [row["id"] for row in data["corrections"]] == ["cn-seafood-suspension-2025"]
    assert "cn-seafood-suspension-2025" not in {row["id"] for row in data["world"]}
    text = own(*words).out
    assert "Corrections of the record" in text
    assert "A day later" in text


def test_a_retraction_hides_and_keeps(own: Door) -> None:
    done = own("retract", "buoys-jpn-2023-11-16", "--why", "Recorded twice")
    assert done.out.startswith("retracted position buoys-jpn-2023-11-16")
    assert own.try_("show", "buoys-jpn-2023-11-16").code == 2
    issue = ("issues", "CHN", "JPN", "--issue", "maritime-buoys", "--as-of", "2023-11-16")
    assert "at once" not in " ".join(p["holds"] for p in own(*issue).json_rows()[0]["positions"])
    earlier = own(*issue, "--known-on", SHIPPED).json_rows()[0]["positions"]
    assert "buoys-jpn-2023-11-16" in {p["id"] for p in earlier}
    assert own("show", "buoys-jpn-2023-11-16", "--received", "686").out
    rows = own("history", "buoys-jpn-2023-11-16").json_rows()
    assert [row["op"] for row in rows] == ["add", "retract"]
    assert rows[1]["why"] == "Recorded twice"


def test_what_others_rest_on_is_not_retracted(own: Door) -> None:
    done = own.refused("retract", "cn-seafood-ban-2023", "--why", "Tried out")
    assert "food-import-measures" in done.err


def test_a_retracted_entry_can_be_revised_back(own: Door) -> None:
    own("retract", "buoys-jpn-2023-11-16", "--why", "Recorded twice")
    own.write("again.yaml", "occasion: Leaders' meeting\n")
    own("revise", "buoys-jpn-2023-11-16", "again.yaml", "--why", "It was not")
    assert "Leaders' meeting" in own("show", "buoys-jpn-2023-11-16").out


def test_the_writes_of_one_file_are_all_or_none(own: Door) -> None:
    own.write("half.yaml", MEETING.replace("[CHN, JPN]", "[CHN, XXX]"))
    done = own.refused("add", "half.yaml")
    assert "half.yaml:15" in done.err
    assert "field parties" in done.err
    assert own.try_("show", "src-announcement-2026-11-24").code == 2
