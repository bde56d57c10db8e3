"""Answers kept in memory, the least lately used given up first."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST = 64 * 1024 * 1024
"""Bytes that are kept at most."""


class Kept:
    """Bodies by key, with a tag of each. Safe to use from many threads.

    A key has to name all that the body depends on; two threads that ask for the same new key at
    once may both make it.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.size = 0
        self._bodies: OrderedDict[Hashable, tuple[bytes, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> tuple[bytes, str]:
        """The body of a key and its tag; made where it is not kept."""
        with self._lock:
            found = self._bodies.get(key)
            if found is not None:
                self._bodies.move_to_end(key)
                return found
        body = make()
        made = (body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')
        with self._lock:
            before = self._bodies.pop(key, None)
            self.size += len(body) - (0 if before is None else len(before[0]))
            self._bodies[key] = made
            while self.size > self.most and len(self._bodies) > 1:
                _, (gone, _) = self._bodies.popitem(last=False)
                self.size -= len(gone)
        return made
