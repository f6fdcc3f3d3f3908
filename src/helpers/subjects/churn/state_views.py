"""The states of customers for readers: how many are in which, month by month, and who passes where.

Cell of a notebook::

    display(state.states_table(book.customer_states(), n))
    display(state.state_chart(likely, n), state.flow_table(likely, n))
"""

import numpy as np
import pandas as pd

from helpers.core.periods import month_number
from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import measures
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.learning.features import month_of
from helpers.subjects.churn.states import (
    BUYER_STATES,
    NEW,
    SLOWING_MIN_PURCHASES,
    STATES,
    WON_BACK_GAPS,
    CustomerStates,
    counts,
    flows,
)

#: Those who have gone for good only pile up: the chart leaves them out.
_CHARTED = BUYER_STATES[:-1]
#: Who needs somebody, of those drawn.
WORRY = ("slowing", "overdue", "at_risk", "lapsed")
_COLOURS = {
    "active": theme.BLUE, "won_back": theme.GREEN, "slowing": theme.PURPLE, "overdue": theme.PALE,
    "at_risk": theme.ORANGE, "lapsed": theme.FAINT,
}  # fmt: skip


def state_label(state: str, _: Words) -> str:
    """What readers call a state."""
    return {
        "active": _("Active"), "won_back": _("Won back"), "slowing": _("Slowing"), "overdue": _("Order overdue"),
        "at_risk": _("At risk"), "lapsed": _("Lapsed"), "lost": _("Lost"), "never_bought": _("Never bought"),
        NEW: _("Had not bought yet"),
    }[state]  # fmt: skip


def state_meaning(state: str, states: CustomerStates, n: Numbers) -> str:
    """Say in one sentence who is in a state that none before it in `states_table`'s order of trying takes."""
    _ = n.words
    gaps, times = (
        n.decimal(value, 0 if value == int(value) else 1)
        for value in (states.overdue_gaps, states.lapsed_times)
    )
    return {
        "active": _("Buys within its rhythm, and none of the other states fits."),
        "won_back": _(
            "Bought in the last 3 months after a gap of over {months} months and {gaps} usual gaps.",
            months=states.horizon_months, gaps=WON_BACK_GAPS,
        ),
        "slowing": _(
            "Had half the purchases of the half-year before or fewer, of {least} or more.", least=SLOWING_MIN_PURCHASES
        ),
        "overdue": _(
            "Silent for over {gaps} of its own usual gaps; an irregular buyer for over the usual gap and {gaps} times "
            "its spread; with one or two purchases by its class's gaps.", gaps=gaps,
        ),
        "at_risk": _(
            "At least {limit} likely to buy nothing in the next {months} months, by when its order would be overdue.",
            limit=n.percent(states.warn_probability, 0), months=states.horizon_months,
        ),
        "lapsed": _(
            "Silent for over {months} months and over {times} times as long as makes its order overdue.",
            months=states.horizon_months, times=times,
        ),
        "lost": _(
            "Silent for over {months} months and over {times} times as long as makes its order overdue: few come back.",
            months=states.lost_months, times=times,
        ) if not states.closed else _.ngettext(
            "Silent for over {months} months and over {times} times as long as makes its order overdue, or its "
            "business is closed, as {n} customer's is: few come back.",
            "Silent for over {months} months and over {times} times as long as makes its order overdue, or its "
            "business is closed, as that of {n} customers is: few come back.",
            states.closed, months=states.lost_months, times=times,
        ),
        "never_bought": _("Known, and without a day of positive net sales up to the month end."),
    }[state]  # fmt: skip


def states_table(states: CustomerStates, n: Numbers) -> Table:
    """Count the customers in each state, with what it means; the same rows on every page."""
    _, counts_by_state = n.words, states.counts
    frame = pd.DataFrame(
        {
            "state": [state_label(state, _) for state in STATES],
            "customers": counts_by_state.to_numpy(),
            "meaning": [state_meaning(state, states, n) for state in STATES],
        }
    )
    columns = {
        "state": Column(_("State")),
        **measures(n, "customers", bar="customers"),
        "meaning": Column(_("Who is in it")),
    }
    caption = _(
        "Every customer known at the end of {month} by its state, each in one", month=n.month(states.month)
    )
    total = {"state": _("All"), "customers": int(counts_by_state.sum())}
    return table(frame, columns, caption, total=total)


