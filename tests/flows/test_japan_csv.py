"""Japan's customs statistics, and plain CSV with a mapping file."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.trade.flows import TradeData, open_data
from comity.words.errors import CodeError, ComityError, ConflictError, ValidationError
from tests.flows.made import japan_text


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    return open_data(tmp_path / "store")


# -------------------------------------------------------------------------------------- Japan


def test_japan(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "d51.csv"
    path.write_text(
        japan_text(
            [
                (1, 2022, "030722100", "105", "", "KG", 0, 2000, 3000),
                (1, 2022, "030722900", "105", "", "KG", 0, 500, 1000),
                (1, 2022, "030722100", "304", "NO", "KG", 7, 100, 250),
                (2, 2022, "030722000", "103", "NO", "", 12, 0, 40),
                (2, 2022, "030722010", "103", "", "KG", 0, 5, 10),
            ]
        ),
        encoding="cp932",
    )
    done = data.import_japan(path)
    assert (done.dataset, done.rows, done.editions) == ("japan-customs", 3, ("HS2022",))
    (china,) = data.flows("JPN", "CHN", "030722", 2022).rows
    # 3,000 and 1,000 thousand yen, 2,000 and 500 kg.
    assert (china.value, china.currency, china.basis) == (4_000_000.0, "JPY", "FOB")
    assert (china.quantity, china.quantity_unit, china.side) == (2.5, "t", "exporter")
    (korea,) = data.flows("KOR", "JPN").rows
    assert (korea.value, korea.basis, korea.side) == (50_000.0, "CIF", "importer")
    assert (korea.quantity, korea.flags) == (None, "units-mixed")


def test_japan_in_usd_names_the_rate(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "d51.csv"
    path.write_text(japan_text([(1, 2022, "030722100", "105", "", "KG", 0, 2000, 131_458.9)]))
    data.import_japan(path)
    answer = data.flows("JPN", "CHN", currency="USD")
    # 131,458.9 thousand yen at 131.4589 yen per USD.
    assert answer.rows[0].value == pytest.approx(1_000_000.0)
    assert any("Federal Reserve" in note for note in answer.notes)


def test_a_year_that_is_not_over(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "d51.csv"
    path.write_text(japan_text([(1, 2026, "030722100", "105", "", "KG", 0, 2, 3)], months=9))
    assert data.import_japan(path).notes == ("d51.csv has months 1 to 9",)
    assert data.flows("JPN").rows[0].flags == "part-year"


def test_bad_files_of_japan(data: TradeData, tmp_path: Path) -> None:
    good = (1, 2022, "030722100", "105", "", "KG", 0.0, 2000.0, 3000.0)
    path = tmp_path / "d51.csv"
    for change, says, column in (
        ((1, 2022, "030722100", "999", "", "KG", 0.0, 1.0, 1.0), "999 is not in", "Country"),
        ((1, 2022, "30722100", "105", "", "KG", 0.0, 1.0, 1.0), "'30722100'", "HS"),
        ((3, 2022, "030722100", "105", "", "KG", 0.0, 1.0, 1.0), "'3' is neither", "Exp or Imp"),
        ((1, 2022, "030722100", "105", "", "KG", 0.0, 1.0, -1.0), "value is -1000", "Value-Year"),
        ((1, 2022, "030722100", "105", "", "", 0.0, 1.0, 1.0), "without a unit", "Unit2"),
    ):
        path.write_text(japan_text([good, change]))
        with pytest.raises(ComityError) as error:
            data.import_japan(path)
        assert says in error.value.what
        assert error.value.where is not None
        assert (error.value.where.row, error.value.where.field) == (2, column)
    path.write_text(japan_text([good, (*good[:7], 1.0, 1.0)]))
    with pytest.raises(ValidationError, match="030722100, partner 105, 2022 stands twice") as twice:
        data.import_japan(path)
    assert twice.value.where is not None
    assert twice.value.where.row == 2
    path.write_text(japan_text([good]).replace(",", ";"))
    with pytest.raises(ValidationError, match="separated by ';'"):
        data.import_japan(path)
    path.write_text(japan_text([good]).replace("Value-Year", "Amount"))
    with pytest.raises(ValidationError, match="no column 'Value-Year'"):
        data.import_japan(path)
    assert data.list() == ()


def test_an_economy_of_japan_can_be_named(data: TradeData, tmp_path: Path) -> None:
    path = tmp_path / "d51.csv"
    path.write_text(japan_text([(1, 2022, "030722100", "213", "", "KG", 0, 2, 3)]))
    data.import_japan(path, economies={"213": "DEU"})
    assert data.flows("JPN").rows[0].importer == "DEU"


# ---------------------------------------------------------------------------------- plain CSV

MAPPING = """\
comity-csv: 1
dataset: own-2022
source: Own extract
licence: CC0
separator: ";"
decimal: ","
thousands: "."
missing: ["-"]
columns: {exporter: From, importer: To, goods: HS, year: Year, value: Value, quantity: Weight}
constants: {edition: HS17, currency: JPY, value_unit: million, quantity_unit: kg, basis: FOB,
            side: exporter, confidence: medium}
