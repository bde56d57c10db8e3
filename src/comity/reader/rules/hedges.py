"""Hedges: what the text marks as uncertain, by its cue, once for each uncertain clause."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from comity.reader.clauses import child, evidence, reach
from comity.reader.lexicon import lemma as lemma_of
from comity.reader.marked import Marked
from comity.reader.phrases import table
from comity.reader.proposal import HEDGE, Proposal
from comity.reader.reading import Register

if TYPE_CHECKING:
    from spacy.tokens import Token

_INSIDE = frozenset(["relcl", "ccomp", "advcl", "acl", "csubj", "pcomp", "xcomp"])
_MODAL = frozenset(("hedge.may", "hedge.might", "hedge.could"))
_STEPS = 12


@cache
def _cues() -> dict[str, list[dict[str, str]]]:
    """Lemma or word of a cue → its rows."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in table("hedges.csv"):
        for cue in row["cue"].split():
            found.setdefault(cue, []).append(row)
    return found


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each uncertain clause; a cue inside of it joins its cues."""
    held: dict[int, tuple[str, str, int, int]] = {}
    for token in marked.doc:
        for row in (*_cues().get(token.lower_, ()), *_cues().get(token.lemma_.lower(), ())):
            verb = _governs(token, row)
            if verb is None or verb.i in held or (row["form"] == "active" and _own(marked, token)):
                continue
            outer = _outer(verb, held)
            if outer is None:
                last = _last(token, verb, row)
                held[verb.i] = (row["id"], token.lower_, min(token.i, verb.i), last)
            else:
                rule, cue, first, last = held[outer]
                if row["form"] == "modal" and "\u2026" not in cue and rule.endswith(_JOINED):
                    last = max(last, _last(token, verb, row))
                    held[outer] = (rule, f"{cue} \u2026 {token.lower_}", first, last)
            break
    for rule, cue, first, last in held.values():
        yield Proposal(
            HEDGE, {"cue": cue}, (evidence(marked, first, last),), rule, hedged=True, cue=cue
        )


def _own(marked: Marked, verb: Token) -> bool:
    """Whether a party hopes or believes: that is its word, not the text's doubt."""
    one = marked.subject(verb) if lemma_of(verb) in ("hope", "believe") else None
    return one is not None and bool(one.parties)


_JOINED = (".suggest", ".indicate", ".speculate", ".hopeful", ".unclear", ".possible")


def _governs(token: Token, row: dict[str, str]) -> Token | None:
    """The verb that a cue makes uncertain, `None` where the word is none in this place."""
    form, words = row["form"], row["words"].split()
    if form == "modal":
        return _modal(token, row["cue"])
    if form == "word":
        return _word(token)
    if form == "clause":
        clause = token.pos_ == "ADJ" and token.head.lemma_ == "be"
        subject = child(token.head, "expl", "nsubj")
        if not clause or subject is None:
            return None
        bare = child(token, "xcomp", "prep") is None and not words
        return token if subject.lower_ == "it" or bare else None
    if form == "negated":
        over = token.head
        denied = token.dep_ == "acomp" and child(over, "neg") is not None
        what = child(over, "ccomp", "advcl") or child(token, "ccomp", "advcl")
        return token if denied and what is not None else None
    if form == "thing":
        return token if token.dep_ == "amod" and token.head.pos_ == "NOUN" else None
    if form == "noun":
        told = token.pos_ == "NOUN" and child(token, "prep", "acl", "ccomp", "relcl") is not None
        return token if told else None
    if form == "adjective":
        waits = any(c.dep_ == "xcomp" and _infinitive(c) for c in token.children)
        return token if token.pos_ == "ADJ" and waits else None
    if token.pos_ not in ("VERB", "ADJ"):
        return None
    if form == "active":
        return _active(token)
    if form == "passive":
        be = child(token, "auxpass", "aux", "cop") or (
            token.head if token.dep_ == "acomp" else None
        )
        if token.tag_ not in ("VBN", "VBD", "JJ") or (be is None and token.dep_ != "acl"):
            return None
        if be is not None and be.lemma_ != "be":
            return None
        follows = any(
            c.lower_ in words or (c.dep_ in ("xcomp", "ccomp") and _infinitive(c) and "to" in words)
            for c in token.rights
        )
        return token if follows else None
    if form == "infinitive":
        # The tagger may take the verb after "to" for a noun.
        to = any(c.lower_ == "to" or (c.dep_ == "xcomp" and _infinitive(c)) for c in token.rights)
        return token if to else None
    if form == "progressive":
        going = token.tag_ == "VBG" and child(token, "aux") is not None
        return token if going and child(token, "dobj", "xcomp", "ccomp") is not None else None
    subject = child(token, "nsubj")
    told = subject is not None and subject.lemma_.lower() in words
    return token if told and child(token, "ccomp", "xcomp", "dobj") is not None else None


def _active(verb: Token) -> Token | None:
    """ "Brussels expects the duty to fall"; one's own "we expect" is a demand or a courtesy."""
    subject = child(verb, "nsubj")
    clause = child(verb, "ccomp", "xcomp")
    if subject is None or clause is None or subject.lower_ in ("i", "we", "you"):
        return None
    return verb if verb.tag_ in ("VBZ", "VBP", "VBD") else None


def _infinitive(token: Token) -> bool:
    return any(c.tag_ == "TO" for c in token.children)


def _modal(token: Token, cue: str) -> Token | None:
    """A modal's verb. "May" the month is a noun to the tagger, and capital within a sentence."""
    if token.lower_ != cue or token.tag_ != "MD":
        return None
    if token.text[0].isupper() and not token.is_sent_start:
        return None
    verb = token.head if token.dep_ in ("aux", "auxpass") else None
    if verb is None or verb.tag_ == "VBD":
        return None
    if cue == "may" and child(verb, "neg") is not None:
        # "may not be exported" forbids; "may not reach" is uncertain.
        barred = verb.lemma_ in ("enter", "use", "export", "import")
        if barred or child(verb, "auxpass") is not None:
            return None
    if cue == "could":
        # "could not" tells what was impossible; "so that they could" tells a purpose.
        if any(c.dep_ == "neg" for c in verb.children):
            return None
        if verb.dep_ == "advcl" and any(c.lower_ in ("so", "where", "before") for c in verb.lefts):
            return None
    return verb


def _word(token: Token) -> Token | None:
    if token.lower_ == "likely" and token.dep_ == "amod":
        return None
    at = token
    for _ in range(4):
        if at.pos_ in ("VERB", "AUX"):
            return at
        if at.head.i == at.i:
            break
        at = at.head
    return token


def _outer(verb: Token, held: dict[int, tuple[str, str, int, int]]) -> int | None:
    """The uncertain clause within which a verb stands, if any."""
    at = verb
    aside = False
    for _ in range(_STEPS):
        aside = aside or at.dep_ in ("relcl", "acl")
        if at.head.i == at.i or at.dep_ not in _INSIDE | {"prep", "pobj", "dobj", "attr", "conj"}:
            return None
        if at.dep_ == "conj" and at.pos_ in ("VERB", "AUX"):
            return None
        at = at.head
        if at.i in held:
            # "is expected to stay first, with purchases that could rise" is uncertain twice.
            return None if aside and held[at.i][0] not in _MODAL else at.i
    return None


def _last(token: Token, verb: Token, row: dict[str, str]) -> int:
    return max(token.i, min(reach(verb), max(token.i, verb.i) + 14))
