"""Which measure on record a document means."""

from __future__ import annotations

import datetime as dt

import pytest

from comity.opened import OpenRecord
from comity.reader import engine
from comity.reader.reading import Given, KnownIssue, KnownMeasure, KnownPerson
from comity.reader.register import RecordRegister


def measure(ident: str, begins: int, ends: int | None = None, *goods: str) -> KnownMeasure:
    return KnownMeasure(
        ident, (), ("PER",), ("CHL",), goods or ("HS2022:03",), "import-ban",
        dt.date(begins, 1, 1), None if ends is None else dt.date(ends, 12, 31),
    )  # fmt: skip


class Record:
    people: tuple[KnownPerson, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    measures = (
        measure("a-wide", 2015, None, "HS2022:02", "HS2022:03", "HS2022:04", "HS2022:07"),
        measure("b-narrow", 2020),
        measure("c-older", 2010, 2013),
        measure("d-later", 2024),
        measure("e-other", 2020, None, "HS2022:22"),
    )


@pytest.mark.parametrize(
    ("text", "year", "wanted"),
    [
        ("Chile criticised Peru's ban on Chilean seafood.", 2022, ("b-narrow", "a-wide")),
        ("Chile criticised Peru's ban on Chilean seafood.", 2012, ("c-older",)),
        ("Peru lifted its ban on Chilean seafood.", 2014, ("c-older",)),
        ("Chile criticised Peru's ban on Chilean seafood.", 2014, ()),
        ("Chile criticised Peru's ban on Chilean wine.", 2022, ("e-other",)),
        ("Chile criticised Peru's ban on Chilean seafood.", 2025,
         ("d-later", "b-narrow", "a-wide")),
    ],
)  # fmt: skip
def test_the_measure_of_the_day_with_the_nearest_goods(
    text: str, year: int, wanted: tuple[str, ...]
) -> None:
    read = engine.read(Given(text, published=dt.date(year, 6, 1)), Record())
    (one,) = (one for one in read.proposals if one.type == "measure")
    assert one.matches == wanted


def test_the_seafood_ban_of_the_shipped_record(record: OpenRecord) -> None:
    text = "Japan may push for the revocation of China's seafood ban, officials said."
    read = engine.read(Given(text, published=dt.date(2023, 11, 17)), RecordRegister(record.log))
    (one,) = (one for one in read.proposals if one.type == "measure")
    assert one.matches[0] == "cn-seafood-ban-2023"


def test_a_principal_has_the_office_that_the_text_tells(record: OpenRecord) -> None:
    text = (
        "Xi and Kishida meet in San Francisco\n\nChinese President Xi Jinping met Japanese Prime "
        "Minister Fumio Kishida in San Francisco on Thursday."
    )
    read = engine.read(Given(text, published=dt.date(2023, 11, 17)), RecordRegister(record.log))
    (one,) = (one for one in read.proposals if one.type == "meeting")
    roles = {person["name"]: person["role"] for person in one.slots["principals"]}
    assert roles == {"Xi Jinping": "President", "Fumio Kishida": "Prime Minister"}
