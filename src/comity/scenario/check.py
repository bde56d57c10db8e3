"""Checking a scenario file whole: the file, its baseline, and what it asks of the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.scenario.baselines import baseline_of
from comity.scenario.contents import Scenario
from comity.scenario.file import read_partly
from comity.scenario.market_model import MARKET
from comity.scenario.resolve import resolve
from comity.scenario.resolved import Resolved
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
        scenario, wrong = read_partly(path)
    except ComityError as error:
        return [Finding.of(one) for one in _each(error)]
    if scenario is not None and scenario.model.name == MARKET:
        return _on_market(scenario, wrong, record)
    baseline, resolved = _followed(scenario, wrong, record, load)
    if baseline is None or resolved is None or wrong:
        return [Finding.of(one) for one in wrong]
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


def _on_market(
    scenario: Scenario, wrong: list[ComityError], record: Record | None
) -> list[Finding]:
    """The same for a scenario of the market model."""
    from comity.scenario.market_resolve import market_name, resolve_market
    from comity.trade.markets import market

    found = list(wrong)
    try:
        baseline = market(market_name(scenario))
        case = resolve_market(scenario, baseline, record)
    except ComityError as error:
        seen = {(one.what, one.where) for one in found}
        found += [one for one in _each(error) if (one.what, one.where) not in seen]
        return [Finding.of(one) for one in found]
    if found:
        return [Finding.of(one) for one in found]
    notes = [Finding("note", flag.kind, flag.text) for flag in case.flags]
    notes += [Finding("note", note.kind, note.text) for note in baseline.notes]
    if not case.rules:
        notes.append(Finding("note", "no-change", "nothing changes in either state"))
    return notes


def model_name(path: str | Path) -> str:
    """The model that a file asks for; ``world`` where it cannot be read at all."""
    try:
        scenario, _ = read_partly(path)
    except ComityError:
        return "world"
    return "world" if scenario is None else scenario.model.name


def problems(
    scenario: Scenario | None,
    wrong: Sequence[ComityError],
    record: Record | None,
    load: Callable[[Scenario], Baseline] = baseline_of,
) -> list[ComityError]:
    """`wrong`, and what else is wrong with the part of a file that could be read."""
    found = list(wrong)
    _followed(scenario, found, record, load)
    return found


def _followed(
    scenario: Scenario | None,
    wrong: list[ComityError],
    record: Record | None,
    load: Callable[[Scenario], Baseline],
) -> tuple[Baseline | None, Resolved | None]:
    """Baseline and resolution, as far as they can be had; problems are added to `wrong`.

    Names mean something on the baseline that was meant only: where the file is wrong about that,
    nothing is looked up.
    """
    fields = [one.where.field or "" for one in wrong if one.where is not None]
    if scenario is None or any(f.partition(".")[0] == "baseline" for f in fields):
        return None, None
    try:
        baseline = load(scenario)
    except ComityError as error:
        wrong += _each(error)
        return None, None
    try:
        return baseline, resolve(scenario, baseline, record)
    except ComityError as error:
        seen = {(one.what, one.where) for one in wrong}
        wrong += [one for one in _each(error) if (one.what, one.where) not in seen]
        return baseline, None


def _each(error: ComityError) -> tuple[ComityError, ...]:
    return (error.problems or (error,)) if isinstance(error, ValidationError) else (error,)


def needs_record(path: str | Path) -> bool:
    """Does the file name anything of the record? False where it cannot be read at all."""
    try:
        scenario, _ = read_partly(path)
    except ComityError:
        return False
    return scenario is not None and scenario.needs_record
