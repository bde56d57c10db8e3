"""Numbers as users give them, arrays and single ones, or an error that names the field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.words.errors import Place, ValidationError

Array = NDArray[np.float64]

_KINDS = {
    "c": "complex numbers",
    "b": "truth values",
    "U": "text",
    "S": "text",
    "M": "dates",
    "m": "spans of time",
}
"""Kinds of numpy arrays that are no real numbers, though numpy would convert some in silence."""


def numbers(value: Any, field: str, mend: str = "give real numbers") -> Array:
    """`value` as an array of floats. Raises `ValidationError` for text, ragged lists, complex
    numbers and whatever else is no array of real numbers; NaN is let through."""
    place = Place(field=field)
    if isinstance(value, Mapping | set | frozenset) or value is None:
        raise ValidationError(
            f"{field} is given as {type(value).__name__}, not as numbers", where=place, mend=mend
        )
    try:
        found = np.asarray(value)
    except (TypeError, ValueError) as error:
        ragged = "inhomogeneous" in str(error)
        why = "its rows have different lengths" if ragged else str(error)
        raise ValidationError(f"{field} is no array: {why}", where=place, mend=mend) from None
    if found.dtype.kind in _KINDS:
        raise ValidationError(
            f"{field} holds {_KINDS[found.dtype.kind]}, not numbers", where=place, mend=mend
        )
    if found.dtype.kind == "O":
        for one in found.ravel():
            if isinstance(one, str | bytes | bool | complex):
                raise ValidationError(
                    f"{field} holds {one!r}, which is not a number", where=place, mend=mend
                )
    try:
        return np.array(found, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValidationError(
            f"{field} holds something that is not a number: {error}", where=place, mend=mend
        ) from None


def one_number(value: Any, field: str, mend: str = "give one number", what: str = "") -> float:
    """One finite number. `what` is what the message calls it, the field itself by default."""
    what = what or field
    place = Place(field=field)
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.number):
        shown = repr(value) if isinstance(value, str | bool) or value is None else None
        given = shown or f"given as {type(value).__name__}"
        raise ValidationError(f"{what} is {given}, not one number", where=place, mend=mend)
    if isinstance(value, np.complexfloating) or not math.isfinite(value):
        raise ValidationError(f"{what} is {value}, not a finite number", where=place, mend=mend)
    return float(value)
