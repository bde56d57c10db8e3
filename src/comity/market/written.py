"""A question written down, so that others can ask it again: as a command, as lines of Python and,
where a scenario file can say it, as one."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from comity.effects.market.inputs import Options
from comity.market.assess import Question
from comity.scenario.contents import (
    BaselineChoice,
    MarketModel,
    MeasureChoice,
    ModelChoice,
    Scenario,
    State,
)
from comity.scenario.dump import dump
from comity.scenario.market_ask import begun
from comity.words.time import DayRange

_SPANS = ("coverage", "cost", "rate", "limit", "plants")
_PLAIN = ("market", "data", "year", "over", "known_on", "public_on")


def as_command(question: Question, options: Options, *, world: bool = True) -> str:
    """The question as a line for a shell; what is as it would be anyway is left out."""
    words = ["comity", "assess", *question.measures]
    if question.new is not None:
        words += ["--new", str(question.new)]
    if question.lift:
        words.append("--lift")
    for name, listed in (("areas", question.areas), ("except", question.excepting)):
        for one in listed:
            words += [f"--{name}", one]
    for name, value in _differing(question, options):
        if name == "routes":
            words.append("--no-routes")
        elif name == "set":
            words += [w for key, number in value.items() for w in ("--set", f"{key}={number!r}")]
        else:
            words += [f"--{name.replace('_', '-')}", _text(value)]
    if not world:
        words.append("--no-world")
    return shlex.join(words)


def as_python(question: Question, options: Options, *, world: bool = True) -> str:
    """The question as lines of Python that give the same assessment."""
    given: dict[str, Any] = {}
    if question.new is not None:
        given["new"] = str(question.new)
    if question.lift:
        given["lift"] = True
    for name in ("areas", "excepting"):
        if listed := getattr(question, name):
            given[name] = tuple(listed)
    names = {"set": "fixed"}
    for name, value in _differing(question, options):
        given[names.get(name, name)] = value
    if not world:
        given["world"] = False
    lines = [
        *(f"{one!r}," for one in question.measures),
        *(f"{k}={v!r}," for k, v in given.items()),
    ]
    body = "".join(f"    {line}\n" for line in lines)
    call = f"made = record.assess(\n{body})\nprint(made.run_id)\n"
    return f"import comity\n\nrecord = comity.open()\n{call}"


def as_scenario(
    question: Question, options: Options, made: Mapping[str, Any], begins: Mapping[str, str | None]
) -> str | None:
    """The question as a scenario file between the day before its measures begin and the day they
    do: the same effects, under another run id. None where the file could not say the same.

    `made` is the assessment as plain data; `begins` gives the first day of each measure. What is
    lifted or proposed, numbers that the record lacks, and measures of several days are left to the
    command.
    """
    days = {begun(DayRange.parse(text)) for text in begins.values() if text}
    more = (*_SPANS, "data", "year", "over", "new")
    if (
        question.lift
        or not question.measures
        or len(days) != 1
        or None in days
        or any(getattr(question, name) is not None for name in more)
    ):
        return None
    day = dt.date.fromordinal(next(d for d in days if d is not None))
    public_on = None
    if question.public_on is not None:
        public_on = dt.date.fromisoformat(str(question.public_on))
    seen: dict[str, Any] = {"known_on": question.known_on, "public_on": public_on}
    model = MarketModel(
        question.horizon, options.draws, options.rule, tuple(options.fixed.items()), options.routes
    )
    return dump(
        Scenario(
            title=made["title"],
            baseline=BaselineChoice(name=made["baseline"]["name"]),
            model=ModelChoice(name="market", seed=options.seed, market=model),
            before=State(as_of=day - dt.timedelta(days=1), **seen),
            after=State(as_of=day, **seen),
            measures=tuple(MeasureChoice(one) for one in question.measures),
        )
    )


def _differing(question: Question, options: Options) -> Iterator[tuple[str, Any]]:
    for name in (*_SPANS, *_PLAIN):
        value = getattr(question, name)
        if value is not None:
            yield name, value
    if question.horizon != "short":
        yield "horizon", question.horizon
    if options.draws != 1024:
        yield "draws", options.draws
    if options.seed:
        yield "seed", options.seed
    if options.rule != "default":
        yield "elasticities", options.rule
    if not options.routes:
        yield "routes", False
    if options.fixed:
        yield "set", dict(options.fixed)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        low, high = value
        return repr(low) if low == high else f"{low!r}-{high!r}"
    return str(value)
