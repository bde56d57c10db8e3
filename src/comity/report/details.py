"""Single entries, issues, changes and attached documents as text in every format."""

from __future__ import annotations

import textwrap
from typing import Any

from comity.report.tables import as_html, as_json, as_markdown, as_table, render
from comity.words.errors import InputError

Row = dict[str, Any]


def wrapped(text: str, width: int, indent: str = "", first: str | None = None) -> str:
    """Text folded to a width, later lines indented."""
    return textwrap.fill(
        text,
        width=min(width, 100),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def render_entry(data: Row, form: str, width: int) -> str:
    """One entry in full, as `comity.record.views.entry.show` gives it."""
    if form == "json":
        return as_json(data)
    rows = [_claim_row(claim) for claim in data["claims"]]
    columns = ("field", "value", "holds", "sources", "flag")
    if form in ("csv", "md", "html"):
        return render(rows, columns, form, title=f"{data['title']} ({data['id']})")
    lines = [data["title"], f"{data['type_label']} · {data['id']}", ""]
    for row in rows:
        head = f"  {row['field']:<16} "
        tail = " ".join(
            part for part in (row["holds"] and f"[{row['holds']}]", row["sources"]) if part
        )
        lines.append(wrapped(f"{row['value']} {tail}".strip(), width, " " * len(head), head))
        if row["flag"]:
            lines.append(wrapped(f"! {row['flag']}", width, " " * (len(head) + 2), " " * len(head)))
    lines += ["", *_passage_lines(data, width), *_source_lines(data, width)]
    public = data["public_from"]
    known = public["day"] or "unknown"
    derived = (
        f" (derived from the {public['basis'].replace('_', ' ')})" if public["derived"] else ""
    )
    recorded = data["recorded"]
    pack = f", pack {recorded['pack']} {recorded['pack_version']}" if recorded["pack"] else ""
    lines.append(f"public from: {known}{derived}")
    text = (
        f"{recorded['at']} by {recorded['author']}{pack}: {recorded['why']} "
        f"(revision {recorded['received']})"
    )
    lines.append(wrapped(text, width, "  ", "recorded: "))
    if data["named_by"]:
        lines += ["", "named by:"]
        for row in data["named_by"]:
            lines.append(wrapped(f"{row['kind']} {row['id']}: {row['title']}", width, "    ", "  "))
    return "\n".join(lines) + "\n"


def _claim_row(claim: Row) -> Row:
    parts = [f"{key} {claim[key]}" for key in ("from", "until", "announced") if claim.get(key)]
    if claim.get("label"):
        parts.insert(0, str(claim["label"]))
    note = claim.get("note")
    flag = claim["flag"] or (str(note) if note else None)
    return {
        "field": claim["field"],
        "value": claim["text"],
        "holds": ", ".join(parts),
        "sources": " ".join(f"<{s}>" for s in claim["sources"]),
        "flag": flag,
    }


def _passage_lines(data: Row, width: int) -> list[str]:
    lines = []
    for part in data["passages"]:
        place = f"{part['document']} {part['start']}–{part['end']}"
        if part["text"] is not None:
            lines.append(wrapped(f"“{part['text']}”", width, "    ", f"  passage {place}: "))
        else:
            lines.append(f"  passage {place}: {part['state']}")
    return ["rests on:", *lines, ""] if lines else []


def _source_lines(data: Row, width: int) -> list[str]:
    lines = []
    for source in data["sources"]:
        if source["later"]:
            lines.append("  a source published after this day (not named in this view)")
            continue
        parts = [source["title"], source["publisher"], source["published"], source["url"]]
        text = " · ".join(str(part) for part in parts if part)
        lines.append(wrapped(text, width, "    ", f"  <{source['id']}> "))
    return ["sources:", *lines, ""] if lines else []


def issues_text(rows: list[Row], width: int) -> str:
    """Issues for the terminal: each with terms, positions in time, and what touches it."""
    if not rows:
        return "Issues: nothing on record\n"
    lines: list[str] = []
    for row in rows:
        since = f" since {row['status_since']}" if row["status_since"] else ""
        lines.append(f"{row['title']}  [{row['status_label'] or 'not said'}{since}]  {row['id']}")
        if row["interest"]:
            lines.append(f"  treated as: {row['interest_label']}")
        if row["summary"]:
            lines.append(wrapped(row["summary"], width, "  "))
        for party, term in row["terms"].items():
            lines.append(f"  {party} says: “{term}”")
        for position in row["positions"]:
            names = " and ".join(position["party_names"])
            hedge = f" (hedged: {position['hedge']})" if position["hedge"] else ""
            text = f"{names}: {position['holds']}{hedge}"
            lines.append(wrapped(text, width, " " * 15, f"  {position['on']:<12} "))
        for name in ("measures", "commitments", "indicators", "cases"):
            if row[name]:
                found = [
                    f"{item['id']} ({(item.get('status') or 'series').replace('_', ' ')})"
                    for item in row[name]
                ]
                lines.append(wrapped("; ".join(found), width, " " * 15, f"  {name:<12} "))
        lines.append("")
    return "\n".join(lines)


def render_changes(data: Row, form: str, title: str, width: int) -> str:
    """Changes in the world, and apart from them the corrections of the record."""
    if form == "json":
        return as_json(data)
    world = ("on", "change", "title", "id")
    record = ("recorded", "op", "title", "id", "author", "why", "changed")
    corrections = [{**row, "changed": _fields(row["fields"])} for row in data["corrections"]]
    title = f"{title}, after {data['from']} up to {data['to']}"
    if form == "csv":
        rows = [{**row, "list": "world"} for row in data["world"]]
        rows += [
            {"list": "record", "on": r["recorded"], "change": r["op"], **r} for r in corrections
        ]
        return render(rows, ("list", *world, "author", "why", "changed"), "csv", title=title)
    if form == "md":
        return (
            f"# {title}\n\n## In the world\n\n{as_markdown(data['world'], world)}\n"
            f"## Corrections of the record\n\n{as_markdown(corrections, record)}"
        )
    if form == "html":
        rows = [
            *data["world"],
            *({"on": r["recorded"], "change": r["op"], **r} for r in corrections),
        ]
        return as_html(rows, (*world, "author", "why", "changed"), title)
    text = as_table(data["world"], world, title, width)
    if corrections:
        return text + "\n" + as_table(corrections, record, "Corrections of the record", width)
    return text + "\nCorrections of the record in this time: none\n"


def _fields(fields: list[Row]) -> str:
    return "; ".join(f"{f['field']}: {f['before'] or '–'} → {f['after'] or '–'}" for f in fields)


def history_rows(rows: list[Row]) -> list[Row]:
    """Revisions with their changes in one cell, for tables."""
    return [{**row, "changed": _fields(row["changed"])} for row in rows]


def render_attached(data: Row, form: str) -> str:
    """What attaching a document showed: how many passages on record fit its text."""
    if form == "json":
        return as_json(data)
    if form != "table":
        raise InputError(f"there is no format {form!r} here", mend="one of: table, json")
    state = "attached" if data["new"] else "was attached already"
    lines = [
        f"{data['document']} {state}; SHA-256 {data['sha256']} as on record",
        f"{data['verified']} of {data['passages']} passages verified in "
        f"{len(data['entries'])} entries; comity show ID shows them",
    ]
    for entry, passages in data["entries"].items():
        bad = [p for p in passages if p["state"] != "verified"]
        lines += [f"  {entry}: passage {p['start']}–{p['end']}: {p['state']}" for p in bad]
    return "\n".join(lines) + "\n"
