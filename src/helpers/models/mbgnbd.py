"""MBG/NBD and MBG/CNBD-k: customers may leave after every purchase, the first included."""

from __future__ import annotations

from typing import ClassVar

from helpers.models.base import PriorName
from helpers.models.cnbdk import ErlangDropoutModel, RegularErlangDropoutModel


class MBGNBD(ErlangDropoutModel):
    """MBG/NBD (Batislam et al. 2007): random purchases, dropout after any purchase.

    ``expected_purchases`` and ``purchase_distribution`` are exact.

    Parameters
    ----------
    prior
        None (maximum likelihood) or ``"weak"``, see ``PurchaseModel``.

    References
    ----------
    Batislam, Denizel, Filiztekin (2007), Empirical validation and comparison of models for customer base
    analysis, International Journal of Research in Marketing 24(3), 201-209.
    """

    may_leave_at_once: ClassVar[bool] = True

    def __init__(self, *, prior: PriorName | None = None) -> None:
        super().__init__(k=1, prior=prior)


class MBGCNBDk(RegularErlangDropoutModel):
    """MBG/CNBD-k: as MBG/NBD with Erlang-k gaps (k = 1 is MBG/NBD). See ``RegularErlangDropoutModel``.

    References
    ----------
    Platzer, Reutterer (2016), Ticking away the moments, Marketing Science 35(5). Reutterer, Platzer,
    Schroeder (2021), International Journal of Research in Marketing 38(4).
    """

    may_leave_at_once: ClassVar[bool] = True
