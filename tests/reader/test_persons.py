"""Persons and their offices in made-up texts."""

from __future__ import annotations

import datetime as dt

from comity.reader import engine
from comity.reader.proposal import PERSON, Proposal
from comity.reader.reading import Given, KnownPerson


class Nothing:
    """A record with nothing on it."""

    people: tuple[KnownPerson, ...] = ()
    issues = ()
    measures = ()


class One(Nothing):
    """A record that knows one of them."""

    people = (KnownPerson("abc123", ("Marta Rojas",), "CHL", "President", None, None),)


def _persons(text: str, register: Nothing | None = None) -> list[Proposal]:
    read = engine.read(Given(text, published=dt.date(2024, 3, 15)), register or Nothing())
    return [one for one in read.proposals if one.type == PERSON]


def test_each_person_once_with_the_fullest_role() -> None:
    text = (
        "Minister Rojas arrived. Chile's Minister of Foreign Affairs Marta Rojas smiled. Later "
        "Peruvian President Luis Vega arrived."
    )
    assert [dict(one.slots) for one in _persons(text)] == [
        {"person": "Marta Rojas", "role": "Minister of Foreign Affairs", "party": "CHL"},
        {"person": "Luis Vega", "role": "President", "party": "PER"},
    ]


def test_the_passage_is_the_phrase() -> None:
    text = "In Lima, Peruvian President Luis Vega spoke."
    (one,) = _persons(text)
    assert one.evidence[0].quote == "Peruvian President Luis Vega"


def test_a_person_on_record_is_named() -> None:
    (one,) = _persons("Chilean President Marta Rojas spoke.", One())
    assert one.matches == ("abc123",)


def test_a_counterpart_is_no_office() -> None:
    assert _persons("Peru's envoy saw his counterpart.") == []
