"""What was imported: one `Imported` per import, kept as ``manifest.json`` beside its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from comity.words.errors import FileError, Place, StoreError

VERSION = 1
"""Of the layout of the store; a program refuses a newer one."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was imported."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Imported:
    """One import. `blocks` are what it holds whole (a year, or year, reporter, side and goods):
    the same block of one data set is never in the store twice. `dropped` counts what was left out,
    by reason. `uniform` are columns with one value in all rows, which need not be read. `new` is
    False where the import was there already and nothing was done.
    """

    id: str
    dataset: str
    loader: str
    loader_version: int
    source: str
    licence: str
    files: tuple[SourceFile, ...]
    imported_at: str
    rows: int
    years: tuple[int, ...]
    editions: tuple[str, ...]
    levels: tuple[int, ...]
    sides: tuple[str, ...]
    blocks: tuple[str, ...]
    dropped: Mapping[str, int]
    notes: tuple[str, ...]
    replaces: tuple[str, ...] = ()
    layout: int = VERSION
    uniform: Mapping[str, str] = field(default_factory=dict)
    new: bool = True

    def as_dict(self) -> dict[str, Any]:
        data = asdict(self)
        data["dropped"], data["uniform"] = dict(self.dropped), dict(self.uniform)
        return data

    def write(self, folder: Path) -> None:
        """Writes ``manifest.json`` into the folder of the import."""
        data = self.as_dict()
        del data["new"]
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> Imported:
    """The manifest in a folder. Raises `StoreError`."""
    place = Place(file=str(path / "manifest.json"))
    try:
        data = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        if data["layout"] > VERSION:
            raise StoreError(
                "the trade data were written by a newer Comity",
                where=place,
                mend="install that version, or name another folder with COMITY_DATA",
            )
        files = tuple(SourceFile(**one) for one in data.pop("files"))
        plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
        return Imported(files=files, new=False, **plain)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"the manifest of an import cannot be read: {error}",
            where=place,
            mend="delete the folder of this import, and import its file again",
        ) from error


def source_file(path: Path) -> SourceFile:
    """Name, hash and size of a file. Raises `FileError`."""
    place = Place(file=str(path))
    if not path.is_file():
        why = "is a folder" if path.is_dir() else "is not there"
        raise FileError(f"the file {why}", where=place, mend="check the path")
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return SourceFile(path.name, digest, path.stat().st_size)
    except OSError as error:
        raise FileError(f"the file cannot be read: {error.strerror}", where=place) from error


def import_id(loader: str, files: Sequence[SourceFile], options: object) -> str:
    """The id of an import: the same bytes, loader and options have the same one."""
    seal = hashlib.sha256(loader.encode() + b"\0")
    for digest in sorted(file.sha256 for file in files):
        seal.update(digest.encode() + b"\0")
    seal.update(json.dumps(options, sort_keys=True, default=str).encode())
    return f"{loader}-{seal.hexdigest()[:16]}"
