"""Indicators: numbers with units."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import indicators


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(indicators.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize("row", table("indicators.csv"), ids=lambda row: row["id"])
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [one.rule for one in read(row["example"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exports rose to A$1.2 billion.", [(1.2e9, "AUD")]),
        ("Imports of cars fell 12.5 percent to 3,200 tonnes.", [(12.5, "%"), (3200.0, "t")]),
        ("The tank holds 87 million yen.", [(87e6, "JPY")]),
        ("The pact has 25 articles and was signed in 2024.", []),
        ("Flight A350 left.", []),
    ],
)
def test_value_and_unit(text, expected):
    assert slots(text, "value", "unit") == expected


def test_what_it_is_of_and_when():
    text = "Exports of scallops fell to 250 tonnes in May 2024."
    (one,) = read(text)
    assert one.slots["about"] == "Exports of scallops"
    assert one.slots["date"].startswith("2024-05")
