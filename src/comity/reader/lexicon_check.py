"""The examples of lexicons, which are their tests: each row finds what its example says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from comity.reader import engine, sources
from comity.reader.intake import NOTHING
from comity.reader.phrases import classes, pattern, table
from comity.reader.proposal import ISSUE, MEASURE, Proposal
from comity.reader.reading import Given
from comity.reader.rules import issues, products
from comity.words.errors import ComityError, Place, ValidationError

DAY = dt.date(2024, 6, 3)
"""The day on which examples are taken to be published."""

EXEMPLIFIED = {"issues_words.csv": "class", "measures_status.csv": "verb", "products.csv": "id"}
"""Lexicons whose examples stand in ``examples.csv``, with the column that names a row there."""

STATUSES: Mapping[str, frozenset[str]] = {
    "lift": frozenset({"lifted", "lifting-sought", "lifting-agreed"}),
    "ease": frozenset({"partly-lifted", "lifting-sought"}),
    "review": frozenset({"under-review"}),
    "suspend": frozenset({"suspended"}),
    "plan": frozenset({"planned", "under-review"}),
    "announce": frozenset({"announced"}),
    "investigate": frozenset({"under-investigation"}),
    "impose": frozenset({"announced"}),
}
"""What a measure may be told as by the words of a class."""

Row = Mapping[str, str]


def finds(name: str, row: Row, example: str) -> bool:
    """Whether a row of a lexicon finds its example."""
    if special := _SPECIAL.get(name):
        return special(row, example)
    return any(one.rule == row["id"] for one in _read(example))


def _read(example: str) -> tuple[Proposal, ...]:
    return engine.read(Given(example, published=DAY), NOTHING).proposals


def _issue(row: Row, example: str) -> bool:
    found = any(p.type == ISSUE and p.slots["key"] == row["key"] for p in _read(example))
    return found and row["id"] in {entry for *_, entry in issues.hits(example)}


def _background(row: Row, example: str) -> bool:
    return any(one.background for one in _read(example))


def _product(row: Row, example: str) -> bool:
    return [one.id for one in products.products(example, 0, len(example))] == [row["id"]]


def _class(row: Row, example: str) -> bool:
    """By a phrase that uses the class."""
    using = {one["id"] for one in table("issues.csv") if f"{{{row['class']}}}" in one["phrase"]}
    words = row["words"].split(";")
    said = any(pattern(word, {})[1].search(example) for word in words)
    return said and bool(using & {entry for *_, entry in issues.hits(example)})


def _status(row: Row, example: str) -> bool:
    statuses = {p.slots.get("status") for p in _read(example) if p.type == MEASURE}
    return bool(statuses & STATUSES[row["class"]])


_SPECIAL: Mapping[str, Callable[[Row, str], bool]] = {
    "issues.csv": _issue,
    "background.csv": _background,
    "products.csv": _product,
    "issues_words.csv": _class,
    "measures_status.csv": _status,
}


def examples(rows: Mapping[str, list[dict[str, str]]]) -> Iterator[tuple[str, Row, str]]:
    """Each row that must have an example, with its lexicon and that example; an empty one where it
    is missing."""
    said = {(one["lexicon"], one["key"]): one["example"] for one in rows.get("examples.csv", ())}
    for name, some in rows.items():
        if name == "examples.csv":
            continue
        for row in some:
            if "example" in row:
                yield name, row, row["example"]
            elif name in EXEMPLIFIED:
                key = (name.removesuffix(".csv"), row[EXEMPLIFIED[name]])
                yield name, row, said.get(key, "")


def check(path: Path) -> Mapping[str, int]:
    """Rows by lexicon of a folder (or pack) whose rows are all well-formed and find their examples,
    together with this program's. Raises `FileError`, `ValidationError`."""
    folder = sources.folder_of(path)
    rows = sources.checked(folder)
    if not rows:
        raise ValidationError(
            "the folder has no lexicon", where=Place(file=str(folder)), mend="see the guide"
        )
    problems = list(_phrases(folder, rows))
    if problems:
        raise _all(problems)
    with sources.using(folder):
        problems += _not_found(folder, rows)
    if problems:
        raise _all(problems)
    return {name: len(some) for name, some in rows.items()}


def _not_found(folder: Path, rows: Mapping[str, list[dict[str, str]]]) -> Iterator[ComityError]:
    """Rows without an example, and examples that their rows do not find."""
    for name, row, example in examples(rows):
        first = next(iter(row.values()))
        where = Place(file=str(folder / name), entry=first)
        if not example:
            yield ValidationError(
                "the row has no example",
                where=where,
                mend=f"add it to examples.csv: {name.removesuffix('.csv')},{first},…",
            )
        elif not finds(name, row, example):
            yield ValidationError(
                f"the example is not found: {example}",
                where=where,
                mend="see what is found in it: comity read FILE --dry-run",
            )


def _phrases(folder: Path, rows: Mapping[str, list[dict[str, str]]]) -> Iterator[ComityError]:
    """What is wrong with phrases: a class of words that is not there, a gap that is none."""
    known = dict(classes())
    for row in rows.get("issues_words.csv", ()):
        known[row["class"]] = tuple(row["words"].split(";"))
    for name, some in rows.items():
        for row in some:
            for column in ("phrase", "unless"):
                for phrase in filter(str.strip, row.get(column, "").split(";")):
                    try:
                        pattern(phrase.strip(), known)
                    except ComityError as error:
                        where = Place(file=str(folder / name), entry=row["id"], field=column)
                        yield ValidationError(error.what, where=where, mend=error.mend)


def _all(problems: list[ComityError]) -> ValidationError:
    first = problems[0]
    return ValidationError(first.what, where=first.where, mend=first.mend, problems=problems)
