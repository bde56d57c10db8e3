"""What is known of a document, and the text that was extracted from its bytes."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

TEXT, HTML, PDF = "text", "html", "pdf"
KINDS = (TEXT, HTML, PDF)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to before `end` of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PageSpan:
    """The characters of the text that stand on page `number` of the document, from 1."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """Facts about a document, as its own bytes tell them; `None` is not told.

    sha256 : of the bytes, in hexadecimal; the same bytes are the same document
    kind : one of `KINDS`
    size : bytes
    encoding : of the characters (``utf-8``); `None` for a PDF
    language : ISO 639-1, ``und`` where it cannot be told; `language_share`, from 0 to 1, is the
        share of the text that speaks for it
    published : a day (``2023-11-16``), a month or a year, in the notation of `comity.words.time`
    published_at : the instant with its offset from UTC, where the page tells it
    address : the canonical address that the page gives itself
    site : the name of the site or publisher that the page gives itself
    """

    sha256: str
    kind: str
    size: int
    encoding: str | None = None
    title: str | None = None
    language: str = "und"
    language_share: float = 0.0
    published: str | None = None
    published_at: dt.datetime | None = None
    address: str | None = None
    site: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        data: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        if self.published_at is not None:
            data["published_at"] = self.published_at.isoformat()
        return data


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document's text with stable offsets: the text is what is stored, and is never cleaned.

    text_sha256 : of the text in UTF-8
    paragraphs : in order, without overlap; white space between paragraphs belongs to none
    pages : of a PDF, in order; pages without text have an empty span
    extractor : what made the text, with versions; the same bytes and the same extractor give the
        same text
    notes : what a person should know of the text, in whole sentences
    """

    document: Document
    text: str
    text_sha256: str
    paragraphs: tuple[Span, ...]
    pages: tuple[PageSpan, ...] = ()
    extractor: str = ""
    notes: tuple[str, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page that the character at `offset` stands on; None where there are no pages."""
        at = bisect_right(self.pages, offset, key=lambda page: page.start) - 1
        return self.pages[at].number if at >= 0 else None

    def paragraph_at(self, offset: int) -> Span | None:
        """The paragraph that holds the character at `offset`; None between paragraphs."""
        at = bisect_right(self.paragraphs, offset, key=lambda span: span.start) - 1
        if at < 0 or offset >= self.paragraphs[at].end:
            return None
        return self.paragraphs[at]
