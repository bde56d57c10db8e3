"""The queue of proposals: kept in the store beside the record, in the order of review.

Proposals and decisions are rows of their own; a decision and the entry that it makes are written in
one transaction. Decisions are only ever added: the last verdict of a proposal holds, and an edit or
a skip leaves it open.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from comity.reader.proposal import (
    COMMITMENT,
    HEDGE,
    INDICATOR,
    INTEREST,
    ISSUE,
    MEASURE,
    MEETING,
    MODEL,
    PERSON,
    POSITION,
    STATEMENT,
    Evidence,
    Proposal,
)
from comity.record.store import database
from comity.record.store.instants import to_micros
from comity.record.store.log import Change, Log
from comity.record.store.schema import decision, document_text, proposal
from comity.words.errors import ConflictError, InputError, NotFound
from comity.words.text import check_characters

EDITED, SKIPPED, ACCEPTED, MERGED, REJECTED = "edited", "skipped", "accepted", "merged", "rejected"
CLOSED = (ACCEPTED, MERGED, REJECTED)

ORDER = (
    PERSON, MEETING, ISSUE, STATEMENT, POSITION, COMMITMENT, MEASURE, INDICATOR, INTEREST, HEDGE,
)  # fmt: skip
"""The order of review: what others refer to comes before them, marks on other entries last."""


@dataclass(frozen=True)
class Item:
    """A proposal in the queue, with its slots as they were edited last.

    document : SHA-256 of the document's bytes
    was : slots as the rule proposed them
    verdict : `None` while it is open
    entry : what it became or was merged with
    skips : number of the last decision to skip it, 0 where it never was
    read : when its document was read, microseconds since 1970; 0 where its text is gone
    """

    id: str
    document: str
    proposal: Proposal
    was: Mapping[str, Any]
    verdict: str | None = None
    entry: str | None = None
    author: str | None = None
    why: str | None = None
    skips: int = 0
    read: int = 0

    @property
    def changed(self) -> bool:
        """Did an edit replace or drop something that had been proposed?"""
        return any(
            self.proposal.slots.get(name) != value
            for name, value in self.was.items()
            if value not in (None, "", [])
        )

    @property
    def rank(self) -> tuple[int, int, int, str]:
        """Where it stands in the review of its document."""
        return self.skips, ORDER.index(self.proposal.type), self.proposal.evidence[0].start, self.id

    @property
    def place(self) -> tuple[int, int, int, int, int, str]:
        """Where it stands in the review of all documents."""
        return (int(self.skips > 0), self.read, *self.rank)

    def as_dict(self) -> dict[str, Any]:
        told = self.proposal.as_dict()
        state = {"state": self.verdict or "open", "entry": self.entry}
        return {"id": self.id, "document": self.document, **state, **told}


@dataclass(frozen=True)
class Text:
    """A document that was read: its text, and what was known of it (`title`, `published` …)."""

    sha256: str
    text: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Queued:
    """What a reading did to the queue, in numbers of proposals."""

    new: int
    known: int
    withdrawn: int


# ---- what goes in ------------------------------------------------------------------------------


def enqueue(
    log: Log,
    document: Text,
    found: Sequence[Proposal],
    changes: Sequence[Change] = (),
    *,
    asked: bool = False,
) -> Queued:
    """Keep a document's text and its proposals, with the entries that this takes, or nothing.

    Read again, a document adds only what is new; what is no longer proposed goes, unless somebody
    has decided on it or edited it. `asked`: whether a language model was asked this time; where it
    was not, what it proposed before stays.
    """
    counts: list[Queued] = []

    def write(connection: Connection) -> None:
        counts.append(_enqueue(connection, document, found, asked))

    _write(log, changes, write)
    return counts[0]


def _enqueue(
    connection: Connection, document: Text, found: Sequence[Proposal], asked: bool
) -> Queued:
    now = to_micros(dt.datetime.now(dt.UTC))
    sha = document.sha256
    connection.execute(sa.delete(document_text).where(document_text.c.sha256 == sha))
    given = json.dumps(dict(document.given), ensure_ascii=False, sort_keys=True)
    row = {"sha256": sha, "text": document.text, "given": given, "read": now}
    connection.execute(sa.insert(document_text), [row])
    mine = sa.select(proposal).where(proposal.c.document == sha)
    before = {row.id: row for row in connection.execute(mine)}
    touched = {
        row.proposal
        for row in connection.execute(sa.select(decision.c.proposal).distinct())
        if row.proposal in before
    }
    said = {_key(_proposal(row.body)) for row in before.values() if row.id in touched}
    rows = {
        one.id_in(sha): {
            "id": one.id_in(sha),
            "document": sha,
            "type": one.type,
            "rule": one.rule,
            "body": _body(one),
            "read": now,
        }
        for one in found
        if _key(one) not in said or one.id_in(sha) in touched
    }
    gone = [
        key
        for key, row in before.items()
        if key not in rows and key not in touched and (asked or not row.rule.startswith(MODEL))
    ]
    fresh = [row for key, row in rows.items() if key not in touched]
    drop = [*gone, *(str(row["id"]) for row in fresh)]
    for start in range(0, len(drop), 500):
        connection.execute(sa.delete(proposal).where(proposal.c.id.in_(drop[start : start + 500])))
    if fresh:
        connection.execute(sa.insert(proposal), fresh)
    new = sum(key not in before for key in rows)
    return Queued(new, len(found) - new, len(gone))


def _key(one: Proposal) -> str:
    """What makes two proposals the same although another rule made them."""
    main = one.evidence[0]
    return json.dumps(
        [one.type, main.start, main.end, dict(one.slots)], sort_keys=True, default=str
    )


def _body(one: Proposal) -> str:
    told = {
        "type": one.type,
        "slots": dict(one.slots),
        "evidence": [part.as_dict() for part in one.evidence],
        "rule": one.rule,
        "hedged": one.hedged,
        "cue": one.cue,
        "reported": one.reported,
        "background": one.background,
        "matches": list(one.matches),
        "notes": list(one.notes),
    }
    return json.dumps(told, ensure_ascii=True, default=str)  # slots in their own order


def _proposal(body: str) -> Proposal:
    told = json.loads(body)
    evidence = tuple(Evidence(**part) for part in told.pop("evidence"))
    matches, notes = tuple(told.pop("matches")), tuple(told.pop("notes"))
    return Proposal(**told, evidence=evidence, matches=matches, notes=notes)


# ---- what is in it -----------------------------------------------------------------------------


def items(
    log: Log, *, document: str | None = None, decided: bool = False, ids: Sequence[str] = ()
) -> list[Item]:
    """Open proposals in the order of review, documents as they were read; or, with `decided`, all.

    What was skipped comes after the rest.
    """
    query = sa.select(proposal)
    if document is not None:
        query = query.where(proposal.c.document == document)
    if ids:
        query = query.where(proposal.c.id.in_(list(ids)))
    with database.reading(log.engine) as connection:
        rows = list(connection.execute(query))
        made: dict[str, list[Any]] = {}
        wanted = {row.id for row in rows}
        for one in connection.execute(sa.select(decision).order_by(decision.c.number)):
            if one.proposal in wanted:
                made.setdefault(one.proposal, []).append(one)
        reads = sa.select(document_text.c.sha256, document_text.c.read)
        order = {row.sha256: row.read for row in connection.execute(reads)}
    found = [_item(row, made.get(row.id, []), order.get(row.document, 0)) for row in rows]
    found.sort(key=lambda item: item.place)
    return found if decided else [item for item in found if item.verdict is None]


def _item(row: Any, made: Sequence[Any], when: int) -> Item:
    read = _proposal(row.body)
    item = Item(row.id, row.document, read, read.slots, read=when)
    for one in made:
        if one.verdict == EDITED:
            edited = replace(item.proposal, slots=json.loads(one.slots))
            item = replace(item, proposal=edited)
        elif one.verdict == SKIPPED:
            item = replace(item, skips=one.number)
        else:
            item = replace(
                item, verdict=one.verdict, entry=one.entry, author=one.author, why=one.why
            )
    return item


def item_of(log: Log, name: str) -> Item:
    """One proposal by its id, or by the beginning of it that no other has. Raises `NotFound`."""
    with database.reading(log.engine) as connection:
        like = proposal.c.id.startswith(name.strip().lower(), autoescape=True)
        ids = [row.id for row in connection.execute(sa.select(proposal.c.id).where(like).limit(2))]
    if len(ids) == 1 and len(name.strip()) >= 4:
        return items(log, ids=ids, decided=True)[0]
    if len(ids) > 1 or (ids and len(name.strip()) < 4):
        raise InputError(
            f"{name!r} is not enough of an id", mend="write all of it: comity review --list"
        )
    raise NotFound(f"there is no proposal {name!r}", mend="see: comity review --list")


def text_of(log: Log, document: str) -> Text:
    """A document that was read, by the SHA-256 of its bytes. Raises `NotFound`."""
    with database.reading(log.engine) as connection:
        query = sa.select(document_text).where(document_text.c.sha256 == document)
        row = connection.execute(query).first()
    if row is None:
        raise NotFound(f"no document {document} was read", mend="comity read FILE")
    return Text(row.sha256, row.text, json.loads(row.given))


# ---- what is decided ---------------------------------------------------------------------------


def decide(
    log: Log,
    item: Item,
    verdict: str,
    *,
    author: str,
    why: str = "",
    entry: str | None = None,
    slots: Mapping[str, Any] | None = None,
    changes: Sequence[Change] = (),
) -> None:
    """Write a decision and what it changes in the record, in one transaction.

    Raises `ConflictError` where somebody else has decided meanwhile.
    """
    row = {
        "proposal": item.id,
        "verdict": verdict,
        "slots": None if slots is None else json.dumps(dict(slots), default=str),
        "entry": entry,
        "author": check_characters(author).strip(),
        "why": check_characters(why).strip(),
        "decided": to_micros(dt.datetime.now(dt.UTC)),
    }

    def write(connection: Connection) -> None:
        closed = sa.select(decision).where(
            decision.c.proposal == item.id, decision.c.verdict.in_(CLOSED)
        )
        before = connection.execute(closed).first()
        if before is not None:
            raise ConflictError(
                f"the proposal {item.id} was {before.verdict} already by {before.author}",
                mend="see what is open: comity review --list",
            )
        last = connection.execute(sa.select(sa.func.max(decision.c.number))).scalar() or 0
        connection.execute(sa.insert(decision), [{"number": last + 1, **row}])

    _write(log, changes, write)


def _write(log: Log, changes: Sequence[Change], also: Callable[[Connection], None]) -> None:
    if changes:
        log.append(changes, also=also)
        return
    with database.writing(log.engine) as connection:
        also(connection)
