"""Phrases as the lexicons write them, found in a text in one pass.

A phrase is words with spaces between them, which stand for spaces, hyphens or quotation marks in a
text. A small letter matches either case, a capital only itself. ``a|b`` is one word or the other,
``word*`` any ending, ``word?`` a word that may be missing, ``~3`` a gap of up to three words, and
``{food}`` any of a class of words. Nothing crosses the end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Generic, TypeVar

from comity.reader.sources import rows
from comity.words.errors import InputError

T = TypeVar("T")
Classes = Mapping[str, Sequence[str]]

_BETWEEN = r"[\s\-–‑/\"“”‘’'(),]+"
_WORD = r"(?:U\.S\.|[^\W_]+(?:[.’'][^\W_]+)*%?)"
_STARTS = re.compile(r"(?<![^\W_])[^\W_]+")
_KEY = 3
"""Letters of a phrase's first word by which it is looked up."""


def table(name: str) -> list[dict[str, str]]:
    """The rows of the reader's data file `name`, with those that packs and plugins add."""
    return rows(name)


@cache
def classes() -> dict[str, tuple[str, ...]]:
    """Class of words → its words: the groups of products and the classes of `issues_words.csv`."""
    found: dict[str, list[str]] = {}
    for row in table("products.csv"):
        for group in row["groups"].split(";"):
            found.setdefault(group, []).extend(row["words"].split(";"))
    for row in table("issues_words.csv"):
        found.setdefault(row["class"], []).extend(row["words"].split(";"))
    return {name: tuple(dict.fromkeys(words)) for name, words in found.items()}


def _letters(word: str) -> str:
    plain = re.escape(word.removesuffix("*"))
    ending = r"[^\W_]*" if word.endswith("*") else ""
    plain = plain if word != word.lower() else f"(?i:{plain})"
    return plain + ending


def _alternatives(item: str, known: Classes) -> list[list[str]]:
    """The words, each a list of single words, that an item of a phrase stands for."""
    found: list[list[str]] = []
    for word in item.split("|"):
        if word.startswith("{"):
            if word[1:-1] not in known:
                raise InputError(
                    f"there is no class of words {word}", mend="one of " + ", ".join(sorted(known))
                )
            found += [one.split() for one in known[word[1:-1]]]
        else:
            found.append([word])
    return found


def pattern(phrase: str, known: Classes) -> tuple[frozenset[str], re.Pattern[str]]:
    """A phrase as an expression to match at a word's start, and the keys of its first word."""
    keys: set[str] = set()
    parts: list[str] = []
    gap = _BETWEEN
    for item in phrase.split():
        if item.startswith("~"):
            if not item[1:].isdecimal() or not parts:
                raise InputError(f"{item!r} is no gap in {phrase!r}", mend="a word, then ~3")
            gap = rf"(?:{_BETWEEN}{_WORD}){{0,{int(item[1:])}}}?{_BETWEEN}"
            continue
        optional = item.endswith("?")
        words = _alternatives(item.removesuffix("?"), known)
        if not parts:
            keys.update(w[0].removesuffix("*")[:_KEY].lower() for w in words)
        either = "|".join(_BETWEEN.join(map(_letters, w)) for w in words)
        lead = gap if parts else ""
        parts.append(f"(?:{lead}(?:{either}))?" if optional else f"{lead}(?:{either})")
        gap = _BETWEEN
    return frozenset(keys), re.compile("".join(parts) + r"(?![^\W_])")


class Lexicon(Generic[T]):
    """Phrases with what each of them means; found in time linear in the length of the text."""

    def __init__(self, entries: Iterable[tuple[str, T]], known: Classes) -> None:
        self._by_key: dict[str, list[tuple[re.Pattern[str], T]]] = {}
        for phrase, meaning in entries:
            keys, compiled = pattern(phrase, known)
            for key in keys:
                self._by_key.setdefault(key, []).append((compiled, meaning))

    def find(
        self, text: str, start: int = 0, end: int | None = None
    ) -> Iterator[tuple[int, int, T]]:
        """Each place where a phrase begins: characters from and to, and its meaning."""
        for word in _STARTS.finditer(text, start, len(text) if end is None else end):
            for compiled, meaning in self._by_key.get(word[0][:_KEY].lower(), ()):
                if match := compiled.match(text, word.start()):
                    yield match.start(), match.end(), meaning
