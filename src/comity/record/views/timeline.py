"""The timeline of a relation: meetings, events, acts and statements in order."""

from __future__ import annotations

from typing import Any

from comity.record.entry import Entry
from comity.record.reading import Reading, current_claim
from comity.record.views.relation import Relation
from comity.record.views.rows import (
    begun,
    days,
    finest_kind,
    flags,
    kind_label,
    participants,
    party_names,
    sort_key,
    sources_of,
)
from comity.words.errors import InputError, TimeError
from comity.words.text import fold
from comity.words.time import DayRange
from comity.words.vocabulary import terms

KINDS = ("meeting", "event", "act", "statement")
COLUMNS = ("on", "type_label", "title", "place", "parties", "status", "id")
TERMINAL = ("on", "title", "type_label", "place", "status", "id")


def timeline(
    relation: Relation,
    *,
    since: str | None = None,
    until: str | None = None,
    kind: str | None = None,
    issue: str | None = None,
    person: str | None = None,
    with_acts: bool = False,
) -> list[dict[str, Any]]:
    """Rows in the order of their days.

    `since` and `until` are days, months or years; `kind` is a kind of entry or of meeting or event;
    `issue` an issue's id; `person` a name or part of one, in any case, with or without diacritics.
    Acts and statements are left out unless asked for, since events and meetings carry them.
    """
    entries = relation.of_kinds(*KINDS)
    wanted = _kind_filter(kind)
    low = DayRange.parse(since).earliest if since else None
    high = DayRange.parse(until).latest if until else None
    if low is not None and high is not None and low > high:
        raise TimeError(f"{since} is after {until}", mend="--since is the earlier of the two")
    if issue is not None:
        relation.reading.entry(issue)
    rows = []
    for entry in sorted(entries, key=sort_key):
        day = entry.main_day
        if kind is None and entry.kind in ("act", "statement") and not with_acts:
            continue
        if wanted is not None and not wanted & _kinds_of(entry):
            continue
        if low is not None and (day is None or day.latest < low):
            continue
        if high is not None and (day is None or day.earliest > high):
            continue
        if issue is not None and issue not in entry.list("issues"):
            continue
        row = timeline_row(entry, relation.reading)
        if person is None or _names(row, relation.reading, person):
            rows.append(row)
    return rows


def timeline_row(entry: Entry, reading: Reading) -> dict[str, Any]:
    """One meeting, event, act or statement as a row."""
    status = meeting_status(entry, reading) if entry.kind == "meeting" else begun(entry, reading)
    people = participants(entry, reading)
    if entry.value("speaker"):
        speaker = entry.value("speaker")
        people.append(
            {"id": speaker, "name": reading.title(speaker), "party": None, "role": "speaker"}
        )
    parties = entry.list("parties") or entry.list("issuers")
    return {
        "id": entry.id,
        "kind": entry.kind,
        "type": finest_kind(entry),
        "type_label": kind_label(entry),
        **days(entry, reading.view.ordinal),
        "title": entry.text("title") or entry.text("says"),
        "place": entry.value("place"),
        "occasion": entry.value("occasion"),
        "parties": party_names(parties, reading),
        "participants": people,
        "status": status,
        "summary": entry.text("summary") or None,
        "remarks": [
            claim.value if isinstance(claim.value, str) else claim.value.get("en")
            for claim in entry.claims("remark")
        ],
        "issues": [i for i in entry.list("issues") if reading.visible(i)],
        "about": [i for i in entry.list("about") if reading.visible(i)],
        "sources": sources_of(entry),
        "confidence": entry.value("confidence"),
        "flags": flags(entry),
    }


def meeting_status(entry: Entry, reading: Reading) -> str:
    """Planned, held, postponed or cancelled as of the view's day.

    A meeting of a past day of which only a plan is on record stays ``planned``: that it was held is
    not known.
    """
    claim = current_claim(entry, "status", reading.view.ordinal)
    if claim is not None:
        return str(claim.value)
    return {"past": "held", "within": "held", "planned": "planned"}[begun(entry, reading)]


def _kinds_of(entry: Entry) -> set[str]:
    names = ("meeting_kind", "event_kind", "act_kind")
    return {entry.kind, *(str(entry.value(name)) for name in names if entry.value(name))}


def _kind_filter(kind: str | None) -> set[str] | None:
    if kind is None:
        return None
    lists = terms()
    known = {*KINDS, *lists["meeting_kind"], *lists["event_kind"], *lists["act_kind"]}
    wanted = {part.strip().replace("-", "_") for part in kind.split(",")}
    unknown = wanted - known
    if unknown:
        raise InputError(
            f"there is no kind {', '.join(sorted(unknown))}",
            mend="one of: " + ", ".join(sorted(known)),
        )
    return wanted


def _names(row: dict[str, Any], reading: Reading, person: str) -> bool:
    """Does a row name the person: by id, or by all words of some name on record?"""
    words = set(fold(person.replace("-", " ")).split())
    for part in row["participants"]:
        texts = [part["name"] or ""]
        entry = reading.get(part["id"]) if part["id"] else None
        if entry is not None:
            name = entry.value("name")
            texts += list(name.values()) if isinstance(name, dict) else []
            texts += [str(other) for other in entry.list("names")]
        if any(words <= set(fold(text).split()) for text in texts):
            return True
    return False
