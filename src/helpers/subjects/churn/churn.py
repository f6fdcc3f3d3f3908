"""Who is about to leave (churn): a probability for every customer, why, and what became of earlier warnings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.content_cache import ContentCache, uncached
from helpers.core.disclosure import disclosed_mean
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import run_positions
from helpers.settings.churn import Churn
from helpers.subjects.churn.learning import features as panel_features
from helpers.subjects.churn.learning.evaluation import Drift, drift, evaluate
from helpers.subjects.churn.learning.features import rhythms
from helpers.subjects.churn.learning.scoring import FittedModels, Method, ScoredCustomers, concat_scored
from helpers.subjects.churn.learning.threshold import Threshold, threshold
from helpers.subjects.churn.learning.walk_forward import walk_forward
from helpers.subjects.churn.states import MONTH_ENDS, last_scored_ends, may_warn, states
from helpers.subjects.sales.purchase_summary import fit_purchases, in_units

#: Month ends with states where models are fitted on a sample: the other customers have no rows before them.
_SAMPLE_MONTH_ENDS = 2
#: Columns of the panel that are still needed once the features are computed.
_PANEL_COLUMNS = (
    "customer_id", "origin", "silence_days", "frequency", "recency_days", "T_days", "sum_log_gaps", "gap_squares",
    "returned_gap_days", "purchases_3", "purchases_6", "purchases_12", "net_amount_12", "usual_gap_days", "own_rhythm",
    "limit_days",
)  # fmt: skip


@dataclass(frozen=True)
class ChurnScores(Answer):
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
        The candidate model that was chosen (see `learning.fit.candidate_features`); `learning.fit.RECENCY` where none
        has ranked customers better than recency by more than chance; empty unless learned.
    warn
        From which probability on customers are warned of, and why: one for the whole company.
    customers
        One row a customer who bought in the last ``lost_months``: customer_id, probability (of no purchase in
        the next ``horizon_months``), shrinking (probability of spending under half the year's pace; NaN where
        not learned), reasons (tuple of up to three names of
        `features.reason_columns`, the strongest first, for whom we warn of and who is likelier than not to
        shrink; else empty), silence_days, frequency, recency_days, gap_squares, purchases_3, purchases_12,
        net_amount_12, usual_gap_days, own_rhythm, limit_days (`learning.rhythm.Rhythms.for_panel`), may_warn
        (`states.may_warn`: with a probability of ``warn`` or more it is at risk), and the columns of the fact
        signal_panel at the month end, as far as supplied. By customer_id.
    history
        The same customers' and others' probabilities at earlier month ends, each as of that day: customer_id,
        number (year * 12 + month), probability, silence_days, left (1, 0; NaN: not known yet), may_warn.
    states
        `states.states` of the last thirteen month ends, of everybody who ever bought by then.
    test
        `learning.evaluation.evaluate` of the score, the learned form whether used or not, the purchase model, the gap
        over the mean gap and recency over the month ends whose outcome is known; company-wide. No rows unless learned.
    shrinking_test
        The same of the probability of shrinking, beside the fall of spend and recency.
    learnt_from
        None: all customers. Else there are too many to learn from: the models, the tests and the outcomes in
        ``history`` rest on so many of them, and ``states`` tells of the last month ends alone.
    tells
        False where the score was tested and tells who will leave no better than chance: then of nobody can be warned.
    saw_season
        Whether the months that come were seen a year ago by the month ends that are learnt from.
    drift
        How far the last probabilities were off, where that is more than chance; company-wide.
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
    tells: bool = True
    saw_season: bool = True
    drift: Drift | None = None

    def of(self, ids: Collection[str] | None) -> ChurnScores:
        """Return the same for some customers only; None keeps all."""
        if ids is None:
            return self
        own = {name: getattr(self, name) for name in ("customers", "history", "states")}
        return replace(
            self, **{k: f[f["customer_id"].isin(list(ids))].reset_index(drop=True) for k, f in own.items()}
        )

    def disclosed(self) -> ChurnScores:
        """Return the same as a scope may know it: no money of the company, and its tests in two digits."""
        tests = {
            name: frame.apply(lambda values: disclosed_mean(values) if values.dtype.kind == "f" else values)
            for name, frame in (("test", self.test), ("shrinking_test", self.shrinking_test))
        }
        drift = self.drift and self.drift.withheld()
        return replace(self, warn=self.warn.withheld(), drift=drift, **tests)


def churn(
    panel: pd.DataFrame,
    month: pd.Period,
    settings: Churn | None = None,
    signal_panel: pd.DataFrame | None = None,
    margin_share: float = 1.0,
    others: Iterable[tuple[pd.DataFrame, pd.DataFrame | None]] | None = None,
    share: float = 1.0,
    by_content: ContentCache = uncached,
    classes: pd.Series | None = None,
) -> ChurnScores:
    """Learn who leaves from the past month ends of the same data, and score the customers of this one.

    Parameters
    ----------
    panel
        The fact purchase_panel of the whole company, or of the customers that are learnt from.
    settings
        ``[churn]``; None takes the defaults.
    signal_panel
        The fact signal_panel of the same customers, and beside it what signals of one's own told
        (`helpers.subjects.own.past.own_panel`); None learns from purchases alone.
    margin_share
        Margin of a unit of net sales, for what a visit keeps; 1 where costs are not known.
    others
        None: the panels hold everybody. Else the panels of the other customers, in parts that fit into memory, which
        are scored by what the first teach; who is in ``panel`` is left out.
    share
        How large a part of the customers is learnt from.
    by_content
        Cache of fits by the values they rest on, from earlier reports; the result is the same without it.
    classes
        Trade class by customer_id: whose rhythm a customer of one or two purchases is judged by; None: everybody's.
    """
    settings = settings or Churn()
    ids = pd.Index(panel["customer_id"].unique())
    models, data = _prepare(panel, month, settings, signal_panel, others is not None, by_content, classes)
    del panel, signal_panel  # large, and all that is needed of them is known
    models, scores = _learn(models, data, settings, margin_share, share, by_content)
    if others is None:
        return scores
    del data  # large, and not needed any more
    ends = np.sort(scores.states["number"].unique())
    scored_parts = [ScoredCustomers(scores.customers, scores.history, scores.states)]
    for other_panel, other_signals in others:
        is_sampled = run_positions(ids, other_panel["customer_id"]) >= 0
        rows = other_panel[~is_sampled & panel_features.origin_number(other_panel).isin(ends)]
        if len(rows):
            warn = scores.warn.probability
            scored_parts.append(models.score(rows, other_signals, warn, settings, ends.tolist()))
    all_scored = concat_scored(scored_parts)
    return replace(
        scores,
        customers=all_scored.customers,
        history=all_scored.history,
        states=all_scored.states,
        learnt_from=len(ids),
    )


@dataclass(frozen=True)
class _LearningData:
    """The input of the models, computed from the panels.

    Attributes
    ----------
    panel
        `_PANEL_COLUMNS` of all rows of the panel, by customer_id and origin.
    features, outcome_paths, has_shrunk
        Of the rows of customers who are still scored: what is learnt from, `learning.features.outcome_paths` and
        `learning.features.shrank`.
    signals
        The fact signal_panel at the month end; None where it is not supplied.
    """

    panel: pd.DataFrame
    features: pd.DataFrame
    outcome_paths: pd.DataFrame
    has_shrunk: pd.Series
    signals: pd.DataFrame | None


def _prepare(
    panel: pd.DataFrame,
    month: pd.Period,
    settings: Churn,
    signal_panel: pd.DataFrame | None,
    is_sample: bool,
    by_content: ContentCache,
    classes: pd.Series | None,
) -> tuple[FittedModels, _LearningData]:
    """Compute the features; with ``is_sample`` the panels hold only the customers that the models are fitted on."""
    panel = panel.sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)
    horizon = settings.horizon_months or panel_features.estimate_horizon(panel, settings.gap_quantile)
    usual_rhythms = rhythms(panel, classes, settings, horizon)
    models = replace(
        _initial_models(panel, month, horizon, signal_panel, is_sample, by_content), rhythms=usual_rhythms
    )
    panel = panel.join(usual_rhythms.for_panel(panel))
    is_scored = panel_features.still_scored(panel, settings.lost_months)
    features, signals = models.features(panel, signal_panel)[is_scored], None
    if signal_panel is not None:
        signals = signal_panel[signal_panel["origin"] == month.to_timestamp(how="end").normalize()]
        signals = signals.loc[:, ~signals.columns.str.startswith(panel_features.OWN)]
    outcome_paths = panel_features.outcome_paths(panel, horizon)[is_scored]
    shrank = panel_features.shrank(panel, horizon)[is_scored]
    # One block: whoever looks at its values gets them as they lie there.
    features = pd.DataFrame(features.to_numpy(dtype="float64"), features.index, features.columns, copy=False)
    return models, _LearningData(panel[list(_PANEL_COLUMNS)], features, outcome_paths, shrank, signals)


def _learn(
    models: FittedModels,
    data: _LearningData,
    settings: Churn,
    margin_share: float,
    share: float,
    by_content: ContentCache,
) -> tuple[FittedModels, ChurnScores]:
    """Fit the models, and score the customers they are fitted on."""
    horizon, features, panel = models.horizon_months, data.features, data.panel
    scored_rows = panel.loc[features.index]
    keys = scored_rows[["customer_id"]].assign(number=panel_features.origin_number(scored_rows))
    is_current = keys["number"] == models.number
    backtest = walk_forward(
        keys, features, data.outcome_paths, models.signal_names, by_content=by_content, prefer_recency=True
    )
    shrinking, test, shrinking_test = pd.Series(dtype="float64"), pd.DataFrame(), pd.DataFrame()
    if models.number in backtest.scores:
        outcome = data.has_shrunk.to_frame(horizon)
        shrunk = walk_forward(keys, features, outcome, models.signal_names, horizon + 8, by_content)
        models = replace(models, churn=backtest.scores, shrinking=shrunk.scores)
        probability, shrinking = backtest.scored["probability"], shrunk.scored["probability"]
        history = keys.loc[probability.index].assign(
            probability=probability,
            silence_days=scored_rows["silence_days"],
            left=data.outcome_paths[horizon],
            may_warn=may_warn(scored_rows.loc[probability.index], horizon, settings, backtest.uninformative),
        )
        test = _test(history.assign(learned=backtest.scored["learned"]), features)
        shrinking_test = _test_shrinking(
            keys, features, shrinking, data.has_shrunk, scored_rows["silence_days"]
        )
    else:
        current_rows = panel[
            panel_features.origin_number(panel) == models.number
        ]  # the fit that all pages read
        model = fit_purchases(in_units(current_rows)).learned
        models = replace(models, fallback=model)
        probability = models.fallback_probability(scored_rows[is_current])
        history = keys.iloc[:0].assign(probability=0.0, silence_days=0.0, left=0.0, may_warn=False)
    value = (
        float(scored_rows.loc[is_current, "net_amount_12"].median() * margin_share)
        if is_current.any()
        else 0.0
    )
    warn = threshold(history, round(value, 4), settings, share)
    by_panel_row = probability.reindex(panel.index)
    origins = panel_features.origin_number(panel)
    max_ends = MONTH_ENDS if models.season else _SAMPLE_MONTH_ENDS
    ends = last_scored_ends(origins, by_panel_row, max_ends)
    customers = models.customer_table(
        scored_rows[is_current],
        features[is_current],
        probability,
        shrinking,
        warn.probability,
        data.signals,
        settings,
    )
    return models, ChurnScores(
        month=models.month,
        horizon_months=horizon,
        method=models.method,
        candidate=models.candidate,
        customers=customers.reset_index(drop=True),
        history=history.reset_index(drop=True),
        states=states(panel, by_panel_row, horizon, warn.probability, settings, ends, backtest.uninformative),
        test=test,
        shrinking_test=shrinking_test,
        warn=warn,
        tells=models.is_informative,
        drift=drift(history[history["left"].notna()]),
        saw_season=bool(len(origins)) and int(origins.min()) <= models.number - months_a_year(models.month),
    )


def _initial_models(
    panel: pd.DataFrame,
    month: pd.Period,
    horizon: int,
    signal_panel: pd.DataFrame | None,
    is_sample: bool,
    by_content: ContentCache,
) -> FittedModels:
    """Return what is known before the models of churn are fitted."""
    model = panel_features.fit_early(panel, by_content)
    signal_names = panel_features.informative_signals(panel, signal_panel) if signal_panel is not None else []
    return FittedModels(
        month, horizon, model, panel_features.usual_gaps(panel), signal_names, season=not is_sample
    )


def _test(history: pd.DataFrame, features: pd.DataFrame) -> pd.DataFrame:
    rows = history[history["left"].notna()]
    if rows.empty:
        return pd.DataFrame()
    tested = features.loc[rows.index]
    rows = rows.assign(
        model=1 / (1 + np.exp(-tested["logit_none"])),
        ratio=tested["silence_ratio"],
        recency=tested["log_silence"],
    )
    names = {"score": "probability", "learned": "learned", "purchase_model": "model"}
    return evaluate(rows, names | {"gap_ratio": "ratio", "recency": "recency"})


def _test_shrinking(
    table: pd.DataFrame,
    features: pd.DataFrame,
    shrinking: pd.Series,
    has_shrunk: pd.Series,
    silence_days: pd.Series,
) -> pd.DataFrame:
    is_known = has_shrunk.reindex(shrinking.index).dropna().index
    if is_known.empty:
        return pd.DataFrame()
    rows = table.loc[is_known].assign(
        left=has_shrunk[is_known],
        score=shrinking[is_known],
        fall=-features.loc[is_known, "amount_trend_3"],
        recency=silence_days[is_known],
    )
    return evaluate(rows, {"score": "score", "spend_fall": "fall", "recency": "recency"})
