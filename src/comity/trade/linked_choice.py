"""Parameters of several linked products, and of what is around the market: ζ, δ, κ.

No source that was read gives the elasticity ζ among groups such as scallops and other seafood, the
cost δ of leaving a processing route, or the part κ of small shares. Their ranges are assumed, in
``demand_and_supply.csv``, and say so.

 - ζ is uniform between η and the smallest σ of the products: below η groups would be complements in
   demand, above a σ a group would be nearer to others than its own origins are to each other. At
   the ends the products are separate (ζ = η) or one pooled product (ζ = σ of all).
 - δ is uniform: what is processed elsewhere costs its buyers so much more, as a part of price.
 - κ is uniform from 0 to 0.3 (JRC 2015 and others use fixed small shifts).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from comity.trade.drawing import BETWEEN, LOGNORMAL, UNIFORM, Distribution
from comity.trade.elasticity_choice import Choice, demand_and_supply
from comity.words.errors import ValidationError


@dataclass(frozen=True)
class LinkedChoice:
    """Distributions of linked products: ``eta`` and ``zeta`` of the group, the others by product
    (``sigma:scallops``). `assumed` names those whose range no source that was read gives."""

    products: tuple[str, ...]
    distributions: Mapping[str, Distribution]
    reason: str
    assumed: tuple[str, ...]

    def parameters(self) -> dict[str, Distribution]:
        """The distributions by name, in the order of their draws."""
        return dict(self.distributions)


def assumed_range(parameter: str) -> tuple[float, float]:
    """Low and high of ``delta`` or ``kappa``. Raises `ValidationError` for another name."""
    for row in demand_and_supply():
        if row["parameter"] == parameter and row["group"] == "all" and row["low"] and row["high"]:
            return float(row["low"]), float(row["high"])
    raise ValidationError(f"no range of {parameter!r}", mend="delta or kappa")


def surroundings() -> dict[str, Distribution]:
    """``delta`` (the cost of leaving a processing route) and ``kappa`` (`base_flows.shifted`)."""
    return {name: Distribution(UNIFORM, *assumed_range(name)) for name in ("delta", "kappa")}


def linked(choices: Mapping[str, Choice]) -> LinkedChoice:
    """The parameters of products that are linked in demand, by product (label → choice).

    The group has one η: the products' own where they agree, else the geometric mean of their
    medians with the widest spread. Every σ is drawn above it, and ζ between it and the smallest σ.
    Raises `ValidationError` for no products, horizons that differ, or an η that is not lognormal.
    """
    if not choices:
        raise ValidationError("no products to link")
    if len({one.horizon for one in choices.values()}) > 1:
        raise ValidationError("choices of several horizons", mend="choose all for one horizon")
    if any(one.eta.kind != LOGNORMAL for one in choices.values()):
        raise ValidationError("an η that is not lognormal cannot be pooled")
    medians = [float(one.eta.a) for one in choices.values()]
    middle = math.exp(sum(map(math.log, medians)) / len(medians))
    same = max(medians) == min(medians)
    eta = Distribution(
        LOGNORMAL, medians[0] if same else middle, max(one.eta.b for one in choices.values())
    )
    found: dict[str, Distribution] = {"eta": eta}
    for label, choice in choices.items():
        for name, one in choice.parameters(label).items():
            if name == f"eta:{label}":
                continue
            above = tuple("eta" if x == f"eta:{label}" else x for x in one.above)
            found[name] = replace(one, above=above)
    if len(choices) > 1:
        sigmas = tuple(f"sigma:{label}" for label in choices)
        found["zeta"] = Distribution(BETWEEN, "eta", below=sigmas)
    reason = (
        f"One η for the group, median {float(eta.a):.2f}, log s.d. {eta.b:.2f}"
        f"{'' if same else ' (the geometric mean of the products)'}."
    )
    assumed = sorted({name for one in choices.values() for name in one.assumed})
    if len(choices) > 1:
        assumed.append("zeta")
        reason += " ζ among the products is uniform between η and the smallest σ: assumed, no "
        reason += "source that was read gives it."
    return LinkedChoice(tuple(choices), found, reason, tuple(assumed))
