"""Issues that a document speaks of without their usual words: by the measures it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from comity.reader.marked import Marked
from comity.reader.phrases import table
from comity.reader.proposal import ISSUE, MEASURE, Proposal
from comity.reader.reading import Register
from comity.reader.rules.issues import on_record
from comity.reader.rules.products import products

_KEYS = {
    "export-ban": "export-ban",
    "investigation": "trade-remedies",
    "anti-dumping-duty": "trade-remedies",
}
"""Kinds of measure that are each a matter of one issue, whatever the goods."""
_ON_FOOD = frozenset(("import-ban", "import-restriction"))
_LOOSE = frozenset(("measure.to-investigate",))
"""What is only looked into may be no trade remedy."""
_FOOD = "food"


def by_measures(
    found: Iterable[Proposal], marked: Marked, register: Register
) -> Iterator[Proposal]:
    """One proposal for each issue that a measure among `found` belongs to and none names."""
    proposals = list(found)
    held = {one.slots["key"] for one in proposals if one.type == ISSUE}
    for one in proposals:
        if one.type != MEASURE:
            continue
        kind = str(one.slots["kind"])
        key = "food-import-ban" if kind in _ON_FOOD and _is_food(one) else _KEYS.get(kind)
        if kind == "investigation" and (one.rule in _LOOSE or "product" not in one.slots):
            continue
        if key is None or key in held:
            continue
        held.add(key)
        matches = on_record(key, one.evidence[:1], marked, register)
        yield Proposal(ISSUE, {"key": key}, one.evidence[:1], rule="issue.by-measure",
                       matches=matches)  # fmt: skip


def _is_food(measure: Proposal) -> bool:
    """Whether a measure is on food, by the lexicon of products."""
    said = str(measure.slots.get("product") or "")
    food = {row["id"] for row in table("products.csv") if _FOOD in row["groups"].split(";")}
    return any(one.id in food for one in products(said, 0, len(said)))
