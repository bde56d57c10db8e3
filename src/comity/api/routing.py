"""Declaring routes: each with the role it needs, its errors, and what it answers with."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, FastAPI, Query, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from starlette.responses import Response

from comity.api.callers import CALLER, Caller, Needs
from comity.opened import RecordTimes, Times
from comity.service.service import Service
from comity.words.errors import InputError, Place

Handler = TypeVar("Handler", bound=Callable[..., Any])
ERROR = {"$ref": "#/components/schemas/Error"}
_MEANINGS = {
    304: "The caller holds this answer already (If-None-Match).",
    400: "The body is not JSON.",
    401: "A token is needed, or the one given is not valid.",
    403: "The token's role does not reach.",
    404: "There is no such thing on record, or not in this view.",
    409: "An id is taken, or other entries rest on this one.",
    412: "The entry has a newer revision; both are in the answer.",
    413: "The body is too large.",
    415: "The body is not of the type application/json.",
    422: "What was given cannot be taken; where and how to mend it is said.",
    428: "The revision that the change was made on is not named (If-Match).",
    429: "Too many requests, or too many runs waiting; Retry-After says when to come again.",
    500: "The server failed.",
    503: "The store is out of reach, or busy.",
}
_ALWAYS = (401, 403, 422, 429, 500, 503)


def _errors(statuses: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*_ALWAYS, *statuses}):
        found[status] = {"description": _MEANINGS[status]}
        if status != 304:
            found[status]["content"] = {"application/json": {"schema": ERROR}}
    return found


class Routes:
    """Routes declared together, under one tag; `register` adds them to an application."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self._declared: list[tuple[str, Callable[..., Any], dict[str, Any]]] = []

    def register(self, app: FastAPI, prefix: str) -> None:
        """Add all routes to an application, under a prefix."""
        for path, function, options in self._declared:
            app.add_api_route(prefix + path, function, tags=[self.tag], **options)

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A read; see `declare`."""
        return self.declare("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        """A question with a body, or a write; see `declare`."""
        return self.declare("POST", path, **options)

    def declare(
        self,
        method: str,
        path: str,
        *,
        role: str | None,
        answers: Mapping[str, Any] | Sequence[str] = (),
        errors: Sequence[int] = (),
        status: int = 200,
        media: str = "application/json",
        tagged: bool = True,
        extra: Mapping[str, Any] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare a route and the role that it needs (None: anyone may ask).

        `answers` is the schema of its answer, or the keys that it always has; `errors` are the
        statuses that it may answer with beside those of every route. A read that is `tagged` is
        answered with 304 where the caller holds the answer.
        """
        schema = answers
        if not isinstance(answers, Mapping):
            schema = {"type": "object", "required": list(answers)}
        if method == "GET" and tagged:
            errors = (304, *errors)
        if method in ("POST", "PATCH"):
            errors = (400, 413, 415, *errors)
        content = {"description": "The answer.", "content": {media: {"schema": schema}}}

        def declared(function: Handler) -> Handler:
            text = inspect.cleandoc(function.__doc__ or "")
            options = {
                "methods": [method],
                "dependencies": [Depends(Needs(role)), Depends(known_query)],
                "response_model": None,
                "response_class": Response,
                "status_code": status,
                "summary": text.split("\n")[0].rstrip("."),
                "description": text,
                "operation_id": function.__name__,
                "responses": {status: content, **_errors(errors)},
                "openapi_extra": dict(extra or {}),
            }
            self._declared.append((path, function, options))
            return function

        return declared


def routes_of(app: FastAPI) -> list[APIRoute]:
    """The declared routes of an application."""
    return [one for one in app.routes if isinstance(one, APIRoute)]


def role_of(one: APIRoute) -> str | None:
    """The role that a route needs; None: anyone may ask. Raises `LookupError` where none is
    declared, which a test looks for."""
    for dependency in one.dependant.dependencies:
        if isinstance(dependency.call, Needs):
            return dependency.call.role
    raise LookupError(one.path)


_names: dict[int, dict[str, bool]] = {}
"""The parameters of each route that was asked, and whether each may be given several times."""


async def known_query(request: Request) -> None:
    """Refuse parameters that a route does not know, that are empty, or that are given twice where
    one is meant: a slip must not change what is asked."""
    if not request.scope["query_string"]:
        return
    one = request.scope["route"]
    known = _names.get(id(one))
    if known is None:
        known = {
            param.alias: "list[" in str(param.field_info.annotation)
            for param in get_flat_params(one.dependant)
            if isinstance(param.field_info, params.Query)
        }
        _names[id(one)] = known
    given: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name in known and (not value or (name in given and not known[name])):
            raise InputError(
                f"{name} is given twice" if value else f"{name} is empty",
                where=Place(field=name),
                mend="give it once" if value else "give it a value, or leave it out",
            )
        given.add(name)
        if name not in known:
            raise InputError(
                f"there is no parameter {name!r} here",
                where=Place(field=name),
                mend="it takes " + (", ".join(sorted(known)) or "none"),
            )


# ------------------------------------------------------------------- what handlers ask for


def service_of(request: Request) -> Service:
    """The open record of the application."""
    found: Service = request.app.state.service
    return found


def caller_of(request: Request) -> Caller:
    """Who asks."""
    found: Caller = request.scope[CALLER]
    return found


_MOST = 2**31 - 1
DAY: dict[str, Any] = {"format": "date"}
"""What OpenAPI says of a day; the library reads it, and says what is wrong with one."""


async def _record_times(
    known_on: Annotated[
        str | None,
        Query(
            description="Only what was recorded by the end of this UTC day, or by this instant.",
            examples=["2026-11-25"],
        ),
    ] = None,
    public_on: Annotated[
        str | None,
        Query(
            description="Only what was public by this day: what anyone could have known.",
            json_schema_extra=DAY,
            examples=["2023-10-01"],
        ),
    ] = None,
    received: Annotated[
        int | None,
        Query(description="Only revisions up to this number of the store's log.", ge=0, le=_MOST),
    ] = None,
) -> RecordTimes:
    return _given({"known_on": known_on, "public_on": public_on, "received": received})


async def _times(
    times: Annotated[RecordTimes, Depends(_record_times)],
    as_of: Annotated[
        str | None,
        Query(
            description="The day of the world at which to look; today where not given.",
            json_schema_extra=DAY,
            examples=["2023-11-16"],
        ),
    ] = None,
) -> Times:
    return cast("Times", times if as_of is None else {**times, "as_of": as_of})


def _given(values: dict[str, Any]) -> RecordTimes:
    found: RecordTimes = {k: v for k, v in values.items() if v is not None}  # type: ignore[assignment]
    return found


At = Annotated[Times, Depends(_times)]
"""Where in time to read: `as_of`, `known_on`, `public_on`, `received`."""
AtRecord = Annotated[RecordTimes, Depends(_record_times)]
"""The same without a day of the world."""
