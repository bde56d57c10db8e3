"""Published elasticities by goods, with standard errors, sources and one sign convention.

The elasticity of substitution among origins, σ, is written by its authors in three ways: as σ
(Broda and Weinstein, Ossa), as θ = σ - 1 (Caliendo and Parro), or as a tariff coefficient that is
-σ (ProTEE: flows before duty). `Estimate.sigma` has them all as σ, and is None for what is none.

Not every row is data. An estimate at a cap (Broda and Weinstein's 25.03, 29, 131), one filled in
from a heading's average, and an upper-nest elasticity (domestic against imports) are shown, marked
and not chosen.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from comity.words.errors import FileError, NotFound, Place, ValidationError
from comity.words.goods import GoodsCode, parse_list

DATA = Path(__file__).parent / "data" / "elasticities"
ESTIMATES = DATA / "estimates.csv"
COLUMNS = [
    "family",
    "parameter",
    "value",
    "std_error",
    "n",
    "classification",
    "code",
    "product_or_sector",
    "importer_or_sample",
    "sign_convention",
    "source_title",
    "publisher",
    "source_url",
    "confidence",
    "note",
]
SIGMA, THETA, ARMINGTON, EXPORT_SUPPLY = "sigma", "theta", "armington", "export-supply"
KINDS = (SIGMA, THETA, ARMINGTON, EXPORT_SUPPLY)
"""σ among origins, θ = σ - 1, domestic against imports, and the slope of export supply."""
CAP = 25.0
"""Broda and Weinstein's search ends there: 25.03 and everything above is no estimate."""
LEVELS = ("product", "heading", "chapter", "part", "sector", "all")
"""How an estimate's goods lie to those asked about: the same, a heading or a chapter that holds
them, a part of them (two lobster codes do not speak for all crustaceans, so a pooled estimate goes
first), their sector, or everything."""


_YEAR = re.compile(r"\b(19|20)\d\d$")


@dataclass(frozen=True)
class Estimate:
    """One published estimate.

    `value` is as published, `sigma` the elasticity of substitution it implies, `std_error` of
    both. `usable` is False for what is shown and not chosen, and `why_not` says why. `level` is how
    near the estimate is to the goods asked about, the nearest first in `LEVELS`.
    """

    family: str
    parameter: str
    kind: str
    value: float | None
    sigma: float | None
    std_error: float | None
    n: int | None
    classification: str
    code: str
    label: str
    sample: str
    source: str
    publisher: str
    url: str
    confidence: str
    note: str
    usable: bool
    why_not: str
    level: str = "all"

    @property
    def published(self) -> int | None:
        """The year in which it was published, which ends the family's name; None: not known."""
        found = _YEAR.search(self.family)
        return int(found.group()) if found else None

    def public_by(self, day: dt.date) -> bool | None:
        """Was it public by a day? Of its publication the year is known: None where that leaves it
        open, and where no year is known."""
        year = self.published
        if year is None or (year == day.year and (day.month, day.day) != (12, 31)):
            return None
        return year <= day.year


def public_then(
    rows: Iterable[Estimate], day: dt.date | None
) -> tuple[tuple[Estimate, ...], int, int]:
    """The rows known to have been public by a day; how many are later; of how many it is not
    known. All of them without a day."""
    listed = tuple(rows)
    if day is None:
        return listed, 0, 0
    states = [row.public_by(day) for row in listed]
    kept = tuple(row for row, state in zip(listed, states, strict=True) if state)
    return kept, states.count(False), states.count(None)


def _optional(row: dict[str, str], field: str, place: Place) -> float | None:
    text = row[field].strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValidationError(
            f"{field} is {text!r}, not a number",
            where=Place(file=place.file, row=place.row, field=field),
            mend="leave a value that is not known empty",
        )
    return number


