"""Kinds of measure as the reader names them, beside those of the record's vocabulary."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """What a kind of the reader is on record; `effect` only where its kind there has none."""

    measure_kind: str
    flow: str
    effect: str | None


def table(name: str) -> list[dict[str, str]]:
    """The rows of a data file of the reader."""
    text = (files("comity.reader") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def measure_kinds() -> dict[str, MeasureKind]:
    """By the reader's kind."""
    return {
        row["kind"]: MeasureKind(row["measure_kind"], row["flow"], row["effect"] or None)
        for row in table("measure_kinds.csv")
    }


def reader_kind(term: str) -> str:
    """The reader's kind for a kind of the vocabulary: the first that becomes it, else the term."""
    for kind, made in measure_kinds().items():
        if made.measure_kind == term and term != "other":
            return kind
    return term.replace("_", "-")
