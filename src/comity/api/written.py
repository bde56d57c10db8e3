"""Answers as bytes, with the tags by which a caller can ask whether they are still the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from comity.service.service import Moment
from comity.version import __version__

RECEIVED = "comity-received"
"""The header that says at which `received` the record was read."""


def dumped(data: Any) -> bytes:
    """JSON in UTF-8, keys in their order."""
    try:
        return orjson.dumps(data)
    except TypeError:  # whole numbers beyond 64 bits, which few readers of JSON take
        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def tag_of(request: Request, moment: Moment, prefix: str = "") -> str:
    """The tag of an answer: it changes with the question, the record, the day and the program."""
    asked = "&".join(sorted(request.url.query.split("&")))
    today = dt.datetime.now(dt.UTC).date()  # what a read without as_of is made on
    parts = (request.url.path, asked, str(moment), str(today), __version__)
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
    return f'"{prefix}{digest}"'


def matches(request: Request, tag: str) -> bool:
    """Does the caller hold the answer with this tag already?"""
    given = request.headers.get("if-none-match")
    if given is None:
        return False
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in given.split(","))


def read(
    request: Request, moment: Moment, make: Callable[[], Any], *, prefix: str = ""
) -> Response:
    """The answer to a read, or 304 where the caller holds it; `make` is called only if needed."""
    tag = tag_of(request, moment, prefix)
    headers = {"etag": tag, "cache-control": "no-cache", RECEIVED: str(moment.received)}
    if matches(request, tag):
        return Response(None, 304, headers)
    return Response(dumped(make()), 200, headers, "application/json")


def plain(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer that is not kept: of a write, of a run."""
    return Response(
        dumped(data), status, {"cache-control": "no-store", **(headers or {})}, "application/json"
    )
