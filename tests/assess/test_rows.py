"""Rows of effects: what they start from, how they add up, what they cannot be."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from comity.effects.market.row import Row
from comity.market import Assessment, Options, Question, assess, market
from comity.market.assessment import run
from comity.words.errors import ComityError, InputError
from tests.assess.made import (
    BAN,
    FISH,
    HOME,
    MARKETS,
    grid,
    measure,
    shipped,
    write_market,
    write_measures,
)

CELLS = {(r["product"], r["origin"], r["destination"]): r for r in shipped(HOME)}
SURPLUS = ("consumer_surplus", "producer_surplus", "tariff_revenue", "total_surplus")


def of(made: Assessment, *quantities: str) -> list[Row]:
    return [row for row in made.rows if row.quantity in quantities]


def cells_of(exporter: str, importer: str, goods: str) -> list[dict[str, str]]:
    """Cells of a row by keys; WLD is everyone else, ``seafood`` both products."""
    return [
        row
        for (product, i, j), row in CELLS.items()
        if goods in (product, "seafood")
        and exporter in (i, "WLD")
        and importer in (j, "WLD")
        and (i != j or exporter == importer)
    ]


def test_before_is_the_cell(ban):
    seen = 0
    for row in of(ban, "trade_value", "home_sales"):
        mine = cells_of(row.exporter, row.importer, row.goods)
        assert row.before == pytest.approx(sum(float(r["value"]) for r in mine), rel=1e-12)
        seen += 1
    assert seen > 100
    assert ban.row("trade_value", "JPN", "CHN", "scallops").before == pytest.approx(46.7, abs=0.05)
    assert ban.row("trade_value", "JPN", "WLD", "seafood").before == pytest.approx(387.3)


def test_the_base_of_a_row_is_known_as_its_cells_are(ban):
    """Of the value that a row starts from, what cells.csv calls estimated and carried."""
    for row in of(ban, "trade_value", "home_sales"):
        mine = cells_of(row.exporter, row.importer, row.goods)
        total = sum(float(r["value"]) for r in mine)
        for standing, said in (
            ("estimated", row.base_estimated_share),
            ("carried", row.base_carried_share),
        ):
            part = sum(float(r["value"]) for r in mine if r["standing"] == standing)
            assert said == pytest.approx(part / total if total else 0.0, abs=1e-12), row
    for economy in ("JPN", "CHN", "USA"):
        sold = [r for (_, i, _), r in CELLS.items() if i == economy]
        bought = [r for (_, _, j), r in CELLS.items() if j == economy]
        for key, mine in (
            (("producer_surplus", economy, ""), sold),
            (("consumer_surplus", "", economy), bought),
        ):
            total = sum(float(r["value"]) for r in mine)
            part = sum(float(r["value"]) for r in mine if r["standing"] == "estimated")
            assert ban.row(*key).base_estimated_share == pytest.approx(part / total)


def test_estimated_share_is_that_of_what_an_answer_rests_on(ban):
    """From cells.csv: of a flow all that one end sells and the other buys; of an exporter what its
    markets buy, by its sales. A reported flow into an estimated market is no sure answer."""

    def estimated(rows):
        total = sum(float(r["value"]) for r in rows)
        return sum(float(r["value"]) for r in rows if r["standing"] == "estimated") / total

    shells = {key[1:]: r for key, r in CELLS.items() if key[0] == "scallops"}
    row = ban.row("trade_value", "JPN", "USA", "scallops")
    whole = [r for (i, j), r in shells.items() if i == "JPN" or j == "USA"]
    assert row.estimated_share == pytest.approx(estimated(whole))
    assert row.base_estimated_share == 0.0
    assert row.estimated_share > 0.05
    sold = {j: float(r["value"]) for (i, j), r in shells.items() if i == "JPN"}
    around = sum(
        value * estimated([r for (_, e), r in shells.items() if e == j])
        for j, value in sold.items() if value > 0.0
    ) / sum(sold.values())  # fmt: skip
    own = estimated([r for (i, _), r in shells.items() if i == "JPN"])
    price = ban.row("producer_price", "JPN", "", "scallops")
    assert price.estimated_share == pytest.approx(max(own, around))
    assert around > own
    for one in ban.rows:
        assert one.base_estimated_share - 1e-12 <= one.estimated_share <= 1.0


def test_reported_carried_and_estimated_are_parts_of_one_whole(ban):
    """Both shares are of the same cells: 66 % of what a flow rests on cannot be estimated and all
    of it be carried."""

    def parts(rows):
        total = sum(float(r["value"]) for r in rows)
        return tuple(
            sum(float(r["value"]) for r in rows if r["standing"] == standing) / total
            for standing in ("estimated", "carried", "reported")
        )

    for one in ban.rows:
        assert 0.0 <= one.estimated_share + one.carried_share <= 1.0, one
        assert one.base_estimated_share + one.base_carried_share <= 1.0
    shells = {key[1:]: r for key, r in CELLS.items() if key[0] == "scallops"}
    assert shells["JPN", "USA"]["standing"] == "carried"
    whole = [r for (i, j), r in shells.items() if i == "JPN" or j == "USA"]
    estimated, carried, reported = parts(whole)
    row = ban.row("trade_value", "JPN", "USA", "scallops")
    assert row.base_carried_share == 1.0
    assert row.estimated_share == pytest.approx(estimated)
    assert row.carried_share == pytest.approx(carried)
    assert 1.0 - row.estimated_share - row.carried_share == pytest.approx(reported)
    assert reported > 0.0
    every = ban.row("total_surplus", "WLD", "WLD")
    assert (every.estimated_share, every.carried_share) == pytest.approx(
        parts(list(CELLS.values()))[:2]
    )


def test_a_total_ban_leaves_nothing(ban):
    assert (ban.row("trade_value", "JPN", "CHN", "scallops").values == 0.0).all()
    assert (ban.row("trade_quantity", "JPN", "CHN", "scallops").values == 0.0).all()
    assert ban.row("trade_value", "JPN", "CHN", "scallops").as_dict("2024")["change_pct"] == -100.0
    # Pearls go on: of other seafood at most 13.37 % are left, of what their buyers then take.
    left = ban.row("trade_value", "JPN", "CHN", "other_seafood")
    assert (left.values > 0.0).any()
    price = ban.row("producer_price", "JPN", "", "other_seafood")
    assert price.values.max() < 100.0


def test_totals_are_sums_draw_by_draw(ban):
    names = ban.baseline.names
    assert names.economies[4] == "CHN"
    for goods in ("scallops", "other_seafood", "seafood"):
        for side, who in (("exporter", "JPN"), ("importer", "CHN")):
            other = "importer" if side == "exporter" else "exporter"
            mine = [
                row
                for row in of(ban, "trade_value")
                if row.goods == goods and getattr(row, side) == who
            ]
            whole = [row for row in mine if getattr(row, other) == "WLD"]
            parts = [row for row in mine if getattr(row, other) != "WLD"]
            assert len(whole) == 1
            assert len(parts) > 3
            for attribute in ("values", "predicted"):
                summed = sum(getattr(row, attribute) for row in parts)
                assert np.allclose(summed, getattr(whole[0], attribute), rtol=1e-12)
    for row in of(ban, "trade_value"):
        if row.goods == "seafood" and row.importer != "WLD" and row.exporter != "WLD":
            two = [
                other.values
                for other in of(ban, "trade_value")
                if (other.exporter, other.importer) == (row.exporter, row.importer)
                and other.goods != "seafood"
            ]
            assert np.allclose(sum(two), row.values, rtol=1e-12)


def test_surplus_adds_up(ban):
    world = 0.0
    for economy in ban.baseline.names.economies:
        parts = ban.row("consumer_surplus", "", economy).values
        parts = parts + ban.row("producer_surplus", economy, "").values
        if economy not in ban.baseline.duty_free:
            parts = parts + ban.row("tariff_revenue", "", economy).values
        total = ban.row("total_surplus", economy, economy).values
        assert np.allclose(parts, total, atol=1e-12)
        world = world + total
    assert np.allclose(world, ban.row("total_surplus", "WLD", "WLD").values, atol=1e-12)


def test_quantiles_are_in_order_and_those_of_the_draws(ban, lifted):
    for made in (ban, lifted):
        for row, data in zip(made.rows, made.effects(), strict=True):
            ends = [data[q] for q in ("p5", "p25", "median", "p75", "p95")]
            assert ends == sorted(ends)
            below = (row.told <= data["p25"]).mean()
            assert below == pytest.approx(0.25, abs=0.02) or np.ptp(row.values) < 1e-9
            assert data["predictive_p5"] <= data["predictive_p95"]
            assert 0.0 <= data["estimated_share"] <= 1.0 + 1e-12


def test_no_row_contradicts_its_change(ban, lifted):
    """Before, after and change are one statement, in every form that is told; where all draws go
    one way so does the row."""
    told = 0
    for made in (ban, lifted):
        for row, data in zip(made.rows, made.effects(), strict=True):
            if data["change_pct"] is None:
                continue
            change = 100.0 * (data["median"] / data["before"] - 1.0)
            assert data["change_pct"] == pytest.approx(change, rel=1e-9, abs=1e-9)
            assert row.ratio is not None
            if (row.ratio > 0.0).all() or (row.ratio < 0.0).all():
                assert np.sign(data["change_pct"]) == np.sign(row.ratio[0]), data
            # Near the middle of the changes draw by draw.
            low, high = np.quantile(row.ratio, (0.25, 0.75))
            assert low - 2.0 <= data["change_pct"] <= high + 2.0, data
            told += 1
    assert told > 300


def test_before_is_what_the_baseline_knows(ban):
    for row in of(ban, "trade_value"):
        if "WLD" not in (row.exporter, row.importer) and row.goods in ("scallops",):
            cell = CELLS[row.goods, row.exporter, row.importer]
            assert row.before == pytest.approx(float(cell["value"]), rel=1e-12)


def test_what_third_parties_buy_of_others(ban):
    """The United States turn to Canada and China where Japan's scallops go elsewhere; the rows of
    a third party and its purchases abroad in all are there."""
    bought = {
        row.exporter: row for row in of(ban, "trade_value")
        if row.importer == "USA" and row.goods == "scallops"
    }  # fmt: skip
    column = {i: float(r["value"]) for (p, i, j), r in CELLS.items()
              if (p, j) == ("scallops", "USA") and i != "USA"}  # fmt: skip
    whole = sum(column.values())
    assert bought["WLD"].before == pytest.approx(whole, rel=1e-9)
    large = {i for i, value in column.items() if value >= 0.01 * whole}
    assert large <= set(bought)
    assert len(large) > 3
    k = ban.baseline.names.sector("scallops")
    i, j = (ban.baseline.names.economy(code) for code in ("CAN", "USA"))
    assert (bought["CAN"].values == ban.runs.after.flow[:, k, i, j]).all()


def test_surplus_and_revenue_are_nothing_before(ban, lifted):
    for made in (ban, lifted):
        rows = [row for row in made.rows if "surplus" in row.quantity or "revenue" in row.quantity]
        assert len(rows) > 100
        assert all(row.before == 0.0 for row in rows)


def test_third_parties_carry_a_discrepancy_and_barred_flows_none(ban):
    third = barred = 0
    for row in of(ban, "trade_value"):
        single = "WLD" not in (row.exporter, row.importer) and row.goods != "seafood"
        if not single or row.values.max() == 0.0:
            continue
        if (row.exporter, row.importer) == ("JPN", "CHN"):
            assert (row.predicted == row.values).all()
            barred += 1
        else:
            noise = np.log(row.predicted / row.values)
            assert noise.mean() == pytest.approx(0.0, abs=0.02)
            assert noise.std() == pytest.approx(0.5, abs=0.02)
            third += 1
    assert third > 30
    assert barred == 1
    shut = ban.row("trade_value", "JPN", "CHN", "scallops").as_dict("2024")
    assert shut["predictive_p5"] == shut["predictive_p95"] == 0.0
    for row in of(ban, "home_sales", "producer_price", "price_index"):
        assert (row.predicted == row.values).all()


def test_the_predictive_interval_holds_the_other(ban):
    """It is the wider one: what the model misses comes on top of what its parameters leave open."""
    for data in ban.effects():
        if data["quantity"] == "trade_value" and data["before"] > 0.0:
            assert data["predictive_p5"] <= data["p5"] * (1.0 + 1e-12), data
            assert data["predictive_p95"] >= data["p95"] * (1.0 - 1e-12), data


def test_what_the_model_misses_does_not_move_the_middle(ban, lifted):
    """Independent lognormal factors have the median 1 and the mean e^(s²/2) = 1.13: unless a sum
    is set right, its predicted values lie above what the model says. Cells and totals, told and
    as changes."""
    cells = totals = 0
    for row in [*of(ban, "trade_value"), *of(lifted, "trade_value")]:
        if (row.predicted == row.values).all() or np.median(row.values) <= 0.0:
            continue
        middle = float(np.median(row.values))
        assert float(np.median(row.foreseen)) == pytest.approx(middle, rel=1e-9), row
        if row.ratio is not None:
            change = 100.0 + float(np.median(row.predicted_ratio))
            assert change == pytest.approx(100.0 + float(np.median(row.ratio)), rel=1e-9)
        data = row.as_dict("2024")
        low, high = np.quantile(row.foreseen, (0.05, 0.95)) * row.scale
        assert data["predictive_p5"] == pytest.approx(min(low, data["p5"]))
        assert data["predictive_p95"] == pytest.approx(max(high, data["p95"]))
        # Only the middle is moved: draws keep their places.
        assert np.allclose(np.diff(np.log(row.foreseen / row.predicted)), 0.0, atol=1e-9)
        if "WLD" in (row.exporter, row.importer) or row.goods == "seafood":
            totals += 1
        else:
            cells += 1
    assert cells > 30
    assert totals > 30
    # The case that was found: twelve per cent too high.
    whole = ban.row("trade_value", "JPN", "WLD", "scallops").as_dict("2024")
    centre = math.sqrt(whole["predictive_p5"] * whole["predictive_p95"])
    assert centre == pytest.approx(whole["median"], rel=0.05)


def test_lifting_is_the_ban_turned_round(ban, lifted):
    assert (lifted.runs.columns.values == ban.runs.columns.values).all()
    pairs = 0
    for row in ban.rows:
        if row.quantity in SURPLUS or row.quantity.endswith("half_variety"):
            back = lifted.row(row.quantity, row.exporter, row.importer)
            assert np.allclose(back.values, -row.values, rtol=1e-12, atol=1e-13)
            pairs += 1
    assert pairs > 100
    # Flows: what was after the ban is before its lifting, and the other way round.
    gone = ban.row("trade_value", "JPN", "WLD", "scallops")
    again = lifted.row("trade_value", "JPN", "WLD", "scallops")
    assert again.before == pytest.approx(float(np.median(gone.told)), rel=1e-9)
    assert np.median(again.told) == pytest.approx(91.1, rel=1e-7)


def test_what_comes_back_beside_a_rest_has_a_range(lifted):
    """Of other seafood some sales went on under the ban, more or less of them by draw: what comes
    back over what was there is as uncertain. An index has 100 before in every draw, not on
    average."""
    ruled = {(rule.product, rule.exporter, rule.importer) for rule in lifted.case.rules}
    assert ("other_seafood", "JPN", "CHN") in ruled
    runs, names = lifted.runs, lifted.baseline.names
    at = (names.sector("other_seafood"), names.economy("JPN"), names.economy("CHN"))
    row = lifted.row("trade_quantity", "JPN", "CHN", "other_seafood")
    assert row.unit == "index (before = 100)"
    assert row.before == 100.0
    was, now = (
        state.flow[:, *at] / runs.base[:, *at] / state.price[:, at[0], at[1]]
        for state in (runs.before, runs.after)
    )
    assert (was > 0.0).all()
    assert np.allclose(row.values, 100.0 * now / was, rtol=1e-9)
    data = row.as_dict("2026")
    assert data["p5"] < 0.95 * data["median"]
    assert data["p95"] > 1.05 * data["median"]
    assert data["change_pct"] == pytest.approx(float(np.median(row.ratio)), rel=1e-9)
    # Nothing of scallops was there: an index of the base, unless there are tonnes.
    assert lifted.row("trade_quantity", "JPN", "CHN", "scallops").before == 0.0


def test_a_sum_of_which_one_part_is_left_is_that_part(ban, lifted):
    """Scallops are shut out, so that all seafood of Japan in China is other seafood."""
    whole, part = (ban.row("trade_value", "JPN", "CHN", g) for g in ("seafood", "other_seafood"))
    assert (ban.row("trade_value", "JPN", "CHN", "scallops").values == 0.0).all()
    for key in ("median", "p5", "p25", "p75", "p95", "predictive_p5", "predictive_p95"):
        assert whole.as_dict("")[key] == pytest.approx(part.as_dict("")[key], rel=1e-12), key
    back = [lifted.row("trade_value", "JPN", "CHN", g).before for g in ("seafood", "other_seafood")]
    assert back[0] == pytest.approx(back[1], rel=1e-12)


def test_what_comes_back_has_a_row(lifted):
    """The flow that lifting restores is the answer, though there is nothing of it before."""
    row = lifted.row("trade_value", "JPN", "CHN", "scallops")
    assert row.before == 0.0
    # As the ministry has it: what comes back is the reported flow.
    assert row.as_dict("2026")["median"] == pytest.approx(
        float(CELLS["scallops", "JPN", "CHN"]["value"]), rel=1e-12
    )
    assert row.as_dict("2026")["change_pct"] is None


def test_periods_and_unit(ban, lifted, record):
    assert {row["period"] for row in ban.effects()} == {"2024"}
    assert {row["period"] for row in lifted.effects()} == {"2026"}
    for lift, period in ((False, "2028 and later"), (True, "2030 and later")):
        found = assess(
            Question((BAN,), lift=lift, horizon="long"), record, Options(draws=4), world=False
        )
        assert {row["period"] for row in found.effects()} == {period}
    units = {row["unit"] for row in ban.effects()}
    assert units == {"JPY billion", "index (before = 100)", "t live weight"}
    meta = json.loads((MARKETS / HOME / "meta.json").read_text(encoding="utf-8"))
    assert meta["year"] == ban.baseline.year == 2022
    assert ban.as_dict(variance=False)["baseline"]["unit"] == meta["unit"]


def test_quantities_start_from_tonnes(ban):
    seen = 0
    for row in of(ban, "trade_quantity"):
        tonnes = CELLS[row.goods, row.exporter, row.importer]["quantity"]
        if tonnes and float(tonnes) > 0:
            assert row.unit == "t live weight"
            assert row.before == pytest.approx(float(tonnes))
            seen += 1
        else:
            assert row.before == 100.0
        price = ban.row("producer_price", row.exporter, "", row.goods)
        value = ban.row("trade_value", row.exporter, row.importer, row.goods)
        assert value.ratio is not None
        quantity = (1.0 + value.ratio / 100.0) / (price.values / 100.0)
        assert np.allclose(row.values, row.before * quantity, rtol=1e-9, atol=1e-12)
    assert seen


def test_small_flows_say_that_entry_cannot_be_predicted(ban):
    sold = {
        (p, j): float(r["value"]) for (p, i, j), r in CELLS.items() if i == "JPN" and j != "JPN"
    }
    for product in ("scallops", "other_seafood"):
        abroad = sum(v for (p, _), v in sold.items() if p == product)
        for (p, j), value in sold.items():
            if p == product and value > 0.0:
                note = ban.row("trade_value", "JPN", j, product).note
                assert ("cannot be predicted" in note) == (value < 0.01 * abroad), (p, j)
    listed = {(one["goods"], one["importer"]) for one in ban.coverage()["entry_not_predicted"]}
    assert ("scallops", "VNM") in listed  # 0.1 of 91.1
    assert ("scallops", "USA") not in listed


@pytest.mark.parametrize(("value", "small"), [(0.38, True), (0.39, False), (0.6, False)])
def test_small_is_below_a_hundredth_of_sales_abroad(tmp_path, value, small):
    """Of 38 and a bit sold abroad: 0.38 is just below a hundredth, 0.39 just above."""
    folder = write_market(tmp_path / "m", {**FISH, ("fish", "JPN", "VNM"): value})
    new = write_measures(tmp_path / "b.yaml", measure())
    found = assess(Question(new=new, market=folder), None, Options(draws=2), world=False)
    assert bool(found.row("trade_value", "JPN", "VNM", "fish").note) == small
    listed = found.coverage()["entry_not_predicted"]
    assert ({"goods": "fish", "exporter": "JPN", "importer": "VNM"} in listed) == small


# ----------------------------------------------------------------- what theory says of the signs


@pytest.mark.parametrize("folder", ["one", "two"])
def test_a_ban_from_free_trade_costs_the_world(made, folder):
    """1.5.3: without tariffs no ban adds to the world's surplus."""
    found = assess(
        Question(new=made / "ban.yaml", market=made / folder),
        None,
        Options(draws=64),
        world=False,
    )
    assert (found.row("total_surplus", "WLD", "WLD").values < 0.0).all()
    assert (found.row("producer_surplus", "JPN", "").values < 0.0).all()
    assert (found.row("consumer_surplus", "", "CHN").values < 0.0).all()
    elsewhere = found.row("trade_value", "JPN", "USA", "fish").ratio
    assert elsewhere is not None
    assert (elsewhere > 0.0).all()
    assert (found.row("producer_surplus", "VNM", "").values > 0.0).all()


