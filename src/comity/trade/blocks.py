"""Flows that are not there: what would be expected, and blocks that a table has lost.

Expected flows are a_i b_j, exporter times importer, fitted to the cells that are known (the
"quasi-independence" model of contingency tables). This is gravity with exporter and importer fixed
effects and nothing else, fitted by Poisson pseudo-maximum likelihood: the row and column sums over
the known cells are met. Distance is left out, so a flow between neighbours is expected too low.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.words.errors import InputError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SWEEPS = 2_000
EXACT_COVER = 40
LARGE = 0.5
"""An economy is large here if it trades at least this part of what the average economy does."""
CHANCE = 0.01
"""So many blocks of its size may be expected by chance, at most, for a block to be reported."""


def expected_flows(flow: Array, known: Mask) -> Array:
    """a_i b_j for every pair, fitted to `flow` (N, N) where `known`; the diagonal is left out.

    Rows and columns without any known flow are expected to be 0.
    """
    mask = known & ~np.eye(len(flow), dtype=bool)
    weight = mask.astype(np.float64)
    data = np.where(mask, flow, 0.0)
    rows, columns = data.sum(axis=1), data.sum(axis=0)
    total = rows.sum()
    if total <= 0.0:
        return np.zeros_like(data)
    a, b = rows.copy(), columns / total
    for _ in range(SWEEPS):
        reach = weight @ b
        a = np.divide(rows, reach, out=np.zeros_like(rows), where=reach > 0.0)
        reach = weight.T @ a
        new = np.divide(columns, reach, out=np.zeros_like(columns), where=reach > 0.0)
        if np.abs(new - b).max() <= 1e-13 * new.max():
            b = new
            break
        b = new
    out = np.outer(a, b)
    np.fill_diagonal(out, 0.0)
    return np.asarray(out)


@dataclass(frozen=True)
class Block:
    """Economies among which the table has no flow at all, by position.

    `large` are those that trade so much with the others that no flow among them cannot be true;
    `small` are further economies without a flow to any of the block, whose zeros may be true.
    `expected` is what the flows among `large` would add up to, in the unit of the table.
    """

    large: tuple[int, ...]
    small: tuple[int, ...]
    expected: float


def missing_blocks(flow: Array, unknown: Mask | None = None) -> list[Block]:
    """Blocks of three or more large economies without any flow among them, the largest first.

    `flow` is (N, N); `unknown` marks cells already known to be gaps. Two economies are "silent"
    where the flow is zero both ways though at least a five-hundredth of the smaller one's trade
    with others was expected between them. A block is a set of large economies that are all silent
    towards each other (a clique, found by taking the silent pairs in the order of what is
    expected), and is reported where as many silent pairs, scattered at random, would hardly make
    one. Large is trading at least half of what the average economy trades.
    """
    n = len(flow)
    off = ~np.eye(n, dtype=bool)
    told = np.zeros((n, n), dtype=bool) if unknown is None else unknown
    expected = expected_flows(flow, (flow > 0.0) & off)
    both = expected + expected.T
    trade = np.where(off, flow, 0.0)
    size = trade.sum(axis=0) + trade.sum(axis=1)
    large = size >= LARGE * size.mean()
    none = (flow == 0.0) & (flow.T == 0.0) & off
    smaller = np.minimum.outer(size, size)
    silent = (
        none & ~(told | told.T) & (both >= smaller / 500.0) & np.logical_and.outer(large, large)
    )
    pairs = int(large.sum()) * (int(large.sum()) - 1) // 2
    cliques: list[list[int]] = []
    left = silent.copy()
    while len(clique := _clique(left, both)) >= 3:
        cliques.append(clique)
        left[np.ix_(clique, clique)] = False
    # How often two large economies are silent where no block is: one more than seen, to be safe.
    inside = sum(len(clique) * (len(clique) - 1) // 2 for clique in cliques)
    often = (int(left.sum()) // 2 + 1) / (pairs - inside + 1)
    found = []
    for clique in cliques:
        size = len(clique)
        by_chance = math.comb(int(large.sum()), size) * often ** (size * (size - 1) // 2)
        if by_chance < CHANCE:
            cells = np.ix_(clique, clique)
            small = _companions(clique, none, large, both)
            found.append(Block(tuple(sorted(clique)), small, float(both[cells].sum() / 2.0)))
    return found


def _clique(silent: Mask, weight: Array) -> list[int]:
    """A maximal clique grown from each silent pair of most weight; the heaviest one found."""
    pairs = np.argwhere(np.triu(silent))
    order = np.argsort(-weight[pairs[:, 0], pairs[:, 1]], kind="stable")[:50]
    best: list[int] = []
    heaviest = 0.0
    for i, j in pairs[order]:
        clique = [int(i), int(j)]
        joined = silent[i] & silent[j]
        while joined.any():
            pull = np.where(joined, weight[clique].sum(axis=0), -1.0)
            k = int(np.argmax(pull))
            clique.append(k)
            joined = joined & silent[k]
        heavy = float(weight[np.ix_(clique, clique)].sum())
        if heavy > heaviest:
            best, heaviest = clique, heavy
    return best


def _companions(clique: list[int], none: Mask, large: Mask, weight: Array) -> tuple[int, ...]:
    """Smaller economies that have no flow with any of the block, nor with each other."""
    members = none[clique].all(axis=0) & ~large
    order = np.argsort(-weight[clique].sum(axis=0), kind="stable")
    taken: list[int] = []
    for k in order:
        if members[k] and all(none[k, other] for other in taken):
            taken.append(int(k))
    return tuple(sorted(taken))


def smallest_cover(pairs: list[tuple[int, int]], cost: Array) -> tuple[int, ...]:
    """The fewest economies that touch every pair; of several such sets the one of least cost.

    Exact, by branching on the economy with most pairs. Raises `InputError` above 40 economies,
    where that could take too long.
    """
    economies = {k for pair in pairs for k in pair}
    if len(economies) > EXACT_COVER:
        raise InputError(
            f"{len(economies)} economies have gaps: which of them to drop is for you to say",
            mend="leave some out of the table, or keep or fill the gaps",
        )
    links: dict[int, set[int]] = {k: set() for k in economies}
    for i, j in pairs:
        links[i].add(j)
        links[j].add(i)
    best: list[tuple[int, float, tuple[int, ...]]] = [(len(economies) + 1, 0.0, ())]
    _branch(links, (), cost, best)
    return best[0][2]


def _branch(
    links: dict[int, set[int]],
    taken: tuple[int, ...],
    cost: Array,
    best: list[tuple[int, float, tuple[int, ...]]],
) -> None:
    left = {k: others for k, others in links.items() if others}
    if not left:
        score = (len(taken), float(cost[list(taken)].sum()), tuple(sorted(taken)))
        if score < best[0]:
            best[0] = score
        return
    if len(taken) + 1 > best[0][0]:
        return
    most = max(sorted(left), key=lambda k: len(left[k]))
    # Either the economy with most pairs goes, or all its partners do.
    for gone in ({most}, set(left[most])):
        rest = {k: others - gone for k, others in left.items() if k not in gone}
        _branch(rest, (*taken, *sorted(gone)), cost, best)
