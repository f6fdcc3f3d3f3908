"""The contracts of the standard tables: each class is the schema of one table and its documentation.

Types are those of the Parquet files that intake writes. ``kind`` (in a column's metadata) says how a source's value is
read into the column: see :mod:`helpers.intake.values.rules`. A column that is not required is nullable, and NULL
throughout where the source has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import ibis.expr.datatypes as dt

from helpers.intake import contract_fields as of
from helpers.intake.contract_fields import Decimal18, Microseconds, StandardTable
from helpers.intake.sale_contracts import (
    Costs,
    Deliveries,
    Quotes,
    RebateAgreements,
    RebatePayments,
    ReturnReasons,
)
from helpers.settings.source import TableName


class OrderLines(StandardTable):
    """One row a line of an order, a return or a cancellation (negative quantity or amount)."""

    order_id: str = of.identifier("the order, invoice or credit note the line belongs to", required=True)
    order_date: dt.Date = of.date("the day the line counts on; a cancellation has its own day", required=True)
    customer_id: str = of.identifier(
        "the customer; empty where the source knows none: the line counts as unassigned"
    )
    line_no: str = of.identifier("number of the line within its order; with it, lines are told apart")
    product_id: str = of.identifier("the product or service sold")
    quantity: Decimal18 = of.quantity("units sold, negative for returns", required=True)
    net_amount: Decimal18 = of.money("what the customer pays after discounts, without tax", required=True)
    list_amount: Decimal18 = of.money("list price times quantity")
    cost_amount: Decimal18 = of.money("cost of the goods times quantity")
    currency: str = of.code("ISO code of the source's currency; the amounts here are converted")
    salesperson_id: str = of.identifier("who sold the line")
    enquiry_date: dt.Date = of.date("the day the customer first asked")
    channel: str = of.text("way of the order, such as web or field")


class Customers(StandardTable):
    """One row a customer, or with ``valid_from`` one row a customer and period."""

    customer_id: str = of.identifier("the customer", required=True)
    name: str = of.text("name of the customer")
    trade_class: str = of.text("trade class 客户类型")
    region: str = of.text("sales region")
    industry: str = of.text("industry the customer works in")
    size_class: str = of.text("size of the customer's business, as a class")
    salesperson_id: str = of.identifier("who looks after the customer")
    acquisition_source: str = of.text("how the customer was won")
    first_contact_date: dt.Date = of.date("day of the first contact")
    credit_limit: Decimal18 = of.money("agreed limit of what may be owed")
    interest_level: str = of.text("how interested the customer is, as the sellers judge")
    parent_id: str = of.identifier("customer_id of the parent company")
    status: str = of.text("whether the business is open, in the source's words: customers.closed")
    closed_date: dt.Date = of.date("first day on which the business is closed for good")
    tax_number: str = of.identifier("tax or registration number 税号; stands on no page of a part")
    phone: str = of.identifier("telephone; as tax_number")
    address: str = of.text("street and house number, without the town; as tax_number")
    town: str = of.text("town or city")
    valid_from: dt.Date = of.date("first day on which the row's attributes hold")


class Products(StandardTable):
    """One row a product or service, or with ``valid_from`` one row a product and period."""

    product_id: str = of.identifier("the product or service", required=True)
    name: str = of.text("name of the product")
    category: str = of.text("product category")
    offering_role: str = of.choice("its part", ["core", "component", "accessory", "service", "support"])
    launch_date: dt.Date = of.date("first day of sale")
    stock: Decimal18 = of.quantity("units in stock on stock_date")
    stock_date: dt.Date = of.date("day on which the stock was counted; without it the stock is in no report")
    valid_from: dt.Date = of.date("first day on which the row's attributes hold")


class Salespeople(StandardTable):
    """One row a salesperson, or with ``valid_from`` one row a salesperson and period."""

    salesperson_id: str = of.identifier("the salesperson", required=True)
    name: str = of.text("name of the salesperson", required=True)
    team: str = of.text("sales team")
    region: str = of.text("sales region")
    valid_from: dt.Date = of.date("first day on which the row's attributes hold")


class Targets(StandardTable):
    """One row a target: what is to be reached in a period by whom."""

    period: str = of.period("year 2026, quarter 2026-Q3 or month 2026-10; FY2027, FY2027-Q1 or FY2027-P04")
    scope_type: str = of.choice(
        "whose target it is; company where not given",
        ["company", "team", "salesperson", "trade_class", "customer"],
    )
    scope_id: str = of.identifier("which team, salesperson, trade class or customer")
    metric: str = of.text("what is counted; net_sales is sales in the report's currency", required=True)
    target: Decimal18 = of.money("the value to reach, in the metric's unit", required=True)
    recorded_at: dt.Date = of.date("day the target was set; empty: by the beginning of its calendar year")
    currency: str = of.code(
        "ISO code of the target's currency; the target here is converted by source.currency_rates"
    )


class Invoices(StandardTable):
    """One row an invoice, a part of one that is due by itself or, with a negative amount, a credit note.

    Payments name the invoice, and settle the part that they name, else its parts in the order of their due dates.
    """

    invoice_id: str = of.identifier("the invoice", required=True)
    instalment: str = of.identifier(
        "number or name of the part of the invoice that is due by itself; empty: it is due as a whole"
    )
    customer_id: str = of.identifier("who owes it", required=True)
    invoice_date: dt.Date = of.date("day of the invoice", required=True)
    due_date: dt.Date = of.date("day by which it is to be paid", required=True)
    amount: Decimal18 = of.money("amount to be paid, of a part its own", required=True)
    currency: str = of.code("ISO code of the invoice's currency; the amount here is converted")


class Payments(StandardTable):
    """One row a payment, for an invoice or on a customer's account."""

    payment_date: dt.Date = of.date("day the money came in", required=True)
    invoice_id: str = of.identifier("the invoice paid; it or customer_id is needed")
    customer_id: str = of.identifier("who paid; it or invoice_id is needed")
    instalment: str = of.identifier(
        "the part of the invoice that is paid first, as its row of invoices names it; empty: its parts by due date"
    )
    amount: Decimal18 = of.money("amount paid", required=True)
    settled_amount: Decimal18 = of.money("what it takes off its invoice, where that is not the amount")
    currency: str = of.code("ISO code of the payment's currency; the amounts here are converted")


