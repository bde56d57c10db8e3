"""A table of numbers with names on its axes, a unit and a title: what results are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.names import Names
from comity.words.errors import InputError, MissingDependency, NotFound


def _nested(values: Any, labels: list[tuple[str, ...]]) -> dict[str, Any]:
    if len(labels) == 1:
        return dict(zip(labels[0], values, strict=True))
    pairs = zip(labels[0], values, strict=True)
    return {label: _nested(part, labels[1:]) for label, part in pairs}


def _sparse(
    values: NDArray[np.float64], some: NDArray[np.bool_], labels: list[tuple[str, ...]]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    cells = np.argwhere(some)
    for cell, value in zip(cells.tolist(), values[some].tolist(), strict=True):
        at = found
        for axis, k in zip(labels[:-1], cell[:-1], strict=True):
            at = at.setdefault(axis[k], {})
        at[labels[-1][cell[-1]]] = value
    return found


def _no_label(key: Any, dim: str, dims: tuple[str, ...]) -> InputError:
    """What is wrong with a key that is no single label."""
    if key is Ellipsis:
        return InputError("... stands for no axis of a table", mend="write : for each whole axis")
    listed = [str(one) for one in np.atleast_1d(np.array(list(key), dtype=object))]
    named = ", ".join(map(repr, listed[: len(dims)]))
    return InputError(
        f"[{', '.join(map(repr, listed))}] is a list, and a table takes one {dim} at a time",
        mend=f"write table[{named}] for several axes, or ask for each in turn",
    )


ECONOMY_AXES = ("economy", "importer", "exporter")


class Labelled:
    """Numbers over named axes. Never NaN; what is not determined is left out or refused.

    `table["JPN"]`, `table["CHN", "JPN", "Food"]` and `table["CHN", :, "Food"]` take codes or the
    data's own names; a single cell is a float, anything else a smaller table. A table with one
    axis reads like a mapping from label to number.
    """

    __array_ufunc__ = None  # sums with bare numbers would lose names and unit: use `values`

    def __init__(
        self,
        values: NDArray[np.float64],
        dims: tuple[str, ...],
        names: Names,
        unit: str,
        title: str,
    ) -> None:
        values = np.asarray(values, dtype=np.float64)
        values.setflags(write=False)
        self.values = values
        self.dims = dims
        self.names = names
        self.unit = unit
        self.title = title
        self._labels: dict[str, tuple[str, ...]] = {
            dim: names.economies if dim in ECONOMY_AXES else names.sectors for dim in dims
        }

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.float64]:
        """The numbers, for numpy and what builds on it."""
        return np.array(self.values, dtype=dtype, copy=True if copy is None else copy)

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels of each axis."""
        return dict(self._labels)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def _position(self, dim: str, key: str) -> int:
        full = self.names.economy(key) if dim in ECONOMY_AXES else self.names.sector(key)
        label = (self.names.economies if dim in ECONOMY_AXES else self.names.sectors)[full]
        if label not in self._labels[dim]:
            raise NotFound(
                f"this table has no {dim} {key!r}",
                mend=f"it has {', '.join(self._labels[dim][:20])}",
            )
        return self._labels[dim].index(label)

    def __getitem__(self, key: Any) -> Any:
        keys = key if isinstance(key, tuple) else (key,)
        if len(keys) > len(self.dims):
            raise InputError(
                f"{len(keys)} names for a table over {', '.join(self.dims)}",
                mend="give one name for each axis at most",
            )
        index: list[Any] = []
        left: list[str] = []
        for dim, one in zip(self.dims, keys, strict=False):
            if isinstance(one, slice):
                if one != slice(None):
                    raise InputError(
                        "only : stands for a whole axis, not a part of it", mend="name one label"
                    )
                index.append(one)
                left.append(dim)
            elif one is Ellipsis or isinstance(one, list | set | frozenset | np.ndarray):
                raise _no_label(one, dim, self.dims)
            else:
                index.append(self._position(dim, str(one)))
        left.extend(self.dims[len(keys) :])
        found = self.values[tuple(index)]
        if not left:
            return float(found)
        part = Labelled(found, tuple(left), self.names, self.unit, self.title)
        part._labels = {dim: self._labels[dim] for dim in left}
        return part

    # ------------------------------------------------------------------ as a mapping (one axis)

    def _only(self) -> str:
        if len(self.dims) != 1:
            raise InputError(
                f"this table has the axes {', '.join(self.dims)}",
                mend="choose one axis, as in table['CHN', :, 'Food']",
            )
        return self.dims[0]

    def keys(self) -> tuple[str, ...]:
        return self._labels[self._only()]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.values)

    def __contains__(self, key: object) -> bool:
        try:
            self._position(self._only(), str(key))
        except NotFound:
            return False
        return True

    def items(self) -> tuple[tuple[str, float], ...]:
        return tuple(zip(self.keys(), map(float, self.values), strict=True))

    def get(self, key: str, default: float | None = None) -> float | None:
        """One number, or `default` where the table has no such label."""
        return float(self[key]) if key in self else default

    def to_dict(self) -> dict[Any, Any]:
        """Nested plain dictionaries, outermost axis first."""
        labels = [self._labels[dim] for dim in self.dims]
        return _nested(self.values.tolist(), labels)

    def filled(self, *others: Labelled) -> dict[Any, Any]:
        """`to_dict` without the cells that are zero here and in `others`, tables of the same axes;
        a label without any such cell is left out."""
        some = self.values != 0.0
        for other in others:
            some = some | (other.values != 0.0)
        return _sparse(self.values, some, [self._labels[dim] for dim in self.dims])

    def total(self, *dims: str) -> Labelled:
        """Summed over these axes."""
        for dim in dims:
            if dim not in self.dims:
                raise InputError(f"this table has no axis {dim!r}", mend=f"it has {self.dims}")
        axes = tuple(self.dims.index(dim) for dim in dims)
        left = tuple(dim for dim in self.dims if dim not in dims)
        part = Labelled(self.values.sum(axis=axes), left, self.names, self.unit, self.title)
        part._labels = {dim: self._labels[dim] for dim in left}
        return part

    def rows(self) -> list[dict[str, Any]]:
        """One row for each cell: a column for each axis, and `value`."""
        out = []
        for index in np.ndindex(*self.values.shape):
            row: dict[str, Any] = {
                dim: self._labels[dim][k] for dim, k in zip(self.dims, index, strict=True)
            }
            row["value"] = float(self.values[index])
            out.append(row)
        return out

    def to_csv(self) -> str:
        """The rows as CSV, with the unit in the heading of the numbers."""
        import csv
        import io

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*self.dims, f"value ({self.unit})"])
        writer.writerows(list(row.values()) for row in self.rows())
        return out.getvalue()

    def __float__(self) -> float:
        if self.values.size != 1:
            raise InputError("this table has more than one number", mend="name what is meant")
        return float(self.values.reshape(-1)[0])

    def to_xarray(self) -> Any:
        """An `xarray.DataArray`. Raises `MissingDependency`."""
        try:
            import xarray
        except ImportError as error:
            raise MissingDependency(
                "xarray is not installed", mend="pip install 'comity[tables]'"
            ) from error
        return xarray.DataArray(
            np.array(self.values),
            dims=self.dims,
            coords={dim: list(labels) for dim, labels in self._labels.items()},
            name=self.title,
            attrs={"unit": self.unit},
        )

    def to_polars(self) -> Any:
        """A long `polars.DataFrame`: a column for each axis, and `value`."""
        try:
            import polars
        except ImportError as error:
            raise MissingDependency(
                "polars is not installed", mend="pip install 'comity[tables]'"
            ) from error
        grid = np.meshgrid(*(np.arange(len(self._labels[dim])) for dim in self.dims), indexing="ij")
        columns: dict[str, Any] = {
            dim: np.array(self._labels[dim], dtype=object)[places.ravel()].tolist()
            for dim, places in zip(self.dims, grid, strict=True)
        }
        columns["value"] = self.values.ravel()
        return polars.DataFrame(columns)

    def __repr__(self) -> str:
        head = f"{self.title} ({self.unit}) by {', '.join(self.dims)}"
        if len(self.dims) != 1:
            return f"<{head}: {' × '.join(map(str, self.shape))}>"
        width = max(map(len, self.keys()), default=0)
        largest = float(np.abs(self.values).max(initial=0.0))
        digits = 2 if largest == 0.0 else min(9, max(2, 3 - int(np.floor(np.log10(largest)))))
        lines = [f"  {label:<{width}}  {value:>16,.{digits}f}" for label, value in self.items()]
        return "\n".join([head, *lines])
