"""When a measure is in force: own end, its act's end, suspensions, and ends before the start."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comity.record.entry import Entry
from comity.record.force import Force, force_of
from comity.words.time import Truth

Y, M, N = Truth.YES, Truth.MAYBE, Truth.NO


def claims(value: Any) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else [{"value": value}]


def force(
    start: Any,
    until: Any = None,
    ended: Any = None,
    suspended: list[dict[str, Any]] | None = None,
) -> Force:
    body: dict[str, Any] = {"from": claims(start), "made_by": [{"value": "deed"}]}
    if until is not None:
        body["until"] = claims(until)
    if suspended is not None:
        body["suspensions"] = [{"value": suspended}]
    act: dict[str, Any] = {"on": [{"value": "2022-12-01"}]}
    if ended is not None:
        act["ended"] = claims(ended)
    found = {"deed": Entry("deed", "act", act)}
    return force_of(Entry("ban", "measure", body), found.get)


def on(found: Force, day: str) -> tuple[Truth, str]:
    ordinal = dt.date.fromisoformat(day).toordinal()
    return found.on(ordinal), found.status(ordinal)


CASES = [
    # start, own end, act's end → (day, in force, status) …
    (("2023-08-24", None, None), [
        ("2023-08-23", N, "planned"), ("2023-08-24", Y, "in_force"), ("2099-01-01", Y, "in_force"),
    ]),
    (("2023-08-24", "2025-06-28", None), [
        ("2025-06-28", Y, "in_force"), ("2025-06-29", N, "ended"),
    ]),
    (("2023-08-24", "2025-06-28", "2024-12-31"), [
        ("2024-12-31", Y, "in_force"), ("2025-01-01", N, "ended"),
    ]),
    (("2023-08-24", "2024-12-31", "2025-06-28"), [
        ("2024-12-31", Y, "in_force"), ("2025-01-01", N, "ended"),
    ]),
    (("2023-08-24", None, "2025-06-28"), [
        ("2025-06-28", Y, "in_force"), ("2025-06-29", N, "ended"),
    ]),
    (("2023-08-24", "2023-08-24", None), [  # one day
        ("2023-08-23", N, "planned"), ("2023-08-24", Y, "in_force"), ("2023-08-25", N, "ended"),
    ]),
    (("2023-08", None, None), [  # some day of August
        ("2023-07-31", N, "planned"), ("2023-08-01", M, "may_have_begun"),
        ("2023-08-30", M, "may_have_begun"), ("2023-08-31", Y, "in_force"),
    ]),
    (("2023-01-01", "2024", None), [  # ended some day of 2024
        ("2024-01-01", Y, "in_force"), ("2024-01-02", M, "may_have_ended"),
        ("2024-12-31", M, "may_have_ended"), ("2025-01-01", N, "ended"),
    ]),
    (("2023-01-01", "2024", "2024-03-15"), [  # the earlier of a day in 2024 and 15 March
        ("2024-01-01", Y, "in_force"), ("2024-01-02", M, "may_have_ended"),
        ("2024-03-15", M, "may_have_ended"), ("2024-03-16", N, "ended"),
    ]),
    (("2023-01-01", "2024-03-15", "2024"), [
        ("2024-01-01", Y, "in_force"), ("2024-03-15", M, "may_have_ended"),
        ("2024-03-16", N, "ended"),
    ]),
    (("2023-01-01", "2024-03-15", "unknown"), [  # the act ended, nobody knows when
        ("2023-01-01", M, "may_have_ended"), ("2024-03-15", M, "may_have_ended"),
        ("2024-03-16", N, "ended"),
    ]),
    (("unknown", None, None), [("2023-01-01", M, "may_have_begun")]),
    (("unknown", "2023-06-30", None), [
        ("2023-01-01", M, "may_have_begun"), ("2023-07-01", N, "ended"),
    ]),
    (("..2015-05-30", None, None), [
        ("2011-01-01", M, "may_have_begun"), ("2015-05-30", Y, "in_force"),
    ]),
    # the act ended before the measure began: it never came into force
    (("2023-07-01", None, "2023-01-31"), [
        ("2023-02-01", N, "ended"), ("2023-07-01", N, "ended"), ("2024-01-01", N, "ended"),
    ]),
    (("2023-07", None, "2023-01-31"), [
        ("2023-07-15", N, "ended"), ("2023-08-01", N, "ended"),
    ]),
    (("2023-07-01", None, "2023-06-30"), [("2023-07-01", N, "ended")]),
    (("2023-07-01", None, "2023-07-01"), [
        ("2023-07-01", Y, "in_force"), ("2023-07-02", N, "ended"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "day", "in_force", "status"),
    [(days, *expected) for days, answers in CASES for expected in answers],
)
def test_force(days: tuple[Any, Any, Any], day: str, in_force: Truth, status: str) -> None:
    assert on(force(*days), day) == (in_force, status)


def test_before_an_end_that_came_first_it_was_planned() -> None:
    """As long as the act stood, the measure it made was to come."""
    assert on(force("2023-07-01", None, "2023-01-31"), "2023-01-31") == (N, "planned")


def test_whose_end_it_was() -> None:
    assert not force("2023-01-01", "2024-01-01", "2025-01-01").ended_by_act
    assert force("2023-01-01", "2025-01-01", "2024-01-01").ended_by_act
    assert force("2023-01-01", None, "2024-01-01").ended_by_act
    assert not force("2023-01-01", "2024-01-01").ended_by_act
    assert not force("2023-01-01", "2024-01-01", "2024-01-01").ended_by_act


def test_an_act_out_of_sight_ends_nothing() -> None:
    ban = Entry("ban", "measure", {"from": claims("2023-01-01"), "made_by": claims("deed")})
    assert on(force_of(ban, lambda _: None), "2030-01-01") == (Y, "in_force")


SUSPENDED = [
    ([{"from": "2023-03-01", "until": "2023-03-31"}], [
        ("2023-02-28", Y, "in_force"), ("2023-03-01", N, "suspended"),
        ("2023-03-31", N, "suspended"), ("2023-04-01", Y, "in_force"),
    ]),
    ([{"from": "2023-03-01"}], [("2030-01-01", N, "suspended")]),
    ([{"from": "2023-03"}], [
        ("2023-03-15", M, "may_be_suspended"), ("2023-03-31", N, "suspended"),
    ]),
    ([{"from": "2023-03-01", "until": "unknown"}], [("2024-01-01", M, "may_be_suspended")]),
    ([{"from": "2023-03-01", "until": "2024"}], [
        ("2023-12-31", N, "suspended"), ("2024-06-01", M, "may_be_suspended"),
        ("2025-01-01", Y, "in_force"),
    ]),
    ([{"from": "2023-03-01", "until": "2023-03-31"}, {"from": "2023-03-15", "until": "2023-04-30"}],
     [("2023-03-20", N, "suspended"), ("2023-04-30", N, "suspended"),
      ("2023-05-01", Y, "in_force")]),
    ([{"from": "2023-03-01", "until": "2023-03-31"}, {"from": "2023-04-01", "until": "2023-04-30"}],
     [("2023-03-31", N, "suspended"), ("2023-04-01", N, "suspended")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("suspensions", "day", "in_force", "status"),
    [(spans, *expected) for spans, answers in SUSPENDED for expected in answers],
)
def test_suspensions(
    suspensions: list[dict[str, Any]], day: str, in_force: Truth, status: str
) -> None:
    assert on(force("2023-01-01", suspended=suspensions), day) == (in_force, status)


def test_suspended_before_it_began() -> None:
    """Fact row M28: announced 9 October 2025, to begin 8 November and 1 December, suspended on
    7 November 2025 until 10 November 2026."""
    found = force("2025-11-08", suspended=[{"from": "2025-11-07", "until": "2026-11-10"}])
    expected = [
        ("2025-11-06", N, "planned"),
        ("2025-11-07", N, "planned"),
        ("2025-11-08", N, "suspended"),
        ("2026-11-10", N, "suspended"),
        ("2026-11-11", Y, "in_force"),
    ]
    assert [(day, *on(found, day)) for day, *_ in expected] == expected
    ending = force("2025-11-08", "2026-06-30", suspended=[{"from": "2025-11-07"}])
    assert on(ending, "2026-07-01") == (N, "ended")


def test_the_end_announced_last_counts() -> None:
    ends = [
        {"value": "2024-12-31", "announced": "2024-06-01"},
        {"value": "2023-12-31", "announced": "2023-01-01"},
        {"value": "2025-12-31", "announced": "2024-11-01"},
    ]
    assert on(force("2023-01-01", ends), "2025-12-31") == (Y, "in_force")
    assert on(force("2023-01-01", ends[:2]), "2024-12-31") == (Y, "in_force")
    assert on(force("2023-01-01", ends[:2]), "2025-01-01") == (N, "ended")


def test_of_ends_announced_together_the_last_written_counts() -> None:
    ends = [{"value": "2023-06-30"}, {"value": "2023-12-31"}]
    assert on(force("2023-01-01", ends), "2023-12-31") == (Y, "in_force")
    assert on(force("2023-01-01", ends[::-1]), "2023-12-31") == (N, "ended")
