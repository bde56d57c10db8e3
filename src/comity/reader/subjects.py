"""Who does what a verb says: the subject, followed through passives, conjunctions and clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from comity.reader.lexicon import lemma, words
from comity.reader.marked import COLLECTIVE, ECONOMY, GROUP, PERSON, PRONOUN, Mention
from comity.reader.parties import plural_heads
from comity.reader.phrases import table

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_OBJECT_CONTROL = words("subjects.object_control")
_RELATIVE = frozenset(("who", "which", "that", "whom"))
_JOINED = (PERSON, ECONOMY)
_BETWEEN = frozenset(("ADV", "AUX", "PUNCT"))
_STEPS = 12
"""How far up the tree a subject is looked for; a limit, so that the whole stays linear."""


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """The members of groups that seldom change, by the group's name."""
    return {row["name"]: tuple(row["members"].split()) for row in table("groups.csv")}


class Subjects:
    """Subjects of verbs over the mentions known so far (`by_token` may still grow)."""

    def __init__(self, doc: Doc, by_token: Mapping[int, Mention]) -> None:
        self._doc = doc
        self._by_token = by_token

    def all(self) -> dict[int, Mention]:
        found = {}
        for token in self._doc:
            if token.pos_ in ("VERB", "AUX") and (one := self.of(token)) is not None:
                found[token.i] = one
        return found

    def token_of(self, verb: Token) -> Token | None:
        """The token that is a verb's subject, itself or through its clause."""
        at = verb
        for _ in range(_STEPS):
            found, stop = self._own(at)
            if found is not None or stop:
                return found
            up = self._up(at)
            if up is None:
                return None
            controller, is_subject = up
            if is_subject:
                return controller
            at = controller
        return None

    def of(self, verb: Token) -> Mention | None:
        token = self.token_of(verb)
        if token is None:
            return None
        return self.mention(token) or self._titled(token, verb)

    def _titled(self, token: Token, verb: Token) -> Mention | None:
        """The person whose title, set off by a comma, the parser takes for the subject: "State
        Secretary for Trade, Anna Lund, met"."""
        if token.head.i != verb.i or token.pos_ != "PROPN" or token.i > verb.i:
            return None
        at = verb.i - 1
        while at > token.i and (at not in self._by_token and self._doc[at].pos_ in _BETWEEN):
            at -= 1
        one = self._by_token.get(at)
        if one is None or one.kind != PERSON or at != one.last or at - token.i > _STEPS:
            return None
        title = self._doc[token.i : one.first]
        if not all(t.text[:1].isupper() or t.is_punct or t.pos_ in ("ADP", "CCONJ", "DET")
                   for t in title):  # fmt: skip
            return None
        others = self._adjacent(one)
        return union([one, *others]) if others else one

    def mention(self, token: Token) -> Mention | None:
        """What a noun stands for, joined with what is coordinated with it."""
        own = self._by_token.get(token.i) or self._of_group(token)
        if own is not None and own.kind == GROUP:
            own = self._members(own)
        joined: list[Mention] = [] if own is None else [own]
        waiting = [token]
        for at in waiting:
            for following in at.rights:
                if len(waiting) > _STEPS or following.dep_ not in ("conj", "appos"):
                    continue
                other = self._by_token.get(following.i)
                if following.dep_ == "conj":
                    if other is None:
                        return own
                    if other not in joined:
                        joined.append(other)
                waiting.append(following)
        if own is not None and len(joined) < 2:
            joined += self._adjacent(own)
        if len(joined) < 2 or own is None:
            return own
        return union(joined)

    def _of_group(self, noun: Token) -> Mention | None:
        """The group of "the G7 leaders", "ministers of the Group of Seven"."""
        if noun.lower_ not in plural_heads():
            return None
        for child in noun.children:
            at = child
            if child.dep_ == "prep" and child.lower_ == "of":
                at = next((c for c in child.children if c.dep_ == "pobj"), child)
            one = self._by_token.get(at.i)
            if one is not None and one.kind == GROUP and at.dep_ in ("compound", "nmod", "pobj"):
                return one
        return None

    def _members(self, group: Mention) -> Mention:
        """A group whose members are always the same stands for them when it acts."""
        parties = groups().get(self._doc[group.first : group.last + 1].text, ())
        return replace(group, kind=COLLECTIVE, parties=parties) if parties else group

    def _adjacent(self, own: Mention) -> list[Mention]:
        """Who follows right after "and", where the parse did not see the coordination."""
        doc = self._doc
        if own.kind == PRONOUN and own.first > 1 and doc[own.first - 1].lower_ == "and":
            # "President Xi and I"
            before = self._by_token.get(own.first - 2)
            return [before] if before is not None and before.kind == PERSON else []
        if own.kind == ECONOMY and own.first > 1 and doc[own.first - 1].text == ",":
            # A headline: "Pakistan, Uzbekistan sign nine memoranda"
            before = self._by_token.get(own.first - 2)
            starts = before is not None and before.first == doc[own.first].sent.start
            if starts and before is not None and before.kind == ECONOMY:
                return [before]
        joint = own.first - 1 - (own.first > 1 and doc[own.first - 1].lower_ == "the")
        if own.kind == PERSON and joint > 0 and doc[joint].lower_ == "and":
            # "Minister X and Secretary Y co-chaired": the parse keeps the second alone.
            before = self._by_token.get(joint - 1)
            free = before is not None and (
                before.first == 0 or doc[before.first - 1].pos_ not in ("ADP", "VERB")
            )
            if free and before is not None and before.kind == PERSON:
                return [before]
        at = own.last + 1
        if at + 2 >= len(doc) or doc[at].lower_ != "and" or own.kind not in _JOINED:
            return []
        at += 1 + (doc[at + 1].lower_ in ("the", "his", "her", "their", "its"))
        other = self._by_token.get(at)
        return [other] if other is not None and other.kind == own.kind else []

    def _own(self, verb: Token) -> tuple[Token | None, bool]:
        """A verb's own subject; and whether it has one that stands for nobody known."""
        passive = None
        aside = None
        for child in verb.children:
            dep = child.dep_
            if dep == "npadvmod" and child.i < verb.i and child.i in self._by_token:
                # "Beijing, for its part, imposed duties"
                aside = child
            if dep == "nsubj":
                return self._antecedent(child, verb), True
            if dep in ("csubj", "expl"):
                return None, True
            if dep in ("nsubjpass", "csubjpass"):
                passive = child
            elif dep == "agent":
                agent = next((c for c in child.children if c.dep_ == "pobj"), None)
                return agent, True
        return aside if passive is None else None, passive is not None

    def _antecedent(self, token: Token, verb: Token) -> Token:
        if token.lower_ in _RELATIVE and token.pos_ == "PRON":
            at = verb
            for _ in range(4):
                if at.dep_ == "relcl":
                    return at.head
                if at.dep_ != "conj":
                    break
                at = at.head
        return token

    def _up(self, verb: Token) -> tuple[Token, bool] | None:
        """Where to look next for a verb without a subject; whether that is already the subject."""
        head, dep = verb.head, verb.dep_
        if head.i == verb.i:
            return None
        if dep == "relcl":
            return (head, True) if verb.tag_ != "VB" else self._of_noun(head)
        if dep == "acl":
            if verb.tag_ == "VBG":
                return head, True
            return self._of_noun(head) if verb.tag_ == "VB" else None
        if dep == "xcomp" and (raised := _raised(head)) is not None:
            return raised, True
        if dep == "xcomp" and lemma(head) in _OBJECT_CONTROL:
            target = next((c for c in head.children if c.dep_ in ("dobj", "dative")), None)
            if target is not None:
                return target, True
        if dep in ("conj", "xcomp", "advcl", "ccomp", "pcomp", "prep", "aux", "dep", "parataxis"):
            if head.pos_ in ("VERB", "AUX"):
                return (_reporting(verb) or head), False
            if head.pos_ == "ADP" or dep == "pcomp":
                return self._over(head)
            if head.pos_ in ("NOUN", "PROPN"):
                return self._of_noun(head)
            if head.pos_ == "ADJ" and head.head.pos_ in ("VERB", "AUX"):
                return head.head, False
        return None

    def _over(self, token: Token) -> tuple[Token, bool] | None:
        """From a preposition up to the verb that governs it."""
        at = token
        for _ in range(6):
            if at.pos_ in ("VERB", "AUX"):
                return at, False
            if at.head.i == at.i:
                return None
            at = at.head
        return None

    def _of_noun(self, noun: Token) -> tuple[Token, bool] | None:
        """Whose "agreement" or "willingness" it is: its owner's, or the verb's subject's."""
        for child in noun.children:
            if child.dep_ == "poss" and child.i in self._by_token:
                return child, True
            if child.dep_ == "prep" and child.lower_ in ("between", "by", "among"):
                owner = next((c for c in child.children if c.dep_ == "pobj"), None)
                if owner is not None:
                    return owner, True
        return self._over(noun.head) if noun.head.i != noun.i else None


