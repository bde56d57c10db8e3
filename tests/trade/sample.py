"""A small world that is an equilibrium by construction, made from flows and input purchases."""

from __future__ import annotations

from typing import Any

import numpy as np

from comity.trade.baseline import Baseline, Note, make_baseline

ECONOMIES = ("JPN", "CHN", "USA", "ROW")
SECTORS = ("Food", "Cars", "Services")


def world(seed: int = 1, **more: Any) -> Baseline:
    """4 economies, 3 sectors (services are not traded), tariffs, deficits, a schedule, a gap."""
    draw = np.random.default_rng(seed)
    n, j = len(ECONOMIES), len(SECTORS)
    flow = draw.uniform(1.0, 10.0, (j, n, n))
    own = np.arange(n)
    flow[:, own, own] += 60.0
    flow[2] *= np.eye(n)
    tariff = draw.uniform(0.0, 0.3, (j, n, n))
    tariff[:, own, own] = 0.0
    tariff[2] = 0.0
    flow[0, 0, 1] = 0.0
    output = flow.sum(axis=1).T
    paid = flow * (1.0 + tariff)
    spent = paid.sum(axis=2).T
    inputs = draw.uniform(0.02, 0.1, (n, j, j))
    demand = np.einsum("nkj,nj->nk", inputs, output)
    final = spent - demand
    assert (final > 0.0).all()
    fields: dict[str, Any] = {
        "economies": ECONOMIES,
        "economy_names": ("Japan", "China", "United States", "Rest of the world"),
        "sectors": SECTORS,
        "sector_names": ("Food and drink", "Cars", "Services"),
        "trade_share": paid / spent.T[:, :, None],
        "tariff": tariff,
        "value_added_share": 1.0 - inputs.sum(axis=1),
        "input_share": inputs,
        "final_share": final / final.sum(axis=1, keepdims=True),
        "expenditure": spent,
        "value_added": ((1.0 - inputs.sum(axis=1)) * output).sum(axis=1),
        "deficit": flow.sum(axis=(0, 2)) - flow.sum(axis=(0, 1)),
        "theta": (4.0, 6.5, 5.0),
        "unit": "USD million",
        "year": 2020,
        "source": "drawn",
        "licence": "none",
        "goods": {"Food": ("HS2022:02", "HS2022:03"), "Cars": ("HS2022:87",)},
        "schedules": {"free": np.zeros((j, n, n)), "double": 2.0 * tariff},
        "gaps": (("JPN", "CHN"),),
        "notes": (Note("drawn", "the world is drawn, \u00e4hm", ("JPN",), ("Food",), 2),),
    }
    fields.update(more)
    return make_baseline("sample", **fields)
