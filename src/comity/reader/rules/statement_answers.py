"""Answers to questions: all that somebody says in a turn is a statement."""

from __future__ import annotations

from comity.reader.marked import Marked
from comity.reader.said import Said, Speaker

_LEAST = 5
"""Words that an answer has at least: "Yes, please" tells nothing."""


def answered(marked: Marked, found: list[Said]) -> list[Said]:
    """The statements found and the answers of the text, in its order; of an answer in which
    statements of the same speaker were found, what else it says, where that is most of it."""
    out = list(found)
    for turn in marked.turns or ():
        name = turn.who.name or turn.who.role or ""
        within = [one for one in found if turn.start <= one.start < turn.end]
        own = [one for one in within if one.speaker.name == name]
        for one in own:
            one.mode, one.channel = "quote", one.channel or turn.channel
        start, end = _rest(turn.start, turn.end, own)
        words = len(marked.plain[start:end].split())
        little = bool(own) and 2 * (end - start) < turn.end - turn.start
        if little or not turn.answers or words < _LEAST:
            continue
        out.append(Said(speaker=Speaker(name, turn.who.parties), verb="answer", start=start,
                        end=end, mode="quote", partial=False, channel=turn.channel, sentence=0,
                        rule="statement.answer"))  # fmt: skip
    return sorted(out, key=lambda one: one.start)


def _rest(start: int, end: int, own: list[Said]) -> tuple[int, int]:
    """The longer of what stands before and after the statements found in an answer."""
    if not own:
        return start, end
    first, last = min(one.start for one in own), max(one.end for one in own)
    return (start, first) if first - start > end - last else (last, end)
