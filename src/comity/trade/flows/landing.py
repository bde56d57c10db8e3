"""An import lands whole or not at all.

It is written into a hidden folder beside the others and becomes visible by one rename. What an
interrupted import left behind is never read, and is cleared away by the next one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from comity.trade.flows import manifest
from comity.trade.flows.manifest import Imported
from comity.words.errors import ConflictError, FileError, Place, StoreError

HIDDEN = ".landing-"


class Store:
    """The folder of trade data: reads its manifests, lands new imports."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def imports(self) -> Path:
        return self.path / "imports"

    def all(self) -> tuple[Imported, ...]:
        """Every visible import by data set and id, those left out that a later one replaces."""
        if not self.imports.is_dir():
            return ()
        found = [
            manifest.read(folder)
            for folder in sorted(self.imports.iterdir())
            if folder.is_dir() and not folder.name.startswith(".")
        ]
        gone = {old for one in found for old in one.replaces}
        return tuple(
            sorted((one for one in found if one.id not in gone), key=lambda m: (m.dataset, m.id))
        )

    def get(self, import_id: str) -> Imported | None:
        """The visible import of this id."""
        return next((one for one in self.all() if one.id == import_id), None)

    def conflicts(self, dataset: str, blocks: tuple[str, ...], replace: bool) -> tuple[str, ...]:
        """Ids of imports that the new one replaces.

        Raises `ConflictError` where a block is there already and `replace` is false, or where
        replacing would lose a block that the new import does not have.
        """
        asked = set(blocks)
        over = [one for one in self.all() if one.dataset == dataset and asked & set(one.blocks)]
        if not over:
            return ()
        first = over[0]
        shared = sorted(asked & set(first.blocks))
        if not replace:
            raise ConflictError(
                f"{dataset} holds {shared[0]} already, from {first.files[0].name} "
                f"({first.imported_at[:10]})",
                mend="the same flows are never kept twice: --replace the older import, or remove "
                f"it: comity data remove {first.id}",
            )
        for one in over:
            lost = sorted(set(one.blocks) - asked)
            if lost:
                raise ConflictError(
                    f"replacing {one.id} would lose {lost[0]}, which the new import does not have",
                    mend=f"remove the older import first: comity data remove {one.id}",
                )
        return tuple(one.id for one in over)

    @contextmanager
    def landing(self) -> Iterator[Path]:
        """A hidden folder that is gone afterwards, whatever happens inside."""
        try:
            self.imports.mkdir(parents=True, exist_ok=True)
            self._sweep()
            folder = Path(tempfile.mkdtemp(prefix=f"{HIDDEN}{os.getpid()}-", dir=self.path))
        except OSError as error:
            raise StoreError(
                f"the folder of trade data cannot be written: {error.strerror}",
                where=Place(file=str(self.path)),
                mend="name another one with COMITY_DATA",
            ) from error
        try:
            yield folder
        except OSError as error:
            raise FileError(
                f"the import was given up: {error.strerror or error}",
                where=Place(file=str(error.filename or self.path)),
                mend="nothing was changed; see that the disk has room",
            ) from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def land(self, folder: Path, one: Imported) -> Imported:
        """Makes a finished folder visible under its id; the older ones it replaces are deleted."""
        one.write(folder)
        target = self.imports / one.id
        try:
            folder.rename(target)
        except OSError:
            there = self.get(one.id)
            if there is None:
                raise
            return there  # another process was quicker with the same file
        for old in one.replaces:
            shutil.rmtree(self.imports / old, ignore_errors=True)
        return one

    def remove(self, import_id: str) -> None:
        """Deletes an import: it vanishes by one rename, then its files go."""
        with self.landing() as folder:
            (self.imports / import_id).rename(folder / "gone")

    def _sweep(self) -> None:
        """Clears what processes that have ended left behind."""
        for folder in self.path.glob(f"{HIDDEN}*"):
            pid = folder.name.removeprefix(HIDDEN).partition("-")[0]
            if pid.isdigit() and int(pid) != os.getpid() and not _alive(int(pid)):
                with suppress(OSError):
                    shutil.rmtree(folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
