"""Who imposes a measure that a noun tells of, and on whom: by what stands around the noun."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from comity.reader.clauses import after, child
from comity.reader.marked import (
    DEMONYM,
    ECONOMY,
    INSTITUTION,
    PERSON,
    PRONOUN,
    Marked,
    Mention,
)
from comity.reader.phrases import table
from comity.reader.rules.measure_bearers import complainer
from comity.reader.rules.measure_seen import ASKING, Seen, mentioned

if TYPE_CHECKING:
    from spacy.tokens import Token

_ABOUT = frozenset(("over", "on", "about", "regarding", "concerning", "to", "against", "of"))
_SOUGHT = frozenset(("consultation", "consultations", "talk", "meeting", "explanation"))
_KEEPING = frozenset((
    "put", "charge", "levy", "have", "keep", "apply", "impose", "maintain", "place", "open",
    "launch",
    "initiate", "announce", "introduce", "adopt", "set", "slap", "threaten", "plan",
))  # fmt: skip
_DECIDING = frozenset((
    "defend", "justify", "bring", "issue", "publish", "notify", "prepare", "draft", "table",
    "approve", "report", "confirm", "use",
))  # fmt: skip
_ON_ORIGINS = frozenset(("investigation", "tariff", "anti-dumping-duty"))
_FAR = 16
"""Words after a duty or an investigation within which its goods' origin is looked for."""
_EUROPEAN = frozenset(("measure.carbon", "measure.deforestation", "measure.cbam", "measure.eudr"))
"""Measures that only the European Union has."""


_AMERICAN = frozenset(("232", "301", "201", "IEEPA"))
"""Sections of the laws by which only the United States imposes duties."""


@cache
def classes() -> dict[str, str]:
    """What a verb or noun does to a measure: "lift", "impose", by its lemma."""
    return {row["verb"]: row["class"] for row in table("measures_status.csv")}


def raises_with(marked: Marked, verb: Token) -> bool:
    """Whether "raised the tariff of 9 percent" speaks of it rather than makes it higher."""
    if verb.lemma_.lower() not in ("raise", "flag"):
        return False
    subject = marked.subject(verb)
    if subject is None or any(c.dep_ == "prep" and c.lower_ in ("to", "by") for c in verb.rights):
        return False
    side = marked.original[subject.start : subject.end].lower().endswith(" side")
    return subject.kind in (PERSON, PRONOUN) or (subject.kind == INSTITUTION and side)


