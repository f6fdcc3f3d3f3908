"""Net margin by customer: from list price to contribution after rebates and the cost to serve."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import UNITS, to_units
from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first
from helpers.core.periods import Span, trailing
from helpers.settings.analysis import Costs

#: Charges on gross margin, in the order of the waterfall.
CHARGES = ("rebate", "freight", "handling", "visit", "finance", "other")
_SALES = (
    "list_amount", "gross_amount", "returns_amount", "cost_amount", "uncosted_amount", "balance_sum",
    "finance_balance_sum",
)  # fmt: skip
_COUNTS = ("lines", "orders", "visits")
#: What a rule counts in months outside the table.
_RULED = ("freight_orders", "handling_lines", "visit_visits")
_WHO = ("name", "trade_class", "salesperson_name")
_CENT = UNITS // 100
#: Least share of price, rebate and terms in the fall of margin for growth that was bought.
_BOUGHT = 0.5
#: Largest price rise that is suggested.
_MOST_RISE = 0.5
#: Money columns of `NetMargin.customers`, which add up in every cut.
MONEY = (
    "list_amount", "discount_amount", "returns_amount", "net_amount", "uncosted_amount", "cost_amount",
    "margin_amount", *(f"{name}_amount" for name in CHARGES), "contribution_amount",
)  # fmt: skip


@dataclass(frozen=True)
class NetMargin(Answer):
    """Net margin of the window's sales. Money is in the report's currency.

    Attributes
    ----------
    month, window_months
        As of when, and over how many months.
    customers
        One row a customer with sales or costs in the window (customer_id NaN: lines and costs without one), the largest
        contribution first: customer_id, name, trade_class, salesperson_name, list_amount (of what was sold; without a
        list price at what it was sold for), discount_amount, returns_amount (both zero or more), net_amount,
        uncosted_amount (net sales whose cost nobody knows: nothing of them is margin), cost_amount, margin_amount
        (gross margin), one column an item of `CHARGES`, contribution_amount, lines, orders, visits, mean_balance_amount
        (owed at month ends). Exactly
            list - discount - returns = net, net - uncosted - cost = margin, margin - charges = contribution.
    products
        The same by product category (or product): group, net_amount, margin_amount, charged_amount (rebates and
        service of each customer, by what it bought), contribution_amount; adds up to the same contribution.
    grown
        Customers whose sales grew while their margin after rebate and terms fell, half of it at least by price, rebate
        and terms: customer_id, name, change_amount (of net sales), margin_change_amount, price_amount, rebate_amount,
        terms_amount (what higher discounts, rebates and balances cost more than at the rates of the previous year); the
        largest fall first.
    counted
        Which of `CHARGES` are known: from a table, or by a rule of ``[costs]``.
    by_rule
        Those of them that follow a rule, in all months of the window or in those that the table does not reach.
    in_table
        By kind of cost the months of the window that are in the table.
    gaps
        By kind those of them of which the table has no row: nothing is counted of them, by no rule either.
    shared
        Rebate agreements left out because customers of others belong to them too; 0 in the company's report.
    """

    month: pd.Period
    window_months: int
    customers: pd.DataFrame
    products: pd.DataFrame
    grown: pd.DataFrame
    counted: tuple[str, ...]
    by_rule: tuple[str, ...]
    in_table: Mapping[str, Span]
    gaps: Mapping[str, pd.PeriodIndex]
    shared: int = 0

    def total(self, column: str) -> float:
        """Return the exact sum of a money column over all customers."""
        return float(to_units(self.customers[column]).sum()) / UNITS

    def cut(self, by: str) -> pd.DataFrame:
        """Return exact sums of `MONEY` by a column of ``customers``, as ``group``; missing values last."""
        units = pd.DataFrame({name: to_units(self.customers[name]) for name in MONEY}, self.customers.index)
        sums = units.groupby(self.customers[by], dropna=False, sort=True).sum() / UNITS
        return sums.rename_axis("group").reset_index()


def net_margin(
    rows: pd.DataFrame,
    costs: pd.DataFrame,
    months: pd.DataFrame,
    rebates: pd.DataFrame | None,
    customers: pd.DataFrame,
    rules: Costs,
    month: pd.Period,
    window_months: int,
    *,
    owed_known: bool,
    year_before: bool,
) -> NetMargin:
    """Subtract rebates and costs to serve from the margin.

    Parameters
    ----------
    rows, costs, months
        The facts margin_customers, costs_to_serve and cost_months: from the first to the last month of a kind that the
        company's table has, the kind follows no rule.
    rebates
        customer_id, window_amount, previous_amount; None: no agreements.
    customers
        customer_id, name, trade_class, salesperson_name.
    owed_known, year_before
        Whether invoices are supplied, and whether the data reach to the beginning of the window before.
    """
    by_rule = tuple(
        name
        for name, rule in (
            ("freight", rules.freight_an_order),
            ("handling", rules.handling_a_line),
            ("visit", rules.a_visit),
            ("finance", rules.finance_percent_a_year if owed_known else None),
        )
        if rule is not None
    )
    window = trailing(month, window_months)
    in_table = _in_table(months, window)
    here = tuple(name for name in by_rule if in_table.get(name) != window)
    counted = tuple(
        name
        for name in CHARGES
        if name in in_table or name in here or (name == "rebate" and rebates is not None)
    )
    now = _window(rows, costs, rebates, rules, by_rule, month, window_months, before=False)
    now = now[(now[[*MONEY, *_COUNTS]] != 0).any(axis=1)]  # an invoice of years ago is neither sale nor cost
    people = customers.set_index("customer_id")[[name for name in _WHO if name in customers]]
    table = now.join(people, on="customer_id").reindex(
        columns=["customer_id", *_WHO, *MONEY, *_COUNTS, "mean_balance_amount"]
    )
    table = largest_first(table, "contribution_amount", ignore_index=True)
    before = _window(rows, costs, rebates, rules, by_rule, month, window_months, before=True)
    grown = _grown(table, before) if year_before else _grown(table, before.iloc[:0])
    # What has no kind of its own comes when it comes.
    gaps = {
        kind: span.months().difference(_months_of(months, kind))
        for kind, span in in_table.items()
        if kind != "other"
    }
    return NetMargin(
        month, window_months, table, pd.DataFrame(), grown, counted, here, in_table,
        {kind: missing for kind, missing in gaps.items() if len(missing)},
    )  # fmt: skip


def _months_of(months: pd.DataFrame, kind: str) -> pd.PeriodIndex:
    return pd.PeriodIndex(months.loc[months["kind"] == kind, "month"], freq="M")


def _in_table(months: pd.DataFrame, window: Span) -> dict[str, Span]:
    """Return by kind of cost the window's months that are in the table."""
    found = {}
    for kind in sorted(months["kind"].unique()):
        supplied = _months_of(months, kind)
        span = Span(max(window.first, supplied.min()), min(window.last, supplied.max()))
        if span.first <= span.last:
            found[str(kind)] = span
    return found


