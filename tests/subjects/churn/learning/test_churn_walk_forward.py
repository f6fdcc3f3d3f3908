"""Learning month by month of the horizon: what had passed teaches, what had not does not, and simpler wins ties."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from helpers.core.content_cache import content_key
from helpers.present.numbers import numbers
from helpers.settings.config import parse_settings
from helpers.subjects.churn.learning import fit
from helpers.subjects.churn.learning.fit import RECENCY, Samples, candidate_features, sampling_hash
from helpers.subjects.churn.learning.scoring import reasons
from helpers.subjects.churn.learning.walk_forward import PastScores, walk_forward
from helpers.subjects.churn.words import reason_words

MONTHS, CUSTOMERS = 16, 220


def sampled() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Customers with a feature that tells, one that does not, and one of which half know nothing."""
    rng = np.random.default_rng(3)
    rows = [(f"c{who:03}", number) for who in range(CUSTOMERS) for number in range(1, MONTHS + 1)]
    table = pd.DataFrame(rows, columns=["customer_id", "number"])
    feature = rng.normal(size=len(table))
    held = rng.random((len(table), 2)) < (1 / (1 + np.exp(-(0.3 + 1.5 * feature))))[:, None]
    paths = pd.DataFrame({1: held[:, 0], 2: held[:, 0] & held[:, 1]}).astype("float64")
    for months in (1, 2):
        paths[months] = paths[months].where(table["number"] + months <= MONTHS)
    features = pd.DataFrame(
        {
            "log_silence": feature, "logit_none": rng.normal(size=len(table)), "one_time": 0.0,
            "complaints": np.where(rng.random(len(table)) < 0.5, np.nan, rng.normal(size=len(table))),
        }
    )  # fmt: skip
    return table, features, paths


@pytest.fixture(scope="module")
def learnt():
    table, features, paths = sampled()
    return table, features, paths, walk_forward(table, features, paths, ["complaints"])


def rows_of(table, paths):
    """The same as arrays, with no features."""
    features, truth = np.empty((len(table), 0)), paths.to_numpy()
    return Samples(
        table["number"].to_numpy(), sampling_hash(table), features, truth, paths.columns.to_numpy()
    )


def test_only_silent_customers_of_the_last_month_end_have_a_second_known_month():
    table = pd.DataFrame({"customer_id": list("aabb"), "number": [4, 5, 4, 5]})
    paths = pd.DataFrame({1: [1.0, 1, 0, 1], 2: [0.0, np.nan, 0, np.nan]})
    known = rows_of(table, paths).training_set(6)
    # b bought in the first month after 4, so its second says nothing of silence.
    assert sorted(zip(*known, strict=True)) == [(0, 1, 1), (0, 2, 0), (1, 1, 1), (2, 1, 0), (3, 1, 1)]
    assert rows_of(table, paths).training_set(5)[0].tolist() == [0, 2]


def test_who_is_learnt_from_does_not_depend_on_the_order_nor_on_who_else_is_there():
    table, *__ = sampled()
    lucky = sampling_hash(table)
    turned = sampling_hash(table[::-1].reset_index(drop=True))
    assert (turned[::-1] == lucky).all()
    assert (sampling_hash(table[40:90]) == lucky[40:90]).all()
    assert 0.45 < lucky.mean() < 0.55
    # Not the same customers at every month end.
    assert (lucky < 0.5).reshape(CUSTOMERS, MONTHS).mean(axis=1).max() < 1


@pytest.mark.slow
def test_where_there_is_ample_to_learn_from_a_quarter_has_one_fit_and_scores_stay_out_of_time(monkeypatch):
    table, features, paths = sampled()
    fits = []
    fitted = fit.fit_candidates
    monkeypatch.setattr(
        "helpers.subjects.churn.learning.walk_forward.fit_candidates",
        lambda *given: fits.append(1) or fitted(*given),
    )
    each = walk_forward(table, features, paths, ["complaints"])
    monthly = len(fits)
    monkeypatch.setattr(fit, "_MAX_TRAINING_ROWS", 600)
    rare = walk_forward(table, features, paths, ["complaints"])
    assert len(fits) - monthly <= monthly / 2
    assert rare.scored.index.equals(each.scored.index)
    assert (rare.scored["rhythm"] - each.scored["rhythm"]).abs().mean() < 0.05
    # As if the later month ends were not there.
    past = table["number"] <= 12
    known = paths[past].copy()
    for months in (1, 2):
        known[months] = known[months].where(table["number"] + months <= 12)
    earlier = walk_forward(table[past], features[past], known, ["complaints"]).scored
    pd.testing.assert_frame_equal(earlier, rare.scored.loc[earlier.index], check_exact=True)


