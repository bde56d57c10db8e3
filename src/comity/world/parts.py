"""The decomposition of a change of real income, as labelled tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from comity.effects.decomposition import ROUGH
from comity.effects.labelled import Labelled
from comity.words.errors import NotFound


@dataclass(frozen=True, eq=False)
class DecompositionTables:
    """Parts of the change of real income, by economy, in per cent (100 times log points).

    `total` is their sum, `exact` 100 ln of the change of real income, `error` the difference that
    `steps` steps along the path leave; `rough` says that it is above `ROUGH` points somewhere.
    """

    parts: Mapping[str, Labelled]
    total: Labelled
    exact: Labelled
    error: Labelled
    steps: int

    def __getitem__(self, part: str) -> Labelled:
        if part in self.parts:
            return self.parts[part]
        raise NotFound(
            f"there is no part {part!r} of the decomposition",
            mend=f"one of {', '.join(self.parts)}",
        )

    @property
    def rough(self) -> bool:
        """The parts miss the exact change by more than `ROUGH` percentage points somewhere."""
        return bool(np.abs(self.error.values).max() > ROUGH)

    def __repr__(self) -> str:
        rough = ", rough" if self.rough else ""
        return f"<Decomposition in {len(self.parts)} parts, {self.steps} steps{rough}>"

    def keys(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(self.parts)

    def rows(self) -> list[dict[str, Any]]:
        """One row for each economy: its parts, their total, the exact change and the error."""
        return [
            {
                "economy": economy,
                **{part: table[economy] for part, table in self.parts.items()},
                "total": self.total[economy],
                "exact": self.exact[economy],
                "error": self.error[economy],
            }
            for economy in self.exact.keys()  # noqa: SIM118 - a labelled table, not a dict
        ]
