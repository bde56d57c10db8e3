"""Checking a scenario file whole: the file, its baseline, and what it asks of the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.scenario.baselines import baseline_of
from comity.scenario.contents import Scenario
from comity.scenario.file import read_scenario
from comity.scenario.resolve import resolve
from comity.trade.baseline import Baseline
from comity.words.errors import ComityError, Place, ValidationError

if TYPE_CHECKING:
    from comity.scenario.inforce import Record


@dataclass(frozen=True)
class Finding:
    """One thing found: an ``error``, which has to be mended, or a ``note``, which has to be read.

    `kind` is the name of the error, or the kind of the note.
    """

    level: str
    kind: str
    what: str
    where: Place | None = None
    mend: str | None = None

    def as_dict(self) -> dict[str, Any]:
        place = ComityError("", where=self.where).as_dict()["where"]
        return {
            "level": self.level,
            "kind": self.kind,
            "what": self.what,
            "where": place,
            "mend": self.mend,
        }

    @classmethod
    def of(cls, error: ComityError) -> Finding:
        return cls("error", type(error).__name__, error.what, error.where, error.mend)


def check(
    path: str | Path,
    record: Record | None = None,
    load: Callable[[Scenario], Baseline] = baseline_of,
) -> list[Finding]:
    """Everything wrong with a scenario file, then everything to note; no errors: it can be run.

    `load` gives the baseline of a scenario. Never raises for what the file says.
    """
    try:
        scenario = read_scenario(path)
        baseline = load(scenario)
        resolved = resolve(scenario, baseline, record)
    except ValidationError as error:
        return [Finding.of(one) for one in error.problems or (error,)]
    except ComityError as error:
        return [Finding.of(error)]
    notes = [Finding("note", flag.kind, flag.text) for flag in resolved.flags]
    notes += [Finding("note", note.kind, note.text) for note in baseline.notes]
    if not resolved.before_changes and not resolved.after_changes:
        notes.append(
            Finding(
                "note",
                "no-change",
                "nothing changes in either state: every effect will be exactly zero",
            )
        )
    elif resolved.before_changes == resolved.after_changes:
        notes.append(
            Finding(
                "note", "same-states", "both states are the same: every effect will be exactly zero"
            )
        )
    return notes


def needs_record(path: str | Path) -> bool:
    """Does the file name anything of the record? False where it cannot be read at all."""
    try:
        return read_scenario(path).needs_record
    except ComityError:
        return False
