"""Statements of made-up texts: who, in whose words, through which channel."""

from __future__ import annotations

import csv
import datetime as dt
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from comity.reader import engine
from comity.reader.proposal import STATEMENT, Proposal
from comity.reader.reading import Given


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _statements(text: str, **told: Any) -> list[Proposal]:
    told.setdefault("published", dt.date(2024, 3, 15))
    read = engine.read(Given(text, **told), Nothing())
    return [one for one in read.proposals if one.type == STATEMENT]


def _only(text: str, **told: Any) -> dict[str, Any]:
    (one,) = _statements(text, **told)
    return dict(one.slots)


def test_the_founding_document_gives_its_statements_and_no_more(shared_data: Path) -> None:
    text = (shared_data / "documents" / "2023-11-xi-kishida-apec.txt").read_text(encoding="utf-8")
    gold = yaml.safe_load((shared_data / "reader/gold/d00_seed.yaml").read_text(encoding="utf-8"))
    wanted = {
        (one["speaker"], one["verb"], one["mode"], one.get("partial_quote"), one.get("channel"))
        for one in gold["entries"]
        if one["type"] == STATEMENT
    }
    found = _statements(text, published=dt.date(2023, 11, 17))
    said = {
        tuple(one.slots.get(k) for k in ("speaker", "verb", "mode", "partial_quote", "channel"))
        for one in found
    }
    assert said == wanted
    assert len(found) == len(wanted)
    assert {str(one.slots["party"]) for one in found} == {"CHN", "JPN", "['CHN', 'JPN']"}


def test_a_quote_and_its_rest_are_one_statement() -> None:
    text = (
        '"We had a frank talk about copper," Chilean minister Marta Rojas told reporters. '
        '"There is more to do here."'
    )
    (one,) = _statements(text)
    assert (one.slots["speaker"], one.slots["party"]) == ("Marta Rojas", "CHL")
    assert (one.slots["mode"], one.slots["channel"]) == ("quote", "reporters")
    assert [e.quote for e in one.evidence] == [
        "We had a frank talk about copper,",
        "There is more to do here.",
    ]


def test_a_quote_in_a_new_paragraph_is_a_statement_of_the_same_speaker() -> None:
    text = (
        '"We had a frank talk about copper," Chilean minister Marta Rojas said.\n'
        '"The next round will be about fish."'
    )
    first, second = _statements(text)
    assert first.slots["speaker"] == second.slots["speaker"] == "Marta Rojas"


@pytest.mark.parametrize(
    ("text", "speaker", "party", "verb"),
    [
        ("Chile's trade ministry said that talks were useful.", "trade ministry", "CHL", "say"),
        ("Marta Rojas, Chile's envoy, noted that exports grew.", "Marta Rojas", "CHL", "note"),
        ("Exports grew last year, Chilean officials said.", "officials", "CHL", "say"),
        ("Both sides stressed the importance of fair trade. Chile and Peru left.", "Both sides",
         ["CHL", "PER"], "stress"),
        ("According to Chile's finance ministry, exports grew.", "finance ministry", "CHL",
         "accord"),
        ("Chilean President Marta Rojas underlined the role of trade.", "Marta Rojas", "CHL",
         "underline"),
    ],
)  # fmt: skip
def test_who_says_it(text: str, speaker: str, party: object, verb: str) -> None:
    said = _only(text)
    assert (said["speaker"], said["party"], said["verb"]) == (speaker, party, verb)


