"""A document on its way in: its bytes read, its text put on record, its proposals queued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.documents.language import check_english
from comity.reader.accepting import free_id, parsed
from comity.reader.llm.client import Settings, library
from comity.reader.llm.propose import LlmRead, propose
from comity.reader.measured import tallies
from comity.reader.proposal import Proposal
from comity.reader.queue import Queued, Text, enqueue
from comity.reader.reading import Given, Read, Register
from comity.reader.register import RecordRegister
from comity.reader.setting import document_of, sources_of
from comity.record.store.log import Change, Log
from comity.record.write import additions
from comity.record.yamlfile import read_bytes
from comity.words import economies
from comity.words.errors import InputError, Place, ValidationError, located
from comity.words.text import plain
from comity.words.time import DayRange
from comity.words.vocabulary import check_term

if TYPE_CHECKING:
    from comity.documents.document import Extracted

Extract = Callable[..., "Extracted"]
Engine = Callable[[Given, Register], Read]


@dataclass(frozen=True)
class Told:
    """What whoever reads a document says of it; what is empty is taken from the document.

    published : a day, month or year;  publisher : economy whose ministry or outlet it is
    relation : two economies;  source_kind : of the source that is made for it
    """

    published: str | None = None
    publisher: str | None = None
    speaker: str | None = None
    relation: tuple[str, str] | None = None
    title: str | None = None
    address: str | None = None
    source_kind: str = "press"

    def checked(self) -> Told:
        """With codes for names. Raises `InputError`, `TimeError`, `CodeError`."""
        with located("published"):
            published = str(DayRange.parse(self.published)) if self.published else None
        with located("publisher"):
            publisher = economies.resolve(self.publisher) if self.publisher else None
        relation = None
        if self.relation:
            with located("relation"):
                first, second = (economies.resolve(name) for name in self.relation)
                if first == second:
                    raise InputError(
                        f"{self.relation[0]} and {self.relation[1]} are the same economy ({first})",
                        mend="name two economies",
                    )
                relation = (first, second)
        with located("source_kind"):
            kind = check_term("source_kind", self.source_kind)
        return replace(
            self, published=published, publisher=publisher, relation=relation, source_kind=kind
        )


@dataclass(frozen=True)
class Taken:
    """A document as read. `problem` says why it has no proposals; `model` is what a language model
    gave, where one was asked."""

    file: Path
    data: bytes
    extracted: Extracted
    told: Told
    proposals: tuple[Proposal, ...]
    problem: str | None
    notes: tuple[str, ...]
    model: LlmRead | None = None

    @property
    def sha256(self) -> str:
        return self.extracted.document.sha256

    @property
    def published(self) -> str | None:
        return self.told.published or self.extracted.document.published

    @property
    def title(self) -> str:
        known = self.told.title or self.extracted.document.title or self.file.stem
        return " ".join(plain(known).split())

    def as_dict(self) -> dict[str, Any]:
        """`document` and `entries`, as a dry run prints them."""
        found = self.extracted.document
        return {
            "document": {
                **found.as_dict(),
                "title": self.title,
                "published": self.published,
                "publisher": self.told.publisher,
                "speaker": self.told.speaker,
                "relation": list(self.told.relation) if self.told.relation else None,
                "address": self.told.address or found.address,
                "characters": len(self.extracted.text),
            },
            "problem": self.problem,
            "notes": list(self.notes),
            "model": self.model.as_dict() if self.model else None,
            "entries": [{"id": one.id_in(self.sha256), **one.as_dict()} for one in self.proposals],
        }


@dataclass(frozen=True)
class Stored:
    """What storing a reading did: the document's entry, whether it is new, and the queue."""

    document: str
    new: bool
    queued: Queued

    def as_dict(self) -> dict[str, Any]:
        counts = {"new": self.queued.new, "known": self.queued.known}
        told = {"document": self.document, "new_document": self.new, **counts}
        return {**told, "withdrawn": self.queued.withdrawn}


def take(
    log: Log | None,
    file: Path,
    told: Told,
    *,
    extract: Extract,
    engine: Engine,
    model: Settings | None = None,
) -> Taken:
    """Extract and read a document; nothing is stored. `model` is a language model to ask, too.

    Raises `FileError` and other `InputError`, also for a text that is not in English;
    `MissingDependency` and `LlmError` where a model is asked.
    """
    told = told.checked()
    if model is not None:
        library()  # before any work
    return take_bytes(
        log, read_bytes(file), file, told, extract=extract, engine=engine, model=model
    )


