"""What readers call dimensions and groups."""

import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.groups import GROUP, UNASSIGNED
from helpers.core.periods import CompanyYear
from helpers.present.numbers import MANY_TIMES, Numbers
from helpers.present.words import Words


def dimension_name(by: str, _: Words) -> str:
    """The name of a dimension, as it stands in a sentence."""
    return {
        "trade_class": _("trade class"),
        "region": _("region"),
        "size_class": _("customer size"),
        "industry": _("industry"),
        "acquisition_source": _("acquisition source"),
        "channel": _("channel"),
    }[by]


def dimension_heading(by: str, _: Words) -> str:
    """The name of a dimension, at the head of a column or a chart."""
    return {
        "trade_class": _("Trade class"),
        "region": _("Region"),
        "size_class": _("Customer size"),
        "industry": _("Industry"),
        "acquisition_source": _("Acquisition source"),
        "channel": _("Channel"),
    }[by]


def money_name(by_margin: bool, _: Words) -> str:
    """What amounts are counted in, within a sentence."""
    return _("margin") if by_margin else _("net sales")


def money_heading(by_margin: bool, _: Words) -> str:
    """What amounts are counted in, at the head of a column or a chart."""
    return _("Margin") if by_margin else _("Net sales")


def group_labels(frame: pd.DataFrame, _: Words) -> pd.Series:
    """What the rows of an analysis' ``groups`` frame are called (columns kind and group)."""
    other = (
        frame["kind"].map({UNASSIGNED: _("No customer named"), "total": _("Total")}).fillna(_("Not recorded"))
    )
    return frame["group"].astype("object").map(_.value).where(frame["kind"] == GROUP, other)


def group_label(value: str | None, _: Words) -> str:
    """What one group is called; None: what the data have of no group."""
    return _("Not recorded") if value is None else str(_.value(value))


def value_labels(values: pd.Series, _: Words) -> pd.Series:
    """What words of the data are called, and what none of them is."""
    # Where all are missing, `map` gives floats, which hold no text.
    return values.astype("object").map(_.value).astype("object").fillna(_("Not recorded"))


def share_of_plan(share: float, n: Numbers) -> str:
    """How much of its plan something reached, as it stands in a sentence; from three times it on the times."""
    if share >= MANY_TIMES:
        return n.words("{times} times the plan", times=n.decimal(share))
    return n.words("{share} of plan", share=n.percent(share))


def year_to_date(year: CompanyYear, month: pd.Period, _: Words) -> str:
    """The year to date at the head of a column; a company's own year by its name."""
    return _("Year to date") if year.is_calendar else _("{year} to date", year=year.name(month))


def fiscal_year_notes(year: CompanyYear, month: pd.Period, n: Numbers) -> list[str]:
    """Say which months the company's year has and which days its month; nothing where both are the calendar's."""
    _ = n.words
    notes = []
    if not year.is_calendar:
        span = year.span(month)
        runs = (
            _("{year} is {first} to {last}: the year to date and targets of a year are those of this year.")
            if year.has_thirteen
            else _(
                "{year} is {first} to {last}: the year to date, quarters and targets of a year are those of this year."
            )
        )
        notes.append(runs.format(year=year.name(month), first=n.month(span.first), last=n.month(span.last)))
    if year.months is not None and year.has_thirteen:
        notes.append(
            _(
                "{month} is {first} to {last}. A year has thirteen periods; last year's like period has the same "
                "place.",
                month=n.month(month), first=n.date(year.first_day(month)), last=n.date(year.last_day(month)),
            )
        )  # fmt: skip
    elif year.months is not None:
        notes.append(
            _(
                "{month} is {first} to {last}; an order line of these days that the calendar has in another month is "
                "dated to the first or last day of {month}.",
                month=n.month(month), first=n.date(year.months.first_day(month)),
                last=n.date(year.months.last_day(month)),
            )
        )  # fmt: skip
    return notes


def per_week_note(
    year: CompanyYear,
    month: pd.Period,
    month_percent: float,
    year_percent: float,
    n: Numbers,
    *,
    in_course: bool,
) -> list[str]:
    """Say by how much sales changed per week, where the company's months have not as many weeks as a year earlier.

    Of a month in course like days are compared, as many as a year earlier.
    """
    if year.months is None or in_course:
        return []
    _ = n.words
    notes = []
    for label, first, change in (
        (n.month(month), month, month_percent),
        (year_to_date(year, month, _), year.span(month).first, year_percent),
    ):
        now, before = (year.months.weeks(first - back, month - back) for back in (0, months_a_year(month)))
        if now != before and not pd.isna(change):
            by_week = 100 * ((1 + change / 100) * before / now - 1)
            notes.append(
                _(
                    "{label} had {now} weeks, a year earlier {before}: per week sales changed by {change}.",
                    label=label, now=n.decimal(now), before=n.decimal(before), change=n.change_in_percent(by_week),
                )
            )  # fmt: skip
    return notes
