"""Reading what a user asks for: years, goods, economies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.trade.flows.layout import FIRST_YEAR, LAST_YEAR
from comity.words import economies
from comity.words.errors import InputError, Place, located
from comity.words.goods import GoodsCode, check_exists, parse_list

Years = int | str | Iterable[int] | None


def years_of(years: Years) -> tuple[int, ...]:
    """``2022``, ``"2019-2024"``, ``"2019,2022"`` or numbers, sorted; none is an empty tuple."""
    if years is None:
        return ()
    if isinstance(years, int):
        return _possible({years})
    if not isinstance(years, str):
        return _possible({int(year) for year in years})
    found: set[int] = set()
    for part in years.replace("–", "-").split(","):
        first, _, last = (text.strip() for text in part.partition("-"))
        last = last or first
        if not (first.isdigit() and last.isdigit()) or int(first) > int(last):
            raise InputError(
                f"{part.strip()!r} are no years",
                where=Place(field="years"),
                mend="write 2022, 2019-2024 or 2019,2022; the first year first",
            )
        _possible({int(first), int(last)})
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


def _possible(years: set[int]) -> tuple[int, ...]:
    for year in sorted(years):
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise InputError(
                f"{year} is not a year of trade data",
                where=Place(field="years"),
                mend=f"choose years from {FIRST_YEAR} to {LAST_YEAR}",
            )
    return tuple(sorted(years))


def economy_of(text: str | None) -> str | None:
    """The code of an economy, from a code or a name. Raises `CodeError`."""
    return None if text is None else economies.resolve(text)


def goods_of(goods: str | GoodsCode | Sequence[str | GoodsCode] | None) -> tuple[GoodsCode, ...]:
    """One code, several, or none; ``edition_given`` is false where a code names no edition.

    Raises `CodeError`, also for a code that the edition it names is known not to have.
    """
    if goods is None:
        return ()
    if isinstance(goods, str) and not goods.strip():
        raise InputError(
            "no code of goods is given",
            where=Place(field="goods"),
            mend="write HS2022:0307, or leave --goods out for all goods",
        )
    with located("goods"):
        return _codes(goods)


def _codes(goods: str | GoodsCode | Sequence[str | GoodsCode]) -> tuple[GoodsCode, ...]:
    if isinstance(goods, GoodsCode):
        found: tuple[GoodsCode, ...] = (goods,)
    elif isinstance(goods, str):
        found = parse_list(goods)
    else:
        found = tuple(one if isinstance(one, GoodsCode) else GoodsCode.parse(one) for one in goods)
    for code in found:
        if code.edition_given:
            check_exists(code)
    return found


def named(code: GoodsCode) -> str:
    """A code as it was asked for: digits only where no edition was named."""
    return str(code) if code.edition_given else code.code
