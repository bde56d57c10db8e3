"""Answers to questions: all that somebody says in a turn is a statement."""

from __future__ import annotations

from comity.reader.marked import Marked
from comity.reader.said import Said, Speaker

_LEAST = 5
"""Words that an answer has at least: "Yes, please" tells nothing."""


def answered(marked: Marked, found: list[Said]) -> list[Said]:
    """The statements found and the answers of the text, in its order; an answer in which a
    statement of the same speaker was found is not told twice."""
    out = list(found)
    for turn in marked.turns or ():
        name = turn.who.name or turn.who.role or ""
        within = [one for one in found if turn.start <= one.start < turn.end]
        own = [one for one in within if one.speaker.name == name]
        for one in own:
            one.mode, one.channel = "quote", one.channel or turn.channel
        words = marked.plain[turn.start : turn.end].split()
        if own or not turn.answers or len(words) < _LEAST:
            continue
        out.append(Said(speaker=Speaker(name, turn.who.parties), verb="answer", start=turn.start,
                        end=turn.end, mode="quote", partial=False, channel=turn.channel,
                        sentence=0, rule="statement.answer"))  # fmt: skip
    return sorted(out, key=lambda one: one.start)
