"""Probability models of purchase and dropout: from histories to expectations for each customer."""

from helpers.models.cnbdk import MBGNBD, MBGCNBDk
from helpers.models.pareto_nbd import ParetoNBD

__all__ = ["MBGNBD", "MBGCNBDk", "ParetoNBD"]
