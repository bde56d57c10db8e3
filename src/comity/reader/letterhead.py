"""Whose paper a text is, by the lines at its head: "GOVERNMENT OF INDIA", "Ministry of Commerce of
the People's Republic of China"."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from comity.reader import parties
from comity.reader.marked import DEMONYM, ECONOMY, INSTITUTION, Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_SOCIETIES = frozenset(("association", "federation", "chamber", "society", "directorate"))
_LINES = 10
_LONGEST = 100
"""Characters of a line that can be a head's; text that runs on is longer or ends like one."""
_SMALL = 3
"""Letters of words that have small letters in any title."""
_CLEAR = 1.5
"""How many times more often than any other a party is named that a text is at home with."""
_WORD = re.compile(r"[^\W\d_]+")


def own_party(plain: str) -> str | None:
    """The one party whose institutions sign at the head of a text; `None` where none or two do."""
    heads = parties.institution_heads() | _SOCIETIES
    found: set[str] = set()
    lines = [line.strip() for line in plain[:2000].split("\n") if line.strip()][:_LINES]
    # The first line is a title, which may name anybody's ministry.
    for line in lines[1:]:
        if len(line) > _LONGEST:
            break
        if line.endswith((".", ":", ";", "?")):
            continue
        said = _WORD.findall(line)
        said = [word for word in said if len(word) > _SMALL]
        capital = sum(word[:1].isupper() for word in said)
        names = list(parties.names(line))
        office = any(word.lower() in heads for word in said)
        if not said or capital < 0.6 * len(said) or not names:
            continue
        own = {p for one in names if one.kind in (ECONOMY, DEMONYM, INSTITUTION)
               for p in one.parties}  # fmt: skip
        if (office or any(one.kind == INSTITUTION for one in names)) and len(own) == 1:
            found |= own
    return next(iter(found)) if len(found) == 1 else None


def home(names: Sequence[Mention], doc: Doc, lead: int) -> str | None:
    """The party that a text is at home with, whose ministers and ministries it names without their
    country: a subject of its first sentences (up to token `lead`) that it names most of all."""
    counts = Counter(p for one in names if one.kind in (ECONOMY, DEMONYM) for p in one.parties)
    begins = bool(names) and names[0].first == 0 and len(doc) > names[0].last + 1
    if begins and doc[names[0].last + 1].text == ":" and len(names[0].parties) == 1:
        # "Kenya: Duty on rice"
        return names[0].parties[0]
    ends = [s.end for s in itertools.islice(doc.sents, 2)]
    first_acts, then_acts = (
        {p for one in names if begin <= one.first < end and _acts(doc[one.last])
         for p in one.parties}
        for begin, end in zip([0, *ends], [*ends, 0, 0][:2], strict=False)
    )  # fmt: skip
    if len(first_acts) == 1 and first_acts == then_acts:
        # The headline and the first sentence tell of the same party's doing.
        return next(iter(first_acts))
    acting = {
        p
        for one in names
        if one.first < lead and (_acts(doc[one.last]) or doc[one.last].dep_ == "poss")
        for p in one.parties
    }
    (first, most), *rest = [*counts.most_common(2), (None, 0)][:2] if counts else [(None, 0)]
    second = rest[0][1] if rest else 0
    return first if first in acting and most >= _CLEAR * second else None


def _acts(token: Token) -> bool:
    """Whether a token is a subject, or joined to one."""
    return token.dep_ == "nsubj" or (token.dep_ == "conj" and token.head.dep_ == "nsubj")
