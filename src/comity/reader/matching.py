"""Which entries on record a proposal may be the same as, and with which kinds it may be merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comity.reader.proposal import (
    HEDGE,
    INDICATOR,
    INTEREST,
    ISSUE,
    MEASURE,
    MEETING,
    PERSON,
    TYPES,
)
from comity.reader.register import RecordRegister
from comity.reader.setting import Setting, codes
from comity.record.store.log import Log
from comity.record.view import View
from comity.words.errors import ComityError
from comity.words.text import tokens
from comity.words.time import DayRange
from comity.words.vocabulary import kinds

MERGES: Mapping[str, tuple[str, ...]] = {
    MEETING: ("meeting", "event"),
    MEASURE: ("measure", "case"),
    INTEREST: ("issue",),
    HEDGE: tuple(kinds()),
    **{name: (name,) for name in TYPES if name in kinds() and name not in (MEETING, MEASURE)},
}
"""Kinds of entry that a proposal of a type may be merged with."""


def matching(setting: Setting) -> list[str]:
    """Entries on record that a proposal may be the same as, the likeliest first."""
    one = setting.item.proposal
    slots = one.slots
    if one.type == ISSUE:
        parties = codes(slots.get("parties")) or setting.parties
        found = setting.issue_of_key(str(slots.get("key") or ""), parties)
        if found or parties:
            return [found] if found else []
    if one.type == PERSON:
        named = setting.person(slots.get("name") or slots.get("person"))
        return [named] if named else []
    ids = list(one.matches)
    day = slots.get("on") or slots.get("date")
    if one.type == MEETING and day:
        ids += _same_meetings(setting.log, codes(slots.get("parties")), str(day))
    if one.type == MEASURE:
        ids += _same_measures(setting, slots)
    if one.type == INDICATOR:
        wanted = tokens(str(slots.get("quantity") or slots.get("about") or ""))
        ids += [
            entry.id
            for entry in setting.log.entries(View(), kinds=["indicator"])
            if wanted
            and tokens(str(entry.value("quantity"))) == wanted
            and entry.value("unit") == slots.get("unit")
        ]
    on_record = {entry.id: entry.kind for entry in setting.log.entries(View(), ids=ids)}
    allowed = MERGES[one.type]
    return [name for name in dict.fromkeys(ids) if on_record.get(name) in allowed]


def _same_meetings(log: Log, parties: Sequence[str], day: str) -> list[str]:
    """Meetings on record of the same parties on a day that may be the same one."""
    try:
        wanted = DayRange.parse(day)
    except ComityError:
        return []  # the validation names it
    found = []
    for entry in log.entries(View(), kinds=["meeting"], naming=list(parties) or [""]):
        at = entry.main_day
        if at is None or set(entry.list("parties")) != set(parties):
            continue
        if at.exact and at.earliest <= wanted.latest and wanted.earliest <= at.latest:
            found.append(entry.id)
    return found


def _same_measures(setting: Setting, slots: Mapping[str, Any]) -> list[str]:
    """Measures of the same imposer, target and kind that name the product and were or may have been
    in force when the document came out."""
    imposers, targets = set(codes(slots.get("imposer"))), set(codes(slots.get("target")))
    product = set(tokens(str(slots.get("product") or "")))
    day = setting.document.day("published")
    found = []
    for one in RecordRegister(setting.log).measures:
        if one.kind != slots.get("kind") or not imposers & set(one.imposers):
            continue
        if targets and "all" not in one.targets and not targets & set(one.targets):
            continue
        if day and (
            (one.begins and one.begins.toordinal() > day.latest)
            or (one.ends and one.ends.toordinal() < day.earliest)
        ):
            continue
        if product & {word for name in (*one.names, *one.goods) for word in tokens(name)}:
            found.append(one.id)
    return found