def set_parties(
    marked: Marked, noun: Token, seen: Seen, governor: Token | None, asked: bool
) -> None:
    """Set imposer and target by what stands around the noun, the surest sign first."""
    owner = child(noun, "poss")
    if owner is None and noun.dep_ == "pobj" and noun.head.lower_ == "of":
        # "China's review of barley duties" is of its own duties.
        over = noun.head.head
        owner = child(over, "poss") if over.lemma_.lower() in classes() else None
    if owner is not None and (mention := marked.by_token.get(owner.i)) is not None:
        seen.imposer = mention.parties
    if not seen.imposer and (told := _by_relative(marked, noun, seen)):
        seen.imposer = told
    if not seen.imposer:
        seen.imposer = _of_whom(marked, noun)
    named = [one for one in mentioned(marked, seen.first, noun.i - 1) if one.parties]
    for one in named:
        if seen.imposer and set(one.parties) <= set(seen.imposer):
            continue
        goods_between = any(
            marked.doc[one.last].idx < product.start < noun.idx and not product.general
            for product in seen.goods
        )
        short = marked.original[one.start : one.end].isupper()
        if one.kind == DEMONYM and goods_between and not short:
            seen.target = one.parties
        elif not seen.imposer:
            seen.imposer = one.parties
    against = complainer(marked, noun)
    if against and len(against) == 1 and set(against).isdisjoint(seen.imposer):
        # Who complains of it does not impose it.
        asked, seen.asker = True, against
    if not seen.imposer:
        seen.imposer = _respondent(marked, noun, seen)
    clause = child(noun, "acl", "relcl")
    for verb in (clause, governor):
        if verb is None or seen.imposer:
            continue
        agent = child(verb, "agent")
        by = None if agent is None else child(agent, "pobj")
        if by is not None and (mention := marked.by_token.get(by.i)) is not None:
            seen.imposer = mention.parties
    if not seen.imposer and governor is not None and governor.pos_ == "VERB":
        subject = marked.subject(governor)
        passive = child(governor, "nsubjpass") is not None
        # Who asks for a lifting is not who lifts, unless it is said to whom it is asked.
        own = not (asked or against) or (
            not against and _controlled(governor) and not raises_with(marked, governor)
        )
        if (
            subject is not None
            and own
            and not passive
            and (len(subject.parties) == 1 or _listed_doers(marked, subject, governor))
        ):
            seen.imposer = subject.parties
        elif subject is not None and asked and len(subject.parties) == 1:
            seen.asker = subject.parties
        if subject is None and not asked:
            seen.official = True
    if not seen.imposer and noun.dep_ == "pobj" and noun.head.lower_ in ("with", "of", "in"):
        # "could follow with a ban", "threatened retaliation with duties"
        doer = marked.subject(noun.head.head) if noun.head.head.pos_ == "VERB" else None
        if noun.head.lower_ == "with" and doer is not None and len(doer.parties) == 1:
            seen.imposer = doer.parties
    if not seen.imposer:
        seen.imposer = _asked_of(marked, noun, seen)
    if not seen.imposer and not asked:
        seen.imposer = _by_decision(marked, noun)
    if not seen.imposer and {t.text for t in marked.doc[noun.left_edge.i : noun.i]} & _AMERICAN:
        seen.imposer = ("USA",)
    if not seen.imposer and seen.rule in _EUROPEAN:
        seen.imposer = ("EUN",)
    if not seen.imposer and against:
        # "a challenge against the restrictions on nickel of Indonesia"
        theirs = [one.parties for one in mentioned(marked, noun.i + 1, seen.last)
                  if len(one.parties) == 1 and one.parties != against]  # fmt: skip
        if len(theirs) == 1:
            seen.imposer, seen.target = theirs[0], against
    # Nobody restricts himself: "China requires licences for gallium".
    seen.target = tuple(p for p in seen.target if p not in seen.imposer)
    if not seen.target:
        others = [
            one
            for one in mentioned(marked, noun.i + 1, seen.last)
            if one.parties
            and not set(one.parties) & set(seen.imposer)
            and marked.doc[one.first - 1].lower_ != "by"
        ]
        if others:
            # "from China, India and South Korea"
            chosen = others[-1] if seen.export else others[0]
            joined_to = [one for one in others if _side_by_side(marked, chosen, one)]
            seen.target = tuple(dict.fromkeys(p for one in joined_to for p in one.parties))
    if not seen.target and seen.kind in _ON_ORIGINS:
        seen.target = _origin(marked, noun, seen)
    if not seen.target and seen.asker and not set(seen.asker) & set(seen.imposer):
        seen.target = seen.asker
    if not seen.target and seen.rule == "measure.list":
        seen.target = _listed(marked, noun, seen)


def _listed_doers(marked: Marked, subject: Mention, verb: Token) -> bool:
    """Whether several countries, each by its name, do one thing to a measure: "Jordan, Peru and
    Kuwait lifted the ban"; of the two that a text is about, each could be meant."""
    if verb.lemma_.lower() not in classes() or set(subject.parties) <= set(marked.pair):
        return False
    named = [one for one in mentioned(marked, subject.first, subject.last) if one.parties]
    return len(named) > 1 and all(one.kind == ECONOMY for one in named)


def _origin(marked: Marked, noun: Token, seen: Seen) -> tuple[str, ...]:
    """Whose goods are meant by "from" in what follows, where the parse has lost it."""
    for i in range(noun.i + 1, min(noun.i + _FAR, noun.sent.end - 1)):
        if marked.doc[i].lower_ != "from":
            continue
        first = marked.by_token.get(i + 1) or marked.by_token.get(min(i + 2, noun.sent.end - 1))
        if first is None or not first.parties or set(first.parties) & set(seen.imposer):
            return ()
        named = [one for one in mentioned(marked, first.first, noun.sent.end - 1) if one.parties
                 and _side_by_side(marked, first, one)]  # fmt: skip
        return tuple(dict.fromkeys(p for one in named for p in one.parties))
    return ()


def _side_by_side(marked: Marked, one: Mention, other: Mention) -> bool:
    """Whether two are one, or joined by commas and "and"."""
    first, last = sorted((one, other), key=lambda m: m.first)
    between = marked.doc[last.first - 1 : last.first] if first is last else marked.doc[
        first.last + 1 : last.first
    ]  # fmt: skip
    return first is last or all(
        t.lower_ in (",", "and", "or", "the", "&") or marked.by_token.get(t.i) is not None
        or t.is_upper for t in between
    )  # fmt: skip


