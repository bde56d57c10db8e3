"""What a title tells of who bears it, and how a name is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

TOP = frozenset(("president", "premier", "minister", "chancellor", "taoiseach", "king"))
"""Heads of state and of government, and those who share a word with them."""
SPOKEN = frozenset(("spokesperson", "spokesman", "spokeswoman"))

SHORT = {
    "evp": "executive vice-president",
    "sos": "secretary of state",
    "pm": "prime minister",
    "fm": "foreign minister",
}
"""Titles by their initials, and in full."""

_EXACT = 2
"""Words of a title that are enough to know somebody by: "trade minister", not "minister"."""


class Officer(Protocol):
    """Somebody with an office: what it is called and whom it serves."""

    @property
    def role(self) -> str | None: ...

    @property
    def parties(self) -> tuple[str, ...]: ...


def named_later(role: str, people: Iterable[Officer]) -> tuple[str, ...]:
    """The party of "the trade minister" whom a lead does not name, but the text does later."""
    *field, head = role.split()
    if len(field) + 1 < _EXACT:
        return ()
    same = (role, f"{head} of {' '.join(field)}")
    fits = {who.parties for who in people if who.parties and (who.role or "").lower() in same}
    return next(iter(fits)) if len(fits) == 1 else ()


def speaks_for(role: str) -> bool:
    """Whether a role is that of somebody who speaks for an institution named elsewhere."""
    said = role.lower().split()
    return said[-1] in SPOKEN and not {"opposition", "shadow", "party"} & set(said)


def is_top(role: str) -> bool:
    """Whether a role is that of a head of state or of government."""
    said = role.lower().split()
    return bool(TOP & set(said)) and len(said) < 3 and "for" not in said


def is_head(role: str) -> bool:
    """Whether a role is that of a head, not one that a minister shares a word with."""
    said = role.lower().split()
    return is_top(role) and (said[-1] != "minister" or said[0] == "prime")


def shown(name: str | None) -> str | None:
    """A name with surnames in capitals written as others are: "Namazu Hiroyuki"."""
    if name is None or " " not in name:
        return name
    words = [
        w.capitalize() if w.isupper() and len(w) > 2 and w.isalpha() else w for w in name.split()
    ]
    return " ".join(words)
