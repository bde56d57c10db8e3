"""The baseline of all seafood 2022, for `build_seafood_baselines`, which has the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from comity.trade.market_baseline import CARRIED, ESTIMATED, REPORTED
from comity.trade.market_table import MarketTable
from comity.words.errors import ValidationError
from scripts.seafood_facts import KEPT, Facts, Figures, head

REPORTERS_2022 = {
    # Importer side, full scope; exporter side where no importer side is known.
    "CHN": ("ECU", "RUS", "VNM", "IND", "CAN", "USA", "NOR"),
    "JPN": ("CHN", "CHL", "USA", "RUS", "VNM", "IDN"),
    "USA": ("CAN", "CHL", "IND", "IDN", "NOR", "JPN"),
    "GBR": ("NOR",),
    "HKG": ("JPN",),
    "EUN": ("IDN",),
}
JAPAN_2022 = {"CHN": "NCOM_H01781", "HKG": "INFOMART23", "USA": "NCOM_H01715"}
CARRIED_2021 = ("TWN", "THA", "VNM", "KOR")
FLOORS_2022 = (("CHL", "CHN"), ("VNM", "USA"), ("NOR", "EUN"), ("CHL", "RUS"))


EUROPE_INSIDE = 0.5
"""Part of the union's trade that is among members, where no source of the day says: assumed."""


AS_TOLD = ("reported", "reported, converted", "share x total, converted")
"""Methods of the matrix by which a figure is what a source gives for the year."""


def best(facts: Facts, exporter: str, importer: str, year: str) -> tuple[float, str, str] | None:
    """USD million, sources and method of the best row of the matrix: importer side, then full
    scope.

    None where the sources of every row are later than the day of `facts`.
    """
    rows = [
        row
        for row in facts.matrix
        if row["year"] == year
        and facts.place(row["exporter"]) == exporter
        and ("EUN" if row["importer"] == "EU27" else row["importer"]) == importer
        and row["exporter"] != "EU27"
    ]
    rows.sort(
        key=lambda row: (
            row["side"] != "importer",
            "lower bound" in row["note"] + row["method"],
            "nine months" in row["method"],
        )
    )
    if not rows:
        raise ValidationError(f"the matrix has no {exporter} to {importer} in {year}")
    rows = [row for row in rows if facts.open(row["sources"])]
    if not rows:
        return None
    return float(rows[0]["value_usd_bn"]) * 1e3, rows[0]["sources"], rows[0]["method"]


def margins_2022(facts: Facts) -> dict[tuple[str, str], tuple[float, str]]:
    """Totals of the matrix for 2022 in USD million, with their sources; Japan's without pearls."""
    found = {
        (row["exporter"], row["importer"]): (float(row["value_usd_bn"]) * 1e3, row["sources"])
        for row in facts.matrix
        if "margin" in row["method"] and row["year"] == "2022" and facts.open(row["sources"])
    }
    if facts.day:  # what FAO's total of 2022 stands for above was not out: Norway's own, and 2019
        if facts.open("NSC22;FED24"):
            crowns = facts.flow("NOR", "WLD", "seafood_total", "NOK bn")
            dollars = crowns / facts.rate("NOK per USD", "2022") * 1e3
            found["NOR", "WLD"] = (dollars, "NSC22;FED24")
        if facts.open("GAIN_KR20"):
            korea = facts.flow("WLD", "KOR", "seafood_total", "USD bn", "2019") * 1e3
            found["WLD", "KOR"] = (korea, "GAIN_KR20")
    if ("JPN", "WLD") in found:
        whole, cited = found["JPN", "WLD"]
        yen = facts.rate("JPY per USD", "2022")
        pearls = facts.flow("JPN", "WLD", "pearls", "JPY bn") / yen * 1e3
        found["JPN", "WLD"] = (whole - pearls, f"{cited};JCCI2022")
    return found


def without_pearls(
    facts: Facts, destination: str, whole: float, cited: str
) -> tuple[float, float, float, bool, str]:
    """Japan's seafood to a destination without pearls, JPY billion: value, low, high, whether so
    much is pearls that the rest is no longer reported, and sources.

    Pearls are no seafood, and no measure on fish touches them, but the ministry's total holds them.
    China and Hong Kong by a table (E22, E23); others share the rest by all they buy.
    """
    total = facts.flow("JPN", "WLD", "seafood_total", "JPY bn")
    pearls = facts.flow("JPN", "WLD", "pearls", "JPY bn")
    named = {"HKG": "E22", "CHN": "E23"}
    if destination in named:
        key = named[destination]
        part, low, high = (facts.sighted(key, field) for field in ("value", "low", "high"))
        return whole - part, whole - high, whole - low, part > KEPT * whole, f"{cited};{key}"
    bought = sum(facts.flow("JPN", e, "seafood_total", "JPY bn") for e in named)
    known = sum(facts.sighted(key) for key in named.values())
    share = (pearls - known) / (total - bought)
    most = pearls / total
    cited = f"{cited};JCCI2022"
    return whole * (1 - share), whole * (1 - most), whole, share > KEPT, cited


