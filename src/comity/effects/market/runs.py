"""Both states of a question, solved at every draw, block by block, so that a run can go on."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.effects.market.changes import Setting
from comity.effects.market.inputs import Inputs, Options
from comity.model.market.many import Draws as ModelDraws
from comity.model.market.many import MarketRuns, solve_many
from comity.scenario.market_case import FROM, TO
from comity.trade.drawing import Draws, Total, draws
from comity.words.errors import InputError, ModelError, Place, ValidationError

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
BLOCK = 1024
"""Draws of a block; a run that is interrupted goes on after its last whole block."""
MOST_FAILED = 0.05
"""A part of draws without an answer above which there is none to the question."""
TABLES = ("price", "index", "consumers", "consumers_half", "producers", "revenue", "rents", "flow")


@dataclass(frozen=True, eq=False)
class State:
    """One state at R draws: prices (R, K, N) new over base, indices (R, K, N), surplus relative to
    the base (R, N), flows by first destination (R, K, N, N)."""

    price: Array
    index: Array
    consumers: Array
    consumers_half: Array
    producers: Array
    revenue: Array
    rents: Array
    flow: Array


@dataclass(frozen=True, eq=False)
class CaseRuns:
    """Both states at the draws that have an answer in both.

    columns : the R draws;  draw : (R,), their numbers;  asked : how many were asked for
    base : (R, K, N, N), values at the base
    far : (K, N), share of draws in which an answer rests on the form of demand far outside the data
    failed : how many draws had no answer, by reason
    """

    columns: Draws
    draw: NDArray[np.intp]
    asked: int
    base: Array
    before: State
    after: State
    far: Array
    failed: dict[str, int]

    def __len__(self) -> int:
        return len(self.columns)


def run_case(
    setting: Setting,
    inputs: Inputs,
    totals: Sequence[Total],
    *,
    progress: Progress | None = None,
    keep: Path | None = None,
    threads: int | None = None,
) -> CaseRuns:
    """Draws, and both states solved at each. With `keep`, whole blocks are kept in that folder and
    read again, so that an interrupted run loses one block at most.

    Draw d depends on the seed and d alone. Raises `ModelError` where more than one draw in twenty
    has no answer, with the reasons.
    """
    options = setting.options
    columns = _columns(inputs, options)
    value = setting.values(columns, totals)
    parts: list[dict[str, Any]] = []
    reasons: dict[str, int] = {}
    for start in range(0, len(columns), BLOCK):
        rows = slice(start, min(start + BLOCK, len(columns)))
        found = None if keep is None else _kept(keep, start)
        if found is None:

            def told(done: int, all_: int, start: int = start) -> None:
                if progress is not None:
                    progress(start + done, len(columns))

            found = _block(setting, _rows(columns, rows), value[rows], told, threads)
            if keep is not None:
                _keep(keep, start, found)
        found["draw"] = found["draw"] + start
        parts.append(found)
        if progress is not None:
            progress(rows.stop, len(columns))
        for reason in found["reasons"].tolist() if "reasons" in found else ():
            reasons[str(reason)] = reasons.get(str(reason), 0) + 1
    whole = {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
        if name not in ("reasons", "far")
    }
    kept = whole["draw"].astype(np.intp)
    lost = len(columns) - len(kept)
    if lost > MOST_FAILED * len(columns):
        why = "; ".join(f"{reason} ({count})" for reason, count in reasons.items())
        raise ModelError(
            f"{lost} of {len(columns)} draws have no answer: {why}",
            mend="ask about a smaller change, or fix the elasticities that make no sense (--set)",
        )
    far = sum(part["far"] for part in parts) / max(len(kept), 1)
    return CaseRuns(
        columns=Draws(columns.names, columns.values[kept], columns.points[kept], columns.seed),
        draw=kept,
        asked=len(columns),
        base=value[kept],
        before=_state(whole, FROM),
        after=_state(whole, TO),
        far=np.asarray(far),
        failed=reasons,
    )


def _columns(inputs: Inputs, options: Options) -> Draws:
    try:
        return draws(inputs.distributions, options.draws, options.seed)
    except ValidationError as error:
        held = [name for name in options.fixed if name.partition(":")[0] in ("sigma", "eta")]
        if not held:
            raise
        raise InputError(
            f"with {', '.join(held)} held, demand (eta) lies above an elasticity between origins "
            "(sigma) in some draws",
            where=Place(field="set"),
            mend="hold both, such as --set sigma=4 --set eta=0.9, or take a sigma well above 1",
        ) from error


def _rows(columns: Draws, rows: slice) -> Draws:
    return Draws(columns.names, columns.values[rows], columns.points[rows], columns.seed)


def _block(
    setting: Setting, columns: Draws, value: Array, told: Progress, threads: int | None
) -> dict[str, Any]:
    model = setting.parameters(columns, value)
    states = {}
    asked = [name for name in (FROM, TO) if setting.case.state(name)]
    failed: dict[int, str] = {}
    for number, name in enumerate(asked):

        def halves(done: int, all_: int, number: int = number) -> None:
            told((number * all_ + done) // len(asked), all_)

        made: MarketRuns = solve_many(
            setting.market(),
            setting.changes(name, columns),
            model,
            flows=True,
            threads=threads,
            progress=halves,
        )
        states[name] = made
        failed.update(
            {draw: type(error).__name__ + ": " + error.what for draw, error in made.failed}
        )
    kept = np.array([d for d in range(len(columns)) if d not in failed], dtype=np.intp)
    out: dict[str, Any] = {"draw": kept}
    n_products, n = setting.baseline.shape
    far = np.zeros((n_products, n))
    for name in (FROM, TO):
        if name in states:
            made = states[name]
            rows = np.searchsorted(made.draw, kept)
            out |= _tables(name, made, rows)
            far += made.far[rows].sum(axis=0)
        else:
            out |= _still(name, value[kept], model)
    out["far"] = far
    out["reasons"] = np.array(list(failed.values()), dtype="U200")
    return out


def _tables(name: str, made: MarketRuns, rows: NDArray[np.intp]) -> dict[str, Any]:
    assert made.first_flow is not None
    found = {
        "price": made.price_hat,
        "index": made.price_index,
        "consumers": made.consumers,
        "consumers_half": made.consumers_half,
        "producers": made.producers,
        "revenue": made.revenue,
        "rents": made.rents,
        "flow": made.first_flow,
    }
    return {f"{name} {key}": np.asarray(table)[rows] for key, table in found.items()}


def _still(name: str, value: Array, model: ModelDraws) -> dict[str, Any]:
    count, k, n, _ = value.shape
    flat = np.zeros((count, n))
    found = {"price": np.ones((count, k, n)), "index": np.ones((count, k, n)), "flow": value}
    for key in ("consumers", "consumers_half", "producers", "revenue", "rents"):
        found[key] = flat
    return {f"{name} {key}": table for key, table in found.items()}


def _state(whole: dict[str, Any], name: str) -> State:
    return State(**{key: whole[f"{name} {key}"] for key in TABLES})


def draws_kept(folder: Path | None, asked: int) -> int:
    """How many of the draws asked for a folder of blocks holds, of the run that was in it last."""
    if folder is None or not folder.is_dir():
        return 0
    runs = [one for one in folder.iterdir() if one.is_dir()]
    last = max(runs, key=lambda one: one.stat().st_mtime_ns, default=None)
    blocks = [] if last is None else list(last.glob("block-*.npz"))
    return min(len(blocks) * BLOCK, asked)


def _kept(folder: Path, start: int) -> dict[str, Any] | None:
    try:
        content = (folder / f"block-{start}.npz").read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None  # not there, or cut off while it was written: computed again


def _keep(folder: Path, start: int, found: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    room = io.BytesIO()
    np.savez(room, allow_pickle=False, **found)
    work = folder / f".block-{start}.part"
    work.write_bytes(room.getvalue())
    work.replace(folder / f"block-{start}.npz")
