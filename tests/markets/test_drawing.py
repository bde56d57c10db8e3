"""Draws: quantiles in closed form, independence of the number of draws, known totals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from comity.trade.drawing import Distribution, Total, _moved, cell_draws, draws, points
from comity.trade.elasticity_choice import choose
from comity.trade.markets import market, totals
from comity.words.errors import NotFound, ValidationError

N = 4096


def test_quantiles_of_the_kinds():
    drawn = draws(
        {
            "log": Distribution("lognormal", 5.0, 0.45),
            "even": Distribution("uniform", 0.4, 1.5),
            "wide": Distribution("log-uniform", 1.0, 20.0),
            "same": Distribution("fixed", 3.0),
        },
        N,
        1,
    )
    # The notes: fish with median 5 and log s.d. 0.45 has 90 % in 2.4 to 10.5.
    low, middle, high = np.percentile(drawn["log"], [5, 50, 95])
    assert (low, middle, high) == (
        pytest.approx(2.385, abs=0.02),
        pytest.approx(5.0, abs=0.01),
        pytest.approx(10.48, abs=0.06),
    )
    assert drawn["even"].mean() == pytest.approx(0.95, abs=1e-3)
    assert np.median(drawn["wide"]) == pytest.approx(np.sqrt(20.0), rel=2e-3)
    assert (drawn["same"] == 3.0).all()


def test_redrawing_is_the_distribution_cut_off():
    """Against plain redrawing with other random numbers: the same distribution, nothing clipped."""
    drawn = draws({"x": Distribution("lognormal", 1.5, 0.5, (1.2,))}, N, 2)["x"]
    assert drawn.min() > 1.2
    plain = 1.5 * np.exp(0.5 * np.random.default_rng(0).standard_normal(200_000))
    kept = plain[plain > 1.2]
    assert stats.ks_2samp(drawn, kept).pvalue > 0.05
    assert (np.abs(drawn - 1.2) < 1e-6).sum() <= 1


@pytest.mark.parametrize("horizon", ["short", "long"])
def test_sigma_is_above_its_bounds_in_every_draw(horizon):
    drawn = draws(choose("HS2022:030722", horizon).parameters(), N, 3)
    assert (drawn["sigma"] > np.maximum(1.2, drawn["eta"])).all()
    assert (drawn["inner"] >= drawn["sigma"]).all()
    assert (drawn["inner"] <= np.maximum(30.0, drawn["sigma"])).all()


def test_the_short_run_is_a_part_of_the_long():
    choice = choose("HS2022:030722", "short")
    drawn = draws(choice.parameters(), N, 4)
    # E log of U(0.4, 0.9) is -0.4534 (integral of log u over the range).
    expected = ((0.9 * np.log(0.9) - 0.9) - (0.4 * np.log(0.4) - 0.4)) / 0.5
    ratio = np.log(drawn["sigma"] / choice.sigma_median).mean()
    assert expected < ratio < expected + 0.05  # the bound takes a few of the lowest away


def test_draw_k_does_not_depend_on_how_many():
    parameters = choose("HS2022:030722", "short").parameters("scallops")
    few, many = draws(parameters, 64, 9), draws(parameters, 1024, 9)
    assert np.array_equal(few.values, many.values[:64])
    assert few.names[0] == "eta:scallops"
    assert not np.array_equal(draws(parameters, 64, 10).values, few.values)


def test_a_parameter_at_the_end_changes_no_other():
    one = {"a": Distribution("uniform", 0.0, 1.0), "b": Distribution("lognormal", 2.0, 0.3)}
    more = {**one, "c": Distribution("uniform", 0.0, 1.0)}
    assert np.array_equal(draws(one, 64, 5).values, draws(more, 64, 5).values[:, :2])


def test_points_fill_evenly():
    """Every sixteenth of every axis holds a sixteenth of 256 points: a (0, 8, d)-net in base 2."""
    u = points(256, 5, 0)
    for axis in u.T:
        assert (np.histogram(axis, bins=16, range=(0, 1))[0] == 16).all()


@pytest.mark.parametrize(
    ("parameters", "n", "says"),
    [
        ({"x": Distribution("uniform", 0.0, 1.0)}, 1000, "take 1024"),
        ({"x": Distribution("uniform", 2.0, 1.0)}, 8, "down to"),
        ({"x": Distribution("lognormal", -2.0, 1.0)}, 8, "median above 0"),
        ({"x": Distribution("triangular", 2.0, 1.0)}, 8, "no kind"),
        ({"x": Distribution("log-uniform", 0.0, 1.0)}, 8, "from 0"),
        ({"x": Distribution("lognormal", 2.0, 0.1, ("y",))}, 8, "needs y"),
        ({"x": Distribution("lognormal", 2.0, 0.1, (9.0,))}, 8, "for ever"),
        ({"x": Distribution("uniform", 0.0, 1.0, (0.5,))}, 8, "only lognormal"),
        (
            {
                "x": Distribution("lognormal", 2.0, 0.1, ("y",)),
                "y": Distribution("lognormal", 2.0, 0.1, ("x",)),
            },
            8,
            "depend on each other",
        ),
    ],
)
def test_what_cannot_be_drawn(parameters, n, says):
    with pytest.raises(ValidationError, match=says):
        draws(parameters, n, 0)


def test_a_column_that_is_not_there():
    with pytest.raises(NotFound, match="no column"):
        draws({"x": Distribution("uniform", 0.0, 1.0)}, 8, 0)["y"]


def test_cells_by_standing():
    """Log s.d. 0.05 where reported and 0.5 where estimated; zeros stay zero."""
    base = market("japan-exports-2022")
    drawn = cell_draws(base, 1024, 6)
    names = base.names
    japan, china = names.economy("JPN"), names.economy("CHN")
    k = names.sector("scallops")
    reported = np.log(drawn[:, k, japan, china])
    assert reported.std() == pytest.approx(0.05, rel=0.03)
    assert np.median(drawn[:, k, japan, china]) == pytest.approx(46.72, rel=2e-3)
    estimated = np.log(drawn[:, k, china, names.economy("USA")])
    assert estimated.std() == pytest.approx(0.5, rel=0.03)
    assert not drawn[:, base.value == 0].any()


def test_an_explicit_range_is_the_90_percent_range():
    """Home sales of Japan's scallops: 54.9 to 83.0 around 71.7."""
    base = market("japan-exports-2022")
    japan = base.names.economy("JPN")
    low, high = np.percentile(cell_draws(base, 1024, 6)[:, 0, japan, japan], [5, 95])
    assert low == pytest.approx(54.895, rel=0.01)
    assert high == pytest.approx(82.957, rel=0.01)


