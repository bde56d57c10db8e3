"""Shifted shares and the flows that are not counted twice: sums, limits, closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from comity.trade.base_flows import parent_mass, shifted, without_onward
from comity.trade.drawing import draws
from comity.trade.linked_choice import surroundings
from comity.trade.markets import market
from comity.words.errors import NotConverged, ValidationError

RNG = np.random.default_rng(1)
VALUE = RNG.lognormal(0.0, 1.5, (2, 5, 5)) * (RNG.random((2, 5, 5)) > 0.3)
MASS = RNG.lognormal(0.0, 1.0, (2, 5, 5))
OFF = ~np.eye(5, dtype=bool)


def test_no_shift_is_the_base_to_the_last_bit():
    assert np.array_equal(shifted(VALUE, MASS, 0.0), VALUE)
    some = shifted(VALUE, MASS, [0.0, 0.2])
    assert np.array_equal(some[0], VALUE)
    assert not np.array_equal(some[1], VALUE)


def test_sums_are_those_of_the_base():
    out = shifted(VALUE, MASS, [0.05, 0.3, 2.0])
    assert out.shape == (3, 2, 5, 5)
    for axis in (-1, -2):
        wanted = np.where(OFF, VALUE, 0).sum(axis=axis)
        got = np.where(OFF, out, 0).sum(axis=axis)
        assert np.allclose(got, wanted, rtol=1e-7)
    home = np.einsum("...ii->...i", out)
    assert np.array_equal(home, np.broadcast_to(np.einsum("kii->ki", VALUE), home.shape))


def test_one_draw_is_the_same_alone():
    many = shifted(np.stack([VALUE, 2 * VALUE]), MASS, [0.1, 0.3], tolerance=1e-12)
    assert np.allclose(many[1], shifted(2 * VALUE, MASS, 0.3, tolerance=1e-12), rtol=1e-9)


def test_mass_like_the_base_changes_nothing():
    """M proportional to X by row is X again once scaled: X̃ = X for every κ."""
    mass = VALUE * np.array([1.0, 5.0, 0.2, 3.0, 7.0])[None, :, None]
    assert np.allclose(shifted(VALUE, mass, 0.7), VALUE, rtol=1e-9, atol=1e-12)


def test_four_economies_by_hand():
    """Everyone sells 4 to two of three others: each cell of the mass is 8/3, and sums stay."""
    value = np.array([[[9.0, 4.0, 0.0, 4.0], [4.0, 9.0, 4.0, 0.0], [0.0, 4.0, 9.0, 4.0],
                       [4.0, 0.0, 4.0, 9.0]]])  # fmt: skip
    out = shifted(value, np.ones((1, 4, 4)), 0.5)[0]
    assert out[0, 2] == pytest.approx(0.5 * 8 / 3 / 1.5)
    assert out[0, 1] == pytest.approx((4 + 0.5 * 8 / 3) / 1.5)


def test_sums_that_leave_no_room_raise():
    """B buys all that A and C sell, 4 each: between these two nothing can begin."""
    value = np.array([[[9.0, 4.0, 0.0], [4.0, 9.0, 4.0], [0.0, 4.0, 9.0]]])
    with pytest.raises(NotConverged, match="got no nearer") as caught:
        shifted(value, np.ones((1, 3, 3)), 0.5)
    assert "smaller κ" in (caught.value.mend or "")


def test_small_cells_grow_and_closed_ones_do_not():
    empty = (VALUE == 0) & OFF
    trade = np.where(OFF, VALUE, 0.0)
    some = (trade.sum(axis=-1) > 0)[..., :, None] & (trade.sum(axis=-2) > 0)[..., None, :]
    assert (shifted(VALUE, MASS, 0.3)[empty & some] > 0).all()
    closed = np.zeros_like(VALUE, dtype=bool)
    closed[0, 0] = True
    held = shifted(VALUE, MASS, 0.3, closed=closed)
    assert not held[0, 0][empty[0, 0]].any()


def test_who_sells_nothing_goes_on_so():
    value = VALUE.copy()
    value[:, 2, [0, 1, 3, 4]] = 0.0
    assert not shifted(value, MASS, 0.3)[:, 2, [0, 1, 3, 4]].any()


@pytest.mark.parametrize(
    ("value", "mass", "kappa", "says"),
    [
        (VALUE, MASS, -0.1, "0 or more"),
        (VALUE, MASS, np.nan, "finite"),
        (-VALUE, MASS, 0.1, "0 or more"),
        (VALUE, MASS[:, :4, :4], 0.1, "masses of"),
        (VALUE[0], MASS[0], 0.1, "products, economies"),
    ],
)
def test_what_cannot_be_shifted(value, mass, kappa, says):
    with pytest.raises(ValidationError, match=says):
        shifted(value, mass, kappa)


def test_scaling_that_does_not_get_there_raises():
    with pytest.raises(NotConverged, match="got no nearer"):
        shifted(VALUE, MASS, 0.3, rounds=1, tolerance=1e-14)


def test_on_the_shipped_market_with_draws_of_kappa():
    base = market("japan-exports-2022")
    kappa = draws(surroundings(), 16, 3)["kappa"]
    out = shifted(base.value, parent_mass(base.value), kappa)
    assert out.shape == (16, 2, 26, 26)
    japan, china = base.names.economy("JPN"), base.names.economy("CHN")
    sold = out[:, 0, japan].sum(axis=-1) - out[:, 0, japan, japan]
    assert np.allclose(sold, 91.1, rtol=1e-5)
    bought = out[:, 0, :, china].sum(axis=-1) - out[:, 0, china, china]
    assert np.allclose(bought, base.value[0, :, china].sum() - base.value[0, china, china])
    with pytest.raises(ValidationError, match="no parent group"):
        parent_mass(VALUE[:1])


def test_onward_goods_are_counted_once():
    """0.81 of what China sells the United States is Japan's: by the datum, and by draws."""
    base = market("japan-exports-2022")
    china, usa = base.names.economy("CHN"), base.names.economy("USA")
    cell = 12e6 * 0.45359237e-3 * 193e6 / 13296 / 1e6 * 131.4589 / 1e3  # million lb at 14.5 USD/kg
    assert base.value[0, china, usa] == pytest.approx(cell, rel=1e-5)
    once = without_onward(base)
    assert once[0, china, usa] == pytest.approx(cell * (1 - base.onward[0].held))
    same = np.ones(base.value.shape, dtype=bool)
    same[0, china, usa] = False
    assert np.array_equal(once[same], base.value[same])
    drawn = without_onward(base, held=[[0.6], [1.0]])
    assert drawn.shape == (2, *base.value.shape)
    assert drawn[:, 0, china, usa] == pytest.approx([0.4 * cell, 0.0])
    with pytest.raises(ValidationError, match="1 routes"):
        without_onward(base, held=[0.1, 0.2])
    with pytest.raises(ValidationError, match="0 to 1"):
        without_onward(base, held=[1.5])
    assert np.array_equal(
        without_onward(market("china-imports-2019")), market("china-imports-2019").value
    )
