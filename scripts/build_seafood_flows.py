"""Writes the shipped seafood flows of the pack china-japan from the collected facts.

    PYTHONPATH=src python -m scripts.build_seafood_flows ../shared/facts/china-japan

Reads ``seafood_trade.csv``, ``molluscs_split_2019.csv`` and ``sources.csv`` of the facts and, in
``src/comity/packs/china-japan/flows/``, the two tables that are kept by hand: ``products.csv`` (HS
codes of a product: the compiler's reading) and ``series.csv`` (which rows may stand in one series).
Writes ``flows.csv``, ``sources.csv`` and ``left_out.csv`` beside them. Same input, same bytes.

The rules
 1. A fact is a row, with its id, its sources and its confidence. Nothing is added up, converted or
    estimated here; what the facts derived keeps its expression in `derived`.
 2. A series is one statistic, one product and one scope. Figures of different series are never
    added or compared by a program; rows whose scope is another than their basis says are listed by
    id in ``series.csv``.
 3. A row that fits no series, or a product without a row in ``products.csv``, stops the script.
 4. Left out, and listed with the reason: exchange rates, rows that only convert another row into
    dollars or repeat one, and partners that are groups without a code (ASEAN). Two different
    figures of one flow in one series stop the script: they are of two scopes.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from comity.trade.market_table import write_csv
from comity.words import economies
from comity.words.errors import ValidationError

OUT = Path(__file__).parents[1] / "src/comity/packs/china-japan/flows"
COLUMNS = (
    *("id", "series", "exporter", "importer", "period", "value", "unit", "quantity"),
    *("quantity_unit", "confidence", "derived", "flags", "note", "sources"),
)
SPELT = {
    "Taiwan Province of China": "TWN",
    "Iran (Islamic Rep. of)": "IRN",
    "Tanzania, United Rep. of": "TZA",
    "Venezuela, Boliv Rep of": "VEN",
}
SPLIT = "FAO FishStat imports by partner, CIF, split by commodity name"
PARTS = {"cephalopods": "C", "other_molluscs_excl_cephalopods": "M"}
"""Columns of the split file → letter in the ids of their rows. Scallops are in the trade file."""
GROUPS = ("ASEAN",)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def series_of(row: dict[str, str], series: list[dict[str, str]]) -> str:
    """The one series of a fact: by its id, else by its basis and product."""
    named = [one for one in series if row["id"] in one["rows"].split(";")]
    found = named or [
        one
        for one in series
        if (one["basis"], one["product"], one["rows"]) == (row["basis"], row["product"], "")
    ]
    if len(found) != 1:
        raise ValidationError(
            f"{row['id']} fits {len(found)} series: {row['basis']}, {row['product']}",
            mend="add a row to series.csv, or name the row's id there",
        )
    return found[0]["series"]


def place(code: str) -> tuple[str, str]:
    """Our code of an exporter or importer of the facts, and a flag."""
    if code == "EU27":
        return "EUN", ""
    if code == "CHN_RETURN":
        return "CHN", "returned-goods"
    return economies.economy(code).code, ""


def fact(row: dict[str, str], series: list[dict[str, str]]) -> list[str]:
    """A row of ``flows.csv``."""
    exporter, returned = place(row["exporter"])
    importer, _ = place(row["importer"])
    flags = [returned]
    if exporter == importer == "EUN":
        flags.append("intra-area")
    if row["basis"].startswith("FAO FishStat") and row["exporter"] == "EU27":
        flags.append("sum-of-others")  # the members are rows of their own
    if (row["basis"], row["importer"]) == ("Ecuador exports (CNA)", "ESP"):
        flags.append("part-of-other")  # of the row of the European Union
    if row["period"].startswith("FY"):
        flags.append("fiscal-year")
    elif row["period"] != row["year"]:
        flags.append("part-year")
    value, amount = (row["value"], "") if row["measure"] == "value" else ("", row["value"])
    return [
        *(row["id"], series_of(row, series), exporter, importer, row["period"]),
        *((value, row["unit"], "", "") if value else ("", "", amount, row["unit"])),
        row["confidence"],
        "" if row["derived"] == "no" else row["derived"],
        ";".join(flag for flag in flags if flag),
        *(row["note"], row["sources"]),
    ]


def split(folder: Path, series: list[dict[str, str]]) -> list[list[str]]:
    """China's imports of molluscs in 2019 by partner: cephalopods, and the others."""
    made = []
    for number, row in enumerate(read(folder / "molluscs_split_2019.csv"), start=1):
        who = SPELT.get(row["partner"]) or economies.resolve(row["partner"])
        for product, letter in PARTS.items():
            if float(row[product]) == 0.0:
                continue  # the file fills what a partner does not sell with zeros
            one = {
                "id": f"{letter}{number:03}",
                "basis": SPLIT,
                "product": product,
                "exporter": "CHN_RETURN" if who == "CHN" else who,
                "importer": "CHN",
                "period": "2019",
                "year": "2019",
                "measure": "value",
                "value": row[product],
                "unit": "USD m",
                "confidence": "high",
                "derived": "no",
                "note": "split by commodity name, by the compiler",
                "sources": "FAO2019",
            }
            made.append(fact(one, series))
    return made


def main(folder: Path) -> None:
    series = read(OUT / "series.csv")
    products = {row["product"] for row in read(OUT / "products.csv")}
    for one in series:
        if one["product"] not in products:
            raise ValidationError(f"no product {one['product']}", mend="add it to products.csv")
    rows: list[list[str]] = []
    left: list[list[str]] = []
    seen: dict[tuple[str, ...], list[str]] = {}
    for row in read(folder / "seafood_trade.csv"):
        if row["measure"] == "fx":
            left.append([row["id"], "an exchange rate: shipped with trade/flows"])
        elif row["basis"].endswith(", converted"):
            left.append([row["id"], "another row, converted into dollars"])
        elif {row["exporter"], row["importer"]} & set(GROUPS):
            left.append([row["id"], "a partner that is a group without a code"])
        else:
            made = fact(row, series)
            same = seen.setdefault((*made[1:5], made[6], made[8]), made)
            if same is made:
                rows.append(made)
            elif same[5:9] == made[5:9]:
                left.append([row["id"], f"the same figure as {same[0]}"])
            else:
                raise ValidationError(
                    f"{row['id']} and {same[0]} are two figures of one flow in {made[1]}",
                    mend="their scopes differ: give one a series of its own",
                )
    rows += split(folder, series)
    used = {row[1] for row in rows}
    if unused := [one["series"] for one in series if one["series"] not in used]:
        raise ValidationError(f"no fact is of the series {', '.join(unused)}")
    known = {row["source_id"]: row for row in read(folder / "sources.csv")}
    named = sorted({source for row in rows for source in row[-1].split(";")})
    sources = [[key, *(known[key][k] for k in ("title", "publisher", "url"))] for key in named]
    write_csv(OUT / "flows.csv", COLUMNS, rows)
    write_csv(OUT / "sources.csv", ("source", "title", "publisher", "url"), sources)
    write_csv(OUT / "left_out.csv", ("id", "reason"), left)
    print(f"{len(rows)} facts in {len(used)} series, from {len(named)} sources")
    for reason, count in sorted(Counter(reason for _, reason in left).items()):
        print(f"  left out: {count} × {reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
