"""Files that runs are kept in: whether one can be written, and whether it holds another run."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from comity.words.errors import ConflictError, FileError, Place

_HEADS = ("assessment.json", "run.json")


def check_target(path: str | Path, *, force: bool = False) -> None:
    """Refuses a file that cannot become a run, before anything is computed.

    Raises `FileError` for a folder, and one that is not there; `ConflictError` for a file that is
    no saved run, which is overwritten with `force` only.
    """
    path = Path(path)
    place = Place(file=str(path), field="save")
    if path.is_dir():
        raise FileError(
            f"the run cannot be saved: {path} is a folder",
            where=place,
            mend="name a file in it, such as ban.run",
        )
    if not path.parent.is_dir():
        raise FileError(
            f"the run cannot be saved: there is no folder {path.parent}",
            where=place,
            mend="make the folder first, or name another file",
        )
    if path.exists() and not force and kept_run(path) is None:
        raise ConflictError(
            "the file is there already, and is no saved run",
            where=place,
            mend="name another file, or overwrite it: --force",
        )


def check_run(path: str | Path, run_id: str, *, force: bool = False) -> None:
    """Raises `ConflictError` where a file holds another run than this one, unless with `force`."""
    path = Path(path)
    if force or not path.exists():
        return
    there = kept_run(path)
    if there != run_id:
        what = "another run" if there else "something that is no saved run"
        name = f", {there[:16]}" if there else ""
        raise ConflictError(
            f"the file holds {what}{name}; this one is {run_id[:16]}",
            where=Place(file=str(path), field="save"),
            mend="name another file, or overwrite it: --force (Python: force=True)",
        )


def kept_run(path: Path) -> str | None:
    """The id of the run that a file holds; None where it holds none."""
    try:
        with zipfile.ZipFile(path) as bundle:
            head = next((name for name in _HEADS if name in bundle.namelist()), None)
            kept = None if head is None else json.loads(bundle.read(head))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    found = kept.get("run_id") if isinstance(kept, dict) else None
    return found if isinstance(found, str) else None
