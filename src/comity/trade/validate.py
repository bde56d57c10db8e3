"""What a baseline's arrays must be; what is wrong is named by economy and sector, with the mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.names import Names
from comity.trade.numbers import numbers
from comity.words.errors import Place, ValidationError

if TYPE_CHECKING:
    from comity.trade.baseline import Baseline, Note

ROUNDING = 1e-3
"""Shares further than this from 1 are wrong; nearer, they are rounded and scaled (with a note)."""

NEGATIVE_INPUT = -0.01
"""Published tables hold a few slightly negative input shares (Caliendo and Parro's one). They are
kept, with a note, down to this; the model's unit costs are defined for them."""

AXES: Mapping[str, str] = {
    "trade_share": "jni",
    "tariff": "jni",
    "value_added_share": "nj",
    "input_share": "nkj",
    "final_share": "nj",
    "expenditure": "nj",
    "value_added": "n",
    "deficit": "n",
    "theta": "j",
}
GROUND = 1e-10
"""Shares up to this do not count as value added, or as a use of an input."""

_WHAT = {"n": "importer", "i": "exporter", "j": "sector", "k": "input"}


def where(names: Names, axes: str, index: tuple[int, ...]) -> str:
    """A cell in words: ``importer JPN, exporter CHN, sector Food``."""
    parts = []
    for axis, k in zip(axes, index, strict=True):
        what = "economy" if axis == "n" and "i" not in axes else _WHAT[axis]
        label = names.economies[k] if axis in "ni" else names.sectors[k]
        parts.append((0 if what in ("importer", "economy") else 1, f"{what} {label}"))
    return ", ".join(text for _, text in sorted(parts, key=lambda part: part[0]))


def _refuse(array: str, what: str, mend: str) -> None:
    raise ValidationError(what, where=Place(field=array), mend=mend)


def _cells(bad: NDArray[np.bool_], names: Names, axes: str, values: NDArray[np.float64]) -> str:
    found = np.argwhere(bad)
    first = tuple(int(k) for k in found[0])
    text = f"{where(names, axes, first)} has {values[first]:.6g}"
    return text if len(found) == 1 else f"{text}, and {len(found) - 1} more"


def shaped(name: str, value: Any, names: Names) -> NDArray[np.float64]:
    """`value` as a float array of the shape that `name` must have, without NaN or infinity."""
    axes = AXES[name]
    sizes = {"n": len(names.economies), "i": len(names.economies)}
    shape = tuple(sizes.get(axis, len(names.sectors)) for axis in axes)
    array = numbers(value, name, f"give numbers by {', '.join(_WHAT[a] for a in axes)}")
    if array.shape != shape:
        _refuse(
            name,
            f"{name} has the shape {array.shape}, not {shape}",
            f"its axes are {', '.join(_WHAT[a] for a in axes)}",
        )
    bad = ~np.isfinite(array)
    if bad.any():
        _refuse(
            name,
            f"{name} is not a finite number where {_cells(bad, names, axes, array)}",
            "give a value; a flow that is not known is a gap and has to be dropped or filled first",
        )
    return array


def check_rates(
    rates: NDArray[np.float64], economies: Sequence[str], sectors: Sequence[str] = ()
) -> None:
    """Refuse tariffs [n, i] or [j, n, i] that cannot be, before shares are made of them. Raises
    `ValidationError` naming importer, exporter and sector."""
    bad = ~np.isfinite(rates) | (rates <= -1.0)
    if not bad.any():
        return
    cell = tuple(int(k) for k in np.argwhere(bad)[0])
    n, i = cell[-2:]
    good = f", sector {sectors[cell[0]]}" if len(cell) == 3 else ""
    more = f", and {bad.sum() - 1} more" if bad.sum() > 1 else ""
    _refuse(
        "tariff",
        f"a tariff must be a number above -100 %: importer {economies[n]}, exporter "
        f"{economies[i]}{good} has {rates[cell]:.6g}{more}",
        "tariffs are fractions: 0.25 is 25 %",
    )


def tidy(
    arrays: Mapping[str, Any], names: Names
) -> tuple[dict[str, NDArray[np.float64]], list[Note]]:
    """Arrays with shares scaled to sum to exactly 1, and notes of what that changed."""
    from comity.trade.baseline import Note

    out = {name: shaped(name, value, names) for name, value in arrays.items()}
    notes: list[Note] = []

    def scale(name: str, total: NDArray[np.float64], axes: str, say: str) -> NDArray[np.float64]:
        off = np.abs(total - 1.0)
        bad = off > ROUNDING
        if bad.any():
            _refuse(
                name, f"{say} do not sum to 1: {_cells(bad, names, axes, total)}", "mend the shares"
            )
        if off.max(initial=0.0) > 1e-12:
            notes.append(
                Note(
                    "rounded-shares",
                    f"{say} summed to 1 only up to {off.max():.1g} and were scaled",
                    count=int((off > 1e-12).sum()),
                )
            )
        return 1.0 / total

    share = out["trade_share"]
    total = share.sum(axis=2)
    empty = np.argwhere(total == 0.0)
    unused = out["expenditure"] == 0.0
    for j, n in empty:
        if not unused[n, j]:
            _refuse(
                "trade_share",
                f"{where(names, 'nj', (int(n), int(j)))} spends but has no supplier",
                "give its trade shares, or set its expenditure to 0",
            )
        share[j, n, n] = total[j, n] = 1.0
    if len(empty):
        notes.append(
            Note(
                "no-demand",
                f"{len(empty)} (economy, sector) cells buy nothing from anyone",
                tuple(dict.fromkeys(names.economies[n] for _, n in empty)),
                tuple(dict.fromkeys(names.sectors[j] for j, _ in empty)),
                len(empty),
            )
        )
    if (share < 0).any():
        _refuse(
            "trade_share",
            f"a flow is negative: {_cells(share < 0, names, 'jni', share)}",
            "negative flows (returns, revaluations) have to be removed before shares are made",
        )
    share *= scale("trade_share", total.T, "nj", "trade shares").T[:, :, None]
    final = out["final_share"]
    final *= scale("final_share", final.sum(axis=1), "n", "final spending shares")[:, None]
    cost = out["value_added_share"] + out["input_share"].sum(axis=1)
    factor = scale("input_share", cost, "nj", "value added and input shares")
    out["value_added_share"] *= factor
    out["input_share"] *= factor[:, None, :]
    negative = out["input_share"] < 0.0
    if negative.any():
        cells = _cells(negative, names, AXES["input_share"], out["input_share"])
        notes.append(
            Note(
                "negative-input",
                f"a negative input share is kept: {cells}",
                count=int(negative.sum()),
            )
        )
    own = np.einsum("jnn->nj", out["tariff"]) != 0.0
    if own.any():
        who = tuple(names.economies[n] for n in np.flatnonzero(own.any(axis=1)))
        notes.append(
            Note(
                "tariff-inside",
                f"tariffs on trade inside {', '.join(who)} are kept, as between its members",
                who,
                count=int(own.sum()),
            )
        )
    # What division leaves over goes to value added, so that costs are homogeneous to the last bit.
    out["value_added_share"] = np.maximum(1.0 - out["input_share"].sum(axis=1), 0.0)
    deficit = out["deficit"]
    scale_of = np.abs(out["value_added"]).sum() or 1.0
    if abs(deficit.sum()) > ROUNDING * scale_of:
        _refuse(
            "deficit",
            f"the deficits of the world sum to {deficit.sum():.6g}, not 0",
            "exports and imports of the table do not match",
        )
    if abs(deficit.sum()) > 1e-12 * scale_of:
        notes.append(
            Note(
                "deficits-off",
                f"the world's deficits summed to {deficit.sum():.3g} and were spread over "
                "economies by value added",
            )
        )
    deficit -= out["value_added"] * (deficit.sum() / out["value_added"].sum())
    return out, notes


def check_arrays(baseline: Baseline, names: Names) -> None:
    """Refuse values that cannot be. Raises `ValidationError` naming economy and sector."""
    for name, axes in AXES.items():
        array = shaped(name, getattr(baseline, name), names)
        rules: list[tuple[NDArray[np.bool_], str, str]] = []
        if name == "theta":
            rules.append((array <= 0.0, "a trade elasticity must be above 0", "give theta > 0"))
        elif name == "tariff":
            rules.append(
                (
                    array <= -1.0,
                    "a tariff must be above -100 %",
                    "tariffs are fractions: 0.25 is 25 %",
                )
            )
        elif name != "deficit":
            least = NEGATIVE_INPUT if name == "input_share" else 0.0
            rules.append((array < least, f"{name} is negative", "give a value of 0 or more"))
        if name == "value_added":
            rules.append((array <= 0.0, "an economy needs value added above 0", "drop the economy"))
        for bad, what, mend in rules:
            if bad.any():
                _refuse(name, f"{what}: {_cells(bad, names, axes, array)}", mend)
    spent = baseline.expenditure.sum(axis=1)
    if (spent <= 0.0).any():
        n = int(np.argmax(spent <= 0.0))
        _refuse("expenditure", f"economy {names.economies[n]} spends nothing", "drop the economy")
    used = baseline.value_added_share.sum(axis=1)
    if (used <= 0.0).any():
        n = int(np.argmax(used <= 0.0))
        _refuse(
            "value_added_share",
            f"economy {names.economies[n]} has no value added in any sector",
            "value added shares are value added over gross output",
        )
    _grounded(baseline, names)


def _grounded(baseline: Baseline, names: Names) -> None:
    """Refuse sectors whose costs hold no value added, directly or through inputs: they would cost
    whatever they cost. Inputs count as made at home first, and then as they are bought: a circle
    may run through several economies, too."""
    direct = baseline.value_added_share > GROUND
    if direct.all():
        return
    used = baseline.input_share.transpose(0, 2, 1) > GROUND  # [n, j, k]: j uses k
    bought = baseline.trade_share > GROUND
    for at_home in (True, False):
        paid = direct
        while True:
            source = paid if at_home else np.matmul(bought, paid.T[:, :, None])[:, :, 0].T
            more = direct | np.matmul(used, source[:, :, None])[:, :, 0]
            if (more == paid).all():
                break
            paid = more
        cells = np.argwhere(~paid)
        if len(cells):
            shown = "; ".join(f"{names.economies[n]} {names.sectors[j]}" for n, j in cells[:8])
            more_cells = f"; and {len(cells) - 8} more" if len(cells) > 8 else ""
            _refuse(
                "value_added_share",
                "costs hold no value added, neither directly nor through inputs, in (economy, "
                f"sector) {shown}{more_cells}: such sectors use only each other, and their price "
                "is not determined",
                "give one of them value added, or an input that has some; leave mere re-exports "
                "out of exports and imports",
            )
