"""Expected flows, lost blocks and covers, on tables where the truth is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.trade.blocks import expected_flows, missing_blocks, smallest_cover
from comity.words.errors import InputError


def _gravity(seed: int, n: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    size = draw.lognormal(0.0, 1.0, n)
    table = np.outer(size, size[::-1]) * draw.lognormal(0.0, 0.7, (n, n)) * 1e3
    np.fill_diagonal(table, 0.0)
    return np.asarray(table)


def test_expected_flows_meet_the_sums_over_known_cells():
    table = _gravity(1, 12)
    known = np.ones((12, 12), dtype=bool)
    known[2, 5] = known[7, 1] = known[1, 7] = False
    expected = expected_flows(table, known)
    mask = known & ~np.eye(12, dtype=bool)
    kept = np.where(mask, expected, 0.0)
    np.testing.assert_allclose(kept.sum(axis=0), np.where(mask, table, 0).sum(axis=0), rtol=1e-9)
    np.testing.assert_allclose(kept.sum(axis=1), np.where(mask, table, 0).sum(axis=1), rtol=1e-9)
    # Odds are those of independence: E_ab E_cd = E_ad E_cb.
    assert expected[0, 3] * expected[4, 6] == pytest.approx(expected[0, 6] * expected[4, 3])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [3, 5])
def test_a_block_taken_out_is_found(seed, size):
    table = _gravity(seed, 40)
    trade = table.sum(axis=0) + table.sum(axis=1)
    lost = np.argsort(-trade)[1 : 1 + size]
    table[np.ix_(lost, lost)] = 0.0
    (block,) = missing_blocks(table)
    assert block.large == tuple(sorted(int(k) for k in lost))
    assert block.small == ()
    assert block.expected > 0.0


@pytest.mark.parametrize("seed", range(8))
def test_no_block_where_none_was_taken_out(seed):
    """Whole tables have none, nor have tables with many zeros among small economies and some
    scattered everywhere."""
    table = _gravity(seed, 40)
    assert missing_blocks(table) == []
    trade = table.sum(axis=0) + table.sum(axis=1)
    small = np.flatnonzero(trade < 0.4 * trade.mean())
    draw = np.random.default_rng(seed)
    table *= draw.random(table.shape) > 0.15
    table[np.ix_(small, small)] *= draw.random((len(small), len(small))) > 0.6
    assert missing_blocks(table) == []


def test_two_blocks_and_known_gaps():
    table = _gravity(3, 40)
    order = np.argsort(-(table.sum(axis=0) + table.sum(axis=1)))
    first, second = order[:3], order[3:6]
    for lost in (first, second):
        table[np.ix_(lost, lost)] = 0.0
    found = {block.large for block in missing_blocks(table)}
    expected = {tuple(sorted(int(k) for k in lost)) for lost in (first, second)}
    assert found == expected
    known = np.zeros((40, 40), dtype=bool)
    known[np.ix_(first, first)] = True
    assert [block.large for block in missing_blocks(table, known)] == [
        tuple(sorted(int(k) for k in second))
    ]


def test_small_companions_are_named_apart():
    table = _gravity(5, 40)
    order = np.argsort(-(table.sum(axis=0) + table.sum(axis=1)))
    lost = np.concatenate([order[:3], order[-4:]])
    table[np.ix_(lost, lost)] = 0.0
    (block,) = missing_blocks(table)
    assert block.large == tuple(sorted(int(k) for k in order[:3]))
    assert block.small == tuple(sorted(int(k) for k in order[-4:]))


@given(
    st.sets(
        st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda p: p[0] != p[1]), max_size=10
    ),
    st.lists(st.floats(1.0, 100.0), min_size=7, max_size=7),
)
def test_the_cover_is_the_smallest_and_then_the_cheapest(pairs, cost):
    """Against trying every subset."""
    weight = np.array(cost)
    covers = [
        (len(chosen), float(weight[list(chosen)].sum()))
        for size in range(8)
        for chosen in itertools.combinations(range(7), size)
        if all(a in chosen or b in chosen for a, b in pairs)
    ]
    found = smallest_cover(sorted(pairs), weight)
    assert all(a in found or b in found for a, b in pairs)
    least = min(covers)
    assert len(found) == least[0]
    assert weight[list(found)].sum() == pytest.approx(least[1])


def test_a_cover_of_too_many_economies_is_for_the_user_to_choose():
    with pytest.raises(InputError, match="42 economies have gaps"):
        smallest_cover([(k, k + 1) for k in range(0, 42, 2)], np.ones(42))
