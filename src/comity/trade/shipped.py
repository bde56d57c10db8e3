"""The baselines that come with Comity."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from comity.trade.baseline import Baseline, Note
from comity.trade.from_flows import from_flows
from comity.trade.goods import ALL_CHAPTERS
from comity.words.errors import NotFound

DATA = Path(__file__).parent / "data"
DEFAULT = "goods-world-2023"
SHIPPED = (DEFAULT,)


def shipped(
    name: str = DEFAULT, *, theta: float = 4.0, gamma: float = 0.5, gaps: str = "keep"
) -> Baseline:
    """A shipped baseline by name; ``goods-world-2023`` has 30 economies and one sector.

    `theta`, `gamma` and `gaps` ("keep", "drop", "fill") are those of `from_flows`. The defaults are
    θ = 4 (Simonovska and Waugh 2014 find roughly four) and γ = 0.5. Sources, licences and remarks
    on single economies lie beside the data and come as notes. Raises `NotFound`, `InputError`.
    """
    if name not in SHIPPED:
        raise NotFound(f"no shipped baseline {name!r}", mend=f"there is {', '.join(SHIPPED)}")
    folder = DATA / name
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    notes = [Note("theta", meta["theta"])] if theta == 4.0 else []
    notes += [Note("gamma", meta["gamma"])] if gamma == 0.5 else []
    with (folder / "remarks.csv").open(encoding="utf-8", newline="") as file:
        notes += [Note(r["kind"], r["text"], (r["economy"],)) for r in csv.DictReader(file)]
    return from_flows(
        folder / "goods_trade_2023.csv",
        folder / "gdp_2023.csv",
        theta,
        gamma,
        gaps=gaps,
        name=name,
        unit=meta["unit"],
        year=meta["year"],
        source=meta["source"],
        licence=meta["licence"],
        goods={"Goods": ALL_CHAPTERS},
        notes=notes,
    )
