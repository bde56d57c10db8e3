"""Writes ``outcomes.csv``: what happened after the 2023 ban, under the keys of effect rows, and
``outcomes_sources.csv``: title, publisher and address of each source that it or
``outcomes_why.csv`` names.

    PYTHONPATH=src python -m scripts.build_seafood_outcomes ../shared/facts/china-japan

An effect row and an outcome meet in quantity, exporter, importer, goods, period and unit. `goods`
is a product of the shipped baselines where there is one, else words. `use_for_test` is the flag of
the collected facts; `comparable` says what of the row a model of whole years under the ban can be
held against, by the rules of `compared`: yes (level and change), level, change, or no. `why` gives
the reason for anything but yes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from comity.trade.market_table import write_csv
from comity.words.errors import ValidationError
from scripts.seafood_facts import OUT, read

MEASURE = "cn-seafood-ban-2023"
COLUMNS = (
    "id",
    "measure",
    "quantity",
    "exporter",
    "importer",
    "goods",
    "codes",
    "before_period",
    "before",
    "period",
    "after",
    "unit",
    "change_pct",
    "use_for_test",
    "comparable",
    "why",
    "sources",
    "confidence",
    "url",
    "note",
)
SEAFOOD = "HS2022:03;HS2022:1604;HS2022:1605"
SCALLOPS = "HS2022:030721;HS2022:030722;HS2022:030729"
PREPARED_TOO = f"{SCALLOPS};HS2022:160552"
# The beginning of an item's words: quantity, goods, codes. Longer beginnings come first.
ITEMS = (
    ("seafood exports", "trade_value", "seafood", SEAFOOD),
    ("seafood imports", "trade_value", "seafood", SEAFOOD),
    ("aquatic product imports", "trade_value", "seafood", SEAFOOD),
    ("HS 03 imports", "trade_value", "HS 03", "HS2022:03"),
    ("scallops raw", "trade_value", "scallops", SCALLOPS),
    ("scallops all forms", "trade_value", "scallops, prepared ones included", PREPARED_TOO),
    ("scallop imports", "trade_value", "scallops", SCALLOPS),
    ("scallops, volume", "trade_quantity", "scallops, frozen in shell", SCALLOPS),
    ("in-shell scallops, volume", "trade_quantity", "scallops in shell", SCALLOPS),
    ("frozen in-shell scallops, volume", "trade_quantity", "scallops, frozen in shell", SCALLOPS),
    ("frozen shucked scallops", "trade_quantity", "scallops, frozen shucked", SCALLOPS),
    ("Saroma", "producer_price", "scallops", SCALLOPS),
    ("scallop prices", "producer_price", "scallops", SCALLOPS),
    ("frozen in-shell scallops, export", "unit_value", "scallops, frozen in shell", SCALLOPS),
    ("in-shell scallops, import", "unit_value", "scallops in shell", SCALLOPS),
    ("mollusc imports", "trade_value", "molluscs, cephalopods included", "HS2022:0307"),
    ("fresh fish imports", "trade_value", "fresh fish", "HS2022:0302"),
    ("farm, forestry", "trade_value", "all food and forestry", ""),
)
UNITS = {"JPY bn": "JPY billion", "USD bn": "USD billion", "CNY m": "CNY million"}
SQUID = ("IDN", "ARG")


def keyed(row: dict[str, str]) -> tuple[str, str, str]:
    """Quantity, goods and codes of a row; other quantities keep the topic as their name."""
    for start, quantity, goods, codes in ITEMS:
        if row["item"].startswith(start):
            return quantity, goods, codes
    if row["topic"] in ("support_and_compensation", "reopening_and_reclosure"):
        return row["topic"], row["item"], ""
    raise ValidationError(f"outcome {row['id']} is about {row['item']!r}: no key is known for it")


def compared(row: dict[str, str], quantity: str, goods: str) -> tuple[str, str]:
    """What of a row can be held against a model of whole years under the ban, and why not all."""
    before, after = row["before_period"], row["after_period"]
    if quantity not in ("trade_value", "trade_quantity", "producer_price", "unit_value"):
        return "no", "no flow or price"
    if goods == "all food and forestry":
        return "no", "mostly goods that the ban does not touch"
    if goods.startswith("molluscs") and row["partner"] in SQUID:
        return "no", "squid: its molluscs were cephalopods in 2019"
    if quantity in ("producer_price", "unit_value"):
        return "change", "a price of some months"
    if after == "2023":
        return "no", "the ban was in force for the last four of twelve months"
    if re.fullmatch(r"\d{4}-\d\d/\d{4}-\d\d", after):
        return "change", "two spans of eleven months, given in per cent"
    if not re.fullmatch(r"\d{4}", after):
        return "no", "part of a year: stocks and timing, and nothing is prorated"
    if after > "2024":
        return "no", "two other measures of 2025 lie in between"
    if before != "2022":
        return "level", "the year before is not free of the ban"
    return "yes", ""


def outcomes(rows: list[dict[str, str]]) -> list[list[str]]:
    """Outcome rows under the keys of effect rows."""
    found = []
    for row in rows:
        quantity, goods, codes = keyed(row)
        imports = row["topic"] == "china_replacement" or row["id"] == "O055"
        exporter, importer = (
            (row["partner"], row["actor"]) if imports else (row["actor"], row["partner"])
        )
        if exporter and len(exporter) != 3:  # a firm, not an economy
            exporter, goods = "", f"{exporter}: {goods}"
        comparable, why = compared(row, quantity, goods)
        found.append(
            [
                row["id"],
                quantity,
                exporter,
                importer,
                goods,
                codes,
                row["before_period"],
                row["before_value"],
                row["after_period"],
                row["after_value"],
                UNITS.get(row["unit"], row["unit"]),
                row["change_pct"],
                row["use_for_test"],
                comparable,
                why,
                row["sources"],
                row["confidence"],
                row["main_source_url"],
                row["note"],
            ]
        )
    return found


def sources(folder: Path, named: Iterable[str]) -> list[list[str]]:
    """Title, publisher and address of sources: of the register, of the chain and of what was found
    beyond it. Raises `ValidationError` for one that none of them has."""
    known = {
        row["source_id"]: [row["title"], row["publisher"], row["url"]]
        for row in read(folder / "sources.csv")
    }
    for row in read(folder / "scallop_chain.csv"):
        known[row["id"]] = [row["source_title"], row["publisher"], row["url"]]
    for row in read(OUT / "sighted.csv"):
        known[row["id"]] = [row["source"], row["publisher"], row["url"]]
    found = []
    for key in sorted(set(named)):
        if key not in known:
            raise ValidationError(f"{key} is no source on record")
        found.append([key, *known[key]])
    return found


def main(folder: Path, out: Path = OUT) -> None:
    rows = outcomes(read(folder / "outcomes.csv"))
    rows = [[first, MEASURE, *rest] for first, *rest in rows]
    write_csv(out / "outcomes.csv", COLUMNS, rows)
    at = COLUMNS.index("sources")
    cited = [row[at] for row in rows] + [row["sources"] for row in read(OUT / "outcomes_why.csv")]
    named = [key for listed in cited for key in listed.split(";") if key]
    titles = ["source", "title", "publisher", "url"]
    write_csv(out / "outcomes_sources.csv", titles, sources(folder, named))
    comparable = sum(row[COLUMNS.index("comparable")] != "no" for row in rows)
    print(f"{len(rows)} outcomes, {comparable} comparable with whole years under the ban")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
