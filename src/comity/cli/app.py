"""The commands, gathered. Heavy modules load inside the commands, so that help is fast."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from comity.cli import (
    answers,
    assessing,
    elasticities,
    flows,
    housekeeping,
    models,
    proposing,
    reader_score,
    reading,
    serving,
    writing,
)
from comity.cli.output import use_store

app = typer.Typer(
    help="Keep the record of a trade relation, ask what applies, simulate what measures do.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from comity.version import __version__

        typer.echo(f"comity {__version__}")
        raise typer.Exit


@app.callback()
def options(
    db: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="STORE",
            envvar="COMITY_DB",
            help="The store: a SQLite file or a PostgreSQL URL; your own record where not given.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that come before the command; --db may stand anywhere."""
    use_store(db)


reading.register(app)
answers.register(app)
models.register(app)
assessing.register(app)
flows.register(app)
elasticities.register(app)
writing.register(app)
proposing.register(app)
reader_score.register(app)
serving.register(app)
housekeeping.register(app)
