"""Facts about net margin: sales from list price on, services used, and costs to serve."""

# Ibis columns, not pandas: `isnull` is Ibis' name.
# ruff: noqa: PD003

import datetime as dt
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.engine.as_of import MONEY, current_rows, month_of
from helpers.engine.connection import to_pandas
from helpers.engine.fact import Fact, by_customer, company_only
from helpers.engine.facts import Facts

_KEYS = {"customer_id": "string", "before": "boolean"}
_SUMS = {
    "list_amount": MONEY, "gross_amount": MONEY, "returns_amount": MONEY, "cost_amount": MONEY,
    "uncosted_amount": MONEY, "balance_sum": MONEY, "lines": "int64", "orders": "int64", "visits": "int64",
    "freight_orders": "int64", "handling_lines": "int64", "visit_visits": "int64", "finance_balance_sum": MONEY,
}  # fmt: skip
_OF_DAYS = (
    "net_amount", "gross_amount", "sold_list_amount", "cost_amount", "net_amount_with_cost", "sold_lines",
)  # fmt: skip
#: Names of a kind of cost in sources, besides its own.
KINDS: Mapping[str, tuple[str, ...]] = {
    "freight": ("freight", "shipping", "delivery", "transport", "运费", "物流", "物流费"),
    "handling": ("handling", "picking", "packing", "warehouse", "搬运", "仓储", "分拣", "包装"),
    "visit": ("visit", "visits", "travel", "拜访", "拜访费", "差旅"),
    "finance": ("finance", "interest", "利息", "资金占用", "资金成本"),
}


def margin_customers(facts: Facts) -> ir.Table:
    """Return each customer's sales and services used, in the window and in the previous one.

    Returns
    -------
    ibis.expr.types.Table
        customer_id (NULL: lines without one), before (of the window before); list_amount (of lines above zero; those
        without a list price at what they were sold for), gross_amount (net of the same lines), returns_amount (of the
        others, zero or less), cost_amount (of all lines that have one), uncosted_amount (net sales of those that have
        none), lines and orders (above zero), visits, balance_sum (what was owed at the month ends, added up); and what
        a rule is to count, of the months that `cost_months` leaves to it: freight_orders, handling_lines, visit_visits,
        finance_balance_sum.
    """
    now, before = (facts.window(back * facts.settings.periods.window_months) for back in (0, 1))
    windows = ((False, *now), (True, *before))
    spans = facts.table("cost_months") if facts.tables.has("costs") else None
    days = _within(facts.table("order_days"), now[0], before[0], "month", *_OF_DAYS)
    days = _ruled(days, "handling", spans).select(*days.columns, handled="by_rule")
    days = _ruled(days, "freight", spans)
    gross = days.gross_amount.fill_null(0)
    of_days = days.group_by("customer_id", "before").agg(
        list_amount=days.sold_list_amount.fill_null(0).sum().cast(MONEY),
        gross_amount=gross.sum().cast(MONEY),
        returns_amount=(days.net_amount - gross).sum().cast(MONEY),
        cost_amount=days.cost_amount.fill_null(0).sum().cast(MONEY),
        uncosted_amount=(days.net_amount - days.net_amount_with_cost.fill_null(0)).sum().cast(MONEY),
        lines=days.sold_lines.sum().cast("int64"),
        handling_lines=days.handled.ifelse(days.sold_lines, 0).sum().cast("int64"),
        orders=days.gross_amount.count().cast("int64"),
        freight_orders=days.gross_amount.count(where=days.by_rule).cast("int64"),
    )
    met = _within(facts.table("contact_months"), now[0], before[0], "month", "visits")
    met = _ruled(met, "visit", spans)
    of_visits = met.group_by("customer_id", "before").agg(
        visits=met.visits.sum().cast("int64"),
        visit_visits=met.by_rule.ifelse(met.visits, 0).sum().cast("int64"),
    )
    parts = [of_days, of_visits, *(_balances(facts, *window, spans) for window in windows)]
    rows = ibis.union(*(_filled(part) for part in parts))
    return rows.group_by(list(_KEYS)).agg(
        **{name: rows[name].sum().cast(kind) for name, kind in _SUMS.items()}
    )


def _within(table: ir.Table, now: dt.date, before: dt.date, *names: str) -> ir.Table:
    """Return customer_id, ``before`` and these columns of the months of both windows."""
    rows = table.filter(table.month >= ibis.date(before))
    return rows.select("customer_id", *names, before=rows.month < ibis.date(now))


def _balances(facts: Facts, before: bool, first: dt.date, last: dt.date, spans: ir.Table | None) -> ir.Table:
    """Sum the balances at the month ends of a window."""
    months = _ruled(facts.table("receivable_months"), "finance", spans)
    start, end = (each.year * 12 + each.month for each in (first, last))
    since = ibis.greatest(_number(months.month), start)
    counted = (end + 1 - since).cast("int64")
    in_table = ibis.literal(0, "int64")
    if spans is not None:
        reaches = ibis.least(_number(months.last), end) + 1 - ibis.greatest(since, _number(months.first))
        # The engine's least and greatest pass over what is missing: without a span nothing is in the table.
        in_table = months.first.isnull().ifelse(0, ibis.greatest(reaches.cast("int64"), 0))
    change = months.invoiced_amount - months.paid_amount
    moved = months.mutate(
        before=ibis.literal(before),
        moved=(change * counted).cast(MONEY),
        ruled=(change * (counted - in_table)).cast(MONEY),
    ).filter(months.month <= ibis.date(last))
    return moved.group_by("customer_id", "before").agg(
        balance_sum=moved.moved.sum().cast(MONEY), finance_balance_sum=moved.ruled.sum().cast(MONEY)
    )


