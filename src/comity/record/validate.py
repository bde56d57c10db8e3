"""Validation of what people write: from raw YAML to entries, naming file, line, entry and field.

All problems of a file are found in one go. What one entry alone can show is checked here
(unknown fields, types, terms, days, spans, what is required); what needs other entries (references,
duplicate ids) is checked in `comity.record.references`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from comity.record.convert import SLUG, convert, nearest, scalar, wrong
from comity.record.entry import Body, Entry
from comity.record.yamlfile import Mapping, Sequence, Text
from comity.words.errors import ComityError, Place, ValidationError
from comity.words.time import DayRange, Span, parse_instant
from comity.words.vocabulary import Field, common_fields, kinds, subrecord

REVISION_KEY = "revision"
"""Key under which an exported entry carries who recorded it, when and why."""
REVISION_FIELDS = ("recorded", "author", "accepted_by", "why", "pack", "pack_version")

MAX_PROBLEMS = 1000


@dataclass
class Written:
    """An entry as read from a file, with the place of each field and its revision keys."""

    entry: Entry
    place: Place
    lines: dict[str, int]
    revision: dict[str, str] = field(default_factory=dict)

    def where(self, name: str | None = None) -> Place:
        line = self.lines.get((name or "").partition(".")[0], self.place.line)
        return Place(file=self.place.file, line=line, entry=self.entry.id, field=name)


class Checker:
    """Collects problems while the entries of one file are converted."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.problems: list[ComityError] = []

    def note(
        self, error: ComityError, line: int | None, entry: str | None, name: str | None
    ) -> None:
        error.what = _short(error.what)
        error.where = Place(file=self.file, line=line, entry=entry, field=name)
        self.problems.append(error)

    def entries(self, raw: Any) -> list[Written]:
        """All entries of a parsed file: a list of them, or one alone."""
        if isinstance(raw, Mapping):
            raw = [raw]
        if not isinstance(raw, list):
            self.note(
                wrong("the file holds neither an entry nor a list of entries", "- id: … / kind: …"),
                getattr(raw, "line", None),
                None,
                None,
            )
            return []
        if not raw:
            line = getattr(raw, "line", None)
            self.note(wrong("the file holds no entry", "- id: … / kind: …"), line, None, None)
        out = []
        for item in raw:
            written = self.entry(item)
            if written is not None:
                out.append(written)
            if len(self.problems) >= MAX_PROBLEMS:  # nobody reads on; the file is not of this form
                break
        return out

    def entry(self, raw: Any, base: Entry | None = None) -> Written | None:
        """One entry, or None where it is too broken to go on with.

        With `base`, the fields written replace those of that entry and the others stay.
        """
        if not isinstance(raw, Mapping):
            line = getattr(raw, "line", None)
            self.note(
                wrong("an entry is a mapping of fields", "- id: … / kind: …"), line, None, None
            )
            return None
        name = raw.get("id")
        kind_name = raw.get("kind")
        label = (_short(name, 60) or None) if isinstance(name, str) else None
        for key, value in (("id", name), ("kind", kind_name)):
            if not isinstance(value, Text) or not value.strip():
                self.note(wrong(f"the entry has no {key}", f"add {key}: …"), raw.line, label, key)
                return None
        if not SLUG.match(str(name)) or len(str(name)) > 120:
            self.note(
                wrong(
                    f"{label} is not an id", "use small letters, digits and hyphens, 120 at most"
                ),
                raw.key_lines["id"],
                label,
                "id",
            )
            return None
        kind = kinds().get(str(kind_name))
        if kind is None:
            mend = nearest(str(kind_name), list(kinds())) or "one of: " + ", ".join(kinds())
            line = raw.key_lines["kind"]
            what = f"there is no kind {_short(str(kind_name), 60)}"
            self.note(wrong(what, mend), line, label, "kind")
            return None
        body: Body = {} if base is None else dict(base.body)
        for key, value in raw.items():
            if key in ("id", "kind", REVISION_KEY):
                continue
            row = kind.fields.get(key)
            line = raw.key_lines[key]
            if row is None:
                mend = nearest(key, list(kind.fields)) or "fields: " + ", ".join(kind.fields)
                self.note(wrong(f"a {kind.label} has no field {key!r}", mend), line, label, key)
                continue
            claims = list(self._claims(row, value, line, str(name)))
            if claims:
                body[key] = claims
        entry = Entry(str(name), kind.name, body)
        written = Written(entry, Place(file=self.file, line=raw.line), dict(raw.key_lines))
        self._required(written)
        self._spans(written)
        if REVISION_KEY in raw:
            written.revision = self._revision(
                raw[REVISION_KEY], raw.key_lines[REVISION_KEY], str(name)
            )
        return written

    def _claims(self, row: Field, raw: Any, line: int, entry: str) -> Iterator[dict[str, Any]]:
        """The claims of one field: bare value, one claim in long form, or a list of those."""
        several = (
            isinstance(raw, Sequence)
            and bool(raw)
            and all(isinstance(item, Mapping) and "value" in item for item in raw)
        )
        if several and not row.dated and len(raw) > 1:
            self.note(
                wrong("this field takes one claim only", "keep one, or see which fields are dated"),
                line,
                entry,
                row.name,
            )
        for item in raw if several else [raw]:
            at = getattr(item, "line", line)
            if isinstance(item, Mapping) and "value" in item:
                value = self._value(row, item["value"], at, entry)
                if value is None:
                    continue
                rest = {k: v for k, v in item.items() if k != "value"}
                yield {"value": value, **self._parts("claim", rest, at, entry, row.name)}
            else:
                value = self._value(row, item, at, entry)
                if value is not None:
                    yield {"value": value}

    def _value(self, row: Field, raw: Any, line: int, entry: str) -> Any:
        """The canonical value of a field, a list where it holds many; None where it is wrong."""
        if row.many:
            items = raw if isinstance(raw, Sequence) else [raw]
            if not items:
                self.note(wrong("the list is empty", "leave the field out"), line, entry, row.name)
                return None
            out = [self._one(row, item, getattr(item, "line", line), entry) for item in items]
            if any(item is None for item in out):
                return None
            if not row.type.startswith("@") and len({str(item) for item in out}) < len(out):
                self.note(wrong("a value occurs twice", "keep one"), line, entry, row.name)
                return None
            return out
        return self._one(row, raw, getattr(raw, "line", line), entry)

    def _one(self, row: Field, raw: Any, line: int, entry: str) -> Any:
        if row.type.startswith("@"):
            if not isinstance(raw, Mapping):
                self.note(
                    wrong("fields are expected here", "see the vocabulary"), line, entry, row.name
                )
                return None
            return self._parts(row.type, raw, line, entry, row.name)
        try:
            return convert(raw, row)
        except ComityError as error:
            self.note(error, line, entry, row.name)
            return None

    def _parts(
        self, table: str, raw: dict[str, Any], line: int, entry: str, name: str
    ) -> dict[str, Any]:
        """The fields of a sub-record, or the keys of a claim."""
        fields = subrecord(table)
        out: dict[str, Any] = {}
        lines = getattr(raw, "key_lines", {})
        before = len(self.problems)
        for key, value in raw.items():
            row = fields.get(key)
            at = lines.get(key, getattr(value, "line", line))
            if row is None:
                mend = nearest(key, list(fields)) or "keys: " + ", ".join(fields)
                self.note(wrong(f"there is no key {key!r} here", mend), at, entry, f"{name}.{key}")
                continue
            converted = self._value(row, value, at, entry)
            if converted is not None:
                out[key] = converted
        for key, row in fields.items():
            absent = key not in out and key not in raw
            if row.required and absent and not (table == "claim" and key == "value"):
                self.note(wrong(f"{key} is missing", row.meaning), line, entry, f"{name}.{key}")
        if len(self.problems) == before:
            self._span(out.get("from"), out.get("until"), line, entry, name)
        return out

    def _required(self, written: Written) -> None:
        entry = written.entry
        fields = kinds()[entry.kind].fields
        for key, row in fields.items():
            if row.required and key not in entry.body and key not in written.lines:
                self.note(
                    wrong(f"{key} is missing", row.meaning), written.place.line, entry.id, key
                )
        named = (
            "title" in entry.body or "name" in entry.body or entry.kind in ("position", "statement")
        )
        if not named and "title" not in written.lines and "name" not in written.lines:
            self.note(
                wrong("title is missing", common_fields()["title"].meaning),
                written.place.line,
                entry.id,
                "title",
            )

    def _spans(self, written: Written) -> None:
        """Start and end of the entry itself, each pair of claims against the first start."""
        entry = written.entry
        for first, last in (("from", "until"), ("on", "until"), ("on", "ended")):
            start = entry.body.get(first)
            for claim in entry.body.get(last, ()):
                if start:
                    line = written.lines.get(last)
                    self._span(start[0]["value"], claim["value"], line, entry.id, last)

    def _span(self, start: Any, until: Any, line: int | None, entry: str, name: str) -> None:
        if start is None or until is None:
            return
        try:
            Span.of(DayRange.parse(start), DayRange.parse(until))
        except ComityError as error:
            self.note(error, line, entry, name)

    def _revision(self, raw: Any, line: int, entry: str) -> dict[str, str]:
        if not isinstance(raw, Mapping):
            self.note(
                wrong("revision holds keys", ", ".join(REVISION_FIELDS)), line, entry, "revision"
            )
            return {}
        out: dict[str, str] = {}
        for key, value in raw.items():
            if key not in REVISION_FIELDS:
                self.note(
                    wrong(f"there is no key {key!r} here", ", ".join(REVISION_FIELDS)),
                    line,
                    entry,
                    f"revision.{key}",
                )
                continue
            try:
                out[key] = scalar(value)
                if key == "recorded":
                    parse_instant(out[key])
            except ComityError as error:
                self.note(error, line, entry, f"revision.{key}")
        return out


def _short(text: str, length: int = 400) -> str:
    """What a message may repeat of a file: not without end, and nothing that moves a cursor."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in text[:length])
    return plain if len(text) <= length else plain + "…"


def raise_problems(problems: list[ComityError], subject: str) -> None:
    """Raise one `ValidationError` for all problems, or return where there are none."""
    if not problems:
        return
    first = problems[0]
    if len(problems) == 1:
        raise ValidationError(first.what, where=first.where, mend=first.mend, problems=problems)
    raise ValidationError(
        f"{len(problems)} problems in {subject}; the first: {first.what}",
        where=first.where,
        mend=first.mend,
        problems=problems,
    )
