"""What an opened record can be told about proposals: read a document, decide on what was found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.opened.writing import default_author
from comity.record.store import Log

if TYPE_CHECKING:
    from comity.documents.document import Extracted
    from comity.reader.accepting import Decided
    from comity.reader.intake import Stored, Taken, Told
    from comity.reader.llm import Settings
    from comity.reader.queue import Item
    from comity.reader.reading import Given, Read, Register


def extract(data: bytes, *, file: str) -> Extracted:
    """The text of a document, by the extractor for its kind."""
    from comity.documents.extract import extract as extracted

    found: Extracted = extracted(data, file=file)
    return found


def engine(given: Given, register: Register) -> Read:
    """What the rules of this program find."""
    from comity.reader.engine import read

    found: Read = read(given, register)
    return found


def take(log: Log | None, file: str | Path, told: Told, model: Settings | None = None) -> Taken:
    """Read a document and store nothing; `log` is the record that helps, where there is one, and
    `model` a language model that is asked, too."""
    from comity.reader import intake

    return intake.take(log, Path(file), told, extract=extract, engine=engine, model=model)


def take_bytes(log: Log | None, data: bytes, name: str, told: Told) -> Taken:
    """`take` of a document that was sent: its bytes, and the name of the file that they were."""
    from comity.reader import intake

    return intake.take_bytes(log, data, Path(name), told, extract=extract, engine=engine)


class ProposingMethods:
    """The half of `comity.opened.OpenRecord` that is about documents and proposals."""

    log: Log

    def read_document(
        self,
        file: str | Path,
        *,
        published: str | None = None,
        publisher: str | None = None,
        speaker: str | None = None,
        relation: tuple[str, str] | None = None,
        model: Settings | None = None,
        author: str | None = None,
    ) -> Stored:
        """Read a document and queue what it proposes; see `comity.reader.intake.store`."""
        from comity.reader.intake import Told

        told = Told(published, publisher, speaker, relation)
        return self.store_document(take(self.log, file, told, model), author=author)

    def store_document(self, taken: Taken, *, author: str | None = None) -> Stored:
        """Put a document that was read on record and queue its proposals."""
        from comity.reader.intake import store

        return store(self.log, taken, author=author or default_author())

    def proposals(
        self,
        *,
        decided: bool = False,
        document: str | None = None,
        type: str | None = None,  # noqa: A002 - what proposals call it
    ) -> list[Item]:
        """Open proposals in the order of review, with the measured precision of their rules; with
        `decided`, all of them.

        `document` is one's id or the SHA-256 of its bytes, `type` one of `proposal.TYPES`. Raises
        `NotFound`, `InputError`.
        """
        from dataclasses import replace

        from comity.reader.intake import measured
        from comity.reader.queue import items
        from comity.reader.showing import checked_type, sha256_of_document

        kind = None if type is None else checked_type(type)
        sha256 = None if document is None else sha256_of_document(self.log, document)
        found = items(self.log, document=sha256, decided=decided)
        found = [item for item in found if kind in (None, item.proposal.type)]
        known = measured([item.proposal for item in found], self.log)
        return [replace(item, proposal=one) for item, one in zip(found, known, strict=True)]

    def proposal(self, name: str) -> Item:
        """One proposal by its id or the beginning of it. Raises `NotFound`."""
        from comity.reader.queue import item_of

        return item_of(self.log, name)

    def review(self, name: str) -> dict[str, Any]:
        """One proposal with what it takes to decide: its passages in their context, what may be
        set, and what is like it on record; see `comity.reader.showing.showing`."""
        from comity.reader.showing import showing

        return showing(self.log, self.proposal(name))

    def accept(
        self, name: str, *, new: bool = False, why: str = "", author: str | None = None
    ) -> Decided:
        """Make a proposal part of the record; see `comity.reader.accepting.accept`."""
        from comity.reader.accepting import accept

        item = self.proposal(name)
        return accept(self.log, item, author=author or default_author(), why=why, new=new)

    def merge(self, name: str, entry: str, *, why: str = "", author: str | None = None) -> Decided:
        """Let an entry on record rest on a proposal's passages, too."""
        from comity.reader.accepting import merge

        item = self.proposal(name)
        return merge(self.log, item, entry, author=author or default_author(), why=why)

    def reject(self, name: str, *, why: str, author: str | None = None) -> Decided:
        """Close a proposal with a reason."""
        from comity.reader.accepting import reject

        return reject(self.log, self.proposal(name), author=author or default_author(), why=why)

    def edit_proposal(
        self, name: str, slots: Mapping[str, Any], *, author: str | None = None
    ) -> Item:
        """Replace slots of an open proposal; `None` empties one."""
        from comity.reader.accepting import edit

        return edit(self.log, self.proposal(name), slots, author=author or default_author())

    def skip(self, item: Item | str, *, author: str | None = None) -> None:
        """Put an open proposal at the end of the queue."""
        from comity.reader.queue import SKIPPED, decide

        item = self.proposal(item) if isinstance(item, str) else item
        decide(self.log, item, SKIPPED, author=author or default_author())

    def reader_report(self) -> list[dict[str, object]]:
        """Per rule: what it proposed, what became of that, and how often it was right."""
        from comity.reader.measured import report

        return report(self.log)
