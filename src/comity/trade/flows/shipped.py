"""The flows that come with Comity: series of published figures in packs, and the shipped world.

A pack has them in ``flows/``: ``products.csv`` (HS codes of a product, and whose reading that is),
``series.csv`` (one statistic, one product, one scope), ``flows.csv`` (the facts) and
``sources.csv``. They are read-only and need no import. A series is a data set of its own: figures
of two series are never added, for their scopes differ.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from comity.trade.flows.concordance import between
from comity.trade.flows.scope import Loaded
from comity.words.errors import CodeError, FileError, NotFound, Place, ValidationError
from comity.words.goods import GoodsCode, parse_list
from comity.words.units import scale, unit

PACKS = Path(__file__).parents[2] / "packs"
WORLD = Path(__file__).parents[1] / "data" / "goods-world-2023"
LICENCE = "single facts with their sources; FAO data CC BY 4.0 (cite FAO), BACI Etalab 2.0"
_SCALES = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}


@dataclass(frozen=True, slots=True)
class Series:
    """One statistic of one product in one scope.

    `side` says whose figures they are, `basis` is FOB, CIF or empty (not said). `goods` are the HS
    codes of the product, none where there are none; `mapping` is "source" where the source names
    them, "compiler" where they are the compiler's reading. `complete` says that every partner is a
    row (those that are not named stand together as ROW), so that partners add up to the total.
    """

    name: str
    title: str
    product: str
    side: str
    basis: str
    goods: tuple[GoodsCode, ...]
    mapping: str
    complete: bool
    notes: tuple[str, ...]
    licence: str = LICENCE

    @property
    def codes(self) -> str:
        """``HS2022:030721;030722``, or empty."""
        if not self.goods:
            return ""
        return f"{self.goods[0].edition}:{';'.join(code.code for code in self.goods)}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One published figure: `value` in plain units of `currency`, or `quantity`, never both
    missing. `period` is ``2022``, ``2023-09``, ``2023-01/06`` or ``FY2022-23``."""

    id: str
    series: str
    exporter: str
    importer: str
    period: str
    year: int
    value: float | None
    currency: str
    quantity: float | None
    quantity_unit: str
    confidence: str
    derived: str
    flags: tuple[str, ...]
    note: str
    sources: tuple[str, ...]

    @property
    def whole_year(self) -> bool:
        return self.period == str(self.year)


@dataclass(frozen=True)
class Shipped:
    """All series and facts that installed packs bring, and titles of their sources."""

    series: dict[str, Series]
    facts: tuple[Fact, ...]
    sources: dict[str, str]


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """Reads the shipped flows once. Raises `FileError` and `ValidationError` with file and row."""
    series: dict[str, Series] = {}
    facts: list[Fact] = []
    sources: dict[str, str] = {}
    for folder in sorted(path.parent for path in PACKS.glob("*/flows/series.csv")):
        found = read_series(folder)
        series |= found
        for row in _rows(folder / "sources.csv"):
            parts = (row["title"], row["publisher"], row["url"])
            sources[row["source"]] = ", ".join(part for part in parts if part)
        facts += read_facts(folder / "flows.csv", found, sources)
    _world(series, facts, sources)
    return Shipped(series, tuple(facts), sources)


def read_series(folder: Path) -> dict[str, Series]:
    """The series of a folder by name, with the codes of their products."""
    products = {row["product"]: row for row in _rows(folder / "products.csv")}
    found = {}
    for number, row in enumerate(_rows(folder / "series.csv"), start=1):
        product = products.get(row["product"])
        place = Place(file=str(folder / "series.csv"), row=number, field="product")
        if product is None:
            raise ValidationError(f"there is no product {row['product']!r}", where=place)
        own = row["goods"]
        edition, _, codes = (own or product["goods"]).partition(":")
        found[row["series"]] = Series(
            name=row["series"],
            title=row["title"],
            product=product["title"],
            side=row["side"],
            basis=row["terms"],
            goods=parse_list(codes, edition) if codes else (),
            mapping=product["mapping"] if not own else "compiler",
            complete=row["complete"] == "yes",
            notes=tuple(note for note in (row["note"], product["note"]) if note),
        )
    return found


def read_facts(path: Path, series: dict[str, Series], sources: dict[str, str]) -> list[Fact]:
    """The facts of a file, checked: series and sources must be registered, figures plain."""
    made = []
    for number, row in enumerate(_rows(path), start=1):
        place = Place(file=str(path), row=number, entry=row["id"])
        if row["series"] not in series:
            raise ValidationError(f"there is no series {row['series']!r}", where=place)
        named = tuple(row["sources"].split(";"))
        for source in named:
            if source not in sources:
                raise ValidationError(f"there is no source {source!r}", where=place)
        value, currency = _money(row["value"], row["unit"], place)
        quantity = float(row["quantity"]) if row["quantity"] else None
        if value is None and quantity is None:
            raise ValidationError("the fact has no figure", where=place)
        period = row["period"]
        made.append(
            Fact(
                id=row["id"],
                series=row["series"],
                exporter=row["exporter"],
                importer=row["importer"],
                period=period,
                year=int(period.removeprefix("FY")[:4]),
                value=value,
                currency=currency,
                quantity=quantity,
                quantity_unit=unit(row["quantity_unit"]).symbol if quantity is not None else "",
                confidence=row["confidence"],
                derived=row["derived"],
                flags=tuple(flag for flag in row["flags"].split(";") if flag),
                note=row["note"],
                sources=named,
            )
        )
    return made


