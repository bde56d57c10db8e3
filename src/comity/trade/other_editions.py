"""How goods of one edition of the Harmonized System lie to goods of another, by the concordance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from comity.trade.flows.concordance import Concordance, between
from comity.trade.flows.correlation_files import FOLDER, load_all
from comity.trade.flows.data import default_path
from comity.words.errors import CodeError, NotFound, Place
from comity.words.goods import GoodsCode, Relation, relation


def lies(scope: GoodsCode, held: GoodsCode) -> Relation:
    """`comity.words.goods.relation`, decided across editions where a concordance has the code.

    A scope that shares only some goods with `held` is INSIDE: of `held`, a part is meant. What no
    concordance has stays OTHER_EDITION_UNDECIDED; see `refuse_undecided`.
    """
    if scope.edition == held.edition or scope.level == 2:
        return relation(scope, held)
    table = _table(scope.edition, held.edition, *_loaded())
    reached = None if table is None else table.reach(scope.code)
    if table is None or reached is None:
        return relation(scope, held)
    if not any(_touch(code, held.code) for code in reached):
        return Relation.DISJOINT
    if held.level == 2:
        return Relation.INSIDE
    inner = {held.code} if held.level >= 6 else _below(table, held.code)
    whole, _ = table.within([scope.code], inner or set())
    return Relation.COVERS if inner and inner == whole else Relation.INSIDE


def refuse_undecided(goods: Iterable[GoodsCode], held: Iterable[GoodsCode]) -> None:
    """Raises `CodeError` for a code of which no concordance says whether it is among `held`."""
    known = tuple(held)
    for code in goods:
        for one in known:
            if lies(code, one) is Relation.OTHER_EDITION_UNDECIDED:
                raise CodeError(
                    f"the market's goods are of {one.edition}, and no concordance to that has "
                    f"{code}",
                    where=Place(field="goods"),
                    mend=f"write the codes of {one.edition} that are meant, or load the UN's "
                    "correlation table: comity data import concordance FILE",
                )


def _touch(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _below(table: Concordance, heading: str) -> set[str] | None:
    """The codes of a heading in the later edition; None where the table may lack some of them."""
    back = table.reversed()
    if back.reach(heading) is None:
        return None
    return {code for code in back.codes() if code.startswith(heading)}


def _loaded() -> tuple[Path, tuple[tuple[str, int], ...]]:
    """The folder of trade data, and its tables as they are now."""
    folder = default_path()
    files = sorted((folder / FOLDER).glob("*.csv"))
    return folder, tuple((file.name, file.stat().st_mtime_ns) for file in files)


@lru_cache(maxsize=32)
def _table(
    before: str, after: str, folder: Path, state: tuple[tuple[str, int], ...]
) -> Concordance | None:
    del state  # another state of the folder is another table
    try:
        return between(before, after, load_all(folder))
    except NotFound:
        return None
