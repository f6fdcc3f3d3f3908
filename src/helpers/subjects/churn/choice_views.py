"""Whom to visit, for readers: what a number of visits brings, and how many leavers a list finds.

A cell of a notebook::

    display(choice.choice_findings(book.choose(likely, risk), n), choice.gain_chart(likely, n))
"""

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.subjects.churn.choice import Choice, gain_curve
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.learning.threshold import Threshold
from helpers.subjects.churn.words import recency_note, uninformative_words


def threshold_findings(scores: ChurnScores, n: Numbers) -> Findings:
    """Say from which probability on we warn, and why; or that of nobody can be warned."""
    sentence = threshold_words(scores.warn, n) if scores.tells else uninformative_words(scores, n)
    return findings(sentence, recency_note(scores, n))


def choice_findings(chosen: Choice, n: Numbers) -> Findings:
    """Write what the visits are expected to bring, how many would pay, and how such choices fared in the past."""
    _ = n.words
    if chosen.customers.empty:
        return findings(_("No visit would pay: nobody who is warned of at {limit} or more has enough at stake.",
                          limit=n.percent(chosen.threshold, 0)), _past(chosen, n))  # fmt: skip
    cost = chosen.visit_cost_amount * len(chosen.customers)
    sentence = _.ngettext(
        "{n} visit is expected to keep {kept} a year and costs {cost}, if {share} of those who would have left stay: "
        "{profit} remain; first to {customer}.",
        "{n} visits are expected to keep {kept} a year and cost {cost}, if {share} of those who would have left stay: "
        "{profit} remain; first to {customer}.",
        len(chosen.customers), kept=n.money_short(chosen.profit_amount + cost), cost=n.money_short(cost),
        share=n.percent(chosen.success_share, 0), profit=n.money_short(chosen.profit_amount),
        customer=display_names(chosen.customers.head(1)).iloc[0],
    )  # fmt: skip
    return findings(sentence, _limit(chosen, n), _past(chosen, n))


def _limit(chosen: Choice, n: Numbers) -> str:
    _ = n.words
    best = chosen.best_visits
    if best <= chosen.capacity:
        return _("More visits would not pay: the next customer has less at stake than a visit costs.")
    return _("With room for more, up to {best} visits would pay.", best=n.count(best))


def _past(chosen: Choice, n: Numbers) -> str | None:
    if not chosen.past_visits:
        return None
    return n.words(
        "Chosen likewise, the likeliest first, {left} of {visits} visits at the last month ends whose outcome is "
        "known would have gone to customers who then bought nothing.",
        left=n.count(chosen.past_left), visits=n.count(chosen.past_visits),
    )  # fmt: skip


def threshold_words(warn: Threshold, n: Numbers) -> str:
    """Say from which probability on we warn, and why."""
    _, limit = n.words, n.percent(warn.probability, 0)
    if warn.reason == "set":
        return _("We warn from {limit} on, as the settings say.", limit=limit)
    if warn.reason == "withheld":
        return _(
            "We warn from {limit} on: for the whole company visits have brought most there.", limit=limit
        )
    if warn.reason == "half":
        return _("We warn from {limit} on: no lower threshold is known to pay with the visits that can be made.",
                 limit=limit)  # fmt: skip
    row = warn.curve[warn.curve["probability"] == warn.probability].iloc[0]
    return _(
        "We warn from {limit} on: of the thresholds whose visits have brought most, it is the earliest. {begun} "
        "warnings a month began there, {share} of these customers then left, and visiting each once would have "
        "brought {profit} a month more than it cost.",
        limit=limit, begun=n.decimal(row["begun"], 0), share=n.percent(row["share_left"], 0),
        profit=n.money_short(row["profit_amount"]),
    )  # fmt: skip


