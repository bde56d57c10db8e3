"""Positions: what a side asks for, supports, opposes, worries about or is ready for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from comity.reader.bodies import body
from comity.reader.clauses import (
    actor,
    after,
    child,
    conditional,
    evidence,
    joined,
    mentions_between,
    negated,
    phrase,
    reach,
    uncertain,
)
from comity.reader.clauses import thing as object_of
from comity.reader.lexicon import lemma as lemma_of
from comity.reader.marked import PERSON as PERSON_MENTION
from comity.reader.marked import Marked, Mention
from comity.reader.phrases import table
from comity.reader.proposal import POSITION, Proposal
from comity.reader.reading import Register
from comity.reader.rules.willing import deed, is_hostile

if TYPE_CHECKING:
    from spacy.tokens import Token

REQUEST, OPPOSE, SUPPORT, REAFFIRM, WILLINGNESS = (
    "request", "oppose", "support", "reaffirm", "willingness",
)  # fmt: skip
_COMMON = frozenset((REAFFIRM, WILLINGNESS))
"""What two sides say together is a commitment or a statement, not the position of one."""
_FELT = frozenset(("adjective.disappointed", "adjective.concerned", "adjective.worried"))
_OBJECTS = ("dobj", "ccomp", "xcomp", "attr", "oprd")
_AHEAD = frozenset(("continue", "strongly", "expect", "say", "schedule", "due", "believe", "report",
                    "understand", "poise", "likely"))  # fmt: skip
"""Verbs with which an infinitive tells an act: "is expected to call on"."""
_PAIR = 2
_MOST = 13
"""Parties of one side, at most: more are a list."""
_OTHER = "%other"
_GUESTS = frozenset(("guest", "delegation", "visitor", "minister", "president", "leader", "envoy"))
_NOT_REQUESTED = frozenset((
    "meeting", "talk", "summit", "conference", "press", "question", "election", "vote",
))  # fmt: skip


@cache
def _by_lemma(name: str, column: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in table(name):
        for lemma in row[column].split():
            found.setdefault(lemma, []).append(row)
    return found


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each act; a request for two things joined by "and" is two."""
    for token in marked.doc:
        if token.pos_ == "NOUN" and (one := _owned(marked, token)) is not None:
            yield one
        if token.pos_ not in ("VERB", "ADJ", "AUX"):
            continue
        lemma = lemma_of(token)
        if token.pos_ == "ADJ" or token.tag_ in ("VBN", "JJ"):
            found = _adjective(token)
            if found is not None:
                yield from _entries(marked, *found)
                continue
        if token.pos_ != "VERB":
            continue
        for row in _by_lemma("acts_nouns.csv", "verbs").get(lemma, ()):
            noun = _object_among(marked, token, row["noun"].split())
            if noun is not None and row["words"] == _OTHER:
                if not _others_turn(marked, token, child(noun, "acl", "ccomp", "relcl")):
                    continue
            elif noun is not None and row["words"]:
                thing = after(noun, "in")
                if thing is None or thing.lemma_.lower() not in row["words"].split():
                    continue
            if noun is not None and deed(noun) is not None:
                break
            if noun is not None:
                yield from _entries(marked, token, row["id"], row["act"], noun)
                break
        else:
            for row in _by_lemma("acts.csv", "verb").get(lemma, ()):
                if _fits(marked, token, row):
                    yield from _entries(marked, token, row["id"], row["act"], token)
                    break


def _owned(marked: Marked, noun: Token) -> Proposal | None:
    """ "our deep concerns around the ban": what a side worries about, whoever speaks of it."""
    if lemma_of(noun) not in ("concern", "worry") or noun.dep_ in ("dobj", "nsubjpass"):
        return None
    owner = child(noun, "poss")
    one = None if owner is None else marked.by_token.get(owner.i)
    about = after(noun, "about", "over", "around", "regarding", "on", "concerning")
    if one is None or about is None or len(one.parties) != 1 or conditional(noun):
        return None
    last = reach(noun)
    said: dict[str, Any] = {"side": one.parties[0], "act": "concern"}
    said["about"] = phrase(marked, about.left_edge.i, max(last, about.i))
    said["hedged"] = False
    return Proposal(POSITION, said, (evidence(marked, noun.left_edge.i, max(last, about.i)),),
                    "noun.concern-owned", reported=True)  # fmt: skip


