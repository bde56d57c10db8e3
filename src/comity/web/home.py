"""The first page, finding by words, and the list of measures."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.record.views.finding import COLUMNS as FOUND
from comity.record.views.measures import COLUMNS as MEASURES
from comity.report.tables import as_csv, as_json
from comity.web.asked import Asked
from comity.web.site import Site, page
from comity.words.errors import InputError
from comity.words.vocabulary import kinds, terms

MOST_FOUND = 200
SHORT = 12
"""Rows of an answer while one types."""


def home(site: Site, request: Request) -> Response:
    """What is in the record, and where to go from here."""
    record = site.record

    def make(form: str) -> str:
        data = {
            "received": record.log.last_received(),
            "packs": record.log.packs(),
            "kinds": record.count(),
            "relations": record.relations(),
        }
        if form == "json":
            return as_json(data)
        labels = {name: kind.label for name, kind in kinds().items()}
        return page("home.html", request, data=data, labels=labels)

    return site.answer(request, make)


def find(site: Site, request: Request) -> Response:
    """Entries by words. `part` gives the list alone, for the box that answers while one types."""
    asked = Asked.of(request)
    words, kind, part = asked.text("q"), asked.text("kind"), asked.ticked("part")
    limit = SHORT if part else MOST_FOUND

    def make(form: str) -> str:
        rows = _found(site, words, kind, limit, asked.times())
        if form == "json":
            return as_json(rows)
        if form == "csv":
            return as_csv(rows, FOUND)
        name = "found.html" if part else "find.html"
        return page(name, request, rows=rows, q=words or "", kind=kind, kinds=list(kinds()),
                    full=len(rows) == limit, limit=limit)  # fmt: skip

    return site.answer(request, make)


def _found(
    site: Site, words: str | None, kind: str | None, limit: int, times: dict[str, Any]
) -> list[dict[str, Any]]:
    if words is None:
        return []
    try:
        return site.record.find(words, kind=kind, limit=limit, **times)
    except InputError:
        if kind is not None and kind not in kinds():
            raise
        if any(letter.isalnum() for letter in words):
            raise
        return []  # signs alone, as they come while one types


def measures(site: Site, request: Request) -> Response:
    """Measures by imposer, target, goods and kind, as the command lists them."""
    asked = Asked.of(request)
    chosen: dict[str, Any] = {
        name: asked.text(name) for name in ("imposer", "target", "goods", "kind")
    }
    ended = asked.ticked("all")

    def make(form: str) -> str:
        rows = site.record.measures(**chosen, ended=ended, **asked.times())
        if form == "json":
            return as_json(rows)
        if form == "csv":
            return as_csv(rows, MEASURES)
        listed = [(term.name, term.label) for term in terms()["measure_kind"].values()]
        return page("measures.html", request, rows=rows, chosen=chosen, ended=ended, kinds=listed)

    return site.answer(request, make)
