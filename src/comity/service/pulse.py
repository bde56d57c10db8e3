"""Has anything been written? A look at the database that costs microseconds.

What is kept in memory must never be older than the store. SQLite counts commits of others for a
connection (``data_version``); PostgreSQL's snapshot names what is committed: two equal snapshots
see the same rows. Either is far cheaper than asking for the last revision.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from sqlalchemy.engine import Engine

REMOTE_SECONDS = 0.02
"""How old a look at PostgreSQL may be: what other programs write is seen this much later at most.
What this program writes is seen at once (`touch`)."""


class Pulse:
    """A number that rises when the store may have changed. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = engine.dialect.name == "sqlite"
        self._lock = threading.Lock()
        self._connection: Any = None
        self._seen: object = None
        self._number = 0
        self._looked = 0.0

    def touch(self) -> None:
        """Say that this program wrote something: what is in memory is to be looked at again."""
        with self._lock:
            self._number += 1
            self._looked = 0.0

    def number(self) -> int:
        """The number now; the same number again means that nothing was written in between."""
        if not self._local and time.monotonic() - self._looked < REMOTE_SECONDS:
            return self._number
        with self._lock:
            began = time.monotonic()
            try:
                seen = self._look()
            except Exception:
                # The connection broke (a restart of the server): whatever is in memory may be old.
                self._drop()
                self._number += 1
                return self._number
            if seen != self._seen:
                self._seen = seen
                self._number += 1
            self._looked = began
            return self._number

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _look(self) -> object:
        if self._connection is None:
            self._connection = self._open()
            self._number += 1
        cursor = self._connection.cursor()
        try:
            cursor.execute(
                "PRAGMA data_version" if self._local else "SELECT pg_current_snapshot()::text"
            )
            return cursor.fetchone()[0]
        finally:
            cursor.close()

    def _open(self) -> Any:
        if self._local:
            # A connection of its own: the pool's belong to the threads that borrowed them.
            import sqlite3

            database = self._engine.url.database or ":memory:"
            uri = database.startswith("file:")
            return sqlite3.connect(database, uri=uri, check_same_thread=False, isolation_level=None)
        dialect = self._engine.dialect
        words, names = dialect.create_connect_args(self._engine.url)
        return dialect.connect(*words, **names, autocommit=True)

    def _drop(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            finally:
                self._connection = None
