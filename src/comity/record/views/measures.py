"""Measures in force, planned, suspended or ended, as a reading shows them."""

from __future__ import annotations

from typing import Any

from comity.record.entry import Entry, label_text
from comity.record.force import Force, force_of, latest_announced
from comity.record.reading import Reading, current_claim
from comity.record.scopes import opened, scope_of
from comity.record.views.rows import flags, instrument, party_name, sources_of, start_text
from comity.words.economies import economy
from comity.words.errors import located
from comity.words.goods import GoodsCode, Relation, checked, relation
from comity.words.scope import Scope
from comity.words.time import Truth
from comity.words.vocabulary import check_term, term_label, terms

COLUMNS = ("id", "title", "imposer", "target", "kind", "goods", "areas", "from", "until", "status",
           "instrument")  # fmt: skip
TERMINAL = ("from", "until", "title", "imposer", "target", "goods", "areas", "status",
            "instrument", "id")  # fmt: skip

IN_FORCE = ("in_force", "may_have_begun", "may_have_ended", "may_be_suspended")
"""Statuses of measures that are, or may be, in force."""


def measures(
    reading: Reading,
    *,
    imposer: str | None = None,
    target: str | None = None,
    goods: str | None = None,
    kind: str | None = None,
    status: tuple[str, ...] | None = IN_FORCE,
) -> list[dict[str, Any]]:
    """Rows of measures as of the reading's day, by imposer, target and id.

    `goods` keeps those whose scope meets the code (covers it, lies inside it, or is undecided).
    `status` None gives all, also ended ones.
    """
    code = None
    if goods is not None:
        with located("goods"):
            code = checked(goods)
    if kind is not None:
        with located("kind"):
            kind = check_term("measure_kind", kind)
    naming = [imposer] if imposer else ([target, "*"] if target else None)
    rows = []
    for entry in reading.entries("measure", naming=naming):
        if imposer is not None and imposer not in entry.list("imposers"):
            continue
        if target is not None:
            scope = scope_of(entry.value("targets"), "economies", reading.get)
            if scope.covers(target) is Truth.NO:
                continue
        if kind is not None and entry.value("measure_kind") != kind:
            continue
        if code is not None and not meets(entry, code, reading):
            continue
        row = measure_row(entry, reading)
        if status is None or row["status"] in status:
            rows.append(row)
    return sorted(
        rows, key=lambda row: (row["imposer"], row["target"], row["from"] or "", row["id"])
    )


def meets(entry: Entry, code: GoodsCode, reading: Reading) -> bool:
    """May the measure bear on some of the goods under a code?"""
    listed = opened(entry.list("goods"), "goods", reading.get)
    relations = [relation(GoodsCode.parse(text), code) for text in listed]
    undecided = not listed and entry.value("goods_list") is not None
    if not undecided and all(found is Relation.DISJOINT for found in relations):
        return False
    left_out = [
        GoodsCode.parse(t) for t in opened(entry.list("goods_except"), "goods", reading.get)
    ]
    return not any(relation(out, code) is Relation.COVERS for out in left_out)


def measure_row(entry: Entry, reading: Reading) -> dict[str, Any]:
    """One measure as a row, with its days as of the reading's day."""
    force = force_of(entry, reading.get)
    day = reading.view.ordinal
    targets = scope_of(entry.value("targets"), "economies", reading.get)
    areas = scope_of(entry.value("areas"), "areas", reading.get)
    act = reading.get(entry.value("made_by"))
    ended_by = latest_announced(entry, "ended_by")
    until = force.span.until
    return {
        "id": entry.id,
        "title": entry.title,
        "imposer": ", ".join(economy(c).name for c in entry.list("imposers")),
        "imposers": entry.list("imposers"),
        "target": scope_text(targets, reading),
        "kind": entry.value("measure_kind"),
        "kind_label": term_label("measure_kind", entry.value("measure_kind")),
        "flow": entry.value("flow"),
        "effect": effect_of(entry),
        "goods": goods_text(entry),
        "goods_codes": entry.list("goods"),
        "goods_words": entry.value("goods_words"),
        "goods_basis": entry.value("goods_basis"),
        "areas": scope_text(areas, reading),
        "announced": entry.value("announced"),
        "from": start_text(force.span.start, day),
        "until": str(until) if until is not None else None,
        "status": force.status(day),
        "suspensions": suspensions(entry, force),
        "instrument": instrument(act) if act else None,
        "act": act.id if act else None,
        "ended_by": ended_by.value if ended_by else None,
        "conditions": conditions(entry),
        "exemptions": [part.get("note") or "" for part in entry.list("exemptions")],
        "entities": [part["name"] for part in entry.list("entities")],
        "entities_count": entry.value("entities_count"),
        "end_uses": entry.list("end_uses"),
        "grounds": label_text(_current(entry, "grounds", day)) or None,
        "verified_until": entry.value("verified_until"),
        "summary": entry.text("summary") or None,
        "issues": [i for i in entry.list("issues") if reading.visible(i)],
        "sources": sources_of(entry),
        "confidence": entry.value("confidence"),
        "flags": flags(entry),
    }


