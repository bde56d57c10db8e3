"""The relations that one can look at: pairs of economies that are parties to an issue on record."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from comity.record.reading import Reading
from comity.words.economies import economy

COLUMNS = ("id", "title", "issues")


def relations(reading: Reading) -> list[dict[str, Any]]:
    """One row for each pair of economies with an issue of theirs, most issues first."""
    counts: dict[tuple[str, str], int] = {}
    for entry in reading.entries("issue"):
        known = [code for code in entry.list("parties") if len(code) == 3 and code.isupper()]
        for pair in combinations(sorted(set(known)), 2):
            counts[pair] = counts.get(pair, 0) + 1
    rows = [
        {
            "id": "-".join(pair),
            "first": pair[0],
            "second": pair[1],
            "title": " – ".join(economy(code).name for code in pair),
            "issues": number,
        }
        for pair, number in counts.items()
    ]
    return sorted(rows, key=lambda row: (-row["issues"], row["id"]))
