"""The pages on a store, as an application by themselves."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from comity.opened import OpenRecord
from comity.web.routes import pages


def application(store: Path | str) -> FastAPI:
    """The pages alone."""
    record = OpenRecord(store)
    app = FastAPI(openapi_url=None)
    app.include_router(pages(lambda: record))
    return app
