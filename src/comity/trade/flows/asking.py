"""Reading what a user asks for: years, goods, economies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from comity.words import economies
from comity.words.errors import InputError
from comity.words.goods import GoodsCode, check_exists, parse_list

Years = int | str | Iterable[int] | None


def years_of(years: Years) -> tuple[int, ...]:
    """``2022``, ``"2019-2024"``, ``"2019,2022"`` or numbers, sorted; none is an empty tuple."""
    if years is None:
        return ()
    if isinstance(years, int):
        return (years,)
    if not isinstance(years, str):
        return tuple(sorted({int(year) for year in years}))
    found: set[int] = set()
    for part in years.replace("–", "-").split(","):
        first, _, last = (text.strip() for text in part.partition("-"))
        last = last or first
        if not (first.isdigit() and last.isdigit()) or int(first) > int(last):
            raise InputError(f"{part.strip()!r} are no years", mend="write 2022, or 2019-2024")
        if int(last) - int(first) > 500:
            raise InputError(f"{part.strip()!r} are more years than there are data for")
        found.update(range(int(first), int(last) + 1))
    return tuple(sorted(found))


def economy_of(text: str | None) -> str | None:
    """The code of an economy, from a code or a name. Raises `CodeError`."""
    return None if text is None else economies.resolve(text)


def goods_of(goods: str | GoodsCode | Sequence[str | GoodsCode] | None) -> tuple[GoodsCode, ...]:
    """One code, several, or none; ``edition_given`` is false where a code names no edition.

    Raises `CodeError`, also for a code that the edition it names is known not to have.
    """
    if goods is None:
        return ()
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
