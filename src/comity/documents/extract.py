"""From the bytes of a document to its facts and its text with stable offsets."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from comity.documents.document import HTML, PDF, Document, Extracted
from comity.documents.encoding import decoded
from comity.documents.kinds import kind_of
from comity.documents.language import language_of
from comity.documents.limits import DEFAULT, Limits, size
from comity.documents.parts import Parts
from comity.documents.passages import sha256_of
from comity.documents.plain import paragraphs
from comity.words.errors import FileError, Place

PLAIN = "comity-plain 1"


def extract(data: bytes, *, file: str | None = None, limits: Limits = DEFAULT) -> Extracted:
    """The document that some bytes are, and its text. `file` is its name, for messages.

    The same bytes give the same text, with the same extractor. A text is kept character for
    character; of a page and of a PDF the text is what `html` and `pdf` make of it.

    Raises `FileError` for what is empty, too large, broken, encrypted, scanned, without text, or
    no document at all, and says which. The language is told, not judged: a reader of English asks
    `language.check_english`.
    """
    _not_too_large(len(data), file, limits)
    kind = kind_of(data, file)
    if kind == PDF:
        from comity.documents.apart import taken_apart

        return _extracted(data, kind, None, taken_apart(PDF, data, limits, file))
    read = decoded(data, file=file, page=kind == HTML)
    if kind == HTML:
        from comity.documents.apart import taken_apart

        parts = taken_apart(HTML, read.text.encode("utf-8", "replace"), limits, file)
        return _extracted(data, kind, read.encoding, parts, read.notes)
    _a_text(read.text, file, limits)
    parts = Parts(text=read.text, paragraphs=paragraphs(read.text), extractor=PLAIN)
    return _extracted(data, kind, read.encoding, parts, read.notes)


def read_file(path: str | Path, *, limits: Limits = DEFAULT) -> Extracted:
    """The document in a file. Raises `FileError`, too where the file is missing or unreadable."""
    path = Path(path)
    where = Place(file=str(path))
    try:
        if not path.is_file():
            # Devices and pipes may never end.
            missing = not path.exists()
            raise FileError(
                "there is no such file" if missing else "this is not a regular file",
                where=where,
                mend="check the path",
            )
        with path.open("rb") as stream:
            data = stream.read(limits.bytes + 1)
        if len(data) > limits.bytes:
            _not_too_large(max(path.stat().st_size, len(data)), str(path), limits)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(
            f"the file cannot be read: {reason}", where=where, mend="check the path"
        ) from None
    return extract(data, file=str(path), limits=limits)


def _not_too_large(count: int, file: str | None, limits: Limits) -> None:
    if count > limits.bytes:
        raise FileError(
            f"the document has {size(count)}, more than the limit of {size(limits.bytes)}",
            where=Place(file=file),
            mend="give a part of it, or its text",
        )


def _a_text(text: str, file: str | None, limits: Limits) -> None:
    where = Place(file=file)
    if len(text) > limits.characters:
        raise FileError(
            f"the text has {len(text):,} characters, more than the limit of {limits.characters:,}",
            where=where,
            mend="give a part of it",
        )
    at = text.find("\0")
    if at >= 0:
        raise FileError(
            "the text has a zero character, as binary data have",
            where=Place(file=file, line=text.count("\n", 0, at) + 1),
            mend="give the document as text, HTML or PDF",
        )
    if not any(character.isalnum() for character in text):
        raise FileError(
            "the file has no words in it", where=where, mend="give a document with text"
        )


def _extracted(
    data: bytes, kind: str, encoding: str | None, parts: Parts, notes: tuple[str, ...] = ()
) -> Extracted:
    language, share = language_of(parts.text)
    at = parts.published_at
    return Extracted(
        document=Document(
            sha256=sha256_of(data),
            kind=kind,
            size=len(data),
            encoding=encoding,
            title=parts.title,
            language=language,
            language_share=share,
            published=parts.published,
            published_at=dt.datetime.fromisoformat(at) if at is not None else None,
            address=parts.address,
            site=parts.site,
        ),
        text=parts.text,
        text_sha256=sha256_of(parts.text.encode("utf-8")),
        paragraphs=parts.paragraphs,
        pages=parts.pages,
        extractor=parts.extractor,
        notes=(*notes, *parts.notes),
    )
