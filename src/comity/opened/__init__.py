"""The record, opened: one object with everything a user does, for Python, CLI, API and pages alike.

    import comity

    record = comity.open()
    record.brief("CHN", "JPN", as_of="2023-11-16")

Reading methods take `as_of`, `known_on` and `public_on` (text or dates; see `comity.record.view`)
and return plain rows: lists and mappings of text, numbers and None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from comity.opened.proposing import ProposingMethods
from comity.opened.relating import RelationMethods, pair_of
from comity.opened.writing import WritingMethods
from comity.record.reading import Reading
from comity.record.store import Log, default_url, to_url
from comity.record.view import View, day_of
from comity.words import economies
from comity.words.errors import located

if TYPE_CHECKING:
    from comity.applies import Answer, Engine, Shipment
    from comity.market import Assessment

Day = str | dt.date | None
Instant = str | dt.date | dt.datetime | None


class RecordTimes(TypedDict, total=False):
    """Where in recorded and public time to read; see `comity.record.view.View`."""

    known_on: Instant
    public_on: Day
    received: int | None


class Times(RecordTimes, total=False):
    """The same, and the day of the world."""

    as_of: Day


class OpenRecord(RelationMethods, WritingMethods, ProposingMethods):
    """A store, opened. Use as a context manager, or call `close`."""

    def __init__(self, store: str | Path | None = None, *, create: bool = True) -> None:
        self.url = default_url() if store is None else to_url(store)
        self.log = Log(self.url, create=create)

    @property
    def empty(self) -> bool:
        """Has nothing ever been recorded in this store?"""
        return self.log.last_received() == 0

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
        **view: Unpack[Times],
    ) -> dict[str, Any]:
        """The brief on two economies, as data; `comity.report.render` lays it out."""
        from comity.report.brief import brief

        reading = self.reading(**view)
        pair = pair_of(first, second)
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
        **view: Unpack[Times],
    ) -> list[dict[str, Any]]:
        """Meetings and events in order; acts and statements where `kind` asks for them."""
        from comity.record.views.relation import Relation
        from comity.record.views.timeline import timeline

        reading = self.reading(**view)
        relation = Relation(reading, *pair_of(first, second))
        return timeline(relation, since=since, until=until, kind=kind, issue=issue, person=person)

    def issues(
        self,
        first: str,
        second: str,
        *,
        issue: str | None = None,
        **view: Unpack[Times],
    ) -> list[dict[str, Any]]:
        """Issues with status, terms, positions, measures, commitments, indicators and cases."""
        from comity.record.views.issues import issues
        from comity.record.views.relation import Relation

        reading = self.reading(**view)
        return issues(Relation(reading, *pair_of(first, second)), issue=issue)

    def measures(
        self,
        *,
        imposer: str | None = None,
        target: str | None = None,
        goods: str | None = None,
        kind: str | None = None,
        ended: bool = False,
        **view: Unpack[Times],
    ) -> list[dict[str, Any]]:
        """Measures that are or may be in force on the day; with `ended`, all of them."""
        from comity.record.views.measures import IN_FORCE, measures

        return measures(
            self.reading(**view),
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
        **view: Unpack[Times],
    ) -> list[dict[str, Any]]:
        """Who owes what by when, and what became of it by the day."""
        from comity.record.views.commitments import commitments
        from comity.record.views.relation import Relation

        reading = self.reading(**view)
        return commitments(Relation(reading, *pair_of(first, second)), status=status)

    def changes(
        self,
        first: str,
        second: str,
        from_day: str | dt.date,
        to_day: str | dt.date,
        **view: Unpack[RecordTimes],
    ) -> dict[str, Any]:
        """What changed in the world after one day and up to another, and, apart from that, what was
        corrected in the record in that time (UTC days)."""
        from comity.record.views.changes import changes, corrections
        from comity.record.views.relation import Relation

        low, high = day_of(from_day, "from"), day_of(to_day, "to")
        assert low is not None
        assert high is not None
        reading = self.reading(high, **view)
        relation = Relation(reading, *pair_of(first, second))
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
        **view: Unpack[RecordTimes],
    ) -> Answer:
        """Which measures apply to a shipment from `exporter` to `importer` on a day."""
        from comity.applies.asking import shipment

        day = dt.datetime.now(dt.UTC).date() if on is None else on
        asked = shipment(exporter, importer, goods, day, area, consignee, end_use)
        return self.engine([asked], **view).ask(asked)

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
    ) -> dict[str, Any]:
        """Why one measure does or does not apply to a shipment, dimension by dimension."""
        from comity.applies.asking import shipment

        day = dt.datetime.now(dt.UTC).date() if on is None else on
        asked = shipment(exporter, importer, goods, day, area, consignee, end_use)
        engine = self.engine(None, **view)
        self.reading(None, **view, all_days=True).entry(measure)
        return {"asked": asked.as_dict(), **engine.explain(asked, measure).as_dict()}

    def applies_file(
        self,
        file: str | Path,
        *,
        on: Day = None,
        **view: Unpack[RecordTimes],
    ) -> tuple[list[dict[str, Any]], list[str]]:
        """Answers beside the rows of a CSV file of shipments, and the columns of both."""
        from comity.applies.asking import answer_row, columns, read_shipments
        from comity.record.yamlfile import read_text

        day = day_of(on, "on") or dt.datetime.now(dt.UTC).date()
        asked = read_shipments(read_text(Path(file)), str(file), day)
        engine = self.engine([one.shipment for one in asked], **view)
        answers = engine.ask_many(one.shipment for one in asked)
        rows = [answer_row(one, answer) for one, answer in zip(asked, answers, strict=True)]
        return rows, columns(asked)

    def engine(
        self,
        asked: Sequence[Shipment] | None = None,
        **view: Unpack[RecordTimes],
    ) -> Engine:
        """The engine over the measures on record; only those that may bear on the questions, where
        these are given."""
        from comity.applies.from_record import engine_for

        return engine_for(self.reading(None, **view, all_days=True), asked)

    def assess(
        self,
        *measures: str,
        draws: int = 1024,
        seed: int = 0,
        elasticities: str = "default",
        routes: bool = True,
        fixed: Mapping[str, float] | None = None,
        world: bool = True,
        **question: Any,
    ) -> Assessment:
        """What measures do to the market that they bear on; see `comity.market.Question` for
        `lift`, `areas`, `excepting`, `horizon`, `market`, `coverage` and the others."""
        from comity.market import Question, assess
        from comity.market.asking import options_of

        options = options_of(
            draws=draws, seed=seed, rule=elasticities, routes=routes, fixed=fixed or {}
        )
        return assess(Question(measures=measures, **question), self, options, world=world)

    def show(self, entry_id: str, **view: Unpack[Times]) -> dict[str, Any]:
        """One entry in full. Without `as_of` all its claims are shown, whatever their day."""
        from comity.record.views.entry import show

        reading = self.reading(**view, all_days=True)
        return show(reading, entry_id)

    def fields(self, entry_id: str) -> dict[str, Any]:
        """The newest revision of an entry as people write it, and its number (`received`)."""
        from comity.record.export import as_written

        entry = self.reading(all_days=True).entry(entry_id)
        assert entry.revision is not None
        return {"received": entry.revision.received, "fields": as_written(entry)}

    def revision_number(self, entry_id: str) -> int | None:
        """The number (`received`) of the newest revision of an entry; None where there is none."""
        from comity.record.store.looking import newest

        return newest(self.log, entry_id)

    def links(self, entry_id: str, **view: Unpack[Times]) -> dict[str, Any]:
        """What an entry names, by the field that names it, and what names it."""
        from comity.record.views.entry import links

        return links(self.reading(**view, all_days=True), entry_id)

    def history(self, entry_id: str, **view: Unpack[Times]) -> list[dict[str, Any]]:
        """All revisions of an entry, with who, when, why and what changed."""
        from comity.record.views.entry import history

        return history(self.reading(**view, all_days=True), entry_id)

    def find(
        self,
        words: str,
        *,
        kind: str | None = None,
        limit: int = 50,
        **view: Unpack[Times],
    ) -> list[dict[str, Any]]:
        """Entries that name all the words, in any case, with or without diacritics."""
        from comity.record.views.finding import find

        return find(self.reading(**view, all_days=True), words, kind=kind, limit=limit)

    def entries(
        self,
        *,
        kind: str | Sequence[str] | None = None,
        naming: str | Sequence[str] | None = None,
        after: str = "",
        limit: int = 100,
        **view: Unpack[Times],
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Up to `limit` entries by id after the id `after`, and the id to go on after, if any."""
        from comity.record.views.listing import page

        kinds, named = _several(kind), _several(naming)
        reading = self.reading(**view, all_days=True)
        return page(reading, kind_names=kinds, naming=named, after=after, limit=limit)

    def gaps(self, *economies_named: str, **view: Unpack[Times]) -> dict[str, Any]:
        """What the record does not cover: known gaps that touch the economies, or all of them."""
        from comity.report.coverage import coverage

        pair = tuple(code for name in economies_named if (code := _economy(name, "economy")))
        return coverage(self.reading(**view), pair)

    def count(self) -> dict[str, int]:
        """Number of entries by kind."""
        return self.log.count()


def _several(value: str | Sequence[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _economy(name: str | None, field: str) -> str | None:
    if not name:
        return None
    with located(field):
        return economies.resolve(name)


def open(  # noqa: A001 - as in comity.open()
    store: str | Path | None = None, *, create: bool = True
) -> OpenRecord:
    """Open a store: a SQLite file, a PostgreSQL URL, or by default the user's own record.

    Where there is none it is made, or, with `create=False`, refused with a `StoreError`.
    """
    return OpenRecord(store, create=create)
