"""The shipped seafood baselines against arithmetic by hand and against the sources' own totals.

Numbers in the tests are typed from the collected facts, not read by the code that built them.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from comity.scenario.market_coverage import goods_part
from comity.trade.market_baseline import CARRIED, ESTIMATED, REPORTED, ZERO
from comity.trade.markets import market, markets, standing_shares, totals
from comity.words.errors import ValidationError
from comity.words.goods import GoodsCode
from scripts import build_seafood_baselines, build_seafood_outcomes
from scripts.seafood_facts import OUT, pair

CHINA, BOTH, JAPAN = "china-imports-2019", "china-japan-2022", "japan-exports-2022"


@pytest.fixture(scope="module")
def baselines():
    return {name: market(name) for name in (CHINA, BOTH, JAPAN)}


def cell(baseline, product, origin, destination):
    """Value, standing, low and high of a cell."""
    names = baseline.names
    at = names.sector(product), names.economy(origin), names.economy(destination)
    return baseline.value[at], baseline.standing[at], baseline.low[at], baseline.high[at]


def abroad(baseline, product, economy, axis):
    """Exports or imports of an economy, home sales left out."""
    k, e = baseline.names.sector(product), baseline.names.economy(economy)
    value = baseline.value[k]
    return float((value[e] if axis == "exports" else value[:, e]).sum() - value[e, e])


def test_names():
    assert {CHINA, BOTH, JAPAN} <= set(markets())


@pytest.mark.parametrize(
    ("origin", "product", "value"),
    [
        ("JPN", "scallops", 226.708),
        ("CAN", "scallops", 3.151),
        ("IDN", "other_molluscs", 4.596),
        ("GBR", "other_molluscs", 6.593),
        ("ECU", "crustaceans", 1849.772 + 1.436),
        ("IND", "crustaceans", 913.268 + 35.993),
        # fish, salmon, tuna and sea cucumber; no cell of other invertebrates; squid from the split
        ("JPN", "fish_and_cephalopods", 87.808 + 6.283 + 18.319 + 8.839 + 3.940 + 4.430),
        ("NOR", "fish_and_cephalopods", 429.927 + 245.811 + 3.203),
    ],
)
def test_chinas_imports_by_hand(baselines, origin, product, value):
    got, standing, low, high = cell(baselines[CHINA], product, origin, "CHN")
    assert standing == REPORTED
    assert got == pytest.approx(value, abs=2e-3)
    assert low < got < high


def test_chinas_imports_add_up_to_the_source(baselines):
    """FAO: USD 15,664.05 million edible; returned Chinese goods and unlisted cells are out."""
    bought = sum(
        abroad(baselines[CHINA], p, "CHN", "imports") for p in baselines[CHINA].names.sectors
    )
    # Returned: tuna 6.426, other fish 7.276; of the split 8.453, 0.144 and 0.033.
    returned = 6.426 + 7.276 + 8.453 + 0.144 + 0.033
    unlisted = 15664.05 - bought - returned
    assert 0 < unlisted < 0.001 * 15664.05


def test_chinas_home_sales_of_scallops_by_hand(baselines):
    """1,932,300 t less the molluscs' export share, at USD 2,736 per tonne live weight."""
    exported = 1205393.0 / (15196142.0 + 402851.2)
    expected = 1932300 * (1 - exported) * 2736 / 1e6
    got, standing, low, high = cell(baselines[CHINA], "scallops", "CHN", "CHN")
    assert got == pytest.approx(expected, rel=1e-5)
    assert standing == ESTIMATED
    assert low < 0.7 * got
    assert high > 1.3 * got


def test_chinas_home_sales_of_crustaceans_by_hand(baselines):
    """The import value per tonne live weight is USD 5,208; 0.1 % of supply is not food."""
    price = (7019.442e6) / 1347926.3
    kept = 1 - (673752.9 + 14.5) / (7877482.8 + 1347926.3)
    got, *_ = cell(baselines[CHINA], "crustaceans", "CHN", "CHN")
    assert got == pytest.approx(7877482.8 * kept * price / 1e6, rel=1e-4)


