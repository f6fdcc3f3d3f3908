"""The contracts of what surrounds a sale: quotes before it, deliveries and the reasons of returns after it."""

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


class Deliveries(StandardTable):
    """One row a delivery of an order, or of a line of it: promised, and shipped or not yet."""

    order_id: str = of.identifier("the order delivered", required=True)
    line_no: str = of.identifier(
        "the line of the order; where the table has none, orders are judged as a whole"
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
