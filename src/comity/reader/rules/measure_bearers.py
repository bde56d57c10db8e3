"""Whose goods bear a measure, and who complains of it: "shrimp from X is subject to the duty", "X's
complaint against the ban"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader.clauses import child
from comity.reader.lexicon import lemma, words
from comity.reader.marked import Marked
from comity.reader.rules.goods_named import things
from comity.reader.rules.measure_seen import Seen, goods_within, mentioned
from comity.reader.rules.products import Product

if TYPE_CHECKING:
    from spacy.tokens import Token

_FACING = frozenset(("face", "attract", "incur", "draw", "bear", "pay", "carry", "require",
                     "need"))  # fmt: skip
_COMPLAINTS = words("measures.complaints")
_COMPLAINING = words("measures.complaining")
_OVER = frozenset(("against", "over", "about", "on", "around", "regarding", "concerning", "of",
                   "to", "at"))  # fmt: skip
_STEPS = 6


def bearing(marked: Marked, noun: Token, seen: Seen) -> list[Product]:
    """The goods that are told to be subject to a measure, or to face it; sets the target where
    their origin is told."""
    subject = _bearer(noun)
    if subject is None:
        return []
    first, last = subject.left_edge.i, min(subject.right_edge.i, noun.i - 1)
    clause = next((c for c in subject.rights if c.dep_ == "relcl"), None)
    if clause is not None:
        last = max(subject.i, min(last, clause.left_edge.i - 1))
    named = [one for one in mentioned(marked, first, last) if one.parties]
    target = tuple(dict.fromkeys(p for one in named for p in one.parties))
    if target and not seen.target:
        seen.target = target
    found = [one for one in goods_within(marked, first, last) if not one.general]
    return found or things(marked, subject)


def _bearer(noun: Token) -> Token | None:
    verb: Token | None = None
    if noun.dep_ == "pobj" and noun.head.lower_ == "to" and noun.head.head.lower_ == "subject":
        at = noun.head.head
        verb = at.head if at.head.pos_ in ("VERB", "AUX") else None
    elif noun.dep_ == "dobj" and lemma(noun.head) in _FACING:
        verb = noun.head
    if verb is None:
        return None
    subject = child(verb, "nsubj", "nsubjpass")
    whole = subject is not None and subject.lower_ in ("both", "all", "each", "most", "some")
    if (
        subject is None
        or not (whole or subject.lower_ in ("which", "that"))
        or verb.dep_ != "relcl"
    ):
        return subject
    bearer = verb.head
    # "steel from India, which faces a levy": the steel does.
    return bearer.head.head if bearer.head.lower_ == "from" else bearer


def complainer(marked: Marked, noun: Token) -> tuple[str, ...]:
    """Whose complaint, challenge or concern is about a measure: never whose measure it is."""
    at = noun
    for _ in range(_STEPS):
        if at.head.i == at.i:
            return ()
        holder = at.head
        if at.dep_ == "prep" and at.lower_ in _OVER:
            if holder.pos_ == "NOUN" and lemma(holder) in _COMPLAINTS:
                owner = child(holder, "poss")
                one = None if owner is None else marked.by_token.get(owner.i)
                if one is None and holder.head.pos_ == "VERB":
                    one = marked.subject(holder.head)
                return () if one is None else one.parties
            if holder.pos_ == "VERB":
                thing = child(holder, "dobj")
                filed = thing is not None and lemma(thing) in _COMPLAINTS
                if filed or lemma(holder) in _COMPLAINING:
                    one = marked.subject(holder)
                    return () if one is None else one.parties
        elif at.dep_ == "dobj" and holder.pos_ == "VERB" and lemma(holder) in _COMPLAINING:
            one = marked.subject(holder)
            return () if one is None else one.parties
        elif holder.pos_ == "VERB" and at.dep_ not in ("prep", "pobj"):
            return ()
        at = holder
    return ()
