"""What a decision writes: a new entry, or a revision of one on record, by the ordinary write path.

Everything is checked before anything is written; the decision and what it changes are one
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from comity.reader.drafting import draft, value_claim
from comity.reader.drafting_parts import own_words
from comity.reader.matching import MERGES, matching
from comity.reader.proposal import (
    HEDGE,
    INDICATOR,
    INTEREST,
    ISSUE,
    MEASURE,
    MEETING,
    PERSON,
)
from comity.reader.queue import ACCEPTED, CLOSED, EDITED, MERGED, REJECTED, Item, decide
from comity.reader.setting import Setting
from comity.record.entry import Entry
from comity.record.export import as_written
from comity.record.store.log import Change, Log
from comity.record.view import View
from comity.record.write import additions, revision
from comity.record.yamlfile import parse_yaml
from comity.words.catalogue import t
from comity.words.errors import (
    ComityError,
    ConflictError,
    InputError,
    NotFound,
    Place,
    ValidationError,
)
from comity.words.text import plain, tokens
from comity.words.vocabulary import kinds

_ID_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a proposal: a new entry, or one on record that now rests on it, too."""

    id: str
    verdict: str
    entry: str | None
    kind: str | None
    title: str | None

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def accept(log: Log, item: Item, *, author: str, why: str = "", new: bool = False) -> Decided:
    """Make a proposal an entry, or part of the entry that it belongs to.

    Issues and people on record, interests and hedges are merged. What else looks like an entry on
    record is refused unless `new`. Raises `ValidationError` with the slots to set, `ConflictError`.
    """
    _must_be_open(item)
    setting = Setting(log, item)
    if item.proposal.type in (INTEREST, HEDGE):
        return merge(log, item, _host(setting), author=author, why=why)
    same = matching(setting)
    if same and not new:
        if item.proposal.type in (ISSUE, PERSON, INDICATOR):
            return merge(log, item, same[0], author=author, why=why)
        raise ConflictError(
            f"the proposal {item.id} looks like {same[0]}, which is on record",
            mend=f"comity review merge {item.id} {same[0]}, or accept it with --new",
        )
    made = draft(item.proposal, setting)
    name = free_id(log, made.words)
    entries: list[dict[str, Any]] = []
    for need in made.needs:
        need = {**need, "id": free_id(log, ["act", name])}
        made.fields["made_by"] = need["id"]
        entries.append(need)
    entries.append({"id": name, "kind": made.kind, **made.fields})
    reason = why or _because(item, "reader.accepted")
    try:
        changes = additions(log, parsed(entries), _subject(item), author=author, why=reason)
    except ValidationError as error:
        raise _to_set(item, error) from None
    title = changes[-1].entry.title
    decide(log, item, ACCEPTED, author=author, why=why, entry=name, changes=changes)
    return Decided(item.id, ACCEPTED, name, made.kind, title)


def merge(log: Log, item: Item, entry_id: str, *, author: str, why: str = "") -> Decided:
    """Let an entry on record rest on a proposal's passages, too; an interest becomes an attribute
    of its issue, a hedge a mark, a value part of its series.

    Raises `NotFound`, `InputError` where the kinds do not fit, `ConflictError`.
    """
    _must_be_open(item)
    found = log.entries(View(), ids=[entry_id])
    if not found:
        raise NotFound(
            f"there is no entry {entry_id}", mend=f'look for it with: comity find "{entry_id}"'
        )
    before = found[0]
    allowed = MERGES[item.proposal.type]
    if before.kind not in allowed:
        raise InputError(
            f"{entry_id} is of kind {before.kind}, and a {item.proposal.type} is none",
            mend="name an entry of kind " + " or ".join(allowed),
        )
    fields = _merged(Setting(log, item), before)
    changes: list[Change] = []
    if fields:
        reason = why or _because(item, "reader.merged")
        subject = Path(_subject(item))
        try:
            _, change = revision(log, entry_id, parsed(fields), subject, author=author, why=reason)
        except ValidationError as error:
            raise _to_set(item, error) from None
        changes.append(change)
    decide(log, item, MERGED, author=author, why=why, entry=entry_id, changes=changes)
    return Decided(item.id, MERGED, entry_id, before.kind, before.title)


