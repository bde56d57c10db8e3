"""Quoted words in a text: where they are, and which verb of speaking they belong to."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comity.reader.marked import Marked

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_MARK = re.compile(r"[\"\u201c\u201d\u00ab\u00bb\u201e\u300c\u300d]|''|``")
_OPENING = " \n\r\t:\"\u201c\u201d'`"
_FULL = 4
"""Words from which a quote says something by itself."""

_SHORT = 2
"""Words from which a quote that ends like a sentence does."""
_REACH = 14
"""Words between a verb of speaking and the quote that it introduces, at most."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters between quotation marks, the marks left out."""

    start: int
    end: int
    words: int


class Quotes:
    """The quotes of a text. One that is not closed ends with its paragraph."""

    def __init__(self, marked: Marked) -> None:
        self._text = marked.original
        self.spans = _spans(self._text)
        self._starts = [one.start for one in self.spans]

    def inside(self, char: int) -> bool:
        """Whether a place is within quoted words that say something by themselves."""
        one = self._at(char)
        return one is not None and one.words >= _FULL

    def any_in(self, start: int, end: int) -> bool:
        """Whether a quote begins between two places."""
        at = bisect_right(self._starts, end) - 1
        return at >= 0 and self.spans[at].start >= start

    def of_verb(self, verb: Token, sentence: Span) -> Quote | None:
        """The full quote that a verb of speaking introduces or closes, in its sentence."""
        best: Quote | None = None
        at = bisect_right(self._starts, sentence.start_char)
        if at > 0 and self.spans[at - 1].end > sentence.start_char:
            at -= 1
        while at < len(self.spans) and self.spans[at].start < sentence.end_char:
            one = self.spans[at]
            at += 1
            if one.start <= verb.idx < one.end:
                continue
            if one.words < (_SHORT if self._is_ended(one) else _FULL):
                continue
            if self._is_closed_by(one, verb, sentence) or self._is_opened_by(one, verb):
                best = one if best is None or one.words > best.words else best
        return best

    def short(self, verb: Token) -> Quote | None:
        """The few quoted words with which a verb such as "called" names something."""
        at = bisect_right(self._starts, verb.idx)
        if at >= len(self.spans):
            return None
        one = self.spans[at]
        between = self._text[verb.idx : one.start]
        if len(between.split()) > _REACH or any(mark in between for mark in ".;:\n"):
            return None
        return one

    def after(self, char: int) -> tuple[int, int] | None:
        """Where the quote begins that opens right after a place; and where it ends, over all its
        paragraphs."""
        at = bisect_right(self._starts, char)
        if at >= len(self.spans) or self._text[char : self.spans[at].start].strip(_OPENING):
            return None
        first = last = self.spans[at]
        for one in self.spans[at + 1 :]:
            if self._text[last.end : one.start].strip(_OPENING):
                break
            last = one
        return first.start, last.end

    def filling(self, sentence: Span) -> Quote | None:
        """The quote that a whole sentence lies in."""
        start, end = sentence.start_char, sentence.end_char
        while start < end and not self._text[start].isalnum():
            start += 1
        while end > start and not self._text[end - 1].isalnum():
            end -= 1
        one = self._at(start)
        if one is not None and one.words >= _FULL and one.end >= end:
            return one
        return None

    def _at(self, char: int) -> Quote | None:
        at = bisect_right(self._starts, char) - 1
        if at >= 0 and self.spans[at].start <= char < self.spans[at].end:
            return self.spans[at]
        return None

    def _is_closed_by(self, one: Quote, verb: Token, sentence: Span) -> bool:
        """'"...," the minister said': the sentence is a quote up to the verb's clause."""
        if verb.idx < one.end or len(self._text[sentence.start_char : one.start].split()) > 2:
            return False
        last = self._text[one.end - 1 : one.end]
        after = self._text[one.end + 1 : one.end + 2]
        return last in (",", ".", "!", "?", "\u2014") or after == ","

    def _is_ended(self, one: Quote) -> bool:
        """Whether the mark of a sentence's or a clause's end stands within the quote."""
        return self._text[one.end - 1 : one.end] in (",", ".", "!", "?")

    def _is_opened_by(self, one: Quote, verb: Token) -> bool:
        """'said: "..."': a comma or colon before, or a capital after the mark."""
        between = self._text[verb.idx : one.start]
        if verb.idx > one.start or len(between.split()) > _REACH:
            return False
        before = self._text[max(0, one.start - 4) : one.start].rstrip(" \"\u201c\u00ab'`")
        return before[-1:] in (",", ":") or self._text[one.start : one.start + 1].isupper()


def _spans(text: str) -> list[Quote]:
    """Pair the marks within each paragraph."""
    found: list[Quote] = []
    opened: int | None = None
    for match in _MARK.finditer(text):
        at, mark = match.start(), match.group()
        if opened is not None and (brk := text.find("\n", opened, at)) >= 0:
            _keep(found, text, opened, brk)
            opened = None
        if opened is None:
            if mark not in ("\u201d", "\u300d"):
                opened = match.end()
        elif mark in ("\u201c", "\u00ab", "\u300c", "\u201e"):
            opened = match.end()
        else:
            _keep(found, text, opened, at)
            opened = None
    if opened is not None:
        brk = text.find("\n", opened)
        _keep(found, text, opened, brk if brk >= 0 else len(text))
    return found


def _keep(found: list[Quote], text: str, start: int, end: int) -> None:
    if end > start:
        found.append(Quote(start, end, len(text[start:end].split())))