def test_home_supply_is_in_wherever_it_is_large(baselines):
    """Imports alone would make Japan 97 % of China's scallops; with its own they are 4 %."""
    for name, product in ((CHINA, "scallops"), (JAPAN, "scallops")):
        base = baselines[name]
        assert base.home
        k, china = base.names.sector(product), base.names.economy("CHN")
        spent = base.value[k, :, china]
        assert spent[base.names.economy("JPN")] / (spent.sum() - spent[china]) > 0.95
        assert spent[base.names.economy("JPN")] / spent.sum() < 0.08


@pytest.mark.parametrize("imports", [["other_molluscs"], ["scallops", "cephalopods"]])
def test_cephalopods_cannot_be_paired_with_the_molluscs_of_the_balance(imports):
    with pytest.raises(ValidationError, match="cannot be paired"):
        pair("molluscs_excl_cephalopods", imports)


def test_the_mixed_group_can_be_paired_with_no_balance():
    with pytest.raises(ValidationError, match="mixes"):
        pair("rest", ["other_fish", "other_molluscs"])


def test_squid_is_with_fish(baselines):
    """Argentina's molluscs are squid (68.928), and none of it is in the molluscs."""
    value, standing, *_ = cell(baselines[CHINA], "other_molluscs", "ARG", "CHN")
    assert (value, standing) == (0.0, ZERO)
    fish, *_ = cell(baselines[CHINA], "fish_and_cephalopods", "ARG", "CHN")
    assert fish == pytest.approx(41.981 + 68.928, abs=2e-3)


@pytest.mark.parametrize(
    ("origin", "destination", "value", "standing"),
    [
        ("ECU", "CHN", 3560, REPORTED),
        ("USA", "CHN", 1140, REPORTED),
        ("NOR", "CHN", 759, REPORTED),
        ("CHN", "JPN", 2773, REPORTED),
        ("CHL", "JPN", 1497, REPORTED),  # the importer's row, not the exporter's salmonids (1,208)
        ("VNM", "JPN", 1166, REPORTED),  # the year of the importer, not nine months (1,270)
        ("CHL", "USA", 3420, CARRIED),  # worked out from 2023 and its change
        ("CAN", "USA", 4160, CARRIED),
        ("IND", "USA", 2632, CARRIED),  # a fiscal year
        # 75.45 bn JPY less 17.268 of pearls at 131.4589: more than a tenth, so an estimate
        ("JPN", "HKG", (75.45 - 17.268425) / 0.1314589, ESTIMATED),
        (
            "JPN",
            "USA",
            53.8 * (1 - (23.8 - 17.564749) / (387.3 - 87.1 - 75.45)) / 0.1314589,
            REPORTED,
        ),
    ],
)
def test_the_matrix_of_2022(baselines, origin, destination, value, standing):
    got, how, *_ = cell(baselines[BOTH], "seafood", origin, destination)
    assert (got, how) == (pytest.approx(value), standing)


def test_carried_forward_by_hand(baselines):
    """What China's total leaves is shared by the origins of 2019: Australia 711.355 of them."""
    known = 3560 + 2760 + 1700 + 1260 + 1230 + 1140 + 759 + (87.1 - 0.296324) / 0.1314589
    named = (2186.777, 1899.888, 1234.48, 1132.352, 990.658, 914.259, 689.283, 364.474, 23.657)
    others = 15664.049 - sum(named)
    got, standing, *_ = cell(baselines[BOTH], "seafood", "AUS", "CHN")
    assert standing == CARRIED
    assert got == pytest.approx(711.355 * (19130 - known) / others, rel=1e-4)


def test_lower_bounds_are_floors(baselines):
    for origin, destination, floor in (
        ("VNM", "USA", 2000),
        ("NOR", "EUN", 6959),
        ("CHL", "CHN", 188),
        ("CHL", "RUS", 276),
    ):
        got, standing, low, _ = cell(baselines[BOTH], "seafood", origin, destination)
        assert low >= floor
        assert got >= floor
        assert standing != REPORTED