def _money(value: str, text: str, place: Place) -> tuple[float | None, str]:
    """Plain units of a currency, from ``87.1`` and ``JPY bn``."""
    if not value:
        return None, ""
    currency, _, multiple = text.partition(" ")
    found = scale(multiple) if multiple else ""
    if found is None:
        raise ValidationError(f"{text!r} is no amount of money", where=place)
    return float(Decimal(value) * _SCALES[found]), currency


def _world(series: dict[str, Series], facts: list[Fact], sources: dict[str, str]) -> None:
    """The goods trade of the shipped world, as a series of all goods. Gaps are no facts."""
    meta = json.loads((WORLD / "meta.json").read_text(encoding="utf-8"))
    name, year = WORLD.name, int(meta["year"])
    sources["WORLD2023"] = str(meta["source"])
    series[name] = Series(
        name=name,
        title=str(meta["title"]),
        product="all goods",
        side="reconciled",
        basis="FOB",
        goods=parse_list("01-97", "HS2022"),
        mapping="source",
        complete=True,
        notes=("the European Union is one economy; those not named stand together as ROW",),
        licence=str(meta["licence"]),
    )
    for number, row in enumerate(_rows(WORLD / "goods_trade_2023.csv"), start=1):
        if not row["value_usd_million"]:
            continue
        facts.append(
            Fact(
                id=f"W{number:04}",
                series=name,
                exporter=row["exporter"],
                importer=row["importer"],
                period=str(year),
                year=year,
                value=float(Decimal(row["value_usd_million"]) * 10**6),
                currency="USD",
                quantity=None,
                quantity_unit="",
                confidence="high",
                derived="",
                flags=(),
                note=row["note"],
                sources=("WORLD2023",),
            )
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
    except OSError as error:
        raise FileError(
            f"a file of the shipped flows cannot be read: {error.strerror}",
            where=Place(file=str(path)),
            mend="install Comity again",
        ) from error


# ------------------------------------------------------------------------------ goods asked for


def fit(one: Series, asked: Sequence[GoodsCode], loaded: Loaded) -> str | None:
    """How the goods of a series lie to those asked for: one of `layout.FITS`, or None where they
    have nothing in common."""
    if not asked:
        return "part" if one.product != "all goods" else "exact"
    if not one.goods:
        return "undecided"
    inside, touched = [], []
    for code in one.goods:
        whole, some = _covered(code, asked, loaded)
        inside.append(whole)
        touched.append(whole or some)
    if not any(touched):
        return None
    covered = all(_holds(one.goods, two, loaded) for two in asked)
    if all(inside):
        return "exact" if covered else "part"
    return "wider" if covered else "overlaps"


def _comparable(asked: GoodsCode, code: GoodsCode) -> bool:
    """Do the digits of two codes compare directly? Chapters do across editions."""
    return not asked.edition_given or asked.edition == code.edition or asked.level == 2


def _digits_within(inner: GoodsCode, outer: GoodsCode) -> bool:
    return inner.code.startswith(outer.code)


def _holds(codes: Sequence[GoodsCode], asked: GoodsCode, loaded: Loaded) -> bool:
    """Do the codes of a series hold all goods of a code that was asked for?"""
    if any(_digits_within(asked, code) for code in codes if _comparable(asked, code)):
        return True
    if not codes or _comparable(asked, codes[0]):
        return False
    try:
        reached = between(asked.edition, codes[0].edition, loaded).reach(asked.code)
    except (NotFound, CodeError):
        return False
    return bool(reached) and all(
        any(new.startswith(code.code) for code in codes) for new in reached or ()
    )


def _covered(code: GoodsCode, asked: Sequence[GoodsCode], loaded: Loaded) -> tuple[bool, bool]:
    """Does a code of a series lie whole, or in part, in what was asked?"""
    whole = partly = False
    for two in asked:
        if _comparable(two, code) or code.level == 2:
            whole |= _digits_within(code, two)
            partly |= _digits_within(two, code)
            continue
        try:
            table = between(two.edition, code.edition, loaded)
        except (NotFound, CodeError):
            partly |= code.chapter == two.chapter
            continue
        if code.level >= 6:
            ours, some = table.within([two.code], [code.code])
            whole |= bool(ours)
            partly |= bool(some)
        elif (reached := table.reach(two.code)) is None:
            partly |= code.chapter == two.chapter
        else:
            partly |= any(new.startswith(code.code) for new in reached)
    return whole, partly
