"""Facts about receivables: open invoices as of the month end, ageing, and payment behaviour.

A payment that names an invoice of the month or before settles it. All other credit of a customer (payments without an
invoice or for an unknown one, overpayments, credit notes) settles its invoices oldest first, by invoice date and then
number. The rest is credit on account. An invoice due in parts has one row a part: see
`helpers.subjects.receivables.open_history`. So for every customer balance = invoiced - paid = open invoices - credit
on account, exactly.

Months are the company's, and a month end is the day on which its books close (`CompanyYear.last_day`). Days stay days.
"""

# Ibis columns, not pandas: `notnull` is Ibis' name.
# ruff: noqa: PD003, PD004

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.periods import month_of_day
from helpers.engine.as_of import MONEY, month_of
from helpers.engine.fact import Fact, by_customer, by_owner, company_only, monthly_fact
from helpers.engine.facts import Facts
from helpers.engine.months.monthly import HistorySource, Monthly
from helpers.subjects.receivables.open_history import bills, open_history

#: So many past month ends say how good the forecast of cash was, and so many months it looks ahead.
CASH_ORIGINS, CASH_MONTHS = 12, 3
#: An ageing bucket: name and the days late at which it begins and ends, both included; None: open-ended.
Age = tuple[str, int | None, int | None]
_ITEMS = {
    "invoice_id": "string", "instalment": "string", "customer_id": "string", "invoice_date": "date",
    "due_date": "date", "amount": MONEY, "open_amount": MONEY, "days_late": "int64",
}  # fmt: skip


def ages(ends: Sequence[int] = (30, 60, 90)) -> tuple[Age, ...]:
    """Return the names of the ageing buckets that end at these days late: not_due, late_1_30 ..., late_over_90.

    Examples
    --------
    >>> ages((45,))
    (('not_due', None, 0), ('late_1_45', 1, 45), ('late_over_45', 46, None))
    """
    starts = [1, *(end + 1 for end in ends)]
    between = [(f"late_{start}_{end}", start, end) for start, end in zip(starts, ends, strict=False)]
    return (("not_due", None, 0), *between, (f"late_over_{ends[-1]}", starts[-1], None))


def open_items(invoices: ir.Table | None, paid: ir.Table, month_end: dt.date) -> ir.Table:
    """Return every invoice up to the month end, or every part of one, with its open amount.

    Parameters
    ----------
    paid
        `linked_payments`, as of the month end, as in all facts here.

    Returns
    -------
    ibis.expr.types.Table
        invoice_id, instalment (NULL: due as a whole), customer_id, invoice_date, due_date, amount, open_amount (0 or
        more), days_late (from the due date to the month end; 0 or less: not due).
    """
    if invoices is None:
        return ibis.memtable([], schema=ibis.schema(_ITEMS))
    rest, credit = _rests_and_credits(bills(invoices, month_end), paid)
    credit = credit.select(credit_of=credit.customer_id, credit_amount=credit.credit_amount)
    rows = rest.left_join(credit, rest.customer_id == credit.credit_of)
    # Only what is unpaid, and only where there is credit, has to be put in order.
    settles = (rows.rest_amount > 0) & (rows.credit_amount > 0).fill_null(False)
    kept = rows.filter(~settles).mutate(open_amount=rows.rest_amount)
    some = rows.filter(settles)
    oldest_first = ibis.cumulative_window(group_by=some.customer_id, order_by=[some.turn, some.item_id])
    uncovered = (some.rest_amount.sum().over(oldest_first) - some.credit_amount).cast(MONEY)
    nothing = ibis.literal(0).cast(MONEY)
    some = some.mutate(open_amount=ibis.least(some.rest_amount, ibis.greatest(uncovered, nothing)))
    both = kept.union(some.select(*kept.columns))
    return (
        both.mutate(days_late=ibis.date(month_end).delta(both.due_date, unit="day"))
        .select(*_ITEMS)
        .cast(_ITEMS)
    )


