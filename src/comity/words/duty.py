"""Rates of duty: ad valorem, specific, compound and mixed.

===================================================  ==============================
``12.5 %``, ``free``                                 ad valorem: of the value
``0.35 EUR/kg``                                      specific: per unit of quantity
``8 % + 1.2 USD/kg``                                 compound: both together
``10 % or 2 USD/kg, whichever is higher`` (lower)    mixed: one of them
===================================================  ==============================

The words are those of the WTO's tariff profiles. Rates are not negative.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from decimal import Decimal

from comity.words.errors import CodeError
from comity.words.money import Money, format_decimal
from comity.words.units import check_currency, factor, unit

_PERCENT = re.compile(
    r"^(-?\d+(?:,\d{3})*(?:\.\d+)?)\s*(?:%|per ?cent|percent|pct)(?: ad val(?:orem|\.)?)?$", re.I
)
_AMOUNT = re.compile(r"^(-?\d+(?:,\d{3})*(?:\.\d+)?)\s*([A-Z]{3})\s*(?:/|per)\s*(\S.*)$")
_CURRENCY_FIRST = re.compile(r"^([A-Z]{3})\s*(-?\d+(?:,\d{3})*(?:\.\d+)?)\s*(?:/|per)\s*(\S.*)$")
_EACH = re.compile(r"^(\d+(?:\.\d+)?)\s*(\S.*)$")
_CHOICE = re.compile(
    r"[,;]?\s*whichever (?:is|be)(?: the)? (higher|greater|lower|less|lesser)$", re.I
)
_MEND = "write 12.5 %, 0.35 EUR/kg, 8 % + 1.2 USD/kg, or 10 % or 2 USD/kg, whichever is higher"


class Rule(enum.StrEnum):
    """How the terms of a duty go together."""

    SUM = "sum"
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class AdValorem:
    """A percentage of the customs value: 12.5 is 12.5 %."""

    percent: Decimal

    def __post_init__(self) -> None:
        if not self.percent.is_finite():
            raise CodeError("a rate must be a finite number", mend=_MEND)
        if self.percent < 0:
            below = " (below -100 % the price itself would be negative)"
            raise CodeError(
                f"a duty of {self.percent} % is negative{below if self.percent < -100 else ''}",
                mend="duties are 0 % or more; record a subsidy as a measure of its own",
            )

    def __str__(self) -> str:
        return f"{format_decimal(self.percent)} %"


@dataclass(frozen=True, slots=True)
class Specific:
    """An amount of a currency per unit of quantity."""

    amount: Decimal
    currency: str
    unit: str

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if unit(self.unit).symbol != self.unit:
            object.__setattr__(self, "unit", unit(self.unit).symbol)
        if not self.amount.is_finite() or self.amount < 0:
            raise CodeError(
                f"a duty of {self.amount} {self.currency}/{self.unit} is negative or not finite",
                mend="duties are 0 or more; record a subsidy as a measure of its own",
            )

    def __str__(self) -> str:
        return f"{format_decimal(self.amount)} {self.currency}/{self.unit}"


Term = AdValorem | Specific


@dataclass(frozen=True, slots=True)
class Duty:
    """One or more terms and the rule that joins them. A single term has the rule SUM."""

    terms: tuple[Term, ...]
    rule: Rule = Rule.SUM

    def __post_init__(self) -> None:
        if not self.terms or (len(self.terms) == 1 and self.rule is not Rule.SUM):
            raise CodeError("a choice between rates needs at least two", mend=_MEND)

    @classmethod
    def parse(cls, text: str) -> Duty:
        """Read the notation of this module. Raises `CodeError`."""
        plain = " ".join(text.split())
        if plain.casefold() in ("free", "duty free", "duty-free"):
            return cls((AdValorem(Decimal(0)),))
        choice = _CHOICE.search(plain)
        if choice:
            higher = choice[1].casefold() in ("higher", "greater")
            parts = re.split(r"\s+or\s+", plain[: choice.start()], flags=re.I)
            return cls(tuple(_term(p, text) for p in parts), Rule.HIGHER if higher else Rule.LOWER)
        if re.search(r"\bor\b", plain, re.I):
            raise CodeError(
                f"{text!r} does not say which of its rates is taken",
                mend="add: whichever is higher (or lower)",
            )
        return cls(tuple(_term(p, text) for p in re.split(r"\s*\+\s*|\s+plus\s+", plain)))

    @property
    def kind(self) -> str:
        """``ad valorem``, ``specific``, ``compound`` (a sum) or ``mixed`` (a choice)."""
        if self.rule is not Rule.SUM:
            return "mixed"
        if len(self.terms) > 1:
            return "compound"
        return "ad valorem" if isinstance(self.terms[0], AdValorem) else "specific"

    def ad_valorem_equivalent(self, unit_value: Money | None = None, per: str = "kg") -> Decimal:
        """The duty in per cent of a value of `unit_value` for one `per`.

        A purely ad valorem duty needs no value. Raises `CodeError` where the value is missing or
        not positive, in another currency than a specific term (no rate of exchange is assumed), or
        per a unit of another dimension.
        """
        rates = [_equivalent(term, unit_value, per) for term in self.terms]
        if self.rule is Rule.SUM:
            return sum(rates, Decimal(0))
        return max(rates) if self.rule is Rule.HIGHER else min(rates)

    def __str__(self) -> str:
        if self.rule is Rule.SUM:
            return " + ".join(map(str, self.terms))
        return f"{' or '.join(map(str, self.terms))}, whichever is {self.rule}"


def _equivalent(term: Term, value: Money | None, per: str) -> Decimal:
    if isinstance(term, AdValorem):
        return term.percent
    if value is None or value.amount <= 0:
        raise CodeError(
            f"{term} has no ad valorem equivalent without a unit value above 0",
            mend=f"give the value of one {term.unit} in {term.currency}",
        )
    if value.currency != term.currency:
        raise CodeError(
            f"{term} cannot be set against a value in {value.currency}",
            mend=f"convert the value into {term.currency} at a stated rate first",
        )
    share = factor(per, term.unit)
    return term.amount * share.numerator / share.denominator / value.amount * 100


def _term(text: str, whole: str) -> Term:
    plain = text.strip()
    percent = _PERCENT.match(plain)
    if percent:
        return AdValorem(Decimal(percent[1].replace(",", "")))
    first = _CURRENCY_FIRST.match(plain)
    amount = _AMOUNT.match(plain)
    if first:
        number, currency, per = first[2], first[1], first[3]
    elif amount:
        number, currency, per = amount.groups()
    else:
        raise CodeError(f"{whole!r} is not a rate of duty", mend=_MEND)
    value = Decimal(number.replace(",", ""))
    # "93 EUR/100 kg": tariffs often quote per hundred.
    each = _EACH.match(per)
    if each:
        if not Decimal(each[1]):
            raise CodeError(f"{whole!r} is not a rate of duty", mend=_MEND)
        value, per = value / Decimal(each[1]), each[2]
    return Specific(value, currency, per)
