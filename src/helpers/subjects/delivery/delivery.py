"""On time in full, waiting lines, orders in hand, and the effect of late deliveries on sales."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, left_join, look_up
from helpers.core.periods import trailing
from helpers.models import rates
from helpers.subjects.service.complaints import ComplaintEffect, complaint_effect

_COUNTS = [
    "judged",
    "in_full",
    "judged_before",
    "in_full_before",
    "waiting_lines",
    "waiting_amount",
    "open_amount",
]


@dataclass(frozen=True)
class LateEffect(Answer):
    """Sales after a month of late deliveries relative to comparable customers; and before it, as a placebo.

    Attributes
    ----------
    effect
        None if there are too few comparable months.
    placebo
        The same comparison for the months before the late ones, where no effect is expected.
    """

    effect: ComplaintEffect | None
    placebo: ComplaintEffect | None

    @property
    def holds(self) -> bool:
        """Whether the effect can be interpreted: the placebo exists and shows no effect."""
        return (
            self.effect is not None
            and self.placebo is not None
            and self.placebo.low <= 0 <= self.placebo.high
        )

    def disclosed(self) -> LateEffect:
        """Return the same, rounded for a scope."""
        return LateEffect(*(each and each.disclosed() for each in (self.effect, self.placebo)))


@dataclass(frozen=True)
class Delivery(Answer):
    """Deliveries as of the month end. Money is in the report's currency.

    Attributes
    ----------
    month, window_months
        The window of promised days.
    customers
        One row a customer, the largest waiting amount first: customer_id, name, salesperson_name, judged, in_full,
        rate, low, high (95 %, Wilson), previous_rate (the window a year earlier), waiting_lines, waiting_amount
        (promised before the month's last day and not shipped), longest_days (past the promise), open_amount (orders in
        hand).
    products
        The same by product: product_id, name; worse: more of them fail than of the others by more than chance, all
        products taken together. Empty where deliveries name no lines.
    months
        month, judged, rate, booked_amount, shipped_amount: those of the last 24 that have any.
    book_to_bill
        Booked over shipped in the last three months; NaN if nothing was shipped.
    effect
        Effect of late deliveries, over all customers; None if this scope may not see it.
    named_share
        Share of the window's lines of goods and services whose order has deliveries; NaN for a scope.
    """

    month: pd.Period
    window_months: int
    customers: pd.DataFrame
    products: pd.DataFrame
    months: pd.DataFrame
    book_to_bill: float
    effect: LateEffect | None
    named_share: float

    @property
    def totals(self) -> pd.Series:
        """Counts over all customers, with rate, low, high and previous_rate."""
        return _rated(self.customers[_COUNTS].sum().to_frame().T).iloc[0]


def delivery(
    of_customers: pd.DataFrame,
    of_products: pd.DataFrame,
    delivery_months: pd.DataFrame,
    coverage: pd.DataFrame,
    customers: pd.DataFrame,
    products: pd.DataFrame | None,
    month: pd.Period,
    window_months: int,
    effect: LateEffect | None,
) -> Delivery:
    """Compute delivery results from the facts of these names, of the scope."""
    table = left_join(_rated(of_customers), customers[["customer_id", "name", "salesperson_name"]])
    goods = _rated(of_products.groupby("product_id")[_COUNTS].sum().reset_index())
    goods["name"] = (
        None if products is None else look_up(goods["product_id"], products.set_index("product_id")["name"])
    )
    failed = goods["judged"] - goods["in_full"]
    goods["worse"] = rates.significant(
        rates.more_than_others(failed, goods["judged"], pd.Series("", goods.index))
    )
    sums = delivery_months.groupby("month")[["judged", "failed", "booked_amount", "shipped_amount"]].sum()
    sums.index = pd.PeriodIndex(sums.index, freq="M")
    months = sums[(sums.index > month - 24) & (sums.index <= month)].rename_axis("month").reset_index()
    months["rate"] = 1 - months["failed"] / months["judged"].where(months["judged"] > 0)
    recent = trailing(month, 3)
    last = months[(months["month"] >= recent.first) & (months["month"] <= recent.last)]
    shipped = total(last["shipped_amount"])
    named = coverage["named"].sum() / coverage["lines"].sum() if coverage["lines"].sum() else float("nan")
    return Delivery(
        month=month,
        window_months=window_months,
        customers=_ordered(table, "customer_id"),
        products=_ordered(goods, "product_id"),
        months=months[["month", "judged", "rate", "booked_amount", "shipped_amount"]],
        book_to_bill=total(last["booked_amount"]) / shipped if shipped > 0 else float("nan"),
        effect=effect,
        named_share=float(named),
    )


def _rated(rows: pd.DataFrame) -> pd.DataFrame:
    low, high = rates.wilson(rows["in_full"], rows["judged"])
    lines, lines_before = (rows[name].astype("float64") for name in ("judged", "judged_before"))
    return rows.assign(
        rate=rows["in_full"] / lines.where(lines > 0),
        low=low,
        high=high,
        previous_rate=rows["in_full_before"] / lines_before.where(lines_before > 0),
    )


def _ordered(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    return largest_first(rows, "waiting_amount", "open_amount", "judged", then=key, ignore_index=True)


def late_effect(
    delivery_months: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    span_months: int,
) -> LateEffect:
    """Compare sales after a month with at least half of the promised lines late, with comparable customers.

    Comparable are customers of the same earlier sales who had no such month up to then (see `complaint_effect`, whose
    comparison this is). The placebo asks the same of the months just before: who is about to get late deliveries should
    not differ yet; where it does, what follows cannot be determined from what was under way.
    """
    bad = delivery_months[
        (delivery_months["judged"] > 0) & (2 * delivery_months["failed"] >= delivery_months["judged"])
    ]
    cases = pd.DataFrame({"customer_id": bad["customer_id"], "opened_at": pd.to_datetime(bad["month"])})
    effect = complaint_effect(cases, customer_months, month, first_month, span_months)
    # Here a case is dated to the month by which its own is known.
    earlier = cases.assign(opened_at=cases["opened_at"] - pd.DateOffset(months=span_months + 1))
    earlier = earlier[earlier["opened_at"] >= first_month.to_timestamp()]
    before = month - (span_months + 1)
    return LateEffect(effect, complaint_effect(earlier, customer_months, before, first_month, span_months))
