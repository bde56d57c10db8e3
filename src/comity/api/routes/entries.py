"""Entries: in pages, one in full, its history, its links; adding, revising, retracting."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request
from starlette.responses import Response

from comity.api.cursors import begins, cursor
from comity.api.routing import At, Routes, service_of
from comity.api.written import read

routes = Routes("entries")

EntryId = Annotated[
    str, Path(alias="id", description="Id of an entry.", examples=["cn-seafood-ban-2023"])
]
Several = Annotated[
    list[str] | None,
    Query(description="Only entries of this kind; may be repeated.", examples=[["measure"]]),
]


@routes.get("/entries", role="reader", answers=("items", "next"))
def entries(
    request: Request,
    at: At,
    kind: Several = None,
    naming: Annotated[
        list[str] | None,
        Query(description="Only entries that name this economy or entry; may be repeated."),
    ] = None,
    limit: Annotated[int, Query(description="Entries of a page.", ge=1, le=500)] = 100,
    begin: Annotated[
        str | None, Query(alias="cursor", description="`next` of the page before.")
    ] = None,
) -> Response:
    """Entries by id, in pages. All pages of a list show the record as the first one did."""
    service = service_of(request)
    moment = service.moment()

    def page() -> dict[str, Any]:
        after, received = ("", moment.received) if begin is None else begins(begin)
        times = {**at, "received": min(received, at.get("received") or received)}
        items, last = service.record.entries(
            kind=kind,
            naming=naming,
            after=after,
            limit=limit,
            **times,  # type: ignore[arg-type]
        )
        return {"items": items, "next": None if last is None else cursor(last, received)}

    return read(request, moment, page)


@routes.get(
    "/entries/{id}", role="reader", errors=(404,),
    answers=("id", "kind", "title", "claims", "recorded", "sources", "named_by"),
)  # fmt: skip
def show(request: Request, entry_id: EntryId, at: At) -> Response:
    """One entry in full: every claim, what it rests on, and what names it.

    Without `as_of` all its claims are shown, whatever their day. The number of its revision is
    `recorded.received`; with no limits in time it begins the ETag, which `If-Match` takes.
    """
    service = service_of(request)
    found: dict[str, Any] = {}

    def shown() -> dict[str, Any]:
        found.update(service.record.show(entry_id, **at))
        return found

    moment = service.moment()
    number = None if at else service.record.revision_number(entry_id)
    prefix = "" if number is None else f"{number}."
    return read(request, moment, shown, prefix=prefix)


@routes.get(
    "/entries/{id}/fields", role="reader", errors=(404,),
    answers=("received", "fields"),
)  # fmt: skip
def fields(request: Request, entry_id: EntryId) -> Response:
    """The newest revision of an entry as people write it: what `POST` and `PATCH` take."""
    service = service_of(request)
    number = service.record.revision_number(entry_id)
    prefix = "" if number is None else f"{number}."
    return read(request, service.moment(), lambda: service.record.fields(entry_id), prefix=prefix)


@routes.get("/entries/{id}/history", role="reader", errors=(404,), answers=("items",))
def history(request: Request, entry_id: EntryId, at: At) -> Response:
    """All revisions of an entry: who, when, why, and what changed."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: {"items": service.record.history(entry_id, **at)},
    )


@routes.get(
    "/entries/{id}/links", role="reader", errors=(404,),
    answers=("names", "named_by"),
)  # fmt: skip
def links(request: Request, entry_id: EntryId, at: At) -> Response:
    """What an entry names, and what names it."""
    service = service_of(request)
    return read(request, service.moment(), lambda: service.record.links(entry_id, **at))
