"""One row of effects: what of whom, before and after, with its intervals and shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
KEYS = ("quantity", "exporter", "importer", "goods", "period", "unit")
COLUMNS = (
    *KEYS, "before", "median", "p5", "p25", "p75", "p95",
    "predictive_p5", "predictive_p95", "change_pct", "share_before_pct", "share_after_pct",
    "share_of", "estimated_share", "carried_share", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """A row in per cent of something, before and at the median after."""

    before: float
    after: float
    of: str

    @classmethod
    def over(cls, was: float, values: Array, whole: float, wholes: Array, of: str) -> Share | None:
        """`None` where there is no whole; `wholes` (R,) are those after."""
        if whole <= 0.0:
            return None
        after = np.divide(values, wholes, out=np.zeros_like(values), where=wholes > 0.0)
        return cls(100.0 * was / whole, float(np.median(100.0 * after)), of)


@dataclass(frozen=True)
class Row:
    """One effect. `values` (R,) are the values after, draw by draw; `predicted` the same with the
    discrepancy term; `ratio` (R,) the change in per cent, `None` where there is none."""

    quantity: str
    exporter: str
    importer: str
    goods: str
    unit: str
    before: float
    values: Array
    predicted: Array
    estimated_share: float
    carried_share: float
    ratio: Array | None = None
    note: str = ""
    share: Share | None = None

    @property
    def predicted_ratio(self) -> Array:
        """(R,): the change in per cent with the discrepancy term."""
        assert self.ratio is not None
        if self.predicted is self.values:
            return self.ratio
        noise = np.divide(
            self.predicted, self.values, out=np.ones_like(self.values), where=self.values > 0.0
        )
        return np.asarray((100.0 + self.ratio) * noise - 100.0)

    def as_dict(self, period: str) -> dict[str, Any]:
        low, first, middle, third, high = _quantiles(self.values)
        expected = self.values if self.predicted is self.values else self.predicted
        ends = np.quantile(expected, (LEVELS[0], LEVELS[-1]))
        return {
            "quantity": self.quantity,
            "exporter": self.exporter,
            "importer": self.importer,
            "goods": self.goods,
            "period": period,
            "unit": self.unit,
            "before": self.before,
            "median": middle,
            "p5": low,
            "p25": first,
            "p75": third,
            "p95": high,
            "predictive_p5": float(ends[0]),
            "predictive_p95": float(ends[1]),
            "change_pct": None if self.ratio is None else float(np.median(self.ratio)),
            "share_before_pct": None if self.share is None else self.share.before,
            "share_after_pct": None if self.share is None else self.share.after,
            "share_of": "" if self.share is None else self.share.of,
            "estimated_share": self.estimated_share,
            "carried_share": self.carried_share,
            "note": self.note,
        }


def _quantiles(values: Array) -> tuple[float, ...]:
    return tuple(float(q) for q in np.quantile(values, LEVELS))
