"""One mention of a trade measure, and what its mentions by nouns and by verbs have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from comity.reader.marked import Marked, Mention
from comity.reader.rules.products import Product, products

IN_FORCE, SOUGHT, AGREED = "in-force", "lifting-sought", "lifting-agreed"
IMPORTS = frozenset(["import", "imports", "imported", "importing", "purchases", "importation"])
EXPORTS = frozenset((
    "export", "exports", "exported", "exporting", "shipments", "shipment", "sales", "sale",
    "exportation",
))  # fmt: skip
ASKING = frozenset((
    "urge", "ask", "press", "push", "call", "demand", "request", "seek", "want", "appeal", "hope",
    "raise", "lobby", "advocate", "expect", "pressure", "petition",
))  # fmt: skip
AGREEING = frozenset((
    "agree", "pledge", "commit", "promise", "vow", "undertake", "decide",
))  # fmt: skip
FUTURE = frozenset(("will", "would", "shall"))
LONGEST = 30


@dataclass
class Seen:
    """One mention of a measure; what is not told is empty."""

    rule: str
    kind: str
    first: int
    last: int
    sentence: int
    imposer: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    asker: tuple[str, ...] = ()
    """Who asks for its end or speaks of it to those who have it."""
    goods: list[Product] = field(default_factory=list)
    status: str = IN_FORCE
    hedged: str | None = None
    export: bool = False
    official: bool = False
    """Told by somebody who decides it, without a doer: "an investigation was opened"."""
    weak: bool = False
    """Only a measure told elsewhere makes clear what is meant ("the ban", "the levies")."""


def goods_within(marked: Marked, first: int, last: int) -> list[Product]:
    doc = marked.doc
    start, end = doc[first].idx, doc[last].idx + len(doc[last].text)
    found = products(marked.original, start, end)
    named = [one for one in found if not one.general]
    return named or found[-1:]


def mentioned(marked: Marked, first: int, last: int) -> Iterator[Mention]:
    seen = -1
    for i in range(first, last + 1):
        one = marked.by_token.get(i)
        if one is not None and one.last > seen:
            seen = one.last
            yield one
