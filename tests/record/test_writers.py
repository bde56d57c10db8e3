"""Writers at once lose nothing; a writer that is killed leaves the store as it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from comity.opened import OpenRecord
from comity.record.store import upgrade
from comity.record.view import View
from tests.record.build import add, event, pack, state, write

WRITER = """
import datetime, sys
from pathlib import Path
from comity.opened import OpenRecord
from comity.record.entry import Entry
from comity.record.store import Change
from comity.record.view import View
from comity.words.errors import ConflictError
url, name, folder, count = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
own = folder / f"{name}.yaml"
with OpenRecord(url) as record:
    for n in range(count):
        own.write_text(
            f"- {{id: {name}-{n}, kind: event, title: t, on: 2023-01-01, event_kind: report}}\\n")
        record.add(own, author=name)
        while True:  # every writer puts its mark on the same entry, and may not lose another's
            (old,) = record.log.entries(View(), ids=["shared"])
            body = old.body | {"names": [{"value": [*old.list("names"), f"{name}-{n}"]}]}
            now = datetime.datetime.now(datetime.timezone.utc)
            change = Change("revise", Entry("shared", "event", body), now, name, "mark",
                            expects=old.revision.received)
            try:
                record.log.append([change])
                break
            except ConflictError:
                pass
"""


def processes(code: str, calls: list[list[object]]) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-c", code, *map(str, call)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for call in calls
    ]


def finish(started: list[subprocess.Popen[str]]) -> None:
    for process in started:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err


def test_many_writers_lose_nothing(record: OpenRecord, tmp_path: Path) -> None:
    writers, each = 4, 25
    add(record, tmp_path, event("shared", names=["first"]))
    finish(processes(WRITER, [[record.url, f"w{n}", tmp_path, each] for n in range(writers)]))
    marks = {f"w{w}-{n}" for w in range(writers) for n in range(each)}
    assert record.count() == {"event": 1 + len(marks)}
    assert {e.id for e in record.log.entries(View())} == marks | {"shared"}
    names = record.reading().entry("shared").list("names")
    assert len(names) == len(set(names))
    assert set(names) == marks | {"first"}
    chain = record.log.revisions("shared", View())
    assert len(chain) == 1 + len(marks)
    seen: list[str] = []
    before = 0
    for made, entry in chain:  # each revision is the one before and one mark
        assert entry.list("names")[:-1] == seen
        assert made.supersedes == before
        seen, before = entry.list("names"), made.received
    assert record.log.last_received() == 1 + 2 * len(marks)  # no number left out


OPENER = """
import sys
from comity.opened import OpenRecord
sys.stdin.read()
with OpenRecord(sys.argv[1]) as record:
    record.add(sys.argv[2])
"""


def test_a_new_store_opened_by_many_at_once(tmp_path: Path) -> None:
    """All find no store and want to make it; each must end with its entry in it."""
    calls: list[list[object]] = []
    for n in range(6):
        calls.append([tmp_path / "new.db", write(tmp_path, [event(f"e-{n}")], f"{n}.yaml")])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, *map(str, call)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for call in calls
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
    for process in started:
        assert process.stderr is not None
        assert process.wait(timeout=120) == 0, process.stderr.read()
        process.stderr.close()
    with OpenRecord(tmp_path / "new.db") as record:
        assert record.count() == {"event": 6}


BLOCKED = """
import sys, time
from comity.opened import OpenRecord
from comity.record.store import Log
url, action, path = sys.argv[1:]
def stop(*_):
    print("INSIDE", flush=True)
    time.sleep(600)
with OpenRecord(url) as record:
    append = Log.append
    Log.append = lambda self, changes, progress=None: append(self, changes, stop)
    if action == "load":
        record.load_pack(path)
    elif action == "add":
        record.add(path)
    elif action == "revise":
        record.revise("old", path)
    else:
        record.retract("old", why="wrong")
"""


@pytest.mark.parametrize("action", ["load", "add", "revise", "retract"])
def test_a_writer_killed_in_the_middle_leaves_the_store_as_it_was(
    record: OpenRecord, tmp_path: Path, action: str
) -> None:
    many = [event(f"e-{n:04d}") for n in range(1200)]
    paths = {
        "load": pack(tmp_path / "pack", many),
        "add": write(tmp_path, many, "many.yaml"),
        "revise": write(tmp_path, {"title": "New"}, "revised.yaml"),
        "retract": tmp_path,
    }
    add(record, tmp_path, event("old"))
    before = state(record)
    (process,) = processes(BLOCKED, [[record.url, action, paths[action]]])
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "INSIDE\n", process.stderr.read()
    assert state(record) == before  # readers neither wait nor see the half
    process.kill()
    process.communicate()
    assert state(record) == before
    with OpenRecord(record.url) as again:
        if action == "load":
            again.load_pack(paths["load"])
        else:
            again.add(paths["add"])
        assert again.count() == {"event": 1201}
        assert again.log.last_received() == 1201
        assert again.log.broken() == []


UPGRADE = """
import sys, time
from alembic import op
from comity.record.store import upgrade
def stop(*_, **__):
    print("INSIDE", flush=True)
    time.sleep(600)
op.create_index = stop  # the second statement of the first migration
upgrade(sys.argv[1])
"""


def test_an_upgrade_killed_in_the_middle_can_be_repeated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    (process,) = processes(UPGRADE, [[url]])
    assert process.stdout is not None
    assert process.stdout.readline() == "INSIDE\n"
    process.kill()
    process.communicate()
    upgrade(url)
    with OpenRecord(url) as record:
        add(record, tmp_path, event("e"))
        assert record.count() == {"event": 1}


def test_a_second_writer_waits_for_the_first(record: OpenRecord, tmp_path: Path) -> None:
    """A user who adds an entry while a pack loads is not refused, only later."""
    code = BLOCKED.replace("time.sleep(600)", "time.sleep(1)")
    many = pack(tmp_path / "pack", [event(f"e-{n}") for n in range(600)])
    (process,) = processes(code, [[record.url, "load", many]])
    assert process.stdout is not None
    assert process.stdout.readline() == "INSIDE\n"
    add(record, tmp_path, event("mine"))
    process.communicate(timeout=60)
    assert record.count() == {"event": 601}
    (mine,) = record.log.entries(View(), ids=["mine"])
    assert mine.revision is not None
    assert mine.revision.received == 601
