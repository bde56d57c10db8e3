"""Measures told by a verb: "China banned imports of beef", "barley has returned to the market"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from comity.reader.clauses import after, child, modal, negated, uncertain
from comity.reader.lexicon import lemma as lemma_of
from comity.reader.marked import DEMONYM, INSTITUTION, Marked
from comity.reader.phrases import table
from comity.reader.rules.goods_named import combined, things
from comity.reader.rules.measure_seen import (
    AGREED,
    AGREEING,
    ASKING,
    EXPORTS,
    FUTURE,
    IMPORTS,
    LONGEST,
    SOUGHT,
    Seen,
    goods_within,
    mentioned,
)

if TYPE_CHECKING:
    from spacy.tokens import Token


_GENERAL = frozenset(("product", "good", "item"))
_LAWFUL = frozenset(("shall", "may", "must", "can"))


@cache
def verbs() -> dict[str, dict[str, str]]:
    return {row["verb"]: row for row in table("measures_verbs.csv")}


def verbal(marked: Marked, verb: Token, row: dict[str, str], sentence: int) -> Seen | None:
    """ "China banned imports of Japanese seafood": a verb with a flow of goods as its object."""
    thing = child(verb, "dobj", "nsubjpass")
    if thing is None and verb.dep_ == "xcomp" and verb.tag_ == "VBN":
        # "continues to be prohibited"
        thing = child(verb.head, "nsubj")
    if thing is None and (found := _returned(marked, verb, row, sentence)) is not None:
        return found
    if thing is None and verb.dep_ == "amod" and verb.tag_ == "VBD" and verb.i < verb.head.i:
        # The parser takes "China limited exports of …" for a noun phrase.
        thing = verb.head if marked.subject(verb) is not None else None
    if thing is None or negated(verb):
        return None
    passive = thing.dep_ in ("nsubjpass", "nsubj")
    first = min(verb.i, thing.left_edge.i)
    doc = marked.doc
    edges = [c.right_edge.i for c in verb.rights if c.dep_ in ("prep", "agent")]
    last = min(max(thing.right_edge.i, verb.i, *edges), verb.i + LONGEST, len(doc) - 1)
    for i in range(max(thing.i, verb.i) + 1, last + 1):
        if doc[i].lower_ in (
            ";",
            "while",
            "after",
            "following",
            "despite",
            "but",
            "over",
            "citing",
        ):
            last = i - 1
            break
    while last > verb.i and (doc[last].is_punct or doc[last].is_space):
        last -= 1
    flow = thing.lower_
    goods = goods_within(marked, first, last)
    goods = combined(goods, things(marked, thing))
    if row["import_kind"] == "other":
        # "sanctioned six Iranian firms"
        goods = []
    elif flow not in IMPORTS | EXPORTS:
        named = [one for one in goods if not one.general]
        if (
            not named
            or (row["verb"] not in ("ban", "block", "investigate") and thing.lower_ != "trade")
            or (named[0].end < thing.idx and lemma_of(thing) not in _GENERAL)
        ):
            return None
    subject = marked.subject(verb)
    parties = () if subject is None else subject.parties
    if passive and child(verb, "agent") is None:
        parties = _authority(marked, verb)
    owner = next((c for c in thing.children if c.dep_ in ("amod", "poss", "compound", "nmod")
                  and c.i in marked.by_token), None)  # fmt: skip
    owned = () if owner is None else marked.by_token[owner.i].parties
    export = flow in EXPORTS and not (owned and set(owned) != set(parties))
    seen = Seen(
        row["id"], row["export_kind"] if export else row["import_kind"], first, last, sentence,
        imposer=parties if len(parties) == 1 else (), goods=goods, export=export,
    )  # fmt: skip
    if export and not seen.imposer:
        # Whose goods no longer leave is who keeps them.
        sellers = [one for one in mentioned(marked, thing.left_edge.i, thing.right_edge.i)
                   if len(one.parties) == 1 and one.kind == DEMONYM]  # fmt: skip
        seen.imposer = parties = sellers[0].parties if sellers else ()
    helper = modal(verb)
    maybe = helper is not None and helper.lower_ in ("can", "could", "may", "might")
    seen.official = not seen.imposer and not maybe and any(not one.general for one in goods)
    others = [one for one in mentioned(marked, thing.left_edge.i, last)
              if one.parties and not set(one.parties) & set(parties)]  # fmt: skip
    if others:
        seen.target = others[0].parties
    return _verb_status(verb, row, seen)


def _authority(marked: Marked, verb: Token) -> tuple[str, ...]:
    """Who says that something is banned, where that is who decides it: "China's customs said that
    seafood will be banned"."""
    teller = verb.head
    if verb.dep_ != "ccomp" or lemma_of(teller) not in ("say", "announce", "state", "declare"):
        return ()
    one = marked.subject(teller)
    return one.parties if one is not None and one.kind == INSTITUTION else ()