def state_chart(scores: ChurnScores, n: Numbers) -> Chart | Findings:
    """Draw the customers by state at each of the last thirteen month ends, one column a month end."""
    _ = n.words
    frame = counts(scores.states)
    if frame.empty:
        return findings(_("No customer has bought lately: nobody can be judged."))
    months = [n.month_short(month_of(int(number))) for number in frame.index]
    height, left, below, right = 300.0, 48.0, 30.0, 150.0
    with theme.style():
        figure, axes = theme.framed(height, left, below, right, 12)
        bottom = np.zeros(len(frame))
        top = max(float(frame[list(_CHARTED)].sum(axis=1).max()), 1.0)
        label_height = -1.0
        for state in _CHARTED:
            size = frame[state].to_numpy(dtype="float64")
            axes.bar(range(len(frame)), size, bottom=bottom, width=0.72, color=_COLOURS[state])
            if size[-1] > 0:
                # A thin slice's name makes room for itself above the one before.
                label_height = max(float(bottom[-1] + size[-1] / 2), label_height + top * 0.075)
                text = _("{label}: {count}", label=state_label(state, _), count=n.count(size[-1]))
                colour = theme.MUTED if state in ("overdue", "lapsed") else _COLOURS[state]
                label(axes, len(frame) - 0.5, label_height, text, right - 12, ha="left", va="center", color=colour,
                      fontsize=theme.SMALL_SIZE)  # fmt: skip
            bottom += size
        axes.set_xlim(-0.6, len(frame) - 0.4)
        axes.set_ylim(0, max(top, label_height + top * 0.04))
        tick_positions = list(range(len(frame) - 1, -1, -3))[::-1]
        axes.set_xticks(tick_positions, [months[place] for place in tick_positions])
        axes.yaxis.set_major_formatter(lambda value, position: n.count(value))
        axes.locator_params(axis="y", integer=True, nbins=5)
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        return finish(figure, _title(frame, n), _alt(frame, n))


def _title(frame: pd.DataFrame, n: Numbers) -> str:
    _ = n.words
    current = frame.iloc[-1]
    total = int(current[list(_CHARTED)].sum())
    need_attention = int(current[list(WORRY)].sum())
    title = _.ngettext(
        "{n} of {all} customers who are not lost is slowing, at risk or lapsed, or its order is overdue",
        "{n} of {all} customers who are not lost are slowing, at risk or lapsed, or their order is overdue",
        need_attention, all=n.count(total),
    )  # fmt: skip
    if len(frame) < 13:
        return title
    year_ago = int(frame.iloc[0][list(WORRY)].sum())
    return _("{said}; a year ago {before} were", said=title, before=n.count(year_ago))


def _alt(frame: pd.DataFrame, n: Numbers) -> str:
    current = frame.iloc[-1]
    return n.words.clauses(
        n.words("{label}: {count}", label=state_label(state, n.words), count=n.count(current[state]))
        for state in BUYER_STATES
    )


def flow_table(scores: ChurnScores, n: Numbers) -> Table:
    """Show how many passed from each state a month ago (rows) to each now (columns)."""
    _ = n.words
    number = month_number(scores.month)
    flow_counts = flows(scores.states, number)
    flow_counts = flow_counts[flow_counts.sum(axis=1) > 0]
    frame = flow_counts.assign(
        state=[state_label(str(state), _) for state in flow_counts.index], total=flow_counts.sum(axis=1)
    )
    if len(frame):
        sums = flow_counts.sum().to_dict() | {"state": _("All"), "total": int(flow_counts.to_numpy().sum())}
        frame = pd.concat([frame, pd.DataFrame([sums])], ignore_index=True)
    columns = {"state": Column(_("A month ago"))}
    columns |= {
        state: Column(state_label(state, _), n.count.written(lambda v: n.count(v) if v else "–"))
        for state in BUYER_STATES
    }
    columns["total"] = Column(_("All"), n.count)
    caption = _("Customers by their state at the end of {before} (rows) and of {now} (columns)",
                before=n.month(scores.month - 1), now=n.month(scores.month))  # fmt: skip
    empty = _("The customers' states at the month end before are not known.")
    return table(frame, columns, caption, empty=empty)
