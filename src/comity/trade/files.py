"""Reading data files with errors that name the file: arrays (npz), tables (CSV), lists of names."""

from __future__ import annotations

import csv
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.words.errors import ComityError, FileError, Place, ValidationError

Array = NDArray[np.float64]
PathLike = str | os.PathLike[str]

ZIP_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    OSError,
    OverflowError,
    RuntimeError,  # encrypted, or a method that is not implemented
    ValueError,  # offsets and names that cannot be
)
"""What reading a zip whose bytes were changed can raise: found by changing each of them."""

LARGEST = 2_000_000_000
"""Bytes of one array, or of one text file, above which a file is refused."""


@contextmanager
def in_file(path: PathLike) -> Iterator[None]:
    """Name `path` in errors raised inside that name no file: values are checked far from where
    they were read."""
    try:
        yield
    except ComityError as error:
        place = error.where or Place()
        if place.file is None:
            error.where = replace(place, file=str(path))
        raise


def folder_of(folder: PathLike, what: str, mend: str = "give the folder that holds it") -> Path:
    """`folder` as a path, if it is one that is there. Raises `FileError`."""
    path = Path(folder).expanduser()
    if not path.is_dir():
        why = "is a file, not a folder" if path.exists() else "is not there"
        raise FileError(f"the folder of {what} {why}", where=Place(file=str(path)), mend=mend)
    return path


def file_in(folder: Path, name: str, what: str) -> Path:
    """The file `name` of a data set. Raises `FileError` naming what else the folder holds."""
    path = folder / name
    if not path.is_file():
        there = sorted(p.name for p in folder.iterdir())[:8]
        raise FileError(
            f"{what} needs the file {name}, which is not in the folder",
            where=Place(file=str(path)),
            mend=f"the folder holds {', '.join(there) or 'nothing'}",
        )
    return path


def read_arrays(path: Path, wanted: Mapping[str, tuple[Sequence[str], ...]]) -> dict[str, Array]:
    """Named float arrays of an ``.npz`` file, each with exactly the axes given by their labels.

    Pickled objects are never read. Raises `FileError` for a file that is no such archive or is cut
    off, `ValidationError` for an array that is missing, of another shape, or holds NaN.
    """
    place = Place(file=str(path))
    try:
        # numpy closes a file that it did not open itself only when all went well.
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not hasattr(archive, "files"):
                raise FileError(
                    "the file holds one array, not an archive", where=place, mend="give the .npz"
                )
            found: dict[str, Any] = {
                name: archive[name] for name in wanted if name in archive.files
            }
            there = list(archive.files)
    except ZIP_FAILURES as e:
        raise FileError(
            f"the file cannot be read as an archive of numpy arrays: {e}",
            where=place,
            mend="fetch it again: it may be cut off, or another kind of file",
        ) from e
    out: dict[str, Array] = {}
    for name, axes in wanted.items():
        shape = tuple(map(len, axes))
        where = Place(file=str(path), field=name)
        if name not in found:
            raise ValidationError(
                f"the array {name} is missing",
                where=where,
                mend=f"the file holds {', '.join(there[:12])}",
            )
        if found[name].dtype.kind not in "fiu":
            raise ValidationError(
                f"{name} does not hold numbers",
                where=where,
                mend="fetch the file again: its arrays are real numbers",
            )
        array = np.asarray(found[name], dtype=np.float64)
        if array.shape != shape:
            raise ValidationError(
                f"{name} has the shape {array.shape}, not {shape}",
                where=where,
                mend="the file belongs to other lists of economies or sectors",
            )
        if not np.isfinite(array).all():
            bad = np.argwhere(~np.isfinite(array))
            first = ", ".join(axis[int(k)] for axis, k in zip(axes, bad[0], strict=True))
            raise ValidationError(
                f"{name} holds {len(bad)} values that are not finite numbers, the first for "
                f"{first}",
                where=where,
                mend="the file is damaged: fetch it again",
            )
        out[name] = array
    return out


