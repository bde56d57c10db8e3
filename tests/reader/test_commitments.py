"""Commitments: what parties agreed, pledged, plan or will do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import commitments


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(commitments.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize(
    "row", [*table("commitments.csv"), *table("commitments_will.csv")], ids=lambda row: row["id"]
)
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [one.rule for one in read(row["example"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Peru and Chile agreed to open a border post.", [(["PER", "CHL"], "agreed")]),
        ("Peru and Chile did not agree to open a border post.", []),
        ("Peru and Chile refused to agree to a date.", []),
        ("Peru and Chile failed to reach an agreement on fish.", []),
        ("If Peru and Chile agree to this, trade will grow.", []),
        ("Peru might agree to a smaller quota.", []),
        ("Peru wants Chile to pledge more money.", []),
        ("Norway agreed with Iceland to share the quota.", [(["NOR", "ISL"], "agreed")]),
        ("Oslo said it would lift the ban on Polish pork.", [(["NOR"], "announced")]),
        ("An agreement between Fiji and Tonga to share radar data was named the main result.",
         [(["FJI", "TON"], "agreed")]),
        ("Kenya expressed its willingness to talk.", []),
    ],
)  # fmt: skip
def test_parties_and_status(text, expected):
    assert slots(text, "parties", "status") == expected


def test_a_bare_pledge_joins_the_fuller_one():
    text = "Fiji and Tonga pledged cooperation. Fiji and Tonga pledged to share their radar data."
    assert slots(text, "what") == [("share their radar data",)]


def test_points_of_a_list_are_commitments_of_the_same_party():
    text = (
        "The United States will (i) amend the duties on Swiss watches for 90 days; and"
        " (ii) cancel the duties on Swiss cheese."
    )
    found = slots(text, "parties", "what")
    assert [parties for parties, _ in found] == [["USA"], ["USA"]]
    assert found[1][1].startswith("cancel the duties")


def test_a_body_of_two_parties_will_meet():
    text = "Peru and Chile set up a working group. The working group will meet twice a year."
    assert (["PER", "CHL"], "planned") in [
        (sorted(parties, reverse=True), status)
        for parties, status in slots(text, "parties", "status")
    ]
