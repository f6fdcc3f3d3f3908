"""The company's periods for readers: the last that is over in sentences, the year so far in a table."""

from __future__ import annotations

import pandas as pd

from helpers.present import labels
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import first_of
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.subjects.periods.periods import PeriodSales
from helpers.subjects.working_time.views import days_text


def periods(result: PeriodSales | None, by: str, n: Numbers) -> list[Findings | Table]:
    """Show the periods of the year so far, and the last by a dimension; nothing where a year has twelve months."""
    if result is None:
        return []
    return [period_findings(result, n), period_table(result, n), group_table(result, by, n)]


def period_findings(result: PeriodSales, n: Numbers) -> Findings:
    """Write how the last period, the year to date and the trailing year were against the like periods of last year."""
    rows = result.rows[(result.rows["kind"] != "period") | (result.rows["name"] == result.last.name)]
    return findings(*(sentence for _place, row in rows.iterrows() for sentence in _sentences(result, row, n)))


def _sentences(result: PeriodSales, row: pd.Series, n: Numbers) -> list[str | None]:
    _ = n.words
    said = {
        "label": _label(result, row, n), "first": n.date(row["first_day"]), "last": n.date(row["last_day"]),
        "amount": n.money_short(row["net_amount"]),
    }  # fmt: skip
    if pd.isna(row["net_amount"]):
        return []
    if pd.isna(row["change_percent"]):
        return [_("{label} ({first} to {last}): net sales of {amount}.", **said)]
    changed = _(
        "{label} ({first} to {last}): net sales of {amount}, {change} on a year earlier "
        "({earlier_first} to {earlier_last}).",
        change=n.change_in_percent(row["change_percent"]), earlier_first=n.date(row["previous_first_day"]),
        earlier_last=n.date(row["previous_last_day"]), **said,
    )  # fmt: skip
    by_week = None if pd.isna(row["change_week_percent"]) else _(
        "{label} had {now} weeks, a year earlier {before}: per week sales changed by {change}.",
        label=said["label"], now=days_text(row["weeks"], n), before=days_text(row["previous_weeks"], n),
        change=n.change_in_percent(row["change_week_percent"]),
    )  # fmt: skip
    return [changed, by_week]


def _label(result: PeriodSales, row: pd.Series, n: Numbers) -> str:
    if row["kind"] == "year_to_date":
        return n.words("{year} to date", year=f"FY{result.last.year}")
    if row["kind"] == "trailing_year":
        return n.words("The last {count} periods", count=n.count(result.a_year))
    return str(row["name"])


def period_table(result: PeriodSales, n: Numbers) -> Table:
    """List the periods of the year so far, the year to date and as many periods as a year has."""
    _ = n.words
    frame = result.rows.assign(label=[_label(result, row, n) for _place, row in result.rows.iterrows()])
    columns = {
        "label": Column(_("Period")),
        "first_day": Column(_("First day"), n.date),
        "last_day": Column(_("Last day"), n.date),
        "weeks": Column(_("Weeks"), n.count if frame["weeks"].mod(1).eq(0).all() else n.decimal),
        "net_amount": Column(_("Net sales"), n.count),
        "previous_net_amount": Column(_("A year earlier"), n.count),
        "change_percent": Column(_("On last year"), n.change_in_percent),
        "change_week_percent": Column(_("On last year, per week"), n.change_in_percent, if_known=True),
        "change_day_percent": Column(_("On last year, per working day"), n.change_in_percent, if_known=True),
        "target_amount": Column(_("Target"), n.count, if_known=True),
        "attainment_percent": Column(_("Of target"), n.in_percent, if_known=True),
    }
    caption = _(
        "The company's periods, each against the one of the same place a year earlier, net sales in {currency}",
        currency=n.currency,
    )
    return table(frame, columns, caption)


def group_table(result: PeriodSales, by: str, n: Numbers) -> Table:
    """List the last period and the year to date by the dimension ``by``, each against the like periods."""
    _ = n.words
    year = f"FY{result.last.year}"
    columns = {
        "label": Column(labels.dimension_heading(by, _)),
        "net_amount": Column(result.last.name, n.count),
        "change_percent": Column(_("On last year"), n.change_in_percent),
        "change_week_percent": Column(_("On last year, per week"), n.change_in_percent, if_known=True),
        "ytd_net_amount": Column(_("{year} to date", year=year), n.count),
        "ytd_change_percent": Column(_("On last year to date"), n.change_in_percent),
        "ytd_change_week_percent": Column(_("To date, per week"), n.change_in_percent, if_known=True),
    }
    caption = _(
        "{period} and {year} to date by {dimension}, net sales in {currency}",
        period=result.last.name, year=year, dimension=labels.dimension(by, _), currency=n.currency,
    )  # fmt: skip
    frame = result.groups.assign(label=labels.groups(result.groups, _))
    return first_of(len(frame), frame, columns, caption, n, by="net_amount")


def targets(result: PeriodSales | None, n: Numbers) -> list[Findings | Table]:
    """Hold each unit's sales of the last period and of the year to date against targets of the company's periods."""
    if result is None or result.units.empty:
        return []
    _ = n.words
    frame = result.units.assign(
        name=result.units["name"].where(result.units["kind"] != "company", _("The company"))
    )
    year = f"FY{result.last.year}"
    columns = {
        "name": Column(_("Who")),
        "sales_amount": Column(_("Sales of {period}", period=result.last.name), n.count),
        "target_amount": Column(_("Target"), n.count),
        "attainment_percent": Column(_("Of target"), n.in_percent),
        "ytd_sales_amount": Column(_("{year} to date", year=year), n.count),
        "ytd_target_amount": Column(_("Target to date"), n.count),
        "ytd_attainment_percent": Column(_("Of target to date"), n.in_percent),
    }
    caption = _(
        "{period} ({first} to {last}) and {year} to date against targets of the company's periods, in {currency}",
        period=result.last.name, first=n.date(pd.Timestamp(result.last.first)),
        last=n.date(pd.Timestamp(result.last.last)), year=year, currency=n.currency,
    )  # fmt: skip
    return [first_of(len(frame), frame, columns, caption, n, sortable=True, by="sales_amount")]
