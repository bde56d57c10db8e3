"""The same change in the world model: what part of the world's flow it is, and what it costs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import comity.trade.flows.rates as rates
from comity.market import Options, Question, assess
from comity.trade.shipped import DATA
from comity.words.errors import InputError
from tests.assess.made import (
    BAN,
    HOME,
    OPENING,
    grid,
    measure,
    shipped,
    write_market,
    write_measures,
)

SUSPENSION = "cn-seafood-suspension-2025"
WORLD = DATA / "goods-world-2023"


def yen(year: str) -> float:
    """JPY per USD, from the shipped file."""
    path = Path(rates.__file__).parent / "data" / "exchange_rates.csv"
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = [
            r for r in csv.DictReader(file) if r["year"] == year and r["unit"] == "JPY per USD"
        ]
    return float(row["rate"])


def world_flow(exporter: str, importer: str) -> float:
    """USD million, from the shipped file."""
    with (WORLD / "goods_trade_2023.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [
            r
            for r in csv.DictReader(file)
            if (r["exporter"], r["importer"]) == (exporter, importer)
        ]
    return float(row["value_usd_million"])


CELL = {
    r["product"]: float(r["value"])
    for r in shipped(HOME)
    if (r["origin"], r["destination"]) == ("JPN", "CHN")
}
NO_FOOD = [r for r in shipped(HOME, "beside") if r["destination"] == "CHN"]


def test_coverage_of_the_sector(ban):
    """Scallops whole, other seafood less the middle of the pearls' range, over Japan's flow."""
    left = 1.0 - 0.5 * sum(float(r["low"]) + float(r["high"]) for r in NO_FOOD)
    barred = (CELL["scallops"] + CELL["other_seafood"] * left) * 1000.0 / yen("2022")
    assert ban.beside is not None
    (step,) = ban.beside["coverage"]
    assert (step["state"], step["exporter"], step["importer"]) == ("to", "JPN", "CHN")
    assert step["barred_usd_million"] == pytest.approx(barred, rel=1e-6)
    assert step["flow_usd_million"] == pytest.approx(world_flow("JPN", "CHN"), rel=1e-9)
    assert step["coverage"] == pytest.approx(barred / world_flow("JPN", "CHN"), rel=1e-6)
    assert ban.beside["exchange_rate"]["usd_per_unit"] == pytest.approx(1.0 / yen("2022"))
    assert step["tariff_added"] == step["cost_added"] == 0.0


def test_who_loses(ban):
    rows = {row["economy"]: row for row in ban.beside["real_income"]}
    assert list(rows)[:2] in (["CHN", "JPN"], ["JPN", "CHN"])
    for code in ("CHN", "JPN"):
        assert rows[code]["real_income_pct"] < 0.0
        assert rows[code]["usd_million"] < 0.0
    assert any(row["real_income_pct"] > 0.0 for row in rows.values())
    # A hundredth of a per cent of a large economy at most: half a per cent of one flow.
    assert all(abs(row["real_income_pct"]) < 0.01 for row in rows.values())
    assert ban.beside["year"] == 2023
    assert ban.beside["why_different"]


def test_lifting_gives_it_back(ban, lifted):
    mine = {row["economy"]: row["real_income_pct"] for row in ban.beside["real_income"]}
    back = {row["economy"]: row["real_income_pct"] for row in lifted.beside["real_income"]}
    for code in ("CHN", "JPN"):
        assert back[code] == pytest.approx(-mine[code], rel=1e-3)
    (step,) = lifted.beside["coverage"]
    assert step["state"] == "from"


def test_why_there_is_none_is_said(record, made, tmp_path):
    limit = write_measures(
        tmp_path / "q.yaml", measure(measure_kind="quota", **{"from": "2023-08-24"})
    )
    whales = write_measures(tmp_path / "w.yaml", measure(targets="[ISL]", imposers="[NOR]"))
    folder = write_market(
        tmp_path / "m",
        grid("fish", ("NOR", "ISL", "JPN"), [[9, 1, 1], [5, 9, 1], [1, 1, 9]]),
        unit="ISK million",
    )
    for question, says in (
        (Question(new=limit, market=HOME, limit=(0.5, 0.5)), "quota"),
        (Question(new=whales, market=folder), "ISK"),
    ):
        found = assess(question, None, Options(draws=4))
        assert found.beside is not None
        assert says in found.beside["missing"]
        assert found.row("trade_value", found.case.exporters[0], "WLD").values.any()


def test_more_than_the_flow_is_no_coverage(record, tmp_path):
    """A market with a flow that the world has only a part of: told, not solved."""
    values = grid("fish", ("CHN", "JPN", "USA"), [[9e6, 1, 1], [9e5, 9e6, 1], [1, 1, 9e6]])
    folder = write_market(tmp_path / "m", values, year=2022)
    new = write_measures(tmp_path / "b.yaml", measure(**{"from": "2023-08-24"}))
    found = assess(Question(new=new, market=folder), None, Options(draws=4)).beside
    assert found is not None
    assert "more than the world's whole flow" in found["missing"]


def test_two_measures_on_one_flow_count_once(record, ban):
    """The suspension of 2025 on top of the ban, or of the opening: no more than all is barred."""
    assert ban.beside is not None
    (alone,) = ban.beside["coverage"]
    for pair in ((BAN, SUSPENSION), (OPENING, SUSPENSION)):
        try:
            found = assess(Question(pair), record, Options(draws=4)).beside
        except InputError:
            continue  # nothing differs between the two states
        assert found is not None
        for step in found["coverage"]:
            assert step["coverage"] <= alone["coverage"] * (1.0 + 1e-9)


def test_it_is_left_out_where_not_asked_for(record):
    found = assess(Question((BAN,)), record, Options(draws=4), world=False)
    assert found.beside is None
    assert found.as_dict(variance=False)["world"] is None


def test_what_was_not_public_is_not_in_it(record):
    """As public on the day of the ban there are no figures of trade in 2023: none, and said so."""
    found = assess(Question((BAN,), public_on="2023-08-24"), record, Options(draws=4)).beside
    assert found is None or "missing" in found
