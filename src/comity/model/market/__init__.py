"""The market model: world markets of one or several linked products, partial equilibrium.

A global GSIM (Francois and Hall 2003) in exact changes: Armington demand, supply with one price per
origin, clearing in every origin. Arrays in, frozen result out.
"""

from comity.model.market.change import MarketChange, Quota, Routes, Split
from comity.model.market.equilibrium import MODEL_VERSION, TOLERANCE, solve
from comity.model.market.market import Market, Parameters
from comity.model.market.solution import MarketSolution
from comity.model.market.surplus import Surplus

__all__ = [
    "MODEL_VERSION",
    "TOLERANCE",
    "Market",
    "MarketChange",
    "MarketSolution",
    "Parameters",
    "Quota",
    "Routes",
    "Split",
    "Surplus",
    "solve",
]