@pytest.mark.slow
def test_learning_takes_one_thread_also_where_the_library_is_loaded_only_then():
    asked = """
from threadpoolctl import threadpool_info
from helpers.subjects.churn.learning.fit import single_thread
with single_thread():
    from sklearn.ensemble import HistGradientBoostingClassifier
    print({pool["num_threads"] for pool in threadpool_info()}, len(threadpool_info()) > 1)
"""
    many = os.environ | {"OMP_NUM_THREADS": "2"}
    said = subprocess.run([sys.executable, "-c", asked], env=many, capture_output=True, text=True, check=True)
    assert said.stdout == "{1} True\n"


def test_rows_scored_by_themselves_have_the_probability_that_the_walk_gave_them(learnt):
    table, features, __, walk = learnt
    assert list(walk.scores) == [MONTHS - 1, MONTHS]
    for number, score in walk.scores.items():
        here = table["number"] == number
        alone = score.probability(features[here].iloc[5:60])
        assert alone == pytest.approx(walk.scored.loc[here[here].index, "probability"].iloc[5:60], abs=2e-9)
        assert set(walk.scored.loc[here[here].index, "candidate"]) == {score.candidate}


def test_nothing_that_follows_a_month_end_changes_its_score(learnt):
    table, features, paths, walk = learnt
    scored = walk.scored
    past = table["number"] <= 12
    known = paths[past].copy()
    for months in (1, 2):
        known[months] = known[months].where(table["number"] + months <= 12)
    earlier = walk_forward(table[past], features[past], known, ["complaints"]).scored
    same = scored.loc[earlier.index]
    pd.testing.assert_frame_equal(earlier, same, check_exact=True)


class Counting:
    """A cache; ``computed`` counts what it did not have."""

    def __init__(self):
        self.values, self.computed = {}, 0

    def __call__(self, name, rests_on, compute):
        key = content_key(name, rests_on)
        if key not in self.values:
            self.computed += 1
            self.values[key] = compute()
        return self.values[key]


def until(month):
    """What was known at a month end of all that is drawn."""
    table, features, paths = sampled()
    past = table["number"] <= month
    known = paths[past].copy()
    for months in (1, 2):
        known[months] = known[months].where(table["number"] + months <= month)
    return table[past], features[past], known


@pytest.mark.slow
def test_the_next_month_learns_its_own_month_end_alone_and_says_what_it_would_have_learnt_anew(learnt):
    memory = Counting()
    walk_forward(*until(MONTHS - 1), ["complaints"], by_content=memory)
    before = memory.computed
    again = walk_forward(*until(MONTHS), ["complaints"], by_content=memory)
    assert before > 5
    assert memory.computed == before + 1
    pd.testing.assert_frame_equal(again.scored, learnt[-1].scored, check_exact=True)


@pytest.mark.slow
def test_what_was_changed_in_the_past_is_learnt_anew_from_then_on():
    table, features, paths = until(MONTHS)
    memory = Counting()
    walk_forward(table, features, paths, ["complaints"], by_content=memory)
    before = memory.computed
    changed = features.copy()
    changed.loc[(table["customer_id"] == "c007") & (table["number"] == 12), "log_silence"] += 0.5
    known = walk_forward(table, changed, paths, ["complaints"], by_content=memory)
    assert memory.computed == before + 4  # as of months 13 to 16, which have seen what followed month 12
    anew = walk_forward(table, changed, paths, ["complaints"])
    pd.testing.assert_frame_equal(known.scored, anew.scored, check_exact=True)


def test_an_informative_signal_is_learnt_and_an_unknown_one_is_no_reason(learnt):
    table, features, __, walk = learnt
    this = table["number"] == MONTHS
    score = walk.scores[MONTHS]
    assert np.corrcoef(features.loc[this, "log_silence"], score.probability(features[this]))[0, 1] > 0.9
    told = reasons(features[this], pd.Series(900.0, index=features[this].index), ["complaints"], score)
    unknown = features.loc[this, "complaints"].isna().to_numpy()
    assert any("silence" in names for names in told)
    assert not any("complaints" in names for names, gap in zip(told, unknown, strict=True) if gap)
    assert reasons(features[this], pd.Series(900.0, index=features[this].index), [], None)[0] == ("silence",)


def test_a_score_takes_what_it_has_learnt_from_by_name_wherever_it_stands(learnt):
    table, features, __, walk = learnt
    this = features[table["number"] == MONTHS]
    score = walk.scores[MONTHS]
    assert list(score.probability(this[this.columns[::-1]])) == list(score.probability(this))


