"""Paragraphs of plain text, as spans; the text itself is never changed."""

from __future__ import annotations

import re

from comity.documents.document import Span

_BLANK = re.compile(r"(?:\r\n?|\n)(?:[^\S\r\n]*(?:\r\n?|\n))+")
_LINE = re.compile(r"[^\r\n]+")
# Lines no longer than this may have been wrapped by hand or by a mail program.
_WRAPPED_AT = 120


def paragraphs(text: str) -> tuple[Span, ...]:
    """Blocks between blank lines; where a block's lines are not wrapped, each line is one."""
    found: list[Span] = []
    start = 0
    for gap in _BLANK.finditer(text):
        found.extend(_block(text, start, gap.start()))
        start = gap.end()
    found.extend(_block(text, start, len(text)))
    return tuple(found)


def _block(text: str, start: int, end: int) -> list[Span]:
    lines = [
        span
        for line in _LINE.finditer(text, start, end)
        if (span := _trimmed(text, line.start(), line.end())) is not None
    ]
    if len(lines) > 1 and _wrapped([line.end - line.start for line in lines]):
        return [Span(lines[0].start, lines[-1].end)]
    return lines


def _wrapped(lengths: list[int]) -> bool:
    """Whether all lines but the last are about as long as the longest, and that is short."""
    longest = max(lengths)
    return 40 <= longest <= _WRAPPED_AT and all(one >= 0.65 * longest for one in lengths[:-1])


def _trimmed(text: str, start: int, end: int) -> Span | None:
    # A stretch of its own is copied once, whatever the text's length.
    line = text[start:end]
    body = line.strip()
    if not body:
        return None
    start += len(line) - len(line.lstrip())
    return Span(start, start + len(body))
