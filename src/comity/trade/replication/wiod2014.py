"""World Input-Output Database, release 2016, for 2014: 44 economies, 50 sectors.

Timmer, M. P. et al. (2015), "An Illustrated User Guide to the World Input-Output Database", Review
of International Economics 23(3), 575-605; as calibrated for the Kiel KITE model.
"""

from __future__ import annotations

import numpy as np

from comity.trade.baseline import Baseline, Note, make_baseline
from comity.trade.files import PathLike, file_in, folder_of, in_file, read_arrays, read_names
from comity.trade.goods import chapters_of
from comity.trade.names import code_of

TITLES = {
    "C01": "Crops and animals",
    "C02": "Forestry",
    "C03": "Fishing and aquaculture",
    "C04": "Mining",
    "C05": "Food, drink, tobacco",
}
"""The titles that the source supports; it states codes only for the other sectors."""


def read_wiod2014(folder: PathLike) -> Baseline:
    """The baseline of 2014, in million US dollars, with the tariffs of the KITE calibration.

    The deficit is minus the source's trade balance. A sector without inputs has a value added
    share of 1. Tariffs on trade inside the rest of the world are kept, as between its members.

    Raises `FileError` and `ValidationError` naming the file and the array.
    """
    path = folder_of(folder, "WIOD 2014")
    regions = read_names(file_in(path, "regions.txt", "wiod2014"), 44)
    sectors = read_names(file_in(path, "sectors.txt", "wiod2014"), 50)
    n, j = regions, sectors
    file = file_in(path, "wiod2014.npz", "wiod2014")
    data = read_arrays(
        file,
        {
            "trade_share": (n, n, j),
            "tariff": (n, n, j),
            "io_share": (n, j, j),
            "value_added_share": (n, j),
            "final_share": (n, j),
            "expenditure": (n, j),
            "trade_balance": (n,),
            "value_added": (n,),
            "theta": (j,),
        },
    )
    value_added_share = data["value_added_share"].copy()
    none = data["io_share"].sum(axis=1) == 0.0
    notes = []
    if none.any():
        value_added_share[none] = 1.0
        notes.append(
            Note(
                "no-inputs",
                f"{none.sum()} (economy, sector) cells use no inputs: value added is all of their "
                "output",
                tuple(regions[k] for k in np.flatnonzero(none.any(axis=1))),
                tuple(sectors[k] for k in np.flatnonzero(none.any(axis=0))),
                int(none.sum()),
            )
        )
    with in_file(file):
        return make_baseline(
            "wiod2014",
            economies=[code_of(name) for name in regions],
            economy_names=regions,
            sectors=sectors,
            sector_names=[TITLES.get(code, code) for code in sectors],
            trade_share=data["trade_share"].transpose(2, 0, 1),
            tariff=data["tariff"].transpose(2, 0, 1),
            value_added_share=value_added_share,
            input_share=data["io_share"] * (1.0 - value_added_share)[:, None, :],
            final_share=data["final_share"],
            expenditure=data["expenditure"],
            value_added=data["value_added"],
            deficit=-data["trade_balance"],
            theta=data["theta"],
            unit="USD million",
            year=2014,
            source="WIOD release 2016 (Timmer et al. 2015), as calibrated for KITE",
            licence="CC BY 4.0",
            goods=chapters_of("wiod2014", sectors),
            notes=notes,
        )
