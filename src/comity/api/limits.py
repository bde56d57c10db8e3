"""How often one caller may ask: a bucket that fills at a steady rate."""

from __future__ import annotations

import time
from collections import OrderedDict

_REMEMBERED = 20_000


class Buckets:
    """A bucket for each key. Of use on the event loop only: nothing here waits or locks."""

    def __init__(self, rate: float, size: float) -> None:
        self.rate, self.size = rate, size
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one out: 0 where there was one, else the seconds until there is."""
        if self.rate <= 0:
            return 0.0
        left = self._left(key)
        if left < 1.0:
            return (1.0 - left) / self.rate
        self._put(key, left - 1.0)
        return 0.0

    def empty(self, key: str) -> float:
        """The seconds until there is one to take, without taking it."""
        left = self._left(key)
        return 0.0 if left >= 1.0 or self.rate <= 0 else (1.0 - left) / self.rate

    def _left(self, key: str) -> float:
        now = time.monotonic()
        left, then = self._filled.get(key, (self.size, now))
        return min(self.size, left + (now - then) * self.rate)

    def _put(self, key: str, left: float) -> None:
        self._filled[key] = (left, time.monotonic())
        self._filled.move_to_end(key)
        while len(self._filled) > _REMEMBERED:
            self._filled.popitem(last=False)
