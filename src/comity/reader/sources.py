"""Where the rows of the lexicons come from: this program, packs, plugins and one's own folders.

A folder adds rows to lexicons of this program by files of the same names and columns. Looked into
are, in this order: ``reader/`` of every shipped pack, the folders of modules that an installed
package names under the entry point ``comity.reader``, and the folders (or packs) in the environment
variable COMITY_READER_WORDS, parted like those of PATH. Rows are only added: none of this program's
can be replaced or taken away, so that a rule's measured precision stays that of the rule.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

from comity.words.errors import ComityError, FileError, Place, ValidationError, located

VARIABLE = "COMITY_READER_WORDS"
GROUP = "comity.reader"
FOLDER = "reader"
"""The folder of a pack that holds rows for the reader."""

OPEN: Mapping[str, tuple[str, ...]] = {
    "acts.csv": ("act", "frame"),
    "acts_adjectives.csv": ("act",),
    "acts_nouns.csv": ("act",),
    "background.csv": (),
    "commitments.csv": ("status", "frame"),
    "commitments_will.csv": (),
    "examples.csv": ("lexicon",),
    "hedges.csv": ("form",),
    "indicators.csv": ("form",),
    "interests.csv": ("kind",),
    "issues.csv": ("key",),
    "issues_words.csv": (),
    "measures.csv": ("import_kind", "export_kind", "needs"),
    "measures_status.csv": ("class",),
    "measures_verbs.csv": ("import_kind", "export_kind", "status"),
    "meetings.csv": ("use",),
    "parties_heads.csv": ("kind",),
    "parties_institutions.csv": ("kind",),
    "parties_names.csv": ("kind",),
    "parties_not.csv": (),
    "parties_seats.csv": (),
    "precision.csv": (),
    "products.csv": ("groups",),
    "speech.csv": ("needs",),
    "speech_not.csv": (),
    "titles.csv": ("use",),
    "titles_parties.csv": (),
}
"""Lexicons that can be added to, each with the columns whose values are closed: a new row may have
those that this program's rows have."""

