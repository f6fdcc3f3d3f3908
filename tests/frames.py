"""Facts in small: frames built from a few rows, as `Facts.frame` hands them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from hypothesis import strategies as st

from helpers.core.frames.groups import AMOUNTS
from helpers.core.periods import Span
from helpers.engine.connection import to_pandas
from helpers.engine.months.windows import (
    Window,
    amounts_by_month,
    sum_groups,
    sum_windows,
    with_margin,
)
from helpers.settings.grading import Grades as GradeSettings
from helpers.subjects.composition.bridge import Against, Bridge, bridge
from helpers.subjects.composition.bridge import required_measures as bridge_looks_at
from helpers.subjects.composition.composition import (
    Composition,
    active_customers,
    activity_windows,
    composition,
    required_months,
)
from helpers.subjects.grading.behaviour import Behaviour, behaviour
from helpers.subjects.grading.behaviour import required_measures as behaviour_looks_at
from helpers.subjects.grading.grades import Grades, grades
from helpers.subjects.grading.grades import required_measures as grades_look_at
from helpers.subjects.tiers.concentration import Concentration, Dependence, concentration, dependence
from helpers.subjects.tiers.concentration import required_measures as depends_on
from helpers.subjects.tiers.ranking import ranked_months
from helpers.subjects.tiers.tiers import Measure, Tiers, tiers
from helpers.subjects.tiers.tiers import required_measures as tiers_look_at

OCTOBER = pd.Period("2026-10", "M")


def months(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """(customer, "2026-10", net sales), ...: the fact customer_months, without list prices and costs."""
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "net_amount"])
    frame["month"] = pd.to_datetime(frame["month"] + "-01").astype("datetime64[us]")
    frame["net_amount"] = frame["net_amount"].astype("float64")
    return frame.assign(
        cost_amount=np.nan,
        net_amount_with_cost=np.nan,
        purchase_days=(frame["net_amount"] > 0).astype("int64"),
    )


def customers(**classes: str | None) -> pd.DataFrame:
    """customer=class, ...: the fact customers, served by nobody."""
    nobody = pd.array([None] * len(classes), dtype="str")
    return pd.DataFrame(
        {
            "customer_id": pd.array(list(classes), dtype="str"),
            "name": pd.array([f"Customer {name}" for name in classes], dtype="str"),
            "trade_class": pd.array(list(classes.values()), dtype="str"),
            "salesperson_id": nobody,
            "salesperson_name": nobody,
        }
    )


def with_the_engine(rows: pd.DataFrame) -> ir.Table:
    """A fact in pandas as the engine has it: amounts in DECIMAL, months as DATE."""
    kinds = {name: "decimal(18, 4)" if "amount" in name else "int64" for name in rows}
    return ibis.memtable(rows).cast({**kinds, "customer_id": "string", "month": "date"})


def by_customer(rows: pd.DataFrame, columns: Mapping[str, Window]) -> pd.DataFrame:
    """What the engine makes of rows by customer and month: a row a customer."""
    rows = with_the_engine(rows)
    rows = with_margin(rows) if "cost_amount" in rows.columns else rows
    return to_pandas(sum_windows(rows, columns).order_by("customer_id"))


def first_month_of(*frames: pd.DataFrame | None) -> pd.Period:
    """The first month of the data, where a test does not say another."""
    starts = pd.concat([pd.Series([OCTOBER.to_timestamp()]), *(f["month"] for f in frames if f is not None)])
    return starts.min().to_period("M")


def composed(
    people: pd.DataFrame,
    sales: pd.DataFrame,
    month: pd.Period,
    by: str = "trade_class",
    unassigned: pd.DataFrame | None = None,
    first_month: pd.Period | None = None,
    history_months: int = 24,
    **options: Any,
) -> Composition:
    """`composition` of the facts customers and customer_months."""
    span, rows = required_months(month, 12, history_months), with_the_engine(sales)
    known = ibis.memtable(people[["customer_id", by]]).cast({"customer_id": "string", by: "string"})
    labelled = rows.left_join(known.rename(group=by), "customer_id")
    return composition(
        to_pandas(sum_groups(labelled, span, AMOUNTS)),
        active_customers(by_customer(sales, activity_windows(month, 12)), people, by),
        month,
        first_month or first_month_of(sales, unassigned),
        by,
        unassigned=unassigned,
        history_months=history_months,
        **options,
    )


def bridged(
    people: pd.DataFrame,
    sales: pd.DataFrame,
    month: pd.Period,
    by: str = "trade_class",
    window_months: int = 12,
    lapse_months: int = 12,
    against: Against = "last_year",
    unassigned: pd.DataFrame | None = None,
    first_month: pd.Period | None = None,
) -> Bridge:
    """`bridge` of the facts customers and customer_months."""
    sums = by_customer(sales, bridge_looks_at(month, window_months, against))
    begin = first_month or first_month_of(sales, unassigned)
    return bridge(people, sums, month, begin, by, window_months, lapse_months, against, unassigned)


def by_customer_and_month(
    rows: pd.DataFrame, span: Span, measure: str = "net_amount", people: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What the engine makes of the fact customer_months: a row a customer, a column a month."""
    known = set() if people is None else set(people["customer_id"])
    ids = pd.Index(sorted(known | set(rows["customer_id"])), dtype="str")
    everybody = ibis.memtable(pd.DataFrame({"customer_id": ids})).cast({"customer_id": "string"})
    months = with_the_engine(rows)
    return amounts_by_month(
        with_margin(months) if "margin" in measure else months, everybody, ids, measure, span
    )


