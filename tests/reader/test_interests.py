"""Interests: what parties share and where they differ."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import interests


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(interests.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize("row", table("interests.csv"), ids=lambda row: row["id"])
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [one.rule for one in read(row["example"])]


def test_those_without_a_subject_are_one_of_a_kind():
    text = (
        "They spoke of common interests. Handling differences takes time. Common ground is scarce,"
        " and differences are many."
    )
    found = {one.slots["kind"]: len(one.evidence) for one in read(text)}
    assert found == {"common": 2, "difference": 2}


def test_a_subject_is_kept():
    assert slots("Differences over fishing rights remain.", "kind", "about") == [
        ("difference", "over fishing rights")
    ]
