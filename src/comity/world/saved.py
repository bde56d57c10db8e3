"""A run in one file, and the same run again from that file alone.

A zip archive with ``run.json`` (the resolved scenario, options, versions and effects),
``baseline.npz`` and ``schedules.npz``. Nothing else is needed to reproduce it: no record, no data,
no scenario file.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.model.world import MODEL_VERSION, TOLERANCE
from comity.scenario.resolved import Resolved, run_id
from comity.scenario.run_file import write_run
from comity.trade import archive
from comity.words.errors import ConflictError, FileError, Place, ValidationError
from comity.world.run_files import check_run, check_target
from comity.world.simulate import Run, run

FORMAT = 2
"""1 held fewer effects."""
NEAR = 1e-9
"""Results elsewhere may differ by this much, relative; on the same machine not at all."""
MOST_BYTES = 2_000_000_000
INDENTED = 200_000
"""Cells of trade up to which run.json is laid out for people; beyond, for its size."""
_MEMBERS = ("run.json", "baseline.npz", "schedules.npz")


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A run computed again. `largest` is the largest relative difference of any effect from what
    the file holds; `identical` that there is none at all."""

    run: Run
    largest: float
    where: str

    @property
    def identical(self) -> bool:
        return self.largest == 0.0


def save(made: Run, path: str | Path, *, force: bool = False) -> None:
    """Writes a run to one file, whole or not at all; over another run only with `force`. Raises
    `FileError` and `ConflictError`."""
    path = Path(path)
    check_target(path, force=force)
    check_run(path, made.id, force=force)
    kept: dict[str, Any] = {
        "comity-run": FORMAT,
        "run_id": made.id,
        "resolved": made.resolved.as_dict(),
        "options": made.options,
        "engine": made.engine,
        "model_version": made.model_version,
        "seed": made.seed,
        "deficits": made.options["deficits"],
        "tolerance": made.result.tolerance,
        "path_steps": made.path_steps,
        "question": made.question,
        "note": made.note,
        "written": made.written,
        "residuals": made.residuals(),
        "effects": made.result.effects(full=True),
    }
    schedules = io.BytesIO()
    np.savez_compressed(schedules, allow_pickle=False, **dict(made.resolved.schedules))
    indent = 1 if made.result.solution.flows.size <= INDENTED else None
    written = json.dumps(kept, ensure_ascii=False, indent=indent).encode()
    contents = (written, archive.to_bytes(made.data), schedules.getvalue())
    write_run(path, list(zip(_MEMBERS, contents, strict=True)))


def reproduce(path: str | Path, *, threads: int | None = None) -> Reproduction:
    """Computes a saved run again, from the file alone, and compares.

    Raises `FileError` for a file that is no saved run, `ValidationError` for one that was changed,
    `ConflictError` where the model is another or results differ by more than 1e-9.
    """
    path = Path(path)
    place = Place(file=str(path))
    members = _read(path, place)
    try:
        kept = json.loads(members["run.json"])
    except ValueError as error:
        raise FileError(
            f"run.json is broken: {error}", where=place, mend="save the run again"
        ) from None
    if not isinstance(kept, dict) or kept.get("comity-run") != FORMAT:
        found = kept.get("comity-run") if isinstance(kept, dict) else None
        raise FileError(
            f"this is a run of format {found!r}, not {FORMAT}",
            where=place,
            mend="use the version of the program that saved it",
        )
    if kept.get("model_version") != MODEL_VERSION:
        raise ConflictError(
            f"the run was made with model {kept.get('model_version')}; this is {MODEL_VERSION}, "
            "whose numbers are others",
            where=place,
            mend="use the version of the program that saved it, or run its scenario anew",
        )
    try:
        baseline = archive.from_bytes(members["baseline.npz"])
        resolved = Resolved.from_dict(kept["resolved"], _schedules(members["schedules.npz"], place))
        identity = run_id(
            resolved, baseline.digest, kept["options"], MODEL_VERSION, kept["engine"], kept["seed"]
        )
        if identity != kept["run_id"]:
            raise ValidationError(
                "the file does not hold the run that its id names: it was changed",
                where=place,
                mend="save the run again",
            )
        again = run(
            resolved,
            baseline,
            deficits=_deficits(kept["options"]["deficits"]),
            options=kept["options"],
            engine=kept["engine"],
            tolerance=float(kept.get("tolerance") or TOLERANCE),
            path_steps=kept["path_steps"],
            seed=kept["seed"],
            threads=threads,
            question=kept["question"],
            note=kept["note"],
            written=kept["written"],
        )
        largest, where = difference(kept["effects"], again.result.effects(full=True))
    except (KeyError, TypeError, AttributeError) as error:
        raise FileError(
            f"the run is not whole: {type(error).__name__}: {error}",
            where=place,
            mend="save the run again",
        ) from None
    if largest > NEAR:
        raise ConflictError(
            f"the run comes out differently: {where} by {largest:.2g} of its size",
            where=place,
            mend="the file was changed, or another version of numpy or numba computes otherwise",
        )
    return Reproduction(again, largest, where)


def difference(kept: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[float, str]:
    """The largest relative difference between two sets of effects, and where it is. Per cent
    tables are compared as new over old, so that 0 is a number like any other."""
    largest, where = 0.0, ""
    found = dict(_numbers(again, ""))
    for name, value in _numbers(kept, ""):
        other = found.pop(name, None)
        if other is None:
            raise KeyError(f"effect {name}")
        if name.partition(".")[0].endswith("_pct"):
            value, other = 1.0 + value / 100.0, 1.0 + other / 100.0
        if value == other:
            continue
        off = abs(value - other) / max(abs(value), abs(other), 1.0)
        if not off <= largest:
            largest, where = off, name
    if found:
        raise KeyError(f"effect {next(iter(found))}")
    return largest, where


def _numbers(data: Mapping[str, Any], head: str) -> Iterator[tuple[str, float]]:
    for key, value in data.items():
        name = f"{head}.{key}" if head else str(key)
        if isinstance(value, Mapping):
            yield from _numbers(value, name)
        elif not isinstance(value, str):
            yield name, float(value)


def _deficits(value: Any) -> str | float:
    return float(value["scale"]) if isinstance(value, Mapping) else str(value)


def _read(path: Path, place: Place) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as bundle:
            listed = {info.filename: info.file_size for info in bundle.infolist()}
            if set(listed) != set(_MEMBERS):
                raise FileError(
                    "this is no saved run", where=place, mend="give a file that --save wrote"
                )
            if sum(listed.values()) > MOST_BYTES:
                raise FileError(
                    f"the run unpacks to more than {MOST_BYTES:,} bytes",
                    where=place,
                    mend="give a file that --save wrote",
                )
            return {name: bundle.read(name) for name in _MEMBERS}
    except zipfile.BadZipFile:
        raise FileError(
            "this is no saved run", where=place, mend="give a file that --save wrote"
        ) from None
    except OSError as error:
        raise FileError(
            f"the file cannot be read: {error.strerror}",
            where=place,
            mend="give a file that --save wrote",
        ) from None


def _schedules(content: bytes, place: Place) -> dict[str, NDArray[np.float64]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return {name: np.array(arrays[name], dtype=np.float64) for name in arrays.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise FileError(
            f"schedules.npz is broken: {error}", where=place, mend="save the run again"
        ) from None
