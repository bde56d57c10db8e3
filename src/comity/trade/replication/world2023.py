"""194 economies, goods trade and GDP of 2023, and the United States' tariffs of April 2025.

Compiled by the replication package of Ignatenko, Lashkaripour, Macedoni and Simonovska (2025),
"Making America Great Again? The Economic Impacts of Liberation Day Tariffs", from CEPII BACI
(HS22, 2023, release 202501) and the World Bank's WDI.
"""

from __future__ import annotations

import numpy as np

from comity.trade.baseline import Array, Baseline, Note
from comity.trade.blocks import missing_blocks
from comity.trade.files import PathLike, file_in, folder_of, read_table
from comity.trade.from_flows import from_flows
from comity.trade.goods import ALL_CHAPTERS
from comity.words.errors import Place, ValidationError

IMPOSER = "USA"


def read_world2023(
    folder: PathLike,
    theta: float = 4.0,
    gamma: float = 1.0,
    *,
    gaps: str = "keep",
    wider: bool = False,
) -> Baseline:
    """One sector of goods, in million US dollars, built as `from_flows` says.

    The compilation has lost every flow among a set of economies. They are found by their silence
    (`comity.trade.blocks.missing_blocks`): the flows among those too large for it to be true are
    gaps; smaller economies that are silent in the same way are named in a note, and their flows
    with the block and each other are gaps too with ``wider=True``.

    ``schedules["us_tariff_2025"]`` (1, N, N): the rates announced on 2 April 2025 on imports of the
    USA, as the file has them, on top of no other tariff.

    Raises `FileError` and `ValidationError` naming file and row.
    """
    path = folder_of(folder, "goods trade and GDP 2023")
    table = read_table(
        file_in(path, "economies.csv", "world2023"), ("iso3", "name", "gdp_usd", "us_tariff_2025")
    )
    codes = table.values("iso3")
    rates = dict(zip(codes, table.numbers("us_tariff_2025").tolist(), strict=True))
    gdp = dict(zip(codes, (table.numbers("gdp_usd") / 1e6).tolist(), strict=True))
    file = file_in(path, "trade.csv", "world2023")
    flows = read_table(file, ("exporter", "importer", "value_usd_thousand"))
    values = flows.numbers("value_usd_thousand") / 1e3
    index = {code: k for k, code in enumerate(codes)}
    square = np.zeros((len(codes), len(codes)))
    trade: dict[tuple[str, str], float] = {}
    pairs = zip(flows.values("exporter"), flows.values("importer"), values.tolist(), strict=True)
    for r, (a, b, value) in enumerate(pairs):
        if a not in index or b not in index:
            raise ValidationError(
                f"{b if a in index else a} is not among the economies",
                where=flows.at(r),
                mend="economies.csv and trade.csv must be of one compilation",
            )
        if (a, b) in trade:
            raise ValidationError(f"the flow from {a} to {b} stands twice", where=flows.at(r))
        trade[a, b] = square[index[a], index[b]] = value
    lost, notes = _lost(codes, square, wider, gaps)
    made = from_flows(
        trade,
        gdp,
        theta,
        gamma,
        missing=lost,
        gaps=gaps,
        name="world2023",
        unit="USD million",
        year=2023,
        source="CEPII BACI HS22 2023 (release 202501); World Bank WDI; Ignatenko et al. (2025)",
        licence="Etalab Open Licence 2.0 (trade), CC BY 4.0 (GDP)",
        goods={"Goods": ALL_CHAPTERS},
        notes=notes,
    )
    if IMPOSER not in made.names.economies:
        raise ValidationError(f"{IMPOSER} is not in the table", where=Place(file=table.path))
    return made.replaced(schedules={"us_tariff_2025": _schedule(made, rates)})


def _schedule(made: Baseline, rates: dict[str, float]) -> Array:
    schedule = np.zeros(made.tariff.shape)
    usa = made.names.economies.index(IMPOSER)
    schedule[0, usa] = [rates[code] for code in made.names.economies]
    schedule[0, usa, usa] = 0.0
    schedule.setflags(write=False)
    return schedule


BLOCK = {
    "keep": ("missing-block", "they are gaps, not zeros"),
    "drop": (
        "dropped-block",
        "they were missing, and the fewest economies that touch every gap are left out",
    ),
    "fill": (
        "filled-block",
        "they were missing, and were filled by what exporter and importer trade with others",
    ),
}
"""What was done with flows that the table has lost → the kind of the note, and what it says."""


def _lost(
    codes: list[str], square: Array, wider: bool, gaps: str
) -> tuple[list[tuple[str, str]], list[Note]]:
    kind, done = BLOCK.get(gaps, BLOCK["keep"])
    lost: list[tuple[str, str]] = []
    notes = []
    for block in missing_blocks(square):
        large = [codes[k] for k in block.large]
        small = [codes[k] for k in block.small]
        members = large + small if wider else large
        lost += [(a, b) for a in members for b in members if a != b]
        notes.append(
            Note(
                kind,
                f"the table has no flow among {', '.join(large)}, of which about "
                f"{block.expected:,.0f} million US dollars were to be expected: {done}",
                tuple(large),
                count=len(large) * (len(large) - 1),
            )
        )
        if small:
            every, few = len(large) + len(small), len(large)
            notes.append(
                Note(
                    f"{kind}-wider" if wider else "missing-block-wider",
                    f"{len(small)} smaller economies have no flow to any of these, nor to each "
                    f"other: {', '.join(small)}; "
                    + (done if wider else "their flows are zero here, and most likely lost too"),
                    tuple(small),
                    count=every * (every - 1) - few * (few - 1),
                )
            )
    return lost, notes