economies: {scheme: iso2, map: {EU: EUN}}
years: 2021-2022
"""
HEAD = "From;To;HS;Year;Value;Weight\n"


def csv_files(tmp_path: Path, text: str, mapping: str = MAPPING) -> tuple[Path, Path]:
    (tmp_path / "own.csv").write_text(text, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(mapping, encoding="utf-8")
    return tmp_path / "own.csv", tmp_path / "own.yaml"


def test_a_mapped_file(data: TradeData, tmp_path: Path) -> None:
    text = HEAD + "JP;CN;0307.22;2022;1.234,5;2.000\nJP;EU;030722;2022;-;-\nJP;US;03;2021;2;\n"
    done = data.import_csv(*csv_files(tmp_path, text))
    assert (done.dataset, done.rows, done.licence) == ("own-2022", 3, "CC0")
    rows = {row.importer: row for row in data.flows("JPN").rows}
    china = rows["CHN"]
    assert (china.value, china.currency) == (1_234_500_000.0, "JPY")
    assert (china.quantity, china.quantity_unit) == (2.0, "t")
    assert (china.basis, china.side, china.confidence) == ("FOB", "exporter", "medium")
    assert rows["EUN"].value is None
    assert rows["EUN"].flags == "values-missing"
    assert rows["USA"].value == 2_000_000.0


def test_goods_not_specified_are_kept_under_their_name(data: TradeData, tmp_path: Path) -> None:
    """999999 is the UN's for what reporters hide or cannot class: in all goods, in no code."""
    text = HEAD + "JP;CN;999999;2022;5;-\nJP;CN;030722;2022;2;-\n"
    done = data.import_csv(*csv_files(tmp_path, text))
    assert any(note.startswith("1 rows are of goods not specified by kind") for note in done.notes)
    by_code = {row.goods: row for row in data.flows("JPN", "CHN", by_goods=True).rows}
    assert by_code["HS2017:999999"].flags == "unspecified-goods"
    assert by_code["HS2017:030722"].flags == ""
    (whole,) = data.flows("JPN", "CHN").rows
    assert whole.value == 7e6
    assert data.flows("JPN", "CHN", "HS2017:03").rows[0].value == 2e6


