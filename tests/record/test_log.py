"""The log on both databases: append and read back, numbers, recorded time, conflicts."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest

from comity.opened import OpenRecord
from comity.record.entry import Entry
from comity.record.store import Change, Log
from comity.record.store.log import FOLLOWS
from comity.record.view import View
from comity.words.errors import ConflictError, NotFound, ValidationError

NOON = dt.datetime(2023, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def log(record: OpenRecord) -> Log:
    return record.log


def entry(entry_id: str, title: str = "A title", **more: Any) -> Entry:
    body: dict[str, Any] = {"title": [{"value": {"en": title}}], "on": [{"value": "2023-03-01"}]}
    return Entry(entry_id, "event", body | more)


def change(entry_id: str, op: str = "add", at: dt.datetime = NOON, **more: Any) -> Change:
    expects = more.pop("expects", 0)
    why = more.pop("why", "because")
    return Change(op, entry(entry_id, **more), at, "An Author", why, expects=expects)


def numbers(log: Log) -> list[int]:
    ids = [e.id for e in log.entries(View(), retracted=True)]
    return sorted(made.received for i in ids for made, _ in log.revisions(i, View()))


def test_what_was_written_is_read_back(log: Log) -> None:
    written = Entry(
        "kishida",
        "person",
        {
            "name": [{"value": {"en": "Fumio Kishida", "ja": "岸田文雄", "zh": "岸田文雄"}}],
            "party": [{"value": "JPN"}],
            "names": [{"value": ["𠮷", "é", "e\u0301", "\U0001f600", "a\tb\nc", "\\ \" ' %"]}],
        },
    )
    micro = dt.datetime(2023, 3, 1, 12, 0, 0, 123457, tzinfo=dt.UTC)
    assert log.append([Change("add", written, micro, "A", "why", "B", "demo", "1.2")]) == [1]
    (found,) = log.entries(View())
    assert (found.id, found.kind, found.body) == (written.id, written.kind, written.body)
    made = found.revision
    assert made is not None
    assert (made.op, made.recorded, made.author, made.accepted_by) == ("add", micro, "A", "B")
    assert (made.why, made.pack, made.pack_version, made.supersedes) == ("why", "demo", "1.2", 0)
    plain = json.dumps(
        ["person", written.body], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert made.sha256 == hashlib.sha256(plain.encode()).hexdigest()
    assert log.broken() == []
    assert log.count() == {"person": 1}


def test_received_rises_by_one_without_gaps(log: Log) -> None:
    assert log.append([change(f"e-{n}") for n in range(1200)]) == list(range(1, 1201))
    with pytest.raises(ConflictError):
        log.append([change("new"), change("e-7")])
    assert log.append([]) == []
    assert log.append([change("after")]) == [1201]
    assert numbers(log) == list(range(1, 1202))


@pytest.mark.parametrize("place", [0, 499, 500, 700])
def test_all_changes_or_none(log: Log, place: int) -> None:
    """Also where the broken one comes in a later batch."""
    log.append([change("taken")])
    many = [change(f"e-{n}") for n in range(701)]
    many[place] = change("taken")
    with pytest.raises(ConflictError, match="taken already"):
        log.append(many)
    assert log.count() == {"event": 1}
    assert log.last_received() == 1


def test_an_error_of_the_caller_in_between_leaves_nothing(log: Log) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log.append([change(f"e-{n}") for n in range(600)], stop)
    assert log.count() == {}
    assert log.append([change("e-1")]) == [1]


def test_recorded_never_runs_backwards_along_an_entry(log: Log) -> None:
    early = NOON - dt.timedelta(days=9)
    log.append([change("e"), change("other", at=early)])
    log.append([change("e", "revise", early, title="B", expects=1)])
    log.append([change("e", "revise", NOON + dt.timedelta(1), title="C", expects=3)])
    log.append([change("e", "retract", early, title="C", expects=4)])
    chain = [made.recorded for made, _ in log.revisions("e", View())]
    assert chain == [NOON, NOON, NOON + dt.timedelta(1), NOON + dt.timedelta(1)]
    assert [e.id for e in log.entries(View(known_on=NOON))] == ["e", "other"]
    assert log.entries(View(known_on=early), ids=["e"]) == []


def test_two_revisions_of_one_head_conflict(log: Log) -> None:
    log.append([change("e")])
    log.append([change("e", "revise", title="First", expects=1)])
    with pytest.raises(ConflictError, match="another writer") as caught:
        log.append([change("e", "revise", title="Second", expects=1)])
    assert caught.value.mend
    assert [x.title for _, x in log.revisions("e", View())] == ["A title", "First"]
    with pytest.raises(NotFound):
        log.append([change("none", "revise", expects=7)])
    assert log.last_received() == 2


def test_a_chain_in_one_write(log: Log) -> None:
    steps = [change("e")]
    steps += [change("e", "revise", title=f"T{n}", expects=FOLLOWS) for n in range(600)]
    log.append(steps)
    chain = log.revisions("e", View())
    assert [made.supersedes for made, _ in chain] == list(range(601))
    (head,) = log.entries(View())
    assert head.title == "T599"


def test_views_choose_the_newest_revision_within_them(log: Log) -> None:
    day = dt.timedelta(days=1)
    log.append([change("e")])
    log.append([change("e", "revise", NOON + day, title="B", expects=1)])
    log.append([change("e", "retract", NOON + 2 * day, title="B", expects=2)])
    log.append([change("e", "revise", NOON + 3 * day, title="C", expects=3)])

    def title(view: View) -> str | None:
        found = log.entries(view)
        return found[0].title if found else None

    tick = dt.timedelta(microseconds=1)
    assert title(View(known_on=NOON - tick)) is None
    assert title(View(known_on=NOON)) == "A title"
    assert title(View(known_on=NOON + day - tick)) == "A title"
    assert title(View(known_on=NOON + day)) == "B"
    assert title(View(known_on=NOON + 2 * day)) is None
    assert title(View(received=2)) == "B"
    assert title(View(received=3)) is None
    assert title(View(known_on=NOON + 9 * day, received=1)) == "A title"
    assert title(View()) == "C"


def test_naming_follows_the_revision_in_view(log: Log) -> None:
    log.append([change("e", parties=[{"value": ["JPN"]}]), change("x")])
    log.append([change("e", "revise", NOON + dt.timedelta(1), parties=[{"value": ["CHN"]}],
                       expects=1)])  # fmt: skip
    assert [e.id for e in log.entries(View(), naming=["CHN"])] == ["e"]
    assert log.entries(View(), naming=["JPN"]) == []
    assert [e.id for e in log.entries(View(received=2), naming=["JPN"])] == ["e"]
    assert log.entries(View(received=2), naming=["CHN"]) == []
    assert log.entries(View(), naming=["CHN"], kinds=["act"]) == []
    assert log.entries(View(), naming=["CHN"], ids=["x"]) == []


def test_many_ids_at_once(log: Log) -> None:
    log.append([change(f"e-{n:04d}") for n in range(1100)])
    ids = [f"e-{n:04d}" for n in range(5, 1100)]
    assert [e.id for e in log.entries(View(), ids=[*ids, "none", *ids])] == ids
    assert [e.id for e in log.entries(View(received=1050), ids=ids)] == ids[:1045]
    assert log.entries(View(), ids=[]) == []


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\x1b[2J", "a\udc80b"])
@pytest.mark.parametrize("key", ["author", "why", "accepted_by"])
def test_who_and_why_hold_no_hidden_characters(log: Log, key: str, text: str) -> None:
    given = {"author": "A", "why": "because", "accepted_by": "B"} | {key: text}
    who, why, accepted = given["author"], given["why"], given["accepted_by"]
    with pytest.raises(ValidationError, match=r"U\+"):
        log.append([Change("add", entry("e"), NOON, who, why, accepted)])
    assert log.last_received() == 0


def test_attachments(log: Log) -> None:
    data = bytes(range(256)) * 100
    assert log.attached("0" * 64) is None
    assert log.attach("0" * 64, "a.txt", data) is True
    assert log.attach("0" * 64, "b.txt", b"other") is False
    assert log.attached("0" * 64) == data
    assert log.last_received() == 0
