"""A process that works off the queue of runs: `python -m comity.service.worker`.

It is started by the server, ends with it, and computes one run at a time. A second thread gives
signs of life and looks whether the run was cancelled: then the process ends at once, whatever it
is computing, and the server starts another.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from comity.opened import OpenRecord
from comity.service.computing import compute
from comity.service.discreet import discreet
from comity.service.runs import Queue, Run
from comity.words.errors import ComityError, ServerError

BEAT_SECONDS = 0.5
IDLE_SECONDS = 0.3
LONGEST_SECONDS = 1800.0
"""A run that takes longer is failed."""
_NICENESS = 10


class Worker:
    """One process's work on a store, until `parent` is gone."""

    def __init__(self, store: str, parent: int | None = None) -> None:
        self.record = OpenRecord(store, create=False)
        self.queue = Queue(self.record.log)
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.parent = parent
        self._done = (0, 0)

    def work(self) -> None:
        """Take runs until the parent is gone."""
        while not self._orphaned():
            try:
                run = self.queue.claim(self.name) if self.queue.waiting() else None
            except ComityError:  # the store is busy or out of reach: it will be there again
                run = None
            if run is None:
                time.sleep(IDLE_SECONDS)
            else:
                self.do(run)

    def do(self, run: Run) -> None:
        """Compute one run and put down what came of it."""
        self._done = (0, 0)
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(run, over), daemon=True)
        watch.start()
        try:
            with tempfile.TemporaryDirectory(prefix="comity-run-") as folder:
                asked = self.queue.asked(run.id)
                result, saved = compute(run.kind, asked, self.record, Path(folder), self._progress)
            self.queue.finish(run.id, self.name, result, saved)
        except ComityError as error:
            self.queue.fail(run.id, self.name, discreet(error).as_dict())
        except Exception as error:
            sys.stderr.write(f"run {run.id}: {type(error).__name__}: {error}\n")
            told = ServerError("the run failed for a reason that nobody foresaw", mend="report it")
            self.queue.fail(run.id, self.name, told.as_dict())
        finally:
            over.set()
            watch.join()

    def _progress(self, done: int, total: int) -> None:
        self._done = (done, total)

    def _watch(self, run: Run, over: threading.Event) -> None:
        began = time.monotonic()
        while not over.wait(BEAT_SECONDS):
            try:
                mine = self.queue.beat(run.id, self.name, *self._done)
            except ComityError:
                continue
            if time.monotonic() - began > LONGEST_SECONDS:
                told = ServerError(
                    f"the run took longer than {LONGEST_SECONDS:.0f} s", mend="ask for less"
                )
                self.queue.fail(run.id, self.name, told.as_dict())
                mine = False
            if self._orphaned():
                with contextlib.suppress(ComityError):
                    self.queue.release(self.name)
                mine = False
            if not mine and not over.is_set():
                os._exit(0)

    def _orphaned(self) -> bool:
        return self.parent is not None and os.getppid() != self.parent


def main() -> None:
    """Work for the process that started this one."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    worker = Worker(os.environ["COMITY_WORKER_STORE"], os.getppid())

    def ended(*_: object) -> None:
        with contextlib.suppress(ComityError):
            worker.queue.release(worker.name)
        os._exit(0)

    signal.signal(signal.SIGTERM, ended)
    worker.work()


if __name__ == "__main__":
    main()