def take_bytes(
    log: Log | None,
    data: bytes,
    file: Path,
    told: Told,
    *,
    extract: Extract,
    engine: Engine,
    model: Settings | None = None,
) -> Taken:
    """`take` of a document whose bytes are at hand; `file` is no more than its name."""
    told = told.checked()
    extracted = extract(data, file=str(file))
    check_english(extracted.text, file=str(file))
    known = told.published or extracted.document.published
    day = DayRange.parse(known) if known else None
    given = Given(
        text=extracted.text,
        title=told.title or extracted.document.title or "",
        published=dt.date.fromordinal(day.latest) if day and day.exact else None,
        publisher=told.publisher,
        speaker=told.speaker,
        relation=told.relation,
    )
    register = RecordRegister(log) if log else NOTHING
    read = engine(given, register)
    more: LlmRead | None = None
    if model is not None and not read.problem:
        more = propose(given, register, model).beside(read.proposals)
    together = [*read.proposals, *(more.proposals if more else ())]
    together.sort(key=lambda one: (one.evidence[0].start, one.evidence[0].end))
    proposals = measured(together, log)
    notes = (*extracted.notes, *read.notes)
    return Taken(file, data, extracted, told, proposals, read.problem, notes, more)


@dataclass(frozen=True)
class _Nothing:
    """The register of a record that does not exist yet."""

    people: Sequence[Any] = ()
    issues: Sequence[Any] = ()
    measures: Sequence[Any] = ()


NOTHING = _Nothing()


def measured(proposals: Sequence[Proposal], log: Log | None) -> tuple[Proposal, ...]:
    """Proposals with the measured precision of their rules as confidence."""
    by_rule = tallies(log)
    return tuple(
        replace(one, confidence=by_rule[one.rule].precision if one.rule in by_rule else None)
        for one in proposals
    )


def store(log: Log, taken: Taken, *, author: str) -> Stored:
    """Put a read document on record, where it is not yet, and queue its proposals.

    Doing it again, also after a crash in the middle, adds only what is missing. Raises
    `InputError` where the document has nothing to propose and a problem to tell.
    """
    place = Place(file=str(taken.file))
    if taken.problem:
        raise InputError(
            taken.problem,
            where=place,
            mend="give a document of English prose; see what was found with --dry-run",
        )
    before = document_of(log, taken.sha256)
    try:
        changes, document = _entries(log, taken, author)
    except ValidationError as error:
        raise error.at(place) from None
    if before is not None:
        length = before.value("characters")
        furthest = max((part.end for p in taken.proposals for part in p.evidence), default=0)
        if furthest > length:
            raise InputError(
                f"the document is on record as {before.id} with {length:,} characters, "
                f"and its text as extracted has {len(taken.extracted.text):,}",
                where=place,
                mend=f"compare with comity show {before.id}; correct its characters if it is wrong",
            )
    given: dict[str, Any] = {
        "title": taken.title,
        "published": taken.published,
        "publisher": taken.told.publisher,
        "speaker": taken.told.speaker,
        "relation": list(taken.told.relation) if taken.told.relation else None,
        "file": taken.file.name,
        "extractor": taken.extracted.extractor,
        "model": taken.model.model if taken.model else None,
        "pages": [[page.number, page.start, page.end] for page in taken.extracted.pages],
    }
    # The bytes first: they are kept once, and without the rest they mean nothing.
    log.attach(taken.sha256, taken.file.name, taken.data)
    text = Text(taken.sha256, taken.extracted.text, given)
    queued = enqueue(log, text, taken.proposals, changes, asked=taken.model is not None)
    return Stored(document, before is None, queued)


def _entries(log: Log, taken: Taken, author: str) -> tuple[list[Change], str]:
    """The document and its source, as far as they are not on record; the document's id."""
    found = taken.extracted.document
    before = document_of(log, taken.sha256)
    document = before.id if before else free_id(log, ["doc", *taken.title.split()[:8]])
    site = " ".join(plain(found.site or "").split())
    publisher = site or (economies.label(taken.told.publisher) if taken.told.publisher else None)
    shared = {
        "title": taken.title,
        "published": taken.published,
        "publisher": publisher,
        "url": taken.told.address or found.address,
    }
    entries: list[Mapping[str, Any]] = []
    if before is None:
        language = found.language if found.language != "und" else None
        facts = {"sha256": taken.sha256, "characters": len(taken.extracted.text)}
        entries.append(
            {"id": document, "kind": "document", **shared, **facts, "language": language}
        )
    if before is None or not sources_of(log, document):
        stem = document.removeprefix("doc-")
        today = dt.datetime.now(dt.UTC).date().isoformat()
        access = f"file {plain(taken.file.name)}, read {today}"
        made = {"source_kind": taken.told.source_kind, "access": access, "document": document}
        entries.append(
            {"id": free_id(log, ["src", *stem.split("-")]), "kind": "source", **shared, **made}
        )
    if not entries:
        return [], document
    why = f"read from {plain(taken.file.name)}"
    subject = str(taken.file)
    return additions(log, parsed(entries), subject, author=author, why=why), document
