"""Packs as folders of text: reading them whole, and what their head page says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from comity.record.convert import SLUG, scalar, wrong
from comity.record.references import duplicate_ids
from comity.record.validate import Checker, Written, raise_problems
from comity.record.yamlfile import Mapping, read_yaml
from comity.words.errors import ComityError, FileError, Place
from comity.words.time import parse_instant

HEAD = "pack.yaml"
HISTORY = "history.yaml"
SHIPPED = tuple((files("comity.packs") / "shipped.txt").read_text(encoding="utf-8").split())
"""The packs that come with Comity, in the order in which they load."""

_KEYS = ("name", "version", "title", "recorded", "author", "licence", "depends", "why", "facts")


@dataclass
class Pack:
    """A pack as read: its head page, its entries in file order, and earlier revisions if any."""

    path: Path
    name: str
    version: str
    title: str
    recorded: datetime
    author: str
    licence: str
    why: str
    depends: tuple[str, ...]
    facts: dict[str, int]
    written: list[Written] = field(default_factory=list)
    history: list[tuple[str, Written]] = field(default_factory=list)

    @cached_property
    def ids(self) -> set[str]:
        """Ids of its entries; read once the pack is whole."""
        return {item.entry.id for item in self.written}


def shipped_path(name: str) -> Path:
    """The folder of a shipped pack."""
    return Path(str(files("comity.packs") / name))


def read_pack(path: Path) -> Pack:
    """Read and validate every file of a pack. Raises one `ValidationError` for all problems."""
    head_file = path / HEAD
    if not path.is_dir():
        raise FileError(
            "a pack is a folder", where=Place(file=str(path)), mend=f"name the folder with {HEAD}"
        )
    if not head_file.is_file():
        raise FileError(
            f"the folder has no {HEAD}", where=Place(file=str(path)), mend=f"add {HEAD}"
        )
    pack = _head(head_file)
    problems: list[ComityError] = []
    histories = [path / HISTORY, *sorted(path.glob("history-*.yaml"))]
    for file in sorted(path.glob("*.yaml")):
        if file.name == HEAD or file in histories:
            continue
        checker = Checker(str(file))
        try:
            pack.written.extend(checker.entries(read_yaml(file)))
        except ComityError as error:
            problems.append(error)
        problems.extend(checker.problems)
    for file in path.glob("*.yml"):
        unread = wrong("a pack's files end in .yaml; this one would not be read", "rename it")
        unread.where = Place(file=str(file))
        problems.append(unread)
    for file in histories:
        if file.is_file():
            pack.history += _history(file, problems)
    problems.extend(duplicate_ids(pack.written))
    raise_problems(problems, f"the pack {pack.name}")
    return pack


def _head(file: Path) -> Pack:
    raw = read_yaml(file)
    problems: list[ComityError] = []

    def note(what: str, key: str | None, mend: str | None = None) -> None:
        error = wrong(what, mend)
        line = raw.key_lines.get(key, raw.line) if key else raw.line
        error.where = Place(file=str(file), line=line, field=key)
        problems.append(error)

    def text(key: str, otherwise: str = "") -> str:
        try:
            return scalar(raw[key]) if key in raw else otherwise
        except ComityError as error:
            note(error.what, key, error.mend)
            return ""

    if not isinstance(raw, Mapping):
        error = wrong(f"{HEAD} holds no keys", "name: …, version: …")
        error.where = Place(file=str(file), line=getattr(raw, "line", None))
        raise error
    for key in raw:
        if key not in _KEYS:
            note(f"{HEAD} has no key {key!r}", key, "keys: " + ", ".join(_KEYS))
    for key in ("name", "version", "recorded", "author"):
        if key not in raw:
            note(f"{key} is missing", None, f"add {key}: …")
    raise_problems(problems, str(file))
    name, version, author = text("name"), text("version"), text("author")
    title, licence = text("title", name), text("licence", "not stated")
    why = text("why", f"pack {name} {version}")
    raise_problems(problems, str(file))
    if not SLUG.match(name):
        note(f"{name!r} is not a pack's name", "name", "small letters, digits and hyphens")
    facts: dict[str, int] = {}
    listed = raw.get("facts", {})
    for key, value in listed.items() if isinstance(listed, Mapping) else ():
        if str(value).isdigit():
            facts[str(key)] = int(value)
        else:
            note(f"{value!r} is not a number of rows", "facts", "file: number of rows")
    recorded = None
    try:
        recorded = parse_instant(scalar(raw["recorded"]))
    except ComityError as error:
        note(error.what, "recorded", error.mend)
    depends: Any = raw.get("depends", [])
    depends = depends if isinstance(depends, list) else [depends]
    if not all(isinstance(item, str) and SLUG.match(item) for item in depends):
        note("depends holds names of packs", "depends", "depends: [common]")
    raise_problems(problems, str(file))
    assert recorded is not None
    return Pack(
        file.parent,
        name,
        version,
        title,
        recorded,
        author,
        licence,
        why,
        tuple(map(str, depends)),
        facts,
    )


def _history(file: Path, problems: list[ComityError]) -> list[tuple[str, Written]]:
    """Earlier revisions of exported entries: a list of {op, entry}, oldest first."""
    out: list[tuple[str, Written]] = []
    checker = Checker(str(file))
    for item in read_yaml(file):
        op = item.get("op") if isinstance(item, Mapping) else None
        if op not in ("add", "revise", "retract") or "entry" not in item:
            error = wrong("a line of history has op and entry", "op: add, revise or retract")
            error.where = Place(file=str(file), line=getattr(item, "line", None))
            problems.append(error)
            continue
        written = checker.entry(item["entry"])
        if written is not None:
            out.append((str(op), written))
    problems.extend(checker.problems)
    return out


def fact_rows(written: Iterable[Written]) -> dict[str, list[str]]:
    """For each fact row named (``timeline:T043``), the ids of the entries made from it."""
    rows: dict[str, list[str]] = {}
    for item in written:
        named = list(item.entry.list("rows"))
        for claim in item.entry.all_claims():
            named += claim.get("rows", [])
        for row in dict.fromkeys(named):
            rows.setdefault(row, []).append(item.entry.id)
    return rows
