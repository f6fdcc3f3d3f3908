"""What each standard table held in each month, in three figures: so that a later look can say where it was changed."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.facts.engine import to_pandas
from helpers.facts.store import Facts

_MONTH_COLUMNS = (
    "order_date", "invoice_date", "payment_date", "opened_at", "date", "enquiry_date", "as_of", "period",
    "valid_from",
)  # fmt: skip
"""What dates a row, by preference; a table with none of these is one lot, without a month."""
_MONEY_COLUMNS = ("net_amount", "amount", "annual_purchases", "target")


def history(facts: Facts) -> dict[str, dict[str, list[int | str]]]:
    """Return, by table and month up to the report's: count of rows, sum of money, and a hash over all values.

    The hash does not depend on the order of rows. Rows without a date, and all rows of a table that dates none,
    stand under the month ``""``. The sum is text with 4 decimals; empty where the table holds no money.
    """
    return {name: _of_table(facts.standard(name), str(facts.month)) for name in sorted(facts.tables.supplied)}


def month_of(table: ir.Table) -> ir.StringValue:
    """Return the month that dates each row, as text; ``""`` where none does."""
    dated = next((name for name in _MONTH_COLUMNS if name in table.columns), None)
    if dated is None:
        return ibis.literal("")
    return table[dated].cast("string").substr(0, 7).fill_null("")


def _of_table(table: ir.Table, last_month: str) -> dict[str, list[int | str]]:
    money = next((name for name in _MONEY_COLUMNS if name in table.columns), None)
    texts = [table[name].cast("string").fill_null("\x1e") for name in sorted(table.columns)]
    row = ibis.literal("\x1f").join(texts).hash().cast("decimal(38, 0)")
    rows = table.select(
        month=month_of(table),
        digest=row,
        amount=(table[money] if money else ibis.literal(0)).cast("decimal(38, 4)"),
    )
    found = (
        rows.filter(rows.month <= last_month)
        .group_by("month")
        .agg(
            rows=ibis._.count(),
            amount=ibis._.amount.sum().cast("string"),
            # A sum needs neither order nor memory, however many rows there are.
            digests=ibis._.digest.sum().cast("string"),
        )
        .order_by("month")
    )
    frame: pd.DataFrame = to_pandas(found.mutate(digests=found.digests.hexdigest("sha256")))
    return {
        month: [int(count), amount if money and amount is not None else "", digest[:32]]
        for month, count, amount, digest in zip(
            frame["month"], frame["rows"], frame["amount"], frame["digests"], strict=True
        )
    }
