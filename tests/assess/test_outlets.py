"""Where goods could go instead: what markets buy, and what the model has them buy more."""

from __future__ import annotations

import numpy as np
import pytest

from comity.market import Options
from comity.market.outlets import outlets
from comity.report.outlets import sheet
from comity.report.spans import Spans
from comity.words.errors import CodeError, InputError, NotFound
from tests.assess.made import FISH, HOME, shipped, write_market

CELLS = {(r["product"], r["origin"], r["destination"]): r for r in shipped(HOME)}
FEW = Options(draws=64)


@pytest.fixture(scope="module")
def scallops():
    return outlets("JPN", "scallops", ("CHN",), FEW)


def test_what_markets_buy_today_is_the_file(scallops):
    assert scallops["baseline"] == HOME
    assert scallops["products"] == ["scallops"]
    assert (scallops["year"], scallops["unit"]) == (2022, "JPY billion")
    seen = set()
    for row in scallops["markets"]:
        j = row["importer"]
        mine = float(CELLS["scallops", "JPN", j]["value"])
        bought = sum(
            float(r["value"]) for (p, i, to), r in CELLS.items()
            if (p, to) == ("scallops", j) and i != j
        )  # fmt: skip
        assert row["bought_from_exporter"] == pytest.approx(mine)
        assert row["bought_from_all"] == pytest.approx(bought)
        assert row["share_pct"] == pytest.approx(100.0 * mine / bought if bought else 0.0)
        assert row["standing"] == CELLS["scallops", "JPN", j]["standing"]
        seen.add(j)
    sold = {
        j for (p, i, j), r in CELLS.items()
        if (p, i) == ("scallops", "JPN") and j != "JPN" and float(r["value"]) > 0.0
    }  # fmt: skip
    assert seen == sold


def test_the_closed_market_loses_all(scallops):
    (shut,) = [row for row in scallops["markets"] if row["closed"]]
    assert shut["importer"] == "CHN"
    assert shut["after_median"] == shut["after_p95"] == 0.0
    assert shut["diversion_median"] == pytest.approx(-46.7, rel=0.05)
    assert shut["predictive_p5"] == shut["diversion_p5"]
    assert scallops["markets"][-1] is shut
    others = scallops["markets"][:-1]
    gains = [row["diversion_median"] for row in others]
    assert gains == sorted(gains, reverse=True)
    assert all(gain > 0.0 for gain in gains[:5])
    # What others buy more is less than what China bought: the price falls, and some stays at home.
    assert 0.0 < sum(row["diversion_p95"] for row in others) < 2.0 * 46.7
    assert sum(gains) < -shut["diversion_median"]


def test_rows_are_in_order(scallops):
    for row in scallops["markets"]:
        ends = [row[f"after_{q}"] for q in ("p5", "p25", "median", "p75", "p95")]
        assert ends == sorted(ends)
        assert row["diversion_p5"] <= row["diversion_median"] <= row["diversion_p95"]
    assert scallops["draws"] == 64
    assert any("shifted" in flag["text"] for flag in scallops["flags"])


def test_what_is_bought_more_is_over_the_base_that_is_shown(scallops):
    """κ moves small shares, so that the model starts from other sales than are recorded: 4.8 → 8.9
    beside +3.6 was of two bases."""
    apart = 0
    page = sheet(scallops)
    text = str(page)
    for row in scallops["markets"]:
        assert row["after_median"] - row["base_median"] == pytest.approx(row["diversion_median"])
        assert row["diversion_p5"] <= row["diversion_median"] <= row["diversion_p95"]
        apart += abs(row["base_median"] - row["bought_from_exporter"]) > 0.1
    assert apart > 0
    hong_kong = next(row for row in scallops["markets"] if row["importer"] == "HKG")
    drawn = page.sections[0].blocks[0]
    assert isinstance(drawn, Spans)
    span = next(one for one in drawn.rows if one.label == "HKG")
    assert span.before == hong_kong["base_median"]
    assert f"{hong_kong['base_median']:.1f} → {hong_kong['after_median']:.1f}" in text


def test_hong_kong_closed_as_well():
    one = outlets("JPN", "scallops", ("CHN",), FEW)
    two = outlets("Japan", "scallops", ("CHN", "Hong Kong"), FEW)
    assert two["without"] == ["CHN", "HKG"]
    assert {row["importer"] for row in two["markets"] if row["closed"]} == {"CHN", "HKG"}
    gains = [
        {row["importer"]: row["diversion_median"] for row in found["markets"]}
        for found in (one, two)
    ]
    assert gains[1]["USA"] > gains[0]["USA"]
    assert gains[1]["TWN"] > gains[0]["TWN"]
    assert one["run_id"] != two["run_id"]


