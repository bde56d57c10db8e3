"""Any bytes are read or refused by a clear error: random, cut, and changed pages and PDFs.

Most runs call the extractors in this process, where anything they let through would be seen; the
process they run in otherwise would turn it into an error.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from comity.documents import html, pdf
from comity.documents.document import HTML, PDF
from comity.documents.encoding import decoded
from comity.documents.extract import extract
from comity.documents.kinds import kind_of
from comity.documents.limits import DEFAULT
from comity.documents.parts import Parts
from comity.words.errors import FileError
from tests.documents.made import SENTENCE, by_hand, lines, page, printed

LIMITS = replace(DEFAULT, pages=20, characters=200_000, unpacked=20_000_000)
PAGE = page(
    f"<h1>Talks</h1><p>{SENTENCE}</p><p>{SENTENCE} <i>a</i>&amp;</p><table><tr><td>b</table>",
    '<title>T</title><meta name="date" content="2023-11-16"><script type="application/ld+json">'
    '{"@type":"NewsArticle","datePublished":"2023-11-16T10:00Z"}</script>',
)
PDFS = (by_hand(lines(SENTENCE, "More text.")), printed(f"<p>{SENTENCE}</p><p>{SENTENCE}</p>"))
TOKENS = st.sampled_from(
    [b"<", b">", b"</p>", b"<p>", b"&#x", b"&", b"<!--", b"\0", b"\xff", b"<script>", b"obj", b"R",
     b"<<", b">>", b"[", b"]", b"stream", b"endobj", b"-1", b"99999999999", b"/Kids", b"%%EOF",
     b"(", b")", b"/Length", b"<!DOCTYPE", b"<![CDATA[", b"{", b'"', b"null", b"3 0 R", b"/Filter"]
)  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, whole: bytes) -> bytes:
    """A document with bytes taken out, overwritten or put in, perhaps cut off."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        to = min(len(data), at + draw(st.integers(0, 40)))
        data[at:to] = draw(st.one_of(st.binary(max_size=20), TOKENS, st.just(b"")))
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
        if draw(st.booleans()):
            data += b"\n%%EOF"
    return bytes(data)


def clear(error: FileError) -> None:
    assert error.what
    assert error.mend


def here(data: bytes) -> Parts | None:
    """What `extract` does, in this process; None where it is refused or a text."""
    try:
        kind = kind_of(data)
        if kind == PDF:
            return pdf.read(data, LIMITS)
        read = decoded(data, page=kind == HTML)
        return html.read(read.text, LIMITS) if kind == HTML else None
    except FileError as error:
        clear(error)
        return None


def sound(parts: Parts | None) -> None:
    if parts is None:
        return
    parts.text.encode("utf-8")
    assert "\0" not in parts.text
    at = 0
    for one in parts.paragraphs:
        assert at <= one.start <= one.end <= len(parts.text)
        at = one.end
    at = 0
    for page_span in parts.pages:
        assert at <= page_span.start <= page_span.end <= len(parts.text)
        at = page_span.end
    assert Parts.from_plain(parts.as_plain()) == parts


RUN = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RUN
@given(changed(PAGE))
def test_changed_pages(data: bytes):
    sound(here(data))


@RUN
@given(st.sampled_from(PDFS).flatmap(changed))
def test_changed_pdfs(data: bytes):
    sound(here(data))


@RUN
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"%PDF-1.4\n", b"<html>", b"\xff\xfe", b"PK\x03\x04"]),
)
@example(b"", b"%PDF-")
def test_random_bytes(data: bytes, start: bytes):
    sound(here(start + data))
    sound(here(start + data + b"%%EOF"))


@settings(RUN, max_examples=4)
@given(st.one_of(changed(PAGE), changed(PDFS[0]), st.binary()))
def test_all_the_way(data: bytes):
    try:
        read = extract(data)
    except FileError as error:
        clear(error)
    else:
        assert read.text