ROW = "JP;CN;030722;2022;5;2\n"
BAD: dict[str, tuple[str, str, str | None]] = {
    "decimal point": ("JP;KR;030722;2022;1234.5;2\n", "where no thousands end", "Value"),
    "english thousands": ("JP;KR;030722;2022;1,234.50;2\n", "is not a number", "Value"),
    "word": ("JP;KR;030722;2022;many;2\n", "'many' is not a number", "Value"),
    "negative": ("JP;KR;030722;2022;-5;2\n", "the value is -5e+06", "Value"),
    "absurd": ("JP;KR;030722;2022;999.999.999.999;2\n", "above anything traded", "Value"),
    "other scheme": ("JPN;KR;030722;2022;5;2\n", "'JPN' is not a code of the scheme iso2", "From"),
    "no such economy": ("JP;ZZ;030722;2022;5;2\n", "'ZZ' is not an economy", "To"),
    "other edition": ("JP;KR;030990;2022;5;2\n", "030990 is a code of HS2022", "HS"),
    "lost zero": ("JP;KR;30722;2022;5;2\n", "'30722' is not a goods code", "HS"),
    "year outside": ("JP;KR;030722;2019;5;2\n", "2019 is not a year that the mapping", "Year"),
    "no year": ("JP;KR;030722;;5;2\n", "'' is not a year", "Year"),
    "cells": ("JP;KR;030722;2022;5;2;9\n", "7 cells, the header 6", None),
    "twice": ("JP;CN;030722;2022;6;2\n", "stands twice, first in row 1", None),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_rows_of_a_mapped_file(data: TradeData, tmp_path: Path, case: str) -> None:
    line, says, column = BAD[case]
    path, mapping = csv_files(tmp_path, HEAD + ROW + line)
    with pytest.raises(ComityError) as error:
        data.import_csv(path, mapping)
    where = error.value.where
    assert says in error.value.what
    assert where is not None
    assert (where.file, where.row, where.field) == (str(path), 2, column)
    assert data.list() == ()


def test_a_decimal_comma_is_recognised(data: TradeData, tmp_path: Path) -> None:
    mapping = MAPPING.replace('decimal: ","\n', "").replace('thousands: "."\n', "")
    with pytest.raises(ValidationError) as error:
        data.import_csv(*csv_files(tmp_path, HEAD + "JP;CN;030722;2022;12,5;2\n", mapping))
    assert error.value.mend == "it looks like a decimal comma: say decimal: ',' in the mapping"


def test_the_wrong_separator_and_renamed_columns(data: TradeData, tmp_path: Path) -> None:
    path, mapping = csv_files(tmp_path, (HEAD + ROW).replace(";", ","))
    with pytest.raises(ValidationError, match="the header is one cell") as error:
        data.import_csv(path, mapping)
    assert "seems to be ','" in str(error.value.mend)
    path, mapping = csv_files(tmp_path, HEAD.replace("Value", "Amount") + ROW)
    with pytest.raises(ValidationError, match="no column 'Value'") as error:
        data.import_csv(path, mapping)
    assert error.value.where is not None
    assert (error.value.where.line, error.value.where.field) == (1, "Value")


def test_quantities_without_a_unit(data: TradeData, tmp_path: Path) -> None:
    without = MAPPING.replace("quantity_unit: kg, ", "")
    with pytest.raises(ValidationError, match="quantities without a unit"):
        data.import_csv(*csv_files(tmp_path, HEAD + ROW, without))
    columns = without.replace("quantity: Weight}", "quantity: Weight, quantity_unit: Unit}")
    text = "From;To;HS;Year;Value;Weight;Unit\nJP;CN;030722;2022;5;2;kg\nJP;KR;030722;2022;5;2;\n"
    with pytest.raises(ValidationError, match="quantity without a unit") as error:
        data.import_csv(*csv_files(tmp_path, text, columns))
    assert error.value.where is not None
    assert (error.value.where.row, error.value.where.field) == (2, "Unit")
    bad = text.replace("2;\n", "2;furlongs\n")
    with pytest.raises(CodeError, match="'furlongs' is not a unit"):
        data.import_csv(*csv_files(tmp_path, bad, columns))


MAPPINGS = {
    "no version": ("comity-csv: 1\n", "", "does not say comity-csv: 1"),
    "unknown word": ("source:", "sauce:", "a mapping has no 'sauce'"),
    "unknown field": ("exporter: From", "origin: From", "no field 'origin'"),
    "no edition": ("edition: HS17, ", "", "does not say the edition"),
    "bad edition": ("HS17", "HS2018", "'HS2018' is no edition"),
    "bad scheme": ("iso2", "iso9", "no scheme 'iso9'"),
    "bad scale": ("million", "dozen", "'dozen' is no multiple"),
    "no name": ("own-2022", "Own Data!", "no name of a data set"),
    "two characters": ('separator: ";"', 'separator: ";;"', "more than one character"),
}


@pytest.mark.parametrize("case", MAPPINGS)
def test_bad_mappings(data: TradeData, tmp_path: Path, case: str) -> None:
    old, new, says = MAPPINGS[case]
    assert old in MAPPING
    path, mapping = csv_files(tmp_path, HEAD + ROW, MAPPING.replace(old, new))
    with pytest.raises(ValidationError, match=says) as error:
        data.import_csv(path, mapping)
    assert error.value.where is not None
    assert error.value.where.file == str(mapping)


def test_duplicates_may_be_added_up(data: TradeData, tmp_path: Path) -> None:
    text = HEAD + ROW + ROW
    data.import_csv(*csv_files(tmp_path, text, MAPPING + "duplicates: add\n"))
    (row,) = data.flows("JPN", "CHN").rows
    assert (row.value, row.quantity) == (10_000_000.0, 0.004)


def test_a_second_import_and_a_changed_file(data: TradeData, tmp_path: Path) -> None:
    files = csv_files(tmp_path, HEAD + ROW)
    assert data.import_csv(*files).new
    assert not data.import_csv(*files).new
    with pytest.raises(ConflictError, match="2022 exporter JPN HS2017 chapter 03"):
        data.import_csv(*csv_files(tmp_path, HEAD + ROW.replace(";5;", ";6;")))