def tiered(
    people: pd.DataFrame,
    sales: pd.DataFrame,
    month: pd.Period,
    by: str | None = "trade_class",
    measure: Measure = "net_amount",
    history_months: int = 12,
    **options: Any,
) -> Tiers:
    """`tiers` of the facts customers and customer_months."""
    sales = sales if "orders" in sales else sales.assign(orders=0)
    sums = by_customer(sales, tiers_look_at(month, 12, measure))
    amounts = by_customer_and_month(sales, ranked_months(month, 12, max(history_months, 2)), measure)
    return tiers(people, sums, amounts, month, first_month_of(sales), by, measure=measure, **options)


def concentrated(sales: pd.DataFrame, month: pd.Period) -> Concentration:
    """`concentration` of the fact customer_months."""
    amounts = by_customer_and_month(sales, ranked_months(month, 12, 24))
    return concentration(amounts, month, first_month_of(sales))


def depending(people: pd.DataFrame, sales: pd.DataFrame, month: pd.Period) -> Dependence:
    """`dependence` of the facts customers and customer_months."""
    return dependence(people, by_customer(sales, depends_on(month, 12)), month)


def graded(people: pd.DataFrame, sales: pd.DataFrame, month: pd.Period, **options: Any) -> Grades:
    """`grades` of the facts customers and customer_months."""
    rule = (options.get("settings") or GradeSettings()).measure
    sums = by_customer(sales, grades_look_at(month, 12, rule))
    first_month = options.pop("first_month", None) or first_month_of(sales)
    return grades(people, sums, month, first_month, **options)


def behaved(
    people: pd.DataFrame, summary: pd.DataFrame, sales: pd.DataFrame, month: pd.Period, **options: Any
) -> Behaviour:
    """`behaviour` of the facts customers, customer_summary and customer_months."""
    first_month = options.pop("first_month", None) or first_month_of(sales)
    return behaviour(
        people, summary, by_customer(sales, behaviour_looks_at(month, 12)), month, first_month, **options
    )


#: Three years of a small company: customer-months with amounts to the ten-thousandth, returns among them.
company_months = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.integers(0, 40).map(lambda back: str(OCTOBER - back)),
        st.integers(-(10**9), 10**10).map(lambda units: units / 10_000),
    ),
    max_size=40,
    unique_by=lambda row: row[:2],
).map(lambda rows: months(*rows))
