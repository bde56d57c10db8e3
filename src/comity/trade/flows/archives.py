"""Files to import, whether they lie in a zip, in a folder, or alone."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from comity.trade.files import ZIP_FAILURES
from comity.trade.flows.manifest import SourceFile, source_file
from comity.words.errors import FileError, Place

LARGEST_MEMBER = 20_000_000_000
"""Bytes of one unpacked member above which an archive is refused."""


class Archive:
    """Members by name. `files` are the files on disk, hashed."""

    def __init__(
        self, path: Path, files: Sequence[SourceFile], packed: zipfile.ZipFile | None
    ) -> None:
        self.path = path
        self.name = str(path)
        self.files = tuple(files)
        self._packed = packed

    @property
    def members(self) -> tuple[str, ...]:
        if self._packed is not None:
            return tuple(sorted(n for n in self._packed.namelist() if not n.endswith("/")))
        return tuple(one.name for one in self.files)

    def inside(self, member: str) -> str:
        """The member as errors name it."""
        if self._packed is not None:
            return f"{self.path}:{member}"
        return str(self._on_disk(member))

    def extract(self, member: str, scratch: Path) -> Path:
        """The member as a file on disk: unpacked into `scratch`, or where it lies already."""
        if self._packed is None:
            return self._on_disk(member)
        target = scratch / Path(member).name
        if self._packed.getinfo(member).file_size > LARGEST_MEMBER:
            raise FileError(
                f"the member is larger than {LARGEST_MEMBER:,} bytes",
                where=Place(file=self.inside(member)),
            )
        with self._packed.open(member) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
        return target

    def text(self, member: str) -> str:
        """A small member as text. Raises `FileError`."""
        place = Place(file=self.inside(member))
        try:
            if self._packed is None:
                raw = self._on_disk(member).read_bytes()
            else:
                raw = self._packed.read(member)
            return raw.decode("utf-8-sig")
        except ZIP_FAILURES as error:
            raise FileError(f"the file cannot be read: {error}", where=place) from error

    def _on_disk(self, member: str) -> Path:
        return self.path / member if self.path.is_dir() else self.path


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The zip, folder or file. Raises `FileError` for what is missing, cut off or no archive."""
    if path.is_dir():
        every = [source_file(one) for one in sorted(path.iterdir()) if one.suffix == ".csv"]
        yield Archive(path, every, None)
        return
    one = source_file(path)
    if path.suffix.lower() != ".zip":
        yield Archive(path, [one], None)
        return
    try:
        packed = zipfile.ZipFile(path)
    except ZIP_FAILURES as error:
        raise FileError(
            f"this is not a whole zip archive: {error}",
            where=Place(file=str(path)),
            mend="it may be cut off: download it again; nothing was imported",
        ) from error
    with packed:
        yield Archive(path, [one], packed)
