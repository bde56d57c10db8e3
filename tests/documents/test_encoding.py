"""From bytes to characters: marks, declarations, honest guesses, and nothing lost or cleaned."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.documents.encoding import decoded
from comity.documents.extract import extract
from comity.words.errors import FileError
from tests.documents.made import SENTENCE, page

CURLY = "The minister said “no” to the café’s tariffs — and that was that. "


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marks_are_no_part_of_the_text(codec: str):
    read = extract(CURLY.encode(codec))
    assert read.text == CURLY
    assert not read.notes


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read_with_a_note(codec: str):
    read = extract(CURLY.encode(codec))
    assert read.text == CURLY
    assert read.document.encoding == codec
    assert codec in read.notes[0]


def test_a_guess_is_told():
    read = extract((CURLY * 5).encode("cp1252"))
    assert read.text == CURLY * 5
    assert read.document.encoding == "cp1252"
    assert "guess" in read.notes[0]


@pytest.mark.parametrize(
    ("codec", "text", "language"),
    [
        (
            "gb18030",
            "中国外交部发言人表示，中方对此表示强烈不满和坚决反对，并已提出严正交涉。" * 9,
            "zh",
        ),
        (
            "cp1251",
            "Президент заявил, что пошлины на сталь не будут повышены в этом году. " * 9,
            "ru",
        ),
    ],
)
def test_other_encodings_are_guessed_from_their_bytes(codec: str, text: str, language: str):
    read = extract(text.encode(codec))
    assert read.text == text
    assert read.document.language == language
    assert read.notes


def test_mixed_encodings_are_refused_with_the_line():
    mixed = CURLY.encode() * 3 + b"\n" + CURLY.encode("cp1252")
    with pytest.raises(FileError, match="mixes encodings") as caught:
        extract(mixed)
    assert caught.value.where is not None
    assert caught.value.where.line == 2


def test_stray_bytes_of_a_page_are_shown_with_a_note():
    stray = page(f"<p>{CURLY}{SENTENCE}</p><p>{SENTENCE}</p>").replace(b"All", b"\x93All\xff")
    read = extract(stray)
    assert "2 bytes" in read.notes[0]
    assert CURLY.strip() in read.text


def test_a_page_declares_its_encoding():
    declared = page(f"<p>{CURLY}{SENTENCE}</p>").replace(b"utf-8", b"iso-8859-1")
    read = extract(declared.decode().encode("cp1252"))
    assert CURLY.strip() in read.text
    assert (read.document.encoding, read.notes) == ("cp1252", ())


def test_a_false_mark_is_an_error():
    with pytest.raises(FileError, match="byte 4"):
        extract(b"\xef\xbb\xbftext\xff")
    with pytest.raises(FileError, match="marked as utf-16"):
        extract(b"\xff\xfea\x00b")


def test_every_character_of_a_text_is_kept():
    text = "a\u200bb\u200fc\u202ed\r\n\te\u0301 \u00ad\ufefff\u2028g\U0001f600\x1b\n"
    assert extract(text.encode()).text == text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_utf8_is_read_one_to_one(text: str):
    found = decoded(text.encode())
    if found.encoding == "utf-8":
        assert found.text == text


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_characters_or_a_clear_error(data: bytes, is_page: bool):
    with contextlib.suppress(FileError):
        decoded(data, page=is_page).text.encode("utf-8")
