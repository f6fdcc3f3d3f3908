"""Who is about to leave, for readers: findings, the list with reasons, and how right earlier warnings were.

Cells of a notebook::

    scores = book.churn()
    risk = book.risk_list(scores)
    display(show.churn_findings(scores, risk, n), show.risk_table(risk, book.settings.playbook, n))
    display(show.record_table(risk, n), show.test_table(scores, n))
"""

from typing import Any

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Proposals, Unit
from helpers.present.actions import due_day, propose
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.labels import money_name
from helpers.present.name_lists import display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, table
from helpers.settings.analysis import Playbook
from helpers.subjects.churn.at_risk import RiskList
from helpers.subjects.churn.churn import ChurnScores
from helpers.subjects.churn.learning.features import month_of
from helpers.subjects.churn.words import (
    drift_note,
    lead_note,
    method_note,
    own_note,
    reason_words,
    recency_note,
    sampled_note,
    season_note,
    signal_by_reason,
    uninformative_words,
    widened_note,
)
from helpers.subjects.signals.catalogue import sentence, signal
from helpers.subjects.signals.signals import Signals
from helpers.subjects.working_time.views import silence_sentences
from helpers.subjects.working_time.working_time import WorkingTime

PAGE = "04_churn_signals"
MOST_ROWS = 200
_KEEP_DAYS, _WIN_BACK_DAYS = 14, 30


def churn_findings(
    scores: ChurnScores, risk: RiskList, n: Numbers, working: WorkingTime | None = None
) -> Findings:
    """Write what a sales manager should take from the list, and which days do not count as silence."""
    _ = n.words
    if scores.customers.empty:
        return findings(_("No customer has bought lately: nobody can be judged."))
    return findings(
        _lead(scores, risk, n), _silent(risk, n), _changes(risk, n) if scores.tells else None, lead_note(risk, n),
        drift_note(scores, risk, n), widened_note(scores, risk, n),
        recency_note(scores, n), own_note(scores, n), method_note(scores.method, n), season_note(scores, n),
        sampled_note(scores.learnt_from, n), *silence_sentences(working, n),
    )  # fmt: skip


def _lead(scores: ChurnScores, risk: RiskList, n: Numbers) -> str:
    _ = n.words
    if not scores.tells:
        return uninformative_words(scores, n)
    if risk.customers.empty:
        return _("No customer is at risk: at least {limit} likely to buy nothing in the next {months} months, against "
                 "its rhythm.",
                 limit=n.percent(risk.warn_probability, 0), months=scores.horizon_months)  # fmt: skip
    return _.ngettext(
        "{n} customer is at risk: at least {limit} likely to buy nothing in the next {months} months, against its "
        "rhythm, with {amount} of yearly {measure} at stake: {customer}.",
        "{n} customers are at risk: at least {limit} likely to buy nothing in the next {months} months, against their "
        "rhythm, with {amount} of yearly {measure} at stake; most with {customer}.",
        len(risk.customers), limit=n.percent(risk.warn_probability, 0), months=scores.horizon_months,
        amount=n.money_short(risk.risk_amount), measure=money_name(risk.has_margin, n.words),
        customer=display_names(risk.customers.head(1)).iloc[0],
    )  # fmt: skip


def _silent(risk: RiskList, n: Numbers) -> str | None:
    _, silent = n.words, risk.silent
    if silent.empty:
        return None
    lapsed = int((silent["state"] == "lapsed").sum())
    if not risk.silent_amount > 0:
        return _(
            "Beyond their rhythm already: {overdue} whose order is overdue and {lapsed} who lapsed.",
            overdue=n.count(len(silent) - lapsed), lapsed=n.count(lapsed),
        )  # fmt: skip
    return _(
        "Beyond their rhythm already: {overdue} whose order is overdue and {lapsed} who lapsed, with {amount} of "
        "yearly {measure} at stake; most with {customer}.",
        overdue=n.count(len(silent) - lapsed), lapsed=n.count(lapsed), amount=n.money_short(risk.silent_amount),
        measure=money_name(risk.has_margin, n.words), customer=display_names(silent.head(1)).iloc[0],
    )  # fmt: skip


