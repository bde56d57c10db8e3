"""What the record knows that helps in reading: people with their terms, issues, measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from comity.reader.measure_kinds import reader_kind
from comity.reader.reading import KnownIssue, KnownMeasure, KnownPerson
from comity.record.entry import Entry, label_text
from comity.record.store.log import Log
from comity.record.view import View
from comity.words.time import FIRST, LAST, DayRange
from comity.words.vocabulary import term_label


@dataclass(frozen=True)
class RecordRegister:
    """A `Register` made from a store; each part is read when it is first asked for."""

    log: Log

    @cached_property
    def people(self) -> Sequence[KnownPerson]:
        """One line per office that a person held; one without days where no office is known."""
        found: list[KnownPerson] = []
        for entry in self.log.entries(View(), kinds=["person"]):
            names = _names(entry.text("name"), entry.list("names"))
            offices = entry.list("offices")
            found += [
                KnownPerson(
                    entry.id,
                    names,
                    str(office["party"]),
                    label_text(office["title"]),
                    _begins(office.get("from")),
                    _ends(office.get("until")),
                )
                for office in offices
            ]
            if not offices:
                found.append(
                    KnownPerson(entry.id, names, str(entry.value("party", "")), "", None, None)
                )
        return tuple(found)

    @cached_property
    def issues(self) -> Sequence[KnownIssue]:
        """Issues under their titles, other names and the terms that sides use for them."""
        terms: dict[str, list[str]] = {}
        for position in self.log.entries(View(), kinds=["position"]):
            said = position.text("term")
            if said:
                terms.setdefault(str(position.value("issue")), []).append(said)
        found = []
        for entry in self.log.entries(View(), kinds=["issue"]):
            key = str(entry.value("key", ""))
            label = term_label("issue_key", key) if key else ""
            words = [*entry.list("names"), label, *terms.get(entry.id, ())]
            names = _names(entry.title, words)
            found.append(KnownIssue(entry.id, names, tuple(entry.list("parties")), key))
        return tuple(found)

    @cached_property
    def measures(self) -> Sequence[KnownMeasure]:
        """Measures with imposers, targets (``all`` where every economy is hit) and goods."""
        groups = {
            entry.id: tuple(map(str, entry.list("economies")))
            for entry in self.log.entries(View(), kinds=["group"])
        }
        return tuple(
            KnownMeasure(
                entry.id,
                _names(entry.title, entry.list("names")),
                _expanded(entry.list("imposers"), groups),
                _targets(entry.value("targets"), groups),
                _names(str(entry.value("goods_words", "")), map(str, entry.list("goods"))),
                reader_kind(str(entry.value("measure_kind"))),
                _begins(entry.value("from")),
                _ends(entry.value("until")),
            )
            for entry in self.log.entries(View(), kinds=["measure"])
        )


def person_named(log: Log, name: str) -> Entry | None:
    """The one person on record of that name, in any case and with or without diacritics."""
    from comity.words.text import fold

    wanted = fold(name)
    found = [
        entry
        for entry in log.entries(View(), kinds=["person"])
        if wanted in {fold(one) for one in _names(entry.text("name"), entry.list("names"))}
    ]
    return found[0] if len(found) == 1 else None


def _names(first: str, others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (first, *others) if name))


def _expanded(codes: Iterable[str], groups: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Codes with every ``@group`` replaced by its members."""
    out: dict[str, None] = {}
    for code in codes:
        for one in groups.get(code[1:], ()) if code.startswith("@") else (code,):
            out[one] = None
    return tuple(out)


def _targets(scope: Any, groups: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    if not isinstance(scope, dict):
        return ()
    if scope.get("all") or "all_except" in scope:
        return ("all",)
    return _expanded(scope.get("only", ()), groups)


def _begins(text: str | None) -> dt.date | None:
    """The earliest day of a range, `None` where it has none."""
    if text is None:
        return None
    ordinal = DayRange.parse(text).earliest
    return None if ordinal <= FIRST else dt.date.fromordinal(ordinal)


def _ends(text: str | None) -> dt.date | None:
    """The latest day of a range, `None` where it has none."""
    if text is None:
        return None
    ordinal = DayRange.parse(text).latest
    return None if ordinal >= LAST else dt.date.fromordinal(ordinal)
