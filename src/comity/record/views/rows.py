"""Pieces that the rows of all views share: parties, people, days, sources, flags."""

from __future__ import annotations

from typing import Any

from comity.record.entry import Claim, Entry, label_text
from comity.record.reading import Reading
from comity.words.economies import economy
from comity.words.time import FIRST, DayRange, Truth
from comity.words.vocabulary import Field, kinds, subrecord, term_label

_IN_WORDS = {
    "announced": "announcement",
    "from": "first day",
    "until": "last day",
    "on": "day",
    "goods_except": "goods left out",
    "public_from": "first public day",
    "verified_until": "checked until",
}
"""Names of fields where their own would not read as words."""


def party_name(party: str, reading: Reading) -> str:
    """The display name of an economy, or the name of a body on record."""
    return economy(party).name if party.isupper() and len(party) == 3 else reading.title(party)


def party_names(parties: list[str], reading: Reading) -> list[str]:
    return [party_name(party, reading) for party in parties]


def participants(entry: Entry, reading: Reading) -> list[dict[str, Any]]:
    """Who took part: name, party and role, with the id of the person or body on record."""
    rows = []
    for part in entry.list("participants"):
        ref = part.get("person") or part.get("body")
        rows.append(
            {
                "id": ref,
                "name": part.get("name") or (reading.title(ref) if ref else None),
                "party": part["party"],
                "role": part.get("role"),
            }
        )
    return rows


def flags(entry: Entry) -> list[str]:
    """What of an entry is not simply reported by a source: basis, hedge, low confidence."""
    out = []
    if entry.value("confidence") == "low":
        out.append("low confidence: single weak source or preview")
    if entry.value("hedge"):
        out.append(f"hedged by its source ({entry.value('hedge')})")
    for claim in entry.all_claims():
        note = claim_flag(entry.kind, claim)
        if note:
            out.append(note)
    for office in entry.list("offices"):
        if office.get("basis"):
            label = term_label("basis", office["basis"])
            out.append(f"office {label_text(office['title'])}: {label}")
    return list(dict.fromkeys(out))


def claim_flag(kind: str, claim: Claim) -> str | None:
    """The flag of one claim, or None where it is reported plainly."""
    basis = claim.get("basis")
    if basis in (None, "reported") or claim.field in ("values", "limits"):
        return None
    note = f" ({claim.get('note')})" if claim.get("note") else ""
    name = _IN_WORDS.get(claim.field, claim.field.replace("_", " "))
    return f"{name}: {term_label('basis', basis)}{note}"


def instrument(act: Entry) -> str:
    """How an act is cited: by its number, flagged where that was not seen in a source."""
    number = act.claim("number")
    if number is None:
        return act.title
    flag = claim_flag("act", Claim("number", {k: v for k, v in number.data.items() if k != "note"}))
    return f"{number.value} ({flag.partition(': ')[2]})" if flag else str(number.value)


def sources_of(entry: Entry) -> list[str]:
    """Ids of all sources of an entry, those of the entry first, then those of single claims."""
    out = list(entry.list("sources"))
    for claim in entry.all_claims():
        out += claim.get("sources", [])
        for part in claim.value if isinstance(claim.value, list) else ():
            if isinstance(part, dict):
                out += part.get("sources", [])
    return list(dict.fromkeys(out))


def days(entry: Entry, ordinal: int) -> dict[str, Any]:
    """The entry's own days, as text, with the precision of the first."""
    start = entry.main_day
    until = entry.day("until")
    return {
        "on": start_text(start, ordinal) if start else None,
        "precision": start.precision if start else None,
        "until": str(until) if until else None,
    }


def start_text(day: DayRange, ordinal: int) -> str:
    """A first day as text, seen from a day: where only a later day is known by which it had begun,
    naming that day would tell what came later, so the start reads ``unknown``."""
    return "unknown" if day.earliest == FIRST and day.latest > ordinal else str(day)


def begun(entry: Entry, reading: Reading) -> str:
    """``past``, ``within`` (its range of days contains the view's day) or ``planned``."""
    day = entry.main_day
    if day is None:
        return "past"
    return {Truth.YES: "past", Truth.MAYBE: "within", Truth.NO: "planned"}[
        day.by(reading.view.ordinal)
    ]


def sort_key(entry: Entry) -> tuple[int, int, str]:
    day = entry.main_day or DayRange.parse("unknown")
    return day.earliest, day.latest, entry.id


_KINDS = ("meeting_kind", "event_kind", "act_kind", "measure_kind", "case_kind")


def finest_kind(entry: Entry) -> str:
    """What an entry is, by its own kind of meeting, event, act … where it has one."""
    return next((str(entry.value(name)) for name in _KINDS if entry.value(name)), entry.kind)


def kind_label(entry: Entry) -> str:
    """The label of `finest_kind`."""
    for name in _KINDS:
        if entry.value(name):
            return term_label(name, entry.value(name))
    return kinds()[entry.kind].label


def field_of(kind: str, name: str) -> Field:
    """The vocabulary row of a field of a kind, or of a claim's key."""
    found = kinds()[kind].fields.get(name)
    return found if found is not None else subrecord("claim")[name]
