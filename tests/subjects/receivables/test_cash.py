"""Cash to expect: small worlds with values found by hand, and nothing learnt from what came later."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.subjects.receivables.receivables import cash, cash_by_owner

MONTH = pd.Period("2026-06", "M")


def history(*rows, weeks_late=-2, owner="s1"):
    """(month, open, still open after one, two, three months), ...: the fact cash_history."""
    names = ["open_amount", "open_1_amount", "open_2_amount", "open_3_amount"]
    frame = pd.DataFrame(rows, columns=["month", *names])
    frame["month"] = pd.to_datetime(frame["month"] + "-01").astype("datetime64[us]")
    return frame.assign(weeks_late=weeks_late, salesperson_id=owner, team="North")


def paid(*rows):
    """(month, weeks late, amount), ...: the fact payment_weeks."""
    frame = pd.DataFrame(rows, columns=["month", "weeks_late", "paid_amount"])
    return frame.assign(month=pd.to_datetime(frame["month"] + "-01").astype("datetime64[us]"))


NEVER_NAMED = paid().astype({"weeks_late": "int64", "paid_amount": "float64"})


def test_what_is_always_paid_within_a_week_after_the_due_date_comes_in_the_month_in_which_it_falls_due():
    """Due in two weeks; who pays, pays in the week after: all of it in the first month."""
    rows = history(("2026-06", 100.0, 0.0, 0.0, 0.0))
    result = cash(cash_by_owner(rows, paid(("2026-01", 0, 500.0)), MONTH), MONTH)
    assert result.months["amount"].tolist() == pytest.approx([100, 0, 0])
    assert result.tests.empty
    assert result.months["low_amount"].isna().all()


def test_half_paid_a_quarter_late_comes_half_at_once_and_half_later():
    """Half of the money comes in the first week after the due date, half in the tenth: in the third month."""
    rows = history(("2026-06", 100.0, 0.0, 0.0, 0.0))
    payments = paid(("2026-01", 0, 50.0), ("2026-03", 9, 50.0))
    # What is open now is known to be unpaid two weeks before it is due: it says nothing of later weeks.
    result = cash(cash_by_owner(rows, payments, MONTH), MONTH)
    assert result.months["amount"].tolist() == pytest.approx([50, 0, 50])


def test_where_no_payment_names_an_invoice_the_past_month_ends_tell():
    """Of a hundred open at a month end, sixty came in the month after and thirty in the next."""
    rows = history(*((f"2026-0{month}", 100.0, 40.0, 10.0, 10.0) for month in range(1, 7)))
    result = cash(cash_by_owner(rows, NEVER_NAMED, MONTH), MONTH)
    assert result.months["amount"].tolist() == pytest.approx([60, 30, 0])
    first = result.tests.iloc[0]
    assert (first["origins"], first["error"]) == (
        4,
        pytest.approx(0),
    )  # nothing was known at the first of five


def test_a_forecast_of_a_past_month_end_knows_nothing_of_what_came_after_it():
    rows = history(*((f"2026-0{month}", 100.0, 40.0, 10.0, 10.0) for month in range(1, 7)))
    later = rows.assign(open_1_amount=rows["open_1_amount"].mask(rows["month"] >= "2026-04-01", 99.0))
    one, other = (cash_by_owner(each, NEVER_NAMED, MONTH) for each in (rows, later))
    known = one["origin"] <= pd.Period("2026-04", "M")
    pd.testing.assert_series_equal(one.loc[known, "forecast_amount"], other.loc[known, "forecast_amount"])
    assert not one["forecast_amount"].equals(other["forecast_amount"])


def test_owners_add_up_to_the_company():
    payments = paid(("2026-01", 0, 50.0), ("2026-03", 5, 30.0))
    rows = pd.concat(
        [history(("2026-06", 100.0, 0, 0, 0)), history(("2026-06", 33.0, 0, 0, 0), owner="s2", weeks_late=3)]
    )
    every = cash_by_owner(rows, payments, MONTH)
    own = [cash(every[every["salesperson_id"] == owner], MONTH).months["amount"] for owner in ("s1", "s2")]
    assert np.allclose(own[0] + own[1], cash(every, MONTH).months["amount"])


def test_without_open_invoices_no_cash_is_expected():
    result = cash(cash_by_owner(history().astype({"weeks_late": "int64"}), NEVER_NAMED, MONTH), MONTH)
    assert result.months["amount"].tolist() == [0, 0, 0]
