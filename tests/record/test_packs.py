"""Loading packs: a reload, a newer, an older and a broken one, beside a user's own work."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from comity.opened import OpenRecord
from comity.record.packs import LoadReport
from comity.record.view import View
from comity.words.errors import ComityError, FileError, InputError, NotFound, ValidationError
from tests.record.build import act, add, event, measure, pack, revise, source, state, write

V1 = [event("a"), event("b"), event("c", about=["deed"]), act("deed"), measure("ban", "deed")]
LATER = {"version": "2.0.0", "recorded": "2023-07-01T00:00:00Z"}


def load(record: OpenRecord, folder: Path, entries: Any, **head: Any) -> LoadReport:
    path = folder / f"pack-{len(list(folder.iterdir()))}"
    return record.load_pack(pack(path, entries, **head), accepted_by="Reviewer")


def changed(entries: list[dict[str, Any]], entry_id: str, **fields: Any) -> list[dict[str, Any]]:
    return [e | fields if e["id"] == entry_id else e for e in entries]


def without(entries: list[dict[str, Any]], *ids: str) -> list[dict[str, Any]]:
    return [e for e in entries if e["id"] not in ids]


def title(record: OpenRecord, entry_id: str) -> str:
    return record.reading(all_days=True).entry(entry_id).title


def test_a_first_load_and_a_reload(record: OpenRecord, tmp_path: Path) -> None:
    report = load(record, tmp_path, V1)
    assert sorted(report.added) == ["a", "b", "ban", "c", "deed"]
    made = record.history("a")[0]
    assert (made["recorded"], made["author"]) == ("2023-06-01T00:00:00Z", "Editors")
    assert (made["accepted_by"], made["pack"], made["op"]) == ("Reviewer", "demo 1.0.0", "add")
    before = state(record)
    again = load(record, tmp_path, list(reversed(V1)))
    assert again.as_dict() == LoadReport("demo", "1.0.0", unchanged=5).as_dict()
    assert state(record) == before
    assert load(record, tmp_path, V1, **LATER).unchanged == 5
    assert state(record) == before


def test_a_newer_pack_revises_what_nobody_touched(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, V1)
    report = load(record, tmp_path, [*changed(V1, "a", title="New a"), event("d")], **LATER)
    assert (report.revised, report.added, report.unchanged) == (["a"], ["d"], 4)
    assert title(record, "a") == "New a"
    then = record.reading(known_on="2023-06-30", all_days=True)
    assert then.entry("a").title == "a"
    assert then.get("d") is None
    assert record.history("a")[1]["pack"] == "demo 2.0.0"


def test_an_older_pack_changes_nothing(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, [*changed(V1, "a", title="New a"), event("d")], **LATER)
    before = state(record)
    report = load(record, tmp_path, V1)
    assert (report.older, report.unchanged, report.retracted) == (["a"], 4, [])
    assert state(record) == before


def test_a_users_own_revision_stays(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, V1)
    revise(record, tmp_path, "a", title="Mine")
    before = state(record)
    same = load(record, tmp_path, V1, **LATER)
    assert (same.kept, same.conflicts, same.revised) == (["a"], [], [])
    other = load(record, tmp_path, changed(V1, "a", title="Theirs"), **LATER)
    assert (other.kept, other.conflicts, other.revised) == ([], ["a"], [])
    assert state(record) == before
    assert title(record, "a") == "Mine"
    agreed = load(record, tmp_path, changed(V1, "a", title="Mine"), **LATER)
    assert (agreed.unchanged, agreed.conflicts) == (5, [])


def test_a_users_retraction_stays(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, V1)
    record.retract("b", why="Not so.")
    before = state(record)
    assert load(record, tmp_path, V1, **LATER).kept == ["b"]
    assert load(record, tmp_path, changed(V1, "b", title="B"), **LATER).conflicts == ["b"]
    assert state(record) == before


def test_an_entry_the_user_had_first_is_a_conflict(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("a", title="Mine"))
    report = load(record, tmp_path, V1)
    assert report.conflicts == ["a"]
    assert len(report.added) == 4
    assert title(record, "a") == "Mine"


def test_two_packs_with_one_id(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, V1)
    report = load(record, tmp_path, [event("a", title="Other")], name="other", **LATER)
    assert report.conflicts == ["a"]
    assert title(record, "a") == "a"


def test_what_a_newer_pack_leaves_out_is_retracted(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, V1)
    add(record, tmp_path, event("mine"))
    revise(record, tmp_path, "b", title="Mine now")
    report = load(record, tmp_path, without(V1, "a", "b"), **LATER)
    assert report.retracted == ["a"]
    assert sorted(e.id for e in record.log.entries(View())) == ["b", "ban", "c", "deed", "mine"]
    assert record.reading(known_on="2023-06-30", all_days=True).entry("a").title == "a"
    before = state(record)
    assert load(record, tmp_path, without(V1, "a", "b"), **LATER).retracted == []
    assert state(record) == before


@pytest.mark.parametrize("text", ["a", "Better a"])
def test_what_a_pack_took_back_it_can_bring_again(
    record: OpenRecord, tmp_path: Path, text: str
) -> None:
    load(record, tmp_path, V1)
    load(record, tmp_path, without(V1, "a"), **LATER)
    last = {"version": "3.0.0", "recorded": "2023-08-01T00:00:00Z"}
    report = load(record, tmp_path, changed(V1, "a", title=text), **last)
    assert (report.conflicts, report.kept) == ([], [])
    assert title(record, "a") == text
    assert [row["op"] for row in record.history("a")] == ["add", "retract", "revise"]


def test_a_pack_may_not_name_what_it_takes_back(record: OpenRecord, tmp_path: Path) -> None:
    load(record, tmp_path, V1)
    before = state(record)
    with pytest.raises(ValidationError, match="no entry deed"):
        load(record, tmp_path, without(V1, "deed"), **LATER)
    assert state(record) == before


def test_what_others_rest_on_is_not_taken_back(record: OpenRecord, tmp_path: Path) -> None:
    """A user cannot retract what others name; nor may a newer pack, under the user's own entry."""
    load(record, tmp_path, V1)
    add(record, tmp_path, event("mine", about=["deed"]))
    report = load(record, tmp_path, [event("a"), event("b")], **LATER)
    assert sorted(report.retracted) == ["ban", "c"]
    assert report.conflicts == ["deed"]
    assert record.reading(all_days=True).entry("mine").list("about") == ["deed"]
    assert title(record, "deed") == "deed"


