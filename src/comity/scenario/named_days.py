"""What else the record holds on the days that a scenario names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comity.scenario.contents import Scenario, State
from comity.scenario.resolved import Flag
from comity.trade.baseline import Baseline

if TYPE_CHECKING:
    from comity.scenario.inforce import Rules


def other_measures(
    scenario: Scenario,
    baseline: Baseline,
    states: Mapping[str, State],
    rules: Mapping[str, Rules],
) -> list[Flag]:
    """Measures that are not in the scenario: counted and named, never silently dropped."""
    mine = frozenset(choice.id for choice in scenario.choices)
    flags: list[Flag] = []
    found: list[set[str]] = []
    for name, state in states.items():
        if state.as_of is None:
            continue
        sure, perhaps = rules[name].others(baseline, mine)
        found.append({*sure, *perhaps})
        day = state.as_of.isoformat()
        for kind, ids, say in (
            ("other-measures", sure, "are in force"),
            ("other-measures-perhaps", perhaps, "may be in force, or bear on a part of one,"),
        ):
            if ids:
                text = (
                    f"{len(ids)} other measures of the record {say} between economies of the "
                    f"baseline on {day} and are not in the scenario: {', '.join(ids)}"
                )
                flags.append(Flag(kind, text, tuple(ids)))
    if len(found) == 2:
        ids = tuple(sorted(found[0] ^ found[1]))
        if ids:
            text = (
                f"{len(ids)} other measures began or ended between the two days: {', '.join(ids)}"
            )
            flags.append(Flag("other-changes", text, ids))
    return flags
