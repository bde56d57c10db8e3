"""Reading: a text in, proposals out.

`read` checks that the text is English, marks it once, asks every rule, and puts in order what they
propose. It keeps nothing, opens no file of the user's and no address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from comity.documents.language import UNKNOWN, language_name, language_of, languages
from comity.reader import marking
from comity.reader.background import marked_background
from comity.reader.known import told_roles
from comity.reader.marked import Marked
from comity.reader.proposal import (
    COMMITMENT,
    HEDGE,
    MEETING,
    POSITION,
    STATEMENT,
    Evidence,
    Proposal,
)
from comity.reader.reading import Given, Read, Register
from comity.reader.rules import (
    commitments,
    hedges,
    indicators,
    interests,
    issues,
    measures,
    meetings,
    persons,
    positions,
    statements,
)
from comity.reader.rules.issues_told import by_measures

Rule = Callable[[Marked, Register], Iterator[Proposal]]

RULES: tuple[Rule, ...] = (
    meetings.propose,
    statements.propose,
    positions.propose,
    issues.propose,
    commitments.propose,
    measures.propose,
    interests.propose,
    hedges.propose,
    indicators.propose,
    persons.propose,
)
"""Every rule, in the order in which they are asked."""

LONGEST = 1_000_000
"""Characters that are read; what follows is left out, and the reading says so."""
_ENGLISH = "en"
_SHORT = 60
"""Words below which a text has the benefit of the doubt."""
_SURE = 3
"""Different small words by which even a short text shows its language."""
_MIXED = 0.8
"""Share of a text that is English, below which the reading says that the rest is not."""
_HEDGEABLE = (MEETING, POSITION, COMMITMENT)
_RETOLD = (STATEMENT, POSITION, COMMITMENT)
"""What a headline tells shortly and the text tells in full."""
_HEADLINE = 200
"""Characters of a headline, at most."""
_UNDER = 0.6
"""Share of a passage that must lie under a hedge for its entry to be uncertain."""


def read(given: Given, register: Register) -> Read:
    """What a text says that could be record, by the place where it says it.

    A text in another language, or with no words, gives no proposals and says so in `problem`.
    """
    notes: list[str] = []
    text = given.text
    words = _words(text)
    if words == 0:
        return Read((), 0, UNKNOWN, problem="there are no words in the text")
    language, share = language_of(text)
    if words < _SHORT and _doubtful(text, language):
        language, share = UNKNOWN, 0.0
    if language not in (_ENGLISH, UNKNOWN):
        found = f"the text is in {language_name(language)}; only English is read"
        return Read((), words, language, problem=found)
    if language == _ENGLISH and share < _MIXED:
        notes.append("parts of the text are not in English; nothing is proposed from them")
    if len(text) > LONGEST:
        notes.append(f"only the first {LONGEST} of {len(text)} characters were read")
        given = replace(given, text=text[:LONGEST])
    marked = marking.mark(given, register)
    found_all = [one for rule in RULES for one in rule(marked, register)]
    found_all += by_measures(found_all, marked, register)
    told = told_roles(_distinct(_told(marked, found_all)), marked, register)
    proposals = _ordered(marked_background(marked, _hedged(list(told))))
    return Read(tuple(proposals), words, language, notes=tuple(notes))


def _doubtful(text: str, language: str) -> bool:
    """Whether a short text shows too few different small words of a language to be in it: names
    and a verb such as "met", which is Dutch as well."""
    known = languages().get(language)
    if known is None or language == _ENGLISH or known.script != "latin":
        return False
    return len(known.words & set(text.casefold().split())) < _SURE


def _words(text: str) -> int:
    """How many runs of characters between spaces hold a letter."""
    return sum(any(map(str.isalpha, part)) for part in text.split())


def _distinct(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Proposals without those that say what another says of the same words; the first stays."""
    kept: list[Proposal] = []
    by_slots: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for one in proposals:
        held = by_slots[one.type, repr(sorted(one.slots.items(), key=lambda item: item[0]))]
        main = one.evidence[0]
        if not any(main.start < other.end and other.start < main.end for other in held):
            held.append(main)
            kept.append(one)
    return kept


def _told(marked: Marked, proposals: list[Proposal]) -> list[Proposal]:
    """Proposals without those of the headline that the text itself tells again."""
    head = marked.given.text.find("\n")
    if head < 0 or head > _HEADLINE or marked.given.text[:head].rstrip().endswith((".", ":")):
        return proposals
    below = {(one.type, _whose(one)) for one in proposals if one.evidence[0].start > head}
    return [
        one
        for one in proposals
        if one.evidence[0].end > head
        or one.type not in _RETOLD
        or (one.type, _whose(one)) not in below
    ]


def _whose(one: Proposal) -> str:
    """The parties of an entry, in one order."""
    value = one.slots.get("party") or one.slots.get("side") or one.slots.get("parties") or ""
    return " ".join(sorted(value if isinstance(value, list) else [str(value)]))


def _hedged(proposals: list[Proposal]) -> list[Proposal]:
    """Mark what lies under a hedge as uncertain, with the cue."""
    hedges_ = sorted(
        ((one.evidence[0].start, one.evidence[0].end, one.cue) for one in proposals
         if one.type == HEDGE),
        key=lambda span: span[:2],
    )  # fmt: skip
    # Hedges of one text seldom overlap: where they do, the later one begins the next span.
    spans = [(a, min(b, c), cue) for (a, b, cue), (c, _, _) in pairwise(hedges_)] + hedges_[-1:]
    out = []
    at = 0
    for one in _ordered(proposals):
        main = one.evidence[0]
        while at < len(spans) and spans[at][1] <= main.start:
            at += 1
        if one.type in _HEDGEABLE and not one.hedged:
            cue = _cue_over(main, spans, at)
            if cue is not None:
                one = replace(one, hedged=True, cue=cue)
        out.append(one)
    return out


def _cue_over(main: Evidence, spans: list[tuple[int, int, str | None]], at: int) -> str | None:
    while at < len(spans) and spans[at][0] < main.end:
        start, end, cue = spans[at]
        if min(end, main.end) - max(start, main.start) >= _UNDER * (main.end - main.start):
            return cue
        at += 1
    return None


def _ordered(proposals: Iterable[Proposal]) -> list[Proposal]:
    return sorted(proposals, key=lambda one: (one.evidence[0].start, one.evidence[0].end))
