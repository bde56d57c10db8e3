"""Entries and claims.

An *entry* (a meeting, a measure …) is a permanent id, a kind, and claims. A *claim* says one thing
about it: a field, a value, the days of the world on which it holds, and what it rests on. The body
of an entry in its canonical form is ``{field: [claim, …]}`` with each claim a mapping that has
``value`` and only those other keys that were given; that form is stored, hashed and exported.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from comity.words.time import DayRange
from comity.words.vocabulary import Field, kinds, subrecord

Body = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim of an entry: `data` is its canonical mapping (``value`` and what goes with it)."""

    field: str
    data: dict[str, Any]

    @property
    def value(self) -> Any:
        return self.data["value"]

    def get(self, key: str, default: Any = None) -> Any:
        return self.data.get(key, default)

    def day(self, key: str) -> DayRange | None:
        """A day of the claim's own keys (``from``, ``until``, ``announced`` …), if given."""
        text = self.data.get(key)
        return None if text is None else DayRange.parse(text)


@dataclass(frozen=True, slots=True)
class Revision:
    """One line of the append-only log: who wrote what, when and why.

    `recorded` is the author's UTC instant and travels with packs; `received` is the store's own
    rising number; `supersedes` is the `received` of the revision before (0 for the first).
    """

    received: int
    entry: str
    kind: str
    op: str
    recorded: dt.datetime
    author: str
    accepted_by: str
    why: str
    pack: str | None
    pack_version: str | None
    sha256: str
    supersedes: int


@dataclass(frozen=True)
class Entry:
    """An entry as some revision has it. `revision` is None where it is not stored yet."""

    id: str
    kind: str
    body: Body
    revision: Revision | None = None

    def claims(self, field: str) -> tuple[Claim, ...]:
        """All claims of a field, in the order written."""
        return tuple(Claim(field, data) for data in self.body.get(field, ()))

    def all_claims(self) -> Iterator[Claim]:
        for field, claims in self.body.items():
            for data in claims:
                yield Claim(field, data)

    def claim(self, field: str) -> Claim | None:
        """The last claim of a field as written; views choose by day, this does not."""
        claims = self.body.get(field)
        return Claim(field, claims[-1]) if claims else None

    def value(self, field: str, default: Any = None) -> Any:
        """The value of `claim(field)`."""
        claims = self.body.get(field)
        return claims[-1]["value"] if claims else default

    def list(self, field: str) -> list[Any]:
        """The value of a field that holds many, empty where it is not given."""
        value = self.value(field)
        return value if isinstance(value, list) else [] if value is None else [value]

    def day(self, field: str) -> DayRange | None:
        """The value of a field of type day."""
        text = self.value(field)
        return None if text is None else DayRange.parse(text)

    def text(self, field: str, lang: str = "en") -> str:
        """The value of a field of labels in a language, else in English; "" if not given."""
        return label_text(self.value(field), lang)

    @cached_property
    def title(self) -> str:
        """What to call the entry."""
        for name in ("title", "name", "holds", "says", "owes"):
            text = self.text(name)
            if text:
                return text
        return self.id

    @property
    def main_day(self) -> DayRange | None:
        """The day that places the entry in time, by its kind; None where it has none."""
        field = kinds()[self.kind].date_field
        return self.day(field) if field else None

    @cached_property
    def references(self) -> tuple[tuple[str, str], ...]:
        """Every code or id the entry names: (field path, target)."""
        return tuple(sorted(set(_references(self.kind, self.body))))

    @cached_property
    def sha256(self) -> str:
        return body_hash(self.kind, self.body)


def label_text(value: Any, lang: str = "en") -> str:
    """One text out of labels by language: the language asked for, else English, else the first."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get(lang) or value.get("en") or next(iter(value.values()), ""))
    return str(value)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def body_hash(kind: str, body: Body) -> str:
    """SHA-256 over kind and canonical body."""
    return hashlib.sha256(canonical_json([kind, body]).encode()).hexdigest()


_REFERENCE_TYPES = {"ref", "economy", "area", "party", "scope"}


def _references(kind: str, body: Body) -> Iterator[tuple[str, str]]:
    fields = kinds()[kind].fields
    claim_fields = subrecord("claim")
    for name, claims in body.items():
        field = fields.get(name)
        if field is None:
            continue
        for data in claims:
            yield from _targets(name, field, data["value"])
            for key, value in data.items():
                if key != "value":
                    yield from _targets(f"{name}.{key}", claim_fields[key], value)


def _targets(path: str, field: Field, value: Any) -> Iterator[tuple[str, str]]:
    base = field.base
    for item in value if isinstance(value, list) else [value]:
        if base.startswith("@"):
            parts = subrecord(base)
            for key, inner in item.items():
                yield from _targets(f"{path}.{key}", parts[key], inner)
        elif base == "scope" and isinstance(item, dict):
            for key in ("only", "all_except", "includes", "excludes"):
                listed = item.get(key)
                if isinstance(listed, list):
                    for code in listed:
                        yield f"{path}.{key}", code.removeprefix("@")
            if item.get("all"):
                yield path, "*"
        elif base in _REFERENCE_TYPES or (base == "goods" and str(item).startswith("@")):
            yield path, str(item).removeprefix("@")
