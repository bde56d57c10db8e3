"""Persons in a text: a title with a name, a name with an apposition, and who that is.

Found on the tokens themselves, not on the parse, which misreads "Minister of Commerce of the PRC
Wang Wentao". A person's party is told by the text first ("Chinese President", "of Japan"), then
by the register for the day of publication, then by a title that only one party has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from comity.reader.lexicon import words
from comity.reader.parties import institution_heads
from comity.reader.phrases import table

if TYPE_CHECKING:
    from spacy.tokens import Doc


_PARTICLES = words("people.particles")
_NOT_NAMES = words("people.not_names")
_HONORIFICS = words("people.honorifics")


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
    heads: set[str] = set()
    before: set[str] = set()
    for row in table("titles.csv"):
        (heads if row["use"] == "head" else before).add(row["word"])
    return frozenset(heads), frozenset(before)


@lru_cache(maxsize=1)
def title_parties() -> Mapping[str, str]:
    """Titles that one party's officials have, in small letters."""
    return {row["role"].lower(): row["party"] for row in table("titles_parties.csv")}


class Finder:
    """Finds persons in one document. `party_at` gives, by token, the party whose name begins or
    runs there; `last_of` the last token of that name."""

    def __init__(self, doc: Doc, party_at: Mapping[int, tuple[str, ...]], blocked: frozenset[int],
                 heading: frozenset[int], *, heads: frozenset[str] | None = None,
                 named: bool = True) -> None:  # fmt: skip
        self._doc = doc
        self._named = named
        self._party_at = party_at
        self._blocked = blocked
        self._heading = heading
        titles, self._before = _titles()
        self._heads = titles if heads is None else heads
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
        if (
            i + 2 < self._size
            and doc[i + 1].text == "-"
            and f"{low}-{doc[i + 2].lower_}" in self._heads
        ):
            return i + 2
        if i + 1 < self._size and f"{low} {doc[i + 1].lower_}" in self._heads:
            return i + 1
        if low in self._heads:
            return i
        return None

    def _at(self, i: int, upto: int) -> Found | None:
        doc = self._doc
        if self._named and (begin := self._past_honorifics(i)) > i and self.is_name(begin):
            tail, called = self.name(begin)
            tail_to, served = self._party_after(tail)
            return Found(i, tail_to, called, None, served, tail)
        end = self._head_end(i)
        if end is None:
            return None
        if doc[i].pos_ in ("VERB", "AUX"):
            return None
        # A further head right after ("Chief Cabinet Secretary", "ministry spokesperson").
        while end + 1 < self._size:
            at = end + 1
            while at < self._size and doc[at].lower_ in self._before and at not in self._party_at:
                at += 1
            longer = self._head_end(at) if at < self._size else None
            if longer is None or at - end > 3 or doc[at].pos_ in ("VERB", "AUX"):
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
        last, role_last, parties = self._area(end, parties)
        role = self._said(role_first, role_last)
        head = end
        name: str | None = None
        at = last + 1
        if not self._named:
            return Found(first, last, None, role, parties, head)
        comma = at < self._size and doc[at].text == ","
        begin = self._past_honorifics(at + comma)
        if comma and self.is_name(begin):
            # "the Japanese trade minister, Yasutoshi Nishimura,"
            tail, told = self.name(begin)
            closes = tail + 1 < self._size and doc[tail + 1].text in (",", ".", ";")
            titled = begin > at + 1
            small = doc[head].text[0].islower()
            before = doc[max(0, role_first - 1)].lower_
            owned = bool(parties) or before == "and"
            if titled or (closes and len(told.split()) >= 2 and (small or owned)):
                name, last, head = told, tail, tail
        elif self.is_name(begin):
            last, name = self.name(begin)
            head = last
            if not parties:
                last, parties = self._party_after(last)
        return Found(first, last, name, role, parties, head)

    def _past_honorifics(self, i: int) -> int:
        """The token after the honorifics that begin at `i`: "H.E. Dr.", "Datuk Seri"."""
        while i + 1 < self._size and self._doc[i].lower_ in _HONORIFICS:
            i += 1
            if self._doc[i].text == "." and i + 1 < self._size:
                i += 1
        return i

    def _party_after(self, last: int) -> tuple[int, tuple[str, ...]]:
        """The party of "Minister Motegi of Japan", and its last token."""
        doc = self._doc
        if last + 2 >= self._size or doc[last + 1].lower_ not in ("of", "from"):
            return last, ()
        at = last + 2 + (doc[last + 2].lower_ == "the")
        parties = self._party_at.get(at, ())
        if not parties or (at + 1 < self._size and doc[at + 1].text in ("'s", "-")):
            return last, ()
        while at + 1 < self._size and self._party_at.get(at + 1) == parties:
            at += 1
        return at, parties

    def _is_before(self, i: int) -> bool:
        token = self._doc[i]
        low = token.lower_
        if i in self._party_at or i in self._blocked:
            return False
        if low in self._before or (low in _AREAS and token.text[:1].isupper()):
            return True
        if low in ("and", "&"):
            return i > 0 and self._doc[i - 1].lower_ in self._before and i - 1 not in self._party_at
        if token.text == ",":
            # "Investment, Trade and Industry Minister"
            return (
                i > 0
                and self._doc[i - 1].lower_ in _AREAS
                and self._doc[i - 1].text[:1].isupper()
                and self._doc[i + 1].lower_ in _AREAS
                and i - 1 not in self._party_at
            )
        if token.text == "-":
            return i > 0 and self._doc[i - 1].lower_ in self._before
        return False

    def _party_before(self, first: int, upto: int) -> tuple[int, tuple[str, ...]]:
        doc = self._doc
        at = first - 1
        if at > upto and doc[at].text in ("'s", "'") and at - 1 in self._party_at:
            at -= 1
        if (
            at > upto
            and doc[at].lower_
            in (
                "former",
                "then",
                "new",
                "visiting",
                "late",
                "outgoing",
            )
            and at - 1 in self._party_at
        ):
            at -= 1
        parties = self._party_at.get(at, ()) if at > upto else ()
        if not parties:
            return first, ()
        while at - 1 > upto and at - 1 in self._party_at and self._party_at[at - 1] == parties:
            at -= 1
        return at, parties

    def _area(self, last: int, parties: tuple[str, ...]) -> tuple[int, int, tuple[str, ...]]:
        """Follow "of Commerce", "for Trade and Tourism", "of the PRC" after a title: the last
        token, the last of the role alone, and the party."""
        doc = self._doc
        role = end = last
        while last + 2 < self._size and (
            doc[last + 1].lower_ in ("of", "for", "to", "on")
            or (doc[last + 1].lower_ == "from" and doc[last].lower_ == "counterpart")
        ):
            at = last + 2
            if doc[at].lower_ in ("the", "his", "her") and at + 1 < self._size:
                at += 1
            if doc[last + 1].lower_ == "to" and (top := self._top_end(at)) is not None:
                # "Adviser to the Prime Minister on Commerce"
                role = last = top
                continue
            if at in self._party_at:
                # An ambassador "to" somewhere is somebody else's.
                if doc[last + 1].lower_ != "to":
                    parties = self._party_at[at]
                while at + 1 < self._size and self._party_at.get(at + 1) == parties:
                    at += 1
                if at + 1 < self._size and doc[at + 1].text in ("'s", "'"):
                    at += 1
                while at + 1 < self._size and self._office_word(at + 1):
                    at += 1
                last = at
                continue
            tail = self._capitals(at)
            if tail is None:
                break
            if role == last:
                role = tail
            last = tail
        if not parties and last + 1 < self._size:
            # "Minister of Commerce Pakistan", "Minister of Foreign Trade, Uzbekistan,"
            at = last + 1 + (doc[last + 1].text == "," and last > end)
            close = at + 1 >= self._size or not doc[at + 1].text[:1].isalnum()
            if at in self._party_at and last > end and (close or at == last + 1) and (
                doc[at].text[:1].isupper() and doc[at].tag_ in ("NNP", "NNPS")
            ):  # fmt: skip
                parties, last = self._party_at[at], at
        return last, role, parties

    def _top_end(self, at: int) -> int | None:
        """The last token of "Prime Minister" or "President" that begins at `at`."""
        if self._doc[at].lower_ == "prime" and at + 1 < self._size:
            at += 1
        return at if self._doc[at].lower_ in ("minister", "president", "premier", "pm") else None

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
            elif (
                low in ("and", "&", ",")
                and following + 1 < self._size
                and self._area_word(following + 1)
            ):
                last = following + 1
            else:
                break
        return last

    def _office_word(self, i: int) -> bool:
        """A word of an office's name after its party: "of Japan's Asian Affairs Bureau"."""
        token = self._doc[i]
        return (
            token.text[:1].isupper()
            and i not in self._party_at
            and (
                token.lower_ in self._before
                or token.lower_ in _AREAS
                or token.lower_ in institution_heads()
            )
        )

    def _area_word(self, i: int) -> bool:
        """A capitalised word of an office's field: those known, and "Culture", "Relations"."""
        token = self._doc[i]
        return i not in self._party_at and token.lower_ in (
            self._before | _AREAS if token.text[:1].isupper() else _AREAS
        )

    def _breaks(self, i: int) -> bool:
        return "\n" in self._doc[i].whitespace_

    def is_name(self, i: int) -> bool:
        if i >= self._size:
            return False
        token = self._doc[i]
        if token.text == "He" and i > 0 and i + 1 < self._size and not token.is_sent_start:
            # "Vice Premier He Lifeng": a title before, a name after.
            titled = self._doc[i - 1].lower_ in self._heads | _HONORIFICS
            return titled and self._doc[i + 1].text.istitle() and self.is_name(i + 1)
        return (
            token.text[:1].isupper()
            and (token.text[:1].isalpha())
            and token.lower_ not in _NOT_NAMES
            and i not in self._party_at
            and i not in self._blocked
            and token.lower_ not in self._heads
            and token.lower_ not in self._before
            and token.lower_ not in institution_heads()
            and (token.tag_ in ("NNP", "NNPS", "FW") or token.pos_ in ("PROPN", "X", "NOUN", "ADJ"))
        )

    def name(self, i: int) -> tuple[int, str]:
        """The last token of a name that begins at `i`, and the name."""
        doc = self._doc
        last = i
        count = 1
        limit = 2 if i in self._heading else 4
        while last + 1 < self._size and count < limit:
            following = last + 1
            text = doc[following].text
            joined = not doc[last].whitespace_
            parted = following + 1 < self._size and doc[following + 1].text == "-"
            if not joined and parted and text.istitle() and not doc[following].whitespace_:
                # "In-kyo" of "Cheong In-kyo"
                last = following
                count += 1
            elif (
                text == "-"
                and joined
                and following + 1 < self._size
                and doc[following + 1].is_alpha
            ):
                last = following + 1
            elif (after := self._past_particles(following)) > following and self.is_name(after):
                last = after
                count += 1
            elif (
                not joined
                and self.is_name(following)
                and doc[following].tag_ in ("NNP", "NNPS", "FW")
            ):
                last = following
                count += 1
            else:
                break
        return last, doc[i : last + 1].text

    def _past_particles(self, i: int) -> int:
        """The token after the particles that begin at `i`: "von der"."""
        at = i
        while at - i < 3 and at < self._size and self._doc[at].lower_ in _PARTICLES:
            at += 1
        return at

    def _said(self, first: int, last: int) -> str:
        return self._doc[first : last + 1].text


_AREAS = words("people.areas")


def same_person(short: str, full: str) -> bool:
    """Whether "Kishida" may be "Fumio Kishida": every word of one is a word of the other."""
    few, many = set(short.casefold().split()), set(full.casefold().split())
    return few <= many or many <= few
