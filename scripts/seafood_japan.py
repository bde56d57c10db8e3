"""The baseline of Japan's exports 2022, for `build_seafood_baselines`, which has the rules."""

from __future__ import annotations

from math import sqrt
from typing import Any

from comity.trade.market_baseline import CARRIED, ESTIMATED, REPORTED
from comity.trade.market_table import MarketTable, spread
from scripts.seafood_2022 import CARRIED_2021, JAPAN_2022, both_2022
from scripts.seafood_facts import KEPT, Facts, carry_margins, head, scallop_tonnes
from scripts.seafood_public import PUBLIC

RAW = "scallops_raw_frozen_salted_dried"
BY_RATIO = {"TWN": "E17", "USA": "E18", "KOR": "E19"}
"""Destinations of Japan's scallops that a table in another currency has: by the ratio to China."""
POUND = 0.45359237
OTHERS = ["0301", "0302", "0303", "0304", "0305", "0306", "0308", "1604", "1605"]

ORNAMENTAL = "HS2022:030111;HS2022:030119"
"""Ornamental fish: no food, which measures on food leave out."""


def scallop_total(facts: Facts) -> tuple[float, str]:
    """Japan's exports of scallops 2022 in JPY billion, and the source."""
    if facts.open("FA251126") and not facts.day:
        return facts.flow("JPN", "WLD", RAW, "JPY bn"), "FA251126"
    return facts.sighted("E24"), "E24"


def japan_2022(facts: Facts) -> tuple[MarketTable, dict[str, Any]]:
    """Scallops and other seafood 2022 in JPY billion, with Japan's exports FOB by destination.

    Other seafood is all seafood of `both_2022` less scallops; where a part that is only estimated
    makes over a tenth of a cell, the rest is estimated too. Japan's row stays as the ministry
    publishes it, pearls and all, so that it compares with what was published later: what no measure
    on fish touches is in `beside_rows`.
    """
    yen = facts.rate("JPY per USD", "2022")
    seafood, _ = both_2022(facts)
    table = MarketTable(["scallops", "other_seafood"], facts.economies)
    scallops_2022(facts, table, yen)
    published = japan_row(facts, seafood)
    for i, origin in enumerate(facts.economies):
        for j, destination in enumerate(facts.economies):
            at = (0, i, j)
            taken, whole = table.value[at], seafood.value[at] * yen / 1e3
            ends = [one[at] * yen / 1e3 for one in (seafood.low, seafood.high)]
            standing, source = str(seafood.standing[at]), str(seafood.source[at])
            if destination in published and origin == "JPN":
                whole, standing, source = published[destination]
                around = spread(standing)
                if standing == CARRIED and destination not in CARRIED_2021:  # a later source
                    around = spread(REPORTED)
                if destination in JAPAN_2022:
                    around = 1.0 + 0.2 / whole  # shares are rounded to a tenth of a percent
                ends = [whole / around, whole * around]
            if standing in ("gap", "zero"):
                if standing == "zero":
                    table.nothing("other_seafood", origin, destination, source)
                continue
            closed = standing == ESTIMATED
            for less in (CARRIED, ESTIMATED):
                if table.standing[at] == less and taken > KEPT * whole and standing != ESTIMATED:
                    standing = less
            rest = max(whole - taken, KEPT * whole)
            low = high = None
            if origin == "JPN" and destination in published and not closed:
                low = max(ends[0] - table.high[at], 0.0)
                high = ends[1] - table.low[at]
            elif str(seafood.rule[at]).startswith("matrix") and standing == CARRIED:
                low = max(ends[0] - table.high[at], KEPT * whole)
                high = ends[1] - table.low[at]
            elif i == j:
                low, high = (max(one - taken, KEPT * one) for one in ends)
            more = () if destination in published and origin == "JPN" else ("FED24",)
            both = dict.fromkeys([*source.split(";"), *str(table.source[at]).split(";"), *more])
            table.put("other_seafood", origin, destination, rest, standing,
                      ";".join(one for one in both if one), "all seafood less scallops",
                      low=low, high=high)  # fmt: skip
    molluscs = [g for s in facts.scopes for g in s["goods"].split(";") if ":0307" in g]
    products = [
        {"label": s["product"], "title": s["title"], "goods": s["goods"].split(";")}
        for s in facts.scopes
        if s["product"] == "scallops"
    ]
    others = {*(f"HS2022:{code}" for code in OTHERS), *molluscs} - set(products[0]["goods"])
    products.append({"label": "other_seafood", "title": "Other seafood", "goods": sorted(others)})
    about = {
        "name": "japan-exports-2022",
        "title": "Japan's seafood exports and their markets, 2022",
        "year": 2022,
        "unit": "JPY billion",
        "basis": "Japan's exports FOB; others as in china-japan-2022",
        "group": "seafood",
    }
    cited = ["E06"] if facts.day else ["E05", "E06", "E07", "E14", "E25", "E27", "C02"]
    cited += ["CORG110621", "KYODO190411", scallop_total(facts)[1], "JCCI2022", "E22", "E23"]
    cited += ["E28", "E29", "E30", "E31"]
    return table, head(facts, table, about, products, cited)


