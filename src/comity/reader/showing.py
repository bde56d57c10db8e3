"""What a reviewer needs to decide on a proposal, as plain data: every door shows the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from comity.reader.accepting import slot_names
from comity.reader.intake import measured
from comity.reader.matching import MERGES, matching
from comity.reader.measured import tallies
from comity.reader.proposal import TYPES, Evidence, Proposal
from comity.reader.queue import Item, Text
from comity.reader.screen import one_line, told
from comity.reader.setting import Setting, document_of
from comity.record.store.log import Log
from comity.record.view import View
from comity.words.errors import InputError, NotFound, Place

COLUMNS = (
    "id", "type", "summary", "quote", "start", "end", "rule", "confidence", "hedged", "state",
    "entry",
)  # fmt: skip
"""Columns of a table of proposals."""
CONTEXT = 600
"""Characters of context before and after a passage."""


def showing(log: Log, item: Item) -> dict[str, Any]:
    """A proposal's `as_dict`, and under ``review`` what it takes to decide on it.

    ``slots`` are those it has, ``may_set`` the names of all it may have, ``was`` those as the rule
    proposed them; ``version`` changes with every edit; ``passages`` have ``before``, ``text``,
    ``after``, ``start``, ``end`` and, where there are pages, ``page``; ``like`` are entries on
    record that it may be the same as, likeliest first; ``merges_with`` the kinds it may be merged
    with; ``cases`` how many decided cases the confidence rests on.
    """
    (proposal,) = measured([item.proposal], log)
    setting = Setting(log, item)
    entry = document_of(log, item.document)
    given = setting.text.given
    tally = tallies(log).get(proposal.rule)
    shown = {**item.as_dict(), "confidence": proposal.confidence}
    shown["review"] = {
        "slots": dict(proposal.slots),
        "was": dict(item.was),
        "version": version(item),
        "may_set": list(slot_names(proposal.type)),
        "passages": [_passage(setting.text, one) for one in proposal.evidence],
        "document": {
            "id": entry.id if entry else None,
            "title": given.get("title"),
            "published": given.get("published"),
        },
        "like": _like(log, setting),
        "merges_with": list(MERGES[proposal.type]),
        "cases": tally.number if tally else 0,
        "decided_by": item.author,
        "why": item.why,
    }
    return shown


def row(name: str, one: Proposal, *, longest: int | None = None) -> dict[str, Any]:
    """A proposal as a row of `COLUMNS`, still open; quotes are cut to `longest` characters."""
    main = one.evidence[0]
    quote = one_line(main.quote)
    if longest is not None and len(quote) > longest:
        quote = quote[: longest - 2].rsplit(" ", 1)[0] + " …"
    return {
        "id": name,
        "type": one.type,
        "summary": told(one),
        "quote": quote,
        "start": main.start,
        "end": main.end,
        "rule": one_line(one.rule),
        "confidence": one.confidence,
        "hedged": one.hedged,
        "state": "open",
        "entry": None,
    }


def version(item: Item) -> str:
    """A short text that is another one once somebody has edited the slots."""
    slots = json.dumps(dict(item.proposal.slots), sort_keys=True, default=str)
    return hashlib.sha256(slots.encode()).hexdigest()[:12]


def checked_type(name: str) -> str:
    """The type of proposal, if it is one. Raises `InputError`."""
    if name not in TYPES:
        raise InputError(
            f"there is no type of proposal {name!r}",
            where=Place(field="type"),
            mend="one of: " + ", ".join(TYPES),
        )
    return name


def sha256_of_document(log: Log, name: str) -> str:
    """The SHA-256 of a document on record, by its id or by itself. Raises `NotFound`."""
    named = log.entries(View(), kinds=["document"], ids=[name])
    if named:
        return str(named[0].value("sha256"))
    if document_of(log, name) is not None:
        return name
    raise NotFound(
        f"there is no document {name!r} on record",
        where=Place(field="document"),
        mend="give its id or the SHA-256 of its bytes",
    )


def _passage(document: Text, one: Evidence) -> dict[str, Any]:
    text = document.text
    low, high = max(0, one.start - CONTEXT), min(len(text), one.end + CONTEXT)
    # Whole words at both ends.
    if low:
        low = max(low, text.find(" ", low, one.start))
    if high < len(text):
        gap = text.rfind(" ", one.end, high)
        high = gap if gap >= 0 else high
    pages = document.given.get("pages") or ()
    return {
        "start": one.start,
        "end": one.end,
        "page": next((number for number, a, b in pages if a <= one.start < b), None),
        "before": ("… " if low else "") + text[low : one.start],
        "text": text[one.start : one.end],
        "after": text[one.end : high] + (" …" if high < len(text) else ""),
    }


def _like(log: Log, setting: Setting) -> list[dict[str, str]]:
    same = matching(setting)
    known = {one.id: one for one in log.entries(View(), ids=same)} if same else {}
    return [
        {"id": name, "kind": known[name].kind, "title": known[name].title}
        for name in same
        if name in known
    ]
