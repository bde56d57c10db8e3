"""Numbers and options as people write them: ``0.1-0.3``, ``5%-10%``, ``sigma=4``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from comity.effects.market.inputs import Options
from comity.scenario.market_model import largest_held
from comity.words.errors import InputError, Place

MOST_DRAWS = 1 << 16
Range = tuple[float, float]
_NUMBER = r"((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*%?)"
_SPAN = re.compile(rf"^{_NUMBER}(?:\s*[-–]\s*{_NUMBER})?$")


EXAMPLES = {
    "cost": "1.05, 1.02-1.10",
    "rate": "10%, 5%-10%",
    "limit": "0.5, 0.4-0.6, 50%",
    "coverage": "0.5, 0.1-0.3, 10%-30%",
    "plants": "0.5, 0.1-0.3, 10%-30%",
}
SHARES = ("coverage", "plants")


def span_of(text: str | None, field: str) -> Range | None:
    """A number or two with a dash between them, each with % or without; `None` where not given.

    Raises `InputError` for what is no number, below 0, from high to low, for a share above 1 and
    for a rate above 1 that does not say whether it is per cent.
    """
    if text is None:
        return None
    found = _SPAN.match(text.strip())
    numbers = [_number(part) for part in found.groups() if part] if found else []
    if not numbers or not all(math.isfinite(n) for n in numbers):
        raise InputError(
            f"{text!r} is no range",
            where=Place(field=field),
            mend=f"write one number of 0 or more, or two with a dash: {EXAMPLES[field]}",
        )
    low, high = numbers[0], numbers[-1]
    if low > high:
        raise InputError(
            f"the range {text} runs from high to low",
            where=Place(field=field),
            mend="turn it round",
        )
    if field in SHARES and high > 1.0:
        raise InputError(
            f"{text} is above 1, and this is a share of the flow",
            where=Place(field=field),
            mend=f"write 0 to 1, or per cent: {EXAMPLES[field]}",
        )
    if field == "rate":
        _percent(text, high, field)
    return low, high


def rate_of(text: str | None, field: str) -> float | None:
    """One rate, ``10%`` or ``0.1``; `None` where not given. Raises `InputError`."""
    if text is None:
        return None
    found = _SPAN.match(text.strip())
    if found is None or found.group(2) or not math.isfinite(rate := _number(found.group(1))):
        raise InputError(
            f"{text!r} is no rate", where=Place(field=field), mend="write one number: 10% or 0.1"
        )
    _percent(text, rate, field)
    return rate


def _percent(text: str, rate: float, field: str) -> None:
    if rate > 1.0 and "%" not in text:
        raise InputError(
            f"{text} may be {rate:g} % or {100 * rate:g} %",
            where=Place(field=field),
            mend=f"say which: {rate:g}% or {100 * rate:g}%",
        )


def _number(text: str) -> float:
    if text.endswith("%"):
        return float(text[:-1]) / 100.0
    return float(text)


def fixed_of(texts: Iterable[str]) -> dict[str, float]:
    """``NAME=NUMBER`` by name. Raises `InputError`, as for a name that is held twice."""
    out: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        name = name.strip()
        if not equals or not name or math.isnan(number):
            raise InputError(
                f"{text!r} holds no parameter",
                where=Place(field="set"),
                mend="write NAME=NUMBER, such as sigma=4 or sigma:scallops=4",
            )
        if name in out:
            raise InputError(
                f"{name} is held twice, at {out[name]:g} and at {number:g}",
                where=Place(field="set"),
                mend="give it once",
            )
        _holdable(name, number)
        out[name] = number
    return out


def _holdable(name: str, value: float) -> None:
    """Raises `InputError` for a number at which no parameter is held."""
    most = largest_held(name)
    if 0.0 <= value <= most:
        return
    mend = f"give a number from 0 to {most:g}"
    what = f"{name} is {value:g}"
    if value == math.inf:
        # The model itself takes a supply without limit; draws, their ranks and files do not.
        what += ", and parameters are held at finite numbers only"
        if "supply" in name:
            mend = f"give {most:g}, at which prices are as good as given"
    elif value > most:
        what += ", far beyond any estimate"
    else:
        what += ", and no parameter here is below 0"
    raise InputError(what, where=Place(field="set"), mend=mend)


def options_of(*, draws: int, fixed: Mapping[str, float] | None = None, **more: Any) -> Options:
    """Options with the next power of two of draws. Raises `InputError`."""
    if not 1 <= draws <= MOST_DRAWS:
        raise InputError(
            f"{draws} draws", where=Place(field="draws"), mend=f"give 1 to {MOST_DRAWS:,}"
        )
    if more.get("seed", 0) < 0:
        raise InputError(
            f"the seed is {more['seed']}",
            where=Place(field="seed"),
            mend="give a whole number of 0 or more",
        )
    for name, value in (fixed or {}).items():
        _holdable(name, value)
    return Options(draws=1 << (draws - 1).bit_length(), fixed=dict(fixed or {}), **more)
