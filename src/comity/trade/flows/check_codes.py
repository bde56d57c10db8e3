"""Codes that the edition named for them does not have, as far as a correlation table tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from comity.trade.flows.correlation_files import load_all
from comity.trade.flows.duck import rows_of
from comity.trade.flows.finding import EXAMPLES, DataFinding
from comity.trade.flows.landing import Store
from comity.trade.flows.scope import Held, relation
from comity.words.goods import NATIONAL

LEAST = 1000
"""Codes that a table has to have to count as one of the whole nomenclature."""


def unknown_codes(
    connection: Any, store: Store, one: Held, years: Sequence[int]
) -> list[DataFinding]:
    """Codes of six digits or more that are in no loaded table of their edition. What is known
    without one (HS 2022, some headings of HS 2012 and 2017) is refused by the import."""
    known: dict[str, set[str]] = {}
    for table in load_all(store.path).values():
        for edition, codes in (
            (table.before, table.codes()),
            (table.after, table.reversed().codes()),
        ):
            if len(codes) >= LEAST:
                known.setdefault(edition, set()).update(codes)
    wanted = [edition for edition in one.editions if edition in known]
    read = relation(store, one, tuple(years)) if wanted and years else None
    if read is None:
        return []
    cases: list[dict[str, Any]] = [
        {"edition": edition, "goods": goods, "rows": int(number), "first": first, "last": last}
        for edition, goods, number, first, last in rows_of(
            connection,
            "SELECT edition, goods, count(*), min(year), max(year) "
            f"FROM {read} WHERE length(goods) >= 6 GROUP BY ALL",
        )
        if edition in known and goods[:6] not in known[edition] and goods[:2] not in NATIONAL
    ]
    if not cases:
        return []
    cases.sort(key=lambda case: (-case["rows"], case["goods"]))
    text = (
        f"{len(cases)} codes are not in the edition named for them: the file may be of another one"
    )
    kept = tuple(cases[:EXAMPLES])
    return [DataFinding("edition", "wrong", text, one.dataset, len(cases), kept)]
