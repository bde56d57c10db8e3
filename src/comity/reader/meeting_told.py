"""One sentence's word on a meeting: who met, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from comity.reader import meeting_owners as owners
from comity.reader import meeting_parts as parts
from comity.reader.lexicon import lemma, words
from comity.reader.marked import (
    COLLECTIVE,
    GROUP,
    PERSON,
    PRONOUN,
    Dated,
    Marked,
    Mention,
)
from comity.reader.meeting_owners import fill_from_travel, is_programme, met, owner, sent_by, within
from comity.reader.meeting_parts import Stretch
from comity.reader.meeting_words import (
    AFTER,
    PLANS,
    TRAVEL,
    clause_of,
    is_meeting,
    kinds,
    noun_phrase,
    preps_of,
    status_of,
    stretch_of,
    takes_place,
    verb_above,
    where_of,
)
from comity.reader.proposal import Evidence
from comity.reader.quotes import Quotes

if TYPE_CHECKING:
    from spacy.tokens import Token

_HOSTING = words("meetings.hosting")
_OTHERS = words("meetings.others")
_BACK = words("meetings.back")
_DURING = words("meetings.during")
_GENERAL = frozenset((
    "negotiation", "talk", "consultation", "dialogue", "discussion", "conversation", "meeting",
))  # fmt: skip
"""Nouns that tell of no one meeting where nothing is said of when, where and who."""
_LED = frozenset(("lead", "chair", "co-chair", "head", "host", "attend"))
_ORDINALS = frozenset(("second", "third", "fourth", "fifth", "sixth", "seventh"))
_LEAD = 3
"""Sentences in which a named event is what a text is about."""


@dataclass
class Told:
    """A meeting on its way."""

    parties: set[str]
    stretch: Stretch
    rule: str
    status: str = "held"
    hint: set[str] = field(default_factory=set)
    primary: bool = True
    when: Dated | None = None
    place: str | None = None
    event: str | None = None
    form: str | None = None
    first: str | None = None
    principals: list[Mention] = field(default_factory=list)
    other: bool = False
    more: list[Evidence] = field(default_factory=list)


@dataclass
class Held:
    """The meetings told of so far, and the one told of last."""

    found: list[Told] = field(default_factory=list)
    latest: Told | None = None

    def holding(self, parties: set[str]) -> Told | None:
        """The meeting that "the meeting" of these parties means: the one told of last."""
        if self.latest is not None and parties <= self.latest.parties:
            return self.latest
        return next((m for m in reversed(self.found) if parties <= m.parties), None)


class Teller:
    """Says what a verb or a noun tells of a meeting, given those told of before."""

    def __init__(self, marked: Marked, held: Held) -> None:
        self._m = marked
        self._held = held
        self._quotes = Quotes(marked)
        self._roles: dict[str, list[str]] = {}
        for one in marked.mentions:
            if one.kind == PERSON and one.name and one.role:
                self._roles.setdefault(one.name, []).append(one.role)

    def by_verb(self, verb: Token) -> Told | None:
        """ "X met (with) Y", "X and Y held talks", "X co-chaired the dialogue with Y"."""
        word = lemma(verb)
        if self._quotes.inside(verb.idx) or any(c.dep_ == "neg" for c in verb.children):
            return None
        if word in _HOSTING and (one := self._hosted(verb)) is not None:
            return one
        noun: Token | None = None
        if word in ("speak", "talk"):
            # "spoke by phone with", or with somebody named.
            called = parts.form(parts.text_of(self._m, clause_of(verb))) in ("phone", "virtual")
            if not called and not self._spoken_with(verb):
                return None
        elif word == "sit":
            if not any(c.lower_ == "down" for c in verb.children):
                return None
        elif word != "meet":
            if word not in kinds("verb"):
                return None
            noun = self._object(verb)
            if noun is None:
                return None
        status = status_of(verb)
        if status is None:
            return None
        who = self._who(verb, noun)
        parties = {p for one in who for p in one.parties} or owners.joint_meeting(self._m, noun)
        hint: set[str] = set()
        if len(parties) < 2:
            if noun is None or not self._points_back(noun) or self._held.holding(parties) is None:
                return None
            parties, hint = set(), parties
        stretch = clause_of(verb)
        if verb.tag_ == "VB" and verb.head.pos_ == "VERB" and lemma(verb.head) in TRAVEL:
            # "travelled to Oslo on Monday to meet"
            stretch = Stretch(min(verb.head.i, stretch.first), stretch.last)
        one = Told(parties, stretch, "meeting.verb", status=status, hint=hint)
        self._fill(one, noun, who)
        fill_from_travel(self._m, verb, one)
        if verb.dep_ == "pcomp" and one.when is None and verb.head.head.pos_ == "VERB":
            # "said on Friday after meeting his counterpart"
            one.when = parts.day(self._m, Stretch(verb.head.head.i, verb.i))
        return one

    def _spoken_with(self, verb: Token) -> bool:
        """Whether somebody "spoke with" a person: not to reporters, not of a person."""
        one = self._m.subject(verb)
        whom = next((t for c in verb.children if c.dep_ == "prep" and c.lower_ == "with"
                     for t in c.children if t.dep_ == "pobj"), None)  # fmt: skip
        if one is None or one.kind not in (PERSON, PRONOUN) or whom is None:
            return False
        return any(other.kind == PERSON for other in self._named(whom))

    def _hosted(self, verb: Token) -> Told | None:
        """ "X received Y in Z", "X welcomed Y to Z": somebody of another party as a guest."""
        guest = next((c for c in verb.children if c.dep_ in ("dobj", "nsubjpass")), None)
        status = status_of(verb)
        if guest is None or status is None:
            return None
        passive = guest.dep_ == "nsubjpass"
        if passive and not any(c.dep_ == "agent" for c in verb.children):
            return None
        host = self._m.subject(verb)
        guests = [one for one in self._named(guest) if one.kind in (PERSON, COLLECTIVE)]
        if host is None or host.kind == GROUP or not guests:
            return None
        who = [host, *guests]
        parties = {p for one in who for p in one.parties}
        if len(parties) < 2 or set(host.parties) >= parties:
            return None
        stretch = clause_of(verb)
        one = Told(parties, stretch, "meeting.hosted", status=status)
        self._fill(one, None, who)
        if lemma(verb) != "receive" and not (one.place or one.when or one.event):
            return None
        return one

    def _object(self, verb: Token) -> Token | None:
        """The meeting that is held or taken part in."""
        for child in verb.children:
            passive = child.dep_ == "nsubjpass"
            if child.dep_ in ("dobj", "attr") or passive:
                if is_meeting(child):
                    return child
                if (inner := stretch_of(child)) is not None:
                    return inner
            elif child.dep_ == "prep" and child.lower_ == "in" and lemma(verb) == "engage":
                for target in child.children:
                    if target.dep_ == "pobj" and is_meeting(target):
                        return target
        return None

    def by_noun(self, noun: Token) -> Told | None:
        """A meeting named with those who met, or "the meeting" with a day or a place."""
        if not is_meeting(noun) or self._quotes.inside(noun.idx):
            return None
        if noun.dep_ in ("compound", "nmod", "amod") or self._held_by_verb(noun):
            return None
        if self._m.sentence_of[noun.i] >= _LEAD and is_programme(self._m, noun):
            return None
        verb = verb_above(noun)
        subject = noun.dep_ in ("nsubj", "nsubjpass")
        status = "held"
        if verb is not None and subject:
            ahead = status_of(verb)
            if ahead is None or (ahead == "planned" and not takes_place(verb)):
                return None
            status = ahead
        during = noun.dep_ == "pobj" and noun.head.lower_ in _DURING
        if noun.dep_ == "pobj" and noun.head.lower_ == "for" and verb is not None:
            # "flew to Tashkent for talks with"
            during = lemma(verb) in TRAVEL
            if during and (ahead := status_of(verb)) is not None:
                status = ahead
        thing = noun.dep_ in ("dobj", "pobj") and not during
        if verb is not None and thing and lemma(verb) in PLANS:
            return None
        if during and verb is not None and lemma(verb) == "engage":
            return None
        who = self._around(noun)
        if verb is not None and noun.dep_ == "nsubjpass" and lemma(verb) in _LED:
            # "the meeting was led by X and Y"
            doers = self._m.subject(verb)
            who += [doers] if doers is not None else []
        parties = {p for one in who for p in one.parties}
        aside = noun.head.lower_ in AFTER
        told_by = False
        if len(parties) < 2 and verb is not None and not aside and during:
            # "X and Y pledged cooperation during the summit"
            doers = self._m.subject(verb)
            if doers is not None and doers.kind != GROUP and noun.head.lower_ == "for":
                who, parties = [doers, *who], parties | set(doers.parties)
            elif doers is not None and len(doers.parties) > 1 and parties <= set(doers.parties):
                who, parties = [doers, *who], set(doers.parties)
        if aside and verb is not None and (other := met(self._m, noun, verb, parties)) is not None:
            who, parties = [other, *who], parties | set(other.parties)
            told_by = True
        hint: set[str] = set()
        if len(parties) < 2:
            held = self._held.holding(parties)
            if held is None or not self._points_back(noun) or aside:
                return None
            parties, hint = (
                (set(held.parties), parties) if status == "planned" else (set(), parties)
            )
        one = Told(parties, noun_phrase(noun, verb), "meeting.noun", status=status, hint=hint)
        one.primary = not aside or told_by
        self._fill(one, noun, who)
        if told_by and one.when is None and verb is not None:
            # "said on Monday after a meeting with": the day of both
            near = Stretch(min(verb.i, noun.i), max(verb.i, noun.i))
            one.when = parts.day(self._m, near) or parts.day(self._m, clause_of(verb))
        if status == "planned":
            return one if one.when is not None and one.when.begins == one.when.ends else None
        told = one.when or one.place or one.form or one.event or one.first
        if not told and not (who if not parties else one.principals) and lemma(noun) in _GENERAL:
            return None
        if not parties and not told and not who:
            return None
        return one

    def _held_by_verb(self, noun: Token) -> bool:
        """Whether the noun is what a verb such as "held" holds: then the verb tells of it."""
        verb = noun.head if noun.head.pos_ == "VERB" else noun.head.head
        if verb.pos_ != "VERB" or noun.dep_ not in ("dobj", "attr", "pobj", "nsubjpass"):
            return False
        word = lemma(verb)
        if word not in kinds("verb"):
            return False
        held = self._object(verb)
        return held is not None and held.i == noun.i and self.by_verb(verb) is not None

    def _points_back(self, noun: Token) -> bool:
        """ "the meeting", "their talks": one that was told of before."""
        lead = self._m.sentence_of[noun.i] < _LEAD and noun.dep_ == "nsubj"
        if not lead and (noun.text[:1].isupper() or lemma(noun) not in _BACK):
            return False
        if noun.tag_ == "NNS" and lemma(noun) in ("meeting", "summit", "session"):
            return False
        words = [c.lower_ for c in noun.lefts]
        if any(w in _OTHERS for w in words):
            return False
        return any(w in ("the", "their", "this", "his", "her", "these", "our") for w in words)

    def _who(self, verb: Token, noun: Token | None) -> list[Mention]:
        found: list[Mention] = []
        subject = self._m.subject(verb)
        if subject is not None:
            found.append(subject)
        for child in preps_of(verb):
            if child.dep_ in ("dobj",) and child is not noun and noun is None:
                found += self._named(child)
            elif child.dep_ == "prep" and child.lower_ in ("with", "between", "to"):
                for target in child.children:
                    if target.dep_ == "pobj":
                        found += self._named(target) or sent_by(self._m, target)
        if noun is not None:
            found += self._around(noun)
        return found

    def _around(self, noun: Token) -> list[Mention]:
        """Those who meet, in the noun's own words: "X-Y talks", "his meeting with Y"."""
        found: list[Mention] = []
        for child in noun.children:
            if child.dep_ in ("compound", "nmod", "poss", "amod") and child.i < noun.i:
                for inner in child.subtree:
                    one = self._m.of(inner)
                    if one is not None and one.kind != GROUP and one not in found:
                        found.append(one)
            elif child.dep_ == "prep" and child.lower_ in ("between", "with", "of", "among", "by"):
                for target in child.children:
                    if target.dep_ == "pobj":
                        found += self._named(target) or within(self._m, target)
            elif child.dep_ == "acl" and lemma(child) in _LED:
                # "the meeting led by X and Y"
                doers = self._m.subject(child)
                found += [doers] if doers is not None else []
        where = where_of(noun)
        if where is not None:
            # "a meeting in February where the two ministers agreed"
            doers = self._m.subject(where.head)
            if doers is not None and len(doers.parties) > 1:
                found.append(doers)
        whose = owner(self._m, noun)
        return [*found, whose] if whose is not None and whose not in found else found

    def _named(self, token: Token) -> list[Mention]:
        """The mentions that a noun and what is joined to it stand for."""
        found = []
        waiting = [token]
        for at in waiting:
            one = self._m.of(at)
            if one is not None and one.kind != GROUP:
                found.append(one)
            waiting += [c for c in at.rights if c.dep_ in ("conj", "appos")]
            if len(waiting) > 12:
                break
        if not found:
            # "Minister of Commerce of the PRC Wang Wentao" hangs together oddly at times.
            following = self._m.by_token.get(token.i + 1)
            if following is not None and following.kind == PERSON:
                found.append(following)
        return found

    def _people(self, who: Sequence[Mention]) -> list[Mention]:
        """Persons with names among those who met, each once."""
        found: dict[str, Mention] = {}
        for one in who:
            inner = [one]
            if one.kind == COLLECTIVE:
                inner = [
                    m for i in range(one.first, one.last + 1) if (m := self._m.of(self._m.doc[i]))
                ]
            elif one.name and " and " in one.name:
                # "their" talks: the persons that the pronoun stands for.
                inner = [m for name in one.name.split(" and ") if (m := self._m.people.get(name))]
            for person in inner:
                named = person.kind == PERSON or (person.kind == PRONOUN and person.role)
                if (
                    named
                    and person.name
                    and person.name not in found
                    and " and " not in person.name
                ):
                    found[person.name] = self.full(person)
        return list(found.values())

    def full(self, person: Mention) -> Mention:
        """A person with the fullest role that the text gives, which "counterpart" is not."""
        roles = [person.role or "", *self._roles.get(person.name or "", ())]
        own = [r for r in roles if r and "counterpart" not in r.lower()]
        fullest = next(
            (r for r in own if (person.role or "").lower() in r.lower() and r != person.role), None
        )
        role = fullest or (own[0] if own else person.role)
        return replace(person, role=role)

    def _fill(self, one: Told, noun: Token | None, who: Sequence[Mention]) -> None:
        text = parts.text_of(self._m, one.stretch)
        one.when = parts.day(self._m, one.stretch)
        one.place = parts.place(self._m, one.stretch)
        one.event = parts.occasion(self._m, one.stretch)
        if one.event is None and noun is not None:
            one.event = parts.named_event(self._m, noun)
        if one.when is None and one.status == "held" and (just := parts.just(self._m, one.stretch)):
            one.when = just
        one.form = parts.form(text)
        one.first = parts.first_claim(text)
        one.principals = self._people(who)
        if noun is not None:
            others = {c.lower_ for c in noun.lefts} & _OTHERS
            if noun.pos_ == "PROPN" or self._m.sentence_of[noun.i] < _LEAD:
                # "the third Consultations on Energy" are what a text is about.
                others -= _ORDINALS
            one.other = bool(others)
