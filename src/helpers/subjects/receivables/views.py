"""Views of receivables: balances, ageing, late payers, expected cash."""

import pandas as pd

from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.receivables.receivables import Receivables
from helpers.subjects.targets.views import intervals_sentence

PAGE = "07_targets_and_people"


def age_label(age: str, _: Words) -> str:
    """Return the label of an ageing bucket."""
    if age in ("not_due", "on_account"):
        return _("Not due") if age == "not_due" else _("Credit on account")
    low, high = age.split("_")[1:]
    if low == "over":
        return _("Over {days} days late", days=high)
    return _("{low} to {high} days late", low=low, high=high)


def receivables(result: Receivables | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return balance, ageing and names; None if the table invoices is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_(
            "Receivables need the table invoices, and payments to know what is settled. The sales file can be both, "
            "where it says when each sale is due, and what was paid of it and when: docs/own-data.md shows how."
        ))]  # fmt: skip
    if result.customers.empty:
        return [findings(_("None of these customers has an invoice or a payment."))]
    return [receivables_findings(result, n), _ageing_chart(result, n), *_dso_chart(result, n),
            overdue_table(result, n), behind(limit_table(result, n)), behind(_later_table(result, n)),
            _cash_findings(result, n), behind(_cash_table(result, n))]  # fmt: skip


def receivables_findings(result: Receivables, n: Numbers) -> Findings:
    """Return balance, overdue share, and the largest overdue customers."""
    _ = n.words
    first = _("Customers owe {balance}, of which {overdue} is overdue.",
              balance=n.money_short(result.balance_amount), overdue=n.money_short(result.overdue_amount))  # fmt: skip
    days = pd.notna(result.dso_days) and _(
        "Days sales outstanding are {days}; of what fell due in the window {rate} is collected.",
        days=n.decimal(result.dso_days, 0), rate=n.percent(result.collection_rate),
    )  # fmt: skip
    unmatched = result.unmatched_amount and _(
        "{amount} was paid without naming a customer or a known invoice.",
        amount=n.money_short(result.unmatched_amount),
    )  # fmt: skip
    return findings(first, _largest(result, n), days, unmatched)


def _largest(result: Receivables, n: Numbers) -> str | None:
    late = result.customers[result.customers["overdue_amount"] > 0]
    if late.empty:
        return None
    return n.words("Most overdue is {customer} with {amount}.", customer=display_names(late).iloc[0],
                   amount=n.money_short(late["overdue_amount"].iloc[0]))  # fmt: skip


def _ageing_chart(result: Receivables, n: Numbers) -> Chart:
    _ = n.words
    rows = result.ageing[(result.ageing["age"] != "on_account") | (result.ageing["amount"] != 0)]
    frame = rows.assign(label=[age_label(age, _) for age in rows["age"]])
    total = float(result.ageing["amount"][:-1].sum())
    share = result.overdue_amount / total if total > 0 else float("nan")
    title = _("{share} of the money in open invoices is overdue", share=n.percent(share))
    alt = _.pairs(frame["label"], map(n.money_short, frame["amount"]))
    return share_bars(frame, title=title, alt=alt, fmt=n.money_short, value="amount")


def overdue_table(result: Receivables, n: Numbers) -> Table:
    """List overdue customers, largest amount first."""
    _ = n.words
    columns = {
        **measures(n, "customer"),
        "overdue_amount": Column(_("Overdue"), n.count, bar=True),
        **measures(n, "balance_amount"),
        "most_days_late": Column(_("Oldest, days late"), n.count),
        **measures(n, "collection_rate", "salesperson_name"),
    }
    rows = result.customers[result.customers["overdue_amount"] > 0]
    caption = _("Who is overdue, in {currency}", currency=n.currency)
    return truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, empty=_("Nobody is overdue."))


def limit_table(result: Receivables, n: Numbers) -> Table:
    """List customers over their credit limit."""
    _ = n.words
    columns = {
        **measures(n, "customer"),
        "over_limit_amount": Column(_("Over the limit"), n.count, bar=True),
        **measures(n, "balance_amount", "credit_limit"),
        "limit_use": Column(_("Used"), n.percent),
    }
    rows = result.customers[result.customers["over_limit_amount"] > 0]
    rows = largest_first(rows, "over_limit_amount")
    empty = _("Nobody owes more than a known credit limit.")
    caption = _("Who owes more than the credit limit, in {currency}", currency=n.currency)
    return truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, empty=empty)


def _later_table(result: Receivables, n: Numbers) -> Table:
    _ = n.words
    columns = {
        **measures(n, "customer"),
        "lateness_before_days": Column(_("Days late before"), n.decimal),
        "lateness_days": Column(_("Days late in the last six months"), n.decimal),
        **measures(n, "balance_amount"),
    }
    rows = result.customers[result.customers["pays_later"]]
    rows = largest_first(rows, "later_days")
    caption, empty = _("Who pays later than before"), _("Nobody pays clearly later than before.")
    return truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, empty=empty)