class Interactions(StandardTable):
    """One row a contact with a customer."""

    date: dt.Date = of.date("day of the contact", required=True)
    customer_id: str = of.identifier("the customer", required=True)
    kind: str = of.text("visit, call, message, enquiry, training or another kind", required=True)
    salesperson_id: str = of.identifier("who made the contact")
    contact_role: str = of.choice("the contact's part", ["engineering", "purchasing", "management", "other"])
    topic: str = of.text("what it was about")
    outcome: str = of.text("what came of it")


class Complaints(StandardTable):
    """One row a complaint."""

    opened_at: Microseconds = of.timestamp("when the complaint came in", required=True)
    customer_id: str = of.identifier("the customer", required=True)
    category: str = of.text("cause of the complaint")
    severity: str = of.text("how severe it is")
    first_response_at: Microseconds = of.timestamp("when it was first answered")
    resolved_at: Microseconds = of.timestamp("when it was resolved; empty while open")


class Surveys(StandardTable):
    """One row an answer to a survey question."""

    date: dt.Date = of.date("day of the answer", required=True)
    customer_id: str = of.identifier("the customer", required=True)
    score: dt.Float64 = of.score("the answer on its scale", required=True)
    scale_min: dt.Float64 = of.score("lowest value of the scale")
    scale_max: dt.Float64 = of.score("highest value of the scale")
    question: str = of.text("the question asked")


class WalletEvidence(StandardTable):
    """One row an estimate of what a customer buys in a year from all suppliers."""

    customer_id: str = of.identifier("the customer", required=True)
    as_of: dt.Date = of.date("day the estimate was made", required=True)
    annual_purchases: Decimal18 = of.money("purchases in a year from all suppliers", required=True)
    method: str = of.choice(
        "how the estimate was come by",
        ["stated", "plan", "commitment", "resale", "stock_turnover", "accounts", "third_party"],
        required=True,
    )
    currency: str = of.code("ISO code of the estimate's currency; the amounts here are converted")


