"""Customers that changed owners within the window: purchases before and since, against the others."""

import datetime as dt
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS, to_units, total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.periods import trailing
from helpers.engine.as_of import current_rows
from helpers.engine.facts import Facts
from helpers.engine.months.windows import Window
from helpers.subjects.sales.customers import last_salesperson


@dataclass(frozen=True)
class Handover(Answer):
    """Inherited customers as of a month end.

    Attributes
    ----------
    month, window_months
        The parameters: owners of now are compared with those of ``window_months`` earlier.
    customers
        Who has another owner now than then, the largest net_amount_previous first, then by customer_id: customer_id,
        name, then_id (owner then), then_name, salesperson_id, salesperson_name (owner now), net_amount_previous (of the
        window up to then), net_amount (of the window since), change_amount, lost (bought before, nothing since).
    people
        One row an owner of now with such customers, the largest net_amount_previous first: salesperson_id,
        salesperson_name, customers, net_amount_previous, net_amount, change_percent, lost (customers), lost_amount.
    kept_change_percent
        Change of those who have the owner of then; NaN if they bought nothing.
    sellers
        One row a salesperson, the largest net_amount first, then by id, those of nobody last: salesperson_id,
        salesperson_name, sold_amount_previous and sold_amount (by who sold then, see `facts.seller_months`),
        net_amount_previous and net_amount (of the customers owned now, with all their past; lines without a customer
        are of nobody). Of the company both add up to its sales.
    """

    month: pd.Period
    window_months: int
    customers: pd.DataFrame
    people: pd.DataFrame
    kept_change_percent: float
    sellers: pd.DataFrame


def owners_as_of(facts: Facts, month: pd.Period) -> ir.Table:
    """Return customer_id and then_id: each customer's owner at the end of an earlier month.

    By the record of then if records are dated (``valid_from``); else, or without an owner there, by the last seller up
    to then.
    """
    days = facts.table("order_days")
    sold = last_salesperson(days.filter(days.month <= ibis.date(month.to_timestamp().date())))
    sold = sold.select(sold_id="customer_id", seller_id="salesperson_id")
    if not (facts.tables.has("customers", "salesperson_id") and facts.tables.has("customers", "valid_from")):
        return sold.select(customer_id="sold_id", then_id="seller_id")
    records = current_rows(facts.standard("customers"), "customer_id", facts.year.last_day(month)).select(
        "customer_id", "salesperson_id"
    )
    both = records.outer_join(sold, records.customer_id == sold.sold_id)
    return both.select(
        customer_id=ibis.coalesce(both.customer_id, both.sold_id),
        then_id=ibis.coalesce(both.salesperson_id, both.seller_id),
    )


def required_measures(
    month: pd.Period, window_months: int, until: dt.date | None = None
) -> dict[str, Window]:
    """Return the measures of each customer that `handover` needs; ``until``: the day reached in course."""
    earlier = trailing(month - window_months, window_months)
    return {
        "net_amount_previous": Window("net_amount", earlier, until=until),
        "net_amount": Window("net_amount", trailing(month, window_months)),
    }


