"""Dependence both ways, concentration, and what a closure would hit, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.trade.flows import TradeData, open_data
from comity.trade.flows.dependence import dependence_of
from comity.words.errors import InputError, NotFound
from tests.flows.made import (
    AREAS,
    CHN,
    JPN,
    KOR,
    USA,
    baci_zip,
    comtrade_row,
    comtrade_text,
    text_of,
)


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    made = open_data(tmp_path / "store")
    made.import_baci(baci_zip(tmp_path / "b.zip"))
    return made


def test_both_ways_by_hand(data: TradeData) -> None:
    (row,) = data.exposure("JPN", "CHN", "HS2017:0307", years=2021).rows
    # Japan sells 300 to China and 100 to the United States; China buys 300 there, 100 from Korea.
    assert row.sales is not None
    assert row.purchases is not None
    assert (row.sales.pair, row.sales.total, row.sales.share) == (300_000.0, 400_000.0, 0.75)
    assert (row.purchases.pair, row.purchases.total, row.purchases.share) == (
        *(300_000.0, 400_000.0),
        0.75,
    )
    assert row.sales.hhi == row.sales.hhi_high == 0.75**2 + 0.25**2
    assert row.sales.partners == 2
    assert [(p.economy, p.share) for p in row.sales.largest] == [("CHN", 0.75), ("USA", 0.25)]
    assert [(p.economy, p.share) for p in row.purchases.largest] == [("JPN", 0.75), ("KOR", 0.25)]
    assert (row.sales.currency, row.sales.basis, row.sales.side) == ("USD", "FOB", "reconciled")


def test_a_closure_names_the_codes_that_rest_on_one_partner(data: TradeData) -> None:
    (row,) = data.exposure("JPN", "CHN", years=2021).rows
    closure = row.closure
    # Sales abroad: 300 + 40 to China, 100 to the United States, 900.5 to Korea.
    assert closure.sales == 340_000.0
    assert closure.share_of_sales == pytest.approx(340 / 1340.5)
    assert closure.products == 2
    assert closure.products_selling == ("HS2017:030722", "HS2017:160552")
    # China buys 160552 for 40 from Japan and 60 from the United States.
    assert closure.products_buying == ("HS2017:030722",)
    (scallops, prepared) = row.products
    assert (scallops.goods, scallops.sales, scallops.share_of_sales) == (
        *("HS2017:030722", 300_000.0),
        0.75,
    )
    assert (prepared.share_of_sales, prepared.share_of_purchases) == (1.0, 0.4)


def test_the_last_year_unless_years_are_named(data: TradeData) -> None:
    assert [row.year for row in data.exposure("JPN", "CHN").rows] == [2022]
    answer = data.exposure("JPN", "CHN", years="2020-2022")
    assert [row.year for row in answer.rows] == [2021, 2022]
    assert "baci-hs2017-202401b has no 2020 (it has 2021-2022)" in answer.missing


def test_partners_without_a_name_make_concentration_a_range(tmp_path: Path) -> None:
    text = text_of([(2022, JPN, CHN, "030722", "60", "1"), (2022, JPN, AREAS, "030722", "40", "1")])
    data = open_data(tmp_path / "store")
    data.import_baci(baci_zip(tmp_path / "b.zip", {2022: text}))
    (row,) = data.exposure("JPN", "CHN").rows
    assert row.sales is not None
    assert (row.sales.share, row.sales.unlisted) == (0.6, 0.4)
    assert row.sales.hhi == 0.36
    assert row.sales.hhi_high == pytest.approx(0.36 + 0.16)
    assert row.sales.partners == 1


def test_a_pair_that_does_not_trade(data: TradeData) -> None:
    answer = data.exposure("USA", "KOR", years=2021)
    (row,) = answer.rows
    assert row.sales is not None
    assert (row.sales.pair, row.sales.share) == (0.0, 0.0)
    assert row.closure.products == 0
    (row,) = (answer := data.exposure("KOR", "USA", "HS2017:87", years=2021)).rows
    assert row.sales is None
    assert "baci-hs2017-202401b 2021 has no sales abroad of KOR on record" in answer.missing


def test_figures_of_one_side_say_nothing_of_the_other(tmp_path: Path) -> None:
    rows = [comtrade_row(), comtrade_row(partnerCode=410, primaryValue=95000.0)]
    (tmp_path / "c.txt").write_text(comtrade_text(rows))
    data = open_data(tmp_path / "store")
    data.import_comtrade(tmp_path / "c.txt")
    answer = data.exposure("JPN", "CHN")
    (row,) = answer.rows
    assert row.sales is None
    assert row.purchases is not None
    assert (row.purchases.share, row.purchases.side, row.purchases.basis) == (
        *(0.8, "importer"),
        "CIF",
    )
    assert row.closure.share_of_sales is None
    assert "comtrade has no figures of the exporters: no sales" in answer.missing


def test_the_total_of_the_world_is_no_partner(tmp_path: Path) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        "comity-csv: 1\ndataset: own\nsource: own\nlicence: CC0\n"
        "columns: {exporter: From, importer: To, goods: HS, year: Year, value: Value}\n"
        "constants: {edition: HS2022, currency: USD, side: exporter}\n"
    )
    path = tmp_path / "own.csv"
    path.write_text(
        "From,To,HS,Year,Value\nJPN,CHN,030722,2022,30\nJPN,USA,030722,2022,10\n"
        "JPN,WLD,030722,2022,40\n"
    )
    data = open_data(tmp_path / "store")
    data.import_csv(path, mapping)
    (row,) = data.exposure("JPN", "CHN").rows
    assert row.sales is not None
    assert (row.sales.total, row.sales.share, row.sales.partners) == (40.0, 0.75, 2)


def test_codes_that_lie_partly_in_what_was_asked_are_in_no_share(tmp_path: Path) -> None:
    """HS2017 0307.92 holds scallops of other genera, which HS2022 has under 0307.22."""
    lines = [
        (2022, JPN, CHN, "030722", "60", "1"),
        (2022, JPN, USA, "030722", "40", "1"),
        (2022, JPN, KOR, "030792", "5", "1"),
        (2022, USA, CHN, "030722", "60", "1"),
    ]
    data = open_data(tmp_path / "store")
    data.import_baci(baci_zip(tmp_path / "b.zip", {2022: text_of(lines)}))
    answer = data.exposure("JPN", "CHN", "HS2022:030722")
    (row,) = answer.rows
    assert row.sales is not None
    assert (row.sales.share, row.sales.total, row.sales.partial) == (0.6, 100_000.0, 5_000.0)
    assert any("concordance" in note and "1 partly" in note for note in answer.notes)


def test_what_cannot_be_asked(data: TradeData, tmp_path: Path) -> None:
    for pair in (("JPN", "JPN"), ("Japan", "JPN")):
        with pytest.raises(InputError, match="two economies"):
            data.exposure(*pair)
    with pytest.raises(NotFound, match="no trade data"):
        open_data(tmp_path / "none").exposure("JPN", "CHN")
    with pytest.raises(NotFound, match="no data set 'x'"):
        data.exposure("JPN", "CHN", source="x")


def test_flat_rows_carry_every_figure(data: TradeData) -> None:
    (row,) = data.exposure("JPN", "CHN", years=2021).as_rows()
    assert row["sales_share"] == pytest.approx(340 / 1340.5)
    assert row["purchases_hhi"] == row["purchases_hhi_high"]
    assert row["products_buying"] == ["HS2017:030722"]
    whole = data.exposure("JPN", "CHN", years=2021).as_dict()
    assert whole["rows"][0]["sales"]["pair"] == 340_000.0


@given(
    st.dictionaries(st.sampled_from(["CHN", "USA", "KOR", "TWN", "ROW"]), st.floats(0.1, 1e9)),
    st.floats(0.0, 1e9),
)
def test_identities_of_a_dependence(values: dict[str, float], more: float) -> None:
    total = sum(values.values()) + more
    if total <= 0.0:
        return
    made = dependence_of(values, total, "CHN", "exporter", "FOB", "USD")
    named = [v for k, v in values.items() if k != "ROW"]
    assert made.unlisted == pytest.approx(1.0 - sum(named) / total, abs=1e-9)
    assert 0.0 <= made.hhi <= made.hhi_high <= 1.0 + 1e-9
    if named and made.unlisted == 0.0:
        assert made.hhi >= 1.0 / len(named) - 1e-9
    # Doubling every figure changes no share.
    again = dependence_of({k: 2 * v for k, v in values.items()}, 2 * total, "CHN", "", "", "")
    assert again.share == pytest.approx(made.share)
    assert again.hhi_high == pytest.approx(made.hhi_high)


def test_columns_that_are_the_same_in_every_row_need_not_be_read(data: TradeData) -> None:
    """BACI says which; a manifest without that word gives the same answers."""
    (one,) = data.list()
    assert one.uniform == {
        "edition": "HS2017",
        "currency": "USD",
        "basis": "FOB",
        "side": "reconciled",
        "confidence": "high",
    }
    before = data.exposure("JPN", "CHN", years="2021-2022").as_dict()
    flows = data.flows("JPN", "CHN", by_goods=True)
    manifest = data.path / "imports" / one.id / "manifest.json"
    held = json.loads(manifest.read_text())
    del held["uniform"]
    manifest.write_text(json.dumps(held))
    assert data.exposure("JPN", "CHN", years="2021-2022").as_dict() == before
    assert data.flows("JPN", "CHN", by_goods=True) == flows
