"""DuckDB, imported when it is first needed, opened with limits that suit a laptop."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.words.errors import MissingDependency

if TYPE_CHECKING:
    import duckdb

MEMORY = "1200MB"
"""DuckDB's own limit; with Python and buffers outside it an import stays below 2 GB."""


def connect(temporary: Path | None = None, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection of its own to an empty database in memory. Raises `MissingDependency`.

    `temporary` is where it may spill; without it, it spills nowhere and fails instead.
    """
    try:
        import duckdb
    except ImportError as error:
        raise MissingDependency(
            "trade data are read with DuckDB, which is not installed",
            mend="install it with: pip install duckdb",
        ) from error
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit='{MEMORY}'")
    connection.execute(f"SET temp_directory={quoted(str(temporary or ''))}")
    # The order of rows means nothing here, and keeping it costs memory. DuckDB guesses a CSV file
    # small, and would build its hash table from the file instead of from the table of codes.
    connection.execute("SET preserve_insertion_order=false")
    connection.execute("SET disabled_optimizers='build_side_probe_side,join_order'")
    if threads is not None:
        connection.execute(f"SET threads={int(threads)}")
    return connection


def close(connection: duckdb.DuckDBPyConnection | None) -> None:
    """Closes what may be closed already."""
    if connection is not None:
        with suppress(Exception):
            connection.close()


def quoted(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """Literals between commas, for IN and for lists."""
    return ", ".join(quoted(text) for text in texts)


def rows_of(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query as tuples."""
    found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found
