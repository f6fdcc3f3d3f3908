"""From a log to one row a customer, in pandas and on an engine."""

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.models import purchase_summary
from helpers.models.errors import InvalidSummaryError

LOG = pd.DataFrame(
    [
        ("Acme", "2026-01-01", 100.0),
        ("Acme", "2026-01-01", -20.0),
        ("Acme", "2026-01-08", 30.0),
        ("Acme", "2026-01-29", -10.0),
        ("Acme", "2026-03-02", 999.0),
        ("Bolt", "2026-01-15", 5.0),
        ("Late", "2026-03-01", 5.0),
    ],
    columns=["who", "day", "money"],
).assign(day=lambda frame: pd.to_datetime(frame["day"]))


def on_engine(log: pd.DataFrame) -> ibis.Table:
    return ibis.memtable(log)


@pytest.mark.parametrize("place", [lambda log: log, on_engine], ids=["pandas", "duckdb"])
def test_summary_counts_days_gaps_and_repeat_value(place):
    summary = purchase_summary(place(LOG), "who", "day", "2026-02-28", "W", "money")

    assert list(summary.index) == ["Acme", "Bolt"]
    acme, bolt = summary.loc["Acme"], summary.loc["Bolt"]
    assert (acme["frequency"], acme["recency"]) == (2, 4.0)
    assert acme["T"] == pytest.approx(58 / 7)
    assert acme["sum_log_gaps"] == pytest.approx(np.log(1) + np.log(3), abs=1e-11)
    assert acme["monetary_value"] == 10.0  # (30 - 10) / 2: the first day's 80 does not count
    assert (bolt["frequency"], bolt["recency"], bolt["sum_log_gaps"]) == (0, 0.0, 0.0)
    assert np.isnan(bolt["monetary_value"])


@pytest.mark.parametrize(("unit", "days"), [("D", 1), ("W", 7), ("M", 365.25 / 12), ("Y", 365.25)])
def test_unit_scales_every_time(unit, days):
    summary = purchase_summary(LOG, "who", "day", dt.date(2026, 2, 28), unit).loc["Acme"]

    assert summary["recency"] == pytest.approx(28 / days)
    assert summary["T"] == pytest.approx(58 / days)
    assert summary["sum_log_gaps"] == pytest.approx(np.log(7 / days) + np.log(21 / days), abs=1e-11)


logs = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 90), st.decimals(-500, 500, places=4).map(float)),
    min_size=1,
    max_size=60,
)


@given(rows=logs)
@settings(max_examples=15, deadline=None)
def test_engine_and_pandas_agree_to_the_last_digit(rows):
    log = pd.DataFrame(rows, columns=["who", "day", "money"])
    log["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(log["day"], unit="D")

    here = purchase_summary(log, "who", "day", "2026-03-01", "D", "money")
    there = purchase_summary(on_engine(log), "who", "day", "2026-03-01", "D", "money")

    pd.testing.assert_frame_equal(here, there, check_exact=True, check_index_type=False)


@given(rows=logs, order=st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_of_the_log_does_not_matter(rows, order):
    log = pd.DataFrame(rows, columns=["who", "day", "money"])
    log["day"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(log["day"], unit="D")
    shuffled = log.iloc[order.sample(range(len(log)), len(log))]

    pd.testing.assert_frame_equal(
        purchase_summary(log, "who", "day", "2026-03-01", "D", "money"),
        purchase_summary(shuffled, "who", "day", "2026-03-01", "D", "money"),
        check_exact=True,
    )


@pytest.mark.parametrize("place", [lambda log: log, on_engine], ids=["pandas", "duckdb"])
@pytest.mark.parametrize("column", ["who", "day"])
def test_rows_without_customer_or_date_are_refused_not_dropped(place, column):
    holed = LOG.copy()
    holed.loc[2, column] = None

    with pytest.raises(InvalidSummaryError, match="1 rows of the purchase log"):
        purchase_summary(place(holed), "who", "day", "2026-02-28")


@pytest.mark.parametrize("place", [lambda log: log, on_engine], ids=["pandas", "duckdb"])
def test_a_bad_row_after_the_last_day_is_not_looked_at(place):
    holed = LOG.copy()
    holed.loc[4, "who"] = None  # of 2 March

    summary = purchase_summary(place(holed), "who", "day", "2026-02-28")

    pd.testing.assert_frame_equal(summary, purchase_summary(place(LOG), "who", "day", "2026-02-28"))


def test_unknown_unit_column_and_kind_of_log_are_named():
    with pytest.raises(InvalidSummaryError, match="unit = 'Q'"):
        purchase_summary(LOG, "who", "day", "2026-02-28", "Q")
    with pytest.raises(InvalidSummaryError, match="no column 'customer'"):
        purchase_summary(LOG, "customer", "day", "2026-02-28")


@pytest.mark.shared
def test_cdnow_summary_has_the_published_totals(cdnow):
    assert len(cdnow) == 2357
    assert cdnow["frequency"].sum() == 2457
    assert (cdnow["frequency"] > 0).sum() == 946
