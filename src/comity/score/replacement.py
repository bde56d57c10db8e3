"""Who sells instead: the origins that the model has grow, and what is on record of each.

An outcome of wider goods, of a part of a year or of another period is named with its reason and not
compared; where no outcome is of an origin that is said, for a blank would read as agreement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from comity.effects.market.row import Row
from comity.market.assessment import Assessment

MOST = 6
"""Origins by product and importer: those that gain most, by what the model says."""
WHOLE = "WLD"


def replacement(
    made: Assessment, outcomes: Sequence[Mapping[str, str]], left_out: Mapping[str, str]
) -> dict[str, Any]:
    """`origins`: by importer and product, but for those asked about, those with the largest gain at
    the median. `outcomes`: what is on record of the same importer's purchases from any of the
    others, each with why it is not compared (`left_out`, by id; empty where it is)."""
    return {"origins": _origins(made), "outcomes": _on_record(made, outcomes, left_out)}


def _origins(made: Assessment) -> list[dict[str, Any]]:
    found = []
    for importer in made.case.importers:
        for product in made.baseline.names.sectors:
            rows = [
                row
                for row in made.rows
                if row.quantity == "trade_value"
                and (row.importer, row.goods) == (importer, product)
                and row.exporter not in (*made.case.exporters, WHOLE, importer)
                and row.ratio is not None
                and np.isfinite(row.values).all()
            ]
            rows.sort(key=lambda row: (-_gain(row), row.exporter))
            for row in rows[:MOST]:
                low, middle, high = (float(q) for q in np.quantile(row.values, (0.05, 0.5, 0.95)))
                found.append(
                    {
                        "importer": importer,
                        "exporter": row.exporter,
                        "goods": product,
                        "unit": row.unit,
                        "before": row.before,
                        "median": middle,
                        "p5": low,
                        "p95": high,
                        "change_pct": None if row.ratio is None else float(np.median(row.ratio)),
                    }
                )
    return found


def _gain(row: Row) -> float:
    return float(np.median(row.values)) - row.before


def _on_record(
    made: Assessment, outcomes: Sequence[Mapping[str, str]], left_out: Mapping[str, str]
) -> list[dict[str, str]]:
    return [
        {
            **{key: one[key] for key in ("id", "exporter", "importer", "goods", "period")},
            "change_pct": one["change_pct"],
            "left_out": left_out.get(one["id"], ""),
        }
        for one in outcomes
        if one["importer"] in made.case.importers
        and one["exporter"] not in ("", WHOLE, one["importer"], *made.case.exporters)
    ]
