"""Other people's codes of economies, translated at the door. An unknown code is an error."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from comity.words import economies
from comity.words.errors import CodeError, InputError

DATA = Path(__file__).parent / "data"
_SHAPES = {
    "iso3": re.compile(r"[A-Z]{3}"),
    "iso2": re.compile(r"[A-Z]{2}"),
    "m49": re.compile(r"\d{1,3}"),
    "japan-customs": re.compile(r"\d{3}"),
    "any": re.compile(r".+"),
}
SCHEMES = tuple(_SHAPES)
"""``iso3``, ``iso2``, ``m49`` (numbers of UN, Comtrade and BACI), ``japan-customs``, ``any`` (a
code or name as `comity.words.economies.resolve` takes them)."""


@lru_cache(maxsize=4)
def _shipped(name: str) -> Mapping[str, tuple[str, str]]:
    """Code → (economy, flag) of a shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["economy"], row["flag"]) for row in csv.DictReader(file)}


class Economies:
    """Translates the codes of one file, each once.

    `extra` maps codes of the file to our codes and goes before everything: it is how a user says
    what an aggregate is to be counted as.
    """

    def __init__(self, scheme: str, extra: Mapping[str, str] | None = None) -> None:
        if scheme not in _SHAPES:
            raise InputError(
                f"{scheme!r} is not a scheme of economy codes", mend=f"one of {', '.join(SCHEMES)}"
            )
        self.scheme = scheme
        self.extra = {str(k).strip(): economies.economy(v).code for k, v in (extra or {}).items()}
        self._known: dict[str, tuple[str, str]] = {}
        self.used: dict[str, tuple[str, str]] = {}
        """Codes that were read by a table of areas or by `extra` → (our code, flag)."""

    def __call__(self, text: str) -> tuple[str, str]:
        """(our code, flag) of a code. Raises `CodeError`."""
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._read(text.strip())
        return found

    def _read(self, text: str) -> tuple[str, str]:
        if text in self.extra:
            self.used[text] = (self.extra[text], "")
            return self.extra[text], ""
        if not _SHAPES[self.scheme].fullmatch(text):
            raise CodeError(
                f"{text!r} is not a code of the scheme {self.scheme}", mend=_other_scheme(text)
            )
        if self.scheme == "japan-customs":
            table = _shipped("japan_customs_codes.csv")
            if text not in table:
                raise CodeError(
                    f"{text} is not in the table of Japan's customs codes",
                    mend=f"say which economy it is: --counts {text}=XXX (Python: economies={{…}})",
                )
            return table[text]
        if self.scheme == "m49":
            areas = _shipped("comtrade_areas.csv")
            if text.lstrip("0") in areas:
                found = self.used[text] = areas[text.lstrip("0")]
                return found
        try:
            if self.scheme == "iso3":
                return economies.economy(text).code, ""
            return economies.resolve(text), ""
        except CodeError as error:
            raise CodeError(
                error.what,
                mend=f"{error.mend}; or say what it counts as: --counts {text}=XXX",
            ) from error

    def notes(self) -> tuple[str, ...]:
        """What was put under which code by a table of areas, for the manifest."""
        return tuple(
            f"{text} counted as {code}" + (f" ({flag})" if flag else "")
            for text, (code, flag) in sorted(self.used.items())
        )


def _other_scheme(text: str) -> str:
    fits = [name for name, shape in _SHAPES.items() if name != "any" and shape.fullmatch(text)]
    if fits:
        return f"it looks like {' or '.join(fits)}: say which scheme the file uses"
    return f"the schemes are {', '.join(SCHEMES)}"


Translate = Callable[[str], tuple[str, str]]


def m49_codes(codes: Economies) -> dict[int, tuple[str, str]]:
    """Every number that `codes` (of the scheme m49) can translate → (our code, flag)."""
    found = {}
    numbers = {number for one in economies.all_economies() for number in _numbers(one)}
    areas = _shipped("comtrade_areas.csv")
    for text in {*numbers, *areas, *(k for k in codes.extra if k.isdigit())}:
        if int(text):
            found[int(text)] = codes(text)
    codes.used.clear()
    return found


def _numbers(one: economies.Economy) -> list[str]:
    if one.code == "WLD":
        return []
    return [code for code in (one.numeric, *one.other_codes) if code.isdigit()]
