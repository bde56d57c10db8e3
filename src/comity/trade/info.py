"""A baseline in a page: its economies and sectors, how much they trade, and what to know of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from comity.trade.baseline import Baseline


def info(baseline: Baseline) -> dict[str, Any]:
    """Plain data for tables and JSON. Shares are fractions, values are in the baseline's unit.

    Keys: name, year, unit, source, licence, digest, shape, world (value_added, output,
    expenditure, trade, domestic_share, tariff_revenue), theta (least, most), tariff (mean weighted
    by trade, largest), economies, sectors, schedules, gaps, notes.
    """
    names = baseline.names
    paid = baseline.trade_share * baseline.expenditure.T[:, :, None]
    net = paid / (1.0 + baseline.tariff)
    own = np.einsum("jnn->nj", net)
    imports = net.sum(axis=2).T - own
    exports = net.sum(axis=1).T - own
    output = own + exports
    spent = baseline.expenditure
    abroad = float(imports.sum())
    off = ~np.eye(len(names.economies), dtype=bool)
    revenue = (paid - net).sum(axis=2).T
    total = float(baseline.value_added.sum())
    economies = [
        {
            "economy": code,
            "name": names.economy_names[n],
            "value_added": float(baseline.value_added[n]),
            "share_of_world": float(baseline.value_added[n] / total),
            "exports": float(exports[n].sum()),
            "imports": float(imports[n].sum()),
            "deficit": float(baseline.deficit[n]),
            "domestic_share": float(own[n].sum() / spent[n].sum()),
            "mean_tariff": _ratio(
                float((paid - net)[:, n][:, off[n]].sum()), float(imports[n].sum())
            ),
        }
        for n, code in enumerate(names.economies)
    ]
    sectors = [
        {
            "sector": label,
            "name": names.sector_names[j],
            "theta": float(baseline.theta[j]),
            "output": float(output[:, j].sum()),
            "trade": float(imports[:, j].sum()),
            "domestic_share": _ratio(float(own[:, j].sum()), float(spent[:, j].sum())),
            "goods": list(baseline.goods.get(label, ())),
        }
        for j, label in enumerate(names.sectors)
    ]
    return {
        "name": baseline.name,
        "year": baseline.year,
        "unit": baseline.unit,
        "source": baseline.source,
        "licence": baseline.licence,
        "digest": baseline.digest,
        "shape": list(baseline.shape),
        "world": {
            "value_added": total,
            "output": float(output.sum()),
            "expenditure": float(spent.sum()),
            "trade": abroad,
            "domestic_share": float(own.sum() / spent.sum()),
            "tariff_revenue": float(revenue.sum()),
        },
        "theta": {"least": float(baseline.theta.min()), "most": float(baseline.theta.max())},
        "tariff": {
            "mean": _ratio(float((paid - net)[:, off].sum()), abroad),
            "largest": float(baseline.tariff.max()),
        },
        "economies": economies,
        "sectors": sectors,
        "schedules": list(baseline.schedules),
        "gaps": [list(pair) for pair in baseline.gaps],
        "notes": [note.as_dict() for note in baseline.notes],
    }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0.0 else None
