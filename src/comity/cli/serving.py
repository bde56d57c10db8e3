"""Commands of the service: serve, token."""

from __future__ import annotations

import importlib
from typing import Annotated, Optional

import typer

from comity.cli.options import Format, Out
from comity.cli.output import record, store_url, table

token = typer.Typer(
    help="Tokens for the HTTP API: who may read, review and write.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the command and the group of this module."""
    app.command("serve")(serve)
    app.add_typer(token, name="token")


def serve(
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; 0.0.0.0 for all.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 takes a free one.")
    ] = 8000,
    require_token: Annotated[
        bool, typer.Option("--require-token", help="Ask callers on this machine for one, too.")
    ] = False,
    rate: Annotated[
        float,
        typer.Option(metavar="N", min=0, help="Requests a second of one token or address; 0: any."),
    ] = 100.0,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, help="Processes that work off queued runs.")
    ] = 1,
) -> None:
    """Serve the record over HTTP, from one process, until interrupted."""
    # The doors know nothing of each other; this one only starts the other, as a program would.
    serving = importlib.import_module("comity.api.serving")
    settings = importlib.import_module("comity.api.settings").Settings(
        require_token=require_token,
        rate=rate,
        burst=max(1, int(2 * rate)),
        workers=workers,
        warm=True,
    )
    serving.serve(
        store_url(),
        host=host,
        port=port,
        settings=settings,
        ready=lambda address: typer.echo(f"serving {address}/api/v1/ (Ctrl-C ends it)", err=True),
    )


@token.command("create")
def token_create(
    role: Annotated[str, typer.Option(metavar="ROLE", help="reader, reviewer or editor.")],
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Author of what is written with it; you if not given."),
    ] = None,
    expires: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="WHEN", help="Last day (UTC), or instant; never where not given."),
    ] = None,
) -> None:
    """Make a token and print it. It is shown this once: the store keeps its hash only."""
    from comity.access import create
    from comity.opened.writing import default_author

    with record(reads=False) as opened:
        text, made = create(opened.log, role, name=name, expires=expires, by=default_author())
    typer.echo(f"token {made.id} of {made.name}, role {made.role}:", err=True)
    typer.echo(text)


@token.command("list")
def token_list(form: Format = "table", out: Out = None) -> None:
    """All tokens: name, role, and whether they are valid."""
    from comity.access import tokens
    from comity.access.tokens import COLUMNS

    with record(reads=False) as opened:
        rows = [one.as_dict() for one in tokens(opened.log)]
    table(rows, COLUMNS, form, out, "Tokens")


@token.command("revoke")
def token_revoke(
    named: Annotated[str, typer.Argument(metavar="TOKEN", help="Id or name of the token.")],
) -> None:
    """Make a token invalid from now on."""
    from comity.access import revoke

    with record(reads=False) as opened:
        made = revoke(opened.log, named)
    typer.echo(f"revoked token {made.id} of {made.name}")