@pytest.mark.parametrize("name", [CHINA, BOTH, JAPAN])
def test_totals_of_the_sources_are_met(baselines, name):
    found = totals(name)
    assert found
    for total in found:
        got = abroad(baselines[name], total.product, total.economy, total.axis)
        assert got == pytest.approx(total.value, rel=1e-5), total


def test_published_totals_are_among_them():
    both = {(t.economy, t.axis): t.value for t in totals(BOTH)}
    assert both["CHN", "imports"] == 19130
    assert both["JPN", "imports"] == 15750
    assert both["NOR", "exports"] == 15500
    japan = {t.product: t.value for t in totals(JAPAN)}
    assert japan == {"scallops": 91.1, "other_seafood": pytest.approx(387.3 - 91.1)}


@pytest.mark.parametrize(
    ("destination", "scallops", "whole", "known"),
    [
        ("CHN", 46.72, 87.1, REPORTED),
        ("HKG", 4.801106, 75.45, REPORTED),
        ("USA", 719 / 4296 * 46.72, 53.8, CARRIED),  # by its ratio to China, in another table
    ],
)
def test_japans_exports_by_hand(baselines, destination, scallops, whole, known):
    got, standing, *_ = cell(baselines[JAPAN], "scallops", "JPN", destination)
    assert (got, standing) == (pytest.approx(scallops), known)
    rest, *_ = cell(baselines[JAPAN], "other_seafood", "JPN", destination)
    assert got + rest == pytest.approx(whole)


def test_scopes_of_scallops_are_not_mixed(baselines):
    """48.9 and 14.2 bn JPY are scallops in all forms; two tables have 4.80 raw ones for Hong Kong:
    one in yen, one by its ratio to China (441 of 4,296)."""
    china, *_ = cell(baselines[JAPAN], "scallops", "JPN", "CHN")
    assert china != pytest.approx(48.9, abs=0.5)
    value, standing, *_ = cell(baselines[JAPAN], "scallops", "JPN", "HKG")
    assert standing == REPORTED
    assert value == pytest.approx(441 / 4296 * 46.72, rel=2e-3)
    assert value < 14.2 / 2


def test_all_of_japans_row_of_scallops(baselines):
    """China, Taiwan, United States, Korea and Hong Kong by the customs table; 91.1 in all."""
    base = baselines[JAPAN]
    for who, won in (("TWN", 1026), ("USA", 719), ("KOR", 693)):
        value, standing, *_ = cell(base, "scallops", "JPN", who)
        assert (value, standing) == (pytest.approx(won / 4296 * 46.72, rel=1e-5), CARRIED)
    # Korea's own customs: 51.04 million dollars CIF.
    korea, *_ = cell(base, "scallops", "JPN", "KOR")
    assert korea == pytest.approx(51.04 * 0.1314589, rel=0.15)
    # The Fisheries Agency rounds the shares of Taiwan and the United States to 12 and 9 %.
    taiwan, *_ = cell(base, "scallops", "JPN", "TWN")
    usa, *_ = cell(base, "scallops", "JPN", "USA")
    assert (round(100 * taiwan / 91.1), round(100 * usa / 91.1)) == (12, 9)
    others = 91.1 - 46.72 * (1 + (1026 + 719 + 693) / 4296) - 4.801106
    closed = [
        cell(base, "scallops", "JPN", who)
        for who in base.names.economies
        if who not in ("JPN", "CHN", "TWN", "USA", "KOR", "HKG")
    ]
    assert {standing for _, standing, *_ in closed} == {ESTIMATED}
    assert sum(value for value, *_ in closed) == pytest.approx(others, rel=1e-5)


def test_pearls_are_told_apart(baselines):
    """17.27 bn JPY of the 23.8 went to Hong Kong, 0.3 to China: parts of the flows published."""
    beside = {one.destination: one for one in baselines[JAPAN].beside if one.what == "pearls"}
    assert (
        beside["CHN"].low
        <= 0.296 / 40.38
        <= beside["CHN"].high
        == pytest.approx(5.4 / 40.38, rel=1e-3)
    )
    assert beside["HKG"].low < 17.268 / 70.65 < beside["HKG"].high
    assert beside["USA"].high == pytest.approx((23.8 - 17.268 - 0.296) / 45.98, rel=1e-3)
    assert not any(one.codes for one in beside.values())  # no goods of the product


