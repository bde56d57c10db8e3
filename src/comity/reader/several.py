"""Texts of more than two parties: who speaks in a joint text, and the blocks that it names.

"Joint statement of the ministers of A, B and C" is by all three; "A and B, Member States of the
European Free Trade Association (EFTA)" tells who "the EFTA States" are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from comity.reader.marked import ECONOMY, Mention

if TYPE_CHECKING:
    from spacy.tokens import Doc

_FIRST = 6
"""Sentences in which a joint text names all who speak in it."""
_GAP = 6
"""Words between two names of one list, at most: "A, the Kingdom of B"."""
_MEMBERS = re.compile(
    r",?\s+(?:the\s+)?(?:[Mm]ember [Ss]tates|[Ss]tates [Pp]arties|[Mm]embers|[Pp]arties)"
    r"\s+(?:of|to)\s+(?:the\s+)?(?P<name>[A-Z][\w-]*(?:\s+[A-Z][\w-]*){0,4})"
    r"(?:\s+\(\W{0,2}(?P<short>[A-Z][A-Za-z]+)\W{0,2}\))?"
)
_MEMBER_WORDS = r"(?:[Mm]ember\s+)?(?:[Ss]tates|[Cc]ountries|[Mm]embers|[Pp]arties|[Ss]ide)"
_WITHIN = frozenset(("DET", "CCONJ", "PUNCT", "PROPN", "ADJ", "NOUN", "SPACE"))
_OF = frozenset(("of",))


def blocks(plain: str, doc: Doc, names: Sequence[Mention]) -> dict[str, tuple[str, ...]]:
    """The members of a group by its name and its short name, where the text lists them."""
    found: dict[str, tuple[str, ...]] = {}
    for run in _runs(doc, names):
        match = _MEMBERS.match(plain, run[-1].end)
        if match is None or len(run) < 2:
            continue
        members = _parties(run)
        for name in (match.group("name"), match.group("short")):
            if name:
                found.setdefault(name, members)
    return found


def together(doc: Doc, names: Sequence[Mention], told: dict[str, tuple[str, ...]],
             ) -> tuple[str, ...]:  # fmt: skip
    """The parties, three or more, that the head of a joint text lists; empty where it lists two or
    none. Two blocks listed in one sentence speak together."""
    ends = [s.end for s in itertools.islice(doc.sents, _FIRST)]
    head = [one for one in names if ends and one.first < ends[-1]]
    best: tuple[str, ...] = ()
    for _, one_sentence in itertools.groupby(head, key=lambda one: _number(one, ends)):
        runs = [_parties(run) for run in _runs(doc, list(one_sentence))]
        listed = [run for run in runs if run in told.values()]
        if len(listed) > 1:
            return tuple(dict.fromkeys(p for run in listed for p in run))
        best = max((best, *runs), key=len)
    return best if len(best) > 2 else ()


def named(plain: str, told: dict[str, tuple[str, ...]]) -> Iterator[tuple[int, int, str]]:
    """Where a text names the members of its blocks, "the EFTA States": start, end and the block."""
    if not told:
        return
    names = "|".join(re.escape(name) for name in sorted(told, key=len, reverse=True))
    for match in re.finditer(rf"\b({names})\s+{_MEMBER_WORDS}\b", plain):
        yield match.start(), match.end(), match.group(1)


def _number(one: Mention, ends: Sequence[int]) -> int:
    return next(number for number, end in enumerate(ends) if one.first < end)


def _runs(doc: Doc, names: Sequence[Mention]) -> list[list[Mention]]:
    """Names of economies that stand in one list: nothing but commas, "and" and forms of state such
    as "the Republic of" between them."""
    runs: list[list[Mention]] = []
    for one in names:
        if one.kind != ECONOMY or len(one.parties) != 1:
            continue
        before = runs[-1][-1] if runs else None
        gap = doc[before.last + 1 : one.first] if before is not None else None
        if gap is not None and 0 < len(gap) <= _GAP and all(
            t.pos_ in _WITHIN or t.lower_ in _OF for t in gap
        ) and any(t.lower_ in (",", "and", "&") for t in gap) and not any(
            t.text in (".", ";", ":", "–") for t in gap
        ):  # fmt: skip
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _parties(run: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.parties[0] for one in run))
