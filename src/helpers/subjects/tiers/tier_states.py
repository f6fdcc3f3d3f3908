"""Tier against state, for readers: which of the customers who carry the business are slipping."""

from __future__ import annotations

import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.lookup import look_up
from helpers.present import labels
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.findings import Findings, findings
from helpers.present.measures import measures
from helpers.present.name_lists import MOST, first_of
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table
from helpers.subjects.churn.state_views import state_label
from helpers.subjects.churn.states import OF_BUYERS, CustomerStates
from helpers.subjects.tiers.ranking import TIERS
from helpers.subjects.tiers.tiers import Tiers
from helpers.subjects.tiers.views import group_column, measured, measured_heading

#: States of customers whom somebody has to see to, the ones that can still be kept first.
SLIPPING = ("slowing", "overdue", "at_risk", "lapsed")


def tier_states(result: Tiers, known: CustomerStates, n: Numbers) -> list[Chart | Table | Findings]:
    """Cross tiers with states, and name the A and B customers who are slipping."""
    rows = _crossed(result, known)
    if rows.empty:
        return [findings(n.words("Nobody bought in this period."))]
    return [states_chart(rows, result, n), slipping_table(rows, result, n)]


def _crossed(result: Tiers, known: CustomerStates) -> pd.DataFrame:
    """Return the customers who have a tier with their state."""
    states = known.customers.set_index("customer_id")["state"].astype("str")
    ranked = result.customers[result.customers["tier"] != TIERS[-1]]
    return ranked.assign(state=look_up(ranked["customer_id"], states)).reset_index(drop=True)


def states_chart(rows: pd.DataFrame, result: Tiers, n: Numbers) -> Chart:
    """Count the customers of each tier (down) by state (across)."""
    _ = n.words
    counts = pd.crosstab(rows["tier"], rows["state"]).reindex(index=list(TIERS[:-1]), columns=list(OF_BUYERS))
    counts = counts.fillna(0.0).loc[:, lambda frame: frame.sum() > 0].astype("float64")
    leaders = rows[rows["tier"] == TIERS[0]]
    slipping = leaders[leaders["state"].isin(SLIPPING)]
    title = _.ngettext(
        "{n} of {all} A customers is slowing, overdue, at risk or lapsed, with {amount} of {measure}",
        "{n} of {all} A customers are slowing, overdue, at risk or lapsed, with {amount} of {measure}",
        len(slipping), all=n.count(len(leaders)), amount=n.money_short(total(slipping["amount"])),
        measure=measured(result, _),
    )  # fmt: skip
    named = counts.set_axis([state_label(str(state), _) for state in counts.columns], axis=1)
    alt = n.words.clauses(
        _("{tier}, {state}: {count}", tier=tier, state=state, count=n.count(named.loc[tier, state]))
        for tier in named.index for state in named.columns if named.loc[tier, state]
    )  # fmt: skip
    return heat_map(named.where(named > 0), title=title, alt=alt, spell=n.count)


def slipping_table(rows: pd.DataFrame, result: Tiers, n: Numbers) -> Table:
    """List the A and B customers who are slipping, A first, by what they bring."""
    _ = n.words
    few = rows[rows["tier"].isin(list(TIERS[:2])) & rows["state"].isin(SLIPPING)]
    few = few.sort_values(["tier", "amount", "customer_id"], ascending=[True, False, True])
    shown = few.head(MOST)
    frame = shown.assign(
        label=labels.groups(shown, _), state=[state_label(str(state), _) for state in shown["state"]]
    )
    columns = {
        **measures(n, "customer", "tier"),
        "state": Column(_("State")),
        **group_column(result, n),
        "amount": Column(measured_heading(result, _), n.count, bar=True),
    }
    caption = _("A and B customers who are slowing, overdue, at risk or lapsed, in {currency}",
                currency=n.currency)  # fmt: skip
    return first_of(len(few), frame, columns, caption, n, empty=_("No A or B customer is slipping."))
