"""Adding, revising and retracting entries by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.record.convert import scalar, wrong
from comity.record.entry import Entry, Revision
from comity.record.export import as_written
from comity.record.plain import laid_out
from comity.record.references import duplicate_ids, missing_references, rules
from comity.record.store.log import Change, Log
from comity.record.validate import Checker, Written, raise_problems
from comity.record.view import View
from comity.record.yamlfile import Mapping, Sequence, Text, read_yaml
from comity.words.errors import (
    ComityError,
    ConflictError,
    NotFound,
    Place,
    StaleError,
    ValidationError,
)
from comity.words.time import format_instant
from comity.words.vocabulary import kinds


def add_file(log: Log, path: Path, *, author: str, why: str | None = None) -> list[Entry]:
    """Add the entries of a YAML file, all or none. Raises `ValidationError`, `ConflictError`."""
    reason = why or f"added from {path.name}"
    changes = additions(log, read_yaml(path), str(path), author=author, why=reason)
    log.append(changes)
    return [change.entry for change in changes]


def additions(log: Log, raw: Any, subject: str | None, *, author: str, why: str) -> list[Change]:
    """What adding parsed entries writes, checked against the store; nothing is written yet.

    `subject` names the file they come from in errors; None: from no file. Raises
    `ValidationError`, `ConflictError`.
    """
    checker = Checker(subject)
    written = checker.entries(raw)
    problems = checker.problems + list(duplicate_ids(written))
    raise_problems(problems, subject or "what was sent")
    taken = log.entries(View(), ids=[item.entry.id for item in written], retracted=True)
    by_id = {item.entry.id: item for item in written}
    for entry in taken:
        raise ConflictError(
            f"the id {entry.id} is taken already ({entry.kind}: {entry.title})",
            where=by_id[entry.id].where("id"),
            mend=f"revise it (comity revise {entry.id} FILE), or choose another id",
        )
    _check(log, written, subject or "what was sent")
    return [Change("add", item.entry, None, author, why) for item in written]


def revise_file(
    log: Log, entry_id: str, path: Path, *, author: str, why: str | None = None
) -> tuple[Entry, Entry]:
    """Revise an entry: fields in the file replace the entry's, the others stay.

    The file may name `remove: [field, …]` for fields to drop, and `why:`. Returns the entry before
    and after. Raises `NotFound`, `ValidationError`, `ConflictError`.
    """
    before, change = revision(log, entry_id, read_yaml(path), path, author=author, why=why)
    log.append([change])
    return before, change.entry


@dataclass(frozen=True, slots=True)
class Kept:
    """A revision that was written: the entry, and its number in the store's log."""

    entry: Entry
    received: int

    def as_dict(self) -> dict[str, Any]:
        entry = self.entry
        return {
            "id": entry.id,
            "kind": entry.kind,
            "title": entry.title,
            "received": self.received,
        }


def add_plain(log: Log, entries: Any, *, author: str, why: str) -> list[Kept]:
    """Add entries given as plain values (a mapping, or a list of them), all or none.

    The checks are those of a file. Raises `ValidationError`, `ConflictError`.
    """
    changes = additions(log, laid_out(entries), None, author=author, why=why)
    numbers = log.append(changes)
    return [Kept(one.entry, number) for one, number in zip(changes, numbers, strict=True)]


def check_plain(log: Log, entries: Any, *, author: str) -> list[Entry]:
    """What `add_plain` would write; nothing is. Raises as it does."""
    return [one.entry for one in additions(log, laid_out(entries), None, author=author, why="")]


def revise_plain(
    log: Log, entry_id: str, fields: Any, *, author: str, why: str, base: int | None = None
) -> tuple[Entry, Kept]:
    """Revise an entry by plain values, as a file would; returns it before and after.

    `base` is the number (`received`) of the revision that the change was made on: where the entry
    has a newer one, a `StaleError` with both is raised and nothing is written.
    """
    before, change = revision(
        log, entry_id, laid_out(fields), None, author=author, why=why, base=base
    )
    return before, Kept(change.entry, _append_on(log, entry_id, change, base))


def _append_on(log: Log, entry_id: str, change: Change, base: int | None) -> int:
    """Write a change; one that another writer came before is stale where its base was named."""
    try:
        return log.append([change])[0]
    except ConflictError:
        if base is None:
            raise
        raise stale(log, entry_id, base) from None


def stale(log: Log, entry_id: str, base: int) -> StaleError:
    """The error for a change made on revision `base`, with that revision and the newest."""
    chain = [_version(made, entry) for made, entry in log.revisions(entry_id, View())]
    numbered = {version["received"]: version for version in chain}
    newest = chain[-1]
    return StaleError(
        f"{entry_id} has a newer revision ({newest['received']}) than the one changed ({base})",
        base=numbered.get(base),
        current=newest,
        mend="look at what changed in between, and repeat the change on the newest revision",
    )


def _version(made: Revision, entry: Entry) -> dict[str, Any]:
    return {
        "received": made.received,
        "op": made.op,
        "author": made.author,
        "recorded": format_instant(made.recorded),
        "why": made.why,
        "fields": as_written(entry),
    }


def _check_base(log: Log, before: Entry, base: int | None) -> None:
    assert before.revision is not None
    if base is not None and before.revision.received != base:
        raise stale(log, before.id, base)


