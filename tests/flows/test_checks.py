"""`data check`: what it finds, and that it finds nothing in clean data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from comity.trade.flows import DataFinding, TradeData, open_data
from comity.words.errors import NotFound
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
    assert (chapter["economy"], chapter["chapter"], chapter["before_usd"]) == ("JPN", "87", 9e6)
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
