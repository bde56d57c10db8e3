"""The short brief as data for the writers: parts made of a few kinds of block, cut to one page.

`comity.report.render.short` makes a `Digest` from the brief's data; the writers `short_*` beside it
lay it out. Each thing said keeps its numbers, the mark of sources published later and its flags.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from comity.report.charts import Series
from comity.report.render.page import Original, Source

LATER = "†"
FLAG = "!"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing said in a line or two.

    `lead` says what or who it is, `state` what keeps it from being plain (suspended, planned),
    `note` adds a few words. `more` counts sources beyond those numbered in `cites`.
    """

    text: str
    on: str = ""
    lead: str = ""
    state: str = ""
    term: str = ""
    original: Original | None = None
    note: str = ""
    cites: tuple[int, ...] = ()
    more: int = 0
    later: int = 0
    flags: tuple[str, ...] = ()

    @property
    def marks(self) -> str:
        """The dagger of sources published later, and the mark of what is not plainly reported."""
        return (LATER if self.later else "") + (FLAG if self.flags else "")

    @property
    def numbers(self) -> str:
        """The numbers of the sources, in one pair of brackets."""
        listed = ",".join(map(str, self.cites)) + ("…" if self.more else "")
        return f"[{listed}]" if self.cites else ""

    @property
    def tail(self) -> str:
        return self.numbers + self.marks


@dataclass(frozen=True, slots=True)
class Left:
    """What is left out, in words, and the command that shows it."""

    text: str
    command: str

    @property
    def told(self) -> str:
        return f"{self.text}: {self.command}"


@dataclass(frozen=True, slots=True)
class Items:
    """Things one below the other, or `inline`; `empty` is said where there are none."""

    items: tuple[Item, ...]
    caption: str = ""
    empty: str = ""
    inline: bool = False
    left: Left | None = None
    kind: str = field(default="items", init=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """What both sides say, beside each other; `empty` is said for a side that says nothing."""

    names: tuple[str, str]
    sides: tuple[tuple[Item, ...], tuple[Item, ...]]
    empty: str = ""
    kind: str = field(default="pair", init=False)


@dataclass(frozen=True, slots=True)
class Matter:
    """An issue: its head, and the latest that each side says on it (None: nothing on record)."""

    id: str
    head: Item
    sides: tuple[Item | None, Item | None]


@dataclass(frozen=True, slots=True)
class Matters:
    """The issues as one table with a column for each side; `rest` has those nobody speaks on."""

    names: tuple[str, str]
    rows: tuple[Matter, ...]
    rest: tuple[Item, ...] = ()
    kind: str = field(default="matters", init=False)


@dataclass(frozen=True, slots=True)
class Strip:
    """A measured series against its limits, as a small chart and in words."""

    series: Series
    head: Item
    words: str
    kind: str = field(default="strip", init=False)


Block = Items | Pair | Matters | Strip


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its blocks; `key` is the name of the section in the JSON.

    `left` is what the whole part leaves out.
    """

    key: str
    anchor: str
    title: str
    blocks: tuple[Block, ...]
    left: Left | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """The whole short brief."""

    title: str
    view: str
    names: tuple[str, str]
    parts: tuple[Part, ...]
    sources: tuple[Source, ...]
    left: Left


def cited(parts: tuple[Part, ...]) -> set[int]:
    """The numbers of all sources that the parts cite."""
    found: set[int] = set()
    for part in parts:
        for block in part.blocks:
            for item in said(block):
                found.update(item.cites)
    return found


def said(block: Block) -> list[Item]:
    """Everything that a block says, in order."""
    if isinstance(block, Items):
        return list(block.items)
    if isinstance(block, Pair):
        return [*block.sides[0], *block.sides[1]]
    if isinstance(block, Strip):
        return [block.head]
    listed = [x for row in block.rows for x in (row.head, *row.sides) if x is not None]
    return [*listed, *block.rest]
