"""Behaviour classes: problem customers first, scores by fifths, the same whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER, behaved, customers
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.settings.config import parse_settings
from helpers.subjects.grading.behaviour import fifths
from helpers.subjects.grading.rules import reasons

END = pd.Timestamp("2026-10-31")
FIRST = pd.Period("2023-01", "M")
PEOPLE = customers(a="DIY", b="DIY", c="DIY", d="Other", e="Other", f=None, g="Other", h="Other", z="DIY")


def world(*purchases):
    """(customer, day, net sales), ...: the facts customer_summary and customer_months; one purchase a row."""
    rows = pd.DataFrame(purchases, columns=["customer_id", "day", "net"])
    rows["day"] = pd.to_datetime(rows["day"]).astype("datetime64[us]")
    rows["net"] = rows["net"].astype("float64")
    recent = rows[rows["day"] > pd.Timestamp("2025-10-31")]
    bought = rows[rows["net"] > 0].groupby("customer_id")["day"]
    gross = recent[recent["net"] > 0].groupby("customer_id")["net"].sum()
    returned = -recent[recent["net"] < 0].groupby("customer_id")["net"].sum()
    ids = pd.Index(sorted(rows["customer_id"].unique()), dtype="str", name="customer_id")
    summary = pd.DataFrame(index=ids)
    summary["first_purchase"], summary["last_purchase"] = bought.min(), bought.max()
    summary["frequency"] = bought.nunique().astype("float64") - 1
    span = (summary["last_purchase"] - summary["first_purchase"]).dt.days
    summary["mean_gap_days"] = span / summary["frequency"].where(summary["frequency"] > 0)
    summary["gross_amount"] = gross.reindex(ids, fill_value=0.0)
    summary["returns_amount"] = returned.reindex(ids, fill_value=0.0)
    summary["net_amount"] = summary["gross_amount"] - summary["returns_amount"]
    summary["lines_lifetime"] = rows.groupby("customer_id").size()
    positive = summary["gross_amount"].where(summary["gross_amount"] > 0)
    summary["returns_share"] = summary["returns_amount"] / positive
    month = rows["day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    months = rows.assign(month=month, days=rows["day"].where(rows["net"] > 0))
    months = months.groupby(["customer_id", "month"], as_index=False).agg(
        net_amount=("net", "sum"), purchase_days=("days", "nunique")
    )
    return summary.reset_index(), months


def complaints(*rows):
    """(customer, severity, in the window, open), ...: the fact complaint_counts."""
    columns = ["customer_id", "severity", "complaints", "open_complaints"]
    return pd.DataFrame(rows, columns=columns)


def classed(*purchases, people=PEOPLE, **more):
    return behaved(people, *world(*purchases), OCTOBER, first_month=FIRST, **more)


def segment(result):
    return result.customers.set_index("customer_id")["segment"].to_dict()


def regular(customer, days, last="2026-10-20", count=12, net=100):
    """Purchases at equal distances, the last on a given day."""
    return [(customer, pd.Timestamp(last) - pd.Timedelta(days=days * back), net) for back in range(count)]


def test_company_worked_out_by_hand():
    purchases = [
        *regular("a", 30, count=20, net=1000),  # steady, large
        *regular("b", 30, last="2026-05-01", count=12),  # 183 days of silence, six gaps
        ("c", "2026-09-01", 50), ("c", "2026-09-20", 50),  # first bought two months ago
        ("d", "2024-01-05", 10),  # once
        *regular("e", 30, last="2025-06-01", count=4),  # nothing for more than a year
        *regular("f", 30, last="2026-08-01", count=12),  # 91 days of silence, three gaps
        *regular("g", 30, count=12), ("g", "2026-08-30", -300),  # a quarter comes back
        *regular("h", 30, count=20, net=900),
    ]  # fmt: skip
    result = classed(*purchases, complaints=complaints(("h", "high", 2, 1), ("h", None, 1, 0)))
    assert segment(result) == {
        "a": "champions", "b": "long_pause", "c": "beginner", "d": "one_time", "e": "long_ago", "f": "pausing",
        "g": "problem", "h": "problem", "z": "enquiry",
    }  # fmt: skip
    table = result.customers.set_index("customer_id")
    assert table.loc["b", "recency_days"] == 183
    assert table.loc["b", "gap_ratio"] == 183 / 30
    assert table.loc["g", "returns_share"] == pytest.approx(300 / 1200)
    assert table.loc["h", ["complaints", "open_complaints", "severe_complaints", "mean_severity"]].tolist() == [
        3, 1, 2, 3,
    ]  # fmt: skip
    assert table.loc["a", ["r", "f", "m"]].tolist() == [5, 5, 5]  # midrank of r: (5 + 3 / 2) of 8
    assert table.loc["z", ["r", "f", "m"]].isna().all()
    assert result.customers["segment"].tolist()[:2] == ["problem", "problem"]
    assert result.scored_customers == 8
    assert result.small_base


def test_reasons_are_the_conditions_met_of_all_rules_of_the_segment():
    purchases = [*regular("a", 30), ("a", "2026-08-30", -300)]
    result = classed(*purchases, complaints=complaints(("a", "low", 3, 0)))
    met = reasons(result.customers.iloc[0], result.rules)
    assert [str(condition) for condition in met] == ["complaints >= 3", "returns_share >= 0.15"]


def test_complaints_that_are_not_supplied_are_unknown_and_those_of_a_quiet_customer_are_none():
    columns = ["complaints", "open_complaints", "severe_complaints", "complaints_per_occasion"]
    assert classed(*regular("a", 30)).customers[columns].isna().all(axis=None)
    supplied = classed(*regular("a", 30), complaints=complaints()).customers.set_index("customer_id")
    assert supplied.loc["a", columns].tolist() == [0, 0, 0, 0]


def test_open_complaints_and_severities_that_nobody_recorded_are_unknown():
    found = classed(*regular("a", 30), complaints=complaints(("a", None, 1, None))).customers
    assert found["complaints"].sum() == 1
    assert found[["open_complaints", "severe_complaints", "mean_severity"]].isna().all(axis=None)


def test_complaints_of_someone_who_is_not_known_are_counted_as_such():
    result = classed(*regular("a", 30), complaints=complaints(("nobody", "low", 2, 0), ("a", "low", 1, 0)))
    assert result.complaints_unmatched == 2


def test_fewer_purchases_than_the_year_before_are_pausing_only_where_the_year_before_is_known():
    purchases = [*regular("a", 30, last="2025-10-20", count=11), *regular("a", 60, count=6)]
    assert segment(classed(*purchases))["a"] == "pausing"
    unknown = behaved(PEOPLE, *world(*purchases), OCTOBER, first_month=OCTOBER - 22)
    assert unknown.customers["frequency_change"].isna().all()


def test_order_that_was_cancelled_is_no_return_of_a_customer_who_never_bought():
    summary, months = world(("a", "2026-10-01", 50), ("a", "2026-10-01", -50))
    never = summary.assign(frequency=np.nan, first_purchase=pd.NaT, last_purchase=pd.NaT)
    result = behaved(PEOPLE, never, months.assign(purchase_days=0), OCTOBER)
    assert segment(result)["a"] == "not_bought"


def test_a_rule_on_order_lines_counts_them():
    rule = {"name": "many_lines", "all": ["order_lines >= 12"], "segment": "busy"}
    settings = parse_settings({"segments": {"rules": [rule], "otherwise": "others"}}, "x").segments
    result = classed(*regular("a", 30, count=12), *regular("b", 30, count=11), settings=settings)
    assert segment(result)["a"] == "busy"
    assert segment(result)["b"] == "others"


def test_own_rules_and_names_replace_the_defaults():
    rules = [
        {"segment": "大客户", "all": ["net_amount >= 1000"]},
        {"segment": "others too", "any": ["f < 2"]},
    ]
    chosen = parse_settings({"segments": {"rules": rules, "otherwise": "rest"}}, "x").segments
    result = classed(("a", "2026-10-01", 1000), ("b", "2026-10-01", 5), settings=chosen)
    assert segment(result) == dict.fromkeys("bcdefghz", "rest") | {"a": "大客户"}
    assert result.segments["segment"].tolist() == ["大客户", "others too", "rest"]


def test_fifths_of_ten_values_are_pairs_and_equal_values_score_the_same():
    assert fifths(pd.Series(range(10))).tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert fifths(pd.Series([7.0] * 4)).tolist() == [3, 3, 3, 3]
    assert (
        fifths(pd.Series([1.0, np.nan, 1.0, 9.0])).tolist()[0]
        == fifths(pd.Series([1.0, 1.0, 9.0])).tolist()[0]
    )


def test_scope_has_the_companys_scores():
    purchases = [row for place, name in enumerate("abcdefgh") for row in regular(name, 20 + 5 * place)]
    whole, own = classed(*purchases), classed(*purchases, keep={"c", "f"})
    columns = ["customer_id", "r", "f", "m", "segment"]
    expected = whole.customers[whole.customers["customer_id"].isin(["c", "f"])][columns].reset_index(
        drop=True
    )
    pd.testing.assert_frame_equal(own.customers[columns], expected)
    assert own.grid["customers"].sum() == own.segments["customers"].sum() == 2


@pytest.mark.parametrize(
    ("people", "purchases", "expected"),
    [
        (customers(), [], {}),
        (customers(a="DIY"), [], {"a": "enquiry"}),
        (customers(a="DIY"), [("a", "2026-10-01", 5)], {"a": "beginner"}),
        (customers(a="DIY"), [("a", "2026-10-01", -5)], {"a": "not_bought"}),
    ],
)
def test_small_worlds_have_classes_too(people, purchases, expected):
    result = classed(*purchases, people=people)
    assert segment(result) == expected
    assert len(result.grid) == 25


purchases_of_a_company = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.integers(0, 1300).map(lambda back: END - pd.Timedelta(days=back)),
        st.integers(-(10**6), 10**7).map(lambda units: units / 1024),
    ),
    max_size=40,
)  # fmt: skip


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(purchases_of_a_company)
def test_every_customer_has_one_segment_and_the_grid_holds_all_who_bought(purchases):
    result = classed(*purchases)
    assert sorted(result.customers["customer_id"]) == sorted(PEOPLE["customer_id"])
    assert result.segments["customers"].sum() == len(PEOPLE)
    assert set(result.customers["segment"]) <= set(result.segments["segment"])
    assert result.grid["customers"].sum() == result.scored_customers == result.customers["r"].notna().sum()
    scores = result.customers[["r", "f", "m"]].dropna()
    assert scores.isin([1, 2, 3, 4, 5]).all(axis=None)


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(purchases_of_a_company, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(purchases, random):
    def shuffled(frame):
        return frame.iloc[random.sample(range(len(frame)), len(frame))]

    summary, months = world(*purchases)
    counts = complaints(("a", "low", 2, 1), ("a", "high", 1, 1), ("b", None, 1, 0))
    result = behaved(PEOPLE, summary, months, OCTOBER, complaints=counts)
    other = behaved(
        shuffled(PEOPLE), shuffled(summary), shuffled(months), OCTOBER, complaints=shuffled(counts)
    )
    pd.testing.assert_frame_equal(result.customers, other.customers)
    pd.testing.assert_frame_equal(result.segments, other.segments)
    pd.testing.assert_frame_equal(result.grid, other.grid)


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(purchases_of_a_company, st.sampled_from([2, 8, 64]))
def test_money_counted_in_another_unit_changes_no_segment(purchases, factor):
    result = classed(*purchases)
    other = classed(*((name, day, net * factor) for name, day, net in purchases))
    assert segment(result) == segment(other)
    columns = ["r", "f", "m"]
    pd.testing.assert_frame_equal(
        result.customers.set_index("customer_id").sort_index()[columns],
        other.customers.set_index("customer_id").sort_index()[columns],
    )


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(purchases_of_a_company, purchases_of_a_company)
def test_later_months_change_nothing(purchases, later):
    summary, months = world(*purchases)
    future = world(*((name, day + pd.Timedelta(days=1400), net) for name, day, net in later))[1]
    result = behaved(PEOPLE, summary, months, OCTOBER, first_month=FIRST)
    other = behaved(
        PEOPLE, summary, pd.concat([months, future], ignore_index=True), OCTOBER, first_month=FIRST
    )
    pd.testing.assert_frame_equal(result.customers, other.customers)
