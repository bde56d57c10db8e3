"""Matching rules of the scorer: what counts as found, as an error, and as neither."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from comity.reader.gold import Annotated, Wanted
from comity.reader.proposal import Evidence, Proposal
from comity.reader.reading import Given, Read
from comity.reader.scoring import IMPOSER_KIND, Tally, score_all
from comity.reader.scoring_match import is_person, matches, same_day, same_goods, slots_right

TEXT = "The two ministers met in Lima and agreed to hold talks on cocoa, officials said. " * 4


def want(kind: str, start: int = 0, end: int = 10, /, **slots: Any) -> Wanted:
    return Wanted(f"{kind}{start}", kind, slots, start, end)


def got(kind: str, start: int = 0, end: int = 10, /, **slots: Any) -> Proposal:
    return Proposal(kind, slots, (Evidence(start, end, TEXT[start:end]),), "test")


def run(wanted: list[Wanted], found: list[Proposal]) -> dict[str, Tally]:
    document = Annotated("doc", Given(TEXT), tuple(wanted))
    return score_all([document], lambda given: Read(tuple(found), 60, "en")).types


@pytest.mark.parametrize(
    ("day", "place", "told", "right"),
    [
        ("2024-05-02", None, {"date": "2024-05-02"}, True),
        ("2024-05", None, {"date": "2024-05-02"}, True),
        ("2024-05-02", None, {"date": "2024-05"}, True),
        ("2024-05-02", None, {"date": "2024-05-03"}, False),
        ("2024-05-02", "Lima", {"date": "2024-05-03", "place": "Lima, Peru"}, True),
        ("2024-05-02", "Lima", {"place": "Quito"}, False),
        ("2024-05-02", "Lima", {}, False),
        (None, None, {"date": "1999-01-01"}, True),
    ],
)
def test_meetings_by_parties_and_day_or_place(
    day: str | None, place: str | None, told: dict[str, str], right: bool
) -> None:
    wanted = want("meeting", parties=["PER", "ECU"], date=day, place=place)
    assert matches(wanted, got("meeting", 200, 210, parties=["ECU", "PER"], **told)) is right
    assert not matches(wanted, got("meeting", parties=["PER"], **told))


def test_a_missed_meeting_beside_the_point_costs_nothing() -> None:
    beside = want("meeting", primary="false", parties=["PER", "ECU"], date="2023")
    tally = run([beside], [])["meeting"]
    assert (tally.missed, tally.spared, tally.recall) == (0, 1, None)
    found = run([beside], [got("meeting", parties=["ECU", "PER"], date="2023-04-01")])["meeting"]
    assert (found.matched, found.spared, found.precision) == (1, 0, 1.0)


def test_a_meeting_the_document_is_about_is_paired_first() -> None:
    beside = want("meeting", 0, primary="false", parties=["PER", "ECU"], place="Lima")
    main = want("meeting", 20, primary="true", parties=["PER", "ECU"], place="Lima")
    tally = run([beside, main], [got("meeting", parties=["PER", "ECU"], place="Lima")])["meeting"]
    assert (tally.matched, tally.missed, tally.spared) == (1, 0, 1)


@pytest.mark.parametrize(
    ("speaker", "told", "right"),
    [
        ("Ana Quispe", "Quispe", True),
        ("Ana Quispe", "the minister", False),
        ("Ana Quispe", None, False),
        ("Ministry of Trade", "Peru", True),
        ("Peru", "a spokesperson", True),
        ("officials", None, True),
    ],
)
def test_speakers(speaker: str, told: str | None, right: bool) -> None:
    wanted = want("statement", speaker=speaker, party="PER")
    assert matches(wanted, got("statement", 5, 30, speaker=told, party="PER")) is right
    assert not matches(wanted, got("statement", 10, 30, speaker=told, party="PER"))
    assert not matches(wanted, got("statement", 5, 30, speaker=told, party="ECU"))


def test_any_evidence_may_overlap() -> None:
    two = Proposal("position", {"side": "PER"}, (Evidence(50, 60, ""), Evidence(9, 12, "")), "test")
    assert matches(want("position", side="PER"), two)


def test_europe_is_written_both_ways() -> None:
    wanted = want("commitment", parties=["EU", "PER"])
    assert matches(wanted, got("commitment", parties=("PER", "EUN")))


@pytest.mark.parametrize(
    ("wanted", "told", "full", "less"),
    [
        ({"target": "PER"}, {"target": "PER", "kind": "tariff"}, True, True),
        ({"target": "PER"}, {"target": "ECU", "kind": "tariff"}, False, True),
        ({"target": "PER"}, {"kind": "tariff"}, False, True),
        ({"target": "all"}, {"target": "ECU", "kind": "tariff"}, True, True),
        ({}, {"target": "ECU", "kind": "anti-dumping-duty"}, True, True),
        ({}, {"target": "ECU", "kind": "investigation"}, False, False),
        ({"product": "cocoa; prawns"}, {"product": "prawn", "kind": "tariff"}, True, True),
        ({"product": "cocoa"}, {"product": "wine", "kind": "tariff"}, False, True),
        ({"product": "cocoa"}, {"kind": "tariff"}, False, True),
        ({"product": "all goods"}, {"kind": "tariff"}, True, True),
    ],
)
def test_measures(wanted: dict[str, str], told: dict[str, str], full: bool, less: bool) -> None:
    types = run(
        [want("measure", imposer="EU", kind="tariff", **wanted)],
        [got("measure", 100, 110, imposer=["EUN"], **told)],
    )
    assert (types["measure"].matched == 1) is full
    assert (types[IMPOSER_KIND].matched == 1) is less


def test_goods_by_words_in_either_number() -> None:
    assert same_goods("berries", ["berry"])
    assert same_goods("live rock lobsters", "lobster")
    assert same_goods("electric vehicles", "Electric-Vehicle")
    assert not same_goods("food products", "aquatic products")


@pytest.mark.parametrize(("at", "right"), [(35, True), (36, False), (5, True)])
def test_hedges_within_twenty_five_characters(at: int, right: bool) -> None:
    assert matches(want("hedge", cue="may"), got("hedge", at, at + 5)) is right


def test_one_to_one_and_second_hits() -> None:
    wanted = [
        want("commitment", 0, 10, parties=["PER"]),
        want("commitment", 20, 30, parties=["PER"]),
    ]
    both, first, other = (
        got("commitment", 0, 30, parties=["PER"]),
        got("commitment", 0, 10, parties=["PER"]),
        got("commitment", 60, 70, parties=["PER"]),
    )
    # The wide one has to give way to the narrow one, which fits the first entry alone.
    tally = run(wanted, [both, first])["commitment"]
    assert (tally.matched, tally.extra, tally.missed, tally.again) == (2, 0, 0, 0)
    tally = run(wanted[:1], [both, first, other])["commitment"]
    assert (tally.matched, tally.extra, tally.missed, tally.again) == (1, 1, 0, 1)
    assert (tally.precision, tally.recall) == (0.5, 1.0)


def test_issues_by_key_wherever_they_stand() -> None:
    types = run(
        [want("issue", key="fta")], [got("issue", 90, 99, key="fta"), got("issue", key="quota")]
    )
    assert (types["issue"].matched, types["issue"].extra) == (1, 1)


def test_other_types_are_not_counted() -> None:
    assert not any(t.extra for t in run([], [got("person", name="Ana"), got("indicator")]).values())


def test_slots_of_matched_entries() -> None:
    wanted = want("measure", imposer="PER", kind="tariff", status="lifted", also="suspended")
    assert slots_right(wanted, got("measure", kind="tariff", status="suspended")) == {
        "kind": True, "status": True,
    }  # fmt: skip
    position = want("position", side="PER", act="request", to="ECU", hedged="true")
    told = Proposal(
        "position", {"act": "concern", "to": ["ECU"]}, (Evidence(0, 1, ""),), "t", hedged=True
    )
    assert slots_right(position, told) == {"act": False, "to": True, "hedged": True}
    meeting = want("meeting", parties=["PER"], principals=[{"name": "Ana Quispe", "party": "PER"}])
    assert slots_right(
        meeting, got("meeting", principals=[{"name": "Quispe", "party": "PER"}])
    ) == {"principals": True}
    assert slots_right(meeting, got("meeting")) == {"principals": False}


def test_among_proposals_that_match_the_best_slots_are_measured() -> None:
    wanted = want("commitment", parties=["PER"], status="agreed")
    document = Annotated("doc", Given(TEXT), (wanted,))
    found = (
        got("commitment", parties=["PER"], status="planned"),
        got("commitment", parties=["PER"], status="agreed"),
    )
    slots = score_all([document], lambda given: Read(found, 60, "en")).slots
    assert slots["commitment"]["status"] == (1, 1)


def test_plain_data() -> None:
    document = Annotated("doc", Given(TEXT), (want("issue", key="fta"),))
    data = score_all([document], lambda given: Read((), 0, "fr", "not English")).as_dict()
    assert data["documents"][0]["problem"] == "not English"
    assert data["documents"][0]["missed"] == [{"type": "issue", "id": "issue0"}]
    assert data["types"]["issue"]["recall"] == 0.0
    assert data["types"]["issue"]["precision"] is None


def test_days_in_spans() -> None:
    assert same_day("2025-05-10/2025-05-11", "2025-05-11")
    assert same_day("2025-05", "2025-05-10/2025-05-11")
    assert not same_day("2025-05-10/2025-05-11", "2025-05-12")
    assert not same_day(None, "2025")


def test_who_is_a_person() -> None:
    assert is_person("Ana Quispe")
    for name in (
        "United States",
        "European Commission",
        "both leaders",
        "General Administration of Customs",
    ):
        assert not is_person(name), name


def test_what_each_rule_was_worth() -> None:
    wanted = [want("issue", key="fta"), want("hedge", 0, 5), want("issue", 20, 30, key="tariffs")]
    found = [
        replace(got("issue", key="fta"), rule="a"),
        replace(got("issue", 40, 50, key="fta"), rule="b"),  # a second hit: not judged
        replace(got("issue", key="quota"), rule="a"),
        replace(got("hedge", 2, 6), rule="c"),
        replace(got("person", 2, 6), rule="d"),  # nobody annotates people
    ]
    document = Annotated("doc", Given(TEXT), tuple(wanted))
    scores = score_all([document, document], lambda given: Read(tuple(found), 60, "en"))
    assert scores.rules() == {"a": (4, 2), "c": (2, 2)}
    assert scores.as_dict()["rules"]["a"] == {"judged": 4, "right": 2}
