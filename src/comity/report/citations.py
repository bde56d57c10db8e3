"""Numbered sources of a report, in the order in which they are first cited."""

from __future__ import annotations

from typing import Any

from comity.record.reading import Reading
from comity.words.vocabulary import term_label


class Citations:
    """Numbers the sources that rows name.

    A source published after the view's day is not named in it (its very title could tell what came
    later); it is counted and cited as a later source.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.numbers: dict[str, int] = {}
        self.later: set[str] = set()

    def cite(self, sources: list[str]) -> list[int]:
        """The numbers of the sources that may be named, in order."""
        out = []
        for source in sources:
            if not self.reading.visible(source):
                self.later.add(source)
                continue
            out.append(self.numbers.setdefault(source, len(self.numbers) + 1))
        return out

    def rows(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with ``cites`` (numbers) in place of ``sources`` (ids), nested ones too."""
        return [self.row(row) for row in rows]

    def row(self, row: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in row.items():
            if key == "sources":
                out["cites"] = self.cite(value)
                out["later_sources"] = len(value) - len(out["cites"])
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                out[key] = self.rows(value)
            elif isinstance(value, dict):
                out[key] = self.row(value)
            else:
                out[key] = value
        return out

    def listed(self) -> list[dict[str, Any]]:
        """The numbered list: what a reader needs to find each source again."""
        out = []
        for source_id, number in self.numbers.items():
            source = self.reading.entry(source_id)
            out.append(
                {
                    "number": number,
                    "id": source_id,
                    "title": source.title,
                    "publisher": source.value("publisher"),
                    "kind": source.value("source_kind"),
                    "kind_label": term_label("source_kind", source.value("source_kind")),
                    "published": source.value("published"),
                    "url": source.value("url"),
                    "flags": [
                        term_label("basis", claim.get("basis"))
                        for claim in source.claims("published")
                        if claim.get("basis")
                    ],
                }
            )
        return out
