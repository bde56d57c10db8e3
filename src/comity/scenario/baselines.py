"""The baseline that a scenario names: shipped, saved, or built from files of a known format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comity.scenario.contents import BaselineChoice, Scenario
from comity.trade.baseline import Baseline
from comity.trade.reading import FORMATS, SHIPPED_OPTIONS, read
from comity.words.errors import ComityError, Place, ValidationError

_RELATIVE = "name data that are there; paths are relative to the folder of the scenario"

OPTIONS = ("theta", "gamma", "gaps", "gdp", "year", "economies", "sectors", "inventories")
"""Every option that some source of a baseline takes."""


def baseline_of(scenario: Scenario, folder: str | Path | None = None) -> Baseline:
    """The baseline of a scenario. Paths are relative to `folder`, or to that of its file.

    Raises what the builder raises (`FileError`, `NotFound`, `ValidationError`,
    `MissingDependency`), at the place in the scenario file that names the data; where in the data
    something is wrong is part of the message.
    """
    if folder is None:
        folder = Path(scenario.file).parent if scenario.file else Path()
    choice = scenario.baseline
    try:
        return _built(choice, Path(folder))
    except ComityError as error:
        _place(error, choice, scenario)
        if isinstance(error, ValidationError):
            for one in error.problems:
                _place(one, choice, scenario)
        raise


def _place(error: ComityError, choice: BaselineChoice, scenario: Scenario) -> None:
    """Puts an error at the value of the scenario file that it comes from."""
    old = error.where or Place()
    key = "file" if choice.file is not None else "path" if choice.format is not None else "name"
    if choice.gdp is not None and old.file and Path(old.file).name == Path(choice.gdp).name:
        key = "gdp"
    elif old.file is None and old.field in choice.places:
        key = str(old.field)
    place = choice.at(key) or scenario.at("baseline")
    if place is None:
        return
    if old.file is not None:
        error.what = f"the baseline cannot be read: {old}: {error.what}"
    error.where = place
    error.mend = error.mend or _RELATIVE


def _built(choice: BaselineChoice, folder: Path) -> Baseline:
    if choice.file is not None:
        return read("saved", folder / choice.file)
    if choice.format is None:
        return read(choice.name or "", **_given(choice, SHIPPED_OPTIONS))
    options = _given(choice, FORMATS[choice.format][2])
    if "gdp" in options:
        options["gdp"] = folder / options["gdp"]
    return read(choice.format, folder / (choice.path or ""), **options)


def _given(choice: BaselineChoice, takes: tuple[str, ...]) -> dict[str, Any]:
    """The options that the file sets; the builder's own defaults are left to it."""
    found = {key: value for key in takes if (value := getattr(choice, key)) is not None}
    for key in ("theta", "sectors"):
        if isinstance(found.get(key), tuple):
            found[key] = dict(found[key])
    return found
