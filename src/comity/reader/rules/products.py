"""Products in a passage: the words of the lexicon, and codes of the Harmonized System."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from comity.reader.phrases import Lexicon, table
from comity.words.goods import find_goods

_GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Product:
    """Characters `start` to before `end`; `general` is "goods" and its like."""

    start: int
    end: int
    id: str
    general: bool
    codes: tuple[str, ...]


@cache
def _lexicon() -> Lexicon[tuple[str, bool, tuple[str, ...]]]:
    return Lexicon(
        [
            (
                words,
                (
                    row["id"],
                    row["groups"] == _GENERAL,
                    tuple(code for code in row["goods"].split(";") if code),
                ),
            )
            for row in table("products.csv")
            for words in row["words"].split(";")
        ],
        {},
    )


def products(text: str, start: int, end: int) -> list[Product]:
    """The products named in a part of a text, in order; the longest words at each place."""
    found: list[Product] = []
    for first, last, (ident, general, codes) in _lexicon().find(text, start, end):
        if last > end:
            continue
        if found and first < found[-1].end:
            if last - first > found[-1].end - found[-1].start:
                found[-1] = Product(first, last, ident, general, codes)
            continue
        found.append(Product(first, last, ident, general, codes))
    return found


@cache
def codes_of(words: str) -> tuple[str, ...]:
    """The heading whose title alone has all these words; none where there are none or several."""
    found = find_goods(words, level=4)
    return (str(found[0]),) if len(found) == 1 else ()