def _changes(risk: RiskList, n: Numbers) -> str:
    return n.words(
        "Of those warned of, {new} are new this month; of last month's, {recovered} have bought since and "
        "{silent} have been silent for too long to warn of.",
        new=n.count(int(risk.customers["is_new"].sum())), recovered=n.count(len(risk.recovered)),
        silent=n.count(risk.fell_silent),
    )  # fmt: skip


def risk_table(risk: RiskList, playbook: Playbook, n: Numbers, signals: Signals | None = None) -> Table:
    """List the customers at risk by what would go with them, with the playbook's next step.

    The step answers the strongest noticed signal of ``signals`` that is more than silence, else the strongest reason of
    the purchases that is;
    where a visit is expected to pay, and can be made, it is said on a visit.
    """
    _ = n.words
    shown = risk.customers.head(MOST_ROWS)
    sentences, signals_to_answer = _sentences(shown, signals, n), _signals_to_answer(shown, signals)
    steps = [signal(name).next_step(playbook, _) for name in signals_to_answer]
    frame = shown.assign(
        why=[reason_words(row, n, sentences.get(row["customer_id"])) for row in shown.to_dict("records")],
        step=[
            _("On a visit: {step}", step=step) if visit else step
            for step, visit in zip(steps, shown["visit"], strict=True)
        ],
        new=[_("new") if flag else _("still") for flag in shown["is_new"]],
    )
    columns = {
        **measures(n, "customer", "step"),
        "risk_amount": Column(_("At stake"), n.count, bar=True),
        "probability": Column(_("Probability"), n.percent.to(0)),
        **_drifted(frame, n),
        **measures(n, "why", "salesperson_name"),
        "value_amount": Column(_value_head(risk, n), n.count, listed=False),
        "new": Column(_("Since last month")),
    }
    if risk.contacts_known:
        columns["last_contact"] = Column(_("Last contact"), n.date, listed=False)
    caption = _("Customers at risk, by {measure} at stake, in {currency}",
                measure=money_name(risk.has_margin, n.words), currency=n.currency)  # fmt: skip
    return truncated_table(
        len(risk.customers), frame, columns, caption, n, empty=_("Nobody is to be warned of.")
    )


def silent_tables(risk: RiskList, n: Numbers) -> list[Table]:
    """List who is silent beyond its rhythm: whose order is overdue, and who has lapsed."""
    return [_silent_table(risk, state, n) for state in ("overdue", "lapsed")]


def _silent_table(risk: RiskList, state: str, n: Numbers) -> Table:
    _ = n.words
    rows = risk.silent[risk.silent["state"] == state]
    frame = rows.head(MOST_ROWS)
    frame = frame.assign(
        # Whole days: who has been silent for more of them is over the limit.
        limit_days=np.floor(frame["limit_days"]),
        whose=[_("its own") if own else _("its class's") for own in frame["own_rhythm"].astype(bool)],
    )
    columns = {
        **measures(n, "customer", "salesperson_name"),
        "silence_days": Column(_("Silent, days"), n.count),
        "usual_gap_days": Column(_("Usual gap, days"), n.count),
        "whose": Column(_("Whose gap")),
        "limit_days": Column(_("Overdue after, days"), n.count),
        "probability": Column(_("Probability of leaving"), n.percent.to(0)),
        **_drifted(frame, n),
        "value_amount": Column(_value_head(risk, n), n.count),
        "risk_amount": Column(_("At stake"), n.count, bar=True),
    }
    measure = money_name(risk.has_margin, _)
    caption, empty = {
        "overdue": (_("Customers whose order is overdue, by {measure} at stake, in {currency}",
                      measure=measure, currency=n.currency), _("Nobody's order is overdue.")),
        "lapsed": (_("Customers who have lapsed, by {measure} at stake, in {currency}",
                     measure=measure, currency=n.currency), _("Nobody has lapsed.")),
    }[state]  # fmt: skip
    return truncated_table(len(rows), frame, columns, caption, n, empty=empty)


def _drifted(frame: pd.DataFrame, n: Numbers) -> dict[str, Column]:
    """Show where the probability lies if it is as far off as of late; no column without drift."""
    head = n.words("If off as of late")
    return {"probability_drift": Column(head, n.percent.to(0))} if "probability_drift" in frame else {}


def _value_head(risk: RiskList, n: Numbers) -> str:
    return n.words("Margin of a year") if risk.has_margin else n.words("Sales of a year")


