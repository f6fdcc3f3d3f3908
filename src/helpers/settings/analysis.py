"""The parts of ``workbook.toml`` that say how analyses are made: value, trade, service, money, playbook, experience.

.. code-block:: toml

    [playbook.corners]
    experienced_mature = "Offer bare components at a list price without service."

    [playbook.steps]
    silence = "Call within the week."

    [experience]
    experienced_from = 0.6
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from helpers.settings.grading import WalletMethod
from helpers.settings.source import Section


class Value(Section):
    """``[value]``: what a customer has been worth and is expected to be worth."""

    discount_rate_year: Annotated[float, Field(ge=0, le=1)] = 0.10
    """What money a year later is worth less, as a fraction: 0.10 is ten percent a year."""
    headline_years: Annotated[int, Field(ge=1, le=5)] = 3
    """The horizon that lists and findings speak of, in years."""
    origins: Annotated[int, Field(ge=0, le=12)] = 6
    """Past month ends at most, from which forecasts are made again, held against what came, and learnt from."""
    small_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Small today: the lower so much of the customers by margin of the window; big tomorrow: the upper rest."""


Error = Annotated[float, Field(gt=0, le=3)]


class Trade(Section):
    """``[trade]``: share of wallet and products to push. Which evidence counts, and how old, ``[grades]`` says."""

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


Days = Annotated[int, Field(ge=1)]
Months = Annotated[int, Field(ge=1, le=24)]


class VisitEvery(Section):
    """``[service.visit_every_days]``: how many days at most should lie between two visits, by tier."""

    A: Days = 90
    """Customers of tier A."""
    B: Days = 180
    """Customers of tier B."""
    C: Days = 365
    """Customers of tier C."""


class Service(Section):
    """``[service]``: complaints, satisfaction, visits, attention, prospects and records."""

    visit_every_days: VisitEvery = VisitEvery()
    """The visit plan."""
    repeat_complaints: Annotated[int, Field(ge=2)] = 2
    """Complaints within the window that make a repeat complainer."""
    effect_months: Months = 6
    """Months before and after a complaint whose sales are compared."""
    wave_months: Months = 6
    """Answers of so many months are one wave of the survey."""
    attention_months: Months = 6
    """Months over which contacts are set against what the customer does."""
    fresh_months: Annotated[int, Field(ge=1)] = 12
    """A record is fresh when it changed, or the customer was in contact, within so many months."""


Corner = Literal["inexperienced_young", "inexperienced_mature", "experienced_young", "experienced_mature"]
CORNERS: tuple[Corner, ...] = Corner.__args__  # type: ignore[attr-defined]


class Playbook(Section):
    """``[playbook]``: texts of the company's own; what is not given has a default in the report's language."""

    corners: dict[Corner, str] = {}
    """What to offer in each corner of customer experience and product maturity."""
    steps: dict[str, str] = {}
    """What to do next where this signal is a customer's strongest; the names of signals are those of
    `helpers.subjects.signals.catalogue.SIGNALS`, which a book holds them against when it is opened."""


class Experience(Section):
    """``[experience]``: where the scale from inexperienced generalist (0) to experienced specialist (1) ends."""

    experienced_from: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Score from which a customer counts as experienced."""
    purchasing_share: tuple[float, float] = (0.3, 0.8)
    """Share of purchasing in the contacts with engineering and purchasing: of a generalist, of a specialist."""
    application_share: tuple[float, float] = (0.5, 0.1)
    """Share of contacts about applications, advice and training."""
    service_ratio: float = 0.0
    """A specialist's share of service and support, as a multiple of its class's median."""
    component_points: float = 0.3
    """By how much a specialist's share of components lies above its class's median, as a fraction."""
    discount_points: float = 0.1
    """By how much a specialist's discount lies above its class's median, as a fraction of the list price."""
    decision_ratio: float = 0.4
    """A specialist's days from enquiry to order, as a multiple of its class's median."""
    shift_strength: Annotated[float, Field(gt=0)] | None = None
    """Strength of all changes together (standard deviations of chance) from which a customer is shifting; default:
    where a quarter as many or fewer change as much the other way: see `strength_needed` in
    `helpers.subjects.experience.experience`."""
    shift_points: Annotated[float, Field(ge=0, le=1)] = 0.15
    """By how much the score must have risen within a year as well."""


DaysLate = Annotated[int, Field(ge=0, le=3650)]


class CreditGrade(Section):
    """``[money.credit.grades.AAA]``: one grade of credit."""

    late_days: DaysLate
    """Payments came so many days late at most, on average over the window."""
    factor: Annotated[float, Field(ge=0, le=12)]
    """What the limit is times the mean month's sales and the terms in months."""


class Credit(Section):
    """``[money.credit]``: the grade of a customer's payments and the limit it leads to."""

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
