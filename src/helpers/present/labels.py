"""What readers call dimensions and groups."""

from __future__ import annotations

import pandas as pd

from helpers.core.frames.groups import GROUP, UNASSIGNED
from helpers.core.periods import CompanyYear
from helpers.present.numbers import Numbers
from helpers.present.words import Words


def dimension(by: str, _: Words) -> str:
    """The name of a dimension, as it stands in a sentence."""
    return {
        "trade_class": _("trade class"),
        "region": _("region"),
        "size_class": _("customer size"),
        "industry": _("industry"),
        "acquisition_source": _("acquisition source"),
    }[by]


def dimension_heading(by: str, _: Words) -> str:
    """The name of a dimension, at the head of a column or a chart."""
    return {
        "trade_class": _("Trade class"),
        "region": _("Region"),
        "size_class": _("Customer size"),
        "industry": _("Industry"),
        "acquisition_source": _("Acquisition source"),
    }[by]


def groups(frame: pd.DataFrame, _: Words) -> pd.Series:
    """What the rows of an analysis' ``groups`` frame are called (columns kind and group)."""
    other = (
        frame["kind"].map({UNASSIGNED: _("No customer named"), "total": _("Total")}).fillna(_("Not recorded"))
    )
    return frame["group"].where(frame["kind"] == GROUP, other).astype("object")


def year_to_date(year: CompanyYear, month: pd.Period, _: Words) -> str:
    """The year to date at the head of a column; a company's own year by its name."""
    return _("Year to date") if year.is_calendar else _("{year} to date", year=year.name(month))


def year_runs(year: CompanyYear, month: pd.Period, n: Numbers) -> str | None:
    """Say which months the year of a month has; None where it is the calendar year."""
    if year.is_calendar:
        return None
    span = year.span(month)
    return n.words(
        "{year} is {first} to {last}: the year to date, quarters and targets of a year are those of this year.",
        year=year.name(month), first=n.month(span.first), last=n.month(span.last),
    )  # fmt: skip
