"""The explorer of who is about to leave: from which probability on, how many visits, and one customer's signals."""

from functools import lru_cache
from typing import Any

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label
from helpers.present.findings import Findings, findings
from helpers.present.numbers import Numbers
from helpers.present.widgets import Displayable, dropdown, slider
from helpers.subjects.card.customer_explorer import CustomerExplorer
from helpers.subjects.churn import choice_views as show
from helpers.subjects.churn.choice import Choice
from helpers.subjects.signals import views as warns

#: Up to so many visits the profit is drawn, where the capacity is not beyond.
_DRAWN_VISITS = 60


def churn(book: Any) -> CustomerExplorer:
    """Choose horizon, threshold and capacity, and a customer whose signals to read.

    Another horizon is learnt anew from the past month ends, which takes some seconds the first time and is kept.

    Examples
    --------
    >>> explorer = churn(book)  # as the last line of a cell: `churn(book)`
    >>> [*explorer.controls]
    ['horizon', 'threshold', 'capacity', 'customer', 'card', 'lines']
    """
    n, _ = book.numbers, book.numbers.words
    signals = book.signals()
    default_scores = book.churn()

    @lru_cache
    def learnt(horizon: int) -> Any:
        scores = default_scores if horizon == default_scores.horizon_months else book.churn(horizon)
        return scores, book.risk_list(scores)

    @lru_cache
    def chosen(horizon: int, threshold: int, capacity: int) -> Choice:
        return book.choose(*learnt(horizon), threshold / 100, capacity)

    def said(horizon: int, threshold: int, capacity: int) -> Displayable:
        return show.choice_findings(chosen(horizon, threshold, capacity), n)

    def profit(horizon: int, threshold: int, capacity: int) -> Displayable:
        return profit_chart(chosen(horizon, threshold, capacity), n)

    def listing(horizon: int, threshold: int, capacity: int) -> Displayable:
        return show.choice_table(chosen(horizon, threshold, capacity), n)

    def gain(horizon: int) -> Displayable:
        return show.gain_chart(learnt(horizon)[0], n)

    def evidence(customer: str) -> Displayable:
        return warns.customer_table(signals, customer, n)

    usual_percent = 5 * round(20 * book.risk_list().warn_probability)  # to the slider's step
    controls = {
        "horizon": slider(_("Months without a purchase"), 1, 12, default_scores.horizon_months),
        "threshold": slider(_("From a probability of %"), 5, 95, min(max(usual_percent, 5), 95), 5),
        "capacity": slider(_("Visits"), 1, 200, book.settings.churn.visit_capacity),
        "customer": dropdown(_("Signals of"), warns.options(signals, n)),
    }
    return CustomerExplorer(book, "churn", controls, [said, profit, listing, gain, evidence])


def profit_chart(chosen: Choice, n: Numbers) -> Chart | Findings:
    """Draw what so many visits are expected to leave after their cost, and where capacity and optimum lie."""
    _ = n.words
    shown = chosen.profit.head(max(_DRAWN_VISITS, round(1.5 * chosen.capacity)))
    if shown.empty:
        return findings(_("Nobody at {limit} or more: lower the probability to see whom a visit would pay for.",
                          limit=n.percent(chosen.threshold, 0)))  # fmt: skip
    planned_visits = min(chosen.capacity, chosen.best_visits)
    title = _.ngettext(
        "{n} visit leaves {profit} after its cost; {best} would leave the most",
        "{n} visits leave {profit} after their cost; {best} would leave the most",
        planned_visits, profit=n.money_short(chosen.profit_amount), best=n.count(chosen.best_visits),
    )  # fmt: skip
    points = shown.iloc[[place for place in (0, 4, 9, 19, 49) if place < len(shown)]]
    alt = _.clauses(
        _.ngettext("{n} visit: {profit}", "{n} visits: {profit}", int(visits), profit=n.money_short(amount))
        for visits, amount in points[["visits", "profit_amount"]].to_numpy()
    )
    height, left, below, above = 250.0, 76.0, 50.0, 16.0
    with theme.style():
        figure, axes = theme.framed(height, left, below, 24, above)
        axes.set_xlim(0, max(int(shown["visits"].iloc[-1]), 1))
        axes.plot([0, *shown["visits"]], [0.0, *shown["profit_amount"]], color=theme.BLUE, linewidth=2.5)
        axes.axhline(0, color=theme.FAINT, linewidth=1)
        axes.axvline(min(chosen.capacity, axes.get_xlim()[1]), color=theme.INK, linewidth=1.5)
        axes.axvspan(0, min(planned_visits, axes.get_xlim()[1]), color=theme.BLUE, alpha=0.11, linewidth=0)
        axes.yaxis.set_major_formatter(lambda value, position: n.money_short(value))
        axes.xaxis.set_major_formatter(lambda value, position: n.count(value))
        axes.locator_params(axis="x", integer=True, nbins=6)
        axes.locator_params(axis="y", nbins=5)
        axes.grid(axis="y")
        label(axes, 1.0, -38 / (height - below - above), _("Visits, the most rewarding first; upright line: capacity"),
              ha="right", va="baseline", transform=axes.transAxes, color=theme.MUTED,
              fontsize=theme.SMALL_SIZE)  # fmt: skip
        return finish(figure, title, alt)
