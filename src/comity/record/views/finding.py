"""Finding entries by words: people, places, instruments and goods, in any case and spelling."""

from __future__ import annotations

from typing import Any

from comity.record.reading import Reading
from comity.record.search import search_text
from comity.record.views.measures import meets
from comity.record.views.rows import finest_kind, kind_label
from comity.words import goods
from comity.words.errors import InputError
from comity.words.text import tokens
from comity.words.vocabulary import kinds

COLUMNS = ("kind", "type_label", "on", "title", "id", "matched")
_MORE_THAN_ASKED = 20  # candidates fetched per row asked for: a view may hide many


def find(
    reading: Reading, words: str, *, kind: str | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Entries that name all the words, best first; then measures on goods that the words name.

    Every word may be the beginning of one. Rows say by what they were found.
    """
    wanted = tokens(words)
    if not wanted:
        raise InputError("there is nothing to look for", mend='comity find "scallops"')
    if kind is not None and kind not in kinds():
        raise InputError(f"there is no kind {kind!r}", mend="one of: " + ", ".join(kinds()))
    rows = []
    seen: set[str] = set()
    ids = reading.log.matching(wanted, limit * _MORE_THAN_ASKED)
    reading.prefetch(ids)
    for entry_id in ids:
        entry = reading.get(entry_id)
        if entry is None or (kind and entry.kind != kind):
            continue
        text = search_text(entry).split()  # of the revision in view; the index holds all of them
        if all(any(word.startswith(w) for word in text) for w in wanted):
            rows.append(_row(entry, "words"))
            seen.add(entry_id)
    if kind in (None, "measure"):
        codes = goods.find_goods(words)
        for entry in reading.entries("measure") if codes else ():
            if entry.id in seen:
                continue
            met = next((c for c in codes if entry.list("goods") and meets(entry, c, reading)), None)
            if met is not None:
                rows.append(_row(entry, f"goods {met} {goods.title(met)}"))
    # Sources name everything and are seldom what is looked for: they come last.
    rows.sort(key=lambda row: row["kind"] == "source")
    return rows[:limit]


def _row(entry: Any, matched: str) -> dict[str, Any]:
    day = entry.main_day
    return {
        "id": entry.id,
        "kind": entry.kind,
        "type": finest_kind(entry),
        "type_label": kind_label(entry),
        "on": str(day) if day else None,
        "title": entry.title
        if entry.title != entry.id
        else entry.text("says") or entry.text("holds"),
        "matched": matched,
    }
