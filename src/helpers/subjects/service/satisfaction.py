"""Satisfaction by tier and class with response counts, intervals and non-response."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import aggregate, largest_first, left_join, look_up
from helpers.core.periods import trailing


@dataclass(frozen=True)
class Satisfaction(Answer):
    """Answers of the latest wave, on a scale from 0 to 10, a customer counted once.

    Attributes
    ----------
    month, wave_months
        The wave is the answers of the ``wave_months`` months that end with ``month``; the previous one, of as many
        before them.
    groups
        One row per kind (``total``, ``tier``, ``group``) and group: customers (with sales in the window), responses,
        response_rate, mean, low, high (95 %, t; NaN below two answers), previous_mean, previous_responses, change (NaN
        if either wave has no answer), change_low, change_high (95 %, Welch).
    weighted_mean
        Mean if every tier had answered as its share of customers is; NaN if a tier did not answer.
    silent_amount_share
        Share of the sales of customers who did not answer.
    answered_change, silent_change
        Change of sales against the window a year earlier, of who answered and who did not, among those who bought then
        too (a newcomer is not a growth of anybody); NaN without such.
    unhappy
        Customers who gave less than 6, the largest sales first: customer_id, name, salesperson_name, score, previous,
        net_amount.
    """

    month: pd.Period
    wave_months: int
    groups: pd.DataFrame
    weighted_mean: float
    silent_amount_share: float
    answered_change: float
    silent_change: float
    unhappy: pd.DataFrame


def satisfaction(
    survey_months: pd.DataFrame,
    customers: pd.DataFrame,
    tiered: pd.DataFrame,
    summary: pd.DataFrame,
    month: pd.Period,
    wave_months: int = 6,
) -> Satisfaction:
    """Compare answers with the customers surveyed; ``tiered`` is `Tiers.customers`, the others facts."""
    wave = trailing(month, wave_months)
    known = customers[["customer_id", "name", "salesperson_name"]]
    bought = summary[["customer_id", "net_amount", "net_amount_previous"]]
    table = left_join(known, bought)
    tiers = tiered.set_index("customer_id")
    for name in ("tier", "group"):
        table[name] = look_up(table["customer_id"], tiers[name])
    for name, span in (("score", wave), ("previous", wave.back(wave_months))):
        rows = survey_months[span.holds(survey_months["month"])]
        sums = aggregate(rows["customer_id"], rows[["score_sum", "responses"]], "sum")
        table[name] = look_up(table["customer_id"], sums["score_sum"] / sums["responses"])
    table["buying"] = (table["net_amount"] > 0) & table["tier"].isin(["A", "B", "C"])
    buying = table[table["buying"]]
    groups = _groups(table)
    by_tier = groups[groups["kind"] == "tier"]
    response_share = float(
        (by_tier["mean"] * by_tier["customers"]).sum(skipna=False) / max(by_tier["customers"].sum(), 1)
    )
    answered = buying["score"].notna()
    amount = float(buying["net_amount"].sum())
    unhappy = largest_first(table[table["score"] < 6], "net_amount")
    columns = ["customer_id", "name", "salesperson_name", "score", "previous", "net_amount"]
    return Satisfaction(
        month=month,
        wave_months=wave_months,
        groups=groups,
        weighted_mean=response_share if len(by_tier) else float("nan"),
        silent_amount_share=float(buying.loc[~answered, "net_amount"].sum()) / amount
        if amount
        else float("nan"),
        answered_change=_change(buying[answered]),
        silent_change=_change(buying[~answered]),
        unhappy=unhappy[columns].reset_index(drop=True),
    )


def _change(rows: pd.DataFrame) -> float:
    rows = rows[rows["net_amount_previous"] > 0]
    before = float(rows["net_amount_previous"].sum())
    return float(rows["net_amount"].sum()) / before - 1 if before > 0 else float("nan")


def _groups(table: pd.DataFrame) -> pd.DataFrame:
    total_row = _row("total", None, table)
    buying = table[table["buying"]]
    rows = [
        _row(kind, name if isinstance(name, str) else None, part)
        for kind in ("tier", "group")
        for name, part in buying.groupby(kind, dropna=False)
    ]
    return pd.DataFrame([total_row, *rows])


def _row(kind: str, name: str | None, part: pd.DataFrame) -> dict[str, object]:
    score, previous = part["score"].dropna(), part["previous"].dropna()
    customers = int(part["buying"].sum())
    from_buying = int(part.loc[part["buying"], "score"].notna().sum())
    mean, low, high = _mean(score)
    change, change_low, change_high = _difference(score, previous)
    return {
        "kind": kind, "group": name, "customers": customers, "responses": len(score),
        "response_rate": from_buying / customers if customers else float("nan"),
        "mean": mean, "low": low, "high": high,
        "previous_mean": float(previous.mean()) if len(previous) else float("nan"),
        "previous_responses": len(previous),
        "change": change, "change_low": change_low, "change_high": change_high,
    }  # fmt: skip


def _mean(scores: pd.Series) -> tuple[float, float, float]:
    """Return mean and 95 % interval by Student's t, clipped to the scale."""
    nothing = float("nan")
    if scores.empty:
        return nothing, nothing, nothing
    mean = float(scores.mean())
    if len(scores) < 2:
        return mean, nothing, nothing
    half = float(stats.t.ppf(0.975, len(scores) - 1) * scores.std() / np.sqrt(len(scores)))
    return mean, max(mean - half, 0.0), min(mean + half, 10.0)


def _difference(now: pd.Series, before: pd.Series) -> tuple[float, float, float]:
    """Return the change of the mean between two waves with its 95 % interval (Welch 1947)."""
    nothing = float("nan")
    if now.empty or before.empty:
        return nothing, nothing, nothing
    change = float(now.mean() - before.mean())
    if len(now) < 2 or len(before) < 2 or not (now.var() + before.var()) > 0:
        return change, nothing, nothing
    interval = stats.ttest_ind(now, before, equal_var=False).confidence_interval(0.95)
    return change, float(interval.low), float(interval.high)
