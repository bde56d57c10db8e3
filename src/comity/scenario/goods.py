"""From goods to the sectors of a baseline that hold them, and how much of a sector they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.trade.baseline import Baseline
from comity.words.errors import InputError
from comity.words.goods import CURRENT, GoodsCode, Relation, children, relation


@dataclass(frozen=True)
class Held:
    """Sectors that hold some of the goods, in the baseline's order.

    `partly` are those of which the goods are only a part, or may be; `undecided` those found only
    by chapter, because codes are of different editions; `missing` the goods that no sector holds.
    """

    sectors: tuple[int, ...]
    partly: tuple[int, ...]
    undecided: tuple[int, ...]
    missing: tuple[GoodsCode, ...]


def held(
    baseline: Baseline, goods: Sequence[GoodsCode], left_out: Sequence[GoodsCode] = ()
) -> Held:
    """The sectors of `goods`, without `left_out`.

    A baseline with one sector holds all goods in it, and no list is all of it unless the sector
    says which goods it holds. Raises `InputError` where a baseline of several sectors does not.
    """
    names = baseline.names
    if not baseline.goods:
        if len(names.sectors) == 1:
            return Held((0,), (0,), (), ())
        raise InputError(
            f"the baseline {baseline.name} does not say which goods its sectors hold",
            mend="name sectors instead",
        )
    wanted = [code for code in goods if not any(_all(out, code) for out in left_out)]
    sectors: list[int] = []
    partly: list[int] = []
    undecided: list[int] = []
    found: set[GoodsCode] = set()
    for label, texts in baseline.goods.items():
        position = names.sector(label)
        codes = [GoodsCode.parse(text) for text in texts]
        codes = [code for code in codes if not any(_all(out, code) for out in left_out)]
        touched = {
            good: kinds
            for good in wanted
            if (kinds := {relation(good, code) for code in codes} - {Relation.DISJOINT})
        }
        if not touched:
            continue
        found.update(touched)
        sectors.append(position)
        unsure = Relation.OTHER_EDITION_UNDECIDED
        if all(kinds == {unsure} for kinds in touched.values()):
            undecided.append(position)
        every = [GoodsCode.parse(text) for text in texts]
        if not _whole(every, wanted, left_out):
            partly.append(position)
    return Held(
        tuple(sorted(sectors)),
        tuple(sorted(partly)),
        tuple(sorted(undecided)),
        tuple(good for good in wanted if good not in found),
    )


def _all(scope: GoodsCode, code: GoodsCode) -> bool:
    """Are all goods of `code` surely in `scope`?"""
    return relation(scope, code) is Relation.COVERS


def _whole(
    codes: Iterable[GoodsCode], wanted: Sequence[GoodsCode], left_out: Sequence[GoodsCode]
) -> bool:
    """Are all goods of these codes among those wanted, and none left out?"""
    for code in codes:
        if any(relation(out, code) is not Relation.DISJOINT for out in left_out):
            return False
        if not _covered(code, wanted):
            return False
    return True


def _covered(code: GoodsCode, wanted: Sequence[GoodsCode]) -> bool:
    if any(_all(good, code) for good in wanted):
        return True
    if code.edition != CURRENT or code.national or code.level >= 6:
        return False
    inside = [good for good in wanted if code.covers(good)]
    below = children(code) if inside else ()
    return bool(below) and all(_covered(child, inside) for child in below)
