"""Lists after a colon: their items are of who stands before it."""

from __future__ import annotations

import datetime as dt

from comity.reader import engine
from comity.reader.proposal import COMMITMENT, POSITION, STATEMENT, Proposal
from comity.reader.reading import Given


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _read(text: str, kind: str) -> list[Proposal]:
    read = engine.read(Given(text, published=dt.date(2024, 3, 15)), Nothing())
    return [one for one in read.proposals if one.type == kind]


def _parties(found: list[Proposal], slot: str) -> list[list[str]]:
    return [sorted(one.slots[slot]) for one in found]


def test_every_item_after_agreed_to_is_a_commitment():
    text = (
        "Peru and Chile met in Lima. The two sides agreed to:\n\n(a) work together on copper;\n\n"
        "(b) open a border post by May 2025;\n\n(c) share their fishing data.\n\nPeru is a country."
    )
    found = _read(text, COMMITMENT)
    assert _parties(found, "parties") == [["CHL", "PER"]] * 3
    assert [str(one.slots["what"]).split()[0] for one in found] == ["work", "open", "share"]
    assert found[1].slots["when"] == "May 2025"


def test_an_item_may_have_a_second_sentence_and_no_bullet():
    text = (
        "Peru and Chile agreed to:\n\nEstablish a working group on copper. It is the first of its"
        " kind.\n\nConvene experts on fish in June.\n\nThe weather was fine."
    )
    found = _read(text, COMMITMENT)
    assert [str(one.slots["what"]).split()[0] for one in found] == ["Establish", "Convene"]


def test_what_was_not_agreed_is_no_list_of_commitments():
    text = "Peru and Chile did not agree to:\n\n(a) open a border post;\n\n(b) share their data."
    assert _read(text, COMMITMENT) == []


def test_items_after_the_ministers_are_told_of_both():
    text = (
        "Joint Statement of Peru and Chile\n\nPeru and Chile held talks in Lima.\n\nThe two"
        " ministers:\n\nRecognized that copper is needed by both;\n\n"
        "Rejected unilateral measures;\n\n"
        "Undertook to share their data."
    )
    assert _parties(_read(text, STATEMENT), "party") == [["CHL", "PER"]]
    assert _parties(_read(text, POSITION), "side") == [["CHL", "PER"]]
    assert _parties(_read(text, COMMITMENT), "parties") == [["CHL", "PER"]]


def test_a_colon_before_quoted_words_begins_no_list():
    text = 'The minister of Peru said:\n\n"Open the border."\n\nHe left.'
    assert _read(text, COMMITMENT) == []
