"""What can be decided before solving: prices without suppliers, economies that only buy or sell.

All of this is read off the pattern of what may still be traded, so a refusal names who is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from comity.model.world.problem import Problem
from comity.words.errors import NoEquilibrium

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

BALANCE = 1e-9
"""Deficits smaller than this part of value added count as none."""


@dataclass(eq=False)
class Parts:
    """Which economies still trade with each other, directly or not.

    part : (N,), the number of each economy's part, 0 for the one with the largest value added;
    isolated : (N,) or `None`, economies alone in their part, so without any trade
    """

    part: NDArray[np.intp]
    isolated: Mask | None

    @property
    def count(self) -> int:
        return int(self.part.max()) + 1


def needed(given: Problem) -> tuple[Mask, Mask]:
    """(J, N) masks in working order: who has to be able to buy what, and who has a supplier."""
    base = given.structure
    flows = given.share > 0.0
    at_home = given.own > 0.0
    supplied = at_home | flows.any(axis=2)
    # γ̃ and α̃ hold what home sectors pass on, so a need by way of them counts as well. From final
    # spending backwards: inputs are needed where a sector still has someone to sell to.
    inputs = base.gamma != 0.0
    must = base.final_share > 0.0
    while True:
        sold = (at_home & must) | np.matmul(must[:, None, :], flows)[:, 0, :]
        more = must | np.matmul(inputs, sold.T[:, :, None])[:, :, 0].T
        if (more == must).all():
            return must, supplied
        must = more


def examine(given: Problem) -> Parts:
    """The parts of the world after the change. Raises `NoEquilibrium`.

    Cells that nobody needs and nobody supplies are given a supplier at home: they have no price
    that anyone pays, and a number is easier to carry than a hole.
    """
    base = given.structure
    pairs = int(np.count_nonzero(given.share))
    if pairs == base.pairs:
        # As many pairs trade as in the baseline, where everyone trades with everyone else.
        return Parts(np.zeros(base.shape[0], dtype=np.intp), None)
    must, supplied = needed(given)
    missing = must & ~supplied
    if missing.any():
        _no_supplier(given, missing)
    idle = ~must & ~supplied
    if idle.any():
        given.own = np.where(idle, 1.0, given.own)
        given.own_net = np.where(idle, 1.0, given.own_net)
        given.own_taxed = True
    n = base.shape[0]
    buys: Mask = np.asarray(((given.share > 0.0) & must[:, :, None]).any(axis=0))
    if n == 1:
        return _alone(given, np.zeros(1, dtype=np.intp))
    if _reach(buys, 0).all() and _reach(buys.T, 0).all():
        if given.share is base.share and not idle.any():
            base.pairs = pairs
        return Parts(np.zeros(n, dtype=np.intp), None)
    found = _alone(given, _parts(given, buys))
    if found.count > 1:
        given.part = found.part
    return found


def _reach(edges: Mask, start: int) -> Mask:
    seen = np.zeros(len(edges), dtype=bool)
    seen[start] = True
    front = seen
    while front.any():
        front = edges[front].any(axis=0) & ~seen
        seen |= front
    return seen


def _parts(given: Problem, buys: Mask) -> NDArray[np.intp]:
    base = given.structure
    n = len(buys)
    either = buys | buys.T
    part = np.full(n, -1, dtype=np.intp)
    count = 0
    # The largest economy leads, so that the world's main part is number 0.
    for k in np.argsort(-given.labour, kind="stable"):
        if part[k] < 0:
            part[_reach(either, int(k)) & (part < 0)] = count
            count += 1
    names = base.baseline.names.economies
    # The smallest first: who is cut off is told, not who is left.
    for number in np.argsort(np.bincount(part), kind="stable"):
        inside = part == number
        if count > 1:
            _balanced(given, inside)
        if inside.sum() == 1:
            continue
        # Groups that trade both ways with one another; a group with trade in one direction only
        # has to be paid for by its deficit.
        for group in _both_ways(buys, inside):
            if group.sum() == inside.sum():
                break
            imports = bool(buys[group][:, ~group].any())
            exports = bool(buys[~group][:, group].any())
            gap = float(given.deficit[group].sum())
            least = BALANCE * float(given.labour[group].sum())
            who = [names[i] for i in np.flatnonzero(group)]
            if imports and not exports and gap <= least:
                _one_way(who, "can import but not export", "a deficit that pays for imports")
            if exports and not imports and gap >= -least:
                _one_way(who, "can export but not import", "a surplus that exports can be")
    return part


def _both_ways(buys: Mask, inside: Mask) -> list[Mask]:
    """Groups that trade in both directions with one another, the smallest first."""
    groups = []
    left = inside.copy()
    while left.any():
        k = int(np.flatnonzero(left)[0])
        group = _reach(buys, k) & _reach(buys.T, k) & inside
        left &= ~group
        groups.append(group)
    return sorted(groups, key=lambda group: int(group.sum()))


def _alone(given: Problem, part: NDArray[np.intp]) -> Parts:
    sizes = np.bincount(part)
    isolated = sizes[part] == 1
    if not isolated.any():
        return Parts(part, None)
    for k in np.flatnonzero(isolated):
        mask = np.zeros(len(part), dtype=bool)
        mask[k] = True
        _balanced(given, mask)
    return Parts(part, isolated)


def _balanced(given: Problem, inside: Mask) -> None:
    if given.ratio is not None:
        gap = float(((given.ratio - 1.0) * given.labour)[inside].sum())
    else:
        gap = float(given.deficit[inside].sum())
    if abs(gap) <= BALANCE * float(given.labour[inside].sum()):
        return
    names = given.structure.baseline.names.economies
    who = [names[i] for i in np.flatnonzero(inside)]
    raise NoEquilibrium(
        f"{', '.join(who)} would be cut off from everyone else, but "
        f"{'has' if len(who) == 1 else 'have'} a trade deficit of {gap:,.6g} with them "
        f"({given.structure.baseline.unit})",
        reason="unbalanced",
        economies=who,
        mend="take the deficits away first: deficits none, in balance() or a scenario's model",
    )


def _one_way(who: list[str], what: str, lacking: str) -> NoReturn:
    raise NoEquilibrium(
        f"{', '.join(who)} {what}, without {lacking}",
        reason="one-way",
        economies=who,
        mend="leave trade open in both directions, or close both",
    )


def _no_supplier(given: Problem, missing: Mask) -> NoReturn:
    base = given.structure
    names = base.baseline.names
    cells = [(names.economies[n], names.sectors[base.order[j]]) for n, j in np.argwhere(missing.T)]
    shown = "; ".join(f"{who} buys {what}" for who, what in cells[:5])
    more = f"; and {len(cells) - 5} more" if len(cells) > 5 else ""
    raise NoEquilibrium(
        f"no supplier is left, at home or abroad, where {shown}{more}: the price has no bound",
        reason="no-supplier",
        economies=tuple(dict.fromkeys(who for who, _ in cells)),
        sectors=tuple(dict.fromkeys(what for _, what in cells)),
        mend="leave a part of the flow open, or exempt the sector",
    )
