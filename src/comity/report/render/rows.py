"""Rows of the brief's data as rows of the page: labels, days in words, flags and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.report.render.days import plain, span, told
from comity.report.render.page import Original, Row
from comity.words.catalogue import t
from comity.words.time import DayRange
from comity.words.vocabulary import term_label

Data = Mapping[str, Any]


def rests(row: Data) -> dict[str, Any]:
    """The numbers of the sources of a row, and how many were published later."""
    return {"cites": tuple(row.get("cites", ())), "later": row.get("later_sources", 0)}


def marks(row: Data) -> tuple[str, ...]:
    """Flags, then a hedge and low confidence where no flag says them yet."""
    found = list(row.get("flags", ()))
    hedge = row.get("hedge")
    if hedge and not any(hedge in flag for flag in found):
        found.append(t("render.hedged", cue=hedge))
    if row.get("confidence") == "low" and not any("low confidence" in flag for flag in found):
        found.append(t("render.low_confidence"))
    return tuple(found)


def fields(*pairs: tuple[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Labelled values by catalogue key, those that are empty left out."""
    return tuple((t(key), value) for key, value in pairs if value)


def meeting(row: Data, day: int, names: Mapping[str, str], *, full: bool = False) -> Row:
    """A meeting; `full` with who took part and what it came to."""
    people = "; ".join(_person(p, names) for p in row["participants"] if p["name"])
    notes = [row["summary"], *row["remarks"]] if full else list(row["remarks"])
    return Row(
        title=row["title"],
        id=row["id"],
        on=told(row["on"], day),
        day=plain(row["on"], day),
        status=t(f"render.meeting_{row['status']}"),
        fields=fields(
            ("render.kind", row["type_label"]),
            ("render.place", row["place"]),
            ("render.occasion", row["occasion"]),
            ("render.people", people if full else None),
        ),
        notes=tuple(note for note in notes if note),
        marks=marks(row),
        **rests(row),
    )


def _person(part: Data, names: Mapping[str, str]) -> str:
    party = part["party"]
    about = ", ".join(x for x in (part["role"], names.get(party, party) if party else None) if x)
    return f"{part['name']} ({about})" if about else str(part["name"])


def statement(row: Data, day: int) -> Row:
    """What was said, with who said it, how, and whether it is quoted or told."""
    how = ", ".join(
        x
        for x in (
            row["verb"],
            term_label("statement_mode", row["mode"]) if row["mode"] else None,
            row["channel"],
        )
        if x
    )
    return Row(
        title=row["says"],
        id=row["id"],
        on=told(row["on"], day),
        day=plain(row["on"], day),
        status=t("render.said_by", who=" and ".join(row["parties"])),
        fields=fields(("render.who", row["speaker"]), ("render.how", how)),
        marks=marks(row),
        **rests(row),
    )


def original(row: Data | None) -> Original | None:
    """The term of a position in its own language, where it is on record."""
    labels = (row or {}).get("term_labels") or {}
    return next((Original(lang, text) for lang, text in labels.items() if lang != "en"), None)


def position(row: Data, day: int, *, named: bool) -> Row:
    """A position; `named` where no column says whose it is."""
    whose = " and ".join(row["party_names"])
    return Row(
        title=row["holds"],
        id=row["id"],
        on=told(row["on"], day),
        day=plain(row["on"], day),
        status=t("render.position_of", who=whose),
        term=row["term"] or "",
        original=original(row),
        fields=fields(
            ("render.party", whose if named else None),
            ("render.who", row["who"]),
            ("render.occasion", row["occasion"]),
        ),
        marks=marks(row),
        **rests(row),
    )


def measure(row: Data, day: int) -> Row:
    """A measure: since when, by which instrument, on what, and whether it surely applies."""
    goods = row["goods"]
    if row["goods_basis"] == "mapped_by_compiler" and row["goods_codes"]:
        goods = t("render.goods_mapped", goods=goods)
    aimed = row["target"] if row["target"].startswith("all") else None
    areas = row["areas"] if row["areas"] != "all" else None
    extra = [
        (t("render.needs"), "; ".join(t("render.or").join(g) for g in row["conditions"])),
        (t("render.exempt"), "; ".join(x for x in row["exemptions"] if x)),
        (t("render.grounds"), row["grounds"]),
        (t("render.entities"), _entities(row)),
        (t("render.end_uses"), "; ".join(row["end_uses"])),
    ]
    return Row(
        title=row["title"],
        id=row["id"],
        on=told(row["from"], day),
        day=plain(row["from"], day),
        status=_force(row, day),
        fields=fields(
            ("render.kind", row["kind_label"]),
            ("render.instrument", row["instrument"]),
            ("render.goods", goods),
            ("render.areas", areas),
            ("render.targets", aimed),
        ),
        notes=tuple(f"{label}: {value}" for label, value in extra if value),
        marks=marks(row),
        **rests(row),
    )


