"""Building a market baseline cell by cell, every cell with its standing, range, source and rule.

What no source gives is closed by one rule: cross-entropy balancing (`rake`) of a prior to what the
margins leave. Floors are respected: a balanced cell below its floor is set to it and the rest is
balanced again. Every cell so closed is *estimated*.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comity.trade.balancing import rake
from comity.trade.market_baseline import CARRIED, ESTIMATED, GAP, REPORTED, STANDINGS, ZERO
from comity.words.errors import ValidationError

Array = NDArray[np.float64]

LOG_SD: Mapping[str, float] = {REPORTED: 0.05, CARRIED: 0.2, ESTIMATED: 0.5}
"""Log standard deviation of a cell by standing."""

Z90 = 1.6448536269514722
"""Half width of a 90 % range in standard deviations."""

COLUMNS = [
    "product",
    "origin",
    "destination",
    "value",
    "low",
    "high",
    "standing",
    "quantity",
    "sources",
    "rule",
]


def spread(standing: str) -> float:
    """The factor between a value and the ends of its 90 % range: 1.09, 1.39 or 2.28."""
    return exp(Z90 * LOG_SD[standing])


class MarketTable:
    """A table (K products, N origins, N destinations) in the making. Unset cells are gaps."""

    def __init__(self, products: Sequence[str], economies: Sequence[str]) -> None:
        self.products, self.economies = tuple(products), tuple(economies)
        shape = (len(self.products), len(self.economies), len(self.economies))
        self.value, self.low, self.high = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.quantity = np.full(shape, -1.0)
        self.standing = np.full(shape, GAP, dtype="U9")
        self.source = np.full(shape, "", dtype=object)
        self.rule = np.full(shape, "", dtype=object)
        self.floor = np.zeros(shape)

    def at(self, product: str, origin: str, destination: str) -> tuple[int, int, int]:
        """Indices of a cell."""
        return (
            self.products.index(product),
            self.economies.index(origin),
            self.economies.index(destination),
        )

    def put(
        self,
        product: str,
        origin: str,
        destination: str,
        value: float,
        standing: str,
        sources: str,
        rule: str,
        *,
        low: float | None = None,
        high: float | None = None,
        quantity: float = -1.0,
    ) -> None:
        """Set a cell. Without a range given, it is the 90 % range of the standing.

        Raises `ValidationError` for a cell set twice, a range that does not hold the value, or a
        value without a source.
        """
        k = self.at(product, origin, destination)
        cell = f"{product}, {origin} to {destination}"
        if self.standing[k] != GAP:
            raise ValidationError(f"{cell} is set twice")
        if standing not in STANDINGS or not sources or value < 0:
            raise ValidationError(f"{cell} needs a standing, a source and a value of 0 or more")
        factor = spread(standing) if standing in LOG_SD else 1.0
        lowest = value / factor if low is None else low
        highest = value * factor if high is None else high
        if not lowest <= value <= highest:
            raise ValidationError(f"{cell}: {value} is not in its range {lowest} to {highest}")
        self.value[k], self.low[k], self.high[k] = value, lowest, highest
        self.standing[k], self.quantity[k] = standing, quantity
        self.source[k], self.rule[k] = sources, rule

    def bound(self, product: str, origin: str, destination: str, floor: float, source: str) -> None:
        """A figure of narrower scope or shorter period: the cell is at least this."""
        k = self.at(product, origin, destination)
        self.floor[k] = floor
        self.source[k] = source

    def left(self, product: str, margin: Mapping[str, float], axis: str) -> dict[str, float]:
        """What is left of margins of exports (`axis` "rows") or imports, after the cells set."""
        k = self.products.index(product)
        off = self.value[k] * (1.0 - np.eye(len(self.economies)))
        done = off.sum(axis=1 if axis == "rows" else 0)
        return {e: margin[e] - done[self.economies.index(e)] for e in margin}

    def close(
        self,
        product: str,
        rows: Mapping[str, float],
        columns: Mapping[str, float],
        *,
        sources: str,
        inside: Sequence[str] = (),
        prior: Array | None = None,
    ) -> None:
        """Close the gaps off the diagonal by balancing to what margins leave.

        `rows` and `columns` are what is left of each economy's exports and imports; `columns` are
        scaled to the total of `rows`. `inside` are aggregates whose members trade with each other:
        what balancing puts there is added to their home sales. Without a `prior`, it is the product
        of the margins.
        """
        k = self.products.index(product)
        n = len(self.economies)
        out = np.array([rows.get(e, 0.0) for e in self.economies])
        into = np.array([columns.get(e, 0.0) for e in self.economies])
        if (out < 0).any() or (into < 0).any():
            worst = [e for e, a, b in zip(self.economies, out, into, strict=True) if min(a, b) < 0]
            raise ValidationError(f"{product}: cells set exceed the margins of {', '.join(worst)}")
        start = np.outer(out, into) if prior is None else np.array(prior, dtype=float)
        free = self.standing[k] == GAP
        np.fill_diagonal(free, [e in inside for e in self.economies])
        into *= out.sum() / into.sum()
        held = np.zeros((n, n))
        for _ in range(n):
            table = rake(
                np.where(free & (held == 0.0), start, 0.0),
                out - held.sum(axis=1),
                into - held.sum(axis=0),
            )
            short = free & (held == 0.0) & (table < self.floor[k]) & (self.floor[k] > 0)
            if not short.any():
                break
            held = np.where(short, self.floor[k], held)
        table = table + held
        for i, j in np.argwhere(free):
            if i == j:
                grown = table[i, i] / self.value[k, i, i] if self.value[k, i, i] else 0.0
                self.value[k, i, i] += table[i, i]
                self.low[k, i, i] *= 1.0 + grown
                self.high[k, i, i] *= 1.0 + grown
                continue
            more = self.source[k, i, j]
            self.put(
                product,
                self.economies[i],
                self.economies[j],
                float(table[i, j]),
                ESTIMATED,
                f"{more};{sources}" if more else sources,
                "floor" if held[i, j] else "balanced",
                low=max(float(table[i, j]) / spread(ESTIMATED), float(self.floor[k, i, j])),
            )

    def shares(self, product: str | None = None) -> dict[str, float]:
        """The part of all value that stands on each standing, of one product or of all."""
        pick = slice(None) if product is None else self.products.index(product)
        value, standing = self.value[pick], self.standing[pick]
        total = value.sum()
        return {s: float(value[standing == s].sum() / total) for s in STANDINGS}

    def write(self, folder: Path, meta: Mapping[str, Any]) -> None:
        """Write ``cells.csv`` and ``meta.json``; numbers have seven significant digits."""
        folder.mkdir(parents=True, exist_ok=True)
        rows: list[list[str]] = []
        for k, product in enumerate(self.products):
            for i, origin in enumerate(self.economies):
                for j, destination in enumerate(self.economies):
                    at = (k, i, j)
                    if self.standing[at] == GAP and self.high[at] == 0.0:
                        continue
                    numbers = (self.value[at], self.low[at], self.high[at])
                    known = self.quantity[at] >= 0
                    rows.append(
                        [product, origin, destination]
                        + [f"{number:.7g}" for number in numbers]
                        + [str(self.standing[at])]
                        + [f"{self.quantity[at]:.7g}" if known else ""]
                        + [self.source[at], self.rule[at]]
                    )
        write_csv(folder / "cells.csv", COLUMNS, rows)
        text = json.dumps(meta, indent=2, ensure_ascii=False) + "\n"
        (folder / "meta.json").write_text(text, encoding="utf-8")

    def note_gap(self, product: str, origin: str, destination: str, most: float, why: str) -> None:
        """A gap of which a source gives the most that it can be."""
        k = self.at(product, origin, destination)
        self.high[k], self.source[k], self.rule[k] = most, why, "unlisted"

    def nothing(self, product: str, origin: str, destination: str, sources: str) -> None:
        """A cell that a source shows to be zero."""
        self.put(product, origin, destination, 0.0, ZERO, sources, "no flow")


def write_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A CSV file with a header; same rows, same bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)
