"""Views of visits: plan against visits made, and next month's list."""

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, due_day, no_actions, propose
from helpers.present.charts.bars import bullets
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.contacts.visits import Visits

PAGE = "08_service_and_contacts"
MOST = 40


def visits(result: Visits | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return plan and list; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table interactions."))]
    if not result.any_visit:
        return [
            findings(_("No visit to these customers is on record: this needs contacts of the kind visit."))
        ]
    return [
        visits_findings(result, n),
        *_plan_chart(result, n),
        behind(_plan_table(result, n)),
        due_table(result, n),
    ]


def visits_findings(result: Visits, n: Numbers) -> Findings:
    """Return how far the plan was met, and the sales of overdue customers."""
    _ = n.words
    planned = float(result.plan["planned"].sum())
    kept = float((result.plan["attainment"] * result.plan["planned"]).sum())
    first = planned and _(
        "{share} of the visits planned ({planned}) were made; visits beyond a customer's plan do not count.",
        planned=n.decimal(planned, 0), share=n.percent(kept / planned),
    )  # fmt: skip
    elsewhere = result.elsewhere and _.ngettext(
        "{n} visit went to a customer without sales in the window.",
        "{n} visits went to customers without sales in the window.",
        result.elsewhere,
    )  # fmt: skip
    return findings(first, _overdue_sentence(result, n), elsewhere)


def _overdue_sentence(result: Visits, n: Numbers) -> str | None:
    late = result.due[result.due["overdue"]]
    if late.empty:
        return None
    return n.words.ngettext(
        "{n} customer with {amount} of yearly sales is overdue for a visit, {customer} first.",
        "{n} customers with {amount} of yearly sales are overdue for a visit, {customer} first.",
        len(late), amount=n.money_short(float(late["value_amount"].sum())), customer=display_names(late).iloc[0],
    )  # fmt: skip


def _plan_chart(result: Visits, n: Numbers) -> list[Chart]:
    """Draw visits made and planned by tier; nothing if none are planned."""
    _, rows = n.words, result.plan[result.plan["planned"] > 0]
    if rows.empty:
        return []
    kept = rows["attainment"] * rows["planned"]
    frame = rows.assign(
        label=[_("Tier {tier}", tier=tier) for tier in rows["tier"]], value=kept, target=rows["planned"]
    )
    least = frame.iloc[int(rows["attainment"].to_numpy().argmin())]
    title = _("{tier} is furthest behind its visits: {share} of the plan",
              tier=least["label"], share=n.percent(least["attainment"], 0))  # fmt: skip
    alt = _.pairs(frame["label"], map(n.count, frame["value"]))
    return [
        bullets(
            frame, title=title, alt=alt, fmt=n.count, fmt_share=n.percent.to(0),
            target_label=_("Planned visits"),
        )
    ]  # fmt: skip


def _plan_table(result: Visits, n: Numbers) -> Table:
    _ = n.words
    columns = {
        **measures(n, "tier"),
        "every_days": Column(_("A visit every, days"), n.count),
        **measures(n, "customers"),
        "planned": Column(_("Planned visits"), n.decimal.to(0)),
        "made": Column(_("Visits made"), n.count),
        "attainment": Column(_("Of plan"), n.percent),
        "overdue": Column(_("Customers to be visited since"), n.count),
        "overdue_amount": Column(_("Their sales"), n.count),
    }
    caption = _("Visits of the window against the plan, amounts in {currency}", currency=n.currency)
    return table(result.plan, columns, caption)


def due_table(result: Visits, n: Numbers) -> Table:
    """List the customers to visit next month, largest first."""
    _ = n.words
    shown = result.due.head(MOST)
    states = shown["overdue"].map({True: _("overdue"), False: _("falls due")})
    last = [_("never") if pd.isna(day) else n.date(day) for day in shown["last_visit"]]
    rows = shown.assign(state=states.astype("object"), last=last)
    columns = {
        **measures(n, "customer", "tier"),
        "value_amount": Column(_("Yearly sales"), n.count, bar=True),
        "last": Column(_("Last visit")),
        "due_date": Column(_("Due on"), n.date),
        "state": Column(_("Visit")),
        **measures(n, "salesperson_name"),
    }
    caption = _("Whom to visit in {month}, by yearly sales in {currency}",
                month=n.month(result.month + 1), currency=n.currency)  # fmt: skip
    return truncated_table(
        len(result.due), rows, columns, caption, n, empty=_("Nobody falls due for a visit.")
    )


def weighed_findings(result: Visits, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: overdue visits, weighed by the expected loss of yearly sales."""
    if not result.any_visit:
        return []
    overdue = result.due[result.due["overdue"]]
    loss = likely.expected_loss(overdue["customer_id"], overdue["value_amount"])
    return weighed(PAGE, (_overdue_sentence(result, n), loss.sum()))


def proposed_actions(result: Visits, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose a visit for every customer on next month's list, by its due day or, if past, in half a month.

    The value at stake is the expected loss of the customer's yearly sales.
    """
    if not result.any_visit:
        return no_actions()
    due, middle = result.due, due_day(result.month, 15, n)
    loss = likely.expected_loss(due["customer_id"], due["value_amount"])
    by = due["due_date"].where(due["due_date"] > middle, middle)
    return propose(due[["customer_id", "tier", "days_since"]], "visit", loss, by, _reason, n)


def _reason(row: Row, n: Numbers) -> str:
    _, tier, days = n.words, row["tier"], row["days_since"]
    if pd.isna(days):
        return _("No visit is on record; tier {tier} is to be visited.", tier=tier)
    return _.ngettext(
        "Last visited {n} day ago; tier {tier} is to be visited.",
        "Last visited {n} days ago; tier {tier} is to be visited.",
        int(days), tier=tier,
    )  # fmt: skip
