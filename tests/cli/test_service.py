"""Commands of the service: tokens, serve, and copies of a store that are stores."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from comity.opened import OpenRecord
from tests.cli.door import Door
from tests.record.build import event


def test_a_token_is_made_shown_once_listed_and_revoked(comity: Door) -> None:
    made = comity.try_("token", "create", "--role", "editor", "--name", "Bea")
    assert made.code == 0
    text = made.out.strip()
    assert text.startswith("comity_")
    assert text not in made.err
    listed = comity.try_("token", "list", "--format", "json")
    assert text not in listed.out
    row = json.loads(listed.out)[0]
    assert (row["name"], row["role"], row["state"]) == ("Bea", "editor", "valid")
    comity.refused("token", "create", "--role", "reader", "--name", "Bea")
    comity.refused("token", "create", "--role", "owner")
    comity.refused("token", "create", "--role", "reader", "--expires", "2001-01-01")
    comity.refused("token", "create", "--role", "reader", "--name", " ")
    assert comity.try_("token", "revoke", row["id"]).code == 0
    comity.refused("token", "revoke", "Bea")
    assert comity.try_("token", "create", "--role", "reader", "--name", "Bea").code == 0


def start(store: str, *options: str) -> tuple[subprocess.Popen[str], str]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-m", "comity.cli", "--db", store, "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("serving http://127.0.0.1:"), line
    return process, line.split()[1].removesuffix("/")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_answers_until_it_is_ended(store_url: str, how: signal.Signals) -> None:
    process, address = start(store_url, "--workers", "1")
    try:
        assert httpx.get(f"{address}/health", trust_env=False).json() == {"ok": True}
        assert httpx.get(f"{address}/record", trust_env=False).status_code == 200
    finally:
        process.send_signal(how)
        _, err = process.communicate(timeout=30)
    assert process.returncode in (0, -how, 130)
    assert "Traceback" not in err


def test_serve_asks_everyone_for_a_token_where_it_is_told_to(store_url: str) -> None:
    process, address = start(store_url, "--require-token", "--workers", "0")
    try:
        assert httpx.get(f"{address}/record", trust_env=False).status_code == 401
        assert httpx.get(f"{address}/health", trust_env=False).status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_serve_refuses_what_it_cannot_do(comity: Door, tmp_path: Path) -> None:
    comity.refused("serve", "--host", "192.0.2.1")
    comity.refused("serve", "--host", "no such name")
    done = comity.try_("--db", str(tmp_path / "none.db"), "serve", "--port", "0")
    assert done.code == 1
    assert "there is no record" in done.err
    assert not (tmp_path / "none.db").exists()


def test_a_copy_made_while_others_write_is_a_store(tmp_path: Path) -> None:
    from comity.record.store.backup import backup

    store = tmp_path / "record.db"
    over = threading.Event()
    with OpenRecord(store) as opened:
        opened.load_shipped()

        def write() -> None:
            number = 0
            while not over.is_set():
                opened.add_entries(event(f"e-{number}"))
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(3):
                backup(opened.log, tmp_path / f"copy-{number}.db")
        finally:
            over.set()
            writer.join()
        last = opened.log.last_received()
    seen = []
    for number in range(3):
        with OpenRecord(tmp_path / f"copy-{number}.db", create=False) as copy:
            assert copy.log.broken() == []
            seen.append(copy.log.last_received())
            copy.add_entries(event("written-after"))  # it goes on as a store
            brief = copy.brief("CHN", "JPN", as_of="2023-11-16")
            assert brief["measures"]
    assert 686 <= seen[0] <= seen[1] <= seen[2] <= last


def test_a_copy_is_refused_where_it_would_do_harm(comity: Door, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    comity.refused("db", "backup", str(there))
    assert there.read_text() == "mine"
    comity.refused("db", "backup", str(there / "below.db"))


def _program(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(found[0]) if found else str(shutil.which(name))


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_dump_of_postgresql_is_restored_as_the_page_says(
    store_url: str, tmp_path: Path, comity: Door
) -> None:
    url = make_url(store_url)
    name = f"{url.database}_restored"
    with OpenRecord(store_url) as opened:
        opened.load_shipped()
        wanted = opened.brief("CHN", "JPN", as_of="2023-11-16")
    done = comity.try_("--db", store_url, "db", "backup", str(tmp_path / "x.db"))
    assert done.code == 2
    assert "pg_dump" in done.err
    where = ["--host", str(url.host), "--port", str(url.port), "--username", str(url.username)]
    dump = str(tmp_path / "comity.dump")
    admin = url.set(drivername="postgresql").render_as_string(hide_password=False)
    run = {"check": True, "env": {**os.environ, "PGCONNECT_TIMEOUT": "10"}}
    subprocess.run(
        [_program("pg_dump"), *where, "--format=custom", f"--file={dump}", str(url.database)],
        **run,  # type: ignore[call-overload]
    )
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name)
            )
        )
    try:
        subprocess.run(
            [_program("pg_restore"), *where, f"--dbname={name}", dump],
            **run,  # type: ignore[call-overload]
        )
        restored = url.set(database=name).render_as_string(hide_password=False)
        with OpenRecord(restored, create=False) as opened:
            assert opened.log.broken() == []
            assert opened.brief("CHN", "JPN", as_of="2023-11-16") == wanted
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
