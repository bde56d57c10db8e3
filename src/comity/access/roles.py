"""The roles, each of which may do what those before it may."""

from __future__ import annotations

from comity.words.errors import InputError, Place

ROLES = ("reader", "reviewer", "editor")
"""A reader reads and starts runs; a reviewer decides on proposals; an editor writes entries."""


def reaches(role: str, needed: str) -> bool:
    """May one of `role` do what needs `needed`?"""
    return ROLES.index(role) >= ROLES.index(needed)


def checked_role(role: str) -> str:
    """The role, if it is one. Raises `InputError`."""
    if role not in ROLES:
        raise InputError(
            f"there is no role {role!r}",
            where=Place(field="role"),
            mend="one of: " + ", ".join(ROLES),
        )
    return role
