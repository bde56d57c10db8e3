"""What trade data there are, as rows to show."""

from __future__ import annotations

from typing import Any

from comity.trade.flows.data import TradeData
from comity.trade.flows.flow_answer import spans
from comity.trade.flows.importing import worlds
from comity.trade.flows.shipped import shipped


def listed(data: TradeData, *, each: bool = False) -> list[dict[str, Any]]:
    """Imports of the folder, worlds beside them, and the shipped series (`each`, or as one row).

    Rows have ``dataset``, ``holds``, ``years``, ``editions``, ``side``, ``basis``, ``rows``,
    ``licence``, ``imported``, ``id``; what a kind of row does not have is empty. Raises
    `StoreError`.
    """
    rows = [
        {
            "dataset": one.dataset,
            "holds": one.source,
            "years": spans(one.years),
            "editions": list(one.editions),
            "side": list(one.sides),
            "basis": "",
            "rows": one.rows,
            "licence": one.licence,
            "imported": one.imported_at,
            "id": one.id,
            "files": [file.name for file in one.files],
            "dropped": dict(one.dropped),
            "notes": list(one.notes),
        }
        for one in data.list()
    ]
    rows += [
        {
            "dataset": path.stem,
            "holds": "a world of an input-output table: comity world info FILE",
            "imported": "",
            "id": str(path),
        }
        for path in worlds(data.path)
    ]
    return rows + _shipped(each)


def _shipped(each: bool) -> list[dict[str, Any]]:
    held = shipped()
    made = []
    for one in held.series.values():
        facts = [fact for fact in held.facts if fact.series == one.name]
        made.append(
            {
                "dataset": one.name,
                "holds": f"{one.product}: {one.title}",
                "years": spans([fact.year for fact in facts]),
                "editions": [one.goods[0].edition] if one.goods else [],
                "side": [one.side],
                "basis": one.basis,
                "rows": len(facts),
                "licence": one.licence,
                "imported": "shipped",
                "id": "",
            }
        )
    if each:
        return made
    return [
        {
            "dataset": "shipped",
            "holds": f"{len(made)} series of published figures: comity data list --shipped",
            "years": spans([fact.year for fact in held.facts]),
            "side": sorted({one.side for one in held.series.values()}),
            "rows": len(held.facts),
            "imported": "shipped",
            "id": "",
        }
    ]
