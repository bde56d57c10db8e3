"""Which two parties "both sides" or "the two leaders" are at a place in a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

_NEAR = 4
"""How many sentences back a pair named together is still meant."""


class Pairs:
    """The parties of each sentence in turn, and from them the pair meant.

    preferred : two parties that a reader asked about, taken where both occur in the text
    together : all who speak in a joint text of more than two parties
    """

    def __init__(self, by_sentence: Sequence[Sequence[tuple[int, str]]],
                 preferred: tuple[str, str] | None, own: str | None,
                 together: tuple[str, ...] = ()) -> None:  # fmt: skip
        counts = Counter(party for one in by_sentence for _, party in one)
        # The first sentences say what a text is about.
        for one in by_sentence[:3]:
            counts.update(party for _, party in one)
        if own is not None and own not in counts:
            counts[own] = 1
        self._by_sentence = by_sentence
        self._own = own
        top = counts.most_common(3)
        self.main: tuple[str, ...] = tuple(party for party, _ in top[:2]) if len(top) > 1 else ()
        self.clear = len(top) == 2 or (len(top) > 2 and top[1][1] >= 2 * top[2][1])
        if preferred is not None and all(party in counts for party in preferred):
            self.main, self.clear = preferred, True
        elif together:
            self.main, self.clear = together, False
        self.together = together

    def at(
        self, sentence: int, token: int, size: int = 2, *, sure: bool = False
    ) -> tuple[str, ...]:
        """The parties meant at a token; empty where that cannot be told. With `sure`, two that the
        text is not mostly about are not meant."""
        before = _distinct(p for at, p in self._by_sentence[sentence] if at < token)
        if len(before) == size:
            return before
        known = self.clear and set(before) <= set(self.main)
        if size == 2 and len(before) == 1 and self._own not in (None, *before) and not known:
            # "The President of Chile was here; both sides agreed": with one's own.
            return (str(self._own), *before)
        if size == 2 and self.clear:
            return self.main
        for back in range(sentence - 1, max(-1, sentence - 1 - _NEAR), -1):
            there = _distinct(p for _, p in self._by_sentence[back])
            if len(there) == size and not (sure and set(there) != set(self.main)):
                return there
        return self.main if size == 2 else ()


def _distinct(parties: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parties))


def is_joint(title: str, text: str) -> bool:
    """Whether two parties or more speak in a text together, by its head."""
    head = f"{title} {text[:200]}".lower()
    return any(
        f"joint {word}" in head
        for word in ("statement on", "statement of", "statement between", "statement by",
                     "communiqu", "declaration", "press statement")
    )  # fmt: skip