def _raised(verb: Token) -> Token | None:
    """Who "is expected to urge": the subject of the passive."""
    if not any(c.dep_ == "auxpass" for c in verb.children):
        return None
    return next((c for c in verb.children if c.dep_ == "nsubjpass"), None)


def _reporting(verb: Token) -> Token | None:
    """The verb of speaking that a past verb goes on from: "stated that talks are open and urged
    ...", where the parse joins it to what is stated."""
    clause = verb.head
    if verb.dep_ != "conj" or verb.tag_ != "VBD" or clause.dep_ != "ccomp":
        return None
    present = clause.tag_ in ("VBZ", "VBP") or any(c.tag_ == "MD" for c in clause.children)
    teller = clause.head
    return teller if present and teller.tag_ == "VBD" and teller.i < clause.i else None


def union(mentions: list[Mention]) -> Mention:
    """Several mentions as one that stands for all of them; names joined by " and "."""
    parties = tuple(dict.fromkeys(p for one in mentions for p in one.parties))
    names = [one.name for one in mentions if one.name]
    return Mention(
        start=min(one.start for one in mentions),
        end=max(one.end for one in mentions),
        kind=COLLECTIVE,
        parties=parties,
        name=" and ".join(names) if len(names) == len(mentions) else None,
        role=None,
        first=min(one.first for one in mentions),
        last=max(one.last for one in mentions),
    )
