"""Bridge of the change in net sales: new, reactivated, growing, shrinking and lost customers."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, to_units
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames import groups
from helpers.core.frames.answer import Answer
from helpers.core.frames.groups import UNASSIGNED
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import Span, trailing, up_to_month
from helpers.engine.months.windows import Window

Against = Literal["last_year", "last_month"]
#: Movements in the order of the bridge; ``unassigned`` are lines without a customer id.
MOVEMENTS = ("new", "reactivated", "growing", "shrinking", "lost", "unassigned")


def base_distance(against: Against, month: pd.Period) -> int:
    """Return the number of months between a month and the one it is compared with."""
    return months_a_year(month) if against == "last_year" else 1


@dataclass(frozen=True)
class Bridge(Answer):
    """The exact change in net sales between two trailing windows, by movement.

    Attributes
    ----------
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
        customer_id, name, kind, group, movement, net_amount_previous, net_amount, change_amount, closed (whether its
        business is closed for good: a reason to stop buying).
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
        """Return the customers with the largest changes of a movement."""
        return self.customers[self.customers["movement"] == movement].head(count).reset_index(drop=True)


def required_measures(
    month: pd.Period, window_months: int, against: Against, until: dt.date | None = None
) -> dict[str, Window]:
    """Return the measures of each customer that `bridge` needs; ``until``: the day reached in course."""
    window = trailing(month, window_months)
    previous = window.back(base_distance(against, month))
    partial = (
        {"month_before": Window("purchase_days", up_to_month(previous.last - 1), "last")} if until else {}
    )
    return {
        "net_amount_previous": Window("net_amount", previous, until=until),
        "net_amount": Window("net_amount", window),
        "last_month": Window("purchase_days", up_to_month(previous.last), "last"),
        "next_month": Window("purchase_days", Span(previous.last + 1, month), "first"),
        **partial,
    }


def bridge(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    by: str = "trade_class",
    window_months: int = 12,
    lapse_months: int = 12,
    against: Against = "last_year",
    unassigned: pd.DataFrame | None = None,
    order: list[str] | None = None,
    nobody_after_day: pd.DataFrame | None = None,
    bought_after_day: pd.Index | None = None,
) -> Bridge:
    """Split the change in net sales by customer movement.

    The trailing window is compared with the same window twelve months ago (``last_year``) or one month ago
    (``last_month``). A customer is *active* in a window with net sales > 0. Then:

    - **new**: active now, not before, and the first purchase ever lies after the previous window's end;
    - **reactivated**: active now, not before, and at least ``lapse_months`` full calendar months without a
      purchase lie between the last purchase up to the previous window's end and the first one after it;
    - **lost**: active before, not now. Returns now make the loss larger than the sales before;
    - **growing** and **shrinking**: all others, by the sign of their change. Here are customers active in
      both windows, those who are back after less than a lapse, and those who were active in neither (returns,
      or credits for returns).

    A purchase is a month with a purchase occasion (``purchase_days`` > 0). Customers of equal net sales in both windows
    do not move and are in no movement.

    Parameters
    ----------
    customers, unassigned
        Facts of these names (``unassigned`` is ``unassigned_months``).
    by_customer
        customer_id, ascending, and the columns of `required_measures`.
    month, first_month, by, window_months, order
        As for `helpers.subjects.composition.composition.composition`.
    lapse_months
        Full months without a purchase after which a customer counts as reactivated.
    against
        ``last_year`` or ``last_month``.
    nobody_after_day
        For a month that is not over: month and net_amount of lines without a customer after the day it has
        reached, which are excluded from the previous window.
    bought_after_day
        For such a month: customers whose purchases of the previous window's last month all lie after that day, so
        that none of them is in the window.
    """
    window = trailing(month, window_months)
    previous = window.back(base_distance(against, month))
    if bought_after_day is not None and len(bought_after_day):
        late = by_customer["customer_id"].isin(bought_after_day)
        end = previous.last.to_timestamp()
        by_customer = by_customer.assign(
            next_month=by_customer["next_month"].mask(late, end),
            last_month=by_customer["last_month"].mask(late, by_customer["month_before"]),
        )
    moves = _movements(by_customer, lapse_months)
    nobody = _unassigned(unassigned, window, previous, moves, nobody_after_day)
    moves = pd.concat([moves, nobody], ignore_index=True)
    classes = groups.assign_groups(
        pd.Index(moves["customer_id"].dropna()),
        customers,
        by,
        unassigned=bool(moves["customer_id"].isna().any()),
    )
    index = groups.group_order(
        classes.assign(net_amount=moves["net_amount"]), pd.Series(True, classes.index), order or ()
    )
    moves = pd.concat([groups.labels_as_text(classes), moves], axis=1)
    moves["place"] = groups.group_positions(index, classes)
    return Bridge(
        by=by,
        month=month,
        window_months=window_months,
        lapse_months=lapse_months,
        against=against,
        comparable=first_month <= previous.first,
        groups=_by_group(moves, index),
        customers=_ranked(moves, customers),
    )


