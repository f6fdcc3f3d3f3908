"""Learning month by month of the horizon: what had passed teaches, what had not does not, and simpler wins ties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.analysis.leaving_fit import forms, months_known
from helpers.analysis.leaving_reasons import reasons
from helpers.analysis.leaving_walk import Past, walk_forward

MONTHS, CUSTOMERS = 16, 220


def drawn() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Customers with a sign that tells, one that does not, and one of which half know nothing."""
    rng = np.random.default_rng(3)
    rows = [(f"c{who:03}", number) for who in range(CUSTOMERS) for number in range(1, MONTHS + 1)]
    table = pd.DataFrame(rows, columns=["customer_id", "number"])
    sign = rng.normal(size=len(table))
    held = rng.random((len(table), 2)) < (1 / (1 + np.exp(-(0.3 + 1.5 * sign))))[:, None]
    paths = pd.DataFrame({1: held[:, 0], 2: held[:, 0] & held[:, 1]}).astype("float64")
    for months in (1, 2):
        paths[months] = paths[months].where(table["number"] + months <= MONTHS)
    signs = pd.DataFrame(
        {
            "log_silence": sign, "logit_none": rng.normal(size=len(table)), "one_time": 0.0,
            "complaints": np.where(rng.random(len(table)) < 0.5, np.nan, rng.normal(size=len(table))),
        }
    )  # fmt: skip
    return table, signs, paths


@pytest.fixture(scope="module")
def learnt():
    table, signs, paths = drawn()
    return table, signs, paths, walk_forward(table, signs, paths, ["complaints"])


def test_of_the_last_month_end_one_month_is_known_and_of_silence_the_second():
    table = pd.DataFrame({"customer_id": list("aabb"), "number": [4, 5, 4, 5]})
    paths = pd.DataFrame({1: [1.0, 1, 0, 1], 2: [0.0, np.nan, 0, np.nan]})
    rows, steps, held = months_known(table, paths, 6)
    # b bought in the first month after 4, so its second says nothing of silence.
    assert sorted(zip(rows, steps, held, strict=True)) == [
        (0, 1, 1),
        (0, 2, 0),
        (1, 1, 1),
        (2, 1, 0),
        (3, 1, 1),
    ]
    assert months_known(table, paths, 5)[0].tolist() == [0, 2]


def test_nothing_that_follows_a_month_end_changes_its_score(learnt):
    table, signs, paths, scored = learnt
    past = table["number"] <= 12
    known = paths[past].copy()
    for months in (1, 2):
        known[months] = known[months].where(table["number"] + months <= 12)
    earlier = walk_forward(table[past], signs[past], known, ["complaints"])
    same = scored.loc[earlier.index]
    pd.testing.assert_frame_equal(earlier, same, check_exact=True)


def test_a_sign_that_tells_is_learnt_and_what_is_unknown_is_no_reason(learnt):
    table, signs, paths, scored = learnt
    last = scored[scored["number"] == MONTHS]
    assert np.corrcoef(signs.loc[last.index, "log_silence"], last["probability"])[0, 1] > 0.9
    this = table["number"] == MONTHS
    tenure = pd.Series(900.0, index=table.index)
    told = reasons(table, signs, paths, tenure, this, ["complaints"], "logistic_signals")
    unknown = signs.loc[this, "complaints"].isna().to_numpy()
    assert any("silence" in names for names in told)
    assert not any("complaints" in names for names, gap in zip(told, unknown, strict=True) if gap)


def test_the_simplest_form_is_taken_where_the_others_are_no_better(learnt):
    *__, scored = learnt
    # A standard error lets a form that knows the same pass now and then, the trees never.
    assert (scored["candidate"] == "rhythm").mean() > 0.5
    assert (scored["candidate"] != "boosting_signals").all()
    assert (scored["calibration"] == "raw").mean() > 0.5


def test_signals_compete_only_where_they_are_supplied():
    __, signs, __ = drawn()
    bought = signs.drop(columns="complaints")
    assert list(forms(bought, [])) == ["rhythm", "logistic", "boosting"]
    assert forms(signs, ["complaints"])["logistic"] == list(bought)
    assert "complaints" in forms(signs, ["complaints"])["boosting_signals"]


def test_a_form_is_judged_by_as_much_of_each_horizon_as_has_passed():
    truth = np.array([[1.0, 1.0], [1.0, np.nan], [np.nan, np.nan]])
    curves = {"rhythm": np.array([[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]])}
    past = Past(np.array([1, 2, 3]), np.arange(3), truth, np.array([1, 2]), curves)
    rows, outcome, probabilities = past.so_far(3)
    assert (rows.tolist(), outcome.tolist(), probabilities["rhythm"].tolist()) == ([0, 1], [1, 1], [0.8, 0.7])
    assert past.whole(3).tolist() == [0]
