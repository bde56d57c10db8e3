"""What every test can ask for: a fresh store, the shared data, a browser.

Each store-backed test runs twice, on SQLite and on PostgreSQL. The schema is migrated once per
worker into a template; a test gets a copy of it, which costs some milliseconds.
"""

from __future__ import annotations

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy.engine import URL, make_url

POSTGRES = "COMITY_TEST_POSTGRES"
"""Names a server where the tests may make databases; `scripts/with-postgres` sets it."""

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"

_numbers = itertools.count(1)


# --------------------------------------------------------------------------------- hypothesis

_slow_fixture = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=_slow_fixture
)
settings.register_profile("dev", deadline=None, suppress_health_check=_slow_fixture)
settings.register_profile("thorough", parent=settings.get_profile("dev"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


# ---------------------------------------------------------------- what this run cannot test

_WITHOUT_POSTGRES = (
    f"{POSTGRES} is not set, so nothing is tested on PostgreSQL; "
    "run scripts/with-postgres pytest, or make test"
)
_WITHOUT_SHARED = "the shared data is not there (../shared), so tests that compare with it are left"
_WITHOUT_BROWSER = "Chromium is not installed, so pages are not tested in a browser"


def _browser() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says aloud, once, what became of generated worlds, and what the whole run left out."""
    from benchmarks.world_tally import summed

    stats = terminalreporter.stats
    if lines := summed([*stats.get("passed", []), *stats.get("failed", [])]):
        terminalreporter.section("generated worlds × policy shocks")
        for line in lines:
            terminalreporter.line(line)
    missing = [
        message
        for message, there in (
            (_WITHOUT_POSTGRES, os.environ.get(POSTGRES)),
            (_WITHOUT_SHARED, SHARED.is_dir()),
            (_WITHOUT_BROWSER, _browser()),
        )
        if not there
    ]
    if missing:
        terminalreporter.section("NOT TESTED", red=True, bold=True)
        for message in missing:
            terminalreporter.line(message, red=True)


def chromium_program() -> str:
    """The path of the system's Chromium; without one the test is left, or fails where demanded."""
    program = _browser()
    if program is None:
        _absent(_WITHOUT_BROWSER, "COMITY_REQUIRE_BROWSER")
        raise AssertionError
    return program


def _absent(message: str, demanded_by: str) -> None:
    """Skips, or fails where the environment demands that the thing be there."""
    if os.environ.get(demanded_by) == "1":
        pytest.fail(f"{message} ({demanded_by}=1 demands it)", pytrace=False)
    pytest.skip(message)


# -------------------------------------------------------------------------------------- stores


def migrate(url: str) -> None:
    """Brings the store at `url`, which may be empty, to the newest schema.

    It must leave no connection open: PostgreSQL copies only a template that nobody uses.
    """
    from comity.record import store

    store.upgrade(url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite store; made once per worker and only copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> URL:
    """The server whose databases the tests may make and drop."""
    address = os.environ.get(POSTGRES)
    if not address:
        _absent(_WITHOUT_POSTGRES, "COMITY_REQUIRE_POSTGRES")
        raise AssertionError
    return make_url(address)


def _administer(server: URL, statement: sql.Composed) -> None:
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _drop(server: URL, name: str) -> None:
    _administer(
        server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def _database(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Iterator[str]:
    """The name of a migrated, empty PostgreSQL database; made once per worker and only copied."""
    name = f"comity_template_{os.getpid()}"
    _administer(
        postgres_server,
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
            sql.Identifier(name)
        ),
    )
    try:
        migrate(_database(postgres_server, name))
        yield name
    finally:
        _drop(postgres_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated, empty store: one test on SQLite, one on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "comity.db"
        # Not a copy of the file: what lies in a write-ahead log belongs to the store, too.
        with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        yield f"sqlite:///{path}"
        return
    server: URL = request.getfixturevalue("postgres_server")
    origin: str = request.getfixturevalue("postgres_template")
    name = f"comity_test_{os.getpid()}_{next(_numbers)}"
    _administer(
        server,
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(origin)
        ),
    )
    try:
        yield _database(server, name)
    finally:
        _drop(server, name)


# -------------------------------------------------------------------------- data and a browser


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared facts and reference data beside the checkout; read, never written."""
    if not SHARED.is_dir():
        _absent(_WITHOUT_SHARED, "COMITY_REQUIRE_SHARED")
    return SHARED


@pytest.fixture
def chromium(tmp_path: Path) -> list[str]:
    """The command line of a headless Chromium with an empty profile of its own.

    Add what it should do and where: `--dump-dom`, `--screenshot=FILE`, `--window-size=390,844`,
    then the address (`file://…` or a loopback one).
    """
    program = chromium_program()
    return [
        program,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars",
        f"--user-data-dir={tmp_path / 'chromium'}",
    ]
