"""A statement while it is put together, and what its speaker is called."""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.reader.marked import PERSON, Marked, Mention
from comity.reader.proposal import Evidence


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks; more than one party for "both leaders"."""

    name: str
    parties: tuple[str, ...]


@dataclass
class Said:
    """One act of speaking; characters `start` to before `end` tell it, `more` goes on with it."""

    speaker: Speaker
    verb: str
    start: int
    end: int
    mode: str
    partial: bool
    channel: str | None
    sentence: int
    rule: str
    more: list[Evidence] = field(default_factory=list)


def called(one: Mention, marked: Marked) -> str:
    """What a speaker is called: the name, else the role, else the words used."""
    if one.name is not None:
        return one.name
    if one.kind == PERSON and one.role:
        return one.role
    return marked.original[one.start : one.end]