def _cash_table(result: Receivables, n: Numbers) -> Table:
    _ = n.words
    months, tests = result.cash.months, result.cash.tests
    frame = months.assign(label=[n.month(month) for month in months["month"]])
    frame = frame.merge(tests, on="horizon_months", how="left")
    columns = {"label": Column(_("Month")), "amount": Column(_("Expected"), n.count)}
    if len(tests):
        columns |= {
            "low_amount": Column(_("Low (80%)"), n.count),
            "high_amount": Column(_("High (80%)"), n.count),
            "error": Column(_("Mean error so far"), n.percent),
            **measures(n, "origins"),
        }
    caption = _("Cash to expect from invoices open now, in {currency}", currency=n.currency)
    return table(frame, columns, caption)


def _cash_findings(result: Receivables, n: Numbers) -> Findings:
    """Return expected cash, and the error of past forecasts."""
    _ = n.words
    amount, tests = float(result.cash.months["amount"].sum(skipna=False)), result.cash.tests
    if pd.isna(amount):
        return findings(
            _("What will come in cannot be told: no earlier month end shows how these invoices are paid.")
        )
    first = _("Of what is open now, {amount} is expected within three months.", amount=n.money_short(amount))
    if tests.empty:
        return findings(first)
    error = _.ngettext(
        "The same forecast of the month that follows was off by {error} at {n} past month end.",
        "The same forecast of the month that follows was off by {error} on average at {n} past month ends.",
        int(tests["origins"].iloc[0]), error=n.percent(tests["error"].iloc[0]),
    )  # fmt: skip
    hits, intervals = int(tests["held"].sum()), int(tests["intervals"].sum())
    return findings(first, error, intervals_sentence(hits, intervals, n))


def _dso_chart(result: Receivables, n: Numbers) -> list[Chart]:
    """Draw days sales outstanding by month end; nothing with fewer than two known."""
    _ = n.words
    known = result.months.dropna(subset="dso_days")
    if len(known) < 2:
        return []
    days = known["dso_days"]
    title = _("Days sales outstanding went from {first} to {last} between {start} and {end}",
              first=n.decimal(days.iloc[0], 0), last=n.decimal(days.iloc[-1], 0),
              start=n.month(known["month"].iloc[0]), end=n.month(known["month"].iloc[-1]))  # fmt: skip
    fmt = n.decimal.to(0)
    alt = _.pairs(map(n.month_short, known["month"]), map(fmt, days))
    series = [("dso_days", _("Days sales outstanding"))]
    return [trend(known, series, title=title, alt=alt, fmt=fmt, fmt_month=n.month_short)]


def at_risk(rows: pd.DataFrame, amount: pd.Series, likely: Likelihood) -> pd.Series:
    """Return each customer's balance that is likely lost.

    The probability is the age of the oldest invoice in days over 365, or the churn probability if that is higher.
    """
    aged = amount.astype("float64") * (rows["most_days_late"].fillna(0) / 365).clip(0, 1)
    return aged.clip(lower=likely.expected_loss(rows["customer_id"], amount)).round(4)


def weighed_findings(result: Receivables, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: overdue amounts, weighed by expected loss."""
    if not result.overdue_amount > 0:
        return []
    late = result.customers[result.customers["overdue_amount"] > 0]
    return weighed(
        PAGE,
        (receivables_findings(result, n).sentences[0], at_risk(late, late["overdue_amount"], likely).sum()),
    )


def proposed_actions(result: Receivables, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to collect overdue amounts, and to review credit over the limit or of late payers.

    The value is the expected loss; for amounts over the limit too, by the churn probability.
    """
    found = result.customers
    late, over = found[found["overdue_amount"] > 0], found[found["over_limit_amount"] > 0]
    later = found[found["pays_later"] & ~(found["over_limit_amount"] > 0)]
    likely_lost = likely.expected_loss(later["customer_id"], later["balance_amount"])
    over_lost = likely.expected_loss(over["customer_id"], over["over_limit_amount"])
    about = pd.concat(
        [
            late.assign(
                said="overdue", kind="collect", at_stake_amount=at_risk(late, late["overdue_amount"], likely),
                shown_amount=late["overdue_amount"],
            ),
            over.assign(
                said="over_limit", kind="review_credit", at_stake_amount=over_lost,
                shown_amount=over["over_limit_amount"],
            ),
            later.assign(
                said="owed", kind="review_credit", at_stake_amount=likely_lost, shown_amount=later["balance_amount"]
            ),
        ]
    )  # fmt: skip
    columns = ["customer_id", "said", "over_limit_amount", "later_days", "most_days_late", "overdue_amount"]
    due = n.year.ends(result.month + 1)
    stated = about["said"], about["shown_amount"]
    return propose(about[columns], about["kind"], about["at_stake_amount"], due, _reason, n, "money", stated)


def _reason(row: Row, n: Numbers) -> str:
    _ = n.words
    if row["said"] == "over_limit":
        return _(
            "The balance is {amount} over the credit limit.", amount=n.money_short(row["over_limit_amount"])
        )
    if row["said"] == "owed":
        return _("Pays {days} days later than before.", days=n.decimal(row["later_days"], 0))
    return _.ngettext(
        "{amount} is overdue, the oldest by {n} day.", "{amount} is overdue, the oldest by {n} days.",
        int(row["most_days_late"]), amount=n.money_short(row["overdue_amount"]),
    )  # fmt: skip
