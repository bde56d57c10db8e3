"""Persons in a text: a title with a name, a name with an apposition, and who that is.

Found on the tokens themselves, not on the parse, which misreads "Minister of Commerce of the PRC
Wang Wentao". A person's party is told by the text first ("Chinese President", "of Japan"), then
by the register for the day of publication, then by a title that only one party has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from comity.reader.parties import rows

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from comity.reader.reading import KnownPerson, Register

_PARTICLES = frozenset("de del della der den van von bin ibn al el da dos du la le ter".split())
_NOT_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december the a an and or of on in at his her "
    "their its our my this that these those he she they it we i you during after before when "
    "while as for from with to by but if both mr mrs ms dr statement meeting summit talks "
    "ministry department government".split()
)
_HONORIFICS = frozenset("mr mr. mrs mrs. ms ms. dr dr. sir madam lord lady dame".split())


@dataclass(frozen=True, slots=True)
class Found:
    """A person at tokens `first` to `last` (inclusive): the whole phrase, title and all.

    parties : as the phrase itself tells; empty where it does not
    """

    first: int
    last: int
    name: str | None
    role: str | None
    parties: tuple[str, ...]
    head: int


@lru_cache(maxsize=1)
def _titles() -> tuple[frozenset[str], frozenset[str]]:
    heads, before = set(), set()
    for row in rows("titles.csv"):
        (heads if row["use"] == "head" else before).add(row["word"])
    return frozenset(heads), frozenset(before)


@lru_cache(maxsize=1)
def title_parties() -> Mapping[str, str]:
    """Titles that one party's officials have, in small letters."""
    return {row["role"].lower(): row["party"] for row in rows("titles_parties.csv")}


