"""The command `elasticities`: what is published for goods, and what a model would take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from comity.cli.options import Format, Out
from comity.cli.output import width, write


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("elasticities")(elasticities)


def elasticities(
    goods: Annotated[
        list[str],
        typer.Option(metavar="CODE", help="HS code (HS2022:030722, 03); may be repeated."),
    ],
    source: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Only this source, and σ from it alone: such as Ossa"),
    ] = None,
    horizon: Annotated[
        str, typer.Option(metavar="RUN", help="short (first full year) or long (five years on).")
    ] = "long",
    file: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option(metavar="CSV", help="Estimates of your own, besides those shipped."),
    ] = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Published elasticities for goods, nearest first, and the choice a market model would make."""
    from comity.report.elasticities import render_elasticities
    from comity.trade.elasticity_answer import answer

    found = answer(goods, source=source, horizon=horizon, files=tuple(file or ()))
    write(render_elasticities(found, form, width()), out)
