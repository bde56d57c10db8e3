"""Export and import lose nothing: same entries, same revisions, and the same text again."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comity.opened import OpenRecord
from comity.record.view import View
from comity.words.errors import ConflictError, FileError, ValidationError
from tests.record.build import SHA, act, add, event, measure, pack, revise, source, write
from tests.record.strategies import AWKWARD, entries, labels, texts

BASE = [
    source("src"),
    act("deed"),
    {"id": "doc", "kind": "document", "title": "Doc", "sha256": SHA, "characters": "100"},
    {"id": "areas", "kind": "group", "title": "Areas", "areas": ["JP-04", "JP-07"]},
]


def revisions(record: OpenRecord) -> dict[str, list[Any]]:
    """All that is to survive: everything about every revision but this store's own number."""
    found = {}
    for entry in record.log.entries(View(), retracted=True):
        found[entry.id] = [
            (
                made.op, made.kind, made.recorded, made.author, made.accepted_by, made.why,
                made.pack, made.pack_version, made.sha256, old.body,
            )
            for made, old in record.log.revisions(entry.id, View())
        ]  # fmt: skip
    return found


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@contextlib.contextmanager
def fresh(template: Path) -> Iterator[tuple[OpenRecord, Path]]:
    """A record on an empty store in a folder of its own; hypothesis runs one test many times."""
    folder = Path(tempfile.mkdtemp())
    try:
        path = folder / "record.db"
        with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        with OpenRecord(path) as record:
            yield record, folder
    finally:
        shutil.rmtree(folder)


def check_round_trip(record: OpenRecord, folder: Path, template: Path) -> None:
    first = folder / "first"
    record.export(first)
    with fresh(template) as (other, there):
        other.load_pack(first)
        assert revisions(other) == revisions(record)
        assert other.count() == record.count()
        other.export(there / "second")
        assert files(there / "second") == files(first)


@settings(max_examples=25)
@given(data=st.data(), drawn=st.lists(entries(), min_size=1, max_size=5))
def test_any_record_survives(sqlite_template: Path, data: st.DataObject, drawn: list[Any]) -> None:
    with fresh(sqlite_template) as (record, folder):
        record.load_pack(pack(folder / "base", BASE), accepted_by="Reviewer")
        ids = [f"e-{n}" for n in range(len(drawn))]
        named = [{"id": i, **fields} for i, fields in zip(ids, drawn, strict=True)]
        record.add(write(folder, named), author=data.draw(texts), why=data.draw(texts))
        for entry_id in data.draw(st.lists(st.sampled_from(ids), max_size=6)):
            if data.draw(st.booleans()):
                with contextlib.suppress(ConflictError):
                    record.retract(entry_id, why=data.draw(texts))
            else:
                file = write(folder, {"summary": data.draw(labels)}, "revised.yaml")
                with contextlib.suppress(ValidationError):  # nothing changed
                    record.revise(entry_id, file, why=data.draw(texts))
        check_round_trip(record, folder, sqlite_template)


@example(text="\ufeff")
@settings(max_examples=150)
@given(text=texts)
def test_any_text_is_read_back(tmp_path: Path, sqlite_template: Path, text: str) -> None:
    """Written by the exporter, read by the importer, without a store in between."""
    from comity.record.entry import Entry
    from comity.record.export import _dump, as_written
    from comity.record.validate import Checker
    from comity.record.yamlfile import read_yaml

    body: Any = {
        "title": [{"value": {"en": text}}],
        "names": [{"value": [text, text + " x"]}],
        "on": [{"value": "2023-03-01"}],
        "event_kind": [{"value": "report"}],
        "place": [{"value": text, "note": text}],
        "participants": [{"value": [{"party": "JPN", "name": text}]}],
    }
    file = tmp_path / "one.yaml"
    _dump(file, [as_written(Entry("e", "event", body))])
    checker = Checker(str(file))
    (item,) = checker.entries(read_yaml(file))
    assert checker.problems == []
    assert item.entry.body == body


def test_interleaved_histories_of_several_entries(
    local: OpenRecord, tmp_path: Path, sqlite_template: Path
) -> None:
    add(local, tmp_path, *(event(f"e-{n}") for n in range(3)))
    for text in AWKWARD[:6]:
        for n in range(3):
            revise(local, tmp_path, f"e-{n}", title={"en": text, "ja": "岸田文雄", "zh": "处理水"})
    local.retract("e-1", why="Wrong:\n- twice\n  over")
    local.retract("e-2", why="no")
    revise(local, tmp_path, "e-2", title="Again", why="~")
    check_round_trip(local, tmp_path, sqlite_template)


def test_a_pack_with_a_users_work_on_it(
    local: OpenRecord, tmp_path: Path, sqlite_template: Path
) -> None:
    local.load_pack(pack(tmp_path / "v1", [act("deed"), measure("ban", "deed"), event("gone")]))
    revise(local, tmp_path, "ban", until="2025-01-01")
    local.load_pack(
        pack(tmp_path / "v2", [act("deed", number="7"), measure("ban", "deed")],
             version="2.0.0", recorded="2023-07-01T00:00:00.000001Z")
    )  # fmt: skip
    check_round_trip(local, tmp_path, sqlite_template)


def test_an_import_into_a_store_that_has_it_changes_nothing(
    record: OpenRecord, tmp_path: Path
) -> None:
    add(record, tmp_path, event("a"), event("b"))
    revise(record, tmp_path, "a", title="A")
    record.retract("b", why="wrong")
    record.export(tmp_path / "out")
    before = revisions(record), record.log.last_received()
    report = record.load_pack(tmp_path / "out")
    assert (report.unchanged, report.conflicts, report.kept) == (1, [], [])
    assert (revisions(record), record.log.last_received()) == before


def test_an_export_larger_than_a_file_may_be(
    local: OpenRecord,
    tmp_path: Path,
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was exported can be read again, however large the record is."""
    add(local, tmp_path, *(event(f"e-{n}", summary="x" * 500) for n in range(60)))
    for n in range(60):
        revise(local, tmp_path, f"e-{n}", title="New")
    limit = 20_000
    monkeypatch.setattr("comity.record.export.FILE_BYTES", limit // 2)
    check_round_trip(local, tmp_path, sqlite_template)
    sizes = [path.stat().st_size for path in (tmp_path / "first").iterdir()]
    assert len(sizes) > 5
    assert max(sizes) < limit


def test_an_export_of_nothing(local: OpenRecord, tmp_path: Path, sqlite_template: Path) -> None:
    assert local.export(tmp_path / "none") == 0
    assert [p.name for p in (tmp_path / "none").iterdir()] == ["pack.yaml"]
    check_round_trip(local, tmp_path, sqlite_template)


def test_where_an_export_may_not_go(local: OpenRecord, tmp_path: Path) -> None:
    add(local, tmp_path, event("a"))
    full = tmp_path / "full"
    write(full, "x", "kept.txt")
    for target in (full, full / "kept.txt"):
        with pytest.raises(FileError) as caught:
            local.export(target)
        assert caught.value.mend
    assert files(full) == {"kept.txt": b"x"}
    (tmp_path / "empty").mkdir()
    assert local.export(tmp_path / "empty") == 1
    assert local.export(tmp_path / "deep" / "er") == 1


def test_an_export_that_breaks_leaves_nothing(
    local: OpenRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(local, tmp_path, event("a"))

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("comity.record.export.as_written", fail)
    there = tmp_path / "there"
    there.mkdir()
    with pytest.raises(KeyboardInterrupt):
        local.export(there / "out")
    assert list(there.iterdir()) == []
