"""Texts of more than two parties: who speaks together, and who a block's members are."""

from __future__ import annotations

import datetime as dt

import pytest

from comity.reader import engine, marking
from comity.reader.proposal import COMMITMENT, MEETING, STATEMENT
from comity.reader.reading import Given


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _given(text: str) -> Given:
    return Given(text, published=dt.date(2024, 3, 15))


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            "Joint Statement of the Ministers of Canada, Mexico and the United States of America\n"
            "The Ministers agreed to keep supply chains open.",
            {"CAN", "MEX", "USA"},
        ),
        (
            "Joint Declaration on fisheries\nThe Republic of Kenya, the United Republic of"
            " Tanzania, Uganda and the Republic of Rwanda issued this text.\n"
            "Both sides agreed to exchange data on landings.",
            {"KEN", "TZA", "UGA", "RWA"},
        ),
        (
            "Joint Press Statement on trade among Australia, India and Japan\n"
            "The three Ministers met. The Parties agreed to lower their tariffs.",
            {"AUS", "IND", "JPN"},
        ),
        # two parties stay two
        (
            "Joint Statement of Chile and Peru\nThe Ministers agreed to lower their tariffs.",
            {"CHL", "PER"},
        ),
    ],
)
def test_all_who_speak_in_a_joint_text_agree(text: str, parties: set[str]) -> None:
    read = engine.read(_given(text), Nothing())
    (one,) = [p for p in read.proposals if p.type == COMMITMENT]
    assert set(one.slots["parties"]) == parties


def test_countries_named_together_elsewhere_are_no_common_speaker() -> None:
    text = "Kenya, Uganda and Rwanda signed nothing. The leaders agreed to meet Japan in May."
    assert len(marking.mark(_given(text), Nothing()).pair) <= 2


@pytest.mark.parametrize(
    ("text", "words", "parties"),
    [
        (
            "Peru, Chile, Colombia and Mexico, members of the Pacific Alliance, wrote to Canada."
            " The Pacific Alliance countries noted that trade grew.",
            "Pacific Alliance countries",
            ("PER", "CHL", "COL", "MEX"),
        ),
        (
            "Kenya, Uganda and Rwanda, Member States of the East African Community (EAC), wrote."
            " The EAC States noted that trade grew.",
            "EAC States",
            ("KEN", "UGA", "RWA"),
        ),
        (
            "Latvia, Estonia and Lithuania, States Parties to the Amber Pact (\u201cAP\u201d),"
            " wrote. The AP side noted that trade grew.",
            "AP side",
            ("LVA", "EST", "LTU"),
        ),
    ],
)
def test_a_block_is_its_members_where_the_text_lists_them(
    text: str, words: str, parties: tuple[str, ...]
) -> None:
    marked = marking.mark(_given(text), Nothing())
    start = marked.plain.index(words)
    assert [m.parties for m in marked.mentions if m.start <= start < m.end] == [parties]
    said = [p for p in engine.read(_given(text), Nothing()).proposals if p.type == STATEMENT]
    assert [p.slots["party"] for p in said] == [list(parties)]


@pytest.mark.parametrize(
    ("head", "sentence", "parties"),
    [
        (
            "Joint Press Statement of the Meeting among Australia, India and Japan",
            "The 13th Trilateral Trade Ministers' Meeting was held in Perth on 30 January 2024.",
            ["AUS", "IND", "JPN"],
        ),
        (
            "Joint Statement of the Ministers of Kenya, Uganda and Rwanda",
            "The Second Economic Dialogue was convened in Kigali on 30 January 2024.",
            ["KEN", "RWA", "UGA"],
        ),
        (
            "Joint Communiqu\u00e9 of Chile and Peru",
            "The Fourth Ministerial Meeting was held in Arica on 30 January 2024.",
            ["CHL", "PER"],
        ),
    ],
)
def test_the_meeting_of_a_joint_text_is_of_all_who_speak_in_it(
    head: str, sentence: str, parties: list[str]
) -> None:
    read = engine.read(_given(f"{head}\n\n{sentence} The Ministers noted its length."), Nothing())
    (one,) = [p for p in read.proposals if p.type == MEETING]
    assert (one.slots["parties"], one.slots["date"]) == (parties, "2024-01-30")
