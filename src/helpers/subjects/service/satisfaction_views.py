"""Views of satisfaction: means with intervals, and customers who did not answer."""

import pandas as pd

from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import MAX_ROWS, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.service.satisfaction import Satisfaction


def satisfaction(result: Satisfaction | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return the latest wave; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table surveys."))]
    totals = result.groups.iloc[0]
    if not totals["responses"] and not totals["previous_responses"]:
        return [findings(_("None of these customers answered in the last two waves."))]
    return [satisfaction_findings(result, n), behind(_groups_table(result, n)), _unhappy_table(result, n)]


def satisfaction_findings(result: Satisfaction, n: Numbers) -> Findings:
    """Return the mean with its interval, the change, and the share that did not answer."""
    _ = n.words
    totals = result.groups.iloc[0]
    first = pd.notna(totals["low"]) and _(
        "Satisfaction is {mean} of 10 (95%: {low} to {high}) from {responses} customers; weighed by tier "
        "{weighted}.",
        mean=n.decimal(totals["mean"]), low=n.decimal(totals["low"]), high=n.decimal(totals["high"]),
        responses=n.count(totals["responses"]), weighted=n.decimal(result.weighted_mean),
    )  # fmt: skip
    return findings(first, _change_sentence(totals, n), _silent_sentence(result, totals, n))


def _change_sentence(totals: pd.Series, n: Numbers) -> str | None:
    _ = n.words
    if pd.isna(totals["change_low"]):
        return None
    before = n.decimal(totals["previous_mean"])
    if totals["change_low"] <= 0 <= totals["change_high"]:
        return _("The wave before gave {before}: the difference is no more than chance.", before=before)
    return _("The wave before gave {before}: the difference is more than chance.", before=before)


def _silent_sentence(result: Satisfaction, totals: pd.Series, n: Numbers) -> str | None:
    _ = n.words
    if pd.isna(totals["response_rate"]) or pd.isna(result.silent_amount_share):
        return None
    if pd.isna(result.answered_change) or pd.isna(result.silent_change):
        return _(
            "{rate} of the buying customers answered; the others bring {share} of sales.",
            rate=n.percent(totals["response_rate"]), share=n.percent(result.silent_amount_share),
        )  # fmt: skip
    return _(
        "{rate} of the buying customers answered; the others bring {share} of sales. Sales to customers "
        "of a year ago changed by {silent} where they did not answer, by {answered} where they did.",
        rate=n.percent(totals["response_rate"]), share=n.percent(result.silent_amount_share),
        silent=n.signed_percent(result.silent_change), answered=n.signed_percent(result.answered_change),
    )  # fmt: skip


def _groups_table(result: Satisfaction, n: Numbers) -> Table:
    _ = n.words
    rows = result.groups
    kinds = rows["kind"] == "group"
    if not rows.loc[kinds, "group"].notna().any():
        rows = rows[~kinds]
    names = {"mean": "satisfaction", "low": "satisfaction_low", "high": "satisfaction_high"}
    frame = rows.rename(columns=names).assign(
        label=[_label(kind, name, n) for kind, name in zip(rows["kind"], rows["group"], strict=True)],
        interval=lambda named: intervals(named, n),
    )
    columns = {
        "label": Column(_("Tier or group")),
        "customers": Column(_("Buying customers"), n.count),
        "responses": Column(_("Answers"), n.count),
        **measures(n, "response_rate", "satisfaction", "interval"),
        "previous_mean": Column(_("Wave before"), n.decimal),
        "previous_responses": Column(_("Answers then"), n.count),
    }
    caption = _("Satisfaction in the {months} months to {month}, a customer counted once",
                months=n.count(result.wave_months), month=n.month(result.month))  # fmt: skip
    return table(frame, columns, caption)


def intervals(rows: pd.DataFrame, n: Numbers) -> pd.Series:
    """Return ``satisfaction_low`` to ``satisfaction_high`` as text; missing below two answers."""
    texts = [
        n.words("{low} to {high}", low=n.decimal(low), high=n.decimal(high)) if pd.notna(low) else None
        for low, high in zip(rows["satisfaction_low"], rows["satisfaction_high"], strict=True)
    ]
    return pd.Series(texts, index=rows.index, dtype="object")


def _label(kind: str, name: object, n: Numbers) -> str:
    _ = n.words
    if kind == "total":
        return _("All")
    if not isinstance(name, str):
        return _("Not recorded")
    return _("Tier {tier}", tier=name) if kind == "tier" else str(_.value(name))


def _unhappy_table(result: Satisfaction, n: Numbers) -> Table:
    _ = n.words
    columns = {
        **measures(n, "customer"),
        "score": Column(_("Score"), n.decimal),
        "previous": Column(_("Wave before"), n.decimal),
        **measures(n, "net_amount", "salesperson_name", bar="net_amount"),
    }
    caption = _("Who gave less than 6 of 10, by sales in {currency}", currency=n.currency)
    empty = _("Nobody gave less than 6 of 10.")
    return truncated_table(
        len(result.unhappy), result.unhappy.head(MAX_ROWS), columns, caption, n, empty=empty
    )
