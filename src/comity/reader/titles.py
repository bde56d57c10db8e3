"""What a title tells of who bears it, and how a name is shown."""

from __future__ import annotations

TOP = frozenset(("president", "premier", "minister", "chancellor", "taoiseach", "king"))
"""Heads of state and of government, and those who share a word with them."""
SPOKEN = frozenset(("spokesperson", "spokesman", "spokeswoman"))


def speaks_for(role: str) -> bool:
    """Whether a role is that of somebody who speaks for an institution named elsewhere."""
    said = role.lower().split()
    return said[-1] in SPOKEN and not {"opposition", "shadow", "party"} & set(said)


def is_top(role: str) -> bool:
    """Whether a role is that of a head of state or of government."""
    said = role.lower().split()
    return bool(TOP & set(said)) and len(said) < 3 and "for" not in said


def shown(name: str | None) -> str | None:
    """A name with surnames in capitals written as others are: "Namazu Hiroyuki"."""
    if name is None or " " not in name:
        return name
    words = [
        w.capitalize() if w.isupper() and len(w) > 2 and w.isalpha() else w for w in name.split()
    ]
    return " ".join(words)
