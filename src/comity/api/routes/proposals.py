"""Proposals of the reader: documents sent to be read, what they propose, what is decided on it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from comity.api.bodies import described, parsed, raw_body
from comity.api.cursors import begins, cursor
from comity.api.routing import Routes, caller_of, service_of
from comity.api.written import plain, read
from comity.opened import OpenRecord
from comity.words.errors import InputError, Place

routes = Routes("proposals")
PREFIX = "/api/v1/proposals"
DECIDED = ("id", "verdict", "entry", "kind", "title")
_MOST_WHY = 2000
_LONG = 500
Type = Literal[
    "meeting", "statement", "position", "issue", "commitment", "measure", "interest", "hedge",
    "indicator", "person",
]  # fmt: skip
Data = Annotated[bytes, Depends(raw_body)]
ProposalId = Annotated[
    str,
    Path(
        alias="id",
        description="Id of a proposal, or a beginning of it that no other has.",
        examples=["3f9c2a71d0"],
    ),
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Acceptance(_Body):
    """How to accept."""

    new: bool = Field(False, description="As a new entry although one on record looks like it.")
    why: str = Field("", max_length=_MOST_WHY, description="Why, for the history.")


class Edits(_Body):
    """Slots to replace."""

    slots: dict[str, Any] = Field(
        min_length=1, description="Slots that replace the proposal's; null empties one."
    )


class Rejection(_Body):
    """A reason."""

    why: str = Field(min_length=1, max_length=_MOST_WHY, description="Why, for the history.")


class Merging(_Body):
    """With what to merge."""

    entry: str = Field(min_length=1, max_length=_LONG, description="Id of an entry on record.")
    why: str = Field("", max_length=_MOST_WHY, description="Why, for the history.")


class Skipping(_Body):
    """Nothing."""


class Sent(_Body):
    """A document, and what is known of it; what is left out is taken from the document."""

    name: str = Field(min_length=1, max_length=200, description="Name of the file.")
    content: str = Field(
        min_length=1,
        description="Its bytes: text, HTML or PDF, in base64.",
        json_schema_extra={"contentEncoding": "base64"},
    )
    published: str | None = Field(None, max_length=_LONG, description="When: a day, month, year.")
    publisher: str | None = Field(
        None, max_length=_LONG, description="Economy whose ministry or outlet it is."
    )
    speaker: str | None = Field(
        None, max_length=_LONG, description="Who speaks in the first person."
    )
    relation: list[str] | None = Field(
        None, min_length=2, max_length=2, description="Two economies that it is about."
    )
    title: str | None = Field(None, max_length=_LONG, description="Where it does not tell it.")
    address: str | None = Field(
        None, max_length=2000, description="Where it was found; noted, never asked."
    )
    source_kind: str = Field("press", max_length=_LONG, description="What sort of source it is.")


_EXAMPLE = (
    b"BEIJING, March 3 (Example Press) -- Chinese Foreign Minister Wang Yi met with his Japanese "
    b"counterpart in Beijing on Tuesday.\n"
)


@routes.post(
    "/documents", role="reviewer", status=201, errors=(409,),
    answers=("document", "new_document", "new", "known", "withdrawn", "notes"),
    extra=described(
        Sent, name="talks.txt", content=base64.b64encode(_EXAMPLE).decode(),
        published="2026-03-03", publisher="CHN", relation=["CHN", "JPN"],
    ),
)  # fmt: skip
def read_document(request: Request, data: Data) -> Response:
    """Read a document: it is put on record, and what it proposes is queued for review.

    The same bytes again add only what is new. One document is read at a time.
    """
    asked = parsed(data, Sent)
    try:
        content = base64.b64decode(asked.content, validate=True)
    except (binascii.Error, ValueError):
        raise InputError(
            "this is no base64",
            where=Place(field="content"),
            mend="send the bytes of the document in base64, without line breaks",
        ) from None
    known = asked.model_dump(exclude={"name", "content", "relation"})
    relation = None if asked.relation is None else (asked.relation[0], asked.relation[1])
    taken, stored = service_of(request).read_document(
        content, asked.name, author=caller_of(request).name, relation=relation, **known
    )
    place = f"{PREFIX}?document={stored.document}"
    return plain({**stored.as_dict(), "notes": list(taken.notes)}, 201, {"location": place})


@routes.get("/proposals", role="reader", errors=(404,), answers=("items", "next"))
def proposals(
    request: Request,
    document: Annotated[
        str | None,
        Query(description="Only of this document: its id, or the SHA-256 of its bytes."),
    ] = None,
    of_type: Annotated[
        Type | None, Query(alias="type", description="Only of this type.", examples=["meeting"])
    ] = None,
    decided: Annotated[bool, Query(description="Also those that are decided on.")] = False,
    limit: Annotated[int, Query(description="Proposals of a page.", ge=1, le=500)] = 100,
    begin: Annotated[
        str | None, Query(alias="cursor", description="`next` of the page before.")
    ] = None,
) -> Response:
    """Open proposals in the order of review, in pages.

    What others refer to comes first, what was skipped last. The list is of now: what is decided
    between two pages is not on the second.
    """
    service = service_of(request)
    moment = service.moment()

    def page() -> dict[str, Any]:
        after = None if begin is None else _place(begin)
        found = service.record.proposals(decided=decided, document=document, type=of_type)
        left = [item for item in found if after is None or item.place > after]
        shown = left[:limit]
        more = cursor(_told(shown[-1].place), moment.received) if len(left) > limit else None
        return {"items": [item.as_dict() for item in shown], "next": more}

    return read(request, moment, page)


@routes.get(
    "/proposals/{id}", role="reader", errors=(404,),
    answers=("id", "document", "state", "type", "evidence", "rule", "confidence", "review"),
)  # fmt: skip
def proposal(request: Request, proposal_id: ProposalId) -> Response:
    """One proposal with what it takes to decide: its passages in context, its slots and what else
    may be set, and what is like it on record (`review`)."""
    service = service_of(request)
    return read(request, service.moment(), lambda: service.record.review(proposal_id))


@routes.post(
    "/proposals/{id}/accept", role="reviewer", errors=(404, 409), answers=DECIDED,
    extra=described(Acceptance, new=False, why="The text says so"),
)  # fmt: skip
def accept(request: Request, proposal_id: ProposalId, data: Data) -> Response:
    """Make a proposal part of the record: a new entry, or a part of the one it belongs to."""
    asked = parsed(data, Acceptance)
    return _decided(
        request,
        lambda record, author: record.accept(
            proposal_id, new=asked.new, why=asked.why, author=author
        ).as_dict(),
    )


@routes.post(
    "/proposals/{id}/edit", role="reviewer", errors=(404, 409),
    answers=("id", "state", "type", "evidence"),
    extra=described(Edits, slots={"date": "2023-11-16"}),
)  # fmt: skip
def edit_proposal(request: Request, proposal_id: ProposalId, data: Data) -> Response:
    """Set slots of an open proposal, or fields of the entry that it is to become."""
    asked = parsed(data, Edits)
    return _decided(
        request,
        lambda record, author: record.edit_proposal(
            proposal_id, _plain(asked.slots), author=author
        ).as_dict(),
    )


@routes.post(
    "/proposals/{id}/reject", role="reviewer", errors=(404, 409), answers=DECIDED,
    extra=described(Rejection, why="Said of another year"),
)  # fmt: skip
def reject(request: Request, proposal_id: ProposalId, data: Data) -> Response:
    """Close a proposal with a reason; the record stays as it is."""
    asked = parsed(data, Rejection)
    return _decided(
        request,
        lambda record, author: record.reject(proposal_id, why=asked.why, author=author).as_dict(),
    )


@routes.post(
    "/proposals/{id}/merge", role="reviewer", errors=(404, 409), answers=DECIDED,
    extra=described(Merging, entry="cn-seafood-ban-2023", why="The same measure"),
)  # fmt: skip
def merge(request: Request, proposal_id: ProposalId, data: Data) -> Response:
    """Let an entry on record rest on a proposal's passages, too."""
    asked = parsed(data, Merging)
    return _decided(
        request,
        lambda record, author: record.merge(
            proposal_id, asked.entry, why=asked.why, author=author
        ).as_dict(),
    )


