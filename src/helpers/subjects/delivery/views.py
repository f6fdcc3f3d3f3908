"""Views of deliveries: on time in full, waiting lines, orders in hand, effect of late deliveries."""

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.chart import Chart, plain
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table, with_full_sheet
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.subjects.delivery.delivery import Delivery
from helpers.subjects.quotes.views import PAGE, SHOWN, intervals

_DUE_DAYS = 7


def delivery(result: Delivery | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return on time in full; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table deliveries."))]
    if result.customers.empty:
        return [findings(_("The deliveries name no order of these customers."))]
    return [delivery_findings(result, n), *_trend(result, n), _products_table(result, n)]


def delivery_findings(result: Delivery, n: Numbers) -> Findings:
    """Return the rate on time in full, and whether late deliveries reduce sales."""
    _, totals = n.words, result.totals
    first = _("Nothing was promised in the window.")
    if totals["judged"]:
        first = _("On time in full: {rate} of {judged} promised lines (95%: {low} to {high}).",
                  rate=n.percent(totals["rate"]), judged=n.count(totals["judged"]), low=n.percent(totals["low"]),
                  high=n.percent(totals["high"]))  # fmt: skip
    named = None
    if result.named_share < 0.95:
        named = _("{share} of the order lines are of orders that the deliveries name; the others are not in here.",
                  share=n.percent(result.named_share, 0))  # fmt: skip
    return findings(first, _effect_sentence(result, n), named)


def _effect_sentence(result: Delivery, n: Numbers) -> str | None:
    if result.effect is None:
        return None
    _, effect, placebo = n.words, result.effect.effect, result.effect.placebo
    if effect is None or placebo is None:
        return _("What late deliveries cost in later sales cannot be told: too few can be compared.")
    values = {
        "change": n.signed_percent(effect.change, 0), "low": n.signed_percent(effect.low, 0),
        "high": n.signed_percent(effect.high, 0), "before": n.signed_percent(placebo.change, 0),
        "before_low": n.signed_percent(placebo.low, 0), "before_high": n.signed_percent(placebo.high, 0),
        "months": n.count(effect.span_months),
    }  # fmt: skip
    if not result.effect.holds:
        return _("What late deliveries cost in later sales cannot be told: these customers differed before it already, "
                 "by {before} (95%: {before_low} to {before_high}).", **values)  # fmt: skip
    if effect.low <= 0 <= effect.high:
        return _("In the {months} months after late deliveries sales differ by {change} from customers alike (95%: "
                 "{low} to {high}; before them {before_low} to {before_high}): no more than chance.",
                 **values)  # fmt: skip
    return _("In the {months} months after late deliveries sales differ by {change} from customers alike (95%: {low} "
             "to {high}; before them {before_low} to {before_high}): more than chance.", **values)  # fmt: skip


def _trend(result: Delivery, n: Numbers) -> list[Chart]:
    _ = n.words
    known = result.months.dropna(subset="rate")
    if len(known) < 2:
        return []
    totals = result.totals
    title = _("On time in full: {rate}, {before} a year before", rate=n.percent(totals["rate"]),
              before=n.percent(totals["previous_rate"]))  # fmt: skip
    if pd.isna(totals["rate"]) or pd.isna(totals["previous_rate"]):
        title = _("On time in full, by month of the promise")
    alt = _.pairs(map(n.month_short, known["month"]), map(n.percent, known["rate"]))
    series = [("rate", _("On time in full"))]
    return [trend(known, series, title=title, alt=alt, fmt=n.percent.to(0), fmt_month=n.month_short,
                  from_zero=False)]  # fmt: skip


def _products_table(result: Delivery, n: Numbers) -> Table:
    """List the products that are late significantly more often than the others."""
    _ = n.words
    rows = result.products[result.products["worse"]].sort_values(["rate", "product_id"])
    columns = {
        "product": Column(_("Product")),
        "judged": Column(_("Promised"), n.count),
        "rate": Column(_("On time in full"), n.percent),
        **measures(n, "interval"),
        "previous_rate": Column(_("A year before"), n.percent),
        "waiting_amount": Column(_("Waiting"), n.count),
    }
    caption = _("Products late more often than others, by more than chance")
    empty = _("No product is late more often than the others by more than chance.")
    shown = rows.head(MAX_ROWS)
    shown = shown.assign(product=display_names(shown, "product_id"), interval=intervals(shown, n))
    read = truncated_table(len(rows), shown, columns, caption, n, empty=empty, read=SHOWN)
    every = result.products.assign(
        product=display_names(result.products, "product_id"), interval=intervals(result.products, n)
    )
    return with_full_sheet(read, every, every["worse"], columns, _("On time in full by product"), n)


def in_hand(result: Delivery | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return orders in hand, book-to-bill and waiting customers, or why these are not known."""
    _ = n.words
    if result is None or result.customers.empty:
        return delivery(result, n)
    in_hand = _("Orders in hand: {amount}.", amount=n.money_short(result.totals["open_amount"]))
    shown: list[Chart | Table | Findings] = [findings(in_hand, _waiting_sentence(result, n))]
    months = result.months
    if len(months) > 1:
        title = _("Orders in and shipped, by month")
        if pd.notna(result.book_to_bill):
            title = _("In the last three months new orders came to {share} of what was shipped",
                      share=n.percent(result.book_to_bill, 0))  # fmt: skip
        alt = _.pairs(map(n.month_short, months["month"]), map(n.money_short, months["booked_amount"]))
        series = [("booked_amount", _("Orders in")), ("shipped_amount", _("Shipped"))]
        shown.append(trend(months, series, title=title, alt=alt, fmt=n.money_short, fmt_month=n.month_short))
    rows = result.customers[result.customers["waiting_lines"] > 0]
    columns = {
        **measures(n, "customer"),
        "waiting_amount": Column(_("Waiting"), n.count, bar=True),
        "longest_days": Column(_("Longest, days"), n.count),
        "open_amount": Column(_("In hand"), n.count),
        "rate": Column(_("On time in full"), n.percent),
        **measures(n, "interval"),
    }
    caption = _("Who waits past the promised day, in {currency}", currency=n.currency)
    first = rows.head(MAX_ROWS)
    first = first.assign(interval=intervals(first, n))
    read = truncated_table(
        len(rows), first, columns, caption, n, empty=_("Nobody waits past a promised day."), read=SHOWN
    )
    every = result.customers.assign(
        customer=display_names(result.customers), interval=intervals(result.customers, n)
    )
    waits = every["waiting_lines"] > 0
    return [*shown, with_full_sheet(read, every, waits, columns, _("Deliveries by customer"), n)]


def _waiting_sentence(result: Delivery, n: Numbers) -> str | None:
    totals = result.totals
    if not totals["waiting_lines"]:
        return None
    return n.words.ngettext(
        "{n} line worth {amount} is past its promised day; {customer} waits for the most.",
        "{n} lines worth {amount} are past their promised day; {customer} waits for the most.",
        int(totals["waiting_lines"]), n=n.count(totals["waiting_lines"]),
        amount=n.money_short(totals["waiting_amount"]), customer=plain(display_names(result.customers).iloc[0]),
    )  # fmt: skip


def weighed_findings(result: Delivery, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: lines waiting past their promised day."""
    return weighed(PAGE, (_waiting_sentence(result, n), float(result.customers["waiting_amount"].sum())))


def proposed_actions(result: Delivery, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to keep customers with lines past a promised day; the waiting amount is at stake."""
    rows = result.customers[result.customers["waiting_lines"] > 0]
    about = rows[["customer_id", "waiting_lines", "waiting_amount", "longest_days"]]
    due = due_day(result.month, _DUE_DAYS, n)
    waiting = about["waiting_amount"]
    return propose(about, "keep", waiting, due, _reason, n, stated=("waiting", waiting))


def _reason(row: Row, n: Numbers) -> str:
    return n.words.ngettext(
        "{n} promised line worth {amount} is not shipped, {days} days late.",
        "{n} promised lines worth {amount} are not shipped, up to {days} days late.",
        int(row["waiting_lines"]), n=n.count(row["waiting_lines"]), amount=n.money_short(row["waiting_amount"]),
        days=n.count(row["longest_days"]),
    )  # fmt: skip
