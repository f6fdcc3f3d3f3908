"""BG/NBD and BG/CNBD-k: customers may leave after every purchase but the first."""

from __future__ import annotations

from typing import ClassVar

from helpers.models.base import PriorName
from helpers.models.cnbdk import ErlangDropoutModel, RegularErlangDropoutModel


class BGNBD(ErlangDropoutModel):
    """BG/NBD (Fader, Hardie, Lee 2005): random purchases, dropout after a repeat purchase.

    Its P(alive) is 1 for every customer who bought once, however long ago: never rank by it who has left;
    ``MBGNBD`` and ``ParetoNBD`` are for that. ``expected_purchases`` and ``purchase_distribution`` are exact.

    Parameters
    ----------
    prior
        None (maximum likelihood) or ``"weak"``, see ``PurchaseModel``.

    References
    ----------
    Fader, Hardie, Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284.
    """

    may_leave_at_once: ClassVar[bool] = False

    def __init__(self, *, prior: PriorName | None = None) -> None:
        super().__init__(k=1, prior=prior)


class BGCNBDk(RegularErlangDropoutModel):
    """BG/CNBD-k: as BG/NBD with Erlang-k gaps (k = 1 is BG/NBD). See ``RegularErlangDropoutModel``.

    References
    ----------
    Reutterer, Platzer, Schroeder (2021), Leveraging purchase regularity for predicting customer behavior the
    easy way, International Journal of Research in Marketing 38(4).
    """

    may_leave_at_once: ClassVar[bool] = False