def test_half_of_the_variety_lost_lies_between(made):
    """Half the loss of variety costs less than all of it, and more than prices alone."""
    found = assess(
        Question(new=made / "ban.yaml", market=made / "one"), None, Options(draws=64), world=False
    )
    whole = found.row("consumer_surplus", "", "CHN").values
    half = found.row("consumer_surplus_half_variety", "", "CHN").values
    runs, j = found.runs, found.baseline.names.economy("CHN")
    sold = runs.base[:, 0, :, j]
    spent = sold.sum(axis=1)
    left = (spent - sold[:, found.baseline.names.economy("JPN")]) / spent
    sigma, eta = runs.columns["sigma:fish"], runs.columns["eta"]

    def loss(part: float) -> np.ndarray:
        level = runs.after.index[:, 0, j] / left ** (part / (1.0 - sigma))
        return np.asarray(spent * (1.0 - level ** (1.0 - eta)) / (1.0 - eta))

    assert np.allclose(whole, loss(0.0), rtol=1e-9)
    assert np.allclose(half, loss(0.5), rtol=1e-9)
    assert (whole < half).all()
    assert (half < loss(1.0)).all()
    # Nobody else loses a variety.
    for other in ("JPN", "USA", "VNM"):
        a = found.row("consumer_surplus", "", other).values
        assert (a == found.row("consumer_surplus_half_variety", "", other).values).all()


