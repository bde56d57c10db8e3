"""The people of a record, and those widely known, by their names on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from comity.reader.phrases import table
from comity.reader.reading import KnownPerson, Register


@dataclass(frozen=True, slots=True)
class Served:
    """What the register says of a name on a day."""

    name: str
    role: str
    party: str


@lru_cache(maxsize=1)
def widely_known() -> tuple[KnownPerson, ...]:
    """Heads of state and of government and ministers of `data/people.csv`, with their terms."""
    return tuple(
        KnownPerson(
            key_of(row["names"].split(";")[0]),
            tuple(row["names"].split(";")),
            row["party"],
            row["role"],
            dt.date.fromisoformat(row["from"]) if row["from"] else None,
            dt.date.fromisoformat(row["until"]) if row["until"] else None,
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


def key_of(name: str) -> str:
    return name.casefold().replace("-", "").replace(" ", "")