def test_a_dependency_that_is_missing(record: OpenRecord, tmp_path: Path) -> None:
    top = {"name": "top", "depends": ["base"]}
    with pytest.raises(NotFound, match="depends on base") as caught:
        load(record, tmp_path, [event("t", sources=["s"])], **top)
    assert "comity pack load base" in str(caught.value.mend)
    assert record.count() == {}
    load(record, tmp_path, [source("s")], name="base")
    assert load(record, tmp_path, [event("t", sources=["s"])], **top).added == ["t"]


@pytest.mark.parametrize(
    "broken",
    [
        event("bad", on="2023-02-30"),
        event("bad", sources=["nowhere"]),
        event("bad", event_kind="nothing"),
        event("a"),
        {"id": "bad", "kind": "event"},
        "not an entry",
    ],
)
def test_one_broken_entry_and_nothing_is_loaded(
    record: OpenRecord, tmp_path: Path, broken: Any
) -> None:
    load(record, tmp_path, [event("a")])
    before = state(record)
    with pytest.raises(ValidationError) as caught:
        load(record, tmp_path, [*changed(V1, "a", title="New"), broken], **LATER)
    assert caught.value.where is not None
    assert str(caught.value.where.file).endswith("entries.yaml")
    assert caught.value.where.line
    assert state(record) == before


