"""Two economies: brief, timeline, issues, commitments, changes; and measures, gaps, search."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request
from starlette.responses import Response

from comity.api.routing import At, AtRecord, Routes, service_of
from comity.api.written import read

routes = Routes("reading")

First = Annotated[str, Path(description="An economy: ISO code or name.", examples=["CHN"])]
Second = Annotated[str, Path(description="The other economy.", examples=["JPN"])]
ITEMS = ("items",)


@routes.get(
    "/relations/{first}/{second}/brief", role="reader", errors=(404,),
    answers=("title", "economies", "view", "meetings", "measures", "commitments", "sources"),
)  # fmt: skip
def brief(
    request: Request,
    first: First,
    second: Second,
    at: At,
    since: Annotated[
        str | None,
        Query(description="List changes after this day; the last leaders' meeting but one."),
    ] = None,
) -> Response:
    """The brief on two economies: meetings, positions, measures, commitments, gaps, sources."""
    service = service_of(request)
    moment = service.moment()
    return read(request, moment, lambda: service.record.brief(first, second, since=since, **at))


@routes.get("/relations/{first}/{second}/timeline", role="reader", errors=(404,), answers=ITEMS)
def timeline(
    request: Request,
    first: First,
    second: Second,
    at: At,
    since: Annotated[str | None, Query(description="From this day, month or year on.")] = None,
    until: Annotated[str | None, Query(description="Up to this day, month or year.")] = None,
    kind: Annotated[
        str | None,
        Query(
            description="meeting, event, act, statement, or a finer kind; several by comma.",
            examples=["meeting"],
        ),
    ] = None,
    issue: Annotated[str | None, Query(description="Only this issue.")] = None,
    person: Annotated[
        str | None, Query(description="Only where this person or body took part.")
    ] = None,
) -> Response:
    """Meetings and events between two economies, in order."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: {
            "items": service.record.timeline(
                first, second, since=since, until=until, kind=kind, issue=issue, person=person, **at
            )
        },
    )


@routes.get("/relations/{first}/{second}/issues", role="reader", errors=(404,), answers=ITEMS)
def issues(
    request: Request,
    first: First,
    second: Second,
    at: At,
    issue: Annotated[str | None, Query(description="Only this issue.")] = None,
) -> Response:
    """Each issue: status, both sides' terms and positions, and what touches it."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: {"items": service.record.issues(first, second, issue=issue, **at)},
    )


@routes.get("/relations/{first}/{second}/commitments", role="reader", errors=(404,), answers=ITEMS)
def commitments(
    request: Request,
    first: First,
    second: Second,
    at: At,
    status: Annotated[
        str | None,
        Query(description="open, kept, broken, lapsed or superseded.", examples=["open"]),
    ] = None,
) -> Response:
    """Who owes what by when, and what became of it, with the evidence."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: {"items": service.record.commitments(first, second, status=status, **at)},
    )


@routes.get(
    "/relations/{first}/{second}/changes", role="reader", errors=(404,),
    answers=("from", "to", "world", "corrections"),
)  # fmt: skip
def changes(
    request: Request,
    first: First,
    second: Second,
    at: AtRecord,
    from_day: Annotated[
        str, Query(alias="from", description="After this day.", examples=["2023-08-01"])
    ],
    to_day: Annotated[
        str,
        Query(alias="to", description="Up to this day, seen from it.", examples=["2023-11-16"]),
    ],
) -> Response:
    """What changed in the world between two days; corrections of the record apart."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: service.record.changes(first, second, from_day, to_day, **at),
    )


@routes.get("/measures", role="reader", answers=ITEMS)
def measures(
    request: Request,
    at: At,
    imposer: Annotated[
        str | None, Query(description="Imposed by this economy.", examples=["CHN"])
    ] = None,
    target: Annotated[
        str | None, Query(description="Aimed at this economy.", examples=["JPN"])
    ] = None,
    goods: Annotated[
        str | None,
        Query(description="On these goods, HS2022:030722.", examples=["HS2022:030722"]),
    ] = None,
    kind: Annotated[str | None, Query(description="Of this kind of measure.")] = None,
    ended: Annotated[
        bool, Query(alias="all", description="Also ended, suspended, planned.")
    ] = False,
) -> Response:
    """Measures that are, or may be, in force on a day."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: {
            "items": service.record.measures(
                imposer=imposer, target=target, goods=goods, kind=kind, ended=ended, **at
            )
        },
    )


@routes.get("/gaps", role="reader", answers=("gaps", "notes", "left_out", "packs"))
def gaps(
    request: Request,
    at: At,
    economy: Annotated[
        list[str] | None,
        Query(
            description="Only gaps that touch this economy; may be repeated.", examples=[["JPN"]]
        ),
    ] = None,
) -> Response:
    """What the record does not cover: known gaps, and what silence means."""
    service = service_of(request)
    return read(request, service.moment(), lambda: service.record.gaps(*(economy or ()), **at))


@routes.get("/find", role="reader", answers=ITEMS)
def find(
    request: Request,
    at: At,
    words: Annotated[
        str, Query(alias="q", description="Words, or beginnings of words.", examples=["scallops"])
    ],
    kind: Annotated[str | None, Query(description="Only entries of this kind.")] = None,
    limit: Annotated[int, Query(description="At most so many.", ge=1, le=500)] = 50,
) -> Response:
    """Find people, places, instruments, goods and anything else by words."""
    service = service_of(request)
    return read(
        request,
        service.moment(),
        lambda: {"items": service.record.find(words, kind=kind, limit=limit, **at)},
    )
