"""An assessment in one file, and the same again from that file alone.

A zip archive with ``assessment.json`` (the resolved question, the market, options, distributions
and effects) and ``market.npz``. Nothing else is needed: no record, no pack, no estimates.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from comity.effects.market.inputs import Inputs, Options
from comity.market.assessment import Assessment, Progress, run
from comity.model.market import MODEL_VERSION
from comity.record.entry import canonical_json
from comity.scenario.market_case import MarketCase
from comity.scenario.run_file import write_run
from comity.trade.market_archive import market_from_data, market_to_data
from comity.words.errors import ConflictError, FileError, Place, ValidationError
from comity.world.run_files import check_run, check_target

FORMAT = 1
NEAR = 1e-9
"""Results elsewhere may differ by this much, relative; on the same machine not at all."""
MEMBERS = ("assessment.json", "market.npz")
MOST_BYTES = 500_000_000


@dataclass(frozen=True, eq=False)
class Reproduction:
    """An assessment computed again; `largest` is the largest relative difference of any effect."""

    run: Assessment
    largest: float
    where: str

    @property
    def identical(self) -> bool:
        return self.largest == 0.0


def is_assessment(path: Path) -> bool:
    """Is this a file that `save` of this module wrote?"""
    try:
        with zipfile.ZipFile(path) as bundle:
            return set(bundle.namelist()) == set(MEMBERS)
    except (OSError, zipfile.BadZipFile):
        return False


def save(made: Assessment, path: str | Path, *, force: bool = False) -> None:
    """Writes an assessment to one file, whole or not at all; over another run only with `force`.
    Raises `FileError` and `ConflictError`."""
    path = Path(path)
    check_target(path, force=force)
    check_run(path, made.id, force=force)
    data, arrays = market_to_data(made.baseline, made.totals)
    kept = {
        "comity-assessment": FORMAT,
        "run_id": made.id,
        "case": made.case.as_dict(),
        "market": data,
        "options": made.options.as_dict(),
        "seed": made.options.seed,
        "inputs": made.inputs.as_dict(),
        "model_version": MODEL_VERSION,
        "question": made.question,
        "note": made.note,
        "written": made.written,
        "world": None if made.beside is None else dict(made.beside),
        "effects": made.effects(),
    }
    kept["seals"] = _seals(kept)
    room = io.BytesIO()
    np.savez_compressed(room, allow_pickle=False, **arrays)
    written = json.dumps(kept, ensure_ascii=False, indent=1).encode()
    write_run(path, list(zip(MEMBERS, (written, room.getvalue()), strict=True)))


def reproduce(
    path: str | Path, *, progress: Progress | None = None, threads: int | None = None
) -> Reproduction:
    """Computes a saved assessment again, from the file alone, and compares.

    Raises `FileError` for a file that is none, `ValidationError` for one that was changed,
    `ConflictError` where the model is another or results differ by more than 1e-9.
    """
    path = Path(path)
    place = Place(file=str(path))
    try:
        with zipfile.ZipFile(path) as bundle:
            if set(bundle.namelist()) != set(MEMBERS) or (
                sum(one.file_size for one in bundle.infolist()) > MOST_BYTES
            ):
                raise FileError("this is no saved assessment", where=place, mend=_MEND)
            kept = json.loads(bundle.read(MEMBERS[0]))
            with np.load(io.BytesIO(bundle.read(MEMBERS[1])), allow_pickle=False) as found:
                arrays = {name: found[name] for name in found.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise FileError(f"the file cannot be read: {error}", where=place, mend=_MEND) from None
    if not isinstance(kept, dict) or kept.get("comity-assessment") != FORMAT:
        raise FileError(
            "this is an assessment of another format",
            where=place,
            mend="use the version of the program that saved it",
        )
    if kept.get("model_version") != MODEL_VERSION:
        raise ConflictError(
            f"the run was made with model {kept.get('model_version')}; this is {MODEL_VERSION}, "
            "whose numbers are others",
            where=place,
            mend="use the version of the program that saved it, or assess anew",
        )
    try:
        baseline, totals = market_from_data(kept["market"], arrays)
        case = MarketCase.from_dict(kept["case"])
        if baseline.digest != case.baseline_digest:
            raise ValidationError(
                "the file does not hold the market that its question names: it was changed",
                where=place,
                mend="save the run again",
            )
        again = run(
            case,
            baseline,
            totals,
            Options.from_dict(kept["options"], int(kept["seed"])),
            inputs=Inputs.from_dict(kept["inputs"]),
            beside=kept["world"],
            question=kept["question"],
            note=kept["note"],
            written=kept["written"],
            progress=progress,
            threads=threads,
        )
        if again.id != kept["run_id"]:
            raise ValidationError(
                "the file does not hold the run that its id names: it was changed",
                where=place,
                mend="save the run again",
            )
        largest, where = difference(kept["effects"], again.effects())
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        parts = f" ({', '.join(_broken(kept)[:5])})"
        raise FileError(
            f"the run is not whole{parts}: {type(error).__name__}: {error}",
            where=place,
            mend="save the run again",
        ) from None
    if largest > NEAR:
        raise ConflictError(
            f"the run comes out differently: {where} by {largest:.2g} of its size",
            where=place,
            mend="the file was changed, or another version of numpy or scipy computes otherwise",
        )
    broken = _broken(kept)
    if broken:
        raise ValidationError(
            f"the file is not as it was saved: {', '.join(broken[:5])} changed",
            where=place,
            mend="save the run again",
        )
    return Reproduction(again, largest, where)


def _seals(kept: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of every part of a file by its path, so that a slip of the hand is seen and named."""
    out: dict[str, str] = {}

    def walk(path: str, value: Any, depth: int) -> None:
        if depth and isinstance(value, Mapping) and value:
            for key, one in value.items():
                walk(f"{path}.{key}" if path else str(key), one, depth - 1)
        else:
            out[path] = hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]

    walk("", {key: one for key, one in kept.items() if key != "seals"}, 3)
    return out


