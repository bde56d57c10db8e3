"""Measured series with their limits."""

from __future__ import annotations

from typing import Any

from comity.record.entry import Claim, Entry
from comity.record.reading import Reading
from comity.record.views.rows import flags, party_names, sources_of
from comity.words.vocabulary import term_label


def indicator_row(entry: Entry, reading: Reading) -> dict[str, Any]:
    """One indicator: its values in order, each with its span, basis and sources, and its limits."""
    return {
        "id": entry.id,
        "title": entry.title,
        "quantity": entry.value("quantity"),
        "unit": entry.value("unit"),
        "measured_by": party_names([p for p in [entry.value("measured_by")] if p], reading),
        "values": [_value(claim) for claim in entry.claims("values")],
        "limits": [_value(claim) for claim in entry.claims("limits")],
        "issues": [i for i in entry.list("issues") if reading.visible(i)],
        "sources": sources_of(entry),
        "flags": flags(entry),
    }


def _value(claim: Claim) -> dict[str, Any]:
    text = str(claim.value)
    return {
        "value": float(text) if "." in text else int(text),
        "label": claim.get("label"),
        "from": claim.get("from"),
        "until": claim.get("until"),
        "basis": claim.get("basis"),
        "basis_label": term_label("basis", claim.get("basis")) if claim.get("basis") else None,
        "note": claim.get("note"),
        "sources": claim.get("sources", []),
    }
