"""Where a question is wider than a rule: the cells of the question and what each rule says of them.

A question wider than a scope is cut into cells of goods (its own code less the longer codes that
rules name, and each of those codes) and masks of areas. Cells of which every rule says the same
are put together again, so that the parts do not depend on how they were cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from comity.applies import steps
from comity.applies.compiled import AREA, DATE, EXEMPTION, GOODS, Asked, Compiled, who
from comity.applies.compiled import goods_truth as truth_of_goods
from comity.applies.steps import MAYBE, NO
from comity.words import nomenclature
from comity.words.goods import CURRENT
from comity.words.time import FIRST, LAST

Pieces = tuple[tuple[int, int], ...]
"""(bits of what is undecided, mask of areas), by the first; 0 means that the rule applies."""
Said = tuple[tuple["Compiled", int], ...]
"""Rules that apply (0) or may (what is undecided), in the order in which they were asked."""
Blocks = tuple[tuple[int, Said], ...]
"""(mask of areas, what is said of them): they share no area and cover all that is asked."""


def pieces(rule: Compiled, undecided: int, cell: str, asked: Asked, day: int) -> Pieces:
    """Where in a cell of goods the rule applies or may on the ordinal `day`."""
    dated = steps.at((rule.starts, rule.truths), day)
    if dated == NO:
        return ()
    if dated == MAYBE:
        undecided |= DATE
    goods = rule.covers_goods(asked.edition, cell)
    if goods == NO:
        return ()
    if goods == MAYBE:
        undecided |= GOODS
    other = asked.others[rule.export]
    bits = asked.bits[rule.export]
    yes, maybe = rule.masks(other)
    found = {undecided: yes & bits}
    found[undecided | AREA] = found.get(undecided | AREA, 0) | (maybe & bits)
    for one in rule.exempt:
        held = steps.at(one.steps(other), day)
        if held == NO:
            continue
        held = min(held, who(one.names, one.uses, asked)[0])
        if one.codes:
            held = min(held, truth_of_goods(one.codes, asked.edition, cell))
        if held == NO:
            continue
        out, perhaps = one.masks(other)
        if held == MAYBE:
            out, perhaps = 0, out | perhaps
        after: dict[int, int] = {}
        for key, mask in found.items():
            mask &= ~out
            after[key] = after.get(key, 0) | (mask & ~perhaps)
            key |= EXEMPTION
            after[key] = after.get(key, 0) | (mask & perhaps)
        found = after
    return tuple(sorted((key, mask) for key, mask in found.items() if mask))


def steady(
    rule: Compiled, undecided: int, cells: Sequence[str], asked: Asked
) -> tuple[int, int, tuple[Pieces, ...]]:
    """The days (first, first after) around the one asked on which the rule says the same of every
    cell, and what it says."""
    on = asked.on
    said = tuple([pieces(rule, undecided, cell, asked, on) for cell in cells])
    if not rule.exempt:
        # Where it is said, and what, changes with the rule's own days only.
        n = bisect_right(rule.starts, on) - 1
        if rule.truths[n] == NO:
            days = [day for day, truth in zip(rule.starts, rule.truths, strict=True) if truth]
            ever = days and any(pieces(rule, undecided, cell, asked, days[0]) for cell in cells)
        else:
            ever = any(said)
        return (rule.starts[n], rule.ends[n], said) if ever else (FIRST, LAST, said)
    points = set(rule.starts)
    other = asked.others[rule.export]
    for one in rule.exempt:
        if one.bears_on(asked, rule.export):
            points.update(one.steps(other)[0])
    days = sorted(points)
    first, after = FIRST, LAST
    for day in reversed([day for day in days if day <= on]):
        if tuple(pieces(rule, undecided, cell, asked, day) for cell in cells) != said:
            break
        first = day
    for day in (day for day in days if day > on):
        if tuple(pieces(rule, undecided, cell, asked, day) for cell in cells) != said:
            after = day
            break
    return first, after, said


def undivided(rule: Compiled, undecided: int, asked: Asked) -> tuple[int, int, Pieces | None]:
    """As `steady`, for a rule that says one thing of all that is asked; None where it does not."""
    if (rule.excepts or rule.exempt) and codes_below((rule,), asked):
        return FIRST, LAST, None
    first, after, (said,) = steady(rule, undecided, (asked.digits,), asked)
    if said and (len(said) > 1 or said[0][1] != asked.bits[rule.export]):
        return FIRST, LAST, None
    return first, after, said


def codes_below(rules: Iterable[Compiled], asked: Asked) -> list[str]:
    """The codes within the goods asked about that some rule tells from the rest, shortest first."""
    digits, edition = asked.digits, asked.edition
    found: set[str] = set()
    for rule in rules:
        for codes in (rule.codes, rule.excepts, *(one.codes for one in rule.exempt)):
            for code in codes.get(edition, ()):
                if code != digits and code.startswith(digits):
                    found.add(code)
    return sorted(found, key=lambda code: (len(code), code))


def whole_cells(asked: Asked, below: Sequence[str]) -> list[str]:
    """The cells of goods that hold anything: a code all of whose children are named has no rest."""
    codes = [asked.digits, *below]
    if not below or asked.edition != CURRENT:
        return codes
    named = set(below)

    def filled(code: str) -> bool:
        inside = nomenclature.below(code)
        return bool(inside) and all(one in named or filled(one) for one in inside)

    return [code for code in codes if not filled(code)]


def blocks(bits: int, said: Iterable[tuple[Compiled, Pieces]]) -> Blocks:
    """The areas asked about, cut so that each rule says one thing of each block."""
    found: list[tuple[int, Said]] = [(bits, ())]
    for rule, parts in said:
        for undecided, mask in parts:
            after: list[tuple[int, Said]] = []
            for areas, before in found:
                inside = areas & mask
                if inside == 0:
                    after.append((areas, before))
                    continue
                after.append((inside, (*before, (rule, undecided))))
                if inside != areas:
                    after.append((areas & ~mask, before))
            found = after
    return tuple(sorted(found, key=lambda block: block[0]))


def regions(
    edition: str, classes: dict[str, int]
) -> dict[int, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Cells of goods → class, put together: class → (code, codes left out), as people write it.

    `classes` maps each cell to what is said of it; a cell is its code less the longer cells.
    """
    found: dict[int, list[tuple[str, list[str]]]] = {}
    kept: dict[str, tuple[int, list[str]]] = {}
    for code in sorted(classes, key=len):
        above = next((code[:n] for n in range(len(code) - 1, 0, -1) if code[:n] in kept), None)
        if above is not None:
            if kept[above][0] == classes[code]:
                continue
            kept[above][1].append(f"{edition}:{code}")
        left_out: list[str] = []
        kept[code] = (classes[code], left_out)
        found.setdefault(classes[code], []).append((f"{edition}:{code}", left_out))
    return {
        number: tuple(sorted((code, tuple(sorted(out))) for code, out in many))
        for number, many in found.items()
    }