def _entities(row: Data) -> str:
    named, count = row["entities"], row["entities_count"]
    text = ", ".join(named)
    if count and count > len(named):
        return f"{text}; {t('render.of_entities', count=count)}".strip("; ")
    return text


def _force(row: Data, day: int) -> str:
    """The state of a measure in words, with its last day and its suspensions."""
    parts = [t(f"render.force_{row['status']}", day=told(row["from"], day))]
    if row["status"] == "planned" and row["announced"]:
        parts.append(t("render.announced", day=told(row["announced"], day)))
    if row["until"]:
        parts.append(t("render.until", day=told(row["until"], day)))
    for part in row["suspensions"]:
        key = "render.suspended_span" if part["until"] else "render.suspended_from"
        parts.append(t(key, start=told(part["from"], day), until=told(part["until"], day)))
    if row["verified_until"] and DayRange.parse(row["verified_until"]).latest <= day:
        parts.append(t("render.verified", day=row["verified_until"]))
    return "; ".join(parts)


def commitment(row: Data, day: int) -> Row:
    """A commitment: who owes it to whom, by when, and what became of it."""
    state = t(f"render.commitment_{row['status']}") if row["status"] else t("render.day_unknown")
    if row["overdue"]:
        state = t("render.overdue")
    if row["status"] != "open" and row["status_since"]:
        state = f"{state}, {told(row['status_since'], day)}"
    notes = [row["status_note"]] if row["status_note"] else []
    evidence = zip(row["evidence"], row["evidence_titles"], strict=True)
    shown = [title for entry, title in evidence if title != entry and entry != row["made_by"]]
    if shown and row["status"] != "open":
        notes.append(t("render.evidence", what="; ".join(shown)))
    due = row["due"] or ""
    parties = " and ".join(row["debtors"])
    if row["creditors"] and row["creditors"] != row["debtors"]:
        parties = t("render.to", debtor=parties, creditor=" and ".join(row["creditors"]))
    return Row(
        title=row["owes"] or row["title"],
        id=row["id"],
        on=told(row["on"], day),
        day=plain(row["on"], day),
        status=state,
        fields=fields(
            ("render.parties", parties),
            ("render.due", due if due.startswith("“") else told(due, day)),
            ("render.made_by", row["made_by_title"]),
            ("render.force", row["force_label"]),
        ),
        notes=tuple(notes),
        marks=marks(row),
        **rests(row),
    )


def counted(row: Data) -> str:
    """How many people a case concerns; several counts each with what it counts; "" if unknown."""
    counts = row.get("counts") or []
    if len(counts) > 1:
        return "; ".join(f"{c['value']} {c['label'] or ''}".strip() for c in counts)
    return "" if row["count"] is None else str(row["count"])


def case(row: Data, day: int) -> Row:
    """A case with the steps by which it got where it stands."""
    steps = " → ".join(f"{s['status_label']} {told(s['from'], day)}".strip() for s in row["steps"])
    count = counted(row) or t("render.count_unknown")
    notes = [row["summary"], *(s["note"] for s in row["steps"])]
    return Row(
        title=row["title"],
        id=row["id"],
        on=told(row["from"], day),
        day=plain(row["from"], day),
        status=row["status_label"] or t("render.day_unknown"),
        fields=fields(
            ("render.held_by", ", ".join(row["held_by"])),
            ("render.people_count", count),
            ("render.steps", steps),
        ),
        notes=tuple(note for note in notes if note),
        marks=marks(row),
        **rests(row),
    )


def change(row: Data, day: int) -> Row:
    return Row(
        title=row["title"],
        id=row["id"],
        on=told(row["on"], day),
        day=plain(row["on"], day),
        status=row["change"],
        **rests(row),
    )


def correction(row: Data) -> Row:
    """A correction of the record: when, by whom, why, and field by field what changed."""
    notes = [f"{f['field']}: {f['before'] or '–'} → {f['after'] or '–'}" for f in row["fields"]]
    return Row(
        title=row["title"],
        id=row["id"],
        on=str(row["recorded"])[:10],
        day=str(row["recorded"]),
        status=row["op"],
        fields=fields(("render.author", row["author"]), ("render.why", row["why"])),
        notes=tuple(notes),
    )


def gap(row: Data, day: int) -> Row:
    return Row(
        title=row["title"],
        id=row["id"],
        on=span(row["from"], row["until"], day),
        day=plain(row["from"], day),
        fields=fields(("render.about", ", ".join(row["about"]))),
        notes=(row["summary"],) if row["summary"] else (),
    )
