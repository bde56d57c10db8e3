"""PDFs to running text with pages, and the PDFs that are refused."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import pytest

from comity.documents.document import Extracted
from comity.documents.extract import extract
from comity.documents.limits import DEFAULT
from comity.words.errors import FileError
from tests.documents.made import SENTENCE, by_hand, encrypted, lines, picture, printed

PARAGRAPHS = [
    f"The ministers, at meeting {number}, welcomed the long-term cooperation on agricultural "
    "investment, reaffirmed the importance of rules-based international trade and agreed to "
    "establish consultations on semiconductors, critical minerals and anti-dumping investigations."
    for number in range(1, 16)
]
BODY = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
FEET = "@page{@bottom-center{content:'Page ' counter(page)} @top-left{content:'Ministry of Fish'}}"


def whole(read: Extracted) -> None:
    """Paragraphs and pages cover the text in order and without overlap."""
    at = 0
    for one in read.paragraphs:
        assert at <= one.start < one.end
        assert not read.text[at : one.start].strip()
        assert read.text[one.start : one.end].strip() == read.text[one.start : one.end]
        at = one.end
    assert at == len(read.text)
    ends = 0
    for number, page in enumerate(read.pages, 1):
        assert page.number == number
        assert ends <= page.start <= page.end <= len(read.text)
        ends = page.end


@pytest.mark.parametrize(
    "style", ["", "body{columns:2;font-size:9pt}", "p{text-indent:2em;margin:0}"]
)
def test_wrapped_lines_are_joined_and_hyphens_mended(style: str):
    read = extract(printed(BODY, style + FEET, "Joint statement"))
    whole(read)
    assert read.text.split("\n\n") == PARAGRAPHS
    assert len(read.pages) > 1
    assert read.document.title == "Joint statement"
    assert read.document.encoding is None
    assert "page numbers" in read.notes[0]
    for number, paragraph in enumerate(PARAGRAPHS, 1):
        at = read.text.index(f"meeting {number},")
        page = read.page_at(at)
        assert page is not None
        assert read.pages[page - 1].start <= at < read.pages[page - 1].end
        span = read.paragraph_at(at)
        assert span is not None
        assert read.text[span.start : span.end] == paragraph


def test_lines_by_hand():
    stream = lines(
        "The ministers welcomed the agricul-",
        "tural trade of the Asia-",
        "Pacific and long-",
        "term plans.",
        "",
        "A second paragraph follows here and",
        "ends.",
    )
    read = extract(by_hand(stream))
    assert read.text == (
        "The ministers welcomed the agricultural trade of the Asia-Pacific and long-term plans.\n\n"
        "A second paragraph follows here and ends."
    )
    whole(read)


def test_a_compound_that_the_document_has_keeps_its_hyphen():
    stream = lines(
        "A give-and-take mood and a vis-", "its plan of the give-", "and-take kind, visits."
    )
    text = extract(by_hand(stream)).text
    assert "a visits plan" in text
    assert "the give-and-take kind" in text


@pytest.mark.parametrize(
    ("cut", "what"),
    [(lambda data: data[: len(data) // 2], "breaks off"), (lambda data: data[:9], "breaks off")],
)
def test_truncated(cut, what: str):
    with pytest.raises(FileError, match=what):
        extract(cut(printed(BODY)))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\nnothing here\n%%EOF", "broken"),
        (printed(BODY)[:3000] + b"\n%%EOF", "broken|damaged"),
        (by_hand(lines(SENTENCE), count=7), "of 7 pages only 1"),
        (by_hand(b"x\x9c garbage", packed=True), "damaged"),
        (by_hand(zlib.compress(lines(SENTENCE) * 50)[:200], packed=True), "damaged"),
        (by_hand(b""), "no text"),
        (by_hand(lines("***", "--")), "no text"),
    ],
)
def test_broken_and_empty(data: bytes, what: str):
    with pytest.raises(FileError, match=what) as caught:
        extract(data, file="a.pdf")
    assert caught.value.mend
    assert caught.value.where is not None


def test_encrypted():
    with pytest.raises(FileError, match=r"encrypted.*password"):
        extract(encrypted(printed(BODY), "secret"))
    # Without a password to open it, it is open to everybody.
    assert extract(encrypted(printed(BODY), "")).text.split("\n\n") == PARAGRAPHS


def scan(body: str = "") -> bytes:
    shown = base64.b64encode(picture()).decode()
    return printed(f"<img style='width:8cm' src='data:image/png;base64,{shown}'>{body}")


def test_scanned():
    with pytest.raises(FileError, match="scanned: its 1 page is a picture") as caught:
        extract(scan())
    assert "optical character recognition" in str(caught.value.mend)
    half = extract(scan(f"<p style='break-before:page'>{SENTENCE}</p>"))
    assert half.text == SENTENCE
    assert half.notes == ("Pages that are pictures without text, and were not read: 1.",)
    assert half.page_at(0) == 2


def test_stream_bombs():
    bomb = by_hand(zlib.compress(bytes(400_000_000), 9), packed=True)
    assert len(bomb) < 1_000_000
    with pytest.raises(FileError, match="unpacks to more than"):
        extract(bomb)
    small = replace(DEFAULT, unpacked=1000)
    with pytest.raises(FileError, match="1,000 bytes: it may be a bomb"):
        extract(by_hand(zlib.compress(lines(SENTENCE) * 50), packed=True), limits=small)


def test_a_wrong_checksum_alone_is_no_damage():
    packed = zlib.compress(lines("A line of text."))
    assert extract(by_hand(packed[:-4] + b"\0\0\0\0", packed=True)).text == "A line of text."


def test_streams_in_other_files_are_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(lines("SECRET"))
    with pytest.raises(FileError, match="broken"):
        extract(by_hand(lines("Shown."), extra=b"/F(%s)" % str(secret).encode()))


def test_limits():
    with pytest.raises(FileError, match="more than 2 pages"):
        extract(printed(BODY), limits=replace(DEFAULT, pages=2))
    with pytest.raises(FileError, match="more than 100 characters"):
        extract(printed(BODY), limits=replace(DEFAULT, characters=100))
