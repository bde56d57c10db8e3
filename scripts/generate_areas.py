"""Writes `areas.csv` and `currencies.csv` in `src/comity/words/data/`.

Source: the library pycountry (LGPL-2.1; data of Debian's iso-codes), ISO 3166-2 and ISO 4217.
Importing it costs about 0.1 s, more than a whole command may take, so its tables are shipped as
generated text; a test compares them with the library. Names are the library's, but for
 - subdivisions of China: the English form without the word for the kind (Guangdong, not Guangdong
   Sheng), for the kind is a column of its own;
 - areas that are economies of their own (`OWN`, in `comity.words.areas`), which are left out.

    PYTHONPATH=src python scripts/generate_areas.py
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from comity.words.areas import OWN_ECONOMY

DATA = Path(__file__).parents[1] / "src/comity/words/data"
ENGLISH = {
    "CN-GX": "Guangxi",
    "CN-NM": "Inner Mongolia",
    "CN-NX": "Ningxia",
    "CN-XJ": "Xinjiang",
    "CN-XZ": "Xizang (Tibet)",
}
_KIND = re.compile(r" (Sheng|Shi)$")


def areas() -> list[list[str]]:
    """Rows: code, name, economy, kind, parent; by code."""
    import pycountry

    alpha3 = {c.alpha_2: c.alpha_3 for c in pycountry.countries}
    rows = []
    for one in pycountry.subdivisions:
        if one.code in OWN_ECONOMY:
            continue
        name = one.name
        if one.country_code == "CN":
            name = ENGLISH.get(one.code, _KIND.sub("", name))
        rows.append([one.code, name, alpha3[one.country_code], one.type, one.parent_code or ""])
    return sorted(rows)


def currencies() -> list[list[str]]:
    """Rows: code, name; by code."""
    import pycountry

    return sorted([c.alpha_3, c.name] for c in pycountry.currencies)


def write(name: str, head: str, rows: list[list[str]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head.split(","))
        out.writerows(rows)


if __name__ == "__main__":
    write("areas.csv", "code,name,economy,kind,parent", areas())
    write("currencies.csv", "code,name", currencies())