def test_a_small_supplier_costs_the_imposer_what_the_notes_say(tmp_path):
    """1.5.6: with a small supplier and a large rest, −V/(σ − 1), whatever η."""
    values = {**grid("fish", ("CHN", "JPN", "USA"), [[9e5, 0, 9e5], [1, 9e5, 9e5], [9e5, 0, 9e5]])}
    folder = write_market(tmp_path / "m", values)
    new = write_measures(tmp_path / "b.yaml", measure())
    for eta in (0.4, 1.0, 2.0):
        fixed = {"sigma": 5.0, "eta": eta, "supply": 0.5, "other_supply": 0.5}
        found = assess(
            Question(new=new, market=folder),
            None,
            Options(draws=1, cells=False, fixed=fixed),
            world=False,
        )
        assert found.row("total_surplus", "CHN", "CHN").values[0] == pytest.approx(-0.25, rel=1e-3)


def test_nothing_that_changes_is_refused(record, tmp_path):
    new = write_measures(tmp_path / "b.yaml", measure(**{"from": "2023-08-24"}))
    for question in (
        Question(new=new, market=HOME, coverage=(0.0, 0.0)),
        Question((BAN,), coverage=(0.0, 0.0)),
    ):
        with pytest.raises(InputError, match="nothing in this market differs"):
            assess(question, record, Options(draws=4), world=False)
    duty = write_measures(
        tmp_path / "t.yaml", measure(measure_kind="tariff", rate="{value: 0, unit: percent}")
    )
    with pytest.raises(ComityError):
        assess(Question(new=duty, market=HOME), record, Options(draws=4), world=False)


