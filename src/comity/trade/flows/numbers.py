"""Numbers as files write them, with the separators that the file is said to have, and no others."""

from __future__ import annotations

import re

from comity.words.errors import Place, ValidationError

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def decimal_number(
    text: str,
    where: Place | None,
    *,
    decimal: str = ".",
    thousands: str = "",
    missing: frozenset[str] = frozenset({""}),
) -> float | None:
    """The number in a cell; None for one of the words for a missing one.

    Thousands separators must stand between groups of three digits. Raises `ValidationError` that
    says what the cell looks like, where it looks like a number with other separators.
    """
    plain = text.strip()
    if plain in missing:
        return None
    whole, _, fraction = plain.partition(decimal)
    if thousands and thousands in whole:
        groups = whole.lstrip("+-").split(thousands)
        if len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]):
            raise ValidationError(
                f"{plain!r} has {thousands!r} where no thousands end",
                where=where,
                mend="the decimal separator may be another than the one named",
            )
        whole = whole.replace(thousands, "")
    joined = f"{whole}.{fraction}" if fraction else whole
    if decimal in fraction or not _PLAIN.fullmatch(joined):
        raise ValidationError(f"{plain!r} is not a number", where=where, mend=_looks(plain))
    return float(joined)


def _looks(text: str) -> str:
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d+,\d{1,2}", text):
        return "it looks like a decimal comma: say decimal: ',' in the mapping"
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", text):
        return "it looks like thousands between commas: say thousands: ',' in the mapping"
    if re.fullmatch(r"[+-]?\d{1,3}([ \u00a0']\d{3})+([.,]\d+)?", text):
        return "it has thousands separators: name them in the mapping"
    return "write a plain number, or name the word for a missing one in the mapping"
