"""A copy of a store, made while others write to it."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path

from comity.record.store.log import Log
from comity.words.errors import ConflictError, FileError, InputError, Place, StoreError

_PAGES = 4096


def backup(log: Log, to: Path) -> None:
    """Copy a SQLite store whole to a new file, and check the hashes of all revisions in it.

    Raises `InputError` for another database, `ConflictError` where the file is there already,
    `FileError` where it cannot be written, `StoreError` where the copy is broken.
    """
    place = Place(file=str(to))
    if log.engine.dialect.name != "sqlite":
        raise InputError(
            "this store is not a SQLite file",
            mend="PostgreSQL has its own: pg_dump --format=custom, and pg_restore",
        )
    if to.exists():
        raise ConflictError(
            "there is such a file already", where=place, mend="name a new file for the copy"
        )
    work = to.with_name(f".{to.name}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        work.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(str(log.engine.url.database))) as source,
            closing(sqlite3.connect(work)) as copy,
        ):
            source.backup(copy, pages=_PAGES)
        _check(work)
        work.replace(to)
    except (OSError, sqlite3.Error) as error:
        raise FileError(
            f"the copy cannot be written: {error}", where=place, mend="name another file"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            work.unlink(missing_ok=True)


def _check(file: Path) -> None:
    copy = Log(f"sqlite:///{file.absolute()}", create=False)
    try:
        broken = copy.broken()
    finally:
        copy.close()
    if broken:
        raise StoreError(
            f"{len(broken)} revisions differ from the hash they were given, first: {broken[0]}",
            mend="the store itself is damaged: restore it from an earlier copy or an export",
        )
