"""What a text tells of a meeting: day, place, format, occasion, and whether it is a first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma, words
from comity.reader.marked import ECONOMY, GROUP, PERSON, Dated, Marked
from comity.reader.phrases import table

if TYPE_CHECKING:
    from spacy.tokens import Token

_IN_PERSON = re.compile(r"\b(?:in[- ]person|face[- ]to[- ]face)\b", re.IGNORECASE)
_VIRTUAL = re.compile(
    r"\b(?:virtual(?:ly)?|online|(?:by|via) video(?: ?link| ?conference)?|video ?conference|"
    r"videoconference|video call|remotely)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"\b(?:(?:by|over the) (?:tele)?phone|(?:tele)?phone (?:call|talks|conversation))\b",
    re.IGNORECASE,
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_FIRST = re.compile(
    r"\bfirst\b[^.;]{0,70}?\b(?P<lead>in|since)\s+(?P<what>"
    r"(?:(?:more than|over|almost|nearly|about|at least)\s+)?"
    r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d+|several|many)\s+"
    r"(?:years?|months?|decades?)"
    rf"|(?:(?:{_MONTHS})(?:\s+last year|,?\s+\d{{4}})?|\d{{4}}|last year))\b",
    re.IGNORECASE,
)
_ON_SIDELINES = re.compile(
    r"\b(?:on the (?:sidelines?|margins|fringes) of|alongside|ahead of|at|during|as part of)\s+"
    r"(?:the\s+|an?\s+|this week's\s+|this year's\s+)?",
    re.IGNORECASE,
)
_NAME_WORD = r"(?:[A-Z][\w'.-]*|of|on|and|for|the|\d{4})"
_APPOSED = ("appos", "npadvmod", "conj")
_NAMED = re.compile(
    rf"{_NAME_WORD}(?:\s+(?:{_NAME_WORD}|summit|forum|conference|meeting|assembly))*"
)
_FEW = 4
"""Days that a meeting can last."""
_COMMON = words("meeting_parts.common")
_TRAVEL = words("meetings.travel")
_NO_PLACE = words("meeting_parts.no_place")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens `first` to `last` (inclusive) that tell of one meeting."""

    first: int
    last: int

    def __contains__(self, i: object) -> bool:
        return isinstance(i, int) and self.first <= i <= self.last


def text_of(marked: Marked, stretch: Stretch) -> str:
    doc = marked.doc
    return marked.plain[doc[stretch.first].idx : _end(doc[stretch.last])]


def _end(token: Token) -> int:
    return token.idx + len(token)


def day(marked: Marked, stretch: Stretch) -> Dated | None:
    """The day told in a stretch: the narrowest date that is not a "since" or "until"."""
    doc = marked.doc
    start, end = doc[stretch.first].idx, _end(doc[stretch.last])
    number = marked.sentence_of[stretch.first]
    found = None
    for one in marked.dates_in_sentence.get(number, ()):
        if one.start < start or one.end > end or one.begins is None or one.ends is None:
            continue
        before = marked.plain[max(0, one.start - 14) : one.start].lower().split()
        if before and before[-1] in (
            "since",
            "until",
            "till",
            "before",
            "after",
            "from",
            "last",
            "by",
        ):
            continue
        if found is None or _width(one) < _width(found):
            found = one
    return found


def just(marked: Marked, stretch: Stretch) -> Dated | None:
    """ "have just held talks": on the day of publication."""
    day = marked.given.published
    for token in marked.doc[stretch.first : stretch.last + 1]:
        helped = any(c.dep_ == "aux" and lemma(c) == "have" for c in token.head.children)
        if token.lower_ == "just" and token.dep_ == "advmod" and helped and day is not None:
            return Dated(token.idx, token.idx + len(token), token.text, day, day)
    return None


def _width(one: Dated) -> int:
    return (one.ends - one.begins).days if one.begins and one.ends else 10_000


def date_value(one: Dated) -> str | None:
    """A day, the first of a few days, a month ("2023-02"), or nothing where the date is wider."""
    if one.begins is None or one.ends is None:
        return None
    if _width(one) <= _FEW:
        return one.begins.isoformat()
    if _width(one) <= 31 and one.begins.day == 1:
        return one.begins.isoformat()[:7]
    return None


def is_day(one: Dated) -> bool:
    return one.begins is not None and one.begins == one.ends


def form(text: str) -> str | None:
    """in-person, virtual or phone."""
    if _IN_PERSON.search(text):
        return "in-person"
    if _VIRTUAL.search(text):
        return "virtual"
    return "phone" if _PHONE.search(text) else None


