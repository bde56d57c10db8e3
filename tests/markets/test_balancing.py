"""Balancing a table to margins: closed forms, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from comity.trade.balancing import rake
from comity.words.errors import NotConverged, ValidationError


def test_a_product_prior_stays_a_product():
    """From a uniform prior the nearest table is the outer product of the margins."""
    rows, columns = np.array([1.0, 2.0, 7.0]), np.array([4.0, 6.0])
    table = rake(np.ones((3, 2)), rows, columns)
    assert np.allclose(table, np.outer(rows, columns) / 10.0, atol=1e-9)


def test_cross_ratios_of_the_prior_are_kept():
    """What scaling rows and columns leaves alone: ad/bc of every 2 x 2 block (Mosteller 1968)."""
    prior = np.array([[3.0, 1.0], [2.0, 5.0]])
    table = rake(prior, [10.0, 4.0], [5.0, 9.0])
    assert table.sum(axis=1) == pytest.approx([10.0, 4.0])
    assert table.sum(axis=0) == pytest.approx([5.0, 9.0])
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(15.0 / 2.0)


def test_two_by_two_without_diagonal_has_one_answer():
    table = rake([[0.0, 1.0], [1.0, 0.0]], [3.0, 2.0], [2.0, 3.0])
    assert np.allclose(table, [[0.0, 3.0], [2.0, 0.0]])


def test_a_pattern_that_cannot_be_met_is_refused():
    with pytest.raises(NotConverged) as caught:
        rake([[0.0, 1.0], [1.0, 0.0]], [3.0, 2.0], [3.0, 2.0], rounds=50)
    assert caught.value.residual > 0.1


@pytest.mark.parametrize(
    ("prior", "rows", "columns", "says"),
    [
        ([[1.0, 1.0]], [2.0], [1.0, 2.0], "no table has both"),
        ([[1.0, -1.0]], [2.0], [1.0, 1.0], "0 or more"),
        ([[1.0, 0.0]], [2.0], [1.0, 1.0], "only zeros"),
        ([[1.0, 1.0]], [1.0, 1.0], [1.0, 1.0], "cannot have"),
    ],
)
def test_margins_that_no_table_has(prior, rows, columns, says):
    with pytest.raises(ValidationError, match=says):
        rake(prior, rows, columns)
