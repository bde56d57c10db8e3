"""What may be asked of a run by somebody who is not on this machine.

A scenario file on one's own machine may name files beside it. One that was sent may not: only data
that come with the program are read, whatever a path would say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comity.scenario.file import parse_scenario
from comity.words.errors import InputError, NotFound, Place

KINDS = ("simulate", "assess")
MOST_DRAWS = 8192
"""The most draws of a run that was sent: longer ones are for one's own machine."""
SCENARIO_BYTES = 1024 * 1024


def checked(kind: str, asked: Mapping[str, Any]) -> str:
    """The title of a run, if it may be queued. Raises `InputError` and its kin, as the run would,
    for what can be told at once."""
    if kind not in KINDS:
        raise InputError(
            f"there is no run of the kind {kind!r}",
            where=Place(field="kind"),
            mend="one of: " + ", ".join(KINDS),
        )
    return _scenario(asked) if kind == "simulate" else _assessment(asked)


def _scenario(asked: Mapping[str, Any]) -> str:
    text = str(asked["scenario"])
    if len(text.encode("utf-8", "replace")) > SCENARIO_BYTES:
        raise InputError(
            f"the scenario has more than {SCENARIO_BYTES:,} bytes",
            where=Place(field="scenario"),
            mend="run it on your own machine: comity simulate FILE",
        )
    scenario = parse_scenario(text, "scenario")
    choice = scenario.baseline
    if choice.file or choice.format or choice.path or choice.gdp:
        raise InputError(
            "a scenario that is sent names data of the server by name, never by file",
            where=Place(field="baseline"),
            mend="write baseline: " + " or ".join(_names()),
        )
    known_data(choice.name or "", "baseline")
    market = scenario.model.market
    if market is not None:
        _few(market.draws, "model.draws")
    return scenario.title


def _assessment(asked: Mapping[str, Any]) -> str:
    measures = asked.get("measures") or []
    if not measures and not asked.get("new"):
        raise InputError(
            "no measure is named",
            where=Place(field="measures"),
            mend="give the id of one on record, or a proposal in new",
        )
    if asked.get("market"):
        known_data(str(asked["market"]), "market")
    _few(int(asked.get("draws") or 1), "draws")
    return ", ".join(str(one) for one in measures) or "a proposed measure"


def _few(draws: int, field: str) -> None:
    if draws > MOST_DRAWS:
        raise InputError(
            f"{draws:,} draws are more than the {MOST_DRAWS:,} of a run that is sent",
            where=Place(field=field),
            mend="take fewer, or run it on your own machine",
        )


def _names() -> tuple[str, ...]:
    from comity.trade.markets import markets
    from comity.trade.shipped import SHIPPED

    return (*SHIPPED, *markets())


def known_data(name: str, field: str) -> None:
    """Refuse a name that is none of the data that come with the program: it may be a path."""
    if name not in _names():
        raise NotFound(
            f"this server has no data called {name!r}",
            where=Place(field=field),
            mend="one of: " + ", ".join(_names()),
        )
