"""What a text tells as older news, told from what it reports as new.

Three signs, each on the very verb by which the entry is told: the past perfect ("had banned"),
which sets an event before those told so far; a day that lies more than a month before publication;
and the words of `data/background.csv`. In reported speech ("he said they had agreed") the past
perfect only stands for the past, and says nothing. Meetings are judged by their own rule; one that
is still to come is never older news.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma
from comity.reader.marked import Marked
from comity.reader.phrases import Lexicon, table
from comity.reader.proposal import COMMITMENT, MEASURE, POSITION, STATEMENT, Proposal

if TYPE_CHECKING:
    from spacy.tokens import Token

JUDGED = (STATEMENT, POSITION, COMMITMENT, MEASURE)
OLD = dt.timedelta(days=31)
_WHEN = frozenset({"in", "on", "at", "during"})
"""Prepositions that say when; "than in", "compared with" and the like say something else."""
_LONGEST_CLIMB = 40
"""Steps up a parse, at most: a sentence of ten thousand words is no sentence."""


def marked_background(marked: Marked, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """Proposals, those told as older news marked so."""
    judge = _Judge(marked)
    for one in proposals:
        if one.type in JUDGED:
            old = one.background or judge.old(one)
        else:
            old = one.background and one.slots.get("status") != "planned"
        yield one if old == one.background else replace(one, background=old)


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon[str]:
    return Lexicon([(row["phrase"], row["id"]) for row in table("background.csv")], {})


class _Judge:
    """Looks at the verbs of one text; what it finds out of a sentence it keeps."""

    def __init__(self, marked: Marked) -> None:
        self._m = marked
        self._starts = [token.idx for token in marked.doc]
        self._old_verbs: dict[int, frozenset[int]] = {}

    def old(self, one: Proposal) -> bool:
        verb = self._verb(one)
        if verb is None:
            return False
        return _past_perfect(verb) or verb.i in self._dated(self._m.sentence_of[verb.i])

    def _verb(self, one: Proposal) -> Token | None:
        """The verb by which an entry is told: that of saying, or the nearest above its words."""
        main = one.evidence[0]
        first, last = self._at(main.start), self._at(max(main.start, main.end - 1))
        if first >= len(self._m.doc):
            return None
        inside = self._m.doc[first : last + 1]
        head = inside.root
        said = one.slots.get("verb") if one.type == STATEMENT else None
        nearest: Token | None = None
        for token in _up(head):
            if token.pos_ not in ("VERB", "AUX"):
                continue
            if said is None or lemma(token) == said:
                return token
            nearest = nearest or token
        if said is not None:
            return next((token for token in inside if lemma(token) == said), nearest)
        return nearest

    def _at(self, char: int) -> int:
        return max(0, bisect_right(self._starts, char) - 1)

    def _dated(self, number: int) -> frozenset[int]:
        """The verbs of a sentence that a day long past or a word of the past belongs to."""
        if number not in self._old_verbs:
            self._old_verbs[number] = frozenset(self._old_verbs_of(number))
        return self._old_verbs[number]

    def _old_verbs_of(self, number: int) -> Iterator[int]:
        published = self._m.given.published
        for date in self._m.dates_in_sentence.get(number, ()):
            if published is not None and date.ends is not None and published - date.ends > OLD:
                yield from self._told_by(date.start, date.end, when=True)
        sentence = self._m.sentences[number]
        for start, end, _ in _lexicon().find(self._m.plain, sentence.start_char, sentence.end_char):
            yield from self._told_by(start, end, when=False)

    def _told_by(self, start: int, end: int, *, when: bool) -> Iterator[int]:
        """The verb that an expression of time hangs on directly, through its preposition."""
        doc = self._m.doc
        first, last = self._at(start), self._at(end - 1)
        token = doc[first : last + 1].root
        while token.head.i != token.i and token.head.pos_ in ("ADP", "SCONJ"):
            token = token.head
        verb = token.head
        if verb.pos_ not in ("VERB", "AUX") or token.dep_ == "ROOT":
            return
        word = token.lower_ if token.pos_ in ("ADP", "SCONJ") else ""
        if when and word and word not in _WHEN and not (word == "since" and _perfect(verb)):
            return
        if any(child.lower_ == "than" for child in token.children):
            return
        yield verb.i


def _up(token: Token) -> Iterator[Token]:
    for _ in range(_LONGEST_CLIMB):
        yield token
        if token.head.i == token.i:
            return
        token = token.head


def _perfect(verb: Token) -> bool:
    return any(child.dep_ == "aux" and lemma(child) == "have" for child in verb.children)


def _past_perfect(verb: Token) -> bool:
    if verb.tag_ != "VBN" or not any(
        child.dep_ == "aux" and child.lower_ in ("had", "'d") for child in verb.children
    ):
        return False
    for token in _up(verb):
        if token.dep_ in ("ccomp", "parataxis", "pcomp"):
            return False  # reported speech
        if token.dep_ not in ("conj", "xcomp"):
            break
    return True
