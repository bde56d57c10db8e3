"""What an opened record can be told: entries, packs, documents."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.record.reading import Reading
from comity.record.store import Log
from comity.record.view import View
from comity.words.errors import NotFound, Place

if TYPE_CHECKING:
    from comity.record.entry import Entry
    from comity.record.packs import LoadReport
    from comity.record.write import Kept

Progress = Callable[[int], None]


def default_author() -> str:
    """Who writes where nothing else is said: ``COMITY_AUTHOR``, else the user's login name."""
    try:
        return os.environ.get("COMITY_AUTHOR") or getpass.getuser()
    except (KeyError, OSError):  # no login name on this machine
        return "unknown"


class WritingMethods:
    """The writing half of `comity.opened.OpenRecord`."""

    log: Log

    def add(
        self, file: str | Path, *, author: str | None = None, why: str | None = None
    ) -> list[Entry]:
        """Add the entries of a YAML file, all or none."""
        from comity.record.write import add_file

        return add_file(self.log, Path(file), author=author or default_author(), why=why)

    def revise(
        self,
        entry_id: str,
        file: str | Path,
        *,
        author: str | None = None,
        why: str | None = None,
    ) -> tuple[Entry, Entry]:
        """Revise an entry by the fields of a YAML file; returns it before and after."""
        from comity.record.write import revise_file

        return revise_file(
            self.log, entry_id, Path(file), author=author or default_author(), why=why
        )

    def add_entries(
        self, entries: Any, *, author: str | None = None, why: str | None = None
    ) -> list[Kept]:
        """Add entries given as plain values, in the form of a YAML file; all or none."""
        from comity.record.write import add_plain

        return add_plain(self.log, entries, author=author or default_author(), why=why or "added")

    def check_entries(self, entries: Any, *, author: str | None = None) -> list[Entry]:
        """The entries that `add_entries` would add, checked; nothing is written."""
        from comity.record.write import check_plain

        return check_plain(self.log, entries, author=author or default_author())

    def revise_entry(
        self,
        entry_id: str,
        fields: Mapping[str, Any],
        *,
        base: int | None = None,
        author: str | None = None,
        why: str | None = None,
    ) -> tuple[Entry, Kept]:
        """Revise an entry by plain values; `base` is the number of the revision changed, and a
        `StaleError` with both revisions is raised where there is a newer one."""
        from comity.record.write import revise_plain

        return revise_plain(
            self.log,
            entry_id,
            dict(fields),
            author=author or default_author(),
            why=why or "revised",
            base=base,
        )

    def retract(
        self, entry_id: str, *, why: str, author: str | None = None, base: int | None = None
    ) -> Entry:
        """Take an entry back, with a reason; it stays in the history and in earlier reads.

        `base` is as in `revise_entry`."""
        from comity.record.write import retract

        return retract(self.log, entry_id, author=author or default_author(), why=why, base=base)

    def load_pack(
        self, path: str | Path, *, accepted_by: str | None = None, progress: Progress | None = None
    ) -> LoadReport:
        """Load a pack's folder, or a shipped pack by name, in one transaction."""
        return self.load_packs([path], accepted_by=accepted_by, progress=progress)[0]

    def load_packs(
        self,
        paths: Sequence[str | Path],
        *,
        accepted_by: str | None = None,
        progress: Progress | None = None,
    ) -> list[LoadReport]:
        """Load several packs in their order, all in one transaction."""
        from comity.record.packfile import SHIPPED, read_pack, shipped_path
        from comity.record.packs import load_packs

        folders = [shipped_path(str(p)) if str(p) in SHIPPED else Path(p) for p in paths]
        return load_packs(
            self.log,
            [read_pack(folder) for folder in folders],
            accepted_by=accepted_by or default_author(),
            progress=progress,
        )

    def load_shipped(self, *, progress: Progress | None = None) -> list[LoadReport]:
        """Load all shipped packs, in order."""
        from comity.record.packfile import SHIPPED

        return self.load_packs(SHIPPED, progress=progress)

    def export(self, path: str | Path, *, pack: str | None = None, name: str | None = None) -> int:
        """Write the record, or what came from one pack, as a pack's folder without loss."""
        from comity.record.export import export_pack

        return export_pack(self.log, Path(path), name=name or pack or "export", pack=pack)

    def attach(self, file: str | Path) -> dict[str, Any]:
        """Attach a document's file: its hash must be on record, then its passages can be shown.

        Raises `NotFound` where no document on record has the file's hash.
        """
        from comity.documents.passages import sha256_of
        from comity.record.yamlfile import read_bytes

        path = Path(file)
        data = read_bytes(path)
        digest = sha256_of(data)
        reading = Reading(self.log, View())
        for document in reading.entries("document"):
            if document.value("sha256") == digest:
                new = self.log.attach(digest, path.name, data)
                return self._attached(reading, document.id, digest, new)
        raise NotFound(
            f"no document on record has the hash {digest}",
            where=Place(file=str(path)),
            mend="add a document entry with this sha256 first, or attach the file it was made from",
        )

    def _attached(self, reading: Reading, document: str, digest: str, new: bool) -> dict[str, Any]:
        from comity.record.views.entry import show

        passages: dict[str, list[dict[str, Any]]] = {}
        for other in reading.entries(naming=[document]):
            found = [p for p in show(reading, other.id)["passages"] if p["document"] == document]
            if found:
                passages[other.id] = found
        states = [p["state"] for found in passages.values() for p in found]
        return {
            "document": document,
            "sha256": digest,
            "new": new,
            "passages": len(states),
            "verified": states.count("verified"),
            "entries": passages,
        }
