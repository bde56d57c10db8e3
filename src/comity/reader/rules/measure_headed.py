"""Measures under a heading or before a list that names countries alone.

"IRAQ. Import ban on eggs lifted" is Iraq's ban; "Suspended: Kenya, Chile and Peru" lists who
suspended. In a paper of one party, what others impose is on that party.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from comity.reader.marked import ECONOMY, Marked
from comity.reader.rules.measure_seen import Seen

if TYPE_CHECKING:
    from comity.reader.marked import Mention

_BULLET = re.compile(r"[ \t]*(?:\(?(?:\d{1,2}|[ivxIVX]{1,4}|[a-z])[.)]|[-*\u2022\u2013])?[ \t]*")
_CLOSE = re.compile(r"[ \t]*(?:[.:\u2013\u2014](?=[ \t\n])|\n)")
_JOINED = re.compile(r"[ \t]*(?:,|and|&|/|, and)?[ \t]*(?:the[ \t]+)?")
_LEAST = 2
"""Countries that a list has at least."""
_BEFORE = 3
"""Words before a measure on the line of its list, at most."""
_FAR = 80
"""Characters from a measure to the colon of its list, at most."""
_HEADS = 2
"""Headings that name countries alone, from which a text is taken to be set out by country."""


class Headed:
    """The sections of a text by country, and its lists of countries."""

    def __init__(self, marked: Marked) -> None:
        self._m = marked
        self._starts = [one.start for one in marked.mentions]
        found = list(self._sections())
        self._sections_of = found if len(found) >= _HEADS else []
        self._begins = [start for start, _, _ in self._sections_of]

    def fill(self, seen: Seen) -> None:
        """Set the imposer of a mention, and its target, by a list after it or the heading above."""
        doc, own = self._m.doc, self._m.own_party
        end = doc[seen.last].idx + len(doc[seen.last])
        listed = self._list(doc[seen.first].idx, end)
        if listed:
            told = {*seen.imposer, *seen.target} - {*listed}
            seen.imposer = tuple(p for p in listed if p != own)
            seen.target = tuple(told) if len(told) == 1 else () if own is None else (own,)
            return
        under = self._under(doc[seen.first].idx, own)
        if not under or own is None or own in under or seen.imposer:
            return
        if seen.target and set(seen.target) <= set(under):
            seen.imposer = (own,)
            return
        seen.imposer = under
        seen.target = seen.target or (own,)

    def _under(self, char: int, own: str | None) -> tuple[str, ...]:
        """Whose the heading above is; nobody's where one's own party acts below it."""
        at = bisect_right(self._begins, char) - 1
        if at < 0 or char >= self._sections_of[at][1]:
            return ()
        begin, _, named = self._sections_of[at]
        between = self._m.mentions[
            bisect_right(self._starts, begin) : bisect_right(self._starts, char)
        ]
        acts = any(
            own in one.parties and self._m.doc[one.last].dep_ in ("nsubj", "nsubjpass")
            for one in between
        )
        return () if acts else named

    def _sections(self) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        """Where each section begins and ends, and whose its heading is."""
        plain = self._m.plain
        at = 0
        while at < len(plain):
            end = plain.find("\n", at)
            end = len(plain) if end < 0 else end
            bullet = _BULLET.match(plain, at)
            begin = at if bullet is None else bullet.end()
            named, close = self._names(begin)
            if named and _CLOSE.match(plain, close):
                yield close, end, named
            at = end + 1

    def _list(self, start: int, end: int) -> tuple[str, ...]:
        """The countries of a list that a line ends with, after a measure and a colon."""
        plain = self._m.plain
        if len(plain[plain.rfind("\n", 0, start) + 1 : start].split()) > _BEFORE:
            return ()
        stop = plain.find("\n", start)
        colon = plain.find(":", start, stop if stop >= 0 else len(plain))
        if colon < 0 or colon - min(end, colon) > _FAR or "." in plain[start:colon]:
            return ()
        named, close = self._names(colon + 1)
        rest = plain[close : close + 2].strip()
        return named if len(named) >= _LEAST and rest[:1] in ("", ".", ";", ",") else ()

    def _names(self, at: int) -> tuple[tuple[str, ...], int]:
        """The parties named one after another from a place on, and where the last name ends."""
        plain, close = self._m.plain, at
        found: list[str] = []
        while True:
            gap = _JOINED.match(plain, close)
            begin = close if gap is None else gap.end()
            one = self._at(begin)
            if one is None:
                return tuple(dict.fromkeys(found)), close
            found += one.parties
            close = one.end

    def _at(self, char: int) -> Mention | None:
        at = bisect_right(self._starts, char) - 1
        one = self._m.mentions[at] if at >= 0 else None
        return one if one is not None and one.start == char and one.kind == ECONOMY else None
