"""What the evidence comes to at any month end: two windows over the monthly sums, and features for learning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from helpers.facts.signals_sources import PARTS

#: Months of the window that is looked at, and of the customer's own usual before it.
RECENT_MONTHS, USUAL_MONTHS = 6, 12
#: Measures that count from the beginning too: what is open, owed, or asked only now and then.
EVER = (
    "complaints", "complaints_resolved", "survey_n", "survey_sum", "survey_square", "due_amount", "settled_amount",
)  # fmt: skip


def evidence_at(
    parts: Mapping[str, ir.Table], origins: Sequence[dt.date], categories: ir.Table | None = None
) -> ir.Table:
    """Say what the evidence comes to at each month end.

    Parameters
    ----------
    parts, categories
        The tables of `evidence_parts` and `category_months`.
    origins
        Month ends (last day of a month). A row depends on nothing dated after its own.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, origin (DATE); for every sum of `PARTS` supplied ``NAME_recent`` (of the `RECENT_MONTHS`
        that end with the origin), ``NAME_usual`` (of the `USUAL_MONTHS` before those), and of `EVER` ``NAME_ever``;
        last_visit, last_contact; with categories categories_recent and categories_usual (distinct),
        categories_lost (bought on three lines or more in the usual window, none in the recent one),
        categories_lost_lines (of the usual window). One row per customer with anything up to the origin. Counts and
        sums are float64 in the report's units; ``late`` and ``decision`` are in days, ``discount`` in fractions of
        the list price.
    """
    firsts = [rows.group_by("customer_id").agg(month=rows.month.min()) for rows in parts.values()]
    seen = ibis.union(*firsts) if len(firsts) > 1 else firsts[0]
    begun = seen.group_by("customer_id").agg(month=seen.month.min())
    result = aged(begun, origins).select("customer_id", "origin")
    for part, rows in parts.items():
        present = {name: kind for name, kind in PARTS[part].items() if name in rows.columns}
        if present:
            result = _with_part(result, _part_at(rows, present, origins))
    if categories is None:
        return result
    counted = _categories_at(categories, origins)
    same = [result.customer_id == counted.category_customer, result.origin == counted.category_origin]
    joined = result.left_join(counted, same)
    keys = ["category_customer", "category_origin"]
    names = [name for name in counted.columns if name not in keys]
    return joined.mutate(**{name: joined[name].fill_null(0.0) for name in names}).drop(*keys)


def _part_at(rows: ir.Table, kinds: dict[str, str], origins: Sequence[dt.date]) -> ir.Table:
    """Sum one part's own measures over its own rows: summing all of them over all rows takes ten times as long."""
    known = aged(rows.select("customer_id", "month", **_quick(rows, kinds)), origins)
    ever = {name for name, kind in kinds.items() if name in EVER or kind == "date"}
    if not ever:
        known = known.filter(known.age < RECENT_MONTHS + USUAL_MONTHS)
    sums: dict[str, ir.Value] = {}
    for name, kind in kinds.items():
        value = known[name]
        if kind == "date":
            sums[name] = value.max()
            continue
        # Sums of what a row has in the window or 0 take half as long as sums over the rows in the window.
        nothing = ibis.literal(0).cast(value.type())
        sums[f"{name}_recent"] = (known.age < RECENT_MONTHS).ifelse(value, nothing).sum()
        both = (known.age < RECENT_MONTHS + USUAL_MONTHS).ifelse(value, nothing) if ever else value
        sums[f"{name}_both"] = both.sum()
        if name in EVER:
            sums[f"{name}_ever"] = value.sum()
    windows = known.group_by(part_customer=known.customer_id, part_origin=known.origin).agg(**sums)
    told: dict[str, ir.Value] = {}
    for name, kind in kinds.items():
        if kind == "date":
            told[name] = windows[name]
            continue
        recent = windows[f"{name}_recent"]
        told |= {f"{name}_recent": recent, f"{name}_usual": windows[f"{name}_both"] - recent}
        if name in EVER:
            told[f"{name}_ever"] = windows[f"{name}_ever"]
    return windows.select("part_customer", "part_origin", **told)


def _quick(rows: ir.Table, kinds: dict[str, str]) -> dict[str, ir.Value]:
    """Counts and days are whole, so exact in floating point, which engines add up much faster."""
    return {
        name: rows[name].cast("float64") if kind == "int64" else rows[name] for name, kind in kinds.items()
    }


def _with_part(result: ir.Table, part: ir.Table) -> ir.Table:
    joined = result.left_join(
        part, [result.customer_id == part.part_customer, result.origin == part.part_origin]
    )
    sums = [name for name in part.columns if name.endswith(("_recent", "_usual", "_ever"))]
    filled = joined.mutate(**{name: joined[name].cast("float64").fill_null(0.0) for name in sums})
    return filled.drop("part_customer", "part_origin")


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


def _categories_at(categories: ir.Table, origins: Sequence[dt.date]) -> ir.Table:
    # Numbers for the categories' long names, and lines as floats (whole, so exact), are quicker to group and add up.
    names = categories.select("category").distinct()
    names = names.select(named="category", kind=ibis.row_number().over(order_by=names.category).cast("int32"))
    coded = categories.inner_join(names, categories.category == names.named)
    coded = coded.select("customer_id", "kind", "month", lines=coded.lines.cast("float64"))
    known = aged(coded, origins)
    rows = known.filter(known.age < RECENT_MONTHS + USUAL_MONTHS)
    nothing = ibis.literal(0.0)
    by_category = rows.group_by(["customer_id", "kind", "origin"]).agg(
        now=(rows.age < RECENT_MONTHS).ifelse(rows.lines, nothing).sum(), both=rows.lines.sum()
    )
    by_category = by_category.mutate(before=by_category.both - by_category.now)
    lost = (by_category.now == 0) & (by_category.before >= 3)
    return by_category.group_by(
        category_customer=by_category.customer_id, category_origin=by_category.origin
    ).agg(
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


def signals_at(
    parts: Mapping[str, ir.Table], origins: Sequence[dt.date], categories: ir.Table | None = None
) -> ir.Table:
    """Features of every customer at every one of the month ends: `signal_features` of `evidence_at`.

    With `helpers.facts.Facts` ``f``: ``signals_at(signals_facts.parts(f), origins, signals_facts.categories(f))``.
    """
    looked_at = {part: rows.drop(*_unused(rows)) for part, rows in parts.items()}
    return signal_features(evidence_at(looked_at, origins, categories))


def _unused(rows: ir.Table) -> list[str]:
    others = ("list_amount", "listed_amount")
    return [name for name in rows.columns if name.endswith("_square") or name in others]
