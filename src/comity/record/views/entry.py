"""One entry in full: its claims with what they rest on, and its history."""

from __future__ import annotations

from typing import Any

from comity.documents.passages import Passage
from comity.record.entry import Claim, Entry
from comity.record.publicity import claim_public_from
from comity.record.reading import Reading
from comity.record.views.changes import changed_fields, value_text
from comity.record.views.rows import claim_flag, finest_kind, flags, kind_label, sources_of
from comity.words.errors import NotFound
from comity.words.time import format_instant
from comity.words.vocabulary import kinds

HISTORY_COLUMNS = ("received", "recorded", "op", "author", "why", "pack", "changed")
_OWN = ("value", "sources", "passages", "evidence", "rows")


def show(reading: Reading, entry_id: str) -> dict[str, Any]:
    """An entry as the view shows it: claims in the vocabulary's order, sources, passages, links."""
    entry = reading.entry(entry_id)
    made = entry.revision
    assert made is not None
    public = reading.public_from(entry)
    fields = kinds()[entry.kind].fields
    ordered = [n for n in fields if n in entry.body and n not in ("sources", "passages", "rows")]
    return {
        "id": entry.id,
        "kind": entry.kind,
        "type": finest_kind(entry),
        "type_label": kind_label(entry),
        "title": entry.title,
        "planned": reading.planned(entry),
        "claims": [
            _claim(reading, entry, claim) for name in ordered for claim in entry.claims(name)
        ],
        "flags": flags(entry),
        "public_from": {
            "day": str(public.day) if public.day else None,
            "basis": public.basis,
            "derived": public.derived,
        },
        "recorded": {
            "at": format_instant(made.recorded),
            "author": made.author,
            "accepted_by": made.accepted_by,
            "why": made.why,
            "pack": made.pack,
            "pack_version": made.pack_version,
            "received": made.received,
        },
        "sources": [_source(reading, source) for source in sources_of(entry)],
        "passages": [p for claim in _with_passages(entry) for p in _passages(reading, claim)],
        "rows": entry.list("rows"),
        "named_by": named_by(reading, entry_id),
    }


def named_by(reading: Reading, entry_id: str) -> list[dict[str, str]]:
    """Visible entries that name this one."""
    found = reading.entries(naming=[entry_id])
    return [
        {"id": e.id, "kind": e.kind, "title": e.title or e.id} for e in found if e.id != entry_id
    ]


def links(reading: Reading, entry_id: str) -> dict[str, Any]:
    """What an entry names (economies, areas, entries), each with the field, and what names it."""
    entry = reading.entry(entry_id)
    reading.prefetch(target for _, target in entry.references)
    named = []
    for path, target in sorted(set(entry.references)):
        other = reading.get(target)
        named.append(
            {
                "field": path,
                "id": target,
                "kind": other.kind if other else None,
                "title": other.title if other else None,
            }
        )
    return {"names": named, "named_by": named_by(reading, entry_id)}


def _claim(reading: Reading, entry: Entry, claim: Claim) -> dict[str, Any]:
    public = claim_public_from(entry, claim, reading.published)
    return {
        "field": claim.field,
        "value": claim.value,
        "text": value_text(claim.value),
        **{key: claim.get(key) for key in claim.data if key not in _OWN},
        "flag": claim_flag(entry.kind, claim),
        "sources": claim.get("sources", []),
        "evidence": [e for e in claim.get("evidence", []) if reading.visible(e)],
        "public_from": str(public.day) if public.day else None,
        "public_basis": public.basis,
    }


def _source(reading: Reading, source_id: str) -> dict[str, Any]:
    """A source as it is cited; one that was published after the view's day is not named."""
    source = reading.get(source_id)
    if source is None:
        return {"id": None, "title": None, "later": True}
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.value("publisher"),
        "url": source.value("url"),
        "published": source.value("published"),
        "later": False,
    }


def _with_passages(entry: Entry) -> list[dict[str, Any]]:
    found = list(entry.list("passages"))
    for claim in entry.all_claims():
        found += claim.get("passages", [])
    return found


def _passages(reading: Reading, part: dict[str, Any]) -> list[dict[str, Any]]:
    """One passage: where it is, and its text where the document is attached and the hash fits."""
    passage = Passage(part["document"], part["start"], part["end"], part["sha256"])
    document = reading.get(passage.document)
    row: dict[str, Any] = {
        "document": passage.document,
        "title": document.title if document else None,
        "start": passage.start,
        "end": passage.end,
        "sha256": passage.sha256,
        "text": None,
        "before": None,
        "after": None,
        "state": "not attached",
    }
    digest = document.value("sha256") if document else None
    if digest is not None and reading.log.is_attached(digest):
        for text in reading.log.texts_of(digest):
            row["text"] = passage.text_in(text)
            if row["text"] is not None:
                row["before"], row["after"] = passage.around(text)
                break
        row["state"] = "verified" if row["text"] is not None else "hash differs"
    return [row]


def history(reading: Reading, entry_id: str) -> list[dict[str, Any]]:
    """All revisions of an entry, oldest first, with what each changed in the claims that the view
    shows (all of them, where it is read over all days)."""
    chain = reading.log.revisions(entry_id, reading.view)
    if not chain:
        raise NotFound(
            f"there is no entry {entry_id}", mend=f'look for it with: comity find "{entry_id}"'
        )
    rows = []
    before: Entry | None = None
    for made, raw in chain:
        entry = reading.as_shown(raw)
        changed = [] if made.op != "revise" else changed_fields(before, entry)
        rows.append(
            {
                "received": made.received,
                "recorded": format_instant(made.recorded),
                "op": made.op,
                "author": made.author,
                "accepted_by": made.accepted_by,
                "why": made.why,
                "pack": f"{made.pack} {made.pack_version}" if made.pack else None,
                "sha256": made.sha256,
                "changed": changed,
            }
        )
        before = entry
    return rows
