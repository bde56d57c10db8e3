"""Bilateral trade flows by HS code: loaders, a store of Parquet files, questions, checks.

`open_data()` gives a `TradeData`; everything else here is what it returns.
"""

from comity.trade.flows.concordance import Concordance, Conversion, Converted, Counterpart
from comity.trade.flows.data import TradeData, default_path, open_data
from comity.trade.flows.dependence import Closure, Dependence, Exposure, Product
from comity.trade.flows.exposure import ExposureAnswer
from comity.trade.flows.finding import DataFinding
from comity.trade.flows.flow_answer import FlowAnswer, Total
from comity.trade.flows.layout import COLUMNS, FITS, FLAGS, Flow
from comity.trade.flows.manifest import Imported
from comity.trade.flows.rates import Rate, convert, rate

__all__ = [
    "COLUMNS",
    "FITS",
    "FLAGS",
    "Closure",
    "Concordance",
    "Conversion",
    "Converted",
    "Counterpart",
    "DataFinding",
    "Dependence",
    "Exposure",
    "ExposureAnswer",
    "Flow",
    "FlowAnswer",
    "Imported",
    "Product",
    "Rate",
    "Total",
    "TradeData",
    "convert",
    "default_path",
    "open_data",
    "rate",
]
