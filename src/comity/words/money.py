"""Money: an amount with its currency, the year of its prices and its basis (FOB or CIF).

Amounts are decimals in units of the currency (yen, not billions of yen). No rates of exchange and
no price indices here: money of another currency, year or basis is other money.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from comity.words.errors import CodeError
from comity.words.units import SCALES, check_currency, currencies, scale

_NUMBER = r"[-+]?(?:\d{1,3}(?:[ ,]\d{3})+|\d+)(?:\.\d+)?"
_SIGNS = {"US$": "USD", "A$": "AUD", "C$": "CAD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD"}
_SIGNS |= {"S$": "SGD", "\u20ac": "EUR", "\u00a3": "GBP", "\u20a9": "KRW", "RMB": "CNY"}
# $ and ¥ alone name more than one currency, so they are refused.
_UNSURE = {"$": "USD, AUD, CAD ...", "\u00a5": "JPY or CNY", "\uffe5": "JPY or CNY"}


class Basis(enum.StrEnum):
    """Where the value of a good is taken (Incoterms)."""

    FOB = "FOB"
    """Free on board: at the exporter's border."""
    CIF = "CIF"
    """Cost, insurance and freight: at the importer's border."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of an ISO 4217 currency. None is unknown: never taken to match.

    Raises `CodeError` for an unknown currency, a year that is none, an amount that is not finite.
    """

    amount: Decimal
    currency: str
    year: int | None = None
    basis: Basis | None = None

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not self.amount.is_finite():
            raise CodeError("an amount of money must be finite", mend="leave it out if unknown")
        if self.year is not None and not 1000 <= self.year <= 9999:
            raise CodeError(f"{self.year} is not a year", mend="write four digits")

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read ``93.5 bn JPY``, ``JPY 93.5 bn``, ``JPY bn 93.5`` or ``1,250 USD (2023, CIF)``.

        Multiples are k, m, mn, bn, tn or in words; a billion is 10^9. Thousands are parted by
        commas or spaces, decimals follow a point. Raises `CodeError`; ``$`` and ``¥`` alone are
        refused, for they name more than one currency.
        """
        plain = " ".join(text.split())
        main, year, basis = _qualifiers(plain)
        numbers = re.findall(rf"(?<![\w.,]){_NUMBER}(?![\d.,])", _spaced(main))
        if len(numbers) != 1:
            raise _not_money(text, "give one number, decimals after a point")
        words = _spaced(main).replace(numbers[0], " ", 1).split()
        found = [w for w in words if w in currencies()]
        scales = [s for w in words if w not in currencies() and (s := scale(w))]
        if len(found) != 1 or len(scales) > 1 or len(found) + len(scales) != len(words):
            for word in words:
                if word in _UNSURE:
                    raise _not_money(
                        text, f"{word} can be {_UNSURE[word]}: write the ISO 4217 code"
                    )
                if word not in currencies() and not scale(word):
                    check_currency(word)
            raise _not_money(text, "write one number and one currency: 93.5 bn JPY")
        amount = Decimal(re.sub("[ ,]", "", numbers[0]))
        if scales:
            amount = amount.scaleb(SCALES[scales[0]])
        return cls(amount, found[0], year, basis)

    def format(self, unit: str | None = None) -> str:
        """The amount in `unit` (k, m, bn, tn; None: the largest that leaves it 1 or more).

        The digits are exact, so `parse` gives the same money again.
        """
        if unit is None:
            size = self.amount.adjusted() if self.amount else 0
            unit = next((u for u, p in reversed(SCALES.items()) if u != "k" and p <= size), "")
        amount = self.amount.scaleb(-SCALES[unit]) if unit else self.amount
        parts = [format_decimal(amount), unit, self.currency]
        extra = ", ".join(str(x) for x in (self.year, self.basis) if x is not None)
        return " ".join(p for p in parts if p) + (f" ({extra})" if extra else "")

    def comparable(self, other: Money) -> bool:
        """Are both of the same currency, and of the same year and basis, all of them known?"""
        known = None not in (self.year, self.basis)
        mine = (self.currency, self.year, self.basis)
        return known and mine == (other.currency, other.year, other.basis)

    def __str__(self) -> str:
        return self.format()


def format_decimal(value: Decimal) -> str:
    """Plain digits without exponent or trailing zeros, thousands parted by commas."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _not_money(text: str, mend: str) -> CodeError:
    return CodeError(f"{text!r} is not an amount of money", mend=mend)


@lru_cache(maxsize=1)
def _sign_pattern() -> re.Pattern[str]:
    signs = sorted([*_SIGNS, *_UNSURE], key=len, reverse=True)
    return re.compile("|".join(rf"(?<![A-Z]){re.escape(sign)}" for sign in signs))


def _spaced(text: str) -> str:
    """Signs turned into codes, and a space between digits and letters: ``93.5bn`` → ``93.5 bn``."""
    text = _sign_pattern().sub(lambda m: f" {_SIGNS.get(m[0], m[0])} ", text)
    text = re.sub(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)", " ", text)
    return " ".join(text.split())


def _qualifiers(text: str) -> tuple[str, int | None, Basis | None]:
    """The text without its bracket, and the year and basis from the bracket or a last word."""
    year: int | None = None
    basis: Basis | None = None
    match = re.match(r"^(.*?)\s*\(([^()]*)\)$", text)
    main, inner = (match[1], re.split(r"[,;\s]+", match[2].strip())) if match else (text, [])
    if not match and main[-4:] in (" FOB", " CIF"):
        main, inner = main[:-4], [main[-3:]]
    for word in inner:
        if re.fullmatch(r"\d{4}", word, re.ASCII) and year is None:
            year = int(word)
        elif word.upper() in ("FOB", "CIF") and basis is None:
            basis = Basis(word.upper())
        else:
            raise _not_money(text, "in brackets stand a year and FOB or CIF: (2023, CIF)")
    return main, year, basis
