"""Commands of the market model: assess, markets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from comity.cli.options import Format, KnownOn, Out, PublicOn
from comity.cli.output import record, width, write

if TYPE_CHECKING:
    from comity.effects.market.inputs import Options


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("assess")(assess)
    app.command("markets")(markets)


Horizon = Annotated[
    str, typer.Option(metavar="RUN", help="short (first full year) or long (five years and more).")
]
Market = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="NAME", help="A market baseline: a shipped one, or a folder of your own."),
]
Draws = Annotated[
    int, typer.Option(metavar="N", help="Draws of what is uncertain; the next power of two runs.")
]
Seed = Annotated[int, typer.Option(metavar="N", help="Seed of the draws.")]
Rule = Annotated[
    str,
    typer.Option("--elasticities", metavar="RULE", help="default, or a source such as Ossa"),
]
Set = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--set", metavar="NAME=NUMBER", help="Hold a parameter, such as sigma=4"),
]
Routes = Annotated[
    bool,
    typer.Option("--routes/--no-routes", help="Follow goods processed in a first destination."),
]
SpanText = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="LOW-HIGH", help="Share of the flow held back, where not on record."),
]


Force = Annotated[
    bool, typer.Option("--force", help="Let --save overwrite a file that holds another run.")
]
Full = Annotated[
    bool, typer.Option("--full", help="Longer tables, all notes, assumptions and sources.")
]


def assess(
    measures: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="MEASURE", help="Ids of measures on record; several together."),
    ] = None,
    new: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--new", metavar="FILE", help="A measure that is only proposed (YAML)."),
    ] = None,
    lift: Annotated[
        bool, typer.Option("--lift", help="What its end brings, in whole or in some areas.")
    ] = False,
    areas: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="AREA", help="Lifted here only: areas, @groups, an economy."),
    ] = None,
    excepting: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--except", metavar="AREA", help="Not lifted here: areas, @groups."),
    ] = None,
    horizon: Horizon = "short",
    market: Market = None,
    data: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="SOURCE", help="Build the market from imported flows, such as baci."),
    ] = None,
    year: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(metavar="YEAR", help="Of those flows; else the last before the measure."),
    ] = None,
    coverage: SpanText = None,
    cost: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="LOW-HIGH", help="Factor on the buyers' price, such as 1.02-1.10."),
    ] = None,
    rate: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="LOW-HIGH", help="Rate of a duty, such as 10% or 5%-10%."),
    ] = None,
    limit: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="LOW-HIGH", help="Of a quota: times the quantity of the base."),
    ] = None,
    over: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="RATE", help="Tariff on what is sold beyond a quota."),
    ] = None,
    plants: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="LOW-HIGH", help="Share of the flow from plants that are barred."),
    ] = None,
    draws: Draws = 1024,
    seed: Seed = 0,
    elasticities: Rule = "default",
    fixed: Set = None,
    estimates: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Option("--estimates", metavar="CSV", help="Further elasticities of your own."),
    ] = None,
    routes: Routes = True,
    world: Annotated[
        bool, typer.Option("--world/--no-world", help="The world model's answer beside it.")
    ] = True,
    outcomes: Annotated[
        bool, typer.Option("--outcomes", help="Beside what happened, where that is on record.")
    ] = False,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    save: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="RUN", help="Keep the run in this file; an interrupted one goes on."),
    ] = None,
    force: Force = False,
    full: Full = False,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What a measure does to trade, prices and surplus, for imposer, target and third parties."""
    question_of = {
        "measures": tuple(measures or ()),
        "new": new,
        "market": market,
        "data": data,
        "year": year,
        "lift": lift,
        "areas": tuple(areas or ()),
        "excepting": tuple(excepting or ()),
        "horizon": horizon,
        "known_on": known_on,
        "public_on": public_on,
    }
    begin = _target(save, force)
    if form == "table" and out is None:
        # Something to read while numbers are made: models and estimates take a moment to load.
        title = ", ".join(question_of["measures"]) or str(new or "")  # type: ignore[arg-type]
        sys.stderr.write(f"assessing {title} …\n")
        sys.stderr.flush()
    from comity.market.asking import fixed_of, options_of, rate_of, span_of
    from comity.market.assess import Question
    from comity.market.assess import assess as run_assessment

    question = Question(
        **question_of,  # type: ignore[arg-type]
        coverage=span_of(coverage, "coverage"),
        cost=span_of(cost, "cost"),
        rate=span_of(rate, "rate"),
        limit=span_of(limit, "limit"),
        over=rate_of(over, "over"),
        plants=span_of(plants, "plants"),
    )
    options: Options = options_of(
        draws=draws,
        seed=seed,
        rule=elasticities,
        routes=routes,
        fixed=fixed_of(fixed or ()),
        files=tuple(str(path) for path in estimates or ()),
    )
    keep = _blocks(save)
    with resumable(keep, options.draws), record() as opened, counted() as told:
        made = run_assessment(
            question, opened, options, world=world, progress=told, keep=keep, begin=begin
        )
        if outcomes:
            from comity.report.honesty import render_honesty
            from comity.score.outcomes import beside_outcomes

            compared = beside_outcomes(made)
            write(render_honesty(compared, form, width(), full=full), out)
        else:
            from comity.report.assessment import render_assessment

            write(render_assessment(made.as_dict(), form, width(), full=full), out)
    if save is not None:
        from comity.market.saved import save as save_run
        from comity.market.saved import tidy

        save_run(made, save, force=force)
        tidy(keep)
        typer.echo(f"run kept: {save}", err=True)


