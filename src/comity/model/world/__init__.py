"""The world model: many economies, many sectors, input-output links, general equilibrium.

Caliendo and Parro (2015), Review of Economic Studies 82(1), in exact changes. One sector without
inputs is the gravity model of Eaton and Kortum, or Armington: the same code.
"""

from comity.model.world.equilibrium import MODEL_VERSION, TOLERANCE, balance, solve, solve_path
from comity.model.world.solution import Solution

__all__ = ["MODEL_VERSION", "TOLERANCE", "Solution", "balance", "solve", "solve_path"]
