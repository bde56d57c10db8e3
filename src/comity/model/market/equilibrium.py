"""Solving a market: exact changes, or a stated refusal."""

from __future__ import annotations

import numpy as np

from comity.model.market.change import MarketChange
from comity.model.market.market import Market, Parameters
from comity.model.market.newton import search, unused
from comity.model.market.pattern import Pattern, examine
from comity.model.market.problem import Problem, problem
from comity.model.market.solution import MarketSolution, Outcome
from comity.model.market.transformation import transform
from comity.model.world.engines import one_blas_thread
from comity.words.errors import InputError

MODEL_VERSION = "market-3"
"""Raised whenever numbers change."""
TOLERANCE = 1e-12


def solve(
    market: Market,
    change: MarketChange,
    parameters: Parameters,
    *,
    tolerance: float = TOLERANCE,
) -> MarketSolution:
    """The one equilibrium after `change`, to `tolerance` in the log of every origin's clearing.

    Raises `InputError` for arrays or elasticities that make no sense (sigma below eta, a ban where
    sigma is not above 1), `NoEquilibrium` where no price level is determined or none is finite,
    and `NotConverged` with the residual reached.
    """
    if not 1e-14 <= tolerance < 1e-2:
        raise InputError(f"a tolerance of {tolerance:g}", mend="give a number from 1e-14 to 0.01")
    with one_blas_thread():
        given = problem(market, change, parameters)
        pattern = examine(given)
        if given.el.omega is not None:
            outcome = transform(given, pattern, tolerance)
        else:
            outcome = _outcome(given, pattern, tolerance)
    return MarketSolution(
        market=given.market,
        change=change,
        parameters=parameters,
        residual=outcome.residual,
        evaluations=outcome.evaluations,
        dropped=_dropped(given, pattern),
        lost=pattern.lost,
        not_bounded=pattern.not_bounded,
        left=pattern.left,
        _given=given,
        _outcome=outcome,
        _pattern=pattern,
    )


def _dropped(given: Problem, pattern: Pattern) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(K, N): origins without an outlet; one in parts where none of its parts has one."""
    out = pattern.dropped.copy()
    if given.parts is not None:
        kept = np.zeros(len(given.parts.k), dtype=bool)
        np.logical_or.at(kept, given.parts.row, pattern.part_sells)
        out[given.parts.k, given.parts.i] |= ~kept
    return out


def _outcome(given: Problem, pattern: Pattern, tolerance: float) -> Outcome:
    found = search(given, pattern, tolerance)
    at = found.at
    with np.errstate(all="ignore"):
        quantity = at.part_quantity() if given.parts is not None else at.part_sale
    fixed = np.isinf(given.el.supply)
    part_fixed = np.isinf(given.parts.supply) if given.parts is not None else pattern.part_sells
    return Outcome(
        x=unused(pattern.dropped & ~fixed, found.x),
        parts=unused(pattern.part_dropped & ~part_fixed, found.parts),
        wedge=found.wedge,
        log_p=at.log_p,
        log_g=at.log_g,
        demand=at.demand,
        inner=at.inner_log,
        part_quantity=quantity,
        border=None,
        cell_wedge=None,
        residual=found.residual,
        evaluations=found.evaluations,
    )