def _broken(kept: Mapping[str, Any]) -> list[str]:
    """The parts of a file that are not as they were saved."""
    was, now = dict(kept.get("seals") or {}), _seals(kept)
    return sorted(path for path in {*was, *now} if was.get(path) != now.get(path))


def tidy(folder: Path | None) -> None:
    """Takes away the blocks of a run that is saved whole."""
    if folder is not None and folder.is_dir():
        shutil.rmtree(folder, ignore_errors=True)


_MEND = "give a file that --save wrote"


def difference(
    kept: Sequence[Mapping[str, Any]], again: Sequence[Mapping[str, Any]]
) -> tuple[float, str]:
    """The largest difference of any number in two lists of rows, relative to the row's size."""
    if len(kept) != len(again):
        raise KeyError(f"{len(kept)} effects and {len(again)}")
    largest, where = 0.0, ""
    for old, new in zip(kept, again, strict=True):
        numbers = [v for v in (*old.values(), *new.values()) if isinstance(v, float)]
        size = max((abs(v) for v in numbers), default=0.0)
        if set(old) != set(new):
            raise KeyError(f"{', '.join(sorted({*old} ^ {*new}))} of {_called(old)}")
        for name, value in old.items():
            other = new[name]
            if isinstance(value, float) and isinstance(other, float):
                if value != other:
                    off = abs(value - other) / max(size, 1e-300)
                    if not off <= largest:
                        largest, where = off, f"{name} of {_called(old)}"
            elif value != other:
                raise KeyError(f"{name} of {_called(old)}")
    return largest, where


def _called(row: Mapping[str, Any]) -> str:
    return " ".join(str(row[k]) for k in ("quantity", "exporter", "importer", "goods") if row[k])
