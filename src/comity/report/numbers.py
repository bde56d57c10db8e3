"""Numbers as pages print them: a zero is a zero, and what is small keeps significant digits.

A figure is rounded to the digits of its column. What would round to nothing there keeps
`SIGNIFICANT` digits instead, for a reader must be able to tell a small flow from none.
"""

from __future__ import annotations

import math

NOISE = 1e-9
"""Below this, in the unit of the column, a number is what the solver leaves of a zero."""
LEAST = 6
"""The most decimals that are printed; what is smaller still is said to be below that."""
SIGNIFICANT = 2
UNKNOWN = "–"


def figure(
    value: float | None, digits: int, *, sign: bool = False, significant: int = SIGNIFICANT
) -> str:
    """A number with thousands set off and a true minus; with `sign` a change. Unknown is a dash."""
    if value is None or math.isnan(value):
        return UNKNOWN
    if abs(value) < NOISE:
        return "0"
    form = "+" if sign else ""
    text = f"{value:{form},.{digits}f}"
    if not text.strip("+-0.,"):
        places = significant - 1 - math.floor(math.log10(abs(value)))
        if places > LEAST:
            bound = f"0.{'0' * (LEAST - 1)}1"
            return f"<{bound}" if value > 0.0 else f">−{bound}"
        text = f"{value:{form},.{places}f}"
    return text.replace("-", "−")


def change(value: float | None, digits: int) -> str:
    """A difference, with its sign."""
    return figure(value, digits, sign=True, significant=1)


def between(low: float | None, high: float | None, digits: int, *, sign: bool = False) -> str:
    """An interval; one number where both ends print the same, empty where there is none."""
    if low is None or high is None:
        return ""
    shown = change if sign else figure
    first, last = shown(low, digits), shown(high, digits)
    return first if first == last else f"{first} … {last}"


def span(low: float, high: float, digits: int) -> str:
    """What is only known to lie between two numbers: ``1.2–3.4``."""
    first, last = figure(low, digits), figure(high, digits)
    return first if first == last else f"{first}–{last}"
