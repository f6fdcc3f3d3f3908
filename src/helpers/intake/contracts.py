"""The contracts of the standard tables: each class is the schema of one table and its documentation.

Types are those of the Parquet files that intake writes. ``kind`` (in a column's metadata) says how a source's value is
read into the column: see :mod:`helpers.intake.values.rules`. A column that is not required is nullable, and NULL
throughout where the source has none.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import ibis.expr.datatypes as dt

from helpers.settings.source import TableName

with warnings.catch_warnings():
    # Where PySpark is installed, Pandera imports its pandas layer, which we never use, and which complains of pandas 3.
    warnings.filterwarnings("ignore", category=FutureWarning, message="PySpark does not yet")
    import pandera.ibis as pa

#: Money and quantities: sums do not depend on the order in which threads add them.
Decimal18 = Annotated[dt.Decimal, 18, 4, True]

#: A moment without time zone, as the source writes it.
Microseconds = Annotated[dt.Timestamp, None, 6, True]


def _column(kind: str, unit: str | None, description: str, required: bool, **checks: Any) -> Any:
    return pa.Field(
        nullable=not required,
        description=description,
        metadata={"kind": kind, "unit": unit, "required": required},
        **checks,
    )


def _id(description: str, required: bool = False) -> Any:
    """Declare an identifier: text, without blanks around it; whole numbers lose a trailing ``.0``."""
    return _column("id", None, description, required)


def _text(description: str, required: bool = False) -> Any:
    return _column("text", None, description, required)


def _code(description: str) -> Any:
    """Declare a currency code: three capital letters."""
    return _column("code", "ISO 4217", description, False, str_matches="^[A-Z]{3}$")


def _choice(description: str, values: list[str], required: bool = False) -> Any:
    """One word of a closed list."""
    return _column("choice", None, f"{description}: {', '.join(values)}", required, isin=values)


#: A calendar year, quarter or month, or a year, quarter or period of the company's year.
_PERIOD = "^([0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]))?|FY[0-9]{4}(-(Q[1-4]|P(0[1-9]|1[0-2])))?)$"


def _period(description: str) -> Any:
    return _column("period", None, description, True, str_matches=_PERIOD)


def _month(description: str) -> Any:
    return _column("month", None, description, True, str_matches="^[0-9]{4}-(0[1-9]|1[0-2])$")


def _date(description: str, required: bool = False) -> Any:
    return _column("date", "day", description, required)


def _timestamp(description: str, required: bool = False) -> Any:
    return _column("timestamp", "microsecond", description, required)


def _money(description: str, required: bool = False) -> Any:
    return _column("money", "report currency", description, required)


def _quantity(description: str, required: bool = False) -> Any:
    return _column("quantity", "units", description, required)


def _score(description: str, required: bool = False) -> Any:
    return _column("score", "points", description, required)


class StandardTable(pa.DataFrameModel):
    """What all contracts share: exactly these columns, in this order."""

    class Config:
        """Nothing more than the contract's columns."""

        strict = True
        ordered = True


class OrderLines(StandardTable):
    """One row a line of an order, a return or a cancellation (negative quantity or amount)."""

    order_id: str = _id("the order, invoice or credit note the line belongs to", required=True)
    order_date: dt.Date = _date("the day the line counts on; a cancellation has its own day", required=True)
    customer_id: str = _id("the customer; empty where the source knows none: the line counts as unassigned")
    line_no: str = _id("number of the line within its order; with it, lines are told apart")
    product_id: str = _id("the product or service sold")
    quantity: Decimal18 = _quantity("units sold, negative for returns", required=True)
    net_amount: Decimal18 = _money("what the customer pays after discounts, without tax", required=True)
    list_amount: Decimal18 = _money("list price times quantity")
    cost_amount: Decimal18 = _money("cost of the goods times quantity")
    currency: str = _code("ISO code of the source's currency; the amounts here are converted")
    salesperson_id: str = _id("who sold the line")
    enquiry_date: dt.Date = _date("the day the customer first asked")
    channel: str = _text("way of the order, such as web or field")


class Customers(StandardTable):
    """One row a customer, or with ``valid_from`` one row a customer and period."""

    customer_id: str = _id("the customer", required=True)
    name: str = _text("name of the customer")
    trade_class: str = _text("trade class 业种")
    region: str = _text("sales region")
    industry: str = _text("industry the customer works in")
    size_class: str = _text("size of the customer's business, as a class")
    salesperson_id: str = _id("who looks after the customer")
    acquisition_source: str = _text("how the customer was won")
    first_contact_date: dt.Date = _date("day of the first contact")
    credit_limit: Decimal18 = _money("agreed limit of what may be owed")
    interest_level: str = _text("how interested the customer is, as the sellers judge")
    parent_id: str = _id("customer_id of the parent company")
    status: str = _text("whether the business is open, in the source's words: customers.closed")
    closed_date: dt.Date = _date("first day on which the business is closed for good")
    tax_number: str = _id("tax or registration number 税号; stands on no page of a part")
    phone: str = _id("telephone; as tax_number")
    address: str = _text("street and house number, without the town; as tax_number")
    town: str = _text("town or city")
    valid_from: dt.Date = _date("first day on which the row's attributes hold")


