"""A view of what was public by a day: nothing that was not; what is not known is left out, counted.

The oracle takes the order of the law: stated, earliest published source, announced, own day.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.opened import OpenRecord
from comity.record.entry import Entry
from comity.record.reading import Reading
from comity.record.view import View
from tests.record import oracle
from tests.record.build import act, add, event, measure, source
from tests.record.test_as_of import Fixed, day, exact, numbered, some

PUBLISHED = {
    "s-none": None, "s-jan": "2023-01-15", "s-month": "2023-02", "s-mar": "2023-03-20",
    "s-after": "2023-01-01..", "s-before": "..2023-02-20", "s-unknown": "unknown",
}  # fmt: skip
listed = st.lists(st.sampled_from([*PUBLISHED, "s-missing"]), max_size=3, unique=True)
heads = some(announced=day, public_from=day, sources=listed, on=day)
claims = st.lists(
    some(**{"from": day, "announced": day, "public_from": day, "sources": listed}).map(
        lambda keys: {"value": "x", **keys}
    ),
    max_size=3,
).map(numbered)


def held(entry: Entry) -> Fixed:
    sources = [
        Entry(name, "source", {"published": [{"value": text}]} if text else {})
        for name, text in PUBLISHED.items()
    ]
    return Fixed(entry, *sources)


@settings(max_examples=500)
@given(head=heads, data=claims, public_on=exact)
def test_entries_and_claims(head: dict[str, Any], data: Any, public_on: str) -> None:
    at = dt.date.fromisoformat(public_on)
    flat = {"kind": "event", **head}
    body: dict[str, Any] = {key: [{"value": value}] for key, value in head.items() if value}
    if data:
        body["remark"] = data
    reading = Reading(held(Entry("e", "event", body)), View(public_on=at))
    found = reading.get("e")
    public = oracle.entry_public(flat, PUBLISHED)
    assert (found is not None) == (public is not None and public <= at)
    assert ("e" in reading.left_out.unknown) == (public is None)
    assert ("e" in reading.left_out.later) == (public is not None and public > at)
    if found is None:
        return
    kept = {claim["note"] for claim in found.body.get("remark", [])}
    whens = {c["note"]: oracle.claim_public(flat, "remark", c, PUBLISHED) for c in data}
    assert kept == {note for note, when in whens.items() if when is not None and when <= at}
    assert ("e.remark" in reading.left_out.unknown) == (None in whens.values())
    shown = reading.public_from(found).day
    assert shown is not None
    assert dt.date.fromordinal(shown.latest) == public


parts = st.lists(
    some(announced=day, sources=listed, until=day).flatmap(
        lambda keys: day.map(lambda start: {"from": start, **keys})
    ),
    min_size=1,
    max_size=3,
).map(numbered)


@settings(max_examples=300)
@given(data=parts, public_on=exact, field=st.sampled_from(["suspensions", "exemptions"]))
def test_suspensions_and_exemptions(data: Any, public_on: str, field: str) -> None:
    """Each has its own day, announcement and sources, and was public by these."""
    at = dt.date.fromisoformat(public_on)
    body: dict[str, Any] = {"from": [{"value": "2022-01-01"}], field: [{"value": data}]}
    found = Reading(held(Entry("m", "measure", body)), View(public_on=at)).get("m")
    assert found is not None
    for part in found.list(field):
        sources, announced = part.get("sources", []), part.get("announced")
        when = oracle.public_from(None, sources, announced, part["from"], PUBLISHED)
        assert when is None or when <= at


@pytest.mark.parametrize(
    ("fields", "first", "basis"),
    [
        ({"public_from": "2023-05-01", "sources": ["s1"], "announced": "2023-01-01"},
         "2023-05-01", "stated"),
        ({"sources": ["s2", "s1"], "announced": "2023-01-01"}, "2023-04-10", "source"),
        ({"sources": ["s0", "s2"]}, "2023-04-20", "source"),
        ({"sources": ["s0"], "announced": "2023-02-01"}, "2023-02-01", "announcement"),
        ({"announced": "2023-02-01"}, "2023-02-01", "announcement"),
        ({}, "2023-03-01", "event_date"),
        ({"on": "2023-03"}, "2023-03-31", "event_date"),
        ({"on": "2023"}, "2023-12-31", "event_date"),
        ({"on": "..2023-03-05"}, "2023-03-05", "event_date"),
    ],
)  # fmt: skip
def test_the_order_of_the_law(
    record: OpenRecord, tmp_path: Path, fields: dict[str, Any], first: str, basis: str
) -> None:
    add(record, tmp_path, source("s0"), source("s1", published="2023-04-10"))
    add(record, tmp_path, source("s2", published="2023-04-20"), event("e", **fields))
    before = str(dt.date.fromisoformat(first) - dt.timedelta(days=1))
    assert record.reading(public_on=before, all_days=True).get("e") is None
    reading = record.reading(public_on=first, all_days=True)
    found = reading.get("e")
    assert found is not None
    assert reading.public_from(found).basis == basis
    assert record.show("e")["public_from"]["derived"] == (basis in ("announcement", "event_date"))


@pytest.mark.parametrize("on", ["unknown", "2023-03-01.."])
def test_what_is_not_known_is_left_out_and_counted(
    record: OpenRecord, tmp_path: Path, on: str
) -> None:
    add(record, tmp_path, event("e", on=on), event("f", on=on, public_from="2023-06-01"))
    reading = record.reading(public_on="2099-01-01", all_days=True)
    assert [entry.id for entry in reading.entries()] == ["f"]
    assert reading.left_out.unknown == {"e"}
    assert reading.left_out.later == set()


def test_a_later_source_of_an_earlier_thing(record: OpenRecord, tmp_path: Path) -> None:
    """What came out years afterwards was not public then, however old the thing itself."""
    add(record, tmp_path, source("late", published="2026-02-01"))
    remark = [{"value": "It had been agreed in secret.", "from": "2023-03-01", "sources": ["late"]}]
    add(record, tmp_path, event("e", remark=remark), event("hidden", sources=["late"]))
    reading = record.reading(public_on="2023-12-31", all_days=True)
    found = reading.get("e")
    assert found is not None
    assert "remark" not in found.body
    assert reading.get("hidden") is None
    assert reading.get("late") is None
    assert reading.left_out.later == {"e.remark", "hidden", "late"}


def test_a_suspension_that_became_known_later(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, source("late", published="2023-09-01"), act("deed"))
    span = {"from": "2023-05-01", "sources": ["late"]}
    add(record, tmp_path, measure("m", "deed", suspensions=[span]))
    for at, number in (("2023-08-31", 0), ("2023-09-01", 1)):
        found = record.reading(public_on=at, all_days=True).get("m")
        assert found is not None
        assert len(found.list("suspensions")) == number


def test_sources_count_as_they_were_known(record: OpenRecord, tmp_path: Path) -> None:
    """A publication day that is corrected later does not change an earlier read."""
    from tests.record.build import revise

    add(record, tmp_path, source("s", published="2023-04-10"), event("e", sources=["s"]))
    then = record.log.last_received()
    revise(record, tmp_path, "s", published="2024-04-10")
    view: dict[str, Any] = {"public_on": "2023-12-31", "all_days": True}
    assert record.reading(**view).get("e") is None
    assert record.reading(received=then, **view).get("e") is not None


def test_names_of_people_and_places_are_kept(record: OpenRecord, tmp_path: Path) -> None:
    person = {"id": "p", "kind": "person", "name": "Someone", "party": "JPN"}
    add(record, tmp_path, person)
    assert record.reading(public_on="1990-01-01", all_days=True).get("p") is not None
