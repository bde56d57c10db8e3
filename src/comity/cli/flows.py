"""Commands of trade flows: flows, exposure, data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from comity.cli.options import Format, Out
from comity.cli.output import width, write

if TYPE_CHECKING:
    from comity.trade.flows import TradeData

data = typer.Typer(
    help="Look at, check, import and fetch trade data; a small set comes with Comity.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands and the group of this module."""
    app.command("flows")(flows)
    app.command("exposure")(exposure)
    app.add_typer(data, name="data")


Goods = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="CODES", help="HS codes, with their edition: HS2022:0307. All if none."),
]
Years = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--years", "--year", metavar="YEARS", help="2022, 2019-2024 or 2019,2022."),
]
Source = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="NAME", help="One data set or shipped series only; shipped for these."),
]
Folder = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(
        "--data", metavar="DIR", envvar="COMITY_DATA", help="The folder of imported trade data."
    ),
]
Replace = Annotated[
    bool, typer.Option("--replace", help="Replace what other files brought before.")
]
Counts = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        metavar="CODE=ECONOMY", help="Count a code that is no economy as one; may be repeated."
    ),
]
Theta = Annotated[
    float, typer.Option(metavar="NUMBER", help="Trade elasticity of a world from icio or wiod.")
]


def _open(folder: Path | None) -> TradeData:
    from comity.trade.flows import open_data
    from comity.words.errors import FileError, Place

    if folder is not None and folder.exists() and not folder.is_dir():
        raise FileError(
            "this is a file, and trade data are a folder",
            where=Place(file=str(folder), field="data"),
            mend="name a folder; a file is brought in with: comity data import",
        )
    return open_data(folder, shipped=True)


def flows(
    exporter: Annotated[
        str, typer.Argument(metavar="EXPORTER", help="An economy, code or name; ALL for everyone.")
    ],
    importer: Annotated[
        str, typer.Argument(metavar="IMPORTER", help="An economy, code or name; ALL for everyone.")
    ],
    goods: Goods = None,
    years: Years = None,
    source: Source = None,
    currency: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CODE", help="Convert at the average rate of each year: USD."),
    ] = None,
    by_goods: Annotated[
        bool, typer.Option("--by-goods", help="A row for each code, not their sum.")
    ] = False,
    folder: Folder = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What one economy sold to another, as each source has it, with units and what is missing."""
    from comity.report.flows import render_flows

    seller, buyer = (None if who.upper() == "ALL" else who for who in (exporter, importer))
    answer = _open(folder).flows(
        seller, buyer, goods, years, source=source, currency=currency, by_goods=by_goods
    )
    codes = _codes(seller, buyer)
    write(render_flows(answer, codes[0], codes[1], goods, form, width()), out)


def exposure(
    exporter: Annotated[
        str, typer.Option(metavar="ECONOMY", help="Who sells: an economy, code or name.")
    ],
    market: Annotated[
        str, typer.Option(metavar="ECONOMY", help="Who buys: an economy, code or name.")
    ],
    goods: Goods = None,
    years: Years = None,
    source: Source = None,
    folder: Folder = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """How two economies depend on each other: shares both ways, concentration, a closure."""
    from comity.report.exposures import render_exposure

    answer = _open(folder).exposure(exporter, market, goods, years=years, source=source)
    seller, buyer = _codes(exporter, market)
    write(render_exposure(answer, str(seller), str(buyer), goods, form, width()), out)


def _codes(*names: str | None) -> list[str | None]:
    from comity.words import economies

    return [None if name is None else economies.resolve(name) for name in names]


# ------------------------------------------------------------------------------------ trade data


@data.command("list")
def data_list(
    folder: Folder = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Each shipped series, not their number.")
    ] = False,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What trade data there are: imports, worlds from input-output tables, shipped series."""
    from comity.report.flows import render_data_list
    from comity.trade.flows.listing import listed

    rows = listed(_open(folder), each=shipped or form in ("json", "csv"))
    write(render_data_list(rows, form, width()), out)


