"""`data check`: what it finds, and that it finds nothing in clean data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from comity.trade.flows import DataFinding, TradeData, open_data
from comity.words.errors import NotFound
from comity.words.goods import chapters, children
from tests.flows.made import CHN, JPN, Line, baci_zip, comtrade_row, comtrade_text, text_of


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    return open_data(tmp_path / "store")


def by_kind(found: tuple[DataFinding, ...]) -> dict[str, DataFinding]:
    return {one.kind: one for one in found}


def test_clean_data(data: TradeData, tmp_path: Path) -> None:
    data.import_baci(baci_zip(tmp_path / "b.zip"), years=2021)
    assert data.check() == ()
    with pytest.raises(NotFound, match="no trade data"):
        open_data(tmp_path / "none").check()


def test_duplicates(data: TradeData, tmp_path: Path) -> None:
    """An import refuses them; what was changed behind its back is seen."""
    done = data.import_baci(baci_zip(tmp_path / "b.zip"), years=2021)
    (folder,) = (data.path / "imports" / done.id).glob("dataset=*/year=2021")
    file = sorted(folder.glob("part=*/*.parquet"))[0]
    shutil.copyfile(file, file.with_name("again.parquet"))
    found = by_kind(data.check())
    assert found["duplicate"].severity == "wrong"
    assert found["duplicate"].count >= 1
    assert found["duplicate"].cases[0]["times"] == 2
    assert found["duplicate"].files == ("b.zip",)


def test_unit_values_far_from_the_usual(data: TradeData, tmp_path: Path) -> None:
    partners = (36, 40, 56, 76, 124, 152, 156, 203, 208, 246, 251, 276)
    lines: list[Line] = [
        (2022, JPN, who, "030722", f"{100 + 3 * k}", f"{20 + (k % 3)}")
        for k, who in enumerate(partners)
    ]
    lines.append((2022, JPN, 842, "030722", "100", "0.01"))
    data.import_baci(baci_zip(tmp_path / "b.zip", {2022: text_of(lines)}))
    (one,) = [found for found in data.check() if found.kind == "unit-value"]
    assert (one.count, one.severity) == (1, "odd")
    assert one.cases[0]["importer"] == "USA"
    assert one.cases[0]["unit"] == "USD/t"
    assert one.cases[0]["unit_value"] == pytest.approx(1e7)
    assert one.cases[0]["deviations"] > 6


def test_units_that_do_not_fit(data: TradeData, tmp_path: Path) -> None:
    rows = [comtrade_row(partnerCode=p) for p in (392, 410, 842)]
    rows.append(comtrade_row(partnerCode=36, netWgt=None, qty=12, qtyUnitAbbr="u"))
    (tmp_path / "c.txt").write_text(comtrade_text(rows))
    data.import_comtrade(tmp_path / "c.txt")
    one = by_kind(data.check())["units"]
    assert one.count == 1
    assert (one.cases[0]["unit"], one.cases[0]["usual"]) == ("u", "t")


def test_mirror_gaps(data: TradeData, tmp_path: Path) -> None:
    """The exporter says 1 million, the importer 3: a factor of three. Korea's two agree."""
    rows = [
        comtrade_row(primaryValue=3e6, cifvalue=3e6),
        comtrade_row(reporterCode=392, partnerCode=156, flowCode="X", primaryValue=1e6),
        comtrade_row(partnerCode=410, primaryValue=2.2e6, cifvalue=2.2e6),
        comtrade_row(reporterCode=410, partnerCode=156, flowCode="X", primaryValue=2e6),
    ]
    (tmp_path / "c.txt").write_text(comtrade_text(rows))
    data.import_comtrade(tmp_path / "c.txt")
    one = by_kind(data.check())["mirror-gap"]
    assert (one.severity, one.count, len(one.cases)) == ("odd", 1, 1)
    assert one.cases[0] == {
        "exporter": "JPN",
        "importer": "CHN",
        "year": 2022,
        "chapter": "03",
        "exporter_usd": 1e6,
        "importer_usd": 3e6,
        "ratio": 3.0,
    }


def test_missing_blocks(data: TradeData, tmp_path: Path) -> None:
    """Japan's chapter 87 is gone in 2022, the United States is gone, 2023 is missing."""
    first: list[Line] = [
        (2021, JPN, CHN, "030722", "5000", "9"),
        (2021, JPN, CHN, "870323", "9000", "9"),
        (2021, 842, CHN, "160552", "7000", "9"),
    ]
    then: list[Line] = [(2022, JPN, CHN, "030722", "5000", "9")]
    last: list[Line] = [(2024, JPN, CHN, "030722", "5000", "9")]
    members = {2021: text_of(first), 2022: text_of(then), 2024: text_of(last)}
    data.import_baci(baci_zip(tmp_path / "b.zip", members))
    found = by_kind(data.check())
    assert found["missing-years"].text.startswith("there are no data for 2023")
    assert found["missing-economy"].cases[0]["economy"] == "USA"
    assert found["missing-economy"].cases[0]["year"] == 2022
    chapter = found["missing-chapter"].cases[0]
    assert (chapter["economy"], chapter["chapter"], chapter["beside_usd"]) == ("JPN", "87", 9e6)
    # The same, for a year alone: nothing to compare with.
    assert data.check(years=2021) == ()