def first_claim(text: str) -> str | None:
    """What it is the first in or since: "over a year", "since 2019"."""
    match = _FIRST.search(text)
    if match is None:
        return None
    what = " ".join(match.group("what").split())
    return f"since {what}" if match.group("lead").lower() == "since" else what


def place(marked: Marked, stretch: Stretch) -> str | None:
    """The city or economy that a meeting is "in" or, for a capitalised name, "at"."""
    doc = marked.doc
    for i in range(stretch.first, stretch.last):
        token = doc[i]
        to = token.lower_ == "to" and (lemma(token.head) in _TRAVEL or token.head.lower_ in _TRAVEL)
        if not (token.lower_ == "in" or to) or not doc[i + 1].text[:1].isupper():
            continue
        if token.dep_ != "prep" and not to:
            continue
        if token.head.pos_ == "VERB" and lemma(token.head) in (
            "detain",
            "arrest",
            "live",
            "base",
        ):
            continue
        if any(one.start <= doc[i + 1].idx < one.end
               for one in marked.dates_in_sentence.get(marked.sentence_of[i], ())):  # fmt: skip
            continue
        last = i + 1
        if doc[last].lower_ in _NO_PLACE or doc[last].pos_ not in ("PROPN", "NOUN", "ADJ"):
            continue
        while (
            last + 1 <= stretch.last
            and doc[last + 1].pos_ == "PROPN"
            and doc[last + 1].lower_ not in _NO_PLACE
        ):
            last += 1
        one = marked.of(doc[last])
        if one is not None and (one.kind in (GROUP, PERSON) or (one.kind != ECONOMY and one.name)):
            continue
        if last + 2 < len(doc) and doc[last + 1].text == ",":
            # "Woodside, California"
            region = doc[last + 2]
            alone = last + 3 < len(doc) and doc[last + 3].text in (",", ".", ")")
            if (
                region.pos_ == "PROPN"
                and marked.of(region) is None
                and alone
                and region.dep_ in _APPOSED
            ):
                last += 2
        return doc[i + 1 : last + 1].text
    return None


def occasion(marked: Marked, stretch: Stretch) -> str | None:
    """What a meeting is on the sidelines of: a group's name, else the occasion's own."""
    doc = marked.doc
    text = marked.plain
    start, end = doc[stretch.first].idx, _end(doc[stretch.last])
    groups = [
        m for m in marked.in_sentence.get(marked.sentence_of[stretch.first], ()) if m.kind == GROUP
    ]
    for match in _ON_SIDELINES.finditer(text, start, end):
        side = "sideline" in match.group().lower() or "margin" in match.group().lower()
        near = [
            g for g in groups if match.end() - 1 <= g.start <= match.end() + 12 and g.start < end
        ]
        if near:
            short = [g for g in groups if g.start >= near[0].start and g.start < near[0].end + 4]
            return min((_short(text[g.start : g.end]) for g in short), key=len)
        if side:
            named = _NAMED.match(text, match.end(), match.end() + 90)
            if named and any(word[:1].isupper() for word in named.group().split()):
                return named.group().strip()
    return None


@cache
def _abbreviations() -> dict[str, str]:
    return {row["name"]: row["short"] for row in table("parties_institutions.csv") if row["short"]}


def _short(name: str) -> str:
    """A group's usual abbreviation."""
    return _abbreviations().get(name, name)


def named_event(marked: Marked, noun: Token) -> str | None:
    """The name of a meeting that has one: "17th Joint Ministerial Economic Commission" (JMEC)."""
    doc = marked.doc
    first = noun.i
    while (
        first > 0
        and (doc[first - 1].text[:1].isupper() or doc[first - 1].text == "-")
        and doc[first - 1].dep_ in ("compound", "amod", "nmod", "punct", "poss")
        and not doc[first - 1].is_sent_start
    ):
        first -= 1
    if noun.text[:1].islower() or noun.i - first < 2:
        return None
    last = noun.i
    if (
        last + 3 < len(doc)
        and doc[last + 1].text == "("
        and doc[last + 3].text == ")"
        and doc[last + 2].is_upper
    ):
        return str(doc[last + 2].text)
    own = [t for t in doc[first : noun.i] if marked.of(t) is None and t.is_alpha]
    if all(t.lower_ in _COMMON for t in own):
        return None
    while (
        last + 2 < len(doc)
        and doc[last + 1].lower_ in ("on", "and", "of", "for")
        and doc[last + 2].text[:1].isupper()
    ):
        last += 2
    return doc[first : last + 1].text
