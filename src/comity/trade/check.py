"""What is wrong or odd in a baseline, by name.

A baseline that is no equilibrium, or whose data have holes, can still be solved: the model
re-solves it first, and effects are measured against that. What the repair rests on is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from comity.trade.baseline import Baseline
from comity.trade.blocks import missing_blocks
from comity.trade.finding import Finding, about, listed

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

EQUAL = 1e-6
"""Relative differences up to this are rounding: published shares sum to 1 up to some 1e-7."""
LARGE_DEFICIT = 0.3
EXTREME_TARIFF = 1.0
EXTREME_THETA = (1.0, 20.0)
NEXT_TO_NOTHING = 1e-9


@dataclass(frozen=True)
class _Accounts:
    """The sums that several checks need. (N, J) but for `income`, `flow` (N, N)."""

    output: Array
    inputs: Array
    income: Array
    flow: Array
    own: Array
    abroad: Array

    @classmethod
    def of(cls, baseline: Baseline) -> _Accounts:
        paid = baseline.trade_share * baseline.expenditure.T[:, :, None]
        net = paid / (1.0 + baseline.tariff)
        output = net.sum(axis=1).T
        revenue = (paid - net).sum(axis=(0, 2))
        share = np.einsum("jnn->nj", baseline.trade_share)
        flow = net.sum(axis=0)
        return cls(
            output=output,
            inputs=np.einsum("nkj,nj->nk", baseline.input_share, output),
            income=baseline.value_added + revenue + baseline.deficit,
            flow=flow,
            own=share,
            abroad=1.0 - share,
        )


def check(baseline: Baseline) -> tuple[Finding, ...]:
    """Everything found, what is wrong first. An empty tuple says that nothing was found.

    Kinds: ``no-equilibrium``, ``labour-income``, ``trade-balance``, ``negative-final-demand``,
    ``missing-block``, ``gap``, ``zero-domestic``, ``single-supplier``, ``not-traded``,
    ``large-deficit``, ``tiny-expenditure``, ``extreme-tariff``, ``extreme-theta``, and the kinds of
    the baseline's own notes where no finding covers them.
    """
    sums = _Accounts.of(baseline)
    found: list[Finding] = []
    for look in _LOOKS:
        found.extend(look(baseline, sums))
    covered = {finding.kind for finding in found} | {
        note for note, kind in _COVERED.items() if any(f.kind == kind for f in found)
    }
    found += [
        Finding(
            note.kind,
            _NOTE_SEVERITY.get(note.kind, "info"),
            note.text,
            note.economies,
            note.sectors,
            note.count,
        )
        for note in baseline.notes
        if note.kind not in covered
    ]
    order = {"wrong": 0, "odd": 1, "info": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.severity]))


_COVERED = {
    "clipped": "negative-final-demand",
    "no-demand": "tiny-expenditure",
    "placeholder": "tiny-expenditure",
}
"""Notes of a loader that say what a finding computes from the arrays."""

_NOTE_SEVERITY = {
    "clipped": "wrong",
    "missing-block": "wrong",
    "missing-block-wider": "wrong",
    "floored-domestic": "wrong",
    "re-exports": "wrong",
    "units": "wrong",
    "gap": "odd",
    "filled": "odd",
    "filled-block": "odd",
    "filled-block-wider": "odd",
    "dropped-block": "odd",
    "dropped-block-wider": "odd",
    "large-deficit": "odd",
    "raised-output": "odd",
}


def _equilibrium(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    spent = baseline.expenditure
    wanted = sums.inputs + baseline.final_share * sums.income[:, None]
    off = spent - wanted
    part = float(np.abs(off).sum() / spent.sum())
    if part <= EQUAL:
        return
    names = baseline.names
    order = np.argsort(-np.abs(off), axis=None)[:5]
    worst = []
    for k in order:
        n, j = (int(x) for x in np.unravel_index(int(k), off.shape))
        worst.append((n, j))
    shown = "; ".join(
        f"{names.economies[n]} {names.sectors[j]} spends {spent[n, j]:,.0f}, the model has "
        f"{wanted[n, j]:,.0f}"
        for n, j in worst
    )
    by_economy = np.abs(off).sum(axis=1) / spent.sum(axis=1)
    most = int(np.argmax(by_economy))
    yield Finding(
        "no-equilibrium",
        "wrong",
        f"the data are no equilibrium of the model: spending differs from input demand plus final "
        f"demand by {100 * part:.2g} % of world spending in sum, most in {names.economies[most]} "
        f"({100 * by_economy[most]:.2g} % of its own); the worst cells, in {baseline.unit}: "
        f"{shown}. Measure effects against the re-solved baseline, never against the data",
        tuple(dict.fromkeys(names.economies[n] for n, _ in worst)),
        tuple(dict.fromkeys(names.sectors[j] for _, j in worst)),
        int((np.abs(off) > EQUAL * np.maximum(spent, np.abs(wanted))).sum()),
        {"part_of_world_spending": part, "largest": float(np.abs(off).max())},
    )


def _by_economy(
    baseline: Baseline, off: Array, scale: Array, kind: str, severity: str, say: str
) -> Iterable[Finding]:
    relative = off / scale
    far = np.flatnonzero(np.abs(relative) > EQUAL)
    if not len(far):
        return
    names = baseline.names.economies
    order = far[np.argsort(-np.abs(relative[far]), kind="stable")]
    shown = listed(f"{names[k]} {100 * relative[k]:+.2g} %" for k in order)
    yield Finding(
        kind,
        severity,
        f"{say}: {shown}",
        tuple(names[k] for k in order),
        (),
        len(far),
        {"largest_part": float(np.abs(relative).max())},
    )


def _labour(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    earned = (baseline.value_added_share * sums.output).sum(axis=1)
    yield from _by_economy(
        baseline,
        baseline.value_added - earned,
        earned,
        "labour-income",
        "wrong",
        "value added is not what value added shares and output give",
    )


def _balance(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    deficit = sums.flow.sum(axis=1) - sums.flow.sum(axis=0)
    yield from _by_economy(
        baseline,
        baseline.deficit - deficit,
        baseline.value_added,
        "trade-balance",
        "wrong",
        "deficits are not imports less exports (difference in % of value added)",
    )


def _final(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    left = baseline.expenditure - sums.inputs
    cells = left < -1e-12 * np.maximum(baseline.expenditure, np.abs(sums.inputs))
    if not cells.any():
        return
    part = float(-left[cells].sum() / baseline.expenditure.sum())
    yield about(
        "negative-final-demand",
        "wrong",
        f"input demand exceeds spending in {{count}} cells, by {100 * part:.2g} % of world "
        "spending: final demand would be negative there, most in {cells}",
        cells,
        baseline,
        -left,
        {"part_of_world_spending": part},
    )


def _blocks(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    names = baseline.names.economies
    known = np.zeros(sums.flow.shape, dtype=bool)
    for importer, exporter in baseline.gaps:
        known[names.index(importer), names.index(exporter)] = True
    for block in missing_blocks(sums.flow, known):
        large = tuple(names[k] for k in block.large)
        small = tuple(names[k] for k in block.small)
        count = len(large) * (len(large) - 1)
        text = (
            f"no flow at all among {', '.join(large)}, though each trades much with the others "
            f"and about {block.expected:,.0f} ({baseline.unit}) were to be expected: a block of "
            "the table is missing, not zero"
        )
        if small:
            text += f"; {len(small)} smaller economies are as silent: {', '.join(small)}"
        yield Finding(
            "missing-block",
            "wrong",
            text,
            large,
            (),
            count,
            {"expected": block.expected, "smaller": float(len(small))},
        )
    if baseline.gaps:
        pairs = listed(f"{exporter} to {importer}" for importer, exporter in baseline.gaps)
        yield Finding(
            "gap",
            "odd",
            f"{len(baseline.gaps)} flows are not known and have no flow here: {pairs}; no change "
            "can move them",
            tuple(sorted({code for pair in baseline.gaps for code in pair})),
            (),
            len(baseline.gaps),
        )


def _traded(baseline: Baseline, sums: _Accounts) -> Mask:
    """(J,): sectors that anyone buys abroad."""
    return np.asarray(((sums.abroad > EQUAL) & (baseline.expenditure > 0.0)).any(axis=0))


def _domestic(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    traded = _traded(baseline, sums)
    some = baseline.expenditure > 0.0
    cells = (sums.own == 0.0) & some & traded
    if cells.any():
        yield about(
            "zero-domestic",
            "odd",
            "{count} (economy, sector) cells buy nothing at home: {cells}; cut off from abroad, "
            "prices there have no finite value",
            cells,
            baseline,
            baseline.expenditure,
        )
    suppliers = (baseline.trade_share > 0.0).sum(axis=2).T
    single = (suppliers == 1) & (sums.own == 0.0) & some
    if single.any():
        yield about(
            "single-supplier",
            "odd",
            "{count} cells have one supplier, a foreign one: {cells}; a ban on it leaves them "
            "without any",
            single,
            baseline,
            baseline.expenditure,
        )
    if not traded.all():
        labels = [baseline.names.sectors[k] for k in np.flatnonzero(~traded)]
        yield Finding(
            "not-traded",
            "info",
            f"{len(labels)} sectors are not traded: {', '.join(labels)}",
            sectors=tuple(labels),
            count=len(labels),
        )


def _deficits(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    part = baseline.deficit / baseline.value_added
    far = [int(k) for k in np.argsort(-np.abs(part)) if abs(part[k]) > LARGE_DEFICIT]
    if far:
        names = baseline.names.economies
        shown = listed(f"{names[k]} {100 * part[k]:+.0f} %" for k in far)
        yield Finding(
            "large-deficit",
            "odd",
            f"imports less exports exceed {100 * LARGE_DEFICIT:.0f} % of value added: {shown}; a "
            "part of trade may be missing, and without its deficit the economy is another one",
            tuple(names[k] for k in far),
            (),
            len(far),
            {"largest_part": float(np.abs(part).max())},
        )


def _tiny(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    spent = baseline.expenditure
    cells = spent <= NEXT_TO_NOTHING * spent.sum(axis=1, keepdims=True)
    if cells.any():
        yield about(
            "tiny-expenditure",
            "odd",
            "{count} cells spend nothing or next to nothing: {cells}",
            cells,
            baseline,
            -spent,
        )


def _tariffs(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    names = baseline.names
    for cells, kind, say, best in (
        (baseline.tariff > EXTREME_TARIFF, "extreme-tariff", "tariffs above 100 %", 1.0),
        (baseline.tariff < 0.0, "negative-tariff", "negative tariffs (subsidies)", -1.0),
    ):
        if not cells.any():
            continue
        where = np.argwhere(cells)
        order = np.argsort(-best * baseline.tariff[cells], kind="stable")
        shown = listed(
            f"{names.economies[n]} on {names.sectors[j]} from {names.economies[i]} "
            f"{100 * baseline.tariff[j, n, i]:.0f} %"
            for j, n, i in where[order]
        )
        yield Finding(
            kind,
            "odd",
            f"{cells.sum()} {say}: {shown}",
            tuple(names.economies[k] for k in np.unique(where[:, 1])),
            tuple(names.sectors[k] for k in np.unique(where[:, 0])),
            int(cells.sum()),
            {"largest": float(baseline.tariff[cells][order[0]])},
        )


def _thetas(baseline: Baseline, sums: _Accounts) -> Iterable[Finding]:
    theta, traded = baseline.theta, _traded(baseline, sums)
    far = np.flatnonzero(((theta < EXTREME_THETA[0]) | (theta > EXTREME_THETA[1])) & traded)
    if len(far):
        labels = baseline.names.sectors
        shown = ", ".join(f"{labels[k]} {theta[k]:.3g}" for k in far)
        yield Finding(
            "extreme-theta",
            "odd",
            f"trade elasticities outside {EXTREME_THETA[0]:g} to {EXTREME_THETA[1]:g}: {shown}",
            sectors=tuple(labels[k] for k in far),
            count=len(far),
            figures={"least": float(theta[far].min()), "most": float(theta[far].max())},
        )


_LOOKS: tuple[Callable[[Baseline, _Accounts], Iterable[Finding]], ...] = (
    _equilibrium,
    _labour,
    _balance,
    _final,
    _blocks,
    _domestic,
    _deficits,
    _tiny,
    _tariffs,
    _thetas,
)
