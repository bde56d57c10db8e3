"""Mentions of trade measures: who is told to restrict whose goods, how, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from comity.reader.clauses import child, conditional, modal, negated, uncertain
from comity.reader.lexicon import lemma as lemma_of
from comity.reader.marked import Marked
from comity.reader.phrases import table
from comity.reader.rules.goods_named import combined, named_by_syntax
from comity.reader.rules.measure_bearers import bearing
from comity.reader.rules.measure_parties import classes, raises_with, set_parties
from comity.reader.rules.measure_seen import (
    AGREED,
    AGREEING,
    ASKING,
    EXPORTS,
    FUTURE,
    IMPORTS,
    IN_FORCE,
    LONGEST,
    SOUGHT,
    Seen,
    goods_within,
    mentioned,
)
from comity.reader.rules.measure_verbs import permitted, verbal, verbs
from comity.reader.rules.products import Product

if TYPE_CHECKING:
    from spacy.tokens import Token

_PARTLY = frozenset(["partially", "partly", "most", "some", "partial", "certain"])
_REMEDY = frozenset((
    "anti-dumping", "antidumping", "dumping", "anti-subsidy", "countervailing", "safeguard",
    "subsidy", "trade", "301", "232", "anti", "tariff", "import", "duty",
))  # fmt: skip
_DUTIES = frozenset((
    "import", "imports", "customs", "anti-dumping", "antidumping", "dumping", "countervailing",
    "additional", "punitive", "retaliatory", "reciprocal", "export", "anti-subsidy", "tariff",
    "provisional", "definitive", "percent", "%", "ad",
))  # fmt: skip
_WRAPPING = frozenset(
    ("order", "system", "regime", "scheme", "programme", "program", "rule", "plan")
)
"""Nouns that, after a measure's, stand for it."""
_DUMPING = frozenset(("anti-dumping", "antidumping", "dumping", "countervailing"))
_TOUCHING = frozenset((
    "affect", "target", "cover", "hit", "import", "originate", "export", "make", "produce", "ship",
    "apply", "concern", "include", "remain", "face",
))  # fmt: skip
"""Verbs that say what a measure touches."""
_APART = frozenset((
    ";", "while", "whereas", "after", "following", "despite", "but", "amid", "citing", "pending",
    "over", "because", "if",
))  # fmt: skip
_OPENING = frozenset(("launch", "open", "initiate", "begin", "start"))
_PERMITS = frozenset(("measure.licence", "measure.license", "measure.permit"))
_NEEDING = frozenset(("require", "demand", "introduce", "impose"))
_STEPS = 6
_BESIDE = frozenset(("as", "with", "under", "through", "by", "at", "between", "than"))
"""Prepositions after which nothing is told of what a measure is on."""
_WORDS = {
    "price": frozenset(("price",)),
    "port": frozenset(("port", "docking", "landing")),
    "entity": frozenset(("entity", "entities", "unreliable", "sanctions")),
    "rule": frozenset(("registration", "certification", "labelling", "labeling", "inspection")),
    "quality": frozenset(("quality", "safety")),
    "carbon": frozenset(("carbon",)),
    "deforestation": frozenset(("deforestation",)),
}
"""What stands before a noun that alone tells of no measure."""


@cache
def _nouns() -> dict[str, dict[str, str]]:
    return {row["noun"]: row for row in table("measures.csv")}


def mentions(marked: Marked) -> Iterator[Seen]:
    """The mentions in the order of the text, nominal ("tariffs on …") and verbal ("banned …")."""
    for number, sentence in enumerate(marked.sentences):
        for token in sentence:
            lemma = token.lemma_.lower()
            if token.pos_ in ("NOUN", "PROPN") and lemma in _nouns():
                one = _nominal(marked, token, _nouns()[lemma], number)
            elif token.pos_ == "VERB" and lemma in verbs():
                one = verbal(marked, token, verbs()[lemma], number)
            elif token.pos_ == "VERB" and lemma in ("export", "import"):
                one = permitted(marked, token, number)
            else:
                continue
            if one is not None:
                yield one


# ------------------------------------------------------------------------------------ nominal


