"""What belongs to the relation of two economies."""

from __future__ import annotations

from functools import cached_property

from comity.record.entry import Entry
from comity.record.reading import Reading
from comity.record.scopes import scope_of
from comity.words.economies import economy
from comity.words.errors import InputError
from comity.words.time import Truth

_TOGETHER = (
    "meeting",
    "event",
    "act",
    "statement",
    "position",
    "commitment",
    "indicator",
    "case",
)
"""Kinds of which a relation has few enough that all of them are read at once."""


class Relation:
    """The entries that bear on the relation between two economies, as a reading shows them.

    An issue belongs to it if both are parties; a dated entry if both are parties or it belongs to
    such an issue; a measure if one imposes it and it may be aimed at the other.
    """

    def __init__(self, reading: Reading, first: str, second: str) -> None:
        if first == second:
            raise InputError(
                f"a relation needs two economies, {first} is given twice", mend="name another"
            )
        self.reading = reading
        self.first = first
        self.second = second
        self.pair = (first, second)

    @property
    def title(self) -> str:
        return f"{economy(self.first).name} – {economy(self.second).name}"

    @cached_property
    def issues(self) -> list[Entry]:
        found = self.reading.entries("issue", naming=self.pair)
        return [e for e in found if set(self.pair) <= set(e.list("parties"))]

    @cached_property
    def _issue_ids(self) -> set[str]:
        return {e.id for e in self.issues}

    def _belongs(self, entry: Entry) -> bool:
        parties = set(entry.list("parties"))
        if set(self.pair) <= parties:
            return True
        issues = set(entry.list("issues")) | set(entry.list("issue"))
        return bool(issues & self._issue_ids)

    def of_kinds(self, *kinds: str) -> list[Entry]:
        """Entries of some kinds that belong to the relation."""
        return [e for e in self._named(kinds) if self._belongs(e)]

    def _named(self, kinds: tuple[str, ...]) -> list[Entry]:
        """Entries that name a side or an issue of theirs: the usual kinds are read together."""
        naming = (*self.pair, *sorted(self._issue_ids))
        if not set(kinds) <= set(_TOGETHER):
            return self.reading.entries(*kinds, naming=naming)
        return [e for e in self.reading.entries(*_TOGETHER, naming=naming) if e.kind in kinds]

    @cached_property
    def meetings(self) -> list[Entry]:
        return [e for e in self.of_kinds("meeting") if set(self.pair) <= set(e.list("parties"))]

    @cached_property
    def measures(self) -> list[Entry]:
        """Measures that one of the two imposes and that are, or may be, aimed at the other."""
        found = self.reading.entries("measure", naming=self.pair)
        return [e for e in found if self.direction(e) is not None]

    def direction(self, measure: Entry) -> tuple[str, str] | None:
        """(imposer, target) of a measure within the relation; None where it does not bear on it."""
        scope = scope_of(measure.value("targets"), "economies", self.reading.get)
        for imposer, target in (self.pair, self.pair[::-1]):
            if imposer in measure.list("imposers") and scope.covers(target) is not Truth.NO:
                return imposer, target
        return None

    @cached_property
    def commitments(self) -> list[Entry]:
        return [e for e in self._named(("commitment",)) if self._owed_here(e)]

    def _owed_here(self, commitment: Entry) -> bool:
        """Is the commitment one between the two, or does it belong to an issue of theirs?"""
        named = set(commitment.list("debtors")) | set(commitment.list("creditors"))
        return set(self.pair) <= named or self._belongs(commitment)

    @cached_property
    def touched(self) -> dict[str, list[str]]:
        """For each entry that an issue of the relation touches by its own words: those issues."""
        out: dict[str, list[str]] = {}
        for issue in self.issues:
            for target in issue.list("touches"):
                out.setdefault(target, []).append(issue.id)
        return out

    def in_issue(self, entry: Entry, issue: Entry) -> bool:
        named = entry.list("issues") + entry.list("issue")
        return issue.id in named or issue.id in self.touched.get(entry.id, ())
