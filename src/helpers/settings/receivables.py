"""The parts of ``workbook.toml`` about money: how targets, people and receivables are read, and what service costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from helpers.settings.source import Section


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


Cost = Annotated[float, Field(gt=0)]


class Costs(Section):
    """``[costs]``: rules for the kinds of cost that the table ``costs`` does not have. Nothing is counted unasked."""

    freight_an_order: Cost | None = None
    """Freight of an order, in the report's currency."""
    handling_a_line: Cost | None = None
    """Handling of an order line."""
    a_visit: Cost | None = None
    """A visit, of the contacts of that kind."""
    finance_percent_a_year: Annotated[float, Field(gt=0, le=100)] | None = None
    """What money owed by customers costs in a year, in percent of the mean of what they owe at month ends."""