def revision(
    log: Log,
    entry_id: str,
    raw: Any,
    path: Path | None,
    *,
    author: str,
    why: str | None = None,
    base: int | None = None,
) -> tuple[Entry, Change]:
    """The entry before, and what revising it by parsed fields writes; nothing is written yet.

    `path` names where they come from in errors; None: from no file. `base` is the revision that
    the change was made on, where one is named. Raises `NotFound`, `ValidationError`, `StaleError`.
    """
    file = None if path is None else str(path)
    before = _newest(log, entry_id)
    _check_base(log, before, base)
    if isinstance(raw, Sequence) and len(raw) == 1:
        raw = raw[0]
    if not isinstance(raw, Mapping):
        raise ValidationError(
            "a revision is one mapping of fields", where=Place(file=file), mend="field: value"
        )
    why = why or _why(raw, file)
    removed = _removed(raw, before, file)
    for key, value in (("id", before.id), ("kind", before.kind)):
        if raw.setdefault(key, _text(value, raw.line)) != value:
            raise ValidationError(
                f"the file is about {raw[key]}, not {value}",
                where=Place(file=file, line=raw.key_lines.get(key), field=key),
                mend=f"an entry keeps its {key}; leave it out or name the right one",
            )
        raw.key_lines.setdefault(key, raw.line)
    body = {name: claims for name, claims in before.body.items() if name not in removed}
    checker = Checker(file)
    written = checker.entry(raw, base=Entry(before.id, before.kind, body))
    raise_problems(checker.problems, file or entry_id)
    assert written is not None
    assert before.revision is not None
    if written.entry.sha256 == before.sha256 and before.revision.op != "retract":
        raise ValidationError(
            f"the file changes nothing in {entry_id}",
            where=Place(file=file),
            mend=f"compare with: comity show {entry_id}",
        )
    _check(log, [written], file or entry_id)
    change = Change(
        "revise",
        written.entry,
        None,
        author,
        why or ("revised" if path is None else f"revised from {path.name}"),
        expects=before.revision.received,
    )
    return before, change


def retract(log: Log, entry_id: str, *, author: str, why: str, base: int | None = None) -> Entry:
    """Take an entry back, with a reason. It stays in the history and in earlier reads.

    `base` is as in `revise_plain`. Raises `ConflictError` where other entries rest on it.
    """
    if not why.strip():
        raise ValidationError("a retraction needs a reason", mend='--why "…"')
    before = _newest(log, entry_id)
    _check_base(log, before, base)
    assert before.revision is not None
    if before.revision.op == "retract":
        raise ConflictError(f"{entry_id} is retracted already", mend=f"comity history {entry_id}")
    resting = [e.id for e in log.entries(View(), naming=[entry_id]) if e.id != entry_id]
    if resting:
        shown = ", ".join(resting[:5]) + (f" and {len(resting) - 5} more" if resting[5:] else "")
        raise ConflictError(
            f"{len(resting)} entries name {entry_id}: {shown}",
            mend="revise or retract those first",
        )
    change = Change(
        "retract",
        Entry(before.id, before.kind, before.body),
        None,
        author,
        why,
        expects=before.revision.received,
    )
    _append_on(log, entry_id, change, base)
    return before


def _newest(log: Log, entry_id: str) -> Entry:
    found = log.entries(View(), ids=[entry_id], retracted=True)
    if not found:
        raise NotFound(
            f"there is no entry {entry_id}", mend=f'look for it with: comity find "{entry_id}"'
        )
    return found[0]


def _check(log: Log, written: Iterable[Written], subject: str) -> None:
    """References and rules against the store and the entries written together."""
    items = list(written)
    entries = {item.entry.id: item.entry for item in items}
    targets = {t for item in items for _, t in item.entry.references} - set(entries) - {"*"}
    for entry in log.entries(View(), ids=targets):
        entries[entry.id] = entry

    def kind_of(entry_id: str) -> str | None:
        found = entries.get(entry_id)
        return found.kind if found else None

    problems: list[ComityError] = list(missing_references(items, kind_of, entries))
    for problem in problems:  # the near misses are in the store, not among the entries at hand
        if isinstance(problem, ValidationError) and problem.what.startswith("there is no entry"):
            problem.mend = "find its id with: comity find …, or add it in the same file"
    problems.extend(rules([*items, *_resting(log, items)], entries.get))
    raise_problems(problems, subject)


def _resting(log: Log, items: list[Written]) -> list[Written]:
    """Entries on record that rest on a group or document written here: it must still bear them."""
    ids = [item.entry.id for item in items if item.entry.kind in ("group", "document")]
    own = {item.entry.id for item in items}
    found = log.entries(View(), naming=ids) if ids else []
    place = Place(file=items[0].place.file) if items else Place()
    return [Written(entry, place, {}) for entry in found if entry.id not in own]


def _why(raw: Mapping, file: str | None) -> str | None:
    if "why" not in raw:
        return None
    try:
        return scalar(raw.pop("why"))
    except ComityError as error:
        raise error.at(Place(file=file, line=raw.key_lines["why"], field="why")) from None


def _removed(raw: Mapping, before: Entry, file: str | None) -> set[str]:
    if "remove" not in raw:
        return set()
    listed = raw.pop("remove")
    names = {str(name) for name in (listed if isinstance(listed, Sequence) else [listed])}
    for name in names:
        if name not in before.body:
            error = wrong(f"{before.id} has no field {name!r} to remove", "see comity show")
            error.where = Place(file=file, line=raw.key_lines.get("remove"), field="remove")
            raise error
        if kinds()[before.kind].fields[name].required and name not in raw:
            error = wrong(f"{name} is required and cannot be removed", "give it another value")
            error.where = Place(file=file, line=raw.key_lines.get("remove"), field="remove")
            raise error
    return names


def _text(value: str, line: int) -> Any:
    text = Text(value)
    text.line, text.column, text.plain = line, 1, True
    return text
