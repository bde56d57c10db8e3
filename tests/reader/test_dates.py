"""Dates of a text, resolved against the day of publication; expected days worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from comity.reader.dates import find

FRIDAY = dt.date(2023, 11, 17)


def _one(text: str, published: dt.date | None = FRIDAY) -> tuple[str, str, str]:
    (found,) = find(text, published)
    assert text[found.start : found.end] == found.text
    return found.text, str(found.begins), str(found.ends)


@pytest.mark.parametrize(
    ("text", "said", "begins", "ends"),
    [
        ("They met on Thursday evening.", "Thursday evening", "2023-11-16", "2023-11-16"),
        ("They met on Friday.", "Friday", "2023-11-17", "2023-11-17"),
        ("They met last Friday.", "last Friday", "2023-11-10", "2023-11-10"),
        ("They will meet on Tuesday.", "Tuesday", "2023-11-21", "2023-11-21"),
        ("They meet next Monday.", "next Monday", "2023-11-20", "2023-11-20"),
        ("They met yesterday.", "yesterday", "2023-11-16", "2023-11-16"),
        ("They met this morning.", "this morning", "2023-11-17", "2023-11-17"),
        ("Talks were held last week.", "last week", "2023-11-06", "2023-11-12"),
        ("Talks were held last month.", "last month", "2023-10-01", "2023-10-31"),
        ("It rose a year ago.", "a year ago", "2022-01-01", "2022-12-31"),
        ("It began three days ago.", "three days ago", "2023-11-14", "2023-11-14"),
        ("The ban began on August 24.", "August 24", "2023-08-24", "2023-08-24"),
        ("The ban began on 24th August 2023.", "24th August 2023", "2023-08-24", "2023-08-24"),
        ("The note is of Nov. 16, 2023.", "Nov. 16, 2023", "2023-11-16", "2023-11-16"),
        ("The fair is on May 21-23, 2024.", "May 21-23, 2024", "2024-05-21", "2024-05-23"),
        ("Since November last year.", "November last year", "2022-11-01", "2022-11-30"),
        ("A meeting in February.", "February", "2023-02-01", "2023-02-28"),
        ("It will start in February.", "February", "2024-02-01", "2024-02-29"),
        ("Trade doubled in 2021.", "2021", "2021-01-01", "2021-12-31"),
        ("Dated 2023-11-15.", "2023-11-15", "2023-11-15", "2023-11-15"),
    ],
)
def test_a_date_resolves_to_its_days(text: str, said: str, begins: str, ends: str) -> None:
    assert _one(text) == (said, begins, ends)


@pytest.mark.parametrize(
    "text",
    [
        "Japan may push for more.",
        "It may 5 times be so.",
        "They may in the end march 10 miles.",
        "Tariffs of 2023% are absurd.",
        "The second round ended.",
    ],
)
def test_verbs_and_numbers_are_no_dates(text: str) -> None:
    assert list(find(text, FRIDAY)) == []


def test_without_a_day_of_publication_only_full_dates_resolve() -> None:
    found = list(find("On Thursday, and on June 17, and on June 17, 2024.", None))
    assert [one.begins for one in found] == [None, None, dt.date(2024, 6, 17)]


def test_an_impossible_day_resolves_to_nothing() -> None:
    (found,) = find("It was signed on February 30, 2024.", FRIDAY)
    assert found.begins is None
    assert found.ends is None


def test_the_nearest_year_is_meant_around_new_year() -> None:
    (found,) = find("It entered into force on December 30.", dt.date(2024, 1, 4))
    assert found.begins == dt.date(2023, 12, 30)
