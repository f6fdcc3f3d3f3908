"""The part of ``workbook.toml`` that says how evidence of a customer's purchases is weighed: ``[trade]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from helpers.settings.grading import WalletMethod

Error = Annotated[float, Field(gt=0, le=3)]


class Trade(BaseModel):
    """``[trade]``: share of wallet and products to push. Which evidence counts, and how old, ``[grades]`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    evidence_errors: dict[WalletMethod, Error] = {
        "accounts": 0.1, "commitment": 0.2, "plan": 0.2, "stated": 0.3, "stock_turnover": 0.4, "resale": 0.4,
        "third_party": 0.6,
    }  # fmt: skip
    """How far each kind of evidence is usually off: standard deviation of the natural logarithm (0.1: 10 %)."""
    unlisted_error: Error = 0.6
    """The same for a kind that ``evidence_errors`` does not list."""
    error_per_year: Annotated[float, Field(ge=0, le=3)] = 0.15
    """What a year of age adds: the variance grows by the square of it with each year."""
    interval_share: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """How often the interval should hold the true amount."""
    recommended_products: Annotated[int, Field(ge=1, le=3)] = 3
    """So many products are proposed to a customer at most."""