def _sentences(shown: pd.DataFrame, signals: Signals | None, n: Numbers) -> dict[str, dict[str, str]]:
    """Return, by customer, the sentences of the noticed signals that are among its reasons."""
    if signals is None:
        return {}
    reasons = shown[["customer_id", "reasons"]].explode("reasons")
    pairs = set(zip(reasons["customer_id"], reasons["reasons"], strict=True))
    rows = signals.noticed[signals.noticed["customer_id"].isin(shown["customer_id"])]
    sentences: dict[str, dict[str, str]] = {}
    for _index, row in rows.iterrows():
        if (row["customer_id"], row["signal"]) in pairs:
            sentences.setdefault(row["customer_id"], {})[row["signal"]] = sentence(row, n)
    return sentences


def _signals_to_answer(shown: pd.DataFrame, signals: Signals | None) -> list[str]:
    """Return the signal of each customer that the playbook should answer: of silence alone all are guilty."""
    strongest: dict[str, str] = {}
    if signals is not None:
        noticed = signals.noticed[signals.noticed["customer_id"].isin(shown["customer_id"])]
        noticed = noticed[~noticed["signal"].isin(["silence", "p_alive"])]
        noticed = largest_first(noticed, "strength", then="signal")
        strongest = dict(zip(noticed["customer_id"][::-1], noticed["signal"][::-1], strict=True))
    steps = signal_by_reason()
    return [
        strongest.get(customer)
        or next((steps[name] for name in reasons if name in steps and name != "silence"), "silence")
        for customer, reasons in zip(shown["customer_id"], shown["reasons"], strict=True)
    ]


def shrinking_table(
    risk: RiskList,
    n: Numbers,
    playbook: Playbook | None = None,
    signals: Signals | None = None,
) -> Table:
    """List customers who will likely stay and buy less than half; with a playbook its next step, as in the list."""
    _ = n.words
    shown = risk.shrinking.head(MOST_ROWS)
    steps = [signal(name).next_step(playbook or Playbook(), _) for name in _signals_to_answer(shown, signals)]
    columns = {
        **measures(n, "customer", *(("step",) if playbook is not None else ()), "salesperson_name"),
        "shrinking": Column(_("Probability of shrinking"), n.percent.to(0)),
        "probability": Column(_("Probability of leaving"), n.percent.to(0)),
        "value_amount": Column(_value_head(risk, n), n.count),
        "shrink_amount": Column(_("At stake"), n.count, bar=True),
    }
    caption = _("Customers likely to stay but to spend less than half, by {measure} at stake, in {currency}",
                measure=money_name(risk.has_margin, n.words), currency=n.currency)  # fmt: skip
    empty = _("Nobody who stays is likely to spend less than half.")
    return truncated_table(
        len(risk.shrinking), shown.assign(step=steps), columns, caption, n, empty=empty, sortable=False
    )


def record_chart(risk: RiskList, n: Numbers) -> Chart | Findings:
    """Draw how many were warned of at each past month end, and how many of them then left."""
    _, frame = n.words, risk.record.tail(24).reset_index(drop=True)
    if len(frame) < 2:
        return findings(_("No outcome is known yet."))
    ends = [month_of(number).to_timestamp() for number in frame["number"].tolist()]
    frame = frame.assign(month=ends)
    warned, left = int(frame["warned"].sum()), int(frame["warned_left"].sum())
    title = _(
        "Of {warned} warnings whose outcome is known, counted again at each month end, {left} came true ({share})",
        warned=n.count(warned), left=n.count(left), share=n.percent(left / warned if warned else float("nan"), 0),
    )  # fmt: skip
    series = [("warned", _("Warned of")), ("warned_left", _("Of them left"))]
    return trend(frame, series, title=title, alt=title, fmt=n.count, fmt_month=n.month_short)


def record_table(risk: RiskList, n: Numbers) -> Table:
    """Show what became of the customers warned of at earlier month ends, each judged by what was known then."""
    _ = n.words
    frame = risk.record.tail(12).iloc[::-1].reset_index(drop=True)
    frame["month"] = [n.month_short(month_of(number)) for number in frame["number"].tolist()]
    frame["hit_share"] = frame["warned_left"] / frame["warned"].where(frame["warned"] > 0)
    frame["found_share"] = frame["warned_left"] / frame["left"].where(frame["left"] > 0)
    columns = {
        "month": Column(_("Month end")), **measures(n, "customers"),
        "warned": Column(_("Warned of"), n.count), "warned_left": Column(_("Of them left"), n.count),
        "hit_share": Column(_("Came true"), n.percent), "left": Column(_("Left in all"), n.count),
        "found_share": Column(_("Warned of before"), n.percent),
    }  # fmt: skip
    return table(frame, columns, _("What became of those we warned of"), empty=_("No outcome is known yet."))


