"""The people of a record, and those widely known, by their names on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from comity.reader.marked import PERSON, Marked
from comity.reader.phrases import table
from comity.reader.proposal import Proposal
from comity.reader.reading import KnownPerson, Register


@dataclass(frozen=True, slots=True)
class Served:
    """What the register says of a name on a day. `general`: an office of general knowledge, held on
    days that are not known; it helps in telling who is who, and is never told (see `told_roles`).
    """

    name: str
    role: str
    party: str
    general: bool = False


@lru_cache(maxsize=1)
def widely_known() -> tuple[KnownPerson, ...]:
    """Heads of state and of government and ministers of `data/people.csv`.

    Terms are those of the shipped pack. A row without one is general knowledge.
    """
    return tuple(
        KnownPerson(
            key_of(row["names"].split(";")[0]),
            tuple(row["names"].split(";")),
            row["party"],
            row["role"],
            dt.date.fromisoformat(row["from"]) if row["from"] else None,
            dt.date.fromisoformat(row["until"]) if row["until"] else None,
            general=row["basis"] == "general_knowledge",
        )
        for row in table("people.csv")
    )


class Known:
    """The people of a register by full name and by single words of their names, on one day; those
    widely known where the register has nobody of that name."""

    def __init__(self, register: Register, day: dt.date | None) -> None:
        self._full: dict[str, list[KnownPerson]] = {}
        self._single: dict[str, dict[str, list[KnownPerson]]] = {}
        self._day = day
        own = tuple(register.people)
        named = {key_of(name) for person in own for name in person.names}
        others = [p for p in widely_known() if not named & {key_of(name) for name in p.names}]
        for person in (*own, *others):
            for name in person.names:
                self._full.setdefault(key_of(name), []).append(person)
                for word in name.split():
                    if len(word) > 1:
                        self._single.setdefault(key_of(word), {}).setdefault(person.id, []).append(
                            person
                        )

    def full(self, name: str) -> Served | None:
        terms = self._full.get(key_of(name))
        if terms is None and " " in name:
            # "Antony J. Blinken"
            plain = " ".join(word for word in name.split() if len(word.strip(".")) > 1)
            terms = self._full.get(key_of(plain)) if plain != name else None
        return self._pick(terms or ())

    def by_part(self, word: str, parties: Sequence[str] = ()) -> Served | None:
        """Who goes by one word of a name, when only one person on record does on that day."""
        found = self._single.get(key_of(word), {})
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
        day = self._day
        held = [
            term
            for term in terms
            if day is None
            or ((term.begins is None or term.begins <= day)
                and (term.ends is None or day <= term.ends))
        ]  # fmt: skip
        if held:
            # Of several offices on one day, the one taken up last is the one people go by.
            term = max(held, key=lambda one: one.begins or dt.date.min)
            return Served(term.names[0], term.role, term.party, term.general)
        if strict:
            return None
        parties = {term.party for term in terms}
        return Served(terms[0].names[0], "", terms[0].party) if len(parties) == 1 else None


def told_roles(
    proposals: Iterable[Proposal], marked: Marked, register: Register
) -> Iterator[Proposal]:
    """Proposals with the offices that the text tells of people, else those of a term on record.

    An office of general knowledge may have ended, or not begun, on the day, and is not told.
    """
    given = marked.given
    known = Known(register, given.published)
    said = " ".join(given.text.casefold().split())
    offices: dict[str, str] = {}
    for one in marked.mentions:
        if one.kind == PERSON and one.name and one.role and one.role.casefold() in said:
            offices[one.name] = max(offices.get(one.name, ""), one.role, key=len)
    for proposal in proposals:
        people = proposal.slots.get("principals") or ()
        kept = [_told(person, known, said, offices) for person in people]
        if kept != list(people):
            proposal = replace(proposal, slots={**proposal.slots, "principals": kept})
        yield proposal


def _told(
    person: dict[str, Any], known: Known, said: str, offices: Mapping[str, str]
) -> dict[str, Any]:
    role, name = person.get("role"), person.get("name")
    if not role or not name or role.casefold() in said:
        return person
    if name in offices:
        return {**person, "role": offices[name]}
    served = known.full(name)
    general = served is not None and served.general and served.role == role
    return {**person, "role": None} if general else person


def key_of(name: str) -> str:
    return name.casefold().replace("-", "").replace(" ", "")
