"""The command that asks what applies to a shipment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from comity.cli.options import AsOf, Format, KnownOn, Out, PublicOn, Received
from comity.cli.output import record, table, width, write


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("applies")(applies)


def applies(
    exporter: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--from", metavar="ECONOMY", help="Where the goods come from."),
    ] = None,
    importer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--to", metavar="ECONOMY", help="Where they go."),
    ] = None,
    goods: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CODE", help="HS code, HS2022:030722; 2 to 10 digits."),
    ] = None,
    on: AsOf = None,
    area: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="AREA", help="Area of origin (or destination): JP-01 or a name."),
    ] = None,
    consignee: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Who receives them."),
    ] = None,
    end_use: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="WORDS", help="What they are for, as declared."),
    ] = None,
    explain: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="MEASURE", help="Say for this measure why it does or does not apply."),
    ] = None,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="CSV", help="Many shipments: from,to,goods,on,area,consignee,end_use."
        ),
    ] = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What applies to a shipment on a day: prohibited, conditional, dutiable, none on record."""
    from comity.words.errors import InputError

    times = {"known_on": known_on, "public_on": public_on, "received": received}
    single = (exporter, importer, goods)
    if file is not None:
        given = [*single, area, consignee, end_use, explain]
        if any(value is not None for value in given):
            raise InputError(
                "--file brings its own shipments", mend="leave out --from, --to, --goods …"
            )
        from comity.applies.asking import TERMINAL

        with record() as opened:
            rows, columns = opened.applies_file(file, on=on, **times)  # type: ignore[arg-type]
        table(rows, columns, form, out, f"Shipments in {file.name}", TERMINAL)
        return
    if exporter is None or importer is None or goods is None:
        raise InputError("a shipment needs --from, --to and --goods", mend="or give --file")
    from comity.report.answers import render_answer, render_explanation

    question = {
        "exporter": exporter,
        "importer": importer,
        "goods": goods,
        "on": on,
        "area": area,
        "consignee": consignee,
        "end_use": end_use,
        **times,
    }
    with record() as opened:
        if explain is not None:
            data = opened.explain(explain, **question)  # type: ignore[arg-type]
            write(render_explanation(data, form, width()), out)
            return
        answer = opened.applies(**question)  # type: ignore[arg-type]
        data = {"asked": answer.shipment.as_dict(), **answer.as_dict()}
    write(render_answer(data, form, width()), out)
