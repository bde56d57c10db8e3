"""Loading packs into the store, checking them, and exporting the record as one.

A load is one transaction. It never overrides a user's own revision: where the pack says something
else than it did when the user took over, the entry is left and the conflict reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from comity.record.entry import Entry
from comity.record.packfile import Pack, fact_rows
from comity.record.references import missing_references, rules
from comity.record.store.log import FOLLOWS, Change, Log
from comity.record.validate import Written, raise_problems
from comity.record.view import View
from comity.words.errors import ComityError, NotFound, Place
from comity.words.time import parse_instant


@dataclass
class LoadReport:
    """What a load did, by entry id."""

    pack: str
    version: str
    added: list[str] = field(default_factory=list)
    revised: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return {
            "pack": self.pack,
            "version": self.version,
            "added": len(self.added),
            "revised": self.revised,
            "retracted": self.retracted,
            "unchanged": self.unchanged,
            "kept": self.kept,
            "conflicts": self.conflicts,
            "older": self.older,
        }


def check_pack(pack: Pack, log: Log | None, others: tuple[Pack, ...] = ()) -> dict[str, list[str]]:
    """Check a pack whole, against the packs it depends on and the store; its fact rows → entries.

    Raises one `ValidationError` that holds all problems.
    """
    entries = {item.entry.id: item.entry for item in pack.written}
    for other in others:
        for item in other.written:
            entries.setdefault(item.entry.id, item.entry)
    wanted = {t for item in pack.written for _, t in item.entry.references} - set(entries)
    stored = log.entries(View(), ids=[t for t in wanted if t != "*"]) if log else []
    for entry in stored:
        if not _leaves(pack, entry):
            entries.setdefault(entry.id, entry)

    def kind_of(entry_id: str) -> str | None:
        found = entries.get(entry_id)
        return found.kind if found else None

    problems: list[ComityError] = list(missing_references(pack.written, kind_of, entries))
    problems.extend(rules(pack.written, entries.get))
    raise_problems(problems, f"the pack {pack.name}")
    return fact_rows(pack.written)


def load_pack(
    log: Log,
    pack: Pack,
    *,
    accepted_by: str = "",
    progress: Callable[[int], None] | None = None,
) -> LoadReport:
    """Bring the store to what the pack says, in one transaction. Raises `ValidationError`."""
    return load_packs(log, [pack], accepted_by=accepted_by, progress=progress)[0]


def load_packs(
    log: Log,
    packs: Sequence[Pack],
    *,
    accepted_by: str = "",
    progress: Callable[[int], None] | None = None,
) -> list[LoadReport]:
    """Load several packs in their order, all of them in one transaction or none.

    A pack may depend on one before it. Raises `ValidationError`, `NotFound`.
    """
    reports: list[LoadReport] = []
    changes: list[Change] = []
    for place, pack in enumerate(packs):
        reports.append(_plan(log, pack, tuple(packs[:place]), changes, accepted_by))
    if changes:
        log.append(changes, progress)
    return reports


def _plan(
    log: Log, pack: Pack, before: tuple[Pack, ...], changes: list[Change], accepted_by: str
) -> LoadReport:
    """What loading a pack changes, after the packs loaded before it in the same write."""
    loaded = {*log.packs(), *(other.name for other in before)}
    missing = [name for name in pack.depends if name not in loaded]
    if missing:
        raise NotFound(
            f"the pack {pack.name} depends on {', '.join(missing)}, which is not loaded",
            where=Place(file=str(pack.path)),
            mend=f"load it first: comity pack load {missing[0]}",
        )
    check_pack(pack, log, before)
    report = LoadReport(pack.name, pack.version)
    heads = {e.id: e for e in log.entries(View(), ids=pack.ids, retracted=True)}
    fresh = {i for i in pack.ids if i not in heads}
    earlier: dict[str, list[tuple[str, Written]]] = {}
    for op, item in pack.history:
        earlier.setdefault(item.entry.id, []).append((op, item))
    gone = [i for i in earlier if i not in pack.ids]
    known = {e.id for e in log.entries(View(), ids=gone, retracted=True)}
    for entry_id in gone:
        if entry_id not in known:
            _chain(changes, pack, earlier[entry_id], accepted_by)
    for item in pack.written:
        head = heads.get(item.entry.id)
        if item.entry.id in fresh:
            steps = [*earlier.get(item.entry.id, []), ("", item)]
            _chain(changes, pack, steps, accepted_by)
            report.added.append(item.entry.id)
        elif head is not None:
            _merge(log, pack, item, head, changes, report, accepted_by)
    if not pack.history:
        _retract_gone(log, pack, changes, report, accepted_by)
    return report


def _change(pack: Pack, op: str, item: Written, expects: int, accepted_by: str) -> Change:
    """One revision as the pack gives it: its own keys where it was exported, else the pack's."""
    keys = item.revision
    exported = bool(keys)
    return Change(
        op,
        item.entry,
        parse_instant(keys["recorded"]) if "recorded" in keys else pack.recorded,
        keys.get("author", pack.author),
        keys.get("why", pack.why),
        keys.get("accepted_by", accepted_by),
        keys.get("pack") if exported else pack.name,
        keys.get("pack_version") if exported else pack.version,
        expects,
    )