def _listed(marked: Marked, noun: Token, seen: Seen) -> tuple[str, ...]:
    """Whose firms are put on a list: told before it, or in the sentence after."""
    number = marked.sentence_of[noun.i]
    for at in (number, number + 1):
        named = dict.fromkeys(
            p
            for one in marked.in_sentence.get(at, ())
            for p in one.parties
            if p not in seen.imposer and one.kind in (DEMONYM, ECONOMY)
        )
        if named:
            return tuple(named)
    return ()


def _controlled(verb: Token) -> bool:
    """Whether a verb's doer is told by its own clause: "urged China to lift", "that China lift"."""
    if child(verb, "nsubj") is not None:
        return True
    head = verb.head
    return verb.dep_ in ("xcomp", "ccomp", "advcl") and (
        child(head, "dobj", "dative") is not None
        or any(c.dep_ == "prep" and c.lower_ in ("on", "upon") for c in head.children)
    )


def _by_relative(marked: Marked, noun: Token, seen: Seen) -> tuple[str, ...]:
    """Whose a measure is by a clause: "tariffs on steel that the United States put in force"."""
    for token in marked.doc[noun.i + 1 : min(noun.i + 16, noun.sent.end)]:
        if token.dep_ != "relcl" or token.lemma_.lower() not in _KEEPING:
            continue
        subject = child(token, "nsubj")
        one = None if subject is None or subject.i not in marked.by_token else marked.subject(token)
        if one is not None and (
            len(one.parties) == 1 or (one.parties and not set(one.parties) <= set(marked.pair))
        ):
            seen.last = max(seen.last, min(token.right_edge.i, noun.i + 24))
            return one.parties
    return ()


def _of_whom(marked: Marked, noun: Token) -> tuple[str, ...]:
    """Whose a measure is by "of": "the tariff of the United States"."""
    for prep in noun.rights:
        if prep.dep_ == "prep" and prep.lower_ == "of":
            whose = child(prep, "pobj")
            one = None if whose is None else marked.by_token.get(whose.i)
            if one is not None and one.kind in (ECONOMY, INSTITUTION) and len(one.parties) == 1:
                return one.parties
    return ()


def _asked_of(marked: Marked, noun: Token, seen: Seen) -> tuple[str, ...]:
    """Whose a measure is by whom somebody asks to end or delay it: "asked X to delay the imposition
    of duties"."""
    at = noun
    for _ in range(_STEPS):
        if at.head.i == at.i or at.dep_ not in ("dobj", "pobj", "prep", "xcomp"):
            return ()
        asking = at.head
        if at.dep_ == "xcomp" and asking.lemma_.lower() in ASKING:
            whom = child(asking, "dobj", "dative")
            one = None if whom is None else marked.by_token.get(whom.i)
            if one is None or len(one.parties) != 1:
                return ()
            asker = marked.subject(asking)
            seen.asker = () if asker is None else asker.parties
            return one.parties
        at = asking
    return ()


def _by_decision(marked: Marked, noun: Token) -> tuple[str, ...]:
    """Whose a measure is by a decision told of: "defended its decision to bring forward a ban"."""
    at = noun
    for _ in range(_STEPS):
        if at.head.i == at.i or at.dep_ not in ("dobj", "xcomp", "acl", "pobj", "prep", "pcomp"):
            return ()
        at = at.head
        if at.pos_ != "VERB" or at.lemma_.lower() not in _DECIDING:
            continue
        subject = marked.subject(at)
        return subject.parties if subject is not None and len(subject.parties) == 1 else ()
    return ()


def _respondent(marked: Marked, noun: Token, seen: Seen) -> tuple[str, ...]:
    """Whose a measure is by whom somebody speaks to of it: "requested consultations with China over
    anti-dumping duties"."""
    at = noun
    for _ in range(_STEPS):
        if at.head.i == at.i:
            return ()
        if at.dep_ == "prep" and at.lower_ in _ABOUT | {"with"} and at.head.pos_ in (
            "VERB", "NOUN", "ADP",
        ):  # fmt: skip
            for holder in (at.head, *at.head.children):
                if holder.lemma_.lower() not in _SOUGHT:
                    continue
                whom = after(holder, "with") or after(holder.head, "with")
                one = None if whom is None else marked.by_token.get(whom.i)
                if one is not None and len(one.parties) == 1:
                    verb = at.head if at.head.pos_ == "VERB" else at.head.head
                    asker = marked.subject(verb)
                    seen.asker = () if asker is None else asker.parties
                    return one.parties
        at = at.head
    return ()


_STEPS = 5
