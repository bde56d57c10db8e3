"""The options of the market model in a scenario file."""

from __future__ import annotations

from collections.abc import Mapping

from comity.scenario.contents import MarketModel
from comity.scenario.fields import Fields, number, whole, wrong

MARKET = "market"
KEYS = ("name", "horizon", "draws", "seed", "elasticities", "set", "routes")
HORIZONS = ("short", "long")
MOST_DRAWS = 1 << 16
_SUPPLIES = ("supply", "other_supply", "transformation")


def largest_held(name: str) -> float:
    """The largest number at which a parameter is held: of a supply, at which prices are as good as
    given; of others far more than any that was published."""
    return 1e9 if name.partition(":")[0] in _SUPPLIES else 1000.0


def market_model(fields: Fields) -> MarketModel:
    """The options that the section ``model`` of a file gives; problems are noted."""
    routes = fields.choice("routes", ("yes", "no"))
    held: tuple[tuple[str, float], ...] = ()
    if isinstance(fields.raw.get("set"), Mapping):
        found = fields.by_label("set", _parameter)
        held = found if isinstance(found, tuple) else ()
        for name, value in held:
            if value > largest_held(name):
                fields.problems.wrong(
                    f"{name} is {value:g}, far beyond any estimate",
                    fields.places().get(f"set.{name}", fields.place("set")),
                    f"write at most {largest_held(name):g}",
                )
    elif "set" in fields:
        fields.problems.wrong(
            "set is a mapping of parameters", fields.place("set"), "write set: {sigma: 4}"
        )
    return MarketModel(
        horizon=fields.choice("horizon", HORIZONS) or "short",
        draws=fields.value("draws", _draws) or 1024,
        elasticities=fields.text("elasticities") or "default",
        fixed=tuple(sorted(held)),
        routes=routes != "no",
    )


def _parameter(text: str) -> float:
    value = number(text, percent=False)
    if value < 0.0:
        raise wrong(f"a parameter is {text}", "write a number of 0 or more")
    return value


def _draws(text: str) -> int:
    value = whole(text)
    if not 1 <= value <= MOST_DRAWS:
        raise wrong(f"draws are {text}", f"write a whole number from 1 to {MOST_DRAWS}")
    return value


def asks_for_market(model: object) -> bool:
    """Does the section ``model`` of a file, as parsed, name the market model?"""
    name = model.get("name") if isinstance(model, Mapping) else model
    return name == MARKET
