"""Writes the seafood market baselines of the pack china-japan from the collected facts.

    PYTHONPATH=src python -m scripts.build_seafood_baselines ../shared/facts/china-japan

Reads the facts and, in ``src/comity/packs/china-japan/markets/``, ``scopes.csv`` (which import
groups go with which food balance) and ``sighted.csv`` (facts found beyond the collected ones).
Writes ``china-imports-2019``, ``china-japan-2022`` and ``japan-exports-2022`` beside them, and of
the latter two, in ``known-then/2023-08-24``, what could be known on the day of the ban. Same input,
same bytes. Prints values and the part of them on each standing.

The rules
 1. What a source reports for the year and scope is *reported*, in whatever currency, and so is what
    is left of it after a part of under a tenth; what it reports for another year or period, or in
    a table that fits by one cell only, is *carried*, scaled by a total of both years, the change
    that it tells or the ratio to that cell; the rest is *estimated*.
 2. Home sales come from the food balance in tonnes live weight, food use only. Exports X and other
    uses U are taken from production P and imports M alike: home sales are P (1 - (X + U)/(P + M)).
 3. Tonnes are valued at the import value of the group per tonne live weight.
 4. Bilateral cells without a source are balanced to what margins leave (`MarketTable.close`). Where
    the cells set take more than an economy's valued exports, a tenth of these is left for others.
 5. Figures of narrower scope or shorter period are floors.
 6. Japan's totals hold pearls, which are no seafood and which no ban touched. They are taken off in
    `china-japan-2022`; `japan-exports-2022` has the totals as published and says what part pearls
    are (``beside.csv``). Ornamental fish, which measures on food leave out, are in both, and
    ``beside.csv`` says what part they are.
 7. What was known on a day rests on sources public by it (`seafood_public`). A figure of official
    statistics that a later source repeats is *carried*; what is derived from later figures is left
    out, and its cell closed by rule 4.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Any

import numpy as np

from comity.trade.market_baseline import ESTIMATED, REPORTED
from comity.trade.market_table import MarketTable, write_csv
from comity.trade.markets import (
    AREA_COLUMNS,
    AREAS,
    BESIDE,
    BESIDE_COLUMNS,
    KNOWN_THEN,
    ONWARD,
    ONWARD_COLUMNS,
)
from scripts.seafood_2022 import both_2022, margins_2022
from scripts.seafood_facts import (
    OUT,
    Facts,
    Figures,
    carry_margins,
    head,
    report,
    scallop_tonnes,
    totals,
)
from scripts.seafood_japan import (
    ORNAMENTAL,
    POUND,
    beside_rows,
    japan_2022,
    ornamental_rows,
    scallop_total,
)

BAN = dt.date(2023, 8, 24)
"""The day of China's ban: baselines are built as known on it, too."""


def china_2019(facts: Facts) -> tuple[MarketTable, dict[str, Any]]:
    """China's imports by origin and group 2019, with the home sales and exports of everyone."""
    groups, totals, returned = facts.chinese_imports()
    table = MarketTable([s["product"] for s in facts.scopes], facts.economies)
    used: Figures = {}
    imports: dict[str, Figures] = {}
    for scope in facts.scopes:
        cells: Figures = {}
        for part in scope["imports"].split(";"):
            for who, value in groups[part].items():
                cells[who] = cells.get(who, 0.0) + value
                used[who] = used.get(who, 0.0) + value
        imports[scope["product"]] = cells
    scallops = scallop_tonnes(facts, facts.sighted("E02"))
    price_scallops = facts.sighted("E04")
    scallop_imports = sum(imports["scallops"].values()) * 1e6 / price_scallops
    for scope in facts.scopes:
        product, group, cells = scope["product"], scope["balance"], imports[scope["product"]]
        split = group == "molluscs_excl_cephalopods"
        bought = facts.tonnes("CHN", group, "food_imports") - (scallop_imports if split else 0.0)
        price = price_scallops if product == "scallops" else sum(cells.values()) / bought * 1e6
        where = "FAOFBS;E01;E02;E03;E04" if product == "scallops" else "FAO2019;FAOFBS"
        valued: Figures = {}
        wanted: Figures = {}
        for e in facts.economies:
            produced, imported, exported = facts.supply(e, group)
            at_home, abroad = facts.parts(e, group)
            sold_abroad = exported
            if product == "scallops":
                produced, sold_abroad = scallops[e], scallops[e] * abroad
            elif split:
                sold_abroad = max(exported - scallops[e] * abroad, 0.0)
                produced = max(produced - scallops[e], 0.0)
            home = produced * at_home
            valued[e] = sold_abroad * price / 1e6
            wanted[e] = imported
            low = high = None
            worth = home * price / 1e6
            if (product, e) == ("scallops", "JPN"):
                sent = facts.flow(
                    "JPN", "WLD", "scallops_raw_frozen_salted_dried", "JPY bn", "2019"
                )
                valued[e] = sent / facts.rate("JPY per USD", "2019") * 1e3
                worth = produced * price / 1e6 - valued[e]
                home = worth / price * 1e6
            if (product, e) == ("scallops", "CHN"):
                low = facts.sighted("E01", "low") * at_home * facts.sighted("E04", "low") / 1e6
                high = facts.sighted("E01", "high") * at_home * facts.sighted("E04", "high") / 1e6
            table.put(
                product, e, e, worth, ESTIMATED, where, "balance", low=low, high=high, quantity=home
            )
        for e in facts.economies:
            if e == "CHN":
                continue
            spare = totals.get(e, 0.0) - used.get(e, 0.0)
            if cells.get(e):
                table.put(product, e, "CHN", cells[e], REPORTED, "FAO2019", "imports")
            elif not split and spare > 0.002:
                table.note_gap(product, e, "CHN", spare, "FAO2019")
            else:
                table.nothing(product, e, "CHN", "FAO2019")
        left = carry_margins(valued, table.left(product, valued, "rows"))
        wanted.pop("CHN")
        full = facts.economies.index("CHN")
        prior = np.outer(
            [left[e] for e in facts.economies], [wanted.get(e, 0.0) for e in facts.economies]
        )
        prior[:, full] = 0.0
        table.close(product, left, wanted, sources="FAOFBS", inside=("EUN", "ROW"), prior=prior)
    foreign = sum(map(sum, (cells.values() for cells in imports.values())))
    listed = foreign + sum(v for k, v in returned.items() if k != "seafood_total")
    total = facts.flow("WLD", "CHN", "seafood_total", "USD m", "2019")
    figures = {
        "foreign": foreign,
        "returned": listed - foreign,
        "unlisted": total - listed,
        "total": total,
    }
    about = {
        "name": "china-imports-2019",
        "title": "China's seafood imports and home supply, 2019",
        "year": 2019,
        "unit": "USD million",
        "basis": "China's imports CIF as reported to FAO; the rest at that value",
        "group": "seafood",
    }
    return table, head(facts, table, about, figures=figures)


