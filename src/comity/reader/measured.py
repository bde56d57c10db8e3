"""How often a rule is right: what was measured before, and what reviewers have decided since.

A proposal counts as right when it was accepted or merged as it stood; filling in what the text does
not say (a code, an act) leaves it right. The shipped file is ``data/precision.csv``: one row per
rule and measurement, with how many of its proposals were judged, how many of these were right, and
on what. `comity reader score --measured` writes such rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from comity.reader.phrases import table
from comity.words.errors import FileError, InputError, Place

if TYPE_CHECKING:
    from comity.record.store.log import Log


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one rule. `proposed` includes what nobody has decided on yet.

    measured, measured_right : of the shipped measurements
    """

    rule: str
    proposed: int = 0
    confirmed: int = 0
    edited: int = 0
    rejected: int = 0
    measured: int = 0
    measured_right: int = 0

    @property
    def number(self) -> int:
        """How many decided and measured proposals the precision rests on."""
        return self.measured + self.confirmed + self.edited + self.rejected

    @property
    def right(self) -> int:
        return self.measured_right + self.confirmed

    @property
    def precision(self) -> float | None:
        """Mean of the posterior under Jeffreys' prior, `None` where nothing was ever measured.

        Few cases pull it to one half: one right out of one gives 0.75, not 1.
        """
        return None if self.number == 0 else round((self.right + 0.5) / (self.number + 1), 3)

    def interval(self, level: float = 0.9) -> tuple[float, float] | None:
        """The central interval of that posterior, `None` where nothing was ever measured."""
        if self.number == 0:
            return None
        from scipy.special import betaincinv

        a, b = self.right + 0.5, self.number - self.right + 0.5
        tail = (1 - level) / 2
        low, high = (float(betaincinv(a, b, part)) for part in (tail, 1 - tail))
        # With none wrong (or none right) the bound lies at the end of the scale.
        return (
            round(0.0 if self.right == 0 else low, 3),
            round(1.0 if self.right == self.number else high, 3),
        )


@cache
def shipped() -> dict[str, tuple[int, int]]:
    """By rule: proposed and right, over all rows of the shipped file."""
    found: dict[str, tuple[int, int]] = {}
    for row in table("precision.csv"):
        number, right = found.get(row["rule"], (0, 0))
        found[row["rule"]] = (number + int(row["proposed"]), right + int(row["right"]))
    return found


FILE_COLUMNS = ("rule", "proposed", "right", "measured_on")


def with_measurement(file: Path, on: str, counts: Mapping[str, tuple[int, int]]) -> str:
    """The text of a file of measurements with one made anew; other measurements stay.

    on : what was measured on, such as ``14 documents of November 2026``: it names the measurement
    counts : by rule, how many proposals were judged and how many of these were right

    Raises `FileError` for a file that is none of measurements, `InputError` for an empty name.
    """
    name = " ".join(on.split())
    if not name:
        raise InputError("the measurement has no name", mend='--on "14 documents of 2026"')
    rows = [row for row in _rows_of(file) if row["measured_on"] != name]
    rows += [
        {"rule": rule, "proposed": str(n), "right": str(right), "measured_on": name}
        for rule, (n, right) in counts.items()
    ]
    rows.sort(key=lambda row: (row["rule"], row["measured_on"]))
    text = io.StringIO()
    writer = csv.DictWriter(text, FILE_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _rows_of(file: Path) -> list[dict[str, str]]:
    from comity.record.yamlfile import read_text

    if not file.exists():
        return []
    lines = read_text(file).splitlines()
    rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows, 2):
        counts = [row.get(name) or "" for name in ("proposed", "right")]
        counted = all(one.isascii() and one.isdigit() for one in counts)
        if not (set(row) == set(FILE_COLUMNS) and counted and int(counts[1]) <= int(counts[0])):
            raise FileError(
                "this is no row of a file of measurements",
                where=Place(file=str(file), line=number),
                mend="columns: " + ", ".join(FILE_COLUMNS),
            )
    if lines and lines[0].split(",") != list(FILE_COLUMNS):
        raise FileError(
            "this is no file of measurements",
            where=Place(file=str(file)),
            mend="name a new file, or one that this command has written",
        )
    return rows


def tallies(log: Log | None = None) -> dict[str, Tally]:
    """By rule, sorted: shipped measurements, with the decisions of a store where one is given."""
    counted: dict[str, dict[str, int]] = {}
    if log is not None:
        from comity.reader.queue import items

        for item in items(log, decided=True):
            counts = counted.setdefault(item.proposal.rule, {})
            names = ["proposed"]
            if item.verdict == "rejected":
                names.append("rejected")
            elif item.verdict in ("accepted", "merged"):
                names.append("edited" if item.changed else "confirmed")
            for name in names:
                counts[name] = counts.get(name, 0) + 1
    rules = sorted({*counted, *shipped()})
    return {
        rule: Tally(
            rule,
            **counted.get(rule, {}),
            measured=shipped().get(rule, (0, 0))[0],
            measured_right=shipped().get(rule, (0, 0))[1],
        )
        for rule in rules
    }


COLUMNS = (
    "rule", "proposed", "confirmed", "edited", "rejected", "measured", "precision", "low", "high",
)  # fmt: skip


def report(log: Log) -> list[dict[str, object]]:
    """One row per rule, under `COLUMNS`; `low` and `high` bound the central 90 %."""
    rows: list[dict[str, object]] = []
    for one in tallies(log).values():
        low, high = one.interval() or (None, None)
        counts = {name: getattr(one, name) for name in COLUMNS[:7]}
        rows.append({**counts, "low": low, "high": high})
    return rows
