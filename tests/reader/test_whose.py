"""Whom people and institutions of made-up texts serve, where it is told beside their names."""

from __future__ import annotations

import datetime as dt

import pytest

from comity.reader import letterhead, marking, normalise
from comity.reader.reading import Given, KnownPerson


class Nothing:
    """A record with nothing on it."""

    people: tuple[KnownPerson, ...] = ()
    issues = ()
    measures = ()


class Kimbaro(Nothing):
    """A record that knows one person."""

    people = (KnownPerson("p", ("Kimbaro Sol",), "PRK", "Leader", None, None),)


def _party(text: str, words: str, register: Nothing | None = None) -> tuple[str, ...]:
    given = Given(text, published=dt.date(2024, 3, 15))
    marked = marking.mark(given, register or Nothing())
    start = marked.plain.index(words)
    found = [m for m in marked.mentions if m.start <= start < m.end]
    return found[0].parties if found else ()


@pytest.mark.parametrize(
    ("text", "words", "parties"),
    [
        # honorifics, several and after a comma
        ("UAE Minister of State, H.E. Dr. Salim bin Amr met Shri Ravi Nath.", "Salim", ("ARE",)),
        # the country after the name
        ("Foreign Minister Okoro of Nigeria explained the plan.", "Okoro", ("NGA",)),
        ("Minister of Commerce Pakistan Omar Dar met them.", "Minister", ("PAK",)),
        # whose ambassador, not where
        ("Mr. Sato, Japan's ambassador to Kenya, spoke.", "Sato", ("JPN",)),
        # two offices of one person
        ("Vietnam's Deputy Prime Minister and Minister of Trade Le Van Tam spoke.", "Le Van",
         ("VNM",)),
        # a colleague named right after
        ("Swiss Economy Minister Urs Frei and State Secretary Ina Graf spoke.", "Ina", ("CHE",)),
        # an apposition tells it
        ("Amina Diop, who heads the Senegal Fisheries Agency, said trade grew.", "Amina", ("SEN",)),
        ("Tom Reid, chairman of the Australian growers, said trade grew.", "Tom", ("AUS",)),
        # nor does what a finite verb after the name is about
        ("Tom Reid, yesterday received her colleague from the Republic of Kenya, and left.", "Tom",
         ()),
        # a place in an apposition does not
        ("Tom Reid, speaking in Japan, said trade grew.", "Tom", ()),
        # who acts in the paragraph tells whose spokesman and minister
        ("The Kremlin shrugged. \"We will see,\" spokesman Oleg Popov said.", "Oleg", ("RUS",)),
        # a secretary is not always American
        ("The Philippines keeps its ban on sugar. The Philippines has sugar enough, Agriculture"
         " Secretary Jose Cruz said.", "Jose", ("PHL",)),
        ("Vice Premier He Lin of China spoke.", "He Lin", ("CHN",)),
    ],
)  # fmt: skip
def test_a_person_serves_whom_the_words_beside_the_name_tell(text, words, parties):
    assert _party(text, words) == parties


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Minister Ruta Lapina received the ambassador of Chile.", "Ruta"),
        ("Prime Minister Osei Dankwa declined to confirm talks with Canada.", "Osei"),
        ("The Prime Minister, Rt Hon Moana Tau, spoke with the President of Peru.", "Moana"),
    ],
)
def test_ones_own_paper_names_ones_own_top_officials_without_a_country(text, words):
    given = Given(text, published=dt.date(2024, 3, 15), publisher="LVA")
    marked = marking.mark(given, Nothing())
    start = marked.plain.index(words)
    assert [m.parties for m in marked.mentions if m.start <= start < m.end] == [("LVA",)]


def test_of_two_heads_of_government_one_is_not_ones_own():
    text = "Prime Minister Le Van Tam met President Joe Biden, and Premier Osei Dankwa wrote."
    given = Given(text, published=dt.date(2024, 3, 15), publisher="USA")
    found = {m.name: m.parties for m in marking.mark(given, Nothing()).mentions if m.name}
    assert found == {"Joe Biden": ("USA",), "Le Van Tam": (), "Osei Dankwa": ()}