def _resolved(row: dict[str, str], place: Place) -> Estimate:
    value = _optional(row, "value", place)
    error = _optional(row, "std_error", place)
    if error is not None and error < 0:
        raise ValidationError("a standard error is negative", where=place)
    sign, parameter = row["sign_convention"].strip(), row["parameter"].strip()
    sigma: float | None
    if sign == "negative":
        kind, sigma = SIGMA, None if value is None else -value
    elif sign == "positive theta":
        kind, sigma = THETA, None if value is None else 1.0 + value
    elif sign == "positive sigma":
        kind = ARMINGTON if "Armington" in parameter else SIGMA
        sigma = None if kind == ARMINGTON else value
    elif sign in ("positive inverse elasticity", "positive"):
        kind, sigma = EXPORT_SUPPLY, None
    else:
        raise ValidationError(
            f"sign_convention is {sign!r}",
            where=Place(file=place.file, row=place.row, field="sign_convention"),
            mend="one of: negative, positive theta, positive sigma, positive, "
            "positive inverse elasticity",
        )
    why = ""
    if value is None:
        why = "no estimate is published for it"
    elif kind == ARMINGTON:
        why = "upper nest: domestic against imports, not among origins"
    elif kind == EXPORT_SUPPLY:
        why = "the slope of exports, not of output"
    elif row["family"].startswith("Broda") and value >= CAP:
        why = "at the cap of the estimator: no data"
    elif "HS4 average" in row["note"] or "common substitute" in row["note"]:
        why = "filled in from an average of others: no estimate of its own"
    elif sigma is not None and sigma <= 1.0:
        why = "an elasticity of substitution of 1 or less"
    count = _optional(row, "n", place)
    return Estimate(
        family=row["family"],
        parameter=parameter,
        kind=kind,
        value=value,
        sigma=sigma,
        std_error=error,
        n=None if count is None else int(count),
        classification=row["classification"],
        code=row["code"],
        label=row["product_or_sector"],
        sample=row["importer_or_sample"],
        source=row["source_title"],
        publisher=row["publisher"],
        url=row["source_url"],
        confidence=row["confidence"],
        note=row["note"],
        usable=not why,
        why_not=why,
    )


