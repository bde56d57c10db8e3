"""What every page shares: templates, headers, answers that a browser may keep, and errors."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import Response

from comity.report.render.web import environment
from comity.report.tables import as_json
from comity.web.asked import Asked, linked
from comity.words.catalogue import t
from comity.words.errors import (
    AccessDenied,
    ComityError,
    ConflictError,
    InputError,
    LimitReached,
    MissingDependency,
    ModelError,
    NotFound,
    RequestError,
    ServerError,
    StaleError,
    StoreError,
)

if TYPE_CHECKING:
    from comity.opened import OpenRecord
    from comity.service.service import Service

FOLDER = Path(__file__).resolve().parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}
"""Nothing is loaded from elsewhere, nothing runs that does not come from this server, no other
site shows a page in a frame, and what a browser keeps it asks about again. What else guards every
answer stands before all doors."""
MEDIA = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "yaml": "application/yaml",
}
_log = logging.getLogger("comity.web")


@dataclass
class Site:
    """The pages of one store, open for many callers; it is not closed here."""

    service: Service
    caller: Callable[[Request], tuple[str, str]]
    """Whose limits a request counts against, and its author's name."""
    most_runs: int
    may: Callable[[Request, str], bool]
    """Does a request's caller have a role? For what a page offers; the guard decides."""

    @property
    def record(self) -> OpenRecord:
        return self.service.record

    def answer(self, request: Request, make: Callable[[str], str]) -> Response:
        """What `make` gives for the form that the address ends with (html where with none).

        It is made once for a state of the record, a day and an address.
        """
        form = form_of(request)
        url = request.url
        key = f"page {self.service.moment()} {today()} {url.path}?{url.query}"
        body = self.service.kept.get(key, lambda: make(form).encode())
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return conditional(request, body, tag, MEDIA[form])


def form_of(request: Request) -> str:
    """The form that an address asks for by its ending."""
    return str(request.path_params.get("form", "html"))


def today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def conditional(request: Request, body: bytes, tag: str, media: str) -> Response:
    """The answer, or that nothing has changed since the browser last asked."""
    headers = {**HEADERS, "ETag": tag}
    asked = request.headers.get("if-none-match", "")
    if tag in (one.strip().removeprefix("W/") for one in asked.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media)


# ----------------------------------------------------------------------------------------- pages


@cache
def templates() -> Environment:
    """The templates of the pages, with those of the reports beside them."""
    reports = environment()
    assert reports.loader is not None
    loader = ChoiceLoader([FileSystemLoader(FOLDER / "templates"), reports.loader])
    env = reports.overlay(loader=loader)
    env.globals["say"] = lambda key, **values: t(f"web.{key}", **values)
    env.globals["v"] = t
    env.globals["static"] = static_address
    env.globals["linked"] = linked
    return env


def page(name: str, request: Request, **context: Any) -> str:
    """A page of a template. It can link with `to` (keeps the coordinates in time)."""
    asked = Asked.of(request)
    path = request.url.path.rsplit(".", 1)[0] if "form" in request.path_params else request.url.path
    query = request.query_params.multi_items()
    shared = {
        "asked": asked,
        "to": asked.address,
        "entry": lambda entry_id: asked.address(f"/entries/{entry_id}"),
        "path": path,
        "this": f"{request.url.path}?{request.url.query}".rstrip("?"),
        "as_form": lambda form: _with(path, form) + (f"?{request.url.query}" if query else ""),
        "request_query": dict(query),
        "today": today(),
        "q": "",
    }
    return templates().get_template(name).render({**shared, **context})


def _with(path: str, form: str) -> str:
    return f"/index.{form}" if path == "/" else f"{path}.{form}"


@cache
def static_files() -> dict[str, tuple[bytes, str, str]]:
    """The style sheets and scripts of the pages by name: bytes, media type, hash."""
    found = {path.name: path for path in sorted((FOLDER / "static").iterdir())}
    found["brief.css"] = FOLDER.parent / "report" / "templates" / "brief.css"
    media = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
             ".svg": "image/svg+xml"}  # fmt: skip
    out = {}
    for name, path in found.items():
        data = path.read_bytes()
        out[name] = (data, media[path.suffix], hashlib.sha256(data).hexdigest()[:12])
    return out


def static_address(name: str) -> str:
    return f"/static/{name}?v={static_files()[name][2]}"


# ---------------------------------------------------------------------------------------- errors

_STATUS: tuple[tuple[type[ComityError], int], ...] = (
    (NotFound, 404),
    (StaleError, 412),
    (ConflictError, 409),
    (LimitReached, 429),
    (InputError, 422),
    (ModelError, 422),
    (StoreError, 503),
    (MissingDependency, 501),
    (ServerError, 500),
)
"""The first that fits: the statuses of the API, as a test sees to."""


def status_of(error: ComityError) -> int:
    """The HTTP status of an error of the tree."""
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, AccessDenied):
        return 403 if error.known else 401
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def error_page(request: Request, error: ComityError) -> Response:
    """An error with the fields that the command line prints, as a page or as JSON."""
    status = status_of(error)
    form = str(request.path_params.get("form", "html"))
    if form in ("json", "csv"):
        told = as_json({**error.as_dict(), "status": status})
        return Response(told, status, headers=HEADERS, media_type=MEDIA["json"])
    problems = list(getattr(error, "problems", ())) or [error]
    body = page("error.html", _bare(request), status=status, error=error, problems=problems)
    return Response(body, status, headers=HEADERS, media_type=MEDIA["html"])


def _bare(request: Request) -> Request:
    """The request without its parameters: what was wrong with them must not break the page."""
    return Request({**request.scope, "query_string": b"", "state": {}})


def from_here(request: Request) -> bool:
    """Was a form sent from a page of this site? Browsers say so; what they cannot be made to say is
    what a page from elsewhere would have to."""
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


class PageRoute(APIRoute):
    """A route whose errors are pages, and whose forms are taken from this site's pages alone."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                if request.method == "POST":
                    if not from_here(request):
                        raise AccessDenied(
                            "this form was not sent from a page of this server",
                            known=True,
                            mend="open the page again and send its form; programs use /api/v1/",
                        )
                    async with request.form(max_files=1, max_fields=500) as sent:
                        request.state.sent = sent
                        return await inner(request)
                return await inner(request)
            except ComityError as error:
                return error_page(request, error)
            except RequestValidationError as error:
                first = error.errors()[0]
                return error_page(request, InputError(str(first.get("msg", "bad request"))))

        return handler
