"""Experience: a specialist scores high, a shift is seen when it happens, and too little evidence is no score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.settings.analysis import Experience
from helpers.subjects.experience.experience import experience_shift, score_history, strength_needed

OCTOBER = pd.Period("2026-10", "M")
IDS = [f"c{number:02}" for number in range(12)]


def window(window, specialist):
    """Sums of a window of 40 lines and 12 contacts: those of a specialist, or of a generalist."""
    sums = {
        "lines": 40, "role_lines": 40, "component_lines": 24 if specialist else 8,
        "service_lines": 0 if specialist else 4, "role_contacts": 12,
        "purchasing_contacts": 11 if specialist else 4, "topic_contacts": 12,
        "application_contacts": 1 if specialist else 6, "discount_n": 40,
        "discount_sum": 8.0 if specialist else 4.0, "discount_square": 1.65 if specialist else 0.45,
        "decision_n": 6, "decision_sum": 24 if specialist else 84, "decision_square": 100 if specialist else 1200,
    }  # fmt: skip
    return {f"{name}_{window}": float(value) for name, value in sums.items()}


def history(turns_at=None, ids=IDS):
    """Return thirteen month ends; c00 is a specialist from ``turns_at`` on, its usual window later."""
    rows = []
    for back in range(12, -1, -1):
        origin = (OCTOBER - back).to_timestamp(how="end").normalize()
        for who in ids:
            now = who == "c00" and turns_at is not None and back <= turns_at
            usual = who == "c00" and turns_at is not None and back <= turns_at - 9
            rows.append(
                {"customer_id": who, "origin": origin} | window("recent", now) | window("usual", usual)
            )
    return pd.DataFrame(rows)


CUSTOMERS = pd.DataFrame({"customer_id": IDS, "name": [f"Firm {i}" for i in IDS], "trade_class": "DIY shops"})
MATURITY = pd.DataFrame(
    {"customer_id": IDS, "young_amount": 0.0, "mature_amount": 100.0, "unknown_amount": 0.0}
)


class OfFrame:
    """Windows of customers x month ends, as the frames of these tests have them."""

    def __init__(self, frame, months=None, ids=None):
        self.frame = frame if ids is None else frame[frame["customer_id"].isin(ids)]
        self.customers = pd.Index(sorted(self.frame["customer_id"].unique()), dtype="str")
        ends = pd.DatetimeIndex(pd.date_range("2025-10-31", "2026-10-31", freq="ME"))
        self.months = [end.to_period("M") for end in ends] if months is None else months

    def part(self, name):
        return self

    def has(self, *measures):
        return {f"{measure}_recent" for measure in measures} <= set(self.frame.columns)

    def recent(self, measure, month):
        return self._at(f"{measure}_recent", month)

    def usual(self, measure, month):
        return self._at(f"{measure}_usual", month)

    def _at(self, column, month):
        rows = self.frame[self.frame["origin"] == month.to_timestamp(how="end").normalize()]
        sums = rows.set_index("customer_id")[column].reindex(self.customers)
        return sums.fillna(0.0).to_numpy(dtype="float64")

    def only(self, ids):
        return OfFrame(self.frame, self.months, ids)


def run(frame, maturity=MATURITY):
    return experience_shift(CUSTOMERS, OfFrame(frame), maturity, OCTOBER)


def test_generalist_scores_near_nothing_and_specialist_near_one():
    table = run(history(turns_at=4)).customers.set_index("customer_id")
    assert table.loc["c00", "score"] > 0.9
    assert table.loc["c01", "score"] < 0.1


def test_customer_who_turned_half_a_year_ago_is_named_with_the_month_in_which_it_showed():
    result = run(history(turns_at=5))
    assert result.movers["customer_id"].tolist() == ["c00"]
    assert result.movers["moved_on"].tolist() == [pd.Timestamp("2026-05-31")]
    assert result.movers["score_change"].iloc[0] > 0.8


def test_nobody_has_turned_where_nothing_changes():
    assert run(history()).movers.empty


def test_the_four_corners_hold_every_judged_customer_once():
    ages = MATURITY.assign(young_amount=np.where(MATURITY["customer_id"] < "c03", 300.0, 0.0))
    corners = run(history(turns_at=3), maturity=ages).corners.set_index("corner")
    assert corners["customers"].to_dict() == {
        "inexperienced_young": 2, "inexperienced_mature": 9, "experienced_young": 1, "experienced_mature": 0,
    }  # fmt: skip
    assert corners.loc["experienced_mature", "net_amount"] == 100, "its mature products count there"


def test_with_too_little_evidence_there_is_no_score():
    frame = history()
    frame[[name for name in frame if name.endswith("_recent")]] = 0.0
    assert run(frame).customers["score"].isna().all()


@pytest.mark.slow
def test_evidence_that_is_not_supplied_is_left_out_and_said():
    frame = history(turns_at=3).drop(columns=["purchasing_contacts_recent", "purchasing_contacts_usual"])
    result = run(frame)
    assert result.absent == {"purchasing_share": "interactions.contact_role"}
    assert result.movers["customer_id"].tolist() == ["c00"]


def test_score_of_a_month_end_does_not_depend_on_later_ones():
    """Not even by how much customers vary: later discounts that differ widely change no strength of before."""
    frame = history(turns_at=5)
    later = frame["origin"] > "2026-04-30"
    frame.loc[later & (frame["customer_id"] > "c05"), "discount_square_recent"] *= 3
    classes = CUSTOMERS.set_index("customer_id")["trade_class"]
    windows = OfFrame(frame)
    whole = score_history(windows, classes, Experience())
    half = score_history(OfFrame(frame, windows.months[:7]), classes, Experience())
    np.testing.assert_array_equal(whole.score[:7], half.score)
    np.testing.assert_array_equal(whole.shift[:7], half.shift)
    assert np.isfinite(half.shift).any()


def test_scope_sees_its_own_customers_with_the_companys_scores():
    whole = run(history(turns_at=4))
    own = whole.of({"c01"})
    assert own.customers["customer_id"].tolist() == ["c01"]
    score = whole.customers.set_index("customer_id").loc["c01", "score"]
    assert own.customers["score"].tolist() == pytest.approx([score])
    assert own.corners["customers"].sum() == 1
    assert whole.of(None) is whole


@pytest.mark.slow
def test_who_has_turned_comes_with_its_evidence_then_and_before():
    movers = run(history(turns_at=5)).movers.set_index("customer_id")
    assert movers.loc["c00", "component_share"] == pytest.approx(24 / 40)
    assert movers.loc["c00", "component_share_usual"] == pytest.approx(8 / 40)
    assert run(history()).movers.empty


def test_no_customers_at_all_raise_no_error():
    result = run(history().iloc[:0], maturity=MATURITY.iloc[:0])
    assert result.customers.empty
    assert not result.maturity_known


def _changes(towards: list[float], back: list[float]) -> np.ndarray:
    """Return the strengths of one month end: of those who turn, and of those who change the other way."""
    return np.array([[*towards, *(-value for value in back)]])


def test_turning_counts_from_where_few_change_as_much_the_other_way():
    noise = [2.1] * 30
    turned = _changes([*noise, *[3.1] * 20], [*noise, *[2.6] * 10])
    # From 2.75 on nobody changes back; at 2.5 ten do, of twenty who turn.
    assert strength_needed(turned) == 2.75
    assert strength_needed(_changes([2.1] * 30, [2.2] * 30)) == 2.25
    assert strength_needed(_changes([5.0] * 30, [5.0] * 30)) == 4.0


def test_with_few_who_change_the_usual_strength_stands():
    assert strength_needed(_changes([3.0] * 5, [])) == 3.0
    assert strength_needed(np.full((13, 4), np.nan)) == 3.0
