"""Worlds from files, arrays, flow tables and input-output tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from comity.trade.baseline import make_baseline
from comity.trade.names import Names
from comity.trade.numbers import numbers
from comity.trade.shipped import DEFAULT
from comity.words.errors import Place, ValidationError
from comity.world.world import World, treatment


def load(name: str | Path = DEFAULT, path: str | Path | None = None, **options: Any) -> World:
    """A world by the name of a shipped baseline, by the format of a file or folder, or by its path
    alone where its files tell the format.

    ``load()`` names: ``goods-world-2023`` (shipped); ``cp2015``, ``wiod2014``, ``gegravity``
    (option `year`), ``gegravity-2006`` and ``world2023`` with the folder of that data set; ``csv``
    with a folder of tables; ``flows`` with a table of flows and option `gdp`; ``icio``, ``wiod``
    and ``exiobase`` with a published table; ``saved`` with a file written by `World.save`, which
    comes back balanced where it was. Tables without trade elasticities need `theta`.
    """
    from comity.trade import reading

    if path is not None and name == DEFAULT:
        name, path = str(path), None
    baseline = reading.read(str(name), path, **options)
    asked = treatment(baseline)
    if asked is None:
        return World(baseline)
    rule = "ratio" if asked == "ratio" else "kept"
    return World(baseline, balanced=True, deficits=rule, asked=asked)


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

    names = Names.of(economies, sectors, economy_names, sector_names)
    shape = (len(names.economies), len(names.economies), len(names.sectors))

    def by_sector(values: ArrayLike, what: str) -> Any:
        axes = "its axes are importer, exporter, sector"
        array = numbers(values, what, f"give numbers; {axes}")
        if array.shape != shape:
            raise ValidationError(
                f"{what} has the shape {array.shape}, not {shape}",
                where=Place(field=what),
                mend=f"{axes}, in the order of economies and sectors",
            )
        return np.ascontiguousarray(array.transpose(2, 0, 1))

    return World(
        make_baseline(
            name,
            economies=names.economies,
            sectors=names.sectors,
            trade_share=by_sector(trade_share, "trade_share"),
            value_added_share=value_added_share,
            input_share=input_share,
            final_share=final_share,
            expenditure=expenditure,
            value_added=value_added,
            theta=_theta(theta, names),
            deficit=deficit,
            tariff=None if tariff is None else by_sector(tariff, "tariff"),
            unit=unit,
            year=year,
            source=source,
            economy_names=names.economy_names,
            sector_names=names.sector_names,
        )
    )


def _theta(theta: ArrayLike, names: Names) -> Any:
    """(J,) from one number for all sectors, or one for each."""
    found = numbers(theta, "theta", "give one number above 0, or one for each sector")
    return np.full(len(names.sectors), found) if found.ndim == 0 else found
