"""Small, valid entries for the tests of the record, and what a store looks like from outside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import yaml

from comity.opened import OpenRecord

Written = dict[str, Any]
SHA = "0123456789abcdef" * 4


def event(entry_id: str, **fields: Any) -> Written:
    return {"id": entry_id, "kind": "event", "title": entry_id, "on": "2023-03-01"} | {
        "event_kind": "report",
        **fields,
    }


def source(entry_id: str, **fields: Any) -> Written:
    return {"id": entry_id, "kind": "source", "title": entry_id, "source_kind": "press", **fields}


def act(entry_id: str, **fields: Any) -> Written:
    return {
        "id": entry_id,
        "kind": "act",
        "title": entry_id,
        "act_kind": "notice",
        "issuers": ["CHN"],
        "on": "2023-01-10",
        **fields,
    }


def measure(entry_id: str, made_by: str, **fields: Any) -> Written:
    return {
        "id": entry_id,
        "kind": "measure",
        "title": entry_id,
        "imposers": ["CHN"],
        "flow": "import",
        "targets": ["JPN"],
        "measure_kind": "import_ban",
        "goods": ["HS2022:03"],
        "from": "2023-02-01",
        "made_by": made_by,
        **fields,
    }


def indicator(entry_id: str, **fields: Any) -> Written:
    return {
        "id": entry_id,
        "kind": "indicator",
        "title": entry_id,
        "quantity": "tritium",
        "unit": "Bq/L",
        **fields,
    }


def document(entry_id: str, **fields: Any) -> Written:
    return {
        "id": entry_id,
        "kind": "document",
        "title": entry_id,
        "sha256": SHA,
        "characters": "100",
        **fields,
    }


def commitment(entry_id: str, made_by: str, **fields: Any) -> Written:
    return {
        "id": entry_id,
        "kind": "commitment",
        "title": entry_id,
        "debtors": ["JPN"],
        "owes": "To hold talks.",
        "due": "at an appropriate time",
        "on": "2023-03-01",
        "made_by": made_by,
        "force": "agreed",
        "status": [{"value": "open", "from": "2023-03-01"}],
        **fields,
    }


def write(folder: Path, entries: Any, name: str = "entries.yaml") -> Path:
    """A YAML file of the entries (text is written as it stands)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    text = (
        entries
        if isinstance(entries, str)
        # Through JSON, for YAML would write a value that occurs twice as an alias.
        else yaml.safe_dump(json.loads(json.dumps(entries)), allow_unicode=True, sort_keys=False)
    )
    path.write_text(text, encoding="utf-8")
    return path


def pack(
    folder: Path,
    entries: Any,
    *,
    name: str = "demo",
    version: str = "1.0.0",
    recorded: str = "2023-06-01T00:00:00Z",
    **head: Any,
) -> Path:
    """A pack's folder with one file of entries; other head keys as given."""
    write(folder, entries)
    page = {"name": name, "version": version, "recorded": recorded, "author": "Editors", **head}
    write(folder, page, "pack.yaml")
    return folder


def add(record: OpenRecord, folder: Path, *entries: Written) -> None:
    record.add(write(folder, list(entries), "added.yaml"), author="Tester")


def revise(record: OpenRecord, folder: Path, entry_id: str, **fields: Any) -> None:
    record.revise(entry_id, write(folder, fields, "revised.yaml"), author="Tester")


def state(record: OpenRecord) -> tuple[int, dict[str, int], str]:
    """Everything by which a change of the store would show: number, counts, hash of the log."""
    from comity.record.view import View

    lines = []
    for entry in record.log.entries(View(), retracted=True):
        for made, _ in record.log.revisions(entry.id, View()):
            lines.append(f"{made.received} {made.entry} {made.op} {made.sha256} {made.why}")
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return record.log.last_received(), record.count(), digest
