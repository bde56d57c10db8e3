"""What a verb's clause says of itself: negation, modality, where it reaches, its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from comity.reader.proposal import Evidence

if TYPE_CHECKING:
    from spacy.tokens import Token

    from comity.reader.marked import Marked, Mention

_UNCERTAIN = frozenset(("may", "might", "could"))
_NEGATIVE = frozenset(["not", "n't", "never", "no", "neither", "nor", "hardly"])
_REFUSING = frozenset(["refuse", "decline", "fail", "deny", "reject", "avoid", "stop"])
_COMPLEMENTS = frozenset((
    "prep", "dobj", "pobj", "xcomp", "ccomp", "acomp", "attr", "agent", "oprd", "prt", "dative",
    "npadvmod", "advmod", "pcomp", "acl", "amod", "appos", "compound", "conj", "nmod",
))  # fmt: skip
_ASIDE = frozenset((
    "according", "despite", "amid", "although", "while", "whereas", "but",
))  # fmt: skip
_LONGEST = 32
_STEPS = 6


def modal(verb: Token) -> Token | None:
    """The modal of a verb, its own or that of the verb it is coordinated with."""
    at = verb
    for _ in range(_STEPS):
        found = next((c for c in at.children if c.tag_ == "MD"), None)
        if found is not None:
            return found
        if at.dep_ not in ("conj", "xcomp") or at.head.pos_ not in ("VERB", "AUX"):
            return None
        if any(c.dep_ in ("nsubj", "nsubjpass") for c in at.children):
            return None
        at = at.head
    return None


def uncertain(verb: Token) -> Token | None:
    """The word that makes what a verb says uncertain: a modal, or "expected", "likely" above it."""
    found = modal(verb)
    if found is not None and found.lower_ in _UNCERTAIN:
        return found
    at = verb
    for _ in range(_STEPS):
        for child in at.children:
            if child.lower_ in ("reportedly", "possibly", "perhaps", "probably", "likely"):
                return child
        head = at.head
        if head.i == at.i:
            return None
        if at.dep_ == "advcl" and modal(head) is not None:
            # "may push for X while seeking Y": the second is as uncertain as the first.
            one = modal(head)
            return one if one is not None and one.lower_ in _UNCERTAIN else None
        if at.dep_ == "xcomp" and head.lemma_ in ("expect", "likely", "appear", "seem", "set"):
            return head if head.lemma_ != "set" else None
        if at.dep_ not in ("xcomp", "conj"):
            return None
        at = head
    return None


def negated(verb: Token) -> bool:
    """Whether the text says that a verb's act did not happen ("did not agree", "refused to")."""
    for child in verb.children:
        if child.dep_ == "neg" or (child.dep_ == "advmod" and child.lower_ in _NEGATIVE):
            return True
        if child.dep_ in ("nsubj", "nsubjpass") and (
            child.lower_ in ("neither", "nobody", "none")
            or any(c.lower_ in ("no", "neither") for c in child.children if c.dep_ == "det")
        ):
            return True
    if verb.dep_ == "xcomp" and verb.head.lemma_.lower() in _REFUSING:
        return True
    if verb.dep_ == "conj" and verb.head.pos_ == verb.pos_ and not _own_subject(verb):
        return any(c.dep_ == "neg" for c in verb.head.children) and verb.tag_ == "VB"
    return False


def _own_subject(verb: Token) -> bool:
    return any(c.dep_ in ("nsubj", "nsubjpass", "aux") for c in verb.children)


def conditional(verb: Token) -> bool:
    """Whether a verb stands in an "if", "unless" or "whether" clause."""
    at = verb
    for _ in range(_STEPS):
        if any(c.dep_ == "mark" and c.lower_ in ("if", "unless", "whether") for c in at.children):
            return True
        if at.head.i == at.i:
            return False
        at = at.head
    return False


