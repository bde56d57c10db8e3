"""Commands that read: brief, timeline, issues, measures, commitments, changes, show …"""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from comity.cli.options import (
    AsOf,
    EntryId,
    First,
    Format,
    KnownOn,
    Out,
    PublicOn,
    Received,
    Second,
)
from comity.cli.output import record, table, width, write


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for name, command in (
        ("brief", brief),
        ("timeline", timeline),
        ("issues", issues),
        ("measures", measures),
        ("commitments", commitments),
        ("changes", changes),
        ("find", find),
        ("show", show),
        ("history", history),
    ):
        app.command(name)(command)


def brief(
    first: First,
    second: Second,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="DAY", help="List changes after this day; the last leaders' meeting but one."
        ),
    ] = None,
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="table, md, html, json, csv or pdf.")
    ] = "table",
    full: Annotated[
        bool,
        typer.Option("--full", help="Every row, position, gap and address, not a page or two."),
    ] = False,
    out: Out = None,
) -> None:
    """The brief on two economies: meetings, positions, measures, commitments, gaps, sources."""
    from comity.report.render import render_brief

    with record() as opened:
        data = opened.brief(
            first,
            second,
            since=since,
            as_of=as_of,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    write(render_brief(data, form, width=width(), full=full), out)


def timeline(
    first: First,
    second: Second,
    since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="DAY", help="From this day, month or year on."),
    ] = None,
    until: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="DAY", help="Up to this day, month or year."),
    ] = None,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="KIND",
            help="meeting, event, act, statement, or a finer kind; several by comma.",
        ),
    ] = None,
    issue: Annotated[Optional[str], typer.Option(metavar="ID", help="Only this issue.")] = None,  # noqa: UP045
    person: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Only where this person or body took part."),
    ] = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Meetings and events between two economies, in order."""
    from comity.record.views.timeline import COLUMNS, TERMINAL

    with record() as opened:
        rows = opened.timeline(
            first,
            second,
            since=since,
            until=until,
            kind=kind,
            issue=issue,
            person=person,
            as_of=as_of,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    table(rows, COLUMNS, form, out, f"Timeline {first} – {second}", TERMINAL)


def issues(
    first: First,
    second: Second,
    issue: Annotated[Optional[str], typer.Option(metavar="ID", help="Only this issue.")] = None,  # noqa: UP045
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Each issue: status, both sides' terms and positions, and what touches it."""
    from comity.record.views.issues import COLUMNS
    from comity.report.details import issues_text

    with record() as opened:
        rows = opened.issues(
            first,
            second,
            issue=issue,
            as_of=as_of,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    if form == "table":
        write(issues_text(rows, width()), out)
    else:
        table(rows, COLUMNS, form, out, f"Issues {first} – {second}")


def measures(
    imposer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ECONOMY", help="Imposed by this economy."),
    ] = None,
    target: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ECONOMY", help="Aimed at this economy, or at all."),
    ] = None,
    goods: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="CODE", help="Bearing on these goods, HS2022:0307."),
    ] = None,
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="KIND", help="Of this kind, import_ban."),
    ] = None,
    ended: Annotated[bool, typer.Option("--all", help="Also ended, suspended, planned.")] = False,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Measures that are, or may be, in force on a day."""
    from comity.record.views.measures import COLUMNS, TERMINAL

    with record() as opened:
        rows = opened.measures(
            imposer=imposer,
            target=target,
            goods=goods,
            kind=kind,
            ended=ended,
            as_of=as_of,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    table(rows, COLUMNS, form, out, "Measures", TERMINAL)


def commitments(
    first: First,
    second: Second,
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="STATUS", help="open, kept, broken, lapsed or superseded."),
    ] = None,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Who owes what by when, and what became of it, with the evidence."""
    from comity.record.views.commitments import COLUMNS, TERMINAL

    with record() as opened:
        rows = opened.commitments(
            first,
            second,
            status=status,
            as_of=as_of,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    table(rows, COLUMNS, form, out, f"Commitments {first} – {second}", TERMINAL)


def changes(
    first: First,
    second: Second,
    from_day: Annotated[str, typer.Option("--from", metavar="DAY", help="After this day.")],
    to_day: Annotated[
        str,
        typer.Option(
            "--to", "--as-of", "--on", metavar="DAY", help="Up to this day, seen from it."
        ),
    ],
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """What changed in the world between two days; corrections of the record apart."""
    from comity.report.details import render_changes

    with record() as opened:
        data = opened.changes(
            first,
            second,
            from_day,
            to_day,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    write(render_changes(data, form, f"Changes {first} – {second}", width()), out)


def find(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="Words, or beginnings of words.")],
    kind: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="KIND", help="Only entries of this kind."),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 50,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Find people, places, instruments, goods and anything else by words."""
    from comity.record.views.finding import COLUMNS

    with record() as opened:
        rows = opened.find(
            words,
            kind=kind,
            limit=limit,
            as_of=as_of,
            known_on=known_on,
            public_on=public_on,
            received=received,
        )
    table(rows, COLUMNS, form, out, f"Found for “{words}”")


def show(
    entry_id: EntryId,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """One entry in full: every claim, what it rests on, and what names it."""
    from comity.report.details import render_entry

    with record() as opened:
        data = opened.show(
            entry_id, as_of=as_of, known_on=known_on, public_on=public_on, received=received
        )
    write(render_entry(data, form, width()), out)


def history(
    entry_id: EntryId,
    as_of: AsOf = None,
    known_on: KnownOn = None,
    public_on: PublicOn = None,
    received: Received = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """All revisions of an entry: who, when, why, and what changed."""
    from comity.record.views.entry import HISTORY_COLUMNS
    from comity.report.details import history_rows

    with record() as opened:
        rows = opened.history(
            entry_id, as_of=as_of, known_on=known_on, public_on=public_on, received=received
        )
    shown = rows if form == "json" else history_rows(rows)
    table(shown, HISTORY_COLUMNS, form, out, f"History of {entry_id}")