def _object_among(marked: Marked, verb: Token, lemmas: list[str]) -> Token | None:
    """The verb's object where it, or what is joined to it, is one of these nouns."""
    at = object_of(marked, verb, "dobj", "nsubjpass")
    for _ in range(3):
        if at is None:
            return None
        if at.lemma_.lower() in lemmas:
            return at
        at = child(at, "conj")
    return None


def _adjective(token: Token) -> tuple[Token, str, str, Token] | None:
    """ "is willing to", "concerned about" with the verb that carries it."""
    for row in _by_lemma("acts_adjectives.csv", "adjective").get(token.lower_, ()):
        words = row["words"].split()
        after_it = token.nbor() if token.i + 1 < len(token.doc) else None
        follows = (after_it is not None and after_it.lower_ in words) or any(
            any(c.lower_ in words for c in one.children if c.dep_ in ("mark", "aux"))
            for one in token.rights
            if one.dep_ in ("ccomp", "xcomp")
        )
        if not follows:
            continue
        if row["act"] == WILLINGNESS and (is_hostile(token) or deed(token)):
            # "ready to open its market" is a commitment
            continue
        if token.dep_ in ("acomp", "oprd", "xcomp") and token.head.lemma_ in (
            "be", "stand", "remain", "feel",
        ):  # fmt: skip
            return token.head, row["id"], row["act"], token
        if child(token, "auxpass", "cop") is not None:
            return token, row["id"], row["act"], token
    return None


def _fits(marked: Marked, verb: Token, row: dict[str, str]) -> bool:
    """Whether a verb is used as its row says."""
    frame = row["frame"]
    if frame == "object":
        return _addressee(marked, verb) is not None and _asks(verb)
    if frame in ("clause", "should"):
        clause = child(verb, "ccomp")
        helps = set() if clause is None else {c.lower_ for c in clause.children if c.tag_ == "MD"}
        wanted = clause is not None and (frame == "clause" or bool(helps & {"should", "must"}))
        return wanted and _finite(verb, row)
    if frame == "other":
        return _others_turn(marked, verb, child(verb, "ccomp")) and _finite(verb, row)
    if frame == "infinitive":
        # "asked to join": for oneself
        clause = child(verb, "xcomp")
        own = clause is not None and any(c.tag_ == "TO" for c in clause.children)
        return own and child(verb, "dobj", "dative") is None and _finite(verb, row)
    if frame == "by":
        return after(verb, "by") is not None and _finite(verb, row)
    if frame == "would":
        return any(c.lower_ in ("would", "'d") for c in verb.children) and (
            child(verb, "dobj", "xcomp", "ccomp") is not None
        )
    if frame == "thing":
        return child(verb, "dobj", "nsubjpass") is not None and _finite(verb, row)
    if frame == "on":
        return after(verb, "on", "upon") is not None and _asks(verb)
    if frame == "noun":
        return _object_among(marked, verb, row["words"].split()) is not None and (
            _finite(verb, row) or verb.i in marked.leads
        )
    if frame == "with":
        with_whom = after(verb, "with")
        return (
            with_whom is not None
            and child(verb, "dobj") is not None
            and marked.by_token.get(with_whom.i) is not None
        )
    if frame != "any":
        return after(verb, *frame.split()) is not None and _finite(verb, row)
    thing = object_of(marked, verb, *_OBJECTS, "nsubjpass")
    if thing is None or not (_finite(verb, row) or verb.i in marked.leads):
        return False
    if row["act"] == REQUEST and thing.lemma_.lower() in _NOT_REQUESTED:
        return False
    if row["verb"] == "welcome" and any(c.lower_ == "would" for c in verb.children):
        # "would welcome more investment" is an offer.
        return False
    whom = marked.by_token.get(thing.i)
    # A guest is welcomed without any position.
    guest = thing.lemma_.lower() in _GUESTS or (whom and whom.kind == PERSON_MENTION)
    return not (row["verb"] in ("welcome", "back") and guest)


