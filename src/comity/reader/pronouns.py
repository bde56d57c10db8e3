"""Words that point back: "both sides", "the leaders", "he", "they", "we".

Resolved where it is safe: in the sentence, or from the subject of the sentence before. What could
be somebody else is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from comity.reader.lexicon import words
from comity.reader.marked import (
    CAPITAL,
    COLLECTIVE,
    ECONOMY,
    INSTITUTION,
    PERSON,
    PRONOUN,
    Mention,
)
from comity.reader.pairs import Pairs
from comity.reader.parties import institution_heads, people_heads, plural_heads
from comity.reader.subjects import Subjects, union
from comity.reader.turns import Turns

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token

    from comity.reader.persons import People

_PERSONAL = words("pronouns.personal")
_PLURAL = words("pronouns.plural")
_THING = words("pronouns.thing")
_FIRST = words("pronouns.first")
_WE = words("pronouns.we")
_OWN = _FIRST | _WE
_MUTUAL = words("pronouns.mutual")
_OBJECTS = frozenset(("him", "her"))
_MINDED = frozenset((
    "ready", "willing", "prepared", "concerned", "committed", "worried", "opposed", "disappointed",
    "confident", "unhappy",
))  # fmt: skip
_PARAGRAPH = 80
"""Words over which "the ministry" is still the one named with its owner."""
_HELD = 2
"""Sentences without a subject of their own after which "they" still means those before."""
_SIZES = {"two": 2, "both": 2, "three": 3, "2": 2, "3": 3}
_SIDES = frozenset(("sides", "parties", "blocs"))
_SHARED = words("pronouns.shared")
"""What, after a mere "the", means those the text is about: "the leaders", not "the countries"."""


class Pronouns:
    """Adds the mentions of words that point back to `by_token`, in the order of the text."""

    def __init__(self, doc: Doc, plain: str, sentences: Sequence[Span], sentence_of: Sequence[int],
                 by_token: dict[int, Mention], subjects: Subjects, pairs: Pairs, turns: Turns,
                 people: People, party_at: Mapping[int, tuple[str, ...]]) -> None:  # fmt: skip
        self._doc = doc
        self._plain = plain
        self._sentences = sentences
        self._sentence_of = sentence_of
        self._by_token = by_token
        self._subjects = subjects
        self._pairs = pairs
        self._turns = turns
        self._people = people
        self._party_at = party_at
        self._subject_before: Mention | None = None
        self._plural_before: Mention | None = None
        self._people_before: list[Mention] = []
        self._person_subject: Mention | None = None
        self._age = 0
        self._plural_age = 0

    def resolve(self) -> None:
        for number, sentence in enumerate(self._sentences):
            for token in sentence:
                if token.i not in self._by_token and token.lower_ in plural_heads():
                    self._collective(token, number)
            for token in sentence:
                if token.i in self._by_token:
                    continue
                if token.lower_ in ("both", "two", "pair", "duo"):
                    self._pair_word(token, number)
                elif token.pos_ == "PRON" or token.tag_ in ("PRP", "PRP$"):
                    self._pronoun(token, sentence)
            self._remember(sentence)

    def _add(self, first: int, last: int, kind: str, parties: tuple[str, ...],
             name: str | None = None, role: str | None = None) -> None:  # fmt: skip
        doc = self._doc
        one = Mention(doc[first].idx, doc[last].idx + len(doc[last]), kind, parties, name, role,
                      first, last)  # fmt: skip
        for i in range(first, last + 1):
            held = self._by_token.get(i)
            if held is None or (held.first >= first and held.last <= last):
                self._by_token[i] = one

    def _collective(self, token: Token, number: int) -> None:
        """Words such as "both leaders", "Chinese and Japanese ministers", "leaders of X and Y"."""
        doc = self._doc
        size = 0
        parties: list[str] = []
        at = first = token.i
        start = self._sentences[number].start
        definite = False
        while at - 1 >= start and token.i - at < 9:
            before = doc[at - 1]
            low = before.lower_
            if at - 1 in self._party_at:
                parties[:0] = [p for p in self._party_at[at - 1] if p not in parties]
            elif low in _SIZES:
                size = _SIZES[low]
            elif low in ("the", "these", "those"):
                definite = True
            elif low in ("and", "-", "'s", ",") and at - 2 >= start and at - 2 in self._party_at:
                pass
            elif not (before.pos_ in ("ADJ", "NOUN", "PROPN") and before.i not in self._by_token):
                break
            at -= 1
            first = at
            if low in ("the", "both", "these", "those"):
                if low == "the" and at - 1 >= start and doc[at - 1].lower_ == "both":
                    size = 2
                break
        last = token.i
        parties, last = self._of(token, parties, last)
        if parties:
            self._add(first, last, COLLECTIVE, tuple(dict.fromkeys(parties)), role=token.lower_)
            return
        plain = token.i - first <= 2 + (token.i > 0 and doc[token.i - 1].pos_ in ("NOUN", "ADJ"))
        mere = size == 0 and definite and token.lower_ in _SHARED and token.i - first == 1
        if mere:
            size = 2
        if token.lower_ in people_heads() and not (size == 2 and definite):
            # "Two officials" are anybody; "the two officials" are those who met.
            return
        whole = mere or (size == 2 and token.lower_ in _SIDES)
        if self._pairs.together and whole:
            # "The Ministers", "both sides" of a joint text of several: all of them.
            self._add(first, last, COLLECTIVE, self._pairs.together, role=token.lower_)
            return
        if size and plain:
            meant = self._pairs.at(number, first, size, sure=mere)
            if len(meant) == size:
                self._add(first, last, COLLECTIVE, meant, role=token.lower_)

    def _of(self, token: Token, parties: list[str], last: int) -> tuple[list[str], int]:
        """Parties after "of", "from": "leaders of China and Japan", "of the two countries"."""
        doc = self._doc
        at = token.i + 1
        if parties or at >= len(doc) or doc[at].lower_ not in ("of", "from"):
            return parties, last
        at += 1
        found: list[str] = []
        while at < len(doc) and at - token.i < 12:
            if at in self._party_at:
                found += [p for p in self._party_at[at] if p not in found]
                last = at
            elif doc[at].lower_ not in ("the", "and", ",", "of", "&"):
                break
            at += 1
        return found, last if found else token.i

    def _pair_word(self, token: Token, number: int) -> None:
        """ "both" and "the two" alone, as subjects."""
        if token.dep_ not in ("nsubj", "nsubjpass", "pobj") or any(
            child.dep_ == "prep" for child in token.children
        ):
            return
        if token.lower_ != "both" and not any(c.lower_ == "the" for c in token.children):
            return
        meant = self._pairs.at(number, token.i)
        if len(meant) == 2:
            first = token.i - 1 if token.lower_ != "both" else token.i
            self._add(first, token.i, COLLECTIVE, meant, role="both")

    def _pronoun(self, token: Token, sentence: Span) -> None:
        low = token.lower_
        found: Mention | None = None
        turn = self._turns.at(token.idx) if low in _OWN and token.text != "US" else None
        if turn is not None and not self._quoted(token):
            who = turn.who
            self._add(token.i, token.i, PRONOUN, who.parties, who.name or who.role, who.role)
            return
        if low in _PERSONAL:
            found = self._person(token, sentence)
        elif low in _PLURAL:
            found = self._several(token, sentence)
        elif low in _THING:
            found = self._thing(token, sentence)
        elif low in _FIRST and token.text != "US":
            speaker = self._people.speaker
            if speaker is not None:
                self._add(token.i, token.i, PRONOUN, speaker.parties, speaker.name, speaker.role)
            return
        elif low in _WE and token.text != "US":
            own = self._people.own_party
            speaker = self._people.speaker
            if speaker is not None and own is not None:
                self._add(token.i, token.i, PRONOUN, (own,), speaker.name, speaker.role)
            elif own is not None and not self._quoted(token):
                self._add(token.i, token.i, PRONOUN, (own,))
            return
        if found is None:
            return
        self._add(token.i, token.i, PRONOUN, found.parties, found.name, found.role)
        head = token.head
        if token.tag_ == "PRP$" and head.lower_ in institution_heads() and head.i > token.i:
            # "its foreign ministry"
            self._add(token.i, head.i, INSTITUTION, found.parties,
                      self._doc[token.i + 1 : head.i + 1].text)  # fmt: skip
            self._same_office(head, found.parties)

    def _same_office(self, head: Token, parties: tuple[str, ...]) -> None:
        """ "The ministry" after "its trade ministry", in the same paragraph, is that ministry."""
        doc = self._doc
        for i in range(head.i + 1, min(len(doc), head.i + _PARAGRAPH)):
            if "\n" in self._plain[doc[i - 1].idx : doc[i].idx]:
                return
            one = self._by_token.get(i)
            if doc[i].lower_ == head.lower_ and doc[i - 1].lower_ == "the" and one is not None and (
                one.first == one.last and one.kind == INSTITUTION
            ):  # fmt: skip
                self._by_token[i] = replace(one, parties=parties)

    def _quoted(self, token: Token) -> bool:
        """Whether a word stands between quotation marks in its sentence."""
        sentence = self._sentences[self._sentence_of[token.i]]
        marks = sum(t.text in ('"', "``", "''") for t in self._doc[sentence.start : token.i])
        return marks % 2 == 1

    def _governing(self, token: Token, wanted: tuple[str, ...]) -> Mention | None:
        """The subject of the nearest verb above whose subject stands before the token."""
        at = token
        for _ in range(8):
            if at.head.i == at.i:
                return None
            at = at.head
            if at.pos_ not in ("VERB", "AUX"):
                continue
            subject = self._subjects.token_of(at)
            if subject is None or subject.i >= token.i:
                continue
            one = self._subjects.mention(subject)
            if one is not None and self._fits(one, wanted):
                return one
        return None

    def _fits(self, one: Mention, wanted: tuple[str, ...]) -> bool:
        return one.kind in wanted or (one.kind == PRONOUN and bool(one.name) == (PERSON in wanted))

    def _person(self, token: Token, sentence: Span) -> Mention | None:
        near = self._governing(token, (PERSON,))
        if near is not None and token.dep_ in ("dobj", "dative") and token.lower_ in _OBJECTS:
            # "He invited her": nobody is object and subject in one.
            return self._somebody_else(near)
        if near is not None:
            return near
        here = _different(
            self._by_token[i]
            for i in range(sentence.start, token.i)
            if i in self._by_token and self._by_token[i].kind == PERSON
        )
        if len(here) == 1:
            return here[0]
        if here:
            return None
        if self._person_subject is not None:
            return self._person_subject
        return self._people_before[0] if len(self._people_before) == 1 else None

    def _somebody_else(self, one: Mention) -> Mention | None:
        """The only other person of the sentence before."""
        others = [p for p in self._people_before if p.name != one.name]
        return others[0] if len(others) == 1 else None

    def _several(self, token: Token, sentence: Span) -> Mention | None:
        near = self._governing(token, (COLLECTIVE,))
        if near is not None:
            return near
        for i in range(token.i - 1, sentence.start - 1, -1):
            one = self._by_token.get(i)
            if one is not None and one.kind == COLLECTIVE:
                return one
        parties = tuple(
            dict.fromkeys(
                p
                for i in range(sentence.start, token.i)
                if i in self._by_token
                for p in self._by_token[i].parties
            )
        )
        if len(parties) == 2 and token.head.lower_ in _MUTUAL:
            # "X met Y after their talks": what two have with each other is of both.
            doers = [
                self._by_token[i]
                for i in range(sentence.start, token.i)
                if i in self._by_token and self._by_token[i].kind in (PERSON, ECONOMY)
            ]
            return union(_different(doers)) if len(_different(doers)) == 2 else None
        if len(parties) > 1:
            return None
        return self._plural_before

    def _thing(self, token: Token, sentence: Span) -> Mention | None:
        if token.dep_ == "expl" or (
            token.lower_ == "it" and token.dep_ not in ("nsubj", "dobj", "pobj")
        ):
            return None
        if token.lower_ == "it" and token.dep_ == "nsubj" and token.head.lemma_ == "be":
            # "it is clear that", but "said that it was willing to"
            what = next((c for c in token.head.children if c.dep_ == "acomp"), None)
            if what is None or what.lower_ not in _MINDED:
                return None
        wanted = (ECONOMY, CAPITAL, INSTITUTION)
        near = self._governing(token, wanted)
        if near is not None:
            return near
        here = _different(
            self._by_token[i]
            for i in range(sentence.start, token.i)
            if i in self._by_token and self._by_token[i].kind in wanted
        )
        if len(here) == 1 and token.lower_ == "its":
            return here[0]
        before = self._subject_before
        early = token.dep_ == "nsubj" or (token.lower_ == "its" and token.i <= sentence.start + 1)
        if not here and before is not None and before.kind in wanted and early:
            return before
        return None

    def _remember(self, sentence: Span) -> None:
        subject = self._subjects.of(sentence.root)
        self._subject_before = subject
        plural = subject
        if plural is None:
            # Where the parse missed the main verb, any subject of several parties.
            first = next((t for t in sentence if t.dep_ == "nsubj" and t.i in self._by_token), None)
            plural = self._subjects.mention(first) if first is not None else None
        if plural is not None:
            self._plural_before = plural if len(plural.parties) > 1 else None
            self._plural_age = 0
        elif self._plural_age >= _HELD:
            self._plural_before = None
        self._plural_age += 1
        people = _different(
            self._by_token[i]
            for i in range(sentence.start, sentence.end)
            if i in self._by_token and self._by_token[i].kind == PERSON
        )
        if subject is not None and subject.name and subject.kind in (PERSON, PRONOUN):
            self._person_subject, self._age = subject, 0
        elif people or self._age:
            # One sentence about other things does not end a person's turn; two do.
            self._person_subject = None
        else:
            self._age += 1
        self._people_before = people


def _different(mentions: Iterable[Mention]) -> list[Mention]:
    """Mentions of different persons or parties, first mention of each."""
    found: dict[object, Mention] = {}
    for one in mentions:
        found.setdefault(one.name or one.parties, one)
    return list(found.values())
