"""Probability models of purchase and dropout: from histories to expectations for each customer."""

from helpers.models.bgnbd import BGNBD, BGCNBDk
from helpers.models.mbgnbd import MBGNBD, MBGCNBDk
from helpers.models.pareto_nbd import ParetoNBD

__all__ = ["BGNBD", "MBGNBD", "BGCNBDk", "MBGCNBDk", "ParetoNBD"]
