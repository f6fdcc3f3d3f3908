"""Views of complaints: causes, time to resolution, repeated complaints, effect on sales."""

import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.lookup import largest_first
from helpers.core.proposals import Likelihood, Proposals
from helpers.present import labels
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.service.complaints import Complaints

PAGE = "08_service_and_contacts"
_DUE_DAYS = {"high": 7}
_ELSE_DUE_DAYS = 14
#: Number of equally frequent causes named in a title.
_MOST_NAMED = 3


def severity_label(severity: object, _: Words) -> str:
    """Return the label of a severity; an unknown one is shown as it is."""
    if not isinstance(severity, str):
        return _("Not recorded")
    return {"high": _("high"), "medium": _("medium"), "low": _("low")}.get(severity, severity)


def complaints(result: Complaints | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return causes, times, names and effects; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table complaints."))]
    if result.causes.empty:
        return [findings(_("None of these customers complained in the window, and no complaint is open."))]
    shown: list[Chart | Table | Findings] = [complaints_findings(result, n), _cause_chart(result, n)]
    if result.has_resolutions:
        shown.append(_month_chart(result, n))
    return [*shown, behind(_times_table(result, n)), _open_table(result, n), behind(_repeat_table(result, n))]


def complaints_findings(result: Complaints, n: Numbers) -> Findings:
    """Return the number of complaints, the time they take, and their effect on sales."""
    _ = n.words
    first = _.ngettext(
        "{n} complaint in {months} months, against {previous} in the same months a year before.",
        "{n} complaints in {months} months, against {previous} in the same months a year before.",
        result.opened, months=n.count(result.window_months),
        previous=n.count(result.opened_previous),
    )  # fmt: skip
    unknown = not result.has_resolutions and _(
        "What is open cannot be told: this needs the column resolved_at.",
    )  # fmt: skip
    backwards = result.backwards and _.ngettext(
        "{n} complaint is dated as answered or settled before it was opened; no time counts it.",
        "{n} complaints are dated as answered or settled before they were opened; no time counts them.",
        result.backwards,
    )  # fmt: skip
    return findings(first, _open_sentence(result, n), _time_sentence(result, n), _repeat_sentence(result, n),
                    _effect_sentence(result, n), unknown, backwards)  # fmt: skip


def _open_sentence(result: Complaints, n: Numbers) -> str | None:
    waiting = result.customers[result.customers["open"] > 0]
    if waiting.empty:
        return None
    return n.words.ngettext(
        "{n} complaint is open; who waits bought for {amount} in the window: {customer}.",
        "{n} complaints are open; the customers who wait bought for {amount} in the window, {customer} the most.",
        result.open, amount=n.money_short(float(waiting["net_amount"].sum())),
        customer=display_names(waiting).iloc[0],
    )  # fmt: skip


def _time_sentence(result: Complaints, n: Numbers) -> str | None:
    rows = result.times[result.times["whole"] & (result.times["stage"] == "resolution")]
    if rows.empty or pd.isna(rows["median_days"].iloc[0]):
        return None
    row = rows.iloc[0]
    return n.words(
        "Half of the complaints are settled within {median} days, with open ones counted as open.",
        median=n.decimal(row["median_days"]),
    )  # fmt: skip


def _repeat_sentence(result: Complaints, n: Numbers) -> str | None:
    again = result.customers[result.customers["repeat"]]
    if again.empty or not result.opened:
        return None
    return n.words.ngettext(
        "{n} customer complained repeatedly: {share} of the complaints are its own.",
        "{n} customers complained repeatedly: {share} of the complaints are theirs.",
        len(again), share=n.percent(float(again["complaints"].sum()) / result.opened),
    )  # fmt: skip


def _effect_sentence(result: Complaints, n: Numbers) -> str | None:
    if not result.tells_effect:
        return None
    _ = n.words
    effect = result.effect
    if effect is None:
        return _("What follows a complaint in sales cannot be told: too few complaints can be compared.")
    values = {
        "months": n.count(effect.span_months), "low": n.signed_percent(effect.low),
        "high": n.signed_percent(effect.high), "change": n.signed_percent(effect.change),
        "cases": _("about {count}", count=n.count(effect.cases)) if effect.about else n.count(effect.cases),
    }  # fmt: skip
    if effect.low <= 0 <= effect.high:
        return _(
            "In the {months} months after a complaint, sales differ by {change} from those of customers alike "
            "(95%: {low} to {high}; {cases} complaints of all customers): no more than chance may do.",
            **values,
        )
    return _(
        "In the {months} months after a complaint, sales differ by {change} from those of customers alike "
        "(95%: {low} to {high}; {cases} complaints of all customers): more than chance does.",
        **values,
    )


def _cause_chart(result: Complaints, n: Numbers) -> Chart:
    _ = n.words
    names = labels.value_labels(result.causes["category"], _).tolist()
    frame = result.causes.assign(
        label=names,
        note=[
            _("({previous} a year before)", previous=n.count(value)) for value in result.causes["previous"]
        ],
    )
    share = float(frame["complaints"].iloc[0]) / result.opened if result.opened else float("nan")
    title = _(
        "Most frequent cause: {cause}, with {share} of the complaints", cause=names[0], share=n.percent(share)
    )
    first = names[: int((frame["complaints"] == frame["complaints"].iloc[0]).sum())]
    if 1 < len(first) <= _MOST_NAMED:
        title = _("Most frequent causes, each with {share} of the complaints: {causes}",
                  causes=_.listed(first), share=n.percent(share))  # fmt: skip
    elif len(first) > 1:
        title = _("No cause of complaints is more frequent than the others")
    alt = _.pairs(names, map(n.count, frame["complaints"]))
    return share_bars(frame, title=title, alt=alt, fmt=n.count, value="complaints", note="note")


def _month_chart(result: Complaints, n: Numbers) -> Chart:
    _ = n.words
    first, last = (n.count(result.months["open"].iloc[place]) for place in (0, -1))
    since = n.month(result.months["month"].iloc[0])
    title = _("Open complaints went from {first} in {month} to {last}", first=first, month=since, last=last)
    if first == last:
        title = _("As many complaints are open as in {month}: {last}", month=since, last=last)
    alt = _.pairs(map(n.month_short, result.months["month"]), map(n.count, result.months["open"]))
    series = [("open", _("Still open")), ("opened", _("Newly opened"))]
    return trend(result.months, series, title=title, alt=alt, fmt=n.count, fmt_month=n.month_short)


def _times_table(result: Complaints, n: Numbers) -> Table:
    _ = n.words
    stages = {"answer": _("To the first answer"), "resolution": _("To settlement")}
    rows = result.times
    frame = rows.assign(
        stage=rows["stage"].map(stages),
        severity=[
            _("All") if is_total else severity_label(severity, _)
            for severity, is_total in zip(rows["severity"], rows["whole"], strict=True)
        ],
    )
    columns = {
        "stage": Column(_("Time")),
        "severity": Column(_("Severity")),
        "cases": Column(_("Complaints"), n.count),
        "open": Column(_("Not yet"), n.count),
        "median_days": Column(_("Half within, days"), n.decimal),
        "slow_days": Column(_("Nine in ten within, days"), n.decimal),
        "closed_mean_days": Column(_("Mean of the closed alone, days"), n.decimal),
    }
    caption = _("How long complaints of the window take, open ones counted as open")
    return table(frame, columns, caption, empty=_("No answer or settlement is on record."))


def _open_table(result: Complaints, n: Numbers) -> Table:
    _ = n.words
    rows = result.customers[result.customers["open"] > 0]
    columns = {
        **measures(n, "customer", "net_amount", bar="net_amount"),
        "open": Column(_("Still open"), n.count),
        **({"unanswered": Column(_("Unanswered"), n.count)} if result.has_responses else {}),
        **({"severity": Column(_("Worst severity"))} if rows["severity"].notna().any() else {}),
        "longest_open_days": Column(_("Open for, days"), n.decimal.to(0)),
        **measures(n, "salesperson_name"),
    }
    caption = _(
        "Who waits for an answer or a settlement, by sales of the window in {currency}", currency=n.currency
    )
    shown = rows.head(MAX_ROWS)
    shown = shown.assign(severity=[severity_label(severity, _) for severity in shown["severity"]])
    return truncated_table(len(rows), shown, columns, caption, n, empty=_("No complaint is open."))


def _repeat_table(result: Complaints, n: Numbers) -> Table:
    _ = n.words
    rows = result.customers[result.customers["repeat"]]
    rows = largest_first(rows, "complaints", "net_amount")
    columns = {
        **measures(n, "customer", "complaints", bar="complaints"),
        "open": Column(_("Still open"), n.count),
        **measures(n, "net_amount", "salesperson_name"),
    }
    caption, empty = _("Who complained more than once in the window"), _("Nobody complained more than once.")
    return truncated_table(len(rows), rows.head(MAX_ROWS), columns, caption, n, empty=empty)


def weighed_findings(result: Complaints, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: open complaints, weighed by expected loss of yearly sales."""
    waiting = result.customers[result.customers["open"] > 0]
    amount = float(likely.expected_loss(waiting["customer_id"], waiting["net_amount"]).sum())
    return weighed(
        PAGE, (_open_sentence(result, n), amount * months_a_year(result.month) / result.window_months)
    )


def proposed_actions(result: Complaints, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to answer or resolve every open complaint; the expected loss of a year is at stake."""
    waiting = result.customers[result.customers["open"] > 0]
    loss = likely.expected_loss(waiting["customer_id"], waiting["net_amount"])
    days = waiting["severity"].map(_DUE_DAYS).astype("float64").fillna(_ELSE_DUE_DAYS)
    columns = waiting[["customer_id", "unanswered", "severity", "longest_open_days"]]
    at_stake, due = loss * months_a_year(result.month) / result.window_months, due_day(result.month, days, n)
    return propose(columns, "answer_complaint", at_stake, due, _reason, n)


def _reason(row: Row, n: Numbers) -> str:
    _, days = n.words, round(row["longest_open_days"])
    if row["unanswered"] > 0:
        return _.ngettext("A complaint is unanswered, the oldest open for {n} day.",
                          "A complaint is unanswered, the oldest open for {n} days.",
                          days)  # fmt: skip
    if row["severity"] == "high":
        return _.ngettext("A complaint of high severity is open, the oldest for {n} day.",
                          "A complaint of high severity is open, the oldest for {n} days.",
                          days)  # fmt: skip
    return _.ngettext("A complaint is answered but not settled, the oldest open for {n} day.",
                      "A complaint is answered but not settled, the oldest open for {n} days.",
                      days)  # fmt: skip
