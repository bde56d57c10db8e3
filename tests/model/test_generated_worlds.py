"""Generated worlds × policy shocks: all are solved, or refused for a reason that is true.

The table is printed at the end of the run, and by `python -m benchmarks.world_tally`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks import world_tally

from . import oracle

PARTS = 12


@pytest.mark.parametrize("part", range(PARTS))
def test_every_world_is_solved_or_refused_for_a_true_reason(
    part: int, record_property: Callable[[str, object], None]
) -> None:
    numbers = range(part, world_tally.WORLDS, PARTS)
    assert len(numbers) * PARTS >= 500
    tally = world_tally.run(numbers, oracle)
    record_property(world_tally.PROPERTY, tally.as_dict())
    assert not tally.failures, "\n".join(tally.failures[:20])
    # Each part has to hold both, or it tests nothing.
    outcomes = {outcome for _, outcome in tally.counts}
    assert world_tally.SOLVED in outcomes