@pytest.mark.parametrize(
    ("text", "words", "parties"),
    [
        ("Accra was unmoved. \"We will wait,\" government spokesman Yaw Boateng said.", "Yaw",
         ("GHA",)),
        ("Peru accused Chile of delay; foreign ministry spokeswoman Rosa Diaz told reporters so.",
         "Rosa", ("PER",)),
        ("Kenya waits. \"Not yet,\" ministry spokesperson Peter Oduya added.", "Peter", ("KEN",)),
        # the colleague of somebody of another country, told by "from"
        ("Minister Ana Silva hosted her counterpart from the Republic of Botswana, Hon. Kago Sere.",
         "Kago", ("BWA",)),
        ("He met his counterpart from Norway, Kari Lund.", "Kari", ("NOR",)),
        ("She wrote to her counterpart from Kenya, Dr Peter Oduya.", "Peter", ("KEN",)),
        # "the ministry" is the one named with its owner
        ("China is not pleased. Its trade ministry objected. The ministry called for talks.",
         "ministry called", ("CHN",)),
        ("Norway waits. Its fisheries agency wrote. Then the agency asked for talks.",
         "agency asked", ("NOR",)),
        ("Peru is ready. Its foreign ministry said so. Later the ministry urged calm.",
         "ministry urged", ("PER",)),
    ],
)  # fmt: skip
def test_the_paragraph_tells_whose_somebody_is(text, words, parties):
    given = Given("The day in trade\n" + text, published=dt.date(2024, 3, 15))
    marked = marking.mark(given, Nothing())
    start = marked.plain.index(words)
    assert [m.parties for m in marked.mentions if m.start <= start < m.end] == [parties]


def test_a_widely_known_head_of_government_is_not_taken_for_ones_own():
    given = Given("President Joe Biden spoke.", published=dt.date(2024, 3, 15), publisher="LVA")
    found = [m.parties for m in marking.mark(given, Nothing()).mentions if m.kind == "person"]
    assert found == [("USA",)]


def test_a_surname_alone_means_the_one_on_record_only_with_a_like_title():
    assert _party("Leader Kimbaro spoke.", "Kimbaro", Kimbaro()) == ("PRK",)
    assert _party("Deputy Minister Kimbaro spoke.", "Kimbaro", Kimbaro()) == ()


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("Final findings\n\nGOVERNMENT OF INDIA\nMinistry of Trade\n\nThe Authority finds.", "IND"),
        ("Announcement\n\nMinistry of Trade of the Republic of Kenya\n9 May 2025\n\nText.", "KEN"),
        # the title names anybody's ministry
        ("India's Ministry of Trade replies\n\nThe duties are unfair, Kenya said.", None),
        # two who sign are neither's paper
        ("Joint notice\n\nGovernment of India\nGovernment of Nepal\n\nText.", None),
        ("Talks end\n\nThe Government of India said that talks had ended.", None),
    ],
)
def test_a_letterhead_tells_whose_paper_it_is(text, party):
    assert letterhead.own_party(normalise.plain(text)) == party


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("Zimbabwe blames miners\n\nZimbabwe defended its ban on ore. China buys most of the"
         " ore. China said nothing.", "ZWE"),
        ("Peru and Chile meet\n\nPeru and Chile met. Peru spoke. Chile spoke.", None),
        ("Kenya: Duty on rice\n\nThe duty starts in May.", "KEN"),
    ],
)  # fmt: skip
def test_a_text_is_at_home_with_the_party_that_acts_in_its_first_sentences(text, home):
    assert marking.mark(Given(text), Nothing()).home == home


def test_no_sentence_begins_within_one():
    text = 'Minister Rojas called Peru "a good old friend" of Chile and said trade grew.'
    assert len(marking.mark(Given(text), Nothing()).sentences) == 1


def test_a_formal_sentence_of_many_capitals_is_no_headline():
    text = (
        "The Minister of Trade and Industry of the Republic of Kenya, Ms Amina Wanjiru Otieno,"
        " received the Minister of Trade of Uganda.\n\nMinister Otieno spoke."
    )
    assert _party(text, "Otieno spoke") == ("KEN",)
