"""The persons of one text: each mention under the person's full name, with role and party."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from comity.reader.appositions import Appositions
from comity.reader.known import Known, Served, key_of
from comity.reader.lexicon import lemma, words
from comity.reader.marked import PERSON, Mention
from comity.reader.people import Finder, Found, same_person, title_parties
from comity.reader.reading import Given, Register
from comity.reader.titles import (
    SHORT,
    SPOKEN,
    TOP,
    is_head,
    is_top,
    named_later,
    shown,
    speaks_for,
)
from comity.reader.whose import by_place

if TYPE_CHECKING:
    from spacy.tokens import Doc

_SPEAKS = words("persons.speaks")
_LOWER = frozenset(("deputy", "vice", "assistant", "under", "former", "acting", "parliamentary"))
_ALONE = words("persons.alone")
"""Surnames by which news call those in office without a title."""
_FORMER = frozenset(("former", "ex", "then", "late"))


@dataclass
class _Who:
    """What the whole text tells of one person."""

    name: str
    role: str | None
    parties: tuple[str, ...]
    told: bool = False
    """Whether the text itself names the party."""


class People:
    """Finds the persons of a text and says who each of them is.

    own_party : the party of the document itself: its speaker's, else its publisher's
    """

    def __init__(self, doc: Doc, given: Given, register: Register,
                 party_at: Mapping[int, tuple[str, ...]], blocked: frozenset[int],
                 heading: frozenset[int], home: str | None = None) -> None:  # fmt: skip
        self._home = home
        self._doc = doc
        self._given = given
        self._party_at = party_at
        self._blocked = blocked
        self._heading = heading
        self._known = Known(register, given.published)
        self._finder = Finder(doc, party_at, blocked, heading)
        self._who: dict[str, _Who] = {}
        self._by_word: dict[str, list[_Who]] = {}
        self._mentions: list[Mention] = []
        self.own_party: str | None = given.publisher
        self.speaker: _Who | None = None

    def all(self) -> list[Mention]:
        """Every mention of a person, in order, without overlap."""
        beside = Appositions(self._doc, self._finder, self._known)
        found = beside.join(self._finder.all())
        taken = {i for one in found for i in range(one.first, one.last + 1)}
        bare = self._bare(taken)
        ours = tuple(filter(None, (self.own_party or self._home,)))
        for group in (found, bare):
            group[:] = [
                one if one.parties or one.name is None
                else replace(one, parties=beside.serving(one.last, self._party_at, ours))
                for one in group
            ]  # fmt: skip
        if self._given.speaker:
            own = (self._given.publisher,) if self._given.publisher else ()
            self._note(Found(0, 0, self._given.speaker, None, own, 0))
        # Names in running text first: headlines run names and verbs together.
        for one in sorted((*found, *bare), key=lambda f: (f.first in self._heading, f.first)):
            if one.name is not None and not self._doubtful(one):
                self._note(one)
        self._set_speaker()
        for who in sorted(self._who.values(), key=lambda w: not w.parties):
            self._complete(who)
        self._other_side(found)
        self._at_home()
        mentions = []
        latest: list[_Who] = []
        for one in sorted((*found, *bare, *self._single(taken, bare)), key=lambda f: f.first):
            mention, meant = self._mention(one, latest)
            if mention is not None:
                mentions.append(mention)
            if meant is not None:
                latest = [meant, *(w for w in latest if w is not meant)][:6]
        self._mentions = mentions
        return mentions

    def by_name(self) -> dict[str, Mention]:
        """The first mention of each person, by full name."""
        found: dict[str, Mention] = {}
        for one in self._mentions:
            if one.name is not None:
                found.setdefault(one.name, one)
        return found

    def _bare(self, taken: set[int]) -> list[Found]:
        """Names without a title: those on record, or that speak or meet."""
        doc = self._doc
        found = []
        i = 0
        size = len(doc)
        while i < size:
            if i in taken or not self._finder.is_name(i) or doc[i].tag_ not in ("NNP", "NNPS"):
                i += 1
                continue
            last, name = self._finder.name(i)
            while last > i and last in taken:
                last -= 1
            name = doc[i : last + 1].text
            if last > i:
                served = self._known.full(name)
                if served is not None:
                    found.append(Found(i, last, name, None, (), last))
                elif i not in self._heading and self._acts(last) and last - i < 4:
                    before = self._party_at.get(i - 1) or (
                        self._party_at.get(i - 2, ()) if doc[i - 1].text == "'s" else ()
                    )
                    found.append(Found(i, last, name, None, before, last))
            i = last + 1
        return found

    def _acts(self, i: int) -> bool:
        token = self._doc[i]
        speaks = token.head.pos_ == "VERB" and lemma(token.head) in _SPEAKS
        known = any(child.dep_ in ("det", "amod") for child in token.children)
        return token.dep_ in ("nsubj", "nsubjpass") and speaks and not known

    def _single(self, taken: set[int], bare: list[Found]) -> list[Found]:
        """Surnames alone: of a person the text names, or the only one on record that day."""
        used = taken | {i for one in bare for i in range(one.first, one.last + 1)}
        found = []
        for token in self._doc:
            i = token.i
            if i in used or not self._finder.is_name(i) or len(token.text) < 2:
                continue
            there = len(self._by_word.get(key_of(token.text), ()))
            alone = token.lower_ in _ALONE and self._known.by_part(token.text) is not None
            if there == 1 or (there == 0 and alone):
                found.append(Found(i, i, token.text, None, (), i))
        return found

    def _doubtful(self, one: Found) -> bool:
        """Whether a headline's name may have swallowed its verb ("Kishida Meets")."""
        if one.first not in self._heading or one.name is None:
            return False
        return self._known.full(one.name) is None

    def _note(self, one: Found) -> None:
        """Keep what one mention tells of a person, under the longest name used."""
        name = one.name or ""
        served = self._known.full(name) if " " in name else self._by_part(one)
        if served is not None:
            name = served.name
        said = one.name or name
        if " " in said:
            name = said
        words = list(dict.fromkeys((*name.split(), *(served.name.split() if served else ()))))
        who = self._who.get(key_of(name))
        if who is None:
            for other in self._by_word.get(key_of(words[-1]), []) or self._by_word.get(
                key_of(words[0]), []
            ):
                if same_person(name, other.name) and (
                    not one.parties or not other.parties or set(one.parties) & set(other.parties)
                ):
                    who = other
                    break
        if who is None:
            who = _Who(name, None, ())
        if len(name.split()) > len(who.name.split()):
            who.name = name
        self._who[key_of(who.name)] = who
        for word in words:
            others = self._by_word.setdefault(key_of(word), [])
            if who not in others:
                others.append(who)
        who.parties = who.parties or one.parties
        who.told = who.told or bool(one.parties)
        if served is not None:
            who.parties = (served.party,)
            who.role = who.role or served.role or None
        if one.role is not None and (who.role is None or len(one.role) > len(who.role)):
            who.role = one.role

    def _complete(self, who: _Who) -> None:
        """A party from the role that only one party has, or from the document's own."""
        if who.parties or who.role is None:
            return
        party = title_parties().get(who.role.lower())
        elsewhere = self._home is not None and (party,) not in self._party_at.values()
        if party is not None and elsewhere and party != self.own_party:
            # The Philippines and Mexico have secretaries, too.
            party = self._home
        unknown = not is_top(who.role) or (
            self._known.full(who.name) is None and not (is_head(who.role) and self._has_head())
        )
        if party is None and unknown:
            # One's own officials go by their titles alone; so do widely known heads of government.
            party = self.own_party
        who.parties = (party,) if party else ()

    def _has_head(self) -> bool:
        """Whether the text names the head of state or of government of its own party."""
        return any(
            w.role and is_head(w.role) and w.parties == (self.own_party,)
            for w in self._who.values()
        )

    def _other_side(self, found: list[Found]) -> None:
        """Whoever has a counterpart of one of a text's two parties belongs to the other."""
        counts = Counter(p for parties in self._party_at.values() for p in parties)
        main = [party for party, _ in counts.most_common(2)]
        if len(main) < 2:
            return
        for n, one in enumerate(found):
            if one.role is None or not one.role.lower().endswith("counterpart") or not one.parties:
                continue
            before = next((f for f in reversed(found[:n]) if f.name), None)
            who = self._find(before) if before is not None else None
            if who is None or who.parties or before is None:
                continue
            near = self._by_place(before, who.role) if who.role else ()
            if near and near != one.parties:
                who.parties = near
            elif one.parties[0] in main:
                who.parties = tuple(p for p in main if p != one.parties[0])

    def _at_home(self) -> None:
        """A text that names its ministers without their country is at home there; so are those of
        whom it says nothing more."""
        ours = {
            who.parties[0]
            for who in self._who.values()
            if who.role
            and who.parties
            and not who.told
            and not is_top(who.role)
            # The Union's officials are named without it everywhere.
            and who.parties != ("EUN",)
        }
        if len(ours) != 1:
            return
        for who in self._who.values():
            speaks = who.role is not None and speaks_for(who.role)
            if not who.parties and who.role and not (is_top(who.role) or speaks):
                who.parties = tuple(ours)

    def _set_speaker(self) -> None:
        """Who speaks in the first person, and for which party."""
        said = self._given.speaker
        if not said:
            return
        who = next((w for w in self._who.values() if same_person(w.name, said)), None)
        if who is None:
            parts = said.split()
            options = [w for part in parts for w in self._by_word.get(key_of(part), ())]
            who = options[0] if options else None
        if who is None:
            served = self._known.full(said)
            who = _Who(said, None, (served.party,) if served else ())
        if not who.parties and self._given.publisher:
            who.parties = (self._given.publisher,)
        self.speaker = who
        if who.parties:
            self.own_party = who.parties[0]

    def _mention(self, one: Found, latest: list[_Who]) -> tuple[Mention | None, _Who | None]:
        doc = self._doc
        who: _Who | None = None
        if one.name is not None:
            who = self._find(one)
            if who is None and self._doubtful(one):
                one, who = self._shortened(one)
        else:
            who = self._by_role(one, latest)
        name = shown(who.name if who is not None else one.name)
        role = one.role or (who.role if who is not None else None)
        parties = one.parties or (who.parties if who is not None else ())
        if who is not None and who.parties:
            parties = who.parties
        if not parties and one.role and (one.name is not None or speaks_for(one.role)):
            parties = self._by_place(one, one.role)
            if who is not None:
                who.parties = parties
        if name is None and not parties:
            parties = self._unnamed(one)
            if not parties:
                return None, None
        start = doc[one.first].idx
        end = doc[one.last].idx + len(doc[one.last])
        return Mention(start, end, PERSON, parties, name, role, one.first, one.last), who

    def _find(self, one: Found) -> _Who | None:
        name = one.name or ""
        who = self._who.get(key_of(name))
        if who is not None:
            return who
        words = name.split()
        for word in (words[-1], words[0]):
            options = [w for w in self._by_word.get(key_of(word), ()) if same_person(name, w.name)]
            if one.parties and len(options) > 1:
                options = [w for w in options if set(w.parties) & set(one.parties)]
            if len(options) == 1:
                return options[0]
        served = self._by_part(one) if len(words) == 1 else None
        if served is not None:
            who = _Who(served.name, served.role or one.role, (served.party,))
            self._who[key_of(served.name)] = who
        return who

    def _by_part(self, one: Found) -> Served | None:
        """Whom on record a surname means: of a title like the one it is used with, or one by which
        everybody knows whom."""
        name = one.name or ""
        served = self._known.by_part(name, one.parties)
        if served is None or name.lower() in _ALONE:
            return served
        said, had = (
            set(r.lower().replace("-", " ").split()) for r in (one.role or "", served.role)
        )
        lower = said & _LOWER - had
        return served if said & had and not lower else None

    def _shortened(self, one: Found) -> tuple[Found, _Who | None]:
        """A headline's name cut to the part that the text knows as a name."""
        for last in range(one.last, one.head - len((one.name or "").split()), -1):
            first = one.last - len((one.name or "").split()) + 1
            for begin in range(max(first, one.first), last + 1):
                cut = replace(one, name=self._doc[begin : last + 1].text, last=last)
                who = self._find(cut)
                if who is not None:
                    return cut, who
        return one, None

    def _by_role(self, one: Found, latest: list[_Who]) -> _Who | None:
        """Whom "the Chinese leader" or "the president" means: the latest named that fits."""
        role = (one.role or "").lower()
        role = SHORT.get(role, role).replace("-", " ")
        if not role or self._doc[one.head].lower_ in ("counterpart", "official", "diplomat"):
            return None
        if one.first > 0 and self._doc[one.first - 1].lower_ in ("a", "an", *_FORMER):
            return None
        head = role.split()[-1]
        fits = []
        for who in latest:
            if one.parties and set(one.parties) != set(who.parties):
                continue
            had = (who.role or "").lower().replace("-", " ")
            words = had.split()
            if (
                role in ("leader", "top leader") and TOP & set(words) and "foreign" not in words
            ) or (had and (head in words) and (role in had or had in role or role == head)):
                fits.append(who)
        if not one.parties and len({w.parties for w in fits}) > 1:
            # "The president" among two presidents could be either; a party's own paper means its.
            fits = [w for w in fits if self.own_party and w.parties == (self.own_party,)]
        return fits[0] if fits else None

    def _by_place(self, one: Found, role: str) -> tuple[str, ...]:
        text = self._given.text
        return by_place(self._doc, text, self._party_at, one, role, self.own_party, self._home)

    def _unnamed(self, one: Found) -> tuple[str, ...]:
        """A party for an unnamed office: "the ministry spokesperson" of the publisher."""
        role = (one.role or "").lower()
        party = title_parties().get(role)
        named: tuple[str, ...] = () if party is None else (party,)
        if not named and self._doc[one.first - 1].lower_ == "the":
            named = named_later(role, self._who.values())
        if named:
            return named
        words = role.split()
        if words and words[-1] in SPOKEN and self._given.publisher is not None:
            return (self._given.publisher,)
        return ()
