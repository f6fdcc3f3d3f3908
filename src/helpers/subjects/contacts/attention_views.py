"""Views of the attention gap: both curves, and the customers in the gap."""

import pandas as pd

from helpers.core.proposals import Likelihood
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.subjects.contacts.attention import Attention

PAGE = "08_service_and_contacts"


def attention(result: Attention | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return curves and names; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table interactions."))]
    if len(result.curves) < 2:
        few = _("Too few customers with their first order in the data to draw attention over time.")
        return [findings(few, _gap_sentence(result, n)), _gap_table(result, n)]
    return [findings(_curve_sentence(result, n), _gap_sentence(result, n)), _curve_chart(result, n),
            _gap_table(result, n)]  # fmt: skip


def _curve_sentence(result: Attention, n: Numbers) -> str:
    first, last = result.curves.iloc[0], result.curves.iloc[-1]
    return n.words(
        "In the first months after the first order the seller contacts a customer {contacts} times a month, and "
        "{contacts_now} times by month {month}; the customer enquires or orders {engagement} times, then "
        "{engagement_now} times.",
        month=n.count(last["since_month"]), contacts=n.decimal(first["contacts"], 2),
        contacts_now=n.decimal(last["contacts"], 2), engagement=n.decimal(first["engagement"], 2),
        engagement_now=n.decimal(last["engagement"], 2),
    )  # fmt: skip


def _gap_sentence(result: Attention, n: Numbers) -> str | None:
    if result.gap.empty:
        return None
    return n.words.ngettext(
        "{n} customer with {amount} of sales gets clearly less attention than it gives, {customer} first.",
        "{n} customers with {amount} of sales get clearly less attention than they give, {customer} first.",
        len(result.gap), amount=n.money_short(float(result.gap["net_amount"].sum())),
        customer=display_names(result.gap).iloc[0],
    )  # fmt: skip


def _curve_chart(result: Attention, n: Numbers) -> Chart:
    _ = n.words
    # Months since the first order, as periods only because the chart counts in them.
    origin = pd.Period(ordinal=0, freq="M")
    months = pd.Series([origin + int(since) for since in result.curves["since_month"]], dtype="period[M]")
    frame = result.curves.assign(month=months)
    crossed = result.curves[result.curves["gap"] > 0]["since_month"]
    title = _("The seller's contacts stay ahead of the buyer's engagement")
    if len(crossed):
        title = _("From month {month} after the first order, the buyer gives more attention than it gets",
                  month=n.count(crossed.iloc[0]))  # fmt: skip
    columns = (result.curves[name] for name in ("since_month", "contacts", "engagement"))
    alt = _.clauses(
        _("month {month}: {contacts} contacts, {engagement} enquiries and orders",
          month=n.count(since), contacts=n.decimal(contacts, 2), engagement=n.decimal(engagement, 2))
        for since, contacts, engagement in zip(*columns, strict=True)
    )  # fmt: skip
    series = [("engagement", _("Buyer's engagement")), ("contacts", _("Seller's contacts"))]
    return trend(frame, series, title=title, alt=alt, fmt=n.decimal,
                 fmt_month=lambda month: _("month {month}", month=n.count(month.ordinal)))  # fmt: skip


def _gap_table(result: Attention, n: Numbers) -> Table:
    _ = n.words
    columns = {
        **measures(n, "customer", "net_amount", bar="net_amount"),
        "engagement": Column(_("Enquiries and orders"), n.count),
        "engagement_before": Column(_("Before"), n.count),
        "contacts": Column(_("Seller's contacts"), n.count),
        "contacts_before": Column(_("Before"), n.count),
        "expected_contacts": Column(_("Contacts to expect"), n.decimal),
        **measures(n, "salesperson_name"),
    }
    caption = _("Who sits in the gap: the last {months} months and those before, sales in {currency}",
                months=n.count(result.recent_months), currency=n.currency)  # fmt: skip
    empty = _("Nobody gets clearly less attention than it gives.")
    return truncated_table(len(result.gap), result.gap.head(MAX_ROWS), columns, caption, n, empty=empty)


def weighed_findings(result: Attention, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: customers in the gap, weighed by the expected loss of their sales."""
    loss = likely.expected_loss(result.gap["customer_id"], result.gap["net_amount"])
    return weighed(PAGE, (_gap_sentence(result, n), loss.sum()))
