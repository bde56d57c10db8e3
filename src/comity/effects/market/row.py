"""One row of effects: what of whom, before and after, with its intervals and shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
NUMBERS = ("median", "p5", "p25", "p75", "p95", "predictive_p5", "predictive_p95")
NOT_BOUNDED = "not bounded in this model"
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
        if whole <= 0.0 or not np.isfinite(values).all():
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
        found: dict[str, float | None] = dict.fromkeys(NUMBERS)
        note = self.note
        if np.isfinite(self.values).all():
            names = ("p5", "p25", "median", "p75", "p95")
            found.update(zip(names, _quantiles(self.values), strict=True))
            ends = np.quantile(self.predicted, (LEVELS[0], LEVELS[-1]))
            # What the model leaves open is open in a prediction as well.
            found["predictive_p5"] = min(float(ends[0]), found["p5"] or 0.0)
            found["predictive_p95"] = max(float(ends[1]), found["p95"] or 0.0)
        else:
            note = "; ".join(part for part in (note, NOT_BOUNDED) if part)
        ratio = self.ratio
        if ratio is not None and not np.isfinite(ratio).all():
            ratio = None
        return {
            "quantity": self.quantity,
            "exporter": self.exporter,
            "importer": self.importer,
            "goods": self.goods,
            "period": period,
            "unit": self.unit,
            "before": self.before,
            **found,
            "change_pct": None if ratio is None else float(np.median(ratio)),
            "share_before_pct": None if self.share is None else self.share.before,
            "share_after_pct": None if self.share is None else self.share.after,
            "share_of": "" if self.share is None else self.share.of,
            "estimated_share": self.estimated_share,
            "carried_share": self.carried_share,
            "note": note,
        }


def _quantiles(values: Array) -> tuple[float, ...]:
    return tuple(float(q) for q in np.quantile(values, LEVELS))