@pytest.mark.parametrize("name", [JAPAN, BOTH])
def test_ornamental_fish_are_told_apart(baselines, name):
    """Of 6.3 bn JPY 19 % went to China, 14 to the United States, and no more than 7 to any but
    Indonesia: parts of 87.1 less 46.7 bn (China), less 0.3 of pearls with scallops in."""
    fish = {one.destination: one for one in baselines[name].beside if one.codes}
    flow = 87.1 - 46.72 if name == JAPAN else 87.1 - 0.296
    assert fish["CHN"].low < 0.19 * 6.3 / flow < fish["CHN"].high
    assert fish["CHN"].high == pytest.approx(0.195 * 6.35 / flow, rel=1e-3)
    assert fish["CHN"].low == pytest.approx(0.185 * 6.25 / flow, rel=1e-3)
    assert fish["HKG"].low == 0.0
    assert fish["HKG"].high >= 0.07 * 6.3 / (75.45 - 4.8 if name == JAPAN else 75.45)
    assert "EUN" not in fish  # several buyers: not bounded by the fourth
    for one in fish.values():
        assert one.codes == ("HS2022:030111", "HS2022:030119")
        assert 0.0 <= one.low <= one.high <= 1.0


def test_fish_of_2019_hold_no_ornamental_ones(baselines):
    """The source's edible scope leaves them out, so a ban on food bears on all of the flow."""
    base = baselines[CHINA]
    (one,) = [b for b in base.beside if (b.origin, b.destination) == ("JPN", "CHN")]
    assert (one.product, one.low, one.high) == ("fish_and_cephalopods", 0.0, 0.0)
    food = [GoodsCode.parse(c) for c in ("HS2022:03", "HS2022:1604", "HS2022:1605")]
    left_out = [GoodsCode.parse(c) for c in ("HS2022:030111", "HS2022:030119")]
    part = goods_part(base, "fish_and_cephalopods", food, left_out, "JPN", "CHN")
    assert (part.low, part.high) == (1.0, 1.0)


def test_japans_scallops_at_home_by_hand(baselines):
    """420,137 + 78,144 t at 46.72 bn JPY per 143,000 t, less 91.1 bn sold abroad."""
    got, standing, low, high = cell(baselines[JAPAN], "scallops", "JPN", "JPN")
    worth = (420137 + 78144) * 46.72 / 143000
    assert standing == ESTIMATED
    assert got == pytest.approx(worth - 91.1, rel=1e-5)
    assert low == pytest.approx(worth - 91.1 - 16.8, rel=1e-5)
    # An independent figure: 35 % of production went to China and Hong Kong.
    assert high == pytest.approx((46.72 + 14.2) / 0.35 - 91.1, rel=1e-4)


def test_processing_and_areas(baselines):
    base = baselines[JAPAN]
    (onward,) = base.onward
    assert (onward.origin, onward.hub, onward.final) == ("JPN", "CHN", "USA")
    assert (onward.low, onward.high) == (
        pytest.approx(0.21, abs=0.001),
        pytest.approx(0.28, abs=0.001),
    )
    # 30,000 to 40,000 t by 6.7 to 9.2 t live per t of meats, of 12 million lb of 0.4536 kg.
    meats = 12e6 * 0.45359237e-3
    assert onward.held_low == pytest.approx(30000 / 9.2 / meats, rel=1e-3)
    assert onward.held == pytest.approx(35000 / 7.95 / meats, rel=1e-3)
    assert onward.held_high == 1.0
    ten = {"JP-04", "JP-07", "JP-08", "JP-09", "JP-10", "JP-11", "JP-12", "JP-13", "JP-15", "JP-20"}
    banned = [a for a in base.areas if set(a.areas) == ten and a.destination == "CHN"]
    assert {a.product for a in banned} == {"scallops", "other_seafood"}
    assert all(a.low == a.high == 0.0 for a in banned)
    (port,) = [a for a in base.areas if a.areas == ("JP-01",) and a.destination == "CHN"]
    assert port.low == pytest.approx(85500 / 96000, abs=1e-3)
    assert port.high == pytest.approx(89600 / 96000, abs=1e-3)
    (unknown,) = [a for a in base.areas if a.product == "other_seafood" and a.destination is None]
    assert (unknown.low, unknown.high) == (0.0, 1.0)


