"""Opening stores: their schema, and all that is refused without being touched."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from comity.opened import OpenRecord
from comity.record.store import Log, check, database, to_url, upgrade
from comity.record.store.schema import metadata
from comity.words.errors import ComityError, InputError, StoreError
from tests.record.build import add, event, state


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_the_migrations_give_the_tables_of_the_schema(store_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = sa.create_engine(store_url)
    with engine.connect() as connection:

        def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
            return not (kind == "table" and str(name).startswith("search"))

        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_an_upgrade_twice_changes_nothing(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("e"))
    before = state(record)
    assert upgrade(record.url) == upgrade(record.url) == database.VERSIONS[-1]
    assert state(record) == before
    assert check(record.log.engine) == database.VERSIONS[-1]


@pytest.mark.parametrize("version", ["9999", "a1b2c3d4e5f6"])
def test_a_store_of_a_newer_schema_is_refused_untouched(
    store_url: str, tmp_path: Path, version: str
) -> None:
    with OpenRecord(store_url) as record:
        add(record, tmp_path, event("e"))
    run(store_url, f"UPDATE alembic_version SET version_num = '{version}'")
    sqlite = store_url.startswith("sqlite")
    before = digest(file_of(store_url)) if sqlite else ""
    for attempt in (OpenRecord, upgrade):
        with pytest.raises(StoreError, match=f"schema {version}, newer") as caught:
            attempt(store_url)
        assert "newer Comity" in str(caught.value.mend)
        assert caught.value.exit_code == 1
    if sqlite:
        assert digest(file_of(store_url)) == before
    run(store_url, f"UPDATE alembic_version SET version_num = '{database.VERSIONS[-1]}'")
    with OpenRecord(store_url) as record:
        assert record.count() == {"event": 1}


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_foreign_database_is_refused_untouched(tmp_path: Path, journal: str) -> None:
    path = tmp_path / "photos.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("CREATE TABLE photos (id INTEGER)")
        connection.commit()
    before = digest(path)
    for attempt in (OpenRecord, lambda p: upgrade(to_url(p))):
        with pytest.raises(StoreError, match="not a Comity store") as caught:
            attempt(path)
        assert "--db" in str(caught.value.mend)
    assert digest(path) == before
    assert [p.name for p in tmp_path.iterdir()] == ["photos.db"]


def test_a_database_with_other_tables_is_refused(store_url: str) -> None:
    names = ("search", *sorted(metadata.tables), "alembic_version")
    run(store_url, *(f"DROP TABLE {name}" for name in names), "CREATE TABLE photos (id INTEGER)")
    with pytest.raises(StoreError, match="not a Comity store"):
        OpenRecord(store_url)
    engine = sa.create_engine(store_url)
    assert sa.inspect(engine).get_table_names() == ["photos"]
    engine.dispose()


@pytest.mark.parametrize("content", [b"hello, I am text\n" * 300, b"\x89PNG\r\n" * 500])
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="not a database"):
        OpenRecord(path)
    assert path.read_bytes() == content


def test_places_where_no_store_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "file" / "record.db", "/proc/nothing/record.db"):
        with pytest.raises(StoreError) as caught:
            OpenRecord(place)
        assert caught.value.mend


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u@host/db",
        "postgresql://u@host:port/db",
        "postgresql://u@[::1/db",
        "https://host/record.db",
        "postgresql://",
    ],
)
def test_addresses_that_are_wrong(url: str) -> None:
    with pytest.raises(ComityError) as caught:
        OpenRecord(url)
    assert isinstance(caught.value, InputError | StoreError)
    assert caught.value.mend


@pytest.mark.parametrize(
    "name", ["a?b.db", "a%20b.db", "100%.db", "a#b.db", "a b.db", "ü.db", "x:memory:y.db", "a;b.db"]
)
def test_a_path_is_a_path(tmp_path: Path, name: str) -> None:
    """Whatever the file is called, it is the file that was named."""
    folder = tmp_path / "new" / "folder"
    with OpenRecord(folder / name) as record:
        add(record, tmp_path, event("e"))
    assert [path.name for path in folder.iterdir()] == [name]
    with OpenRecord(folder / name, create=False) as record:
        assert record.count() == {"event": 1}


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no record at") as caught:
        OpenRecord(tmp_path / "none.db", create=False)
    assert caught.value.mend
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_does_not_answer_and_its_password() -> None:
    with pytest.raises(StoreError) as caught:
        OpenRecord("postgresql://user:secret@127.0.0.1:1/db")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


AS_NOBODY = """
import os, sys
from comity.opened import OpenRecord
from comity.words.errors import StoreError
path, entries, other = sys.argv[1:]
with OpenRecord(other) as record:  # loads all that it needs, while it may still read it
    record.add(entries)
if os.geteuid() == 0:  # root may write everywhere
    os.setgid(65534)
    os.setuid(65534)
try:
    with OpenRecord(path) as record:
        print("count", record.count())
        record.add(entries)
except StoreError as error:
    print("StoreError", error.what, "|", error.mend)
"""


@pytest.mark.parametrize("what", ["file", "folder", "both"])
def test_a_store_that_may_not_be_written(tmp_path: Path, what: str) -> None:
    """The file, its folder with it (SQLite needs files beside), or a folder for a new store."""
    open_to_all = Path("/tmp") / f"comity-readonly-{os.getpid()}-{what}"
    open_to_all.mkdir()
    path = open_to_all / "record.db"
    try:
        entries = open_to_all / "entries.yaml"
        entries.write_text("- {id: e, kind: event, title: t, on: 2023-01-01, event_kind: report}\n")
        if what != "folder":
            Log(to_url(path)).close()
            path.chmod(0o444)
        open_to_all.chmod(0o777 if what == "file" else 0o555)
        before = path.read_bytes() if path.exists() else None
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, path, entries, tmp_path / "other.db"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "StoreError" in done.stdout, done.stdout + done.stderr
        assert done.returncode == 0, done.stderr
        assert (path.read_bytes() if path.exists() else None) == before
    finally:
        open_to_all.chmod(0o777)
        for file in open_to_all.iterdir():
            file.unlink()
        open_to_all.rmdir()


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    with OpenRecord(path) as record:
        assert record.count() == {}


def test_a_broken_body_is_found(record: OpenRecord, tmp_path: Path) -> None:
    add(record, tmp_path, event("good"), event("bad"))
    assert record.log.broken() == []
    run(record.url, "UPDATE revision SET body = replace(body, 'bad', 'mad') WHERE entry = 'bad'")
    assert record.log.broken() == ["bad (2)"]