def test_table(scores: ChurnScores, n: Numbers) -> Table:
    """Show how well the score tells leavers from stayers beside plain rules, out of time."""
    caption = n.words(
        "Leaving: customers of the whole company at past month ends, scored by what was known then"
    )
    return _tested(scores.test, caption, n)


def shrinking_test_table(scores: ChurnScores, n: Numbers) -> Table:
    """Show the same of the probability of shrinking."""
    caption = n.words(
        "Shrinking: customers of the whole company at past month ends, scored by what was known then"
    )
    return _tested(scores.shrinking_test, caption, n)


def _tested(test: pd.DataFrame, caption: str, n: Numbers) -> Table:
    _ = n.words
    names = {"score": _("This score"), "learned": _("The learned form, used or not"),
             "purchase_model": _("Purchase model"), "gap_ratio": _("Silence over own mean gap"),
             "recency": _("Days since last purchase"), "spend_fall": _("Spend of 3 months against 12")}  # fmt: skip
    frame = test.reindex(columns=["score", "auc", "auc_low", "auc_high", "gain", "lift", "calibration_error"])
    frame["label"] = [names[score] for score in frame["score"]]
    frame["interval"] = [f"{n.decimal(low, 3)}–{n.decimal(high, 3)}"
                         for low, high in zip(frame["auc_low"], frame["auc_high"], strict=True)]  # fmt: skip
    columns = {
        "label": Column(_("Score")), "auc": Column(_("AUC"), n.decimal.to(3)),
        **measures(n, "interval"), "gain": Column(_("Above recency"), n.decimal.to(3)),
        "lift": Column(_("Lift in the top 10 %"), n.decimal),
        "calibration_error": Column(_("Calibration error"), n.percent),
    }  # fmt: skip
    return table(frame, columns, caption, empty=_("There is too little history to test a score on."))


def weighed_findings(scores: ChurnScores, risk: RiskList, n: Numbers) -> list[WeighedFinding]:
    """Return each list in a sentence for the front page, weighed by the year's money at stake."""
    lead = _lead(scores, risk, n) if len(risk.customers) else None
    return weighed(PAGE, (lead, risk.risk_amount), (_silent(risk, n), risk.silent_amount))


def proposed_actions(scores: ChurnScores, risk: RiskList, n: Numbers) -> Proposals:
    """Propose to visit who is at risk where a visit pays, else to keep it.

    Whose order is overdue is to be kept too, and who has lapsed to be won back.
    """
    parts = [
        risk.customers.assign(state="at_risk"),
        risk.silent.astype({"state": "object"}).assign(visit=False),
    ]
    # One of the two may be nobody, and a table of nobody has no types.
    candidates = pd.concat(
        [part for part in parts if len(part)] or parts[:1], join="inner", ignore_index=True
    )
    lapsed = candidates["state"] == "lapsed"
    kinds = candidates["visit"].astype(bool).map({True: "visit", False: "keep"}).mask(lapsed, "win_back")
    due = due_day(scores.month, lapsed.map({True: _WIN_BACK_DAYS, False: _KEEP_DAYS}).astype(int), n)
    stake = candidates["risk_amount"].fillna(0.0)
    unit: Unit = "margin" if risk.has_margin else "sales"
    return propose(candidates, kinds.astype("object"), stake, due, _why_visit, n, unit)


def _why_visit(row: dict[Any, Any], n: Numbers) -> str:
    _ = n.words
    if row["state"] != "at_risk":
        figures = n.count(row["silence_days"]), n.count(row["usual_gap_days"])
        text = _("Silent for {days} days; usual is every {gap}.", days=figures[0], gap=figures[1])
        if row["own_rhythm"]:
            return text
        return _(
            "Silent for {days} days; usual in its class is every {gap}.", days=figures[0], gap=figures[1]
        )
    return _("Likely to leave ({probability}): {why}.", probability=n.percent(row["probability"], 0),
             why=reason_words(row, n))  # fmt: skip
