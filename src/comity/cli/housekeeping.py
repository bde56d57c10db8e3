"""Commands for packs, documents and the store: pack, documents, db."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from comity.cli.options import Format, Out
from comity.cli.output import progress, record, table, write

pack = typer.Typer(help="Load, check and export packs.", no_args_is_help=True)
documents = typer.Typer(help="Attach documents that the record rests on.", no_args_is_help=True)
db = typer.Typer(help="Look after the store.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the groups of commands of this module."""
    app.add_typer(pack, name="pack")
    app.add_typer(documents, name="documents")
    app.add_typer(db, name="db")


Folder = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Argument(metavar="DIR", help="The pack's folder, or the name of a shipped pack."),
]


@pack.command("load")
def pack_load(
    folder: Folder = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Load all shipped packs.")] = False,
) -> None:
    """Load a pack in one transaction; your own revisions are never overridden."""
    from comity.words.errors import InputError

    if (folder is None) == (not shipped):
        raise InputError("name one pack, or --shipped", mend="comity pack load --shipped")
    with record(reads=False) as opened:
        names = _shipped() if folder is None else [str(folder)]
        with progress(f"loading {', '.join(names)}") as step:
            reports = opened.load_packs(names, progress=step)
        for report in (one.as_dict() for one in reports):
            lists = {k: v for k, v in report.items() if isinstance(v, list)}
            typer.echo(
                f"pack {report['pack']} {report['version']}: {report['added']} added, "
                f"{len(lists['revised'])} revised, {len(lists['retracted'])} retracted, "
                f"{report['unchanged']} unchanged"
            )
            for key, say in (
                ("kept", "your own revision stays (the pack is unchanged there)"),
                ("conflicts", "CONFLICT: the pack says something new, your own revision stays"),
                ("older", "the store has a newer version"),
            ):
                for entry_id in lists[key]:
                    typer.echo(f"  {entry_id}: {say}")


def _shipped() -> list[str]:
    from comity.record.packfile import SHIPPED

    return list(SHIPPED)


@pack.command("check")
def pack_check(
    folder: Folder = None,
    facts: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="DIR", help="Compare with the fact files in this folder."),
    ] = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Check packs (the shipped ones if none is named); print the entries of each fact row."""
    from comity.report.packcheck import COLUMNS, check_packs

    checked = check_packs([str(folder)] if folder else _shipped(), facts)
    table(checked.rows, COLUMNS, form, out, "Fact rows and the entries they became")
    typer.echo(checked.summary, err=True)
    checked.raise_missing()


@pack.command("export")
def pack_export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    only: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--pack", metavar="NAME", help="Only what came from this pack."),
    ] = None,
) -> None:
    """Write the record as a pack, with its history, without loss."""
    with record(reads=False) as opened:
        number = opened.export(folder, pack=only)
    typer.echo(f"exported {number} entries to {folder}")


@documents.command("attach")
def documents_attach(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document's file.")],
    form: Annotated[str, typer.Option("--format", metavar="FORM", help="table or json.")] = "table",
) -> None:
    """Attach a document: its hash is checked against the record, then its passages can be shown."""
    from comity.report.details import render_attached

    with record(reads=False) as opened:
        data = opened.attach(file)
    write(render_attached(data, form), None)


@db.command("upgrade")
def db_upgrade() -> None:
    """Create the store, or bring it to the schema of this program."""
    from comity.cli.output import store_url
    from comity.record.store import upgrade

    typer.echo(f"schema {upgrade(store_url())}")


@db.command("backup")
def db_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file for the copy.")],
) -> None:
    """Copy a SQLite store to a new file, also while others write to it."""
    from comity.record.store.backup import backup

    with record(reads=False) as opened:
        backup(opened.log, file)
    typer.echo(f"copied to {file}")


@db.command("check")
def db_check() -> None:
    """Say where the store is, its schema, and what it holds; check hashes of all revisions."""
    from comity.report.storecheck import check_store

    with record(reads=False) as opened:
        typer.echo(check_store(opened.log), nl=False)
