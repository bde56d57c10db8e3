"""Persons and their offices: "Prime Minister Fumio Kishida", each once."""

from __future__ import annotations

from collections.abc import Iterator

from comity.reader.marked import PERSON, Marked, Mention
from comity.reader.proposal import PERSON as PERSON_ENTRY
from comity.reader.proposal import Proposal
from comity.reader.reading import Register


def propose(marked: Marked, register: Register) -> Iterator[Proposal]:
    """One proposal for each person with a role, on the mention that says most of it."""
    best: dict[str, tuple[tuple[bool, int], Mention]] = {}
    for one in marked.mentions:
        if one.kind != PERSON or one.name is None or not one.role or "counterpart" in one.role:
            continue
        said = marked.original[one.start : one.end]
        if one.role.lower() not in said.lower():
            continue
        rank = (one.name in said, len(one.role))
        if one.name not in best or rank > best[one.name][0]:
            best[one.name] = (rank, one)
    ids = {name: person.id for person in register.people for name in person.names}
    for name, (_, one) in sorted(best.items(), key=lambda item: item[1][1].start):
        slots: dict[str, object] = {"person": name, "role": one.role}
        if one.parties:
            slots["party"] = one.parties[0]
        evidence = (marked.evidence(one.start, one.end),)
        matches = (ids[name],) if name in ids else ()
        yield Proposal(PERSON_ENTRY, slots, evidence, rule="person.title", matches=matches)
