"""Computing one run: from what was asked to the result that every door shows, and its file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.opened import OpenRecord
from comity.words.errors import ComityError, ValidationError

if TYPE_CHECKING:
    from comity.effects.market.inputs import Options
    from comity.market.assess import Question

Progress = Callable[[int, int], None]
Made = tuple[Any, Callable[[Any, Path], None]]
"""What was computed, and how to keep it in a file."""


def compute(
    kind: str, asked: Mapping[str, Any], record: OpenRecord, folder: Path, progress: Progress
) -> tuple[str, bytes]:
    """The result as JSON text and the run's file. `folder` is empty, and may be written to.

    Raises what simulating or assessing raises; files are named without the folder they lie in.
    """
    try:
        made, save = (_simulated if kind == "simulate" else _assessed)(
            asked, record, folder, progress
        )
    except ComityError as error:
        raise _bare(error, folder) from None
    file = folder / "run.comity"
    save(made, file)
    return json.dumps(made.as_dict(), ensure_ascii=False, allow_nan=False), file.read_bytes()


def _bare(error: ComityError, folder: Path) -> ComityError:
    """The error without the name of a folder that means nothing to who asked."""
    head = f"{folder}/"
    for one in (error, *(error.problems if isinstance(error, ValidationError) else ())):
        one.what = one.what.replace(head, "")
        if one.where is not None and one.where.file is not None:
            one.where = replace(one.where, file=one.where.file.replace(head, ""))
    return error


def _simulated(
    asked: Mapping[str, Any], record: OpenRecord, folder: Path, progress: Progress
) -> Made:
    from comity.market import saved as of_market
    from comity.scenario.check import model_name
    from comity.world import saved as of_world

    file = folder / "scenario.yaml"
    file.write_text(str(asked["scenario"]), encoding="utf-8")
    if model_name(file) == "market":
        from comity.market.simulate import simulate as on_market

        made = on_market(file, record, progress=progress, threads=1)
        return made, of_market.save
    from comity.world.simulate import simulate as on_world

    return on_world(file, record, threads=1), of_world.save


def question_of(
    asked: Mapping[str, Any], new: Path | None = None
) -> tuple[Question, Options, bool]:
    """What was asked of the market model: the question, how to solve it, and whether the world
    model's answer is wanted beside it. Raises `InputError` and its kin."""
    from comity.market.asking import options_of, rate_of, span_of
    from comity.market.assess import Question

    def span(name: str) -> tuple[float, float] | None:
        return span_of(asked.get(name), name)

    question = Question(
        measures=tuple(asked.get("measures") or ()),
        new=new,
        market=asked.get("market"),
        lift=bool(asked.get("lift")),
        areas=tuple(asked.get("areas") or ()),
        excepting=tuple(asked.get("excepting") or ()),
        coverage=span("coverage"),
        plants=span("plants"),
        over=rate_of(asked.get("over"), "over"),
        horizon=str(asked.get("horizon") or "short"),
        known_on=asked.get("known_on"),
        public_on=asked.get("public_on"),
        cost=span("cost"),
        rate=span("rate"),
        limit=span("limit"),
    )
    options = options_of(
        draws=int(asked.get("draws") or 1024),
        seed=int(asked.get("seed") or 0),
        rule=str(asked.get("elasticities") or "default"),
        routes=bool(asked.get("routes", True)),
        fixed={str(k): float(v) for k, v in (asked.get("fixed") or {}).items()},
    )
    return question, options, bool(asked.get("world", True))


def _assessed(
    asked: Mapping[str, Any], record: OpenRecord, folder: Path, progress: Progress
) -> Made:
    from comity.market import saved as of_market
    from comity.market.assess import assess

    new = None
    if asked.get("new"):
        new = folder / "proposed.yaml"
        new.write_text(str(asked["new"]), encoding="utf-8")
    question, options, world = question_of(asked, new)
    made = assess(question, record, options, world=world, progress=progress, threads=1)
    return made, of_market.save
