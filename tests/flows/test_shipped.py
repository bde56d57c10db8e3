"""The shipped flows: what they say, that scopes stay apart, and that the script makes them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from comity.trade.flows import FITS, TradeData, open_data
from comity.trade.flows.shipped import PACKS, fit, read_facts, read_series, shipped
from comity.words.errors import NotFound, ValidationError
from comity.words.goods import parse_list
from scripts import build_seafood_flows as script

FOLDER = PACKS / "china-japan" / "flows"
HAND_MADE = ("products.csv", "series.csv", "README.md")


@pytest.fixture
def data(tmp_path: Path) -> TradeData:
    return open_data(tmp_path / "none", shipped=True)


def test_every_fact_is_in_a_series_with_a_source() -> None:
    held = shipped()
    assert len(held.series) == 67
    assert len({fact.id for fact in held.facts}) == len(held.facts)
    for fact in held.facts:
        assert fact.series in held.series
        assert fact.sources
        assert all(source in held.sources for source in fact.sources)
        assert fact.value is not None or fact.quantity is not None
        assert fact.confidence in ("high", "medium", "low")
        assert fact.value is None or fact.currency
        assert fact.quantity is None or fact.quantity_unit


def test_one_figure_of_a_flow_in_a_series() -> None:
    """Two figures of one flow and period would be two scopes: they must stand in two series."""
    seen: dict[tuple[object, ...], str] = {}
    for fact in shipped().facts:
        what = fact.currency or "quantity"
        key = (fact.series, fact.exporter, fact.importer, fact.period, what, fact.flags)
        assert key not in seen, (fact.id, seen[key])
        seen[key] = fact.id


def test_the_script_makes_the_same_bytes(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("products.csv", "series.csv"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    monkeypatch.setattr(script, "OUT", tmp_path)
    script.main(shared_data / "facts" / "china-japan")
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name


def test_no_fact_is_dropped_in_silence(shared_data: Path) -> None:
    """Every row of the collected facts is a fact or stands in left_out.csv with its reason."""
    path = shared_data / "facts" / "china-japan" / "seafood_trade.csv"
    with path.open(encoding="utf-8", newline="") as file:
        wanted = {row["id"] for row in csv.DictReader(file)}
    with (FOLDER / "left_out.csv").open(encoding="utf-8", newline="") as file:
        left = {row["id"]: row["reason"] for row in csv.DictReader(file)}
    kept = {fact.id for fact in shipped().facts}
    assert wanted == (kept & wanted) | set(left)
    assert not kept & set(left)
    assert all(left.values())


def test_a_row_that_fits_no_series_stops_the_script() -> None:
    row = {"id": "S9999", "basis": "somebody", "product": "scallops"}
    with pytest.raises(ValidationError, match="S9999 fits 0 series"):
        script.series_of(row, script.read(FOLDER / "series.csv"))


def test_values_in_plain_units_as_the_facts_have_them(data: TradeData) -> None:
    rows = data.flows("JPN", "CHN", "HS2022:0307", "2019-2024").rows
    found = {(row.source, row.period, row.currency): row for row in rows}
    raw = found["japan-exports-scallops-raw-frozen-salted-dried", "2022", "JPY"]
    assert (raw.value, raw.fit, raw.basis, raw.side) == (46.72e9, "part", "FOB", "exporter")
    assert raw.sources == ("INFOMART23", "NCOM_H01781", "JETRO2308")
    # A zero that was reported is a zero.
    assert found["japan-exports-scallops-raw-frozen-salted-dried", "2024", "JPY"].value == 0.0
    # Value and quantity of one scope in one row, with the sources of both; the lower confidence.
    whole = found["japan-exports-scallops-all", "2022", "JPY"]
    assert (whole.value, whole.quantity, whole.quantity_unit) == (48.9e9, 96_000.0, "t")
    assert (whole.sources, whole.confidence) == (("JCCI2023", "AICO2404"), "medium")
    assert whole.derived == "27.6 / 0.564"
    assert found["china-imports-fao-scallops", "2019", "USD"].value == 226_708_000.0


def test_scopes_stand_apart_and_are_called_what_they_are(data: TradeData) -> None:
    answer = data.flows("JPN", "CHN", "HS2022:0307", "2019-2024")
    fits = {row.source: row.fit for row in answer.rows}
    assert fits["japan-exports-scallops-raw-frozen-salted-dried"] == "part"
    assert fits["japan-exports-scallops-all"] == "overlaps"  # prepared ones are of 1605
    assert fits["japan-exports-seafood-total"] == "wider"
    assert fits["china-imports-fish-hs03"] == "wider"
    assert set(fits.values()) <= set(FITS)
    order = [list(FITS).index(row.fit) for row in answer.rows]
    assert order == sorted(order)
    assert answer.totals == ()
    (missing,) = answer.missing
    assert missing.endswith("in the whole of 2019-2021, 2023: unknown, not 0")


def test_the_same_year_by_other_scopes_is_another_series(data: TradeData) -> None:
    """China's imports of 2022 are 19.13, 19.87, 18.7 or 22.6 bn USD: four scopes, four series."""
    rows = data.flows("WLD", "CHN", "HS2022:03;1604;1605", 2022).rows
    found = {row.source: row.value for row in rows if row.product == "seafood"}
    assert found["china-imports-itc-seafood-total"] == 19.13e9
    assert found["china-imports-wider-seafood-total"] == 19.87e9
    assert found["china-imports-usda-seafood-total"] == 18.7e9
    assert found["imports-fao-seafood-total"] == 22.6e9


