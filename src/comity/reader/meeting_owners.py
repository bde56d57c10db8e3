"""Whose meeting a noun tells of, by the words before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader.marked import DEMONYM, ECONOMY, Marked, Mention

if TYPE_CHECKING:
    from spacy.tokens import Token


def within(marked: Marked, noun: Token) -> list[Mention]:
    """The parties in a body's name: "the India-Ethiopia Joint Trade Committee"."""
    found: list[Mention] = []
    for i in range(noun.left_edge.i, noun.i):
        one = marked.by_token.get(i)
        if one is not None and one.kind in (ECONOMY, DEMONYM) and one not in found:
            found.append(one)
    return found


def owner(marked: Marked, noun: Token) -> Mention | None:
    """Whose meeting it is by the words before, where the parse does not see the owner."""
    doc = marked.doc
    at = noun.i - 1
    while at > 0 and noun.i - at < 4 and doc[at].text != "'s":
        at -= 1
    if at < 1 or doc[at].text != "'s":
        return None
    if doc[at - 1].lower_ in ("jr.", "sr.", "jr") and at > 2:
        at -= 2 if doc[at - 2].text == "," else 1
    return marked.of(doc[at - 1])
