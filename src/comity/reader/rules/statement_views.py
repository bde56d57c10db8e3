"""Who speaks for whom: one's own words, an institution's view, what an institution reports."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from comity.reader.bodies import body
from comity.reader.lexicon import lemma
from comity.reader.marked import CAPITAL, ECONOMY, INSTITUTION, PRONOUN, Marked
from comity.reader.phrases import table
from comity.reader.rules.statement_content import clause_of
from comity.reader.said import Speaker, called

if TYPE_CHECKING:
    from spacy.tokens import Token

_OFFICIAL = frozenset((INSTITUTION, ECONOMY, CAPITAL))
_OWN = frozenset(("i", "we", "our"))


@cache
def verbs() -> dict[str, str]:
    """Verbs of speaking, and what each needs to make a statement."""
    return {row["verb"]: row["needs"] for row in table("speech.csv")}


def is_authority(marked: Marked, verb: Token) -> bool:
    """Whether an institution tells what it found: "the Commission identified subsidies"."""
    one = marked.subject(verb)
    if one is None:
        subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
        return subject is not None and body(marked, subject) is not None
    return one.kind == INSTITUTION


def is_official(marked: Marked, verb: Token, said: str) -> bool:
    """Whether "the Commission believes that ..." tells an institution's view."""
    one = marked.subject(verb)
    views = said in ("believe", "consider", "think") and verb.tag_ in ("VBZ", "VBD")
    return views and one is not None and one.kind in _OFFICIAL and (
        clause_of(verb) is not None
    )  # fmt: skip


def alone(marked: Marked, verb: Token, speaker: Speaker) -> bool:
    """Whether one side tells what it spoke of; what two discussed is their meeting's."""
    one = marked.subject(verb)
    return (
        verb.head.i == verb.i
        and len(speaker.parties) == 1
        and one is not None
        and marked.doc[one.first].lower_ not in _OWN
    )


def is_own(marked: Marked, verb: Token) -> bool:
    """Whether "I feel" is said by the one who speaks in the first person."""
    one = marked.subject(verb)
    return (
        one is not None
        and one.kind == PRONOUN
        and (bool(marked.given.speaker) or one.parties == (marked.own_party,))
        and marked.doc[one.first].lower_ in ("i", "we")
    )


def reported_by(marked: Marked, verb: Token) -> tuple[str, ...]:
    """The party whose institution tells what its own people say."""
    head = verb.head
    if verb.dep_ != "ccomp" or head.i == verb.i or lemma(head) not in verbs():
        return ()
    one = marked.subject(head)
    return one.parties if one is not None and one.kind == INSTITUTION else ()


def reporter(marked: Marked, verb: Token) -> str | None:
    """The institution that tells of a saying: "the ministry reported that Xi conveyed"."""
    head = verb.head
    if verb.dep_ != "ccomp" or head.i == verb.i or lemma(head) not in verbs():
        return None
    one = marked.subject(head)
    if one is None or one.kind != INSTITUTION:
        return None
    party = f" ({one.parties[0]})" if one.parties else ""
    return f"{called(one, marked)}{party}"
