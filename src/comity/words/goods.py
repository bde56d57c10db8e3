"""Goods: codes of the Harmonized System that carry their edition.

``HS2022:030722`` is heading 0307, subheading 22, of the sixth revision of the WCO nomenclature. A
shorter code covers the longer ones that begin with it. Six digits are the WCO's; the seventh to
tenth are each economy's own. Chapter 77 is reserved and empty; 98 and 99 are for national use.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, field

from comity.words import nomenclature
from comity.words.errors import CodeError

CURRENT = "HS2022"
EDITIONS = ("HS1988", "HS1996", "HS2002", "HS2007", "HS2012", "HS2017", "HS2022", "HS2028")
"""The editions by the year in which they came into force (1 January)."""
_ALIASES = {
    # The amendments of 1992 were editorial: WCO and UN count 1988/92 as one edition (Comtrade H0).
    "HS1992": "HS1988",
    "HS92": "HS1988",
    "HS88": "HS1988",
    # Comtrade's and BACI's names.
    **{f"H{n}": edition for n, edition in enumerate(EDITIONS[:-1])},
    **{f"HS{e[4:]}": e for e in EDITIONS[1:]},
    "HS": CURRENT,
}
_TEXT = re.compile(r"^(?:(?P<edition>[A-Za-z]+\d*)\s*:)?\s*(?P<digits>[0-9][0-9. ]*)$")
_RANGE = re.compile(r"^(?P<first>[^-]+?)\s*-\s*(?P<last>[0-9][0-9. ]*)$")
# Hyphens of word processors, in lists typed by people.
_DASHES = str.maketrans({"\u2013": "-", "\u2012": "-", "\u2010": "-", "\u2011": "-", "\uff0d": "-"})
RESERVED = "77"
NATIONAL = ("98", "99")


class Relation(enum.Enum):
    """How the goods of a scope (a measure's) lie to the goods asked about."""

    COVERS = "covers"
    """All that is asked lies in the scope."""
    INSIDE = "inside"
    """The scope is a part of what is asked: the answer is in parts."""
    DISJOINT = "disjoint"
    OTHER_EDITION_UNDECIDED = "other-edition-undecided"
    """The codes are of different editions and no concordance decides."""


@dataclass(frozen=True, slots=True, order=True)
class GoodsCode:
    """One code. `edition_given` is False where the text had none and `CURRENT` was taken.

    That flag does not count when codes are compared. Raises `CodeError`.
    """

    edition: str
    code: str
    edition_given: bool = field(default=True, compare=False)

    def __post_init__(self) -> None:
        if self.edition not in EDITIONS:
            raise CodeError(
                f"{self.edition!r} is not an edition of the Harmonized System",
                mend=f"use one of {', '.join(EDITIONS)} (HS1992 is taken as HS1988)",
            )
        _check_digits(self.code, self.code)

    @classmethod
    def parse(cls, text: str, edition: str | None = None) -> GoodsCode:
        """Read ``HS2022:030722``, ``0307.22``, ``030722`` or ``HS:0307``.

        `edition` is taken where the text names none, else `CURRENT` is, which leaves
        `edition_given` False. Raises `CodeError`.
        """
        match = _TEXT.match(text.strip())
        if not match:
            mend = "write HS2022:030722, or 0307.22, or 03"
            digits = re.sub("[^0-9]", "", text.partition(":")[2] or text)
            if len(digits) in (2, 4, 6, 8, 10):
                mend = f"did you mean {digits}? {mend}"
            raise CodeError(f"{text!r} is not a goods code", mend=mend)
        digits = re.sub(r"[. ]", "", match["digits"])
        _check_digits(digits, text)
        named = match["edition"]
        if named is None or named.upper() == "HS":
            return cls(_edition(edition or CURRENT), digits, edition_given=edition is not None)
        return cls(_edition(named), digits)

    @property
    def chapter(self) -> str:
        return self.code[:2]

    @property
    def level(self) -> int:
        """The number of digits: 2, 4, 6, 8 or 10."""
        return len(self.code)

    @property
    def note(self) -> str | None:
        """What a reader must know of the code, or None."""
        if self.chapter in NATIONAL:
            return f"chapter {self.chapter} is for national use: it means what its user says"
        if self.level > 6:
            return "digits after the sixth are national: they differ between economies"
        return None

    @property
    def national(self) -> bool:
        """Is the code in a chapter for national use (98, 99), unknown to the WCO nomenclature?"""
        return self.chapter in NATIONAL

    def covers(self, other: GoodsCode) -> bool:
        """Do all goods of `other` lie in this code? Same edition, and its digits come first."""
        return self.edition == other.edition and other.code.startswith(self.code)

    def dotted(self) -> str:
        """The digits as tariffs print them: ``0307.22``, ``0307.22.10``."""
        code = self.code
        return ".".join([code[:4], *(code[n : n + 2] for n in range(4, len(code), 2))])

    def __str__(self) -> str:
        return f"{self.edition}:{self.code}"


def _edition(text: str) -> str:
    upper = text.upper()
    return _ALIASES.get(upper, upper)


def _check_digits(digits: str, text: str) -> None:
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in (2, 4, 6, 8, 10):
        mend = "a code has 2, 4, 6, 8 or 10 digits"
        if len(digits) in (1, 3, 5, 7, 9) and digits.isdigit() and digits[0] != "0":
            mend += f"; if a spreadsheet dropped a leading zero, write 0{digits}"
        raise CodeError(f"{text!r} is not a goods code", mend=mend)
    if digits[:2] == "00":
        raise CodeError(f"{text!r} is in no chapter", mend="chapters are 01 to 97")
    if digits[:2] == RESERVED:
        raise CodeError(
            f"{text!r} is in chapter 77, which is reserved and empty",
            mend="metals other than iron and steel are in chapters 74-76 and 78-81",
        )


def edition_on(year: int) -> str:
    """The edition in force in a year by the WCO's calendar; economies may adopt it later."""
    found = [e for e in EDITIONS if int(e[2:]) <= year]
    if not found:
        raise CodeError(
            f"the Harmonized System was not in force in {year}", mend="it begins in 1988"
        )
    return found[-1]


def relation(scope: GoodsCode, asked: GoodsCode) -> Relation:
    """How the goods of `scope` lie to the goods `asked` about.

    In one edition prefixes decide. Across editions a two-digit code, on either side, compares
    directly by chapter: chapters keep their number from edition to edition, though some goods have
    moved between chapters. Longer codes of different editions in different chapters are disjoint
    (with the same caveat); in the same chapter they are undecided until a concordance is loaded,
    for even the same digits can hold other goods (0307.91 before and after 2017).
    """
    if scope.edition != asked.edition:
        if scope.chapter != asked.chapter:
            return Relation.DISJOINT
        if scope.level > 2 and asked.level > 2:
            return Relation.OTHER_EDITION_UNDECIDED
    if asked.code.startswith(scope.code):
        return Relation.COVERS
    return Relation.INSIDE if scope.code.startswith(asked.code) else Relation.DISJOINT


def parse_list(text: str, edition: str | None = None) -> tuple[GoodsCode, ...]:
    """Read ``03;04;16-21`` or ``HS2017:0302-0308; 1604``: codes in order, doubles dropped.

    A range joins two chapters, or two headings of one chapter; chapter 77 is passed over, and so
    are headings that do not exist where the edition is HS2022. Semicolons or commas separate; an
    edition counts for its own item only. An empty text is an empty tuple. Raises `CodeError`.
    """
    found: dict[GoodsCode, None] = {}
    for item in re.split(r"[;,]", text.translate(_DASHES)):
        if not item.strip():
            continue
        match = _RANGE.match(item.strip())
        if match is None:
            found.setdefault(GoodsCode.parse(item, edition))
            continue
        for code in _range(item.strip(), match["first"], match["last"], edition):
            found.setdefault(code)
    return tuple(found)


def _range(item: str, left: str, right: str, edition: str | None) -> list[GoodsCode]:
    first = GoodsCode.parse(left, edition)
    last = GoodsCode.parse(right, first.edition)
    if first.level != last.level or first.level > 4 or first.code > last.code:
        raise CodeError(
            f"{item!r} is not a range of chapters or headings",
            mend="write 16-21 or 0302-0308, the lower code first; list longer codes one by one",
        )
    if first.level == 4 and first.chapter != last.chapter:
        raise CodeError(
            f"{item!r} goes from one chapter to another",
            mend=f"write {first.chapter}.. and {last.chapter}.. as two ranges",
        )
    numbers = range(int(first.code), int(last.code) + 1)
    digits = [f"{n:0{first.level}d}" for n in numbers]
    if first.level == 2:
        digits = [d for d in digits if d != RESERVED]
    elif first.edition == CURRENT and not first.national:
        digits = [d for d in digits if nomenclature.known(d)]
    return [GoodsCode(first.edition, d, first.edition_given) for d in digits]


def check_exists(code: GoodsCode) -> bool:
    """True where the code is in the nomenclature, as far as its sixth digit.

    False where that cannot be checked: another edition than HS 2022 (none is loaded), or a chapter
    for national use. Raises `CodeError` naming the nearest codes where HS 2022 does not have it.
    """
    if code.edition != CURRENT or code.national:
        return False
    digits = code.code[:6]
    if nomenclature.known(digits):
        return True
    raise CodeError(
        f"HS 2022 has no code {GoodsCode(CURRENT, digits).dotted()}",
        mend=f"the nearest are {', '.join(nomenclature.nearest(digits))}; "
        "a code of an earlier edition is written with its edition, HS2017 for instance",
    )


def checked(text: str) -> GoodsCode:
    """A code from text that exists in its edition as far as that can be checked."""
    code = GoodsCode.parse(text)
    check_exists(code)
    return code


def children(code: GoodsCode) -> tuple[GoodsCode, ...]:
    """The HS 2022 codes of the next level, in order; none below six digits.

    Raises `CodeError` for a code that does not exist, or of another edition (none is loaded).
    """
    if code.edition != CURRENT:
        raise CodeError(
            f"the codes below {code} are not known", mend=f"only {CURRENT} is loaded; ask for it"
        )
    check_exists(code)
    return tuple(GoodsCode(CURRENT, digits) for digits in nomenclature.below(code.code))


def chapters() -> tuple[GoodsCode, ...]:
    """The 96 chapters of HS 2022."""
    return tuple(GoodsCode(CURRENT, digits) for digits in nomenclature.below(""))


def title(code: GoodsCode, lang: str = "en") -> str:
    """The title of the deepest level known: ten digits give the title of their subheading.

    Of another edition only the chapter is known. Titles are in English; `lang` is taken so that
    callers need not change when others come, and gives English until then.
    """
    del lang
    if code.national:
        return f"Chapter {code.chapter} (national use)"
    for size in (6, 4, 2) if code.edition == CURRENT else (2,):
        found = nomenclature.titled(code.code[:size]) if code.level >= size else None
        if found:
            return found
    raise CodeError(f"{code} has no title", mend="check the code")


def find_goods(words: str, level: int | None = None) -> tuple[GoodsCode, ...]:
    """The HS 2022 codes whose title has all these words, sorted; of one level where given.

    Case, diacritics and the English plural do not matter; words must be whole. Nothing asked,
    nothing found.
    """
    found = nomenclature.with_words(words)
    return tuple(GoodsCode(CURRENT, c) for c in found if level is None or len(c) == level)
