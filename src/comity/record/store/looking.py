"""Looks at the log that read no entry: how far it has come, what was touched, which ids it has."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from comity.record.store import database
from comity.record.store.log import Log
from comity.record.store.schema import (
    attachment,
    decision,
    document_text,
    head,
    proposal,
    reference,
    revision,
)


def state(log: Log) -> tuple[int, int]:
    """The last `received` and the number of attached documents: what every read rests on."""
    with database.reading(log.engine) as connection:
        last = sa.select(sa.func.max(revision.c.received)).scalar_subquery()
        documents = sa.select(sa.func.count()).select_from(attachment).scalar_subquery()
        row = connection.execute(sa.select(last, documents)).one()
        return row[0] or 0, row[1]


def queue_state(log: Log) -> str:
    """What the queue of proposals stands at: another text whenever a document was read or anything
    was decided."""
    with database.reading(log.engine) as connection:
        parts = (
            sa.select(sa.func.max(decision.c.number)),
            sa.select(sa.func.count()).select_from(proposal),
            sa.select(sa.func.max(proposal.c.read)),
            sa.select(sa.func.count()).select_from(document_text),
            sa.select(sa.func.max(document_text.c.read)),
        )
        row = connection.execute(sa.select(*(part.scalar_subquery() for part in parts))).one()
        return ".".join(str(number or 0) for number in row)


def newest(log: Log, entry: str) -> int | None:
    """The `received` of an entry's newest revision; None where it was never added."""
    with database.reading(log.engine) as connection:
        query = sa.select(head.c.received).where(head.c.entry == entry)
        found: int | None = connection.execute(query).scalar()
        return found


def touched(log: Log, after: int, until: int) -> set[tuple[str, str]]:
    """Id and kind of the entries with a revision after `after` and up to `until`."""
    with database.reading(log.engine) as connection:
        query = sa.select(revision.c.entry, revision.c.kind).where(
            revision.c.received > after, revision.c.received <= until
        )
        return {(row.entry, row.kind) for row in connection.execute(query)}


def ids(
    log: Log,
    *,
    kinds: Sequence[str] | None = None,
    naming: Sequence[str] | None = None,
    after: str = "",
    limit: int,
) -> list[str]:
    """The first `limit` ids after `after`: of these kinds, of entries of which some revision names
    one of these targets. Of entries that were retracted, too."""
    query = sa.select(head.c.entry).where(head.c.entry > after)
    if kinds is not None:
        query = query.where(head.c.kind.in_(kinds))
    if naming is not None:
        named = sa.select(reference.c.entry).where(reference.c.target.in_(naming))
        query = query.where(head.c.entry.in_(named))
    with database.reading(log.engine) as connection:
        found = connection.execute(query.order_by(head.c.entry).limit(limit))
        return [row.entry for row in found]
