"""The upper nest: ζ between η and the smallest σ, and the assumed ranges around the market."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from comity.trade.drawing import BETWEEN, Distribution, draws
from comity.trade.elasticity_choice import choose
from comity.trade.linked_choice import assumed_range, linked, surroundings
from comity.words.errors import ValidationError

CHOICES = {
    "scallops": choose("HS2022:030722", "short"),
    "other_seafood": choose("HS2022:03", "short"),
}


def test_zeta_lies_between_in_every_draw():
    both = linked(CHOICES)
    drawn = draws(both.parameters(), 1024, 5)
    smallest = np.minimum(drawn["sigma:scallops"], drawn["sigma:other_seafood"])
    assert (drawn["zeta"] >= drawn["eta"]).all()
    assert (drawn["zeta"] <= smallest).all()
    # Uniform: the place between the ends has mean 1/2 and variance 1/12.
    place = (drawn["zeta"] - drawn["eta"]) / (smallest - drawn["eta"])
    assert place.mean() == pytest.approx(0.5, abs=2e-3)
    assert place.var() == pytest.approx(1 / 12, abs=2e-3)
    assert "zeta" in both.assumed
    assert "assumed" in both.reason


def test_one_eta_for_the_group():
    both = linked(CHOICES)
    assert [name for name in both.parameters() if name.startswith("eta")] == ["eta"]
    assert both.parameters()["eta"] == CHOICES["scallops"].eta
    apart = replace(CHOICES["scallops"], eta=Distribution("lognormal", 0.4, 0.5))
    pooled = linked({**CHOICES, "scallops": apart}).parameters()["eta"]
    assert pooled.a == pytest.approx((0.4 * 0.9) ** 0.5)
    assert pooled.b == 0.5


def test_one_product_has_no_upper_nest():
    one = linked({"scallops": CHOICES["scallops"]})
    assert "zeta" not in one.parameters()
    assert set(draws(one.parameters(), 8, 0).names) == set(one.parameters())


def test_what_cannot_be_linked():
    with pytest.raises(ValidationError, match="no products"):
        linked({})
    with pytest.raises(ValidationError, match="several horizons"):
        linked({**CHOICES, "salmon": choose("HS2022:0302", "long")})


def test_assumed_ranges():
    """κ ~ U(0, 0.3) of the notes, 1.11; δ from nothing to 0.3."""
    assert assumed_range("kappa") == (0.0, 0.3)
    assert assumed_range("delta") == (0.0, 0.3)
    drawn = draws(surroundings(), 256, 1)
    assert drawn["kappa"].mean() == pytest.approx(0.15, abs=2e-3)
    with pytest.raises(ValidationError, match="no range of 'sigma'"):
        assumed_range("sigma")


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"z": Distribution(BETWEEN, 1.0)}, "no upper one"),
        ({"z": Distribution("uniform", 1.0, 2.0, below=(3.0,))}, "only parameters between"),
        ({"z": Distribution(BETWEEN, 1.0, below=(0.5,))}, "below its lower one"),
        ({"z": Distribution(BETWEEN, 1.0, below=("y",))}, "needs y"),
    ],
)
def test_bounds_that_cannot_be(parameters, says):
    with pytest.raises(ValidationError, match=says):
        draws(parameters, 8, 0)
