"""Views of credit: suggested limits against limits in force, and delivery stops."""

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, propose
from helpers.present.charts.bars import paired_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table, with_full_sheet
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.subjects.receivables.credit import Credit, month_days
from helpers.subjects.receivables.views import at_risk

PAGE = "11_quotes_delivery_returns"
_SHOWN = 8


def credit(result: Credit | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return limits and the list of delivery stops; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table invoices."))]
    if result.customers.empty:
        return [findings(_("None of these customers has an invoice."))]
    return [credit_findings(result, n), *_chart(result, n), _stop_table(result, n)]


def credit_findings(result: Credit, n: Numbers) -> Findings:
    """Return bad debts, how limits are suggested, and what has no grade."""
    _, rules = n.words, result.rules
    bad = _("Bad debt rate: {rate} of what is open is more than {days} days past its due day, {amount}.",
            rate=n.percent(result.bad_rate), days=n.count(rules.bad_days),
            amount=n.money_short(result.bad_amount)) if pd.notna(result.bad_rate) else None  # fmt: skip
    grades = _.phrases(
        _("{grade} up to {days} days late × {factor}", grade=name, days=n.count(grade.late_days),
          factor=n.decimal(grade.factor)) for name, grade in rules.grades.items()
    )  # fmt: skip
    formula = _("Suggested limit: mean invoiced in months with an invoice × term in months × factor of the grade "
                "({grades}; {lowest} none).", grades=grades, lowest=rules.lowest)  # fmt: skip
    ungraded = result.ungraded and _.ngettext(
        "{n} customer who owes has too few payments for a grade.",
        "{n} customers who owe have too few payments for a grade.", result.ungraded,
    )  # fmt: skip
    return findings(bad, _stop_sentence(result, n), formula, ungraded)


def _stop_sentence(result: Credit, n: Numbers) -> str | None:
    rows = result.customers[result.customers["stop"]]
    if rows.empty:
        return None
    return n.words.ngettext("To ship no more: {n} customer, who owes {amount}.",
                            "To ship no more: {n} customers, who owe {amount}.",
                            len(rows),
                            amount=n.money_short(float(rows["balance_amount"].sum())))  # fmt: skip


def _chart(result: Credit, n: Numbers) -> list[Chart]:
    """Draw limits in force and suggested limits of the largest debtors."""
    _ = n.words
    known = result.customers.dropna(subset=["credit_limit", "suggested_amount"])
    if known.empty:
        return []
    over = int((known["credit_limit"] > known["suggested_amount"]).sum())
    title = _(
        "{count} of {all} limits are above the suggested one", count=n.count(over), all=n.count(len(known))
    )
    rows = known.head(_SHOWN)
    frame = rows.assign(label=display_names(rows))
    alt = _.pairs(frame["label"], map(n.money_short, frame["suggested_amount"]))
    return [paired_bars(frame, names=(_("Suggested"), _("In force")), title=title, alt=alt, fmt=n.money_short,
                        values=("suggested_amount", "credit_limit"))]  # fmt: skip


def _stop_table(result: Credit, n: Numbers) -> Table:
    _ = n.words
    rows = result.customers[result.customers["stop"]]
    columns = {
        **measures(n, "customer", "balance_amount", bar="balance_amount"),
        "over_limit_amount": Column(_("Over the limit"), n.count),
        "bad_amount": Column(_("Bad"), n.count),
        "grade": Column(_("Credit grade")),
        "suggested_amount": Column(_("Suggested limit"), n.count),
        **measures(n, "credit_limit", "salesperson_name"),
    }
    caption = _("Ship no more: over the limit, or of the lowest grade, in {currency}", currency=n.currency)
    empty = _("Nobody is to be stopped.")
    read = truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, empty=empty, read=_SHOWN)
    every = result.customers.assign(customer=display_names(result.customers))
    every = every.sort_values("stop", ascending=False, kind="stable")
    return with_full_sheet(read, every, every["stop"], columns, _("Credit by customer"), n)


def weighed_findings(result: Credit, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: delivery stops, weighed by the expected loss of their balance."""
    rows = result.customers[result.customers["stop"]]
    lost = at_risk(rows, rows["bad_amount"], likely)
    lost = lost.clip(lower=likely.expected_loss(rows["customer_id"], rows["balance_amount"]))
    return weighed(PAGE, (_stop_sentence(result, n), float(lost.sum())))


def proposed_actions(result: Credit, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to stop deliveries to customers of the lowest grade that are within their limit.

    The value at stake is the expected loss on new debt, a usual term's sales; collecting existing debt is proposed by
    the receivables.
    """
    rows = result.customers[result.customers["stop"] & ~(result.customers["over_limit_amount"] > 0)]
    about = rows[["customer_id", "grade", "bad_amount"]]
    anew = (rows["monthly_amount"] * rows["term_days"] / month_days(result.month)).fillna(0)
    lost = likely.expected_loss(rows["customer_id"], anew)
    due = n.year.ends(result.month + 1)
    return propose(about, "review_credit", lost, due, _reason, n, "money", ("owed", rows["balance_amount"]))


def _reason(row: Row, n: Numbers) -> str:
    return n.words("Credit grade {grade}: ship only against payment; {amount} is bad.",
                   grade=row["grade"], amount=n.money_short(row["bad_amount"]))  # fmt: skip
