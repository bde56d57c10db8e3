"""Positions: who asks, supports, opposes, worries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import positions


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(positions.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize(
    "row",
    [*table("acts.csv"), *table("acts_nouns.csv"), *table("acts_adjectives.csv")],
    ids=lambda row: row["id"],
)
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [one.rule for one in read(row["example"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Brussels does not support the levy.", [("EUN", "oppose", None)]),
        ("Washington did not ask for talks.", []),
        ("If Seoul asks for talks, Tokyo will answer.", []),
        ("Farmers demanded that the tariff be lifted.", []),
        (
            "Beijing opposes the sanctions and urges the United States to end them.",
            [("CHN", "oppose", None), ("CHN", "request", "USA")],
        ),
        (
            "Norway demanded that Russia return the trawler and release its captain.",
            [("NOR", "request", "RUS"), ("NOR", "request", "RUS")],
        ),
        ("Japan spends much to support its farmers.", []),
    ],
)  # fmt: skip
def test_side_act_and_addressee(text, expected):
    assert slots(text, "side", "act", "to") == expected


def test_a_request_that_may_come_is_hedged_with_its_cue():
    one, other = read("Chile may push for lower duties while also seeking the release of a ship.")
    assert one.hedged
    assert one.cue == "may"
    assert one.slots["hedged"] is True
    assert other.slots["hedged"] is True


def test_what_it_is_about_leaves_out_verb_and_addressee():
    assert slots("Canberra urged Beijing to drop the wine duties.", "about") == [
        ("drop the wine duties",)
    ]


def test_two_sides_together_have_no_position_but_a_commitment():
    assert read("Japan and India expressed their willingness to expand trade.") == []


def test_evidence_is_the_text():
    text = "Ottawa “strongly opposes” the duty. Ottawa voiced concern over the delay."
    for one in read(text):
        assert all(text[e.start : e.end] == e.quote for e in one.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Foreign Minister Kari Lund of Norway is expected to urge Chile to lift its ban.",
        "Norway's Kari Lund was expected to call on Chile to free the sailor.",
        "Norway's government is said to demand that Chile drop the levy.",
    ],
)
def test_what_somebody_is_expected_to_ask_is_that_side_s(text: str) -> None:
    assert [one.slots["side"] for one in read(text)] == ["NOR"]


@pytest.mark.parametrize("what", ["Russia's war in Ukraine", "the ban on salmon", "overcapacity"])
def test_grave_matters_are_raised(what: str) -> None:
    assert slots(f"The EU side raised {what}.", "side", "act") == [("EUN", "raise")]


@pytest.mark.parametrize(
    "what", ["tariffs on salmon", "its forecast", "rates", "5 billion dollars"]
)
def test_amounts_are_not(what: str) -> None:
    assert not slots(f"The EU side raised {what}.", "side", "act")


@pytest.mark.parametrize("verb", ["highlighted", "flagged", "underlined"])
def test_concerns_may_be_highlighted(verb: str) -> None:
    assert slots(f"Norway {verb} concerns over the new levy.", "side", "act") == [
        ("NOR", "concern")
    ]


@pytest.mark.parametrize("verb", ["fight", "retaliate against", "defend itself against"])
def test_readiness_for_a_quarrel_is_no_willingness(verb: str) -> None:
    assert not slots(f"Indonesia is ready to {verb} the challenge.", "act")


@pytest.mark.parametrize("verb", ["open", "host", "deepen"])
def test_readiness_for_a_deed_is_told_as_a_commitment(verb: str) -> None:
    assert not read(f"China is ready to {verb} the market.")


def test_talks_sought_are_asked_for() -> None:
    assert slots("India is seeking talks too.", "side", "act") == [("IND", "request")]
