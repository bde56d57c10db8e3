"""Questions and answers: whose words a paragraph is that begins with a name and a colon.

"Spokesperson: We oppose this." The words of somebody who answers are his, and "we" in them is his
party; those of whoever asks are nobody's statement.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from comity.reader.marked import PERSON, Mention
from comity.reader.people import same_person

_LABEL = re.compile(r"(?m)^[ \t]*(?P<label>[A-Z][^\n:.?!\u201c\"]{0,78}?)[ \t]?:[ \t\n]+(?=\S)")
_HEAD = 300
_OCCASION = re.compile(r"\b(?:press|news|media) (?:conference|briefing)\b|\binterview\b", re.I)
_LEAST = 2
"""Turns that somebody has at least in a text of questions and answers."""
_WORDS = 6
"""Words of a label, at most, beside a name in it: more is a sentence before a list."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Characters `start` to before `end` that somebody speaks, the label left out; `channel` where
    the head of the text tells it; `answers` whether somebody else spoke before."""

    start: int
    end: int
    who: Mention
    channel: str | None
    answers: bool


class Turns:
    """The turns of those who answer, in the order of the text."""

    def __init__(self, plain: str, mentions: Sequence[Mention],
                 people: Mapping[str, Mention]) -> None:  # fmt: skip
        self._turns = list(_turns(plain, mentions, people))
        self._starts = [one.start for one in self._turns]

    def __iter__(self) -> Iterator[Turn]:
        return iter(self._turns)

    def at(self, char: int) -> Turn | None:
        """The turn that a place lies in."""
        at = bisect_right(self._starts, char) - 1
        return self._turns[at] if at >= 0 and char < self._turns[at].end else None


def _turns(plain: str, mentions: Sequence[Mention], people: Mapping[str, Mention]
           ) -> Iterator[Turn]:  # fmt: skip
    labels = list(_LABEL.finditer(plain))
    if len({one.group("label") for one in labels}) < _LEAST:
        return
    whose = [_whose(one, mentions, people) for one in labels]
    times = Counter(_key(who) for who in whose if who is not None)
    occasion = _OCCASION.search(plain, 0, _HEAD)
    channel = occasion.group().lower() if occasion is not None else None
    ends = [one.start() for one in labels[1:]] + [len(plain)]
    before = [None, *(one.group("label") for one in labels)]
    for label, who, end, last in zip(labels, whose, ends, before, strict=False):
        if who is not None and times[_key(who)] >= _LEAST:
            answers = last is not None and last != label.group("label")
            yield Turn(label.end(), end, who, channel, answers)


def _whose(label: re.Match[str], mentions: Sequence[Mention], people: Mapping[str, Mention]
           ) -> Mention | None:  # fmt: skip
    """The person of a label, where the text tells whom that person serves."""
    said = label.group("label").strip()
    start, end = label.start("label"), label.end("label")
    if len(said.split()) > _WORDS:
        return None
    at = bisect_right(mentions, start, key=lambda one: one.end)
    for one in mentions[at : at + 3]:
        if one.start >= end:
            break
        if one.kind == PERSON and one.parties and (one.name or one.role):
            return one
    named = [one for name, one in people.items() if same_person(said, name) and one.parties]
    return named[0] if len(named) == 1 and " " in said else None


def _key(who: Mention) -> str:
    return who.name or who.role or ""
