"""Opening a store: where it lies, its schema version, and its transactions.

SQLite by default (one file in the platform's user data folder), PostgreSQL by URL; the schema is
kept by Alembic from the first day. Opening checks the version without loading Alembic, so that a
command starts fast.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from comity.words.errors import ConflictError, InputError, StoreError

VERSIONS = ("0001", "0002", "0003")
"""Schema versions this program knows, oldest first; the last is the one it reads and writes."""

_LOCK = 0x636F6D697479  # PostgreSQL advisory lock, "comity" in ASCII
_BUSY_SECONDS = 60


def default_url() -> str:
    """The store to use where none is named: ``COMITY_DB``, else a file in the user data folder."""
    named = os.environ.get("COMITY_DB")
    if named:
        return to_url(named)
    from platformdirs import user_data_path

    return to_url(user_data_path("comity", appauthor=False) / "record.db")


def to_url(name: str | Path) -> str:
    """A URL from what a person types: a URL of SQLite or PostgreSQL, or the path of a file."""
    text = str(name)
    if "://" not in text:
        path = str(Path(text).expanduser().absolute())
        return "sqlite:///" + path.replace("%", "%25").replace("?", "%3F")  # names, not URLs
    scheme, _, rest = text.partition("://")
    if scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return text
    raise InputError(
        f"a store cannot be kept at {scheme}://",
        mend="give the path of a SQLite file, or postgresql://user@host/database",
    )


def no_store(url: str) -> StoreError:
    shown = sa.engine.make_url(url).render_as_string(hide_password=True)
    return StoreError(
        f"there is no record at {shown}",
        mend="load the packs that come with Comity into it (comity pack load --shipped), "
        "or name another store with --db or COMITY_DB",
    )


def must_exist(url: str) -> None:
    """Refuse a SQLite file that is not there: a command that only reads must not make one."""
    path = _file_of(url)
    if path is not None and not path.is_file():
        raise no_store(url)


def _file_of(url: str) -> Path | None:
    """The file of a SQLite store; None for another database, or one in memory. Raises `InputError`.

    A path is escaped in a URL, so the URL's own text will not do.
    """
    try:
        address = sa.engine.make_url(url)
    except (ValueError, sa.exc.ArgumentError):
        raise InputError(
            "the address of the store cannot be read",
            mend="write postgresql://user@host:port/database, or the path of a SQLite file",
        ) from None
    name = address.database
    if address.get_backend_name() != "sqlite" or not name or name == ":memory:":
        return None
    return None if name.startswith("file:") else Path(name)


def connect(url: str) -> Engine:
    """An engine for the URL, with the settings that keep a store whole. Raises `StoreError`."""
    path = _file_of(url)
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"the folder of the store cannot be made: {error.strerror}: {path.parent}",
                mend="name another file with --db or COMITY_DB",
            ) from None
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        sa.event.listen(engine, "connect", _sqlite_settings)
    else:
        engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        # The driver must not begin transactions by itself: writers take the lock from the start.
        sa.event.listen(engine, "begin", _begin)
    return engine


def _sqlite_settings(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("comity_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn the database's own errors into a `StoreError` that says what to do."""
    try:
        yield
    except sa.exc.IntegrityError as error:
        if "one_successor" in str(error) or "supersedes" in str(error):
            raise ConflictError(
                "the entry was changed by another writer in the meantime",
                mend="read it again and repeat the change",
            ) from None
        raise
    except sa.exc.DBAPIError as error:
        shown = sa.engine.make_url(url).render_as_string(hide_password=True)
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "no reason given"
        if "locked" in reason:
            raise StoreError(
                f"the store is busy with another writer ({shown})", mend="try again in a moment"
            ) from None
        raise StoreError(
            f"the store cannot be used: {reason} ({shown})",
            mend="check the path or the address, and that it is a Comity store",
        ) from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    with explained(str(engine.url)), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction, alone: all of it lands or nothing does."""
    with explained(str(engine.url)), engine.connect() as plain:
        connection = plain.execution_options(comity_write=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                # Serialises writers, so that `received` becomes visible in rising order.
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:k)"), {"k": _LOCK})
            yield connection


def version_of(connection: Connection) -> str | None:
    """The store's schema version; None where the database is empty. Raises `StoreError`."""
    names = set(sa.inspect(connection).get_table_names())
    if "alembic_version" in names:
        return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())
    if names:
        raise StoreError(
            "this database is not a Comity store: it holds other tables",
            mend="name another file with --db or COMITY_DB",
        )
    return None


def check(engine: Engine) -> str | None:
    """The version of a store that this program can use, or None for an empty one."""
    with reading(engine) as connection:
        version = version_of(connection)
    if version is None or version == VERSIONS[-1]:
        return version
    if version in VERSIONS:
        raise StoreError(
            f"the store has schema {version}, this program needs {VERSIONS[-1]}",
            mend="run: comity db upgrade",
        )
    raise StoreError(
        f"the store has schema {version}, newer than this program knows ({VERSIONS[-1]})",
        mend="use the newer Comity that wrote it; this one leaves it untouched",
    )


def upgrade(url: str) -> str:
    """Create or migrate the store at a URL to the newest schema; returns the version.

    All in one write transaction: an upgrade that is killed leaves the store as it was.
    """
    import warnings

    from alembic import command
    from alembic.config import Config

    engine = connect(url)
    try:
        with reading(engine) as connection:
            version = version_of(connection)
        if version is None and engine.dialect.name == "sqlite":
            # Kept in the file, and cannot be set in a transaction: only a new store is asked to.
            with explained(url), closing(engine.raw_connection()) as raw:
                raw.cursor().execute("PRAGMA journal_mode=WAL")
        with writing(engine) as connection:
            version = version_of(connection)
            if version is not None and version not in VERSIONS:
                raise StoreError(
                    f"the store has schema {version}, newer than this program knows",
                    mend="use the newer Comity that wrote it; this one leaves it untouched",
                )
            if version != VERSIONS[-1]:
                config = Config()
                config.set_main_option("script_location", "comity.record.store:migrations")
                config.set_main_option("path_separator", "os")
                config.attributes["connection"] = connection
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", DeprecationWarning)
                    command.upgrade(config, "head")
    finally:
        engine.dispose()
    return VERSIONS[-1]