class Products(StandardTable):
    """One row a product or service, or with ``valid_from`` one row a product and period."""

    product_id: str = _id("the product or service", required=True)
    name: str = _text("name of the product")
    category: str = _text("product category")
    offering_role: str = _choice("its part", ["core", "component", "accessory", "service", "support"])
    launch_date: dt.Date = _date("first day of sale")
    stock: Decimal18 = _quantity("units in stock on stock_date")
    stock_date: dt.Date = _date("day on which the stock was counted; without it the stock is in no report")
    valid_from: dt.Date = _date("first day on which the row's attributes hold")


class Salespeople(StandardTable):
    """One row a salesperson, or with ``valid_from`` one row a salesperson and period."""

    salesperson_id: str = _id("the salesperson", required=True)
    name: str = _text("name of the salesperson", required=True)
    team: str = _text("sales team")
    region: str = _text("sales region")
    valid_from: dt.Date = _date("first day on which the row's attributes hold")


class Targets(StandardTable):
    """One row a target: what is to be reached in a period by whom."""

    period: str = _period("year 2026, quarter 2026-Q3 or month 2026-10; FY2027, FY2027-Q1 or FY2027-P04")
    scope_type: str = _choice(
        "whose target it is; company where not given",
        ["company", "team", "salesperson", "trade_class", "customer"],
    )
    scope_id: str = _id("which team, salesperson, trade class or customer")
    metric: str = _text("what is counted; net_sales is sales in the report's currency", required=True)
    target: Decimal18 = _money("the value to reach, in the metric's unit", required=True)
    recorded_at: dt.Date = _date("day the target was set; empty: by the beginning of its calendar year")


class Invoices(StandardTable):
    """One row an invoice or, with a negative amount, a credit note."""

    invoice_id: str = _id("the invoice", required=True)
    customer_id: str = _id("who owes it", required=True)
    invoice_date: dt.Date = _date("day of the invoice", required=True)
    due_date: dt.Date = _date("day by which it is to be paid", required=True)
    amount: Decimal18 = _money("amount to be paid", required=True)


class Payments(StandardTable):
    """One row a payment, for an invoice or on a customer's account."""

    payment_date: dt.Date = _date("day the money came in", required=True)
    invoice_id: str = _id("the invoice paid; it or customer_id is needed")
    customer_id: str = _id("who paid; it or invoice_id is needed")
    amount: Decimal18 = _money("amount paid", required=True)


class Interactions(StandardTable):
    """One row a contact with a customer."""

    date: dt.Date = _date("day of the contact", required=True)
    customer_id: str = _id("the customer", required=True)
    kind: str = _text("visit, call, message, enquiry, training or another kind", required=True)
    salesperson_id: str = _id("who made the contact")
    contact_role: str = _choice("the contact's part", ["engineering", "purchasing", "management", "other"])
    topic: str = _text("what it was about")
    outcome: str = _text("what came of it")


class Complaints(StandardTable):
    """One row a complaint."""

    opened_at: Microseconds = _timestamp("when the complaint came in", required=True)
    customer_id: str = _id("the customer", required=True)
    category: str = _text("cause of the complaint")
    severity: str = _text("how severe it is")
    first_response_at: Microseconds = _timestamp("when it was first answered")
    resolved_at: Microseconds = _timestamp("when it was resolved; empty while open")


class Surveys(StandardTable):
    """One row an answer to a survey question."""

    date: dt.Date = _date("day of the answer", required=True)
    customer_id: str = _id("the customer", required=True)
    score: dt.Float64 = _score("the answer on its scale", required=True)
    scale_min: dt.Float64 = _score("lowest value of the scale")
    scale_max: dt.Float64 = _score("highest value of the scale")
    question: str = _text("the question asked")


class WalletEvidence(StandardTable):
    """One row an estimate of what a customer buys in a year from all suppliers."""

    customer_id: str = _id("the customer", required=True)
    as_of: dt.Date = _date("day the estimate was made", required=True)
    annual_purchases: Decimal18 = _money("purchases in a year from all suppliers", required=True)
    method: str = _choice(
        "how the estimate was come by",
        ["stated", "plan", "commitment", "resale", "stock_turnover", "accounts", "third_party"],
        required=True,
    )


class Prospects(StandardTable):
    """One row a prospect or enquirer."""

    prospect_id: str = _id("the prospect", required=True)
    first_contact_date: dt.Date = _date("day of the first contact", required=True)
    source: str = _text("how the prospect came to us")
    grade: str = _text("how promising the prospect is")
    trade_class: str = _text("trade class 业种")
    salesperson_id: str = _id("who looks after the prospect")
    converted_customer_id: str = _id("customer_id since the first order")
    converted_date: dt.Date = _date("day of the first order")