def test_rows_without_a_value_are_counted(data: TradeData, tmp_path: Path) -> None:
    rows = [comtrade_row(), comtrade_row(partnerCode=410, primaryValue=None)]
    (tmp_path / "c.txt").write_text(comtrade_text(rows))
    data.import_comtrade(tmp_path / "c.txt")
    one = by_kind(data.check())["no-value"]
    assert one.text == "1 of 2 rows have no known value"
    assert one.severity == "info"


def test_the_gravest_come_first(data: TradeData, tmp_path: Path) -> None:
    test_duplicates(data, tmp_path)
    rows = [comtrade_row(), comtrade_row(partnerCode=410, primaryValue=None)]
    (tmp_path / "c.txt").write_text(comtrade_text(rows))
    data.import_comtrade(tmp_path / "c.txt")
    order = [one.severity for one in data.check()]
    assert order == sorted(order, key=["wrong", "odd", "info"].index)
    assert {one.source for one in data.check(source="comtrade")} == {"comtrade"}


# --------------------------------------------------------------- files that look whole and are not

HEAD = "x,m,hs,year,value,q,unit,side\n"
MAPPING = """\
comity-csv: 1
dataset: made
source: made for a test
licence: CC0
columns: {exporter: x, importer: m, goods: hs, year: year, value: value, quantity: q,
          quantity_unit: unit, side: side}
constants: {edition: HS2017, currency: USD}
"""
PARTNERS = ("CHN", "USA", "KOR", "THA", "VNM", "TWN", "HKG", "AUS", "CAN", "DEU", "FRA", "GBR")
CODES = ("030722", "030617", "160414")
Flow = tuple[str, str, str, int, float, float | None, str, str]


def usual(years: tuple[int, ...] = (2020, 2021, 2022)) -> list[Flow]:
    """Japan's exports of three codes to twelve partners, and their figures: nothing odd."""
    made: list[Flow] = []
    for year in years:
        for k, partner in enumerate(PARTNERS):
            for n, code in enumerate(CODES):
                tonnes = 400.0 + 40 * k + 7 * n + 3 * (year % 10)
                value = tonnes * (5000.0 + 100 * k + 50 * (year % 10)) * (1 + n / 10)
                made.append(("JPN", partner, code, year, value, tonnes, "t", "exporter"))
                made.append(("JPN", partner, code, year, 1.08 * value, tonnes, "t", "importer"))
    return made


def checked(folder: Path, rows: list[Flow]) -> dict[str, DataFinding]:
    (folder / "made.yaml").write_text(MAPPING)
    cells = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (folder / "made.csv").write_text(HEAD + "\n".join(cells) + "\n")
    data = open_data(folder / "made-store")
    data.import_csv(folder / "made.csv", folder / "made.yaml")
    return by_kind(data.check())


def changed(rows: list[Flow], at: dict[str, object], **to: object) -> list[Flow]:
    """The rows, those that have all of `at` with fields changed; a callable is given the old."""
    names = ("x", "m", "hs", "year", "value", "q", "unit", "side")
    made: list[Flow] = []
    for row in rows:
        cell: dict[str, object] = dict(zip(names, row, strict=True))
        if all(cell[name] == value for name, value in at.items()):
            old = dict(cell)
            for name, value in to.items():
                cell[name] = value(old) if callable(value) else value
        made.append(tuple(cell[name] for name in names))  # type: ignore[arg-type]
    assert made != rows
    return made


def test_nothing_is_odd_in_usual_figures(tmp_path: Path) -> None:
    found = checked(tmp_path, usual())
    assert set(found) <= {"mirror-gap"}
    assert all(one.severity == "info" for one in found.values())


def test_value_and_quantity_swapped_in_one_row(tmp_path: Path) -> None:
    at: dict[str, object] = {"m": "KOR", "hs": "030722", "year": 2021, "side": "exporter"}
    rows = changed(usual(), at, value=lambda r: r["q"], q=lambda r: r["value"])
    one = checked(tmp_path, rows)["unit-value"]
    assert one.count == 1
    assert (one.cases[0]["importer"], one.cases[0]["year"]) == ("KOR", 2021)


def test_an_odd_price_where_all_others_are_the_same(tmp_path: Path) -> None:
    rows = changed(usual((2022,)), {"side": "exporter"}, value=lambda r: 5000.0 * float(r["q"]))
    rows = changed(rows, {"m": "THA", "hs": "030722", "side": "exporter"}, value=9e7)
    one = checked(tmp_path, rows)["unit-value"]
    assert (one.count, one.cases[0]["importer"]) == (1, "THA")