def both_2022(facts: Facts) -> tuple[MarketTable, dict[str, Any]]:
    """All seafood 2022: China's and Japan's imports by origin, the rest to known margins."""
    name = "seafood"
    table = MarketTable([name], facts.economies)
    margin = {key: value for key, (value, _) in margins_2022(facts).items()}
    yen = facts.rate("JPY per USD", "2022")
    for importer, exporters in REPORTERS_2022.items():
        for exporter in exporters:
            row = best(facts, exporter, importer, "2022")
            if row is None or exporter == "JPN":
                continue
            # A figure in another currency or told as a share of a total is reported; one of another
            # period, or worked out from its change, is carried, with the range of what it is from.
            as_told = row[2] in AS_TOLD
            rule = "matrix" if as_told else f"matrix: {row[2]}"
            how = REPORTED if as_told else CARRIED
            facts.known_cell(table, (name, exporter, importer), *row[:2], rule, standing=how)
    for exporter, importer in FLOORS_2022:
        row = best(facts, exporter, importer, "2022")
        if row is not None:
            table.bound(name, exporter, importer, *row[:2])
    japan_row(facts, table, yen)
    # The rest of China's imports by the origins of 2019, scaled to the total of 2022.
    _, totals, _ = facts.chinese_imports()
    rest = {e: v for e, v in totals.items() if table.standing[table.at(name, e, "CHN")] == "gap"}
    left = margin["WLD", "CHN"] - table.value[0, :, facts.economies.index("CHN")].sum()
    for e, v in rest.items():
        seaweed = best(facts, "IDN", "CHN", "2022") if e == "IDN" else None  # with seaweed
        value = v * left / sum(rest.values())
        low = max(value / 1.3895, table.floor[table.at(name, e, "CHN")])
        top = seaweed[0] if seaweed else None
        table.put(name, e, "CHN", value, CARRIED, "FAO2019;UCN2304", "2019 scaled to 2022",
                  low=low, high=top)  # fmt: skip
    for e in facts.economies:
        if e != "CHN" and e not in totals:
            table.nothing(name, e, "CHN", "FAO2019")
    # Korea's imports by origin of 2018, scaled likewise; its purchases from Japan by Japan's side.
    source = "GAIN_KR20" if facts.day else "SFS_US23"
    grown = margin["WLD", "KOR"] / (
        facts.flow("WLD", "KOR", "seafood_total", "USD bn", "2018") * 1e3
    )
    for e in ("CHN", "RUS", "VNM", "NOR", "USA", "THA", "PER", "CHL", "CAN"):
        row = best(facts, e, "KOR", "2018")
        if row is not None:
            table.put(name, e, "KOR", row[0] * grown, CARRIED, f"{row[1]};{source}",
                      f"2018 scaled to {2019 if facts.day else 2022}")  # fmt: skip
    out, into = trade_margins(facts, table, margin)
    unit = {e: into[e] / facts.supply(e, "seafood_total")[1] for e in ("CHN", "JPN", "USA", "KOR")}
    world, world_source = world_price(facts, margin)
    pearls = facts.flow("JPN", "WLD", "pearls", "JPY bn")
    total = facts.flow("JPN", "WLD", "seafood_total", "JPY bn")
    for e in facts.economies:
        home = facts.supply(e, "seafood_total")[0] * facts.parts(e, "seafood_total")[0]
        worth, low, high = home * unit.get(e, world), None, None
        source = f"FAOFBS;{world_source}"
        if e == "JPN":  # first-sale value of all output, less exports of what is neither processed
            made = "C05" if facts.open("C05") else "E26"  # nor pearls; all or none at the ends
            output = float(facts.chain["C05"]["value"]) if made == "C05" else facts.sighted("E26")
            raw = facts.flow("JPN", "WLD", "seafood_excl_prepared", "JPY bn") - pearls
            worth, low, high = ((output - x) / yen * 1e3 for x in (raw, total, 0.0))
            source = f"{made};SANKEI230203;NCOM_H01781;FED24"
        table.put(name, e, e, worth, ESTIMATED, source, "home",
                  low=low, high=high, quantity=home)  # fmt: skip
    rows = table.left(name, out, "rows")
    columns = {e: v for e, v in table.left(name, into, "columns").items() if e != "CHN"}
    prior = np.outer(
        [rows[e] for e in facts.economies], [columns.get(e, 0.0) for e in facts.economies]
    )
    given = "UCN2304" if facts.day else "SFS_US23"
    table.close(name, rows, columns, sources=f"{given};FAOFBS", inside=("ROW",), prior=prior)
    goods = ["HS2022:03", "HS2022:1604", "HS2022:1605"]
    about = {
        "name": "china-japan-2022",
        "title": "Seafood imports of China and Japan, 2022",
        "year": 2022,
        "unit": "USD million",
        "basis": "importer's side CIF where known, else exporter's FOB",
    }
    products = [{"label": name, "title": "Seafood", "goods": goods}]
    cited = {key for _, sources in margins_2022(facts).values() for key in sources.split(";")}
    cited |= {"E28", "E29", "E30", "E31"}
    return table, head(facts, table, about, products, cited)


