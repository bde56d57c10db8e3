"""The baseline that a scenario names: shipped, saved, or built from files of a known format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comity.scenario.contents import BaselineChoice, Scenario
from comity.trade.baseline import Baseline
from comity.trade.reading import FORMATS, SHIPPED_OPTIONS, read
from comity.words.errors import ComityError

OPTIONS = ("theta", "gamma", "gaps", "gdp", "year", "economies")
"""Every option that some source of a baseline takes."""

NEEDS_THETA = ("icio", "wiod", "exiobase")
"""Formats without elasticities of their own: they need `theta`, and take it by sector too."""


def baseline_of(scenario: Scenario, folder: str | Path | None = None) -> Baseline:
    """The baseline of a scenario. Paths are relative to `folder`, or to that of its file.

    Raises what the builder raises (`FileError`, `NotFound`, `ValidationError`,
    `MissingDependency`), at the place of ``baseline`` in the scenario file where the error has no
    place of its own.
    """
    if folder is None:
        folder = Path(scenario.file).parent if scenario.file else Path()
    choice = scenario.baseline
    try:
        return _built(choice, Path(folder))
    except ComityError as error:
        place = choice.at() or scenario.at("baseline")
        if place is not None:
            error.at(place)
        raise


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
    if isinstance(found.get("theta"), tuple):
        found["theta"] = dict(found["theta"])
    return found