def test_the_simplest_candidate_is_chosen_if_no_other_is_better(learnt):
    scored = learnt[-1].scored
    # A standard error lets a form that knows the same pass now and then, the trees never.
    assert (scored["candidate"] == "rhythm").mean() > 0.5
    assert (scored["candidate"] != "boosting_signals").all()
    assert (scored["calibration"] == "raw").mean() > 0.5


def test_signals_compete_only_where_they_are_supplied():
    __, features, __ = sampled()
    bought = features.drop(columns="complaints")
    assert list(candidate_features(list(bought), [])) == ["rhythm", "logistic", "boosting"]
    assert candidate_features(list(features), ["complaints"])["logistic"] == list(bought)
    assert "complaints" in candidate_features(list(features), ["complaints"])["boosting_signals"]


@pytest.mark.slow
def test_a_signal_of_ones_own_that_tells_more_than_all_else_is_in_the_score():
    table, features, paths = sampled()
    features = features.assign(**{"own:web": features["log_silence"], "log_silence": features["logit_none"]})
    walked = walk_forward(table, features, paths, ["complaints", "own:web"])
    assert walked.scored.loc[table["number"] == MONTHS, "candidate"].unique() == ["logistic_own"]
    score = walked.scores[MONTHS]
    now = (table["number"] == MONTHS) & (features["own:web"] > features["own:web"].quantile(0.9))
    said = reasons(features[now], pd.Series(900.0, features.index[now]), ["complaints", "own:web"], score)
    assert all(each[0] == "own:web" for each in said)
    signal = {"label": {"en": "Leaves the web shop", "zh": "离开网店"}, "value": "count(*)", "notice": "value < 1",
              "sentence": "web"}  # fmt: skip
    called = parse_settings({"signals": {"web": signal}}, "map").labels_in("zh")
    assert reason_words({"reasons": said[0][:1]}, numbers("zh", "CNY", labels=called)) == "离开网店"


@pytest.mark.slow
def test_a_signal_of_ones_own_that_tells_nothing_changes_no_probability(learnt):
    table, features, paths, without = learnt
    noise = np.random.default_rng(8).normal(size=len(table))
    features = features.assign(**{"own:web": noise})
    offered = walk_forward(table, features, paths, ["complaints", "own:web"]).scored
    without = without.scored[["candidate", "probability"]]
    pd.testing.assert_frame_equal(offered[["candidate", "probability"]], without, check_exact=True)


def test_a_form_is_judged_by_as_much_of_each_horizon_as_has_passed():
    truth = np.array([[1.0, 1.0], [1.0, np.nan], [np.nan, np.nan]])
    curves = {"rhythm": np.array([[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]])}
    past = PastScores(np.array([1, 2, 3]), np.arange(3), truth, np.array([1, 2]), curves)
    rows, outcome, probabilities = past.resolved(3)
    assert (rows.tolist(), outcome.tolist(), probabilities["rhythm"].tolist()) == ([0, 1], [1, 1], [0.8, 0.7])
    assert past.complete(3).tolist() == [0]


@pytest.mark.parametrize(("swapped", "form"), [(False, RECENCY), (True, "rhythm")])
def test_recency_is_the_score_unless_something_else_tells_more_than_it(swapped, form):
    """The one feature that tells is the silence itself; swapped, it is what the purchase model says."""
    table, features, paths = sampled()
    names = {"log_silence": "logit_none", "logit_none": "log_silence"} if swapped else {}
    features = features.drop(columns="complaints").rename(columns=names)
    walk = walk_forward(table, features, paths, [], 5, prefer_recency=True)
    assert walk.scores[MONTHS].candidate == form
    assert walk.scores[MONTHS].is_informative
    # The rarer buyer of two is never the safer one, whatever a few months say.
    rising = features[table["number"] == MONTHS].sort_values("log_silence")
    if form == RECENCY:
        assert (np.diff(walk.scores[MONTHS].probability(rising)) >= 0).all()


def test_a_score_on_features_that_tell_nothing_is_marked_as_no_better_than_chance():
    table, features, paths = sampled()
    noise = features.drop(columns="complaints").assign(
        log_silence=np.random.default_rng(8).permutation(features["log_silence"])
    )
    walk = walk_forward(table, noise, paths, [], 4, prefer_recency=True)
    assert not walk.scores[MONTHS].is_informative
    # Until a whole horizon has passed nobody knows.
    assert walk.scored.groupby("number")["tells"].first().tolist() == [True, True, False, False]
