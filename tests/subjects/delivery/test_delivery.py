"""Whether late deliveries cost sales: an effect that is there is found, one that is not is not told."""

import numpy as np
import pandas as pd
import pytest

from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.subjects.delivery import views
from helpers.subjects.delivery.delivery import delivery, late_effect

MONTH = pd.Period("2026-10", "M")
SPAN = pd.period_range(end=MONTH, periods=24, freq="M")


def world(after=1.0, before=1.0, customers=400, seed=3):
    """Customers who buy the same every month but for chance; a quarter has one late month."""
    random = np.random.default_rng(seed)
    late = np.arange(customers) % 4 == 0
    sales = random.uniform(80, 120, (customers, 24))
    sales[late, 15:] *= after
    sales[late, 8:14] *= before
    ids = [f"c{each:03d}" for each in range(customers)]
    months = pd.DataFrame({"customer_id": np.repeat(ids, 24), "month": np.tile(SPAN.to_timestamp(), customers),
                           "net_amount": sales.ravel()})  # fmt: skip
    months["customer_id"] = months["customer_id"].astype("category")
    judged = pd.DataFrame({"customer_id": ids, "month": SPAN[14].to_timestamp(), "judged": 4})
    return judged.assign(failed=np.where(late, 3, 0)), months


def test_a_loss_after_late_deliveries_is_found_and_holds_against_the_placebo():
    effect = late_effect(*world(after=0.7), MONTH, SPAN[0], 6)
    assert effect.holds
    assert effect.effect.high < 0
    assert effect.effect.change == pytest.approx(-0.3, abs=0.03)


def test_nothing_is_found_where_nothing_is():
    effect = late_effect(*world(), MONTH, SPAN[0], 6)
    assert effect.effect.low <= 0 <= effect.effect.high


def test_customers_who_were_falling_before_late_deliveries_allow_no_conclusion():
    effect = late_effect(*world(after=0.5, before=0.6), MONTH, SPAN[0], 6)
    assert not effect.holds
    counts = pd.DataFrame({"customer_id": ["a"], "judged": [10], "in_full": [8], "judged_before": [0],
                           "in_full_before": [0], "waiting_lines": [2], "waiting_amount": [50.0], "open_amount": [70.0],
                           "longest_days": [9.0]})  # fmt: skip
    months = pd.DataFrame({"customer_id": ["a", "a"], "month": pd.to_datetime(["2026-09-01", "2026-10-01"]),
                           "judged": [5, 5], "failed": [1, 1], "booked_amount": [100.0, 50.0],
                           "shipped_amount": [60.0, 60.0]})  # fmt: skip
    result = delivery(
        counts, counts.rename(columns={"customer_id": "product_id"}), months,
        pd.DataFrame({"lines": [10], "named": [9]}),
        pd.DataFrame({"customer_id": ["a"], "name": ["Ada"], "salesperson_name": ["Ann"]}), None, MONTH, 12, effect,
    )  # fmt: skip
    n = numbers("en", "CNY")
    text = "\n".join(views.delivery_findings(result, n).sentences)
    assert "On time in full: 80.0% of 10 promised lines" in text
    assert "cannot be told: these customers differed before it already" in text
    assert "90% of the order lines" in text
    assert result.book_to_bill == pytest.approx(150 / 120)
    worded = views.proposed_actions(result, n, Likelihood()).worded()
    assert worded["reason"].tolist() == ["2 promised lines worth CN¥50 are not shipped, up to 9 days late."]


def test_without_the_table_no_heading_of_the_page_stands_over_nothing():
    assert views.delivery(None, numbers())[0].sentences == ("This section needs the table deliveries.",)
    assert views.in_hand(None, numbers())[0].sentences == ("This section needs the table deliveries.",)
