"""Whom somebody serves whose country is not told beside the name: by what the paragraph tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from comity.reader.lexicon import words
from comity.reader.parties import institution_heads
from comity.reader.people import Found
from comity.reader.titles import TOP, speaks_for

if TYPE_CHECKING:
    from spacy.tokens import Doc

_FIELDS = words("people.areas")
_FAR = 400
_BACK = 60
"""Tokens back over which a spokesman's institution is looked for."""


def by_place(doc: Doc, text: str, party_at: Mapping[int, tuple[str, ...]], one: Found, role: str,
             own: str | None, home: str | None) -> tuple[str, ...]:  # fmt: skip
    """Whom "spokesman Dmitry Peskov" and "Economy Minister Jonas Reuter" serve: the institution
    of their title, the party named last in their paragraph as one that acts, or the text's."""
    said = role.lower().split()
    if TOP & set(said[-1:]) and len(said) < 3 and said[0] not in _FIELDS:
        return ()
    office = next((w for w in said if w in institution_heads()), None)
    if office is not None and own is not None:
        return (own,)
    far = _FAR if office is not None else _BACK
    for i in range(one.first - 1, max(-1, one.first - far), -1):
        ends = "\n" in text[doc[i].idx : doc[i + 1].idx]
        if ends and office is None and not speaks_for(role):
            break
        at = party_at.get(i)
        if at is None or (office is not None and doc[i].lower_ != office):
            continue
        if office is not None or doc[i].dep_ in ("nsubj", "nsubjpass"):
            return at
    if office is not None and (acts := _acting(doc, text, party_at, one.first)):
        return acts
    return () if home is None else (home,)


def _acting(doc: Doc, text: str, party_at: Mapping[int, tuple[str, ...]], first: int
            ) -> tuple[str, ...]:  # fmt: skip
    """The party that acts last before a place in its paragraph: "Warsaw is unmoved. ...,
    government spokesman X said"."""
    for i in range(first - 1, max(-1, first - _BACK), -1):
        if "\n" in text[doc[i].idx : doc[i + 1].idx]:
            break
        if i in party_at and doc[i].dep_ in ("nsubj", "nsubjpass"):
            return party_at[i]
    return ()
