"""The words that tell of a meeting: which verbs and nouns do, and how far each of them reaches."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma, words
from comity.reader.meeting_parts import Stretch
from comity.reader.phrases import table

if TYPE_CHECKING:
    from spacy.tokens import Token

AFTER = words("meetings.after")
"""Words after which another event is told of: "following", "ahead of"."""
PLANS = words("meetings.plans")
_AHEAD = words("meetings.ahead")
_FIXED = words("meetings.fixed")
_ARRANGED = frozenset(("plan", "arrange", "prepare"))
_NO_PLACE = words("meeting_parts.no_place")
_MEANS = frozenset(("telephone", "phone", "video", "videoconference", "link", "call"))
_STRETCHES = frozenset(("hour", "minute", "day", "week", "series", "round"))
_OCCASIONS = frozenset(("sidelines", "margins", "fringes"))
_STANDING = frozenset(("committee", "commission", "council", "dialogue", "group"))
TRAVEL = words("meetings.travel")
_EVENT_VERBS = words("meetings.event_verbs")


@cache
def kinds(use: str) -> frozenset[str]:
    return frozenset(row["word"] for row in table("meetings.csv") if row["use"] == use)


def preps_of(verb: Token) -> list[Token]:
    """A verb's children; of "spoke by telephone with X" also what the parse hangs on the means."""
    means = [c for p in verb.children if p.dep_ == "prep" and p.lower_ in ("by", "via", "over")
             for c in p.children if c.dep_ == "pobj" and lemma(c) in _MEANS]  # fmt: skip
    return [*verb.children, *(c for one in means for c in one.children)]


def is_meeting(noun: Token) -> bool:
    word = lemma(noun)
    if word not in kinds("noun"):
        # A name keeps its plural: "Consultations on Energy".
        word = word.removesuffix("s")
        if noun.pos_ != "PROPN" or word not in kinds("noun"):
            return False
    if word == "talk":
        return noun.lower_ == "talks"
    if word == "round":
        return any(
            p.lower_ == "of"
            and any(lemma(c) in ("negotiation", "talk", "consultation") for c in p.children)
            for p in noun.children
        )
    if word == "call":
        held = noun.dep_ in ("dobj", "nsubjpass") and lemma(noun.head) in ("hold", "have")
        return any(c.lower_ in ("phone", "telephone", "video") for c in noun.lefts) or (
            # "Secretary Hallam's call with Minister Karaca", "held a call with Minister Karaca"
            (held or any(c.dep_ == "poss" for c in noun.lefts))
            and any(c.dep_ == "prep" and c.lower_ == "with" for c in noun.rights)
        )
    if word == "session":
        # "the 12th session of the Joint Trade Committee"
        return noun.text[:1].isupper() or any(
            p.lower_ == "of" and any(lemma(c) in _STANDING for c in p.children)
            for p in noun.children
        )
    if word in ("commission", "roundtable"):
        return noun.text[:1].isupper()
    return True


