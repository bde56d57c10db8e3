"""The append-only log: writing revisions, and reading them at a point of recorded time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from comity.record.entry import Entry, Revision, body_hash, canonical_json
from comity.record.search import search_text
from comity.record.store import database
from comity.record.store.attachments import Attachments
from comity.record.store.instants import from_micros, to_micros
from comity.record.store.schema import (
    SEARCH,
    head,
    reference,
    revision,
)
from comity.record.view import View
from comity.words.errors import ConflictError, NotFound
from comity.words.text import check_characters

_BATCH = 500
_MOST_HELD = 5_000
"""Entries that an open log holds ready, some 10 kB each at most."""
FOLLOWS = -1


@dataclass(frozen=True, slots=True)
class Change:
    """One revision to write.

    `recorded` is the author's instant, None for one of this store's own: it is stamped under the
    write lock, so that no read of a moment ago can change. `expects` is the `received` the change
    was made on: 0 for a new entry, `FOLLOWS` for the change before it in the same write.
    """

    op: str
    entry: Entry
    recorded: dt.datetime | None
    author: str
    why: str
    accepted_by: str = ""
    pack: str | None = None
    pack_version: str | None = None
    expects: int = 0


class Log(Attachments):
    """A store, opened. Raises `StoreError` where it is newer, broken or not a store at all."""

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.url = url
        if not create:
            database.must_exist(url)
        self.engine = database.connect(url)
        self._held: dict[tuple[int, str], Entry] = {}
        try:
            if database.check(self.engine) is None:
                if not create:
                    raise database.no_store(url)
                database.upgrade(url)
        except BaseException:
            self.engine.dispose()
            raise

    def close(self) -> None:
        self.engine.dispose()

    # ---- writing -------------------------------------------------------------------------------

    def append(
        self,
        changes: Sequence[Change],
        progress: Callable[[int], None] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> list[int]:
        """Write all changes in one transaction, or none of them. Returns their `received`.

        `also` writes what belongs to them (a decision that made them) in the same transaction.
        Raises `ConflictError` where an entry is not at the revision its change was made on.
        """
        with database.writing(self.engine) as connection:
            last = connection.execute(sa.select(sa.func.max(revision.c.received))).scalar() or 0
            current = self._heads(connection, {c.entry.id for c in changes})
            stamp = dt.datetime.now(dt.UTC)
            numbers: list[int] = []
            for start in range(0, len(changes), _BATCH):
                batch = changes[start : start + _BATCH]
                rows: list[dict[str, Any]] = []
                refs: list[dict[str, Any]] = []
                texts: list[dict[str, Any]] = []
                heads: dict[str, dict[str, Any]] = {}
                for change in batch:
                    last += 1
                    now = current.get(change.entry.id, (0, 0))
                    if change.expects not in (FOLLOWS, now[0]):
                        raise _conflict(change, now[0])
                    # Recorded time never runs backwards along the revisions of one entry.
                    recorded = max(to_micros(change.recorded or stamp), now[1])
                    current[change.entry.id] = (last, recorded)
                    heads[change.entry.id] = {
                        "entry": change.entry.id,
                        "kind": change.entry.kind,
                        "received": last,
                    }
                    rows.append(_row(change, last, recorded, now[0]))
                    refs.extend(
                        {
                            "received": last,
                            "entry": change.entry.id,
                            "kind": change.entry.kind,
                            "path": path,
                            "target": target,
                        }
                        for path, target in change.entry.references
                    )
                    texts.append({"received": last, "text": search_text(change.entry)})
                    numbers.append(last)
                connection.execute(sa.insert(revision), rows)
                if refs:
                    connection.execute(sa.insert(reference), refs)
                column = "rowid" if connection.dialect.name == "sqlite" else "received"
                connection.execute(
                    sa.text(f"INSERT INTO {SEARCH}({column}, text) VALUES (:received, :text)"),
                    texts,
                )
                connection.execute(sa.delete(head).where(head.c.entry.in_(list(heads))))
                connection.execute(sa.insert(head), list(heads.values()))
                if progress:
                    progress(len(batch))
            if also:
                also(connection)
        return numbers

    def _heads(self, connection: Connection, ids: Iterable[str]) -> dict[str, tuple[int, int]]:
        """For each id: the `received` and `recorded` of its newest revision."""
        out: dict[str, tuple[int, int]] = {}
        for chunk in _chunks(sorted(ids)):
            query = (
                sa.select(head.c.entry, head.c.received, revision.c.recorded)
                .join(revision, revision.c.received == head.c.received)
                .where(head.c.entry.in_(chunk))
            )
            for row in connection.execute(query):
                out[row.entry] = (row.received, row.recorded)
        return out

    # ---- reading -------------------------------------------------------------------------------

    def last_received(self) -> int:
        with database.reading(self.engine) as connection:
            return connection.execute(sa.select(sa.func.max(revision.c.received))).scalar() or 0

    def count(self) -> dict[str, int]:
        """Number of entries by kind, retracted ones left out."""
        with database.reading(self.engine) as connection:
            query = (
                sa.select(head.c.kind, sa.func.count().label("number"))
                .join(revision, revision.c.received == head.c.received)
                .where(revision.c.op != "retract")
                .group_by(head.c.kind)
            )
            return {row.kind: row.number for row in connection.execute(query)}

    def packs(self) -> dict[str, str]:
        """The packs from which something was loaded, each with the version loaded last."""
        with database.reading(self.engine) as connection:
            last = (
                sa.select(sa.func.max(revision.c.received).label("received"))
                .where(revision.c.pack.is_not(None))
                .group_by(revision.c.pack)
                .subquery()
            )
            query = sa.select(revision.c.pack, revision.c.pack_version).join(
                last, last.c.received == revision.c.received
            )
            return {row.pack: row.pack_version for row in connection.execute(query)}

    def of_pack(self, pack: str) -> list[Entry]:
        """Entries whose newest revision came from a pack, retracted ones left out."""
        with database.reading(self.engine) as connection:
            query = _select(View(), None, None).where(
                revision.c.pack == pack, revision.c.op != "retract"
            )
            return [_read(row)[1] for row in connection.execute(query)]

    def revisions(self, entry: str, view: View) -> list[tuple[Revision, Entry]]:
        """All revisions of one entry within a view's recorded time, oldest first."""
        with database.reading(self.engine) as connection:
            query = (
                sa.select(revision)
                .where(revision.c.entry == entry, *_limits(view))
                .order_by(revision.c.received)
            )
            return [_read(row) for row in connection.execute(query)]

    def broken(self) -> list[str]:
        """Revisions whose body no longer has the hash they were given: id and number of each."""
        out = []
        with database.reading(self.engine) as connection:
            query = sa.select(
                revision.c.received,
                revision.c.entry,
                revision.c.kind,
                revision.c.sha256,
                revision.c.body,
            )
            for row in connection.execute(query):
                if body_hash(row.kind, json.loads(row.body)) != row.sha256:
                    out.append(f"{row.entry} ({row.received})")
        return out

    def corrections(self, after: dt.datetime, until: dt.datetime) -> list[Revision]:
        """Revisions and retractions recorded after `after` and up to `until`, as received."""
        with database.reading(self.engine) as connection:
            query = (
                sa.select(revision)
                .where(
                    revision.c.recorded > to_micros(after),
                    revision.c.recorded <= to_micros(until),
                    revision.c.op != "add",
                )
                .order_by(revision.c.received)
            )
            return [_read(row)[0] for row in connection.execute(query)]

    def entries(
        self,
        view: View,
        *,
        kinds: Sequence[str] | None = None,
        ids: Iterable[str] | None = None,
        naming: Sequence[str] | None = None,
        retracted: bool = False,
    ) -> list[Entry]:
        """Entries as they stood in a view's recorded time, by id.

        `naming` keeps entries whose revision then names at least one of the given codes or ids.
        """
        found: dict[str, Entry] = {}
        wanted = None if ids is None else sorted(set(ids))
        with database.reading(self.engine) as connection:
            if naming is not None:
                named = self._naming(connection, naming, kinds)
                wanted = sorted(named if wanted is None else named & set(wanted))
            for chunk in [None] if wanted is None else _chunks(wanted):
                for row in connection.execute(_select(view, kinds, chunk)):
                    if row.op == "retract" and not retracted:
                        continue
                    entry = self._entry(row)
                    if naming is None or any(t in naming for _, t in entry.references):
                        found[entry.id] = entry
        return [found[key] for key in sorted(found)]

    def _entry(self, row: Any) -> Entry:
        """The entry of a row. Revisions never change, so that one read before is not read again:
        a program that stays open reads most of a page's entries many times."""
        key = (row.received, row.sha256)
        found = self._held.get(key)
        if found is None:
            found = _read(row)[1]
            if len(self._held) >= _MOST_HELD:
                self._held = {}  # others may be reading the old one
            self._held[key] = found
        return found

    def _naming(
        self, connection: Connection, targets: Sequence[str], kinds: Sequence[str] | None
    ) -> set[str]:
        query = sa.select(reference.c.entry).distinct().where(reference.c.target.in_(targets))
        if kinds is not None:
            query = query.where(reference.c.kind.in_(kinds))
        return {row.entry for row in connection.execute(query)}

    def matching(self, words: Sequence[str], limit: int) -> list[str]:
        """Ids of entries of which some revision has all the (folded) words, each as a prefix.

        Best first, each once: an entry of many revisions takes no more of the limit than another.
        """
        if not words:
            return []
        with database.reading(self.engine) as connection:
            if connection.dialect.name == "sqlite":
                query = " ".join('"' + word.replace('"', "") + '"*' for word in words)
                sql = (
                    "WITH found AS MATERIALIZED (SELECT rowid AS received, rank AS score"
                    f" FROM {SEARCH} WHERE text MATCH :q)"
                    " SELECT r.entry AS entry FROM found JOIN revision r USING (received)"
                    " GROUP BY r.entry ORDER BY min(found.score), min(received) LIMIT :n"
                )
            else:
                parts = [part for word in words for part in word.split("'") if part]
                query = " & ".join(f"'{part}':*" for part in parts)
                sql = (
                    f"SELECT r.entry AS entry FROM {SEARCH} s JOIN revision r USING (received)"
                    " WHERE to_tsvector('simple', s.text) @@ to_tsquery('simple', :q)"
                    " GROUP BY r.entry ORDER BY max(ts_rank(to_tsvector('simple', s.text),"
                    " to_tsquery('simple', :q))) DESC, min(received) LIMIT :n"
                )
            rows = connection.execute(sa.text(sql), {"q": query, "n": limit})
            return list(dict.fromkeys(row.entry for row in rows))


