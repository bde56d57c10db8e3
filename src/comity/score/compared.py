"""One outcome beside the model's row: what was compared, how it stands, and on what it rests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from comity.effects.market.row import Row
from comity.trade.market_baseline import CARRIED, ESTIMATED
from comity.trade.market_sources import CellBasis

SLACK = {"change": 0.5, "level": 0.0}
"""Changes are told in whole per cent: half a point either way is the same figure."""
YES, CHANGE, LEVEL, NO = "yes", "change", "level", "no"
WITHIN_50, WITHIN_90, PREDICTED, ABOVE, BELOW = (
    "within_50", "within_90", "within_predictive_90", "above", "below",
)  # fmt: skip
VERDICTS = (WITHIN_50, WITHIN_90, PREDICTED, ABOVE, BELOW)
MODEL, MEASURE, REPEAT = "model", "measure", "repeat"
"""What a comparison tests: the model; only that the measure was kept, for it bars that very flow;
or nothing further, for another outcome is of the same flow."""
LISTED = 6
"""Cells of a row that are named one by one."""


@dataclass(frozen=True)
class Ends:
    """Median, 50 and 90 % parameter intervals and the 90 % predictive one."""

    median: float
    inner: tuple[float, float]
    outer: tuple[float, float]
    predictive: tuple[float, float]

    @classmethod
    def of(cls, values: np.ndarray[Any, Any], predicted: np.ndarray[Any, Any]) -> Ends:
        """Of draws (R,) and the same with the discrepancy term; a prediction leaves open at least
        what the parameters do."""
        low, first, middle, third, high = (
            float(q) for q in np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))
        )
        ends = [float(q) for q in np.quantile(predicted, (0.05, 0.95))]
        return cls(middle, (first, third), (low, high), (min(ends[0], low), max(ends[1], high)))

    def as_dict(self) -> dict[str, float]:
        return {
            "median": self.median,
            "p25": self.inner[0],
            "p75": self.inner[1],
            "p5": self.outer[0],
            "p95": self.outer[1],
            "predictive_p5": self.predictive[0],
            "predictive_p95": self.predictive[1],
        }

    def verdict(self, happened: float, slack: float) -> str:
        """Where the outcome lies: in the narrowest interval that holds it, or outside of all."""
        for ends, name in (
            (self.inner, WITHIN_50), (self.outer, WITHIN_90), (self.predictive, PREDICTED),
        ):  # fmt: skip
            if ends[0] - slack <= happened <= ends[1] + slack:
                return name
        return ABOVE if happened > self.predictive[1] else BELOW


@dataclass(frozen=True)
class Compared:
    """One outcome beside the model's row: `kind` is ``change`` (per cent) or ``level``.

    said : of what is compared;  level : of the value after, in the unit of the market
    tests : `MODEL`, `MEASURE` or `REPEAT`;  same_as : the outcome that is counted for this flow
    explanation : why the two differ;  caveat : what the comparison is short of
    """

    outcome: Mapping[str, str]
    kind: str
    happened: float
    said: Ends
    verdict: str
    row: Row
    explanation: str = ""
    why_sources: str = ""
    caveat: str = ""
    tests: str = MODEL
    same_as: str = ""
    cells: tuple[CellBasis, ...] = ()

    @property
    def flow(self) -> tuple[str, str, str, str]:
        """What it is of, whatever its period and source."""
        return (self.row.quantity, self.row.exporter, self.row.importer, self.row.goods)

    def as_dict(self) -> dict[str, Any]:
        keep = ("id", "quantity", "exporter", "importer", "goods", "before_period", "period",
                "unit", "confidence", "note")  # fmt: skip
        return {
            **{key: self.outcome.get(key, "") for key in keep},
            "sources": self.outcome["sources"],
            "url": self.outcome.get("url", ""),
            "before": number(self.outcome["before"]),
            "after": number(self.outcome["after"]),
            "compared": self.kind,
            "compared_unit": "%" if self.kind == CHANGE else self.outcome["unit"],
            "happened": self.happened,
            **self.said.as_dict(),
            "verdict": self.verdict,
            "tests": self.tests,
            "same_as": self.same_as,
            "explanation": self.explanation,
            "explanation_sources": self.why_sources,
            "caveat": self.caveat,
            "working": self._working(),
        }

    def _share(self, standing: str) -> float:
        """The part of the value of the cells listed that has a standing."""
        total = sum(one.value for one in self.cells)
        mine = sum(one.value for one in self.cells if one.standing == standing)
        return mine / total if total > 0.0 else 0.0

    def _working(self) -> dict[str, Any]:
        """The model's own figures for the row, and the cells of the market that they rest on."""
        listed = sorted(self.cells, key=lambda one: -one.value)[:LISTED]
        return {
            "unit": self.row.unit,
            "before": self.row.before,
            **Ends.of(self.row.values, self.row.foreseen).as_dict(),
            "slack": SLACK[self.kind],
            "estimated_share": self._share(ESTIMATED),
            "carried_share": self._share(CARRIED),
            "cells": len(self.cells),
            "cells_later": sum(bool(one.later) for one in self.cells),
            "largest": [
                {
                    "goods": one.product, "exporter": one.origin, "importer": one.destination,
                    "value": one.value, "low": one.low, "high": one.high,
                    "standing": one.standing, "sources": list(one.sources),
                    "later": list(one.later),
                }
                for one in listed
            ],
        }  # fmt: skip


def number(text: str) -> float | None:
    """A figure of the file; `None` for words, a range or nothing."""
    try:
        return float(text)
    except ValueError:
        return None
