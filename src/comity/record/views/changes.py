"""What changed between two days in the world; corrections of the record apart from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from comity.record.entry import Entry, label_text
from comity.record.force import force_of
from comity.record.reading import Reading
from comity.record.views.relation import Relation
from comity.record.views.rows import kind_label, party_names, sources_of
from comity.words.errors import InputError
from comity.words.time import FIRST, DayRange, format_instant
from comity.words.vocabulary import term_label

COLUMNS = ("on", "change", "title", "id")


def changes(relation: Relation, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Changes after `first` and up to `last`, in order; a range of days counts by its first.

    The relation must be read as of `last`.
    """
    if first >= last:
        raise InputError(
            f"{first} is not before {last}", mend="--from is the earlier day, --to the later"
        )
    rows = [
        row
        for row in _all(relation)
        if first.toordinal() < DayRange.parse(row["on"]).earliest <= last.toordinal()
    ]
    return sorted(rows, key=lambda row: (DayRange.parse(row["on"]).earliest, row["id"]))


def _all(relation: Relation) -> Iterator[dict[str, Any]]:
    reading = relation.reading
    for entry in relation.of_kinds("meeting", "event"):
        yield _row(entry.value("on"), kind_label(entry), entry, entry.title)
    for entry in relation.measures:
        yield from _measure(entry, reading)
    for entry in relation.commitments:
        yield _row(entry.value("on"), "commitment made", entry, entry.text("owes"))
        for claim in entry.claims("status"):
            if claim.value != "open" and claim.get("from"):
                label = f"commitment {term_label('commitment_status', claim.value)}"
                yield _row(claim.get("from"), label, entry, entry.text("owes"))
    for entry in relation.issues:
        before = None
        for claim in entry.claims("status"):
            same, before = claim.value == before, claim.value
            if claim.get("from") and not same:
                label = f"issue: {term_label('issue_status', claim.value)}"
                yield _row(claim.get("from"), label, entry, entry.title)
    for entry in relation.of_kinds("case"):
        before = None
        for claim in entry.claims("status"):
            same, before = claim.value == before, claim.value
            if claim.get("from") and not same:
                label = f"case: {term_label('case_status', claim.value)}"
                yield _row(claim.get("from"), label, entry, entry.title)
    for entry in relation.of_kinds("position"):
        names = " and ".join(party_names(entry.list("parties"), reading))
        yield _row(entry.value("on"), f"position of {names}", entry, entry.text("holds"))


def _measure(entry: Entry, reading: Reading) -> Iterator[dict[str, Any]]:
    force = force_of(entry, reading.get)
    announced = entry.day("announced")
    if announced is not None and announced != force.span.start:
        yield _row(str(announced), "measure announced", entry, entry.title)
    if force.span.start.earliest > FIRST:
        yield _row(str(force.span.start), "measure begins", entry, entry.title)
    if force.span.after is not None and not force.span.after.unknown:
        yield _row(str(force.span.after), "measure no longer in force", entry, entry.title)
    for span in force.suspensions:
        yield _row(str(span.start), "measure suspended", entry, entry.title)
        if span.after is not None and span.after.exact:
            yield _row(str(span.after), "suspension over", entry, entry.title)


def _row(on: str, change: str, entry: Entry, title: str) -> dict[str, Any]:
    return {
        "on": on,
        "change": change,
        "title": title,
        "id": entry.id,
        "kind": entry.kind,
        "sources": sources_of(entry),
    }


def corrections(
    reading: Reading,
    *,
    entries: Iterable[str] | None = None,
    after: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> list[dict[str, Any]]:
    """Revisions and retractions of the record, in the order received: who, when, why, what.

    Only those of some entries, or recorded within some time, where asked for.
    """
    wanted = None if entries is None else set(entries)
    low = after or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    high = until or reading.view.known_on or dt.datetime.max.replace(tzinfo=dt.UTC)
    limit = reading.view.received
    rows = []
    for made in reading.log.corrections(low, high):
        if (wanted is not None and made.entry not in wanted) or (
            limit is not None and made.received > limit
        ):
            continue
        before, now = _pair(reading, made.entry, made.received)
        rows.append(
            {
                "recorded": format_instant(made.recorded),
                "id": made.entry,
                "op": made.op,
                "author": made.author,
                "why": made.why,
                "title": now.title,
                "fields": [] if made.op == "retract" else changed_fields(before, now),
            }
        )
    return rows


def _pair(reading: Reading, entry_id: str, received: int) -> tuple[Entry | None, Entry]:
    """An entry before and at a revision."""
    chain = [e for r, e in reading.log.revisions(entry_id, reading.view) if r.received <= received]
    return (chain[-2] if len(chain) > 1 else None), chain[-1]


def changed_fields(before: Entry | None, now: Entry) -> list[dict[str, Any]]:
    """Field by field: what it said before and what it says now, as short text."""
    old = before.body if before else {}
    names = [n for n in dict.fromkeys([*old, *now.body]) if old.get(n) != now.body.get(n)]
    return [
        {"field": n, "before": claims_text(old.get(n)), "after": claims_text(now.body.get(n))}
        for n in names
    ]


def claims_text(claims: list[dict[str, Any]] | None) -> str | None:
    """The values of some claims in one line, None where there are none."""
    if not claims:
        return None
    parts = []
    for data in claims:
        text = value_text(data["value"])
        span = [f"{k} {data[k]}" for k in ("from", "until", "announced") if k in data]
        parts.append(text + (f" ({', '.join(span)})" if span else ""))
    return "; ".join(parts)


def value_text(value: Any) -> str:
    """A canonical value as short text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value_text(item) for item in value)
    if isinstance(value, dict):
        if "all" in value:
            return "all"
        if "en" in value:
            return label_text(value)
        if set(value) == {"only"}:
            return value_text(value["only"])
        return " · ".join(f"{key} {value_text(inner)}" for key, inner in value.items())
    return str(value)
