"""What an extractor gives back, before the facts that hold for every kind of document are added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from comity.documents.document import PageSpan, Span

# Control characters that neither a store of text nor a terminal takes; lone halves of pairs.
_UNFIT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(0xD800, 0xE000)), "\ufffd")


@dataclass(frozen=True, slots=True)
class Parts:
    """Text with paragraphs and pages, and the facts that an HTML page or a PDF tells of itself."""

    text: str
    paragraphs: tuple[Span, ...]
    extractor: str
    pages: tuple[PageSpan, ...] = ()
    notes: tuple[str, ...] = ()
    title: str | None = None
    published: str | None = None
    published_at: str | None = None
    address: str | None = None
    site: str | None = None

    def as_plain(self) -> dict[str, Any]:
        """Plain data for the pipe between two processes."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "paragraphs": [[span.start, span.end] for span in self.paragraphs],
            "pages": [[page.number, page.start, page.end] for page in self.pages],
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> Parts:
        """The parts that `as_plain` wrote."""
        return cls(
            **{
                **data,
                "paragraphs": tuple(Span(*ends) for ends in data["paragraphs"]),
                "pages": tuple(PageSpan(*ends) for ends in data["pages"]),
                "notes": tuple(data["notes"]),
            }
        )


def fit(text: str) -> str:
    """Extracted text with U+FFFD for each character that cannot be stored, one for one."""
    return text.translate(_UNFIT)