def test_a_few_quoted_words_in_a_paraphrase_are_a_partial_quote() -> None:
    said = _only('Chilean minister Marta Rojas said the offer was "far too little" for now.')
    assert (said["mode"], said["partial_quote"]) == ("paraphrase", True)


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ('Chilean minister Marta Rojas wrote on X: "A good day for trade in the south."',
         "social media (X)"),
        ("Chile's trade ministry said in a statement that talks were useful.", "statement"),
        ("Chilean minister Marta Rojas told a news conference that talks were useful.",
         "news conference"),
        ("In an interview, Chilean minister Marta Rojas said that talks were useful.",
         "interview"),
        ("Chile's foreign ministry reported that President Rojas stressed the need for peace.",
         "foreign ministry (CHL)"),
    ],
)  # fmt: skip
def test_the_channel_is_told(text: str, channel: str) -> None:
    assert _only(text)["channel"] == channel


def test_one_for_each_speaker_of_a_sentence() -> None:
    found = _statements(
        "Chilean minister Marta Rojas stressed the need for speed, while Peruvian minister Luis "
        "Vega noted that experts would need time."
    )
    assert [one.slots["speaker"] for one in found] == ["Marta Rojas", "Luis Vega"]


def test_first_person_texts_state_in_their_speakers_name() -> None:
    said = _only("I believe that trade makes us stronger.", speaker="Marta Rojas", publisher="CHL")
    assert (said["speaker"], said["party"], said["verb"]) == ("Marta Rojas", "CHL", "believe")


def test_a_joint_statement_speaks_for_both() -> None:
    text = (
        "Joint Statement on Trade between Chile and Peru\n\n"
        "Recognizing the importance of trade to both countries;\n\n"
        "Recognizing the role of small firms;\n\n"
        "The two sides believe that talks should go on.\n"
    )
    found = _statements(text)
    assert [one.slots["verb"] for one in found] == ["recognize", "believe"]
    assert all(set(one.slots["party"]) == {"CHL", "PER"} for one in found)
    assert len(found[0].evidence) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Chilean minister Marta Rojas did not say that talks were useful.",
        "Chilean minister Marta Rojas may say that talks were useful.",
        "Chile urged Peru to lift the ban.",
        "Chile and Peru agreed to hold talks.",
        "Chile's ministry said Peru and Chile agreed to hold talks.",
        "Analysts said that talks were useful.",
        "The report noted that talks were useful.",
    ],
)
def test_what_is_no_statement_of_a_side(text: str) -> None:
    assert _statements(text) == []


def test_verbs_of_speaking_and_of_other_entries_are_kept_apart() -> None:
    def column(file: str, name: str) -> set[str]:
        text = (files("comity.reader") / "data" / file).read_text(encoding="utf-8")
        return {row[name] for row in csv.DictReader(text.splitlines())}

    assert not column("speech.csv", "verb") & column("speech_not.csv", "word")


@pytest.mark.parametrize(
    ("text", "party", "verb"),
    [
        ("The EU's Trade Commissioner Eva Klein flagged the need to act on steel.", "EUN", "flag"),
        ("Chile's Trade Minister Jose Rojas pointed to the gains of open trade.", "CHL",
         "point out"),
        ("The European Commission identified several forms of support for Norwegian producers.",
         "EUN", "identify"),
        ("Norway's Ministry of Trade determined that the goods were sold below cost.", "NOR",
         "determine"),
        ("Oslo believes that the price is too low.", "NOR", "believe"),
        ("India's Trade Minister Ravi Nair thanked SoS Price for her support.", "IND", "thank"),
        ("Norway's Foreign Minister Kari Lund expressed similar thoughts.", "NOR", "express"),
    ],
)  # fmt: skip
def test_further_verbs_of_speaking(text: str, party: str, verb: str) -> None:
    said = _only(text)
    assert (said["party"], said["verb"]) == (party, verb)


@pytest.mark.parametrize("title", ["EVP", "Executive Vice-President"])
def test_a_title_by_its_initials_means_who_bears_it(title: str) -> None:
    said = _only(
        "Norway's Trade Minister Kari Lund met EU Executive Vice-President Eva Klein. "
        f"The {title} also emphasised the need to keep markets open."
    )
    assert (said["speaker"], said["party"]) == ("Eva Klein", "EUN")


