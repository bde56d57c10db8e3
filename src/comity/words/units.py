"""Units of measure, from `data/units.csv`: symbol, dimension and factor to the dimension's base.

A unit is a symbol (``t``), a currency (``JPY``), a multiple of one (``JPY bn``, ``thousand t``) or
a quotient (``Bq/L``, ``TBq/yr``, ``JPY/kg``, ``JPY per USD``). Each currency is a dimension of its
own: rates of exchange are data, not units. Live weight, wet weight and product weight are not
converted into one another, nor months into days, nor a percentage into percentage points.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from comity.words import tables
from comity.words.errors import CodeError

SCALES = {"k": 3, "m": 6, "bn": 9, "tn": 12}
"""The multiples written after a currency, as powers of ten."""
SCALE_WORDS = {
    "thousand": "k",
    "million": "m",
    "millions": "m",
    "mn": "m",
    "mln": "m",
    "billion": "bn",
    "billions": "bn",
    "b": "bn",
    "trillion": "tn",
    "trillions": "tn",
}
"""Other ways of writing them; capital or small. A billion is 10^9."""
_PER = re.compile(r"\s*/\s*|\s+per\s+")
_ISO = re.compile(r"^[A-Z]{3}$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: one of it is `factor` of the base unit of its `dimension`."""

    symbol: str
    dimension: str
    factor: Fraction
    note: str = ""

    def __str__(self) -> str:
        return self.symbol


@lru_cache(maxsize=1)
def currencies() -> dict[str, str]:
    """ISO 4217 alphabetic codes in use → name, from pycountry (generated, see NOTICE)."""
    return {code: name for code, name in tables.rows("currencies.csv", ("code", "name"))}  # noqa: C416


def check_currency(code: str) -> str:
    """The ISO 4217 code itself. Raises `CodeError` with the nearest codes."""
    if code in currencies():
        return code
    upper = code.strip().upper()
    near = [upper] if upper in currencies() else []
    near += difflib.get_close_matches(upper, currencies(), n=3, cutoff=0.6)
    raise CodeError(
        f"{code!r} is not an ISO 4217 currency",
        mend=f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else "write JPY or USD",
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, Unit]:
    """Symbols and aliases → unit."""
    found: dict[str, Unit] = {}
    columns = ("symbol", "name", "dimension", "factor", "aliases", "note")
    for symbol, name, dimension, factor, aliases, note in tables.rows("units.csv", columns):
        one = Unit(symbol, dimension, Fraction(factor), note)
        for text in (symbol, name, *tables.split(aliases)):
            if found.setdefault(text, one) != one:
                raise RuntimeError(f"units.csv: {text!r} is two units")
    return found


def units() -> tuple[Unit, ...]:
    """Every simple unit of the table, in its order."""
    return tuple(dict.fromkeys(_table().values()))


@lru_cache(maxsize=1024)
def unit(text: str) -> Unit:
    """The unit that a text names, its symbol in canonical form. Raises `CodeError`."""
    top, *bottom = _PER.split(text.strip())
    over = _simple(top, text)
    if not bottom:
        return over
    if len(bottom) > 1:
        raise CodeError(f"{text!r} divides twice", mend="write one quotient, such as JPY/kg")
    under = _simple(bottom[0], text)
    slash = " per " if _is_money(over) and _is_money(under) else "/"
    return Unit(
        f"{over.symbol}{slash}{under.symbol}",
        f"{over.dimension} / {under.dimension}",
        over.factor / under.factor,
        over.note or under.note,
    )


def _is_money(one: Unit) -> bool:
    return one.dimension in currencies()


def scale(word: str) -> str | None:
    """``bn`` for ``billion``; None where the word is no multiple."""
    if word in SCALES:
        return word
    lower = word.lower()
    return SCALE_WORDS.get(lower, lower if lower in SCALES else None)


def _simple(text: str, whole: str) -> Unit:
    plain = " ".join(text.split())
    table = _table()
    if plain in table:
        return table[plain]
    if plain in currencies():
        return Unit(plain, plain, Fraction(1))
    first, _, rest = plain.partition(" ")
    last = scale(rest) if first in currencies() else None
    if last:
        return Unit(f"{first} {last}", first, Fraction(10 ** SCALES[last]))
    # "thousand t", "million litres": words only, for a lone k or m could be another unit.
    times = SCALE_WORDS.get(first.lower())
    if times and len(first) > 2 and (rest in table or rest in currencies()):
        base = _simple(rest, whole)
        if _is_money(base):
            return Unit(f"{rest} {times}", rest, Fraction(10 ** SCALES[times]))
        word = {"k": "thousand", "m": "million", "bn": "billion", "tn": "trillion"}[times]
        size = base.factor * 10 ** SCALES[times]
        return Unit(f"{word} {base.symbol}", base.dimension, size, base.note)
    if _ISO.match(first):
        check_currency(first)
    known = {name.lower(): name for name in table}
    near = difflib.get_close_matches(plain.lower(), known, n=3, cutoff=0.5)
    raise CodeError(
        f"{whole!r} is not a unit" if plain == whole.strip() else f"{plain!r} is not a unit",
        mend=f"did you mean {' or '.join(known[n] for n in near)}?"
        if near
        else "write t, kg, m3, Bq/L, %, JPY bn or another unit of the table",
    )


def factor(source: str, target: str) -> Fraction:
    """How many `target` one `source` is. Raises `CodeError` where they are not of a kind."""
    one, other = unit(source), unit(target)
    if one.dimension != other.dimension:
        notes = [n for n in (one.note, other.note) if n]
        raise CodeError(
            f"{one} ({one.dimension}) cannot be converted into {other} ({other.dimension})",
            mend=notes[0] if notes else "use two units of one dimension",
        )
    return one.factor / other.factor


def convert(value: Decimal, source: str, target: str) -> Decimal:
    """The value in another unit; exact where its decimal form is finite, else to 28 digits."""
    times = factor(source, target)
    return value * times.numerator / times.denominator
