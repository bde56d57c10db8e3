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

from comity.scenario.shock import Shock
from comity.world.loading import from_arrays, from_flows, from_input_output, load
from comity.world.result import Result
from comity.world.world import World

__all__ = ["Result", "Shock", "World", "from_arrays", "from_flows", "from_input_output", "load"]
