"""Questions and answers: whose words a labelled paragraph is."""

from __future__ import annotations

import datetime as dt

import pytest

from comity.reader import engine, marking
from comity.reader.proposal import COMMITMENT, STATEMENT, Proposal
from comity.reader.reading import Given


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _statements(text: str) -> list[Proposal]:
    given = Given(text, published=dt.date(2024, 3, 15))
    return [one for one in engine.read(given, Nothing()).proposals if one.type == STATEMENT]


BRIEFING = """\
Press briefing by Peruvian Foreign Ministry Spokesperson Rosa Quispe
Rosa Quispe: Good morning. The floor is open.
Andes Radio: Will the port be closed again?
Rosa Quispe: The harbour works are a matter for the port authority. Ships keep sailing.
La Hora: And what of the fishing season?
Rosa Quispe: Anchovy stocks have recovered in the north.
"""
MINISTER = """\
Interview with Kenyan Trade Minister Peter Oduya, Nairobi
Question: Are tea prices low?
Peter Oduya: Prices move with the weather, and this year was dry.
Question: What of the railway?
Peter Oduya: The line carries more than it did.
"""
ENVOY = """\
Media briefing by Norwegian Ambassador Kari Lund
Ambassador Kari Lund: Welcome.
Q: How many boats are there?
Ambassador Kari Lund: The fleet has 300 boats, all of them inspected.
Q: Are they large?
Ambassador Kari Lund: Most of them are not.
"""


@pytest.mark.parametrize(
    ("text", "speaker", "party", "channel", "begins"),
    [
        (BRIEFING, "Rosa Quispe", "PER", "press briefing", ["The harbour", "Anchovy"]),
        (MINISTER, "Peter Oduya", "KEN", "interview", ["Prices", "The line"]),
        (ENVOY, "Kari Lund", "NOR", "media briefing", ["The fleet", "Most of"]),
    ],
)
def test_each_answer_is_a_statement_and_no_question_or_greeting_is(
    text: str, speaker: str, party: str, channel: str, begins: list[str]
) -> None:
    found = _statements(text)
    told = [(one.slots["speaker"], one.slots["party"], one.slots["mode"], one.slots["channel"])
            for one in found]  # fmt: skip
    assert told == [(speaker, party, "quote", channel)] * len(begins)
    for one, words in zip(found, begins, strict=True):
        assert one.evidence[0].quote.startswith(words)


def test_we_in_an_answer_is_the_party_of_who_answers() -> None:
    text = BRIEFING.replace("Ships keep sailing.", "We oppose the closure.")
    marked = marking.mark(Given(text, published=dt.date(2024, 3, 15)), Nothing())
    start = text.index("We oppose")
    (one,) = [m for m in marked.mentions if m.start <= start < m.end]
    assert (one.name, one.parties) == ("Rosa Quispe", ("PER",))


def test_a_list_with_colons_is_no_exchange() -> None:
    text = "Duties of Chile\nSteel: Chile levies 5 percent.\nCopper: none at all is levied.\n"
    assert _statements(text) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("The President of Chile was here in May; both sides agreed to lower their tariffs.",
         "CHL"),
        ("The Minister saw the envoy of Ghana, and both sides agreed to lower their tariffs.",
         "GHA"),
        ("A delegation from Laos came, and the two sides agreed to lower their tariffs.", "LAO"),
    ],
)  # fmt: skip
def test_both_sides_of_ones_own_paper_are_oneself_and_the_one_named(text: str, other: str) -> None:
    more = " Fiji and Samoa sell kava. Samoa and Fiji grow taro. Tonga and Fiji sell fish."
    given = Given(text + more, published=dt.date(2024, 3, 15), publisher="NZL")
    found = [one for one in engine.read(given, Nothing()).proposals if one.type == COMMITMENT]
    assert [set(one.slots["parties"]) for one in found] == [{"NZL", other}]


def test_what_else_an_answer_says_is_a_statement_beside_one_that_it_introduces() -> None:
    text = BRIEFING.replace(
        "Anchovy stocks have recovered in the north.",
        "Let me be brief. We stress that nets are checked. Anchovy stocks have recovered in the"
        " north, and the boats that left the port in March are back with more than they could sell"
        " at home.",
    )
    quotes = [one.evidence[0].quote for one in _statements(text)]
    assert any("nets are checked" in one for one in quotes)
    assert any(one.startswith("Anchovy") or "Anchovy" in one for one in quotes[-1:])
