"""Why a customer is taken to leave, in words with its own figures; and how far its probability can be trusted."""

import math
from collections.abc import Mapping
from typing import Any

from helpers.core.amounts import total
from helpers.present.numbers import Numbers
from helpers.settings.report import OWN
from helpers.subjects.churn.at_risk import RiskList
from helpers.subjects.churn.churn import ChurnScores, Method
from helpers.subjects.churn.learning.fit import RECENCY
from helpers.subjects.churn.learning.threshold import is_at_risk
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.definition import Text
from helpers.subjects.signals.words import silence_figures

#: Reason without a signal (`learning.features.PURCHASE_REASONS`) -> the signal whose step of the playbook answers it,
#: and its sentence.
_PURCHASE_REASONS: dict[str, tuple[str, Text]] = {
    "season": ("silence", lambda _: _("bought little in the coming months of last year")),
    "few_purchases": ("p_alive", lambda _: _("few purchases")),
    "short_relationship": ("p_alive", lambda _: _("not long a customer")),
    "small": ("wallet", lambda _: _("small purchases")),
}


def signal_by_reason() -> dict[str, str]:
    """Return, by reason, the signal whose step of the playbook answers it.

    Reasons from a signal's evidence other than purchases may be too small to notice, and need no step.
    """
    signals = {each.reason_name: each.name for each in catalogue.SIGNALS if each.purchase_features}
    return signals | {reason: signal for reason, (signal, _text) in _PURCHASE_REASONS.items()}


def reason_words(row: dict[Any, Any], n: Numbers, sentences: Mapping[str, str] | None = None) -> str:
    """Say the reasons of one customer in words with its figures, the strongest first; or that it has none.

    Parameters
    ----------
    row
        A row of `RiskList.everyone`.
    sentences
        Signal -> its sentence (`helpers.subjects.signals.catalogue.sentence`), for the signals that are noticed of this
        customer; of the others the figures are told, for the score looks at much that is small.
    """
    signals = {signal.reason_name: signal for signal in catalogue.SIGNALS}
    texts = dict(sentences or {})
    for reason in set(row["reasons"]) - set(texts):
        if reason.startswith(OWN):
            texts[reason] = n.words.value(reason)
        else:
            texts[reason] = (
                _PURCHASE_REASONS[reason][1](n.words)
                if reason in _PURCHASE_REASONS
                else signals[reason].reason_text(row, n)
            )
    if not row["reasons"]:
        # With any one of its figures as the median customer's it is about as likely to leave.
        aside = n.words("no sign of its own stands out against the typical customer")
        return n.words.clauses((silence_figures(row, n), aside))
    return n.words.clauses(texts[reason] for reason in row["reasons"])


def lead_note(risk: RiskList, n: Numbers) -> str | None:
    """Say how long before the last order those who left were warned of, and how many new warnings were false."""
    lead = risk.lead
    if lead.since is None or not lead.leavers or not lead.right:
        return None
    if not lead.warned:
        return n.words(
            "Of {leavers} customers who ordered after {month} and have left since, none was newly warned of before its "
            "last order.",
            leavers=n.count(lead.leavers), month=n.month(lead.since + 1),
        )  # fmt: skip
    return n.words(
        "Of {leavers} customers who ordered after {month} and have left since, {share} were newly warned of before "
        "their last order, {days} days ahead in the median; for each new warning that came true {false} did not (a "
        "warning that stands for months is one new warning; in the record it counts at each month end).",
        leavers=n.count(lead.leavers), month=n.month(lead.since + 1), share=n.percent(lead.warned / lead.leavers, 0),
        days=n.count(lead.days), false=n.decimal((lead.begun - lead.right) / lead.right),
    )  # fmt: skip


def uninformative_words(scores: ChurnScores, n: Numbers) -> str:
    """Say that nobody is warned of because the score ranks no better than chance."""
    score = scores.test.set_index("score").loc["score"]
    return n.words(
        "Nobody is warned of: who will leave cannot be told from chance here (AUC {auc}, {low} to {high}; 0.5 is "
        "guessing).",
        auc=n.decimal(score["auc"], 2), low=n.decimal(score["auc_low"], 2), high=n.decimal(score["auc_high"], 2),
    )  # fmt: skip


