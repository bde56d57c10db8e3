"""Text as people write it: folding for comparison, words, labels by language, and what is refused.

Folding is for finding, never for showing: the text shown is always the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import ItemsView, Iterable, Iterator, Mapping
from types import MappingProxyType

from comity.words.errors import Place, ValidationError

# Quotes and dashes that differ by keyboard only. Not the katakana length mark (U+30FC), a letter.
_ALIKE = {
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02bc\u02bb\u0060\u00b4\uff07"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"),
}
# Letters that people also write without their stroke but that Unicode does not decompose.
_LETTERS = {
    ord("\u0111"): "d",
    ord("\u00f0"): "d",
    ord("\u00f8"): "o",
    ord("\u0142"): "l",
    ord("\u0131"): "i",
    ord("\u00e6"): "ae",
    ord("\u0153"): "oe",
    ord("\u00fe"): "th",
}
# Only the blocks of diacritics are dropped: marks that are letters of their script (the voicing
# marks of kana, Thai and Indic vowels) stay, for without them the word is another word.
_DIACRITICS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_REFUSED = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LANGUAGE = re.compile(
    r"^(?:[a-z]{2,3})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?(?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*$",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    """Text for comparison: case, diacritics, width, quotes, dashes and spaces made alike.

    ``Hokkaidō`` and ``HOKKAIDO`` fold alike, ``Straße`` and ``strasse`` too; Japanese, Chinese and
    Korean survive. Folding twice changes nothing.
    """
    if text.isascii():
        # The common case, three times faster.
        return " ".join(text.replace("`", "'").casefold().split())
    while True:
        plain = unicodedata.normalize("NFKD", text.translate(_ALIKE)).casefold()
        plain = _DIACRITICS.sub("", unicodedata.normalize("NFKD", plain)).translate(_LETTERS)
        plain = _SPACES.sub(" ", unicodedata.normalize("NFC", plain.translate(_ALIKE))).strip()
        # A few letters need a second round (a capital that gains a mark when lowered).
        if plain == text:
            return plain
        text = plain


def tokens(text: str) -> tuple[str, ...]:
    """The words of the folded text, in order. A run of Japanese or Chinese is one word."""
    return tuple(_WORDS.findall(fold(text)))


def check_characters(text: str, where: Place | None = None) -> str:
    """The text itself, where it holds nothing that hides or reorders what is read.

    Refused with `ValidationError`: control characters except tab and line ends, characters that
    turn the direction of writing (U+202A-202E, U+2066-2069) and lone surrogates, which no file
    can hold.
    """
    match = _REFUSED.search(text)
    if match:
        point = ord(match.group())
        raise ValidationError(
            f"the text holds the character U+{point:04X} at position {match.start() + 1}, "
            "which cannot be seen and can change how the text reads",
            where=where,
            mend="delete that character",
        )
    return text


def plain(text: str) -> str:
    """The text with every character that `check_characters` refuses replaced, one for one.

    For showing what others wrote: nothing in it can move a cursor or turn the direction of writing.
    """
    return _REFUSED.sub("\ufffd", text)


def check_language(tag: str, where: Place | None = None) -> str:
    """A language tag (BCP 47: ``en``, ``ja``, ``zh-Hant``, ``pt-BR``) in its usual case.

    Checks the form only, not that the language exists. Raises `ValidationError`.
    """
    if not _LANGUAGE.match(tag):
        raise ValidationError(
            f"{tag!r} is not a language tag",
            where=where,
            mend="write a BCP 47 tag such as en, ja, zh, zh-Hant or pt-BR",
        )
    first, *rest = tag.split("-")
    cased = [p.title() if len(p) == 4 and p.isalpha() else p for p in rest]
    return "-".join([first.lower(), *(p.upper() if len(p) == 2 else p for p in cased)])


def language_chain(tag: str) -> tuple[str, ...]:
    """The tags to try in turn (RFC 4647 lookup): ``zh-Hant-TW``, ``zh-Hant``, ``zh``."""
    parts = check_language(tag).split("-")
    return tuple("-".join(parts[:n]) for n in range(len(parts), 0, -1))


class Labels:
    """One text in one or more languages, at least one, in the order given. Immutable.

    A bare string is English. It reads like a mapping of language tags to texts, but for `get`,
    which gives the asked language, else English, else the first there is: it never translates.
    Raises `ValidationError`.
    """

    __slots__ = ("_texts",)

    def __init__(self, value: str | Mapping[str, str], where: Place | None = None) -> None:
        # Read from YAML or JSON, so nothing is sure of keys and values whatever the types say.
        pairs: Iterable[tuple[object, object]]
        pairs = [("en", value)] if isinstance(value, str) else value.items()
        found: dict[str, str] = {}
        for tag, text in pairs:
            if not isinstance(tag, str) or not isinstance(text, str) or not text.strip():
                raise ValidationError(
                    f"the label for {tag!r} is not a text",
                    where=where,
                    mend="give every language a text that is not empty, or leave it out",
                )
            language = check_language(tag, where)
            if language in found:
                raise ValidationError(
                    f"the language {language} is given twice", where=where, mend="keep one of them"
                )
            found[language] = check_characters(text, where)
        if not found:
            raise ValidationError(
                "a label has no text in any language", where=where, mend="give one, e.g. en: ..."
            )
        self._texts = found

    def language(self, lang: str = "en") -> str:
        """The language in which `get` will answer."""
        for tag in (*language_chain(lang), "en"):
            if tag in self._texts:
                return tag
        return next(iter(self._texts))

    def get(self, lang: str = "en") -> str:
        """The text in that language, else English, else the first there is."""
        return self._texts[self.language(lang)]

    def as_data(self) -> str | dict[str, str]:
        """What YAML and JSON hold: a bare string where there is English only."""
        return self._texts["en"] if self.languages == ("en",) else dict(self._texts)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._texts)

    def items(self) -> ItemsView[str, str]:
        return MappingProxyType(self._texts).items()

    def __getitem__(self, tag: str) -> str:
        return self._texts[tag]

    def __contains__(self, tag: object) -> bool:
        return tag in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def __str__(self) -> str:
        return self.get()

    def __repr__(self) -> str:
        return f"Labels({self.as_data()!r})"
