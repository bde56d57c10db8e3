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
from starlette.types import Scope

from comity.service.service import Moment, Service
from comity.version import __version__

RECEIVED = "comity-received"
"""The header that says at which `received` the record was read."""


def dumped(data: Any) -> bytes:
    """JSON in UTF-8, keys in their order."""
    try:
        return orjson.dumps(data)
    except TypeError:  # whole numbers beyond 64 bits, which few readers of JSON take
        return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


def tag_of(scope: Scope, moment: Moment, prefix: str = "") -> str:
    """The tag of an answer: it changes with the question, the record, the day and the program."""
    asked = b"&".join(sorted(scope["query_string"].split(b"&")))
    today = dt.datetime.now(dt.UTC).date()  # what a read without as_of is made on
    parts = f"{scope['path']}\n{moment}\n{today}\n{__version__}\n".encode("utf-8", "replace")
    return f'"{prefix}{hashlib.sha256(parts + asked).hexdigest()[:32]}"'


def matches(given: str | None, tag: str) -> bool:
    """Does the caller, who sent this ``If-None-Match``, hold the answer with this tag already?"""
    if given is None:
        return False
    return any(one.strip().removeprefix("W/") == tag for one in given.split(","))


def read(
    request: Request, moment: Moment, make: Callable[[], Any], *, prefix: str = ""
) -> Response:
    """The answer to a read, or 304 where the caller holds it; `make` is called only if needed.

    To be called in a thread: another who asks the same may have to be waited for.
    """
    tag = tag_of(request.scope, moment, prefix)
    headers = headers_of(tag, moment)
    if matches(request.headers.get("if-none-match"), tag):
        return Response(None, 304, headers)
    service: Service = request.app.state.service
    data = service.kept.get(f"{prefix}{tag}", lambda: dumped(make()))
    return Response(data, 200, headers, "application/json")


def headers_of(tag: str, moment: Moment) -> dict[str, str]:
    """The headers of the answer to a read."""
    return {"etag": tag, "cache-control": "private, no-cache", RECEIVED: str(moment.received)}


def plain(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer that is not kept: of a write, of a run."""
    return Response(
        dumped(data), status, {"cache-control": "no-store", **(headers or {})}, "application/json"
    )