def area_rows(facts: Facts) -> list[list[str]]:
    """Parts of Japan's sales that come from areas: stated by a source, or an explicit range.

    The codes in the last column are sources; rows that rest on later ones are left out.
    """
    ten = "JP-04;JP-07;JP-08;JP-09;JP-10;JP-11;JP-12;JP-13;JP-15;JP-20"
    eight = "JP-02;JP-03;JP-04;JP-07;JP-08;JP-09;JP-10;JP-12"
    hokkaido, aomori = float(facts.chain["C03"]["value"]), facts.sighted("E05")
    outside = facts.sighted("E07")
    by_port = facts.sighted("E06") / 96000.0
    rows: list[tuple[str, str, str, float, float, str, str]] = [
        ("scallops", "CHN", ten, 0, 0, "CORG110621", "banned since 2011 (M02; CORG110621)"),
        ("other_seafood", "CHN", ten, 0, 0, "CORG110621", "banned since 2011 (M02; CORG110621)"),
        ("scallops", "KOR", eight, 0, 0, "KYODO190411", "banned since 2013 (M13; KYODO190411)"),
        ("other_seafood", "KOR", eight, 0, 0, "KYODO190411",
         "banned since 2013 (M13; KYODO190411)"),
        ("scallops", "CHN", "JP-01", by_port, 1 - 6400 / 96000, "E06",
         "by port of exit, in tonnes (E06): Hokkaido's named ports; at most all but Hachinohe"),
        ("scallops", "", "JP-01", hokkaido / (hokkaido + aomori + outside),
         hokkaido / (hokkaido + aomori), "C03;E05;E07", "by landings 2022 (C03; E05; E07)"),
        ("scallops", "", ten, 0, outside / (hokkaido + aomori), "C03;E05;E07",
         "Miyagi is the only one of the ten that lands scallops: at most all landings outside "
         "Hokkaido and Aomori (E05; E07)"),
        ("other_seafood", "", ten, 0, 1, "", "not on record: the whole range"),
    ]  # fmt: skip
    return [
        [product, "JPN", to, codes, f"{low:.4g}", f"{high:.4g}", text]
        for product, to, codes, low, high, cited, text in rows
        if facts.open(cited)
    ]


def onward_rows(facts: Facts) -> list[list[str]]:
    """Scallops frozen in shell, shelled in China for the United States.

    `held` is the part of what China sells to the United States that these are: live weight by the
    weight of meats per live weight, over the meats sold (E08). No more than all of it.
    """
    if not facts.open("C01;C02;E08;E27"):
        return []
    whole = float(facts.chain["C01"]["value"])
    low, high = (float(one) for one in facts.chain["C02"]["value"].split("-"))
    meats = facts.sighted("E08") * 1e6 * POUND / 1e3  # tonnes
    least, most = low / facts.sighted("E27", "high"), high / facts.sighted("E27", "low")
    middle = (low + high) / (facts.sighted("E27", "low") + facts.sighted("E27", "high"))
    held = [min(one / meats, 1.0) for one in (middle, least, most)]
    source = (
        "30,000 to 40,000 of 143,000 t live weight, 2022 (C01; C02); held: by meats per live "
        "weight (E27) and sales of meats (E08)"
    )
    shares = [(low + high) / 2 / whole, low / whole, high / whole]
    numbers = [f"{one:.4g}" for one in (*shares, *held)]
    return [["scallops", "JPN", "CHN", "USA", *numbers, source]]


