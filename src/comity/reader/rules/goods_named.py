"""Goods that the lexicon does not have, by their place in a phrase: "duties on wind turbine
components", "imports of canned albacore"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader.lexicon import words
from comity.reader.marked import Marked
from comity.reader.rules.products import Product

if TYPE_CHECKING:
    from spacy.tokens import Token

_ON = frozenset(("on", "of", "for", "against", "into", "to", "concerning"))
_FLOWS = frozenset((
    "import", "export", "shipment", "sale", "purchase", "supply", "trade", "range", "number",
    "kind", "type", "category", "series", "list", "total", "variety", "transfer", "consignment",
    "technology", "importation", "exportation",
))  # fmt: skip
_NO_GOODS = frozenset((
    "good", "product", "company", "firm", "entity", "exporter", "importer", "individual", "person",
    "people", "country", "nation", "partner", "economy", "item", "origin", "basis", "year", "month",
    "day", "percent", "cent", "%", "rate", "level", "world", "market", "party", "value", "official",
    "buyer", "investment", "government", "end", "part", "other", "all", "most", "some", "member",
    "use", "ground", "reason", "time", "date", "case", "matter", "trade", "it", "them", "which",
    "import", "export", "list", "oligarch", "regime", "bank", "court", "producer", "industry",
))  # fmt: skip
_GENERAL = frozenset(("product", "good", "item"))
_ANY = frozenset((
    "certain", "such", "same", "various", "many", "new", "subject", "relevant", "similar", "key",
    "different", "several", "specific", "foreign", "domestic", "imported", "further", "more",
    "additional", "affected", "own", "listed", "few", "made", "concerned", "covered", "strategic",
))  # fmt: skip
_DAYS = words("meeting_parts.no_place")
_APPLYING = frozenset(("apply", "charge", "impose", "levy", "place", "put", "have", "slap", "set"))
_RATES = frozenset(("percent", "cent", "%", "per", "point", "rate"))
_BEFORE = ("compound", "amod", "nmod")
_MOST = 8


def named_by_syntax(marked: Marked, noun: Token) -> list[Product]:
    """The goods that a noun of a measure, or a flow of trade, is told to be on."""
    found: list[Product] = []
    holders = [noun, *(c for c in noun.rights if c.dep_ in ("relcl", "acl")
                       and c.lemma_.lower() in _APPLYING)]  # fmt: skip
    # "a tariff of 9.6 per cent on tuna"
    holders += [c for p in noun.rights if p.dep_ == "prep" and p.lower_ in ("of", "at")
                for c in p.children if c.dep_ == "pobj" and c.lemma_.lower() in _RATES]  # fmt: skip
    head = noun.head
    if noun.dep_ in ("dobj", "nsubjpass") and head.pos_ == "VERB":
        holders.append(head)
    if noun.dep_ == "pobj" and noun.head.lower_ == "of" and noun.head.head.pos_ == "NOUN":
        # "the removal of China's tariffs on wine", where "on wine" is hung on the removal
        holders.append(noun.head.head)
    for holder in holders:
        for prep in holder.rights:
            if prep.dep_ != "prep" or prep.lower_ not in _ON or prep.i < noun.i:
                continue
            for thing in prep.children:
                if thing.dep_ == "pobj" and thing.lemma_.lower() not in _RATES:
                    found += things(marked, thing)
        if found:
            break
    return found[:_MOST]


def things(marked: Marked, thing: Token) -> list[Product]:
    """A noun and what is joined to it, each as goods; a flow's goods for a flow."""
    found: list[Product] = []
    waiting = [thing]
    for at in waiting:
        waiting += [c for c in at.rights if c.dep_ in ("conj", "appos")]
        if len(waiting) > _MOST:
            break
        if at.lemma_.lower() in _FLOWS:
            inner = [c for p in at.rights if p.dep_ == "prep" and p.lower_ == "of"
                     for c in p.children if c.dep_ == "pobj"]  # fmt: skip
            if inner:
                waiting += inner
                continue
            one = _phrase(marked, at, whole=False)
        else:
            one = _phrase(marked, at, whole=True)
        if one is not None:
            found.append(one)
    return found


def _phrase(marked: Marked, head: Token, *, whole: bool) -> Product | None:
    """A noun with the words before it that are no country, number or article."""
    if (
        head.lemma_.lower() in _RATES
        or head.pos_ not in ("NOUN", "PROPN")
        or head.i in marked.by_token
        or head.like_num
    ):
        return None
    days = marked.dates_in_sentence.get(marked.sentence_of[head.i], ())
    if head.lower_ in _DAYS or any(one.start <= head.idx < one.end for one in days):
        return None
    if whole and head.lemma_.lower() in _NO_GOODS:
        whole = False
    words = [c for c in head.lefts if c.dep_ in _BEFORE and c.i not in marked.by_token
             and not c.like_num and c.lemma_.lower() not in _NO_GOODS
             # "Scottish salmon" is salmon.
             and (c.text[:1].islower() or c.is_sent_start
                  or not head.text[:1].islower())]  # fmt: skip
    if not whole:
        # "steel imports": the goods stand before the flow.
        kinds = ("compound",) if head.lemma_.lower() not in _GENERAL else _BEFORE
        words = [c for c in words if c.dep_ in kinds and c.lower_ not in _ANY]
        if not words:
            return None
    doc = marked.doc
    first = min((c.i if c.left_edge.i in marked.by_token else c.left_edge.i for c in words),
                default=head.i)  # fmt: skip
    last = head.i if whole else max(c.i for c in words)
    while first < last and (first in marked.by_token or doc[first].is_punct):
        first += 1
    start, end = doc[first].idx, doc[last].idx + len(doc[last])
    return Product(start, end, f"said:{doc[last].lemma_.lower()}", general=False, codes=())


def combined(found: list[Product], said: list[Product]) -> list[Product]:
    """The lexicon's goods, each in the fullest words used for it, and the goods that it lacks."""
    out: list[Product] = []
    for one in found:
        if one.general:
            continue
        wider = next((s for s in said if s.start <= one.start and one.end <= s.end), None)
        if wider is not None:
            one = Product(wider.start, wider.end, one.id, general=False, codes=one.codes)
        if not any(one.start < other.end and other.start < one.end for other in out):
            out.append(one)
    out += [s for s in said if not any(s.start < o.end and o.start < s.end for o in out)]
    return sorted(out, key=lambda one: one.start) or found
