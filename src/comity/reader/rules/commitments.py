"""Commitments: what parties agreed, pledged, confirmed, plan or will do."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from comity.reader.clauses import (
    actor,
    after,
    child,
    conditional,
    evidence,
    mentions_between,
    negated,
    phrase,
    reach,
    uncertain,
)
from comity.reader.lexicon import lemma as lemma_of
from comity.reader.marked import (
    CAPITAL,
    COLLECTIVE,
    ECONOMY,
    INSTITUTION,
    PERSON,
    PRONOUN,
    Marked,
    Mention,
)
from comity.reader.meeting_words import is_meeting, is_planned
from comity.reader.phrases import table
from comity.reader.proposal import COMMITMENT, Evidence, Proposal
from comity.reader.reading import Register
from comity.reader.rules.commitment_acts import going_to, helpers, restricts
from comity.reader.rules.commitment_frames import fits, told, told_again
from comity.reader.rules.willing import carrier, deed

if TYPE_CHECKING:
    from spacy.tokens import Token

_PARTIES_ACT = frozenset((ECONOMY, CAPITAL, INSTITUTION, COLLECTIVE, PRONOUN))
_TOGETHER = frozenset(("commitment.reaffirm", "commitment.reiterate", "commitment.affirm",
                       "commitment.willingness", "commitment.task", "commitment.instruct",
                       "commitment.direct", "commitment.aim", "commitment.set",
                       "commitment.underscore", "commitment.express",
                       "commitment.underline", "commitment.stress", "commitment.emphasize",
                       "commitment.emphasise", "commitment.highlight"))  # fmt: skip
"""Told of one party alone, these are positions, or orders to one's own officials."""
_BETWEEN_TWO = frozenset((
    "agree", "sign", "reach", "conclude", "strike", "concur", "launch", "establish", "share",
    "exchange",
))  # fmt: skip
"""Nobody does these alone: a partner named with "with" belongs to it."""
_NO_DEED = frozenset((
    "be", "have", "become", "remain", "continue", "need", "help", "depend", "affect", "face",
    "leave", "travel", "visit", "arrive", "attend", "go", "come", "meet", "mark", "celebrate",
    "see", "know", "consider",
))  # fmt: skip
_ONE_SIDED = frozenset(("agreed", "planned", "announced"))
_OURS = frozenset(("exchange", "agree", "concur", "confirm", "reaffirm", "decide", "share"))
"""What "we" do not do alone."""
_WISHED = frozenset((
    "hope", "expect", "want", "believe", "think", "predict", "doubt", "wish", "fear", "suspect",
    "suggest", "demand", "insist", "request", "propose", "see", "anticipate",
))  # fmt: skip
_TEAMS = frozenset(("team", "negotiator", "delegation", "official", "expert", "deputy"))
_WORK = frozenset(("meet", "convene", "continue", "resume", "work", "reconvene"))
_NEAR = 4
_PAIR = 2
_SOCIETIES = frozenset(("association", "council", "federation", "chamber", "team"))
_BODIES = frozenset(("group", "committee", "dialogue", "commission", "council", "mechanism"))
_POINTS = frozenset((
    "ii", "iii", "iv", "v", "vi", "vii", "viii", "b", "c", "d", "e", "f", "2", "3", "4", "5", "6",
))  # fmt: skip
_AGREEMENTS = frozenset(("agreement", "consensus", "understanding", "commitment", "pledge"))


@cache
def _rows() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in table("commitments.csv"):
        found.setdefault(row["verb"], []).append(row)
    return found