class Finder:
    """Finds persons in one document. `party_at` gives, by token, the party whose name begins or
    runs there; `last_of` the last token of that name."""

    def __init__(self, doc: Doc, party_at: Mapping[int, tuple[str, ...]], blocked: frozenset[int],
                 heading: frozenset[int]) -> None:  # fmt: skip
        self._doc = doc
        self._party_at = party_at
        self._blocked = blocked
        self._heading = heading
        self._heads, self._before = _titles()
        self._size = len(doc)

    def all(self) -> list[Found]:
        found: list[Found] = []
        upto = -1
        for i in range(self._size):
            if i <= upto:
                continue
            one = self._at(i, upto)
            if one is not None:
                found.append(one)
                upto = one.last
        return found

    def _head_end(self, i: int) -> int | None:
        """The last token of a title's head that begins at `i` ("director-general")."""
        doc = self._doc
        low = doc[i].lower_
        if low.endswith("s") and low[:-1] in self._heads and low not in self._heads:
            return None
        if i + 2 < self._size and doc[i + 1].text == "-" and f"{low}-{doc[i + 2].lower_}" in self._heads:
            return i + 2
        if i + 1 < self._size and f"{low} {doc[i + 1].lower_}" in self._heads:
            return i + 1
        if low in self._heads:
            return i
        return None

    def _at(self, i: int, upto: int) -> Found | None:
        doc = self._doc
        if doc[i].lower_ in _HONORIFICS and i + 1 < self._size and self._is_name(i + 1):
            last, name = self._name(i + 1)
            return Found(i, last, name, None, (), last)
        end = self._head_end(i)
        if end is None:
            return None
        if doc[i].pos_ in ("VERB", "AUX"):
            return None
        # A further head right after ("Chief Cabinet Secretary", "ministry spokesperson").
        while end + 1 < self._size and (longer := self._head_end(end + 1)) is not None:
            if doc[end + 1].pos_ in ("VERB", "AUX"):
                break
            end = longer
        if end + 1 < self._size and doc[end + 1].text == "-" and end == i:
            return None
        first = i
        while first - 1 > upto and self._is_before(first - 1):
            first -= 1
        while first < i and doc[first].lower_ in ("and", "-", ",", "&"):
            first += 1
        parties: tuple[str, ...] = ()
        role_first = first
        first, parties = self._party_before(first, upto)
        last = end
        last, parties = self._area(last, parties)
        role = self._said(role_first, last if last > end else end)
        head = end
        name = None
        at = last + 1
        if at < self._size and doc[at].text == "," and at + 1 < self._size and self._is_name(at + 1):
            # "the Japanese trade minister, Yasutoshi Nishimura,"
            tail, told = self._name(at + 1)
            closes = tail + 1 < self._size and doc[tail + 1].text in (",", ".", ";")
            if closes and len(told.split()) >= 2 and doc[head].text[0].islower():
                name, last, head = told, tail, tail
        elif at < self._size and self._is_name(at):
            last, name = self._name(at)
            head = last
        return Found(first, last, name, role, parties, head)

    def _is_before(self, i: int) -> bool:
        token = self._doc[i]
        low = token.lower_
        if i in self._party_at or i in self._blocked:
            return False
        if low in self._before:
            return True
        if low in ("and", "&"):
            return i > 0 and self._doc[i - 1].lower_ in self._before and i - 1 not in self._party_at
        if token.text == "-":
            return i > 0 and self._doc[i - 1].lower_ in self._before
        return False

    def _party_before(self, first: int, upto: int) -> tuple[int, tuple[str, ...]]:
        doc = self._doc
        at = first - 1
        if at > upto and doc[at].text in ("'s", "'") and at - 1 in self._party_at:
            at -= 1
        if at > upto and doc[at].lower_ in ("former", "then", "new", "visiting", "late", "outgoing"):
            if at - 1 in self._party_at:
                at -= 1
        parties = self._party_at.get(at, ()) if at > upto else ()
        if not parties:
            return first, ()
        while at - 1 > upto and at - 1 in self._party_at and self._party_at[at - 1] == parties:
            at -= 1
        return at, parties

    def _area(self, last: int, parties: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
        """Follow "of Commerce", "for Trade and Tourism", "of the PRC" after a title."""
        doc = self._doc
        while last + 2 < self._size and doc[last + 1].lower_ in ("of", "for", "to"):
            at = last + 2
            if doc[at].lower_ == "the" and at + 1 < self._size:
                at += 1
            if at in self._party_at:
                parties = self._party_at[at]
                while at + 1 < self._size and self._party_at.get(at + 1) == parties:
                    at += 1
                if at + 1 < self._size and doc[at + 1].text in ("'s", "'"):
                    break
                last = at
                continue
            tail = self._capitals(at)
            if tail is None:
                break
            last = tail
        return last, parties

    def _capitals(self, at: int) -> int | None:
        """The last token of a run such as "Economy, Trade and Industry"."""
        doc = self._doc
        if not self._area_word(at):
            return None
        last = at
        while last + 1 < self._size:
            following = last + 1
            low = doc[following].lower_
            if self._area_word(following) and not self._breaks(last):
                last = following
            elif low in ("and", "&", ",") and following + 1 < self._size and self._area_word(following + 1):
                last = following + 1
            else:
                break
        return last

    def _area_word(self, i: int) -> bool:
        """A capitalised word of an office's field: those known, and "Culture", "Relations"."""
        token = self._doc[i]
        return (
            token.text[:1].isupper()
            and i not in self._party_at
            and (token.lower_ in self._before or token.lower_ in _AREAS)
        )

    def _breaks(self, i: int) -> bool:
        return "\n" in self._doc[i].whitespace_

    def _is_name(self, i: int) -> bool:
        if i >= self._size:
            return False
        token = self._doc[i]
        return (
            token.text[:1].isupper()
            and (token.text[:1].isalpha())
            and token.lower_ not in _NOT_NAMES
            and i not in self._party_at
            and i not in self._blocked
            and token.lower_ not in self._heads
            and (token.tag_ in ("NNP", "NNPS", "FW") or token.pos_ in ("PROPN", "X", "NOUN", "ADJ"))
        )

    def _name(self, i: int) -> tuple[int, str]:
        """The last token of a name that begins at `i`, and the name."""
        doc = self._doc
        last = i
        count = 1
        limit = 2 if i in self._heading else 4
        while last + 1 < self._size and count < limit:
            following = last + 1
            text = doc[following].text
            joined = not doc[last].whitespace_
            if text == "-" and joined and following + 1 < self._size and doc[following + 1].is_alpha:
                last = following + 1
            elif (
                doc[following].lower_ in _PARTICLES
                and following + 1 < self._size
                and self._is_name(following + 1)
            ):
                last = following + 1
                count += 1
            elif not joined and self._is_name(following) and doc[following].tag_ in ("NNP", "NNPS", "FW"):
                last = following
                count += 1
            else:
                break
        return last, doc[i : last + 1].text

    def _said(self, first: int, last: int) -> str:
        return self._doc[first : last + 1].text


_AREAS = frozenset(
    "commerce trade foreign affairs economy industry tourism culture finance agriculture defence "
    "defense state treasury exchequer environment science technology information education "
    "transport infrastructure fisheries forestry forests food rural development export promotion "
    "international small business economic investment land energy resources natural external "
    "internal security home justice labour labor customs planning relations asian oceanian "
    "american european asia pacific affairs climate action health public policy promotion "
    "competition digital innovation".split()
)


@dataclass(frozen=True, slots=True)
class Served:
    """What the register says of a name on a day."""

    name: str
    role: str
    party: str


class Known:
    """The people of a register by full name and by single words of their names, on one day."""

    def __init__(self, register: Register, day: dt.date | None) -> None:
        self._full: dict[str, list[KnownPerson]] = {}
        self._single: dict[str, dict[str, list[KnownPerson]]] = {}
        self._day = day
        for person in register.people:
            for name in person.names:
                self._full.setdefault(_key(name), []).append(person)
                for word in name.split():
                    if len(word) > 1:
                        self._single.setdefault(_key(word), {}).setdefault(person.id, []).append(person)

    def full(self, name: str) -> Served | None:
        return self._pick(self._full.get(_key(name), ()))

    def by_part(self, word: str, parties: Sequence[str] = ()) -> Served | None:
        """Who goes by one word of a name, when only one person on record does on that day."""
        found = self._single.get(_key(word), {})
        served = []
        for terms in found.values():
            one = self._pick(terms, strict=True)
            if one is not None and (not parties or one.party in parties):
                served.append(one)
        return served[0] if len(served) == 1 else None

    def _pick(self, terms: Sequence[KnownPerson], *, strict: bool = False) -> Served | None:
        """The term that covers the day; where none does, the person's party if it is always one."""
        if not terms:
            return None
        for term in terms:
            if self._day is None or (
                (term.begins is None or term.begins <= self._day)
                and (term.ends is None or self._day <= term.ends)
            ):
                return Served(term.names[0], term.role, term.party)
        if strict:
            return None
        parties = {term.party for term in terms}
        return Served(terms[0].names[0], "", terms[0].party) if len(parties) == 1 else None


def _key(name: str) -> str:
    return name.casefold().replace("-", "").replace(" ", "")


def same_person(short: str, full: str) -> bool:
    """Whether "Kishida" may be "Fumio Kishida": every word of one is a word of the other."""
    few, many = set(short.casefold().split()), set(full.casefold().split())
    return few <= many or many <= few


def is_role(token: Token) -> bool:
    heads, _ = _titles()
    return token.lower_ in heads
