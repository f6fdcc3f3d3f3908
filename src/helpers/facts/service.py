"""Facts about service and potential: complaints, and what customers are said to buy from everyone."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.facts.expressions import MONEY
from helpers.facts.fact import Fact, own_customers


def complaint_counts(
    complaints: ir.Table | None, first_day: dt.date, month_end: dt.date, *, has_resolutions: bool
) -> ir.Table:
    """Count each customer's complaints as they stood at the month end, by severity.

    Parameters
    ----------
    complaints
        The standard table, or None where it is not supplied: then there are no rows. A caller that has to tell
        "no complaints" from "not supplied" asks `StandardTables.has`.
    first_day, month_end
        First and last day of the window.
    has_resolutions
        Whether the source supplies ``resolved_at``; without it nobody can say what is open.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, severity (NULL where not recorded), complaints (opened in the window), open_complaints (not
        resolved by the month end, whenever opened: a resolution after it is not known yet; NULL without
        resolutions), complaints_lifetime, last_opened (DATE).
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


def wallet_estimates(evidence: ir.Table | None, month_end: dt.date) -> ir.Table:
    """Return the latest estimate of each customer's purchases from everyone, by method, as of the month end.

    Of several on one day the smallest counts. No rows where the table is not supplied.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, method, as_of (DATE), annual_purchases (DECIMAL).
    """
    schema = {"customer_id": "string", "method": "string", "as_of": "date", "annual_purchases": MONEY}
    if evidence is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    known = evidence.filter(evidence.as_of <= ibis.date(month_end))
    latest_first = [known.as_of.desc(), known.annual_purchases.asc()]
    ranked = known.mutate(
        place=ibis.row_number().over(group_by=["customer_id", "method"], order_by=latest_first)
    )
    return ranked.filter(ranked.place == 0).select(*schema).order_by(["customer_id", "method"])


FACTS: dict[str, Fact] = {
    "complaint_counts": Fact(
        lambda f: complaint_counts(
            f.optional("complaints"),
            f.window()[0],
            f.month_end,
            has_resolutions=f.tables.has("complaints", "resolved_at"),
        ),
        order=("customer_id", "severity"),
        scoped=own_customers,
    ),
    "wallet_estimates": Fact(
        lambda f: wallet_estimates(f.optional("wallet_evidence"), f.month_end),
        order=("customer_id", "method"),
        scoped=own_customers,
        written_in_order=True,
    ),
}
