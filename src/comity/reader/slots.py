"""Slots as people write them, on one line each, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from comity.record.yamlfile import parse_yaml
from comity.words.errors import InputError

_WIDE = 1_000_000


def slots_of(pairs: Sequence[str]) -> dict[str, Any]:
    """Slots from ``key=value`` words; an empty value empties the slot. Raises `InputError`."""
    slots: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise InputError(
                f"{pair!r} sets nothing", mend="write KEY=VALUE, such as on=2023-11-16"
            )
        slots[name.strip()] = value_of(value)
    return slots


def value_of(text: str) -> Any:
    """A value as typed: text, or a list or mapping in YAML's brackets; empty is `None`."""
    text = text.strip()
    if text[:1] in ("[", "{"):
        return bare(parse_yaml(text, "value"))
    return {"true": True, "false": False}.get(text, text or None)


def text_of_value(value: Any) -> str:
    """A value as one would type it: `value_of` gives it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        plain = list(value) if isinstance(value, tuple) else value
        return yaml.safe_dump(
            plain, default_flow_style=True, allow_unicode=True, sort_keys=False, width=_WIDE
        ).strip()
    return str(value)


def changed(before: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """The slots whose text was changed, by name. White space alone changes nothing."""
    out: dict[str, Any] = {}
    for name, text in typed.items():
        if " ".join(text.split()) != " ".join(text_of_value(before.get(name)).split()):
            out[name] = value_of(text)
    return out


def bare(value: Any) -> Any:
    """Values without their places."""
    if isinstance(value, Mapping):
        return {str(key): bare(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return {"true": True, "false": False, "null": None, "": None}.get(value, str(value))
