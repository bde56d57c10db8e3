"""Commands about documents and what they propose: read, review, reader report."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from comity.cli.options import Author, Format, Out
from comity.cli.output import known_form, record, store_url, table, width, write
from comity.cli.reader_group import READER

if TYPE_CHECKING:
    from comity.reader.accepting import Decided
    from comity.reader.intake import Taken
    from comity.reader.llm import LlmRead, Settings
    from comity.reader.proposal import Proposal
    from comity.reader.queue import Item

TERMINAL = ("id", "type", "summary", "quote", "confidence")
_SHORT = 90
"""Characters of a quote in a table on the terminal."""

review = typer.Typer(
    help="Decide on what documents propose: accept, edit, reject, skip or merge.",
    invoke_without_command=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("read")(read)
    app.add_typer(review, name="review")
    app.add_typer(READER, name="reader")


Names = Annotated[
    list[str], typer.Argument(metavar="ID", help="Ids of proposals, or their beginnings.")
]
Name = Annotated[str, typer.Argument(metavar="ID", help="Id of a proposal, or its beginning.")]
Reason = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, for the history.")]


def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document: text, HTML or PDF.")],
    published: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="DAY", help="When it was published; days in it count from there."),
    ] = None,
    publisher: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="PARTY", help="Economy whose ministry or outlet it is."),
    ] = None,
    speaker: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Who speaks in the first person."),
    ] = None,
    relation: Annotated[
        Optional[tuple[str, str]],  # noqa: UP045
        typer.Option(metavar="A B", help="Two economies that it is about."),
    ] = None,
    title: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="Its title, where it does not tell it."),
    ] = None,
    address: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="URL", help="Where it was found."),
    ] = None,
    source_kind: Annotated[
        str, typer.Option(metavar="KIND", help="What sort of source it is, such as official.")
    ] = "press",
    llm: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="URL", help="Ask a language model there, too (OpenAI-compatible)."),
    ] = None,
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Which model; its key, if any, is COMITY_LLM_KEY."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it proposes and store nothing.")
    ] = False,
    author: Author = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Read a document and queue what it proposes for the record, each on its passage."""
    from comity.reader.intake import Told

    told = Told(published, publisher, speaker, relation, title, address, source_kind)
    known_form(form)
    asked = _asked(llm, model)
    if dry_run:
        taken = _dry(file, told, asked)
        stored = None
    else:
        from comity.opened.proposing import take

        with record(reads=False) as opened:
            taken = take(opened.log, file, told, asked)
            stored = opened.store_document(taken, author=author)
    if form == "json":
        from comity.reader.screen import safe_json

        data = taken.as_dict()
        write(safe_json(data if stored is None else {**data, "stored": stored.as_dict()}), out)
        return
    rows = [_row(one.id_in(taken.sha256), one, form) for one in taken.proposals]
    _rows(rows, form, out, f"Proposals from {_plain(taken.title)}")
    _say(taken, dry_run)
    if stored is not None:
        count = stored.queued
        typer.echo(
            f"{stored.document}: {count.new} new proposals, {count.known} known, "
            f"{count.withdrawn} withdrawn; decide with: comity review",
            err=True,
        )


def _asked(url: str | None, model: str | None) -> Settings | None:
    """The language model to ask; none unless an address is given."""
    from comity.words.errors import InputError

    if url is None and model is None:
        return None
    if url is None:
        raise InputError("--model is given without --llm", mend="name the address, too: --llm URL")
    from comity.reader.llm import Settings

    return Settings.asked(url, model)


def _dry(file: Path, told: Any, asked: Settings | None) -> Taken:
    """A reading that stores nothing and does not need a store."""
    from comity.opened.proposing import take
    from comity.record.store.database import must_exist
    from comity.words.errors import StoreError

    try:
        must_exist(store_url())
    except StoreError:
        return take(None, file, told, asked)
    with record() as opened:
        return take(opened.log, file, told, asked)


def _say(taken: Taken, dry: bool) -> None:
    for note in (*([taken.problem] if taken.problem else []), *taken.notes):
        typer.echo(f"note: {_plain(note)}", err=True)
    if taken.model is not None:
        typer.echo(f"note: {_model(taken.model)}", err=True)
    if dry:
        typer.echo("nothing was stored", err=True)


def _model(asked: LlmRead) -> str:
    """What a language model gave: how many proposals, and what was dropped for which reason."""
    told = f"the language model {_plain(asked.model)} adds {len(asked.proposals)}"
    reasons = [f"{why}: {count}" for why, count in sorted(asked.dropped.items())]
    return told + (f"; dropped: {', '.join(reasons)}" if reasons else "")


