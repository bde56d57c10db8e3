"""Errors over HTTP: the fields that every door prints, and a status."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from comity.api.written import dumped
from comity.service.discreet import discreet
from comity.words.errors import (
    AccessDenied,
    ComityError,
    ConflictError,
    InputError,
    LimitReached,
    MissingDependency,
    ModelError,
    NotFound,
    Place,
    RequestError,
    ServerError,
    StaleError,
    StoreError,
    ValidationError,
)

LOGGER = logging.getLogger("comity.api")
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
"""The first that fits."""


def status_of(error: ComityError) -> int:
    """The status that an error is answered with."""
    if isinstance(error, RequestError):
        return error.status
    if isinstance(error, AccessDenied):
        return 403 if error.known else 401
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 400)


def fault(error: ComityError, headers: Mapping[str, str] | None = None) -> Response:
    """The response for an error."""
    error = discreet(error)
    status = status_of(error)
    extra = dict(headers or {})
    if isinstance(error, LimitReached):
        extra["retry-after"] = str(error.retry_after)
    if status == 401:
        extra["www-authenticate"] = 'Bearer realm="comity"'
    body = {**error.as_dict(), "status": status}
    extra["cache-control"] = "no-store"
    return Response(dumped(body), status, extra, "application/json")


def unforeseen(error: BaseException) -> ComityError:
    """What a caller is told of an error that nobody foresaw; the log has the rest."""
    if isinstance(error, OSError) and error.errno in (28, 122):  # no space, quota
        return StoreError("the disk is full; nothing was written", mend="tell whoever runs this")
    LOGGER.error("unforeseen error", exc_info=error)
    return ServerError(
        "the server failed at this; nothing was written",
        mend="try again; whoever runs this server finds the cause in its log",
    )


def register(app: FastAPI) -> None:
    """Have the application answer every error in one shape."""
    app.add_exception_handler(ComityError, _own)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _own(_: Request, error: Exception) -> Response:
    assert isinstance(error, ComityError)
    return fault(error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    told = _refused(request, error)
    as_page = getattr(request.app.state, "error_page", None)
    asks_for_page = "text/html" in request.headers.get("accept", "")
    if as_page is not None and asks_for_page and not request.url.path.startswith("/api/"):
        page: Response = as_page(request, told)
        return page
    return fault(told, error.headers)


def _refused(request: Request, error: HTTPException) -> ComityError:
    path = request.url.path
    if error.status_code == 404:
        return RequestError(
            f"there is nothing at {path}", status=404, mend="/openapi.json lists what there is"
        )
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "another method")
        return RequestError(
            f"{path} does not take {request.method}", status=405, mend=f"it takes {allowed}"
        )
    if error.status_code == 400:
        return RequestError("the body cannot be read", status=400, mend="send JSON in UTF-8")
    return RequestError(str(error.detail), status=error.status_code)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return fault(_validation(error.errors()))


def _validation(found: Sequence[Mapping[str, Any]]) -> ComityError:
    """One error for all that the declared types refuse."""
    if any(one["type"] == "json_invalid" for one in found):
        return no_json()
    problems = [
        InputError(str(one["msg"]), where=Place(field=_field(one["loc"])), mend=None)
        for one in found
    ]
    if len(problems) == 1:
        return problems[0]
    return ValidationError(
        f"{len(problems)} problems; the first: {problems[0].what}",
        where=problems[0].where,
        problems=problems,
    )


def no_json() -> RequestError:
    """The body is no JSON."""
    return RequestError("the body is not JSON", status=400, mend="send one JSON value in UTF-8")


def _field(loc: Sequence[Any]) -> str:
    """``query``, ``from`` → ``from``; ``body``, ``items``, 3, ``to`` → ``items.3.to``."""
    parts = [str(part) for part in loc]
    return ".".join(
        parts[1:] if parts and parts[0] in ("query", "path", "body", "header") else parts
    )
