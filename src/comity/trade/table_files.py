"""Published input-output tables, from files on this machine, through pymrio's parsers.

Nothing is fetched. The tables are large: an ICIO year takes about a gigabyte of memory and half a
minute. What is made of them is said in `comity.trade.input_output`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from comity.trade.baseline import Baseline
from comity.trade.files import PathLike, in_file
from comity.trade.input_output import from_input_output
from comity.trade.table_maps import sector_map, theta_map
from comity.words.errors import ComityError, FileError, MissingDependency, Place


def read_icio(path: PathLike, year: int | None = None, *, theta: Any, **options: Any) -> Baseline:
    """OECD Inter-Country Input-Output tables, releases 2016 to 2023: a file, or folder and year.

    `theta` and `options` are those of `from_input_output`; `theta` by sector and `sectors` may be
    CSV files (`comity.trade.table_maps`). Raises `FileError`, `MissingDependency`.
    """
    theta, options = _beside(theta, options)
    table = _parsed("parse_oecd", path, "an OECD ICIO table", year=year)
    options.setdefault("unit", "USD million")  # the publisher's, whatever a parser calls it
    options.setdefault("source", "OECD Inter-Country Input-Output tables")
    return _made(table, path, "icio", year, theta, options)


def read_wiod(path: PathLike, year: int | None = None, *, theta: Any, **options: Any) -> Baseline:
    """World Input-Output Database, release 2013 (which pymrio parses): a file, or folder and year.

    `theta` and `options` are those of `from_input_output`. Raises `FileError`, `MissingDependency`.
    """
    theta, options = _beside(theta, options)
    names = ("isic", "full")
    table = _parsed("parse_wiod", path, "a WIOD table of release 2013", year=year, names=names)
    options.setdefault("unit", "USD million")
    options.setdefault("source", "World Input-Output Database, release 2013 (Timmer et al. 2015)")
    return _made(table, path, "wiod", year, theta, options)


def read_exiobase(path: PathLike, *, theta: Any, **options: Any) -> Baseline:
    """EXIOBASE 3, the archive as downloaded or its folder; values in million euro.

    `theta` and `options` are those of `from_input_output`. Raises `FileError`, `MissingDependency`.
    """
    theta, options = _beside(theta, options)
    table = _parsed("parse_exiobase3", path, "an EXIOBASE 3 system")
    # Its five rests of continents have two letters, one of which is an economy's code elsewhere.
    table.rename_regions({code: f"W{code}" for code in ("WA", "WE", "WF", "WL", "WM")})
    options.setdefault("unit", "EUR million")
    options.setdefault("source", "EXIOBASE 3")
    return _made(table, path, "exiobase", None, theta, options)


def _beside(theta: Any, options: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Elasticities and sectors, read from their small files before the large one."""
    return theta_map(theta), {**options, "sectors": sector_map(options.get("sectors"))}


def _parsed(parser: str, path: PathLike, what: str, **arguments: Any) -> Any:
    file = Path(path).expanduser()
    place = Place(file=str(file))
    if not file.exists():
        raise FileError(
            f"{what} is not there", where=place, mend="download it first; nothing is fetched"
        )
    try:
        pymrio = importlib.import_module("pymrio")
    except ImportError as error:
        raise MissingDependency(
            "reading published input-output tables needs pymrio",
            mend="install it with: pip install pymrio",
        ) from error
    parse: Callable[..., Any] = getattr(pymrio, parser)
    try:
        return parse(str(file), **arguments)
    except ComityError:
        raise
    # A parser meets whatever lies in the file: every way to fail says that it is not such a table.
    except Exception as error:
        raise FileError(
            f"pymrio cannot read this as {what}: {str(error) or type(error).__name__}",
            where=place,
            mend="give the file or folder as it was published, and a year for a folder of several",
        ) from error


def _made(
    table: Any, path: PathLike, kind: str, year: int | None, theta: Any, options: dict[str, Any]
) -> Baseline:
    options.setdefault("name", kind if year is None else f"{kind}-{year}")
    options.setdefault("year", year)
    options.setdefault("value_added", _value_added(table))
    with in_file(path):
        return from_input_output(table, theta=theta, **options)


def _value_added(table: Any) -> Any:
    """Primary inputs by (region, sector): the sum of the parser's factor inputs, if it has any."""
    inputs = getattr(getattr(table, "factor_inputs", None), "F", None)
    return None if inputs is None else inputs.sum(axis=0)