@pytest.mark.parametrize("name", ["china-imports-2019", "china-japan-2022", "japan-exports-2022"])
def test_draws_lie_about_what_is_reported(name):
    """Reported cells keep their value through the balancing, and their spread or less; where
    ranges are even, means of estimated ones are their values too."""
    base = market(name)
    drawn = cell_draws(base, 1024, 0, totals=totals(name))
    reported = (base.standing == "reported") & (base.value > 0)
    assert reported.sum() > 10
    middle = np.median(drawn, axis=0)[reported] / base.value[reported]
    np.testing.assert_allclose(middle, 1.0, atol=0.005)
    spread = np.log(drawn[:, reported]).std(axis=0)
    stated = np.log(base.high[reported] / base.low[reported]) / (2.0 * 1.6449)
    assert (spread <= stated * 1.03 + 0.002).all()
    total = {(t.product, t.economy) for t in totals(name)}
    low, high = base.value / np.maximum(base.low, 1e-9), base.high / np.maximum(base.value, 1e-9)
    n = 0
    for k, i, j in np.argwhere((base.standing == "estimated") & (base.value > 0)):
        product, ends = base.names.sectors[k], (base.names.economies[i], base.names.economies[j])
        if abs(low[k, i, j] / high[k, i, j] - 1.0) < 1e-3 and not any(
            (product, e) in total for e in ends
        ):
            assert drawn[:, k, i, j].mean() == pytest.approx(base.value[k, i, j], rel=0.02)
            n += 1
    assert n > 20


def test_what_is_known_well_stays_where_a_sum_is_met():
    """By hand: 40 known to 5 % and 10 known to 50 %, and a sum of 60. The change of logs is by
    variance times value, 0.1 to 2.5."""
    moved = _moved(np.array([[40.0, 10.0]]), np.array([40.0, 10.0]) * [0.05**2, 0.5**2], 60.0)
    assert moved.sum() == pytest.approx(60.0, rel=1e-12)
    first, second = np.log(moved[0] / [40.0, 10.0])
    assert second / first == pytest.approx(2.5 / 0.1, rel=1e-2)
    assert moved[0, 0] == pytest.approx(41.0, rel=0.01)
    # Sums of nothing, and of what is known exactly.
    assert _moved(np.zeros((1, 2)), np.zeros(2), 5.0).sum() == 0.0
    np.testing.assert_allclose(_moved(np.array([[1.0, 3.0]]), np.zeros(2), 8.0), [[2.0, 6.0]])
    assert _moved(np.array([[1.0, 3.0]]), np.ones(2), 0.0).sum() == 0.0


def test_cells_meet_known_totals():
    base = market("china-japan-2022")
    known = totals("china-japan-2022")
    drawn = cell_draws(base, 64, 6, totals=known)
    for total in known:
        e = base.names.economy(total.economy)
        block = drawn[:, 0, e] if total.axis == "exports" else drawn[:, 0, :, e]
        summed = block.sum(axis=1) - drawn[:, 0, e, e]
        assert np.allclose(summed, total.value, rtol=1e-6), total
    assert np.array_equal(drawn, cell_draws(base, 128, 6, totals=known)[:64])
    with pytest.raises(ValidationError, match="neither"):
        cell_draws(base, 8, 6, totals=(Total("seafood", "CHN", "sales", 1.0, "x"),))
