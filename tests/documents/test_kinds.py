"""What bytes are: documents, or something that is refused by its name and never unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest

from comity.documents.document import HTML, PDF, TEXT
from comity.documents.extract import extract
from comity.documents.kinds import kind_of
from comity.words.errors import FileError
from tests.documents.made import SENTENCE, by_hand, page, picture


def zipped(*names: str, body: bytes = b"x") -> bytes:
    # Of no particular time: the bytes are part of tests' names, which every process must agree on.
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO(b""))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (zipped("a.txt"), "a zip archive"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a Word document"),
        (zipped("xl/workbook.xml"), "an Excel workbook"),
        (zipped("ppt/presentation.xml"), "a PowerPoint presentation"),
        (zipped("mimetype", "content.xml"), "an OpenDocument file"),
        (zipped("META-INF/container.xml"), "an electronic book"),
        (zipped("a.txt")[:20], "a broken zip archive"),
        (gzip.compress(b"text", mtime=0), "gzip-compressed"),
        (bz2.compress(b"text"), "bzip2-compressed"),
        (lzma.compress(b"text"), "xz-compressed"),
        (tarred(), "a tar archive"),
        (picture(), "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a JPEG image"),
        (b"GIF89a\x01\x00", "a GIF image"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "a WebP image"),
        (b"\x00\x00\x00\x20ftypisom", "a video"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "an old Microsoft Office file"),
        (b"{\\rtf1 text}", "a rich-text"),
        (b"\x7fELF\x02\x01\x01", "a program (ELF)"),
        (b"MZ\x90\x00\x03\x00", "a Windows program"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"PAR1" + bytes(10), "a Parquet table"),
        (bytes(range(256)), "binary data"),
        (b"%!PS-Adobe-3.0", "a PostScript document"),
        (b'<?xml version="1.0"?><rss><channel/></rss>', "XML data (<rss>)"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "XML data (<svg>)"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n\n", "a web archive"),
    ],
)
def test_what_is_no_document_is_named(data: bytes, what: str):
    with pytest.raises(FileError) as caught:
        extract(data, file="thing.bin")
    assert what in caught.value.what
    assert caught.value.mend
    assert caught.value.where is not None
    assert caught.value.where.file == "thing.bin"


def test_a_zip_bomb_is_refused_without_unpacking():
    bomb = zipped("a.txt", body=bytes(50_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(FileError, match="zip archive"):
        extract(bomb)


@pytest.mark.parametrize(
    ("data", "file", "kind"),
    [
        (SENTENCE.encode(), None, TEXT),
        (b"MZ is how programs begin, and BM how bitmaps do.", None, TEXT),
        (b"PK are two letters.", "a.txt", TEXT),
        (b"A file that begins with %PDF-1.4 is a PDF.", "a.txt", TEXT),
        (b"Tariffs <on steel> & fish", "a.txt", TEXT),
        ("\ufeffPlain".encode(), None, TEXT),
        ("Plain".encode("utf-16"), None, TEXT),
        (page("<p>a</p>"), None, HTML),
        (page("<p>a</p>").decode().encode("utf-16"), None, HTML),
        (b"<!-- saved --><?xml version='1.0'?>\n<html><body/></html>", None, HTML),
        (b"Preamble <p>text</p>", "a.html", HTML),
        (by_hand(b""), None, PDF),
        (b"\n\n" + by_hand(b""), None, PDF),
    ],
)
def test_documents_are_told_by_their_bytes(data: bytes, file: str | None, kind: str):
    assert kind_of(data, file) == kind
