"""Entries as forms: which kind of input each field takes, its text, and the value of that text.

Plain values are a line, or one to a line where a field holds many; a term is chosen. What has parts
(scopes, participants, claims with spans of their own) is written as in a YAML file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from comity.record.yamlfile import parse_yaml
from comity.words.errors import ComityError, Place, ValidationError
from comity.words.vocabulary import Field, kinds, terms

PLAIN = (
    *("text", "labels", "day", "ref", "party", "economy", "area", "goods", "term", "integer"),
    *("bool", "language", "url", "sha256", "duty"),
)
"""Types whose values are one word or line."""

MOST_ROWS = 2_000
"""Rows of a table that are taken at once."""


@dataclass(frozen=True)
class Input:
    """One field of a form. `widget` is ``line``, ``prose`` (may have several), ``lines`` (one
    value to each), ``choice`` or ``yaml``."""

    name: str
    widget: str
    text: str
    required: bool
    meaning: str
    choices: tuple[tuple[str, str], ...] = ()
    type: str = ""


def inputs(kind: str, fields: Mapping[str, Any] | None = None) -> list[Input]:
    """The inputs of a kind, those with a value first among the optional ones, filled with an
    entry's fields as people write them. Raises `ValidationError` for a kind that is none."""
    known = kinds().get(kind)
    if known is None:
        raise ValidationError(
            f"there is no kind {kind!r}",
            where=Place(field="kind"),
            mend="one of: " + ", ".join(kinds()),
        )
    given = fields or {}
    made = [_input(field, given.get(field.name)) for field in known.fields.values()]
    return sorted(made, key=lambda one: (not one.required, not one.text))


def _input(field: Field, value: Any) -> Input:
    widget = _widget(field, value)
    choices: tuple[tuple[str, str], ...] = ()
    if widget == "choice":
        choices = tuple((term.name, term.label) for term in terms()[field.argument[0]].values())
    return Input(
        field.name, widget, _text(value, widget), field.required, field.meaning, choices, field.type
    )


def _widget(field: Field, value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    if field.base not in PLAIN or any(isinstance(one, dict | list) for one in parts):
        return "yaml"
    if isinstance(value, list) and not field.many:
        return "yaml"
    if field.many:
        return "yaml" if any("\n" in str(one) for one in parts) else "lines"
    if field.base == "term":
        return "choice"
    return "prose" if field.base in ("text", "labels") else "line"


def _text(value: Any, widget: str) -> str:
    if value is None:
        return ""
    if widget == "yaml":
        text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=88)
        return text.strip().removesuffix("\n...")  # the end of a document that is one word
    if widget == "lines":
        return "\n".join(_word(one) for one in (value if isinstance(value, list) else [value]))
    return _word(value)


def _word(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def values(form: Iterable[Input], sent: Mapping[str, str]) -> dict[str, Any]:
    """The fields that texts sent for the inputs of a form give; empty ones are left out.

    Raises one `ValidationError` for all that is no YAML where YAML is asked for.
    """
    found: dict[str, Any] = {}
    problems: list[ComityError] = []
    for one in form:
        text = sent.get(one.name, "").replace("\r\n", "\n").strip()
        if not text:
            continue
        try:
            found[one.name] = _value(text, one.widget)
        except ComityError as error:
            line = error.where.line if error.where else None
            error.where = Place(line=line, field=one.name)
            problems.append(error)
    if problems:
        first = problems[0]
        more = f" ({len(problems)} fields cannot be read)" if len(problems) > 1 else ""
        raise ValidationError(
            f"{first.what}{more}", where=first.where, mend=first.mend, problems=problems
        )
    return found


def _value(text: str, widget: str) -> Any:
    if widget == "yaml":
        return _bare(parse_yaml(text, "field"))
    if widget == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text


def _bare(value: Any) -> Any:
    """Without the places that reading YAML keeps: plain mappings, lists and words. It is not deep:
    reading refuses what is."""
    if isinstance(value, Mapping):
        return {str(key): _bare(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(inner) for inner in value]
    return str(value) if isinstance(value, str) else value


def changed(form: Iterable[Input], sent: Mapping[str, str]) -> tuple[list[Input], list[str]]:
    """The inputs whose text was changed and is not empty, and the names of those emptied."""
    new, gone = [], []
    for one in form:
        if one.name not in sent:
            continue
        text = sent[one.name].replace("\r\n", "\n").strip()
        if text == one.text.strip():
            continue
        if text:
            new.append(one)
        else:
            gone.append(one.name)
    return new, gone


def from_table(kind: str, text: str) -> list[dict[str, Any]]:
    """Entries of one kind from a CSV table: a column for each field, named as in the vocabulary,
    and one called ``id``. Cells hold what a form would; several values are parted by ``;``.

    Raises one `ValidationError` for all that is wrong with rows and columns.
    """
    known = {one.name: one for one in inputs(kind)}
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), strict=True)
    try:
        columns = [name.strip() for name in reader.fieldnames or ()]
        strange = [name for name in columns if name != "id" and name not in known]
        if "id" not in columns or strange:
            what = (
                f"{kind} has no field {', '.join(strange)}" if strange else "there is no column id"
            )
            raise ValidationError(what, where=Place(row=1), mend="columns: id," + ",".join(known))
        reader.fieldnames = columns
        rows = [(number, row) for number, row in enumerate(reader, start=2)]
    except csv.Error as error:
        raise ValidationError(
            f"this is not CSV: {error}", where=Place(row=reader.line_num)
        ) from None
    if not rows or len(rows) > MOST_ROWS:
        raise ValidationError(
            f"the table has {len(rows):,} rows", mend=f"give 1 to {MOST_ROWS:,} at once"
        )
    out: list[dict[str, Any]] = []
    problems: list[ComityError] = []
    for number, row in rows:
        try:
            out.append(_entry(kind, known, row))
        except ComityError as error:
            for one in getattr(error, "problems", ()) or (error,):
                one.where = Place(row=number, field=one.where.field if one.where else None)
                problems.append(one)
    if problems:
        first = problems[0]
        raise ValidationError(
            f"{len(problems)} cells or rows cannot be read; the first: {first.what}",
            where=first.where,
            mend=first.mend,
            problems=problems,
        )
    return out


def _entry(kind: str, known: Mapping[str, Input], row: Mapping[Any, Any]) -> dict[str, Any]:
    if None in row or any(value is None for value in row.values()):
        raise ValidationError(
            "the row has more or fewer cells than the header", mend="quote cells that hold commas"
        )
    sent = {
        name: value.replace(";", "\n") if name in known and known[name].widget == "lines" else value
        for name, value in row.items()
    }
    return {"id": row["id"].strip(), "kind": kind, **values(known.values(), sent)}