def test_a_product_without_a_code_keeps_its_name(data: TradeData) -> None:
    rows = data.flows("JPN", "WLD", "HS2022:03", "2021-2025").rows
    yellowtail = [row for row in rows if row.product == "yellowtail"]
    assert {row.fit for row in yellowtail} == {"undecided"}
    assert {row.year: row.value for row in yellowtail} == {
        2021: 24.6e9,
        2022: 32.7e9,
        2024: 41.4e9,
        2025: 52.8e9,
    }


@pytest.mark.parametrize(
    ("name", "asked", "wanted"),
    [
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2022:03", "part"),
        ("japan-exports-scallops-raw-frozen-salted-dried", "0307", "part"),
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2022:030722", "wider"),
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2022:03072210", "wider"),
        (
            "japan-exports-scallops-raw-frozen-salted-dried",
            "HS2022:030721;030722;030729",
            "exact",
        ),
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2022:0306", None),
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2022:87", None),
        # HS2017 had some scallops under 0307.9: only partly in its 0307.2.
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2017:0307", "part"),
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2017:030722", "wider"),
        ("japan-exports-scallops-raw-frozen-salted-dried", "HS2012:030721", "wider"),
        # Scallops are no tuna, and no part of heading 1604, in whatever edition.
        ("japan-exports-bonito-tuna", "HS2012:030721", None),
        ("japan-exports-scallops-all", "HS2012:1604", None),
        ("china-imports-fish-hs03", "HS2022:03", "exact"),
        ("china-imports-fish-hs03", "HS2017:03", "exact"),
        ("china-imports-fish-hs03", "HS2022:0307", "wider"),
        ("baci-2018-shrimp-all-forms", "HS2022:0306", "overlaps"),
        ("baci-2018-shrimp-all-forms", "HS2012:0306;1605", "part"),
        ("baci-2018-shrimp-all-forms", "HS2022:0301", None),
        ("japan-exports-yellowtail", "HS2022:03", "undecided"),
        ("goods-world-2023", "HS2022:03", "wider"),
        ("goods-world-2023", "", "exact"),
    ],
)
def test_how_goods_lie_to_what_was_asked(name: str, asked: str, wanted: str | None) -> None:
    assert fit(shipped().series[name], parse_list(asked), {}) == wanted


