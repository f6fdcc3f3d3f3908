"""The only stage after intake that computes on the engine: standard tables in, small frames out."""

from helpers.facts.coverage import Coverage, last_complete_month
from helpers.facts.free_tables import FreeTables
from helpers.facts.registry import FACT_NAMES
from helpers.facts.store import Facts

__all__ = ["FACT_NAMES", "Coverage", "Facts", "FreeTables", "last_complete_month"]