@routes.post(
    "/proposals/{id}/skip", role="reviewer", errors=(404, 409), answers=("id", "skipped"),
    extra=described(Skipping),
)  # fmt: skip
def skip(request: Request, proposal_id: ProposalId, data: Data) -> Response:
    """Put an open proposal at the end of the queue."""
    parsed(data, Skipping)

    def skipped(record: OpenRecord, author: str) -> dict[str, Any]:
        item = record.proposal(proposal_id)
        record.skip(item, author=author)
        return {"id": item.id, "skipped": True}

    return _decided(request, skipped)


def _decided(request: Request, act: Callable[[OpenRecord, str], dict[str, Any]]) -> Response:
    """The answer to a decision, of the caller's name."""
    service = service_of(request)
    try:
        return plain(act(service.record, caller_of(request).name))
    finally:
        service.wrote()


def _plain(slots: dict[str, Any]) -> dict[str, Any]:
    """Slots as the queue keeps them: numbers as they were written, in text."""
    from decimal import Decimal

    def one(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: one(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [one(inner) for inner in value]
        return str(value) if isinstance(value, Decimal) else value

    return {name: one(value) for name, value in slots.items()}


def _told(place: tuple[int, int, int, int, int, str]) -> str:
    return ".".join(str(part) for part in place)


def _place(text: str) -> tuple[int, int, int, int, int, str]:
    """The place in the queue that a cursor names. Raises `InputError`."""
    parts = begins(text)[0].split(".")
    try:
        first, second, third, fourth, fifth = (int(part) for part in parts[:5])
        (name,) = parts[5:]
    except ValueError:
        raise InputError(
            "this is no cursor of this list",
            where=Place(field="cursor"),
            mend="take next of the page before, or leave it out to begin at the first",
        ) from None
    return first, second, third, fourth, fifth, name
