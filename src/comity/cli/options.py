"""Options that many commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

AsOf = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option(
        "--as-of",
        "--on",
        "--in-force",
        metavar="DAY",
        help="Day of the world at which to look (YYYY-MM-DD); today where not given.",
    ),
]
KnownOn = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        metavar="WHEN",
        help="Only what was recorded by the end of this UTC day, or by this instant.",
    ),
]
PublicOn = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="DAY", help="Only what was public by this day: what anyone could know."),
]
Received = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="N", help="Only revisions up to this number of the store's own log."),
]
Format = Annotated[
    str, typer.Option("--format", metavar="FORM", help="table, json, csv, md or html.")
]
Out = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--out", metavar="FILE", help="Write to this file instead of the screen."),
]
First = Annotated[str, typer.Argument(metavar="FIRST", help="An economy: ISO code or name.")]
Second = Annotated[str, typer.Argument(metavar="SECOND", help="The other economy.")]
EntryId = Annotated[str, typer.Argument(metavar="ID", help="Id of an entry.")]
Author = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        metavar="NAME", help="Who writes; COMITY_AUTHOR or your login name where not given."
    ),
]
Why = Annotated[Optional[str], typer.Option(metavar="TEXT", help="Why, for the history.")]  # noqa: UP045
