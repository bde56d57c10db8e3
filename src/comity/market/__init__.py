"""The market model for its users: assess a measure, on record or proposed, on its market.

    import comity

    record = comity.open()
    found = record.assess("cn-seafood-ban-2023")
    found.row("producer_surplus", exporter="JPN").as_dict("2024")["median"]

Markets come from packs (`markets`, `market`), from folders, or from flows (`market_from_flows`);
the solver is in `comity.model.market`, effects in `comity.effects.market`; this package gathers
them.
"""

from comity.effects.market.inputs import Options
from comity.market.assess import Question, assess, resolved
from comity.market.assessment import Assessment, run
from comity.market.saved import reproduce, save
from comity.trade.market_from_flows import market_from_flows
from comity.trade.markets import market, markets

__all__ = [
    "Assessment",
    "Options",
    "Question",
    "assess",
    "market",
    "market_from_flows",
    "markets",
    "reproduce",
    "resolved",
    "run",
    "save",
]