def stretch_of(noun: Token) -> Token | None:
    """The meeting of "two hours of talks", "a series of meetings"."""
    if lemma(noun) not in _STRETCHES:
        return None
    of = next((c for c in noun.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    inner = None if of is None else next((c for c in of.children if c.dep_ == "pobj"), None)
    return inner if inner is not None and is_meeting(inner) else None


def takes_place(verb: Token) -> bool:
    """Whether a verb says that something is held: "will take place", "is scheduled for"."""
    word = lemma(verb)
    if word in ("schedule", "expect"):
        return any(c.dep_ in ("xcomp", "prep") for c in verb.children)
    return word in _EVENT_VERBS


def verb_above(noun: Token) -> Token | None:
    at = noun
    for _ in range(6):
        at = at.head
        if at.pos_ in ("VERB", "AUX"):
            return at
    return None


def is_fixed(verb: Token, plan: Token) -> bool:
    """Whether a plan to meet says where, when or at which occasion: "is planning to hold talks in
    Oslo this month"; "plan to meet again" alone is only an intention."""
    if plan.tag_ not in ("VBG", "VBP", "VBZ", "VBD", "VBN"):
        return False
    return any(
        (target.text[:1].isupper() and target.lower_ not in _NO_PLACE)
        or target.lower_ in _OCCASIONS
        for place in verb.subtree
        if place.dep_ == "prep" and place.i > verb.i and place.lower_ in ("in", "on", "at")
        for target in place.children
        if target.dep_ == "pobj"
    )


def is_planned(verb: Token, plan: Token) -> bool:
    """Whether what is planned is a meeting of which it is told where or at which occasion."""
    thing = next((c for c in verb.children if c.dep_ == "dobj"), None)
    meets = lemma(verb) == "meet" or (
        lemma(verb) in kinds("verb") and thing is not None and is_meeting(thing)
    )
    return lemma(plan) in _ARRANGED and meets and is_fixed(verb, plan)


def status_of(verb: Token) -> str | None:
    """held or planned; `None` for what is only wished, agreed to or possible."""
    for child in verb.children:
        if child.dep_ == "aux" and child.lower_ in _AHEAD:
            return "planned" if child.lower_ in ("will", "shall") else None
    head = verb.head
    if verb.tag_ == "VB":
        # An infinitive is held only as in "my first time to hold a meeting".
        word = lemma(head)
        if word in _FIXED or (word in _ARRANGED and is_fixed(verb, head)):
            return "planned"
        if word == "be" and verb.dep_ == "xcomp":
            # "is to meet"
            return "planned"
        if word in TRAVEL and head.pos_ == "VERB" and verb.dep_ in ("advcl", "xcomp"):
            # "travelled to Washington to meet": as the travel was
            ahead = any(c.lower_ in _AHEAD or c.lower_ == "to" for c in head.children
                        if c.dep_ == "aux")  # fmt: skip
            return "planned" if ahead else "held"
        return "held" if word == "time" else None
    if verb.tag_ == "VBG" and verb.dep_ in ("pcomp", "csubj"):
        # "said on Friday after meeting his counterpart"
        return "held" if head.lower_ in ("after", "following", "upon") else None
    if verb.tag_ in ("VBP", "VBZ") and verb.dep_ == "ROOT" and verb.lemma_ == "have":
        return None
    return "held"


def where_of(noun: Token) -> Token | None:
    """The "where" or "at which" clause's adverb soon after a noun."""
    for i in range(noun.i + 1, min(noun.i + 7, noun.sent.end)):
        token = noun.doc[i]
        if token.lower_ in ("where", "when") and token.head.pos_ == "VERB":
            return token
        if token.is_punct or token.pos_ == "VERB":
            break
    return None


def clause_of(verb: Token) -> Stretch:
    """A verb's clause without what is joined to it or reported in it."""
    first, last = verb.i, verb.i
    if verb.dep_ in ("acl", "relcl") and verb.head.lower_ == "time":
        # "my first time to hold a meeting with"
        first = verb.head.left_edge.i
    for child in verb.children:
        if child.dep_ in ("conj", "ccomp", "parataxis") and child.i > verb.i:
            continue
        if child.dep_ == "advcl" or child.lower_ in AFTER:
            continue
        first, last = min(first, child.left_edge.i), max(last, child.right_edge.i)
    return _cut(verb, first, last)


def noun_phrase(noun: Token, verb: Token | None) -> Stretch:
    """A noun with its own words and, for a subject or object, its verb's adverbials."""
    first, last = noun.left_edge.i, noun.right_edge.i
    where = where_of(noun)
    if where is not None:
        last = max(noun.i, where.i - 1)
    if verb is not None and noun.dep_ in ("nsubj", "nsubjpass") and noun.head.i == verb.i:
        for child in verb.children:
            if child.dep_ in ("prep", "npadvmod", "advmod", "attr", "dobj") and child.i > verb.i:
                last = max(last, child.right_edge.i)
        last = max(last, verb.i)
    elif noun.head.lower_ in AFTER:
        # Told of in passing: what follows up to the comma is said of it.
        last = max(last, _before_comma(noun))
    return _cut(noun, first, last)


def _before_comma(noun: Token) -> int:
    """The last token before the next comma or the end of the sentence."""
    at = noun.i
    while at + 1 < noun.sent.end and not noun.doc[at + 1].is_punct:
        at += 1
    return at


def _cut(token: Token, first: int, last: int) -> Stretch:
    """Within the sentence, and before "following", "after" and the like: other events."""
    sentence = token.sent
    first, last = max(first, sentence.start), min(last, sentence.end - 1)
    while first < token.i and (
        token.doc[first].is_space or token.doc[first].text in (",", "-", ";")
    ):
        first += 1
    for i in range(token.i + 1, last + 1):
        if token.doc[i].lower_ in AFTER and token.doc[i].lower_ not in ("since", "ahead"):
            last = i - 1
            break
    return Stretch(first, last)
