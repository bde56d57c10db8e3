"""What kind of document some bytes are, told from the bytes; anything else is refused by name.

Nothing is ever unpacked: an archive is refused for being one, however small or large its contents.
"""

from __future__ import annotations

import io
import re
import zipfile

from comity.documents.document import HTML, PDF, TEXT
from comity.words.errors import FileError, Place

_TEXTS = "give the document as text, HTML or PDF"
_UNPACK = "unpack it and give the document in it, as text, HTML or PDF"
_SAVE_AS = "open it and save it as PDF or as plain text"
_OCR = "it is a picture: run optical character recognition and give the text"

# The first bytes of files that are no documents we read: where they stand, what they are, and how
# to go on. Only beginnings that running text cannot have.
_MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\x1f\x8b", "gzip-compressed data", _UNPACK),
    (0, b"BZh", "bzip2-compressed data", _UNPACK),
    (0, b"\xfd7zXZ\x00", "xz-compressed data", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard-compressed data", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (257, b"ustar", "a tar archive", _UNPACK),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG image", _OCR),
    (0, b"\xff\xd8\xff", "a JPEG image", _OCR),
    (0, b"GIF87a", "a GIF image", _OCR),
    (0, b"GIF89a", "a GIF image", _OCR),
    (0, b"II*\x00", "a TIFF image", _OCR),
    (0, b"MM\x00*", "a TIFF image", _OCR),
    (8, b"WEBPVP8", "a WebP image", _OCR),
    (4, b"ftypheic", "a HEIC image", _OCR),
    (4, b"ftypavif", "an AVIF image", _OCR),
    (0, b"AT&TFORM", "a DjVu document", _SAVE_AS),
    (4, b"ftyp", "a video or sound recording (MP4)", "give its transcript as text"),
    (8, b"WAVEfmt", "a sound recording (WAV)", "give its transcript as text"),
    (0, b"ID3", "a sound recording (MP3)", "give its transcript as text"),
    (0, b"OggS\x00", "a sound or video recording (Ogg)", "give its transcript as text"),
    (0, b"\x1aE\xdf\xa3", "a video recording (Matroska)", "give its transcript as text"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office file", _SAVE_AS),
    (0, b"{\\rtf", "a rich-text (RTF) document", _SAVE_AS),
    (0, b"%!PS-Adobe", "a PostScript document", "convert it to PDF"),
    (0, b"\x7fELF", "a program (ELF)", _TEXTS),
    (0, b"\xca\xfe\xba\xbe", "a compiled program (Java or Mach-O)", _TEXTS),
    (0, b"\xcf\xfa\xed\xfe", "a program (Mach-O)", _TEXTS),
    (0, b"\xce\xfa\xed\xfe", "a program (Mach-O)", _TEXTS),
    (0, b"\x00asm", "a program (WebAssembly)", _TEXTS),
    (0, b"SQLite format 3\x00", "an SQLite database", _TEXTS),
    (0, b"PAR1", "a Parquet table", _TEXTS),
)

# What a zip archive is, by a name that it holds.
_IN_ZIP: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "a Word document (docx)"),
    ("xl/workbook.xml", "an Excel workbook (xlsx)"),
    ("ppt/presentation.xml", "a PowerPoint presentation (pptx)"),
    ("META-INF/container.xml", "an electronic book (EPUB)"),
    ("META-INF/MANIFEST.MF", "a Java archive"),
    ("content.xml", "an OpenDocument file"),
)

_HEAD = 4096
_COMMENTS = re.compile(r"\A(?:\s|<!--.*?-->|<\?[^>]*\?>)*", re.DOTALL)
_HTML_START = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|base|script|style|article|main|section"
    r"|header|div|p|h[1-6]|span|table|ul|ol|center|font)\b",
    re.IGNORECASE,
)
_XML_START = re.compile(r"<(?:!doctype\s+)?([a-z][\w:.-]*)", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?(?:html|body|p|div|br|article|h[1-6])\b[^>]*>", re.IGNORECASE)
_WEB_ARCHIVE = re.compile(r"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
# Control characters that no text has: all but tab, line feed, vertical tab, form feed, carriage
# return and escape.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(data: bytes, file: str | None = None) -> str:
    """One of `document.KINDS`. Raises `FileError` that names what was found instead."""
    where = Place(file=file)
    if not data:
        raise FileError("the file is empty", where=where, mend=_TEXTS)
    found = _refused(data)
    if found is not None:
        what, mend = found
        raise FileError(f"this is {what}, not a document to read", where=where, mend=mend)
    if _is_pdf(data, file):
        return PDF
    head = _readable_head(data)
    if head is None:
        raise FileError(
            "this is binary data of an unknown kind, not a document to read",
            where=where,
            mend=_TEXTS,
        )
    if not head.strip("\ufeff \t\r\n\f\v\u200b"):
        return TEXT
    return _markup(head, file)


def _refused(data: bytes) -> tuple[str, str] | None:
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return _zip(data)
    for at, magic, what, mend in _MAGIC:
        if data.startswith(magic, at):
            return what, mend
    # Two letters begin many texts as well: here the rest must be binary.
    if data[:2] == b"MZ" and b"\x00" in data[:64]:
        return "a Windows program", _TEXTS
    if data[:2] == b"BM" and b"\x00" in data[:32]:
        return "a bitmap image", _OCR
    return None


def _zip(data: bytes) -> tuple[str, str]:
    # Only the list of names is read.
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        return "a broken zip archive", _UNPACK
    for name, what in _IN_ZIP:
        if name in names:
            return what, _SAVE_AS
    return "a zip archive", _UNPACK


def _is_pdf(data: bytes, file: str | None) -> bool:
    at = data[:1024].find(b"%PDF-")
    if at < 0:
        return False
    # A text may speak of "%PDF-"; a PDF begins with it, or is called one.
    return not data[:at].strip() or (file or "").casefold().endswith(".pdf") or b"\0" in data[:1024]


def _readable_head(data: bytes) -> str | None:
    """The beginning of the data for a look at its markup; None for what is not text."""
    for mark, codec in (
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[:_HEAD].decode(codec, "replace")
    head = data[:_HEAD]
    wide = wide_order(head)
    if wide is not None:
        return head.decode(wide, "replace")
    # One stray control character is a blemish; more are binary data.
    if b"\x00" in head or len(_CONTROLS.findall(head)) > max(1, len(head) // 500):
        return None
    return head.decode("utf-8", "replace")


def wide_order(head: bytes) -> str | None:
    """The codec of UTF-16 without a byte-order mark: every other byte of Latin text is zero."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.7 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.7 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return None


def _markup(head: str, file: str | None) -> str:
    name = (file or "").casefold()
    opening = _COMMENTS.match(head.lstrip("\ufeff"))
    body = head.lstrip("\ufeff")[opening.end() if opening else 0 :]
    if _HTML_START.match(body):
        return HTML
    if name.endswith((".html", ".htm", ".xhtml")) and _ANY_TAG.search(head):
        return HTML
    is_xml = head.lstrip("\ufeff \t\r\n").startswith("<?xml")
    root = _XML_START.match(body)
    if root and (is_xml or f"</{root[1]}" in head or "xmlns" in body[:400]):
        raise FileError(
            f"this is XML data (<{root[1][:40]}>), not a document to read",
            where=Place(file=file),
            mend=_TEXTS,
        )
    if "mime-version:" in head.casefold() and _WEB_ARCHIVE.search(head):
        raise FileError(
            "this is a web archive (MHTML), not a document to read",
            where=Place(file=file),
            mend="save the page as HTML or PDF",
        )
    return TEXT
