"""The group `comity reader`: what the reader's rules are worth, by gold and by decisions."""

from __future__ import annotations

import typer

READER = typer.Typer(
    help="How good the reader is: against annotated documents, and by what reviewers decided.",
    no_args_is_help=True,
)
