"""A view as of a day: nothing later, unless announced, and then as planned; and nothing less."""

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
from comity.record.store import Log
from comity.record.view import View
from tests.record import oracle
from tests.record.build import act, add, event, indicator, measure

START = dt.date(2023, 1, 1)
exact = st.integers(0, 120).map(lambda n: str(START + dt.timedelta(n)))
day = st.one_of(
    exact,
    st.sampled_from(["2023-01", "2023-02", "2023-03", "2023", "unknown", "..2023-02-10"]),
    st.sampled_from(["2023-03-01..", "2023-01-20..2023-02-05"]),
)


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def with_until(part: dict[str, Any]) -> dict[str, Any]:
    """Without an end before the start: what is written is valid."""
    if "from" in part and "until" in part:
        ends = sorted([part["from"], part["until"]], key=oracle.days)
        part = part | {"from": ends[0], "until": ends[1]}
    return part


def numbered(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with a note by which it is known again."""
    return [{**item, "note": str(n)} for n, item in enumerate(items)]


claims = st.lists(
    some(**{"from": day, "until": day, "announced": day, "basis": st.just("planned")}).map(
        lambda keys: {"value": "1", **with_until(keys)}
    ),
    min_size=1,
    max_size=4,
).map(numbered)
parts = st.lists(
    st.builds(
        lambda start, rest: with_until({"from": start, **rest}),
        day,
        some(until=day, announced=day),
    ),
    min_size=1,
    max_size=3,
).map(numbered)


class Fixed(Log):
    """A log that holds some entries and needs no store."""

    def __init__(self, *entries: Entry) -> None:
        self.held = {entry.id: entry for entry in entries}

    def last_received(self) -> int:
        return 1

    def entries(self, view: View, **how: Any) -> list[Entry]:
        ids, kinds = how.get("ids"), how.get("kinds")
        wanted = self.held if ids is None else set(ids)
        return [e for e in self.held.values() if e.id in wanted and (not kinds or e.kind in kinds)]


def shown(entry: Entry, as_of: dt.date) -> Entry | None:
    return Reading(Fixed(entry), View(as_of=as_of)).get(entry.id)


@settings(max_examples=300)
@given(on=day, announced=st.none() | day, as_of=exact)
def test_entries(on: str, announced: str | None, as_of: str) -> None:
    body: dict[str, Any] = {"on": [{"value": on}]}
    if announced:
        body["announced"] = [{"value": announced}]
    at = dt.date.fromisoformat(as_of)
    entry = Entry("e", "event", body)
    found = shown(entry, at)
    if oracle.may_not_show(on, announced, at):
        assert found is None
    if oracle.by(on, at) or oracle.by(announced, at):
        assert found is not None
    if found is not None:
        planned = Reading(Fixed(entry), View(as_of=at)).planned(found)
        assert planned == oracle.later(on, at)


@settings(max_examples=300)
@given(field=st.sampled_from(["title", "values", "limits", "status"]), data=claims, as_of=exact)
def test_claims(field: str, data: list[dict[str, Any]], as_of: str) -> None:
    at = dt.date.fromisoformat(as_of)
    found = shown(Entry("e", "indicator", {field: data}), at)
    assert found is not None
    bodies = found.body.get(field, [])
    for claim in bodies:
        source = data[int(claim["note"])]
        own = oracle.own_day(field, source)
        assert not oracle.may_not_show(own, source.get("announced"), at)
        if claim.get("until") is not None:  # nor does the end of it, told ahead
            assert not oracle.may_not_show(claim["until"], source.get("announced"), at)
    expected = [
        c for c in data if oracle.must_show(oracle.own_day(field, c), c.get("announced"), at)
    ]
    assert {c["note"] for c in expected} <= {c["note"] for c in bodies}


@settings(max_examples=300)
@given(field=st.sampled_from(["suspensions", "exemptions"]), data=parts, as_of=exact)
def test_suspensions_and_exemptions(field: str, data: list[dict[str, Any]], as_of: str) -> None:
    at = dt.date.fromisoformat(as_of)
    body: dict[str, Any] = {"from": [{"value": "2022-01-01"}], field: [{"value": data}]}
    found = shown(Entry("m", "measure", body), at)
    assert found is not None
    kept = found.list(field)
    for part in kept:
        source = data[int(part["note"])]
        assert not oracle.may_not_show(source["from"], source.get("announced"), at)
        assert not oracle.may_not_show(part.get("until"), source.get("announced"), at)
    expected = [p for p in data if oracle.must_show(p["from"], p.get("announced"), at)]
    assert {p["note"] for p in expected} <= {p["note"] for p in kept}


@settings(max_examples=200)
@given(data=parts, as_of=exact)
def test_offices(data: list[dict[str, Any]], as_of: str) -> None:
    at = dt.date.fromisoformat(as_of)
    offices = [{k: v for k, v in part.items() if k != "announced"} for part in data]
    found = shown(Entry("p", "person", {"offices": [{"value": offices}]}), at)
    assert found is not None
    kept = found.list("offices")
    for office in kept:
        assert not oracle.later(office["from"], at)
        assert not oracle.later(office.get("until"), at)
    assert len(kept) == sum(not oracle.later(office["from"], at) for office in offices)


@settings(max_examples=200)
@given(data=claims, as_of=exact, field=st.sampled_from(["until", "ended"]), ends=st.lists(day))
def test_ends(data: Any, as_of: str, field: str, ends: list[str]) -> None:
    at = dt.date.fromisoformat(as_of)
    written = [{**claim, "value": end} for claim, end in zip(data, ends, strict=False)]
    found = shown(Entry("a", "act", {"on": [{"value": "2022-01-01"}], field: written}), at)
    assert found is not None
    for claim in found.body.get(field, []):
        assert not oracle.may_not_show(claim["value"], claim.get("announced"), at)


def entry_at(record: OpenRecord, entry_id: str, day: str) -> Entry | None:
    return record.reading(as_of=day).get(entry_id)


def test_a_measure_over_its_life(record: OpenRecord, tmp_path: Path) -> None:
    """From before it was announced to after its end, through the store."""
    ban = measure(
        "ban",
        "deed",
        announced="2023-01-10",
        suspensions=[{"from": "2024-05-01", "until": "2024-06-30"}],
        exemptions=[{"areas": ["JP-01"], "from": "2023-07-05", "announced": "2023-07-01"}],
        until=[{"value": "2025-06-28"}],
        status="x",
    )
    ban.pop("status")
    add(record, tmp_path, act("deed"), ban | {"from": "2023-02-01"})
    assert entry_at(record, "ban", "2023-01-09") is None
    planned = entry_at(record, "ban", "2023-01-10")
    assert planned is not None
    assert record.reading(as_of="2023-01-10").planned(planned)
    begun = entry_at(record, "ban", "2023-02-01")
    assert begun is not None
    assert not record.reading(as_of="2023-02-01").planned(begun)
    for late, field in (
        ("2023-06-30", "exemptions"), ("2024-04-30", "suspensions"), ("2025-06-27", "until")
    ):  # fmt: skip
        before = entry_at(record, "ban", late)
        after = entry_at(record, "ban", str(dt.date.fromisoformat(late) + dt.timedelta(1)))
        assert before is not None
        assert after is not None
        assert field not in before.body
        assert field in after.body
    during = entry_at(record, "ban", "2024-05-15")
    assert during is not None
    assert during.list("suspensions") == [{"from": "2024-05-01"}]
    over = entry_at(record, "ban", "2024-06-30")
    assert over is not None
    assert over.list("suspensions") == [{"from": "2024-05-01", "until": "2024-06-30"}]


def test_an_end_announced_ahead_shows(record: OpenRecord, tmp_path: Path) -> None:
    """Fact row M28: suspended on 7 November 2025 until 10 November 2026, announced that day."""
    span = {"from": "2025-11-07", "until": "2026-11-10", "announced": "2025-11-07"}
    add(record, tmp_path, act("deed"), measure("m", "deed", suspensions=[span]))
    before, after = (entry_at(record, "m", day) for day in ("2025-11-06", "2025-11-07"))
    assert before is not None
    assert after is not None
    assert before.list("suspensions") == []
    assert after.list("suspensions") == [span]


def test_a_status_ends_only_when_it_has(record: OpenRecord, tmp_path: Path) -> None:
    """The day on which an open matter was settled is no news of the day it was opened."""
    status = [
        {"value": "open", "from": "2023-08-24", "until": "2025-06-28"},
        {"value": "settled", "from": "2025-06-29"},
    ]
    issue = {"id": "i", "kind": "issue", "title": "Issue", "parties": ["CHN", "JPN"]}
    add(record, tmp_path, issue | {"status": status})
    found = entry_at(record, "i", "2023-11-16")
    assert found is not None
    assert found.body["status"] == [{"value": "open", "from": "2023-08-24"}]


def test_a_series_shows_what_had_been_measured(record: OpenRecord, tmp_path: Path) -> None:
    values = [
        {"value": "10", "from": "2023-08-24", "until": "2023-09-11"},
        {"value": "14", "from": "2023-10-05", "until": "2023-10-23"},
    ]
    add(record, tmp_path, indicator("i", values=values))

    def seen(day: str) -> list[str]:
        found = entry_at(record, "i", day)
        assert found is not None
        return [claim.value for claim in found.claims("values")]

    assert seen("2023-09-10") == []
    assert seen("2023-09-11") == ["10"]
    assert seen("2023-10-22") == ["10"]
    assert seen("2023-10-23") == ["10", "14"]


@pytest.mark.parametrize(("at", "visible"), [("2023-05-30", False), ("2023-05-31", True)])
def test_an_announcement_counts_when_it_surely_was(
    record: OpenRecord, tmp_path: Path, at: str, visible: bool
) -> None:
    """What was announced in May had surely been announced only when May was over."""
    add(record, tmp_path, event("e", on="2023-09-01", announced="2023-05"))
    assert (entry_at(record, "e", at) is not None) == visible
    span = {"from": "2023-09-01", "announced": "2023-05"}
    add(record, tmp_path, act("deed"), measure("m", "deed", suspensions=[span]))
    found = entry_at(record, "m", at)
    assert found is not None
    assert bool(found.list("suspensions")) == visible
