"""Invoices and payments of the sample."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from workbook_sample import traits
from workbook_sample.orders import Orders
from workbook_sample.process import Population, Span, workday
from workbook_sample.write import dates, ids, labels, money

TWO_PARTS_SHARE = 0.06
NEVER_PAID_SHARE = 0.004
#: Of the invoices of a business that closes, in its last three months.
UNPAID_AT_CLOSURE_SHARE = 0.6
ON_ACCOUNT_SHARE = 0.01


def draw_receivables(
    rng: np.random.Generator, people: Population, orders: Orders, span: Span
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Draw an invoice for every order that stands and has a customer, and what is paid on it.

    Payment comes around the due date by the customer's habit, up to 45 days later in the half year before
    it leaves. Some pay in two parts, some on account (no invoice_id); a business that closes leaves its last
    invoices open. What would fall after the end of the data is not there. Returns are settled in cash.
    """
    kept = np.flatnonzero(~orders.cancelled & ~orders.anonymous & (orders.net_fen > 0))
    invoice_day = workday(orders.day[kept] + rng.integers(1, 8, kept.size))
    kept, invoice_day = kept[invoice_day <= span.end_day], invoice_day[invoice_day <= span.end_day]
    customer, amount = orders.customer[kept], orders.net_fen[kept]
    due_day = invoice_day + traits.TERMS_DAYS[people.trade_class[customer]]
    numbers = ids("I", orders.number[kept], 7)
    customers = ids("C", people.number + 1, 5)
    invoices = {
        "invoice_id": numbers,
        "customer_id": labels(customer, customers),
        "invoice_date": dates(invoice_day),
        "due_date": dates(due_day),
        "amount": money(amount),
    }

    near = people.nearly_gone(customer, invoice_day)
    worsening = np.array([20, 20, 15, 45, 10, 0, 15])[people.reason[customer]] * near
    delay = people.payment_delay_days[customer] + worsening + rng.gamma(2, 3, kept.size) - 6
    payment_day = workday(np.maximum(due_day + np.rint(delay).astype(np.int64), invoice_day + 3))
    closing = (people.reason[customer] == traits.CLOSURE) & (invoice_day > people.leave[customer] - 90)
    unpaid = rng.random(kept.size) < np.where(closing, UNPAID_AT_CLOSURE_SHARE, NEVER_PAID_SHARE)
    in_parts = rng.random(kept.size) < TWO_PARTS_SHARE
    part = np.where(in_parts, np.rint(amount * rng.uniform(0.3, 0.7, kept.size)), amount).astype(np.int64)
    rest_day = workday(payment_day + rng.integers(10, 60, kept.size))

    paid, rest = np.flatnonzero(~unpaid), np.flatnonzero(~unpaid & in_parts)
    invoice = np.concatenate([paid, rest])
    day = np.concatenate([payment_day[paid], rest_day[rest]])
    value = np.concatenate([part[paid], (amount - part)[rest]])
    sort = np.lexsort((invoice, day))
    sort = sort[day[sort] <= span.end_day]
    invoice, day, value = invoice[sort], day[sort], value[sort]
    on_account = rng.random(invoice.size) < ON_ACCOUNT_SHARE
    return invoices, {
        "payment_date": dates(day),
        "invoice_id": numbers.take(pa.array(invoice, mask=on_account)),
        "customer_id": labels(customer[invoice], customers),
        "amount": money(value),
    }