def handover(
    customers: pd.DataFrame,
    then: pd.DataFrame,
    owners: pd.DataFrame,
    by_customer: pd.DataFrame,
    sold: pd.DataFrame,
    unassigned: pd.DataFrame,
    month: pd.Period,
    window_months: int,
) -> Handover:
    """Compare today's owners with those of the window's start.

    Parameters
    ----------
    customers
        The fact of this name, of the scope.
    then
        See `owners_as_of`.
    owners
        salesperson_id, salesperson_name.
    by_customer
        customer_id and the columns of `required_measures`.
    sold, unassigned
        The facts seller_months and unassigned_months, of the scope; in a month in course less what the earlier
        window's last month brought after the day that it has reached.
    """
    names = owners.drop_duplicates("salesperson_id").set_index("salesperson_id")
    everybody = customers[["customer_id", "name", "salesperson_id", "salesperson_name"]]
    sellers = _sales_by_seller_and_owner(
        everybody, by_customer, names, sold, unassigned, required_measures(month, window_months)
    )
    table = everybody.dropna(subset="salesperson_id")
    ids = table["customer_id"]
    table = table.assign(then_id=look_up(ids, then.set_index("customer_id")["then_id"]))
    table["then_name"] = look_up(table["then_id"], names["salesperson_name"])
    sales = by_customer.set_index("customer_id")
    for name in ("net_amount_previous", "net_amount"):
        table[name] = look_up(ids, sales[name].fillna(0.0), 0.0)
    table["change_amount"] = (table["net_amount"] - table["net_amount_previous"]).round(4)
    table["lost"] = (table["net_amount_previous"] > 0) & (table["net_amount"] <= 0)
    known = table["then_id"].notna()
    moved = known & (table["then_id"] != table["salesperson_id"])
    inherited = largest_first(table[moved], "net_amount_previous", ignore_index=True)
    return Handover(
        month, window_months, inherited, _by_owner(inherited), change_percent(table[known & ~moved]), sellers
    )


def _sales_by_seller_and_owner(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    names: pd.DataFrame,
    sold: pd.DataFrame,
    unassigned: pd.DataFrame,
    windows: dict[str, Window],
) -> pd.DataFrame:
    """Return `Handover.sellers`; sums are of integer ten-thousandths."""
    owner = look_up(by_customer["customer_id"], customers.set_index("customer_id")["salesperson_id"])
    columns = {}
    for name, window in windows.items():
        window_sales = sold[window.span.holds(sold["month"])]
        nobody = unassigned.loc[window.span.holds(unassigned["month"]), "net_amount"]
        owned = pd.Series(to_units(by_customer[name].fillna(0.0))).groupby(owner.fillna("").to_numpy()).sum()
        if len(nobody):
            owned = owned.add(pd.Series({"": to_units(nobody).sum()}), fill_value=0)
        units = pd.Series(to_units(window_sales["net_amount"]))
        columns[f"sold_{name.removeprefix('net_')}"] = units.groupby(
            window_sales["salesperson_id"].fillna("").to_numpy()
        ).sum()
        columns[name] = owned
    found = pd.DataFrame(columns).fillna(0)
    found = found[(found != 0).any(axis=1)] / UNITS
    found = found.rename_axis("salesperson_id").reset_index()
    found["nobody"] = found["salesperson_id"] == ""
    found = found.sort_values(["nobody", "net_amount", "salesperson_id"], ascending=[True, False, True])
    found["salesperson_id"] = found["salesperson_id"].where(~found["nobody"])
    found["salesperson_name"] = look_up(found["salesperson_id"], names["salesperson_name"])
    order = ["salesperson_id", "salesperson_name", *columns]
    return found[order].reset_index(drop=True)


def _by_owner(inherited: pd.DataFrame) -> pd.DataFrame:
    rows = inherited.assign(
        customers=1,
        lost=inherited["lost"].astype("int64"),
        lost_amount=inherited["net_amount_previous"].where(inherited["lost"], 0.0),
    )
    names = ["customers", "net_amount_previous", "net_amount", "lost", "lost_amount"]
    sums = (
        rows.groupby("salesperson_id")
        .agg({"salesperson_name": "first", **dict.fromkeys(names, "sum")})
        .reset_index()
    )
    before = sums["net_amount_previous"]
    sums["change_percent"] = 100 * (sums["net_amount"] / before.where(before > 0) - 1)
    return largest_first(sums, "net_amount_previous", then="salesperson_id", ignore_index=True)


def change_percent(rows: pd.DataFrame) -> float:
    """Return the change of the customers' total; NaN if they bought nothing before."""
    before = total(rows["net_amount_previous"])
    return float(100 * (total(rows["net_amount"]) / before - 1)) if before > 0 else float(np.nan)
