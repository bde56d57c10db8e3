"""Loading annotations: what is given to the reader, and annotations that cannot be measured."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from comity.reader.gold import load, load_one
from comity.words.errors import ComityError, FileError, ValidationError

TEXT = "Peru’s trade minister said the duty on cocoa would go. The duty stays, Ecuador said.\n"
GOLD = """\
doc:
  id: one
  title: A test
  published: 2024-05-02   # assumed
  self: {name: Ana Quispe, role: Minister of Trade, party: PER}
entries:
- {id: s1, type: statement, speaker: Ana Quispe, party: PER, ev: "the duty on cocoa would go"}
- {id: m1, type: meeting, primary: false, parties: [PER, EU], date: null, ev: "Ecuador said"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    file = folder / "one.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_the_reader_is_given(folder: Path) -> None:
    one = load_one(write(folder, GOLD), folder)
    assert one.given.published == dt.date(2024, 5, 2)
    assert (one.given.publisher, one.given.speaker, one.given.relation) == (
        "PER",
        "Ana Quispe",
        None,
    )
    first, second = one.wanted
    assert one.given.text[first.start : first.end] == "the duty on cocoa would go"
    assert (first.optional, second.optional) == (False, True)
    assert second.slots["date"] is None


def test_two_parties_that_speak_together(folder: Path) -> None:
    text = GOLD.replace(
        "{name: Ana Quispe, role: Minister of Trade, party: PER}", "{parties: [PER, EU]}"
    )
    given = load_one(write(folder, text.replace("2024-05-02   # assumed", "null")), folder).given
    assert (given.published, given.speaker, given.relation) == (None, None, ("PER", "EUN"))


def test_a_text_under_the_name_that_the_annotation_gives(folder: Path) -> None:
    (folder / "one.txt").rename(folder / "other.txt")
    text = GOLD.replace("  id: one\n", "  id: one\n  file: ../elsewhere/other.txt\n")
    assert load_one(write(folder, text), folder).given.text == TEXT


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("the duty on cocoa would go", "the duty on wine would go", "does not occur"),
        ("the duty on cocoa would go", "duty", "more than once"),
        (', ev: "Ecuador said"', "", "does not occur"),
        ("type: statement", "type: remark", "'remark' is not a type"),
        ("parties: [PER, EU], ", "", "needs parties"),
        ("2024-05-02", "May 2024", "is not a day"),
        ("party: PER}\nentries", "party: Peruvia}\nentries", "not the code of an economy"),
        ("entries:\n", "entries: none\nrest:\n", "entries is a list"),
        ("doc:\n  id: one", "about:\n  id: one", "doc and entries"),
    ],
)
def test_what_cannot_be_measured_is_refused(folder: Path, old: str, new: str, what: str) -> None:
    assert old in GOLD
    file = write(folder, GOLD.replace(old, new, 1))
    with pytest.raises(ComityError, match=what) as caught:
        load_one(file, folder)
    assert caught.value.where is not None
    assert caught.value.where.file == str(file)
    assert caught.value.mend


def test_the_entry_is_named(folder: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        load_one(write(folder, GOLD.replace("Ecuador said", "Ecuador asked")), folder)
    assert caught.value.where is not None
    assert (caught.value.where.entry, caught.value.where.line) == ("m1", 8)


def test_folders(folder: Path) -> None:
    with pytest.raises(FileError, match="no annotations"):
        load(folder, folder)
    with pytest.raises(FileError, match="no such folder"):
        load(folder / "none", folder)
    write(folder, GOLD)
    assert [one.id for one in load(folder, folder)] == ["one"]
    (folder / "one.txt").unlink()
    with pytest.raises(FileError, match="text of an annotated document is missing"):
        load(folder, folder)


def test_a_statement_needs_a_speaker_or_a_party(folder: Path) -> None:
    nobody = GOLD.replace("speaker: Ana Quispe, party: PER, ev", "ev")
    with pytest.raises(ValidationError, match="party or speaker"):
        load_one(write(folder, nobody), folder)
    for part in ("speaker: Ana Quispe, ", "party: PER, "):
        one = load_one(write(folder, GOLD.replace(f"{part}", "", 1)), folder)
        assert one.wanted[0].type == "statement"


@pytest.mark.parametrize("said", ["2024-05", "2024", "null"])
def test_a_month_of_publication_is_no_day_to_count_from(folder: Path, said: str) -> None:
    one = load_one(write(folder, GOLD.replace("2024-05-02   # assumed", said)), folder)
    assert one.given.published is None