def permitted(marked: Marked, verb: Token, sentence: int) -> Seen | None:
    """ "X may not be exported", "shall be exported only under licence", in an authority's text."""
    goods_of = child(verb, "nsubjpass")
    helper = modal(verb)
    if goods_of is None or helper is None or helper.lower_ not in _LAWFUL:
        return None
    never = negated(verb)
    only = any(c.lower_ == "only" for one in (verb, *verb.rights) for c in one.children)
    unless = any(c.lower_ in ("without", "under") for c in verb.rights)
    if not (never or only):
        return None
    first, last = goods_of.left_edge.i, min(verb.right_edge.i, verb.i + LONGEST)
    export = verb.lemma_.lower() == "export"
    controlled = only or unless
    kind = (
        ("export-control" if controlled else "export-ban")
        if export
        else ("import-restriction" if controlled else "import-ban")
    )
    goods = [one for one in goods_within(marked, first, verb.i) if not one.general]
    one = Seen("measure.permitted", kind, min(first, verb.i), last, sentence,
               goods=goods or things(marked, goods_of), export=export)  # fmt: skip
    one.official = True
    one.status = "in-force"
    return one


def _returned(marked: Marked, verb: Token, row: dict[str, str], sentence: int) -> Seen | None:
    """ "Australian barley has returned to the Chinese market", "exports of beef to China resumed":
    goods as the subject of a verb of coming back."""
    subject = child(verb, "nsubj")
    if subject is None or row["status"] != "lifted" or negated(verb):
        return None
    first = subject.left_edge.i
    market = after(verb, "to")
    last = max(verb.i, subject.right_edge.i, market.right_edge.i if market is not None else 0)
    goods = [one for one in goods_within(marked, first, subject.right_edge.i) if not one.general]
    if market is not None:
        if market.lemma_.lower() not in ("market", "shelf"):
            return None
        buyers = [one for one in mentioned(marked, market.left_edge.i, market.i) if one.parties]
    else:
        place = after(subject, "to")
        if subject.lower_ not in EXPORTS or place is None:
            return None
        buyers = [one for one in mentioned(marked, place.i, place.i) if one.parties]
    if not goods or not buyers:
        return None
    sellers = [one for one in mentioned(marked, first, subject.i) if one.parties]
    target = next((one.parties for one in sellers if one.parties != buyers[0].parties), ())
    seen = Seen(row["id"], row["import_kind"], first, last, sentence,
                imposer=buyers[0].parties, target=target, goods=goods)  # fmt: skip
    return _verb_status(verb, row, seen)


def _verb_status(verb: Token, row: dict[str, str], seen: Seen) -> Seen:
    lifted = row["status"] == "lifted"
    above = {t.lemma_.lower() for t in _heads(verb)}
    helper = modal(verb)
    future = helper is not None and helper.lower_ in FUTURE
    doubt = uncertain(verb)
    seen.hedged = None if doubt is None else doubt.lower_
    if any(c.lower_ in ("still", "already") for c in verb.children) and not lifted:
        # "will still be banned"
        seen.status = row["status"]
    elif above & ASKING:
        seen.status = SOUGHT if lifted else "planned"
    elif above & AGREEING or future:
        seen.status = AGREED if lifted else "announced"
    elif above & {"plan", "consider", "threaten", "propose"} or doubt is not None:
        seen.status = SOUGHT if lifted else "planned"
    else:
        seen.status = row["status"]
    return seen


def _heads(token: Token) -> Iterator[Token]:
    at = token
    for _ in range(4):
        if at.head.i == at.i or at.dep_ in ("relcl", "advcl"):
            return
        at = at.head
        yield at
