"""The commands `reader score` and `reader check`: measures and tests of what the reader finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from comity.cli.options import Format, Out
from comity.cli.output import known_form, record, store_url, table, write
from comity.cli.reader_group import READER

if TYPE_CHECKING:
    from comity.reader.scoring import Scores

COLUMNS = (
    "type", "slot", "precision", "recall", "matched", "extra", "missed", "again", "spared",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to their group, and the group where no other module has yet."""
    READER.command("score")(score)
    READER.command("check")(check)
    if not any(group.typer_instance is READER for group in app.registered_groups):
        app.add_typer(READER, name="reader")


def score(
    gold: Annotated[Path, typer.Option(metavar="DIR", help="Annotations, a YAML file each.")],
    texts: Annotated[Path, typer.Option(metavar="DIR", help="Their texts, as <doc id>.txt.")],
    measured: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="Write what each rule was worth into this CSV file."),
    ] = None,
    on: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="TEXT", help="What it was measured on, for --measured."),
    ] = None,
    form: Format = "table",
    out: Out = None,
) -> None:
    """Precision and recall of the reader per type, and how many slots of what it found are right.

    People, issues and measures on record help as they do in `comity read`. A second hit on a
    matched entry is `again`; `spared` are missed meetings that the document is not about.
    """
    from comity.reader.engine import read
    from comity.reader.intake import NOTHING
    from comity.reader.measured import with_measurement
    from comity.reader.register import RecordRegister
    from comity.reader.scoring import score as measure
    from comity.record.store.database import must_exist
    from comity.words.errors import InputError, StoreError

    if (measured is None) != (on is None):
        raise InputError(
            "--measured and --on belong together",
            mend='--measured FILE --on "20 documents that no rule was made on"',
        )
    known_form(form)
    try:
        must_exist(store_url())
    except StoreError:
        found = measure(gold, texts, lambda given: read(given, NOTHING))
    else:
        with record() as opened:
            known = RecordRegister(opened.log)
            found = measure(gold, texts, lambda given: read(given, known))
    if measured is not None:
        write(with_measurement(measured, on or "", found.rules()), measured)
    if form == "json":
        from comity.report.tables import as_json

        write(as_json(found.as_dict()), out)
        return
    count = len(found.documents)
    title = f"The reader on {count} document{'' if count == 1 else 's'}"
    table(list(_rows(found)), COLUMNS, form, out, title)


def _rows(found: Scores) -> Iterator[dict[str, Any]]:
    """A row per type, and below it one per slot, whose precision is the share that is right."""
    for name, tally in found.types.items():
        yield {"type": name, **_rounded(tally.as_dict())}
        for slot, (right, measured) in found.slots.get(name, {}).items():
            share = {"precision": right / measured, "matched": right, "extra": measured - right}
            yield {"type": name, "slot": slot, **_rounded(share)}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{n:.2f}" if isinstance(n, float) else n for name, n in row.items()}


def check(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of lexicons, or a pack that has one.")
    ],
) -> None:
    """Check rows that a pack or a plugin adds to the reader's lexicons, and run their examples."""
    from comity.reader.lexicon_check import check as run

    for name, count in run(folder).items():
        typer.echo(f"{name}: {count} row{'' if count == 1 else 's'}")
    typer.echo("every example is found")
