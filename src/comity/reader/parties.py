"""Who is meant: names of economies, their people, capitals, institutions and groups in a text.

The base is the project's own table of economies; `data/parties_*.csv` add seats of government,
institutions, groups, and names that only look like a party ("South China Sea").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from comity.reader.marked import CAPITAL, DEMONYM, ECONOMY, GROUP, INSTITUTION
from comity.reader.phrases import table
from comity.words import economies

NONE = "none"
"""In the data, a name of the table of economies that mostly means something else."""
NOT = "not"
"""Kind of a name that is no party though it holds one's name."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: characters `start` to before `end`; `parties` is empty for a group."""

    start: int
    end: int
    kind: str
    parties: tuple[str, ...]


@lru_cache(maxsize=1)
def _names() -> dict[str, list[tuple[str, str, tuple[str, ...]]]]:
    """First word → the names that begin with it, longest first, with kind and parties."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for one in economies.all_economies():
        if one.code in economies.AGGREGATES or one.former:
            continue
        party = (one.code,)
        for seat in one.seats:
            found.setdefault(seat, (CAPITAL, party))
        for name in (one.name, *one.other_names):
            if "," not in name:
                found[name] = (ECONOMY, party)
        for name in one.demonyms:
            if name not in found:
                found[name] = (DEMONYM, party)
    for row in table("parties_names.csv"):
        if row["kind"] == NONE:
            found.pop(row["name"], None)
        else:
            found[row["name"]] = (row["kind"], (row["party"],))
    for row in table("parties_seats.csv"):
        found[row["name"]] = (CAPITAL, (row["party"],))
    for row in table("parties_institutions.csv"):
        if row["kind"] != "person":
            kind = GROUP if row["kind"] == "group" else INSTITUTION
            found[row["name"]] = (kind, (row["party"],) if row["party"] else ())
    for row in table("parties_not.csv"):
        found[row["name"]] = (NOT, ())
    by_first: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    for name, (kind, parties) in found.items():
        if len(name) < 2 or not name[0].isupper():
            continue
        first = _FIRST.match(name)
        if first is not None:
            by_first.setdefault(first.group(), []).append((name, kind, parties))
    for group in by_first.values():
        group.sort(key=lambda item: -len(item[0]))
    return by_first


_FIRST = re.compile(r"[^\W_]+")
_WORD = re.compile(r"(?<![^\W_])[A-ZÀ-Þ][^\W_]*")


def names(text: str) -> Iterator[Name]:
    """The names in a plain text, in order and without overlap; the longest at each place."""
    by_first = _names()
    upto = 0
    for match in _WORD.finditer(text):
        start = match.start()
        if start < upto:
            continue
        word = match.group()
        candidates = by_first.get(word)
        if candidates is None and word.isupper() and len(word) > 3:
            # Headlines in capitals: "CHINA AND JAPAN".
            name = word.capitalize()
            single = [one for one in by_first.get(name, ()) if one[0] == name]
            if single and single[0][1] in (ECONOMY, DEMONYM, CAPITAL):
                upto = match.end()
                yield Name(start, upto, single[0][1], single[0][2])
            continue
        for name, kind, parties in candidates or ():
            end = start + len(name)
            if not text.startswith(name, start):
                continue
            after = text[end : end + 1]
            if (
                after.isalnum()
                or after == "$"
                or (after == "." and len(name) < 3 and text[end + 1 : end + 2].isupper())
            ):
                continue
            upto = end
            yield Name(start, end, kind, parties)
            break


@lru_cache(maxsize=1)
def _heads() -> dict[str, str]:
    return {row["word"]: row["kind"] for row in table("parties_heads.csv")}


@lru_cache(maxsize=1)
def institution_heads() -> frozenset[str]:
    """Words such as "ministry" and "officials" that, with a party, act for it."""
    return frozenset(word for word, kind in _heads().items() if kind != "plural")


@lru_cache(maxsize=1)
def people_heads() -> frozenset[str]:
    """Those of them that are persons: "officials"."""
    return frozenset(word for word, kind in _heads().items() if kind == "people")


@lru_cache(maxsize=1)
def plural_heads() -> frozenset[str]:
    """Words such as "leaders" and "sides" that stand for several parties; "officials" do where
    their parties are told."""
    return frozenset(word for word, kind in _heads().items() if kind in ("plural", "people"))