def test_duplicates_are_found_across_files(record: OpenRecord, tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack", [event("a")])
    write(folder, [event("b"), event("a", title="Again")], "more.yaml")
    with pytest.raises(ValidationError, match=r"used twice, first at .*entries.yaml:1") as caught:
        record.load_pack(folder)
    assert str(caught.value.where).startswith(str(folder / "more.yaml"))
    assert record.count() == {}


HEADS = [
    ("name: [a]\nversion: 1\nrecorded: 2023-01-01\nauthor: x\n", "name"),
    ("name: A B\nversion: 1\nrecorded: 2023-01-01\nauthor: x\n", "name"),
    ("name: a\nversion: 1\nrecorded: 2023-01-01\nauthor:\n", "author"),
    ("name: a\nversion: {a: b}\nrecorded: 2023-01-01\nauthor: x\n", "version"),
    ("name: a\nversion: 1\nrecorded: 2023-13-01\nauthor: x\n", "recorded"),
    ("name: a\nversion: 1\nrecorded: 2023-01-01T25:00:00Z\nauthor: x\n", "recorded"),
    ("name: a\nversion: 1\nrecorded: [x]\nauthor: x\n", "recorded"),
    ("name: a\nversion: 1\nauthor: x\n", None),
    ("name: a\nversion: 1\nrecorded: 2023-01-01\nauthor: x\nautor: y\n", "autor"),
    ("name: a\nversion: 1\nrecorded: 2023-01-01\nauthor: x\nfacts: {t: many}\n", "facts"),
    ("name: a\nversion: 1\nrecorded: 2023-01-01\nauthor: x\ntitle: []\n", "title"),
    ("name: a\nversion: 1\nrecorded: 2023-01-01\nauthor: x\ndepends: {b: c}\n", "depends"),
    ("- a\n", None),
    ("a\n", None),
]


@pytest.mark.parametrize(("head", "field"), HEADS)
def test_a_head_page_that_is_wrong(
    local: OpenRecord, tmp_path: Path, head: str, field: str | None
) -> None:
    folder = pack(tmp_path / "pack", [event("a")])
    write(folder, head, "pack.yaml")
    with pytest.raises(ValidationError) as caught:
        local.load_pack(folder)
    where = caught.value.where
    assert where is not None
    assert where.file == str(folder / "pack.yaml")
    assert where.field == field
    assert caught.value.mend
    assert local.count() == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("history.yaml", "hello\n"),
        ("history.yaml", "{op: add}\n"),
        ("history.yaml", "- {op: destroy, entry: {id: a, kind: event}}\n"),
        ("history.yaml", "- {op: add, entry: {id: a, kind: evnt}}\n"),
        ("history.yaml", "- {op: add, entry: a}\n"),
        ("bad.yaml", "- {id: x, kind: event, revision: {recorded: 2023-02-30}}\n"),
        ("bad.yaml", "- {id: x, kind: event, revision: {autor: me}}\n"),
        ("bad.yaml", "- {id: x, kind: event, revision: me}\n"),
        ("bad.yaml", "- {id: x\n"),
        ("bad.yml", "- {id: x, kind: event}\n"),
    ],
)
def test_a_file_of_a_pack_that_is_wrong(
    local: OpenRecord, tmp_path: Path, name: str, text: str
) -> None:
    folder = pack(tmp_path / "pack", [event("a")])
    full = ", title: t, on: 2023-01-01, event_kind: report"
    write(folder, text.replace("kind: event", f"kind: event{full}"), name)
    with pytest.raises(InputError) as caught:
        local.load_pack(folder)
    assert caught.value.where is not None
    assert caught.value.where.file == str(folder / name)
    assert caught.value.mend
    assert local.count() == {}


def test_a_folder_that_is_no_pack(local: OpenRecord, tmp_path: Path) -> None:
    attempts: list[Path] = [tmp_path, tmp_path / "none", write(tmp_path, [event("a")])]
    for path in attempts:
        with pytest.raises(ComityError) as caught:
            local.load_pack(path)
        assert type(caught.value) is FileError
        assert caught.value.mend


def test_a_reload_costs_no_more_than_a_load(local: OpenRecord, tmp_path: Path) -> None:
    """Of many entries: nothing may look through all of them for each (it took seven times)."""
    many = [event(f"e-{n}") for n in range(6000)]
    folder = pack(tmp_path / "pack", many)
    spent = []
    for _ in range(2):
        start = time.perf_counter()
        local.load_pack(folder)
        spent.append(time.perf_counter() - start)
    assert local.count() == {"event": 6000}
    assert spent[1] < 2 * spent[0] + 1
