"""What the evidence comes to at any month end: two windows over the monthly sums, and features for learning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from helpers.facts.signals_sources import MEASURES

#: Months of the window that is looked at, and of the customer's own usual before it.
RECENT_MONTHS, USUAL_MONTHS = 6, 12


def evidence_at(months: ir.Table, origins: Sequence[dt.date], categories: ir.Table | None = None) -> ir.Table:
    """Say what the evidence comes to at each month end.

    Parameters
    ----------
    months, categories
        The tables of `evidence_months` and `category_months`.
    origins
        Month ends (last day of a month). A row depends on nothing dated after its own.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin (DATE); for every sum of `MEASURES` supplied ``NAME_recent`` (of the `RECENT_MONTHS`
        that end with the origin), ``NAME_usual`` (of the `USUAL_MONTHS` before those), ``NAME_ever``; last_visit,
        last_contact; with categories categories_recent and categories_usual (distinct), categories_lost (bought
        on three lines or more in the usual window, none in the recent one), categories_lost_lines (of the usual
        window). One row per customer with anything up to the origin. Counts and sums are float64 in the report's
        units; ``late`` and ``decision`` are in days, ``discount`` in fractions of the list price.
    """
    parts = [_at_one(months, origin, categories) for origin in origins]
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def months_back(month: ir.Value, origin: dt.date) -> ir.Value:
    """Months from ``month`` to that of the origin: 0 is the origin's own."""
    return (origin.year * 12 + origin.month) - (month.year() * 12 + month.month())


def _at_one(months: ir.Table, origin: dt.date, categories: ir.Table | None) -> ir.Table:
    known = months.filter(months.month <= ibis.date(origin))
    known = known.mutate(age=months_back(known.month, origin))
    recent = known.age < RECENT_MONTHS
    usual = (known.age >= RECENT_MONTHS) & (known.age < RECENT_MONTHS + USUAL_MONTHS)
    sums: dict[str, ir.Value] = {}
    for name, kind in MEASURES.items():
        if name not in months.columns:
            continue
        if kind == "date":
            sums[name] = known[name].max()
            continue
        for window, inside in (("recent", recent), ("usual", usual), ("ever", None)):
            total = known[name].sum() if inside is None else known[name].sum(where=inside)
            sums[f"{name}_{window}"] = total.cast("float64").fill_null(0.0)
    result = known.group_by("customer_id").agg(**sums)
    if categories is not None:
        counted = _categories_at(categories, origin)
        joined = result.left_join(counted, result.customer_id == counted.category_customer)
        names = [name for name in counted.columns if name != "category_customer"]
        result = joined.mutate(**{name: joined[name].fill_null(0.0) for name in names})
        result = result.drop("category_customer")
    return result.mutate(origin=ibis.date(origin)).relocate("customer_id", "origin")


def _categories_at(categories: ir.Table, origin: dt.date) -> ir.Table:
    age = months_back(categories.month, origin)
    rows = categories.mutate(age=age).filter((age >= 0) & (age < RECENT_MONTHS + USUAL_MONTHS))
    recent = rows.age < RECENT_MONTHS
    by_category = rows.group_by(["customer_id", "category"]).agg(
        now=rows.lines.sum(where=recent).fill_null(0), before=rows.lines.sum(where=~recent).fill_null(0)
    )
    lost = (by_category.now == 0) & (by_category.before >= 3)
    return by_category.group_by(category_customer=by_category.customer_id).agg(
        categories_recent=by_category.count(where=by_category.now > 0).cast("float64"),
        categories_usual=by_category.count(where=by_category.before > 0).cast("float64"),
        categories_lost=by_category.count(where=lost).cast("float64"),
        categories_lost_lines=by_category.before.sum(where=lost).fill_null(0).cast("float64"),
    )


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
        (recent), complaints_open, contacts_change and enquiry-free counts of categories, days_since_visit,
        days_since_contact, overdue_amount (owed and past due at the origin, of all sales of 12 months:
        ``overdue_share``). All float64.
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


def signals_at(months: ir.Table, origins: Sequence[dt.date], categories: ir.Table | None = None) -> ir.Table:
    """Features of every customer at every one of the month ends: `signal_features` of `evidence_at`.

    With `helpers.facts.Facts` ``f``: ``signals_at(f.table("evidence_months"), origins, optional_categories)``;
    see the fact ``signal_features`` in the registry.
    """
    return signal_features(evidence_at(months, origins, categories))
