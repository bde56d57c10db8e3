"""Small files in the layouts of the publishers, made for tests."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

Line = tuple[int, int, int, str, str, str]

JPN, CHN, USA, KOR, AREAS = 392, 156, 842, 410, 899

LINES_2021: tuple[Line, ...] = (
    (2021, JPN, CHN, "030722", "300", "30"),
    (2021, JPN, USA, "030722", "100", "8"),
    (2021, JPN, CHN, "160552", "40", "NA"),
    (2021, KOR, CHN, "030722", "100", "20"),
    (2021, USA, CHN, "160552", "60", "5"),
    (2021, JPN, KOR, "870323", "900.5", "70.25"),
)
LINES_2022: tuple[Line, ...] = (
    (2022, JPN, CHN, "030722", "350", "33"),
    (2022, JPN, USA, "030722", "50", "4"),
    (2022, KOR, CHN, "030722", "150", "28"),
    (2022, JPN, AREAS, "030729", "7", "NA"),
)
PRODUCTS = ("030721", "030722", "030729", "030792", "160552", "870323")


def text_of(lines: Iterable[Line], columns: str = "t,i,j,k,v,q") -> str:
    return "\n".join([columns, *(",".join(map(str, line)) for line in lines)]) + "\n"


def baci_zip(
    path: Path,
    years: Mapping[int, str] | None = None,
    *,
    hs: str = "HS17",
    products: Iterable[str] = PRODUCTS,
) -> Path:
    """A zip like CEPII's, of two small years where nothing else is given."""
    members = years or {2021: text_of(LINES_2021), 2022: text_of(LINES_2022)}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for year, text in members.items():
            packed.writestr(f"BACI_{hs}_Y{year}_V202401b.csv", text)
        rows = "".join(f'{code},"about {code}"\n' for code in products)
        packed.writestr(f"product_codes_{hs}_V202401b.csv", "code,description\n" + rows)
        packed.writestr("Readme.txt", "made for a test")
    return path


COMTRADE = (
    *("typeCode", "freqCode", "refYear", "reporterCode", "flowCode", "partnerCode"),
    *("partner2Code", "classificationCode", "cmdCode", "customsCode", "motCode", "qtyUnitAbbr"),
    *("qty", "netWgt", "isNetWgtEstimated", "cifvalue", "fobvalue", "primaryValue"),
)


def comtrade_row(**changed: object) -> dict[str, object]:
    """A row as the API gives it: China's imports of frozen scallops from Japan, 2022."""
    row: dict[str, object] = {
        "typeCode": "C",
        "freqCode": "A",
        "refYear": 2022,
        "reporterCode": 156,
        "flowCode": "M",
        "partnerCode": 392,
        "partner2Code": 0,
        "classificationCode": "H6",
        "cmdCode": "030722",
        "customsCode": "C00",
        "motCode": 0,
        "qtyUnitAbbr": "kg",
        "qty": 33000.0,
        "netWgt": 33000.0,
        "isNetWgtEstimated": False,
        "cifvalue": 380000.0,
        "fobvalue": None,
        "primaryValue": 380000.0,
    }
    unknown = changed.keys() - row.keys()
    assert not unknown, unknown
    return row | changed


def comtrade_text(rows: Iterable[Mapping[str, object]], separator: str = "\t") -> str:
    def cell(value: object) -> str:
        return "" if value is None else str(value)

    lines = [separator.join(COMTRADE)]
    lines += [separator.join(cell(row[name]) for name in COMTRADE) for row in rows]
    return "\n".join(lines) + "\n"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def japan_text(
    rows: Iterable[tuple[int, int, str, str, str, str, float, float, float]], months: int = 12
) -> str:
    """(1 or 2, year, code, partner, unit 1, unit 2, quantities, thousand yen); the value of the
    year is put into the last month of `months`."""
    head = ["Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2"]
    head += ["Quantity1-Year", "Quantity2-Year", "Value-Year"]
    for month in MONTHS:
        head += [f"Quantity1-{month}", f"Quantity2-{month}", f"Value-{month}"]
    lines = [",".join(head)]
    for direction, year, code, partner, unit1, unit2, first, second, value in rows:
        cells = [direction, year, f"'{code}'", partner, unit1, unit2, first, second, value]
        for k in range(12):
            cells += [first, second, value] if k == months - 1 else [0, 0, 0]
        lines.append(",".join(map(str, cells)))
    return "\n".join(lines) + "\n"
