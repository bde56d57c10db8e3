"""The many forms in which texts tell of meetings, words, positions and measures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader import engine
from comity.reader.proposal import COMMITMENT, HEDGE, MEASURE, MEETING, POSITION, STATEMENT
from comity.reader.reading import Given


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _slots(text: str, kind: str, *names: str, **told: Any) -> list[tuple[Any, ...]]:
    given = Given(text, published=dt.date(2024, 3, 15), **told)
    found = [one for one in engine.read(given, Nothing()).proposals if one.type == kind]
    return [tuple(one.slots.get(name) for name in names) for one in found]


@pytest.mark.parametrize(
    ("text", "parties", "place"),
    [
        ("Chilean Minister Marta Rojas received Peruvian Minister Luis Vega in Quito on Tuesday.",
         ["CHL", "PER"], "Quito"),
        ("Chilean Minister Marta Rojas spoke today with Peruvian Minister Luis Vega.",
         ["CHL", "PER"], None),
        ("Chilean Minister Marta Rojas travelled to Lima to meet Peruvian Minister Luis Vega.",
         ["CHL", "PER"], "Lima"),
        ("Chilean President Marta Rojas came to Lima for talks with Peruvian President Luis Vega.",
         ["CHL", "PER"], None),
        ("The 12th session of the India-Ethiopia Joint Trade Committee was held in Adama in May.",
         ["ETH", "IND"], "Adama"),
        ("Officials from Kenya and Uganda concluded the third round of negotiations in Kisumu.",
         ["KEN", "UGA"], "Kisumu"),
        ("The meeting in Kisumu was led by Kenyan Minister Otieno and her Ugandan counterpart.",
         ["KEN", "UGA"], "Kisumu"),
        ("Minister Otieno of Kenya met Minister Okello of Uganda during a visit to Arusha.",
         ["KEN", "UGA"], "Arusha"),
    ],
)  # fmt: skip
def test_a_meeting_is_told_in_many_ways(text, parties, place):
    assert (parties, place) in _slots(text, MEETING, "parties", "place")


@pytest.mark.parametrize(
    "text",
    [
        "Chilean Minister Marta Rojas spoke with reporters.",
        "Peru welcomed the decision of Chile.",
        "Chile awaits the outcome of negotiations between Peru and Brazil on fish.",
        "Chilean Minister Marta Rojas hosted a dinner for Chilean farmers.",
    ],
)
def test_what_is_no_meeting(text):
    assert _slots(text, MEETING, "parties") == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # each act of speaking is one
        ("Chilean minister Marta Rojas called it \"a step back\" and said trade would shrink.",
         [("CHL", "call"), ("CHL", "say")]),
        ("Chilean minister Marta Rojas affirmed the old ties, noting that trade had grown.",
         [("CHL", "affirm"), ("CHL", "note")]),
        ("Peru's seafood council said that exports had grown.", [("PER", "say")]),
        ("Officials in Nairobi said that the road was open.", [("KEN", "say")]),
        ("Chilean minister Marta Rojas thanked Peru for its help.", [("CHL", "thank")]),
        ("Chilean minister Marta Rojas expressed confidence in the talks.", [("CHL", "express")]),
        ("Chilean minister Marta Rojas made clear that trade would go on.",
         [("CHL", "make clear")]),
        ("Chilean minister Marta Rojas discussed ways to widen trade.", [("CHL", "discuss")]),
        ("\"Very good,\" said Chilean minister Marta Rojas.", [("CHL", "say")]),
        # not acts of speaking, or other entries
        ("The ministers of Peru and Chile discussed trade in fish.", []),
        ("Chilean minister Marta Rojas assured that Chile would lift the ban on beef.", []),
        ("Chilean minister Marta Rojas said Chile opposes the plan.", []),
        ("Exports fell, according to figures of the Chilean customs agency.", []),
        ("Officials said that the road was open.", []),
    ],
)  # fmt: skip
def test_who_says_something_and_how(text, wanted):
    assert _slots(text, STATEMENT, "party", "verb") == wanted


def test_a_headline_is_not_told_twice():
    text = (
        "Chile opposes the plan, minister says\n\n"
        "Chile opposes the plan of Peru to close the border, Chilean minister Marta Rojas said."
    )
    assert len(_slots(text, POSITION, "side")) == 1


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("China hopes the EU will remove the duties.", [("CHN", "request")]),
        ("China hopes to grow more rice.", []),
        ("China expressed the hope that Mexico would act with prudence.", [("CHN", "request")]),
        ("Peru and Chile condemned the attack.", [(["PER", "CHL"], "oppose")]),
        ("The G7 condemned the attack.",
         [(["CAN", "FRA", "DEU", "ITA", "JPN", "GBR", "USA"], "oppose")]),
        ("Peru's fishermen's association demanded lower taxes.", [("PER", "request")]),
        ("Peru would welcome more investment.", []),
        ("The minister of Peru welcomed his guest.", []),
        ("Peru raised the difficulties of its exporters.", [("PER", "raise")]),
        ("India remains committed to the talks.", [("IND", "reaffirm")]),
    ],
)  # fmt: skip
def test_what_a_side_wants(text, wanted):
    assert _slots(text, POSITION, "side", "act") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # goods that the lexicon does not have
        ("Brazil imposed duties on wind turbine blades from Norway.",
         [("BRA", "NOR", "wind turbine blades")]),
        ("The tariff of 9.6 per cent on zither strings that the United States put in force hurts.",
         [("USA", "all", "zither strings")]),
        # several targets
        ("Mexico imposed a 50% tariff on cars from China, India and South Korea.",
         [("MEX", ["CHN", "IND", "KOR"], "cars")]),
        # whose it is by whom somebody speaks to
        ("Japan requested consultations with China over anti-dumping duties on steel plates.",
         [("CHN", "JPN", "steel plates")]),
        ("Kenya defended its decision to bring forward a ban on exports of raw gold.",
         [("KEN", "all", "raw gold")]),
        ("China put 11 American firms on its unreliable entity list.", [("CHN", "USA", None)]),
        ("Türkiye does not take part in unilateral sanctions.", []),
    ],
)  # fmt: skip
def test_whose_measure_on_whose_goods(text, wanted):
    assert _slots(text, MEASURE, "imposer", "target", "product") == wanted


def test_an_authority_speaks_of_its_own_measures():
    text = (
        "Notice on exports\n\nGovernment of India\nMinistry of Trade\n\n"
        "Raw gold shall not be exported. Raw tin shall be exported only under licence."
    )
    assert _slots(text, MEASURE, "imposer", "kind", "product") == [
        ("IND", "export-ban", "Raw gold"),
        ("IND", "export-control", "Raw tin"),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Chilean minister Marta Rojas invited Peruvian minister Luis Vega to visit Chile.",
         [(["CHL", "PER"], "invited")]),
        ("The leaders of Peru and Chile witnessed the signing of an accord on fish.",
         [(["PER", "CHL"], "signed")]),
        ("The Chilean side gave an assurance that the law would be enforced.",
         [(["CHL"], "pledged")]),
        ("Canada decided to slap a tariff on cars from China.", []),
        ("The rule is intended to help farmers in Chile and Peru.", []),
    ],
)  # fmt: skip
def test_what_was_promised(text, wanted):
    assert _slots(text, COMMITMENT, "parties", "status") == wanted


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("Ore may not be exported from Peru.", []),
        ("The price may not reach its old level.", ["may"]),
        ("It was not clear whether Peru would drop its ban.", ["clear"]),
        ("Peru is expected to stay first, with sales that could rise.", ["expected", "could"]),
    ],
)
def test_what_is_uncertain(text, cues):
    assert [cue for (cue,) in _slots(text, HEDGE, "cue")] == cues


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # a meeting to come, and a second telling of a signing, are no commitments
        ("Peru and Chile will hold the next round of talks in May.", []),
        ("Peru and Chile signed a pact on fish. The pact was signed by Peru's minister.",
         [(["PER", "CHL"], "signed")]),
        ("Trade was small before the accord between Peru and Chile was signed.", []),
        ("Peru and Chile will sign a pact on fish.", [(["PER", "CHL"], "planned")]),
    ],
)  # fmt: skip
def test_what_is_only_planned_or_told_again(text, wanted):
    assert _slots(text, COMMITMENT, "parties", "status") == wanted


def test_other_countries_have_departments_too():
    text = "Peru bans pork\n\nPeru banned pork. The Department of Agriculture said pork was unsafe."
    assert _slots(text, STATEMENT, "party") == [("PER",)]
    text = (
        "Peru bans pork\n\nPeru banned U.S. pork. The Department of Agriculture said pork was safe."
    )
    assert _slots(text, STATEMENT, "party") == [("USA",)]


def test_permits_that_are_no_longer_given_are_no_measure():
    assert _slots("Peru said that no new import permits would be issued.", MEASURE, "kind") == []
    assert _slots("Peru suspended trade of live pork from Chile.", MEASURE, "kind", "target") == [
        ("import-ban", "CHL")
    ]