# ------------------------------------------------------------------------------ who is paid what


def test_revenue_is_the_rate_times_what_still_comes_in(made, tmp_path):
    """A duty of 25 % from free trade: a quarter of Japan's sales to China after it."""
    duty = write_measures(tmp_path / "t.yaml", measure(measure_kind="tariff"))
    question = Question(new=duty, market=made / "one", rate=(0.25, 0.25))
    found = assess(question, None, Options(draws=64), world=False)
    sold = found.row("trade_value", "JPN", "CHN").values
    assert (sold > 0.0).all()
    assert np.allclose(found.row("tariff_revenue", "", "CHN").values, 0.25 * sold, rtol=1e-9)
    with pytest.raises(KeyError):
        found.row("tariff_revenue", "", "USA")
    assert (found.row("total_surplus", "WLD", "WLD").values < 0.0).all()
    lifted = assess(
        Question(new=duty, market=made / "one", rate=(0.25, 0.25), lift=True),
        None,
        Options(draws=64),
        world=False,
    )
    back = lifted.row("tariff_revenue", "", "CHN").values
    assert np.allclose(back, -0.25 * sold, rtol=1e-9)


def test_a_duty_that_is_not_on_record_is_drawn_and_kept(ban):
    """Revenue is the drawn rate, from 0 to 10 %, times the change of what China imports."""
    duty = ban.runs.columns["duty"]
    assert 0.0 <= duty.min() < 0.01
    assert 0.09 < duty.max() <= 0.10
    j = ban.baseline.names.economy("CHN")
    others = np.arange(len(ban.baseline.names.economies)) != j
    was = ban.runs.base[:, :, others, j].sum(axis=(1, 2))
    now = ban.row("trade_value", "WLD", "CHN", "seafood").values
    revenue = ban.row("tariff_revenue", "", "CHN")
    assert np.allclose(revenue.values, duty * (now - was), rtol=1e-9, atol=1e-12)
    # Free ports take no duty, though they buy more.
    told = {row.importer for row in of(ban, "tariff_revenue")}
    assert {"CHN", "USA", "KOR"} <= told
    assert not {"HKG", "MAC"} & told
    assert (ban.row("trade_value", "JPN", "HKG", "scallops").values > 0.0).all()
    assert "not on record" in revenue.note
    assert "for revenue alone" in revenue.note
    assert "prices are solved without it" in revenue.note
    (said,) = (note.text for note in ban.baseline.notes if note.kind == "tariff-gap")
    assert "In buyers' prices they stand as 0" in said
    assert "In revenue alone they are drawn" in said


