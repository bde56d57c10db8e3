"""What stands beside a name: a title after a comma, a second office, a colleague.

Works on the persons found on the tokens, before it is said who each of them is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from comity.reader.known import Known
from comity.reader.lexicon import words
from comity.reader.parties import institution_heads
from comity.reader.people import Finder, Found

if TYPE_CHECKING:
    from spacy.tokens import Doc

_PARTICLES = words("people.particles")
_TOP = frozenset(("president", "premier", "chancellor", "taoiseach", "king"))
_PLACES = frozenset(("in", "at", "to", "from", "near", "with", "against", "on", "by", "and"))
"""Words before a party in an apposition that tell a place or another, not whom somebody serves."""
_BREAKS = frozenset((",", ";", ".", "–", "—", ":", '"'))
_FINITE = frozenset(("VBD", "VBZ", "VBP", "MD"))
_LONGEST = 14
_LEADING = frozenset(("head", "lead", "chair", "run", "represent", "direct"))


class Appositions:
    """Joins the parts of a text that name one person."""

    def __init__(self, doc: Doc, finder: Finder, known: Known) -> None:
        self._doc = doc
        self._finder = finder
        self._known = known

    def join(self, found: Sequence[Found]) -> list[Found]:
        """The persons found, each with the title and the name that stand beside it."""
        return self._colleagues(self._beside(self._named_before(self._offices(found))))

    def serving(self, last: int, party_at: Mapping[int, tuple[str, ...]],
                home: tuple[str, ...] = ()) -> tuple[str, ...]:  # fmt: skip
        """The party in what is said between commas after a name that ends at `last`: "who heads the
        Tanzania Plant Health Authority", "chairman of the Japanese growers"."""
        doc = self._doc
        if last + 3 >= len(doc):
            return ()
        if doc[last + 1].lower_ in ("of", "from") and doc[last + 2].lower_ == "the":
            # "Nick Mangwana of the information ministry"
            near = range(last + 3, min(last + 6, len(doc)))
            return home if any(doc[i].lower_ in institution_heads() for i in near) else ()
        if doc[last + 1].text not in (",", "("):
            return ()
        found: dict[tuple[str, ...], None] = {}
        begin = last + 2
        leads = False
        if doc[begin].tag_ in ("VBG", "VBD", "IN") or doc[begin].lower_ in ("who", "which"):
            leads = doc[begin].lower_ == "who" and doc[begin].nbor().lemma_.lower() in _LEADING
            if not leads:
                return ()
        for i in range(begin, min(begin + _LONGEST, len(doc))):
            if doc[i].text in _BREAKS or doc[i].text == ")":
                break
            if doc[i].tag_ in _FINITE and not leads:
                # "The minister, A. Ruiz, yesterday hosted her colleague from ..."
                return ()
            runs_on = party_at.get(i - 1) == party_at.get(i)
            if i in party_at and not runs_on and doc[i - 1].lower_ not in _PLACES:
                before = doc[i - 2].lower_ if doc[i - 1].lower_ == "the" else ""
                if before not in _PLACES:
                    found[party_at[i]] = None
        else:
            return ()
        return next(iter(found)) if len(found) == 1 else ()

    def _offices(self, found: Sequence[Found]) -> list[Found]:
        """Join "Deputy Prime Minister and Minister of Foreign Affairs of Y": two offices of one."""
        doc = self._doc
        out: list[Found] = []
        for one in found:
            before = out[-1] if out else None
            if (
                before is not None
                and before.name is None
                and before.last + 2 == one.first
                and doc[before.last + 1].lower_ in ("and", "&")
                and doc[before.head].text[:1].isupper()
                and _is_office(before)
                and _is_office(one)
                and (not before.parties or before.parties == (one.parties or before.parties))
            ):
                role = one.role if before.role is None else before.role
                parties = one.parties or before.parties
                one = replace(one, first=before.first, role=role, parties=parties)
                out[-1] = one
                continue
            out.append(one)
        return out

    def _named_before(self, found: Sequence[Found]) -> list[Found]:
        """Give "the prime minister of Y" after a name and a comma that name."""
        doc = self._doc
        out: list[Found] = []
        for one in found:
            if one.name is None:
                at = one.first - 1
                while at >= 0 and doc[at].lower_ in ("the", "a", "an", "then", "former"):
                    at -= 1
                before = out[-1] if out else None
                if at > 0 and doc[at].text == "," and before is not None and before.last == at - 1:
                    # "Mr Suzuki, Japan's ambassador"
                    if before.name is not None and before.role is None and _is_office(one):
                        parties = before.parties or one.parties
                        out[-1] = replace(before, role=one.role, parties=parties)
                        one = replace(one, name=before.name, parties=parties)
                elif at > 0 and doc[at].text == ",":
                    start = self._name_start(at - 1)
                    free = not out or out[-1].last < start
                    if (
                        start < at
                        and free
                        and (at - start >= 2 or self._known.by_part(doc[start].text))
                    ):
                        name = doc[start:at].text
                        out.append(Found(start, at - 1, name, one.role, one.parties, at - 1))
                        one = replace(one, name=name)
            out.append(one)
        return out

    def _beside(self, found: Sequence[Found]) -> list[Found]:
        """Join "his Chinese counterpart, Commerce Minister Wang Wentao": one person."""
        doc = self._doc
        out = list(found)
        for n, (one, following) in enumerate(pairwise(found)):
            gap = doc[one.last + 1 : following.first].text.strip()
            if one.name is not None or following.name is None or gap not in (",", ", the", ""):
                continue
            if one.parties and following.parties and one.parties != following.parties:
                continue
            parties = following.parties or one.parties
            role = following.role
            if one.role and "counterpart" not in one.role and len(one.role) > len(role or ""):
                role = one.role
            out[n] = replace(one, name=following.name, parties=parties)
            out[n + 1] = replace(following, role=role, parties=parties)
        return out

    def _colleagues(self, found: Sequence[Found]) -> list[Found]:
        """Give "Swiss Economy Minister X and State Secretary Y" one party: who is named with a
        title, but without a country, right after somebody of one, serves the same."""
        out = list(found)
        for n in range(1, len(out)):
            one, before = out[n], out[n - 1]
            if one.parties or one.name is None or not one.role or not before.parties:
                continue
            gap = self._doc[before.last + 1 : one.first].text.strip()
            said = one.role.lower().split()
            top = (_TOP & set(said) or said[:1] == ["prime"]) and len(said) < 3
            if gap not in ("and", ", and", ",") or top or self._known.full(one.name):
                continue
            out[n] = replace(one, parties=before.parties)
        return out

    def _name_start(self, end: int) -> int:
        """The first token of the name that ends at `end`, `end + 1` where there is none."""
        doc = self._doc
        at = end
        while at >= 0 and (
            (self._finder.is_name(at) and doc[at].tag_ in ("NNP", "NNPS"))
            or (at < end and doc[at].lower_ in _PARTICLES and self._finder.is_name(at - 1))
        ):
            at -= 1
            if at > 0 and doc[at].text == "-" and doc[at - 1].is_alpha:
                at -= 1
        return max(at + 1, end - 5)


def _is_office(one: Found) -> bool:
    """Whether a title is that of an office, which "counterpart" and "officials" are not."""
    last = (one.role or "").lower().split()
    return bool(last) and not {"counterpart", "official", "diplomat", "leader"} & set(last)
