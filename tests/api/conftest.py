"""A running server on a store of the test's own, and clients of each role."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn

from comity.access import ROLES, create
from comity.api import Settings, application
from comity.opened import OpenRecord

QUIET = Settings(rate=0.0, workers=0)
"""No limit on how often tests ask, and nothing that works off runs."""


@dataclass
class Served:
    """A server that runs: its address, its store, and a token for each role."""

    address: str
    store: str
    tokens: dict[str, str]
    app: Any

    def client(self, role: str | None = None, **headers: str) -> httpx.Client:
        """A client with the token of a role; of this machine, without one."""
        if role is not None:
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return httpx.Client(base_url=self.address, headers=headers, timeout=30, trust_env=False)


@contextmanager
def running(store: str, settings: Settings = QUIET, who: str = "ann") -> Iterator[Served]:
    """Serve a store on a free loopback port for as long as the block lasts, with a token of each
    role in the name of `who`."""
    with OpenRecord(store) as opened:
        tokens = {role: create(opened.log, role, name=f"{who}-{role}", by="t")[0] for role in ROLES}
    app = application(store, settings)
    config = uvicorn.Config(app, port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(f"http://127.0.0.1:{port}", store, tokens, app)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def served(store_url: str) -> Iterator[Served]:
    """A server over an empty store, on both databases."""
    with running(store_url) as one:
        yield one


@pytest.fixture
def serve() -> Callable[..., Any]:
    """`running`, for tests with settings of their own."""
    return running


@pytest.fixture(scope="session")
def shipped_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the shipped record; tests only read it."""
    path = tmp_path_factory.mktemp("shipped") / "record.db"
    with OpenRecord(path) as opened:
        opened.load_shipped()
    return str(path)


@pytest.fixture(scope="session")
def shipped(shipped_store: str) -> Iterator[Served]:
    """A server over the shipped record, which tests only read."""
    with running(shipped_store) as one:
        yield one
