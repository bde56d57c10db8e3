"""Issues: the subjects of the closed list that a document speaks of, each once."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from functools import cache

from comity.reader.marked import Marked
from comity.reader.phrases import Lexicon, classes, table
from comity.reader.proposal import ISSUE, Evidence, Proposal
from comity.reader.reading import Register
from comity.words.text import tokens

_SHOWN = 5
"""Places shown of an issue, at most."""


@cache
def _lexicon() -> tuple[Lexicon[tuple[str, str]], Lexicon[str]]:
    """Phrases with (id, key), and the phrases that rule an entry out where they overlap it."""
    rows = table("issues.csv")
    unless = [
        (phrase.strip(), row["id"])
        for row in rows
        for phrase in row["unless"].split(";")
        if phrase.strip()
    ]
    known = classes()
    return Lexicon([(row["phrase"], (row["id"], row["key"])) for row in rows], known), Lexicon(
        unless, known
    )


def hits(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Every place that speaks of an issue: characters from and to, key and entry of the lexicon."""
    phrases, unless = _lexicon()
    barred: dict[str, list[tuple[int, int]]] = {}
    for start, end, entry in unless.find(text):
        barred.setdefault(entry, []).append((start, end))
    for start, end, (entry, key) in phrases.find(text):
        places = barred.get(entry, [])
        # The phrases that rule out are short: only those that begin a little before count.
        first = bisect.bisect_left(places, (start - 200, 0))
        last = bisect.bisect_left(places, (end, 0))
        if not any(until > start for _, until in places[first:last]):
            yield start, end, key, entry


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each key, on the places that speak of it, in the order of the text."""
    found: dict[str, list[tuple[int, int, str]]] = {}
    for start, end, key, entry in hits(marked.doc.text):
        places = found.setdefault(key, [])
        if len(places) < _SHOWN and not (places and start < places[-1][1]):
            places.append((start, end, entry))
    for key, places in found.items():
        evidence = tuple(Evidence(a, b, marked.original[a:b]) for a, b, _ in places)
        yield Proposal(
            ISSUE,
            {"key": key},
            evidence,
            rule=f"issue.{key}",
            matches=on_record(key, evidence, marked, register),
        )


def on_record(
    key: str, evidence: tuple[Evidence, ...], marked: Marked, register: Register
) -> tuple[str, ...]:
    """Issues on record of the same key, or named by a passage in most words of a name; with a party
    in common where the issue has parties."""
    if not register.issues:
        return ()
    said = set(tokens(" ".join(one.quote for one in evidence))) | set(key.split("-"))
    parties = {party for mention in marked.mentions for party in mention.parties}
    found = []
    for issue in register.issues:
        if issue.parties and parties.isdisjoint(issue.parties):
            continue
        if issue.key == key:
            found.append((-2.0, issue.id))
            continue
        shares = [
            len(said.intersection(words)) / len(words)
            for name in issue.names
            if (words := set(tokens(name)))
        ]
        if shares and max(shares) >= 0.75:
            found.append((-max(shares), issue.id))
    return tuple(ident for _, ident in sorted(found))