@data.command("check")
def data_check(
    source: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="One data set only."),
    ] = None,
    years: Years = None,
    folder: Folder = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What is doubtful in imported data: duplicates, mirror gaps, holes, units. Exit code 0."""
    from comity.report.flows import render_data_check

    opened = _open(folder)
    with _working("checking"):
        found = opened.check(source=source, years=years)
    write(render_data_check(found, source or "trade data", form, width()), out)


@data.command("import")
def data_import(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", help="baci, comtrade, japan, csv, concordance, icio or wiod."
        ),
    ],
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="The files or the folder.")],
    mapping: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="YAML", help="csv: says what the columns are."),
    ] = None,
    years: Years = None,
    edition: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="HS", help="japan: edition of the codes, if not that of the year."),
    ] = None,
    counts: Counts = None,
    replace: Replace = False,
    theta: Theta = 4.0,
    economies: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="A,B,C", help="icio, wiod: keep these, the others become ROW."),
    ] = None,
    folder: Folder = None,
) -> None:
    """Bring files into the trade data: whole or not at all; a second time changes nothing."""
    from comity.trade.flows.importing import import_files

    opened = _open(folder)
    with _working(f"importing {files[0].name}"):
        said = import_files(
            opened,
            kind,
            files,
            mapping=mapping,
            years=years,
            edition=edition,
            counts=_counted(counts),
            replace=replace,
            theta=theta,
            keep=None if economies is None else tuple(economies.split(",")),
        )
    for line in said:
        typer.echo(line)


@data.command("fetch")
def data_fetch(
    kind: Annotated[str, typer.Argument(metavar="SOURCE", help="comtrade.")],
    reporter: Annotated[str, typer.Option(metavar="ECONOMY", help="Whose figures.")],
    goods: Annotated[str, typer.Option(metavar="CODES", help="Digits: 0307, or 030721,030722.")],
    years: Annotated[
        str, typer.Option("--years", "--year", metavar="YEARS", help="2022, or 2019-2024.")
    ],
    partner: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ECONOMY", help="One partner only; all of them if none."),
    ] = None,
    direction: Annotated[
        str, typer.Option(metavar="WORD", help="exports, imports or both.")
    ] = "both",
    key: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="KEY", help="Your own key; better kept in COMTRADE_KEY."),
    ] = None,
    cap: Annotated[
        int, typer.Option(metavar="ROWS", help="The most rows that your key gives in one answer.")
    ] = 100_000,
    counts: Counts = None,
    replace: Replace = False,
    folder: Folder = None,
) -> None:
    """Fetch from UN Comtrade over the network with your own key, and import what comes."""
    from comity.trade.flows.importing import said_of
    from comity.words.catalogue import t
    from comity.words.errors import InputError

    if kind != "comtrade":
        raise InputError(f"nothing is fetched from {kind!r}", mend="write comtrade")
    typer.echo(t("data.asking"), err=True)
    with _working("fetching"):
        done = _open(folder).fetch_comtrade(
            reporter,
            goods,
            years,
            partner=partner,
            direction=direction,
            key=key,
            cap=cap,
            economies=_counted(counts),
            replace=replace,
        )
    for line in said_of(done):
        typer.echo(line)


@data.command("remove")
def data_remove(
    import_id: Annotated[str, typer.Argument(metavar="ID", help="The id that data list shows.")],
    folder: Folder = None,
) -> None:
    """Delete one import from the folder of trade data."""
    from comity.words.catalogue import t

    _open(folder).remove(import_id)
    typer.echo(t("data.removed", id=import_id))


def _counted(pairs: list[str] | None) -> dict[str, str] | None:
    """``490=TWN`` → what a code counts as. Raises `InputError`."""
    from comity.words.errors import InputError, Place

    found = {}
    for pair in pairs or ():
        code, sign, economy = pair.partition("=")
        if not (code and sign and economy):
            raise InputError(
                f"--counts is {pair!r}",
                where=Place(field="counts"),
                mend="write a code and an economy: 490=TWN",
            )
        found[code.strip()] = economy.strip()
    return found or None


@contextmanager
def _working(what: str) -> Iterator[None]:
    """A moving line on the terminal while something long is done; nothing elsewhere."""
    import sys

    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns: tuple[Any, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        shown.add_task(what, total=None)
        yield
