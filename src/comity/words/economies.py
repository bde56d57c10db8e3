"""Economies: ISO 3166-1 alpha-3 codes and a short, listed set (EUN, XKX, ROW, WLD).

Customs territories are economies of their own. Names are from our own reviewed table
(`data/economies.csv`), neutral and short; every name or code that other sources use is listed
there too, so that it is recognised and translated at the door. Former economies (ISO 3166-3) keep
their code with the days on which it stood. No position on sovereignty is taken or implied.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from comity.words import tables
from comity.words.errors import CodeError
from comity.words.text import fold, language_chain
from comity.words.time import FIRST, LAST, iso

_COLUMNS = (
    *("code", "alpha2", "numeric", "other_codes", "name", "other_names", "former_names"),
    *("demonyms", "seat", "valid_from", "valid_until", "note"),
)
SPECIAL = ("EUN", "XKX", "ROW", "WLD")
"""The codes outside ISO 3166-1: European Union, Kosovo, rest of the world, world."""
AGGREGATES = ("ROW", "WLD")
"""Codes that stand for many economies whose members are not listed."""
_YEARS = re.compile(r"^(.*\S)\s+\((\d{4})-(\d{4})\)$")


@dataclass(frozen=True, slots=True)
class Former:
    """A name of the past, with the first and last year in which it stood."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Economy:
    """One economy. `valid_from` and `valid_until` are inclusive ordinals (`FIRST`, `LAST`: none).

    `valid_from` is set only where the economy came out of one that is listed too, or where its
    statistics began at a known day; without it nothing is said about the past.
    """

    code: str
    alpha2: str
    numeric: str
    other_codes: tuple[str, ...]
    name: str
    other_names: tuple[str, ...]
    former_names: tuple[Former, ...]
    demonyms: tuple[str, ...]
    seats: tuple[str, ...]
    valid_from: int
    valid_until: int
    note: str

    @property
    def former(self) -> bool:
        return self.valid_until != LAST

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of a group from one day to another, inclusive ordinals."""

    group: str
    member: str
    start: int
    until: int
    note: str


def _ordinal(text: str, empty: int) -> int:
    return dt.date.fromisoformat(text).toordinal() if text else empty


def _former(cell: str) -> tuple[Former, ...]:
    found = []
    for part in tables.split(cell):
        match = _YEARS.match(part)
        if not match:
            raise RuntimeError(f"economies.csv: {part!r} has no years")
        found.append(Former(match.group(1), int(match.group(2)), int(match.group(3))))
    return tuple(found)


@lru_cache(maxsize=1)
def _table() -> MappingProxyType[str, Economy]:
    found = {}
    for row in tables.rows("economies.csv", _COLUMNS):
        found[row[0]] = Economy(
            code=row[0],
            alpha2=row[1],
            numeric=row[2],
            other_codes=tables.split(row[3]),
            name=row[4],
            other_names=tables.split(row[5]),
            former_names=_former(row[6]),
            demonyms=tables.split(row[7]),
            seats=tables.split(row[8]),
            valid_from=_ordinal(row[9], FIRST),
            valid_until=_ordinal(row[10], LAST),
            note=row[11],
        )
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def _labels() -> dict[tuple[str, str], str]:
    return {
        (code, lang): text
        for code, lang, text in tables.rows("economy_labels.csv", ("code", "lang", "label"))
    }


@lru_cache(maxsize=1)
def _by_code() -> dict[str, str]:
    """Every code other than our own (alpha-2, numeric, other people's) in capitals → our code.

    A code that has passed from a former economy to a living one means the living one.
    """
    found: dict[str, str] = {}
    for one in sorted(_table().values(), key=lambda e: e.former):
        for code in (one.alpha2, one.numeric, *one.other_codes):
            if code:
                found.setdefault(code.upper(), one.code)
    return found


@lru_cache(maxsize=1)
def _by_name() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Folded names → codes: first the names of economies, then those of their people."""
    names: dict[str, set[str]] = {}
    people: dict[str, set[str]] = {}
    for one in _table().values():
        for name in (one.name, *one.other_names, *(f.name for f in one.former_names)):
            names.setdefault(fold(name), set()).add(one.code)
        for name in one.demonyms:
            people.setdefault(fold(name), set()).add(one.code)
    for (code, _), text in _labels().items():
        names.setdefault(fold(text), set()).add(code)
    return names, people


def all_economies() -> tuple[Economy, ...]:
    """Every listed economy, former ones and aggregates too, by code."""
    return tuple(sorted(_table().values(), key=lambda e: e.code))


def _suggest(text: str) -> str:
    folded = fold(text)
    if folded.upper() in _table():
        return f"write it {folded.upper()}"
    if folded.upper() in _by_code():
        code = _by_code()[folded.upper()]
        return f"did you mean {code} ({_table()[code].name})?"
    names, people = _by_name()
    for index in (names, people):
        if folded in index:
            return "did you mean " + _list(index[folded]) + "?"
    near = difflib.get_close_matches(text.strip().upper(), _table(), n=3, cutoff=0.6)
    found = [] if len(folded) > 3 else near
    for name in difflib.get_close_matches(folded, names, n=3, cutoff=0.75):
        found += sorted(names[name])
    if found:
        return "did you mean " + _list(list(dict.fromkeys(found))[:3]) + "?"
    return "use an ISO 3166-1 alpha-3 code such as JPN, or EUN, XKX, ROW, WLD"


def _list(codes: set[str] | list[str]) -> str:
    ordered = sorted(codes) if isinstance(codes, set) else codes
    return " or ".join(f"{c} ({_table()[c].name})" for c in ordered)


def economy(code: str) -> Economy:
    """The economy of exactly this code. Raises `CodeError` with the nearest codes."""
    found = _table().get(code)
    if found is None:
        raise CodeError(f"{code!r} is not the code of an economy", mend=_suggest(code))
    return found


def resolve(text: str) -> str:
    """The code that a code or name stands for, in any case, with or without diacritics.

    Taken in turn: our code, other people's codes (alpha-2, ISO numeric, M49 and Comtrade numbers,
    older alpha-3), names now and before, names in other languages, and the name of the people.
    A former name gives the economy of today. Raises `CodeError` where nothing matches, or more
    than one does (``Korea``, ``Congo``).
    """
    plain = text.strip()
    upper = plain.upper()
    if upper in _table():
        return upper
    # ISO numbers are three digits, but spreadsheets lose their leading zeros; M49's EUN is 97.
    for code in (upper, upper.zfill(3), upper.lstrip("0")) if upper.isdigit() else (upper,):
        if code in _by_code():
            return _by_code()[code]
    folded = fold(plain)
    for index in _by_name():
        # "the Netherlands" and "Netherlands" are one name.
        codes = index.get(folded) or index.get(folded.removeprefix("the "))
        if codes:
            if len(codes) > 1:
                raise CodeError(
                    f"{plain!r} can be more than one economy", mend=f"write {_list(codes)}"
                )
            return next(iter(codes))
    raise CodeError(f"{plain!r} is not an economy", mend=_suggest(plain))


def label(code: str, lang: str = "en") -> str:
    """The display name in that language, or in English where we have none: never a guess."""
    one = economy(code)
    for tag in language_chain(lang):
        if tag == "en":
            break
        found = _labels().get((code, tag))
        if found:
            return found
    return one.name


def check_valid(code: str, day: int) -> Economy:
    """The economy, if it stood on the ordinal `day`; else `CodeError` naming its days."""
    one = economy(code)
    if one.valid_from <= day <= one.valid_until:
        return one
    when = iso(day) or "that day"
    if day < one.valid_from:
        what = f"{code} ({one.name}) begins on {iso(one.valid_from)}, after {when}"
    else:
        what = f"{code} ({one.name}) ended on {iso(one.valid_until)}, before {when}"
    raise CodeError(what, mend=one.note or "use the economy that stood on that day")


@lru_cache(maxsize=1)
def memberships() -> tuple[Membership, ...]:
    """Every membership of a group. For trade, membership is not the customs territory: GBR left
    EUN on 2020-01-31 but applied its tariff until 2020-12-31; MCO and, for industrial goods, TUR
    are in customs union with it without being members.
    """
    return tuple(
        Membership(row[0], row[1], _ordinal(row[2], FIRST), _ordinal(row[3], LAST), row[4])
        for row in tables.rows("memberships.csv", ("group", "member", "from", "until", "note"))
    )


def groups_of(code: str, day: int) -> tuple[str, ...]:
    """The groups to which an economy belongs on the ordinal `day`, sorted: DEU → ("EUN",)."""
    economy(code)
    return tuple(sorted(m.group for m in memberships() if m.member == code and _in(m, day)))


def members_of(group: str, day: int) -> tuple[str, ...]:
    """The members of a group on the ordinal `day`, sorted. Raises `CodeError` for no group."""
    if group not in {m.group for m in memberships()}:
        economy(group)
        raise CodeError(f"{group} is not a group with listed members", mend="EUN is one")
    return tuple(sorted(m.member for m in memberships() if m.group == group and _in(m, day)))


def _in(one: Membership, day: int) -> bool:
    return one.start <= day <= one.until