def _rests_and_credits(known: ir.Table, paid: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Return invoices with ``rest_amount`` after their own payments, and ``credit_amount`` by customer."""
    named = paid.filter(paid.invoice_id.notnull())
    direct = named.group_by(paid_id="item_id").agg(paid_amount=named.amount.sum())
    rows = known.left_join(direct, known.item_id == direct.paid_id)
    nothing = ibis.literal(0).cast(MONEY)
    rest = (rows.amount - rows.paid_amount.fill_null(0)).cast(MONEY)
    rows = rows.mutate(rest_amount=ibis.greatest(rest, nothing), over_amount=ibis.greatest(-rest, nothing))
    account = paid.filter(paid.invoice_id.isnull()).select("customer_id", credit_amount="amount")
    over = rows.filter(rows.over_amount > 0).select("customer_id", credit_amount="over_amount")
    credits = account.union(over.cast({"credit_amount": MONEY}))
    return rows, credits.group_by("customer_id").agg(credit_amount=credits.credit_amount.sum().cast(MONEY))


def receivables(
    invoices: ir.Table | None,
    paid: ir.Table,
    items: ir.Table,
    first_day: dt.date,
    ends: Sequence[int] = (30, 60, 90),
) -> ir.Table:
    """Return each customer's balance at the month end, by age.

    Parameters
    ----------
    items
        The fact `open_items`.
    first_day
        First day of the window in which amounts fell due.
    ends
        Where the ageing buckets end.

    Returns
    -------
    ibis.expr.types.Table
        customer_id (NULL: payments that name neither a customer nor a known invoice), balance_amount (invoiced - paid),
        open_amount, one column ``NAME_amount`` an ageing bucket of `ages` (they add up to open_amount), overdue_amount,
        credit_amount (on account; open - credit = balance), open_invoices, overdue_invoices (one in parts once),
        most_days_late (of an open invoice or part; NULL if nothing is open), due_amount (fell due in the window),
        due_open_amount (of that, still open).
    """
    sums = {f"{name}_amount": MONEY for name, _, _ in ages(ends)}
    schema = {
        "customer_id": "string", "balance_amount": MONEY, "open_amount": MONEY, **sums, "overdue_amount": MONEY,
        "credit_amount": MONEY, "open_invoices": "int64", "overdue_invoices": "int64", "most_days_late": "int64",
        "due_amount": MONEY, "due_open_amount": MONEY,
    }  # fmt: skip
    if invoices is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    is_open, late = items.open_amount > 0, items.days_late
    in_window = (items.due_date >= ibis.date(first_day)) & (items.days_late >= 0) & (items.amount > 0)
    by_age = {
        f"{name}_amount": items.open_amount.sum(where=_between(late, low, high))
        for name, low, high in ages(ends)
    }
    owed = items.group_by("customer_id").agg(
        invoiced_amount=items.amount.sum(),
        open_amount=items.open_amount.sum(),
        **by_age,
        overdue_amount=items.open_amount.sum(where=late > 0),
        open_invoices=_documents(items, is_open),
        overdue_invoices=_documents(items, is_open & (late > 0)),
        most_days_late=late.max(where=is_open),
        due_amount=items.amount.sum(where=in_window),
        due_open_amount=items.open_amount.sum(where=in_window),
    )
    paid = paid.group_by(payer_id=paid.customer_id).agg(paid_amount=paid.amount.sum())
    joined = owed.outer_join(paid, owed.customer_id == paid.payer_id)
    counts = ("open_invoices", "overdue_invoices")
    filled = {name: joined[name].fill_null(0) for name in (*owed.columns, "paid_amount")
              if name.endswith("_amount") or name in counts}  # fmt: skip
    joined = joined.mutate(customer_id=ibis.coalesce(joined.customer_id, joined.payer_id), **filled)
    balance = joined.invoiced_amount - joined.paid_amount
    joined = joined.mutate(balance_amount=balance, credit_amount=joined.open_amount - balance)
    return joined.select(*schema).cast(schema).order_by("customer_id")


def _documents(items: ir.Table, which: ir.BooleanValue) -> ir.IntegerScalar:
    """Count invoices; an invoice in parts counts once."""
    unsplit = items.instalment.isnull()
    return items.count(where=which & unsplit) + items.invoice_id.nunique(where=which & ~unsplit)


def _between(days: ir.Value, low: int | None, high: int | None) -> ir.BooleanValue:
    if low is None:
        return days <= high
    return days >= low if high is None else days.between(low, high)


def credit_records(
    items: ir.Table, first_day: dt.date, bad_days: int, months: FiscalPeriods | None = None
) -> ir.Table:
    """Return the inputs of each customer's credit limit, from invoices up to the month end.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, invoiced_amount (of the invoices above zero dated in the window), invoiced_months (that have one),
        invoices, term_days_sum (from the invoice's day to its due day; of one in parts their mean, weighted by what
        they amount to), open_amount, bad_amount (open for more days than ``bad_days`` past its due day).
    """
    schema = {
        "customer_id": "string", "invoiced_amount": MONEY, "invoiced_months": "int64", "invoices": "int64",
        "term_days_sum": "float64", "open_amount": MONEY, "bad_amount": MONEY,
    }  # fmt: skip
    bad = (items.days_late > bad_days).ifelse(items.open_amount, ibis.literal(0).cast(MONEY))
    term = items.due_date.delta(items.invoice_date, unit="day")
    rows = items.mutate(bad_amount=bad, term_days=term.cast(MONEY))
    kept = ["customer_id", "invoice_date", "amount", "term_days", "open_amount", "bad_amount"]
    parts = rows.filter(rows.instalment.notnull())
    money = {name: parts[name].sum().cast(MONEY) for name in ("amount", "open_amount", "bad_amount")}
    weighted = (parts.term_days * parts.amount).sum() / parts.amount.sum().nullif(0)
    of_parts = parts.group_by(["customer_id", "invoice_id", "invoice_date"]).agg(
        term_days=weighted.fill_null(0).cast(MONEY), **money
    )
    invoices = rows.filter(rows.instalment.isnull()).select(kept).union(of_parts.select(kept))
    recent = (invoices.invoice_date >= ibis.date(first_day)) & (invoices.amount > 0)
    sums = invoices.group_by("customer_id").agg(
        invoiced_amount=invoices.amount.sum(where=recent).fill_null(0),
        invoiced_months=month_of(invoices.invoice_date, months).nunique(where=recent),
        invoices=invoices.count(where=recent),
        term_days_sum=invoices.term_days.sum(where=recent).fill_null(0),
        open_amount=invoices.open_amount.sum(),
        bad_amount=invoices.bad_amount.sum(),
    )
    return sums.select(*schema).cast(schema).order_by("customer_id")


def cash_history(history: ir.Table, owned: ir.Table) -> ir.Table:
    """Return open amounts at past month ends, and how much of each was still open one to three months later.

    Returns
    -------
    ibis.expr.types.Table
        month (DATE), salesperson_id, team (of the customer's owner now), weeks_late, open_amount, open_1_amount,
        open_2_amount, open_3_amount (of the same invoices so many months later; 0 where that is not known yet).
    """
    number = history.month.year() * 12 + history.month.month()
    owners = owned.select("salesperson_id", "team", owned_id=owned.customer_id)
    rows = history.mutate(number=number, weeks_late=(history.days_late / 7).floor().cast("int64"))
    rows = rows.left_join(owners, rows.customer_id == owners.owned_id)
    later = history.select(later_id="item_id", later_number=number, later_amount="open_amount")
    # One join for all months ahead: an invoice is looked up once, not once for each of them.
    pairs = rows.inner_join(
        later,
        [
            rows.item_id == later.later_id,
            rows.number < later.later_number,
            later.later_number <= rows.number + CASH_MONTHS,
        ],
    )
    keys = ["month", "salesperson_id", "team", "weeks_late"]
    nothing = ibis.literal(0).cast(MONEY)
    ahead = {f"open_{months}_amount": months for months in range(1, CASH_MONTHS + 1)}
    now = rows.group_by(keys).agg(
        open_amount=rows.open_amount.sum().cast(MONEY), **dict.fromkeys(ahead, nothing)
    )
    gap = pairs.later_number - pairs.number
    then = pairs.group_by(keys).agg(
        open_amount=nothing,
        **{
            name: pairs.later_amount.sum(where=gap == months).fill_null(0).cast(MONEY)
            for name, months in ahead.items()
        },
    )
    both = now.union(then)
    sums = both.group_by(keys).agg(**{name: both[name].sum().cast(MONEY) for name in ("open_amount", *ahead)})
    return sums.order_by(keys)


def _open_history(facts: Facts, after: pd.Period | None) -> ir.Table:
    ends = [facts.year.last_day(month_of_day(end)) for end in facts.month_ends(CASH_ORIGINS + 1, after)]
    paid = facts.table("linked_payments")
    return open_history(facts.optional("invoices"), paid, ends, facts.year.months)


def payment_weeks(paid: ir.Table, months: FiscalPeriods | None = None) -> ir.Table:
    """Return payments by month and weeks late.

    Returns
    -------
    ibis.expr.types.Table
        month (DATE, of the payment), weeks_late (of payments that name their invoice), paid_amount, payments.
    """
    schema = {"month": "date", "weeks_late": "int64", "paid_amount": MONEY, "payments": "int64"}
    named = paid.filter(paid.invoice_id.notnull() & (paid.amount > 0))
    late = named.payment_date.delta(named.due_date, unit="day")
    named = named.mutate(
        month=month_of(named.payment_date, months), weeks_late=(late / 7).floor().cast("int64")
    )
    keys = ["month", "weeks_late"]
    sums = named.group_by(keys).agg(paid_amount=named.amount.sum(), payments=named.count())
    return sums.select(*schema).cast(schema).order_by(keys)


def receivable_months(
    invoices: ir.Table | None, paid: ir.Table, month_end: dt.date, months: FiscalPeriods | None = None
) -> ir.Table:
    """Return each customer's invoiced and paid amounts by month, and days late.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, month (DATE, its first day), invoiced_amount, paid_amount; of the payments that name their invoice:
        payments, days_late_sum, days_late_squares (days late at payment; early is negative).
    """
    schema = {
        "customer_id": "string", "month": "date", "invoiced_amount": MONEY, "paid_amount": MONEY,
        "payments": "int64", "days_late_sum": "int64", "days_late_squares": "int64",
    }  # fmt: skip
    if invoices is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    known = invoices.filter(invoices.invoice_date <= ibis.date(month_end))
    known = known.mutate(month=month_of(known.invoice_date, months))
    owed = known.group_by(["customer_id", "month"]).agg(invoiced_amount=known.amount.sum().cast(MONEY))
    late = paid.payment_date.delta(paid.due_date, unit="day").cast("int64")
    named = paid.invoice_id.notnull() & (paid.amount > 0)
    paid = paid.mutate(
        month=month_of(paid.payment_date, months),
        late=named.ifelse(late, ibis.null("int64")),
        named=named.ifelse(1, 0),
    )
    received = paid.group_by(["customer_id", "month"]).agg(
        paid_amount=paid.amount.sum().cast(MONEY),
        payments=paid.named.sum().cast("int64"),
        days_late_sum=paid.late.sum().cast("int64"),
        days_late_squares=(paid.late * paid.late).sum().cast("int64"),
    )
    # Sums of half the rows each are put side by side: cheaper than sums over both kinds of rows in one.
    nobody = ibis.literal("")
    both = owed.mutate(who=owed.customer_id.fill_null(nobody)).outer_join(
        received.select(
            *list(schema)[3:],
            came_to="customer_id",
            came_in="month",
            payer=received.customer_id.fill_null(nobody),
        ),
        [("who", "payer"), ("month", "came_in")],
    )
    amounts = {name: both[name].fill_null(0) for name in list(schema)[2:]}
    rows = both.select(
        customer_id=ibis.coalesce(both.customer_id, both.came_to),
        month=ibis.coalesce(both.month, both.came_in),
        **amounts,
    )
    return rows.cast(schema).order_by(["customer_id", "month"])


def _first_day(f: Facts) -> dt.date:
    return f.year.first_day(month_of_day(f.window()[0]))


FACTS: dict[str, Fact] = {
    "open_items": Fact(
        lambda f: open_items(f.optional("invoices"), f.table("linked_payments"), f.year.last_day(f.month)),
        order=("invoice_id", "instalment"),
        scoped=by_customer,
    ),
    "receivables": Fact(
        lambda f: receivables(
            f.optional("invoices"),
            f.table("linked_payments"),
            f.table("open_items"),
            _first_day(f),
            f.settings.money.ages,
        ),
        order=("customer_id",),
        scoped=by_customer,
        is_ordered=True,
    ),
    "credit_records": Fact(
        lambda f: credit_records(
            f.table("open_items"), _first_day(f), f.settings.money.credit.bad_days, f.year.months
        ),
        order=("customer_id",),
        scoped=by_customer,
        empty_without="open_items",
        is_ordered=True,
    ),
    "payment_weeks": Fact(
        lambda f: payment_weeks(f.table("linked_payments"), f.year.months),
        order=("month", "weeks_late"),
        scoped=company_only,
        empty_without="linked_payments",
    ),
    "open_history": monthly_fact(
        Monthly(
            _open_history, (HistorySource("invoices"), HistorySource("payments")), months=CASH_ORIGINS + 1
        ),
        order=("month", "item_id"),
        scoped=by_customer,
    ),
    "cash_history": Fact(
        lambda f: cash_history(f.table("open_history"), f.table("customers")),
        order=("month", "salesperson_id", "team", "weeks_late"),
        scoped=by_owner,
        empty_without="open_history",
    ),
    "receivable_months": Fact(
        lambda f: receivable_months(
            f.optional("invoices"), f.table("linked_payments"), f.year.last_day(f.month), f.year.months
        ),
        order=("customer_id", "month"),
        scoped=by_customer,
        is_ordered=True,
    ),
}
