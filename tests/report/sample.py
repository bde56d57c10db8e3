"""A small brief, made by hand: every section filled, with text that tries to be markup."""

from __future__ import annotations

from typing import Any

SCRIPT = "<script>alert('x')</script>"
LONG = "averylongwordwithoutanyspaces" * 8


def _rests(*cites: int, later: int = 0) -> dict[str, Any]:
    return {"cites": list(cites), "later_sources": later, "flags": [], "confidence": "high"}


def _meeting(on: str, title: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": f"meeting-{on}", "kind": "meeting", "type": "leaders_meeting",
        "type_label": "leaders' meeting", "on": on,
        "precision": "day", "until": None, "title": title, "place": "Lima", "occasion": None,
        "parties": ["Aland", "Bland"], "status": "held", "summary": f"They met. {SCRIPT}",
        "participants": [{"id": "a", "name": "Ann Lee", "party": "AAA", "role": "President"}],
        "remarks": [], "issues": [], "about": [], **_rests(1),
    }  # fmt: skip
    return row | more


def _position(name: str, on: str, holds: str, *parties: str, **more: Any) -> dict[str, Any]:
    names = {"AAA": "Aland", "BBB": "Bland", "CCC": "Cland"}
    row = {
        "id": name, "issue": "water", "parties": list(parties),
        "party_names": [names[p] for p in parties], "term": None, "term_labels": {}, "holds": holds,
        "who": "A voice",
        "on": on, "occasion": "Press remarks", "act": "request", "hedge": None, **_rests(2),
    }  # fmt: skip
    return row | more


def _measure(name: str, start: str, status: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": name, "title": f"Measure {name}", "imposer": "Aland", "imposers": ["AAA"],
        "target": "Bland", "kind": "import_ban", "kind_label": "import ban", "flow": "import",
        "effect": "prohibited",
        "goods": "fish (HS2022 03)", "goods_codes": ["HS2022:03"], "goods_words": "fish",
        "goods_basis": "mapped_by_compiler", "areas": "North, South", "announced": None,
        "from": start, "until": None, "status": status, "suspensions": [],
        "instrument": "Order No. 7", "act": "order-7", "ended_by": None,
        "conditions": [["certificate A", "certificate B"], ["label"]], "exemptions": ["samples"],
        "entities": ["Firm One"], "entities_count": 4, "end_uses": ["military use"],
        "grounds": "Safety", "verified_until": None, "summary": None, "issues": [],
        "direction": ["AAA", "BBB"], **_rests(3),
    }  # fmt: skip
    return row | more


def _commitment(name: str, status: str, **more: Any) -> dict[str, Any]:
    row = {
        "id": name, "title": name, "debtors": ["Aland"], "creditors": ["Bland"],
        "owes": f"To do {name}", "due": "“at an appropriate time”", "overdue": False,
        "on": "2023-01-02", "force": "agreed", "force_label": "agreed",
        "made_by": "meeting-2023-11-16",
        "made_by_title": "The meeting", "status": status, "status_since": "2023-02",
        "status_note": "A note.", "evidence": ["e"], "evidence_titles": ["Evidence"],
        "hedge": None, "issues": [], **_rests(1),
    }  # fmt: skip
    return row | more


def _value(value: float, label: str, start: str, **more: Any) -> dict[str, Any]:
    row = {
        "value": value, "label": label, "from": start, "until": None, "basis": None,
        "basis_label": None, "note": None, "cites": [4], "later_sources": 0,
    }  # fmt: skip
    return row | more


def indicator() -> dict[str, Any]:
    """Values of every basis, one of which must not be told yet, and three limits."""
    return {
        "id": "concentration", "title": "Concentration after dilution", "unit": "Bq/L",
        "quantity": "concentration", "measured_by": ["Operator"], "issues": [],
        "values": [
            _value(220, "round 1", "2023-08-24", until="2023-09-11"),
            _value(266, "round 2", "2023-10-05", basis="upper_bound", basis_label="upper bound"),
            _value(270, "round 3", "2023-11-02", basis="approximate", basis_label="approximate"),
            _value(340, "round 4", "2024-02-28", basis="planned", basis_label="planned"),
            _value(777, "round 9", "2024-09-26", basis="planned", basis_label="planned",
                   cites=[], later_sources=1),
        ],
        "limits": [
            _value(60000, "regulatory limit", "..2023-08-24"),
            _value(1500, "operational limit", "..2023-08-24"),
            _value(10000, "drinking-water guideline", "..2023-08-24"),
        ],
        **_rests(4),
    }  # fmt: skip


