"""Views of the experience shift: who turns from generalist to specialist, the evidence, and offers."""

import math

import numpy as np
import pandas as pd

from helpers.core.amounts import total
from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Likelihood, Proposals
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label
from helpers.present.findings import Findings, WeighedFinding, findings
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.present.words import Words
from helpers.settings.analysis import Playbook
from helpers.subjects.experience.evidence import EVIDENCE
from helpers.subjects.experience.experience import ExperienceShift

PAGE = "04_churn_signals"
#: Largest number of dots in the chart, so that it stays readable and opens fast.
_MOST_DOTS = 400
#: Pieces of evidence shown for a customer.
_MOST_NAMED = 3


def corner_label(corner: str, _: Words) -> str:
    """Return the label of a corner of customer experience and product maturity."""
    return {
        "inexperienced_young": _("Inexperienced customers, young products"),
        "inexperienced_mature": _("Inexperienced customers, mature products"),
        "experienced_young": _("Experienced customers, young products"),
        "experienced_mature": _("Experienced customers, mature products"),
    }[corner]


def offer(corner: str, playbook: Playbook, _: Words) -> str:
    """Return the playbook's offer for a corner: the settings' text, else the default in the report's language."""
    return {
        "inexperienced_young": _("The whole system with advice, training and trial; sell to engineering"),
        "inexperienced_mature": _("A complete package with service and support; keep it simple and safe"),
        "experienced_young": _("Early access and joint development; show what is new, price by value"),
        "experienced_mature": _("Bare components, quick delivery and a firm price; service as a paid option"),
        **{str(name): text for name, text in playbook.corners.items()},
    }[corner]


def experience_findings(result: ExperienceShift, n: Numbers) -> Findings:
    """Return how many are experienced, who has turned, and what is not known."""
    return findings(_experienced(result, n), _moved(result, n), _missing(result, n))


def _experienced(result: ExperienceShift, n: Numbers) -> str | None:
    _ = n.words
    scored = result.customers[result.customers["score"].notna()]
    if scored.empty:
        return _("No customer's experience can be judged: there is too little evidence.")
    members = scored[scored["score"] >= result.settings.experienced_from]
    return _.ngettext(
        "{n} of {all} customers who can be judged is an experienced specialist, with {amount} of net sales.",
        "{n} of {all} customers who can be judged are experienced specialists, with {amount} of net sales.",
        len(members), all=n.count(len(scored)), amount=n.money_short(total(members["net_amount"])),
    )  # fmt: skip


def _moved(result: ExperienceShift, n: Numbers) -> str | None:
    movers = result.movers
    if movers.empty:  # the list of them says so
        return None
    largest = largest_first(movers, "net_amount").head(1)
    return n.words.ngettext(
        "{n} has turned towards the specialist within 12 months, with {amount} of net sales: {customer} ({why}).",
        "{n} have turned towards the specialist within 12 months, with {amount} of net sales; the largest is "
        "{customer} ({why}).",
        len(movers), amount=n.money_short(total(movers["net_amount"])),
        customer=display_names(largest).iloc[0], why=evidence_words(largest.iloc[0], n),
    )  # fmt: skip


def _missing(result: ExperienceShift, n: Numbers) -> str | None:
    if not result.absent:
        return None
    missing = n.words.clauses(
        f"{each.label(n.words)} ({each.needs})" for each in EVIDENCE if each.name in result.absent
    )
    return n.words("Experience is judged without what is not supplied: {missing}.", missing=missing)


