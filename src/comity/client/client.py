"""The client: every method is a question of the library, asked of a server."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

from comity.client.sending import Sending
from comity.words.errors import ConflictError, FileError, error_of

Day = str | dt.date | None
Instant = str | dt.date | dt.datetime | None
Row = dict[str, Any]
Rows = list[Row]


class RecordTimes(TypedDict, total=False):
    """Where in recorded and public time to read."""

    known_on: Instant
    public_on: Day
    received: int | None


class Times(RecordTimes, total=False):
    """The same, and the day of the world."""

    as_of: Day


class Client:
    """A server's record. Use as a context manager, or call `close`.

    `token` is one of `comity token create`; on the server's own machine reading needs none.
    """

    def __init__(self, url: str = "http://127.0.0.1:8000", token: str | None = None) -> None:
        self._sending = Sending(url, token)
        self._get = self._sending.get
        self._post = self._sending.post

    def close(self) -> None:
        self._sending.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- reading --------------------------------------------------------------------------------

    def brief(self, first: str, second: str, *, since: Day = None, **view: Unpack[Times]) -> Row:
        """The brief on two economies, as data."""
        return dict(self._get(_pair(first, second, "brief"), since=since, **view))

    def timeline(
        self,
        first: str,
        second: str,
        *,
        since: str | None = None,
        until: str | None = None,
        kind: str | None = None,
        issue: str | None = None,
        person: str | None = None,
        **view: Unpack[Times],
    ) -> Rows:
        """Meetings and events in order; acts and statements where `kind` asks for them."""
        path = _pair(first, second, "timeline")
        asked = {"since": since, "until": until, "kind": kind, "issue": issue, "person": person}
        return _items(self._get(path, **asked, **view))

    def issues(
        self, first: str, second: str, *, issue: str | None = None, **view: Unpack[Times]
    ) -> Rows:
        """Issues with status, terms, positions, and what touches them."""
        return _items(self._get(_pair(first, second, "issues"), issue=issue, **view))

    def measures(
        self,
        *,
        imposer: str | None = None,
        target: str | None = None,
        goods: str | None = None,
        kind: str | None = None,
        ended: bool = False,
        **view: Unpack[Times],
    ) -> Rows:
        """Measures that are or may be in force on the day; with `ended`, all of them."""
        asked = {"imposer": imposer, "target": target, "goods": goods, "kind": kind, "all": ended}
        return _items(self._get("/measures", **asked, **view))

    def commitments(
        self, first: str, second: str, *, status: str | None = None, **view: Unpack[Times]
    ) -> Rows:
        """Who owes what by when, and what became of it by the day."""
        return _items(self._get(_pair(first, second, "commitments"), status=status, **view))

    def changes(
        self,
        first: str,
        second: str,
        from_day: str | dt.date,
        to_day: str | dt.date,
        **view: Unpack[RecordTimes],
    ) -> Row:
        """What changed in the world between two days, and what was corrected in the record."""
        asked = {"from": from_day, "to": to_day}
        return dict(self._get(_pair(first, second, "changes"), **asked, **view))

    def gaps(self, *economies: str, **view: Unpack[Times]) -> Row:
        """What the record does not cover."""
        return dict(self._get("/gaps", economy=list(economies) or None, **view))

    def applies(
        self,
        *,
        exporter: str,
        importer: str,
        goods: str,
        on: Day = None,
        area: str | None = None,
        consignee: str | None = None,
        end_use: str | None = None,
        trace: bool = True,
        **view: Unpack[RecordTimes],
    ) -> Row:
        """Which measures apply to a shipment on a day; the answer's `as_dict`, with what was
        asked. Without `trace` it comes faster."""
        asked = _shipment(exporter, importer, goods, on, area, consignee, end_use)
        return dict(self._get("/applies", **asked, trace=trace, **view))

    def applies_many(
        self, shipments: Sequence[Mapping[str, Any]], **view: Unpack[RecordTimes]
    ) -> Rows:
        """A row for each of up to 1,000 shipments with ``from``, ``to``, ``goods`` and, where they
        matter, ``on``, ``area``, ``consignee``, ``end_use``."""
        body = {"shipments": [dict(one) for one in shipments], **view}
        return list(self._post("/applies/batch", body)["answers"])

    def explain(
        self,
        measure: str,
        *,
        exporter: str,
        importer: str,
        goods: str,
        on: Day = None,
        area: str | None = None,
        consignee: str | None = None,
        end_use: str | None = None,
        **view: Unpack[RecordTimes],
    ) -> Row:
        """Why one measure does or does not apply to a shipment, dimension by dimension."""
        asked = _shipment(exporter, importer, goods, on, area, consignee, end_use)
        return dict(self._get("/applies/explain", measure=measure, **asked, **view))

    def entries(
        self,
        *,
        kind: str | Sequence[str] | None = None,
        naming: str | Sequence[str] | None = None,
        **view: Unpack[Times],
    ) -> Iterator[Row]:
        """All entries by id, fetched page by page; all pages show one state of the record."""
        cursor: str | None = None
        while True:
            page = self._get("/entries", kind=kind, naming=naming, cursor=cursor, **view)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def show(self, entry_id: str, **view: Unpack[Times]) -> Row:
        """One entry in full."""
        return dict(self._get(f"/entries/{_id(entry_id)}", **view))

    def fields(self, entry_id: str) -> Row:
        """The newest revision of an entry as people write it, and its number (`received`)."""
        return dict(self._get(f"/entries/{_id(entry_id)}/fields"))

    def links(self, entry_id: str, **view: Unpack[Times]) -> Row:
        """What an entry names, and what names it."""
        return dict(self._get(f"/entries/{_id(entry_id)}/links", **view))

    def history(self, entry_id: str, **view: Unpack[Times]) -> Rows:
        """All revisions of an entry, with who, when, why and what changed."""
        return _items(self._get(f"/entries/{_id(entry_id)}/history", **view))

    def find(
        self, words: str, *, kind: str | None = None, limit: int = 50, **view: Unpack[Times]
    ) -> Rows:
        """Entries that name all the words, in any case, with or without diacritics."""
        return _items(self._get("/find", q=words, kind=kind, limit=limit, **view))

    def count(self) -> dict[str, int]:
        """Number of entries by kind."""
        return dict(self._get("/record")["entries"])

    # ---- writing --------------------------------------------------------------------------------

    def add_entries(self, entries: Any, *, why: str | None = None) -> Rows:
        """Add entries, all or none; the token's name is their author."""
        listed = [entries] if isinstance(entries, Mapping) else list(entries)
        return list(self._post("/entries", {"entries": listed, "why": why})["entries"])

    def revise_entry(
        self,
        entry_id: str,
        fields: Mapping[str, Any],
        *,
        base: int,
        why: str,
        remove: Sequence[str] = (),
    ) -> Row:
        """Revise an entry; `base` is the number of the revision that was changed. Raises
        `StaleError` with both revisions where there is a newer one."""
        body = {"fields": dict(fields), "remove": list(remove), "why": why}
        path = f"/entries/{_id(entry_id)}"
        sent = self._sending.send("PATCH", path, json=body, headers={"If-Match": f'"{base}"'})
        return dict(sent.json())

    def retract(self, entry_id: str, *, base: int, why: str) -> Row:
        """Take an entry back, with a reason."""
        path = f"/entries/{_id(entry_id)}/retract"
        return dict(self._post(path, {"why": why}, **{"If-Match": f'"{base}"'}))

    # ---- documents and proposals ----------------------------------------------------------------

    def read_document(
        self,
        file: str | Path,
        *,
        published: str | None = None,
        publisher: str | None = None,
        speaker: str | None = None,
        relation: tuple[str, str] | None = None,
    ) -> Row:
        """Send a document to be read: which entry it is, and how many proposals are new."""
        path = Path(file)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise FileError(f"{path} cannot be read: {error.strerror}") from None
        body = {
            "name": path.name,
            "content": base64.b64encode(content).decode(),
            "published": published,
            "publisher": publisher,
            "speaker": speaker,
            "relation": relation,
        }
        return dict(self._post("/documents", body))

    def proposals(
        self,
        *,
        decided: bool = False,
        document: str | None = None,
        type: str | None = None,  # noqa: A002 - what proposals call it
    ) -> Rows:
        """Open proposals in the order of review; with `decided`, all of them."""
        asked = {"decided": decided, "document": document, "type": type, "limit": 500}
        found: Rows = []
        begin: str | None = None
        while True:
            page = self._get("/proposals", **asked, cursor=begin)
            found += page["items"]
            begin = page["next"]
            if begin is None:
                return found

    def review(self, name: str) -> Row:
        """One proposal with what it takes to decide, under ``review``."""
        return dict(self._get(f"/proposals/{_id(name)}"))

    def proposal(self, name: str) -> Row:
        """One proposal by its id or the beginning of it."""
        return {key: value for key, value in self.review(name).items() if key != "review"}

    def accept(self, name: str, *, new: bool = False, why: str = "") -> Row:
        """Make a proposal part of the record."""
        return dict(self._post(f"/proposals/{_id(name)}/accept", {"new": new, "why": why}))

    def merge(self, name: str, entry: str, *, why: str = "") -> Row:
        """Let an entry on record rest on a proposal's passages, too."""
        return dict(self._post(f"/proposals/{_id(name)}/merge", {"entry": entry, "why": why}))

    def reject(self, name: str, *, why: str) -> Row:
        """Close a proposal with a reason."""
        return dict(self._post(f"/proposals/{_id(name)}/reject", {"why": why}))

    def edit_proposal(self, name: str, slots: Mapping[str, Any]) -> Row:
        """Replace slots of an open proposal; `None` empties one."""
        return dict(self._post(f"/proposals/{_id(name)}/edit", {"slots": dict(slots)}))

    def skip(self, item: str) -> Row:
        """Put an open proposal at the end of the queue."""
        return dict(self._post(f"/proposals/{_id(item)}/skip", {}))

    # ---- trade and models -----------------------------------------------------------------------

    def flows(self, exporter: str | None, importer: str | None, **asked: Any) -> Row:
        """What one economy sold to another: `goods`, `years`, `source`, `currency`, `by_goods`."""
        return dict(self._get("/flows", **{"from": exporter, "to": importer}, **asked))

    def exposure(self, exporter: str, market: str, **asked: Any) -> Row:
        """How two economies depend on each other: `goods`, `years`, `source`."""
        return dict(self._get("/exposure", exporter=exporter, market=market, **asked))

    def markets(self, exporter: str, goods: str, **asked: Any) -> Row:
        """Where goods could go instead: `without`, `horizon`, `market`, `draws`, `seed`."""
        return dict(self._get("/markets", exporter=exporter, goods=goods, **asked))

    def assess(
        self, *measures: str, progress: Callable[[int, int], None] | None = None, **asked: Any
    ) -> Row:
        """What measures do to the market that they bear on: queued, awaited, fetched."""
        run = self._post("/assess", {"measures": list(measures), **asked})
        return self.result(run["id"], progress=progress)

    def simulate(
        self, scenario: str | Path, *, progress: Callable[[int, int], None] | None = None
    ) -> Row:
        """The effects of a scenario, a file or its text: queued, awaited, fetched."""
        text = scenario.read_text("utf-8") if isinstance(scenario, Path) else scenario
        return self.result(self._post("/simulate", {"scenario": text})["id"], progress=progress)

    def submit(self, kind: str, **asked: Any) -> Row:
        """Queue a run and return at once: ``simulate`` with `scenario`, or ``assess``."""
        return dict(self._post("/runs", {"kind": kind, **asked}))

    def runs(self) -> Rows:
        """Your runs, newest first."""
        return _items(self._get("/runs"))

    def run(self, run_id: str) -> Row:
        """How far a run is."""
        return dict(self._get(f"/runs/{_id(run_id)}"))

    def cancel(self, run_id: str) -> Row:
        """End a run that is not over."""
        return dict(self._post(f"/runs/{_id(run_id)}/cancel", {}))

    def result(self, run_id: str, *, progress: Callable[[int, int], None] | None = None) -> Row:
        """The result of a run, once it is there. Raises the error that the run ended with."""
        for _, data in self._sending.events(f"/runs/{_id(run_id)}/events"):
            run = json.loads(data)
            if progress is not None and run["total"]:
                progress(run["done"], run["total"])
            if run["error"] is not None:
                raise error_of(run["error"])
            if run["state"] == "cancelled":
                raise ConflictError(f"the run {run_id} was cancelled", mend="start it again")
        return dict(self._get(f"/runs/{_id(run_id)}/result"))

    def save_run(self, run_id: str, path: str | Path) -> None:
        """Keep a finished run's file, for `comity reproduce`."""
        Path(path).write_bytes(self._sending.send("GET", f"/runs/{_id(run_id)}/file").content)


def _pair(first: str, second: str, what: str) -> str:
    return f"/relations/{_id(first)}/{_id(second)}/{what}"


def _id(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def _items(answer: Mapping[str, Any]) -> Rows:
    return list(answer["items"])


def _shipment(
    exporter: str,
    importer: str,
    goods: str,
    on: Day,
    area: str | None,
    consignee: str | None,
    end_use: str | None,
) -> dict[str, Any]:
    return {
        "from": exporter,
        "to": importer,
        "goods": goods,
        "on": on,
        "area": area,
        "consignee": consignee,
        "end_use": end_use,
    }