class Prospects(StandardTable):
    """One row a prospect or enquirer."""

    prospect_id: str = of.identifier("the prospect", required=True)
    first_contact_date: dt.Date = of.date("day of the first contact", required=True)
    source: str = of.text("how the prospect came to us")
    grade: str = of.text("how promising the prospect is")
    trade_class: str = of.text("trade class 客户类型")
    salesperson_id: str = of.identifier("who looks after the prospect")
    converted_customer_id: str = of.identifier("customer_id since the first order")
    converted_date: dt.Date = of.date("day of the first order")


class CustomerAliases(StandardTable):
    """One row a decision whether two numbers are one customer; orders and invoices stay as issued."""

    customer_id: str = of.identifier("the number that is counted under another", required=True)
    same_as: str = of.identifier("the number under which it counts", required=True)
    from_date: dt.Date = of.date("day from which on reports count so; empty: always")
    decision: str = of.choice("what was decided; same where not given", ["same", "different"])
    decided_by: str = of.text("who decided")
    reason: str = of.text("why")


class BuyingGroups(StandardTable):
    """One row a member of a buying group, or with ``valid_from`` one row a member and period."""

    customer_id: str = of.identifier("the customer", required=True)
    group_id: str = of.identifier("the buying group; empty: in none from valid_from on")
    group_name: str = of.text("name of the buying group")
    valid_from: dt.Date = of.date("first day on which the row holds")


class DaysOff(StandardTable):
    """One row a day that the company, or a region of it, works otherwise than its country."""

    date: dt.Date = of.date("the day", required=True)
    region: str = of.text("the region it holds for, as [calendar] region says it; empty: everywhere")
    kind: str = of.choice("what of the day is worked", ["closed", "half", "worked"], required=True)
    name: str = of.text("what the day is called")
    announced_on: dt.Date = of.date("day from which it is known; empty: from the day itself")


_ACTIONS = ["call", "visit", "win_back", "keep", "grow", "review_credit", "collect", "answer_complaint"]


class ActionResults(StandardTable):
    """One row a result of an action: the filled-in ``actions.xlsx`` of a report."""

    month: str = of.month("month of the report that proposed it, as 2026-10")
    customer_id: str = of.identifier("the customer", required=True)
    action: str = of.choice("what was to be done", _ACTIONS, required=True)
    status: str = of.choice("what became of it; empty: nobody says", ["done", "not_done", "dropped"])
    date: dt.Date = of.date("day of it; in no report of a month that ends before")
    note: str = of.text("what came of it")


class ExchangeRates(StandardTable):
    """One row a currency's rate of a day, or of all days of a month."""

    currency: str = of.code("ISO code of the other currency", required=True)
    date: dt.Date = of.date("the day; it or month is needed")
    month: str = of.month("the month, as 2026-10; a day's own rate goes before it", required=False)
    rate: dt.Float64 = of.score(
        "units of one currency for one of the other: see source.rates_quoted", required=True
    )
    units: Decimal18 = of.quantity("units that are quoted, as 100 of the yen; empty: 1")
    quotation: str = of.choice("how this row quotes; empty: source.rates_quoted", ["direct", "indirect"])
    announced_on: dt.Date = of.date(
        "day from which it is known; empty: from its own day, or its month's first"
    )


CONTRACTS: dict[TableName, type[StandardTable]] = {
    "order_lines": OrderLines, "customers": Customers, "products": Products, "salespeople": Salespeople,
    "targets": Targets, "invoices": Invoices, "payments": Payments, "interactions": Interactions,
    "complaints": Complaints, "surveys": Surveys, "wallet_evidence": WalletEvidence, "prospects": Prospects,
    "customer_aliases": CustomerAliases, "buying_groups": BuyingGroups, "days_off": DaysOff,
    "action_results": ActionResults,
    "quotes": Quotes, "deliveries": Deliveries, "return_reasons": ReturnReasons,
    "rebate_agreements": RebateAgreements, "rebate_payments": RebatePayments, "costs": Costs,
    "exchange_rates": ExchangeRates,
}  # fmt: skip

