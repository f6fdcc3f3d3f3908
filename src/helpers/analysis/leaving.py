"""Who is about to leave (churn): a probability for every customer, why, and what became of earlier warnings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from helpers.analysis import leaving_features as signs
from helpers.analysis.leaving_evaluation import evaluate
from helpers.analysis.leaving_reasons import reasons
from helpers.analysis.leaving_states import MONTH_ENDS, states
from helpers.analysis.leaving_threshold import Threshold, threshold
from helpers.analysis.leaving_walk import walk_forward
from helpers.churn_settings import Churn

Method = Literal["learned", "purchase_model", "recency"]
#: The purchase model is fitted once, at the month end at which this part of the month ends has passed.
_MODEL_AFTER = 0.2
_MEASURES = ("silence_days", "frequency", "recency_days", "purchases_3", "purchases_12", "net_amount_12")


@dataclass(frozen=True)
class Leaving:
    """Probabilities of leaving, as of the month end and as they were at earlier ones.

    Attributes
    ----------
    month, horizon_months
        As of when, and within how many months no purchase means leaving.
    method
        ``learned`` from past month ends; ``purchase_model``: too little history to learn from, so the
        probability is the purchase model's; ``recency``: too little even for that, so the probability is
        silence / (silence + horizon), a rule of thumb.
    candidate
        Which form of the score was chosen (see `leaving_fit.forms`); empty unless learned.
    warn
        From which probability on customers are warned of, and why: one for the whole company.
    customers
        One row a customer who bought in the last ``lost_months``: customer_id, probability (of no purchase in
        the next ``horizon_months``), shrinking (probability of spending under half the year's pace; NaN where
        not learned), reasons (tuple of up to three names of `leaving_features.REASONS`, the strongest first),
        silence_days, frequency, recency_days, purchases_3, purchases_12, net_amount_12, and the columns of the fact
        signal_panel at the month end, as far as supplied. By customer_id.
    history
        The same customers' and others' probabilities at earlier month ends, each as of that day: customer_id,
        number (year * 12 + month), probability, silence_days, left (1, 0; NaN: not known yet).
    states
        `leaving_states.states` of the last thirteen month ends, of everybody who ever bought.
    test
        `leaving_evaluation.evaluate` of the score, the purchase model, the gap over the mean gap and recency
        over the month ends whose outcome is known; company-wide. No rows unless learned.
    shrinking_test
        The same of the probability of shrinking, beside the fall of spend and recency.
    learnt_from
        None: all customers. Else there are too many to learn from: the models, the tests and the outcomes in
        ``history`` rest on so many of them, and ``states`` tells of the last month ends alone.
    """

    month: pd.Period
    horizon_months: int
    method: Method
    candidate: str
    customers: pd.DataFrame
    history: pd.DataFrame
    states: pd.DataFrame
    test: pd.DataFrame
    shrinking_test: pd.DataFrame
    warn: Threshold
    learnt_from: int | None = None

    def of(self, ids: Collection[str] | None) -> Leaving:
        """Return the same for some customers only; None keeps all."""
        if ids is None:
            return self
        own = {name: getattr(self, name) for name in ("customers", "history", "states")}
        return replace(
            self, **{k: f[f["customer_id"].isin(list(ids))].reset_index(drop=True) for k, f in own.items()}
        )


def leaving(
    panel: pd.DataFrame,
    month: pd.Period,
    fit_model: signs.FitModel,
    settings: Churn | None = None,
    signal_panel: pd.DataFrame | None = None,
    margin_share: float = 1.0,
    ends_of_all: int | None = None,
) -> Leaving:
    """Learn who leaves from the past month ends of the same data, and score the customers of this one.

    Parameters
    ----------
    panel
        The fact purchase_panel of the whole company.
    month
        The report's month.
    fit_model
        Fits the purchase model; see `helpers.questions.leaving.purchase_model`.
    settings
        ``[churn]``; None takes the defaults.
    signal_panel
        The fact signal_panel of the whole company; None learns from purchases alone.
    margin_share
        Margin of a unit of net sales, for what a visit keeps; 1 where costs are not known.
    ends_of_all
        None: the panels hold everybody. Else most customers have rows at the last so many month ends alone, and are
        scored by what the others teach.
    """
    settings = settings or Churn()
    panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
    horizon = settings.horizon_months or signs.horizon_of(panel, settings.gap_quantile)
    origins = np.sort(panel["origin"].unique())
    model = None
    if len(origins):
        early = panel[panel["origin"] == origins[int(_MODEL_AFTER * (len(origins) - 1))]]
        model = fit_model(signs.summary(early))
    x = signs.features(panel, model, horizon)
    sent = signs.sent_features(panel, signal_panel) if signal_panel is not None else x.iloc[:, :0]
    held, shrank = signs.paths(panel, horizon), signs.shrank(panel, horizon)
    share, learnt_from = 1.0, None
    if ends_of_all is not None:
        drawn = panel["customer_id"][panel["origin"] < origins[-ends_of_all:][0]].unique()
        taught = panel["customer_id"].isin(drawn)
        share, learnt_from = len(drawn) / max(panel["customer_id"].nunique(), 1), len(drawn)
        # Of the others last year is not there to be looked at.
        held, shrank, x["purchases_ahead"] = held[taught].reindex(panel.index), shrank.where(taught), 0.0
    here = panel["silence_days"] <= settings.lost_months * signs.DAYS_A_MONTH + 1
    whole, panel, x, held = panel, panel[here], pd.concat([x, sent], axis=1)[here], held[here]
    table = panel[["customer_id"]].assign(number=signs.origin_number(panel))
    this = table["number"] == month.year * 12 + month.month
    names = sent.columns.tolist()
    scored = walk_forward(table, x, held, names)
    learned = bool((scored["number"] == month.year * 12 + month.month).any())
    shrinking = pd.Series(dtype="float64")
    if learned:
        method: Method = "learned"
        one = shrank[here].to_frame(horizon)
        shrinking = walk_forward(table, x, one, names, most_steps=horizon + 8)["probability"]
        history = table.loc[scored.index].assign(
            probability=scored["probability"], silence_days=panel["silence_days"], left=held[horizon]
        )
        candidate = str(scored["candidate"].iloc[-1])
        probability = scored["probability"]
    else:
        method, probability = _fallback(panel[this], horizon, fit_model)
        history = table.iloc[:0].assign(probability=0.0, silence_days=0.0, left=0.0)
        candidate = ""
    customers = panel.loc[this, ["customer_id", *_MEASURES]]
    customers.insert(1, "probability", probability.reindex(customers.index))
    customers.insert(2, "shrinking", shrinking.reindex(customers.index))
    customers.insert(3, "reasons", reasons(table, x, held, panel["T_days"], this, names, candidate))
    if signal_panel is not None:
        now = signal_panel[signal_panel["origin"] == month.to_timestamp(how="end").normalize()]
        customers = customers.merge(now.drop(columns="origin"), on="customer_id", how="left")
    known = probability.combine_first(history["probability"]).reindex(whole.index)
    value = float(customers["net_amount_12"].median() * margin_share) if len(customers) else 0.0
    warn = threshold(history, round(value, 4), settings, share)
    return Leaving(
        month=month,
        horizon_months=horizon,
        method=method,
        candidate=candidate,
        customers=customers.reset_index(drop=True),
        history=history.reset_index(drop=True),
        states=states(
            whole, known, horizon, warn.probability, settings.lost_months, ends_of_all or MONTH_ENDS
        ),
        test=_test(history, x),
        shrinking_test=_test_shrinking(table, x, shrinking, shrank, panel["silence_days"]),
        warn=warn,
        learnt_from=learnt_from,
    )


def _fallback(rows: pd.DataFrame, horizon: int, fit_model: signs.FitModel) -> tuple[Method, pd.Series]:
    model = fit_model(signs.summary(rows)) if len(rows) else None
    if model is not None:
        return "purchase_model", signs.none_probability(model, rows, horizon).clip(0, 1).round(9)
    days = horizon * signs.DAYS_A_MONTH
    return "recency", (rows["silence_days"] / (rows["silence_days"] + days)).round(9)


def _test(history: pd.DataFrame, x: pd.DataFrame) -> pd.DataFrame:
    rows = history[history["left"].notna()]
    if rows.empty:
        return pd.DataFrame()
    told = x.loc[rows.index]
    rows = rows.assign(
        model=1 / (1 + np.exp(-told["logit_none"])), ratio=told["silence_ratio"], recency=rows["silence_days"]
    )
    return evaluate(
        rows,
        {"score": "probability", "purchase_model": "model", "gap_ratio": "ratio", "recency": "recency"},
        100,
    )


def _test_shrinking(
    table: pd.DataFrame, x: pd.DataFrame, shrinking: pd.Series, shrank: pd.Series, silence_days: pd.Series
) -> pd.DataFrame:
    known = shrank.reindex(shrinking.index).dropna().index
    if known.empty:
        return pd.DataFrame()
    rows = table.loc[known].assign(
        left=shrank[known],
        score=shrinking[known],
        fall=-x.loc[known, "amount_trend_3"],
        recency=silence_days[known],
    )
    return evaluate(rows, {"score": "score", "spend_fall": "fall", "recency": "recency"}, 100)
