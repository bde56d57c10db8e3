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
    "share_of", "estimated_share", "carried_share",
    "base_estimated_share", "base_carried_share", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """A row in per cent of something, before and at the median after."""

    before: float
    after: float
    of: str

    @classmethod
    def over(
        cls,
        was: tuple[float, float],
        before: tuple[Array, Array],
        after: tuple[Array, Array],
        of: str,
    ) -> Share | None:
        """Each a part and its whole: as the baseline has them, and (R,) draws before and after.
        `None` where there is no whole. As a `Row` is, the share after is the median of draws times
        the baseline's share over the median of draws before."""
        if was[1] <= 0.0 or not np.isfinite(after[0]).all():
            return None
        first, last = (
            float(np.median(100.0 * np.divide(x, y, out=np.zeros_like(x), where=y > 0.0)))
            for x, y in (before, after)
        )
        share = 100.0 * was[0] / was[1]
        return cls(share, last * share / first if share > 0.0 and first > 0.0 else last, of)


@dataclass(frozen=True)
class Row:
    """One effect. `values` (R,) are the values after, draw by draw; `predicted` the same with the
    discrepancy term, of a sum as it adds up (`foreseen` is what is told of it); `ratio` (R,) the
    change in per cent, `None` where there is none.

    `estimated_share` and `carried_share` are parts of what the answer rests on (`Reliance.answer`),
    those of the base are of the row's own cells.

    A baseline's value is told as it is known. Drawn cells have medians of their own, so what is
    told of draws is multiplied by a scale, the baseline's value over the median of its draws
    (`Told`; `scale` is that of the values after): `before` is the baseline's value, or the median
    where something was changed before, and the change in per cent is from it to the median after.
    So a row cannot contradict itself, and where every draw rises the median does."""

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
    base_estimated_share: float
    base_carried_share: float
    ratio: Array | None = None
    note: str = ""
    share: Share | None = None
    scale: float = 1.0

    @property
    def predicted_ratio(self) -> Array:
        """(R,): the change in per cent with the discrepancy term, about the same median."""
        assert self.ratio is not None
        if self.predicted is self.values:
            return self.ratio
        noise = np.divide(
            self.predicted, self.values, out=np.ones_like(self.values), where=self.values > 0.0
        )
        after = 100.0 + self.ratio
        return centred(after * noise, after) - 100.0

    @property
    def foreseen(self) -> Array:
        """(R,): the values after with the discrepancy term, about the median of `values`."""
        return centred(self.predicted, self.values)

    @property
    def told(self) -> Array:
        """(R,): the values after in units of `before`."""
        return self.values if self.scale == 1.0 else self.values * self.scale

    def as_dict(self, period: str) -> dict[str, Any]:
        found: dict[str, float | None] = dict.fromkeys(NUMBERS)
        note = self.note
        change = None
        if np.isfinite(self.values).all():
            names = ("p5", "p25", "median", "p75", "p95")
            found.update(zip(names, _quantiles(self.told), strict=True))
            ends = np.quantile(self.foreseen, (LEVELS[0], LEVELS[-1])) * self.scale
            # What the model leaves open is open in a prediction as well.
            found["predictive_p5"] = min(float(ends[0]), found["p5"] or 0.0)
            found["predictive_p95"] = max(float(ends[1]), found["p95"] or 0.0)
            median = found["median"]
            if self.ratio is not None and median is not None and self.before > 0.0:
                change = float(100.0 * (median / self.before - 1.0))
        else:
            note = "; ".join(part for part in (note, NOT_BOUNDED) if part)
        return {
            "quantity": self.quantity,
            "exporter": self.exporter,
            "importer": self.importer,
            "goods": self.goods,
            "period": period,
            "unit": self.unit,
            "before": float(self.before),
            **found,
            "change_pct": change,
            "share_before_pct": None if self.share is None else self.share.before,
            "share_after_pct": None if self.share is None else self.share.after,
            "share_of": "" if self.share is None else self.share.of,
            "estimated_share": self.estimated_share,
            "carried_share": self.carried_share,
            "base_estimated_share": self.base_estimated_share,
            "base_carried_share": self.base_carried_share,
            "note": note,
        }


def centred(predicted: Array, values: Array) -> Array:
    """(R,): `predicted` by a factor that gives it the median of `values` (R,).

    The discrepancy of a flow has the median 1 and the mean e^(s²/2), so that flows which each have
    the model's median add up to a sum that lies above its own. What the model misses widens what it
    says and does not move it. As it is where either median is no number above 0.
    """
    if predicted is values:
        return values
    middle, aim = float(np.median(predicted)), float(np.median(values))
    if not (middle > 0.0 and aim > 0.0 and np.isfinite(aim / middle)):
        return predicted
    return np.asarray(predicted * (aim / middle))


def _quantiles(values: Array) -> tuple[float, ...]:
    return tuple(float(q) for q in np.quantile(values, LEVELS))