def _number(month: ir.DateValue) -> ir.IntegerValue:
    return month.year() * 12 + month.month()


def _filled(part: ir.Table) -> ir.Table:
    sums = {
        name: part[name] if name in part.columns else ibis.literal(0).cast(kind)
        for name, kind in _SUMS.items()
    }
    return part.select(*_KEYS, **sums)


def _kind(rows: ir.Table) -> ir.StringValue:
    written = rows.kind.strip().lower()
    return ibis.cases(*((written.isin(list(words)), name) for name, words in KINDS.items()), else_="other")


def cost_months(facts: Facts) -> ir.Table:
    """Return kind and month: the months of which the table of costs has rows of a kind.

    Those from the first to the last are in the table, with nothing if it has nothing; months before and after are left
    to the rule of ``[costs]``.
    """
    if (rows := facts.optional("costs")) is None:
        return ibis.memtable([], schema=ibis.schema({"kind": "string", "month": "date"}))
    return rows.select(kind=_kind(rows), month=month_of(rows.date, facts.year.months)).distinct()


def _ruled(rows: ir.Table, kind: str, in_table: ir.Table | None) -> ir.Table:
    """Add ``by_rule`` to rows of months: whether the month is outside the kind's in the table, and their ends."""
    if in_table is None:
        return rows.mutate(by_rule=ibis.literal(True))
    # Sums without groups: one row, also where the kind has none.
    span = in_table.filter(in_table.kind == kind).agg(first=in_table.month.min(), last=in_table.month.max())
    both = rows.cross_join(span)
    return both.mutate(by_rule=(~both.month.between(both.first, both.last)).fill_null(True))


def costs_to_serve(facts: Facts) -> ir.Table:
    """Return the cost to serve, in the window and in the previous one.

    Returns
    -------
    ibis.expr.types.Table
        customer_id (NULL: of an order that no line knows), before, kind (one of `KINDS` or ``other``), amount.
    """
    schema = {**_KEYS, "kind": "string", "amount": MONEY}
    if (rows := facts.optional("costs")) is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    now, before = (facts.window(back * facts.settings.periods.window_months)[0] for back in (0, 1))
    dated = rows.mutate(month=month_of(rows.date, facts.year.months))
    rows = _within(dated, now, before, "order_id", "kind", "amount")
    days = facts.table("order_days").semi_join(rows.select("order_id"), "order_id")
    orders = days.group_by(ordered="order_id").agg(buyer_id=days.customer_id.min())
    joined = rows.left_join(orders, rows.order_id == orders.ordered)
    named = joined.mutate(customer_id=ibis.coalesce(joined.customer_id, joined.buyer_id), kind=_kind(joined))
    return (
        named.group_by("customer_id", "before", "kind")
        .agg(amount=named.amount.sum().cast(MONEY))
        .cast(schema)
    )


def by_product(facts: Facts, owned: ir.Table | None, charged: pd.DataFrame) -> pd.DataFrame:
    """Return the window's sales and charges by product category, or by product without a category.

    Parameters
    ----------
    owned
        customer_id of a team's or a salesperson's customers; None: all lines.
    charged
        customer_id ("" for lines without one), factor: what is charged of each unit of money sold.

    Returns
    -------
    pandas.DataFrame
        group, gross_amount, returns_amount, cost_amount, uncosted_amount, charged_amount; by group, the nameless last.
    """
    lines = facts.lines
    lines = lines.filter(lines.month >= ibis.date(facts.window()[0]))
    lines = lines if owned is None else lines.semi_join(owned, "customer_id")
    products = facts.optional("products")
    if products is not None and facts.tables.has("products", "category"):
        current = current_rows(products, "product_id", facts.month_end).select(
            "category", known_id="product_id"
        )
        lines = lines.left_join(current, lines.product_id == current.known_id)
        group = lines.category
    else:
        group = lines.product_id
    kinds = {"buyer_id": "string", "factor": "decimal(18, 9)"}
    factors = charged.rename(columns={"customer_id": "buyer_id"}).astype(
        {"buyer_id": "str", "factor": "float64"}
    )
    shares = ibis.memtable(factors, schema=ibis.schema({"buyer_id": "string", "factor": "float64"})).cast(
        kinds
    )
    lines = lines.mutate(group=group, buyer=lines.customer_id.fill_null(""))
    lines = lines.left_join(shares, lines.buyer == shares.buyer_id)
    zero = ibis.literal(0).cast(MONEY)
    sold = (lines.net_amount > 0).ifelse(lines.net_amount, zero)
    sums = lines.group_by("group").agg(
        gross_amount=sold.sum().cast(MONEY),
        returns_amount=(lines.net_amount - sold).sum().cast(MONEY),
        cost_amount=lines.cost_amount.fill_null(0).sum().cast(MONEY),
        uncosted_amount=lines.cost_amount.isnull().ifelse(lines.net_amount, zero).sum().cast(MONEY),
        charged_amount=(sold * lines.factor.fill_null(0))
        .cast("decimal(38, 13)")
        .sum()
        .cast("decimal(38, 13)"),
    )
    return to_pandas(sums.order_by(ibis.asc("group", nulls_first=False)))


FACTS: dict[str, Fact] = {
    "cost_months": Fact(cost_months, order=("kind", "month"), scoped=company_only),
    "margin_customers": Fact(margin_customers, order=("customer_id", "before"), scoped=by_customer),
    "costs_to_serve": Fact(costs_to_serve, order=("customer_id", "before", "kind"), scoped=by_customer),
}
