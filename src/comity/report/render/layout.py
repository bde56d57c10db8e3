"""Folding text to a width of terminal cells, and setting two texts beside each other."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def cells(text: str) -> int:
    """Cells of a terminal that the text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def clean(text: str) -> str:
    """One line without control characters: data cannot move the cursor or set colours."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def cut(text: str, width: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    text = clean(text)
    if cells(text) <= width:
        return text
    out, used = "", 1
    for char in text:
        used += _cells(char)
        if used > width:
            break
        out += char
    return out.rstrip() + "…"


def fold(text: str, width: int, *, first: str = "", rest: str | None = None) -> list[str]:
    """The text in lines of at most `width` cells; `first` leads the first, `rest` the others."""
    later = " " * cells(first) if rest is None else rest
    lines: list[str] = []
    line, used, empty = first, cells(first), True
    for word in clean(text).split(" "):
        for piece in _pieces(word, max(4, width - max(cells(later), cells(first)))):
            size = cells(piece)
            if not empty and used + 1 + size > width:
                lines.append(line)
                line, used, empty = later, cells(later), True
            line += piece if empty else f" {piece}"
            used += size + (not empty)
            empty = False
    lines.append(line)
    return [part.rstrip() for part in lines]


def _pieces(word: str, width: int) -> list[str]:
    """A word, or parts of it that fit the width (long addresses, text without spaces)."""
    if cells(word) <= width:
        return [word]
    parts, part, used = [], "", 0
    for char in word:
        size = _cells(char)
        if used + size > width:
            parts.append(part)
            part, used = "", 0
        part += char
        used += size
    return [*parts, part]


def beside(left: Sequence[str], right: Sequence[str], width: int) -> list[str]:
    """Two columns with a rule between them; `width` is that of a column."""
    lines = []
    for i in range(max(len(left), len(right))):
        a = left[i] if i < len(left) else ""
        b = right[i] if i < len(right) else ""
        lines.append(f"{a}{' ' * (width - cells(a))} │ {b}".rstrip())
    return lines
