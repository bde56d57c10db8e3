"""Numbers and options as people write them: ``0.1-0.3``, ``5%-10%``, ``sigma=4``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from comity.effects.market.inputs import Options
from comity.words.errors import InputError, Place

MOST_DRAWS = 1 << 16
Range = tuple[float, float]
_NUMBER = r"((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*%?)"
_SPAN = re.compile(rf"^{_NUMBER}(?:\s*[-–]\s*{_NUMBER})?$")


def span_of(text: str | None, field: str, *, most: float | None = None) -> Range | None:
    """A number or two with a dash between them, each with % or without; `None` where not given.

    Raises `InputError` for what is no number, below 0, above `most`, or from high to low.
    """
    if text is None:
        return None
    found = _SPAN.match(text.strip())
    numbers = [_number(part) for part in found.groups() if part] if found else []
    if not numbers or not all(math.isfinite(n) for n in numbers):
        raise InputError(
            f"{text!r} is no range",
            where=Place(field=field),
            mend="write one number or two with a dash: 0.5, 0.1-0.3, 5%-10%",
        )
    low, high = numbers[0], numbers[-1]
    if low > high:
        raise InputError(
            f"the range {text} runs from high to low",
            where=Place(field=field),
            mend="turn it round",
        )
    if most is not None and high > most:
        raise InputError(
            f"{text} is above {most:g}", where=Place(field=field), mend=f"give at most {most:g}"
        )
    return low, high


def _number(text: str) -> float:
    if text.endswith("%"):
        return float(text[:-1]) / 100.0
    return float(text)


def fixed_of(texts: Iterable[str]) -> dict[str, float]:
    """``NAME=NUMBER`` by name. Raises `InputError`."""
    out = {}
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not equals or not name.strip() or not math.isfinite(number) or number < 0.0:
            raise InputError(
                f"{text!r} holds no parameter",
                where=Place(field="set"),
                mend="write NAME=NUMBER, such as sigma=4 or sigma:scallops=4",
            )
        out[name.strip()] = number
    return out


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
    return Options(draws=1 << (draws - 1).bit_length(), fixed=dict(fixed or {}), **more)