def reject(log: Log, item: Item, *, author: str, why: str) -> Decided:
    """Close a proposal with a reason; the record stays as it is. Raises `ValidationError`."""
    _must_be_open(item)
    if not why.strip():
        raise ValidationError("a rejection needs a reason", mend='--why "…"')
    decide(log, item, REJECTED, author=author, why=why)
    return Decided(item.id, REJECTED, None, None, None)


def edit(log: Log, item: Item, slots: Mapping[str, Any], *, author: str) -> Item:
    """Replace slots of an open proposal; `None` empties one. What is not named stays.

    Raises `InputError` for a slot that neither the type nor its kind of entry knows.
    """
    _must_be_open(item)
    known = {*item.was, *item.proposal.slots, *slot_names(item.proposal.type)}
    for name in slots:
        if name not in known:
            raise InputError(
                f"a {item.proposal.type} has no slot {name!r}",
                where=Place(entry=item.id, field=name),
                mend="slots: " + ", ".join(sorted(known)),
            )
    new = {**item.proposal.slots, **slots}
    if new == dict(item.proposal.slots):
        return item
    decide(log, item, EDITED, author=author, slots=new)
    return replace(item, proposal=replace(item.proposal, slots=new))


def slot_names(kind: str) -> tuple[str, ...]:
    """What a reviewer may set on a proposal of a type: its slots and the fields of its kind."""
    own = ("issue", "key") if kind == INTEREST else _SLOTS.get(kind, ())
    return tuple(dict.fromkeys([*own, *(kinds()[kind].fields if kind in kinds() else ())]))


_SLOTS: Mapping[str, tuple[str, ...]] = {
    MEETING: ("date", "event", "first", "principals"),
    "statement": ("party", "date"),
    "position": ("side", "about", "date"),
    "commitment": ("parties", "what", "when", "date"),
    MEASURE: ("imposer", "target", "product", "kind", "hs", "date", "status"),
    INDICATOR: ("value", "date", "from", "until"),
    PERSON: ("role",),
    INTEREST: ("kind",),
    HEDGE: ("cue",),
}


# ---- interests, hedges, and what merging adds -------------------------------------------------


def _host(setting: Setting) -> str:
    """The entry of which an interest is an attribute, or on which a hedge is a mark."""
    item = setting.item
    slots = item.proposal.slots
    if item.proposal.type == INTEREST:
        found = setting.issue(slots.get("issue") or slots.get("key"), "", setting.parties)
        found = found or setting.issue_of_key("relationship", setting.parties)
        if found is not None:
            return found
        raise ValidationError(
            f"it is not said to which issue the interest {item.id} belongs",
            where=Place(entry=item.id, field="issue"),
            mend=f"comity review edit {item.id} issue=ID, or comity review merge {item.id} ID",
        )
    main = item.proposal.evidence[0]

    def apart(other: Item) -> tuple[int, int]:
        there = other.proposal.evidence[0]
        gap = max(0, there.start - main.end, main.start - there.end)
        return gap, there.end - there.start

    near = [one for one in setting.siblings if one.entry and setting.near(one)]
    near = [one for one in near if one.proposal.type not in (INTEREST, HEDGE)]
    if near:
        # A field of its own on one that has it before a remark on one that has none.
        near.sort(key=lambda one: ("hedge" not in _fields_of(one), *apart(one)))
        return str(near[0].entry)
    raise ValidationError(
        f"no accepted entry rests on the sentence of the hedge {item.id}",
        where=Place(entry=item.id),
        mend=f"accept that first, or say which: comity review merge {item.id} ENTRY",
    )


def _fields_of(item: Item) -> Mapping[str, Any]:
    kind = kinds().get(item.proposal.type)
    return kind.fields if kind else {}


def _merged(setting: Setting, before: Entry) -> dict[str, Any]:
    """The fields that merging changes, whole; empty where the entry rests on all of it already."""
    one = setting.item.proposal
    written = as_written(before)
    passages = setting.passages(one.evidence)
    out: dict[str, Any] = {}
    if one.type == INTEREST:
        # The attribute has its own passages: the issue's are about the issue.
        claim: dict[str, Any] = {
            "value": one.slots.get("kind"),
            "sources": setting.sources,
            "passages": passages,
        }
        if setting.published:
            claim["from"] = setting.published
        if one.hedged:
            claim["hedge"] = one.cue or "hedged"
        claims = _claims(written.get("interest"))
        if claim not in claims:
            out["interest"] = [*claims, claim]
        return out
    if one.type == HEDGE:
        return _hedged(setting, before, written, str(one.slots.get("cue") or one.cue or "hedged"))
    for name, values in (("passages", passages), ("sources", setting.sources)):
        have = before.list(name)
        if any(value not in have for value in values):
            fresh = [value for value in values if value not in have]
            out[name] = _longer(written.get(name), fresh)
    if one.type == INDICATOR:
        claims = _claims(written.get("values"))
        fresh = [claim for claim in value_claim(one, setting) if claim not in claims]
        if fresh:
            out["values"] = [*claims, *fresh]
    if one.hedged:
        out |= _hedged(setting, before, written, one.cue or "hedged")
    return out


