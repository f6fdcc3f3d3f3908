"""The contracts of what surrounds a sale: quotes, deliveries, reasons of returns, rebates, costs of serving."""

from __future__ import annotations

import ibis.expr.datatypes as dt

from helpers.intake import contract_fields as of
from helpers.intake.contract_fields import Decimal18, StandardTable


class Quotes(StandardTable):
    """One row a quote, or a product of a quote."""

    quote_id: str = of.identifier("the quote; its rows are one quote", required=True)
    quote_date: dt.Date = of.date("day of the quote", required=True)
    customer_id: str = of.identifier("who asked; it or prospect_id is needed")
    prospect_id: str = of.identifier("the prospect who asked")
    product_id: str = of.identifier("what was quoted")
    amount: Decimal18 = of.money("amount quoted, without tax", required=True)
    status: str = of.choice(
        "what became of it; empty: won where an order is named, else open", ["open", "won", "lost", "expired"]
    )
    decided_at: dt.Date = of.date("day of the decision; in reports of earlier months the quote is open")
    reason: str = of.text("why it was lost")
    salesperson_id: str = of.identifier("who quoted")
    order_id: str = of.identifier("the order that came of it; decided on its day where decided_at is empty")
    currency: str = of.code("ISO code of the quote's currency; the amounts here are converted")


class Deliveries(StandardTable):
    """One row a delivery of an order, or of a line of it: promised, and shipped or not yet."""

    order_id: str = of.identifier("the order delivered", required=True)
    line_no: str = of.identifier(
        "the line of the order; an order whose rows do not each name one of its lines is judged as a whole"
    )
    promised_date: dt.Date = of.date("day promised; of several for one line the first counts")
    shipped_date: dt.Date = of.date("day shipped; empty: not yet")
    quantity: Decimal18 = of.quantity("units of this delivery", required=True)
    recorded_on: dt.Date = of.date("day from which the row is known; empty: from its order on")


class ReturnReasons(StandardTable):
    """One row a reason of a return; how much was returned the order lines say, and they alone."""

    order_id: str = of.identifier("the credit note or order on which the return stands", required=True)
    line_no: str = of.identifier("its line; empty: the reason of all returns on it")
    reason: str = of.text("why it came back", required=True)
    recorded_on: dt.Date = of.date("day from which the reason is known; empty: from the return on")


class RebateAgreements(StandardTable):
    """One row a bracket of an agreement; one that changes is written again as a whole, with ``recorded_at``."""

    agreement_id: str = of.identifier("the agreement", required=True)
    customer_id: str = of.identifier("whose purchases count; it or group_id is needed")
    group_id: str = of.identifier("whose members' purchases count: a buying group, or a parent company")
    first_day: dt.Date = of.date("first day whose purchases count", required=True)
    last_day: dt.Date = of.date("last day whose purchases count", required=True)
    basis: str = of.choice("what reaches a bracket", ["net_sales", "quantity", "growth"], required=True)
    counting: str = of.choice(
        "retroactive: a bracket pays for everything; marginal: only for what lies above it",
        ["retroactive", "marginal"],
        required=True,
    )
    bracket_from: Decimal18 = of.quantity(
        "from where the bracket holds: money, units, or percent over the base", required=True
    )
    rate: Decimal18 = of.quantity("percent of net sales; one of rate, amount and unit_amount is needed")
    amount: Decimal18 = of.money("a fixed sum for reaching the bracket")
    unit_amount: Decimal18 = of.money("money a unit bought")
    base_amount: Decimal18 = of.money(
        "sales that growth is counted over; empty: those of the same days a year before"
    )
    product_id: str = of.identifier("the product that counts; a row for each; without it and category all do")
    category: str = of.text("the product category that counts; a row for each")
    paid_in: str = of.choice("what it is paid in", ["money", "goods", "credit"])
    recorded_at: dt.Date = of.date("day from which this text of it is known; empty: from first_day")


class RebatePayments(StandardTable):
    """One row a rebate given: paid out, in goods, or set against orders."""

    agreement_id: str = of.identifier("the agreement", required=True)
    payment_date: dt.Date = of.date("day of it", required=True)
    amount: Decimal18 = of.money("what it is worth", required=True)
    kind: str = of.choice("what it was", ["money", "goods", "credit"])
    currency: str = of.code("ISO code of its currency; the amounts here are converted")


class Costs(StandardTable):
    """One row a cost of serving a customer."""

    date: dt.Date = of.date("day of the cost", required=True)
    customer_id: str = of.identifier("the customer; it or order_id is needed")
    order_id: str = of.identifier("the order that it was for")
    kind: str = of.text("freight, handling, visit, finance or another kind", required=True)
    amount: Decimal18 = of.money("the cost", required=True)
    currency: str = of.code("ISO code of the cost's currency; the amounts here are converted")
