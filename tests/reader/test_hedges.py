"""Hedges: uncertain clauses and what only looks like one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import hedges


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(hedges.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize("row", table("hedges.csv"), ids=lambda row: row["id"])
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [one.rule for one in read(row["example"])]


@pytest.mark.parametrize(
    "text",
    [
        "The meeting in May was short.",
        "May brought new talks.",
        "The ministers could not agree.",
        "Shellfish can be eaten raw.",
        "The envoy suggested a second round.",
        "Talks will open on Monday.",
    ],
)
def test_no_hedge(text):
    assert read(text) == []


def test_a_report_and_the_modal_within_it_are_one_hedge():
    assert slots("Press reports suggested that a pact might follow.", "cue") == [
        ("suggested … might",)
    ]


def test_a_cue_within_an_uncertain_clause_is_no_second_one():
    assert slots("The body could settle rows that may arise.", "cue") == [("could",)]


def test_joined_clauses_are_two():
    text = "Tokyo may raise the matter in spring and Seoul could reject it at once."
    assert slots(text, "cue") == [("may",), ("could",)]


@pytest.mark.parametrize(
    "text",
    [
        "Beijing hopes that Brussels will open its market.",
        "Brussels believes that the price is distorted.",
        "The Norwegian government hopes the fee will fall.",
    ],
)
def test_what_a_party_hopes_or_believes_is_its_word(text):
    assert not read(text)


@pytest.mark.parametrize("word", ["envisaged", "prospective", "rumoured", "possible"])
def test_a_thing_that_may_not_come(word):
    assert [one.cue for one in read(f"The {word} meeting will be short.")] == [word]
