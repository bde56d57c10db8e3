"""Answers kept: what was asked of the same record before is not worked out again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

MOST_BYTES = 64 * 1024 * 1024
LONGEST_BYTES = 4 * 1024 * 1024
"""An answer longer than this is not kept."""


class Kept:
    """Bytes by key, the least recently asked for let go first. Safe to use from many threads.

    A key names the question and the state of the record, so what is kept is never out of date. Of
    many who ask the same at once, one works it out and the others wait.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._size = 0
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, bytes] = OrderedDict()
        self._making: dict[str, threading.Event] = {}

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The answer of a key, made if there is none. Raises what `make` raises, and keeps that
        for nobody."""
        while True:
            with self._lock:
                found = self._answers.get(key)
                if found is not None:
                    self._answers.move_to_end(key)
                    return found
                others = self._making.get(key)
                if others is None:
                    self._making[key] = threading.Event()
                    break
            others.wait()
        try:
            made = make()
            self._put(key, made)
            return made
        finally:
            with self._lock:
                self._making.pop(key).set()

    def _put(self, key: str, made: bytes) -> None:
        if len(made) > LONGEST_BYTES:
            return
        with self._lock:
            self._answers[key] = made
            self._size += len(made)
            while self._size > self._most:
                _, gone = self._answers.popitem(last=False)
                self._size -= len(gone)
