"""The worker processes of a server: started with it, started again when they end, ended with it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

_LOOK_SECONDS = 0.2
_PAUSE_SECONDS = 1.0
_SHORT_LIFE = 2.0
_END_SECONDS = 3.0


class Crew:
    """A number of workers on a store. The URL goes by the environment: it may hold a password."""

    def __init__(self, store: str, number: int) -> None:
        self._store = store
        self._number = number
        self._workers: list[tuple[subprocess.Popen[bytes], float]] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the workers, and watch over them."""
        if self._number:
            self._workers = [self._started() for _ in range(self._number)]
            self._thread = threading.Thread(target=self._watch, name="crew", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the workers; what they were computing is queued again."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        for worker, _ in self._workers:
            worker.terminate()
        for worker, _ in self._workers:
            try:
                worker.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self._workers = []

    def _started(self) -> tuple[subprocess.Popen[bytes], float]:
        import os

        command = [sys.executable, "-m", "comity.service.worker"]
        environment = {**os.environ, "COMITY_WORKER_STORE": self._store}
        started = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment)
        return started, time.monotonic()

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            for place, (worker, since) in enumerate(self._workers):
                if worker.poll() is None:
                    continue
                if time.monotonic() - since < _SHORT_LIFE and self._over.wait(_PAUSE_SECONDS):
                    return  # one that ends at once is not started again at once
                self._workers[place] = self._started()
