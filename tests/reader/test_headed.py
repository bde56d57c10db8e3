"""Measures under a heading, or before a list, that names countries alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.reader import engine
from comity.reader.proposal import MEASURE
from comity.reader.reading import Given

Told = tuple[Any, Any, Any, Any]


class Nothing:
    """A record with nothing on it."""

    people = ()
    issues = ()
    measures = ()


def _measures(text: str, publisher: str | None = None) -> list[Told]:
    given = Given(text, published=dt.date(2024, 3, 15), publisher=publisher)
    return [
        (one.slots["imposer"], one.slots["target"], one.slots.get("product"), one.slots["kind"])
        for one in engine.read(given, Nothing()).proposals
        if one.type == MEASURE
    ]


def test_what_stands_under_a_country_is_its_measure_on_whose_paper_it_is() -> None:
    text = (
        "Measures of trading partners\n"
        "1) PERU. Import ban on apples lifted as of May.\n"
        "2) KENYA. Tariff on copper raised to 9 percent.\n"
        "3) GHANA: Anti-dumping duty on salmon from Chile proposed."
    )
    assert _measures(text, "CHL") == [
        ("PER", "CHL", "apples", "import-ban"),
        ("KEN", "CHL", "copper", "tariff"),
        ("GHA", "CHL", "salmon", "anti-dumping-duty"),
    ]


def test_under_a_country_a_measure_of_ones_own_stays_ones_own() -> None:
    text = (
        "Measures in trade\n"
        "1) PERU. Chile imposed a tariff on Peruvian copper.\n"
        "2) KENYA. Tariff on salmon raised to 9 percent."
    )
    assert _measures(text, "CHL") == [
        ("CHL", "PER", "copper", "tariff"),
        ("KEN", "CHL", "salmon", "tariff"),
    ]


def test_one_country_before_a_stop_is_no_heading() -> None:
    text = "Ships left Peru.\nPERU. Import ban on apples lifted as of May."
    assert [imposer for imposer, *_ in _measures(text, "CHL")] != ["PER"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Where things stand.\nSuspension of exports from Brazil: Canada, Chile and Malaysia.\n",
            (["CAN", "CHL", "MYS"], "BRA", "all goods", "import-ban"),
        ),
        (
            "Where things stand.\nImport ban on pork: Japan, Peru.\n",
            (["JPN", "PER"], "BRA", "pork", "import-ban"),
        ),
        (
            "Where things stand.\n\u2013 Quota on imports of sugar: Kenya, Ghana.",
            (["KEN", "GHA"], "BRA", "sugar", "quota"),
        ),
    ],
)
def test_a_list_after_a_colon_tells_who_imposes(text: str, told: Told) -> None:
    assert _measures(text, "BRA") == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Jordan, Peru and Kuwait lifted the restrictions on chicken meat from Brazil.",
            (["JOR", "PER", "KWT"], "BRA", "chicken meat", "import-restriction"),
        ),
        (
            "Kenya, Ghana and Fiji imposed tariffs on Chinese steel.",
            (["KEN", "GHA", "FJI"], "CHN", "steel", "tariff"),
        ),
        (
            "Brazil complained of the tariffs on sugar that Kenya, Ghana and Fiji introduced.",
            (["KEN", "GHA", "FJI"], "BRA", "sugar", "tariff"),
        ),
    ],
)
def test_all_who_are_named_do_what_is_done(text: str, told: Told) -> None:
    assert _measures(text) == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("China has required licences for gallium since August.", ("CHN", "gallium")),
        ("Tokyo introduced licences for lithography machines.", ("JPN", "lithography machines")),
        ("India requires a licence for antimony.", ("IND", "antimony")),
    ],
)
def test_a_licence_that_goods_need_controls_their_export(text: str, told: tuple[str, str]) -> None:
    imposer, goods = told
    assert _measures(text) == [(imposer, "all", goods, "export-control")]
