"""Issues: the closed list of keys, once each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader import engine
from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import issues


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(issues.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize("row", table("issues.csv"), ids=lambda row: row["id"])
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [entry for *_, entry in issues.hits(row["example"])]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("The Minister for Trade and Tourism flew home.", []),
        ("The potato chips were recalled.", []),
        ("A feed-in tariff pays for solar roofs.", []),
        ("The tariff-rate quota for butter is full.", ["quota"]),
        ("Non-tariff barriers are the harder part.", ["trade-barriers"]),
        ("Export curbs on gallium worry chipmakers.",
         ["export-controls", "critical-minerals", "semiconductors"]),
        ("Oslo lifted its ban on imports of Polish pork.", ["food-import-ban"]),
        ("He was seated at the table by the chair.", []),
    ],
)  # fmt: skip
def test_keys(text, keys):
    assert sorted(key for (key,) in slots(text, "key")) == sorted(keys)


def test_a_key_is_proposed_once_with_all_its_places():
    (one,) = read("The steel quota is full. Quotas for wire are not.")[:1]
    assert len([p for p in read("A quota is a quota.") if p.slots["key"] == "quota"]) == 1
    assert one.evidence


def test_issues_on_record_match_by_key_name_and_party():
    class Record(Nothing):
        issues = (
            KnownIssue("i-visa", ("visa rules",), ("CHN", "NOR"), "visas"),
            KnownIssue("i-other", ("visa rules",), ("BRA", "PER"), "visas"),
        )

    marked = mark(Given("China eased visa rules for citizens of Norway."), Record())
    (one,) = [p for p in issues.propose(marked, Record()) if p.slots["key"] == "visas"]
    assert one.matches == ("i-visa",)


def _keys(text: str) -> set[str]:
    found = engine.read(Given(text, published=dt.date(2024, 6, 3)), Nothing())
    return {one.slots["key"] for one in found.proposals if one.type == "issue"}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Poland banned imports of wheat and maize from Ukraine.", "food-import-ban"),
        ("Peru restricted imports of apples from Chile.", "food-import-ban"),
        ("Indonesia banned exports of nickel ore.", "export-ban"),
        ("The EU opened an investigation into stainless products from Indonesia.",
         "trade-remedies"),
    ],
)  # fmt: skip
def test_an_issue_by_the_measure_told(text, key):
    assert key in _keys(text)


def test_a_ban_on_what_nobody_eats_is_no_matter_of_food():
    assert "food-import-ban" not in _keys("Peru banned imports of tyres from Chile.")


def test_an_office_is_no_issue():
    assert not read("The FTA chief of Korea flew to Oslo.")
