"""Exchange rates: against the collected facts, both ways, and never a guess."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from comity.trade.flows import TradeData, convert, open_data, rate
from comity.trade.flows.rates import years
from comity.words.errors import CodeError, NotFound


def test_the_rates_are_those_of_the_facts(shared_data: Path) -> None:
    path = shared_data / "facts" / "china-japan" / "seafood_trade.csv"
    with path.open(encoding="utf-8", newline="") as file:
        facts = [row for row in csv.DictReader(file) if row["measure"] == "fx"]
    assert len(facts) == 43
    for row in facts:
        top, _, bottom = row["unit"].partition(" per ")
        assert rate(bottom, top, int(row["year"])).rate == pytest.approx(float(row["value"]))


def test_both_ways_and_through_the_dollar() -> None:
    there, back = rate("JPY", "USD", 2022), rate("USD", "JPY", 2022)
    assert there.rate * back.rate == pytest.approx(1.0)
    assert there.rate == pytest.approx(1 / 131.4589)
    cross = rate("JPY", "CNY", 2022)
    assert cross.rate == pytest.approx(there.rate * rate("USD", "CNY", 2022).rate)
    value, used = convert(131.4589e9, "JPY", "USD", 2022)
    assert value == pytest.approx(1e9)
    assert used.kind == "annual average, noon buying rates"
    assert "Federal Reserve" in used.source
    assert rate("JPY", "JPY", 1900).rate == 1.0


def test_a_year_without_a_rate_is_no_guess() -> None:
    with pytest.raises(NotFound, match="no exchange rate of JPY for 2024") as error:
        rate("JPY", "USD", 2024)
    assert "2023" in str(error.value.mend)
    with pytest.raises(NotFound, match="of GBP for 2022") as error:
        rate("USD", "GBP", 2022)
    assert "none" in str(error.value.mend)
    with pytest.raises(CodeError, match="'YEN'"):
        rate("YEN", "USD", 2022)
    assert years("JPY") == tuple(range(2017, 2024))


def test_what_has_no_rate_stays_and_is_said(tmp_path: Path) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        "comity-csv: 1\ndataset: own\nsource: own\nlicence: CC0\n"
        "columns: {exporter: From, importer: To, goods: HS, year: Year, value: Value}\n"
        "constants: {edition: HS2022, currency: JPY, side: exporter}\n"
    )
    path = tmp_path / "own.csv"
    path.write_text(
        "From,To,HS,Year,Value\nJPN,CHN,030722,2022,1314589\nJPN,CHN,030722,2024,7\n"
        "JPN,USA,030722,2022,\n"
    )
    data: TradeData = open_data(tmp_path / "store")
    data.import_csv(path, mapping)
    answer = data.flows("JPN", currency="USD")
    found = {(row.importer, row.year): row for row in answer.rows}
    assert found["CHN", 2022].value == pytest.approx(10_000.0)
    assert (found["CHN", 2024].value, found["CHN", 2024].currency) == (7.0, "JPY")
    assert found["USA", 2022].value is None
    assert "there is no rate of JPY to USD for 2024: kept in JPY" in answer.missing
    with pytest.raises(NotFound):
        data.flows("JPN", years=2024, currency="USD")
    with pytest.raises(CodeError):
        data.flows("JPN", currency="DOLLAR")