def _others_turn(marked: Marked, verb: Token, clause: Token | None) -> bool:
    """Whether what is hoped for is that another party does something."""
    if clause is None or not any(c.tag_ == "MD" or c.tag_ == "TO" for c in clause.children):
        return False
    hopes = actor(marked, verb)
    doer = child(clause, "nsubj")
    other = None if doer is None else marked.by_token.get(doer.i)
    return (
        hopes is not None
        and other is not None
        and bool(other.parties)
        and set(hopes.parties).isdisjoint(other.parties)
    )


def _asks(verb: Token) -> bool:
    """Whether something is asked: an infinitive, a clause, or a thing with a preposition."""
    return any(
        c.dep_ in ("xcomp", "ccomp", "advcl", "dobj")
        or (
            c.dep_ == "prep" and c.lower_ in ("for", "over", "on", "about", "into", "against", "to")
        )
        for c in verb.rights
    )


def _finite(verb: Token, row: dict[str, str]) -> bool:
    """Whether a verb tells an act. A bare infinitive mostly tells a purpose ("to support
    farmers"), but not so of requests."""
    if verb.tag_ in ("VBD", "VBZ", "VBP"):
        return True
    if verb.tag_ == "VBN":
        if verb.head.i == verb.i and child(verb, "auxpass", "nsubj") is None:
            # An item of a list: "Rejected unilateral measures".
            return True
        return any(c.dep_ == "aux" and c.lemma_ == "have" for c in verb.children) or bool(
            child(verb, "auxpass")
        )
    if verb.tag_ == "VBG":
        return row["act"] == REQUEST or child(verb, "aux") is not None
    return any(c.tag_ == "MD" or c.lower_ in ("do", "did", "does") for c in verb.children) or (
        verb.dep_ == "xcomp" and lemma_of(verb.head) in _AHEAD
    )


def _addressee(marked: Marked, verb: Token) -> Token | None:
    """Whom a verb like "urge" is said to, as a token of a mention or any object."""
    thing = child(verb, "dobj", "dative")
    if thing is not None:
        return thing
    clause = child(verb, "ccomp", "xcomp")
    return None if clause is None else child(clause, "nsubj")


def _entries(marked: Marked, verb: Token, rule: str, act: str, head: Token) -> Iterator[Proposal]:
    """The proposals of one act; `head` is the noun or adjective that carries it, or the verb."""
    side = actor(marked, verb)
    if head.i == verb.i and (felt := child(verb, "nsubjpass")) is not None and rule in _FELT:
        # "Ottawa was disappointed by the ruling": who feels is not who does.
        side = marked.by_token.get(felt.i)
    parties = () if side is None else side.parties
    if side is None and (subject := child(verb, "nsubj")) is not None:
        group = body(marked, subject)
        parties = () if group is None else group.parties
    if conditional(verb) or not parties or len(parties) > _MOST:
        return
    if (
        len(parties) > 1
        and act in _COMMON
        and not (len(parties) > _PAIR and act == REAFFIRM and set(parties) != set(marked.pair))
    ):
        return
    if negated(verb):
        # "does not support" is opposition; "did not ask" is nothing.
        if act not in (SUPPORT, WILLINGNESS):
            return
        act = OPPOSE
    last = max(reach(verb), reach(head), head.i)
    parts = [(verb.i, last)]
    if act == REQUEST:
        parts = _split(verb, head, last)
    doubt = uncertain(verb)
    for number, (first, until) in enumerate(parts):
        said: dict[str, Any] = {"side": parties[0] if len(parties) == 1 else list(parties)}
        said["act"] = act
        whom = _to(marked, verb, last, parties)
        if whom:
            said["to"] = whom
        about = _about(marked, verb, head, first, until)
        if about:
            said["about"] = about
        said["hedged"] = doubt is not None
        places = [evidence(marked, first, until)]
        if number:
            places.append(evidence(marked, verb.i, parts[0][1]))
        elif side is not None and side.last < verb.i and verb.i - side.last <= 3:
            places[0] = evidence(marked, side.first, until)
        yield Proposal(
            POSITION,
            said,
            tuple(places),
            rule,
            hedged=doubt is not None,
            cue=None if doubt is None else doubt.lower_,
            reported=True,
        )


