"""What is learnt from of the evidence at a month end, and the windows that it is looked at in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

#: Months of the window that is looked at, and of the customer's own usual before it.
RECENT_MONTHS, USUAL_MONTHS = 6, 12
#: Measures that count from the beginning too: what is open, owed, or asked only now and then.
EVER = (
    "complaints", "complaints_resolved", "survey_n", "survey_sum", "survey_square", "due_amount", "settled_amount",
)  # fmt: skip


def months_back(month: ir.Value, origin: dt.date) -> ir.Value:
    """Months from ``month`` to that of the origin: 0 is the origin's own."""
    return (origin.year * 12 + origin.month) - (month.year() * 12 + month.month())


def aged(rows: ir.Table, origins: Sequence[dt.date]) -> ir.Table:
    """Repeat each row for every month end that it is known at, with its ``age`` in months (0: the origin's own).

    One aggregation over all month ends: a union of one for each takes the engine longer to plan than to run.
    """
    numbers = [origin.year * 12 + origin.month for origin in origins]
    ends = ibis.memtable(
        {"origin": list(origins), "number": numbers},
        schema=ibis.schema({"origin": "date", "number": "int64"}),
    )
    counted = rows.mutate(month_number=rows.month.year() * 12 + rows.month.month())
    joined = counted.cross_join(ends)
    known = joined.mutate(age=joined.number - joined.month_number)
    return known.filter(known.age >= 0).drop("number", "month_number")


#: Column of `signal_features` -> the sums it is a quotient of.
RATIOS: dict[str, tuple[str, str]] = {
    "discount": ("discount_sum", "discount_n"),
    "component_share": ("component_lines", "role_lines"),
    "service_share": ("service_lines", "role_lines"),
    "decision_days": ("decision_sum", "decision_n"),
    "purchasing_share": ("purchasing_contacts", "role_contacts"),
    "application_share": ("application_contacts", "topic_contacts"),
    "price_topic_share": ("price_contacts", "topic_contacts"),
    "survey_score": ("survey_sum", "survey_n"),
    "late_days": ("late_sum", "late_n"),
    "returns_share": ("returns_amount", "gross_amount"),
}


def signal_features(evidence: ir.Table) -> ir.Table:
    """Turn `evidence_at` into features for learning, one row per customer and origin.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin; for every one of `RATIOS` supplied ``NAME`` (in the recent window) and
        ``NAME_change`` (less that of the usual window), NULL where there is nothing to divide by; complaints
        (recent), complaints_open, contacts, contacts_change (against half the usual), days_since_visit,
        days_since_contact, categories_recent, categories_lost, overdue_share (past due at the origin, of the
        sales of 18 months). All float64.
    """
    e = evidence
    features: dict[str, ir.Value] = {}
    for name, (over, under) in RATIOS.items():
        if f"{over}_recent" not in e.columns or f"{under}_recent" not in e.columns:
            continue
        now = e[f"{over}_recent"] / e[f"{under}_recent"].nullif(0)
        before = e[f"{over}_usual"] / e[f"{under}_usual"].nullif(0)
        features |= {name: now, f"{name}_change": now - before}
    if "complaints_recent" in e.columns:
        features["complaints"] = e.complaints_recent
    if "complaints_resolved_ever" in e.columns:
        features["complaints_open"] = e.complaints_ever - e.complaints_resolved_ever
    if "contacts_recent" in e.columns:
        scale = RECENT_MONTHS / USUAL_MONTHS
        features["contacts"] = e.contacts_recent
        features["contacts_change"] = e.contacts_recent - scale * e.contacts_usual
        for name in ("visit", "contact"):
            days = e.origin.delta(e[f"last_{name}"], unit="day").cast("float64")
            features[f"days_since_{name}"] = days
    if "categories_recent" in e.columns:
        features |= {name: e[name] for name in ("categories_recent", "categories_lost")}
    if "due_amount_ever" in e.columns:
        owed = (e.due_amount_ever - e.settled_amount_ever).clip(lower=0)
        sold = e.gross_amount_recent + e.gross_amount_usual
        features["overdue_share"] = owed / sold.nullif(0)
    return e.select("customer_id", "origin", **features)


#: What no feature is made of.
NO_FEATURE = (
    "discount_square",
    "decision_square",
    "survey_square",
    "late_square",
    "list_amount",
    "listed_amount",
)
