"""Worlds from files, arrays, flow tables and input-output tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from comity.trade.baseline import make_baseline
from comity.trade.shipped import DEFAULT
from comity.words.errors import InputError
from comity.world.world import BALANCED, RATIO, World


def load(name: str | Path = DEFAULT, path: str | Path | None = None, **options: Any) -> World:
    """A world by the name of a shipped baseline, by the format of a file or folder, or by its path
    alone where its files tell the format.

    ``load()`` names: ``goods-world-2023`` (shipped); ``cp2015``, ``wiod2014``, ``gegravity``
    (option `year`), ``gegravity-2006`` and ``world2023`` with the folder of that data set; ``csv``
    with a folder of tables; ``flows`` with a table of flows and option `gdp`; ``icio``, ``wiod``
    and ``exiobase`` with a published table; ``saved`` with a file written by `World.save`, which
    comes back balanced where it was.
    """
    from comity.trade import reading

    if path is not None and name == DEFAULT:
        name, path = str(path), None
    baseline = reading.read(str(name), path, **options)
    kinds = {note.kind for note in baseline.notes}
    if BALANCED not in kinds:
        return World(baseline)
    ratio = RATIO in kinds
    asked: str | float = "ratio" if ratio else "kept" if baseline.deficit.any() else "none"
    return World(baseline, balanced=True, deficits="ratio" if ratio else "kept", asked=asked)


def from_flows(trade: Any, gdp: Any, theta: float, gamma: float = 1.0, **options: Any) -> World:
    """A one-sector world from a table of flows and GDP; see `comity.trade.from_flows`."""
    from comity.trade import from_flows as builder

    return World(builder.from_flows(trade, gdp, theta, gamma, **options))


def from_input_output(table: Any, theta: Any, **options: Any) -> World:
    """A world from an input-output table of pymrio; see `comity.trade.input_output`."""
    from comity.trade import input_output

    return World(input_output.from_input_output(table, theta=theta, **options))


def from_arrays(
    *,
    economies: Any,
    sectors: Any,
    trade_share: ArrayLike,
    value_added_share: ArrayLike,
    input_share: ArrayLike,
    final_share: ArrayLike,
    expenditure: ArrayLike,
    value_added: ArrayLike,
    theta: ArrayLike,
    deficit: ArrayLike | None = None,
    tariff: ArrayLike | None = None,
    name: str = "arrays",
    unit: str = "USD million",
    year: int | None = None,
    source: str = "",
    economy_names: Any = None,
    sector_names: Any = None,
) -> World:
    """A world from arrays in the order of published data files.

    trade_share, tariff : (N, N, J) ``[n, i, j]``, importer, exporter, sector
    value_added_share, final_share, expenditure : (N, J);  input_share : (N, J, J) ``[n, k, j]``
    value_added, deficit : (N,);  theta : (J,) or one number
    Raises `ValidationError` naming economy and sector for shares that do not sum to 1, negative
    flows, missing cells, wrong shapes, theta of 0 or less and tariffs of -100 % or less.
    """

    def by_sector(values: ArrayLike, what: str) -> Any:
        array = np.asarray(values, dtype=np.float64)
        if array.ndim != 3:
            raise InputError(
                f"{what} has the shape {array.shape}",
                mend="its axes are importer, exporter, sector",
            )
        return np.ascontiguousarray(array.transpose(2, 0, 1))

    return World(
        make_baseline(
            name,
            economies=economies,
            sectors=sectors,
            trade_share=by_sector(trade_share, "trade_share"),
            value_added_share=value_added_share,
            input_share=input_share,
            final_share=final_share,
            expenditure=expenditure,
            value_added=value_added,
            theta=np.full(len(sectors), theta) if np.ndim(theta) == 0 else theta,
            deficit=deficit,
            tariff=None if tariff is None else by_sector(tariff, "tariff"),
            unit=unit,
            year=year,
            source=source,
            economy_names=economy_names,
            sector_names=sector_names,
        )
    )
