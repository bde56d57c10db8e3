"""Where a change of real income comes from, integrated along the path of the change.

Differentiating I/P in the model, with E exports and M imports net of tariff, c unit costs,
τ̂ iceberg costs, a availability, T productivity, L population and D deficits, gives exactly

    I d ln(I/P) = Σ E d ln c_n − Σ M d ln c_i                        terms of trade
                + Σ t (dM − M d ln(c_i τ̂))                           volume of trade
                − Σ M d ln τ̂                                         trade costs
                + Σ (1 + t) M d ln a / θ                             availability
                + Σ Y d ln T                                         productivity
                + w L d ln L                                         population
                + dD                                                 transfers

(the first two lines are Caliendo and Parro's, 2015, section 2.4; the others follow in the same
way). Along the path of `between` the sums are integrals; they are taken by the trapezoidal rule on
2^k steps with Richardson extrapolation, so the parts add up to the exact change but for the error
that is given with them. Terms of trade and transfers depend on the numeraire, world value added,
where deficits are not zero; their sum does not.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from comity.effects.real import Before, real_income
from comity.model.world import TOLERANCE, Solution, solve_path
from comity.scenario.wedges import Wedges
from comity.words.errors import InputError

Array = NDArray[np.float64]

PARTS = (
    "terms_of_trade",
    "volume_of_trade",
    "trade_costs",
    "availability",
    "productivity",
    "population",
    "transfers",
)
GOOD = 1e-5
"""Percentage points; steps are doubled until the parts add up to within this."""
ROUGH = 1e-3
"""Percentage points; parts that miss the exact change by more are marked as rough."""
FEWEST, MOST = 4, 64


@dataclass(frozen=True, eq=False)
class Decomposition:
    """Parts of the change of real income, in per cent (100 times log points); (N,) each.

    `exact` is 100 ln(real income, new over old); `error` is what the parts leave of it.
    """

    parts: dict[str, Array]
    exact: Array
    steps: int

    @property
    def total(self) -> Array:
        return np.asarray(sum(self.parts.values()))

    @property
    def error(self) -> Array:
        return self.exact - self.total

    @property
    def rough(self) -> bool:
        """Does `error` exceed `ROUGH` anywhere?"""
        return bool(np.abs(self.error).max() > ROUGH)


@dataclass(eq=False)
class _Node:
    """What one point of the path contributes: factors f and the logs they multiply."""

    income: Array
    flows: Array  # (J, N, N), off the diagonal, net of tariff
    home: Array  # (J, N), sales at home net of tariff
    inside: Array  # (J, N), tariffs inside an aggregate
    tariff: Array
    log_cost: Array  # (J, N)
    log_iceberg: Array | None
    available: Array | None
    over_available: Array | None
    output: Array  # (J, N)
    log_productivity: Array | None
    value_added: Array
    log_population: Array | None
    deficit: Array
    log_common: Array
    log_welfare: Array


def _node(before: Before, solution: Solution, kinds: frozenset[str]) -> _Node:
    """`kinds` are the wedges that change somewhere on the path; here they may not (yet)."""
    wedges = solution.wedges
    own = np.arange(len(solution.income))
    flows = solution.flows.copy()
    home = flows[:, own, own].copy()
    flows[:, own, own] = 0.0
    pairs, cells = flows.shape, solution.output.T.shape

    def log_of(name: str, values: Array | None, shape: tuple[int, ...]) -> Array | None:
        if name not in kinds:
            return None
        return np.zeros(shape) if values is None else np.log(values)

    available = wedges.availability
    banned = "availability" in kinds
    made = wedges.productivity
    return _Node(
        income=solution.income,
        flows=flows,
        home=home,
        inside=solution.tariff[:, own, own],
        tariff=solution.tariff,
        log_cost=np.log(solution.cost_hat).T,
        log_iceberg=log_of("trade_cost", wedges.trade_cost, pairs),
        available=None if not banned else np.ones(pairs) if available is None else available,
        over_available=_over(solution) if banned else None,
        output=solution.output.T,
        log_productivity=log_of("productivity", None if made is None else made.T, cells),
        value_added=solution.value_added,
        log_population=log_of("population", wedges.population, solution.income.shape),
        deficit=solution.deficit,
        log_common=np.log(solution.common_factor),
        log_welfare=np.log(real_income(before, solution)),
    )


def _step(a: _Node, b: _Node, theta: Array) -> dict[str, Array]:
    """The trapezoid between two points: ½ (f_a + f_b)(g_b − g_a) for every f dg, each f over I."""
    ra, rb = 1.0 / a.income, 1.0 / b.income
    zero = np.zeros_like(a.income)
    d_cost = b.log_cost - a.log_cost

    def mean(fa: Array, fb: Array) -> Array:
        return 0.5 * (fa + fb)

    def per_income(fa: Array, fb: Array) -> Array:
        """½ (f_a/I_a + f_b/I_b) for f (J, N, N) by importer."""
        return mean(fa * ra[None, :, None], fb * rb[None, :, None])

    sold = mean(a.flows.sum(axis=1) * ra, b.flows.sum(axis=1) * rb)  # (J, N) by exporter
    bought = per_income(a.flows, b.flows)
    terms = (sold * d_cost).sum(axis=0) - np.einsum("jni,ji->n", bought, d_cost)
    taxed = per_income(a.tariff * a.flows, b.tariff * b.flows)
    rate = per_income(a.tariff, b.tariff)
    volume = np.einsum("jni,jni->n", rate, b.flows - a.flows)
    volume -= np.einsum("jni,ji->n", taxed, d_cost)
    if a.inside.any() or b.inside.any():
        # Trade inside an aggregate such as the rest of the world is taxed as well.
        volume += (mean(a.inside * ra, b.inside * rb) * (b.home - a.home)).sum(axis=0)
        paid = mean(a.inside * a.home * ra, b.inside * b.home * rb)
        volume -= (paid * d_cost).sum(axis=0)
    costs = zero
    if a.log_iceberg is not None and b.log_iceberg is not None:
        d_iceberg = b.log_iceberg - a.log_iceberg
        volume = volume - np.einsum("jni,jni->n", taxed, d_iceberg)
        costs = -np.einsum("jni,jni->n", bought, d_iceberg)
    availability = zero
    if a.over_available is not None and b.over_available is not None:
        assert a.available is not None
        assert b.available is not None
        # M d ln a is (M / a) da, which stays finite where a ends at zero.
        mean_over = per_income(a.over_available, b.over_available)
        change = b.available - a.available
        availability = np.einsum("jni,jni,j->n", mean_over, change, 1.0 / theta)
    productivity = zero
    if a.log_productivity is not None and b.log_productivity is not None:
        gain = b.log_productivity - a.log_productivity
        productivity = (mean(a.output * ra, b.output * rb) * gain).sum(axis=0)
    people = zero
    if a.log_population is not None and b.log_population is not None:
        people = mean(a.value_added * ra, b.value_added * rb)
        people = people * (b.log_population - a.log_population)
    transfers = mean(ra, rb) * (b.deficit - a.deficit) + b.log_common - a.log_common
    values = (terms, volume, costs, availability, productivity, people, transfers)
    return dict(zip(PARTS, values, strict=True))


def _over(solution: Solution) -> Array:
    """(J, N, N): (1 + t) M / a, off the diagonal. Computed from prices and costs, so that it is
    there where a ends at zero."""
    base, wedges = solution.baseline, solution.wedges
    wedge = np.zeros((1, 1, 1))
    if wedges.tariff is not None:
        wedge = wedge + np.log1p(wedges.tariff) - np.log1p(base.tariff)
    if wedges.trade_cost is not None:
        wedge = wedge + np.log(wedges.trade_cost)
    relative = np.log(solution.cost_hat).T[:, None, :] - np.log(solution.price_hat).T[:, :, None]
    share = base.trade_share * np.exp(-base.theta[:, None, None] * (relative + wedge))
    own = np.arange(base.shape[0])
    share[:, own, own] = 0.0
    return np.asarray(share * solution.expenditure.T[:, :, None])


def decompose(
    before: Before,
    wedges: Wedges,
    *,
    start: Wedges | None = None,
    deficits: str | float = "kept",
    steps: int | None = None,
    engine: str = "numpy",
    tolerance: float = TOLERANCE,
) -> Decomposition:
    """The parts of the change of real income along the path from `start` (the baseline where it
    is not given; otherwise the state that `before` was solved at) to `wedges`, by `between`.

    Without `steps` they are doubled from 4 up to 64 until the parts add up to the exact change
    within 1e-5 percentage points; at the end they may still be `rough`. Raises what the solver
    raises.
    """
    given: object = steps
    if given is not None and (not isinstance(given, int) or given < 1):
        raise InputError(f"{steps!r} steps", mend="give a whole number, 1 or more")
    count = FEWEST if steps is None else steps
    ends = (Wedges() if start is None else start, wedges)
    kinds = frozenset(
        f.name for f in fields(Wedges) if any(getattr(w, f.name) is not None for w in ends)
    )
    while True:
        path = solve_path(
            before.baseline,
            wedges,
            [k / count for k in range(count + 1)],
            begin=start,
            deficits=deficits,
            engine=engine,
            tolerance=tolerance,
        )
        nodes = [_node(before, solution, kinds) for solution in path]
        theta = before.baseline.theta
        fine = _sum(nodes, theta)
        if count % 2 == 0:
            coarse = _sum(nodes[::2], theta)
            fine = {k: fine[k] + (fine[k] - coarse[k]) / 3.0 for k in PARTS}
        exact = 100.0 * nodes[-1].log_welfare
        found = Decomposition({k: 100.0 * v for k, v in fine.items()}, exact, count)
        if steps is not None or count >= MOST or np.abs(found.error).max() < GOOD:
            return found
        count *= 2


def _sum(nodes: list[_Node], theta: Array) -> dict[str, Array]:
    total = {k: np.zeros_like(nodes[0].income) for k in PARTS}
    for a, b in itertools.pairwise(nodes):
        for k, value in _step(a, b, theta).items():
            total[k] = total[k] + value
    return total
