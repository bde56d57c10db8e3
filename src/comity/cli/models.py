"""Commands of the models: simulate, reproduce, scenario, world."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from comity.cli.assessing import Force, reproduce_market, simulate_market
from comity.cli.options import Format, Out
from comity.cli.output import record, table, width, write

if TYPE_CHECKING:
    from comity.trade.baseline import Baseline
    from comity.world.simulate import Run

scenario = typer.Typer(help="Check and compare scenario files.", no_args_is_help=True)
world = typer.Typer(
    help="Look at, check and import the data of world models.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands and groups of this module."""
    app.command("simulate")(simulate)
    app.command("reproduce")(reproduce)
    app.add_typer(scenario, name="scenario")
    app.add_typer(world, name="world")


ScenarioFile = Annotated[Path, typer.Argument(metavar="FILE", help="A scenario file (YAML).")]
Where = Annotated[
    str,
    typer.Argument(
        metavar="DIR", help="A folder of data, a saved baseline, or the name of a shipped one."
    ),
]
As = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--as", metavar="FORMAT", help="Format of the data, where its files do not tell."),
]
Theta = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        metavar="NUMBER|CSV",
        help="Trade elasticity, where the data have none; by sector in a CSV file.",
    ),
]
Year = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="YEAR", help="Year, where the data have several."),
]
Threads = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="N", help="Threads of the compiled engine; all cores where not given."),
]
Full = Annotated[
    bool, typer.Option("--full", help="In JSON, trade by sector of large worlds as well.")
]


def simulate(
    file: ScenarioFile,
    save: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="RUN", help="Keep the run in this file, for comity reproduce."),
    ] = None,
    force: Force = False,
    threads: Threads = None,
    full: Full = False,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What a change of the rules does to whom: solve both states of a scenario and compare."""
    from comity.scenario.check import model_name, needs_record

    if model_name(file) == "market":
        simulate_market(file, save, threads, full, form, out, force)
        return
    from comity.world.run_files import check_target
    from comity.world.saved import save as save_run
    from comity.world.simulate import simulate as run_scenario

    if save is not None:
        check_target(save, force=force)
    if needs_record(file):
        with record() as opened:
            made = run_scenario(file, opened, threads=threads)
    else:
        made = run_scenario(file, threads=threads)
    _show(made, form, out, full)
    if save is not None:
        save_run(made, save, force=force)
        typer.echo(f"run kept: {save}", err=True)


def reproduce(
    file: Annotated[Path, typer.Argument(metavar="RUN", help="A file that --save wrote.")],
    threads: Threads = None,
    full: Full = False,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Compute a saved run again, from its file alone, and compare with what it holds."""
    from comity.market.saved import is_assessment
    from comity.words.catalogue import t
    from comity.world.saved import reproduce as reproduce_run

    if is_assessment(file):
        reproduce_market(file, threads, form, out)
        return

    again = reproduce_run(file, threads=threads)
    _show(again.run, form, out, full)
    if again.identical:
        typer.echo(t("reproduce.identical"), err=True)
    else:
        typer.echo(t("reproduce.near", off=f"{again.largest:.1g}", where=again.where), err=True)


def _show(made: Run, form: str, out: Path | None, full: bool) -> None:
    from comity.report.simulation import render_simulation

    write(render_simulation(made.as_dict(full=full or None), form, width()), out)


# ------------------------------------------------------------------------------------ scenarios


@scenario.command("check")
def scenario_check(file: ScenarioFile, form: Format = "table", out: Out = None) -> None:
    """Everything wrong with a scenario file, then everything to note; it is not run."""
    from comity.scenario.check import check, needs_record

    if needs_record(file):
        with record() as opened:
            found = check(file, opened)
    else:
        found = check(file)
    rows = [one.as_dict() for one in found]
    wrong = sum(row["level"] == "error" for row in rows)
    if form == "table" and not rows:
        write(f"{file}: nothing to mend\n", out)
        return
    shown = [{**row, "where": str(one.where or "")} for row, one in zip(rows, found, strict=True)]
    columns = ("level", "kind", "where", "what", "mend")
    table(rows if form == "json" else shown, columns, form, out, f"Scenario {file.name}")
    if wrong:
        raise typer.Exit(2)