@review.callback()
def review_all(
    context: typer.Context,
    listed: Annotated[
        bool, typer.Option("--list", help="List what is open instead of asking.")
    ] = False,
    decided: Annotated[bool, typer.Option("--all", help="List what is decided, too.")] = False,
    author: Author = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Decide on proposals one by one; every decision is kept at once, so stop when you like."""
    if context.invoked_subcommand is not None:
        return
    known_form(form)
    with record() as opened:
        if not listed and not decided and form == "table":
            from comity.cli.reviewing import run

            run(opened, author)
            return
        items = opened.proposals(decided=decided)
    if form == "json":
        from comity.reader.screen import safe_json

        write(safe_json([item.as_dict() for item in items]), out)
        return
    title = "Proposals" if decided else "Open proposals"
    _rows([_item_row(item, form) for item in items], form, out, title)


@review.command("accept")
def review_accept(
    names: Names,
    new: Annotated[
        bool, typer.Option("--new", help="As a new entry although one on record looks like it.")
    ] = False,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the history.")] = "",
    author: Author = None,
) -> None:
    """Make proposals part of the record: new entries, or parts of those they belong to."""
    with record() as opened:
        items = {item.id: item for item in (opened.proposal(name) for name in names)}
        # What others refer to first: a position needs its issue, a hedge its claim.
        ordered = sorted(items.values(), key=lambda item: (item.document, item.rank[1:]))
        _each(ordered, lambda item: opened.accept(item.id, new=new, why=why, author=author))


@review.command("reject")
def review_reject(names: Names, why: Reason, author: Author = None) -> None:
    """Close proposals with a reason; the record stays as it is."""
    with record() as opened:
        items = {item.id: item for item in (opened.proposal(name) for name in names)}
        _each(list(items.values()), lambda item: opened.reject(item.id, why=why, author=author))


@review.command("merge")
def review_merge(
    name: Name,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of an entry on record.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the history.")] = "",
    author: Author = None,
) -> None:
    """Let an entry on record rest on a proposal's passage, too."""
    with record() as opened:
        typer.echo(done(opened.merge(name, entry, why=why, author=author)))


@review.command("edit")
def review_edit(
    name: Name,
    pairs: Annotated[
        list[str],
        typer.Argument(metavar="KEY=VALUE", help="Slots or fields to set; KEY= empties one."),
    ],
    author: Author = None,
) -> None:
    """Set slots of an open proposal, or fields of the entry that it is to become."""
    from comity.reader.slots import slots_of

    with record() as opened:
        item = opened.edit_proposal(name, slots_of(pairs), author=author)
    typer.echo(f"edited {item.id}: {_summary(item.proposal)}")


@READER.command("report")
def reader_report(form: Format = "table", out: Out = None) -> None:
    """Per rule: proposed, confirmed, edited, rejected, and its measured precision with interval."""
    from comity.reader.measured import COLUMNS as MEASURED

    with record() as opened:
        rows = opened.reader_report()
    if form == "table" and not rows:
        write("Rules of the reader: nothing measured or decided yet\n", out)
        return
    table(rows, MEASURED, form, out, "Rules of the reader, precision with its 90 % interval")


def _each(items: list[Item], act: Any) -> None:
    """Decide on each; what cannot be is said at the end, and the others stay decided."""
    from comity.words.errors import ComityError, ConflictError, ValidationError

    problems: list[ComityError] = []
    for item in items:
        try:
            typer.echo(done(act(item)))
        except (ValidationError, ConflictError) as error:
            problems += getattr(error, "problems", ()) or (error,)
            if len(items) == 1:
                raise
    if problems:
        first = problems[0]
        raise ValidationError(first.what, where=first.where, mend=first.mend, problems=problems)


def done(made: Decided) -> str:
    """What became of a proposal: on a line, the title on lines of its own where it is long."""
    if made.entry is None:
        return f"{made.verdict} {made.id}"
    head, title = f"{made.verdict} {made.id}: {made.kind} {made.entry}", _plain(made.title or "")
    if len(head) + len(title) + 2 <= 100:
        return f"{head}: {title}"
    return f"{head}\n{textwrap.fill(title, 100, initial_indent='  ', subsequent_indent='  ')}"


def _plain(text: str) -> str:
    from comity.reader.screen import one_line

    return one_line(text)


def _summary(one: Proposal) -> str:
    from comity.reader.screen import told

    return told(one)


def _row(name: str, one: Proposal, form: str) -> dict[str, Any]:
    from comity.reader.showing import row

    return row(name, one, longest=_SHORT if form == "table" else None)


def _item_row(item: Item, form: str) -> dict[str, Any]:
    found = _row(item.id, item.proposal, form)
    return {**found, "state": item.verdict or "open", "entry": item.entry}


def _rows(rows: list[dict[str, Any]], form: str, out: Path | None, title: str) -> None:
    from comity.reader.showing import COLUMNS
    from comity.report.tables import render

    if form == "table" and not rows:
        write(f"{title}: none\n", out)
        return
    shown = (*TERMINAL, "state") if any(row["state"] != "open" for row in rows) else TERMINAL
    # Wider than this, a line of prose is hard to read.
    text = render(rows, COLUMNS, form, title=title, width=min(width(), 100), terminal=shown)
    write(text, out)
