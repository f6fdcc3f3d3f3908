"""Views of returns: rate, reasons, and customers or products that return significantly more."""

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals
from helpers.present import labels
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.subjects.quotes.views import PAGE, SHOWN, intervals
from helpers.subjects.returns.returns import Returns

_DUE_DAYS = 30


def returns(result: Returns, n: Numbers) -> list[Chart | Table | Findings]:
    """Return rates by class, and customers and products that return more than others."""
    _ = n.words
    if not result.totals["returned_orders"]:
        return [findings(_("No line takes goods back: nothing was returned, or the data do not say."))]
    tables = [_table(result.customers, "customer_id", n)]
    if len(result.products):
        tables.append(_table(result.products, "product_id", n))
    return [returns_findings(result, n), *_chart(result, n), *tables]


def returns_findings(result: Returns, n: Numbers) -> Findings:
    """Return the amount of returns and the reasons."""
    _, totals = n.words, result.totals
    first = _(
        "{share} of the money sold in {months} months was returned; returns are {rate} of the number of orders "
        "(95%: {low} to {high}).",
        share=n.percent(totals["amount_rate"]), months=n.count(result.window_months), rate=n.percent(totals["rate"]),
        low=n.percent(totals["low"]), high=n.percent(totals["high"]),
    )  # fmt: skip
    credit = totals["credit_amount"] > 0 and _(
        "Besides, {amount} was credited without goods.", amount=n.money_short(totals["credit_amount"]),
    )  # fmt: skip
    why = None if result.has_reasons else _("Why, the table return_reasons would say.")
    return findings(first, why, credit, _more_sentence(result, n))


def _more_sentence(result: Returns, n: Numbers) -> str | None:
    more = result.customers[result.customers["more"]]
    if more.empty:
        return None
    return n.words.ngettext(
        "{n} customer returns more often than its class by more than chance: {names}.",
        "{n} customers return more often than their class by more than chance, first {names}.",
        len(more), names=n.words.listed(display_names(more).head(3)),
    )  # fmt: skip


def _chart(result: Returns, n: Numbers) -> list[Chart]:
    """Draw the reasons if known, else the rates by class."""
    _ = n.words
    if result.has_reasons and result.reasons["reason"].notna().any():
        rows = result.reasons
        names = labels.value_labels(rows["reason"], _)
        notes = [n.money_short(amount) for amount in rows["amount"]]
        known = names[rows["reason"].notna()].iloc[0]
        title = _("Most frequent reason of returns: {reason}", reason=known)
        alt = _.pairs(names, map(n.count, rows["orders"]))
        frame = rows.assign(label=names, note=notes)
        return [share_bars(frame, title=title, alt=alt, fmt=n.count, value="orders", note="note")]
    rows = result.groups.dropna(subset="rate")
    if len(rows) < 2:
        return []
    names = labels.value_labels(rows["group"], _)
    title = _("Most returns per order: {group}", group=names.iloc[0])
    alt = _.pairs(names, map(n.percent, rows["rate"]))
    return [share_bars(rows.assign(label=names), title=title, alt=alt, fmt=n.percent, value="rate")]


def _table(rows: pd.DataFrame, key: str, n: Numbers) -> Table:
    """List the largest returns of customers or products, with their significance."""
    _, of_customers = n.words, key == "customer_id"
    frame = rows.assign(
        who=display_names(rows, key), interval=intervals(rows, n), reason=rows["reason"].map(_.value),
        verdict=[_("more than chance") if more else "" for more in rows["more"]],
    )  # fmt: skip
    columns = {
        "who": Column(_("Customer"), id_column="customer_id") if of_customers else Column(_("Product")),
        "returned_amount": Column(_("Returned goods"), n.count, bar=True),
        "returned_orders": Column(_("Documents"), n.count),
        "rate": Column(_("Per order"), n.percent),
        "interval": Column(_("95% interval")),
        "group_rate": Column(_("Its class") if of_customers else _("Its category"), n.percent),
        "verdict": Column(_("Against it")),
        "reason": Column(_("Most frequent reason")),
    }
    absent = {
        "reason": frame["reason"].isna(), "verdict": ~frame["more"], "group_rate": frame["group_rate"].isna(),
    }  # fmt: skip
    for name, empty in absent.items():
        if empty.all():
            del columns[name]
    back = frame[frame["returned_orders"] > 0]
    ordered = back.sort_values("more", ascending=False, kind="stable")
    caption = (
        _("Which customers return, in {currency}", currency=n.currency)
        if of_customers
        else _("What is returned, in {currency}", currency=n.currency)
    )
    return truncated_table(len(back), ordered.head(MAX_ROWS), columns, caption, n, cut="first", read=SHOWN)


def weighed_findings(result: Returns, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: customers that return significantly more than their class."""
    more = result.customers[result.customers["more"]]
    return weighed(PAGE, (_more_sentence(result, n), float(more["returned_amount"].sum())))


def proposed_actions(result: Returns, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to visit customers that return significantly more than their class; valued by the returns."""
    rows = result.customers[result.customers["more"]]
    about = rows[["customer_id", "returned_orders", "sold_orders", "group_rate", "returned_amount"]]
    due = due_day(result.month, _DUE_DAYS, n)
    returned = about["returned_amount"]
    return propose(about, "visit", returned, due, _reason, n, stated=("returned", returned))


def _reason(row: Row, n: Numbers) -> str:
    if pd.isna(row["group_rate"]):
        return n.words("More returns than its class: {count}.", count=n.count(row["returned_orders"]))
    return n.words(
        "Returns: {count}, orders: {orders}; its class: {rate}.",
        count=n.count(row["returned_orders"]), orders=n.count(row["sold_orders"]), rate=n.percent(row["group_rate"]),
    )  # fmt: skip