def japan_row(facts: Facts, seafood: MarketTable) -> dict[str, tuple[float, str, str]]:
    """Japan's exports of all seafood as published, JPY billion, with standing and sources.

    Destinations of the year; those of 2021 scaled; the others share what is left as they share
    Japan's exports in `both_2022`.
    """
    total = facts.flow("JPN", "WLD", "seafood_total", "JPY bn")
    before = facts.flow("JPN", "WLD", "seafood_total", "JPY bn", "2021")
    found: dict[str, tuple[float, str, str]] = {}
    for e, cited in JAPAN_2022.items():
        how = REPORTED if facts.register.worst(cited, facts.day) == PUBLIC else CARRIED
        found[e] = (facts.flow("JPN", e, "seafood_total", "JPY bn"), how, cited)
    for e in CARRIED_2021:
        value = facts.flow("JPN", e, "seafood_total", "JPY bn", "2021") * total / before
        found[e] = (value, CARRIED, "SUISANH21;NCOM_H01781")
    weight = seafood.value[0, facts.economies.index("JPN")].copy()
    weight[[facts.economies.index(e) for e in (*found, "JPN")]] = 0.0
    left = (total - sum(value for value, *_ in found.values())) * weight / weight.sum()
    for e, value in zip(facts.economies, left, strict=True):
        if value > 0:
            found[e] = (float(value), ESTIMATED, "NCOM_H01781")
    return found


def beside_rows(facts: Facts, table: MarketTable) -> list[list[str]]:
    """What Japan's other seafood holds beside food: pearls, which the ministry counts with it and
    which are no goods of the product, and ornamental fish, which are, and which measures on food
    leave out (`ornamental_rows`).

    Pearls of China and Hong Kong by a table whose labels are shifted (E22, E23), with its ends;
    others that the ministry tells: from none to all pearls left.
    """
    pearls = facts.flow("JPN", "WLD", "pearls", "JPY bn")
    named = {"CHN": "E23", "HKG": "E22"}
    left = pearls - sum(facts.sighted(key) for key in named.values())
    rows = []
    japan = facts.economies.index("JPN")
    for j, e in enumerate(facts.economies):
        value = float(table.value[1, japan, j])
        if not value or e not in (*JAPAN_2022, *CARRIED_2021):
            continue
        low, high = 0.0, min(left / value, 1.0)
        said = f"no split on record: from none to all pearls left, {left:.3g} bn JPY (JCCI2022)"
        if e in named:
            high = facts.sighted(named[e], "high") / value
            low = facts.sighted(named[e], "low") / value
            said = (
                f"{facts.sighted(named[e]):.3g} bn JPY of pearls by a table with shifted labels, "
                f"{facts.sighted(named[e], 'low'):g} to {facts.sighted(named[e], 'high'):g} "
                f"({named[e]}; JCCI2022)"
            )
        rows.append(["other_seafood", "JPN", e, "pearls", f"{low:.4g}", f"{high:.4g}", said, ""])
    return rows + ornamental_rows(facts, table, 1, 1.0)


