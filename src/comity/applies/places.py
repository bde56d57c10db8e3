"""Areas as bits: which parts of an economy a scope covers, as masks of integers.

Every economy of which a rule names an area has a universe: its areas by ISO 3166-2, those named,
and a *rest* where ISO lists none. An area that holds other named areas keeps a bit of its own for
what lies outside them. Economies without named areas need no bits: one stands for the whole.
"""

from __future__ import annotations

from collections.abc import Iterable

from comity.applies.steps import MAYBE, NO, YES
from comity.words import areas as words
from comity.words.scope import Scope

REST = "rest"
"""The part of an economy outside its named areas, where its areas are not listed."""
Masks = tuple[int, int]
"""Bits surely covered, bits perhaps covered. A negative number has all higher bits set."""
EVERYTHING: Masks = (-1, 0)


class Universe:
    """The areas of one economy as bits."""

    __slots__ = ("_above", "_bits", "_inside", "full")

    def __init__(self, economy: str, named: Iterable[str]) -> None:
        tops = words.areas_of(economy)
        codes = sorted({*tops, *named})
        if not tops:
            codes.append(REST)
        self._bits = {code: 1 << n for n, code in enumerate(codes)}
        self._inside = dict(self._bits)
        self._above: dict[str, str | None] = {}
        self.full = (1 << len(codes)) - 1
        for code in codes:
            above = None if code == REST else words.area(code).parent
            while above is not None:
                if above in self._bits:
                    self._above.setdefault(code, above)
                    self._inside[above] |= self._bits[code]
                above = words.area(above).parent

    def mask(self, code: str) -> int:
        """The bits of a code; of an area nobody named, those of what it lies in."""
        at: str | None = code
        while at is not None:
            if at in self._bits:
                return self._inside[at] if at == code else self._bits[at]
            at = words.area(at).parent
        return self._bits.get(REST, self.full)

    def labels(self, mask: int) -> tuple[str, ...]:
        """The areas of a mask: an area stands for all within it where all of it is meant."""
        found = []
        for code, bit in self._bits.items():
            if not mask & bit:
                continue
            above = self._above.get(code)
            if above is not None and mask & self._inside[above] == self._inside[above]:
                continue
            whole = mask & self._inside[code] == self._inside[code]
            found.append(code if whole else f"{code} ({REST})")
        return tuple(found)


class Places:
    """The universes of all economies of which some rule names an area."""

    __slots__ = ("_masks", "_universes")

    def __init__(self, scopes: Iterable[Scope]) -> None:
        named: dict[str, set[str]] = {}
        for scope in set(scopes):
            for code in scope.named:
                named.setdefault(words.area(code).economy, set()).add(code)
        self._universes = {owner: Universe(owner, codes) for owner, codes in named.items()}
        self._masks: dict[Scope, dict[str, Masks] | None] = {}

    def asked(self, economy: str, area: str | None) -> int:
        """The bits that a question means."""
        universe = self._universes.get(economy)
        if universe is None:
            return 1
        return universe.full if area is None else universe.mask(area)

    def labels(self, economy: str, mask: int) -> tuple[str, ...]:
        universe = self._universes.get(economy)
        return () if universe is None else universe.labels(mask)

    def masks(self, scope: Scope) -> dict[str, Masks] | None:
        """Economy → masks, for the economies that the scope names areas of; None: everywhere.

        Of the other economies all areas have `outside(scope)`.
        """
        if scope not in self._masks:
            self._masks[scope] = self._make(scope)
        return self._masks[scope]

    def _make(self, scope: Scope) -> dict[str, Masks] | None:
        if scope.mode == "all" and not scope.excludes:
            return None
        owners = {words.area(code).economy for code in scope.named}
        return {owner: self._of(scope, owner) for owner in owners}

    def _of(self, scope: Scope, owner: str) -> Masks:
        universe = self._universes[owner]

        def bits(codes: tuple[str, ...]) -> int:
            found = 0
            for code in codes:
                if words.area(code).economy == owner:
                    found |= universe.mask(code)
            return found

        listed, within, without = bits(scope.codes), bits(scope.includes), bits(scope.excludes)
        sure = {"only": listed, "all": -1, "all_except": ~listed if scope.known else 0}[scope.mode]
        yes = (sure | within) & ~without
        left_out = without | (listed if scope.mode == "all_except" else 0)
        maybe = 0 if scope.known else ~yes & ~left_out
        return yes, maybe


def outside(scope: Scope) -> Masks:
    """The masks of an economy of which the scope names no area."""
    return {NO: (0, 0), MAYBE: (0, -1), YES: EVERYTHING}[int(scope.default)]