def markets(
    exporter: Annotated[
        str, typer.Option(metavar="ECONOMY", help="Whose goods: ISO code or name.")
    ],
    goods: Annotated[
        str, typer.Option(metavar="GOODS", help="A product of a market, or an HS code.")
    ],
    without: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            metavar="ECONOMY", help="Markets that are closed: CHN, or CHN,HKG; may be repeated."
        ),
    ] = None,
    horizon: Horizon = "short",
    market: Market = None,
    draws: Draws = 1024,
    seed: Seed = 0,
    elasticities: Rule = "default",
    fixed: Set = None,
    routes: Routes = True,
    public_on: PublicOn = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Where goods could go instead: the model's diversion beside what those markets buy today."""
    from comity.market.asking import fixed_of, options_of
    from comity.market.outlets import outlets
    from comity.report.outlets import render_outlets

    options = options_of(
        draws=draws, seed=seed, rule=elasticities, routes=routes, fixed=fixed_of(fixed or ())
    )
    with counted() as told:
        found = outlets(
            exporter, goods, tuple(without or ()), options,
            horizon=horizon, market=market, public_on=public_on, progress=told,
        )  # fmt: skip
    write(render_outlets(found, form, width()), out)


def simulate_market(
    file: Path,
    save: Path | None,
    threads: int | None,
    full: bool,
    form: str,
    out: Path | None,
    force: bool = False,
) -> None:
    """`comity simulate` for a scenario of the market model."""
    from comity.market.saved import save as save_run
    from comity.market.saved import tidy
    from comity.market.simulate import simulate
    from comity.report.assessment import render_assessment
    from comity.scenario.check import needs_record

    begin, keep = _target(save, force), _blocks(save)
    with resumable(keep, None), counted() as told:
        if needs_record(file):
            with record() as opened:
                made = simulate(
                    file, opened, progress=told, keep=keep, threads=threads, begin=begin
                )
        else:
            made = simulate(file, progress=told, keep=keep, threads=threads, begin=begin)
        write(render_assessment(made.as_dict(), form, width(), full=full), out)
    if save is not None:
        save_run(made, save, force=force)
        tidy(keep)
        typer.echo(f"run kept: {save}", err=True)


def reproduce_market(file: Path, threads: int | None, form: str, out: Path | None) -> None:
    """`comity reproduce` for an assessment."""
    from comity.market.saved import reproduce
    from comity.report.assessment import render_assessment
    from comity.words.catalogue import t

    with counted() as told:
        again = reproduce(file, progress=told, threads=threads)
    write(render_assessment(again.run.as_dict(), form, width()), out)
    if again.identical:
        typer.echo(t("reproduce.identical"), err=True)
    else:
        typer.echo(t("reproduce.near", off=f"{again.largest:.1g}", where=again.where), err=True)


def _target(save: Path | None, force: bool) -> Callable[[str], None] | None:
    """Refuses a file that cannot be written; what then refuses one that holds another run."""
    if save is None:
        return None
    from comity.world.run_files import check_run, check_target

    check_target(save, force=force)
    return lambda run_id: check_run(save, run_id, force=force)


def _blocks(save: Path | None) -> Path | None:
    """Where blocks of an unfinished run are kept: beside the file that it will become."""
    return None if save is None else save.with_name(f".{save.name}.blocks")


@contextmanager
def resumable(keep: Path | None, asked: int | None) -> Iterator[None]:
    """Says of an interrupted run what of it is kept."""
    try:
        yield
    except KeyboardInterrupt:
        from comity.effects.market.runs import BLOCK, draws_kept
        from comity.scenario.market_model import MOST_DRAWS
        from comity.words.catalogue import t

        kept = draws_kept(keep, MOST_DRAWS if asked is None else asked)
        if kept:
            said = t("assess.interrupted_kept", kept=f"{kept:,}")
        elif keep is not None:
            said = t("assess.interrupted_early", block=f"{BLOCK:,}")
        else:
            said = t("assess.interrupted_lost", block=f"{BLOCK:,}")
        sys.stderr.write(f"\n{said}\n")
        raise


@contextmanager
def counted() -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal while draws are solved; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, all_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("draws", total=None)
        yield lambda done, all_: shown.update(task, completed=done, total=all_)
