"""What of an entry is found by words, folded so that case and diacritics do not matter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from comity.record.entry import Entry
from comity.words.text import tokens
from comity.words.vocabulary import kinds

_SEARCHED = {"labels", "text", "@entity", "@participant", "@office", "@exemption", "@condition"}
_UNSEARCHED_FIELDS = {"rows", "access"}


def search_text(entry: Entry) -> str:
    """The words by which an entry is found, folded: its id, labels, texts, names of codes."""
    return " ".join(tokens(" ".join(_texts(entry))))


def _texts(entry: Entry) -> Iterator[str]:
    yield entry.id.replace("-", " ")
    fields = kinds()[entry.kind].fields
    for name, claims in entry.body.items():
        row = fields.get(name)
        if row is None or row.base not in _SEARCHED or name in _UNSEARCHED_FIELDS:
            continue
        for data in claims:
            yield from _strings(data["value"])
    yield from _codes(entry)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _codes(entry: Entry) -> Iterator[str]:
    """Names of economies and areas the entry names, so that places are found by words."""
    from comity.words.areas import area
    from comity.words.economies import economy

    for target in sorted({target for _, target in entry.references}):
        if len(target) == 3 and target.isupper():
            yield economy(target).name
        elif len(target) > 3 and target[2] == "-" and target[:2].isupper():
            yield area(target).name
