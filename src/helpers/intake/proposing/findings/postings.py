"""Postings of a ledger in DATEV's format: which of them are sales, whose, with which sign, and what tax is in them."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.samples import Sample
from helpers.intake.reading.sql import literal

#: By the chart of accounts: the first digit of accounts of sales, and those that hold 19 % and 7 % by themselves.
_CHARTS = {"03": ("8", "8400", "8300"), "04": ("4", "4400", "4300")}
#: Keys of taxes on sales that are known: none, 7 % (2) and 19 % (3).
_KEYS = ("", "1", "2", "3", "40")
_MOST_ACCOUNTS = 8


def posting_columns(sample: Sample) -> dict[str, str]:
    """Name the columns of postings by what they are; none where the sample has no postings."""
    starts = {"amount": "Umsatz", "side": "Soll/Haben", "account": "Konto", "other": "Gegenkonto", "key": "BU-Schl",
              "order_id": "Belegfeld 1", "order_date": "Belegdatum", "reversal": "Generalumkehr",
              "currency": "WKZ Umsatz"}  # fmt: skip
    if sample.postings is None:
        return {}
    return {
        name: column
        for name, start in starts.items()
        if (column := next((candidate for candidate in sample.columns if candidate.startswith(start)), None))
        is not None
    }


def find_postings(draft: Draft) -> Iterator[Finding]:
    """Take the postings between an account of a customer and one of sales, signed as the customer's side says.

    How much tax is in them is asked: an account may hold it by itself, and a key may say so.
    """
    postings, columns = draft.sample.postings, posting_columns(draft.sample)
    if postings is None or not {"amount", "side", "account", "other"} <= {*columns}:
        return
    account, contra_account = draft.sql(columns["account"]), draft.sql(columns["other"])
    digits = postings.account_length
    first, second = (
        f"regexp_full_match({account_sql}, '[1-6][0-9]{{{digits}}}')"
        for account_sql in (account, contra_account)
    )
    customer = f"CASE WHEN {first} THEN {account} WHEN {second} THEN {contra_account} END"
    sales_account = f"CASE WHEN {first} THEN {contra_account} WHEN {second} THEN {account} END"
    chart = postings.chart if postings.chart in _CHARTS else _guess_chart(draft, sales_account)
    start, *rated = _CHARTS[chart]
    sales = f"coalesce(regexp_full_match({sales_account}, '{start}[0-9]{{{digits - 1}}}'), false)"
    sign = f"CASE WHEN coalesce({first}, false) = ({draft.sql(columns['side'])} = 'S') THEN 1 ELSE -1 END"
    amount = f"{sign} * {draft.number(columns['amount'])}"
    yield from _sales_accounts(draft, sales, sales_account, amount)
    if "reversal" in columns and any(text not in ("", "0") for text in draft.texts(columns["reversal"])):
        reversal = f"coalesce({draft.sql(columns['reversal'])}, '0') <> '0'"
        reason = f"{columns['reversal']} takes back another posting, and no map says how it counts."
        yield Finding(exclude=(("reversal_not_decided", reversal, reason),), uses=(columns["reversal"],))
    key = f"ltrim({draft.sql(columns['key'])}, '0')" if "key" in columns else "NULL"
    if "key" in columns:
        reason = f"Which tax the key in {columns['key']} means is not known here."
        unknown = f"coalesce({key}, '') NOT IN ({draft.quoted(_KEYS)})"
        yield Finding(exclude=(("tax_key_not_known", unknown, reason),), uses=(columns["key"],))
    full, reduced = (account_sql.ljust(digits, "0") for account_sql in rated)
    rate = (
        f"CASE WHEN {key} = '3' THEN 0.19 WHEN {key} = '2' THEN 0.07 WHEN {key} IN ('1', '40') THEN 0 "
        f"WHEN '{full}' IN ({account}, {contra_account}) THEN 0.19 "
        f"WHEN '{reduced}' IN ({account}, {contra_account}) THEN 0.07 ELSE 0 END"
    )
    net = f"without_tax({amount}, {rate})"
    gross, total_net = draft.fetch_row(
        "SELECT sum(a) FILTER (WHERE s), sum(n) FILTER (WHERE s) FROM "
        f"(SELECT ({amount}) AS a, ({net}) AS n, ({sales}) AS s FROM sample)"
    )
    own_currency = literal(postings.currency or "EUR")
    currency = (
        f"coalesce(nullif({draft.sql(columns['currency'])}, ''), {own_currency})"
        if "currency" in columns
        else own_currency
    )
    yield Finding(
        f"Sales are postings between accounts of customers ({digits + 1} digits, from 1 to 6) and accounts "
        f"{start}... of SKR {chart}; days are of {postings.first} to {postings.last}, as the first line says.",
        derived={"customer_id": customer, "quantity": sign, "currency": currency},
        questions={"net_amount": (
            "postings hold tax where their account or their key has it: what is net?",
            [(net, f"19 % are in account {full} and key 3, 7 % in {reduced} and key 2, none in others: "
                   f"{shown(total_net)} in all"),
             (amount, f"no tax is in the amounts: {shown(gross)} in all")],
        )},
        uses=tuple(columns.values()),
    )  # fmt: skip


def _guess_chart(draft: Draft, sold: str) -> str:
    """Tell the chart by where more postings with customers are."""
    starts = draft.values(f"left({sold}, 1)")
    return max(_CHARTS, key=lambda chart: starts.count(_CHARTS[chart][0]))


def _sales_accounts(draft: Draft, sales: str, sold: str, amount: str) -> Iterator[Finding]:
    """Say which accounts the sales are of, and set aside what is none, with its accounts."""

    def listed(condition: str) -> str:
        counted = draft.fetch_rows(
            f"SELECT coalesce({sold}, 'no customer'), count(*), sum({amount}) FROM sample WHERE {condition} "
            f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_MOST_ACCOUNTS}"
        )
        return "; ".join(f"{account}: {count} rows, {shown(total)}" for account, count, total in counted)

    if sales_listed := listed(sales):
        yield Finding(f"Accounts of sales: {sales_listed}.")
    if others_listed := listed(f"NOT {sales}"):
        reason = "The posting is not between an account of a customer and one of sales."
        yield Finding(
            f"No sales are postings with {others_listed}.", exclude=(("not_sales", f"NOT {sales}", reason),)
        )