def ornamental_rows(
    facts: Facts,
    table: MarketTable,
    product: int,
    per_billion: float,
    *,
    estimated: bool = False,
) -> list[list[str]]:
    """What part of Japan's sales are ornamental fish, by destination (E28 to E31): China, the
    United States and Thailand as shares of all of it, with what rounding leaves open; others rank
    below, so that they have at most as much as the fourth. `per_billion` is JPY billion in the
    unit of the table. Cells that are `estimated` are in on demand, held against their low end;
    groups of economies and Indonesia, the third buyer, never are."""
    named = {"CHN": "E29", "USA": "E30", "THA": "E31"}
    rows = []
    japan = facts.economies.index("JPN")
    for j, e in enumerate(facts.economies):
        at = (product, japan, j)
        guess = table.standing[at] == ESTIMATED
        value = float((table.low if guess else table.value)[at]) / per_billion
        if e in ("JPN", "EUN", "ROW", "IDN") or not value or (guess and not estimated):
            continue
        key = named.get(e, "E31")
        low = facts.sighted(key, "low") if e in named else 0.0
        high = facts.sighted(key, "high")
        said = f"no more than the fourth buyer of it, {high:.3g} bn JPY (E28; {key})"
        if e in named:
            said = f"{low:.3g} to {high:.3g} bn JPY (E28; {key})"
        share = (f"{low / value:.4g}", f"{min(1.0, high / value):.4g}")
        rows.append(
            [table.products[product], "JPN", e, "ornamental fish", *share, said, ORNAMENTAL]
        )
    return rows


def price_2022(facts: Facts) -> tuple[float, float, float, str]:
    """JPY/kg of scallops live weight as sold by Japan, low and high, and sources.

    By what China paid per tonne live weight. Before that was out, the geometric mean of what
    fishers got and what China paid per tonne of product, shells included, which is lighter.
    """
    china = facts.flow("JPN", "CHN", RAW, "JPY bn") * 1e6
    if facts.open("C01"):
        price = china / float(facts.chain["C01"]["value"])
        return price, price, price, "C01;NCOM_H01781"
    landed, paid = float(facts.chain["C04"]["value"]), china / 96000.0
    return sqrt(landed * paid), landed, paid, "C04;E06;NCOM_H01781"


