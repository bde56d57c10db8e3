"""Checks that need more than one entry: references, duplicate ids, and the rules of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from comity.record.convert import nearest
from comity.record.entry import Entry
from comity.record.validate import Written
from comity.words.errors import CodeError, ComityError, Place, ValidationError
from comity.words.vocabulary import Field, kinds, subrecord

_MEMBERS = {"economy": "economies", "area": "areas", "goods": "goods", "scope": ""}
"""The field of a group that holds its members, by the type of the field that names the group."""

KindOf = Callable[[str], str | None]


def duplicate_ids(written: Iterable[Written]) -> Iterator[ComityError]:
    """Entries of one load that share an id."""
    seen: dict[str, Place] = {}
    for item in written:
        first = seen.get(item.entry.id)
        if first is None:
            seen[item.entry.id] = item.where("id")
        else:
            yield ValidationError(
                f"the id {item.entry.id} is used twice, first at {first.file}:{first.line}",
                where=item.where("id"),
                mend="give one of the two another id",
            )


def missing_references(
    written: Iterable[Written], kind_of: KindOf, known: Iterable[str] = ()
) -> Iterator[ComityError]:
    """References to entries that do not exist, or are of another kind than the field allows."""
    ids = list(known)
    for item in written:
        for path, kind_names, target in _entry_refs(item.entry):
            kind = kind_of(target)
            if kind is None:
                yield ValidationError(
                    f"there is no entry {target}",
                    where=item.where(path),
                    mend=nearest(target, ids) or "add the entry, or mend the id",
                )
            elif kind_names and kind not in kind_names:
                yield ValidationError(
                    f"{target} is a {kind}, and a {' or '.join(kind_names)} is needed here",
                    where=item.where(path),
                    mend="name another entry",
                )


def _entry_refs(entry: Entry) -> Iterator[tuple[str, tuple[str, ...], str]]:
    fields = kinds()[entry.kind].fields
    for path, target in entry.references:
        row = _row(fields, path)
        if target == "*" or row is None:
            continue
        if row.base == "ref":
            yield path, row.argument, target
        elif row.base == "party" and not target.isupper():
            yield path, ("body",), target
        elif row.base in ("scope", "economy", "area", "goods") and not target.isupper():
            yield path, ("group",), target


def _row(fields: Mapping[str, Field], path: str) -> Field | None:
    """The vocabulary row of a reference path (``participants.person``, ``status.sources``)."""
    head, _, rest = path.partition(".")
    row = fields.get(head)
    while row is not None and rest:
        head, _, rest = rest.partition(".")
        if row.base == "scope" and head in ("only", "all_except", "includes", "excludes"):
            return row
        inner = subrecord(row.type) if row.base.startswith("@") else subrecord("claim")
        row = inner.get(head) or subrecord("claim").get(head)
    return row


def rules(written: Iterable[Written], get: Callable[[str], Entry | None]) -> Iterator[ComityError]:
    """What entries of a kind must be beyond their fields: evidence, successors, passages."""
    for item in written:
        entry = item.entry
        if entry.kind == "commitment":
            yield from _commitment(item)
        if entry.kind == "measure":
            yield from _measure(item)
        if entry.kind == "person" and not entry.body.get("party") and not entry.body.get("offices"):
            yield ValidationError(
                "a person needs a party or an office",
                where=item.where("party"),
                mend="add party: or offices:",
            )
        yield from _passages(item, get)
        yield from _groups(item, get)


def _groups(item: Written, get: Callable[[str], Entry | None]) -> Iterator[ComityError]:
    """A group without members of the sort a scope asks for would make every read of it fail."""
    fields = kinds()[item.entry.kind].fields
    for path, target in item.entry.references:
        row = _row(fields, path)
        group = get(target) if row is not None and row.base in _MEMBERS else None
        if row is None or group is None or group.kind != "group":
            continue
        members = _MEMBERS[row.argument[0] if row.base == "scope" else row.base]
        if not group.list(members):
            yield ValidationError(
                f"the group {target} names no {members}",
                where=item.where(path),
                mend=f"add {members} to it, or use another group",
            )


def _commitment(item: Written) -> Iterator[ComityError]:
    for claim in item.entry.claims("status"):
        settled = claim.value in ("kept", "broken", "superseded")
        if settled and not claim.get("evidence"):
            yield ValidationError(
                f"the status {claim.value} names no evidence",
                where=item.where("status"),
                mend="add evidence: [id of the meeting, act, measure … that shows it]",
            )
        if not claim.get("from"):
            yield ValidationError(
                f"the status {claim.value} has no day",
                where=item.where("status"),
                mend="add from: the first day on which it was so",
            )


def _measure(item: Written) -> Iterator[ComityError]:
    entry = item.entry
    on_goods = entry.value("flow") in ("import", "export")
    if on_goods and not entry.list("goods") and not entry.value("goods_list"):
        yield ValidationError(
            "a measure on goods needs goods or goods_list",
            where=item.where("goods"),
            mend="give HS codes (HS2022:03) or name the list that defines the goods",
        )
    if entry.value("measure_kind") in ("entity_list", "other") and not entry.value("effect"):
        yield ValidationError(
            "this kind of measure has no effect of its own",
            where=item.where("effect"),
            mend="add effect: prohibited, conditional, dutiable or none",
        )


def _passages(item: Written, get: Callable[[str], Entry | None]) -> Iterator[ComityError]:
    lists = [item.entry.list("passages")]
    lists += [claim.get("passages", []) for claim in item.entry.all_claims()]
    for passages in lists:
        for passage in passages:
            document = get(passage["document"])
            length = document.value("characters") if document else None
            if passage["start"] < 0 or passage["end"] <= passage["start"]:
                yield ValidationError(
                    f"a passage from {passage['start']} to {passage['end']} holds nothing",
                    where=item.where("passages"),
                    mend="start counts from 0 and end is the character after the last",
                )
            elif length is not None and passage["end"] > length:
                yield ValidationError(
                    f"the passage ends at {passage['end']}, the document has {length} characters",
                    where=item.where("passages"),
                    mend="count characters of the decoded text, not bytes",
                )


def group_members(entry: Entry, field: str) -> tuple[str, ...]:
    """The members of a group for one field. Raises `CodeError` where it has none."""
    members = entry.list(field)
    if not members:
        raise CodeError(
            f"the group {entry.id} names no {field}",
            mend=f"add {field} to it, or use another group",
        )
    return tuple(members)
