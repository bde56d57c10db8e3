"""The queue of runs, in the store: it survives a restart of whatever serves or works it off.

A run is queued, then running, then done, failed or cancelled. A worker takes the oldest one that is
queued and gives a sign of life while it computes; a run whose worker is silent is queued again, and
failed where that happened too often.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from comity.record.store import Log
from comity.record.store.database import reading, writing
from comity.record.store.instants import from_micros, to_micros
from comity.record.store.schema import run as table
from comity.service.asked import checked
from comity.words.errors import ConflictError, LimitReached, NotFound, Place, ServerError
from comity.words.time import format_instant

OPEN = ("queued", "running")
SILENT_SECONDS = 20.0
"""A worker that gave no sign of life for so long is taken to be gone."""
MOST_ATTEMPTS = 3
_RETRY_AFTER = 10
_LIGHT = [c for c in table.c if c.name not in ("result", "saved", "asked")]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as lists show it; `Queue.result` and `Queue.saved` have what came of it."""

    id: str
    kind: str
    title: str
    owner: str
    author: str
    state: str
    queued: dt.datetime
    started: dt.datetime | None
    finished: dt.datetime | None
    attempts: int
    done: int
    total: int
    error: Mapping[str, Any] | None

    @property
    def over(self) -> bool:
        """Will nothing change any more?"""
        return self.state not in OPEN

    def as_dict(self) -> dict[str, Any]:
        """What a caller sees."""

        def shown(instant: dt.datetime | None) -> str | None:
            return None if instant is None else format_instant(instant)

        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "author": self.author,
            "state": self.state,
            "queued": shown(self.queued),
            "started": shown(self.started),
            "finished": shown(self.finished),
            "done": self.done,
            "total": self.total,
            "error": None if self.error is None else dict(self.error),
        }