def _window(
    rows: pd.DataFrame,
    costs: pd.DataFrame,
    rebates: pd.DataFrame | None,
    rules: Costs,
    by_rule: tuple[str, ...],
    month: pd.Period,
    window_months: int,
    *,
    before: bool,
) -> pd.DataFrame:
    """Compute one window, in integer ten-thousandths; returns money as floats."""
    of_window = rows[rows["before"] == before]
    key = of_window["customer_id"].fillna("")
    units = pd.DataFrame({name: to_units(of_window[name]) for name in _SALES}).set_axis(key)
    for name in (*_COUNTS, *_RULED):
        units[name] = of_window[name].to_numpy(dtype="int64")
    charges: dict[str, pd.Series] = {}
    if rebates is not None:
        amounts = rebates["previous_amount" if before else "window_amount"]
        charges["rebate"] = pd.Series(to_units(amounts), rebates["customer_id"])
    booked = costs[costs["before"] == before]
    for kind, part in booked.groupby("kind", sort=True):
        charges[str(kind)] = pd.Series(to_units(part["amount"]), part["customer_id"].fillna(""))
    everybody = pd.Index(
        sorted({*units.index, *(customer for each in charges.values() for customer in each.index)})
    )
    units = units.reindex(everybody, fill_value=0)
    balance = np.maximum(units["finance_balance_sum"], 0) / window_months
    ruled = {
        "freight": (units["freight_orders"], rules.freight_an_order),
        "handling": (units["handling_lines"], rules.handling_a_line),
        "visit": (units["visit_visits"], rules.a_visit),
        "finance": (
            balance / UNITS,
            (rules.finance_percent_a_year or 0) / 100 * window_months / months_a_year(month),
        ),
    }
    for name in by_rule:
        count, rule = ruled[name]
        charge = _to_cents(pd.Series(count * (rule or 0)))
        charges[name] = pd.concat([charges[name], charge]) if name in charges else charge
    for name in CHARGES:
        units[f"{name}_amount"] = (
            charges[name].groupby(level=0).sum().reindex(units.index, fill_value=0) if name in charges else 0
        )
    units["mean_balance_amount"] = np.rint(units["balance_sum"] / window_months)
    units["discount_amount"] = units["list_amount"] - units["gross_amount"]
    units["net_amount"] = units["gross_amount"] + units["returns_amount"]
    units["returns_amount"] = -units["returns_amount"]
    units["margin_amount"] = units["net_amount"] - units["uncosted_amount"] - units["cost_amount"]
    units["contribution_amount"] = units["margin_amount"] - sum(units[f"{name}_amount"] for name in CHARGES)
    money = [*MONEY, "mean_balance_amount"]
    units[money] = units[money].astype("float64") / UNITS
    units.index.name = "customer_id"
    found = units[[*money, *_COUNTS]].reset_index()
    found["customer_id"] = found["customer_id"].where(found["customer_id"] != "")
    return found


