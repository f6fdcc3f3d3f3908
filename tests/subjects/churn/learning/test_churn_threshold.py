"""From which probability on to warn: what visits have brought decides, as far as they can be made."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.settings.churn import Churn
from helpers.subjects.churn.learning.threshold import threshold

#: Of a thousand a year a visit keeps a fifth of the time: 200 for 50.
SETTINGS = Churn(visit_cost_amount=50, visit_success_share=0.2, visit_capacity=20)


def record(*warnings: tuple[float, int, int]) -> pd.DataFrame:
    """Each of (probability, customers, of them left), new at the second of two month ends."""
    rows = []
    for kind, (probability, customers, left) in enumerate(warnings):
        for place in range(customers):
            name = f"{kind}-{place:03}"
            rows.append((name, 1, 0.01, 0.0))
            rows.append((name, 2, probability, float(place < left)))
    return pd.DataFrame(rows, columns=["customer_id", "number", "probability", "left"]).assign(may_warn=True)


def test_the_curve_by_hand():
    curve = threshold(record((0.62, 4, 3), (0.32, 6, 1)), 1000, SETTINGS).curve.set_index("probability")
    assert curve.loc[0.6].tolist() == [4, 0.75, 3 * 200 - 4 * 50]
    assert curve.loc[0.3].tolist() == [10, 0.4, 4 * 200 - 10 * 50]
    assert curve.loc[0.65, "begun"] == 0


def test_no_warning_begins_of_whom_cannot_be_warned():
    told = record((0.62, 4, 3), (0.32, 6, 1))
    told["may_warn"] = told["customer_id"].str.startswith("0-")
    curve = threshold(told, 1000, SETTINGS).curve.set_index("probability")
    assert curve.loc[0.3].tolist() == curve.loc[0.6].tolist() == [4, 0.75, 3 * 200 - 4 * 50]


def test_early_warnings_are_given_where_they_bring_as_much():
    """Half of those at 30 % leave, far more than pays for the visits: warning from there on brings more."""
    chosen = threshold(record((0.62, 4, 3), (0.32, 12, 6)), 1000, SETTINGS)
    assert (chosen.probability, chosen.reason) == (
        0.05,
        "profit",
    )  # nobody lies below 0.32: the same warnings


def test_false_alarms_that_cost_more_than_they_keep_raise_the_threshold():
    many = record((0.62, 10, 8), (0.12, 9, 0))
    assert threshold(many, 1000, SETTINGS).probability == 0.15


def test_more_warnings_than_visits_do_not_count():
    few = SETTINGS.model_copy(update={"visit_capacity": 5})
    chosen = threshold(record((0.62, 4, 3), (0.32, 12, 6)), 1000, few)
    assert chosen.probability == pytest.approx(0.35)


def test_the_threshold_is_one_half_if_no_visit_pays_or_nothing_is_known():
    assert threshold(record((0.62, 4, 3)), 10, SETTINGS).reason == "half"
    nobody = record().astype({"number": int, "probability": float, "left": float})
    chosen = threshold(nobody, 1000, SETTINGS)
    assert (chosen.probability, chosen.reason, len(chosen.curve)) == (0.5, "half", 0)


def test_the_settings_threshold_stands_and_a_scope_may_not_see_the_company_s_figures():
    own = SETTINGS.model_copy(update={"warn_probability": 0.7})
    assert threshold(record((0.62, 4, 3)), 1000, own).probability == 0.7
    withheld = threshold(record((0.62, 4, 3)), 1000, SETTINGS).withheld()
    assert (withheld.reason, withheld.curve.empty, np.isnan(withheld.value_amount)) == (
        "withheld",
        True,
        True,
    )
