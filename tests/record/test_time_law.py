"""The law of recorded time: nothing that is written later changes an earlier read.

A machine writes at random (adds, revises, retracts, loads packs newer and older, also such as were
recorded long ago) and takes reads in between; all of them are read again after every step.
"""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from comity.opened import OpenRecord
from comity.words.errors import ComityError
from tests.record.build import event, pack, source, write

Snapshot = dict[str, tuple[str, int]]
_runs = itertools.count()

DAYS = ["2022-12-31", "2023-02", "2023-05-15", "2023-09-01"]
days = st.sampled_from(DAYS)
titles = st.sampled_from(["One", "Two", "Three"])
instants = st.sampled_from(["2022-06-01T00:00:00Z", "2023-06-01T00:00:00Z", "2024-06-01T00:00:00Z"])


def fields(draw: st.DrawFn) -> dict[str, Any]:
    claim = {"value": draw(titles), "from": draw(days), "sources": ["$src"]}
    out: dict[str, Any] = {"title": claim if draw(st.booleans()) else draw(titles)}
    out["on"] = draw(days)
    if draw(st.booleans()):
        out["announced"] = draw(days)
    if draw(st.booleans()):
        out["until"] = "2025"
    return out


contents = st.composite(fields)()


class Machine(RuleBasedStateMachine):
    url: ClassVar[str]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.run = f"r{next(_runs)}"  # the examples share a store, each with ids of its own
        self.record = OpenRecord(self.url)
        self.ids: list[str] = []
        self.pinned: list[tuple[dict[str, Any], Snapshot]] = []
        self.unpinned: list[tuple[dict[str, Any], Snapshot]] = []
        self.source = f"{self.run}-src"
        self.record.add(self.file([source(self.source, published="2023-03")]))

    def teardown(self) -> None:
        self.record.close()

    def file(self, content: Any) -> Path:
        return write(self.folder, content)

    def filled(self, entry_id: str, content: dict[str, Any]) -> dict[str, Any]:
        entry = event(entry_id, **content)
        if isinstance(entry["title"], dict):
            entry["title"] = entry["title"] | {"sources": [self.source]}
        return entry

    def read(self, view: dict[str, Any]) -> Snapshot:
        reading = self.record.reading(**view)
        found = reading.entries(ids=[*self.all_ids(), self.source])
        return {e.id: (e.sha256, e.revision.received if e.revision else 0) for e in found}

    def all_ids(self) -> list[str]:
        return [f"{self.run}-{n}" for n in range(12)] + [f"{self.run}-p{n}" for n in range(4)]

    # ---- writing --------------------------------------------------------------------------------

    @precondition(lambda self: len(self.ids) < 12)
    @rule(content=contents)
    def add(self, content: dict[str, Any]) -> None:
        entry_id = f"{self.run}-{len(self.ids)}"
        self.record.add(self.file([self.filled(entry_id, content)]))
        self.ids.append(entry_id)

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), content=contents)
    def revise(self, data: st.DataObject, content: dict[str, Any]) -> None:
        entry_id = data.draw(st.sampled_from(self.ids))
        content = self.filled(entry_id, content)
        try:
            self.record.revise(entry_id, self.file(content))
        except ComityError as error:
            assert "changes nothing" in error.what  # noqa: PT017

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        entry_id = data.draw(st.sampled_from(self.ids))
        try:
            self.record.retract(entry_id, why="wrong")
        except ComityError as error:
            assert "retracted already" in error.what  # noqa: PT017

    @rule(recorded=instants, listed=st.dictionaries(st.integers(0, 3), contents, min_size=1))
    def load(self, recorded: str, listed: dict[int, dict[str, Any]]) -> None:
        """A pack may have been recorded before anything here: only a pinned read is safe then."""
        entries = [self.filled(f"{self.run}-p{n}", content) for n, content in listed.items()]
        folder = pack(self.folder / "pack", entries, name=self.run, recorded=recorded)
        before = self.record.log.last_received()
        self.record.load_pack(folder)
        for entry in entries:
            if entry["id"] not in self.ids and self.record.log.last_received() > before:
                self.ids.append(entry["id"])
        self.unpinned.clear()

    # ---- reading --------------------------------------------------------------------------------

    @rule(as_of=st.none() | days, public_on=st.none() | days, back=st.integers(0, 2))
    def look(self, as_of: str | None, public_on: str | None, back: int) -> None:
        exact = [
            day if day is None or len(day) == 10 else "2023-02-28" for day in (as_of, public_on)
        ]
        known = dt.datetime.now(dt.UTC) if back < 2 else dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
        view: dict[str, Any] = {
            "as_of": exact[0], "public_on": exact[1], "known_on": known, "all_days": True
        }  # fmt: skip
        self.unpinned.append((view, self.read(view)))
        view = view | {"received": self.record.log.last_received()}
        self.pinned.append((view, self.read(view)))
        view = {key: value for key, value in view.items() if key != "known_on"}
        self.pinned.append((view, self.read(view)))

    @invariant()
    def nothing_changes_an_earlier_read(self) -> None:
        for view, found in itertools.chain(self.pinned, self.unpinned):
            assert self.read(view) == found, view

    @invariant()
    def numbers_rise_and_recorded_time_does_not_run_backwards(self) -> None:
        from comity.record.view import View

        for entry_id in self.ids:
            chain = [made for made, _ in self.record.log.revisions(entry_id, View())]
            assert all(a.received < b.received for a, b in itertools.pairwise(chain))
            assert all(a.recorded <= b.recorded for a, b in itertools.pairwise(chain))
            assert [b.supersedes for b in chain] == [0, *(a.received for a in chain[:-1])]


