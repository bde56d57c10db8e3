"""Interests: what parties have in common and where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from comity.reader.clauses import evidence, phrase, reach
from comity.reader.marked import Marked
from comity.reader.phrases import Lexicon, table
from comity.reader.proposal import INTEREST, Evidence, Proposal
from comity.reader.reading import Register


@cache
def _lexicon() -> Lexicon[tuple[str, str]]:
    rows = table("interests.csv")
    return Lexicon([(row["phrase"], (row["id"], row["kind"])) for row in rows], {})


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each that says in what; one of a kind for all that do not."""
    bare: dict[str, tuple[str, list[Evidence]]] = {}
    upto = -1
    for start, end, (rule, kind) in _lexicon().find(marked.doc.text):
        if start < upto:
            continue
        upto = end
        span = marked.doc.char_span(start, end, alignment_mode="expand")
        if span is None:
            continue
        head = span.root
        last = max(span.end - 1, reach(head))
        topic = phrase(marked, span.end, last) if last >= span.end else None
        first = span.start
        # "handling differences": what is done with it belongs to it.
        if head.dep_ == "dobj" and head.head.tag_ == "VBG" and 0 < span.start - head.head.i <= 3:
            first = head.head.i
        found = evidence(marked, first, last)
        if topic is not None and topic.split()[0].lower() in ("on", "over", "in", "including"):
            yield Proposal(INTEREST, {"kind": kind, "about": topic}, (found,), rule)
        else:
            bare.setdefault(kind, (rule, []))[1].append(found)
    for kind, (rule, places) in bare.items():
        yield Proposal(INTEREST, {"kind": kind}, tuple(places), rule)
