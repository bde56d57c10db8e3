"""The brief as a page: sections made of a few kinds of block, the same for every form.

`comity.report.render.build` makes a `Page` from the brief's data; the writers beside it lay the
page out. Whatever one form shows, the others show from the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.report.charts import Series


@dataclass(frozen=True, slots=True)
class Original:
    """A term in the language of its side."""

    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing said, with the day, what it rests on and what should be known about it.

    `on` is the day in words, `day` as it is written in files. `fields` are labelled values, `notes`
    further lines, `marks` what is not plainly reported (flags, hedges). `later` counts sources that
    were published after the day of the view.
    """

    title: str
    id: str | None = None
    on: str = ""
    day: str = ""
    status: str = ""
    term: str = ""
    original: Original | None = None
    fields: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    cites: tuple[int, ...] = ()
    later: int = 0

    @property
    def labelled(self) -> dict[str, str]:
        """The fields by label."""
        return dict(self.fields)


@dataclass(frozen=True, slots=True)
class Lines:
    """Statements one below the other, without days."""

    rows: tuple[Row, ...]
    kind: str = field(default="lines", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one shape: `heads` are those of the day, the thing and its state.

    `empty` is said where there are no rows.
    """

    caption: str
    rows: tuple[Row, ...]
    heads: tuple[str, str, str]
    columns: tuple[str, ...] = ()
    empty: str = ""
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says: its own latest term and its rows, newest first."""

    name: str
    term: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def original(self) -> Original | None:
        """The side's own term in its own language, where a row has it."""
        found = (row.original for row in self.rows if row.term == self.term)
        return next((original for original in found if original), None)


@dataclass(frozen=True, slots=True)
class Sides:
    """A matter with both sides beside each other, then what they say jointly and others say.

    `touching` has what touches it: a label and the list.
    """

    head: Row | None
    sides: tuple[Side, Side]
    joint: tuple[Row, ...] = ()
    others: tuple[Row, ...] = ()
    touching: tuple[tuple[str, str], ...] = ()
    kind: str = field(default="sides", init=False)


@dataclass(frozen=True, slots=True)
class Chart:
    """A measured series against its limits; drawn only where `drawn` asks for it."""

    series: Series
    drawn: bool = False
    kind: str = field(default="chart", init=False)


Block = Lines | Table | Sides | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its blocks; `key` is the name of the section in the JSON."""

    key: str
    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """One numbered source."""

    number: int
    id: str
    title: str
    about: str
    published: str
    url: str

    @property
    def told(self) -> str:
        """Publisher, kind and day."""
        return " · ".join(part for part in (self.about, self.published) if part)

    @property
    def link(self) -> str:
        """The address where it is one that may be linked to, else nothing."""
        return self.url if self.url.startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole brief."""

    title: str
    view: str
    first: str
    second: str
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
