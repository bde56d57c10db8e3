"""Papers that speak: "the notice said", and statements released with their words after a colon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma, words
from comity.reader.quotes import Quotes
from comity.reader.said import Said, Speaker

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_TRACKED = words("statements.tracked")
_RELEASED = words("statements.released")
_RELEASING = frozenset(("release", "issue", "make", "publish", "give", "deliver"))
_FAR = 12
"""Sentences after which "the notice" is no longer the one that was told of."""


class Papers:
    """Remembers in which paper somebody spoke, so that "the notice said" is that body's word."""

    def __init__(self) -> None:
        self._by: dict[str, tuple[Speaker, int]] = {}

    def note(self, said: Said) -> None:
        """Keep whose paper a statement came in."""
        last = (said.channel or "").split()[-1:]
        if last and (word := last[0].removesuffix("s")) in _TRACKED:
            self._by[word] = (said.speaker, said.sentence)

    def of(self, paper: Token, number: int) -> Speaker | None:
        """Whose "the notice" or "Sunday's notice" is, where one was told of not long before."""
        told = self._by.get(lemma(paper))
        definite = any(c.lower_ == "the" or c.dep_ == "poss" for c in paper.children)
        if told is None or not definite or number - told[1] > _FAR:
            return None
        return told[0]


def is_paper(noun: Token) -> bool:
    """Whether a noun is a paper in which somebody may have spoken."""
    return lemma(noun) in _TRACKED


def released(verb: Token, sentence: Span, quotes: Quotes) -> tuple[int, int] | None:
    """The quoted words of "released the following statement ...:", from where to where."""
    if lemma(verb) not in _RELEASING:
        return None
    paper = next((c for c in verb.children if c.dep_ == "dobj"), None)
    if paper is None or lemma(paper) not in _RELEASED:
        return None
    if not any(c.lower_ == "following" for c in paper.children):
        return None
    return quotes.after(sentence.end_char)
