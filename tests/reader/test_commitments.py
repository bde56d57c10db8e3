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


@pytest.mark.parametrize("verb", ["hopes", "expects", "believes"])
def test_what_others_hope_somebody_will_do_is_no_commitment(verb: str) -> None:
    assert not read(f"Beijing {verb} that Brussels will lift the ban.")


def test_what_was_agreed_by_others_in_passing_is_none() -> None:
    assert not read(
        "India and Chile spoke of the dialogue, which was agreed by President Boric and Modi."
    )


@pytest.mark.parametrize(
    "text",
    [
        "India and Britain met. Teams are going to continue negotiations till August.",
        "India and Britain met. The negotiators will resume their work in May.",
        "India and Britain met. The delegations will meet again in May.",
    ],
)
def test_the_teams_go_on(text: str) -> None:
    found = [one for one in read(text) if one.slots["status"] == "planned"]
    assert [sorted(one.slots["parties"]) for one in found] == [["GBR", "IND"]]


def test_an_invitation_is_between_host_and_guest_by_pronoun() -> None:
    (one,) = read(
        "Minister Goyal of India thanked Minister Price of Britain. He also invited her to attend "
        "the fair."
    )
    assert sorted(one.slots["parties"]) == ["GBR", "IND"]


def test_a_shared_view_is_told_past_what_is_put_in_between() -> None:
    (one,) = read(
        "Japan and China shared the view that, while recognizing that there are differences, they "
        "will seek to find ways to settle them."
    )
    assert "find ways to settle them" in one.evidence[0].quote


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("India and Chile expressed their firm commitment to concluding the pact.", "pledged"),
        ("India and Chile exchanged invitations for visits.", "invited"),
    ],
)
def test_commitments_expressed_and_invitations_exchanged(text: str, status: str) -> None:
    assert slots(text, "parties", "status") == [(["IND", "CHL"], status)]


@pytest.mark.parametrize(
    "text",
    [
        "China is ready to deepen its exchanges with Japan.",
        "Beijing signalled its readiness to reopen the plant.",
        "Norway's government said that it was willing to host the talks.",
    ],
)
def test_readiness_for_a_deed_is_a_commitment(text: str) -> None:
    found = slots(text, "status")
    assert found == [("willingness",)]


@pytest.mark.parametrize(
    "text",
    [
        "China is ready to discuss the duty.",
        "China is not ready to open its market.",
        "If China is ready to open its market, talks will begin.",
        "China is ready to retaliate against the duty.",
    ],
)
def test_readiness_to_look_or_to_fight_and_none_are_no_commitments(text: str) -> None:
    assert not [one for one in read(text) if one.slots["status"] == "willingness"]