def test_nothing_written_later_changes_an_earlier_read(store_url: str, tmp_path: Path) -> None:
    machine = type("Bound", (Machine,), {"url": store_url, "folder": tmp_path})
    examples = 15 if store_url.startswith("sqlite") else 4
    run_machine(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("recorded", ["2022-01-01T00:00:00Z", "2023-06-15T00:00:00Z"])
def test_a_pack_recorded_earlier_shows_then_but_not_in_a_pinned_read(
    record: OpenRecord, tmp_path: Path, recorded: str
) -> None:
    """What the pack's authors knew then is known then; what this store had then stays as it was."""
    record.load_pack(pack(tmp_path / "one", [event("a")], name="one", recorded=recorded))
    pin = record.log.last_received()
    record.load_pack(pack(tmp_path / "two", [event("b")], name="two", recorded=recorded))

    def ids(**view: Any) -> list[str]:
        return [e.id for e in record.reading(all_days=True, **view).entries()]

    day = recorded[:10]
    assert ids(known_on=day) == ["a", "b"]
    assert ids(known_on=day, received=pin) == ["a"]
    assert ids(received=pin) == ["a"]
    assert ids(known_on="2021-12-31") == []
    assert ids(known_on=recorded) == ["a", "b"]
    just_before = dt.datetime.fromisoformat(recorded) - dt.timedelta(microseconds=1)
    assert ids(known_on=just_before) == []


def test_a_day_of_recorded_time_is_a_utc_day_to_its_end(record: OpenRecord, tmp_path: Path) -> None:
    late = "2023-06-01T23:59:59.999999Z"
    offset = "2023-06-02T08:59:59.999999+09:00"  # the same instant in Tokyo
    record.load_pack(pack(tmp_path / "one", [event("a")], name="one", recorded=late))
    record.load_pack(pack(tmp_path / "two", [event("b")], name="two", recorded=offset))
    assert len(record.reading(known_on="2023-06-01", all_days=True).entries()) == 2
    assert record.reading(known_on="2023-05-31", all_days=True).entries() == []
    assert record.history("b")[0]["recorded"] == late


def test_a_reading_is_of_one_state(record: OpenRecord, tmp_path: Path) -> None:
    """What is written while one reads belongs to the next reading."""
    record.add(write(tmp_path, [event("a")]))
    reading = record.reading(all_days=True)
    record.add(write(tmp_path, [event("b")]))
    record.revise("a", write(tmp_path, {"title": "New"}))
    assert [e.id for e in reading.entries()] == ["a"]
    assert reading.entry("a").title == "a"
    assert reading.get("b") is None