@pytest.mark.parametrize("name", [CHINA, BOTH, JAPAN])
def test_tariffs_are_a_gap_and_say_so(baselines, name):
    assert not baselines[name].tariff.any()
    assert any(note.kind == "tariff-gap" and "7 %" in note.text for note in baselines[name].notes)


@pytest.mark.parametrize("name", [CHINA, BOTH, JAPAN])
def test_ranges_standings_and_shares(baselines, name):
    base = baselines[name]
    assert (base.low <= base.value).all()
    assert (base.value <= base.high).all()
    assert not base.value[np.isin(base.standing, ("gap", "zero"))].any()
    for shares in standing_shares(base).values():
        assert sum(shares.values()) == pytest.approx(1.0)
    assert standing_shares(base)["*"]["estimated"] < 0.97


@pytest.mark.parametrize("name", [CHINA, BOTH, JAPAN])
def test_every_cell_has_a_registered_source(name, shared_data):
    with (shared_data / "facts/china-japan/sources.csv").open(encoding="utf-8") as file:
        known = {row["source_id"] for row in csv.DictReader(file)}
    with (shared_data / "facts/china-japan/scallop_chain.csv").open(encoding="utf-8") as file:
        known |= {row["id"] for row in csv.DictReader(file)}
    with (OUT / "sighted.csv").open(encoding="utf-8") as file:
        known |= {row["id"] for row in csv.DictReader(file)}
    for path in [OUT / name / "cells.csv", *(OUT / name).glob("known-then/*/cells.csv")]:
        with path.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                assert set(row["sources"].split(";")) <= known, row


def test_facts_found_beyond_the_collected_ones():
    """Each has a source with an address and a confidence; a range holds its value."""
    with (OUT / "sighted.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["source"], row
        assert row["url"].startswith("https://") or row["url"].startswith("http://"), row
        assert row["confidence"] in ("high", "medium", "low"), row
        ends = [float(row[key]) for key in ("low", "value", "high") if row[key]]
        assert ends == sorted(ends), row
    with (OUT / "published.csv").open(encoding="utf-8") as file:
        dated = {row["id"] for row in csv.DictReader(file)}
    assert {row["id"] for row in rows} <= dated


def test_outcomes_with_prepared_scallops_say_so():
    """14.2 bn JPY to Hong Kong holds HS 160552; the raw scallops of the baseline do not."""
    with (OUT / "outcomes.csv").open(encoding="utf-8") as file:
        found = {row["id"]: row for row in csv.DictReader(file)}
    assert "HS2022:160552" in found["O020"]["codes"]
    assert "HS2022:160552" not in found["O018"]["codes"]


def test_the_scripts_give_the_same_bytes(shared_data: Path, tmp_path: Path, capsys):
    build_seafood_baselines.main(shared_data / "facts/china-japan", tmp_path)
    build_seafood_outcomes.main(shared_data / "facts/china-japan", tmp_path)
    printed = capsys.readouterr().out
    assert "estimated" in printed
    assert "Japan sells abroad" in printed
    built = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    given = {"README.md", "notes.csv", "outcomes_why.csv", "published.csv"}
    given |= {"scopes.csv", "sighted.csv"}
    assert {str(path) for path in built} == {
        str(path.relative_to(OUT)) for path in OUT.rglob("*") if path.is_file()
    } - given
    for path in built:
        assert (tmp_path / path).read_bytes() == (OUT / path).read_bytes(), path
