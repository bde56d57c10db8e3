"""Scopes as written in entries, with the groups on record opened into their members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from comity.record.entry import Entry
from comity.record.references import group_members
from comity.words.errors import NotFound
from comity.words.scope import Scope

Get = Callable[[str], Entry | None]


def opened(codes: Iterable[str], field: str, get: Get) -> tuple[str, ...]:
    """The codes with every ``@group`` replaced by its members for one field, each once."""
    out: list[str] = []
    for code in codes:
        if not code.startswith("@"):
            out.append(code)
            continue
        group = get(code[1:])
        if group is None:
            raise NotFound(f"there is no group {code}", mend="comity find shows groups by name")
        out.extend(group_members(group, field))
    return tuple(dict.fromkeys(out))


def scope_of(value: dict[str, Any] | None, field: str, get: Get) -> Scope:
    """A `Scope` from its canonical form; `field` is ``areas`` or ``economies``; None means all."""
    if value is None or value.get("all"):
        return Scope.all()
    if "only" in value:
        return Scope.only(opened(value["only"], field, get))
    except_known = isinstance(value.get("all_except"), list)
    if except_known and not value.get("includes") and not value.get("excludes"):
        return Scope.all_except(opened(value["all_except"], field, get))
    return Scope.unknown(
        excepting="all_except" in value,
        count=value.get("count"),
        includes=opened(value.get("includes", ()), field, get),
        excludes=opened(value.get("excludes", ()), field, get),
    )