def _movements(by_customer: pd.DataFrame, lapse_months: int) -> pd.DataFrame:
    """Return one row per customer with lines in either window, with its movement."""
    shown = by_customer[by_customer[["net_amount_previous", "net_amount"]].notna().any(axis=1)]
    before, now = to_units(shown["net_amount_previous"]), to_units(shown["net_amount"])
    silence = _silent_months(shown)
    change = now - before
    entered = (now > 0) & (before <= 0)
    movement = np.select(
        [
            entered & np.isnan(silence),
            entered & (silence >= lapse_months),
            (before > 0) & (now <= 0),
            change > 0,
            change < 0,
        ],
        ["new", "reactivated", "lost", "growing", "shrinking"],
        default="unchanged",
    )
    return pd.DataFrame(
        {
            "customer_id": shown["customer_id"].array,
            "net_amount_previous": from_units(before),
            "net_amount": from_units(now),
            "movement": movement,
            "change_amount": from_units(change),
        }
    )


def _unassigned(
    unassigned: pd.DataFrame | None,
    window: Span,
    previous: Span,
    moves: pd.DataFrame,
    after_day: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return the row of the lines without a customer, typed as ``moves``; none without such lines in the windows."""
    if unassigned is None:
        return moves.iloc[:0]
    now, before = window.holds(unassigned["month"]), previous.holds(unassigned["month"])
    if not (now | before).any():
        return moves.iloc[:0]
    units = to_units(unassigned["net_amount"])
    amounts = [int(units[inside].sum()) for inside in (before, now)]
    if after_day is not None:
        last = Span(previous.last, previous.last).holds(after_day["month"])
        amounts[0] -= int(to_units(after_day.loc[last, "net_amount"]).sum())
    row = (
        None,
        from_units(amounts[0]),
        from_units(amounts[1]),
        "unassigned",
        from_units(amounts[1] - amounts[0]),
    )
    return pd.DataFrame([row], columns=moves.columns).astype(moves.dtypes)


def _silent_months(rows: pd.DataFrame) -> np.ndarray:
    """Return full months without a purchase around the previous window's end; NaN without earlier purchases."""
    last, following = pd.DatetimeIndex(rows["last_month"]), pd.DatetimeIndex(rows["next_month"])
    gaps = (following.year * 12 + following.month) - (last.year * 12 + last.month) - 1.0
    return np.where(last.isna(), np.nan, np.where(following.isna(), 0.0, gaps))


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
    shut = customers.loc[customers["closed"], "customer_id"] if "closed" in customers else []
    moved["closed"] = moved["customer_id"].isin(shut)
    moved["size"] = moved["change_amount"].abs()
    moved = largest_first(moved, "size")
    return moved[CUSTOMER_COLUMNS].reset_index(drop=True)


CUSTOMER_COLUMNS = [
    "customer_id", "name", "kind", "group", "movement", "net_amount_previous", "net_amount", "change_amount",
    "closed",
]  # fmt: skip
