"""The queue: kept, read again, edited, skipped, decided once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from comity.opened import OpenRecord
from comity.reader import queue
from comity.reader.measured import Tally, tallies
from comity.reader.queue import Text, decide, enqueue, item_of, items
from comity.record.store.database import VERSIONS, upgrade
from comity.words.errors import ConflictError, InputError, NotFound, StoreError
from tests.reader import made

SHA = "ab" * 32
DOCUMENT = Text(SHA, made.TEXT, {"title": "Leaders talk"})


@pytest.fixture
def store(store_url: str) -> Iterator[OpenRecord]:
    with OpenRecord(store_url) as opened:
        yield opened


def test_proposals_come_back_as_they_went_in(store: OpenRecord) -> None:
    assert enqueue(store.log, DOCUMENT, made.ALL).new == len(made.ALL)
    found = {item.id: item for item in items(store.log)}
    for one in made.ALL:
        kept = found[one.id_in(SHA)].proposal
        assert kept == one
        assert list(kept.slots) == list(one.slots)
    assert queue.text_of(store.log, SHA) == DOCUMENT


def test_what_others_refer_to_comes_first(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, made.ALL)
    order = [item.proposal.type for item in items(store.log)]
    assert order == sorted(order, key=queue.ORDER.index)


def test_reading_twice_changes_nothing(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, made.ALL)
    again = enqueue(store.log, DOCUMENT, made.ALL)
    assert (again.new, again.known, again.withdrawn) == (0, len(made.ALL), 0)
    assert len(items(store.log, decided=True)) == len(made.ALL)


def test_a_new_reading_withdraws_what_nobody_touched(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, [made.MEETING, made.STATEMENT, made.ISSUE])
    edited = item_of(store.log, made.ISSUE.id_in(SHA))
    slots = {"key": "quota"}
    decide(store.log, edited, queue.EDITED, author="ann", slots=slots)
    again = enqueue(store.log, DOCUMENT, [made.MEETING])
    assert (again.new, again.withdrawn) == (0, 1)
    left = {item.proposal.type: item for item in items(store.log)}
    assert set(left) == {"meeting", "issue"}
    assert left["issue"].proposal.slots == slots


def test_what_was_decided_is_not_proposed_again_by_another_rule(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, [made.MEETING])
    item = item_of(store.log, made.MEETING.id_in(SHA))
    decide(store.log, item, queue.REJECTED, author="ann", why="no")
    enqueue(store.log, DOCUMENT, [replace(made.MEETING, rule="another.rule")])
    assert items(store.log) == []
    assert [one.verdict for one in items(store.log, decided=True)] == ["rejected"]


def test_skipped_proposals_come_last(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, made.ALL)
    first, second, *_ = items(store.log)
    for one in (first, second):
        decide(store.log, one, queue.SKIPPED, author="ann")
    order = [item.id for item in items(store.log)]
    assert order[-2:] == [first.id, second.id]


def test_one_decision_only(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, [made.MEETING])
    (item,) = items(store.log)
    decide(store.log, item, queue.REJECTED, author="ann", why="a reason")
    with pytest.raises(ConflictError, match="rejected already by ann"):
        decide(store.log, item, queue.ACCEPTED, author="ben", entry="x")
    (kept,) = items(store.log, decided=True)
    assert (kept.verdict, kept.author, kept.why) == ("rejected", "ann", "a reason")


def test_ids_may_be_short_but_not_ambiguous(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, made.ALL)
    whole = made.MEETING.id_in(SHA)
    assert item_of(store.log, whole[:6]).id == whole
    for name, error in (("zzzz", NotFound), (whole[:1], InputError), ("", InputError)):
        with pytest.raises(error):
            item_of(store.log, name)
    with pytest.raises(NotFound):
        item_of(store.log, "%%%%")


def test_filling_in_is_no_change_of_what_was_proposed(store: OpenRecord) -> None:
    enqueue(store.log, DOCUMENT, [made.MEETING, made.ISSUE])
    meeting, issue = items(store.log)
    filled = {**meeting.proposal.slots, "event": "APEC", "meeting_kind": "leaders_meeting"}
    decide(store.log, meeting, queue.EDITED, author="ann", slots=filled)
    decide(store.log, issue, queue.EDITED, author="ann", slots={"key": "quota"})
    found = {item.proposal.type: item.changed for item in items(store.log)}
    assert found == {"meeting": False, "issue": True}


def test_precision_is_honest_about_few_cases(
    store: OpenRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(store.log, DOCUMENT, [made.MEETING, made.ISSUE, made.STATEMENT])
    meeting, issue, statement = items(store.log)
    decide(store.log, meeting, queue.ACCEPTED, author="ann", entry="x")
    decide(store.log, issue, queue.EDITED, author="ann", slots={"key": "quota"})
    decide(store.log, issue, queue.ACCEPTED, author="ann", entry="y")
    decide(store.log, statement, queue.REJECTED, author="ann", why="no")
    monkeypatch.setattr("comity.reader.measured.shipped", lambda: {"meeting.made": (9, 8)})
    found = tallies(store.log)
    assert found["meeting.made"] == Tally("meeting.made", 1, 1, 0, 0, 9, 8)
    assert found["meeting.made"].precision == pytest.approx(9.5 / 11, abs=1e-3)
    assert (found["issue.made"].edited, found["statement.made"].rejected) == (1, 1)
    low, high = found["meeting.made"].interval() or (0, 0)
    assert low < 9.5 / 11 < high
    assert Tally("never").precision is None
    assert Tally("never").interval() is None
    assert Tally("one", 1, 1).precision == 0.75  # not 1
    assert (Tally("all", 5, 5).interval() or (0, 0))[1] == 1.0


def test_an_older_store_is_upgraded_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with OpenRecord(path) as opened:
        before = opened.log.last_received()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for name in ("decision", "proposal", "document_text", "token", "run"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.dispose()
    with pytest.raises(StoreError, match="needs 0003"):
        OpenRecord(path)
    assert upgrade(f"sqlite:///{path}") == VERSIONS[-1]
    with OpenRecord(path) as opened:
        assert opened.log.last_received() == before
        assert items(opened.log) == []
