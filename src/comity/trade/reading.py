"""One way in to every baseline: a shipped name, or a format and the file or folder it is in."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from comity.trade.baseline import Baseline
from comity.trade.shipped import SHIPPED
from comity.words.errors import InputError, NotFound, Place

_REPLICATION = "comity.trade.replication"
_TABLE_OPTIONS = ("theta", "economies", "sectors", "inventories")
_TABLES = "comity.trade.table_files"

FOLDER_FILES = ("cp2015.npz", "wiod2014.npz", "trade_data_2000_2014.csv", "sample_2006.csv")
SHIPPED_OPTIONS = ("theta", "gamma", "gaps")

FORMATS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "cp2015": (_REPLICATION, "read_cp2015", ()),
    "wiod2014": (_REPLICATION, "read_wiod2014", ()),
    "gegravity": (_REPLICATION, "read_gegravity", ("theta", "year")),
    "gegravity-2006": (_REPLICATION, "read_gegravity_2006", ("theta",)),
    "world2023": (_REPLICATION, "read_world2023", SHIPPED_OPTIONS),
    "csv": ("comity.trade.csv_folder", "read_csv_folder", ()),
    "flows": ("comity.trade.from_flows", "from_flows", ("gdp", *SHIPPED_OPTIONS)),
    "icio": (_TABLES, "read_icio", (*_TABLE_OPTIONS, "year")),
    "wiod": (_TABLES, "read_wiod", (*_TABLE_OPTIONS, "year")),
    "exiobase": (_TABLES, "read_exiobase", _TABLE_OPTIONS),
    "saved": ("comity.trade.archive", "load_saved", ()),
}
"""Format → module, function that reads a path, and the options it takes by name."""

NEEDS_THETA = ("icio", "wiod", "exiobase")
"""Formats without elasticities of their own: they need `theta`, and take it by sector too."""

OTHER_MODELS: Mapping[str, str] = {
    "ossa2014": "monopolistic competition with a fixed number of firms and lobbies (Ossa 2014)",
}
"""Data sets that are known and belong to another model → that model."""


def read(name: str, path: str | Path | None = None, **options: Any) -> Baseline:
    """A baseline by shipped name (no path), or by format from a path.

    Raises `InputError` for an unknown name or option, and what the reader of the format raises.
    """
    if path is None and name not in SHIPPED and name not in FORMATS:
        name, path = recognised(name)
    if path is None:
        if name in FORMATS:
            raise InputError(
                f"{name} is a format of files", mend=f'give their path: load("{name}", path)'
            )
        from comity.trade.shipped import shipped

        return shipped(name, **checked(name, options, SHIPPED_OPTIONS))
    if name not in FORMATS:
        _other_model(name)
        known = ", ".join((*FORMATS, *SHIPPED))
        raise InputError(f"no format or baseline {name!r}", mend=f"one of {known}")
    if name in NEEDS_THETA and options.get("theta") is None:
        raise InputError(
            f"{name} has no trade elasticities of its own, and theta is not given",
            where=Place(field="theta"),
            mend="give one: theta=4 in Python, --theta 4 on the command line, theta: 4 under "
            "baseline: in a scenario; by sector works too",
        )
    module, function, takes = FORMATS[name]
    if Path(path).is_file() and Path(path).name in FOLDER_FILES:
        path = Path(path).parent  # the one file that people name of a folder of several
    reader = getattr(import_module(module), function)
    given = checked(name, options, takes)
    if name == "flows":
        given["name"] = Path(path).stem
    return cast("Baseline", reader(Path(path), **given))


def _other_model(name: str) -> None:
    """Refuses the data of a model that this one is not, by its name."""
    if name in OTHER_MODELS:
        raise InputError(
            f"{name} is the data of another model: {OTHER_MODELS[name]}; the world model has "
            "perfect competition, so neither its baseline nor its results would be those",
            mend="take cp2015 or wiod2014, or build a baseline from its flows with from_arrays",
        )


def checked(name: str, options: Mapping[str, Any], takes: tuple[str, ...]) -> dict[str, Any]:
    """The options, if `name` takes them all."""
    for option in options:
        if option not in takes:
            known = f"it takes {', '.join(takes)}" if takes else "it takes none"
            raise InputError(f"{name} has no option {option!r}", mend=known)
    return dict(options)


MARKS: tuple[tuple[str, str], ...] = (
    ("cp2015.npz", "cp2015"),
    ("wiod2014.npz", "wiod2014"),
    ("trade_data_2000_2014.csv", "gegravity"),
    ("sectors.csv", "csv"),
    ("trade.csv", "world2023"),
)
"""A file that only folders of a format have → the format; the first that is there decides."""


def recognised(where: str | Path) -> tuple[str, Path | None]:
    """The format (or shipped name) and path of what a user named by one word.

    Raises `InputError` where nothing tells the format.
    """
    path = Path(where)
    if not path.exists() and str(where) in SHIPPED:
        return str(where), None
    for other in OTHER_MODELS:
        if path.name == f"{other}.npz" or (path / f"{other}.npz").is_file() or path.name == other:
            _other_model(other)
    if path.is_file():
        for file, form in MARKS:
            if path.name == file and form in ("cp2015", "wiod2014", "gegravity"):
                return form, path
        if path.suffix == ".npz":
            return "saved", path
        raise InputError(
            f"{path} does not tell its format",
            mend=f"say it with --as: one of {', '.join(FORMATS)}",
        )
    if not path.exists():
        raise NotFound(
            f"there is no folder, file or shipped baseline {str(where)!r}",
            mend=f"shipped are {', '.join(SHIPPED)}",
        )
    for name, form in MARKS:
        if (path / name).is_file():
            return form, path
    raise InputError(
        f"the folder {path} holds no data set that is known by its files",
        mend=f"say its format with --as: one of {', '.join(FORMATS)}",
    )
