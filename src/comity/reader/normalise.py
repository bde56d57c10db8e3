"""Text made plain for parsing, character for character, so that offsets stay the document's.

Curly quotes become straight, odd spaces and invisible marks become spaces, datelines are blanked.
Nothing is ever added or removed: ``len(plain(text)) == len(text)``.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

PIECE = 10_000
"""The longest piece that is parsed at once, in characters."""

_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u02bc\u02bb\u0060\u00b4\uff07"
_DOUBLE = "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02\u300c\u300d\u300e\u300f"
_HYPHEN = "\u2010\u2011\u2043\ufe63\uff0d\u2212"
_BULLET = "\u2022\u25cf\u25aa\u25e6\u2023\u00b7\u25a0"


class _Plain(dict[int, str]):
    """Translation table filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _SINGLE:
            plain = "'"
        elif char in _DOUBLE:
            plain = '"'
        elif char in _HYPHEN or char in _BULLET:
            plain = "-"
        elif char == "\n":
            plain = char
        elif 0xD800 <= code <= 0xDFFF:
            # Half a surrogate pair cannot be written as UTF-8, which the parser needs.
            plain = "\ufffd"
        elif unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc", "Cf"):
            plain = "\n" if char in "\u2028\u2029\x85" else " "
        elif 0xFF01 <= code <= 0xFF5E:
            plain = chr(code - 0xFEE0)
        else:
            plain = char
        self[code] = plain
        return plain


_TABLE = _Plain()
_BETWEEN = re.compile(r"(?<=\w)\u2013(?=\w)|(?<=[A-Za-z]\.)\u2013(?=[A-Z])")
_DASH = r"[ ]?(?:--?|\u2013|\u2014)(?=[ ])"
_DAY = r"(?:[A-Z][a-z]{2,8}\.?[ ]\d{1,2}|\d{1,2}[ ][A-Z][a-z]{2,8}\.?)(?:,?[ ]\d{4})?"
_AGENCY = r"[ ]?\([^()\n]{2,40}\)"
_DATELINE = re.compile(
    # "date 2024-03-02", as some services put it first
    r"(?m)^[ \t]*(?:date[ ]\d{4}-\d\d-\d\d[ ]+)?(?:"
    # "TOKYO, June 18 (Reuters) -", "BEIJING (Xinhua) --"
    rf"[A-Z][A-Z.' ]{{2,40}}(?:[,/][ ]?[A-Z][A-Za-z.' ]{{1,30}})?"
    rf"(?:,[ ]{_DAY})?(?:{_AGENCY})?{_DASH}"
    # "Geneva, 12 May 2025 -"
    rf"|[A-Z][a-z]+(?:[ ][A-Z][a-z]+){{0,2}},[ ]{_DAY}(?:{_AGENCY})?(?:{_DASH}|:(?=[ ]))"
    # "Tokyo (Jiji Press) -"
    rf"|[A-Z][A-Za-z]+(?:[ ][A-Z][a-z]+){{0,2}}[ ]?\([A-Z][A-Za-z. ]{{1,24}}\){_DASH}"
    # "ISLAMABAD: ", "Manila, Philippines: "
    r"|[A-Z]{3,}(?:[ ][A-Z]{3,})?:(?=[ ][A-Z])"
    r"|[A-Z][a-z]+(?:[ ][A-Z][a-z]+)?,[ ][A-Z][a-z]+(?:[ ][A-Z][a-z]+)?:(?=[ ][A-Z])"
    # "Nov 17 (Reuters) -"
    rf"|[A-Z][a-z]{{2,8}}\.?[ ]\d{{1,2}}(?:,[ ]\d{{4}})?{_AGENCY}{_DASH}"
    r")"
)


def plain(text: str) -> str:
    """The text with plain characters, of the same length."""
    return _BETWEEN.sub("-", text).translate(_TABLE)


def masked(text: str) -> str:
    """The plain text with datelines blanked."""
    return _DATELINE.sub(lambda match: " " * len(match.group()), text)


_END = re.compile(r"[.!?][\"')\]]*[ ]+(?=[\"'(\[]?[A-Z0-9])")
_LINE_END = re.compile(r"\n+[ \t]*(?:\n[ \t]*)*")


def _is_wrapped(text: str) -> bool:
    """Whether single line breaks are mostly the wrapping of lines, not ends of paragraphs."""
    lines = text[:200_000].split("\n")
    single = lower = 0
    for this, following in itertools.pairwise(lines):
        if len(this) > 30 and following.strip():
            single += 1
            lower += following.lstrip()[:1].islower()
    return single >= 3 and lower * 3 >= single


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each paragraph; together they are the whole text, breaks included."""
    wrapped = _is_wrapped(text)
    start = 0
    for match in _LINE_END.finditer(text):
        after = text[match.end() : match.end() + 1]
        if not after:
            break
        if match.group().count("\n") == 1:
            before = text[max(start, match.start() - 3) : match.start()].rstrip()
            ended = before[-1:] in '.!?:;"'
            if after.islower() or (wrapped and not ended):
                continue
        yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def pieces(text: str, longest: int = PIECE) -> Iterator[tuple[int, int]]:
    """Paragraphs, cut where they are too long: after a sentence, or a space, or anywhere."""
    for start, end in paragraphs(text):
        while end - start > longest:
            cut = start + longest
            window = text[start + longest // 2 : cut]
            ends = [match.end() for match in _END.finditer(window)]
            if ends:
                cut = start + longest // 2 + ends[-1]
            elif (space := window.rfind(" ")) >= 0:
                cut = start + longest // 2 + space + 1
            yield start, cut
            start = cut
        yield start, end