def evidence_words(row: Row | pd.Series, n: Numbers) -> str:
    """Return the evidence that moved most towards the specialist: ``Discount 14% to 20%``."""
    _ = n.words
    moved: list[tuple[float, str, str]] = []
    for each in EVIDENCE:
        name = each.name
        if name not in row or pd.isna(row[name]) or pd.isna(row[f"{name}_usual"]):
            continue
        before, now = row[f"{name}_usual"], row[name]
        # On one scale: a tenth of the discount scale is as much as a tenth of the contacts, or a day and a half.
        size = each.sign * (now - before) / each.step
        if size > 0:
            fmt = n.count if each.in_days else n.percent
            text = _("{evidence} {before} to {now}", evidence=each.label(_), before=fmt(before), now=fmt(now))
            moved.append((-size, name, text))
    return _.phrases(text for _size, _name, text in sorted(moved)[:_MOST_NAMED])


def corner_table(result: ExperienceShift, playbook: Playbook, n: Numbers) -> Table:
    """List the four corners: customers, net sales, and the offer."""
    _ = n.words
    frame = result.corners.assign(
        label=[corner_label(corner, _) for corner in result.corners["corner"]],
        offer=[offer(corner, playbook, _) for corner in result.corners["corner"]],
    )
    if not result.maturity_known:
        frame = frame.iloc[:0]
    columns = {
        "label": Column(_("Corner")),
        "customers": Column(_("Customers"), n.count),
        "net_amount": Column(_("Net sales"), n.count, bar=True),
        "offer": Column(_("What to offer")),
    }
    caption = _(
        "Customer experience and product maturity, net sales of 12 months in {currency}", currency=n.currency
    )
    empty = _("How mature the products are is not known: products.launch_date is not supplied.")
    return table(frame, columns, caption, empty=empty)


def corner_chart(result: ExperienceShift, n: Numbers) -> Chart | Findings:
    """Draw customers by product maturity and experience; those who have turned are highlighted."""
    _ = n.words
    frame = result.customers.dropna(subset=["score", "mature_share"])
    if frame.empty:
        return findings(_("Customer experience and product maturity: nothing can be drawn yet."))
    if len(frame) > 1 and frame["mature_share"].eq(frame["mature_share"].iloc[0]).all():
        return findings(
            _("All customers buy products of one age: it tells none of them apart, and nothing is drawn.")
        )
    frame = largest_first(frame, "net_amount")
    moved = frame["moved"]
    turned = int(moved.sum())
    frame = frame[(moved & (moved.cumsum() <= _MOST_DOTS)) | (np.arange(len(frame)) < _MOST_DOTS)]
    movers = frame[frame["moved"]]
    title = _.ngettext(
        "{n} customer has turned towards the experienced specialist within 12 months",
        "{n} customers have turned towards the experienced specialist within 12 months",
        turned,
    )
    alt = _.clauses(
        _.ngettext(
            "{corner}: {n} customer", "{corner}: {n} customers", int(count), corner=corner_label(corner, _)
        )
        for corner, count in zip(result.corners["corner"], result.corners["customers"], strict=True)
    )
    height, left, below, above = 400.0, 64.0, 44.0, 26.0
    with theme.style():
        figure, axes = theme.framed(height, left, below, 12, above)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
        axes.spines["bottom"].set_visible(False)
        axes.axhline(result.settings.experienced_from, color=theme.GRID, linewidth=1)
        axes.axvline(0.5, color=theme.GRID, linewidth=1)
        axes.set_xticks([])
        axes.set_yticks([])
        top = math.sqrt(max(float(frame["net_amount"].max()), 1.0))
        for rows, colour, alpha in ((frame[~frame["moved"]], theme.BLUE, 0.35), (movers, theme.ORANGE, 0.9)):
            size = 8 + 220 * (np.sqrt(rows["net_amount"].clip(lower=0)) / top) ** 2
            axes.scatter(rows["mature_share"], rows["score"], s=size, color=colour, alpha=alpha, linewidth=0)
        # The largest are named, as far as their names do not lie on one another.
        shown = movers[movers["net_amount"].rank(ascending=False, method="first") <= 6]
        shown = shown.sort_values(["score", "customer_id"])
        shown = shown[~(shown["score"].diff() < 0.045)]
        for name, x, y in zip(display_names(shown), shown["mature_share"], shown["score"], strict=True):
            side = "right" if x > 0.6 else "left"
            label(axes, x + (-0.02 if side == "right" else 0.02), y, name, 200, ha=side, va="center",
                  fontsize=theme.SMALL_SIZE)  # fmt: skip
        ends = (
            (0, -0.05, _("buys young products"), "left", "top"), (1, -0.05, _("buys mature products"), "right", "top"),
            (0, 1.05, _("experienced specialist"), "left", "bottom"),
            (0, -0.12, _("below: inexperienced generalist; area: net sales"), "left", "top"),
        )  # fmt: skip
        for x, y, text, side, vertical in ends:
            label(axes, x, y, text, ha=side, va=vertical, color=theme.MUTED, fontsize=theme.SMALL_SIZE)
        return finish(figure, title, alt)


