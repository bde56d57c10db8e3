"""One record, open for many callers."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.access import Token, find_token, tokens
from comity.opened import OpenRecord
from comity.record.store.looking import queue_state, state
from comity.service.engines import Engines
from comity.service.kept import Kept
from comity.service.pulse import Pulse
from comity.service.runs import Queue
from comity.words.errors import LimitReached, Place
from comity.words.text import check_characters

if TYPE_CHECKING:
    from comity.reader.intake import Stored, Taken

_READ_AGAIN = 5
"""Seconds after which whoever comes while a document is being read is told to come again: waiting
here would take the threads of those who only look."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A state of the record and of the reader's queue: all that an answer without a limit in time
    rests on."""

    received: int
    documents: int
    """Documents attached: passages of theirs can be shown."""
    queue: str = ""
    """What was read and decided."""

    def __str__(self) -> str:
        return f"{self.received}.{self.documents}.{self.queue}"


class Service:
    """A record with what stays in memory between questions. Safe to use from many threads.

    Raises `StoreError` where the store is not there, newer or broken.
    """

    def __init__(self, store: str | Path | None = None) -> None:
        self.record = OpenRecord(store, create=False)
        self.pulse = Pulse(self.record.log.engine)
        self.engines = Engines(self.record)
        self.kept = Kept()
        self.queue = Queue(self.record.log)
        self._reading = threading.Lock()
        self._moment: tuple[int, Moment] | None = None
        self._tokens: tuple[int, dict[str, Token]] | None = None

    def moment(self) -> Moment:
        """The state of the record now."""
        number = self.pulse.number()
        kept = self._moment
        if kept is not None and kept[0] == number:
            return kept[1]
        moment = Moment(*state(self.record.log), queue_state(self.record.log))
        self._moment = (number, moment)
        return moment

    def read_document(
        self, data: bytes, name: str, *, author: str, **told: Any
    ) -> tuple[Taken, Stored]:
        """Read a document that was sent, put it on record and queue what it proposes; `told` is
        what `comity.reader.intake.Told` takes.

        One at a time: a reading takes memory and seconds, and whoever comes in between is told to
        come again. Raises `LimitReached` and what reading raises.
        """
        from comity.opened.proposing import take_bytes
        from comity.reader.intake import Told

        check_characters(name, Place(field="name"))
        if not self._reading.acquire(blocking=False):
            raise LimitReached(
                "another document is being read", retry_after=_READ_AGAIN, mend="send it again soon"
            )
        try:
            taken = take_bytes(self.record.log, data, name, Told(**told))
            return taken, self.record.store_document(taken, author=author)
        finally:
            self._reading.release()
            self.wrote()

    def token(self, text: str) -> Token | None:
        """The valid token that a text is. A token revoked is none from then on."""
        number = self.pulse.number()
        kept = self._tokens
        if kept is None or kept[0] != number:
            kept = (number, {token.id: token for token in tokens(self.record.log)})
            self._tokens = kept
        return find_token(text, kept[1], dt.datetime.now(dt.UTC))

    def wrote(self) -> None:
        """To be called after every write of this program."""
        self.pulse.touch()

    def close(self) -> None:
        self.engines.close()
        self.pulse.close()
        self.record.close()