def test_which_way_duties_that_are_not_in_prices_err(ban):
    """What the note says and the docs print, solved anew with a duty of 10 % in prices: buyers lose
    about as many per cent more, producers slightly less, and flows are nearly the same."""
    base = ban.baseline
    takes = np.array([code not in base.duty_free for code in base.names.economies])
    tariff = 0.1 * np.broadcast_to(takes, base.shape[:1] + (len(takes),) * 2)
    tariff = tariff * (1.0 - np.eye(len(takes)))
    other = replace(base, tariff=tariff)
    case = replace(ban.case, baseline_digest=other.digest)
    found = run(case, other, ban.totals, ban.options, inputs=ban.inputs)

    def ratio(*key):
        return float(np.median(found.row(*key).values / ban.row(*key).values))

    assert ratio("consumer_surplus", "", "CHN") == pytest.approx(1.11, abs=0.01)
    assert ratio("producer_surplus", "JPN", "") == pytest.approx(0.988, abs=0.003)
    assert ratio("trade_value", "JPN", "WLD", "scallops") == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(("flow", "holder"), [("import", "CHN"), ("export", "JPN")])
def test_a_quota_is_met_and_its_rent_stays_with_who_issues_it(made, tmp_path, flow, holder):
    fields = {"imposers": f"[{holder}]", "flow": flow, "measure_kind": "quota"}
    fields["targets"] = "[JPN]" if flow == "import" else "[CHN]"
    limit = write_measures(tmp_path / "q.yaml", measure(**fields))
    question = Question(new=limit, market=made / "one", limit=(0.5, 0.5))
    found = assess(question, None, Options(draws=16), world=False)
    assert np.allclose(found.row("trade_quantity", "JPN", "CHN").values, 50.0, rtol=1e-9)
    assert (found.row("quota_rents", "", holder).values > 0.0).all()
    with pytest.raises(KeyError):
        found.row("quota_rents", "", "JPN" if holder == "CHN" else "CHN")


