"""Finding a model's quotes in the document, and dropping what does not stand there.

A quote is looked for as it is, then with white space, quotation marks and dashes made plain; it
is never matched loosely. Entries and slots that fail a check are dropped and counted by reason.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from comity.reader.llm.prompt import (
    DAY,
    FLAG,
    NAMED,
    PARTIES,
    PARTY,
    PEOPLE,
    SLOTS,
    WORDS,
    allowed,
)
from comity.reader.normalise import plain
from comity.reader.parties import names
from comity.reader.proposal import MEASURE, MODEL, Evidence, Proposal
from comity.reader.reading import Given, Register

MOST_ENTRIES = 200
"""Entries taken from one answer."""

LONGEST_QUOTE, SHORTEST_QUOTE = 600, 8
LONGEST_VALUE, MOST_VALUES = 200, 20

NEEDED: Mapping[str, tuple[str, ...]] = {
    "meeting": ("parties",),
    "statement": ("speaker", "party"),
    "position": ("side", "act"),
    "issue": ("key",),
    "commitment": ("parties", "what"),
    "measure": ("imposer", "kind"),
    "interest": ("kind",),
    "hedge": (),
}
"""Slots without which an entry says nothing."""

Dropped = Counter[str]
"""How many entries or slots were dropped, by reason."""

_DAY = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_WORD = re.compile(r"[^\W_]+")


class _Drop(Exception):
    """The entry cannot be taken; the argument is the reason."""


@dataclass(frozen=True)
class Source:
    """The document as quotes and parties are looked up in it."""

    given: Given
    register: Register | None = None

    @cached_property
    def _plain(self) -> str:
        return plain(self.given.text)

    @cached_property
    def _squeezed(self) -> tuple[str, list[int]]:
        """The plain text with single spaces, and where each of its characters stands."""
        parts: list[str] = []
        at: list[int] = []
        space = True
        for index, char in enumerate(self._plain):
            if char.isspace():
                if not space:
                    parts.append(" ")
                    at.append(index)
                space = True
            else:
                parts.append(char)
                at.append(index)
                space = False
        return "".join(parts), at

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word.lower() for word in _WORD.findall(self._plain))

    @cached_property
    def parties(self) -> frozenset[str]:
        """Every party that the text names, that its reader was told of, or that a person on
        record who is named in it served on the day."""
        given = self.given
        found = {code for name in names(self._plain) for code in name.parties}
        found |= {code for code in (given.publisher, *(given.relation or ())) if code}
        for one in self.register.people if self.register is not None else ():
            if _serves(one.begins, one.ends, given.published) and any(
                plain(name) in self._plain for name in one.names if " " in name
            ):
                found.add(one.party)
        return frozenset(found)

    def find(self, quote: str, begin: int = 0, end: int | None = None) -> Evidence | None:
        """Where a quote first stands in characters `begin` to before `end`, word for word."""
        text = self.given.text
        stop = len(text) if end is None else end
        start = text.find(quote, begin, stop)
        if start >= 0:
            return Evidence(start, start + len(quote), quote)
        wanted = " ".join(plain(quote).split())
        squeezed, at = self._squeezed
        place = squeezed.find(wanted) if wanted else -1
        while place >= 0:
            start, last = at[place], at[place + len(wanted) - 1] + 1
            if start >= begin:
                return Evidence(start, last, text[start:last]) if last <= stop else None
            place = squeezed.find(wanted, place + 1)
        return None

    def says(self, value: str) -> bool:
        """Whether every word of a value stands somewhere in the text."""
        found = _WORD.findall(plain(value))
        return bool(found) and all(word.lower() in self.words for word in found)


def _serves(begins: dt.date | None, ends: dt.date | None, day: dt.date | None) -> bool:
    if day is None:
        return True
    return (begins is None or begins <= day) and (ends is None or day <= ends)


def entries_of(answer: str) -> list[Any] | None:
    """The list of entries in a model's answer; `None` where it is no JSON of the form asked for.

    A fence of Markdown around the JSON is borne with, words around it are not.
    """
    text = answer.strip()
    if text.startswith("```"):
        text = text.partition("\n")[2].rstrip().removesuffix("```")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    entries = data.get("entries") if isinstance(data, dict) else None
    return entries if isinstance(entries, list) else None


def proposals(
    entries: list[Any], source: Source, begin: int, end: int, dropped: Dropped
) -> list[Proposal]:
    """What can be taken of the entries found in characters `begin` to before `end`."""
    if len(entries) > MOST_ENTRIES:
        dropped["too many entries"] += len(entries) - MOST_ENTRIES
    found: list[Proposal] = []
    for entry in entries[:MOST_ENTRIES]:
        try:
            found.append(_proposal(entry, source, begin, end, dropped))
        except _Drop as reason:
            dropped[str(reason)] += 1
    return found


def _proposal(entry: Any, source: Source, begin: int, end: int, dropped: Dropped) -> Proposal:
    if not isinstance(entry, dict):
        raise _Drop("not an entry")
    kind, quote = entry.get("type"), entry.get("quote")
    if not isinstance(kind, str) or kind not in SLOTS:
        raise _Drop("unknown type")
    if not isinstance(quote, str) or not SHORTEST_QUOTE <= len(quote.strip()) <= LONGEST_QUOTE:
        raise _Drop("quote too short or too long")
    evidence = source.find(quote.strip(), begin, end)
    if evidence is None:
        raise _Drop("quote not in the document")
    told = entry.get("slots", {})
    if not isinstance(told, dict):
        raise _Drop("not an entry")
    slots: dict[str, Any] = {}
    for name, value in told.items():
        if value in (None, "", []):
            continue
        sort = SLOTS[kind].get(name)
        if sort is None:
            dropped["unknown slot"] += 1
            continue
        kept = _value(value, sort, source, everybody=kind == MEASURE and name == "target")
        if kept is None:
            dropped["unusable value"] += 1
        else:
            slots[name] = kept
    if any(name not in slots for name in NEEDED[kind]):
        raise _Drop("lacks a slot it needs")
    hedged = slots.pop("hedged", None) is True
    return Proposal(kind, slots, (evidence,), f"{MODEL}{kind}", hedged=hedged)


def _value(value: Any, sort: str, source: Source, *, everybody: bool) -> Any:
    """The value as a slot holds it, `None` where it cannot be taken. Raises `_Drop` for a party
    that the document does not name: whatever rests on it is not said there."""
    if closed := allowed(sort):
        return value if isinstance(value, str) and value in closed else None
    if sort == FLAG:
        return value if isinstance(value, bool) else None
    if sort in (PARTY, PARTIES):
        codes = _codes(value, source, everybody)
        return codes[0] if sort == PARTY and codes else codes
    if sort == PEOPLE:
        return _people(value, source)
    if not isinstance(value, str) or len(value) > LONGEST_VALUE:
        return None
    text = " ".join(value.split())
    if sort == DAY:
        return text if _is_day(text) else None
    if sort == NAMED:
        return text if source.says(text) else None
    return text if sort == WORDS and text else None


def _codes(value: Any, source: Source, everybody: bool) -> list[str] | None:
    several = value if isinstance(value, list) else [value]
    if len(several) > MOST_VALUES or not all(isinstance(one, str) for one in several):
        return None
    found = ["EUN" if one == "EU" else one for one in several]
    if everybody and found == ["all"]:
        return found
    if not set(found) <= source.parties:
        raise _Drop("party not in the document")
    return list(dict.fromkeys(found))


def _people(value: Any, source: Source) -> list[dict[str, str]] | None:
    if not isinstance(value, list) or len(value) > MOST_VALUES:
        return None
    found = []
    for one in value:
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str) or len(name) > LONGEST_VALUE or not source.says(name):
            return None
        person = {"name": " ".join(name.split())}
        role = one.get("role")
        if isinstance(role, str) and len(role) <= LONGEST_VALUE and source.says(role):
            person["role"] = " ".join(role.split())
        if codes := _codes(one["party"], source, everybody=False) if one.get("party") else None:
            person["party"] = codes[0]
        found.append(person)
    return found or None


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text if len(text) > len("2023-11") else f"{text}-01")
    except ValueError:
        return False
    return True