def recency_note(scores: ChurnScores, n: Numbers) -> str | None:
    """Say that recency is the score where nothing learnt has been better by more than chance; else nothing."""
    _ = n.words
    if scores.candidate != RECENCY:
        return None
    if scores.test.empty:
        return _(
            "Probabilities rest on the days since the last order alone: nothing else is better, chance aside."
        )
    learned = scores.test.set_index("score").loc["learned"]
    return _(
        "Probabilities rest on the days since the last order alone: what is learnt from all else has not ranked "
        "customers better by more than chance (AUC {gain}, {low} to {high}).",
        gain=n.decimal(learned["gain"], 3), low=n.decimal(learned["gain_low"], 3),
        high=n.decimal(learned["gain_high"], 3),
    )  # fmt: skip


def own_note(scores: ChurnScores, n: Numbers) -> str | None:
    """Say that signals of the company's own are in the score, where past forecasts have been better by them."""
    if not scores.candidate.endswith("_own"):
        return None
    return n.words(
        "The probabilities look at signals of the company's own too: with them past forecasts were better by more than "
        "chance."
    )


def season_note(scores: ChurnScores, n: Numbers) -> str | None:
    """Say that the season of the months that come has not been seen; else nothing."""
    if scores.saw_season or scores.customers.empty:
        return None
    return n.words(
        "The data do not reach back to these months of last year: their season is not in the probabilities yet."
    )


def drift_note(scores: ChurnScores, risk: RiskList, n: Numbers) -> str | None:
    """Say that of late the probabilities were off by more than chance, and what is at stake if they still are."""
    _, drift = n.words, scores.drift
    if drift is None:
        return None
    if math.isnan(drift.predicted):
        more = _(
            "Of late more customers of the company left than its probabilities said: take these for too low."
        )
        less = _(
            "Of late fewer customers of the company left than its probabilities said: take these for too high."
        )
        return more if drift.is_underestimate else less
    shifted = total((risk.customers["probability_drift"] * risk.customers["value_amount"]).round(4))
    low, high = sorted((risk.risk_amount, shifted))
    return _(
        "At the last {ends} month ends whose outcome is known {came} left where {said} were expected, more than chance "
        "explains: {low} to {high} are at stake with those at risk.",
        ends=n.count(drift.origins), came=n.percent(drift.observed, 0), said=n.percent(drift.predicted, 0),
        low=n.money_short(low), high=n.money_short(high),
    )  # fmt: skip


def widened_note(scores: ChurnScores, risk: RiskList, n: Numbers) -> str | None:
    """Say how many more would be warned of if more leave than is said, as of late; else nothing."""
    if scores.drift is None:
        return None
    shifted = risk.everyone.assign(probability=risk.everyone["probability_drift"])
    limit = risk.warn_probability
    more = int((is_at_risk(shifted, limit) & ~is_at_risk(risk.everyone, limit)).sum())
    if not more:
        return None
    return n.words.ngettext(
        "If probabilities are still as far off, {n} more customer is at risk.",
        "If probabilities are still as far off, {n} more customers are at risk.",
        more,
    )


def sampled_note(learnt_from: int | None, n: Numbers) -> str | None:
    """Say from how many customers is learnt where there are too many to learn from all; else nothing."""
    if learnt_from is None:
        return None
    return n.words(
        "Learnt from {customers} customers sampled by their ids, and said of all: record, test and gain are of those "
        "sampled, states are those of the last month ends.",
        customers=n.count(learnt_from),
    )


def method_note(method: Method, n: Numbers) -> str | None:
    """Say where probabilities come from when the history is too short to learn from; else nothing."""
    _ = n.words
    if method == "purchase_model":
        return _(
            "The history is too short to learn from: probabilities are the purchase model's, not tested here."
        )
    if method == "recency":
        return _(
            "There are too few purchases for any model: the probability is a rule of thumb from silence alone."
        )
    return None