def brief() -> dict[str, Any]:
    """The data of a brief on two invented economies as of 16 November 2023."""
    last = _meeting("2023-11-16", "Leaders meet in Lima", **_rests(1, later=2))
    before = _meeting("2022-11-17", "Leaders met in Quito")
    said = {
        "id": "said-1", "on": "2023-11-16", "parties": ["Aland"], "speaker": "Ann Lee",
        "verb": "stress", "mode": "paraphrase", "channel": None, "says": "That peace is good.",
        "hedge": "indicating", "cites": [1], "later_sources": 0,
    }  # fmt: skip
    issue = {
        "id": "water", "title": f"The water {SCRIPT}", "key": "water", "status": "open",
        "status_label": "open", "status_since": "2023-08-24", "interest": "difference",
        "interest_label": "difference", "summary": f"Talks. {LONG}",
        "summary_since": None, "terms": {"AAA": "tainted water 核污染水", "BBB": "treated water"},
        "positions": [
            _position("p1", "2023-08-24", "Aland objects.", "AAA", term="tainted water 核污染水"),
            _position("p2", "2023-08-25", "Bland says it is safe | sound.", "BBB"),
            _position("p3", "2023-09-01", "Bland may ask again.", "BBB", hedge="may"),
            _position("p4", "2023-10-01", "Bland asked a third time.", "BBB",
                      flags=["term: general knowledge, not verified"]),
            _position("p5", "2023-11-16", "Both want talks.", "AAA", "BBB"),
            _position("p6", "2023-11-01", "Cland is worried.", "CCC", confidence="low"),
        ],
        "measures": [{"id": "m1", "title": "Measure m1", "status": "in_force"}],
        "commitments": [{"id": "c1", "owes": "To do c1", "status": "open"}],
        "indicators": ["concentration"], "cases": [], **_rests(2),
    }  # fmt: skip
    return {
        "title": "Aland and Bland: brief",
        "economies": [{"code": "AAA", "name": "Aland"}, {"code": "BBB", "name": "Bland"}],
        "view": {"as_of": "2023-11-16", "known_on": None, "public_on": None},
        "relationship": {
            "lines": ["The leaders met.", "Measures stand."],
            "frame": {"summary": "A difficult year.", "since": "2023-11-16",
                      "terms": {"AAA": "strategic bond", "BBB": "mutual benefit"},
                      "interest": "mixed", "interest_label": "mixed", "cites": [1],
                      "later_sources": 0},
            "open_issues": [],
        },
        "meetings": {
            "last": last, "before": before, "days_between": {"least": 364, "most": 364},
            "days_since": 0, "said": [said], "recent": [last, before],
            "next": [_meeting("2023-12", "Ministers to meet", status="planned")],
        },
        "issues": [issue],
        "measures": [
            {"imposer": "AAA", "target": "BBB",
             "in_force": [_measure("m1", "2023-08-24", "in_force"),
                          _measure("m2", "..2025-05-30", "may_have_begun")],
             "suspended": [_measure("m3", "2020", "suspended", suspensions=[
                 {"from": "2023-01-01", "until": None, "by": None, "note": None}])],
             "planned": [_measure("m4", "2023-12-01", "planned", announced="2023-10-20")]},
            {"imposer": "BBB", "target": "AAA", "in_force": [], "suspended": [], "planned": []},
        ],
        "commitments": {
            "open": [_commitment("c1", "open"), _commitment("c2", "open", overdue=True,
                                                            due="2023-06-30")],
            "broken": [_commitment("c3", "broken")], "lapsed": [_commitment("c4", "lapsed")],
            "kept": [_commitment("c5", "kept")], "superseded": [],
        },
        "indicators": [indicator()],
        "cases": [
            {"id": "case-1", "title": "Detained engineer", "case_kind": "detention",
             "parties": ["AAA", "BBB"], "of": ["Bland"], "held_by": ["Aland"],
             "persons": "an engineer", "count": None, "from": "2023-03", "status": "detained",
             "status_label": "detained", "status_since": "2023-03", "issues": [],
             "summary": "Held.",
             "steps": [{"status": "detained", "status_label": "detained", "from": "2023-03",
                        "note": None}], **_rests(2)}
        ],
        "changes": {
            "from": "2022-11-17", "to": "2023-11-16",
            "world": [{"on": f"2023-{m:02d}-01", "change": "event", "title": f"Event {m}",
                       "id": f"e{m}", "kind": kind, "cites": [1], "later_sources": 0}
                      for m in range(1, 11) for kind in ("event", "position")]
            + [{"on": "2023-11-16", "change": "meeting", "title": "Leaders meet in Lima",
                "id": "m", "kind": "meeting", "cites": [1], "later_sources": 0}] * 2,
            "corrections": [{"recorded": "2023-11-20T10:00:00Z", "id": "m1", "op": "revise",
                             "author": "ann", "why": "A typo", "title": "Measure m1",
                             "fields": [{"field": "from", "before": "2023-08-23",
                                         "after": "2023-08-24"}]}],
        },
        "coverage": {
            "gaps": [{"id": "gap-1", "title": "Tariffs not collected", "summary": "None read.",
                      "about": ["tariff rates"], "from": None, "until": None}],
            "notes": ["Silence is not absence."],
            "left_out": {"publication_unknown": 0, "published_later": 0},
            "packs": [{"name": "sample", "version": "1"}],
        },
        "sources": [
            {"number": n, "id": f"src-{n}", "title": f"Source {n} {SCRIPT if n == 2 else ''}",
             "publisher": "Paper", "kind": "press", "kind_label": "press",
             "published": "2023-11-16", "flags": [],
             "url": "javascript:alert(1)" if n == 4 else f"https://example.org/{n}"}
            for n in range(1, 5)
        ],
    }  # fmt: skip
