"""Writing answers and errors; opening the store that the command line names."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.words.catalogue import t
from comity.words.errors import ComityError, FileError, Place, ValidationError

if TYPE_CHECKING:
    from comity.opened import OpenRecord

_store: dict[str, str | None] = {"db": None}
_SHOWN_PROBLEMS = 20


def use_store(name: str | None) -> None:
    """Remember the store that ``--db`` named."""
    _store["db"] = name


def record(*, reads: bool = True) -> OpenRecord:
    """The store of this command, opened. A command that reads never makes one, and says so where
    it is empty."""
    from comity.opened import OpenRecord

    opened = OpenRecord(_store["db"], create=not reads)
    if reads and opened.empty:
        sys.stderr.write(f"note: {t('record.empty')}: {t('record.empty_mend')}\n")
    return opened


def store_url() -> str:
    """The URL of this command's store."""
    from comity.record.store import default_url, to_url

    name = _store["db"]
    return default_url() if name is None else to_url(name)


def width() -> int:
    """Characters a line may have: the terminal's width, or 120 where output is not a terminal."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return 120
    return shutil.get_terminal_size((120, 24)).columns


def write(text: str | bytes, out: Path | None) -> None:
    """To the screen, or whole into a file: written beside it and moved into place."""
    if out is None:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        else:
            sys.stdout.write(text)
        return
    data = text if isinstance(text, bytes) else text.encode()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = out.with_name(f".{out.name}.part")
        work.write_bytes(data)
        work.replace(out)
    except OSError as error:
        raise FileError(
            f"the file cannot be written: {error.strerror}",
            where=Place(file=str(out)),
            mend="name another file with --out",
        ) from None
    sys.stderr.write(f"written: {out}\n")


def known_form(form: str) -> None:
    """Refuse a format that there is not before anything is done. Raises `InputError`."""
    from comity.report.tables import FORMATS
    from comity.words.errors import InputError

    if form not in FORMATS:
        raise InputError(f"there is no format {form!r}", mend="one of: " + ", ".join(FORMATS))


def table(
    rows: Sequence[dict[str, Any]],
    columns: Sequence[str],
    form: str,
    out: Path | None,
    title: str,
    terminal: Sequence[str] | None = None,
) -> None:
    """Write rows in a format; `terminal` names the fewer columns that fit a terminal."""
    from comity.report.tables import render

    text = render(rows, columns, form, title=title, width=width(), terminal=terminal)
    write(text, out)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """A line on the terminal that counts entries while long work goes on; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda number: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,} entries"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda number: shown.advance(task, number)


def error(problem: ComityError) -> None:
    """Print an error: what, where, how to mend it; as JSON where the answer would have been."""
    if _wants_json():
        sys.stderr.write(json.dumps(problem.as_dict(), ensure_ascii=False, indent=2) + "\n")
        return
    problems = problem.problems if isinstance(problem, ValidationError) else ()
    listed = problems if len(problems) > 1 else (problem,)
    if len(problems) > 1:
        sys.stderr.write(f"error: {len(problems)} problems\n")
    for one in listed[:_SHOWN_PROBLEMS]:
        where = f"{one.where}: " if one.where and str(one.where) else ""
        sys.stderr.write(f"error: {where}{one.what}\n")
        if one.mend:
            sys.stderr.write(f"  mend: {one.mend}\n")
    if len(listed) > _SHOWN_PROBLEMS:
        sys.stderr.write(f"… and {len(listed) - _SHOWN_PROBLEMS} more\n")


def _wants_json() -> bool:
    words = sys.argv[1:]
    return any(
        word == "--format=json" or (word == "--format" and words[i + 1 : i + 2] == ["json"])
        for i, word in enumerate(words)
    )
