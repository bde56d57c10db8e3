"""Changes and measures that could not be read whole: economies and sectors that are not there.

The file is wrong about them already; their names are looked up all the same, so that everything
that has to be mended is told in one go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.scenario.contents import ListedChange, MeasureChoice, State, Who
from comity.words.errors import ComityError, NotFound

if TYPE_CHECKING:
    from comity.scenario.inforce import Rules
    from comity.scenario.resolve import Resolution


def names_of_change(work: Resolution, state: State, change: ListedChange) -> None:
    """The names of a change that could not be read whole."""
    day = work.default_day if state.as_of is None else state.as_of.toordinal()
    for key in ("by", "imports_from", "exports_to", "of"):
        who: Who | None = getattr(change, key)
        if who is not None:
            work.who(change, key, who, day)
    _sectors(work, change)


def names_of_measure(work: Resolution, choice: MeasureChoice, rules: Rules) -> None:
    """The id and the names of a measure that could not be read whole."""
    try:
        rules.measure(choice.id)
    except ComityError as error:
        work.fail(error, choice.at())
    for key in ("imposers", "partners"):
        who: Who | None = getattr(choice, key)
        for n, name in enumerate(() if who is None else who.names or ()):
            work.one(choice, f"{key}.{n}", name, work.default_day)
    _sectors(work, choice)


def _sectors(work: Resolution, placed: ListedChange | MeasureChoice) -> None:
    labels = [(f"sectors.{n}", label) for n, label in enumerate(placed.sectors or ())]
    if isinstance(placed.coverage, tuple):
        labels += [(f"coverage.{label}", label) for label, _ in placed.coverage]
    for key, label in labels:
        try:
            work.baseline.names.sector(label)
        except NotFound as error:
            work.fail(error, placed.at(key))
