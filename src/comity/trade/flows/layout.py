"""How a flow is stored: columns, units, allowed words.

A row is one flow of one good in one year as one source has it. Files are Parquet under
``imports/<id>/dataset=<data set>/year=<year>/part=<k>/``; `dataset`, `year` and `part` are in the
folders' names and not in the files. `part` spreads importers over `PARTS` files, so that a
question about one market reads an eighth of the data; rows of one file follow the source's order,
which for BACI is by exporter.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass
from typing import Any

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("exporter", "VARCHAR", "economy of origin or consignment, our code"),
    ("importer", "VARCHAR", "economy of destination, our code"),
    ("edition", "VARCHAR", "edition of the Harmonized System: HS1988 to HS2028"),
    ("goods", "VARCHAR", "HS code in digits, 2 to 10"),
    ("value", "DOUBLE", "in plain units of `currency`, multiples resolved; empty: not known"),
    ("currency", "VARCHAR", "ISO 4217"),
    ("quantity", "DOUBLE", "in `quantity_unit`; weights are in t; empty: not known"),
    ("quantity_unit", "VARCHAR", "symbol of the unit, empty where there is no quantity"),
    ("basis", "VARCHAR", "FOB, CIF, or empty where the source does not say"),
    ("side", "VARCHAR", "whose figure: exporter, importer, or reconciled by the source"),
    ("confidence", "VARCHAR", "high, medium, low, or empty"),
    ("flags", "VARCHAR", "words between semicolons, see FLAGS"),
)
"""Name, type and meaning of the columns in the files."""

FLAGS = {
    "area-nes": "the source's group of unnamed economies, put under ROW",
    "former-area": "a joint or former customs area, put under the economy named in the mapping",
    "unspecified-goods": "the source's code for goods not specified by kind (99, 9999, 999999)",
    "weight-estimated": "the source estimated the weight",
    "basis-unknown": "the source does not say whether the value is FOB or CIF",
    "units-mixed": "lines of several units were added up, so the quantity is left out",
    "part-year": "the file ends within the year, or the figure is of some months of it",
    "fiscal-year": "the year does not begin in January",
    "returned-goods": "goods of the importer's own origin that came back",
    "intra-area": "trade inside an area: in no share and no sum",
    "sum-of-others": "the sum of partners that are rows of their own: in no share and no sum",
    "part-of-other": "a part of another partner's row: in no share and no sum",
    "values-missing": "a sum over rows of which some have no known value",
}
FITS = {
    "exact": "the goods asked for",
    "part": "a part of the goods asked for",
    "overlaps": "partly among the goods asked for",
    "wider": "the goods asked for and others",
    "undecided": "a product without HS codes, or of an edition without a concordance",
}
"""How the goods of a row lie to the goods asked for, the closest first."""
SIDES = ("exporter", "importer", "reconciled")
BASES = ("FOB", "CIF", "")
CONFIDENCES = ("high", "medium", "low", "")
PARTS = 8
ROW_GROUP = 40_960
"""Rows of a row group: small enough that a question about one exporter skips most of them."""
FIRST_YEAR, LAST_YEAR = 1962, 2100
"""Years of trade data: Comtrade's begin in 1962."""
LARGEST_VALUE = 1e12
"""USD. No bilateral flow of one good has come near; what is above is a wrong unit."""


def part_of(importer: str) -> int:
    """The part in which an importer's rows are."""
    return zlib.crc32(importer.encode()) % PARTS


@dataclass(frozen=True, slots=True)
class Flow:
    """One row of the answer to `flows`: a stored flow, or a sum of stored flows of one source.

    `goods` is ``HS2017:030722`` or, for a sum, the code asked for; for a shipped figure the codes
    of its `product`, and `fit` says how these lie to what was asked (`FITS`). `period` is the year,
    or a part of it: ``2023-01/06``, ``2023-09``. `value` is None where nothing is known. `partial`
    is the value of codes of another edition that lie only partly in what was asked: the true figure
    lies between `value` and `value` + `partial`. `quantity` is of the part `quantity_share` of the
    value; it is None where units differ. `lines` are the stored rows.
    """

    source: str
    side: str
    exporter: str
    importer: str
    year: int
    goods: str
    value: float | None
    currency: str
    basis: str
    quantity: float | None = None
    quantity_unit: str = ""
    quantity_share: float = 0.0
    partial: float = 0.0
    lines: int = 1
    confidence: str = ""
    flags: str = ""
    period: str = ""
    product: str = ""
    fit: str = "exact"
    derived: str = ""
    note: str = ""
    sources: tuple[str, ...] = ()
    """Ids of the sources of a shipped figure; `FlowAnswer.sources` has their titles."""
    ids: tuple[str, ...] = ()
    """Ids of the shipped facts that the row holds."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
