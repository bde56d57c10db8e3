"""Measures: who restricts whose goods, how, and how it stands."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest

from comity.reader.marking import mark
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.rules import measures


class Nothing:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures: tuple[KnownMeasure, ...] = ()


def read(text: str, **given) -> list[Proposal]:
    one = Given(text, published=dt.date(2024, 6, 3), **given)
    return list(measures.propose(mark(one, Nothing()), Nothing()))


def slots(text: str, *names: str, **given) -> list[tuple[Any, ...]]:
    return [tuple(one.slots.get(name) for name in names) for one in read(text, **given)]


@pytest.mark.parametrize(
    "row", [*table("measures.csv"), *table("measures_verbs.csv")], ids=lambda row: row["id"]
)
def test_every_entry_of_the_lexicon_finds_its_example(row):
    assert row["id"] in [one.rule for one in read(row["example"])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taiwan's ban on Japanese food was lifted in 2022.",
         [("TWN", "JPN", "import-ban", "lifted")]),
        ("The seafood ban imposed by Fiji on Tonga is two years old.",
         [("FJI", "TON", "import-ban", "in-force")]),
        ("Peru urged Chile to lift its tariffs on Peruvian wine.",
         [("CHL", "PER", "tariff", "lifting-sought")]),
        ("Japan agreed to remove the curbs on exports of chips to South Korea.",
         [("JPN", "KOR", "export-control", "lifting-agreed")]),
        ("Norway has partially lifted its ban on beef from Canada.",
         [("NOR", "CAN", "import-ban", "partly-lifted")]),
        ("Kenya suspended the duties on sugar from Uganda.",
         [("KEN", "UGA", "tariff", "suspended")]),
        ("The EU opened an anti-dumping investigation into Turkish steel.",
         [("EUN", "TUR", "investigation", "under-investigation")]),
        ("Washington has threatened a 50% tariff on European wine.",
         [("USA", "EUN", "tariff", "planned")]),
        ("Seoul is considering easing its ban on seafood from Japan.",
         [("KOR", "JPN", "import-ban", "under-review")]),
        ("China's review of duties on Australian barley goes on.",
         [("CHN", "AUS", "tariff", "under-review")]),
        ("Exports of beef from Argentina to China resumed.",
         [("CHN", "ARG", "import-ban", "lifted")]),
        ("Jakarta banned exports of nickel ore.", [("IDN", "all", "export-ban", "in-force")]),
        ("The travel ban on Peruvian officials stays.", []),
        ("Tariffs hurt everybody.", []),
        ("It is our duty to help Fiji.", []),
    ],
)  # fmt: skip
def test_imposer_target_kind_and_status(text, expected):
    assert slots(text, "imposer", "target", "kind", "status") == expected


def test_mentions_of_one_measure_are_one_entry_with_its_newest_status():
    text = (
        "Norway imposed a ban on Scottish salmon from the United Kingdom last year. Norway"
        " lifted the ban on Friday."
    )
    (one,) = read(text)
    assert (one.slots["status"], one.slots["also"]) == ("lifted", "in-force")
    assert len(one.evidence) == 2
    assert one.slots["product"] == "salmon"


def test_two_directions_are_two_measures():
    text = "Mexico put tariffs on American pork after U.S. duties on Mexican steel."
    assert slots(text, "imposer", "target", "product") == [
        ("MEX", "USA", "pork"),
        ("USA", "MEX", "steel"),
    ]


def test_codes_where_the_lexicon_is_sure():
    (one,) = read("Fiji imposed duties on Chilean wine.")
    assert one.slots["goods"] == ["HS2022:2204"]


def test_measures_on_record_count_where_they_are_in_force():
    def known(name: str, ends: dt.date | None, target: str = "JPN") -> KnownMeasure:
        begins = dt.date(2020, 1, 1)
        return KnownMeasure(name, (), ("CHN",), (target,), ("HS2022:03",), "import-ban",
                            begins, ends)  # fmt: skip

    class Record(Nothing):
        measures = (
            known("old", dt.date(2021, 1, 1)),
            known("now", None),
            known("other", None, "NOR"),
        )

    given = Given("China's seafood ban on Japan goes on.", published=dt.date(2024, 6, 3))
    (one,) = measures.propose(mark(given, Record()), Record())
    assert one.matches == ("now",)


def test_a_target_taken_from_the_text_is_noted():
    (one,) = read("Japan and Fiji met. Fiji's seafood ban was the subject. Japan and Fiji parted.")
    assert one.slots["target"] == "JPN"
    assert one.notes


def test_reading_stays_linear_in_the_length_of_the_text():
    def spent(times: int) -> float:
        text = "Peru urged Chile to lift its tariffs on Peruvian wine. It did not rain.\n" * times
        marked = mark(Given(text), Nothing())
        begun = time.process_time()
        assert len(list(measures.propose(marked, Nothing()))) == 1
        return time.process_time() - begun

    spent(10)
    # Eight times the text; with a quadratic step it would be some sixty times the time.
    assert spent(1600) < 30 * max(spent(200), 0.01)


def test_a_text_that_ends_within_a_phrase() -> None:
    from comity.reader.engine import read
    from comity.reader.reading import Given

    class Nothing:
        people = ()
        issues = ()
        measures = ()

    for text in ("tariffs in", "China imposed tariffs in", "(a"):
        read(Given(text), Nothing())  # once an IndexError


@pytest.mark.parametrize(
    ("text", "imposer", "target", "goods"),
    [
        ("Shrimp from Viet Nam has been subject to the 10 percent reciprocal tariff of the United "
         "States.", "USA", "VNM", "Shrimp"),
        ("Steel from India, which faces Section 232 levies, has become dearer.", "USA", "IND",
         "Steel"),
        ("The dispute might spill over into batteries and graphite, both of which require Chinese "
         "export licences.", "CHN", "all", "graphite"),
    ],
)  # fmt: skip
def test_goods_that_bear_a_measure(text, imposer, target, goods):
    (one,) = read(text)
    assert one.slots["imposer"] == imposer
    assert one.slots["target"] == target
    assert goods in one.slots["product"]


@pytest.mark.parametrize(
    "text",
    [
        "The EU launched its complaint at the WTO against Indonesia's export restrictions on "
        "nickel.",
        "Norway filed a challenge against the export restrictions on nickel of Indonesia.",
        "Chile lodged a protest over Indonesia's ban on exports of nickel.",
    ],
)
def test_who_complains_of_a_measure_does_not_impose_it(text):
    assert slots(text, "imposer") == [("IDN",)]


def test_nobody_known_imposes_what_is_only_complained_of():
    assert not read("The EU launched a complaint against the export restrictions on raw materials.")


@pytest.mark.parametrize("verb", ["launched", "opened", "initiated"])
def test_an_investigation_into_goods_of_somewhere(verb):
    assert slots(
        f"The EU {verb} an investigation in September into cold-rolled stainless products from "
        "Indonesia.", "imposer", "target", "product", "kind",
    ) == [("EUN", "IDN", "cold-rolled stainless", "investigation")]  # fmt: skip


def test_an_origin_that_the_parser_hangs_elsewhere():
    assert slots(
        "Canada opened an anti-dumping investigation into steel strapping from China, South Korea "
        "and Vietnam.", "imposer", "target",
    ) == [("CAN", ["CHN", "KOR", "VNM"])]  # fmt: skip


@pytest.mark.parametrize("teller", ["China Customs", "The Chinese customs authority"])
def test_an_authority_that_says_what_is_banned_bans_it(teller):
    assert slots(
        f"{teller} said seafood products from 10 Japanese prefectures will still be banned from "
        "entering the country.", "imposer", "target", "status",
    ) == [("CHN", "JPN", "in-force")]  # fmt: skip


@pytest.mark.parametrize("loose", ["curbs", "restrictions"])
def test_a_looser_word_for_a_ban_is_the_same_measure(loose):
    found = slots(
        f"Indonesia defends its export {loose} on nickel. Indonesia banned exports of nickel ore "
        "last year.", "imposer", "kind",
    )  # fmt: skip
    assert found == [("IDN", "export-ban")]


@pytest.mark.parametrize("verb", ["asked", "urged", "pressed"])
def test_who_is_asked_to_delay_a_measure_imposes_it(verb):
    assert slots(
        f"Vietnam {verb} the United States to delay the imposition of tariffs on shrimp.",
        "imposer", "target", "product",
    ) == [("USA", "VNM", "shrimp")]  # fmt: skip
