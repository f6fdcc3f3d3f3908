"""What the change of net sales came from: new, reactivated, growing, shrinking and lost customers (R1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.analysis import groups
from helpers.analysis.groups import UNASSIGNED, grouped_months
from helpers.analysis.lookup import look_up
from helpers.analysis.money import from_units, key_codes, to_units
from helpers.analysis.periods import Span, first_month_of, trailing, up_to

Against = Literal["last_year", "last_month"]
#: In the order of the bridge; ``unassigned`` is the change of the lines without a customer id.
MOVEMENTS = ("new", "reactivated", "growing", "shrinking", "lost", "unassigned")
MONTHS_BACK: dict[Against, int] = {"last_year": 12, "last_month": 1}


@dataclass(frozen=True)
class Bridge:
    """The change of net sales between two trailing windows, exactly, by movement.

    Attributes
    ----------
    by, month, window_months, lapse_months, against
        The parameters.
    comparable
        Whether the data reach back to the start of the previous window; if not, customers may look new who
        are not, and a report should say so.
    groups
        One row per group, in composition's order, and last the row of kind ``total``: kind, group,
        net_amount_previous, new_amount, reactivated_amount, growing_amount (all usually >= 0),
        shrinking_amount, lost_amount (<= 0), unassigned_amount, net_amount, change_amount;
        customers_previous, customers (with net sales > 0 in the window), new_customers,
        reactivated_customers, growing_customers, shrinking_customers, lost_customers. The movements' amounts
        carry their sign, so net_amount_previous + all of them = net_amount, to the ten-thousandth.
    customers
        One row per customer whose net sales differ, largest absolute change first (then customer_id):
        customer_id, name, kind, group, movement, net_amount_previous, net_amount, change_amount.
    """

    by: str
    month: pd.Period
    window_months: int
    lapse_months: int
    against: Against
    comparable: bool
    groups: pd.DataFrame
    customers: pd.DataFrame

    def top(self, movement: str, count: int = 5) -> pd.DataFrame:
        """Return the customers who contributed most to a movement."""
        return self.customers[self.customers["movement"] == movement].head(count).reset_index(drop=True)


def bridge(
    customers: pd.DataFrame,
    customer_months: pd.DataFrame,
    month: pd.Period,
    by: str = "trade_class",
    window_months: int = 12,
    lapse_months: int = 12,
    against: Against = "last_year",
    unassigned: pd.DataFrame | None = None,
    order: list[str] | None = None,
    first_month: pd.Period | None = None,
) -> Bridge:
    """Split the change of net sales by what customers did.

    The trailing window is held against the same window twelve months ago (``last_year``) or one month ago
    (``last_month``). A customer is *active* in a window with net sales > 0. Then:

    - **new**: active now, not before, and the first purchase ever lies after the previous window's end;
    - **reactivated**: active now, not before, and at least ``lapse_months`` full calendar months without a
      purchase lie between the last purchase up to the previous window's end and the first one after it;
    - **lost**: active before, not now. Returns now make the loss larger than the sales before;
    - **growing** and **shrinking**: all others, by the sign of their change. Here are customers active in
      both windows, those who are back after less than a lapse, and those who were active in neither (returns,
      or credits for returns).

    A purchase is a month with a purchase occasion (``purchase_days`` > 0), or with net sales > 0 where the
    frame has no such column. Customers of equal net sales in both windows do not move and are in no movement.

    Parameters
    ----------
    customers, customer_months, unassigned
        Facts of these names; ``customer_months`` from the first month of the data on.
    month, by, window_months, order, first_month
        As for `helpers.analysis.composition.composition`.
    lapse_months
        Full months of silence after which a customer counts as reactivated.
    against
        ``last_year`` or ``last_month``.
    """
    back = MONTHS_BACK[against]
    window = trailing(month, window_months)
    previous = window.back(back)
    labelled = grouped_months(customers, customer_months, unassigned, by)
    labelled = up_to(month, labelled)
    begin = first_month or first_month_of(labelled) or month
    now, before = window.holds(labelled["month"]), previous.holds(labelled["month"])
    recent = labelled.loc[now | before, ["kind", "group", "net_amount"]]
    index = groups.group_order(recent, pd.Series(now[now | before]), order or ())
    moves = _movements(labelled, window, previous, lapse_months)
    moves["place"] = groups.positions(index, moves)
    return Bridge(
        by=by,
        month=month,
        window_months=window_months,
        lapse_months=lapse_months,
        against=against,
        comparable=begin <= previous.first,
        groups=_by_group(moves, index),
        customers=_ranked(moves, customers),
    )


def _movements(labelled: pd.DataFrame, window: Span, previous: Span, lapse_months: int) -> pd.DataFrame:
    """One row per customer with lines in either window, and one for lines without a customer, with its movement."""
    # Once by number: every look at 100,000 customers' texts would cost as much as all the rest.
    codes, ids = key_codes(labelled["customer_id"])
    size = len(ids) - bool(labelled["customer_id"].isna().any())  # the last place: no customer
    units = to_units(labelled["net_amount"])
    sums = []
    present = np.zeros(size + 1, dtype=bool)
    for span in (previous, window):
        inside = np.asarray(span.holds(labelled["month"]))
        there = np.zeros(size + 1, dtype="int64")
        np.add.at(there, codes[inside], units[inside])
        present[codes[inside]] = True
        sums.append(there)
    before, now = sums
    silence = _silent_months(labelled, codes, size + 1, previous.last)
    change = now - before
    entered, nobody = (now > 0) & (before <= 0), np.arange(size + 1) == size
    movement = np.select(
        [
            nobody,
            entered & np.isnan(silence),
            entered & (silence >= lapse_months),
            (before > 0) & (now <= 0),
            change > 0,
            change < 0,
        ],
        ["unassigned", "new", "reactivated", "lost", "growing", "shrinking"],
        default="unchanged",
    )
    row_of = np.zeros(size + 1, dtype="int64")
    row_of[codes] = np.arange(len(codes))  # any row of a customer: its group is the same in all
    shown = np.flatnonzero(present)
    frame = labelled[["kind", "group", "customer_id"]].iloc[row_of[shown]].reset_index(drop=True)
    return groups.as_texts(frame).assign(
        customer_id=frame["customer_id"].astype("str"),
        net_amount_previous=from_units(before[shown]),
        net_amount=from_units(now[shown]),
        movement=movement[shown],
        change_amount=from_units(change[shown]),
    )


def _silent_months(labelled: pd.DataFrame, codes: np.ndarray, size: int, end: pd.Period) -> np.ndarray:
    """Full months without a purchase around ``end``, by customer's number; NaN for who had not bought by then."""
    bought = labelled["purchase_days"] > 0 if "purchase_days" in labelled else labelled["net_amount"] > 0
    number = (labelled["month"].dt.year * 12 + labelled["month"].dt.month).to_numpy(dtype="float64")
    until = number <= end.year * 12 + end.month
    last, following = np.full(size, -np.inf), np.full(size, np.inf)
    for rows, extreme, find in ((until, last, np.maximum), (~until, following, np.minimum)):
        chosen = bought.to_numpy(dtype=bool) & rows
        find.at(extreme, codes[chosen], number[chosen])
    with np.errstate(invalid="ignore"):
        gaps = np.where(np.isinf(following), 0.0, following - last - 1)
    return np.where(np.isinf(last), np.nan, gaps)


