"""A PDF to running text with its pages, by pdfplumber and the layout analysis of pdfminer."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from statistics import median
from typing import Any

from comity.documents.columns import Block, reading_order
from comity.documents.limits import Limits, size
from comity.documents.parts import Parts, fit
from comity.documents.wrapped import Line, Running, running
from comity.words.errors import FileError, Place

_OCR = "run optical character recognition on it and give the PDF or text that comes out"
_AGAIN = "get the file again from its source"
_PART = "give a part of it"
_LETTERLESS = "(cid:"
_WIDEST_GAP = 3.0  # between words of a justified line, in widths of a letter
# Printers' signs for several letters at once: "ﬁsh" is not found by who looks for "fish".
_LIGATURES = {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st",
    0xFB06: "st",
}  # fmt: skip
# Names that programs give by themselves, which are no titles.
_NO_TITLE = ("microsoft word", "untitled", "powerpoint", "layout 1")


class _Unpacked(Exception):
    """The streams of a PDF unpack to more than the limit."""


class _Damaged(Exception):
    """A compressed stream of a PDF breaks off or is no stream."""


class _Zlib:
    """Stands in for `zlib` in pdfminer: counts what is unpacked, and loses nothing silently."""

    error = zlib.error

    def __init__(self, limit: int) -> None:
        self._left = limit

    def decompress(self, data: bytes) -> bytes:
        try:
            return self._inflate(zlib.decompressobj(), data)
        except zlib.error:
            # Some programs write a wrong checksum; the stream itself tells where it ends.
            try:
                return self._inflate(zlib.decompressobj(-zlib.MAX_WBITS), data[2:])
            except zlib.error:
                raise _Damaged from None

    def _inflate(self, stream: Any, data: bytes) -> bytes:
        out: bytes = stream.decompress(data, self._left + 1)
        if len(out) > self._left:
            raise _Unpacked
        if not stream.eof:
            raise _Damaged
        self._left -= len(out)
        return out


@contextmanager
def _guarded(limit: int) -> Iterator[None]:
    from pdfminer import pdftypes

    real = vars(pdftypes)["zlib"]
    vars(pdftypes)["zlib"] = _Zlib(limit)
    try:
        yield
    finally:
        vars(pdftypes)["zlib"] = real


def extractor() -> str:
    """What makes the text of a PDF, with versions."""
    return f"pdfplumber {version('pdfplumber')}, pdfminer {version('pdfminer.six')}, comity-pdf 1"


def read(data: bytes, limits: Limits, file: str | None = None) -> Parts:
    """The text of a PDF, page by page. Raises `FileError` where it cannot be had whole."""
    where = Place(file=file)
    if b"%%EOF" not in data[-4096:]:
        raise FileError("the PDF breaks off: its end mark is missing", where=where, mend=_AGAIN)
    with _guarded(limits.unpacked):
        try:
            return _read(data, limits, where)
        except (FileError, MemoryError):
            raise
        except Exception as error:
            # pdfminer raises nearly anything for a file that breaks the rules of PDF.
            raise _refusal(error, limits, where) from None


def _refusal(error: BaseException, limits: Limits, where: Place) -> Exception:
    causes = [error]
    # pdfplumber wraps what pdfminer raised, as an argument of its own error.
    while len(causes) < 8 and causes[-1].args and isinstance(causes[-1].args[0], BaseException):
        causes.append(causes[-1].args[0])
    last = causes[-1]
    if isinstance(last, MemoryError):
        return last
    if isinstance(last, _Unpacked):
        return FileError(
            f"the PDF unpacks to more than {size(limits.unpacked)}: it may be a bomb",
            where=where,
            mend="print it to a new PDF if you trust it",
        )
    if type(last).__name__ in ("PDFPasswordIncorrect", "PDFEncryptionError"):
        return FileError(
            "the PDF is encrypted and opens only with a password",
            where=where,
            mend="open it with its password and save it without",
        )
    if isinstance(last, _Damaged):
        return FileError("a compressed part of the PDF is damaged", where=where, mend=_AGAIN)
    return FileError(f"the PDF is broken ({type(last).__name__})", where=where, mend=_AGAIN)


def _read(data: bytes, limits: Limits, where: Place) -> Parts:
    import pdfplumber

    with pdfplumber.open(
        io.BytesIO(data),
        laparams={"all_texts": True, "char_margin": _WIDEST_GAP},
        pages=list(range(1, limits.pages + 2)),
    ) as pdf:
        pages = pdf.pages
        _right_count(len(pages), _promised(pdf.doc), limits, where)
        lines: list[Line] = []
        pictures: list[int] = []
        characters = 0
        for page in pages:
            found, drawn = _lines(page.layout, page.page_number)
            if not found and drawn:
                pictures.append(page.page_number)
            lines.extend(found)
            characters += sum(len(line.text) + 1 for line in found)
            if characters > limits.characters:
                raise FileError(
                    f"the PDF has more than {limits.characters:,} characters",
                    where=where,
                    mend=_PART,
                )
            page.close()
        title = pdf.metadata.get("Title")
    _has_text(lines, pictures, len(pages), where)
    text = running(lines, len(pages))
    if not text.text:
        raise FileError("the PDF has page numbers, but no text", where=where, mend=_OCR)
    return Parts(
        text=fit(text.text),
        paragraphs=text.paragraphs,
        pages=text.pages,
        extractor=extractor(),
        notes=tuple(_notes(text, pictures)),
        title=_title(title),
    )


def _promised(document: Any) -> int | None:
    """The number of pages that the PDF says it has."""
    from pdfminer.pdftypes import resolve1

    root = resolve1(document.catalog.get("Pages"))
    count = resolve1(root.get("Count")) if isinstance(root, dict) else None
    return count if isinstance(count, int) else None


def _right_count(found: int, promised: int | None, limits: Limits, where: Place) -> None:
    if found > limits.pages:
        raise FileError(f"the PDF has more than {limits.pages} pages", where=where, mend=_PART)
    if found == 0:
        raise FileError("the PDF has no pages", where=where, mend=_AGAIN)
    if promised is not None and promised > found:
        raise FileError(
            f"the PDF is broken: of {promised} pages only {found} can be found",
            where=where,
            mend=_AGAIN,
        )


def _has_text(lines: list[Line], pictures: list[int], pages: int, where: Place) -> None:
    written = "".join(line.text for line in lines)
    if written.count("\ufffd") > 0.3 * len(written):
        raise FileError(
            "the fonts of the PDF do not tell which letters they draw", where=where, mend=_OCR
        )
    if any(character.isalnum() for character in written):
        return
    if pictures:
        are = "pages are pictures" if pages > 1 else "page is a picture"
        raise FileError(
            f"the PDF is scanned: its {pages} {are} without text", where=where, mend=_OCR
        )
    raise FileError("the PDF has no text", where=where, mend=_OCR)


def _notes(text: Running, pictures: list[int]) -> Iterator[str]:
    if pictures:
        some = ", ".join(map(str, pictures[:10])) + (", …" if len(pictures) > 10 else "")
        yield f"Pages that are pictures without text, and were not read: {some}."
    if text.left_out:
        yield f"{text.left_out} page numbers and repeated heads and feet of pages are left out."
    unknown = text.text.count("\ufffd")
    if unknown:
        yield f"{unknown} characters have no known letter; each is shown as U+FFFD."


def _title(found: object) -> str | None:
    if not isinstance(found, str):
        return None
    title = " ".join(fit(found[:5000]).split())[:500]
    return title if title and not title.casefold().startswith(_NO_TITLE) else None


def _lines(layout: Any, number: int) -> tuple[list[Line], bool]:
    """The lines of a page in reading order, and whether it has pictures."""
    from pdfminer.layout import LTFigure, LTImage, LTTextBox

    boxes: list[Any] = []
    drawn = False
    waiting = [layout]
    while waiting:
        for item in waiting.pop():
            if isinstance(item, LTTextBox):
                boxes.append(item)
            elif isinstance(item, LTFigure):
                waiting.append(item)
            elif isinstance(item, LTImage):
                drawn = True
    blocks = [Block(at, box.x0, box.x1, box.y0, box.y1, len(box)) for at, box in enumerate(boxes)]
    lines = [
        made
        for block in reading_order(blocks)
        for one in boxes[block.at]
        if (made := _line(one, number, block.at, layout.height)) is not None
    ]
    return lines, drawn


def _line(one: Any, number: int, box: int, height: float) -> Line | None:
    from pdfminer.layout import LTChar

    # A character that the font has no letter for is written "(cid:12)" by pdfminer.
    text = "".join(
        "\ufffd" if part.get_text().startswith(_LETTERLESS) else part.get_text() for part in one
    )
    text = " ".join(text.translate(_LIGATURES).split())
    sizes = [part.size for part in one if isinstance(part, LTChar)]
    if not text or not sizes:
        return None
    return Line(text, number, box, one.x0, one.x1, one.y0, one.y1, median(sizes), height)
