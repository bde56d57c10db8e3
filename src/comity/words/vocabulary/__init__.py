"""The vocabulary table: kinds of entry, their fields and the closed lists of terms.

`kinds.csv`, `fields.csv` and `terms.csv` beside this file are the one place where the record's
vocabulary is written down; validation, code and the reference documentation read them. Rows of
`fields.csv` whose kind is ``*`` hold for every kind, ``@name`` rows describe sub-records, and
``claim`` rows are the keys that a claim in long form may carry.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from comity.words.errors import CodeError


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the fields table."""

    kind: str
    name: str
    type: str
    many: bool
    dated: bool
    required: bool
    meaning: str

    @property
    def base(self) -> str:
        """The type without its argument: ``ref`` of ``ref:act|measure``."""
        return self.type.partition(":")[0]

    @property
    def argument(self) -> tuple[str, ...]:
        """The argument of the type: kinds of a reference, list of a term, codes of a scope."""
        rest = self.type.partition(":")[2]
        return tuple(rest.split("|")) if rest else ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry; `date_field` names the field that places it in time, if any."""

    name: str
    label: str
    date_field: str | None
    meaning: str
    fields: dict[str, Field]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a closed list. `extra` is a term of another list where the row names one."""

    list: str
    name: str
    label: str
    extra: str
    meaning: str


def _rows(name: str) -> list[dict[str, str]]:
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _field_table() -> dict[str, dict[str, Field]]:
    table: dict[str, dict[str, Field]] = {}
    for row in _rows("fields.csv"):
        field = Field(
            row["kind"],
            row["field"],
            row["type"],
            row["many"] == "yes",
            row["dated"] == "yes",
            row["required"] == "yes",
            row["meaning"],
        )
        table.setdefault(field.kind, {})[field.name] = field
    return table


@cache
def kinds() -> dict[str, Kind]:
    """All kinds of entry by name, each with its fields, own and common."""
    table = _field_table()
    return {
        row["kind"]: Kind(
            row["kind"],
            row["label"],
            row["date_field"] or None,
            row["meaning"],
            {**table["*"], **table.get(row["kind"], {})},
        )
        for row in _rows("kinds.csv")
    }


@cache
def common_fields() -> dict[str, Field]:
    """The fields that every kind has."""
    return dict(_field_table()["*"])


@cache
def subrecord(name: str) -> dict[str, Field]:
    """The fields of a sub-record (``@passage``, ``@office`` …) or of a ``claim``."""
    return dict(_field_table()[name])


@cache
def subrecords() -> tuple[str, ...]:
    """Names of all sub-records."""
    return tuple(name for name in _field_table() if name.startswith("@"))


@cache
def terms() -> dict[str, dict[str, Term]]:
    """The closed lists: list name → term → row."""
    lists: dict[str, dict[str, Term]] = {}
    for row in _rows("terms.csv"):
        term = Term(
            row["list"], row["term"], row["label"], row["extra"] or "", row["meaning"] or ""
        )
        lists.setdefault(term.list, {})[term.name] = term
    return lists


def check_term(list_name: str, term: str) -> str:
    """The term as the closed list has it; hyphens count as underscores. Raises `CodeError`."""
    wanted = term.strip().replace("-", "_")
    if wanted not in terms()[list_name]:
        raise CodeError(
            f"there is no {list_name.replace('_', ' ')} {term!r}",
            mend="one of: " + ", ".join(terms()[list_name]),
        )
    return wanted


def term_label(list_name: str, term: str) -> str:
    """The label of a term in English; the term itself where the list does not have it."""
    row = terms().get(list_name, {}).get(term)
    return row.label if row else term
