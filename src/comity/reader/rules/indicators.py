"""Indicators: numbers with a unit, of what they are, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from comity.reader.clauses import child, phrase
from comity.reader.marked import Marked
from comity.reader.phrases import table
from comity.reader.proposal import INDICATOR, Evidence, Proposal
from comity.reader.reading import Register

if TYPE_CHECKING:
    from spacy.tokens import Token

_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
           "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12, "trn": 1e12}  # fmt: skip
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_SCALE = r"(?:[ -]?(?P<scale>thousand|million|billion|trillion|mn|bn|tn|trn|m)\b)?"
_STEPS = 8
_OF_LONGEST = 14


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], dict[str, tuple[str, str]]], ...]:
    """The patterns for units before and after a number, each with the rule and unit of a word."""
    found = []
    for form in ("before", "after"):
        units = {
            word: (row["id"], row["unit"])
            for row in table("indicators.csv")
            if row["form"] == form
            for word in row["words"].split(";")
        }
        either = "|".join(re.escape(word) for word in sorted(units, key=len, reverse=True))
        if form == "before":
            text = rf"(?<![\w$])(?P<unit>{either})\s?{_NUMBER}{_SCALE}"
        else:
            text = rf"(?<![\w.,$€£¥]){_NUMBER}{_SCALE}[\s-]?(?P<unit>{either})(?!\w)"
        found.append((re.compile(text), units))
    return tuple(found)


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each number with a unit, in the order of the text."""
    places = []
    for pattern, units in _patterns():
        for match in pattern.finditer(marked.doc.text):
            places.append((match, *units[match["unit"]]))
    upto = -1
    for match, rule, unit in sorted(places, key=lambda one: one[0].start()):
        if match.start() < upto:
            continue
        upto = match.end()
        value = float(match["number"].replace(",", "")) * _SCALES.get(match["scale"] or "", 1.0)
        slots: dict[str, Any] = {"value": value, "unit": unit}
        span = marked.doc.char_span(*match.span(), alignment_mode="expand")
        if span is not None:
            about = _about(marked, span.root)
            if about is not None:
                slots["about"] = about
            date = _date(marked, span.root, match.start())
            if date is not None:
                slots["date"] = date
        quote = marked.original[match.start() : match.end()]
        yield Proposal(INDICATOR, slots, (Evidence(match.start(), match.end(), quote),), rule)


def _about(marked: Marked, token: Token) -> str | None:
    """What a number is of: the noun it modifies, what follows "of", else the verb's subject."""
    of = next((c for c in token.children if c.dep_ == "prep" and c.lower_ == "of"), None)
    thing = None if of is None else child(of, "pobj")
    if thing is not None:
        return _words(marked, thing)
    at = token
    for _ in range(_STEPS):
        head = at.head
        if head.i == at.i:
            return None
        if at.dep_ in ("nummod", "amod", "compound", "nmod") and head.pos_ == "NOUN":
            return _words(marked, head)
        if at.dep_ == "prep" and head.pos_ == "NOUN" and at.lower_ == "of":
            return _words(marked, head)
        if head.pos_ in ("VERB", "AUX"):
            subject = child(head, "nsubj", "nsubjpass")
            if subject is not None and subject.i != at.i:
                return _words(marked, subject)
        at = head
    return None


def _words(marked: Marked, noun: Token) -> str:
    first = noun.left_edge.i
    last = min(noun.right_edge.i, noun.i + _OF_LONGEST)
    for one in noun.rights:
        if one.dep_ in ("relcl", "acl", "appos", "punct", "cc"):
            last = max(noun.i, one.left_edge.i - 1)
            break
    return phrase(marked, max(first, noun.i - _OF_LONGEST), last)


def _date(marked: Marked, token: Token, start: int) -> str | None:
    """The day, or first and last day, of the date nearest in the sentence."""
    if not len(marked.sentence_of):
        return None
    dates = [one for one in marked.dates_in_sentence.get(marked.sentence_of[token.i], ())
             if one.begins is not None]  # fmt: skip
    if not dates:
        return None
    near = min(dates, key=lambda one: abs(one.start - start))
    if near.begins == near.ends or near.ends is None:
        return str(near.begins)
    return f"{near.begins}/{near.ends}"