def _hedged(
    setting: Setting, before: Entry, written: Mapping[str, Any], cue: str
) -> dict[str, Any]:
    """A hedge as a field of the entry, or as a remark with its passage where there is none."""
    if "hedge" in kinds()[before.kind].fields:
        have = str(before.value("hedge") or "")
        if cue in have.split("; "):
            return {}
        return {"hedge": f"{have}; {cue}" if have else cue}
    one = setting.item.proposal
    said = own_words(None, one)
    remark = {
        **said,
        "sources": setting.sources,
        "passages": setting.passages(one.evidence),
        "hedge": cue,
    }
    if setting.published:
        remark["from"] = setting.published
    claims = _claims(written.get("remark"))
    return {} if remark in claims else {"remark": [*claims, remark]}


def _claims(written: Any) -> list[dict[str, Any]]:
    """The claims of a field in long form."""
    if written is None:
        return []
    several = isinstance(written, list) and all(
        isinstance(one, dict) and "value" in one for one in written
    )
    parts = written if several else [written]
    return [one if isinstance(one, dict) and "value" in one else {"value": one} for one in parts]


def _longer(written: Any, fresh: list[Any]) -> Any:
    """A list field, bare or in long form, with more at its end."""
    if isinstance(written, dict) and "value" in written:
        return {**written, "value": [*written["value"], *fresh]}
    return [*(written or []), *fresh]


# ---- writing ------------------------------------------------------------------------------------


def _must_be_open(item: Item) -> None:
    if item.verdict in CLOSED:
        became = f" ({item.entry})" if item.entry else ""
        raise ConflictError(
            f"the proposal {item.id} was {item.verdict} already by {item.author}{became}",
            mend="see what is open: comity review --list",
        )


def _subject(item: Item) -> str:
    return f"proposal {item.id}"


def _because(item: Item, key: str) -> str:
    edited = t("reader.after_editing") if item.changed else ""
    return t(key, rule=item.proposal.rule, id=item.id, edited=edited).strip()


def free_id(log: Log, words: Sequence[str]) -> str:
    """An id from words that no entry has or ever had."""
    parts = [part for word in words for part in tokens(word)]
    plain_parts = ["".join(c for c in part if c.isascii() and c.isalnum()) for part in parts]
    stem = "-".join(part for part in plain_parts if part)[:_ID_LENGTH].strip("-") or "entry"
    names = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    for start in range(0, len(names), 50):
        some = names[start : start + 50]
        taken = {entry.id for entry in log.entries(View(), ids=some, retracted=True)}
        free = next((name for name in some if name not in taken), None)
        if free is not None:
            return free
    raise ConflictError(f"a thousand entries are called {stem}", mend="edit the title or the day")


def parsed(value: Any) -> Any:
    """Plain data as the parser of files gives it, so that one validation serves both."""
    text = yaml.safe_dump(_clean(value), allow_unicode=True, sort_keys=False, width=1_000_000)
    return parse_yaml(text, "proposal")


def _clean(value: Any) -> Any:
    """What a document holds may be anything: characters that the record refuses are replaced."""
    if isinstance(value, Mapping):
        return {str(key): _clean(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(str(value))


def _to_set(item: Item, error: ValidationError) -> ValidationError:
    """The problems of an entry as things to set on its proposal."""
    problems: list[ComityError] = []
    for one in error.problems or (error,):
        name = one.where.field if one.where else None
        head = (name or "").partition(".")[0]
        mend = f"comity review edit {item.id} {head}=…" if head else one.mend
        if head and one.mend:
            mend = f"{mend} ({one.mend})"
        where = Place(entry=_subject(item), field=name)
        problems.append(ValidationError(one.what, where=where, mend=mend))
    first = problems[0]
    return ValidationError(first.what, where=first.where, mend=first.mend, problems=problems)
