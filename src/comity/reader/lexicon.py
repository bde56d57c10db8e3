"""Small sets of words that rules look for, from `data/words.csv`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from comity.reader.phrases import table

if TYPE_CHECKING:
    from spacy.tokens import Token


@cache
def _sets() -> dict[str, frozenset[str]]:
    return {row["set"]: frozenset(row["words"].split()) for row in table("words.csv")}


@cache
def _irregular() -> dict[str, str]:
    return {row["form"]: row["lemma"] for row in table("irregular.csv")}


def lemma(token: Token) -> str:
    """A verb's lemma in small letters; the parser's own is wrong for some common forms."""
    return _irregular().get(token.lower_) or token.lemma_.lower()


def words(name: str) -> frozenset[str]:
    """The words of a set; they are in small letters."""
    return _sets()[name]
