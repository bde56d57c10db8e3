"""How a verb must be used to tell of a commitment, and whether its act is told as done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comity.reader.clauses import after, child

if TYPE_CHECKING:
    from spacy.tokens import Token

_PAPERS = frozenset(("document", "agreement", "memorandum", "accord", "deal", "pact", "treaty"))
_FUTURE = frozenset(("will", "would", "shall"))


def told_again(verb: Token) -> bool:
    """Whether "the document was signed by" tells more of a signing told before."""
    thing = child(verb, "nsubjpass")
    return (
        verb.lemma_.lower() == "sign"
        and thing is not None
        and thing.lemma_.lower() in _PAPERS
        and any(c.lower_ in ("the", "this") for c in thing.lefts)
    )


def fits(verb: Token, row: dict[str, str]) -> Token | None:
    """The noun that a verb's use needs, or the verb itself; `None` where it is used otherwise."""
    frame = row["frame"]
    if frame == "noun":
        thing = child(verb, "dobj", "nsubjpass")
        return thing if thing is not None and thing.lemma_.lower() in row["words"].split() else None
    clause = child(verb, "xcomp", "ccomp")
    if frame == "to" and verb.lemma_ in ("intend", "plan", "aim") and child(verb, "auxpass"):
        return None
    if frame == "to":
        to = clause is not None and any(c.tag_ == "TO" for c in clause.children)
        # The tagger takes the verb after "to" for a noun at times: "undertook to map".
        to = to or (verb.i + 1 < len(verb.doc) and verb.nbor().lower_ == "to")
        return verb if to or (verb.lemma_ == "commit" and after(verb, "to")) else None
    if frame == "object":
        # "tasked officials with preparing a plan"
        told = clause or child(verb, "advcl") or after(verb, "with")
        return verb if child(verb, "dobj") is not None and told is not None else None
    if frame == "over":
        thing = after(verb, "over")
        return thing if thing is not None and thing.lemma_.lower() in row["words"].split() else None
    if frame == "promise":
        # "gave the assurance that the law would be enforced"
        thing = child(verb, "dobj")
        if thing is None or thing.lemma_.lower() not in row["words"].split():
            return None
        return thing if child(thing, "acl", "ccomp", "relcl") is not None else None
    if frame == "future":
        if clause is not None and any(c.lower_ in _FUTURE for c in clause.children):
            return verb
        thing = child(verb, "dobj")
        plans = thing is not None and thing.lemma_.lower() in ("plan", "decision")
        return verb if plans and thing is not None and child(thing, "acl") is not None else None
    thing = child(verb, "dobj", "nsubjpass")
    if verb.lemma_.lower() in ("agree", "concur"):
        return (
            verb
            if clause is not None or thing is not None or after(verb, "on", "to", "in")
            else None
        )
    return verb if clause is not None or thing is not None else None


def told(verb: Token) -> bool:
    """Whether a verb is told as done: "to agree" and "if they agree" are not."""
    at = verb
    for _ in range(4):
        if at.tag_ in ("VBD", "VBZ", "VBP"):
            return True
        helps = {c.lemma_.lower() for c in at.children if c.dep_ in ("aux", "auxpass")}
        if at.tag_ == "VBN" and helps & {"have", "be"}:
            return True
        if at.tag_ == "VB" and helps & {"will", "shall"}:
            return True
        if at.tag_ == "VBG" and "be" in helps:
            return True
        if at.tag_ == "VBG" and at.dep_ == "advcl" and not helps and at.i > at.head.i:
            # "ended their talks on Friday, agreeing to meet again": told by the verb before.
            at = at.head
            continue
        if at.dep_ != "conj":
            # The tagger takes "commit" and "agree" after a plural subject for infinitives.
            return at.tag_ == "VB" and not helps and child(at, "nsubj") is not None
        at = at.head
    return False
