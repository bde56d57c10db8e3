"""The routes of the pages. Each has its JSON beside it, and CSV where it is a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, params
from starlette.requests import Request
from starlette.responses import Response

from comity.web.site import HEADERS, PageRoute, Site, error_page, static_files
from comity.words.errors import NotFound

if TYPE_CHECKING:
    from comity.service.service import Service

Guard = Callable[[str | None], params.Depends]
"""Gives the dependency that lets a caller through who has a role (None: anyone)."""

__all__ = ["error_page", "pages", "warm"]


def warm(service: Service) -> None:
    """Make the first pages before anyone asks; see `comity.web.warming`."""
    from comity.web.warming import warm as warmed

    warmed(Site(service, lambda _: ("local", "local"), 0, lambda *_: False))


def pages(
    service: Service,
    guard: Guard | None = None,
    caller: Callable[[Request], tuple[str, str]] = lambda _: ("local", "local"),
    most_runs: int = 50,
    may: Callable[[Request, str], bool] = lambda *_: False,
) -> APIRouter:
    """The pages of a record, to be included at the root of an application, each behind `guard`.

    `caller` gives whose limits a request counts against, and the name of its author; `most_runs`
    is how many runs of one caller may wait; `may` tells whether a caller has a role.
    """
    from comity.web import (
        assessing,
        entries,
        home,
        relations,
        reviewing,
        runs,
        scenarios,
        shipments,
        signing,
        writing,
    )

    site = Site(service, caller, most_runs, may)
    router = APIRouter(route_class=PageRoute, include_in_schema=False)

    def needs(role: str | None) -> list[params.Depends]:
        return [] if guard is None else [guard(role)]

    def add(
        path: str,
        handler: Callable[[Site, Request], Response],
        *forms: str,
        role: str | None = "reader",
    ) -> None:
        # A plain function: the server runs it in a thread of its own, as the store needs.
        def endpoint(request: Request) -> Response:
            asked = request.path_params.get("form")
            if asked is not None and asked not in forms:
                raise NotFound(
                    f"this page has no form .{asked}",
                    mend="one of: " + ", ".join(f".{form}" for form in forms) + ", or no ending",
                )
            return handler(site, request)

        named = "/index" if path == "/" else path
        for one in (f"{named}.{{form}}", path) if forms else (path,):
            router.add_api_route(
                one,
                endpoint,
                methods=["GET", "HEAD"],
                response_model=None,
                dependencies=needs(role),
            )

    def takes(path: str, handler: Callable[[Site, Request], Response], role: str | None) -> None:
        def endpoint(request: Request) -> Response:
            return handler(site, request)

        router.add_api_route(
            path, endpoint, methods=["POST"], response_model=None, dependencies=needs(role)
        )

    # Whoever may not read is told so on a page that looks like one.
    router.add_api_route(
        "/static/{name}",
        static,
        methods=["GET", "HEAD"],
        response_model=None,
        dependencies=needs(None),
    )
    add("/", home.home, "json")
    add("/find", home.find, "json", "csv")
    add("/measures", home.measures, "json", "csv")
    add("/entries", entries.listed, "json", "csv")
    add("/entries/{entry_id}/history", entries.history, "json", "csv")
    add("/entries/{entry_id}/correct", writing.correct_form, role="editor")
    takes("/entries/{entry_id}/correct", writing.correct, "editor")
    takes("/entries/{entry_id}/retract", writing.take_back, "editor")
    add("/add", writing.add_form, role="editor")
    takes("/add", writing.add, "editor")
    add("/import", writing.table_form, role="editor")
    takes("/import", writing.table, "editor")
    add("/signin", signing.form, role=None)
    takes("/signin", signing.sign_in, None)
    takes("/signout", signing.sign_out, None)
    add("/entries/{entry_id}", entries.entry, "json", "csv")
    add("/relations/{pair}", relations.relation, "json", "csv")
    add("/relations/{pair}/timeline", relations.timeline, "json", "csv")
    add("/review", reviewing.listed, "json", "csv")
    add("/review/{proposal_id}", reviewing.one, "json")
    takes("/review/{proposal_id}", reviewing.decide, reviewing.ROLE)
    add("/read", reviewing.read_form, role=reviewing.ROLE)
    takes("/read", reviewing.read_document, reviewing.ROLE)
    add("/applies", shipments.applies, "json", "csv")
    add("/assess", assessing.assess)
    add("/scenarios", scenarios.scenarios, "yaml")
    takes("/assess", assessing.ask, "reader")
    takes("/scenarios", scenarios.ask, "reader")
    add("/runs", runs.listed, "json")
    add("/runs/{run_id}", runs.run, "json", "csv", "yaml")
    takes("/runs/{run_id}/cancel", runs.cancel, "reader")
    add("/compare", runs.compare, "json", "csv")
    return router


def static(name: str, request: Request) -> Response:
    """A style sheet or script; addresses carry its hash, so that a browser may keep it."""
    found = static_files().get(name)
    if found is None:
        raise NotFound(f"there is no file {name}", mend="go to the first page: /")
    data, media, tag = found
    forever = request.query_params.get("v") == tag
    headers = {
        **HEADERS,
        "ETag": f'"{tag}"',
        "Cache-Control": "public, max-age=31536000, immutable" if forever else "no-cache",
    }
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    return Response(data, headers=headers, media_type=media)
