"""Which measures apply to a shipment, as of a day: applies, does not, or may.

Pure: rules in, answers out. `Engine(rules, gaps).ask(Shipment(...))` gives an `Answer`.
"""

from comity.applies.answer import Answer, Coverage, Part, Uncertain
from comity.applies.dimension import Dimension
from comity.applies.engine import Engine
from comity.applies.explain import Explanation, NearMiss
from comity.applies.question import Shipment
from comity.applies.rule import Condition, Entity, Exemption, Gap, Rule
from comity.words.scope import Scope

__all__ = [
    "Answer",
    "Condition",
    "Coverage",
    "Dimension",
    "Engine",
    "Entity",
    "Exemption",
    "Explanation",
    "Gap",
    "NearMiss",
    "Part",
    "Rule",
    "Scope",
    "Shipment",
    "Uncertain",
]
