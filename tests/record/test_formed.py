"""Entries as forms: what a form shows and sends back is the entry; tables are forms in rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.opened import OpenRecord
from comity.record.formed import changed, from_table, inputs, values
from comity.words.errors import ValidationError
from comity.words.vocabulary import kinds


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    with OpenRecord(tmp_path_factory.mktemp("formed") / "comity.db") as opened:
        opened.load_packs(["common", "china-japan"])
        yield opened


def as_sent(text: str, widget: str) -> str:
    """What a browser sends of an input with this text."""
    if widget in ("line", "choice"):
        assert "\n" not in text  # an input of one line would drop it
        return text
    return text.replace("\n", "\r\n")


def test_every_shipped_entry_comes_back_from_its_form_as_it_was(record: OpenRecord):
    seen = 0
    after: str | None = ""
    entries = []
    while after is not None:
        rows, after = record.entries(after=after, limit=500)
        for row in rows:
            fields = record.fields(row["id"])["fields"]
            form = inputs(fields["kind"], fields)
            sent = {one.name: as_sent(one.text, one.widget) for one in form}
            assert changed(form, sent) == ([], []), row["id"]
            entries.append({"id": row["id"], "kind": fields["kind"], **values(form, sent)})
            seen += 1
    assert seen > 600
    # Written anew into an empty store, they are the same to the last hash.
    before = {row: record.history(row)[-1]["sha256"] for row in (e["id"] for e in entries)}
    with OpenRecord(Path(record.log.url.removeprefix("sqlite:///")).with_name("new.db")) as other:
        other.add_entries(entries, author="a")
        assert {name: other.history(name)[-1]["sha256"] for name in before} == before


@pytest.mark.parametrize("kind", list(kinds()))
def test_every_kind_has_a_form_whose_needed_fields_come_first(kind: str):
    form = inputs(kind)
    assert {one.name for one in form} == set(kinds()[kind].fields)
    needed = [one.required for one in form]
    assert needed == sorted(needed, reverse=True)
    assert all(one.text == "" for one in form)


def test_a_kind_that_is_none():
    with pytest.raises(ValidationError, match="there is no kind"):
        inputs("nothing")


def test_what_was_changed_and_what_was_emptied():
    form = inputs("event", {"title": "One", "place": "Tokyo", "parties": ["CHN", "JPN"]})
    sent = {"title": "Two ", "place": " ", "parties": "CHN\r\nJPN\r\n", "summary": ""}
    new, gone = changed(form, sent)
    assert [one.name for one in new] == ["title"]
    assert gone == ["place"]
    assert values(new, sent) == {"title": "Two"}


def test_yaml_that_is_none_is_said_with_its_field_and_line():
    form = inputs("measure")
    with pytest.raises(ValidationError) as caught:
        values(form, {"targets": "{only: [JPN", "conditions": "- group: a\n  : :\n b"})
    fields = {one.where.field for one in caught.value.problems if one.where}
    assert fields == {"targets", "conditions"}
    with pytest.raises(ValidationError, match="deep"):
        values(form, {"targets": "[" * 200 + "]" * 200})


TABLE = """\
id,title,on,event_kind,parties,sources
a-1,"One, two",2026-01-02,report,CHN;JPN,src-gacc103
a-2,Three,2026-01,report,CHN,
"""


def test_a_table_is_a_form_in_rows(record: OpenRecord):
    made = from_table("event", "\ufeff" + TABLE)
    assert made == [
        {"id": "a-1", "kind": "event", "title": "One, two", "on": "2026-01-02",
         "event_kind": "report", "parties": ["CHN", "JPN"], "sources": ["src-gacc103"]},
        {"id": "a-2", "kind": "event", "title": "Three", "on": "2026-01", "event_kind": "report",
         "parties": ["CHN"]},
    ]  # fmt: skip
    before = record.log.last_received()
    assert [one.id for one in record.check_entries(made[:1])] == ["a-1"]
    assert record.log.last_received() == before


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("title,on\nx,2026\n", "no column id"),
        ("id,colour\nx,red\n", "no field colour"),
        ("id,title\nx\n", "more or fewer cells"),
        ("id,title\n", "0 rows"),
        ("", "no column id"),
        ('id,title\n"x,y\n', "not CSV"),
        ("id,participants\nx,{a: [b\n", "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_taken(table: str, said: str):
    with pytest.raises(ValidationError) as caught:
        from_table("event", table)
    assert said in str(caught.value) + str([str(one) for one in caught.value.problems])


def test_wrong_cells_are_told_by_row(record: OpenRecord):
    with pytest.raises(ValidationError) as caught:
        record.check_entries(from_table("event", TABLE.replace("2026-01-02", "2026-13-02")))
    assert "2026-13-02" in str(caught.value)