@pytest.mark.parametrize("goods", ["HS2022:030722", "030722", "HS2022:0307"])
def test_by_code(goods):
    found = outlets("JPN", goods, ("CHN",), Options(draws=4), market=HOME)
    assert "scallops" in found["products"]
    assert {row["goods"] for row in found["markets"]} == set(found["products"])
    if goods.endswith("030722"):
        assert found["products"] == ["scallops"]


def test_a_code_finds_a_market():
    found = outlets("JPN", "HS2022:030722", ("CHN",), Options(draws=4))
    assert "scallops" in found["products"]


def test_small_shares_are_shifted_and_sums_kept():
    """κ moves sales among destinations; the exporter's total abroad stays that of the file."""
    found = outlets("JPN", "scallops", ("CHN",), Options(draws=1, cells=False, routes=False,
                    fixed={"kappa": 0.3, "sigma": 1.5, "eta": 0.5, "zeta": 0.6}))  # fmt: skip
    plain = outlets("JPN", "scallops", ("CHN",), Options(draws=1, cells=False, routes=False,
                    fixed={"kappa": 0.0, "sigma": 1.5, "eta": 0.5, "zeta": 0.6}))  # fmt: skip
    base = []
    for one in (found, plain):
        rows = one["markets"]
        base.append({r["importer"]: r["after_median"] - r["diversion_median"] for r in rows})
        total = sum(
            float(r["value"])
            for (p, i, j), r in CELLS.items()
            if (p, i) == ("scallops", "JPN") and j != "JPN"
        )
        assert sum(base[-1].values()) == pytest.approx(total, rel=1e-6)
    for j, value in base[1].items():
        assert value == pytest.approx(float(CELLS["scallops", "JPN", j]["value"]))
    # Korea buys much other seafood of Japan: with κ it stands for more scallops than the file has.
    assert np.abs([base[0][j] - base[1][j] for j in base[0]]).max() > 0.1


def test_what_is_not_there_is_named():
    with pytest.raises(NotFound, match="no market has goods called 'unobtainium'") as caught:
        outlets("JPN", "unobtainium", ("CHN",), FEW)
    assert "scallops" in (caught.value.mend or "")
    assert caught.value.where is not None
    assert caught.value.where.field == "goods"
    with pytest.raises(InputError, match="no market is closed"):
        outlets("JPN", "scallops", (), FEW)
    with pytest.raises(CodeError) as code:
        outlets("JPX", "scallops", ("CHN",), FEW)
    assert code.value.where is not None
    assert code.value.where.field == "exporter"
    with pytest.raises(CodeError) as code:
        outlets("JPN", "scallops", ("Chyna",), FEW)
    assert code.value.where is not None
    assert code.value.where.field == "without"
    with pytest.raises(InputError, match="own market"):
        outlets("JPN", "scallops", ("JPN",), FEW)
    with pytest.raises(NotFound, match="has no economy BRA"):
        outlets("JPN", "scallops", ("BRA",), FEW)
    with pytest.raises(NotFound, match="has no HS2022:8703"):
        outlets("JPN", "HS2022:8703", ("CHN",), FEW, market=HOME)
    with pytest.raises(NotFound, match="no market baseline"):
        outlets("JPN", "scallops", ("CHN",), FEW, market="nowhere")
    with pytest.raises(InputError, match="horizon"):
        outlets("JPN", "scallops", ("CHN",), FEW, horizon="middling")


def test_closing_what_buys_nothing_diverts_nothing(tmp_path):
    folder = write_market(tmp_path / "m", {**FISH, ("fish", "JPN", "VNM"): 0.0})
    found = outlets("JPN", "fish", ("VNM",), Options(draws=4), market=str(folder))
    assert {row["importer"] for row in found["markets"]} == {"CHN", "USA"}
    assert all(abs(row["diversion_median"]) < 1e-9 for row in found["markets"])


def test_goods_of_a_market_that_a_seller_does_not_sell_there_are_goods():
    with pytest.raises(NotFound, match="no sales of NOR") as caught:
        outlets("NOR", "scallops", ("CHN",))
    assert "japan-exports-2022" in caught.value.what
    assert "JPN" in str(caught.value.mend)
    assert caught.value.where is not None
    assert caught.value.where.field == "exporter"
