"""Codes of one edition of the Harmonized System in another, with splits and merges shown.

A concordance is the set of pairs (code before, code after) that share goods. From it follow, in
either direction, whether a code is taken over whole (1:1), is split (1:n), is merged into another
(n:1) or both (n:n). The value of a code that is split is not divided: what is certain and what is
possible are given as a range, and the sum over the codes that hang together is exact.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from comity.words.errors import NotFound

DATA = Path(__file__).parent / "data"
SHIPPED = "compiled by hand from the nomenclatures, headings 0306-0309, 1604, 1605"
WHOLE_HEADINGS = ("0306", "0307", "0308", "0309", "1604", "1605")
"""Headings that the shipped table has whole; of others, single codes that goods moved from."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What becomes of a code. `kind` is 1:1, 1:n, n:1 or n:n, read from `code` to `targets`.

    `shared_with` are the other codes of its edition that also go into one of the targets.
    """

    code: str
    targets: tuple[str, ...]
    kind: str
    shared_with: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Converted:
    """A value in the other edition: between `low` and `high`, equal where it is determined.

    `group` are the codes of the new edition that hang together through splits; the sum of the
    group, `group_total`, is exact.
    """

    code: str
    low: float
    high: float
    sources: tuple[str, ...]
    group: tuple[str, ...]
    group_total: float

    @property
    def determined(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class Conversion:
    """Values in the other edition; `unmapped` are codes that the concordance does not have."""

    rows: tuple[Converted, ...]
    unmapped: Mapping[str, float]

    @property
    def undetermined(self) -> tuple[Converted, ...]:
        return tuple(row for row in self.rows if not row.determined)


@dataclass(frozen=True)
class Concordance:
    """Pairs of codes that share goods, from edition `before` to edition `after`."""

    before: str
    after: str
    pairs: Mapping[tuple[str, str], str]
    source: str
    disagreements: tuple[str, ...] = ()
    """Rows whose own label (1:1, 1:n …) is not what the pairs of the table make it."""
    whole: frozenset[str] | None = None
    """Headings of `before` whose every code is in it; None: all of which it has any code."""
    _forward: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _back: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        forward: dict[str, list[str]] = {}
        back: dict[str, list[str]] = {}
        for old, new in sorted(self.pairs):
            forward.setdefault(old, []).append(new)
            back.setdefault(new, []).append(old)
        object.__setattr__(self, "_forward", {k: tuple(v) for k, v in forward.items()})
        object.__setattr__(self, "_back", {k: tuple(v) for k, v in back.items()})

    def reversed(self) -> Concordance:
        """The same pairs the other way."""
        pairs = {(new, old): note for (old, new), note in self.pairs.items()}
        return Concordance(
            self.after, self.before, pairs, self.source, self.disagreements, self.whole
        )

    def codes(self) -> tuple[str, ...]:
        """The codes of `before` that it has."""
        return tuple(self._forward)

    def counterpart(self, code: str) -> Counterpart:
        """What becomes of a code of six digits. Raises `NotFound`."""
        targets = self._forward.get(code)
        if targets is None:
            raise NotFound(
                f"{self.before}:{code} is not in the concordance to {self.after} ({self.source})",
                mend="load the UN's correlation table: comity data import concordance FILE",
            )
        others = {old for new in targets for old in self._back[new]} - {code}
        kind = f"{'n' if others else '1'}:{'n' if len(targets) > 1 else '1'}"
        notes = (self.pairs[code, new] for new in targets)
        return Counterpart(
            code, targets, kind, tuple(sorted(others)), tuple(dict.fromkeys(n for n in notes if n))
        )

    def convert(self, values: Mapping[str, float]) -> Conversion:
        """Values of `before`, by code of six digits, in codes of `after`."""
        unmapped = {code: v for code, v in values.items() if code not in self._forward}
        mapped = {code: v for code, v in values.items() if code in self._forward}
        targets = sorted({new for code in mapped for new in self._forward[code]})
        groups = self._groups(mapped)
        rows = []
        for new in targets:
            sources = tuple(old for old in self._back[new] if old in mapped)
            low = sum(mapped[old] for old in sources if len(self._forward[old]) == 1)
            # A code that is split can have gone here whole, or not at all.
            high = sum(mapped[old] for old in sources)
            group, total = groups[new]
            rows.append(Converted(new, low, high, sources, group, total))
        return Conversion(tuple(rows), unmapped)

    def _groups(self, values: Mapping[str, float]) -> dict[str, tuple[tuple[str, ...], float]]:
        """New code → the new codes reached with it through the codes that have a value."""
        found: dict[str, tuple[tuple[str, ...], float]] = {}
        for start in values:
            if self._forward[start][0] in found:
                continue
            old_seen, new_seen, queue = {start}, set[str](), [start]
            while queue:
                for new in self._forward[queue.pop()]:
                    new_seen.add(new)
                    fresh = [o for o in self._back[new] if o in values and o not in old_seen]
                    old_seen.update(fresh)
                    queue += fresh
            group = (tuple(sorted(new_seen)), sum(values[old] for old in sorted(old_seen)))
            found.update(dict.fromkeys(new_seen, group))
        return found

    def reach(self, code: str) -> frozenset[str] | None:
        """All codes of `after` that share goods with a code of `before`, of four digits or more;
        None where that is not known: the table lacks it, or a part of its heading."""
        if len(code) >= 6:
            found = self._forward.get(code[:6])
            return None if found is None else frozenset(found)
        if len(code) < 4 or (self.whole is not None and code not in self.whole):
            return None
        inside = [old for old in self._forward if old.startswith(code)]
        return frozenset(new for old in inside for new in self._forward[old]) or None

    def within(self, scope: Iterable[str], held: Iterable[str]) -> tuple[set[str], set[str]]:
        """Of codes `held` in edition `after`: which lie whole in the `scope` of codes (any number
        of digits) of edition `before`, and which lie partly in it, or are not decided.

        A code that the concordance does not have is not decided where it is of the same chapter as
        one of the scope whose counterparts are not all known (`reach`), or of the same heading.
        """
        asked = tuple(scope)
        # All that a decided code became is in the table: what is not in the table is none of it.
        decided = {one for one in asked if self.reach(one) is not None}
        whole, partly = set(), set()
        for code in held:
            origins = self._back.get(code[:6])
            if origins is None:
                if any(
                    code[:2] == one[:2]
                    if one not in decided
                    else len(one) == 4 and code.startswith(one)
                    for one in asked
                ):
                    partly.add(code)
                continue
            # A scope of more than six digits is a part of its subheading.
            inside = [any(old.startswith(one) for one in asked) for old in origins]
            touched = any(one.startswith(old) for old in origins for one in asked)
            if all(inside):
                whole.add(code)
            elif any(inside) or touched:
                partly.add(code)
        return whole, partly


def composed(first: Concordance, second: Concordance) -> Concordance:
    """From the first's edition to the second's, through the one between. A code that the second
    does not have ends there, and is then not in the result."""
    pairs: dict[tuple[str, str], str] = {}
    incomplete = set()
    for (old, middle), note in first.pairs.items():
        after = second._forward.get(middle)
        if after is None:
            incomplete.add(old)
            continue
        for new in after:
            notes = dict.fromkeys(n for n in (note, second.pairs[middle, new]) if n)
            pairs.setdefault((old, new), "; ".join(notes))
    kept = {pair: note for pair, note in pairs.items() if pair[0] not in incomplete}
    whole = None
    if first.whole is not None or incomplete:
        headings = {old[:4] for old, _ in first.pairs} if first.whole is None else first.whole
        whole = frozenset(headings - {old[:4] for old in incomplete})
    source = f"{first.source}, through {first.after}"
    if second.source != first.source:
        source += f", then {second.source}"
    return Concordance(first.before, second.after, kept, source, whole=whole)


@lru_cache(maxsize=1)
def shipped() -> Mapping[tuple[str, str], Concordance]:
    """The shipped concordances by (older edition, newer edition)."""
    found: dict[tuple[str, str], dict[tuple[str, str], str]] = {}
    with (DATA / "hs_concordance.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pairs = found.setdefault((row["older"], row["newer"]), {})
            pairs[row["older_code"], row["newer_code"]] = row["note"]
    whole = frozenset(WHOLE_HEADINGS)
    return {key: Concordance(*key, pairs, SHIPPED, whole=whole) for key, pairs in found.items()}


def between(
    before: str, after: str, loaded: Mapping[tuple[str, str], Concordance] | None = None
) -> Concordance:
    """The concordance from one edition to another: a loaded one, else the shipped one, else the
    chain of those. Either direction. Raises `NotFound`."""
    tables = {**shipped(), **(loaded or {})}
    steps: dict[str, list[Concordance]] = {}
    for one in tables.values():
        steps.setdefault(one.before, []).append(one)
        steps.setdefault(one.after, []).append(one.reversed())
    reached: dict[str, Concordance] = {}
    queue = [before]
    while queue:
        here = queue.pop(0)
        for step in steps.get(here, ()):
            if step.after in reached or step.after == before:
                continue
            path = reached.get(here)
            reached[step.after] = step if path is None else composed(path, step)
            queue.append(step.after)
    if after not in reached:
        raise NotFound(
            f"there is no concordance from {before} to {after}",
            mend="load the UN's correlation table: comity data import concordance FILE",
        )
    return reached[after]


@lru_cache(maxsize=1)
def _listed() -> Mapping[str, frozenset[str]]:
    """Edition → its codes in the headings that the shipped table has whole."""
    found: dict[str, set[str]] = {}
    for (older, newer), one in shipped().items():
        found.setdefault(older, set()).update(old for old, _ in one.pairs)
        found.setdefault(newer, set()).update(new for _, new in one.pairs)
    return {edition: frozenset(codes) for edition, codes in found.items()}


def other_edition(edition: str, code: str) -> str | None:
    """The edition that a code is of, where it is known not to be of `edition`; else None."""
    if edition not in _listed() or code[:4] not in WHOLE_HEADINGS or len(code) not in (4, 6):
        return None
    if any(known.startswith(code) for known in _listed()[edition]):
        return None
    for other in sorted(_listed(), reverse=True):
        if any(known.startswith(code) for known in _listed()[other]):
            return other
    return None
