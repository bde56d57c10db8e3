"""A measure that is only proposed: read from a file, checked like one on record, never stored."""

from __future__ import annotations

from pathlib import Path

from comity.record.entry import Entry
from comity.record.validate import Checker, raise_problems
from comity.record.yamlfile import Mapping, Text, read_yaml
from comity.words.errors import Place, ValidationError

NO_ACT = "proposal"
"""Stands where an entry on record names the act and the source that made it."""


def proposed(path: Path) -> list[Entry]:
    """The measures of a file in the form of the record (see the vocabulary), without an act or a
    source, which a proposal has not. Raises `FileError`, and `ValidationError` with line and field
    for what the record would not take either."""
    raw = read_yaml(path)
    items = [raw] if isinstance(raw, Mapping) else raw
    if isinstance(items, list):
        for item in items:
            if isinstance(item, Mapping):
                _complete(item)
    checker = Checker(str(path))
    written = checker.entries(raw)
    raise_problems(checker.problems, str(path))
    for one in written:
        if one.entry.kind != "measure":
            raise ValidationError(
                f"{one.entry.id} is of the kind {one.entry.kind}",
                where=Place(file=str(path), entry=one.entry.id),
                mend="a proposal is a measure: kind: measure",
            )
    return [one.entry for one in written]


def _complete(item: Mapping) -> None:
    for name, value in (("kind", "measure"), ("id", NO_ACT), ("made_by", NO_ACT)):
        if name not in item:
            text = Text(value)
            text.line, text.column, text.plain = item.line, item.column, True
            item[name] = text
            item.key_lines[name] = item.line
            item.key_columns[name] = item.column