@scenario.command("diff")
def scenario_diff(
    first: ScenarioFile,
    second: Annotated[Path, typer.Argument(metavar="OTHER", help="Another scenario file.")],
    form: Format = "table",
    out: Out = None,
) -> None:
    """What two scenario files say differently."""
    from comity.scenario.diff import COLUMNS, diff
    from comity.scenario.file import read_scenario

    rows = diff(read_scenario(first), read_scenario(second))
    if form == "table" and not rows:
        write(f"{first} and {second} say the same\n", out)
        return
    table(rows, COLUMNS, form, out, f"{first.name} and {second.name}")


# --------------------------------------------------------------------------------------- worlds


def _baseline(where: str, form: str | None, **options: Any) -> Baseline:
    from comity.trade.reading import read, recognised
    from comity.trade.table_maps import theta_given

    options["theta"] = theta_given(options["theta"])
    name, path = recognised(where) if form is None else (form, Path(where))
    return read(name, path, **{k: v for k, v in options.items() if v is not None})


@world.command("info")
def world_info(
    where: Where,
    kind: As = None,
    theta: Theta = None,
    year: Year = None,
    sectors: Annotated[
        bool, typer.Option("--sectors", help="Sectors instead of economies.")
    ] = False,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Economies and sectors of a world, how much they trade, and what to know of the data."""
    from comity.report.worlds import render_info
    from comity.trade.info import info

    found = info(_baseline(where, kind, theta=theta, year=year))
    write(render_info(found, form, width(), sectors=sectors), out)


@world.command("check")
def world_check(
    where: Where,
    kind: As = None,
    theta: Theta = None,
    year: Year = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What is wrong or odd in the data of a world, by name. Exit code 0 whatever is found."""
    from comity.report.worlds import render_findings
    from comity.trade.check import check

    baseline = _baseline(where, kind, theta=theta, year=year)
    found = [one.as_dict() for one in check(baseline)]
    write(render_findings(found, baseline.name, form, width()), out)


@world.command("import")
def world_import(
    kind: Annotated[str, typer.Argument(metavar="FORMAT", help="cp2015, icio, wiod, csv, flows …")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The file or folder to read.")],
    to: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The baseline to write (.npz).")
    ],
    theta: Theta = None,
    gamma: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(metavar="SHARE", help="Value added over output, for flow tables."),
    ] = None,
    gdp: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="CSV", help="GDP by economy, for flow tables."),
    ] = None,
    gaps: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="HOW", help="Unknown flows: keep, drop (economies) or fill."),
    ] = None,
    year: Year = None,
    economies: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="A,B,C", help="Keep these; the others become the rest of the world."),
    ] = None,
    sectors: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            metavar="CSV", help="Sectors to add up: columns sector and into; * is the others."
        ),
    ] = None,
    inventories: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="HOW", help="Changes in inventories: remove, produce, scale or keep."),
    ] = None,
) -> None:
    """Read the data of a world and keep them as one checked file."""
    from comity.report.worlds import render_findings
    from comity.trade.archive import save
    from comity.trade.check import check
    from comity.words.catalogue import t

    options: dict[str, Any] = {
        "theta": theta,
        "gamma": gamma,
        "gdp": gdp,
        "gaps": gaps,
        "year": year,
        "economies": None if economies is None else tuple(economies.split(",")),
        "sectors": sectors,
        "inventories": inventories,
    }
    baseline = _baseline(str(path), kind, **options)
    save(baseline, to)
    n, j = baseline.shape
    held = t("world.held", economies=n, sectors=j, unit=baseline.unit, digest=baseline.digest[:12])
    typer.echo(f"{to}: {held}")
    found = [one.as_dict() for one in check(baseline)]
    write(render_findings(found, baseline.name, "table", width()), None)
