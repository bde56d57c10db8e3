"""Entries as plain values (what JSON holds) in the form that the checks take.

The checks are written for YAML, where every scalar is text and the vocabulary decides what it
means. Plain values are laid out in the same way, so that both doors have one set of checks.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from comity.record.yamlfile import MAX_DEPTH, MAX_VALUES, Mapping, Sequence, Text
from comity.words.errors import ValidationError

_NOWHERE: Any = None
"""The line of a value that was not read from a file."""


def laid_out(value: Any) -> Any:
    """Mappings, lists and scalars as `Mapping`, `Sequence` and `Text`, without lines.

    Raises `ValidationError` for null (nothing known is a field left out), for what is nested deeper
    than a file may be, and for more values than one may have.
    """
    return _Layout().value(value, 1)


class _Layout:
    def __init__(self) -> None:
        self.count = 0

    def value(self, value: Any, depth: int) -> Any:
        self.count += 1
        if self.count > MAX_VALUES:
            raise ValidationError(f"more than {MAX_VALUES:,} values", mend="send it in parts")
        if isinstance(value, dict | list) and depth > MAX_DEPTH:
            raise ValidationError(f"nested more than {MAX_DEPTH} deep", mend="flatten it")
        if isinstance(value, dict):
            made = Mapping()
            made.line = made.column = _NOWHERE
            made.key_lines = dict.fromkeys(map(str, value), _NOWHERE)
            made.key_columns = dict.fromkeys(map(str, value), _NOWHERE)
            for key, inner in value.items():
                made[str(key)] = self.value(inner, depth + 1)
            return made
        if isinstance(value, list | tuple):
            listed = Sequence(self.value(inner, depth + 1) for inner in value)
            listed.line = listed.column = _NOWHERE
            return listed
        return _scalar(value)


def _scalar(value: Any) -> Text:
    if value is None:
        raise ValidationError(
            "null is no value", mend="leave the field out; a revision drops it with remove"
        )
    if isinstance(value, bool):
        written = "true" if value else "false"
    elif isinstance(value, str):
        written = value
    elif isinstance(value, int | float | Decimal):
        written = str(value)
    else:
        raise ValidationError(f"{type(value).__name__} is no value of JSON", mend="write text")
    text = Text(written)
    text.line = text.column = _NOWHERE
    text.plain = not isinstance(value, str)
    return text
