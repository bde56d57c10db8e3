"""The measures of the record, held ready for questions of what applies.

One engine over all measures is kept for the record as it stands. It is remade in the background
when a measure, or anything that a measure's rule was read from, has changed; until then questions
are answered from the store, each from the measures that may bear on it, as the command line does.
No answer ever comes from a record older than the question.
"""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from comity.applies import Answer, Engine, Shipment
from comity.applies.from_record import engine_for
from comity.opened import OpenRecord, RecordTimes
from comity.record.reading import Reading
from comity.record.store import looking
from comity.record.view import View

_RULED = frozenset({"measure", "gap"})
_KEPT = 64
"""Engines of past views kept: each covers one pair of economies."""


@dataclass
class _Whole:
    engine: Engine
    received: int
    read: frozenset[str]
    """Ids of the entries from which its rules were read."""


class Engines:
    """Engines by view. Safe to use from many threads."""

    def __init__(self, record: OpenRecord) -> None:
        self._record = record
        self._whole: _Whole | None = None
        self._lock = threading.Lock()
        self._making: threading.Thread | None = None
        self._stale = False
        self._closed = False
        self._past: OrderedDict[tuple[object, ...], Engine] = OrderedDict()

    def ready(self, received: int) -> Engine | None:
        """The engine over all measures, if it is that of the record at `received`; never waits."""
        whole = self._whole
        return whole.engine if whole is not None and whole.received == received else None

    def warm(self, received: int) -> None:
        """Make the engine of the record at `received` now."""
        self._keep(self._made(received))

    def prepare(self, received: int) -> None:
        """Begin to make the engine of the record at `received`, in the background."""
        self._fresh(received)

    def ask(self, shipment: Shipment, state: int, times: RecordTimes | None = None) -> Answer:
        """The answer at a view; without one, of the record at `state` (a `received`)."""
        return self.engine([shipment], state, times).ask(shipment)

    def engine(
        self, asked: Sequence[Shipment], state: int, times: RecordTimes | None = None
    ) -> Engine:
        """An engine that can answer the questions at a view; may read from the store."""
        if not times:
            found = self._fresh(state)
            if found is not None:
                return found
        pinned = View.of(None, **(times or {})).pinned(state)
        ends = sorted({code for one in asked for code in (one.origin, one.to)})
        key = (pinned, *ends)
        with self._lock:
            if key in self._past:
                self._past.move_to_end(key)
                return self._past[key]
        engine = engine_for(Reading(self._record.log, pinned), asked)
        with self._lock:
            self._past[key] = engine
            while len(self._past) > _KEPT:
                self._past.popitem(last=False)
        return engine

    def close(self) -> None:
        self._closed = True
        making = self._making
        if making is not None:
            making.join()

    # ---- the engine over all measures ----------------------------------------------------------

    def _fresh(self, received: int) -> Engine | None:
        """The engine over all measures if nothing that it rests on has changed since it was made;
        else it is being made anew."""
        whole = self._whole
        if whole is not None:
            if whole.received >= received:
                return whole.engine
            touched = looking.touched(self._record.log, whole.received, received)
            if not any(kind in _RULED or name in whole.read for name, kind in touched):
                whole.received = max(whole.received, received)
                return whole.engine
        with self._lock:
            self._stale = True
            if self._making is None and not self._closed:
                self._making = threading.Thread(target=self._remake, name="measures", daemon=True)
                self._making.start()
        return None

    def _remake(self) -> None:
        while True:
            with self._lock:
                if not self._stale or self._closed:
                    self._making = None
                    return
                self._stale = False
            try:
                self._keep(self._made(self._record.log.last_received()))
            except Exception:  # the store is out of reach: the next question starts again
                with self._lock:
                    self._making = None
                return

    def _made(self, received: int) -> _Whole:
        reading = Reading(self._record.log, View.of(received=received))
        engine = engine_for(reading)
        return _Whole(engine, reading.view.received or 0, frozenset(reading.read))

    def _keep(self, made: _Whole) -> None:
        self._whole = made
        # Some hundred thousand objects that stay: looking through them at every collection would
        # hold up the answers. What was kept before is let go first.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
