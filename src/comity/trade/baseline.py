"""A baseline: the world before a change, as named, frozen and hashed arrays.

Letters as in Caliendo and Parro (2015): n importer, i exporter, j sector, k input. Arrays over
pairs are kept sector first, ``[j, n, i]``, which is the order the solver reads memory in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comity.trade.names import Names
from comity.trade.validate import check_arrays

Array = NDArray[np.float64]

ARRAYS = (
    "trade_share",
    "tariff",
    "value_added_share",
    "input_share",
    "final_share",
    "expenditure",
    "value_added",
    "deficit",
    "theta",
)
"""The arrays that make a baseline, in the order in which they are hashed."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something a user of the baseline has to know: what was clipped, filled, raised or is missing.

    `kind` is one word that programs can ask for, `economies` and `sectors` name what it is about.
    """

    kind: str
    text: str
    economies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    count: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "text": self.text,
            "economies": list(self.economies),
            "sectors": list(self.sectors),
            "count": self.count,
        }


@dataclass(frozen=True, eq=False)
class Baseline:
    """The arrays of a world with N economies and J sectors. Values are in `unit`.

    Attributes
    ----------
    trade_share : (J, N, N) ``[j, n, i]``, share of n's spending on j bought from i
    tariff : (J, N, N), ad valorem fraction charged by n on j from i; the diagonal is 0, save
        for tariffs inside an aggregate such as the rest of the world
    value_added_share : (N, J), value added over output
    input_share : (N, J, J) ``[n, k, j]``, spending on input k over output of j; with
        `value_added_share` it sums to 1
    final_share : (N, J), shares of final spending; sum to 1 over j
    expenditure : (N, J), spending at buyers' prices, tariff included
    value_added : (N,), income of primary factors (wL)
    deficit : (N,), imports less exports, net of tariffs; sums to 0
    theta : (J,), trade elasticity, greater than 0
    goods : sector → HS codes it holds, where that is known
    schedules : other tariff schedules that came with the data, each (J, N, N)
    gaps : (importer, exporter) pairs whose flow is not known, as against zero
    """

    name: str
    names: Names
    trade_share: Array
    tariff: Array
    value_added_share: Array
    input_share: Array
    final_share: Array
    expenditure: Array
    value_added: Array
    deficit: Array
    theta: Array
    unit: str = "USD million"
    year: int | None = None
    source: str = ""
    licence: str = ""
    one_sector: bool = False
    goods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schedules: Mapping[str, Array] = field(default_factory=dict)
    gaps: tuple[tuple[str, str], ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        for name in ARRAYS:
            value = np.ascontiguousarray(getattr(self, name), dtype=np.float64)
            if value is getattr(self, name) and value.flags.writeable:
                value = value.copy()
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        for name in ("goods", "schedules"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def shape(self) -> tuple[int, int]:
        """(N, J): the numbers of economies and sectors."""
        return len(self.names.economies), len(self.names.sectors)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of names and arrays: two baselines with the same digest give the same results."""
        seal = hashlib.sha256(b"comity baseline 1\0")
        for label in (*self.names.economies, "\0", *self.names.sectors):
            seal.update(label.encode() + b"\0")
        for name in ARRAYS:
            value = getattr(self, name)
            seal.update(f"{name}{value.shape}".encode())
            # -0.0 and 0.0 are the same number: adding zero makes them the same bytes.
            seal.update((value + 0.0).tobytes())
        return seal.hexdigest()

    @property
    def output(self) -> Array:
        """(N, J): sales of each sector at home and abroad, net of tariffs."""
        sales = np.einsum("jni,nj->ij", self.trade_share / (1.0 + self.tariff), self.expenditure)
        return np.asarray(sales)

    def replaced(self, **arrays: Any) -> Baseline:
        """The same baseline with some fields replaced, checked again."""
        new = replace(self, **arrays)
        check_arrays(new, new.names)
        return new


def make_baseline(
    name: str,
    *,
    economies: Sequence[str],
    sectors: Sequence[str],
    trade_share: ArrayLike,
    value_added_share: ArrayLike,
    input_share: ArrayLike,
    final_share: ArrayLike,
    expenditure: ArrayLike,
    value_added: ArrayLike,
    theta: ArrayLike,
    deficit: ArrayLike | None = None,
    tariff: ArrayLike | None = None,
    economy_names: Sequence[str] | None = None,
    sector_names: Sequence[str] | None = None,
    notes: Sequence[Note] = (),
    **more: Any,
) -> Baseline:
    """A checked baseline from arrays in the order of this module (pairs are ``[j, n, i]``).

    Shares off by rounding (1e-3 at most) are scaled to sum to exactly 1, and a note says by how
    much. A sector that nobody in an economy buys has no trade shares: it is taken to be bought at
    home, which changes nothing. Raises `ValidationError` naming economy and sector for values that
    cannot be: see `comity.trade.validate`.
    """
    from comity.trade.validate import tidy

    names = Names.of(economies, sectors, economy_names, sector_names)
    n = len(names.economies)
    arrays: dict[str, Any] = {
        "trade_share": trade_share,
        "tariff": np.zeros((len(names.sectors), n, n)) if tariff is None else tariff,
        "value_added_share": value_added_share,
        "input_share": input_share,
        "final_share": final_share,
        "expenditure": expenditure,
        "value_added": value_added,
        "deficit": np.zeros(n) if deficit is None else deficit,
        "theta": theta,
    }
    tidied, found = tidy(arrays, names)
    fields: dict[str, Any] = {**tidied, **more}
    made = Baseline(name=name, names=names, notes=(*notes, *found), **fields)
    check_arrays(made, names)
    return made
