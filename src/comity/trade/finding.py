"""One thing found in a baseline, in words and in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SHOWN = 8
"""So many labels are written out in a text; the fields of a finding name all."""


@dataclass(frozen=True)
class Finding:
    """One thing found in a baseline.

    `severity` is "wrong" for what cannot be true of any world (the results rest on a repair),
    "odd" for what may be true but strains the model, "info" for what a reader should know.
    `figures` are the numbers of the text, by name; `count` is how many cells or pairs; `cells`
    names every (economy, sector) concerned, the heaviest first, where it is about cells.
    """

    kind: str
    severity: str
    text: str
    economies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    count: int = 0
    figures: Mapping[str, float] = field(default_factory=dict)
    cells: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "severity": self.severity,
            "text": self.text,
            "economies": list(self.economies),
            "sectors": list(self.sectors),
            "count": self.count,
            "figures": dict(self.figures),
            "cells": [list(cell) for cell in self.cells],
        }


def listed(labels: Iterable[str]) -> str:
    every = list(dict.fromkeys(labels))
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more


def about(
    kind: str,
    severity: str,
    text: str,
    cells: Mask,
    baseline: Baseline,
    weight: Array,
    figures: Mapping[str, float] | None = None,
) -> Finding:
    """A finding about the marked cells (N, J).

    In `text`, ``{count}`` and ``{cells}`` become how many they are and the heaviest of them.
    """
    names = baseline.names
    where = np.argwhere(cells)
    order = np.argsort(-weight[cells], kind="stable")
    pairs = tuple((names.economies[n], names.sectors[j]) for n, j in where[order])
    return Finding(
        kind,
        severity,
        text.format(count=len(pairs), cells=listed(" ".join(pair) for pair in pairs)),
        tuple(names.economies[k] for k in np.flatnonzero(cells.any(axis=1))),
        tuple(names.sectors[k] for k in np.flatnonzero(cells.any(axis=0))),
        len(pairs),
        {} if figures is None else figures,
        pairs,
    )
