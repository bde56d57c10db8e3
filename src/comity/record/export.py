"""Writing the record as a pack: text that a person can review, without loss.

An exported entry carries its own revision keys (who recorded it, when and why), and earlier
revisions and retractions go into `history.yaml`; loading the folder into an empty store gives the
same log again.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import yaml

from comity.record.entry import Entry, Revision
from comity.record.packfile import HEAD, HISTORY
from comity.record.store.log import Log
from comity.record.view import View
from comity.record.yamlfile import MAX_BYTES
from comity.words.errors import FileError, Place
from comity.words.time import format_instant
from comity.words.vocabulary import Field, kinds, subrecord

FILE_BYTES = MAX_BYTES // 4
"""Characters after which an export begins another file: four bytes at most are one character."""

Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def export_pack(log: Log, path: Path, *, name: str = "export", pack: str | None = None) -> int:
    """Write the record (or what came from one pack) into a new folder; returns the entries written.

    Written beside the target and moved into place, so that an interrupted export leaves nothing.
    Raises `FileError` where the folder exists and is not empty.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileError(
            "the folder exists and is not empty",
            where=Place(file=str(path)),
            mend="name a new folder",
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    newest = log.entries(View(), retracted=True)
    if pack is not None:
        newest = [e for e in newest if e.revision and e.revision.pack == pack]
    work = Path(tempfile.mkdtemp(prefix=".export-", dir=path.parent))
    try:
        _write_files(log, newest, work, name)
        if path.exists():
            path.rmdir()
        work.rename(path)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return sum(1 for e in newest if e.revision and e.revision.op != "retract")


def _write_files(log: Log, newest: list[Entry], folder: Path, name: str) -> None:
    by_kind: dict[str, list[Any]] = {}
    history: list[dict[str, Any]] = []  # by entry, so that an import writes it in the same order
    last = ""
    for entry in newest:
        made = entry.revision
        assert made is not None
        last = max(last, format_instant(made.recorded))
        if made.op != "retract":
            by_kind.setdefault(entry.kind, []).append(_written(entry, made))
        if made.supersedes or made.op == "retract":
            for revision, old in log.revisions(entry.id, View()):
                if revision.received != made.received or made.op == "retract":
                    line = {"op": revision.op, "entry": _written(old, revision)}
                    history.append(line)
    head = {
        "name": name,
        "version": "1",
        "recorded": last or "1970-01-01T00:00:00Z",
        "author": "export",
        "why": "export of a record",
    }
    _dump(folder / HEAD, head)
    for kind, entries in by_kind.items():
        _dump_list(folder, kind, entries)
    _dump_list(folder, HISTORY.removesuffix(".yaml"), history)


def _dump_list(folder: Path, stem: str, items: list[dict[str, Any]]) -> None:
    """A list in as many files as it takes for each to be read again."""
    pieces: list[str] = []
    size = number = 0
    for item in items:
        text = _text([item])
        if pieces and size + len(text) > FILE_BYTES:
            number = _write(folder, stem, number, pieces)
            pieces, size = [], 0
        pieces.append(text)
        size += len(text)
    if pieces:
        _write(folder, stem, number, pieces)


def _write(folder: Path, stem: str, number: int, pieces: list[str]) -> int:
    name = f"{stem}-{number + 1:04d}.yaml" if number else f"{stem}.yaml"
    (folder / name).write_text("".join(pieces), encoding="utf-8")
    return number + 1


def _text(value: Any) -> str:
    return str(yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=100))


def _dump(file: Path, value: Any) -> None:
    file.write_text(_text(value), encoding="utf-8")


def _written(entry: Entry, made: Revision) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "recorded": format_instant(made.recorded),
        "author": made.author,
        "accepted_by": made.accepted_by,
        "why": made.why,
    }
    if made.pack:
        keys |= {"pack": made.pack, "pack_version": made.pack_version or ""}
    return {**as_written(entry), "revision": keys}


def as_written(entry: Entry) -> dict[str, Any]:
    """An entry in the form that people write, fields in the order of the vocabulary."""
    fields = kinds()[entry.kind].fields
    out: dict[str, Any] = {"id": entry.id, "kind": entry.kind}
    for name, field in fields.items():
        claims = entry.body.get(name)
        if claims:
            out[name] = _claims(field, claims)
    return out


def _claims(field: Field, claims: list[dict[str, Any]]) -> Any:
    if len(claims) == 1 and len(claims[0]) == 1:
        return _value(field, claims[0]["value"])
    parts = subrecord("claim")
    written = [
        {key: _value(field if key == "value" else parts[key], inner) for key, inner in data.items()}
        for data in claims
    ]
    return written[0] if len(written) == 1 else written


def _value(field: Field, value: Any) -> Any:
    if field.many and isinstance(value, list):
        return [_one(field, item) for item in value]
    return _one(field, value)


def _one(field: Field, value: Any) -> Any:
    if field.type.startswith("@"):
        parts = subrecord(field.type)
        return {key: _value(parts[key], inner) for key, inner in value.items()}
    if field.base == "labels" and set(value) == {"en"}:
        return value["en"]
    if field.base == "scope":
        if value == {"all": True}:
            return "all"
        if set(value) == {"only"}:
            return value["only"]
    if field.base == "due":
        return value.get("day") or value["words"]
    return value