_SEVERAL = ("precision.csv", "titles.csv", "examples.csv")
"""Files in which a first column comes more than once."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")

Rows = list[dict[str, str]]


def rows(name: str) -> Rows:
    """The rows of a lexicon, this program's first. Raises `ValidationError` for a folder in use
    whose rows do not pass `checked`."""
    found = list(shipped(name))
    if name in OPEN:
        for folder in folders():
            found += checked(folder).get(name, [])
    return found


@cache
def shipped(name: str) -> Rows:
    """This program's own rows."""
    text = (files("comity.reader") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def folders() -> tuple[Path, ...]:
    """Every folder that adds rows, each once. Raises `FileError` for one that is not there."""
    from comity import packs

    found = sorted(Path(packs.__path__[0]).glob(f"*/{FOLDER}"))
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        file = getattr(point.load(), "__file__", None)
        if file:
            found.append(Path(file).parent)
    for part in os.environ.get(VARIABLE, "").split(os.pathsep):
        if part.strip():
            found.append(folder_of(Path(part.strip())))
    return tuple(dict.fromkeys(found))


def folder_of(path: Path) -> Path:
    """The folder of rows that a path names: itself, or that of the pack that it is."""
    if not path.is_dir():
        raise FileError(
            "there is no such folder",
            where=Place(file=str(path)),
            mend=f"name a folder of lexicons, or a pack with a folder {FOLDER}/",
        )
    return path / FOLDER if (path / FOLDER).is_dir() else path


@cache
def checked(folder: Path) -> Mapping[str, Rows]:
    """The rows of a folder by lexicon. Raises `ValidationError` with every problem there is:
    unknown files and columns, ids and words that are taken, values outside the closed lists, codes
    of no economy or good."""
    found: dict[str, Rows] = {}
    problems: list[ComityError] = []
    for file in sorted(folder.glob("*.csv")):
        if file.name not in OPEN:
            known = ", ".join(sorted(OPEN))
            problems.append(_wrong(file, None, "the reader has no such lexicon", f"one of {known}"))
            continue
        found[file.name] = _checked_file(file, problems)
    if problems:
        first = problems[0]
        raise ValidationError(first.what, where=first.where, mend=first.mend, problems=problems)
    return found


def _checked_file(file: Path, problems: list[ComityError]) -> Rows:
    from comity.record.yamlfile import read_text

    own = shipped(file.name)
    columns = list(own[0])
    reader = csv.DictReader(read_text(file).splitlines())
    if list(reader.fieldnames or ()) != columns:
        problems.append(_wrong(file, 1, "the columns are others", f"write {','.join(columns)}"))
        return []
    taken = set() if file.name in _SEVERAL else {row[columns[0]] for row in own}
    found: Rows = []
    for row in reader:
        if None in row or None in row.values():
            problems.append(
                _wrong(file, reader.line_num, "the row has more or fewer values than columns",
                       "put values with commas in quotation marks")
            )  # fmt: skip
            continue
        for what, mend in _faults(file.name, row, own, taken):
            problems.append(_wrong(file, reader.line_num, what, mend))
        if file.name not in _SEVERAL:
            taken.add(row[columns[0]])
        found.append(row)
    return found


def _faults(
    name: str, row: dict[str, str], own: Rows, taken: set[str]
) -> list[tuple[str, str | None]]:
    first = next(iter(row))
    faults: list[tuple[str, str | None]] = []
    if not row[first].strip():
        faults.append((f"the row has no {first}", "write one"))
    elif row[first] in taken:
        faults.append((f"{row[first]!r} is there already", "rows are added, not replaced"))
    if first == "id" and name != "products.csv" and not _ID.fullmatch(row["id"]):
        faults.append((f"{row['id']!r} is no id of a rule", "write it like mine.to-curb"))
    if "example" in row and not row["example"].strip():
        faults.append(("the row has no example", "write a sentence that it is to find"))
    for column in OPEN[name]:
        known = {part for one in own for part in one[column].split(";")}
        for value in row[column].split(";"):
            if value not in known:
                listed = ", ".join(sorted(one for one in known if one))
                faults.append((f"{column} {value!r} is not known", f"one of {listed}"))
    for column, check in (("party", _party), ("goods", _goods)):
        for value in row.get(column, "").split(";"):
            if value and (error := check(value)) is not None:
                faults.append((error.what, error.mend))
    if name == "precision.csv":
        counts = [row["proposed"], row["right"]]
        if not all(one.isascii() and one.isdigit() for one in counts) or int(counts[1]) > int(
            counts[0]
        ):
            faults.append(("the counts are none", "right is at most proposed"))
    return faults


def _party(code: str) -> ComityError | None:
    from comity.words import economies

    try:
        with located("party"):
            economies.economy(code)
    except ComityError as error:
        return error
    return None


def _goods(code: str) -> ComityError | None:
    from comity.words.goods import GoodsCode

    try:
        GoodsCode.parse(code)
    except ComityError as error:
        return error
    return None


def _wrong(file: Path, line: int | None, what: str, mend: str | None) -> ValidationError:
    return ValidationError(what, where=Place(file=str(file), line=line), mend=mend)


@contextmanager
def using(*more: Path) -> Iterator[None]:
    """Read with these folders in place of those of the environment, inside a ``with``.

    What was derived from the lexicons is forgotten at both ends, so this is for checks and tests;
    who reads documents sets the environment.
    """
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = os.pathsep.join(str(path.resolve()) for path in more)
    _forget()
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = before
        _forget()


def _forget() -> None:
    """Empty every cache of the reader but that of the parser's model, which knows no lexicon and
    takes long to load."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[:2] == ["comity", "reader"]:
            for thing in list(vars(module).values()):
                clear = getattr(thing, "cache_clear", None)
                if clear is not None and getattr(thing, "__name__", "") != "_model":
                    clear()