def _limits(view: View) -> list[sa.ColumnElement[bool]]:
    limits = []
    if view.known_on is not None:
        limits.append(revision.c.recorded <= to_micros(view.known_on))
    if view.received is not None:
        limits.append(revision.c.received <= view.received)
    return limits


def _select(view: View, kinds: Sequence[str] | None, ids: Sequence[str] | None) -> sa.Select[Any]:
    """The newest revision of each entry within the view's recorded time."""
    limits = _limits(view)
    if not limits:
        query = sa.select(revision).join(head, head.c.received == revision.c.received)
        if kinds is not None:
            query = query.where(head.c.kind.in_(kinds))
        return query if ids is None else query.where(head.c.entry.in_(ids))
    newest = sa.select(sa.func.max(revision.c.received).label("received")).where(*limits)
    if kinds is not None:
        newest = newest.where(revision.c.kind.in_(kinds))
    if ids is not None:
        newest = newest.where(revision.c.entry.in_(ids))
    found = newest.group_by(revision.c.entry).subquery()
    return sa.select(revision).join(found, found.c.received == revision.c.received)


def _said(text: str) -> str:
    """Who and why come from command lines, too: what no pack could carry is refused here."""
    return check_characters(text).strip()


def _row(change: Change, received: int, recorded: int, supersedes: int) -> dict[str, Any]:
    return {
        "received": received,
        "entry": change.entry.id,
        "kind": change.entry.kind,
        "op": change.op,
        "recorded": recorded,
        "author": _said(change.author),
        "accepted_by": _said(change.accepted_by or change.author),
        "why": _said(change.why),
        "pack": change.pack,
        "pack_version": change.pack_version,
        "sha256": change.entry.sha256,
        "supersedes": supersedes,
        "body": canonical_json(change.entry.body),
    }


def _read(row: Any) -> tuple[Revision, Entry]:
    made = Revision(
        row.received,
        row.entry,
        row.kind,
        row.op,
        from_micros(row.recorded),
        row.author,
        row.accepted_by,
        row.why,
        row.pack,
        row.pack_version,
        row.sha256,
        row.supersedes,
    )
    return made, Entry(row.entry, row.kind, json.loads(row.body), made)


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]


def _conflict(change: Change, now: int) -> Exception:
    if change.expects == 0:
        return ConflictError(
            f"the id {change.entry.id} is taken already",
            mend=f"revise it (comity revise {change.entry.id} FILE), or choose another id",
        )
    if now == 0:
        return NotFound(f"there is no entry {change.entry.id}", mend="add it first")
    return ConflictError(
        f"{change.entry.id} was changed by another writer in the meantime",
        mend="read it again and repeat the change",
    )