def threshold_table(scores: ChurnScores, n: Numbers) -> Table | Findings:
    """Show what warning from other probabilities on would have meant."""
    _ = n.words
    if scores.warn.curve.empty:
        return findings(
            _("What other thresholds would have meant is not told here: it needs the record of the company.")
        )
    curve = scores.warn.curve
    tenth = (curve["probability"] * 20).round().astype(int) % 2 == 0
    rows = curve[(tenth | (curve["probability"] == scores.warn.probability)) & (curve["probability"] <= 0.9)]
    frame = rows.assign(
        limit=[n.percent(limit, 0) for limit in rows["probability"]],
        chosen=[
            _("our threshold") if limit == scores.warn.probability else "" for limit in rows["probability"]
        ],
    )
    columns = {
        "limit": Column(_("Warned from")),
        "begun": Column(_("Warnings that begin in a month"), n.decimal),
        "share_left": Column(_("Of them left"), n.percent.to(0)),
        "profit_amount": Column(_("Visits bring a month, less their cost"), n.count, bar=True),
        "chosen": Column(""),
    }
    caption = _("What each threshold would have meant at past month ends, whole company, a visit to each customer "
                "when its warning begins, the typical customer's {value} a year at stake; in {currency}",
                value=n.money_short(scores.warn.value_amount), currency=n.currency)  # fmt: skip
    return table(frame, columns, caption)


def gain_chart(scores: ChurnScores, n: Numbers) -> Chart | Findings:
    """Draw the gains curve: leavers found by customers contacted, in order of the score and of days of silence."""
    _ = n.words
    curve = gain_curve(scores.history)
    if curve.empty:
        return findings(_("There is too little history to test a score on."))
    top_fifth = {name: float(curve[name].iloc[4]) for name in ("score", "recency")}  # in steps of a twentieth
    figures = {name: n.percent(found, 0) for name, found in top_fifth.items()}
    title = _(
        "The likeliest fifth of the customers holds {score} of those who leave; the longest silent fifth {recency}",
        **figures,
    )
    alt = _("Of the leavers: {points}", points=_.clauses(
        _("{found} among the likeliest {part}", found=n.percent(found, 0), part=n.percent(part, 0))
        for found, part in curve.iloc[[2, 4, 8, 12]][["score", "customers_share"]].to_numpy()
    ))  # fmt: skip
    side, left, below, above = 320.0, 54.0, 50.0, 16.0
    height = side + below + above
    with theme.style():
        figure = theme.figure(height)
        axes = figure.add_axes((left / theme.WIDTH, below / height, side / theme.WIDTH, side / height))
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.plot([0, 1], [0, 1], color=theme.GRID, linewidth=1.5)
        lines = (
            ("recency", theme.FAINT, _("Days since last purchase")),
            ("score", theme.BLUE, _("This score")),
        )
        for place, (column, colour, name) in enumerate(lines):
            axes.plot(curve["customers_share"], curve[column], color=colour, linewidth=2.5, clip_on=False)
            label(axes, 1.06, 0.16 + 0.1 * place, name, 200, va="center", color=colour, fontweight="bold")
        ticks = [0, 0.25, 0.5, 0.75, 1]
        axes.set_xticks(ticks)
        axes.set_yticks(ticks)
        axes.xaxis.set_major_formatter(lambda value, position: n.percent(value, 0))
        axes.yaxis.set_major_formatter(lambda value, position: n.percent(value, 0))
        axes.grid()
        label(axes, 1.06, 0.06, _("Straight line: whoever comes"), 220, va="center", color=theme.MUTED,
              fontsize=theme.SMALL_SIZE)  # fmt: skip
        label(axes, -left / side, -38 / side, _("Share of the customers; upwards: share of the leavers among them"),
              theme.WIDTH, va="baseline", color=theme.MUTED, fontsize=theme.SMALL_SIZE)  # fmt: skip
        return finish(figure, title, alt)


def choice_table(chosen: Choice, n: Numbers) -> Table:
    """List whom to visit with what each visit is expected to bring."""
    _ = n.words
    shown = chosen.customers
    columns = {
        **measures(n, "customer"),
        "probability": Column(_("Probability"), n.percent.to(0)),
        "value_amount": Column(_("Value of a year"), n.count),
        "gain_amount": Column(_("Expected gain"), n.count, bar=True),
    }
    caption = _("Whom to visit: {count} of {all} customers at {limit} or more, in {currency}",
                count=n.count(len(shown)), all=n.count(chosen.candidates), limit=n.percent(chosen.threshold, 0),
                currency=n.currency)  # fmt: skip
    return truncated_table(
        len(shown), shown, columns, caption, n, empty=_("No visit would pay."), sortable=False
    )
