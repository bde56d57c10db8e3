"""The application: routes, errors and the gate before them, over one open record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import Depends, FastAPI

from comity.access import reaches
from comity.api import faults
from comity.api.callers import Caller, Needs
from comity.api.described import DESCRIPTION, TAGS, describe
from comity.api.gate import Gate
from comity.api.routes import (
    about,
    applies,
    entries,
    proposals,
    relations,
    runs,
    trade,
    writing,
)
from comity.api.routing import caller_of
from comity.api.settings import Settings
from comity.service.crew import Crew
from comity.service.service import Service
from comity.version import __version__

PREFIX = "/api/v1"
_THREADS = 8
"""Reads at once: fewer than the connections of a store's pool, so that none waits for one."""


def application(store: str | Path | None = None, settings: Settings | None = None) -> FastAPI:
    """The ASGI application over a store that exists. Raises `StoreError` where it does not."""
    settings = settings or Settings()
    service = Service(store)
    crew = Crew(service.record.url, settings.workers)
    # The doors know nothing of each other; this one only opens the pages beside itself.
    pages = import_module("comity.web.routes")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        service.engines.prepare(service.moment().received)
        crew.start()
        warming = asyncio.create_task(_warm(pages, service)) if settings.warm else None
        try:
            yield
        finally:
            if warming is not None:
                await warming
            crew.stop()
            service.close()

    app = declared(lifespan)
    app.include_router(
        pages.pages(
            service,
            guard=lambda role: Depends(Needs(role)),
            caller=lambda request: (caller_of(request).key, caller_of(request).name),
            most_runs=settings.queued_runs,
            may=lambda request, role: _may(caller_of(request), role),
        )
    )
    app.state.error_page = pages.error_page
    app.state.service = service
    app.state.settings = settings
    app.add_middleware(Gate, service=service, settings=settings)
    return app


def _may(caller: Caller, role: str) -> bool:
    return caller.role is not None and reaches(caller.role, role)


async def _warm(pages: Any, service: Service) -> None:
    await to_thread.run_sync(pages.warm, service)


def declared(lifespan: Any = None) -> FastAPI:
    """The routes and what is said of them, over no store: enough for a description."""
    app = FastAPI(
        title="Comity",
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        docs_url=None,  # the interactive pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    for module in (about, relations, entries, writing, proposals, applies, trade, runs):
        module.routes.register(app, PREFIX)
    faults.register(app)
    describe(app)
    return app