def _split(verb: Token, head: Token, last: int) -> list[tuple[int, int]]:
    """The parts of what is asked for: a clause and the verbs joined to it."""
    for one in (*verb.rights, *head.rights):
        if one.dep_ in ("ccomp", "xcomp") and one.pos_ in ("VERB", "AUX"):
            chain = list(joined(one))
            # "demanded that they remove it and release him": the parse may hang the second verb
            # on a finite one in between, but its bare form shows to which it belongs.
            chain += [
                t
                for t in verb.doc[one.i + 1 : last + 1]
                if t.dep_ == "conj"
                and t.tag_ == "VB"
                and t.head.tag_ in ("VBD", "VBZ", "VBP", "VBN")
                and t not in chain
                and child(t, "nsubj") is None
                and not any(c.tag_ == "MD" for c in t.children)
            ]
            if len(chain) > 1:
                firsts = [verb.i, *(part.i for part in chain[1:])]
                lasts = [max(reach(part), part.i) for part in chain]
                return list(zip(firsts, lasts, strict=True))
    return [(verb.i, last)]


def _to(marked: Marked, verb: Token, last: int, side: tuple[str, ...]) -> str | list[str] | None:
    """Whom an act is directed to: the addressee, else the first other party it speaks of."""
    direct = _addressee(marked, verb)
    prepositional = after(verb, "on", "upon", "with", "to")
    for token in (direct, prepositional):
        found = None if token is None else marked.by_token.get(token.i)
        if found is not None and found.parties and not set(found.parties) & set(side):
            return _plain(found)
    for found in mentions_between(marked, verb.i, last):
        if len(found.parties) == 1 and found.parties[0] not in side:
            return _plain(found)
    return None


def _plain(mention: Mention) -> str | list[str]:
    return mention.parties[0] if len(mention.parties) == 1 else list(mention.parties)


def _about(marked: Marked, verb: Token, head: Token, first: int, until: int) -> str | None:
    """What an act is about: its words after the verb, preposition and addressee."""
    begin = first if first > verb.i else max(verb.i, head.i) + 1
    if (
        head.pos_ == "NOUN"
        and after(head, "about", "over", "on", "at", "to", "for", "with", "in") is None
    ):
        # "cited environmental concerns": what it is about stands before the noun.
        before = [c for c in head.lefts if c.dep_ in ("amod", "compound", "nmod")]
        if before and child(head, "acl", "relcl", "ccomp") is None:
            return phrase(marked, before[0].left_edge.i, head.i)
    if first == verb.i and head.i == verb.i:
        whom = after(verb, "on", "upon")
        if whom is not None and verb.lemma_ == "call":
            begin = whom.right_edge.i + 1
        elif (one := child(verb, "dobj")) is not None and (
            child(verb, "xcomp", "ccomp") or one.i in marked.by_token
        ):
            begin = one.right_edge.i + 1 if one.right_edge.i < until else begin
    doc = marked.doc
    while begin < until and doc[begin].lower_ in (
        "to", "for", "that", "over", "about", "on", "of", "the", "at", "with", "by", ",",
    ):  # fmt: skip
        begin += 1
    return phrase(marked, begin, until) if begin <= until else None