@pytest.mark.parametrize("paper", ["notice", "notification", "circular"])
def test_a_paper_speaks_for_whoever_spoke_in_it(paper: str) -> None:
    found = _statements(
        f"In a {paper} on Sunday, China's customs authority said that beef will be checked. "
        f"Other goods will need certificates, the {paper} said. "
        f"Sunday's {paper} said that the rules end in May."
    )
    assert [one.slots["party"] for one in found] == ["CHN"] * 3
    assert {one.slots["channel"] for one in found} == {paper}


def test_no_paper_no_speaker() -> None:
    assert not _statements("Other goods will need certificates, the notification said.")


@pytest.mark.parametrize("verb", ["released", "issued", "made"])
def test_a_statement_released_is_what_follows_the_colon(verb: str) -> None:
    text = (
        "Agriculture Secretary Ann Price of the United States and United States Trade "
        f"Representative Joe Hill {verb} the following statement on Friday:\n\n"
        "“Today we welcomed our guests.\n\n“The talks were candid and the time was well spent.”"
    )
    (one,) = _statements(text)
    assert (one.slots["party"], one.slots["mode"]) == ("USA", "quote")
    assert one.evidence[0].quote.startswith("Today we welcomed")
    assert one.evidence[0].quote.endswith("time was well spent.")


def test_what_is_said_after_a_reported_present_is_the_reporters() -> None:
    found = _statements(
        "Chile's Trade Minister Jose Rojas reiterated that the pact is not open and emphasized "
        "that the quota is not about Peru."
    )
    assert [(one.slots["speaker"], one.slots["verb"]) for one in found] == [
        ("Jose Rojas", "reiterate"), ("Jose Rojas", "emphasize"),
    ]  # fmt: skip


def test_the_minister_of_a_lead_is_the_one_whom_the_text_names() -> None:
    found = _statements(
        "The case has no ground, the trade minister said.\n\n"
        "“We will win at the WTO in the end,” Indonesian trade minister Budi Hartono said."
    )
    assert [one.slots["party"] for one in found] == ["IDN", "IDN"]


@pytest.mark.parametrize(
    "text",
    [
        "Norway called for “an early end” to the delays.",
        "Japan and Chile shared the view that, while recognizing that there are differences, they "
        "will talk.",
        "Norway's Trade Minister Kari Lund highlighted concerns over the levy.",
    ],
)
def test_requests_concessions_and_concerns_are_no_statements(text: str) -> None:
    assert not _statements(text)


def test_to_address_something_is_no_speech() -> None:
    said = _only(
        "Chile's Trade Minister Jose Rojas stressed the value of a group to address old disputes."
    )
    assert "channel" not in said


def test_both_may_speak() -> None:
    said = _only(
        "Goyal of India met Badenoch of Britain. Expressing thanks, both exuded confidence in the "
        "next round of negotiations."
    )
    assert sorted(said["party"]) == ["GBR", "IND"]


def test_what_is_made_clear_is_in_the_evidence() -> None:
    (one,) = _statements("Chile's Trade Minister Jose Rojas made clear that the levy will stay.")
    assert "that the levy will stay" in one.evidence[0].quote


@pytest.mark.parametrize(
    ("name", "party"),
    [
        ("Ministry of Trade, Industry and Energy", "KOR"),
        ("Ministry of Economy, Trade and Industry", "JPN"),
        ("Department for Business and Trade", "GBR"),
        ("Trade Remedies Authority", "GBR"),
        ("Directorate General of Foreign Trade", "IND"),
    ],
)
def test_bodies_known_by_their_own_names(name: str, party: str) -> None:
    assert _only(f"The {name} said that the levy will stay.")["party"] == party


def test_who_tells_of_an_agreement_made_tells_no_more_than_that() -> None:
    assert not _statements(
        "The agreement was made during a visit of Indian ministers to Oslo, according to Norway's "
        "Ministry of Trade."
    )