@cache
def _will() -> dict[str, str]:
    return {row["verb"]: row["id"] for row in table("commitments_will.csv")}


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each commitment; a bare one ("pledged cooperation") joins the fuller one of
    the same parties and the same verb."""
    found: list[tuple[str, Proposal, bool]] = []
    covered = -1
    introducing = {one.verb.i for one in marked.leads.values() if one.verb is not None}
    for token in marked.doc:
        if token.i in introducing:
            continue
        if token.i in marked.leads and (one := _item(marked, token)) is not None:
            pass
        elif token.pos_ in ("VERB", "AUX") or token.i in marked.leads:
            one = _verb(marked, token) or _future(marked, token, covered)
        elif token.pos_ in ("NOUN", "ADJ"):
            one = _willing(marked, token) or _noun(marked, token)
        else:
            continue
        if one is None:
            continue
        proposal, last, bare = one
        covered = max(covered, last)
        found.append((token.lemma_.lower(), proposal, bare))
        found += [(part.rule, part, False) for part in _listed(marked, token, proposal)]
    full = {(lemma, tuple(p.slots["parties"])) for lemma, p, bare in found if not bare}
    for lemma, proposal, bare in found:
        own = set(proposal.slots["parties"])
        if bare and any(lemma == other and own <= set(parties) for other, parties in full):
            continue
        yield proposal


Found = tuple[Proposal, int, bool]


def _item(marked: Marked, verb: Token) -> Found | None:
    """An item of a list after "agreed to:"."""
    lead = marked.leads[verb.i]
    if lead.verb is None or not lead.who.parties:
        return None
    what = lead.verb.lemma_.lower()
    row = next((r for r in _rows().get(what, ()) if r["frame"] in ("any", "to")), None)
    future = any(c.lower_ in ("will", "shall") for c in (lead.verb, *lead.verb.children))
    if negated(lead.verb) or (row is None and not future):
        return None
    parties = lead.who.parties
    if row is None:
        rule, status = "will.list", "agreed" if len(parties) > 1 else "announced"
    else:
        rule, status = row["id"], row["status"]
    last = max(reach(verb), verb.sent.root.i, verb.i)
    return _made(marked, rule, status, parties, verb, verb, last, whole=True), last, False


def _verb(marked: Marked, verb: Token) -> Found | None:
    for row in _rows().get(lemma_of(verb), ()):
        head = fits(verb, row)
        if head is None:
            continue
        done = verb.i in marked.leads or told(verb)
        if any(c.dep_ == "mark" and c.lower_ == "before" for c in verb.children):
            return None
        if not done or negated(verb) or conditional(verb) or uncertain(verb) is not None:
            return None
        parties = _parties(marked, verb)
        own = marked.joint and set(parties) == set(marked.pair)
        if len(parties) > _PAIR and head.lemma_ == "support" and not own:
            # A group's support for somebody is its position.
            return None
        if len(parties) == 1 and row["status"] in _ONE_SIDED and restricts(verb):
            return None
        if not parties or (row["id"] in _TOGETHER and len(parties) < 2):
            return None
        clause = child(verb, "xcomp", "ccomp")
        if child(verb, "agent") is not None and verb.dep_ == "relcl":
            # "the dialogue which was agreed by X and Y": told of in passing
            return None
        if row["status"] == "planned" and clause is not None and is_planned(clause, verb):
            # "are planning to hold talks in Oslo" is a meeting to come.
            return None
        bare = clause is None and child(verb, "prep") is None
        bare = bare and verb.lemma_.lower() not in ("sign", "reach", "conclude", "strike", "renew")
        bare = bare or (clause is None and row["frame"] == "any" and verb.lemma_ == "pledge")
        last = max(reach(verb), reach(head), head.i)
        ahead = any(c.lower_ in ("will", "shall") for c in verb.children)
        status = "planned" if ahead and row["status"] == "signed" else row["status"]
        bare = bare or told_again(verb)
        return _made(marked, row["id"], status, parties, verb, head, last), last, bare
    return None


def _parties(marked: Marked, verb: Token) -> tuple[str, ...]:
    """Who committed: the subject, with whom it was agreed with; the pair where nobody is named."""
    subject = actor(marked, verb)
    if verb.lemma_.lower() == "invite" and subject is not None:
        return _host_and_guest(marked, verb, subject.parties)
    if subject is None or not subject.parties:
        own = child(verb, "nsubj")
        plural = own is not None and own.lower_ in ("they", "we", "both")
        passive = child(verb, "nsubjpass", "auxpass") is not None
        whose = marked.own_party or marked.home
        decided = verb.lemma_ == "decide" and any(c.lower_ == "it" for c in verb.children)
        if passive and decided and whose is not None:
            # "It has been decided to apply duties", in an authority's text
            return (whose,)
        return _pair(marked) if plural or passive else ()
    own = child(verb, "nsubj")
    if own is not None and own.lower_ == "we" and verb.lemma_ in _OURS:
        return _with_whom(marked, verb, subject.parties) or _pair(marked) or subject.parties
    if subject.kind == PERSON and not subject.parties:
        return ()
    parties = subject.parties
    partner = after(verb, "with")
    if partner is not None and verb.lemma_.lower() in _BETWEEN_TWO:
        other = marked.by_token.get(partner.i)
        parties = (*parties, *(() if other is None else other.parties))
    return tuple(dict.fromkeys(parties))


def _host_and_guest(marked: Marked, verb: Token, host: tuple[str, ...]) -> tuple[str, ...]:
    """An invitation is between who invites and who is invited."""
    guest = child(verb, "dobj", "nsubj") if child(verb, "dobj") is None else child(verb, "dobj")
    if guest is None:
        return ()
    named = mentions_between(marked, guest.left_edge.i, guest.i)
    return tuple(dict.fromkeys((*host, *(p for one in named for p in one.parties))))


def _with_whom(marked: Marked, verb: Token, own: tuple[str, ...]) -> tuple[str, ...]:
    """One's own party and the other party that was named last, near before."""
    if len(own) != 1:
        return ()
    number = marked.sentence_of[verb.i]
    for at in range(number, max(-1, number - _NEAR), -1):
        for one in reversed(marked.in_sentence.get(at, ())):
            other = [p for p in one.parties if p not in own]
            if one.first < verb.i and len(other) == 1 and one.kind in (PERSON, COLLECTIVE):
                return (*own, *other)
    return ()


