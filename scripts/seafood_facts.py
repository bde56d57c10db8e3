"""The collected seafood facts, with look-ups in them, for `build_seafood_baselines`."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from comity.trade.market_baseline import CARRIED, ESTIMATED, REPORTED, STANDINGS
from comity.trade.market_table import MarketTable, spread, write_csv
from comity.trade.markets import TOTAL_COLUMNS, TOTALS
from comity.words import economies as words_economies
from comity.words.errors import ValidationError
from scripts.seafood_public import LATER, PUBLIC, READ, Register

OUT = Path(__file__).parents[1] / "src/comity/packs/china-japan/markets"
EU = [
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FRA",
    "GRC",
    "HRV",
    "IRL",
    "ITA",
    "LTU",
    "LVA",
    "NLD",
    "POL",
    "PRT",
    "SWE",
    "FIN",
    "BEL",
    "CYP",
    "MLT",
    "BGR",
]
SPELT = {
    "Taiwan Province of China": "TWN",
    "Iran (Islamic Rep. of)": "IRN",
    "Tanzania, United Rep. of": "TZA",
    "Venezuela, Boliv Rep of": "VEN",
}
CEPHALOPODS = ("cephalopods", "other_molluscs")
KEPT = 0.1  # rule 4
Figures = dict[str, float]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pair(balance: str, imports: Iterable[str]) -> None:
    """Refuse import groups that the food balance of molluscs does not hold.

    The balance has molluscs *without* cephalopods; `other_molluscs` of the trade file is mostly
    squid, cuttlefish and octopus. Together they would make home sales of squid out of mussels.
    """
    wrong = [one for one in imports if one in CEPHALOPODS]
    if balance == "molluscs_excl_cephalopods" and wrong:
        raise ValidationError(
            f"the balance {balance} cannot be paired with imports of {', '.join(wrong)}",
            mend="split cephalopods off first: molluscs_split_2019.csv has the parts",
        )
    if balance != "molluscs_excl_cephalopods" and "other_molluscs" in wrong:
        raise ValidationError("other_molluscs mixes cephalopods with others: use its parts")


class Facts:
    """The collected facts, and look-ups in them that must find exactly one row.

    With a `day`, only what was public by then: `open` says which sources may be used, and
    `known_cell` sets a cell, *carried* where a source repeats a figure that was out before it.
    """

    def __init__(self, folder: Path, day: dt.date | None = None) -> None:
        self.day = day
        self.register = Register()
        self.trade = read(folder / "seafood_trade.csv")
        self.matrix = read(folder / "seafood_matrix.csv")
        self.chain = {row["id"]: row for row in read(folder / "scallop_chain.csv")}
        self.split = read(folder / "molluscs_split_2019.csv")
        self.known = {row["source_id"]: row for row in read(folder / "sources.csv")}
        self.found = {row["id"]: row for row in read(OUT / "sighted.csv")}
        self.scopes = read(OUT / "scopes.csv")
        self.balance: dict[tuple[str, str, str], float] = {}
        for row in read(folder / "seafood_balance.csv"):
            code = words_economies.resolve(row["economy"]) if row["economy"] != "WLD" else "WLD"
            if row["value"]:
                self.balance[code, row["product"], row["item"]] = float(row["value"])
        for scope in self.scopes:
            pair(scope["balance"], scope["imports"].split(";"))

    def flow(
        self, exporter: str, importer: str, product: str, unit: str, year: str = "2022"
    ) -> float:
        """A figure of the trade table for a whole year in `unit`."""
        rows = [
            row
            for row in self.trade
            if (row["exporter"], row["importer"], row["product"], row["unit"], row["period"])
            == (exporter, importer, product, unit, year)
        ]
        if len(rows) != 1:
            raise ValidationError(f"{len(rows)} rows of {exporter} {importer} {product} {unit}")
        return float(rows[0]["value"])

    def rate(self, unit: str, year: str) -> float:
        return next(
            float(row["value"])
            for row in self.trade
            if row["measure"] == "fx" and row["unit"] == unit and row["year"] == year
        )

    def open(self, sources: str) -> bool:
        """May these sources (``A;B``) be used? Always where no day was given."""
        return self.register.worst(sources, self.day) != LATER

    def known_cell(
        self,
        table: MarketTable,
        cell: tuple[str, str, str],
        value: float,
        sources: str,
        rule: str,
        *,
        standing: str = REPORTED,
        low: float | None = None,
        high: float | None = None,
        quantity: float | None = None,
    ) -> bool:
        """Set a cell (product, origin, destination) that sources report, or that follows from such
        with little left open (`standing`, with the range of a reported one where none is given);
        False where none may.

        A figure that only a later source repeats keeps the range of a reported one: it was not
        estimated, but nobody who looked on that day could have named this source.
        """
        how = self.register.worst(sources, self.day)
        if how == LATER:
            return False
        if standing != REPORTED or how != PUBLIC:
            low = value / spread(REPORTED) if low is None else low
            high = value * spread(REPORTED) if high is None else high
        if how != PUBLIC:
            rule += ", by a later source"
            standing = standing if standing == ESTIMATED else CARRIED
        tonnes = -1.0 if quantity is None else quantity
        table.put(*cell, value, standing, sources, rule, low=low, high=high, quantity=tonnes)
        return True

    def sighted(self, key: str, field: str = "value") -> float:
        return float(self.found[key][field])

    def tonnes(self, economy: str, group: str, item: str) -> float:
        """Tonnes live weight of the balance; `rest` is all less molluscs less crustaceans."""
        if group == "rest":
            parts = ("molluscs_excl_cephalopods", "crustaceans")
            whole = self.tonnes(economy, "seafood_total", item)
            return whole - sum(self.tonnes(economy, part, item) for part in parts)
        if economy == "ROW":
            listed = [one for one in self.economies if one != "ROW"]
            return self.balance["WLD", group, item] - sum(
                self.balance[one, group, item] for one in listed
            )
        return self.balance[economy, group, item]

    @property
    def economies(self) -> list[str]:
        return [*sorted({key[0] for key in self.balance} - {"WLD"}), "ROW"]

    def supply(self, economy: str, group: str) -> tuple[float, float, float]:
        """Production, food imports and food exports in tonnes."""
        return (
            self.tonnes(economy, group, "production"),
            self.tonnes(economy, group, "food_imports"),
            self.tonnes(economy, group, "food_exports"),
        )

    def parts(self, economy: str, group: str) -> tuple[float, float]:
        """The parts of production sold at home as food, and abroad (rule 2)."""
        produced, imported, exported = self.supply(economy, group)
        there = produced + imported
        if not there:
            return 0.0, 0.0
        abroad = min(exported / there, 1.0)
        other = self.tonnes(economy, group, "non_food_uses") / there
        return max(1.0 - abroad - other, 0.0), abroad

    def code(self, partner: str) -> str:
        """The code of a partner as FAO spells it."""
        return SPELT.get(partner) or words_economies.resolve(partner)

    def place(self, code: str) -> str:
        """The economy of the baselines that an exporter of the trade file belongs to."""
        if code in EU:
            return "EUN"
        code = "EUN" if code == "EU27" else code
        return code if code in self.economies else "ROW"

    def chinese_imports(self) -> tuple[dict[str, Figures], Figures, Figures]:
        """China's imports 2019 by group and economy; totals by economy; returned Chinese goods."""
        groups: dict[str, Figures] = {}
        totals: Figures = {}
        returned: Figures = {}
        for row in self.trade:
            who = row["exporter"]
            if "FAO FishStat" not in row["basis"] or who in ("WLD", "EU27"):
                continue
            if row["product"] in ("ornamental", "other_molluscs", "scallops"):
                continue  # not edible; split by commodity below
            if who == "CHN_RETURN":
                returned[row["product"]] = float(row["value"])
                continue
            place, value = self.place(who), float(row["value"])
            into = totals if row["product"] == "seafood_total" else None
            into = groups.setdefault(row["product"], {}) if into is None else into
            into[place] = into.get(place, 0.0) + value
        for part in ("cephalopods", "other_molluscs_excl_cephalopods", "scallops"):
            for row in self.split:
                value = float(row[part])
                if row["partner"] == "China":
                    returned[part] = value
                    continue
                code = self.code(row["partner"])
                into = groups.setdefault(part, {})
                into[self.place(code)] = into.get(self.place(code), 0.0) + value
        return groups, totals, returned

    def sources(self, table: MarketTable, more: Iterable[str] = ()) -> dict[str, str]:
        """Title and address of every source that a cell or datum names."""
        texts: dict[str, str] = {}
        used = {one for cell in table.source.ravel() if cell for one in cell.split(";")}
        for key in sorted(used | set(more)):
            row = self.known.get(key) or self.found.get(key)
            if row is None and key in self.chain:
                row = {**self.chain[key], "title": self.chain[key]["source_title"]}
            if row is None:
                raise ValidationError(f"no source {key}")
            title = row.get("title") or row.get("source", "")
            texts[key] = ", ".join(p for p in (title, row.get("publisher"), row["url"]) if p)
        return texts


