"""Unnamed people and bodies of a country: "officials in Lilongwe", "Norway's seafood council"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader import parties
from comity.reader.lexicon import lemma, words
from comity.reader.marked import Marked
from comity.reader.said import Speaker

if TYPE_CHECKING:
    from spacy.tokens import Token

_BODIES = words("statements.bodies")
_NEAR = 8
"""Words after a noun within which its country is named."""


def body(marked: Marked, noun: Token) -> Speaker | None:
    """Who a noun stands for, where it tells of people or a body, and of whose."""
    if lemma(noun) not in _BODIES and noun.lower_ not in _BODIES:
        return None
    first = noun.left_edge.i
    last = noun.i
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in ("in", "of", "from", "at"):
            last = max(last, child.right_edge.i)
    doc = marked.doc
    last = min(last, noun.i + _NEAR)
    start, end = doc[first].idx, doc[last].idx + len(doc[last])
    # A capital that is a mere place elsewhere tells here whose people they are.
    named = dict.fromkeys(p for one in parties.names(marked.plain[start:end]) for p in one.parties)
    if not named:
        return None
    called = marked.original[doc[first].idx : noun.idx + len(noun)]
    return Speaker(" ".join(called.split()), tuple(named))