def test_a_cost_makes_goods_dearer_and_nobody_richer(made, tmp_path):
    inspected = write_measures(tmp_path / "i.yaml", measure(measure_kind="inspection"))
    question = Question(new=inspected, market=made / "one", cost=(1.05, 1.15))
    found = assess(question, None, Options(draws=64), world=False)
    (name,) = [name for name in found.runs.columns.names if name.startswith("trade_cost")]
    drawn = found.runs.columns[name]
    assert 1.05 <= drawn.min() < drawn.max() <= 1.15
    assert (found.row("total_surplus", "WLD", "WLD").values < 0.0).all()
    assert (found.row("producer_surplus", "JPN").values < 0.0).all()


# --------------------------------------------------------------------------- markets at the edge


def test_a_market_of_two(tmp_path):
    """No third party is there, so nothing carries a discrepancy."""
    folder = write_market(tmp_path / "m", grid("fish", ("CHN", "JPN"), [[50, 1], [10, 30]]))
    new = write_measures(tmp_path / "b.yaml", measure())
    found = assess(Question(new=new, market=folder), None, Options(draws=4), world=False)
    assert (found.row("trade_value", "JPN", "CHN").values == 0.0).all()
    assert (found.row("trade_value", "JPN", "CHN").predicted == 0.0).all()