#: What makes two rows the same record; in a table that is not here, only a whole row that repeats is one.
KEYS: dict[TableName, tuple[str, ...]] = {
    "order_lines": ("order_id", "line_no"),
    "customers": ("customer_id", "valid_from"),
    "products": ("product_id", "valid_from"),
    "salespeople": ("salesperson_id", "valid_from"),
    "targets": ("period", "scope_type", "scope_id", "metric", "recorded_at"),
    "invoices": ("invoice_id", "instalment"),
    "prospects": ("prospect_id",),
    "customer_aliases": ("customer_id", "same_as", "from_date", "decision"),
    "buying_groups": ("customer_id", "valid_from"),
    "days_off": ("date", "region"),
    "return_reasons": ("order_id", "line_no"),
    "rebate_agreements": ("agreement_id", "bracket_from", "product_id", "category", "recorded_at"),
    "exchange_rates": ("currency", "date", "month", "announced_on"),
}

#: The date by which a row belongs to a month.
DATES: dict[TableName, str] = {
    "order_lines": "order_date", "customers": "valid_from", "products": "valid_from",
    "salespeople": "valid_from", "invoices": "invoice_date", "payments": "payment_date",
    "interactions": "date", "complaints": "opened_at", "surveys": "date", "wallet_evidence": "as_of",
    "prospects": "first_contact_date", "customer_aliases": "from_date", "buying_groups": "valid_from",
    "days_off": "date", "action_results": "date",
    "quotes": "quote_date", "deliveries": "shipped_date", "return_reasons": "recorded_on",
    "rebate_agreements": "first_day", "rebate_payments": "payment_date", "costs": "date",
    "exchange_rates": "date",
}  # fmt: skip

#: By table what says from when a row is known: it is in no report of a month that ends before one of these days. A row
#: that has none of them filled is known always, and what it says is today's.
KNOWN_FROM: dict[TableName, tuple[str, ...]] = {
    **{table: (date,) for table, date in DATES.items()},
    "products": ("valid_from", "launch_date"),
    "targets": ("period", "recorded_at"),
    "action_results": ("month", "date"),
    # Promised before it is shipped: what was shipped later is not shipped yet, see the subject.
    "deliveries": ("recorded_on",),
}

#: Beside an order line's day, where the company's months date it into their calendar month: the day in the source.
OWN_DAY = "own_day"

#: Where a column says from when a row of another day is known; without it the row is known from its day on, and one of
#: a month from the first of it. Of a table here these columns count, the first that is filled, and not `KNOWN_FROM`.
ANNOUNCED: dict[TableName, tuple[str, ...]] = {
    "days_off": ("announced_on", "date"), "rebate_agreements": ("recorded_at", "first_day"),
    "exchange_rates": ("announced_on", "date", "month"),
}  # fmt: skip

#: Columns that the source must have although single values may be missing.
NEEDED_COLUMNS: dict[TableName, tuple[str, ...]] = {
    "order_lines": ("customer_id",), "buying_groups": ("group_id",),
}  # fmt: skip

#: Tables of which at least one of the columns must be there, and filled, in each row.
ONE_OF: dict[TableName, tuple[str, ...]] = {
    "payments": ("invoice_id", "customer_id"),
    "quotes": ("customer_id", "prospect_id"),
    "rebate_agreements": ("customer_id", "group_id"),
    "costs": ("customer_id", "order_id"),
    "exchange_rates": ("date", "month"),
}

#: The column whose sum is reconciled between input and output.
AMOUNT: dict[TableName, str] = {
    "order_lines": "net_amount", "invoices": "amount", "payments": "amount", "targets": "target",
    "wallet_evidence": "annual_purchases", "quotes": "amount", "rebate_payments": "amount", "costs": "amount",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a contract, as intake reads it."""

    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]


@cache
def columns(table: TableName) -> tuple[Column, ...]:
    """Return the contract's columns in their order."""
    schema = CONTRACTS[table].to_schema()
    return tuple(
        Column(
            name,
            column.metadata["kind"],
            column.metadata["required"],
            tuple(column.checks[0].statistics["allowed_values"])
            if column.metadata["kind"] == "choice"
            else (),
        )
        for name, column in schema.columns.items()
    )


def key_columns(table: TableName) -> tuple[str, ...]:
    """Name the columns that tell records apart; none where only a whole-row repeat is a duplicate."""
    return KEYS.get(table, ())


def date_column(table: TableName) -> str | None:
    """Name the column that says in which month a row counts."""
    return DATES.get(table)
