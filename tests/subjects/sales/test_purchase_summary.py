"""A customer's purchase summary is one thing, whether the engine or a month's ledger tells it."""

import numpy as np
import pandas as pd
import pytest
from builders import line

from helpers.subjects.sales.purchase_summary import COLUMNS, UNIT_DAYS, in_units
from helpers.subjects.value.learning.histories import PAID_COLUMNS, known_at, ledger

READ = ["frequency", "recency", "T", "sum_log_gaps"]
DAYS = {
    "acme": ("2025-01-01", "2025-01-08", "2025-01-29", "2025-06-30"),
    "bolt": ("2025-02-15",),
    "core": ("2025-02-01", "2025-02-02", "2025-12-31"),
}


@pytest.fixture
def facts(facts_of):
    rows = [line(who, day, 10) for who, days in DAYS.items() for day in days]
    return facts_of(
        "2025-12", order_lines=[*rows, line("gone", "2025-03-01", 5), line("gone", "2025-03-01", -5)]
    )


def test_frequency_recency_and_gaps_are_counted_by_hand(facts):
    acme = facts.frame("customer_summary").set_index("customer_id").loc["acme"]

    assert acme[["frequency", "recency_days", "T_days"]].tolist() == [3, 180, 364]
    assert acme["sum_log_gaps"] == pytest.approx(np.log(7) + np.log(21) + np.log(152))


@pytest.mark.parametrize("end", ["2025-02", "2025-06", "2025-12"])
def test_engine_and_ledger_say_the_same_at_every_month_end(facts, end):
    month = pd.Period(end, "M")
    panel = facts.frame("purchase_panel")
    by_engine = in_units(panel[panel["origin"] == month.to_timestamp()].set_index("customer_id"))
    paid = facts.frame("customer_months", columns=PAID_COLUMNS)
    by_month = known_at(ledger(facts.frame("purchase_months"), paid, month), month)[READ]

    pd.testing.assert_frame_equal(by_engine, by_month, check_exact=True, check_index_type=False)


def test_the_report_s_own_month_end_is_the_last_of_the_panel(facts):
    panel, now = facts.frame("purchase_panel"), facts.frame("customer_summary").set_index("customer_id")
    last = panel[panel["origin"] == "2025-12-01"].set_index("customer_id")

    bought = now.dropna(subset=["frequency"])
    assert list(now.index.difference(bought.index)) == ["gone"]
    pd.testing.assert_frame_equal(bought[list(COLUMNS)], last[list(COLUMNS)], check_exact=True)


@pytest.mark.parametrize("unit_days", UNIT_DAYS.values())
def test_the_unit_scales_every_time(facts, unit_days):
    days = facts.frame("customer_summary").set_index("customer_id").loc[["acme"]]

    acme = in_units(days, unit_days).loc["acme"]

    assert acme[["recency", "T"]].tolist() == pytest.approx([180 / unit_days, 364 / unit_days])
    gaps = np.array([7, 21, 152]) / unit_days
    assert acme["sum_log_gaps"] == pytest.approx(np.log(gaps).sum(), abs=1e-11)