def _to_cents(amount: pd.Series) -> pd.Series:
    """Round ten-thousandths to whole cents, half up."""
    return (np.floor((amount * 100).round(6) + 0.5) * _CENT).astype("int64")


def _grown(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return customers with growing sales and falling margin after rebate and terms, and the causes."""
    columns = [
        "customer_id", "name", "change_amount", "margin_change_amount", "price_amount", "rebate_amount",
        "terms_amount",
    ]  # fmt: skip
    both = now.dropna(subset="customer_id").merge(before, on="customer_id", suffixes=("", "_before"))
    both = both[(both["net_amount_before"] > 0) & (both["net_amount"] > both["net_amount_before"])]
    if both.empty:
        return pd.DataFrame(columns=columns)
    if not before[
        "finance_amount"
    ].any():  # what was owed a year before is not on record: terms cannot be compared
        both[["finance_amount", "finance_amount_before"]] = 0.0
    kept = [
        both[f"margin_amount{end}"] - both[f"rebate_amount{end}"] - both[f"finance_amount{end}"]
        for end in ("", "_before")
    ]

    def more(part: str, base: str) -> pd.Series:
        rate = both[f"{part}_before"] / both[f"{base}_before"].where(both[f"{base}_before"] > 0)
        return (both[part] - rate * both[base]).round(2)

    found = both[["customer_id", "name"]].assign(
        change_amount=(both["net_amount"] - both["net_amount_before"]).round(2),
        margin_change_amount=(kept[0] - kept[1]).round(2),
        price_amount=more("discount_amount", "list_amount"),
        rebate_amount=more("rebate_amount", "net_amount"),
        terms_amount=more("finance_amount", "net_amount"),
    )
    bought = found[["price_amount", "rebate_amount", "terms_amount"]].clip(lower=0).sum(axis=1)
    fell = found[(found["margin_change_amount"] < 0) & (bought >= -_BOUGHT * found["margin_change_amount"])]
    return fell.sort_values(["margin_change_amount", "customer_id"], ignore_index=True)[columns]


def with_products(result: NetMargin, products: pd.DataFrame) -> pd.DataFrame:
    """Return `NetMargin.products` from the rows of `facts.by_product`; charges add up to the customers'."""
    frame = products.copy()
    people = result.customers
    charged = to_units(people["margin_amount"]) - to_units(people["contribution_amount"])
    # What customers without a purchase cost belongs to no group.
    rest = int(charged[(people["net_amount"] + people["returns_amount"] <= 0).to_numpy()].sum())
    shared = np.rint(frame["charged_amount"].to_numpy() * 100).astype("int64") * _CENT
    frame["net_amount"] = (to_units(frame["gross_amount"]) + to_units(frame["returns_amount"])) / UNITS
    if len(frame):  # what rounding took or gave goes to the largest group
        shared[int(np.argmax(frame["net_amount"].to_numpy()))] += (
            int(charged.sum()) - rest - int(shared.sum())
        )
    units = {name: to_units(frame[name]) for name in ("net_amount", "uncosted_amount", "cost_amount")}
    margin = units["net_amount"] - units["uncosted_amount"] - units["cost_amount"]
    frame["margin_amount"], frame["charged_amount"] = margin / UNITS, shared / UNITS
    frame["contribution_amount"] = (margin - shared) / UNITS
    columns = ["group", "net_amount", "margin_amount", "charged_amount", "contribution_amount"]
    nameless = frame["group"].isna()
    if rest and nameless.any():
        frame.loc[nameless, "charged_amount"] += rest / UNITS
        frame.loc[nameless, "contribution_amount"] -= rest / UNITS
    elif rest:
        nobody = {
            "group": None,
            "net_amount": 0.0,
            "margin_amount": 0.0,
            "charged_amount": rest / UNITS,
            "contribution_amount": -rest / UNITS,
        }
        frame = pd.concat([frame[columns], pd.DataFrame([nobody])], ignore_index=True)
    return frame[columns]


def factors(result: NetMargin) -> pd.DataFrame:
    """Return customer_id ("" for none) and factor: the charge on each unit of money bought."""
    table = result.customers
    sold = table["net_amount"] + table["returns_amount"]
    charged = table["margin_amount"] - table["contribution_amount"]
    factor = (charged / sold.where(sold > 0)).fillna(0.0).round(9)
    return pd.DataFrame({"customer_id": table["customer_id"].fillna(""), "factor": factor})


def what_would_turn(row: Mapping[str, float], window_months: float = 12) -> dict[str, float]:
    """Return the single changes that would bring a negative contribution to zero; empty if not negative.

    Returns
    -------
    dict of str to float
        days_sooner (paid so many days sooner on average); order_amount (the least mean order, with orders at today's
        cost each, for the same sales); fewer_visits; price_rise (a share, a half at most). What cannot turn it alone
        is left out.
    """
    short, net, days = -row["contribution_amount"], row["net_amount"], 365 * window_months / 12
    if short <= 0 or net <= 0:
        return {}
    found = {}
    if row["finance_amount"] >= short:
        found["days_sooner"] = row["mean_balance_amount"] / net * days * short / row["finance_amount"]
    an_order = (row["freight_amount"] + row["handling_amount"]) / row["orders"] if row["orders"] else 0.0
    most = np.floor((row["contribution_amount"] + an_order * row["orders"]) / an_order) if an_order > 0 else 0
    if most >= 1:
        found["order_amount"] = net / most
    if row["visit_amount"] >= short:
        found["fewer_visits"] = (
            float(np.ceil(short / (row["visit_amount"] / row["visits"]))) if row["visits"] else 0.0
        )
    if short <= _MOST_RISE * net:
        found["price_rise"] = short / net
    return {name: value for name, value in found.items() if value > 0}
