"""Meetings of made-up texts; what each should give is worked out by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.reader import engine
from comity.reader.proposal import MEETING, Proposal
from comity.reader.reading import Given


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _meetings(text: str, **told: Any) -> list[Proposal]:
    told.setdefault("published", dt.date(2024, 3, 15))
    read = engine.read(Given(text, **told), Nothing())
    return [one for one in read.proposals if one.type == MEETING]


def _only(text: str, **told: Any) -> dict[str, Any]:
    (one,) = _meetings(text, **told)
    return dict(one.slots)


def test_the_founding_document_gives_its_meeting_with_every_slot(shared_data: Path) -> None:
    text = (shared_data / "documents" / "2023-11-xi-kishida-apec.txt").read_text(encoding="utf-8")
    gold = yaml.safe_load((shared_data / "reader/gold/d00_seed.yaml").read_text(encoding="utf-8"))
    (wanted,) = [one for one in gold["entries"] if one["type"] == MEETING]
    (one,) = _meetings(text, published=dt.date(2023, 11, 17))
    said = dict(one.slots)
    for slot in ("primary", "status", "format", "date_text", "place", "event", "first"):
        assert said[slot] == wanted[slot], slot
    assert sorted(said["parties"]) == sorted(wanted["parties"])
    assert said["date"] == str(wanted["date"])
    assert said["principals"] == wanted["principals"]
    anchor = text.index(wanted["ev"])
    assert one.evidence[0].start <= anchor < one.evidence[0].end


def test_met_with_gives_parties_principals_day_and_place() -> None:
    said = _only(
        "Chilean Foreign Minister Marta Rojas met with Peruvian Foreign Minister Luis Vega in "
        "Quito on Tuesday."
    )
    assert said["parties"] == ["CHL", "PER"]
    assert (said["status"], said["date"], said["place"]) == ("held", "2024-03-12", "Quito")
    assert said["principals"] == [
        {"name": "Marta Rojas", "role": "Foreign Minister", "party": "CHL"},
        {"name": "Luis Vega", "role": "Foreign Minister", "party": "PER"},
    ]


def test_further_sentences_add_to_the_same_meeting() -> None:
    said = _only(
        "The presidents of Chile and Peru held talks. Their meeting, which took place in Quito "
        "on March 13, was the first in three years. The meeting was held on the sidelines of the "
        "ASEAN summit."
    )
    assert (said["date"], said["place"], said["event"]) == ("2024-03-13", "Quito", "ASEAN")
    assert said["first"] == "three years"


def test_an_online_meeting_and_a_call_say_so() -> None:
    assert _only("Chile and Peru held a virtual meeting on Monday.")["format"] == "virtual"
    call = _only(
        "I spoke by phone with Peruvian Minister Luis Vega today.",
        speaker="Marta Rojas", publisher="CHL",
    )  # fmt: skip
    assert (call["format"], call["parties"]) == ("phone", ["CHL", "PER"])


def test_older_and_other_meetings_are_background() -> None:
    first, second = _meetings(
        "Chilean President Marta Rojas met Peruvian President Luis Vega in Lima on Monday, "
        "following their meeting in Santiago in November 2023."
    )
    assert (first.slots["primary"], first.slots["date"]) == (True, "2024-03-11")
    assert (second.slots["primary"], second.slots["date"]) == (False, "2023-11")
    assert second.background


def test_a_meeting_to_come_is_planned() -> None:
    said = _only("Chilean President Marta Rojas will meet Peruvian President Luis Vega on Monday.")
    assert (said["status"], said["date"]) == ("planned", "2024-03-18")


def test_what_was_only_wished_denied_or_possible_is_no_meeting() -> None:
    for text in (
        "Chile did not meet Peru on Monday.",
        "Chile hopes to meet Peru.",
        "Chile may hold talks with Peru.",
        "Discussions between Chile and Peru might go on.",
        "Chilean exporters met with executives on Monday.",
        "Chile met with companies in Lima.",
    ):
        assert _meetings(text) == [], text


def test_two_meetings_of_one_day_stay_two() -> None:
    found = _meetings(
        "Chilean President Marta Rojas met Peruvian President Luis Vega on Monday. "
        "Rojas also met Mexican President Pilar Gil on Monday."
    )
    assert [one.slots["parties"] for one in found] == [["CHL", "PER"], ["CHL", "MEX"]]


def test_a_named_commission_is_the_occasion() -> None:
    said = _only(
        "Chilean Trade Minister Marta Rojas and her Peruvian counterpart, Luis Vega, co-chaired "
        "the fifth Joint Economic Commission (JEC) in Lima on Tuesday."
    )
    assert (said["event"], said["place"], said["date"]) == ("JEC", "Lima", "2024-03-12")
    assert [one["name"] for one in said["principals"]] == ["Marta Rojas", "Luis Vega"]


@pytest.mark.parametrize(
    "text",
    [
        "Today, Norway's State Secretary and Commissioner for Trade, Anna Lund, met with Chilean "
        "Trade Minister Jose Rojas.",
        "India's Commerce and Industry Minister, Shri Ravi Nair and the UK's Secretary of State "
        "for Trade, Ms. Ann Price had a stocktaking meeting on 15 March 2024.",
        "Norway's Trade Minister Kari Lund today met with Mexico's Secretary of Economy, Rosa "
        "Diaz.",
    ],
)
def test_who_is_named_after_a_title_and_a_comma_meets(text: str) -> None:
    said = _only(text)
    assert len(said["parties"]) == 2
    assert (said["status"], said["date"]) == ("held", "2024-03-15")
    assert len({one["party"] for one in said["principals"]}) == 2


@pytest.mark.parametrize(
    ("text", "date", "place"),
    [
        (
            "Imports will grow, Chinese Vice Premier Sun Wei said on Monday after a meeting with "
            "EU Trade Commissioner Eva Klein in Beijing.",
            "2024-03-11", "Beijing",
        ),
        (
            "Norwegian Trade Minister Kari Lund told reporters on Tuesday following talks with her "
            "Chilean counterpart Jose Rojas in Oslo that salmon was discussed.",
            "2024-03-12", "Oslo",
        ),
        (
            "“It went well,” Turkish Trade Minister Omer Kaya said on Thursday after meeting Iraqi "
            "counterpart Atheer Salman.",
            "2024-03-14", None,
        ),
    ],
)  # fmt: skip
def test_who_speaks_after_a_meeting_met(text: str, date: str, place: str | None) -> None:
    said = _only(text)
    assert len(said["parties"]) == 2
    assert (said["primary"], said["date"], said.get("place")) == (True, date, place)


def test_a_meeting_is_of_the_day_on_which_those_who_met_spoke() -> None:
    said = _only(
        "Talks on grain are on track, the Polish trade minister said on Wednesday.\n\n"
        "The Polish minister, Jan Nowak, said so after talks with his Ukrainian counterpart "
        "Oleh Koval."
    )
    assert said["date"] == "2024-03-13"


def test_people_sent_by_a_party_are_met_as_that_party() -> None:
    for whom in ("a delegation of senior Mexican Government officials",
                 "a group of lawmakers from Mexico", "representatives of Mexico"):  # fmt: skip
        said = _only(f"Chilean Trade Minister Jose Rojas met with {whom} in Lima today.")
        assert said["parties"] == ["CHL", "MEX"], whom


def test_a_call_held_with_somebody_is_a_meeting() -> None:
    said = _only(
        "Last night, Chilean Trade Minister Jose Rojas held a call with Minister of Commerce of "
        "Peru Luis Vega."
    )
    assert (said["parties"], said["date"]) == (["CHL", "PER"], "2024-03-14")


def test_what_has_just_been_held_was_held_on_the_day_of_publication() -> None:
    one, other = _meetings(
        "Chile's Foreign Minister Jose Rojas has just held talks with Peru's Foreign Minister Luis "
        "Vega. They followed the Chile-Peru summit meeting held on March 2."
    )
    assert (one.slots["date"], other.slots["date"]) == ("2024-03-15", "2024-03-02")


def test_a_plan_to_meet_at_a_place_is_a_meeting_to_come() -> None:
    for text in (
        "The Japanese and Chinese governments are planning to hold a meeting of their foreign "
        "ministers in Laos this month.",
        "Japan and China plan to hold talks on the sidelines of a forum in April.",
        "China and Japan were preparing to hold a summit in Hanoi.",
    ):
        assert _only(text)["status"] == "planned", text
    assert not _meetings("China and Japan plan to hold talks again.")


def test_other_people_of_the_same_parties_have_another_meeting() -> None:
    one, other = _meetings(
        "Chilean Foreign Minister Jose Rojas will meet Peruvian Foreign Minister Luis Vega in "
        "Quito this month. Chilean Vice Minister Ana Mora and Peruvian Vice Minister Ines Cruz "
        "will hold a dialogue in Lima on Monday."
    )
    assert (one.slots["place"], other.slots["place"]) == ("Quito", "Lima")


@pytest.mark.parametrize("means", ["by telephone", "over the phone", "by phone"])
def test_who_is_spoken_with_by_a_means(means: str) -> None:
    said = _only(
        f"Chilean Foreign Minister Jose Rojas spoke {means} with Peruvian Foreign Minister Luis "
        "Vega on Monday."
    )
    assert (said["parties"], said["format"]) == (["CHL", "PER"], "phone")


@pytest.mark.parametrize("title", ["The Trade Minister of Kenya", "Kenya's Trade Minister"])
def test_a_host_named_after_a_title(title: str) -> None:
    said = _only(
        f"{title}, Moses Otieno, welcomed Peru's Minister Luis Vega in Nairobi on Tuesday."
    )
    assert {one["name"] for one in said["principals"]} == {"Moses Otieno", "Luis Vega"}


def test_day_and_place_of_the_visit_on_which_talks_were_held() -> None:
    said = _only(
        "Thai Commerce Minister Anan Chai paid a visit to Beijing on Thursday, where he held "
        "discussions with Chinese Commerce Minister Wang Jun."
    )
    assert (said["date"], said.get("place")) == ("2024-03-14", "Beijing")


@pytest.mark.parametrize(
    "text",
    [
        "The trade ministers of Chile and Peru held two hours of talks in Lima on Friday.",
        "The trade ministers of Chile and Peru held a series of meetings in Lima on Friday.",
        "The trade ministers of Chile and Peru held a day of consultations in Lima on Friday.",
    ],
)
def test_hours_and_series_of_talks_are_a_meeting(text: str) -> None:
    read = engine.read(Given(text, published=dt.date(2024, 3, 18)), Nothing())
    (one,) = [p for p in read.proposals if p.type == "meeting"]
    assert one.slots["parties"] == ["CHL", "PER"]
    assert (one.slots["place"], one.slots["date"]) == ("Lima", "2024-03-15")
