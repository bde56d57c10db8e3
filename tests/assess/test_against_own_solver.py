"""Runs against an own solver: scipy on the equations of the notes, at one point of the draws.

Elasticities are held and cells are not drawn, so one draw is the answer.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from comity.market import Assessment, Options, Question, assess
from comity.market.outlets import outlets
from tests.assess import oracle
from tests.assess.conftest import FIXED
from tests.assess.made import FISH, FOUR, SHELLS, measure, write_market, write_measures

CHN, JPN, USA, VNM = range(4)


def table(*products: Any) -> np.ndarray:
    """(K, 4, 4) values."""
    return np.array([[[values[p, i, j] for j in FOUR] for i in FOUR] for p, values in products])


def supplies(products: int) -> np.ndarray:
    """(K, 4): that of the exporter concerned, and that of everyone else."""
    found = np.full((products, 4), FIXED["other_supply"])
    found[:, JPN] = FIXED["supply"]
    return found


def solved(folder, tmp_path, text=None, fixed=None, **question: Any) -> Assessment:
    new = write_measures(tmp_path / "m.yaml", text or measure())
    options = Options(draws=1, cells=False, fixed={**FIXED, **(fixed or {})})
    return assess(Question(new=new, market=folder, **question), None, options, world=False)


def agree(found: Assessment, own: oracle.Answer, *, flows: bool = True) -> None:
    assert own.residual < 1e-12
    state = found.runs.after
    if flows:
        assert np.allclose(state.flow[0], own.flow, rtol=1e-8, atol=1e-10)
    assert np.allclose(state.index[0], own.index, rtol=1e-8)
    assert np.allclose(state.consumers[0], own.consumers, rtol=1e-8, atol=1e-8)
    assert np.allclose(state.consumers_half[0], own.consumers_half, rtol=1e-8, atol=1e-8)
    assert np.allclose(state.producers[0], own.producers, rtol=1e-8, atol=1e-8)
    for j, code in enumerate(FOUR):
        for quantity, who, value in (
            ("consumer_surplus", ("", code), own.consumers[j]),
            ("consumer_surplus_half_variety", ("", code), own.consumers_half[j]),
            ("producer_surplus", (code, ""), own.producers[j]),
            ("total_surplus", (code, code), own.consumers[j] + own.producers[j]),
        ):
            assert found.row(quantity, *who).as_dict("x")["median"] == pytest.approx(
                value, rel=1e-8, abs=1e-8
            )


@pytest.mark.parametrize("coverage", [1.0, 0.35])
@pytest.mark.parametrize("eta", [0.9, 1.0, 2.5])
def test_one_product(made, tmp_path, coverage, eta):
    value = table(("fish", FISH))
    free = np.ones_like(value)
    free[0, JPN, CHN] = 1.0 - coverage
    own = oracle.solve(value, free, [4.0], eta, supplies(1))
    found = solved(
        made / "one",
        tmp_path,
        fixed={"eta": eta},
        coverage=None if coverage == 1.0 else (coverage, coverage),
    )
    agree(found, own)
    assert np.allclose(found.runs.after.price[0], own.price, rtol=1e-10)
    price = found.row("producer_price", "JPN", "", "fish").as_dict("x")
    assert price["before"] == 100.0
    assert price["median"] == pytest.approx(100.0 * own.price[0, JPN], rel=1e-10)
    flow = found.row("trade_value", "VNM", "CHN", "fish").as_dict("x")
    assert flow["before"] == 14.0
    assert flow["median"] == pytest.approx(own.flow[0, VNM, CHN], rel=1e-10)
    assert flow["change_pct"] == pytest.approx(100.0 * (own.flow[0, VNM, CHN] / 14.0 - 1.0))


@pytest.mark.parametrize("zeta", [1.0001, 2.2])
def test_linked_products(made, tmp_path, zeta):
    """A ban on one of two linked products: ζ, σ of each."""
    value = table(("fish", FISH), ("shells", SHELLS))
    free = np.ones_like(value)
    free[1, JPN, CHN] = 0.0
    own = oracle.solve(value, free, [3.0, 5.0], 0.9, supplies(2), zeta=zeta)
    found = solved(
        made / "two",
        tmp_path,
        measure(goods="[HS2022:0307]"),
        fixed={"sigma:fish": 3.0, "sigma:shells": 5.0, "zeta": zeta},
    )
    agree(found, own)
    assert np.allclose(found.runs.after.price[0], own.price, rtol=1e-8)
    # Buyers in China turn to fish too, more so the nearer it is.
    fish = found.row("trade_value", "USA", "CHN", "fish")
    assert (fish.values > fish.before).all()


AREAS = "product,origin,destination,areas,low,high,source\n"


@pytest.mark.parametrize("inner", [4.0, 12.0])
def test_areas_with_supply_of_their_own(tmp_path, inner):
    """A ban on two areas: the rest of the origin steps in."""
    share = {"CHN": 0.6, "JPN": 0.45, "USA": 0.3, "VNM": 0.2}
    lines = [f"fish,JPN,{j},JP-01;JP-02,{s},{s},S1" for j, s in share.items()]
    folder = write_market(
        tmp_path / "m", FISH, tables={"areas.csv": AREAS + "\n".join(lines) + "\n"}
    )
    value = table(("fish", FISH))
    parts = np.array([[share[j] for j in FOUR], [1.0 - share[j] for j in FOUR]])
    free = np.ones((2, 4))
    free[0, CHN] = 0.0
    own = oracle.solve(
        value, np.ones_like(value), [4.0], 0.9, supplies(1),
        areas=oracle.Areas(0, JPN, parts, free, inner),
    )  # fmt: skip
    found = solved(folder, tmp_path, measure(areas="[JP-01, JP-02]"), fixed={"inner": inner})
    (rule,) = found.case.rules
    assert (rule.low, rule.high, rule.areas) == (0.6, 0.6, ("JP-01", "JP-02"))
    agree(found, own)
    # It costs Japan less than losing that part of an origin that is all alike.
    assert own.flow[0, JPN, CHN] > 0.4 * 30.0


def test_areas_are_not_a_part_of_varieties(tmp_path):
    """The nearer the areas, the less a ban on some of them does (1.6): in the end, nothing."""
    lines = [f"fish,JPN,{j},JP-01,{s},{s},S1" for j, s in zip(FOUR, (0.3,) * 4, strict=True)]
    folder = write_market(
        tmp_path / "m", FISH, tables={"areas.csv": AREAS + "\n".join(lines) + "\n"}
    )
    loss = [
        solved(folder, tmp_path, measure(areas="[JP-01]"), fixed={"inner": inner})
        .row("producer_surplus", "JPN").values[0]
        for inner in (4.0, 10.0, 40.0, 400.0)
    ]  # fmt: skip
    assert loss == sorted(loss)
    assert loss[-1] == pytest.approx(0.0, abs=0.05 * abs(loss[0]))


ONWARD = "product,origin,hub,final,share,low,high,held,held_low,held_high,source\n"


def routed(folder, phi, held):
    return write_market(
        folder,
        FISH,
        tables={
            "onward.csv": f"{ONWARD}fish,JPN,CHN,USA,{phi},{phi},{phi},{held},{held},{held},S1\n"
        },
    )


def test_goods_that_are_processed_on_the_way(tmp_path):
    """A quarter of what China buys of Japan goes on to the United States, and is half of what
    China sells there."""
    phi, held, delta = 0.25, 0.5, 0.1
    value = table(("fish", FISH))
    value[0, CHN, USA] *= 1.0 - held
    free = np.ones_like(value)
    free[0, JPN, CHN] = 0.0
    way = oracle.Way(0, JPN, CHN, USA, phi, delta)
    own = oracle.solve(value, free, [4.0], 0.9, supplies(1), way=way)
    folder = routed(tmp_path / "m", phi, held)
    found = solved(folder, tmp_path, fixed={"delta": delta})
    agree(found, own, flows=False)
    after = found.runs.after.flow[0, 0]
    # Only Japan's flows differ by first destination and by final market.
    for i in (CHN, USA, VNM):
        assert np.allclose(after[i], own.flow[0, i], rtol=1e-8)
    assert after[JPN, CHN] == 0.0
    # No fish is lost on the way: sales to all first destinations are sales to all final markets.
    assert after[JPN].sum() == pytest.approx(own.flow[0, JPN].sum(), rel=1e-9)
    # What the closed route carried goes by Japan's other buyers, by what they bought: 8 and 4.
    sent = phi * 30.0 * own.flow[0, JPN, USA] / own.base[0, JPN, USA]
    direct = own.flow[0, JPN, USA] - sent
    assert after[JPN, USA] == pytest.approx(direct + sent * 8 / 12, rel=1e-9)
    assert after[JPN, VNM] == pytest.approx(own.flow[0, JPN, VNM] + sent * 4 / 12, rel=1e-9)
    assert found.runs.base[0, 0, CHN, USA] == pytest.approx(6.0)


def test_without_routes_nothing_is_followed(tmp_path):
    folder = routed(tmp_path / "m", 0.25, 0.5)
    new = write_measures(tmp_path / "b.yaml", measure())
    options = Options(draws=1, cells=False, fixed=FIXED, routes=False)
    found = assess(Question(new=new, market=folder), None, options, world=False)
    value = table(("fish", FISH))
    free = np.ones_like(value)
    free[0, JPN, CHN] = 0.0
    agree(found, oracle.solve(value, free, [4.0], 0.9, supplies(1)))
    assert not any(name.startswith(("route", "held", "delta")) for name in found.runs.columns.names)


def test_an_export_ban_is_the_same_flow_the_other_way_round(made, tmp_path):
    """Japan no longer sells to China: the same numbers as when China no longer buys."""
    text = measure(imposers="[JPN]", targets="[CHN]", flow="export", measure_kind="export_ban")
    export = solved(made / "one", tmp_path, text)
    other = solved(made / "one", tmp_path)
    assert (export.runs.after.flow == other.runs.after.flow).all()
    (rule,) = export.case.rules
    assert (rule.exporter, rule.importer, rule.actors) == ("JPN", "CHN", ("JPN",))


def test_outlets_solve_the_same_market(made):
    """`markets` without China, small shares not shifted: the ban's flows."""
    value = table(("fish", FISH), ("shells", SHELLS))
    free = np.ones_like(value)
    free[0, JPN, CHN] = 0.0
    own = oracle.solve(value, free, [4.0, 4.0], 0.9, supplies(2), zeta=2.0)
    options = Options(draws=1, cells=False, fixed={**FIXED, "zeta": 2.0, "kappa": 0.0})
    found = outlets("JPN", "fish", ("CHN",), options, market=str(made / "two"))
    rows = {row["importer"]: row for row in found["markets"]}
    assert set(rows) == {"CHN", "USA", "VNM"}
    for code, j in (("CHN", CHN), ("USA", USA), ("VNM", VNM)):
        was = FISH["fish", "JPN", code]
        bought = sum(FISH["fish", i, code] for i in FOUR if i != code)
        row = rows[code]
        assert row["bought_from_exporter"] == was
        assert row["bought_from_all"] == bought
        assert row["share_pct"] == pytest.approx(100.0 * was / bought)
        assert row["after_median"] == pytest.approx(own.flow[0, JPN, j], rel=1e-8, abs=1e-12)
        assert row["diversion_median"] == pytest.approx(own.flow[0, JPN, j] - was, rel=1e-8)
    assert rows["CHN"]["diversion_median"] == -30.0
    # What does not find a buyer abroad is sold at home, or not caught.
    lost = sum(row["diversion_median"] for row in rows.values())
    home = own.flow[0, JPN, JPN] - 60.0
    kept = own.price[0, JPN] ** (1.0 + FIXED["supply"])
    assert lost + home == pytest.approx(102.0 * (kept - 1.0), rel=1e-8)
