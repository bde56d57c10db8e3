"""What a side is willing to do: a deed is a commitment, a look at something a position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader.clauses import child
from comity.reader.lexicon import lemma

if TYPE_CHECKING:
    from spacy.tokens import Token

_LOOKING = frozenset((
    "examine", "look", "consider", "discuss", "study", "review", "listen", "hear", "talk", "assess",
    "evaluate", "weigh", "think", "respond", "negotiate", "engage", "entertain", "accept", "be",
    "have", "meet", "see", "wait", "pay", "live", "go",
))  # fmt: skip
_HOSTILE = frozenset((
    "fight", "defend", "retaliate", "respond", "counter", "challenge", "contest", "sue", "resist",
    "hit", "battle", "escalate", "punish", "impose", "endure", "withstand",
))  # fmt: skip
_READY = frozenset(("ready", "willing", "prepared"))
_NOUNS = frozenset(("willingness", "readiness"))
_BEING = frozenset(("be", "stand", "remain", "feel"))


def is_hostile(token: Token) -> bool:
    """Whether somebody is "ready to fight the case": no readiness to meet another."""
    return any(lemma(c) in _HOSTILE for c in token.children)


def deed(token: Token) -> Token | None:
    """The verb of what "ready" or "willingness" is told of, where it is a deed."""
    if token.lower_ not in _READY and lemma(token) not in _NOUNS:
        return None
    todo = child(token, "xcomp", "acl", "ccomp")
    if todo is None or not any(c.tag_ == "TO" for c in todo.children):
        return None
    known = lemma(todo)
    return None if known in _LOOKING or known in _HOSTILE else todo


def carrier(token: Token) -> Token | None:
    """The verb by which it is told: "is ready", "expressed willingness"."""
    head = token.head
    if token.lower_ in _READY:
        told = token.dep_ in ("acomp", "oprd", "xcomp") and lemma(head) in _BEING
        return head if told else None
    return head if token.dep_ == "dobj" and head.pos_ == "VERB" else None