def test_a_loss_without_bound_is_never_a_number(tmp_path):
    """1.3: a buyer that loses its only origin, with η ≤ 1, has no finite loss; nor has the world.

    Refused, or said: not NaN or infinity among the numbers.
    """
    values = grid("fish", ("CHN", "JPN", "USA"), [[0, 0, 0], [30, 60, 8], [0, 5, 120]])
    folder = write_market(tmp_path / "m", values)
    new = write_measures(tmp_path / "b.yaml", measure())
    question = Question(new=new, market=folder)
    try:
        found = assess(question, None, Options(draws=16, fixed={"eta": 0.8}), world=False)
    except ComityError:
        return
    for row in found.effects():
        numbers = [value for value in row.values() if isinstance(value, float)]
        assert all(math.isfinite(value) for value in numbers), row
    json.dumps(found.as_dict(variance=False), allow_nan=False)


def test_the_shipped_market_is_as_its_file(ban):
    """The reading that the other tests rest on: every cell of the file is in the baseline."""
    base = market(HOME)
    for (product, origin, destination), row in CELLS.items():
        at = (
            base.names.sector(product),
            base.names.economy(origin),
            base.names.economy(destination),
        )
        assert base.value[at] == float(row["value"])
    assert base.digest == ban.baseline.digest
    assert len(FISH) == 16