def effect_of(entry: Entry) -> str:
    """What the measure does to a shipment: its own effect, else that of its kind."""
    own = entry.value("effect")
    return str(own or terms()["measure_kind"][entry.value("measure_kind")].extra)


def goods_text(entry: Entry) -> str:
    """The goods in few words: those of the instrument as read, with codes; or its list."""
    if entry.value("flow") == "people":
        return "people, no goods"
    codes = compact_codes(entry.list("goods"))
    words = entry.value("goods_words") or entry.value("goods_list") or ""
    if codes and words:
        return f"{words} ({codes})"
    return codes or words or "not on record"


def compact_codes(codes: list[str]) -> str:
    """HS codes by edition, runs of chapters joined: ``HS2022 01–24``."""
    by_edition: dict[str, list[str]] = {}
    for text in codes:
        edition, _, code = text.rpartition(":")
        by_edition.setdefault(edition, []).append(code)
    return "; ".join(f"{e} {', '.join(_runs(sorted(c)))}".strip() for e, c in by_edition.items())


def _runs(codes: list[str]) -> list[str]:
    out: list[list[str]] = []
    for code in codes:
        follows = (
            out and len(code) == 2 and len(out[-1][-1]) == 2 and int(code) == int(out[-1][-1]) + 1
        )
        if follows:
            out[-1].append(code)
        else:
            out.append([code])
    parts: list[str] = []
    for run in out:
        parts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else run
    return parts


def scope_text(scope: Scope, reading: Reading) -> str:
    """A scope in names: Miyagi, Tokyo; all; all except …; a list that is not on record."""

    def names(codes: tuple[str, ...]) -> str:
        return ", ".join(code_name(code, reading) for code in codes)

    if scope.known:
        if scope.mode == "all":
            return "all" + (f" except {names(scope.excludes)}" if scope.excludes else "")
        text = names((*scope.codes, *scope.includes))
        return text if scope.mode == "only" else f"all except {text}"
    number = f"{scope.count} " if scope.count is not None else ""
    text = f"{number}not listed on record"
    text = text if scope.mode == "only" else f"all except {text}"
    if scope.includes:
        text += f", {names(scope.includes)} covered"
    if scope.excludes:
        text += f", {names(scope.excludes)} not covered"
    return text


def code_name(code: str, reading: Reading) -> str:
    from comity.words.areas import area

    return area(code).name if "-" in code and code[:2].isupper() else party_name(code, reading)


def conditions(entry: Entry) -> list[list[str]]:
    """Conditions as groups: one of each group must be met, and all groups."""
    groups: dict[str, list[str]] = {}
    for part in entry.list("conditions"):
        groups.setdefault(part["group"], []).append(label_text(part["requires"]))
    return list(groups.values())


def suspensions(entry: Entry, force: Force) -> list[dict[str, Any]]:
    parts = entry.list("suspensions")
    return [
        {
            "from": str(span.start),
            "until": str(span.until) if span.until is not None else None,
            "by": part.get("by"),
            "note": part.get("note"),
        }
        for part, span in zip(parts, force.suspensions, strict=True)
    ]


def _current(entry: Entry, field: str, day: int) -> Any:
    claim = current_claim(entry, field, day)
    return None if claim is None else claim.value
