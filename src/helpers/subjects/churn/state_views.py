"""The states of customers for readers: how many are in which, month by month, and who passes where.

Cell of a notebook::

    display(state.state_chart(likely, n), state.flow_table(likely, n))
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label
from helpers.present.findings import Findings, findings
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.states import NEW, STATES, counts, flows

#: Those who have gone for good only pile up: the chart leaves them out.
_DRAWN = STATES[:-1]
_COLOURS = {
    "active": theme.BLUE, "won_back": theme.GREEN, "slowing": theme.PURPLE, "at_risk": theme.ORANGE,
    "lapsed": theme.FAINT,
}  # fmt: skip


def state_label(state: str, _: Words) -> str:
    """What readers call a state."""
    return {
        "active": _("Active"), "won_back": _("Won back"), "slowing": _("Slowing"), "at_risk": _("At risk"),
        "lapsed": _("Lapsed"), "lost": _("Lost"), NEW: _("New customers"),
    }[state]  # fmt: skip


def state_chart(scores: ChurnScores, n: Numbers) -> Chart | Findings:
    """Draw the customers by state at each of the last thirteen month ends, one column a month end."""
    _ = n.words
    frame = counts(scores.states)
    if frame.empty:
        return findings(_("No customer has bought lately: nobody can be judged."))
    months = [n.month_short(_month(int(number))) for number in frame.index]
    height, left, below, right = 300.0, 48.0, 30.0, 150.0
    with theme.style():
        figure = theme.figure(height)
        axes = figure.add_axes(
            (left / theme.WIDTH, below / height, 1 - (left + right) / theme.WIDTH, 1 - (below + 12) / height)
        )
        foot = np.zeros(len(frame))
        top = max(float(frame[list(_DRAWN)].sum(axis=1).max()), 1.0)
        names = -1.0
        for state in _DRAWN:
            size = frame[state].to_numpy(dtype="float64")
            axes.bar(range(len(frame)), size, bottom=foot, width=0.72, color=_COLOURS[state])
            if size[-1] > 0:
                # A thin slice's name makes room for itself above the one before.
                names = max(float(foot[-1] + size[-1] / 2), names + top * 0.075)
                text = _("{label}: {count}", label=state_label(state, _), count=n.count(size[-1]))
                colour = _COLOURS[state] if state != "lapsed" else theme.MUTED
                label(axes, len(frame) - 0.5, names, text, right - 12, ha="left", va="center", color=colour,
                      fontsize=theme.SMALL_SIZE)  # fmt: skip
            foot += size
        axes.set_xlim(-0.6, len(frame) - 0.4)
        axes.set_ylim(0, max(top, names + top * 0.04))
        shown = list(range(len(frame) - 1, -1, -3))[::-1]
        axes.set_xticks(shown, [months[place] for place in shown])
        axes.yaxis.set_major_formatter(lambda value, position: n.count(value))
        axes.locator_params(axis="y", integer=True, nbins=5)
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        return finish(figure, _title(frame, n), _alt(frame, n))


def _title(frame: pd.DataFrame, n: Numbers) -> str:
    _ = n.words
    now = frame.iloc[-1]
    whole = int(now[list(_DRAWN)].sum())
    worry = int(now[["slowing", "at_risk", "lapsed"]].sum())
    said = _.ngettext(
        "{n} of {all} customers is slowing, at risk or lapsed",
        "{n} of {all} customers are slowing, at risk or lapsed",
        worry, all=n.count(whole),
    )  # fmt: skip
    if len(frame) < 13:
        return said
    before = int(frame.iloc[0][["slowing", "at_risk", "lapsed"]].sum())
    return _("{said}; a year ago {before} were", said=said, before=n.count(before))


def _alt(frame: pd.DataFrame, n: Numbers) -> str:
    now = frame.iloc[-1]
    return n.words.clauses(
        n.words("{label}: {count}", label=state_label(state, n.words), count=n.count(now[state]))
        for state in STATES
    )


def flow_table(scores: ChurnScores, n: Numbers) -> Table:
    """Show how many passed from each state a month ago (rows) to each now (columns)."""
    _ = n.words
    number = scores.month.year * 12 + scores.month.month
    made = flows(scores.states, number)
    made = made[made.sum(axis=1) > 0]
    frame = made.assign(state=[state_label(str(state), _) for state in made.index], total=made.sum(axis=1))
    if len(frame):
        sums = made.sum().to_dict() | {"state": _("All"), "total": int(made.to_numpy().sum())}
        frame = pd.concat([frame, pd.DataFrame([sums])], ignore_index=True)
    columns = {"state": Column(_("A month ago"))}
    columns |= {
        state: Column(state_label(state, _), n.count.written(lambda v: n.count(v) if v else "–"))
        for state in STATES
    }
    columns["total"] = Column(_("All"), n.count)
    caption = _("Customers by their state at the end of {before} (rows) and of {now} (columns)",
                before=n.month(scores.month - 1), now=n.month(scores.month))  # fmt: skip
    empty = _("The customers' states at the month end before are not known.")
    return table(frame, columns, caption, empty=empty)


def _month(number: int) -> pd.Period:
    return pd.Period(year=(number - 1) // 12, month=(number - 1) % 12 + 1, freq="M")
