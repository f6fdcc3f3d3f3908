"""Probability models of purchase and dropout: from histories to expectations for each customer."""

from helpers.models.cnbdk import BGNBD, MBGNBD, BGCNBDk, MBGCNBDk
from helpers.models.pareto_nbd import ParetoNBD

__all__ = ["BGNBD", "MBGNBD", "BGCNBDk", "MBGCNBDk", "ParetoNBD"]