class Queue:
    """The runs of a store. Safe to use from many threads and processes."""

    def __init__(self, log: Log) -> None:
        self._log = log

    # ---- for those who ask ---------------------------------------------------------------------

    def submit(
        self, kind: str, asked: Mapping[str, Any], *, owner: str, author: str, most: int
    ) -> Run:
        """Queue a run. Raises what the run can be refused for at once, and `LimitReached` where the
        owner has `most` runs that are not over."""
        title = checked(kind, asked)
        made = secrets.token_hex(8)
        with writing(self._log.engine) as connection:
            waiting = connection.execute(
                sa.select(sa.func.count()).where(table.c.owner == owner, table.c.state.in_(OPEN))
            ).scalar_one()
            if waiting >= most:
                raise LimitReached(
                    f"{waiting} runs of yours wait or run already",
                    retry_after=_RETRY_AFTER,
                    mend="wait for one of them, or cancel it",
                )
            connection.execute(
                sa.insert(table),
                [
                    {
                        "id": made,
                        "kind": kind,
                        "asked": json.dumps(dict(asked), ensure_ascii=False),
                        "title": title[:500],
                        "owner": owner,
                        "author": author,
                        "state": "queued",
                        "queued": _now(),
                        "attempts": 0,
                        "done": 0,
                        "total": 0,
                    }
                ],
            )
        return self.get(made)

    def get(self, run_id: str) -> Run:
        """A run. Raises `NotFound`."""
        with reading(self._log.engine) as connection:
            row = connection.execute(sa.select(*_LIGHT).where(table.c.id == run_id)).first()
        if row is None:
            raise NotFound(f"there is no run {run_id}", mend="see the list of your runs")
        return _read(row)

    def listed(self, owner: str, *, limit: int = 100) -> list[Run]:
        """The runs of an owner, newest first."""
        with reading(self._log.engine) as connection:
            query = sa.select(*_LIGHT).where(table.c.owner == owner)
            query = query.order_by(table.c.queued.desc(), table.c.id).limit(limit)
            return [_read(row) for row in connection.execute(query)]

    def asked(self, run_id: str) -> dict[str, Any]:
        """What was asked. Raises `NotFound`."""
        return dict(json.loads(self._one(run_id, table.c.asked)))

    def result(self, run_id: str) -> str:
        """The result, JSON text. Raises `NotFound`, and `ConflictError` where there is none yet."""
        return str(self._finished(run_id, table.c.result))

    def saved(self, run_id: str) -> bytes:
        """The run's file, from which it can be reproduced. Raises as `result`."""
        return bytes(self._finished(run_id, table.c.saved))

    def _finished(self, run_id: str, column: sa.Column[Any]) -> Any:
        found = self.get(run_id)
        value = self._one(run_id, column)
        if value is None:
            raise ConflictError(
                f"the run {run_id} is {found.state}: it has no result",
                mend="wait until it is done" if not found.over else "see its error",
            )
        return value

    def _one(self, run_id: str, column: sa.Column[Any]) -> Any:
        self.get(run_id)
        with reading(self._log.engine) as connection:
            return connection.execute(sa.select(column).where(table.c.id == run_id)).scalar()

    def cancel(self, run_id: str) -> Run:
        """End a run that is not over; its worker stops within a second or two."""
        self._change(
            sa.update(table)
            .where(table.c.id == run_id, table.c.state.in_(OPEN))
            .values(state="cancelled", finished=_now())
        )
        return self.get(run_id)

    # ---- for those who work it off -------------------------------------------------------------

    def claim(self, worker: str) -> Run | None:
        """Take the oldest run that waits, or None. Runs of silent workers are given back first."""
        with writing(self._log.engine) as connection:
            silent = _now() - int(SILENT_SECONDS * 1e6)
            lost = sa.and_(table.c.state == "running", table.c.beat < silent)
            connection.execute(
                sa.update(table)
                .where(lost, table.c.attempts >= MOST_ATTEMPTS)
                .values(state="failed", finished=_now(), error=_lost())
            )
            connection.execute(
                sa.update(table).where(lost).values(state="queued", worker=None, done=0)
            )
            oldest = sa.select(table.c.id).where(table.c.state == "queued")
            run_id = connection.execute(
                oldest.order_by(table.c.queued, table.c.id).limit(1)
            ).scalar()
            if run_id is None:
                return None
            connection.execute(
                sa.update(table)
                .where(table.c.id == run_id)
                .values(
                    state="running",
                    worker=worker,
                    started=_now(),
                    beat=_now(),
                    attempts=table.c.attempts + 1,
                )
            )
        return self.get(run_id)

    def waiting(self) -> bool:
        """May there be something to claim? A look that takes no lock."""
        with reading(self._log.engine) as connection:
            silent = _now() - int(SILENT_SECONDS * 1e6)
            query = sa.select(table.c.id).where(
                sa.or_(
                    table.c.state == "queued",
                    sa.and_(table.c.state == "running", table.c.beat < silent),
                )
            )
            return connection.execute(query.limit(1)).first() is not None

    def beat(self, run_id: str, worker: str, done: int, total: int) -> bool:
        """A sign of life. False where the run is no longer this worker's: it was cancelled."""
        return self._change(
            sa.update(table).where(*_mine(run_id, worker)).values(
                beat=_now(), done=done, total=total
            )
        )  # fmt: skip

    def finish(self, run_id: str, worker: str, result: str, saved: bytes | None) -> bool:
        """Put the result on record. False where the run was cancelled in the meantime."""
        return self._change(
            sa.update(table)
            .where(*_mine(run_id, worker))
            .values(state="done", finished=_now(), result=result, saved=saved)
        )

    def fail(self, run_id: str, worker: str, error: Mapping[str, Any]) -> bool:
        """Put down why there is no result."""
        text = json.dumps(dict(error), ensure_ascii=False)
        return self._change(
            sa.update(table)
            .where(*_mine(run_id, worker))
            .values(state="failed", finished=_now(), error=text)
        )

    def release(self, worker: str) -> None:
        """Give back what a worker that ends had taken."""
        self._change(
            sa.update(table)
            .where(table.c.worker == worker, table.c.state == "running")
            .values(state="queued", worker=None, done=0, attempts=table.c.attempts - 1)
        )

    def _change(self, statement: sa.Update) -> bool:
        with writing(self._log.engine) as connection:
            return bool(connection.execute(statement).rowcount)


def _mine(run_id: str, worker: str) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.id == run_id, table.c.worker == worker, table.c.state == "running"


def _now() -> int:
    return to_micros(dt.datetime.now(dt.UTC))


def _lost() -> str:
    error = ServerError(
        f"the run's worker ended {MOST_ATTEMPTS} times without a result",
        where=Place(field="run"),
        mend="ask for less: fewer draws, a smaller world",
    )
    return json.dumps(error.as_dict())


def _read(row: Any) -> Run:
    def instant(micros: int | None) -> dt.datetime | None:
        return None if micros is None else from_micros(micros)

    return Run(
        row.id,
        row.kind,
        row.title,
        row.owner,
        row.author,
        row.state,
        from_micros(row.queued),
        instant(row.started),
        instant(row.finished),
        row.attempts,
        row.done,
        row.total,
        None if row.error is None else json.loads(row.error),
    )
