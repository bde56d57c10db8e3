"""Adding, revising and retracting by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from comity.opened import OpenRecord
from comity.words.errors import ComityError, ConflictError, NotFound, ValidationError
from tests.record.build import act, add, commitment, event, measure, revise, source, state, write


def entry(record: OpenRecord, entry_id: str, **view: Any) -> Any:
    return record.reading(all_days=True, **view).entry(entry_id)


def test_add_says_who_when_and_why(record: OpenRecord, tmp_path: Path) -> None:
    before = dt.datetime.now(dt.UTC)
    record.add(write(tmp_path, [event("a")]), author="Ada", why="heard it")
    record.add(write(tmp_path, [event("b")], "more.yaml"), author="Bo")
    after = dt.datetime.now(dt.UTC)
    (made,) = record.history("a")
    assert (made["op"], made["author"], made["accepted_by"], made["why"], made["pack"]) == (
        "add", "Ada", "Ada", "heard it", None,
    )  # fmt: skip
    recorded = dt.datetime.fromisoformat(made["recorded"])
    assert before <= recorded <= after
    assert record.history("b")[0]["why"] == "added from more.yaml"


def test_entries_of_one_file_may_name_each_other(record: OpenRecord, tmp_path: Path) -> None:
    """In any order, also in a circle."""
    entries = [measure("ban", "deed"), event("a", about=["ban"]), act("deed", sources=["s"])]
    record.add(write(tmp_path, [*entries, source("s")]))
    circle = [
        measure("one", "deed", replaces=["two"]),
        measure("two", "deed", replaces=["one"]),
    ]
    record.add(write(tmp_path, circle))
    assert record.count() == {"measure": 3, "event": 1, "act": 1, "source": 1}


def test_a_revision_replaces_the_fields_it_names(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e", place="Tokyo", occasion="A visit", parties=["JPN", "CHN"]))
    old, new = record.revise("e", write(tmp_path, {"place": "Kyoto"}), author="Ada", why="typo")
    assert (old.value("place"), new.value("place")) == ("Tokyo", "Kyoto")
    now = entry(record, "e")
    assert now.value("place") == "Kyoto"
    assert now.value("occasion") == "A visit"
    assert now.list("parties") == ["JPN", "CHN"]
    (changed,) = record.history("e")[1]["changed"]
    assert changed == {"field": "place", "before": "Tokyo", "after": "Kyoto"}
    assert record.history("e")[1]["why"] == "typo"
    assert entry(record, "e", received=1).value("place") == "Tokyo"


def test_a_revision_may_name_id_and_kind_and_stand_in_a_list(
    record: OpenRecord, tmp_path: Path
) -> None:
    add(record, tmp_path, event("e"))
    revise(record, tmp_path, "e", id="e", kind="event", title="One")
    record.revise("e", write(tmp_path, [{"title": "Two"}]))
    assert entry(record, "e").title == "Two"


def test_remove_and_why_are_keys_of_the_file(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e", place="Tokyo", occasion="A visit"))
    revise(record, tmp_path, "e", remove=["place", "occasion"], why="Not known after all.")
    now = entry(record, "e")
    assert set(now.body) == {"title", "on", "event_kind"}
    assert record.history("e")[1]["why"] == "Not known after all."
    revise(record, tmp_path, "e", remove="title", title="New")
    assert entry(record, "e").title == "New"


BAD_REVISIONS = [
    ({"id": "other", "title": "x"}, "about other, not e", "id"),
    ({"kind": "act", "title": "x"}, "about act, not event", "kind"),
    ({"id": ["e"], "title": "x"}, "not e", "id"),
    ({"title": "e"}, "changes nothing", None),
    ({}, "changes nothing", None),
    ({"on": "2023-03-01", "event_kind": "report"}, "changes nothing", None),
    ({"remove": ["summary"]}, "no field 'summary' to remove", "remove"),
    ({"remove": ["on"]}, "required", "remove"),
    ({"remove": "event_kind"}, "required", "remove"),
    ({"remove": ["title"]}, "title is missing", "title"),
    ({"title": "x", "why": ["a"]}, "one value", "why"),
    ({"title": "x", "why": ""}, "empty", "why"),
    ({"titel": "x"}, "no field 'titel'", "titel"),
    ({"on": "2023-02-30"}, "calendar", "on"),
    ({"until": "2023-02-01"}, "before it begins", "until"),
    ({"sources": ["nowhere"]}, "no entry nowhere", "sources"),
    ([{"title": "x"}, {"title": "y"}], "one mapping", None),
    ("title\n", "one mapping", None),
]


@pytest.mark.parametrize(("fields", "says", "field"), BAD_REVISIONS)
def test_a_revision_that_is_refused(
    record: OpenRecord, tmp_path: Path, fields: Any, says: str, field: str | None
) -> None:
    add(record, tmp_path, event("e", place="Tokyo"))
    before = state(record)
    file = write(tmp_path, fields)
    with pytest.raises(ValidationError) as caught:
        record.revise("e", file)
    assert state(record) == before
    assert says in caught.value.what
    where = caught.value.where
    assert where is not None
    assert (where.file, where.field) == (str(file), field)
    assert caught.value.mend


def test_what_is_not_there(record: OpenRecord, tmp_path: Path) -> None:
    file = write(tmp_path, {"title": "x"})
    calls: list[Any] = [
        lambda: record.revise("none", file),
        lambda: record.retract("none", why="x"),
        lambda: record.show("none"),
        lambda: record.history("none"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="no entry none") as caught:
            call()
        assert "comity find" in str(caught.value.mend)


def test_a_retraction(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e"))
    record.retract("e", why="It did not happen.", author="Ada")
    assert record.count() == {}
    with pytest.raises(NotFound):
        record.show("e")
    assert entry(record, "e", received=1).title == "e"
    assert [row["op"] for row in record.history("e")] == ["add", "retract"]
    assert record.history("e")[1]["why"] == "It did not happen."
    before = state(record)
    with pytest.raises(ConflictError, match="retracted already") as caught:
        record.retract("e", why="again")
    assert caught.value.mend
    assert state(record) == before


@pytest.mark.parametrize("why", ["", "  ", "\n"])
def test_a_retraction_needs_a_reason(record: OpenRecord, tmp_path: Path, why: str) -> None:
    add(record, tmp_path, event("e"))
    with pytest.raises(ValidationError, match="reason") as caught:
        record.retract("e", why=why)
    assert caught.value.mend
    assert record.count() == {"event": 1}


def test_what_others_rest_on_is_not_retracted(record: OpenRecord, tmp_path: Path) -> None:
    kept = {"value": "kept", "from": "2023-05-01", "evidence": ["e"]}
    promise = commitment("promise", "deed", status=[kept], sources=["s"])
    add(record, tmp_path, act("deed"), event("e"), source("s"), promise, measure("ban", "deed"))
    before = state(record)
    for target, number in (("deed", "2 entries"), ("e", "1 entries"), ("s", "1 entries")):
        with pytest.raises(ConflictError, match=f"{number} name {target}: ") as caught:
            record.retract(target, why="x")
        assert "promise" in caught.value.what
        assert caught.value.mend
    assert state(record) == before
    record.retract("promise", why="x")
    record.retract("e", why="x")
    record.retract("ban", why="x")
    record.retract("deed", why="x")
    assert record.count() == {"source": 1}


def test_groups_and_documents_are_rested_on_too(record: OpenRecord, tmp_path: Path) -> None:
    group = {"id": "g", "kind": "group", "title": "G", "areas": ["JP-04"]}
    add(record, tmp_path, group, act("deed"), measure("ban", "deed", areas={"all_except": ["@g"]}))
    with pytest.raises(ConflictError, match="name g: ban"):
        record.retract("g", why="x")


def test_a_revision_brings_a_retracted_entry_back(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e", place="Tokyo"))
    record.retract("e", why="It did not happen.")
    revise(record, tmp_path, "e", why="It did, after all.")  # nothing else changes
    assert entry(record, "e").value("place") == "Tokyo"
    assert [row["op"] for row in record.history("e")] == ["add", "retract", "revise"]
    assert record.count() == {"event": 1}
    record.retract("e", why="No.")
    assert [row["op"] for row in record.history("e")][-1] == "retract"


def test_bringing_back_needs_what_it_rests_on(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, act("deed"), measure("ban", "deed"))
    record.retract("ban", why="x")
    record.retract("deed", why="x")
    with pytest.raises(ValidationError, match="no entry deed"):
        revise(record, tmp_path, "ban", why="back")
    assert record.count() == {}


def test_a_group_keeps_the_members_that_measures_ask_for(
    record: OpenRecord, tmp_path: Path
) -> None:
    """Else one revision of a group makes every later question about measures fail."""
    group = {"id": "g", "kind": "group", "title": "G", "areas": ["JP-04"], "economies": ["JPN"]}
    add(record, tmp_path, group, act("deed"), measure("ban", "deed", areas=["@g"]))
    before = state(record)
    with pytest.raises(ComityError, match="ban") as caught:
        revise(record, tmp_path, "g", remove=["areas"])
    assert caught.value.mend
    assert state(record) == before
    revise(record, tmp_path, "g", remove=["economies"])


def test_a_document_stays_as_long_as_its_passages(record: OpenRecord, tmp_path: Path) -> None:
    document = {"id": "d", "kind": "document", "title": "D", "sha256": "0" * 64}
    passage = {"document": "d", "start": "10", "end": "90", "sha256": "1" * 64}
    add(record, tmp_path, document | {"characters": "100"}, event("e", passages=[passage]))
    with pytest.raises(ComityError, match="e"):
        revise(record, tmp_path, "d", characters="50")
    assert entry(record, "d").value("characters") == 100


def test_yaml_guesses_nothing_in_a_revision(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e"))
    record.revise("e", write(tmp_path, "title: no\nnames: [0307, on]\n"))
    assert entry(record, "e").title == "no"
    assert entry(record, "e").list("names") == ["0307", "on"]
