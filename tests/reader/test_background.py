"""Older news told from what is new; sentences made up for the purpose."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from comity.reader import engine
from comity.reader.background import JUDGED
from comity.reader.intake import NOTHING
from comity.reader.phrases import table
from comity.reader.reading import Given

DAY = dt.date(2024, 3, 15)


def marks(text: str, published: dt.date | None = DAY) -> list[tuple[str, bool]]:
    """Type and mark of each entry that can be older news."""
    found = engine.read(Given(text, published=published), NOTHING).proposals
    return [(one.type, one.background) for one in found if one.type in JUDGED]


@pytest.mark.parametrize("row", table("background.csv"), ids=lambda row: row["id"])
def test_the_example_of_each_word_of_the_past(row: dict[str, str]) -> None:
    found = marks(row["example"], None)
    assert found
    assert all(old for _, old in found), found


@pytest.mark.parametrize("row", table("background.csv"), ids=lambda row: row["id"])
def test_without_that_word_the_example_is_news(row: dict[str, str]) -> None:
    words = {
        "background.previously": "previously ",
        "background.formerly": "formerly ",
        "background.ago": "Two years ago ",
        "background.at-the-time": "At the time, ",
        "background.past": "in the past ",
        "background.back": "Back in 2019 ",
    }
    found = marks(row["example"].replace(words[row["id"]], ""), None)
    assert found
    assert not any(old for _, old in found), found


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("Norway banned imports of Kenyan flowers on Thursday.", False),
        ("Norway banned imports of Kenyan flowers in 2021.", True),
        ("Norway banned imports of Kenyan flowers last month.", False),
        ("Norway has banned imports of Kenyan flowers since August 2023.", True),
        ("Norway had banned imports of Kenyan flowers before the talks began.", True),
        ("The two sides agreed to resume the talks that were broken off in 2012.", False),
    ],
)
def test_days_and_the_past_perfect(text: str, old: bool) -> None:
    found = marks(f"Norway and Kenya held talks in Oslo on Thursday. {text}")
    assert found
    assert all(is_old is old for _, is_old in found), found


def test_the_past_perfect_of_reported_speech_is_no_sign() -> None:
    text = (
        "The Peruvian trade minister Ana Quispe said on Thursday that "
        "Peru and Chile had agreed to resume talks on a free-trade agreement."
    )
    found = dict(marks(text))
    assert found["commitment"] is False
    assert not any(found.values())


def test_a_meeting_to_come_is_no_older_news() -> None:
    text = (
        "Norwegian Prime Minister Lars Moe met Kenyan President Grace Wanjiru in Oslo on Thursday. "
        "Moe met Wanjiru in Nairobi in March 2019. "
        "He will meet Peruvian President Ana Quispe on Monday."
    )
    found = engine.read(Given(text, published=DAY), NOTHING).proposals
    meetings = {
        (tuple(one.slots["parties"]), one.slots.get("date")): one.background
        for one in found
        if one.type == "meeting"
    }
    assert meetings == {
        (("KEN", "NOR"), "2024-03-14"): False,
        (("KEN", "NOR"), "2019-03"): True,
        (("NOR", "PER"), "2024-03-18"): False,
    }


def test_a_day_long_past_needs_a_day_of_publication() -> None:
    text = "Norway banned imports of Kenyan flowers in 2021."
    assert marks(text, None) == [("measure", False)]


def test_a_sentence_without_end_takes_no_more_than_its_share() -> None:
    part = "Norway had banned imports of Kenyan flowers in 2021 and "
    began = time.process_time()
    engine.read(Given(part * 100, published=DAY), NOTHING)
    short = time.process_time() - began
    began = time.process_time()
    engine.read(Given(part * 800, published=DAY), NOTHING)
    assert time.process_time() - began < 8 * 3 * max(short, 0.1)
