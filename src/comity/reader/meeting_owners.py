"""Whose meeting a noun tells of, by the words before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from comity.reader import meeting_parts as parts
from comity.reader.lexicon import lemma, words
from comity.reader.marked import (
    CAPITAL,
    COLLECTIVE,
    DEMONYM,
    ECONOMY,
    INSTITUTION,
    PERSON,
    PRONOUN,
    Dated,
    Marked,
    Mention,
)
from comity.reader.meeting_words import verb_above

if TYPE_CHECKING:
    from spacy.tokens import Token

_SENT = words("meetings.sent")
_PLAIN = words("meetings.plain")
_ONCE = frozenset(("after", "following"))
_STANDING = ("Dialogue", "Commission", "Roundtable", "Consultation", "Consultations", "Forum")
_REACH = 8
"""Words after "delegation" within which it is told whose it is."""


def within(marked: Marked, noun: Token) -> list[Mention]:
    """The parties in a body's name: "the India-Ethiopia Joint Trade Committee"."""
    found: list[Mention] = []
    for i in range(noun.left_edge.i, noun.i):
        one = marked.by_token.get(i)
        if one is not None and one.kind in (ECONOMY, DEMONYM) and one not in found:
            found.append(one)
    return found


def sent_by(marked: Marked, noun: Token) -> list[Mention]:
    """The party whose people are met: "a delegation of senior Mexican officials"."""
    if lemma(noun) not in _SENT:
        return []
    for token in noun.doc[noun.left_edge.i : min(noun.right_edge.i, noun.i + _REACH) + 1]:
        one = marked.by_token.get(token.i)
        if one is not None and one.kind in (
            ECONOMY, DEMONYM, INSTITUTION, CAPITAL, COLLECTIVE,
        ):  # fmt: skip
            return [one] if one.parties else []
    return []


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


def met(marked: Marked, noun: Token, verb: Token, parties: set[str]) -> Mention | None:
    """Who speaks "after a meeting with" somebody of another party: the other who met."""
    with_whom = any(c.dep_ == "prep" and c.lower_ == "with" for c in noun.children)
    if len(parties) != 1 or not with_whom or noun.head.lower_ not in _ONCE:
        return None
    doer = marked.subject(verb)
    if doer is None or doer.kind not in (PERSON, PRONOUN) or len(doer.parties) != 1:
        return None
    return doer if parties.isdisjoint(doer.parties) else None


def is_programme(marked: Marked, noun: Token) -> bool:
    """Whether a capitalised name is that of a standing event between the parties, not of the
    meeting told of: "the U.S.-China Tourism Leadership Summit"."""
    words = [marked.doc[i] for i in range(noun.left_edge.i, noun.i)]
    if noun.text in _STANDING:
        return True
    named = any((one := marked.of(c)) is not None and one.kind in (ECONOMY, DEMONYM) for c in words)
    own = [c for c in words if c.text[:1].isupper() and marked.of(c) is None]
    return named and any(c.lower_ not in _PLAIN for c in own if not c.is_digit)


class Placed(Protocol):
    """What is told of when and where."""

    when: Dated | None
    place: str | None


def fill_from_travel(marked: Marked, verb: Token, one: Placed) -> None:
    """Day and place of "visited Beijing on Thursday, where he held talks": those of the visit."""
    where = any(c.lower_ == "where" for c in verb.children)
    above = verb_above(verb) if verb.dep_ in ("relcl", "advcl") and where else None
    if above is None or above.i > verb.i:
        return
    stretch = parts.Stretch(above.left_edge.i, verb.i)
    one.when = one.when or parts.day(marked, stretch)
    one.place = one.place or parts.place(marked, stretch)


def joint_meeting(marked: Marked, noun: Token | None) -> set[str]:
    """Those who speak in a joint text, of the meeting that it names in capitals without them: "The
    13th Trade Ministers' Meeting was held in Seoul"."""
    named = noun is not None and noun.dep_ == "nsubjpass" and noun.text[:1].isupper()
    if noun is None or not named or not marked.joint:
        return set()
    return set(marked.pair) if any(c.lower_ == "the" for c in noun.lefts) else set()
