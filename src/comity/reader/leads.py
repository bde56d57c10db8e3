"""Lists after a colon: "The two ministers:" or "The parties agreed to:", and their items.

Each item is parsed as a sentence of its own and so has lost who does it and what was done; the
words before the colon tell both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma
from comity.reader.marked import Lead, Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

_BULLET = re.compile(r"\s*(?:[-*\u2013\u2014]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+")
_LONGEST = 60
"""Items of one list, at most."""
_LIGHT = frozenset(("follow", "include", "be", "read", "say", "state", "add"))
"""Verbs before a colon that introduce quoted words or a mere enumeration."""


@dataclass(frozen=True)
class Leads:
    """Finds the lists of a text, over the mentions and subjects known."""

    doc: Doc
    sentences: Sequence[Span]
    plain: str
    by_token: Mapping[int, Mention]
    subjects: Mapping[int, Mention]

    def all(self) -> dict[int, Lead]:
        """By the index of an item's verb: who it is of, and the verb before the colon."""
        found: dict[int, Lead] = {}
        number = 0
        while number < len(self.sentences):
            lead = self._lead(self.sentences[number])
            number += 1
            if lead is None:
                continue
            until = min(len(self.sentences), number + _LONGEST)
            while number < until:
                taken = self._item(number, lead[1])
                if taken is None:
                    break
                verb, number = taken
                found[verb.i] = Lead(*lead)
        return found

    def _lead(self, sentence: Span) -> tuple[Mention, Token | None] | None:
        """Who and what stands before a colon at the end of a paragraph."""
        if not sentence.text.rstrip().endswith(":") or not self._ends_paragraph(sentence):
            return None
        verbs = [t for t in sentence if t.pos_ in ("VERB", "AUX") and t.i in self.subjects]
        for verb in reversed(verbs):
            if lemma(verb) in _LIGHT and verb.tag_ != "MD":
                continue
            return self.subjects[verb.i], verb
        if verbs:
            return None
        named = [self.by_token[t.i] for t in sentence if t.i in self.by_token]
        # "The two Ministers:", "Both sides also:"
        words = sum(t.is_alpha for t in sentence)
        if named and words - (named[-1].last - named[-1].first + 1) <= 3:
            return named[-1], None
        return None

    def _item(self, number: int, verb: Token | None) -> tuple[Token, int] | None:
        """The verb of the item that begins with a sentence, and the sentence after the item."""
        sentence = self.sentences[number]
        bullet = _BULLET.match(self.plain, sentence.start_char, sentence.end_char)
        begins = bullet.end() if bullet is not None else sentence.start_char
        first = next((t for t in sentence if t.idx >= begins and t.is_alpha), None)
        if first is None:
            return None
        head = first
        while head.lower_ in ("to", "also", "further", "jointly", "and", "that", "strongly"):
            if head.i + 1 >= sentence.end:
                return None
            head = head.nbor()
        verbal = head.tag_.startswith("VB") or (
            head.i == sentence.root.i and (verb is not None or head.text[:1].isupper())
            and head.pos_ != "PRON"
        )  # fmt: skip
        # The tagger takes the verb that begins an item for a name at times: "Convene experts".
        named = verb is not None and head.text[:1].isupper() and head.i not in self.by_token
        verbal = verbal or (named and head.pos_ in ("PROPN", "NOUN", "ADJ", "INTJ"))
        if not verbal and bullet is None:
            return None
        number += 1
        while number < len(self.sentences) and not self._ends_paragraph(self.sentences[number - 1]):
            number += 1
        return (head if verbal else sentence.root), number

    def _ends_paragraph(self, sentence: Span) -> bool:
        last = sentence[-1]
        end = last.idx + len(last.text)
        while end < len(self.plain) and self.plain[end] in " \t":
            end += 1
        return end >= len(self.plain) or self.plain[end] == "\n" or "\n" in self.plain[
            last.idx : end
        ]  # fmt: skip
