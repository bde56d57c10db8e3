"""Sub-national areas: ISO 3166-2, for every economy.

The table is generated from the library pycountry (`scripts/generate_areas.py`), which is too slow
to load at each start. Areas that are economies of their own here (CN-HK, FR-PF, US-PR ...) are
not areas: asking for one says which economy to use.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

from comity.words import tables
from comity.words.economies import economy
from comity.words.economies import label as economy_label
from comity.words.errors import CodeError
from comity.words.text import fold, language_chain

OWN_ECONOMY = {
    "CN-HK": "HKG",
    "CN-MO": "MAC",
    "CN-TW": "TWN",
    "FI-01": "ALA",
    "FR-971": "GLP",
    "FR-972": "MTQ",
    "FR-973": "GUF",
    "FR-974": "REU",
    "FR-976": "MYT",
    "FR-BL": "BLM",
    "FR-MF": "MAF",
    "FR-NC": "NCL",
    "FR-PF": "PYF",
    "FR-PM": "SPM",
    "FR-TF": "ATF",
    "FR-WF": "WLF",
    "NL-AW": "ABW",
    "NL-BQ1": "BES",
    "NL-BQ2": "BES",
    "NL-BQ3": "BES",
    "NL-CW": "CUW",
    "NL-SX": "SXM",
    "NO-21": "SJM",
    "NO-22": "SJM",
    "US-AS": "ASM",
    "US-GU": "GUM",
    "US-MP": "MNP",
    "US-PR": "PRI",
    "US-UM": "UMI",
    "US-VI": "VIR",
}
"""ISO 3166-2 codes whose area has an ISO 3166-1 code too, and that code."""
_CODE = re.compile(r"^[A-Za-z]{2}-[A-Za-z0-9]{1,3}$")
_KIND = re.compile(
    r"[ -](prefecture|province|state|municipality|autonomous region|region|county|district|"
    r"sheng|shi|ken|city)$"
)


@dataclass(frozen=True, slots=True)
class Area:
    """One area: ISO 3166-2 code, name, alpha-3 economy, kind, code of the area it lies in."""

    code: str
    name: str
    economy: str
    kind: str
    parent: str | None

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1)
def _table() -> dict[str, Area]:
    columns = ("code", "name", "economy", "kind", "parent")
    return {
        row[0]: Area(row[0], row[1], row[2], row[3], row[4] or None)
        for row in tables.rows("areas.csv", columns)
    }


@lru_cache(maxsize=1)
def _labels() -> dict[tuple[str, str], str]:
    rows = tables.rows("area_labels.csv", ("code", "lang", "label"))
    return {(code, lang): text for code, lang, text in rows}


@lru_cache(maxsize=8)
def _names(owner: str | None) -> dict[str, tuple[str, ...]]:
    """Folded name → codes, of one economy or of all."""
    found: dict[str, list[str]] = {}
    for one in _table().values():
        if owner is None or one.economy == owner:
            # The library writes second names in brackets: "Isle of Anglesey [Sir Ynys Mon ...]".
            for name in {one.name, re.split(r"\s*[\[(]", one.name)[0]}:
                found.setdefault(fold(name), []).append(one.code)
    for (code, _), text in _labels().items():
        if owner is None or _table()[code].economy == owner:
            found.setdefault(fold(text), []).append(code)
    return {name: tuple(dict.fromkeys(codes)) for name, codes in found.items()}


def area(code: str) -> Area:
    """The area of exactly this ISO 3166-2 code. Raises `CodeError`."""
    found = _table().get(code)
    if found is not None:
        return found
    raise CodeError(f"{code!r} is not the code of an area", mend=_mend_code(code))


def _mend_code(code: str) -> str:
    upper = code.strip().upper()
    own = OWN_ECONOMY.get(upper)
    if own:
        return f"it is an economy of its own here: use {own} ({economy_label(own)})"
    if upper in _table():
        return f"write it {upper}"
    near = difflib.get_close_matches(upper, _table(), n=3, cutoff=0.8)
    if near:
        return "did you mean " + _list(near) + "?"
    return "use an ISO 3166-2 code such as JP-04"


def _list(codes: list[str] | tuple[str, ...]) -> str:
    return " or ".join(f"{code} ({_table()[code].name})" for code in codes)


def areas_of(code: str) -> tuple[str, ...]:
    """The top-level areas of an economy, sorted; empty where ISO 3166-2 lists none.

    Areas that are economies of their own are not among them. Raises `CodeError`.
    """
    economy(code)
    return _tops().get(code, ())


@lru_cache(maxsize=1)
def _tops() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for one in _table().values():
        if one.parent is None:
            found.setdefault(one.economy, []).append(one.code)
    return {owner: tuple(sorted(codes)) for owner, codes in found.items()}


def resolve_area(text: str, economy: str | None = None) -> str:
    """The ISO 3166-2 code that a code or name stands for, of one economy where given.

    Any case, with or without diacritics, with or without the word for its kind: ``JP-04``,
    ``hokkaidō``, ``Miyagi Prefecture``, ``宮城県``. A top-level area goes before a lower one of
    the same economy and name. Raises `CodeError` where nothing matches, or more than one.
    """
    plain = text.strip()
    if _CODE.match(plain):
        found = area(plain.upper())
        if economy is not None and found.economy != economy:
            raise CodeError(
                f"{found.code} ({found.name}) is in {found.economy}, not in {economy}",
                mend="check area and economy",
            )
        return found.code
    names = _names(economy)
    folded = fold(plain)
    codes = names.get(folded) or names.get(_KIND.sub("", folded)) or ()
    if len({_table()[code].economy for code in codes}) == 1:
        codes = tuple(code for code in codes if _table()[code].parent is None) or codes
    if len(codes) == 1:
        return codes[0]
    where = f" of {economy}" if economy else ""
    if codes:
        raise CodeError(
            f"{plain!r} can be more than one area{where}", mend=f"write {_list(codes[:5])}"
        )
    near = difflib.get_close_matches(folded, names, n=3, cutoff=0.75)
    hits = [code for name in near for code in names[name]][:3]
    raise CodeError(
        f"{plain!r} is not an area{where}",
        mend=f"did you mean {_list(hits)}?" if hits else "use an ISO 3166-2 code such as JP-04",
    )


def label(code: str, lang: str = "en") -> str:
    """The name in that language, or in English where we have none."""
    one = area(code)
    for tag in language_chain(lang):
        if tag == "en":
            break
        if (code, tag) in _labels():
            return _labels()[code, tag]
    return one.name