def test_exposure_is_shares_within_one_series(data: TradeData) -> None:
    answer = data.exposure("JPN", "CHN", "HS2022:03")
    found = {(row.source, row.year): row for row in answer.rows}
    scallops = found["japan-exports-scallops-raw-frozen-salted-dried", 2022]
    assert scallops.sales is not None
    assert scallops.purchases is None
    assert scallops.sales.share == pytest.approx(46.72 / 91.1)
    # Three partners are named; what the others buy may be one or many.
    assert scallops.sales.partners == 3
    shares = [46.72 / 91.1, 10.9 / 91.1, 8.2 / 91.1]
    assert scallops.sales.hhi == pytest.approx(sum(s * s for s in shares))
    assert scallops.sales.unlisted == pytest.approx(1 - sum(shares))
    assert scallops.closure.products_selling == (scallops.product,)
    seafood = found["japan-exports-seafood-total", 2024]
    assert seafood.sales is not None
    assert seafood.sales.share == pytest.approx(6.1 / 360.9)
    fao = found["china-imports-fao-scallops", 2019]
    assert fao.purchases is not None
    assert fao.purchases.share == pytest.approx(226.708 / 233.97, rel=1e-4)
    assert fao.closure.products_buying == (fao.product,)
    assert any("japan-exports-bonito-tuna 2022" in line for line in answer.missing)


def test_sums_of_partners_are_not_partners(data: TradeData) -> None:
    """FAO has the European Union and its members; the parts make the source's own total."""
    answer = data.exposure("JPN", "CHN", source="china-imports-fao-seafood-total")
    (row,) = answer.rows
    assert row.purchases is not None
    assert row.purchases.total == pytest.approx(15_664.05e6, rel=1e-6)
    assert "EUN" not in [partner.economy for partner in row.purchases.largest]


def test_partners_add_up_where_a_series_is_complete() -> None:
    total = next(f for f in shipped().facts if f.id == "S0317")
    parts = [
        fact.value or 0.0
        for fact in shipped().facts
        if fact.series == total.series and fact.exporter != "WLD" and not fact.flags
    ]
    returned = next(f for f in shipped().facts if f.id == "S0302")
    assert total.value == pytest.approx(sum(parts) + (returned.value or 0.0), rel=1e-6)


def test_all_goods_from_the_shipped_world(data: TradeData) -> None:
    (row,) = data.exposure("JPN", "CHN", source="goods-world-2023").rows
    assert (row.fit, row.year) == ("exact", 2023)
    assert row.sales is not None
    assert row.purchases is not None
    assert row.sales.pair == row.purchases.pair
    assert 0.1 < row.sales.share < 0.3
    # A gap of the source is not known, and no zero.
    answer = data.exposure("KOR", "RUS", source="goods-world-2023")
    assert answer.rows == ()
    assert "nothing on record" in answer.missing[-1]


def test_sources_and_imports_side_by_side(tmp_path: Path) -> None:
    from tests.flows.made import baci_zip

    data = open_data(tmp_path / "store", shipped=True)
    data.import_baci(baci_zip(tmp_path / "b.zip"))
    answer = data.flows("JPN", "CHN", "HS2022:0307", "2021-2022")
    assert {row.source for row in answer.rows if row.fit == "exact"} == {"baci-hs2017-202401b"}
    assert any(row.source.startswith("japan-exports") for row in answer.rows)
    only = data.flows("JPN", "CHN", source="baci-hs2017-202401b")
    assert {row.source for row in only.rows} == {"baci-hs2017-202401b"}
    assert {
        row.source for row in data.flows("JPN", "CHN", source="japan-exports-scallops-all").rows
    } == {"japan-exports-scallops-all"}
    assert "baci-hs2017-202401b" not in {
        row.source for row in data.flows("JPN", "CHN", source="shipped").rows
    }
    with pytest.raises(NotFound, match="no data set or shipped series 'x'"):
        data.flows("JPN", "CHN", source="x")


def test_a_folder_that_is_named_is_asked_alone(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no trade data"):
        open_data(tmp_path / "none").flows("JPN", "CHN")


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("series", "x", "no series 'x'"),
        ("sources", "NOBODY", "no source 'NOBODY'"),
        ("unit", "JPY dozen", "no amount of money"),
    ],
)
def test_facts_that_do_not_fit_are_named(tmp_path: Path, column: str, text: str, says: str) -> None:
    rows = script.read(FOLDER / "flows.csv")[:2]
    rows[1][column] = text
    with (tmp_path / "flows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(ValidationError, match=says) as error:
        read_facts(tmp_path / "flows.csv", read_series(FOLDER), shipped().sources)
    assert error.value.where is not None
    assert (error.value.where.row, error.value.where.entry) == (2, rows[1]["id"])