def _chain(
    changes: list[Change], pack: Pack, steps: list[tuple[str, Written]], accepted_by: str
) -> None:
    """All revisions of an entry new to the store, oldest first."""
    for place, (op, item) in enumerate(steps):
        name = op or ("add" if place == 0 else "revise")
        changes.append(_change(pack, name, item, FOLLOWS if place else 0, accepted_by))


def _merge(
    log: Log,
    pack: Pack,
    item: Written,
    head: Entry,
    changes: list[Change],
    report: LoadReport,
    accepted_by: str,
) -> None:
    """Decide what a pack's entry does to one that is on record already."""
    made = head.revision
    assert made is not None
    retracted = made.op == "retract"
    if not retracted and head.sha256 == item.entry.sha256 and head.kind == item.entry.kind:
        report.unchanged += 1
        return
    if made.pack == pack.name:  # also what the pack took back and now has again
        if pack.recorded < made.recorded:
            report.older.append(head.id)
            return
        report.revised.append(head.id)
        changes.append(_change(pack, "revise", item, made.received, accepted_by))
        return
    said_before = [
        revision.sha256
        for revision, _ in log.revisions(head.id, View())
        if revision.pack == pack.name
    ]
    if said_before and said_before[-1] == item.entry.sha256:
        report.kept.append(head.id)  # the user's own revision of what the pack still says
    else:
        report.conflicts.append(head.id)


def _leaves(pack: Pack, head: Entry) -> bool:
    """Did an earlier version of the pack bring this entry, and this version no longer has it?"""
    made = head.revision
    assert made is not None
    mine = made.pack == pack.name and pack.recorded >= made.recorded
    return mine and not pack.history and head.id not in pack.ids


def _retract_gone(
    log: Log, pack: Pack, changes: list[Change], report: LoadReport, accepted_by: str
) -> None:
    """Entries that an earlier version of the pack brought and this one no longer has."""
    gone = {head.id: head for head in log.of_pack(pack.name) if _leaves(pack, head)}
    naming = log.entries(View(), naming=sorted(gone)) if gone else []
    while True:  # what others rest on stays, and what that rests on
        resting = [e for e in naming if e.id not in gone and e.id not in report.revised]
        held = {t for e in resting for _, t in e.references if t in gone}
        if not held:
            break
        report.conflicts.extend(sorted(held))
        gone = {key: head for key, head in gone.items() if key not in held}
    for head in gone.values():
        made = head.revision
        assert made is not None
        report.retracted.append(head.id)
        changes.append(
            Change(
                "retract",
                Entry(head.id, head.kind, head.body),
                pack.recorded,
                pack.author,
                f"no longer in pack {pack.name} {pack.version}",
                accepted_by,
                pack.name,
                pack.version,
                made.received,
            )
        )