def test_a_price_that_cannot_be_without_any_others_to_compare(tmp_path: Path) -> None:
    rows: list[Flow] = [("JPN", "CHN", "030722", 2022, 21.0, 100000.0, "t", "exporter")]
    one = checked(tmp_path, rows)["unit-value"]
    assert one.cases[0]["unit_value"] == pytest.approx(0.00021)
    assert one.cases[0]["deviations"] is None


def test_a_year_in_thousands(tmp_path: Path) -> None:
    at: dict[str, object] = {"year": 2021, "side": "exporter"}
    rows = changed(usual(), at, value=lambda r: float(r["value"]) / 1000)
    found = checked(tmp_path, rows)
    assert {case["year"] for case in found["value-jump"].cases} == {2021, 2022}
    assert found["value-jump"].cases[0]["economy"] == "JPN"
    jumps = found["price-jump"]
    assert jumps.count == 2 * len(CODES)  # down and up again
    factors = sorted({round(case["factor"], -1) or case["factor"] for case in jumps.cases})
    assert factors[-1] == pytest.approx(1000, rel=0.05)
    assert "unit-value" not in found  # within the year all prices agree


def test_quantities_of_a_year_in_kilograms_under_the_name_of_tonnes(tmp_path: Path) -> None:
    rows = changed(usual(), {"year": 2022}, q=lambda r: float(r["q"]) * 1000)
    one = checked(tmp_path, rows)["price-jump"]
    assert {case["year"] for case in one.cases} == {2022}
    assert one.cases[0]["factor"] == pytest.approx(0.001, rel=0.05)


def test_a_whole_year_in_another_unit(tmp_path: Path) -> None:
    rows = changed(usual(), {"year": 2021, "hs": "030617"}, unit="L")
    one = checked(tmp_path, rows)["units"]
    assert one.count == 2 * len(PARTNERS)
    assert {(c["goods"], c["year"], c["unit"], c["usual"]) for c in one.cases} == {
        ("030617", 2021, "L", "t")
    }


def test_a_year_that_is_a_copy_of_another(tmp_path: Path) -> None:
    rows = [row for row in usual() if row[3] != 2021]
    rows += [(*row[:3], 2021, *row[4:]) for row in rows if row[3] == 2020]
    one = checked(tmp_path, rows)["repeated-year"]
    assert one.cases[0]["years"] == "2020, 2021"
    assert {case["economy"] for case in one.cases if case["side"] == "exporter"} == {"JPN"}


def test_a_figure_that_only_one_side_has(tmp_path: Path) -> None:
    others: list[Flow] = [("CHL", "KOR", code, 2022, 3e6, 600.0, "t", "importer") for code in CODES]
    rows = [row for row in usual((2022,)) if (row[1], row[7]) != ("KOR", "importer")]
    assert "mirror-missing" not in checked(tmp_path, rows)  # Korea reports nothing at all
    (tmp_path / "with").mkdir()
    case = checked(tmp_path / "with", rows + others)["mirror-missing"].cases[0]
    assert (case["exporter"], case["importer"], case["without"]) == ("JPN", "KOR", "importer")


@pytest.mark.parametrize("gone", [2020, 2021, 2022])
def test_a_block_that_is_missing_in_the_first_the_middle_or_the_last_year(
    tmp_path: Path, gone: int
) -> None:
    rows = [row for row in usual() if not (row[3] == gone and row[2].startswith("16"))]
    one = checked(tmp_path, rows)["missing-chapter"]
    assert {(c["chapter"], c["year"]) for c in one.cases} == {("16", gone)}
    (tmp_path / "economy").mkdir()
    rows = [row for row in usual() if not (row[3] == gone and row[1] == "USA")]
    found = checked(tmp_path / "economy", rows)["missing-economy"]
    assert [(c["economy"], c["year"]) for c in found.cases] == [("USA", gone)]


def test_codes_of_another_edition_by_a_loaded_table(tmp_path: Path) -> None:
    """A table of the whole nomenclature says what an edition has not: 0303.75 went out in 2012."""
    data = open_data(tmp_path / "store")
    codes = [six.code for two in chapters() for four in children(two) for six in children(four)]
    text = "HS 2022,HS 2017,Relationship\n" + "".join(f"{c},{c},1:1\n" for c in codes)
    (tmp_path / "un.csv").write_text(text)
    data.import_concordance(tmp_path / "un.csv")
    (tmp_path / "made.yaml").write_text(MAPPING)
    rows = [*usual((2022,)), ("JPN", "CHN", "030375", 2022, 5e6, 900.0, "t", "exporter")]
    cells = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (tmp_path / "made.csv").write_text(HEAD + "\n".join(cells) + "\n")
    data.import_csv(tmp_path / "made.csv", tmp_path / "made.yaml")
    one = by_kind(data.check())["edition"]
    assert one.severity == "wrong"
    assert [case["goods"] for case in one.cases] == ["030375"]