def _nominal(marked: Marked, noun: Token, row: dict[str, str], sentence: int) -> Seen | None:
    if noun.dep_ == "compound" and noun.head.pos_ in ("NOUN", "PROPN"):
        if noun.head.lemma_.lower() in _nouns() and noun.head.lemma_.lower() not in _WRAPPING:
            return None
        if noun.head.lemma_.lower() in _WRAPPING:
            # "the licensing system for tires", "the duty order on shrimp"
            noun = noun.head
    first, last = _bounds(noun)
    words = {t.lower_ for t in marked.doc[first : last + 1]}
    before = {t.lower_ for t in marked.doc[first : noun.i]}
    goods = goods_within(marked, first, last)
    export = _is_export(marked, noun, first, last)
    flow = bool(words & (IMPORTS | EXPORTS))
    weak = not _enough(row["needs"], words, before, goods, flow)
    if "no" in before:
        # "no new permits will be issued"
        return None
    if weak and row["needs"] == "duty" and noun.head.lemma_.lower() in classes():
        # "imposed duties on wind turbine blades"
        weak = not named_by_syntax(marked, noun)
    if weak and row["needs"] == "remedy" and lemma_of(noun.head) in _OPENING:
        # "launched an investigation into stainless products from Indonesia"
        into = any(p.lower_ == "into" for p in (*noun.rights, *noun.head.rights))
        weak = not (into and any(one.parties for one in mentioned(marked, noun.i + 1, last)))
    if weak and row["needs"] == "duty":
        weak = not bearing(marked, noun, Seen(row["id"], "", first, last, sentence))
    permits = row["id"] in _PERMITS and noun.head.lemma_.lower() in _NEEDING
    if weak and permits and noun.dep_ == "dobj" and named_by_syntax(marked, noun):
        # "requires licences for gallium": for sending it abroad, where nothing else is said
        weak, export = False, True
    if weak and not before & {"the", "its", "their", "this", "these", "those"}:
        return None
    kind = row["export_kind"] if export else row["import_kind"]
    if kind == "countermeasure" and before & _DUMPING:
        kind = "anti-dumping-duty"
    if kind == "tariff" and before & {
        "anti-dumping", "dumping", "antidumping", "countervailing", "anti-subsidy", "subsidy",
    }:  # fmt: skip
        kind = "anti-dumping-duty"
    if kind == "import-restriction" and not (words & IMPORTS or goods):
        kind = "trade-barrier"
    if "non" in before and kind in ("tariff",):
        kind = "trade-barrier"
    if row["needs"] == "entity" and before & {"unreliable", "sanctions"}:
        kind = "other"
    goods = [] if row["needs"] == "entity" else combined(goods, named_by_syntax(marked, noun))
    seen = Seen(row["id"], kind, first, last, sentence, goods=goods, export=export, weak=weak)
    borne = bearing(marked, noun, seen)
    if borne and not any(not one.general for one in goods):
        seen.goods, seen.weak = borne, False
    governor, asked = _status(marked, noun, seen)
    if _taken_part(governor):
        return None
    set_parties(marked, noun, seen, governor, asked)
    if seen.last > last and not any(not one.general for one in goods):
        seen.goods = [one for one in goods_within(marked, first, seen.last) if not one.general] or (
            seen.goods
        )
    return seen


def _bounds(noun: Token) -> tuple[int, int]:
    """First and last token of what belongs to the noun: its modifiers, and what follows of it up to
    a clause of its own."""
    first = noun.i
    for one in noun.lefts:
        if one.dep_ in ("compound", "amod", "poss", "nmod", "nummod", "det", "npadvmod", "punct"):
            first = min(first, one.left_edge.i)
    last = noun.i
    for one in noun.rights:
        if (
            (one.dep_ == "prep" and one.lower_ not in _BESIDE)
            or one.dep_ in ("appos", "prt")
            or (
                one.dep_ in ("acl", "relcl")
                and (
                    classes().get(one.lemma_.lower()) == "impose" or one.lemma_.lower() in _TOUCHING
                )
            )
        ):
            last = max(last, one.right_edge.i)
    # "tariffs imposed on …", "lifted its ban on …": the preposition often hangs on the verb.
    head = noun.head
    if noun.dep_ in ("dobj", "nsubjpass") and head.pos_ == "VERB":
        for one in head.rights:
            if one.dep_ == "prep" and one.i > noun.i and one.lower_ in (
                "on", "against", "from", "for", "to", "into", "of",
            ):  # fmt: skip
                last = max(last, one.right_edge.i)
    if noun.dep_ in ("nsubj", "nsubjpass") and head.lemma_.lower() in _TOUCHING:
        last = max(last, *(one.right_edge.i for one in head.rights), noun.i)
    doc = noun.doc
    last = min(last, noun.i + LONGEST, len(doc) - 1)
    for i in range(noun.i + 1, last + 1):
        apart = doc[i].lower_ in _APART or (
            doc[i].lower_ == "in"
            and i + 1 < len(doc)  # a text may end with it
            and doc[i + 1].lower_ in ("retaliation", "response")
        )
        if apart or (doc[i].lemma_.lower() in _nouns() and doc[i].dep_ not in ("compound", "conj")):
            last = i - 1
            break
    while last > noun.i and (doc[last].is_punct or doc[last].is_space):
        last -= 1
    return first, last


def _is_export(marked: Marked, noun: Token, first: int, last: int) -> bool:
    """Whether it is the imposer's own exports: the nearest word of flow decides."""
    for token in reversed(list(marked.doc[first : noun.i])):
        if token.lower_ in EXPORTS or token.lower_ in IMPORTS:
            return token.lower_ in EXPORTS
    for token in marked.doc[noun.i + 1 : last + 1]:
        if token.lower_ in IMPORTS:
            return False
        if token.lower_ in EXPORTS:
            # "tariffs on exports from Canada" are the other side's.
            return not any(c.lower_ == "from" for c in token.children) and not any(
                c.dep_ in ("poss", "amod") and c.i in marked.by_token for c in token.children
            )
    return False


