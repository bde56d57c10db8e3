"""Checking a store: where it lies, what it holds, that every revision has its hash."""

from __future__ import annotations

import sqlalchemy as sa

from comity.record.store.database import VERSIONS
from comity.record.store.log import Log
from comity.words.errors import StoreError


def check_store(log: Log) -> str:
    """A few lines on the store. Raises `StoreError` where a revision differs from its hash."""
    broken = log.broken()
    if broken:
        raise StoreError(
            f"{len(broken)} revisions differ from the hash they were given, first: {broken[0]}",
            mend="the store was changed by another program; restore it from a backup or an export",
        )
    counts = log.count()
    lines = [
        f"store: {sa.engine.make_url(log.url).render_as_string(hide_password=True)}",
        f"schema: {VERSIONS[-1]}",
        f"revisions: {log.last_received()}, all hashes right",
        f"entries: {sum(counts.values())}",
    ]
    lines += [f"  {kind}: {number}" for kind, number in sorted(counts.items())]
    packs = log.packs()
    lines += [f"pack: {name} {version}" for name, version in sorted(packs.items())]
    return "\n".join(lines) + "\n"
