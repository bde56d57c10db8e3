"""The page of one entry: its claims with what they rest on, its history, and what it is tied to."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comity.record.views.entry import HISTORY_COLUMNS
from comity.record.views.listing import COLUMNS
from comity.report.details import history_rows, render_entry
from comity.report.tables import as_csv, as_json
from comity.web.asked import Asked
from comity.web.site import Site, page
from comity.words.vocabulary import kinds

PAGE = 100


def listed(site: Site, request: Request) -> Response:
    """Entries by kind and by what they name, a page at a time."""
    asked = Asked.of(request)
    kind, naming, after = asked.text("kind"), asked.all("naming"), asked.text("after") or ""

    def make(form: str) -> str:
        rows, more = site.record.entries(
            kind=[kind] if kind else [], naming=naming, after=after, limit=PAGE, **asked.times()
        )
        if form == "json":
            return as_json({"entries": rows, "after": more})
        if form == "csv":
            return as_csv(rows, COLUMNS)
        return page("list.html", request, rows=rows, more=more, kind=kind, naming=naming,
                    kinds=list(kinds()))  # fmt: skip

    return site.answer(request, make)


def entry(site: Site, request: Request) -> Response:
    """One entry in full, as `comity show` and `comity history` give it."""
    entry_id = str(request.path_params["entry_id"])
    times = Asked.of(request).times()

    def make(form: str) -> str:
        data = site.record.show(entry_id, **times)
        if form != "html":
            return render_entry(data, form, 120)
        return page(
            "entry.html",
            request,
            data=data,
            claims=_claims(data),
            labels=_labels(data),
            passages=[p for p in data["passages"] if p["text"] is not None],
            places=[p for p in data["passages"] if p["text"] is None],
            history=site.record.history(entry_id, **times),
            links=_by_kind(site.record.links(entry_id, **times)),
            named=_numbered(data["sources"]),
        )

    return site.answer(request, make)


def history(site: Site, request: Request) -> Response:
    """All revisions of an entry."""
    entry_id = str(request.path_params["entry_id"])
    times = Asked.of(request).times()

    def make(form: str) -> str:
        rows = site.record.history(entry_id, **times)
        if form == "csv":
            return as_csv(history_rows(rows), HISTORY_COLUMNS)
        return as_json(rows)

    return site.answer(request, make)


def _claims(data: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The claims by field, in their order."""
    out: dict[str, list[dict[str, Any]]] = {}
    for claim in data["claims"]:
        out.setdefault(claim["field"], []).append(claim)
    return list(out.items())


def _labels(data: dict[str, Any]) -> dict[str, str]:
    """What each field means, from the vocabulary."""
    return {name: field.meaning for name, field in kinds()[data["kind"]].fields.items()}


def _numbered(sources: list[dict[str, Any]]) -> dict[str, int]:
    return {row["id"]: n for n, row in enumerate(sources, start=1) if row["id"]}


def _by_kind(links: dict[str, Any]) -> dict[str, list[tuple[str, Any]]]:
    """Links both ways by kind. Sources and documents stand with the claims that rest on them."""
    out: dict[str, list[tuple[str, Any]]] = {}
    for way, rows in links.items():
        by: dict[str, dict[str, str]] = {}
        for row in rows:
            if row["kind"] and row["kind"] not in ("source", "document"):
                by.setdefault(kinds()[row["kind"]].label, {})[row["id"]] = row["title"]
        out[way] = [(label, list(found.items())) for label, found in sorted(by.items())]
    return out
