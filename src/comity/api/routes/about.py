"""What this is, and whether it is well."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from comity.api.routing import Routes, caller_of, service_of
from comity.api.written import plain
from comity.version import __version__

routes = Routes("about")


@routes.get("/", role=None, tagged=False, answers=("name", "version", "openapi"))
def about(request: Request) -> Response:
    """The name and version of the program, and where its description lies."""
    return plain({"name": "Comity", "version": __version__, "openapi": "/openapi.json"})


@routes.get("/health", role=None, tagged=False, answers=("ok",))
def health(request: Request) -> Response:
    """Can the record be read? For what watches over a server."""
    service_of(request).record.log.last_received()
    return plain({"ok": True})


@routes.get("/record", role="reader", tagged=False, answers=("received", "entries", "packs"))
def record(request: Request) -> Response:
    """How much the record holds, by kind, and from which packs."""
    service = service_of(request)
    log = service.record.log
    return plain(
        {
            "received": service.moment().received,
            "entries": service.record.count(),
            "packs": [{"name": n, "version": v} for n, v in sorted(log.packs().items())],
        }
    )


@routes.get("/me", role="reader", tagged=False, answers=("name", "role"))
def me(request: Request) -> Response:
    """Who asks: the name and role of the token, or of a caller without one."""
    caller = caller_of(request)
    return plain({"name": caller.name, "role": caller.role})