def _by_group(moves: pd.DataFrame, index: pd.MultiIndex) -> pd.DataFrame:
    size = len(index)
    table = pd.DataFrame({"kind": [*index.get_level_values("kind"), "total"]}, dtype="object")
    table["group"] = pd.Series([*index.get_level_values("group"), None], dtype="object")

    def add(column: str, rows: pd.DataFrame, amounts: str) -> None:
        units = np.zeros(size, dtype="int64")
        np.add.at(units, rows["place"].to_numpy(dtype="int64"), to_units(rows[amounts]))
        table[column] = from_units(np.append(units, units.sum()))

    def count(column: str, rows: pd.DataFrame) -> None:
        counts = np.bincount(rows["place"].to_numpy(dtype="int64"), minlength=size)
        table[column] = np.append(counts, counts.sum())

    add("net_amount_previous", moves, "net_amount_previous")
    for movement in MOVEMENTS:
        add(f"{movement}_amount", moves[moves["movement"] == movement], "change_amount")
    add("net_amount", moves, "net_amount")
    add("change_amount", moves, "change_amount")
    named = moves[moves["kind"] != UNASSIGNED]
    count("customers_previous", named[named["net_amount_previous"] > 0])
    count("customers", named[named["net_amount"] > 0])
    for movement in MOVEMENTS[:-1]:
        count(f"{movement}_customers", moves[moves["movement"] == movement])
    return table


def _ranked(moves: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    moved = moves[(moves["change_amount"] != 0) & (moves["kind"] != UNASSIGNED)].copy()
    names = customers.set_index("customer_id")["name"] if "name" in customers else pd.Series(dtype="object")
    moved["name"] = look_up(moved["customer_id"], names)
    moved["size"] = moved["change_amount"].abs()
    moved = moved.sort_values(["size", "customer_id"], ascending=[False, True], kind="stable")
    return moved[CUSTOMER_COLUMNS].reset_index(drop=True)


CUSTOMER_COLUMNS = [
    "customer_id", "name", "kind", "group", "movement", "net_amount_previous", "net_amount", "change_amount",
]  # fmt: skip
