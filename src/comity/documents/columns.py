"""The order in which the blocks of a printed page are read: column after column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_GUTTER = 4.0  # points between two columns, at least
_COLUMN = 0.2  # a column's lines have at least this share of the width of all
_SPANNING = 0.6  # blocks wider than this share may stand above or between columns
_DEEPEST = 8  # columns inside columns


@dataclass(frozen=True, slots=True)
class Block:
    """A block of lines: its place in the order of the layout analysis, and its edges in points."""

    at: int
    x0: float
    x1: float
    y0: float
    y1: float
    lines: int


def reading_order(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of one page as they are read. Without columns, as the layout analysis has them."""
    return _ordered(list(blocks), 0)


def _ordered(blocks: list[Block], depth: int) -> list[Block]:
    if len(blocks) < 2 or depth > _DEEPEST:
        return blocks
    width = max(block.x1 for block in blocks) - min(block.x0 for block in blocks)
    # A page number in the middle is narrow, too: of the prose, blocks have several lines.
    narrow = [
        block for block in blocks if block.lines > 1 and block.x1 - block.x0 < _SPANNING * width
    ]
    middle = _gutter(narrow, width)
    if middle is None:
        return blocks
    # Blocks that cross the gutter, such as headings, part the page into sections.
    ordered: list[Block] = []
    left: list[Block] = []
    right: list[Block] = []
    for block in sorted(blocks, key=lambda block: -block.y1):
        if block.x0 < middle < block.x1:
            ordered += _section(left, right, depth)
            ordered.append(block)
            left, right = [], []
        else:
            (left if block.x1 <= middle else right).append(block)
    return ordered + _section(left, right, depth)


def _section(left: list[Block], right: list[Block], depth: int) -> list[Block]:
    for side in (left, right):
        side.sort(key=lambda block: block.at)
    return _ordered(left, depth + 1) + _ordered(right, depth + 1)


def _gutter(blocks: list[Block], width: float) -> float | None:
    """Where a column of prose ends and another begins beside it; None where none does."""
    found: tuple[float, float] | None = None
    reach = float("-inf")
    for block in sorted(blocks, key=lambda block: block.x0):
        gap = block.x0 - reach
        if gap >= _GUTTER and reach > float("-inf") and (found is None or gap > found[0]):
            middle = reach + gap / 2
            if _are_columns(blocks, middle, width):
                found = gap, middle
        reach = max(reach, block.x1)
    return found[1] if found else None


def _are_columns(blocks: list[Block], middle: float, width: float) -> bool:
    """Whether both sides are wide, have several lines, and stand beside one another.

    Marks and numbers of items beside their text, and rows of tables, are no columns.
    """
    left = [block for block in blocks if block.x1 <= middle]
    right = [block for block in blocks if block.x0 >= middle]
    for side in (left, right):
        if sum(block.lines for block in side) < 3:
            return False
        if max(block.x1 - block.x0 for block in side) < _COLUMN * width:
            return False
    top = min(max(block.y1 for block in side) for side in (left, right))
    bottom = max(min(block.y0 for block in side) for side in (left, right))
    return top > bottom
