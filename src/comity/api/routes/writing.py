"""Writing entries: added, revised on a named revision, retracted."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from comity.api.bodies import described, parsed, raw_body
from comity.api.routes.entries import EntryId
from comity.api.routing import Routes, caller_of, service_of
from comity.api.written import plain
from comity.words.errors import RequestError

routes = Routes("entries")
PREFIX = "/api/v1/entries"
_MOST_WHY = 2000


class Additions(BaseModel):
    """Entries to add, all or none."""

    model_config = ConfigDict(extra="forbid")

    entries: list[dict[str, Any]] = Field(
        min_length=1, description="Entries with id, kind and fields, as in a YAML file."
    )
    why: str | None = Field(None, max_length=_MOST_WHY, description="Why, for the history.")


class Revision(BaseModel):
    """Fields to replace, and fields to drop."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, Any] = Field(
        default_factory=dict, description="Fields that replace the entry's; the others stay."
    )
    remove: list[str] = Field(default_factory=list, description="Fields to drop.")
    why: str = Field(min_length=1, max_length=_MOST_WHY, description="Why, for the history.")


class Retraction(BaseModel):
    """A reason."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(min_length=1, max_length=_MOST_WHY, description="Why, for the history.")


Data = Annotated[bytes, Depends(raw_body)]
_EXAMPLE = {
    "id": "example-report-2026",
    "kind": "event",
    "event_kind": "report",
    "title": "An example",
    "on": "2026-11-20",
}
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of `/entries/{id}` or `/entries/{id}/fields`, or the number of the "
        "revision in quotes: the change was made on this one.",
        examples=['"378"'],
    ),
]
_NUMBER = re.compile(r'^(?:W/)?"(\d{1,10})(?:\.[^"]*)?"$')


def _base(given: str | None) -> int:
    """The number of the revision that a change was made on. Raises `RequestError` (428)."""
    found = _NUMBER.match(given.strip()) if given else None
    if found is None:
        raise RequestError(
            "If-Match does not name the revision that was changed",
            status=428,
            mend='send the ETag of the entry, or the number of its revision in quotes: "378"',
        )
    return int(found[1])


@routes.post(
    "/entries", role="editor", status=201, errors=(409,), answers=("entries",),
    extra=described(Additions, entries=[_EXAMPLE], why="An example of the documentation"),
)  # fmt: skip
def add(request: Request, data: Data) -> Response:
    """Add entries, all or none. The checks are those of the command line."""
    asked = parsed(data, Additions)
    service, caller = service_of(request), caller_of(request)
    try:
        kept = service.record.add_entries(asked.entries, author=caller.name, why=asked.why)
    finally:
        service.wrote()
    place = f"{PREFIX}/{kept[0].entry.id}"
    return plain({"entries": [one.as_dict() for one in kept]}, 201, {"location": place})


@routes.declare(
    "PATCH", "/entries/{id}", role="editor", errors=(404, 409, 412, 428),
    answers=("id", "received", "changed"),
    extra=described(Revision, fields={"title": "A better title"}, why="The title was misspelt"),
)  # fmt: skip
def revise(request: Request, entry_id: EntryId, data: Data, if_match: IfMatch = None) -> Response:
    """Revise an entry: the fields given replace the entry's, the others stay.

    `If-Match` names the revision that the change was made on. Where there is a newer one the answer
    is 412 with both, and nothing is written.
    """
    from comity.record.views.changes import changed_fields

    asked = parsed(data, Revision)
    base = _base(if_match)
    fields = dict(asked.fields)
    if asked.remove:
        fields["remove"] = asked.remove
    service, caller = service_of(request), caller_of(request)
    try:
        before, after = service.record.revise_entry(
            entry_id, fields, base=base, author=caller.name, why=asked.why
        )
    finally:
        service.wrote()
    changed = changed_fields(before, after.entry)
    return plain({**after.as_dict(), "changed": changed}, headers={"etag": f'"{after.received}"'})


@routes.post(
    "/entries/{id}/retract", role="editor", errors=(404, 409, 412, 428),
    answers=("id", "retracted"),
    extra=described(Retraction, why="Entered twice"),
)  # fmt: skip
def retract(request: Request, entry_id: EntryId, data: Data, if_match: IfMatch = None) -> Response:
    """Take an entry back, with a reason. It stays in its history and in earlier reads."""
    asked = parsed(data, Retraction)
    base = _base(if_match)
    service, caller = service_of(request), caller_of(request)
    try:
        service.record.retract(entry_id, why=asked.why, author=caller.name, base=base)
    finally:
        service.wrote()
    return plain({"id": entry_id, "retracted": True})