def carry_margins(valued: Mapping[str, float], left: Mapping[str, float]) -> Figures:
    """What is left of exports, never less than a tenth of their value (rule 4)."""
    return {e: max(left[e], KEPT * valued[e]) for e in valued}


def scallop_tonnes(facts: Facts, japan: float) -> Figures:
    """Scallop production: China and Japan from sources, the rest of the world by its molluscs."""
    known = {"CHN": facts.sighted("E01"), "JPN": japan}
    rest = facts.sighted("E03") - facts.sighted("E01") - facts.sighted("E02")
    weight = {
        e: facts.tonnes(e, "molluscs_excl_cephalopods", "production")
        for e in facts.economies
        if e not in known
    }
    return {**known, **{e: rest * w / sum(weight.values()) for e, w in weight.items()}}


def head(
    facts: Facts,
    table: MarketTable,
    about: Mapping[str, Any],
    products: list[dict[str, Any]] | None = None,
    more: Iterable[str] = (),
    figures: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """The metadata of a baseline: `about` is its name, title, year, unit and basis.

    Notes come from ``notes.csv``, with `figures` filled in.
    """
    tariff = {key: facts.sighted("E15", key) / 100.0 for key in ("low", "high")}
    numbers = {**(figures or {}), "duty": tariff["high"]}
    which = "known-then" if facts.day else "full"
    notes = [
        {"kind": row["kind"], "text": row["text"].format(**numbers, day=facts.day)}
        for row in read(OUT / "notes.csv")
        if row["baseline"] in (about["name"], "*") and row["variant"] in (which, "")
    ]
    texts = facts.sources(table, [*(["E15"] if facts.open("E15") else []), *more])
    described = products or [
        {"label": s["product"], "title": s["title"], "goods": s["goods"].split(";")}
        for s in facts.scopes
    ]
    return {
        **about,
        "quantity_unit": "t live weight",
        "home": True,
        "licence": "FAO data CC BY 4.0 (cite FAO); other cells are single facts with their sources",
        "products": described,
        "economies": [{"code": e, "name": words_economies.label(e)} for e in table.economies],
        "tariff": {"value": 0.0, **tariff, "note": notes[-1]["text"]},
        "public_by": str(facts.day or READ),
        "sources": texts,
        "published": facts.register.described(texts),
        "notes": notes,
    }


def report(table: MarketTable, meta: Mapping[str, Any]) -> None:
    """Print values, and how much of them stands on what: of all, and of the flows asked about."""
    print(f"\n{meta['name']} ({meta['unit']})")
    print(f"  {'':22}{'value':>12}" + "".join(f"{s:>11}" for s in STANDINGS))
    n = len(table.economies)
    off = ~np.eye(n, dtype=bool)
    china = np.zeros((n, n), dtype=bool)
    japan = china.copy()
    china[:, table.economies.index("CHN")] = True
    japan[table.economies.index("JPN")] = True
    for k, product in enumerate(table.products):
        for what, mask in (
            ("trade", off),
            ("home", ~off),
            ("China buys abroad", china & off),
            ("Japan sells abroad", japan & off),
        ):
            value, standing = table.value[k][mask], table.standing[k][mask]
            total = value.sum()
            parts = "".join(f"{value[standing == s].sum() / total:>11.2%}" for s in STANDINGS)
            print(f"  {product if what == 'trade' else '':20}{what:>20}{total:>12,.1f}{parts}")


def totals(folder: Path, found: Iterable[tuple[str, str, str, float, str]]) -> None:
    """Write ``totals.csv``: sums that a source gives, to which drawn cells are scaled."""
    rows = [[p, e, axis, f"{value:.7g}", source] for p, e, axis, value, source in found]
    write_csv(folder / TOTALS, TOTAL_COLUMNS, rows)