def scallops_2022(facts: Facts, table: MarketTable, yen: float) -> None:
    """The scallop market of 2022 in JPY billion: sources first, the rest by molluscs."""
    name, group = "scallops", "molluscs_excl_cephalopods"
    china = facts.flow("JPN", "CHN", RAW, "JPY bn")
    price, cheap, dear, priced = price_2022(facts)
    landed = float(facts.chain["C03"]["value"]) + facts.sighted("E05")
    tonnes = scallop_tonnes(facts, landed)
    total, _ = scallop_total(facts)
    sent = float(facts.chain["C01"]["value"]) if facts.open("C01") else None
    facts.known_cell(table, (name, "JPN", "CHN"), china, "NCOM_H01781", "reported", quantity=sent)
    facts.known_cell(table, (name, "JPN", "HKG"), facts.sighted("E21"), "E21;E20", "reported")
    for e, key in BY_RATIO.items():
        value = facts.sighted(key) / facts.sighted("E16") * china
        # Worked out, not reported: a secondary table in another currency. Twice the log s.d. of a
        # reported figure, which holds Korea's own count (6.7 beside 7.5).
        wide = spread(REPORTED) ** 2
        facts.known_cell(
            table, (name, "JPN", e), value, f"{key};E16;NCOM_H01781", "ratio to China",
            standing=CARRIED, low=value / wide, high=value * wide,
        )  # fmt: skip
    # China's other origins of 2019, grown as Japan's sales to it: 97 % were Japan's.
    before = facts.chinese_imports()[0]["scallops"]
    grown = china / before["JPN"]
    for e in facts.economies:
        if e in ("JPN", "CHN"):
            continue
        if before.get(e):
            table.put(
                name, e, "CHN", before[e] * grown, CARRIED, "FAO2019;NCOM_H01781", "2019, grown"
            )
        else:
            table.nothing(name, e, "CHN", "FAO2019")
    dollar = yen / 1e3  # USD million to JPY billion
    bought_usa = None
    if not facts.day:
        bought_usa = sales_known_since(facts, table, dollar)
    abroad = {}
    for e in facts.economies:
        at_home, part = facts.parts(e, group)
        home = tonnes[e] * at_home
        worth, low, high = home * price / 1e6, None, None
        abroad[e] = tonnes[e] * part * price / 1e6
        source = f"FAOFBS;E01;E02;E03;{priced}"
        if e == "CHN":
            few = tonnes["CHN"] if facts.day else facts.sighted("E01", "low")
            low = few * at_home * 200.0 / 1e6  # Aomori's landing price
            high = tonnes["CHN"] * at_home * dear / 1e6
            source += ";E05"
            if not facts.day:
                high = facts.sighted("E01", "high") * at_home * facts.sighted("E04") * yen / 1e9
                source += ";E04"
        if e == "JPN":
            abroad[e] = total
            worth, low, high = (landed * one / 1e6 - total for one in (price, cheap, dear))
            source = f"C03;E05;{priced}"
            if not facts.day:
                # Prepared scallops are made of those sold at home. JIJI230904: 35 % of production
                # goes to China and Hong Kong, where 14.2 bn are scallops in all forms (JCCI2023).
                low = worth - facts.flow("JPN", "WLD", "adductor_muscle_prepared", "JPY bn")
                every = facts.flow("JPN", "HKG", "scallops_all", "JPY bn")
                high = (china + every) / 0.35 - total
                source += ";SANKEI230203;JIJI230904;JCCI2023"
            home = worth / price * 1e6
        if e == "PER" and not facts.day:
            abroad[e] = facts.sighted("E12") * dollar
        if e == "USA" and not facts.day:
            each = 23.5e6 / facts.sighted("E11") / 1e3  # USD/kg of meats
            abroad[e] = facts.sighted("E11") * 12 / 5 * each / 1e3 * dollar
            worth = facts.sighted("E10") * POUND * each * dollar - abroad[e]
            home, source = -1.0, "E10;E11"
        table.put(
            name, e, e, worth, ESTIMATED, source, "landings", low=low, high=high, quantity=home
        )
    wanted = {e: facts.tonnes(e, group, "food_imports") for e in facts.economies if e != "CHN"}
    rows = carry_margins(abroad, table.left(name, abroad, "rows"))
    rows["JPN"] = table.left(name, abroad, "rows")["JPN"]
    left = sum(rows.values())
    if bought_usa is None:  # others buy as they buy molluscs, less what is known already
        done = table.value[0].sum(axis=0) - table.value[0].diagonal()
        known = {e: float(done[facts.economies.index(e)]) for e in wanted}
        all_of = left + sum(known.values())
        columns = {
            e: max(all_of * w / sum(wanted.values()) - known[e], KEPT * known[e])
            for e, w in wanted.items()
        }
    else:
        # The United States' purchases are known in tonnes; others share the rest by molluscs.
        margins = {**dict.fromkeys(facts.economies, 0.0), "USA": bought_usa}
        usa = table.left(name, margins, "columns")["USA"]
        whole = sum(wanted.values()) - wanted["USA"]
        columns = {e: (left - usa) * w / whole for e, w in wanted.items()}
        columns["USA"] = usa
    extra = "FAOFBS" if facts.day else "FAOFBS;E09"
    table.close(name, rows, columns, sources=extra, inside=("EUN", "ROW"))


def sales_known_since(facts: Facts, table: MarketTable, dollar: float) -> float:
    """Sales of scallops that no source of before the ban gives; what the United States bought in
    all, JPY billion."""
    name = "scallops"
    exact = 2 * 594 * 453 / 1e6  # tonnes and JPY/kg of the first half of 2023, before the ban
    table.put(name, "JPN", "VNM", exact, ESTIMATED, "VJ240823", "first half of 2023, doubled",
              low=exact / 2, high=2 * exact)  # fmt: skip
    unit = 193e6 / facts.sighted("E09") / 1e3  # USD/kg of what the United States buys
    sold = facts.sighted("E08") * POUND * unit * dollar  # million lb x kg/lb x USD/kg: USD million
    table.put(name, "CHN", "USA", sold, ESTIMATED, "E08;E09", "tonnes at the import price")
    table.put(name, "PER", "USA", 41.0 * dollar, CARRIED, "E12", "2021")
    return facts.sighted("E09") / 0.74 / 7 * 12 * unit / 1e3 * dollar