class CustomerAliases(StandardTable):
    """One row a decision whether two numbers are one customer; orders and invoices stay as issued."""

    customer_id: str = _id("the number that is counted under another", required=True)
    same_as: str = _id("the number under which it counts", required=True)
    from_date: dt.Date = _date("day from which on reports count so; empty: always")
    decision: str = _choice("what was decided; same where not given", ["same", "different"])
    decided_by: str = _text("who decided")
    reason: str = _text("why")


class BuyingGroups(StandardTable):
    """One row a member of a buying group, or with ``valid_from`` one row a member and period."""

    customer_id: str = _id("the customer", required=True)
    group_id: str = _id("the buying group; empty: in none from valid_from on")
    group_name: str = _text("name of the buying group")
    valid_from: dt.Date = _date("first day on which the row holds")


class DaysOff(StandardTable):
    """One row a day that the company, or a region of it, works otherwise than its country."""

    date: dt.Date = _date("the day", required=True)
    region: str = _text("the region it holds for, as [calendar] region says it; empty: everywhere")
    kind: str = _choice("what of the day is worked", ["closed", "half", "worked"], required=True)
    name: str = _text("what the day is called")
    announced_on: dt.Date = _date("day from which it is known; empty: from the day itself")


_ACTIONS = ["visit", "win_back", "keep", "grow", "review_credit", "collect", "answer_complaint"]


class ActionResults(StandardTable):
    """One row a result of an action: the filled-in ``actions.xlsx`` of a report."""

    month: str = _month("month of the report that proposed it, as 2026-10")
    customer_id: str = _id("the customer", required=True)
    action: str = _choice("what was to be done", _ACTIONS, required=True)
    status: str = _choice("what became of it; empty: nobody says", ["done", "not_done", "dropped"])
    date: dt.Date = _date("day of it; in no report of a month that ends before")
    note: str = _text("what came of it")


CONTRACTS: dict[TableName, type[StandardTable]] = {
    "order_lines": OrderLines, "customers": Customers, "products": Products, "salespeople": Salespeople,
    "targets": Targets, "invoices": Invoices, "payments": Payments, "interactions": Interactions,
    "complaints": Complaints, "surveys": Surveys, "wallet_evidence": WalletEvidence, "prospects": Prospects,
    "customer_aliases": CustomerAliases, "buying_groups": BuyingGroups, "days_off": DaysOff,
    "action_results": ActionResults,
}  # fmt: skip

#: What makes two rows the same record; in a table that is not here, only a whole row that repeats is one.
KEYS: dict[TableName, tuple[str, ...]] = {
    "order_lines": ("order_id", "line_no"),
    "customers": ("customer_id", "valid_from"),
    "products": ("product_id", "valid_from"),
    "salespeople": ("salesperson_id", "valid_from"),
    "targets": ("period", "scope_type", "scope_id", "metric", "recorded_at"),
    "invoices": ("invoice_id",),
    "prospects": ("prospect_id",),
    "customer_aliases": ("customer_id", "same_as", "from_date", "decision"),
    "buying_groups": ("customer_id", "valid_from"),
    "days_off": ("date", "region"),
}

#: The date by which a row belongs to a month.
DATES: dict[TableName, str] = {
    "order_lines": "order_date", "customers": "valid_from", "products": "valid_from",
    "salespeople": "valid_from", "invoices": "invoice_date", "payments": "payment_date",
    "interactions": "date", "complaints": "opened_at", "surveys": "date", "wallet_evidence": "as_of",
    "prospects": "first_contact_date", "customer_aliases": "from_date", "buying_groups": "valid_from",
    "days_off": "date", "action_results": "date",
}  # fmt: skip

#: By table what says from when a row is known: it is in no report of a month that ends before one of these days. A row
#: that has none of them filled is known always, and what it says is today's.
KNOWN_FROM: dict[TableName, tuple[str, ...]] = {
    **{table: (date,) for table, date in DATES.items()},
    "products": ("valid_from", "launch_date"),
    "targets": ("period", "recorded_at"),
    "action_results": ("month", "date"),
}

#: Columns that the source must have although single values may be missing.
NEEDED_COLUMNS: dict[TableName, tuple[str, ...]] = {
    "order_lines": ("customer_id",), "buying_groups": ("group_id",),
}  # fmt: skip

#: Tables of which at least one of the columns must be there, and filled, in each row.
ONE_OF: dict[TableName, tuple[str, ...]] = {"payments": ("invoice_id", "customer_id")}

#: The column whose sum is reconciled between input and output.
AMOUNT: dict[TableName, str] = {
    "order_lines": "net_amount", "invoices": "amount", "payments": "amount", "targets": "target",
    "wallet_evidence": "annual_purchases",
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
    """Give the contract's columns in their order."""
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