def read_estimates(path: str | Path) -> tuple[Estimate, ...]:
    """Every row of a file in the layout of ``estimates.csv``.

    Raises `FileError` for a file that cannot be read, `ValidationError` with row and field for
    columns that are not those, a value that is no number, or an unknown sign convention.
    """
    file = Path(path)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            if list(reader.fieldnames or ()) != COLUMNS:
                raise ValidationError(
                    f"the columns are {', '.join(reader.fieldnames or ['none'])[:120]}",
                    where=Place(file=str(file), line=1),
                    mend=f"a file of estimates has {', '.join(COLUMNS)}",
                )
            found = []
            for number, row in enumerate(reader, start=2):
                place = Place(file=str(file), row=number)
                if None in row or None in row.values():
                    raise ValidationError(
                        "has not as many fields as there are columns",
                        where=place,
                        mend="quote a text that holds a comma",
                    )
                found.append(_resolved(row, place))
            return tuple(found)
    except OSError as error:
        raise FileError(
            f"the file of estimates cannot be read: {error.strerror}",
            where=Place(file=str(file)),
            mend="check the path",
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(
            f"the file is no text of CSV: {error}",
            where=Place(file=str(file)),
            mend="save it as CSV in UTF-8",
        ) from error


@lru_cache(maxsize=1)
def shipped() -> tuple[Estimate, ...]:
    """The estimates that come with Comity."""
    return read_estimates(ESTIMATES)


@lru_cache(maxsize=1)
def _groups() -> dict[str, dict[str, str]]:
    with (DATA / "groups.csv").open(encoding="utf-8", newline="") as file:
        return {row["prefix"]: row for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _editions() -> dict[str, str]:
    with (DATA / "editions.csv").open(encoding="utf-8", newline="") as file:
        return {row["HS2022"]: row["HS2007"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def _sectors() -> dict[str, tuple[str, ...]]:
    """Chapter → sectors of Caliendo and Parro, as their estimates are labelled, folded."""
    with (DATA.parent / "hs_chapters.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["chapter"]: tuple(
                one.casefold().rstrip(".") for one in row["cp2015"].split(";") if one
            )
            for row in csv.DictReader(file)
        }


def group_of(code: GoodsCode) -> dict[str, str]:
    """Row of ``groups.csv`` for a code, by the longest prefix that it has."""
    for length in range(len(code.code), 1, -1):
        if code.code[:length] in _groups():
            return _groups()[code.code[:length]]
    return {"prefix": "", "demand": "other", "supply": "manufactures", "ossa": "", "note": ""}


def goods_codes(goods: str | Iterable[str]) -> tuple[GoodsCode, ...]:
    """Goods given as text (one code or a list) or as several texts. Raises `CodeError`."""
    texts = [goods] if isinstance(goods, str) else list(goods)
    return tuple(code for text in texts for code in parse_list(text))


def _level(estimate: Estimate, code: GoodsCode) -> str | None:
    """How near an estimate is to a code: a level, or None where it is about something else."""
    digits, there = code.code, estimate.code
    if there in ("all", "", "01-37"):
        return "all" if there else None
    if estimate.classification.startswith("HS"):
        six = digits[:6]
        old = _editions().get(six, six) if code.edition == "HS2022" else six
        if there == digits:
            return "product"
        if len(there) >= 6:
            if there == old:
                return "product"
            return "part" if len(digits) < 6 and there.startswith(digits) else None
        if len(there) == 2:
            return "chapter" if digits.startswith(there) else None
        if there.startswith(digits):
            return "part"
        return "heading" if digits.startswith(there) else None
    group = group_of(code)
    if estimate.classification == "GTAP sector":
        return "sector" if there in group["ossa"].split(";") else None
    label = estimate.label.split(" (")[0].casefold().rstrip(".")
    named = _sectors().get(digits[:2], ())
    return "sector" if any(part in named for part in label.split(" + ")) else None


def _named(row: Estimate, source: str) -> bool:
    return bool(source.strip()) and source.strip().casefold() in row.family.casefold()


def elasticities(
    goods: str | Iterable[str],
    source: str | None = None,
    kind: str | None = None,
    *,
    files: Sequence[str | Path] = (),
) -> tuple[Estimate, ...]:
    """Published estimates that are about `goods`, nearest first, then in the order of the files.

    `goods` are HS codes as text (``HS2022:030722``, ``03, 1604``); `source` is a part of the
    family's name ("Ossa", "Broda"); `kind` one of `KINDS`. `files` are further files in the layout
    of the shipped one. Codes of ProTEE are of HS 2007: ``editions.csv`` carries later codes over.
    Raises `CodeError`, `FileError`, `ValidationError`, `NotFound` for a source that is none.
    """
    if kind is not None and kind not in KINDS:
        raise ValidationError(f"no kind {kind!r}", mend=f"one of {', '.join(KINDS)}")
    codes = goods_codes(goods)
    if not codes:
        raise ValidationError("no goods given", mend="give HS codes: HS2022:030722")
    rows = [*shipped(), *(row for file in files for row in read_estimates(file))]
    if source is not None and not any(_named(row, source) for row in rows):
        raise NotFound(
            f"there are no estimates of {source!r}",
            where=Place(field="source"),
            mend=f"there is {', '.join(dict.fromkeys(row.family for row in rows))}",
        )
    found: list[tuple[int, int, Estimate]] = []
    for order, row in enumerate(rows):
        if source is not None and not _named(row, source):
            continue
        if kind is not None and row.kind != kind:
            continue
        levels = [level for code in codes if (level := _level(row, code)) is not None]
        if levels:
            nearest = min(LEVELS.index(level) for level in levels)
            placed = Estimate(**{**row.__dict__, "level": LEVELS[nearest]})
            found.append((nearest, order, placed))
    return tuple(row for _, _, row in sorted(found, key=lambda item: item[:2]))
