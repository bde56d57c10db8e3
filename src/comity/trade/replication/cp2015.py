"""Caliendo and Parro (2015): 31 regions, 40 sectors, 1993.

Caliendo, L. and Parro, F. (2015), "Estimates of the Trade and Welfare Effects of NAFTA", Review of
Economic Studies 82(1), 1-44. The arrays are derived from the authors' files as their script does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Array, Baseline, Note, make_baseline
from comity.trade.files import PathLike, file_in, folder_of, in_file, read_arrays, read_names
from comity.trade.goods import chapters_of
from comity.trade.names import code_of

# The data's short names that the reviewed table leaves open: "Korea" in data of 1993 with trade
# statistics of every partner is the Republic of Korea.
CODES = {"Korea": "KOR", "UK": "GBR", "Row": "ROW"}
NAFTA = ("CAN", "MEX", "USA")
TRADED = 20
PLACEHOLDER = 1.0
"""Dollars that the authors' script puts where nothing is spent."""


def read_cp2015(folder: PathLike) -> Baseline:
    """The baseline of 1993, in US dollars, with the tariff schedules of the paper's scenarios.

    ``schedules["nafta"]`` has the tariffs of 2005 between Canada, Mexico and the USA,
    ``["world2005"]`` those of 2005 everywhere, ``["world2005_without_nafta"]`` those of 2005
    everywhere but between the three, which stay at 1993. Each is (J, N, N) ``[j, n, i]``.

    The data are no equilibrium: final demand, the rest of spending after inputs, is negative in
    185 cells and was set to 0 there (note ``clipped``).

    Raises `FileError` and `ValidationError` naming the file and the array.
    """
    path = folder_of(folder, "the data of Caliendo and Parro (2015)")
    regions = read_names(file_in(path, "regions.txt", "cp2015"), 31)
    sectors = read_names(file_in(path, "sectors.txt", "cp2015"), 40)
    n, j = regions, sectors
    file = file_in(path, "cp2015.npz", "cp2015")
    data = read_arrays(
        file,
        {
            "trade_share": (n, n, j),
            "tariff_base": (n, n, j),
            "tariff_nafta": (n, n, j),
            "tariff_world2005": (n, n, j),
            "value_added_share": (n, j),
            "input_share": (n, j, j),
            "final_share": (n, j),
            "final_demand_unclipped": (n, j),
            "expenditure": (n, j),
            "value_added": (n,),
            "deficit": (n,),
            "theta": (j,),
            "gross_output": (n, j),
            "gross_output_used": (n, j),
        },
    )
    codes = [CODES.get(name) or code_of(name) for name in regions]
    without = data["tariff_world2005"].copy()
    three = np.ix_([codes.index(c) for c in NAFTA], [codes.index(c) for c in NAFTA])
    without[three] = data["tariff_base"][three]
    with in_file(file):
        return make_baseline(
            "cp2015",
            economies=codes,
            economy_names=regions,
            sectors=sectors,
            trade_share=data["trade_share"].transpose(2, 0, 1),
            tariff=data["tariff_base"].transpose(2, 0, 1),
            value_added_share=data["value_added_share"],
            input_share=data["input_share"],
            final_share=data["final_share"],
            expenditure=data["expenditure"],
            value_added=data["value_added"],
            deficit=data["deficit"],
            theta=data["theta"],
            unit="USD",
            year=1993,
            source="Caliendo and Parro (2015), Review of Economic Studies 82(1), authors' files",
            licence="replication data of the article; not shipped",
            goods=chapters_of("cp2015", sectors),
            schedules={
                "nafta": _sector_first(data["tariff_nafta"]),
                "world2005": _sector_first(data["tariff_world2005"]),
                "world2005_without_nafta": _sector_first(without),
            },
            notes=_notes(data, codes, sectors),
        )


def _sector_first(schedule: Array) -> Array:
    turned = np.ascontiguousarray(schedule.transpose(2, 0, 1))
    turned.setflags(write=False)
    return turned


def _named(
    cells: NDArray[np.bool_], codes: list[str], sectors: list[str]
) -> dict[str, tuple[str, ...]]:
    return {
        "economies": tuple(codes[k] for k in np.flatnonzero(cells.any(axis=1))),
        "sectors": tuple(sectors[k] for k in np.flatnonzero(cells.any(axis=0))),
    }


def _notes(data: dict[str, Array], codes: list[str], sectors: list[str]) -> list[Note]:
    final = data["final_demand_unclipped"]
    clipped = final < 0.0
    part = -final[clipped].sum() / data["expenditure"].sum()
    raised = data["gross_output_used"] > data["gross_output"]
    nothing = data["expenditure"] == PLACEHOLDER
    return [
        Note(
            "clipped",
            f"final demand is negative in {clipped.sum()} cells ({100 * part:.1f} % of world "
            "expenditure) and was set to 0 there: the data are no equilibrium",
            count=int(clipped.sum()),
            **_named(clipped, codes, sectors),
        ),
        Note(
            "raised-output",
            f"gross output was below exports in {raised.sum()} cells and was raised to them: "
            "nothing is sold at home there",
            count=int(raised.sum()),
            **_named(raised, codes, sectors),
        ),
        Note(
            "placeholder",
            f"{nothing.sum()} cells without spending hold 1 dollar, as the authors' script has it",
            count=int(nothing.sum()),
            **_named(nothing, codes, sectors),
        ),
        Note(
            "theta",
            "trade elasticities are the paper's 99 % sample; sectors that are not traded have the "
            "mean 8.22, which has no effect",
            sectors=tuple(sectors[TRADED:]),
        ),
    ]
