"""Issues: where each stands, both sides' terms and positions, and all that touches it."""

from __future__ import annotations

from typing import Any

from comity.record.entry import Entry, label_text
from comity.record.reading import Reading, current_claim, held_since
from comity.record.views.commitments import commitment_row
from comity.record.views.indicators import indicator_row
from comity.record.views.measures import IN_FORCE, measure_row
from comity.record.views.relation import Relation
from comity.record.views.rows import flags, party_names, sort_key, sources_of
from comity.words.time import DayRange
from comity.words.vocabulary import term_label

COLUMNS = ("id", "title", "status", "status_since", "interest", "terms", "measures", "commitments",
           "cases")  # fmt: skip


def issues(relation: Relation, *, issue: str | None = None) -> list[dict[str, Any]]:
    """One row an issue: status, terms, positions, measures, commitments, indicators, cases."""
    reading = relation.reading
    if issue is not None:
        reading.entry(issue)
    entries = [e for e in relation.issues if issue is None or e.id == issue]
    linked = {
        kind: relation.of_kinds(kind) for kind in ("position", "commitment", "indicator", "case")
    }
    touched = list(relation.touched)
    extra = reading.entries(ids=touched) if touched else []
    related = [*relation.measures, *(e for e in extra if e.kind == "measure")]
    measures = {e.id: e for e in related}
    rows = [_row(relation, e, linked, list(measures.values())) for e in entries]
    return sorted(rows, key=lambda row: _importance(row, reading.view.ordinal))


def _importance(row: dict[str, Any], day: int) -> tuple[bool, int, int, str]:
    """Issues with something in force or spoken of lately come first, then those with more to them.

    Settled ones come last. Lately is by quarters, so that single days do not decide.
    """
    spoken = [DayRange.parse(p["on"]).earliest for p in row["positions"]]
    spoken += [DayRange.parse(row["status_since"]).earliest] if row["status_since"] else []
    quarters = (day - max(spoken, default=0)) // 91
    weight = len(row["positions"]) + len(row["commitments"]) + len(row["cases"])
    weight += 2 * sum(measure["status"] in IN_FORCE for measure in row["measures"])
    return row["status"] == "settled", quarters, -weight, row["id"]


def _row(
    relation: Relation, issue: Entry, linked: dict[str, list[Entry]], measures: list[Entry]
) -> dict[str, Any]:
    reading = relation.reading
    day = reading.view.ordinal

    def mine(entries: list[Entry]) -> list[Entry]:
        return sorted((e for e in entries if relation.in_issue(e, issue)), key=sort_key)

    status = current_claim(issue, "status", day)
    interest = current_claim(issue, "interest", day)
    summary = current_claim(issue, "summary", day)
    positions = [position_row(e, reading) for e in mine(linked["position"])]
    return {
        "id": issue.id,
        "title": issue.title,
        "key": issue.value("key"),
        "status": status.value if status else None,
        "status_label": term_label("issue_status", status.value) if status else None,
        "status_since": held_since(issue, "status", day),
        "interest": interest.value if interest else None,
        "interest_label": term_label("interest", interest.value) if interest else None,
        "summary": label_text(summary.value) if summary else None,
        "summary_since": summary.get("from") if summary else None,
        "terms": terms_of(relation, issue, positions),
        "positions": positions,
        "measures": [measure_row(e, reading) for e in mine(measures)],
        "commitments": [commitment_row(e, reading) for e in mine(linked["commitment"])],
        "indicators": [indicator_row(e, reading) for e in mine(linked["indicator"])],
        "cases": [case_row(e, reading) for e in mine(linked["case"])],
        "sources": sources_of(issue),
        "flags": flags(issue),
    }


def position_row(entry: Entry, reading: Reading) -> dict[str, Any]:
    """One position: whose, in whose words, since when."""
    return {
        "id": entry.id,
        "issue": entry.value("issue"),
        "parties": entry.list("parties"),
        "party_names": party_names(entry.list("parties"), reading),
        "term": entry.text("term") or None,
        "term_labels": entry.value("term") or {},
        "holds": entry.text("holds"),
        "who": entry.value("who"),
        "on": entry.value("on"),
        "occasion": entry.value("occasion"),
        "act": entry.value("act"),
        "hedge": entry.value("hedge"),
        "sources": sources_of(entry),
        "confidence": entry.value("confidence"),
        "flags": flags(entry),
    }


def terms_of(relation: Relation, issue: Entry, positions: list[dict[str, Any]]) -> dict[str, str]:
    """For each side the term it last used for the matter, by economy code."""
    out: dict[str, str] = {}
    for row in positions:  # in the order of their days, so the last wins
        if row["issue"] != issue.id:
            continue  # it only touches this issue; its term is for another thing
        for party in row["parties"]:
            if party in relation.pair and row["term"] and len(row["parties"]) == 1:
                out[party] = row["term"]
    return {party: out[party] for party in relation.pair if party in out}


def _counts(entry: Entry, day: int) -> list[dict[str, Any]]:
    """The counts that hold on a day: the latest to have begun, and those of the same day."""
    current = current_claim(entry, "count", day)
    if current is None:
        return []
    same = [c for c in entry.claims("count") if c.get("from") == current.get("from")]
    return [
        {"value": c.value, "label": c.get("label") or c.get("note"), "from": c.get("from")}
        for c in same
    ]


def case_row(entry: Entry, reading: Reading) -> dict[str, Any]:
    """One case as of the reading's day, with how it got there."""
    day = reading.view.ordinal
    status = current_claim(entry, "status", day)
    counts = _counts(entry, day)
    return {
        "id": entry.id,
        "title": entry.title,
        "case_kind": entry.value("case_kind"),
        "parties": entry.list("parties"),
        "of": party_names([p for p in [entry.value("of")] if p], reading),
        "held_by": party_names([p for p in [entry.value("held_by")] if p], reading),
        "persons": entry.value("persons"),
        # Several counts of one day count different things: none of them is the number.
        "count": counts[0]["value"] if len(counts) == 1 else None,
        "counts": counts,
        "from": entry.value("from"),
        "status": status.value if status else None,
        "status_label": term_label("case_status", status.value) if status else None,
        "status_since": status.get("from") if status else None,
        "steps": [
            {
                "status": c.value,
                "status_label": term_label("case_status", c.value),
                "from": c.get("from"),
                "note": c.get("note"),
            }
            for c in entry.claims("status")
        ],
        "summary": entry.text("summary") or None,
        "issues": [i for i in entry.list("issues") if reading.visible(i)],
        "sources": sources_of(entry),
        "confidence": entry.value("confidence"),
        "flags": flags(entry),
    }
