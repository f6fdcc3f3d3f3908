"""The parts of ``workbook.toml`` about money: how targets, people and receivables are read, and what service costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from helpers.settings.source import Section

Days = Annotated[int, Field(ge=0, le=3650)]


class CreditGrade(Section):
    """``[money.credit.grades.AAA]``: one grade of credit."""

    late_days: Days
    """Payments came so many days late at most, on average over the window."""
    factor: Annotated[float, Field(ge=0, le=12)]
    """What the limit is times the mean month's sales and the terms in months."""


class Credit(BaseModel):
    """``[money.credit]``: the grade of a customer's payments and the limit it leads to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grades: dict[str, CreditGrade] = {
        "AAA": CreditGrade(late_days=0, factor=2), "AA": CreditGrade(late_days=5, factor=1),
        "A": CreditGrade(late_days=15, factor=0.8), "B": CreditGrade(late_days=30, factor=0.6),
    }  # fmt: skip
    """From the best grade down; the first whose days hold counts."""
    lowest: str = "C"
    """Who pays later than the last grade allows, or has an invoice open for longer than ``bad_days``: no credit."""
    bad_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """What is open for more days than that past its due date counts as bad (不良)."""
    most: Annotated[float, Field(gt=0)] | None = None
    """No limit is suggested above this amount."""

    @model_validator(mode="after")
    def _in_order(self) -> Credit:
        days = [grade.late_days for grade in self.grades.values()]
        if days != sorted(days) or len(set(days)) < len(days):
            raise ValueError("the grades' late_days have to rise from the first grade to the last")
        if self.lowest in self.grades:
            raise ValueError(f"{self.lowest} is the lowest grade and one of grades")
        return self


class Money(Section):
    """``[money]``: targets, people and receivables."""

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
    ages: Annotated[tuple[Annotated[int, Field(ge=1, le=3650)], ...], Field(min_length=1, max_length=8)] = (
        30,
        60,
        90,
    )
    """Days late at which the brackets of the ageing end: 1 to 30, 31 to 60, 61 to 90, over 90."""
    credit: Credit = Credit()
    """How limits are suggested."""

    @model_validator(mode="after")
    def _ages_rise(self) -> Money:
        if list(self.ages) != sorted(set(self.ages)):
            raise ValueError("ages have to rise, each once")
        return self


Cost = Annotated[float, Field(gt=0)]


class Costs(Section):
    """``[costs]``: rules for kinds of cost that the table ``costs`` does not have. Nothing is counted unasked.

    A rule stands too for the months before the table's first and after its last cost of the kind.
    """

    freight_an_order: Cost | None = None
    """Freight of an order, in the report's currency."""
    handling_a_line: Cost | None = None
    """Handling of an order line."""
    a_visit: Cost | None = None
    """A visit, of the contacts of that kind."""
    finance_percent_a_year: Annotated[float, Field(gt=0, le=100)] | None = None
    """What money owed by customers costs in a year, in percent of the mean of what they owe at month ends."""
