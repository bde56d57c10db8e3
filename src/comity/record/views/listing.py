"""Entries in pages: by id, each page beginning after the last id of the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comity.record.entry import Entry
from comity.record.reading import Reading
from comity.record.store.looking import ids as ids_of
from comity.record.views.rows import finest_kind, kind_label
from comity.words.errors import InputError, Place
from comity.words.vocabulary import kinds

COLUMNS = ("id", "kind", "type_label", "on", "title", "received")
MOST = 500
"""The most entries of one page."""


def page(
    reading: Reading,
    *,
    kind_names: Sequence[str] = (),
    naming: Sequence[str] = (),
    after: str = "",
    limit: int = 100,
) -> tuple[list[dict[str, Any]], str | None]:
    """Up to `limit` visible entries by id after the id `after`, and the id to go on after.

    `naming` keeps entries that name one of these economies or entries. The second value is None
    where no entry follows. Raises `InputError` for a kind that is none.
    """
    for name in kind_names:
        if name not in kinds():
            raise InputError(
                f"there is no kind {name!r}",
                where=Place(field="kind"),
                mend="one of: " + ", ".join(kinds()),
            )
    rows: list[dict[str, Any]] = []
    while True:
        ids = ids_of(
            reading.log, kinds=kind_names or None, naming=naming or None, after=after,
            limit=limit + 1,
        )  # fmt: skip
        found = {
            entry.id: entry
            for entry in reading.entries(ids=ids)
            if not naming or any(target in naming for _, target in entry.references)
        }
        for entry_id in ids:
            if entry_id in found:
                if len(rows) == limit:
                    return rows, str(rows[-1]["id"])
                rows.append(_row(found[entry_id]))
        if len(ids) <= limit:
            return rows, None
        after = ids[-1]


def _row(entry: Entry) -> dict[str, Any]:
    day = entry.main_day
    assert entry.revision is not None
    return {
        "id": entry.id,
        "kind": entry.kind,
        "type": finest_kind(entry),
        "type_label": kind_label(entry),
        "on": str(day) if day else None,
        "title": entry.title,
        "received": entry.revision.received,
    }