def reach(token: Token, *, conj: bool = False) -> int:
    """Index of the last token of what a verb or noun governs to its right, without the clauses
    joined to it (with verbs joined to it, where `conj`)."""
    last = token.i
    for child in token.rights:
        if child.dep_ == "conj" and child.pos_ in ("VERB", "AUX") and not conj:
            break
        if child.dep_ == "cc" and not conj and token.pos_ in ("VERB", "AUX"):
            continue
        if child.dep_ in _COMPLEMENTS:
            last = max(last, child.right_edge.i)
        elif child.dep_ in ("advcl", "parataxis", "relcl", "punct") and child.dep_ != "punct":
            break
    doc = token.doc
    last = min(last, token.i + _LONGEST, len(doc) - 1)
    for i in range(token.i + 2, last):
        if doc[i].text == ";":
            last = i - 1
            break
        # Who said so, and in spite of what, is no part of it.
        # "the view that, while there are differences, ...": only put in between.
        between = doc[i - 1].text == "," and doc[i - 2].lower_ == "that"
        aside = doc[i].lower_ in _ASIDE and not between
        if aside and (doc[i - 1].lower_ == "," or doc[i + 1].lower_ == "to"):
            last = i - 1
            break
    while last > token.i and (doc[last].is_punct or doc[last].is_space):
        last -= 1
    return last


def evidence(marked: Marked, first: int, last: int) -> Evidence:
    """The characters of tokens `first` to `last`, inclusive."""
    start, after = marked.doc[first].idx, marked.doc[last]
    end = after.idx + len(after.text)
    return Evidence(start, end, marked.original[start:end])


def phrase(marked: Marked, first: int, last: int) -> str:
    """The text of tokens `first` to `last`, its spaces made single."""
    return " ".join(evidence(marked, first, last).quote.split())


def joined(verb: Token) -> Iterator[Token]:
    """A verb and the verbs coordinated with it that share its subject."""
    at: Token | None = verb
    for _ in range(_STEPS):
        if at is None:
            return
        yield at
        at = next(
            (
                c
                for c in at.rights
                if c.dep_ == "conj"
                and c.pos_ in ("VERB", "AUX")
                and not any(g.dep_ in ("nsubj", "nsubjpass") for g in c.children)
            ),
            None,
        )


def child(token: Token, *deps: str) -> Token | None:
    """The first child with one of these relations."""
    return next((c for c in token.children if c.dep_ in deps), None)


def thing(marked: Marked, verb: Token, *deps: str) -> Token | None:
    """A verb's object; for an item of a list, "Rejected unilateral measures", the noun that the
    parser hangs the verb on."""
    found = child(verb, *deps)
    if found is None and verb.i in marked.leads and verb.dep_ in ("amod", "compound"):
        return verb.head if verb.head.i > verb.i else None
    return found


def after(token: Token, *words: str) -> Token | None:
    """The object of a preposition among `words` that a token governs; the clause after "for"."""
    for one in token.children:
        if one.dep_ in ("advcl", "ccomp", "xcomp") and any(
            c.dep_ == "mark" and c.lower_ in words for c in one.children
        ):
            return one
        if one.dep_ in ("prep", "agent", "dative") and one.lower_ in words:
            found = child(one, "pobj", "pcomp")
            if found is not None:
                return found
    return None


def actor(marked: Marked, verb: Token) -> Mention | None:
    """Who does what a verb says; where the parse has lost it, the subject of the verb before."""
    found = marked.subject(verb)
    if found is not None or child(verb, "nsubj", "nsubjpass", "expl") is not None:
        return found
    if verb.dep_ not in ("conj", "ROOT", "dep", "advcl") or verb.tag_ not in ("VBD", "VBZ", "VBP"):
        return None
    for token in reversed(list(verb.doc[verb.sent.start : verb.i])):
        if token.lower_ in (";", ":") or token.is_space:
            return None
        if token.pos_ in ("VERB", "AUX") and (found := marked.subject(token)) is not None:
            return found
    return None


def mentions_between(marked: Marked, first: int, last: int) -> Iterator[Mention]:
    """The mentions on tokens `first` to `last`, each once."""
    seen = -1
    for i in range(first, last + 1):
        one = marked.by_token.get(i)
        if one is not None and one.last > seen:
            seen = one.last
            yield one
