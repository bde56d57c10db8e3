"""Documents and passages: hashes, offsets in characters, and what is shown of an attached text."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.documents.passages import Passage, decode, sha256_of
from comity.opened import OpenRecord
from comity.words.errors import FileError, NotFound
from tests.record.build import add, event

TEXT = "Prime Minister Kishida (岸田文雄) said “no” 😀.\r\nCafé, not Cafe\u0301.\n"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def passage(words: str, text: str = TEXT) -> dict[str, str]:
    start = text.index(words)
    return {
        "document": "doc",
        "start": str(start),
        "end": str(start + len(words)),
        "sha256": sha(words),
    }


@pytest.fixture
def record(tmp_path: Path) -> Iterator[OpenRecord]:
    with OpenRecord(tmp_path / "record.db") as opened:
        yield opened


def document(**fields: Any) -> dict[str, Any]:
    digest = hashlib.sha256(TEXT.encode()).hexdigest()
    given = {"sha256": digest, "characters": str(len(TEXT))}
    return {"id": "doc", "kind": "document", "title": "Doc", **given, **fields}


def attach(record: OpenRecord, folder: Path, data: bytes = TEXT.encode()) -> dict[str, Any]:
    file = folder / "doc.txt"
    file.write_bytes(data)
    return record.attach(file)


def test_the_hash_of_nothing_and_of_abc() -> None:
    """From FIPS 180-2."""
    assert sha256_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sha256_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(FileError, match="byte 3 is not UTF-8") as caught:
        decode(b"abc\xff", "a.txt")
    assert caught.value.where is not None
    assert caught.value.where.file == "a.txt"
    assert caught.value.mend


@given(st.text(), st.integers(0, 40), st.integers(0, 40))
def test_offsets_count_characters_and_nothing_is_normalised(
    text: str, start: int, length: int
) -> None:
    if any(unicodedata.category(c) == "Cs" for c in text):
        return
    back = decode(text.encode())
    assert back == text
    part = text[start : start + length]
    assert Passage("d", start, start + length, sha(part)).text_in(back) == part
    other = Passage("d", start, start + length, sha(part + "x"))
    assert other.text_in(back) is None


def test_a_bom_and_line_ends_are_characters_of_the_text() -> None:
    """Offsets must not depend on what a reader does to the bytes."""
    assert decode(b"\xef\xbb\xbfa\r\nb") == "\ufeffa\r\nb"


@pytest.mark.parametrize("words", ["岸田文雄", "“no” 😀", "Cafe\u0301", ".\r\nCafé", TEXT])
def test_an_attached_text_shows_its_passages(
    record: OpenRecord, tmp_path: Path, words: str
) -> None:
    add(record, tmp_path, document(), event("e", passages=[passage(words)]))
    (before,) = record.show("e")["passages"]
    assert (before["state"], before["text"]) == ("not attached", None)
    report = attach(record, tmp_path)
    assert (report["document"], report["new"]) == ("doc", True)
    assert (report["passages"], report["verified"]) == (1, 1)
    (after,) = record.show("e")["passages"]
    assert (after["state"], after["text"]) == ("verified", words)
    assert attach(record, tmp_path)["new"] is False


def test_offsets_in_bytes_do_not_fit(record: OpenRecord, tmp_path: Path) -> None:
    wrong = passage("said")
    start = TEXT.encode().index(b"said")
    wrong |= {"start": str(start), "end": str(start + 4)}
    right = passage("Prime Minister")
    add(record, tmp_path, document(), event("e", passages=[wrong, right]))
    report = attach(record, tmp_path)
    assert (report["passages"], report["verified"]) == (2, 1)
    states = [(p["state"], p["text"]) for p in record.show("e")["passages"]]
    assert states == [("hash differs", None), ("verified", "Prime Minister")]


def test_passages_of_single_claims_are_shown_too(record: OpenRecord, tmp_path: Path) -> None:
    place = {"value": "A café", "passages": [passage("Café")]}
    add(record, tmp_path, document(), event("e", place=place))
    attach(record, tmp_path)
    assert [p["text"] for p in record.show("e")["passages"]] == ["Café"]


@pytest.mark.parametrize("data", [TEXT.encode() + b" ", TEXT.replace("\r", "").encode(), b"\xff"])
def test_another_text_is_not_attached(record: OpenRecord, tmp_path: Path, data: bytes) -> None:
    """Not even with only its line ends changed."""
    add(record, tmp_path, document(), event("e", passages=[passage("said")]))
    with pytest.raises(NotFound, match="no document on record") as caught:
        attach(record, tmp_path, data)
    assert caught.value.mend
    (shown,) = record.show("e")["passages"]
    assert shown["state"] == "not attached"


def test_a_document_that_is_no_text_shows_no_passage(record: OpenRecord, tmp_path: Path) -> None:
    """And does not make every later reading of its entries fail."""
    data = b"%PDF-1.7\xff\xfe"
    digest = hashlib.sha256(data).hexdigest()
    one = {"document": "doc", "start": "0", "end": "4", "sha256": sha("%PDF")}
    add(record, tmp_path, document(sha256=digest), event("e", passages=[one]))
    assert attach(record, tmp_path, data)["verified"] == 0
    (shown,) = record.show("e")["passages"]
    assert (shown["state"], shown["text"]) == ("hash differs", None)
