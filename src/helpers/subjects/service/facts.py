"""Facts about service: complaints and surveys as they stood at the month end."""

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.core.periods import CompanyYear, month_of_day
from helpers.engine.as_of import MONEY, month_of
from helpers.engine.fact import Fact, by_customer


def complaint_counts(
    complaints: ir.Table | None, first_day: dt.date, month_end: dt.date, *, has_resolutions: bool
) -> ir.Table:
    """Count each customer's complaints as they stood at the month end, by severity.

    Parameters
    ----------
    complaints
        The standard table, or None if it is not supplied: then there are no rows. A caller that has to tell "no
        complaints" from "not supplied" asks `StandardTables.has`.
    first_day, month_end
        First and last day of the window.
    has_resolutions
        Whether the source supplies ``resolved_at``; without it nobody can say what is open.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, severity (NULL if not recorded), complaints (opened in the window), open_complaints (not resolved
        by the month end, whenever opened: a resolution after it is not known yet; NULL without resolutions),
        complaints_lifetime, last_opened (DATE).
    """
    schema = {
        "customer_id": "string", "severity": "string", "complaints": "int64", "open_complaints": "int64",
        "complaints_lifetime": "int64", "last_opened": "date",
    }  # fmt: skip
    if complaints is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = complaints.mutate(
        opened=complaints.opened_at.cast("date"), resolved=complaints.resolved_at.cast("date")
    )
    rows = rows.filter(rows.opened <= ibis.date(month_end))
    is_open = rows.resolved.isnull() | (rows.resolved > ibis.date(month_end))
    counts = rows.group_by(["customer_id", "severity"]).agg(
        complaints=rows.count(where=rows.opened >= ibis.date(first_day)),
        open_complaints=rows.count(where=is_open) if has_resolutions else ibis.null("int64"),
        complaints_lifetime=rows.count(),
        last_opened=rows.opened.max(),
    )
    return counts.cast(schema).order_by(["customer_id", "severity"])


def complaint_cases(complaints: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return each complaint as it stood at the month end: what was answered or settled later is open still.

    A case settled without a first answer on record counts as answered when it was settled.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, category, severity (NULL if not recorded), opened_at, first_response_at, resolved_at (TIMESTAMP;
        NULL: not by the month end).
    """
    moments = ("opened_at", "first_response_at", "resolved_at")
    texts = ("customer_id", "category", "severity")
    schema = dict.fromkeys(texts, "string") | dict.fromkeys(moments, "timestamp(6)")
    if complaints is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = complaints.select(*schema).cast(schema)
    rows = rows.filter(rows.opened_at.cast("date") <= ibis.date(month_end))
    answered = ibis.coalesce(rows.first_response_at, rows.resolved_at)
    rows = rows.mutate(first_response_at=answered)
    known = {
        name: (rows[name].cast("date") <= ibis.date(month_end)).ifelse(rows[name], ibis.null("timestamp(6)"))
        for name in moments[1:]
    }
    return rows.mutate(**known).select(*schema)


def survey_months(surveys: ir.Table | None, year: CompanyYear) -> ir.Table:
    """Return each customer's answers by month of the company's, on a scale from 0 to 10.

    ``surveys``: those known at the month end. Answers without the ends of their scale are taken as they are where they
    lie between 0 and 10, else left out.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE), responses, score_sum (points from 0 to 10).
    """
    schema = {"customer_id": "string", "month": "date", "responses": "int64", "score_sum": MONEY}
    if surveys is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    rows = surveys
    low, high = rows.scale_min.fill_null(0.0), rows.scale_max.fill_null(10.0)
    points = (10 * (rows.score - low) / (high - low).nullif(0)).round(4).cast(MONEY)
    rows = rows.mutate(month=month_of(rows.date, year.months), points=points)
    rows = rows.filter(rows.points.between(0, 10))
    sums = rows.group_by(["customer_id", "month"]).agg(
        responses=rows.count(), score_sum=rows.points.sum().cast(MONEY)
    )
    return sums.cast(schema).order_by(["customer_id", "month"])


FACTS: dict[str, Fact] = {
    "complaint_counts": Fact(
        lambda f: complaint_counts(
            f.optional("complaints"),
            f.year.first_day(month_of_day(f.window()[0])),
            f.year.last_day(f.month),
            has_resolutions=f.tables.has("complaints", "resolved_at"),
        ),
        order=("customer_id", "severity"),
        scoped=by_customer,
    ),
    "complaint_cases": Fact(
        lambda f: complaint_cases(f.optional("complaints"), f.year.last_day(f.month)),
        order=("customer_id", "opened_at", "category", "severity", "first_response_at", "resolved_at"),
        scoped=by_customer,
    ),
    "survey_months": Fact(
        lambda f: survey_months(f.optional("surveys"), f.year),
        order=("customer_id", "month"),
        scoped=by_customer,
    ),
}
