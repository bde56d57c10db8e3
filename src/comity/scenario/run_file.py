"""A run in one file: a zip archive, whole or not at all, the same bytes for the same run."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from comity.words.errors import FileError, Place


def write_run(path: str | Path, members: Sequence[tuple[str, bytes]]) -> None:
    """Writes the members (name and content) of a saved run. Raises `FileError`."""
    path = Path(path)
    work = path.with_name(f".{path.name}.part")
    try:
        with zipfile.ZipFile(work, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, content in members:
                # A fixed date: the same run is the same file.
                bundle.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
        work.replace(path)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise FileError(
            f"the run cannot be saved: {error.strerror}",
            where=Place(file=str(path)),
            mend="name a file in a folder that is there and can be written",
        ) from None
