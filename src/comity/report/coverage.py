"""What the record does not cover, said in every brief."""

from __future__ import annotations

from typing import Any

from comity.record.reading import Reading
from comity.words.catalogue import t
from comity.words.vocabulary import term_label


def coverage(reading: Reading, pair: tuple[str, ...], *, later_sources: int = 0) -> dict[str, Any]:
    """Known gaps that touch the pair, what a public view left out, and what silence means."""
    gaps = []
    for gap in reading.entries("gap"):
        named = set(gap.list("economies")) | set(gap.list("imposers"))
        if pair and named and not named & set(pair):
            continue
        gaps.append(
            {
                "id": gap.id,
                "title": gap.title,
                "summary": gap.text("summary") or None,
                "about": [term_label("gap_topic", topic) for topic in gap.list("about")],
                "economies": gap.list("economies"),
                "imposers": gap.list("imposers"),
                "from": gap.value("from"),
                "until": gap.value("until"),
            }
        )
    notes = [t("coverage.silence")]
    if later_sources:
        notes.append(t("coverage.later_sources", count=later_sources))
    left = reading.left_out
    if reading.view.public_on is not None:
        notes.append(t("coverage.public", unknown=len(left.unknown), later=len(left.later)))
    return {
        "gaps": gaps,
        "notes": notes,
        "left_out": {
            "publication_unknown": len(left.unknown),
            "published_later": len(left.later),
        },
        "packs": [{"name": n, "version": v} for n, v in sorted(reading.log.packs().items())],
    }
