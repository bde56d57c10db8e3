"""Commands that write: add, revise, retract."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli.options import Author, EntryId, Why
from comity.cli.output import record

File = Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("add")(add)
    app.command("revise")(revise)
    app.command("retract")(retract)


def add(file: File, why: Why = None, author: Author = None) -> None:
    """Add the entries of a YAML file, all or none."""
    with record(reads=False) as opened:
        for entry in opened.add(file, author=author, why=why):
            typer.echo(f"added {entry.kind} {entry.id}: {entry.title}")


def revise(entry_id: EntryId, file: File, why: Why = None, author: Author = None) -> None:
    """Revise an entry: fields in the file replace the entry's, the others stay."""
    from comity.record.views.changes import changed_fields

    with record(reads=False) as opened:
        before, after = opened.revise(entry_id, file, author=author, why=why)
        typer.echo(f"revised {after.kind} {after.id}: {after.title}")
        for field in changed_fields(before, after):
            typer.echo(f"  {field['field']}: {field['before'] or '–'} → {field['after'] or '–'}")


def retract(
    entry_id: EntryId,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, for the history.")],
    author: Author = None,
) -> None:
    """Take an entry back, with a reason. It stays in its history and in earlier reads."""
    with record(reads=False) as opened:
        entry = opened.retract(entry_id, why=why, author=author)
        typer.echo(f"retracted {entry.kind} {entry.id}: {entry.title}")
