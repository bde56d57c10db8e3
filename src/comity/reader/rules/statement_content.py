"""What is said: the clause or the thing that a verb of speaking is about, and whether that makes a
statement rather than a meeting, a commitment or a position."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma, words
from comity.reader.marked import Marked, Mention
from comity.reader.phrases import table

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_MODALS = words("statements.modals")
_OWN_OTHER = words("statements.own_other")
"""Objects with which "reiterate" is a position or a commitment."""
_FELT = words("statements.felt")
"""What is expressed without being a position: gratitude, confidence."""
_FUTURE = frozenset(("will", "would", "shall"))
_CLAUSE = 4
"""Words that a clause has at least."""
_TOLD = frozenset(("tell", "inform", "assure", "say"))
_REPEATING = frozenset(("reiterate", "reaffirm", "affirm"))
_PROMISING = frozenset(("assure", "confirm", "reaffirm", "conclude"))
_WORRIES = frozenset(("concern", "worry", "opposition", "objection"))
_NEED = words("statements.need")
_LOOSE = frozenset(("say", "add", "tell"))


@cache
def other_types() -> frozenset[str]:
    """Verbs of what is told that make it a meeting, a commitment or a position."""
    return frozenset(row["word"] for row in table("speech_not.csv"))


def tells(needs: str, said: str, clause: Token | None, thing: Token | None, *,
          joint: bool) -> bool:  # fmt: skip
    """Whether a verb without a quote has what it needs to be a statement."""
    if needs == "self":
        return True
    if needs == "felt":
        return thing is not None and lemma(thing) in _FELT
    if needs == "right":
        return thing is not None and lemma(thing) in ("right", "position")
    if said in ("recognize", "recognise") and joint:
        return thing is not None or clause is not None
    if said == "point" and thing is not None:
        return True
    if needs == "clause" or said in ("say", "tell", "add"):
        return clause is not None
    if needs == "need":
        return clause is not None or (thing is not None and lemma(thing) in _NEED)
    if needs == "finding":
        return clause is not None or thing is not None
    if needs == "object":
        return thing is not None
    if needs == "quote":
        return False
    if said in _REPEATING and thing is not None and lemma(thing) in _OWN_OTHER:
        return False
    if clause is None and thing is not None and lemma(thing) in _WORRIES:
        # "highlighted concerns over the rule": a position
        return False
    return clause is not None or thing is not None


def thing_of(verb: Token) -> Token | None:
    """The thing that a verb of speaking is about: its object, for "point" what it points to."""
    thing = next((c for c in verb.children if c.dep_ in ("dobj", "oprd")), None)
    if thing is None and lemma(verb) == "point":
        to = next((c for c in verb.children if c.dep_ == "prep" and c.lower_ == "to"), None)
        thing = None if to is None else next((c for c in to.children if c.dep_ == "pobj"), None)
    return thing


def is_unreal(verb: Token) -> bool:
    """Whether a verb is denied or only possible: "did not say", "may say"; or only conceded:
    "while recognizing that there are differences"."""
    if verb.tag_ == "VBG" and any(c.lower_ == "while" for c in verb.children):
        return True
    return any(c.dep_ == "neg" or (c.dep_ == "aux" and c.lower_ in _MODALS) for c in verb.children)


def clause_of(verb: Token) -> Token | None:
    """The verb of what is said."""
    for child in verb.children:
        if child.dep_ in ("ccomp", "parataxis"):
            return child
    for child in verb.children:
        # "told a briefing that ...": the parser takes what is told for a relative clause.
        if child.dep_ in ("dobj", "dative"):
            told = next((c for c in child.children if c.dep_ in ("acl", "relcl")), None)
            if told is not None and _is_that_clause(told) and lemma(verb) in _TOLD:
                return told
        # "said in a statement that ...": the clause hangs on the paper.
        if child.dep_ == "prep":
            for paper in child.children:
                told = next((c for c in paper.children if c.dep_ in ("acl", "relcl")), None)
                if told is not None and any(c.dep_ == "mark" for c in told.children):
                    return told
    # "..., the ministry said": sometimes the saying hangs on what is said.
    if verb.dep_ == "parataxis" and verb.head.pos_ in ("VERB", "AUX"):
        return verb.head
    return None


def _is_that_clause(clause: Token) -> bool:
    """Whether a clause begins with "that" and has a subject of its own besides it."""
    mark = next((c for c in clause.children if c.lower_ == "that"), None)
    own = [c for c in clause.children if c.dep_ in ("nsubj", "nsubjpass", "expl")]
    return mark is not None and any(c.i != mark.i for c in own)


def is_other(verb: Token, clause: Token) -> bool:
    """Whether what is told is a meeting, a commitment or a request."""
    future = any(c.lower_ in _FUTURE for c in clause.children if c.dep_ == "aux")
    if lemma(verb) in _PROMISING and future:
        return True
    joined_to = [c for c in clause.children if c.dep_ == "conj" and c.pos_ in ("VERB", "AUX")]
    return all(lemma(one) in other_types() and not is_unreal(one) for one in (clause, *joined_to))


def loose(verb: Token, sentence: Span) -> tuple[int, int] | None:
    """What is said where the parser has lost it: the words after "said", or those before
    "..., he said." """
    if lemma(verb) not in _LOOSE:
        return None
    doc = verb.doc
    if verb.tag_ == "VBG" and not any(c.dep_ in ("ccomp", "nsubj") for c in verb.children):
        return None
    rest = [t for t in doc[verb.i + 1 : sentence.end] if t.is_alpha]
    if len(rest) >= _CLAUSE and any(t.pos_ in ("VERB", "AUX") for t in rest):
        last = doc[sentence.end - 1]
        return verb.idx, last.idx + len(last)
    if verb.tag_ not in ("VBD", "VBZ", "VBP"):
        return None
    subject = next((c for c in verb.children if c.dep_ == "nsubj"), None)
    first = verb.i if subject is None else min(verb.i, subject.left_edge.i)
    comma = next((i for i in range(first - 1, max(sentence.start, first - 4), -1)
                  if doc[i].text in (",", '"')), None)  # fmt: skip
    if comma is None or comma - sentence.start < _CLAUSE:
        return None
    if not any(t.pos_ in ("VERB", "AUX") for t in doc[sentence.start : comma]):
        return None
    return sentence.start_char, doc[comma].idx


def extent(token: Token) -> tuple[int, int]:
    first, last = token.left_edge, token.right_edge
    return first.idx, last.idx + len(last)


def owner_of(noun: Token, marked: Marked) -> Mention | None:
    """Whose paper it is: "the ministry's statement", "a statement by the ministry"."""
    for child in noun.subtree:
        if child.dep_ in ("poss", "pobj", "compound", "amod") and child.i != noun.i:
            one = marked.of(child)
            if one is not None and one.parties:
                return one
    return None
