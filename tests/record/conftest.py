"""A record opened on a fresh store, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from comity.opened import OpenRecord


@pytest.fixture
def record(store_url: str) -> Iterator[OpenRecord]:
    with OpenRecord(store_url) as opened:
        yield opened


@pytest.fixture
def local(tmp_path: Path, sqlite_template: Path) -> Iterator[OpenRecord]:
    """A record on SQLite only, for tests that do not depend on the database."""
    path = tmp_path / "local.db"
    with (
        closing(sqlite3.connect(sqlite_template)) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
    with OpenRecord(path) as opened:
        yield opened