def _pair(marked: Marked) -> tuple[str, ...]:
    """The two parties of a document where only two are, or where the reader was told."""
    if marked.given.relation is not None:
        return marked.given.relation
    if len(marked.pair) == 2:
        return tuple(marked.pair)
    named = dict.fromkeys(p for mention in marked.mentions for p in mention.parties)
    return tuple(named) if len(named) == 2 else ()


def _future(marked: Marked, verb: Token, covered: int) -> Found | None:
    """ "The two sides will hold …", "China will lift …", outside of what is told as agreed."""
    ahead = any(c.lower_ in helpers(verb) for c in verb.children) or going_to(verb)
    if verb.i <= covered or not ahead:
        return None
    if negated(verb) or conditional(verb) or verb.dep_ in ("relcl", "advcl"):
        return None
    if verb.dep_ == "ccomp" and lemma_of(verb.head) in _WISHED:
        # "hopes that Brussels will allow exports": not its word
        return None
    subject = actor(marked, verb)
    lemma = verb.lemma_.lower()
    body = child(verb.head if going_to(verb) else verb, "nsubj")
    if body is not None and _works_on(body, lemma, subject):
        parties = _pair(marked)
        last = max(reach(verb), verb.i)
        if len(parties) != 2:
            return None
        made = _made(marked, "will.meet", "planned", parties, verb, verb, last)
        return made, last, False
    if subject is None or not subject.parties or subject.kind not in _PARTIES_ACT:
        return None
    if marked.doc[subject.last].lower_ in _SOCIETIES:
        return None
    together = len(subject.parties) == 2
    held = child(verb, "dobj")
    if together and lemma in ("hold", "have") and held is not None and is_meeting(held):
        # "Both sides will hold the first round of talks" is a meeting to come.
        return None
    if together and lemma in _NO_DEED:
        return None
    if not together and lemma not in _will():
        return None
    rule = "will.together" if together else _will()[lemma]
    last = max(reach(verb), verb.i)
    status = "agreed" if together else "announced"
    return _made(marked, rule, status, subject.parties, verb, verb, last), last, False


def _works_on(body: Token, lemma: str, who: Mention | None) -> bool:
    """Whether "the working group will meet" or "the teams will continue their talks"."""
    word = body.lemma_.lower()
    if word in _BODIES:
        return lemma in ("meet", "convene")
    return word in _TEAMS and body.tag_ == "NNS" and lemma in _WORK and who is None


def _listed(marked: Marked, verb: Token, first: Proposal) -> Iterator[Proposal]:
    """The further points of "will (i) amend …; and (ii) cancel …", each of the same parties."""
    if not any(c.lower_ in ("will", "shall") for c in verb.children):
        return
    doc, end = marked.doc, verb.sent.end
    for i in range(verb.i + 1, end - 2):
        if doc[i].text != "(" or doc[i + 1].lower_ not in _POINTS or doc[i + 2].text != ")":
            continue
        start = next((n for n in range(i + 3, min(i + 7, end)) if doc[n].pos_ == "VERB"), None)
        if start is None:
            continue
        last = min(max(reach(doc[start]), start + 1), end - 1)
        slots = {**first.slots, "what": phrase(marked, start, last)}
        slots.pop("when", None)
        yield Proposal(COMMITMENT, slots, (evidence(marked, start, last),), first.rule)