def _enough(
    needs: str, words: set[str], before: set[str], goods: list[Product], flow: bool
) -> bool:
    named = any(not one.general for one in goods)
    if needs == "goods":
        return bool(goods) or flow or bool(before & {"safeguard", "tariff", "tariff-rate"})
    if needs == "flow":
        return flow
    if needs == "trade":
        return flow or named or bool(before & {"trade", "export", "import"})
    if needs == "licence":
        return (flow and bool(before & {"licence", "license", "licensing"})) or bool(
            before & _WORDS["rule"]
        )
    if needs == "duty":
        return bool(goods) or flow or bool(before & _DUTIES)
    if needs == "remedy":
        return bool(before & _REMEDY) or named
    if needs == "retaliation":
        return bool(before & {"retaliatory", "counter", "rebalancing", *_DUMPING})
    if needs in _WORDS:
        return bool(before & _WORDS[needs])
    return True


# ------------------------------------------------------------------------------------- status


def _status(marked: Marked, noun: Token, seen: Seen) -> tuple[Token | None, bool]:
    """Set the status by the verbs and nouns above; the governing verb, and whether it is asked
    for."""
    steps: list[Token] = []
    at = noun
    for _ in range(_STEPS):
        acl = child(at, "acl") if at.i == noun.i else None
        if acl is not None and acl.lemma_.lower() in ("announce", "plan", "threaten", "propose"):
            seen.status = "announced" if acl.lemma_ == "announce" else "planned"
        if at.head.i == at.i:
            break
        at = at.head
        steps.append(at)
        if at.pos_ == "VERB" and any(c.dep_ == "nsubj" for c in at.children) and len(steps) > 3:
            break
    asked = agreed = considered = False
    group: str | None = None
    governor: Token | None = None
    for step in steps:
        lemma = step.lemma_.lower()
        if step.pos_ == "VERB" and raises_with(marked, step):
            asked = True
            governor = governor or step
            continue
        if group is None and lemma in classes() and step.pos_ in ("VERB", "NOUN"):
            group = classes()[lemma]
            governor = step
            continue
        if step.pos_ not in ("VERB", "ADJ", "NOUN"):
            continue
        asked = asked or lemma in ASKING or lemma == "hopeful"
        agreed = agreed or lemma in AGREEING
        considered = considered or lemma in ("consider", "weigh", "mull")
        if group == "impose" and lemma in ("announce", "plan", "consider", "threaten", "propose"):
            group = classes()[lemma]
    verb = governor if governor is not None and governor.pos_ == "VERB" else None
    doubt = None if verb is None else uncertain(verb)
    seen.hedged = None if doubt is None else doubt.lower_
    if seen.kind == "investigation":
        ended = group == "lift"
        seen.status = "lifted" if ended else "under-investigation"
        return governor, asked
    helper = None if verb is None else modal(verb)
    future = helper is not None and helper.lower_ in FUTURE
    if verb is not None and conditional(verb):
        return governor, asked
    denied = any(step.pos_ in ("VERB", "AUX") and negated(step) for step in steps)
    if group in ("lift", "ease", "suspend") and not denied:
        seen.status = _eased(noun, governor, group, asked, agreed or future, considered, seen)
    elif group in ("lift", "ease") and denied:
        seen.status = IN_FORCE
    elif group == "review":
        seen.status = "under-review"
    elif group == "plan":
        seen.status = "planned"
    elif group == "announce" or (group == "impose" and future):
        seen.status = "announced"
    elif asked and (
        seen.kind == "trade-barrier"
        or any(classes().get(t.lemma_.lower()) == "lift" for t in _following(noun))
    ):
        seen.status = SOUGHT
    return governor, asked


def _taken_part(governor: Token | None) -> bool:
    """Whether somebody is told not to impose, or to "take part" in what others do."""
    if governor is None or governor.pos_ != "VERB" or classes().get(governor.lemma_) != "impose":
        return False
    part = child(governor, "dobj")
    return negated(governor) or (part is not None and part.lower_ == "part")


def _following(noun: Token) -> Iterator[Token]:
    """The verbs soon after a noun in its sentence."""
    for token in noun.doc[noun.i + 1 : min(noun.i + 14, noun.sent.end)]:
        if token.pos_ == "VERB":
            yield token


def _eased(
    noun: Token, governor: Token | None, group: str, asked: bool, agreed: bool, considered: bool,
    seen: Seen,
) -> str:  # fmt: skip
    told = governor is not None and (
        governor.tag_ in ("VBD", "VBN", "VBZ", "VBP")
        or any(c.dep_ == "aux" and c.lemma_ == "have" for c in governor.children)
    )
    if asked:
        return SOUGHT
    if considered:
        return "under-review"
    if agreed:
        return "suspended" if group == "suspend" else AGREED
    if group == "suspend":
        return "suspended"
    if not told:
        return SOUGHT if governor is not None and governor.pos_ == "NOUN" else IN_FORCE
    if seen.hedged is not None:
        return SOUGHT
    near = {c.lower_ for c in (*(governor.children if governor else ()), *noun.subtree)}
    return "partly-lifted" if group == "ease" or near & _PARTLY else "lifted"
