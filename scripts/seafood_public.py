"""When the sources of the seafood baselines were published, for `build_seafood_baselines`.

A source counts as public by a day only where the latest day on which it can have come out is not
after it: what is undated is not public. A later source may *repeat* a figure of official statistics
that was out before, and ``published.csv`` then says when and how that is known; cells that rest on
it are *carried*, never *reported*. What a later source derives from later figures is not used.

Days come from the pack's own entries (``sources.yaml``), and from ``published.csv``, which goes
first: what pages, titles and addresses say.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from comity.words.errors import ValidationError
from comity.words.time import DayRange, Truth

PACK = Path(__file__).parents[1] / "src/comity/packs/china-japan"
READ = dt.date(2026, 11, 25)
"""The day by which every source had been read: they were public then at the latest."""
PUBLIC, REPEATED, LATER = "public", "repeated", "later"


class Register:
    """Days of publication by source."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        with (PACK / "sources.yaml").open(encoding="utf-8") as file:
            entries: list[dict[str, Any]] = yaml.safe_load(file)
        for entry in entries:
            found = entry.get("published", "unknown")
            if isinstance(found, dict):
                day, basis = str(found["value"]), str(found.get("note", found.get("basis", "")))
            else:
                day, basis = str(found), "register"
            for row in entry.get("rows", ()):
                self.rows[str(row).split(":")[-1]] = {"published": day, "basis": basis}
        with (PACK / "markets/published.csv").open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                self.rows[line["id"]] = {key: text for key, text in line.items() if text}
        for key, one in self.rows.items():
            one.pop("id", None)
            for field in ("published", "figure"):
                if field in one:
                    DayRange.parse(one[field])
            if "figure" in one and "figure_basis" not in one:
                raise ValidationError(f"published.csv: {key} has a day of its figure and no basis")

    def on(self, source: str, day: dt.date) -> str:
        """`PUBLIC`, `REPEATED` or `LATER`: how a source stands on a day."""
        one = self.rows.get(source, {"published": "unknown"})
        if DayRange.parse(one["published"]).by(day.toordinal()) is Truth.YES:
            return PUBLIC
        figure = one.get("figure", "unknown")
        return REPEATED if DayRange.parse(figure).by(day.toordinal()) is Truth.YES else LATER

    def worst(self, sources: str | Iterable[str], day: dt.date | None) -> str:
        """How the latest of several sources stands; all are public where there is no day."""
        listed = sources.split(";") if isinstance(sources, str) else list(sources)
        if day is None:
            return PUBLIC
        each = {self.on(one, day) for one in listed if one}
        return next((one for one in (LATER, REPEATED) if one in each), PUBLIC)

    def described(self, sources: Iterable[str]) -> dict[str, dict[str, str]]:
        """What is known of the days of sources, for ``meta.json``."""
        unknown = {"published": "unknown", "basis": "undated"}
        return {one: dict(self.rows.get(one, unknown)) for one in sorted(sources)}