def movers_table(result: ExperienceShift, n: Numbers, count: int = MAX_ROWS) -> Table:
    """List who has turned within 12 months: since when, scores, evidence."""
    _ = n.words
    movers = result.movers
    shown = movers.head(count)
    frame = shown.assign(
        since=[n.month_short(day.to_period("M")) for day in shown["moved_on"]],
        scores=[
            f"{n.decimal(before, 2)} → {n.decimal(now, 2)}"
            for before, now in zip(shown["score_year_ago"], shown["score"], strict=True)
        ],
        why=[evidence_words(row, n) for _index, row in shown.iterrows()],
    )
    # Few columns: the evidence needs the room; what to offer stands with the corners.
    columns = {
        **measures(n, "customer", "net_amount"),
        "since": Column(_("Shows since")),
        "scores": Column(_("Score, a year ago and now")),
        "why": Column(_("Signs")),
    }
    caption = _(
        "Customers who have turned from generalist to specialist, net sales in {currency}",
        currency=n.currency,
    )
    empty = _("None has turned towards the specialist within 12 months.")
    return truncated_table(len(movers), frame, columns, caption, n, cut="first", empty=empty)


def evidence_table(result: ExperienceShift, n: Numbers) -> Table:
    """List the mean evidence of those who have turned, at each quarter of the last year."""
    _ = n.words
    rows = result.history[result.history["customer_id"].isin(result.movers["customer_id"])]
    known = [each for each in EVIDENCE if each.name in rows]
    origins = sorted(rows["origin"].unique())[::-1][::3][::-1]
    means = (
        rows[rows["origin"].isin(origins)]
        .groupby("origin")[[*(each.name for each in known), "score"]]
        .mean()
        .reset_index()
    )
    means["month"] = [n.month_short(day.to_period("M")) for day in means["origin"]]
    columns: dict[str, Column] = {"month": Column(_("6 months to"))}
    columns |= {each.name: Column(each.label(_), n.decimal if each.in_days else n.percent) for each in known}
    columns["score"] = Column(_("Score"), n.decimal.to(2))
    caption = _("The evidence over time, mean of the customers who have turned")
    return table(means, columns, caption, empty=_("None has turned towards the specialist within 12 months."))


def weighed_findings(result: ExperienceShift, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: who has turned, weighed by their expected loss of a year."""
    if result.movers.empty:
        return []
    loss = likely.expected_loss(result.movers["customer_id"], result.movers["net_amount"])
    return [WeighedFinding(_moved(result, n) or "", total(loss), PAGE)]


def proposed_actions(result: ExperienceShift, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to keep every customer who has turned, with an offer; see `helpers.present.findings`."""
    movers = result.movers
    loss = likely.expected_loss(movers["customer_id"], movers["net_amount"])
    return propose(movers, "keep", loss, due_day(result.month, 30, n), _reason, n)


def _reason(row: Row, n: Numbers) -> str:
    customer: str = row["customer_id"] if pd.isna(row["name"]) else row["name"]
    why = evidence_words(row, n)
    return n.words("{customer} turns to buying components on price ({why}).", customer=customer, why=why)
