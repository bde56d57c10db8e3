"""The world model for its users: load or build a world, balance it, change it, read the effects.

    import comity
    from comity.world import Shock

    world = comity.world.load("goods-world-2023")
    base = world.balance(deficits="kept")
    result = base.solve(Shock().tariff("USA", "CHN", add=0.10))
    result.real_income["CHN"]

Files and builders are in `comity.trade`, the solver in `comity.model.world`, effects in
`comity.effects`; this package gathers them and adds names.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from comity.scenario.shock import Shock
from comity.world.loading import from_arrays, from_flows, from_input_output, load
from comity.world.result import Result
from comity.world.world import World

if TYPE_CHECKING:
    from comity.world.saved import reproduce
    from comity.world.simulate import Run
    from comity.world.simulate import simulate as run_scenario

__all__ = [
    "Result",
    "Run",
    "Shock",
    "World",
    "from_arrays",
    "from_flows",
    "from_input_output",
    "load",
    "reproduce",
    "run_scenario",
]

_LAZY = {
    "Run": ("comity.world.simulate", "Run"),
    "run_scenario": ("comity.world.simulate", "simulate"),
    "reproduce": ("comity.world.saved", "reproduce"),
}
"""Scenarios are loaded when first asked for: a world does not need them."""


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'comity.world' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    return getattr(import_module(module), attribute)
