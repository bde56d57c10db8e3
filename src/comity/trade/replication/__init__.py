"""Readers of published models' data: what replications and comparisons rest on."""

from comity.trade.replication.cp2015 import read_cp2015
from comity.trade.replication.gegravity import read_gegravity, read_gegravity_2006
from comity.trade.replication.wiod2014 import read_wiod2014
from comity.trade.replication.world2023 import read_world2023

__all__ = [
    "read_cp2015",
    "read_gegravity",
    "read_gegravity_2006",
    "read_wiod2014",
    "read_world2023",
]
