"""A server on the shipped record, served once, and a real browser on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from comity.api import Settings
from comity.opened import OpenRecord
from tests.api.conftest import Served, running
from tests.conftest import chromium_program

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def loaded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the shipped packs and one attached document; read, and asked for runs."""
    path = tmp_path_factory.mktemp("web") / "comity.db"
    with OpenRecord(path) as record:
        record.load_packs(["common", "china-japan"])
    return path


@pytest.fixture(scope="session")
def served(loaded_store: Path) -> Iterator[Served]:
    """The shipped record, served with a process that works off runs."""
    with running(f"sqlite:///{loaded_store}", Settings(rate=0.0, workers=1)) as one:
        yield one


@pytest.fixture(scope="session")
def site(served: Served) -> Iterator[httpx.Client]:
    """A client of this machine, without a token."""
    with served.client() as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless. It is closed after each module: while it is open, an event
    loop runs in this thread, and other tests start their own."""
    program = chromium_program()
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


class Watched:
    """A page of a browser whose console, errors and outside requests are watched."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.wrong: list[str] = []
        self.meant: tuple[str, ...] = ()
        """Statuses that the test itself asks for: the console tells of each."""
        page.on("console", self._told)
        page.on("pageerror", lambda e: self.wrong.append(f"error: {e}"))
        page.on("request", self._requested)

    def _told(self, message: ConsoleMessage) -> None:
        if not any(f"with a status of {status} " in message.text for status in self.meant):
            self.wrong.append(f"console {message.type}: {message.text}")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.wrong.append(f"asked elsewhere: {request.url}")

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.address + path)
        return self.page


@contextmanager
def watching(
    browser: Browser, address: str, width: int = 1200, *, scheme: str = "light", script: bool = True
) -> Iterator[Watched]:
    """A page of a window so wide; at the end nothing may have gone wrong on it."""
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        locale="en-GB",
    )
    context.set_default_timeout(20_000)
    one = Watched(context.new_page(), address)
    try:
        yield one
        assert one.wrong == []
    finally:
        context.close()
