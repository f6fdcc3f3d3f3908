"""Facts about returns of the window's orders, by customer and by product.

A return is an order line with a negative quantity, on whatever document, and counts on its own day. An order whose
lines add up to zero (bought, then cancelled in full) is neither sold nor returned. A line that takes back money without
goods is a credit, not a return. All amounts come from the order lines, which include refunds of the source; the table
return_reasons only adds reasons.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.

import datetime as dt

import ibis
import ibis.expr.types as ir

from helpers.engine.as_of import MONEY, OWNER_COLUMNS
from helpers.engine.fact import Fact, by_customer, by_owner, company_only
from helpers.engine.facts import Facts

_SUMS = {
    "sold_orders": "int64", "sold_quantity": MONEY, "sold_amount": MONEY, "returned_orders": "int64",
    "returned_quantity": MONEY, "returned_amount": MONEY, "credit_amount": MONEY,
}  # fmt: skip
_ROWS = {
    "customer_id": "string", "product_id": "string", "reason": "string", "orders": "int64", "quantity": MONEY,
    "amount": MONEY,
}  # fmt: skip


def cancelled_orders(order_days: ir.Table) -> ir.Table:
    """Return order_id of orders that are cancelled in full by their lines."""
    days = order_days.select("order_id", "net_amount", "gross_amount", "returns_amount")
    taken_back = days.filter(days.returns_amount.notnull()).select("order_id").distinct()
    touched = days.semi_join(taken_back, "order_id")
    touched = touched.group_by("order_id").agg(
        net_amount=touched.net_amount.sum(), gross_amount=touched.gross_amount.sum()
    )
    return touched.filter((touched.net_amount == 0) & (touched.gross_amount > 0)).select("order_id")


def standing_lines(lines: ir.Table, cancelled: ir.Table, first_month: dt.date) -> ir.Table:
    """Return the columns used of the lines from a month on, by its first day, without `cancelled_orders`."""
    columns = ("customer_id", "product_id", "order_id", "line_no", "quantity", "net_amount")
    recent = lines.filter(lines.month >= ibis.date(first_month)).select(*columns)
    return recent.anti_join(cancelled, "order_id")


def _sums(lines: ir.Table) -> dict[str, ir.Value]:
    """Return sums of sold and returned amounts, as positive figures."""

    def only(condition: ir.Value, value: ir.Value) -> ir.Value:
        return condition.ifelse(value, ibis.null(value.type()))

    back = lines.quantity < 0
    sold = ~back & (lines.net_amount >= 0) & (lines.quantity > 0)
    credit = ~back & (lines.net_amount < 0)
    return {
        "sold_orders": lines.order_id.nunique(where=sold),
        "sold_quantity": only(sold, lines.quantity).sum().fill_null(0).cast(MONEY),
        "sold_amount": only(sold, lines.net_amount).sum().fill_null(0).cast(MONEY),
        "returned_orders": lines.order_id.nunique(where=back),
        "returned_quantity": (-only(back, lines.quantity).sum()).fill_null(0).cast(MONEY),
        "returned_amount": (-only(back, lines.net_amount).sum()).fill_null(0).cast(MONEY),
        "credit_amount": (-only(credit, lines.net_amount).sum()).fill_null(0).cast(MONEY),
    }


def customer_returns(standing: ir.Table) -> ir.Table:
    """Return each customer's purchases and returns.

    Parameters
    ----------
    standing
        `standing_lines` of the window.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, sold_orders, sold_quantity, sold_amount, returned_orders (orders or credit notes with a return),
        returned_quantity, returned_amount (positive), credit_amount (positive: money back without goods).
    """
    schema = {"customer_id": "string", **_SUMS}
    rows = standing.filter(standing.customer_id.notnull())
    return rows.group_by("customer_id").agg(**_sums(rows)).cast(schema).order_by("customer_id")


def product_returns(standing: ir.Table, owned: ir.Table | None = None) -> ir.Table:
    """Return the same by product and owner: product_id, salesperson_id, team, and the sums.

    Without ``owned``, by product alone, for the company. An order then counts once, even if it names customers of two
    owners.
    """
    keys, rows = ["product_id"], standing.filter(standing.product_id.notnull())
    if owned is not None:
        keys += OWNER_COLUMNS
        owners = owned.select(*OWNER_COLUMNS, owned_id="customer_id")
        rows = rows.left_join(owners, rows.customer_id == owners.owned_id)
    schema = dict.fromkeys(keys, "string") | _SUMS
    return rows.group_by(keys).agg(**_sums(rows)).select(*schema).cast(schema).order_by(keys)


def return_rows(standing: ir.Table, reasons: ir.Table | None) -> ir.Table:
    """Return returns by customer, product and reason; a line's reason takes precedence over its document's.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, product_id, reason (NULL: not recorded), orders, quantity, amount (positive).
    """
    back = standing.filter((standing.quantity < 0) & standing.customer_id.notnull())
    if reasons is None:
        back = back.mutate(reason=ibis.null("string"))
    else:
        named = reasons.filter(reasons.line_no.notnull()).group_by(["order_id", "line_no"])
        of_line = named.agg(reason=reasons.reason.min())
        order_reasons = (
            reasons.filter(reasons.line_no.isnull()).group_by("order_id").agg(reason=reasons.reason.min())
        )
        of_line = of_line.select(line_order="order_id", reason_line="line_no", line_reason="reason")
        order_reasons = order_reasons.select(whole_order="order_id", whole_reason="reason")
        back = back.left_join(
            of_line, [back.order_id == of_line.line_order, back.line_no == of_line.reason_line]
        )
        back = back.left_join(order_reasons, back.order_id == order_reasons.whole_order)
        back = back.mutate(reason=ibis.coalesce(back.line_reason, back.whole_reason))
    keys = ["customer_id", "product_id", "reason"]
    sums = back.group_by(keys).agg(
        orders=back.order_id.nunique(), quantity=-back.quantity.sum(), amount=-back.net_amount.sum()
    )
    return sums.select(*_ROWS).cast(_ROWS).order_by(keys)


def _standing(f: Facts) -> ir.Table:
    return standing_lines(f.lines, f.table("cancelled_orders"), f.window()[0])


FACTS: dict[str, Fact] = {
    "cancelled_orders": Fact(
        lambda f: cancelled_orders(f.table("order_days")), order=("order_id",), scoped=company_only
    ),
    "customer_returns": Fact(
        lambda f: customer_returns(_standing(f)), order=("customer_id",), scoped=by_customer, is_ordered=True
    ),
    "product_returns": Fact(
        lambda f: product_returns(_standing(f), f.table("customers")),
        order=("product_id", "salesperson_id", "team"),
        scoped=by_owner,
        scoped_only=True,
    ),
    "company_product_returns": Fact(
        lambda f: product_returns(_standing(f)), order=("product_id",), scoped=company_only, is_ordered=True
    ),
    "return_rows": Fact(
        lambda f: return_rows(_standing(f), f.optional("return_reasons")),
        order=("customer_id", "product_id", "reason"),
        scoped=by_customer,
    ),
}