def export_rows(facts: Facts) -> list[list[str]]:
    """Japan's exports 2022 by product and destination, JPY billion FOB, as sources give them."""
    rows = [
        [r["product"], r["importer"], r["value"], REPORTED, r["sources"], r["derived"], r["note"]]
        for r in facts.trade
        if r["exporter"] == "JPN"
        and r["period"] == "2022"
        and r["unit"] == "JPY bn"
        and r["basis"].startswith("Japan customs exports, FOB")
    ]
    for product, value in (("yellowtail_maff", 36.2), ("bonito_tuna", 17.9)):
        rows.append([product, "WLD", f"{value}", REPORTED, "E14", "no", "MAFF total by product"])
    return sorted(rows)


def import_rows(facts: Facts) -> list[list[str]]:
    """China's imports 2019 as the source has them: every origin and group, USD million."""
    rows = [
        [row["product"], row["exporter"], row["value"], "FAO2019", row["id"]]
        for row in facts.trade
        if "FAO FishStat" in row["basis"] and row["exporter"] not in ("WLD", "EU27")
    ]
    for part in ("cephalopods", "other_molluscs_excl_cephalopods", "scallops"):
        for row in facts.split:
            who = "CHN_RETURN" if row["partner"] == "China" else facts.code(row["partner"])
            if float(row[part]):
                rows.append([f"split:{part}", who, row[part], "FAO2019", "molluscs_split_2019"])
    return sorted(rows)


def write_2019(facts: Facts, out: Path) -> None:
    """China's imports 2019, with the source's own table beside them."""
    table, meta = china_2019(facts)
    table.write(out / meta["name"], meta)
    report(table, meta)
    column = table.value[:, :, table.economies.index("CHN")]
    home = np.einsum("kii->ki", table.value)[:, table.economies.index("CHN")]
    totals(
        out / meta["name"],
        [
            (product, "CHN", "imports", float(column[k].sum() - home[k]), "FAO2019")
            for k, product in enumerate(table.products)
        ],
    )
    columns = ["group", "origin", "usd_million", "source", "row"]
    write_csv(out / meta["name"] / "imports.csv", columns, import_rows(facts))
    none = "not in the edible scope of the source (FAO2019)"
    japan, fish = table.economies.index("JPN"), table.products.index("fish_and_cephalopods")
    rows = [
        [table.products[fish], "JPN", e, "ornamental fish", "0", "0", none, ORNAMENTAL]
        for j, e in enumerate(table.economies)
        if j != japan and table.value[fish, japan, j] > 0.0
    ]
    write_csv(out / meta["name"] / BESIDE, BESIDE_COLUMNS, rows)


def write_2022(facts: Facts, out: Path) -> None:
    """The baselines of 2022: everything, or what was known on the day of `facts`."""
    within = Path(KNOWN_THEN) / str(facts.day) if facts.day else Path()
    table, meta = both_2022(facts)
    table.write(out / meta["name"] / within, meta)
    report(table, meta)
    yen = facts.rate("JPY per USD", "2022")
    rows = ornamental_rows(facts, table, 0, 1e3 / yen, estimated=True)
    write_csv(out / meta["name"] / within / BESIDE, BESIDE_COLUMNS, rows)
    totals(
        out / meta["name"] / within,
        [
            ("seafood", facts.place(j if i == "WLD" else i), "imports" if i == "WLD" else "exports",
             value, cited.split(";")[0])
            for (i, j), (value, cited) in margins_2022(facts).items()
            if (i, j) != ("WLD", "WLD")
        ],
    )  # fmt: skip
    table, meta = japan_2022(facts)
    japan = out / meta["name"] / within
    table.write(japan, meta)
    report(table, meta)
    scallops, source = scallop_total(facts)
    everything = facts.flow("JPN", "WLD", "seafood_total", "JPY bn")
    totals(
        japan,
        [
            ("scallops", "JPN", "exports", scallops, source),
            ("other_seafood", "JPN", "exports", everything - scallops, "NCOM_H01781"),
        ],
    )
    write_csv(japan / AREAS, AREA_COLUMNS, area_rows(facts))
    write_csv(japan / BESIDE, BESIDE_COLUMNS, beside_rows(facts, table))
    if onward_rows(facts):
        write_csv(japan / ONWARD, ONWARD_COLUMNS, onward_rows(facts))
    if not facts.day:
        columns = ["product", "destination", "value", "standing", "sources", "derived", "note"]
        write_csv(japan / "exports.csv", columns, export_rows(facts))


def main(folder: Path, out: Path = OUT) -> None:
    """Build everything from `folder` into `out`, by default the pack."""
    write_2019(Facts(folder), out)
    write_2022(Facts(folder), out)
    write_2022(Facts(folder, BAN), out)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