def read_names(path: Path, count: int | None = None) -> list[str]:
    """The lines of a list of names. Raises `FileError`, or `ValidationError` for another count."""
    names = [line.strip() for line in _text(path).splitlines() if line.strip()]
    if count is not None and len(names) != count:
        raise ValidationError(
            f"the list has {len(names)} names, not {count}",
            where=Place(file=str(path)),
            mend="fetch it again: it has one name on each line, in the order of the arrays",
        )
    return names


def _text(path: Path) -> str:
    place = Place(file=str(path))
    try:
        if path.stat().st_size > LARGEST:
            raise FileError(
                f"the file is larger than {LARGEST:,} bytes", where=place, mend="give a part of it"
            )
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise FileError(
            "the file is not there", where=place, mend="name one that is, with its folder"
        ) from error
    except IsADirectoryError as error:
        raise FileError(
            "this is a folder, not a file", where=place, mend="name a file in it"
        ) from error
    except UnicodeDecodeError as error:
        raise FileError("the file is not UTF-8 text", where=place, mend="save it as CSV") from error
    except OSError as error:
        raise FileError(
            f"the file cannot be read: {error.strerror}", where=place, mend="name another file"
        ) from error


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file under their header, as text."""

    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def at(self, row: int, field: str | None = None) -> Place:
        """The place of a row (counted from 0 here; its place counts from 1, below the header)."""
        return Place(file=self.path, row=row + 1, field=field)

    def column(self, name: str) -> int:
        return self.columns.index(name)

    def values(self, name: str) -> list[str]:
        """The cells of one column."""
        k = self.columns.index(name)
        return [row[k] for row in self.rows]

    def numbers(self, name: str) -> Array:
        """One column as finite floats. Raises `ValidationError` naming the first bad row."""
        k = self.columns.index(name)
        try:
            array = np.array([float(row[k]) for row in self.rows], dtype=np.float64)
        except ValueError:
            array = np.array([np.nan])
        if len(array) != len(self.rows) or not np.isfinite(array).all():
            for r, row in enumerate(self.rows):
                number(row[k], name, self.at(r, name))
        return array


def number(cell: str, what: str, where: Place) -> float:
    """A cell as a finite number. Raises `ValidationError`."""
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        shown = "empty" if not cell.strip() else repr(cell)
        raise ValidationError(
            f"{what} is {shown}, not a number",
            where=where,
            mend="write a plain decimal number, without thousands separators",
        )
    return value


def read_table(path: PathLike, columns: Sequence[str] = ()) -> Table:
    """A CSV file with a header that has at least `columns`.

    Raises `FileError` for a file that is missing, empty or no text, `ValidationError` for missing
    columns and for rows with another number of cells than the header.
    """
    file = Path(path).expanduser()
    place = Place(file=str(file))
    lines = csv.reader(_text(file).splitlines(), strict=True)
    try:
        head = next(lines, None)
        if head is None or not any(cell.strip() for cell in head):
            raise FileError("the file is empty", where=place, mend="give it a header and rows")
        names = tuple(cell.strip() for cell in head)
        rows = tuple(tuple(row) for row in lines if row)
    except csv.Error as error:
        raise FileError(
            f"the file is not CSV: {error}",
            where=Place(file=str(file), line=lines.line_num),
            mend="save it as CSV again, cells with commas in quotes",
        ) from error
    missing = [name for name in columns if name not in names]
    if missing:
        raise ValidationError(
            f"the table has no column {missing[0]!r}",
            where=place,
            mend=f"its columns are {', '.join(names[:12])}",
        )
    for r, row in enumerate(rows):
        if len(row) != len(names):
            raise ValidationError(
                f"the row has {len(row)} cells, the header {len(names)}",
                where=Place(file=str(file), row=r + 1),
                mend="give each column one cell; put cells that hold a comma into quotes",
            )
    return Table(str(file), names, rows)
