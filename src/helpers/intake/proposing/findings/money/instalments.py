"""Invoices that are due in parts: whether rows of one number with other days or amounts are its parts is asked."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.foreign_words import listed

#: What a part's own amount is called, beside that of the whole invoice.
_OWN_AMOUNT = listed(
    "instalmentamount installmentamount amountofinstalment partamount instotal ratenbetrag teilbetrag "
    "montantdeléchéance montantéchéance importecuota 本期应收 本期应收金额 本期金额 分期金额 本期应付金额"
)


def find_instalments(draft: Draft) -> Iterator[Finding]:
    """Say that an invoice's parts count by themselves, or ask whether they are parts where no column numbers them."""
    if draft.table != "invoices" or not {"invoice_id", "due_date", "amount"} <= draft.columns.keys():
        return
    number, due = (draft.sql(draft.columns[name]) for name in ("invoice_id", "due_date"))
    own_amount = find_column(_OWN_AMOUNT, draft.unmapped)
    part_amount = draft.sql(own_amount or draft.columns["amount"])
    several = f"SELECT {number} FROM sample GROUP BY 1 HAVING count(DISTINCT ({due}, {part_amount})) > 1"
    amount = draft.number(own_amount or draft.columns["amount"])
    invoices, rows, distinct_rows, money = draft.fetch_row(
        f"SELECT count(DISTINCT {number}), count(*), count(DISTINCT ({number}, {due}, {part_amount})), sum({amount}) "
        f"FROM sample WHERE {number} IN ({several})"
    )
    if not invoices:
        return
    if own_amount is not None:
        yield Finding(
            f"{own_amount} is what is due on each day; {draft.columns['amount']} stands there once more for each.",
            columns={"amount": own_amount},
        )
    observation = (
        f"{invoices} invoices stand in {rows} rows with other due dates or amounts and {shown(money)}"
    )
    if "instalment" in draft.columns:
        yield Finding(
            f"{observation}: parts by {draft.columns['instalment']}, each with its own amount, and all count."
        )
        return
    in_order = f"OVER (PARTITION BY {number} ORDER BY {due}, {part_amount})"
    repeated = (
        "CAST(NULL AS VARCHAR)",
        'the same invoice again: say which counts by same_number = "first" or "last"',
    )
    parts_meaning = "parts, each due by itself and with its own amount: all count"
    readings = [(f"dense_rank() {in_order}", parts_meaning), repeated]
    if distinct_rows < rows:  # as of a list with a row for each of an invoice's lines
        identical = f"of {rows - distinct_rows} rows that are alike"
        readings = [
            (f"dense_rank() {in_order}", f"{parts_meaning}, {identical} one each"),
            (
                f"row_number() {in_order}",
                f"parts or lines of the invoice: all rows count, {identical} all too",
            ),
            repeated,
        ]
    yield Finding(questions={"instalment": (f"{observation}: are they parts?", readings)})