def _willing(marked: Marked, token: Token) -> Found | None:
    """ "is ready to open its market", "signalled its willingness to host": of one party alone."""
    todo, verb = deed(token), carrier(token)
    if todo is None or verb is None or negated(verb) or conditional(verb):
        return None
    subject = actor(marked, verb)
    if subject is None or len(subject.parties) != 1 or uncertain(verb) is not None:
        return None
    if not (told(verb) or any(c.tag_ == "MD" for c in verb.children)):
        return None
    last = max(reach(todo), todo.i)
    made = _made(marked, "commitment.ready", "willingness", subject.parties, verb, todo, last)
    return made, last, False


def _noun(marked: Marked, noun: Token) -> Found | None:
    """An "agreement between A and B to …"; what is only signed, sought or recalled is none."""
    if noun.lemma_.lower() not in _AGREEMENTS or noun.lemma_ == "commitment":
        return None
    clause = child(noun, "acl")
    between = after(noun, "between")
    if clause is None or between is None or not any(c.tag_ == "TO" for c in clause.children):
        return None
    first = marked.by_token.get(between.i)
    parties = list(first.parties) if first is not None else []
    for other in between.conjuncts:
        joined = marked.by_token.get(other.i)
        parties += joined.parties if joined is not None else ()
    if len(set(parties)) < 2 or (noun.head.pos_ == "VERB" and noun.head.lemma_ in ("seek", "want")):
        return None
    last = max(reach(noun), reach(clause))
    made = _made(
        marked, "commitment.agreement", "agreed", tuple(dict.fromkeys(parties)), noun, clause, last
    )
    return made, last, False


def _made(
    marked: Marked, rule: str, status: str, parties: tuple[str, ...], verb: Token, head: Token,
    last: int, *, whole: bool = False,
) -> Proposal:  # fmt: skip
    """A commitment; with `whole`, the verb is itself what is to be done."""
    slots: dict[str, Any] = {"parties": list(parties)}
    clause = child(verb, "xcomp", "ccomp") if head.i == verb.i else child(head, "acl", "xcomp")
    begin = verb.i + 1 if head.i == verb.i else head.i
    if whole:
        begin = verb.i
    elif rule.startswith("will.") or (head.pos_ == "VERB" and head.i != verb.i):
        begin = head.i
    elif clause is not None and begin < clause.i:
        begin = max(begin, clause.left_edge.i)
    doc = marked.doc
    begin = min(begin, last)
    while begin < last and doc[begin].lower_ in ("to", "that", "on", "the", "a"):
        begin += 1
    slots["what"] = phrase(marked, begin, last)
    when = _when(marked, verb, last)
    if when is not None:
        slots["when"] = when
    slots["status"] = status
    return Proposal(COMMITMENT, slots, (_from_subject(marked, verb, last),), rule)


def _from_subject(marked: Marked, verb: Token, last: int) -> Evidence:
    passive = child(verb, "nsubjpass")
    if passive is not None and passive.left_edge.i < verb.i:
        return evidence(marked, passive.left_edge.i, last)
    subject = actor(marked, verb)
    near = subject is not None and 0 < verb.i - subject.last <= 3
    return evidence(marked, subject.first if near and subject is not None else verb.i, last)


def _when(marked: Marked, verb: Token, last: int) -> str | None:
    """The date or time said of what is to be done: a date of the sentence within it."""
    first, after_it = marked.doc[verb.i], marked.doc[last]
    for dated in marked.dates_in_sentence.get(marked.sentence_of[verb.i], ()):
        if first.idx < dated.start <= after_it.idx:
            return dated.text
    for token in marked.doc[verb.i : last + 1]:
        if token.lower_ in ("time", "soon", "date") and token.i > verb.i + 1:
            edge = token.left_edge.i
            if token.lower_ != "soon" and marked.doc[edge - 1].lower_ in ("at", "in"):
                return phrase(marked, edge - 1, token.i)
    return None
