"""The record, opened: one object with everything a user does, for Python, CLI, API and pages alike.

    import comity

    record = comity.open()
    record.brief("CHN", "JPN", as_of="2023-11-16")

Reading methods take `as_of`, `known_on` and `public_on` (text or dates; see `comity.record.view`)
and return plain rows: lists and mappings of text, numbers and None.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.record.reading import Reading
from comity.record.store import Log, default_url, to_url
from comity.record.view import View, day_of
from comity.words import economies
from comity.words.errors import InputError, NotFound, Place, located

if TYPE_CHECKING:
    from comity.applies import Answer, Engine, Shipment
    from comity.record.entry import Entry
    from comity.record.packs import LoadReport

Day = str | dt.date | None
Instant = str | dt.date | dt.datetime | None
Progress = Callable[[int], None]


def default_author() -> str:
    """Who writes where nothing else is said: ``COMITY_AUTHOR``, else the user's login name."""
    try:
        return os.environ.get("COMITY_AUTHOR") or getpass.getuser()
    except (KeyError, OSError):  # no login name on this machine
        return "unknown"


class OpenRecord:
    """A store, opened. Use as a context manager, or call `close`."""

    def __init__(self, store: str | Path | None = None) -> None:
        self.url = default_url() if store is None else to_url(store)
        self.log = Log(self.url)

    def close(self) -> None:
        self.log.close()

    def __enter__(self) -> OpenRecord:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- reading --------------------------------------------------------------------------------

    def reading(
        self,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
        *,
        all_days: bool = False,
    ) -> Reading:
        """The record at a view; without `as_of` it is read as of today, unless `all_days`."""
        view = View.of(as_of, known_on, public_on, received)
        if view.as_of is None and not all_days:
            view = View(view.day, view.known_on, view.public_on, view.received)
        return Reading(self.log, view)

    def brief(
        self,
        first: str,
        second: str,
        *,
        since: Day = None,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> dict[str, Any]:
        """The brief on two economies, as data; `comity.report.render` lays it out."""
        from comity.report.brief import brief

        reading = self.reading(as_of, known_on, public_on, received)
        pair = self._pair(first, second)
        return brief(reading, *pair, since=day_of(since, "since"))

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
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> list[dict[str, Any]]:
        """Meetings and events in order; acts and statements where `kind` asks for them."""
        from comity.record.views.relation import Relation
        from comity.record.views.timeline import timeline

        reading = self.reading(as_of, known_on, public_on, received)
        relation = Relation(reading, *self._pair(first, second))
        return timeline(relation, since=since, until=until, kind=kind, issue=issue, person=person)

    def issues(
        self,
        first: str,
        second: str,
        *,
        issue: str | None = None,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> list[dict[str, Any]]:
        """Issues with status, terms, positions, measures, commitments, indicators and cases."""
        from comity.record.views.issues import issues
        from comity.record.views.relation import Relation

        reading = self.reading(as_of, known_on, public_on, received)
        return issues(Relation(reading, *self._pair(first, second)), issue=issue)

    def measures(
        self,
        *,
        imposer: str | None = None,
        target: str | None = None,
        goods: str | None = None,
        kind: str | None = None,
        ended: bool = False,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> list[dict[str, Any]]:
        """Measures that are or may be in force on the day; with `ended`, all of them."""
        from comity.record.views.measures import IN_FORCE, measures

        return measures(
            self.reading(as_of, known_on, public_on, received),
            imposer=_economy(imposer, "imposer"),
            target=_economy(target, "target"),
            goods=goods,
            kind=kind,
            status=None if ended else IN_FORCE,
        )

    def commitments(
        self,
        first: str,
        second: str,
        *,
        status: str | None = None,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> list[dict[str, Any]]:
        """Who owes what by when, and what became of it by the day."""
        from comity.record.views.commitments import commitments
        from comity.record.views.relation import Relation

        reading = self.reading(as_of, known_on, public_on, received)
        return commitments(Relation(reading, *self._pair(first, second)), status=status)

    def changes(
        self,
        first: str,
        second: str,
        from_day: str | dt.date,
        to_day: str | dt.date,
        *,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> dict[str, Any]:
        """What changed in the world after one day and up to another, and, apart from that, what was
        corrected in the record in that time (UTC days)."""
        from comity.record.views.changes import changes, corrections
        from comity.record.views.relation import Relation

        low, high = day_of(from_day, "from"), day_of(to_day, "to")
        assert low is not None
        assert high is not None
        reading = self.reading(high, known_on, public_on, received)
        relation = Relation(reading, *self._pair(first, second))
        end = dt.time.max
        return {
            "from": low.isoformat(),
            "to": high.isoformat(),
            "world": changes(relation, low, high),
            "corrections": corrections(
                reading,
                after=dt.datetime.combine(low, end, tzinfo=dt.UTC),
                until=dt.datetime.combine(high, end, tzinfo=dt.UTC),
            ),
        }

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
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> Answer:
        """Which measures apply to a shipment from `exporter` to `importer` on a day."""
        from comity.applies.asking import shipment

        day = on or dt.datetime.now(dt.UTC).date()
        asked = shipment(exporter, importer, goods, day, area, consignee, end_use)
        return self.engine([asked], known_on, public_on, received).ask(asked)

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
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> dict[str, Any]:
        """Why one measure does or does not apply to a shipment, dimension by dimension."""
        from comity.applies.asking import shipment

        day = on or dt.datetime.now(dt.UTC).date()
        asked = shipment(exporter, importer, goods, day, area, consignee, end_use)
        engine = self.engine(None, known_on, public_on, received)
        self.reading(None, known_on, public_on, received, all_days=True).entry(measure)
        return {"asked": asked.as_dict(), **engine.explain(asked, measure).as_dict()}

    def applies_file(
        self,
        file: str | Path,
        *,
        on: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """Answers beside the rows of a CSV file of shipments, and the columns of both."""
        from comity.applies.asking import answer_row, columns, read_shipments
        from comity.record.yamlfile import read_text

        day = day_of(on, "on") or dt.datetime.now(dt.UTC).date()
        asked = read_shipments(read_text(Path(file)), str(file), day)
        engine = self.engine([one.shipment for one in asked], known_on, public_on, received)
        answers = engine.ask_many(one.shipment for one in asked)
        rows = [answer_row(one, answer) for one, answer in zip(asked, answers, strict=True)]
        return rows, columns(asked)

    def engine(
        self,
        asked: Sequence[Shipment] | None = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> Engine:
        """The engine over the measures on record; only those that may bear on the questions, where
        these are given."""
        from comity.applies.from_record import engine_for

        return engine_for(self.reading(None, known_on, public_on, received, all_days=True), asked)

    def show(
        self,
        entry_id: str,
        *,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> dict[str, Any]:
        """One entry in full. Without `as_of` all its claims are shown, whatever their day."""
        from comity.record.views.entry import show

        reading = self.reading(as_of, known_on, public_on, received, all_days=True)
        return show(reading, entry_id)

    def history(
        self, entry_id: str, *, known_on: Instant = None, received: int | None = None
    ) -> list[dict[str, Any]]:
        """All revisions of an entry, with who, when, why and what changed."""
        from comity.record.views.entry import history

        return history(self.reading(None, known_on, None, received, all_days=True), entry_id)

    def find(
        self,
        words: str,
        *,
        kind: str | None = None,
        limit: int = 50,
        as_of: Day = None,
        known_on: Instant = None,
        public_on: Day = None,
        received: int | None = None,
    ) -> list[dict[str, Any]]:
        """Entries that name all the words, in any case, with or without diacritics."""
        from comity.record.views.finding import find

        reading = self.reading(as_of, known_on, public_on, received, all_days=True)
        return find(reading, words, kind=kind, limit=limit)

    def count(self) -> dict[str, int]:
        """Number of entries by kind."""
        return self.log.count()

    # ---- writing --------------------------------------------------------------------------------

    def add(
        self, file: str | Path, *, author: str | None = None, why: str | None = None
    ) -> list[Entry]:
        """Add the entries of a YAML file, all or none."""
        from comity.record.write import add_file

        return add_file(self.log, Path(file), author=author or default_author(), why=why)

    def revise(
        self,
        entry_id: str,
        file: str | Path,
        *,
        author: str | None = None,
        why: str | None = None,
    ) -> tuple[Entry, Entry]:
        """Revise an entry by the fields of a YAML file; returns it before and after."""
        from comity.record.write import revise_file

        return revise_file(
            self.log, entry_id, Path(file), author=author or default_author(), why=why
        )

    def retract(self, entry_id: str, *, why: str, author: str | None = None) -> Entry:
        """Take an entry back, with a reason; it stays in the history and in earlier reads."""
        from comity.record.write import retract

        return retract(self.log, entry_id, author=author or default_author(), why=why)

    def load_pack(
        self, path: str | Path, *, accepted_by: str | None = None, progress: Progress | None = None
    ) -> LoadReport:
        """Load a pack's folder, or a shipped pack by name, in one transaction."""
        from comity.record.packfile import SHIPPED, read_pack, shipped_path
        from comity.record.packs import load_pack

        folder = shipped_path(str(path)) if str(path) in SHIPPED else Path(path)
        return load_pack(
            self.log,
            read_pack(folder),
            accepted_by=accepted_by or default_author(),
            progress=progress,
        )

    def load_shipped(self, *, progress: Progress | None = None) -> list[LoadReport]:
        """Load all shipped packs, in order."""
        from comity.record.packfile import SHIPPED

        return [self.load_pack(name, progress=progress) for name in SHIPPED]

    def export(self, path: str | Path, *, pack: str | None = None, name: str | None = None) -> int:
        """Write the record, or what came from one pack, as a pack's folder without loss."""
        from comity.record.export import export_pack

        return export_pack(self.log, Path(path), name=name or pack or "export", pack=pack)

    def attach(self, file: str | Path) -> dict[str, Any]:
        """Attach a document's file: its hash must be on record, then its passages can be shown.

        Raises `NotFound` where no document on record has the file's hash.
        """
        from comity.documents.passages import sha256_of
        from comity.record.yamlfile import read_bytes

        path = Path(file)
        data = read_bytes(path)
        digest = sha256_of(data)
        reading = self.reading(all_days=True)
        for document in reading.entries("document"):
            if document.value("sha256") == digest:
                new = self.log.attach(digest, path.name, data)
                return self._attached(reading, document.id, digest, new)
        raise NotFound(
            f"no document on record has the hash {digest}",
            where=Place(file=str(path)),
            mend="add a document entry with this sha256 first, or attach the file it was made from",
        )

    def _attached(self, reading: Reading, document: str, digest: str, new: bool) -> dict[str, Any]:
        from comity.record.views.entry import show

        passages: dict[str, list[dict[str, Any]]] = {}
        for other in reading.entries(naming=[document]):
            found = [p for p in show(reading, other.id)["passages"] if p["document"] == document]
            if found:
                passages[other.id] = found
        states = [p["state"] for found in passages.values() for p in found]
        return {
            "document": document,
            "sha256": digest,
            "new": new,
            "passages": len(states),
            "verified": states.count("verified"),
            "entries": passages,
        }

    def _pair(self, first: str, second: str) -> tuple[str, str]:
        with located("first"):
            one = economies.resolve(first)
        with located("second"):
            two = economies.resolve(second)
        if one == two:
            raise InputError(
                f"{first} and {second} are the same economy ({one})", mend="name two economies"
            )
        return one, two


def _economy(name: str | None, field: str) -> str | None:
    if not name:
        return None
    with located(field):
        return economies.resolve(name)


def open(store: str | Path | None = None) -> OpenRecord:  # noqa: A001 - as in comity.open()
    """Open a store: a SQLite file, a PostgreSQL URL, or by default the user's own record."""
    return OpenRecord(store)