def japan_row(facts: Facts, table: MarketTable, yen: float) -> None:
    """Japan's exports without pearls: of the year, and of 2021 where only these are known."""
    for e, cited in JAPAN_2022.items():
        whole = facts.flow("JPN", e, "seafood_total", "JPY bn")
        value, low, high, guess, sources = without_pearls(facts, e, whole, f"{cited};FED24")
        ends = {"low": low / yen * 1e3, "high": high / yen * 1e3}
        rule = "all seafood less pearls"
        if guess:
            table.put("seafood", "JPN", e, value / yen * 1e3, ESTIMATED, sources, rule, **ends)
        elif not facts.known_cell(table, ("seafood", "JPN", e), value / yen * 1e3, sources, rule,
                             **ends):  # fmt: skip
            raise ValidationError(f"nothing public on Japan's exports to {e} by {facts.day}")
    grown = facts.flow("JPN", "WLD", "seafood_total", "JPY bn") / facts.flow(
        "JPN", "WLD", "seafood_total", "JPY bn", "2021"
    )
    for e in CARRIED_2021:
        whole = facts.flow("JPN", e, "seafood_total", "JPY bn", "2021") * grown
        value, *_, sources = without_pearls(facts, e, whole, "SUISANH21;NCOM_H01781;FED24")
        table.put("seafood", "JPN", e, value / yen * 1e3, CARRIED, sources, "2021 scaled to 2022")


def world_price(facts: Facts, margin: Mapping[tuple[str, str], float]) -> tuple[float, str]:
    """USD million per tonne live weight in trade, and its source: the world's, else China's."""
    if ("WLD", "WLD") in margin:
        price = margin["WLD", "WLD"] / facts.tonnes("WLD", "seafood_total", "food_exports")
        return price, "SOFIA24X"
    return margin["WLD", "CHN"] / facts.tonnes("CHN", "seafood_total", "food_imports"), "UCN2304"


def trade_margins(
    facts: Facts, table: MarketTable, margin: Mapping[tuple[str, str], float]
) -> tuple[Figures, Figures]:
    """Exports and imports of everyone in USD million 2022, with one total (EU members as one)."""
    world, _ = world_price(facts, margin)
    inside = EUROPE_INSIDE
    if not facts.day:
        inside = 1.0 - facts.flow("WLD", "EU27", "seafood_total", "USD bn", "2022") / facts.flow(
            "WLD", "EU27", "seafood_total", "USD bn", "2023"
        )
    within = facts.tonnes("EUN", "seafood_total", "food_imports") * inside
    out: Figures = {}
    into: Figures = {}
    for e in facts.economies:
        less = within if e == "EUN" else 0.0
        sold = (facts.tonnes(e, "seafood_total", "food_exports") - less) * world
        bought = (facts.tonnes(e, "seafood_total", "food_imports") - less) * world
        i = facts.economies.index(e)
        off = 1.0 - np.eye(len(facts.economies))[i]
        sent = float((np.maximum(table.value[0, i], table.floor[0, i]) * off).sum())
        taken = float((np.maximum(table.value[0, :, i], table.floor[0, :, i]) * off).sum())
        out[e] = max(margin.get((e, "WLD"), sold), sent + KEPT * sold)
        into[e] = margin.get(
            ("WLD", "EU27" if e == "EUN" else e), max(bought, taken + KEPT * bought)
        )
    # What others make of the world's total is the rest of the world's, on both sides.
    both = max(sum(out.values()), sum(into.values()))
    out["ROW"] += both - sum(out.values())
    into["ROW"] += both - sum(into.values())
    return out, into
