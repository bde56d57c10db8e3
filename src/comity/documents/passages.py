"""Documents as bytes and text with stable offsets; passages of them.

A document on record is known by the SHA-256 of its bytes. Its text may be attached by whoever has
it; a passage is then shown only if the text at its offsets has the hash on record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from comity.words.errors import FileError, Place

REACH = 300
"""Characters of a document that are shown before and after a passage."""


def sha256_of(data: bytes) -> str:
    """SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def decode(data: bytes, file: str | None = None) -> str:
    """The text of a document's bytes: UTF-8, offsets count characters. Raises `FileError`."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileError(
            f"byte {error.start} is not UTF-8 text",
            where=Place(file=file),
            mend="attach the text file whose hash is on record",
        ) from None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's text: characters `start` to before `end`, and its SHA-256."""

    document: str
    start: int
    end: int
    sha256: str

    def text_in(self, text: str) -> str | None:
        """The passage's text, or None where the text at its offsets is not the one on record."""
        found = text[self.start : self.end]
        return found if sha256_of(found.encode()) == self.sha256 else None

    def around(self, text: str, reach: int = REACH) -> tuple[str, str]:
        """What stands before and after the passage: at most `reach` characters on either side, cut
        at the end of a word, with an ellipsis where something was cut off."""
        before, after = text[: self.start], text[self.end :]
        if len(before) > reach:
            before = f"…{before[-reach:].partition(' ')[2] or before[-reach:]}"
        if len(after) > reach:
            after = f"{after[:reach].rpartition(' ')[0] or after[:reach]}…"
        return before, after
