"""The command line as a test knocks at it: in this process, on a store of the test's choice."""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.cli import main


@dataclass(frozen=True)
class Done:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    again: Callable[..., Done] | None = None
    """The same command with more words."""

    def json_rows(self) -> list[dict[str, Any]]:
        """The rows that the same command gives as JSON."""
        assert self.again is not None
        rows = self.again("--format", "json").json
        assert isinstance(rows, list)
        return rows

    def json_rows_or_data(self) -> Any:
        """What the same command gives as JSON, whatever its shape."""
        assert self.again is not None
        return self.again("--format", "json").json

    @property
    def rows(self) -> list[dict[str, str]]:
        """The rows of an answer in CSV."""
        return list(csv.DictReader(io.StringIO(self.out)))


@contextlib.contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS", "TERMINAL_WIDTH"):
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Door:
    """The command line on one store, in one folder."""

    def __init__(self, store: Path, folder: Path) -> None:
        self.store = store
        self.folder = folder

    def try_(self, *words: str | Path, **environment: str) -> Done:
        """Run a command, whatever comes of it."""
        out, err = io.BytesIO(), io.BytesIO()
        screen = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
        errors = io.TextIOWrapper(err, encoding="utf-8", write_through=True)
        values = {
            "COMITY_DB": str(self.store),
            "COMITY_AUTHOR": "ann",
            "COLUMNS": "120",
            "NO_COLOR": "1",
            **environment,
        }
        before, code = sys.argv, 0
        with (
            _environment(**values),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(screen),
            contextlib.redirect_stderr(errors),
        ):
            sys.argv = ["comity", *(str(word) for word in words)]
            try:
                main()
            except SystemExit as done:
                code = done.code if isinstance(done.code, int) else int(done.code is not None)
            finally:
                sys.argv = before
        again = functools.partial(self, *words, **environment)
        return Done(code, out.getvalue().decode(), err.getvalue().decode(), again)

    def __call__(self, *words: str | Path, **environment: str) -> Done:
        """Run a command that must do."""
        done = self.try_(*words, **environment)
        assert done.code == 0, done.err
        return done

    def refused(self, *words: str | Path, code: int = 2) -> Done:
        """Run a command that must be refused, saying what, where it has a place, and the mend."""
        before = self.dump()
        done = self.try_(*words)
        assert done.code == code, (done.out, done.err)
        assert done.out == ""
        assert done.err.startswith("error: ")
        assert "\n  mend: " in done.err
        assert self.dump() == before, "the store changed"
        return done

    def dump(self) -> list[tuple[Any, ...]]:
        """Every row of every table of the store, to see that nothing changed."""
        import sqlite3

        if not self.store.exists():
            return []
        with contextlib.closing(sqlite3.connect(self.store)) as connection:
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            return [
                (name, *row)
                for (name,) in tables
                for row in connection.execute(f'SELECT * FROM "{name}"').fetchall()
            ]

    def write(self, name: str, text: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def copied(self, store: Path) -> Door:
        """The same on a copy of the store."""
        shutil.copyfile(self.store, store)
        return Door(store, self.folder)


def facts(shared: Path, name: str) -> list[dict[str, str]]:
    """The rows of a hand-made fact file."""
    path = shared / "facts" / "china-japan" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
