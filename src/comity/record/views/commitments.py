"""Who owes what by when, and what became of it."""

from __future__ import annotations

from typing import Any

from comity.record.entry import Claim, Entry, label_text
from comity.record.reading import Reading, current_claim
from comity.record.views.relation import Relation
from comity.record.views.rows import flags, party_names, sort_key, sources_of, start_text
from comity.words.errors import located
from comity.words.time import DayRange, Truth
from comity.words.vocabulary import check_term, term_label

COLUMNS = ("status", "debtors", "creditors", "owes", "due", "on", "made_by_title",
           "evidence_titles", "id")  # fmt: skip
TERMINAL = ("on", "owes", "debtors", "due", "status", "evidence_titles", "id")


def commitments(relation: Relation, *, status: str | None = None) -> list[dict[str, Any]]:
    """Rows in the order in which the commitments were made; `status` keeps one of them."""
    if status is not None:
        with located("status"):
            status = check_term("commitment_status", status)
    rows = [commitment_row(e, relation.reading) for e in sorted(relation.commitments, key=sort_key)]
    return [row for row in rows if status is None or row["status"] == status]


def commitment_row(entry: Entry, reading: Reading) -> dict[str, Any]:
    """One commitment as of the reading's day."""
    day = reading.view.ordinal
    status = current_claim(entry, "status", day)
    due = current_claim(entry, "due", day)
    made_by = entry.value("made_by")
    evidence = _evidence(status, reading)
    return {
        "id": entry.id,
        "title": entry.title,
        "debtors": party_names(entry.list("debtors"), reading),
        "creditors": party_names(entry.list("creditors"), reading),
        "owes": entry.text("owes"),
        "due": due_text(due.value) if due else None,
        "overdue": _overdue(due, status, day),
        "on": start_text(made, day) if (made := entry.main_day) else None,
        "force": entry.value("force"),
        "force_label": term_label("force", entry.value("force")),
        "made_by": made_by,
        "made_by_title": reading.title(made_by) if made_by else None,
        "status": status.value if status else None,
        "status_since": status.get("from") if status else None,
        "status_note": status.get("note") if status else None,
        "evidence": evidence,
        "evidence_titles": [_evidence_title(e, reading) for e in evidence],
        "hedge": entry.value("hedge"),
        "issues": [i for i in entry.list("issues") if reading.visible(i)],
        "sources": sources_of(entry),
        "confidence": entry.value("confidence"),
        "flags": flags(entry),
    }


def _evidence(status: Claim | None, reading: Reading) -> list[str]:
    return [e for e in status.get("evidence", []) if reading.visible(e)] if status else []


def _evidence_title(entry_id: str, reading: Reading) -> str:
    """The title of an entry; what a side says is named as that side's."""
    entry = reading.entry(entry_id)
    if entry.kind in ("position", "statement"):
        return f"{' and '.join(party_names(entry.list('parties'), reading))}: {entry.title}"
    return entry.title


def due_text(value: dict[str, str]) -> str:
    """By when: the day or range, or the words in quotation marks."""
    return value["day"] if "day" in value else f"“{label_text(value['words'])}”"


def _overdue(due: Claim | None, status: Claim | None, day: int) -> bool:
    """Past its due day and still open; words without a day are never overdue."""
    if due is None or "day" not in due.value or status is None or status.value != "open":
        return False
    return DayRange.parse(due.value["day"]).shifted(1).by(day) is Truth.YES
