"""The part of ``workbook.toml`` that says how targets, scorecards and receivables are read: ``[money]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Money(BaseModel):
    """``[money]``: targets, people and receivables."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dso_months: Annotated[int, Field(ge=1, le=12)] = 3
    """Days sales outstanding are the balance over what was invoiced in so many months, times their days."""
    later_days: Annotated[float, Field(ge=0)] = 5
    """A customer pays later when its payments of the last half year came so many days later than before."""
    least_payments: Annotated[int, Field(ge=2)] = 3
    """Payments needed in each of the two spans before anybody is said to pay later."""
    few_customers: Annotated[int, Field(ge=1)] = 20
    """Below so many buying customers a salesperson's figures are marked as resting on few."""
    test_origins: Annotated[int, Field(ge=4, le=24)] = 12
    """Past month ends at which the forecast of a period's end is tested."""
