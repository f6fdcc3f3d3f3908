"""Looking back from earlier days never sees what came after them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.models.errors import InvalidSummaryError
from helpers.subjects.value.forecast.backtest import purchase_histories

logs = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 90)), min_size=1, max_size=60)


def dated(rows):
    log = pd.DataFrame(rows, columns=["who", "day"])
    return log.assign(day=pd.Timestamp("2026-01-01") + pd.to_timedelta(log["day"], unit="D"))


@given(rows=logs, day=st.integers(0, 90), unit=st.sampled_from("DWMY"))
@settings(max_examples=40, deadline=None)
def test_summary_of_an_earlier_day_is_that_of_a_log_which_ends_there(rows, day, unit):
    log, cutoff = dated(rows), pd.Timestamp("2026-01-01") + pd.Timedelta(days=day)
    known = log[log["day"] <= cutoff]

    slice_ = purchase_histories(log, "who", "day", "2026-04-30", unit).until(cutoff).summary()

    assert list(slice_.index) == sorted(known["who"].unique())
    if len(known):
        alone = purchase_histories(known, "who", "day", cutoff, unit).summary()
        pd.testing.assert_frame_equal(slice_, alone, check_exact=True, check_index_type=False)


@given(rows=logs)
@settings(max_examples=25, deadline=None)
def test_past_and_future_of_every_origin_are_the_whole(rows):
    histories = purchase_histories(dated(rows), "who", "day", "2026-04-30", "D")
    for origin in histories.matched_origins(30):
        after = histories.purchases_after(origin.cutoff, origin.periods)
        later = (origin.cutoff + pd.Timedelta(days=origin.periods)).date()
        whole = histories.until(pd.Timestamp(later)).summary()["frequency"]
        assert (origin.summary["frequency"] + origin.actual).equals(whole.reindex(origin.summary.index))
        assert after.sum() >= origin.actual.sum()


def test_recent_purchases_count_the_last_day_and_not_the_day_before_the_window():
    log = dated([("a", 0), ("a", 60), ("a", 61), ("a", 90)])

    row = purchase_histories(log, "who", "day", "2026-04-01", "D").summary().loc["a"]

    assert (row["purchases_30_days"], row["purchases_91_days"]) == (2, 4)


@given(rows=logs, order=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_neither_the_order_of_a_log_nor_a_day_told_twice_matters(rows, order):
    log = dated(rows)
    shuffled = log.iloc[[*order.sample(range(len(log)), len(log)), 0]]

    here, there = (purchase_histories(each, "who", "day", "2026-04-30").summary() for each in (log, shuffled))

    pd.testing.assert_frame_equal(here, there, check_exact=True)


def test_gaps_between_purchase_days_are_counted_by_hand():
    log = dated([("a", 0), ("a", 7), ("a", 28), ("b", 14)])

    row = purchase_histories(log, "who", "day", "2026-02-28", "W").summary().loc["a"]

    assert (row["frequency"], row["recency"], row["T"]) == (2, 4.0, pytest.approx(58 / 7))
    assert row["sum_log_gaps"] == pytest.approx(np.log(1) + np.log(3), abs=1e-11)


def test_unknown_unit_and_column_are_named():
    log = dated([("a", 0)])

    with pytest.raises(InvalidSummaryError, match="unit = 'Q'"):
        purchase_histories(log, "who", "day", "2026-02-28", "Q")
    with pytest.raises(InvalidSummaryError, match="no column 'customer'"):
        purchase_histories(log, "customer", "day", "2026-02-28")


def test_rows_without_customer_are_refused_only_up_to_the_last_day():
    log = dated([("a", 1), (None, 50)])

    assert list(purchase_histories(log, "who", "day", "2026-01-31").customers) == ["a"]
    with pytest.raises(InvalidSummaryError, match="1 rows of the purchase log"):
        purchase_histories(log, "who", "day", "2026-03-31")


def test_a_day_or_a_horizon_beyond_the_end_is_refused():
    histories = purchase_histories(dated([("a", 1)]), "who", "day", "2026-01-31", "D")

    with pytest.raises(InvalidSummaryError, match="lies after it"):
        histories.until(pd.Timestamp("2026-02-01"))
    with pytest.raises(InvalidSummaryError, match="lie beyond 2026-01-31"):
        histories.origin(pd.Timestamp("2026-01-20"), 20)
