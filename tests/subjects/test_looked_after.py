"""Attention, satisfaction and records, the scorecard and receivables: values found by hand, and what always holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.frames.lookup import look_up
from helpers.core.scope import COMPANY, Scope
from helpers.subjects.contacts.attention import activity, attention, contacts_per_engagement
from helpers.subjects.contacts.records import records
from helpers.subjects.receivables.facts import ages
from helpers.subjects.receivables.receivables import cash, cash_by_owner, receivables
from helpers.subjects.service.satisfaction import satisfaction
from helpers.subjects.targets.scorecard import scorecard

MONTH = pd.Period("2026-06", "M")


def day(text):
    return pd.Timestamp(text)


def people(ids, **columns):
    """Customers of salesperson s1 with everything on record, but for what ``columns`` say."""
    frame = pd.DataFrame({"customer_id": list(ids), "name": [f"Customer {name}" for name in ids]})
    given = {"trade_class": "Shops", "region": "East", "industry": "Steel", "size_class": "small",
             "acquisition_source": "fair", "credit_limit": 100.0, "interest_level": "high",
             "salesperson_id": "s1", "salesperson_name": "Li", "team": "North", "known": True}  # fmt: skip
    frame = frame.assign(**given, first_contact_date=day("2026-01-05"), valid_from=day("2026-01-05"))
    return frame.assign(**columns)


def sold(ids, amount=100.0, before=100.0):
    return pd.DataFrame({"customer_id": list(ids), "net_amount": amount, "net_amount_previous": before,
                         "first_purchase": day("2026-01-10")})  # fmt: skip


def contacts(*rows):
    """(customer, month, seller's contacts, enquiries), ...: the fact contact_months."""
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "contacts", "enquiries"])
    return frame.assign(month=pd.to_datetime(frame["month"] + "-01"))


def bought(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "purchase_days"])
    return frame.assign(month=pd.to_datetime(frame["month"] + "-01"))


# Attention


def test_engagement_is_enquiries_and_days_of_purchase():
    active = activity(contacts(("a", "2026-05", 2, 3)), bought(("a", "2026-05", 4), ("b", "2026-06", 1)))
    by_customer = pd.concat(active).groupby("customer_id")[["contacts", "engagement"]].sum()
    assert by_customer.to_numpy().tolist() == [[2, 7], [0, 1]]
    assert contacts_per_engagement(active, MONTH, 6) == 2 / 8


def test_the_curves_are_rates_a_customer_and_month_from_first_order_to_last_sign_of_life():
    """Ten customers, first order in January: 2 contacts in January; bought in January and March, then gone."""
    ids = [f"c{number}" for number in range(10)]
    asked = contacts(*((name, "2026-01", 2, 0) for name in ids))
    days = bought(*((name, month, 1) for name in ids for month in ("2026-01", "2026-03")))
    result = attention(activity(asked, days), people(ids), sold(ids), MONTH, pd.Period("2026-01", "M"), 1.0)
    first = result.curves.iloc[0]
    assert (first["customers"], first["contacts"], first["engagement"]) == (10, 2 / 3, 2 / 3)
    assert len(result.curves) == 1  # nobody was seen after March


def test_who_is_as_engaged_as_ever_and_gets_no_contact_sits_in_the_gap():
    """One contact per sign of engagement is usual; b gets it, a gets none for six, c was more engaged before."""
    spring = [f"2026-0{month}" for month in range(1, 7)]
    asked = contacts(*(("b", month, 1, 0) for month in spring))
    before = [("c", f"2025-{month}", 3) for month in ("10", "11", "12")]
    days = bought(*((name, month, 1) for name in "abc" for month in spring), *before)
    result = attention(
        activity(asked, days), people("abc"), sold("abc"), MONTH, pd.Period("2025-01", "M"), 1.0
    )
    assert result.gap["customer_id"].tolist() == ["a"]
    row = result.gap.iloc[0]
    assert (row["contacts"], row["engagement"], row["expected_contacts"]) == (0, 6, 6)


# Satisfaction


def answered(*rows):
    """(customer, month, score from 0 to 10), ...: the fact survey_months."""
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "score_sum"])
    return frame.assign(month=pd.to_datetime(frame["month"] + "-01"), responses=1)


def felt(surveys, ids="abcd", tiers="AABB", **more):
    tiered = pd.DataFrame({"customer_id": list(ids), "tier": list(tiers), "group": "Shops"})
    return satisfaction(surveys, people(ids), tiered, sold(ids, **more), MONTH)


def test_the_mean_has_the_interval_of_student_and_says_how_many_answered():
    """8 and 6: mean 7, standard deviation 1.4142, t(1) 12.706: the interval is cut to the scale."""
    whole = felt(answered(("a", "2026-04", 8), ("b", "2026-04", 6))).groups.iloc[0]
    assert (whole["mean"], whole["responses"], whole["response_rate"]) == (7, 2, 0.5)
    assert (whole["low"], whole["high"]) == (0, 10)


def test_one_answer_has_no_interval():
    whole = felt(answered(("a", "2026-04", 8))).groups.iloc[0]
    assert whole["mean"] == 8
    assert np.isnan(whole["low"])


def test_a_customer_who_answers_twice_in_a_wave_counts_once():
    whole = felt(answered(("a", "2026-04", 10), ("a", "2026-05", 6), ("b", "2026-05", 2))).groups.iloc[0]
    assert (whole["mean"], whole["responses"]) == (5, 2)


def test_weighed_by_tier_a_tier_that_answered_less_counts_in_full():
    """Tier A answered 8 twice, tier B 4 once: 6.67 of the answers, 6 of the customers."""
    result = felt(answered(("a", "2026-04", 8), ("b", "2026-04", 8), ("c", "2026-04", 4)))
    assert result.groups["mean"].iloc[0] == pytest.approx(20 / 3)
    assert result.weighted_mean == 6
    assert result.silent_amount_share == 0.25
    assert result.unhappy["customer_id"].tolist() == ["c"]


def test_a_newcomer_does_not_count_as_growth_of_those_who_answered():
    """a and b answered: a went from 100 to 110, b is new; c went from 100 to 100."""
    now, before = [110.0, 500.0, 100.0, 100.0], [100.0, 0.0, 100.0, 100.0]
    result = felt(answered(("a", "2026-04", 8), ("b", "2026-04", 8)), amount=now, before=before)
    assert result.answered_change == pytest.approx(0.1)
    assert result.silent_change == 0


def test_the_change_is_against_the_wave_before():
    whole = felt(answered(("a", "2026-04", 8), ("a", "2025-11", 5), ("b", "2025-10", 6))).groups.iloc[0]
    assert (whole["previous_mean"], whole["change"]) == (5.5, 2.5)


# Records


def test_what_is_missing_is_counted_by_field_owner_and_customer():
    customers = people("abc", region=[None, "East", "East"], industry=[None, None, "Steel"])
    last = pd.DataFrame({"customer_id": ["b"], "last_contact": [day("2026-06-01")]})
    result = records(customers, sold("abc"), last, MONTH, ["region", "industry"], 4)
    assert result.completeness == 0.5
    assert result.fields[["field", "missing"]].to_numpy().tolist() == [["industry", 2], ["region", 1]]
    gaps = result.gaps.set_index("customer_id")
    assert gaps["missing"].to_dict() == {"a": ("region", "industry"), "b": ("industry",), "c": ()}
    # Records of January are older than four months; b had a contact in June.
    assert gaps["fresh"].to_dict() == {"a": False, "b": True, "c": False}
    owner = result.owners.iloc[0]
    assert (owner["customers"], owner["complete"], owner["completeness"], owner["stale_amount"]) == (
        3,
        1,
        0.5,
        200,
    )


FIELD = st.sampled_from([None, "known"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(FIELD, FIELD, st.sampled_from(["s1", "s2", None])), min_size=1, max_size=12))
def test_owners_add_up_to_all_records(rows):
    ids = [f"c{place:02}" for place in range(len(rows))]
    customers = people(
        ids, region=[r[0] for r in rows], industry=[r[1] for r in rows], salesperson_id=[r[2] for r in rows]
    )
    last = pd.DataFrame(
        {"customer_id": pd.Series(dtype="str"), "last_contact": pd.Series(dtype="datetime64[us]")}
    )
    result = records(customers, sold(ids), last, MONTH, ["region", "industry"])
    owners = result.owners
    assert owners["customers"].sum() == len(rows)
    weighed = (owners["completeness"] * owners["customers"]).sum() / len(rows)
    assert weighed == pytest.approx(result.completeness)
    assert result.fields["missing"].sum() == round((1 - result.completeness) * 2 * len(rows))
    assert len(result.gaps) >= (customers[["region", "industry"]].isna().any(axis=1)).sum()


# The scorecard


def rated(scores, scope=COMPANY, **more):
    """Each salesperson's customers with their scores (None: silent); all bought for 100."""
    ids = {f"{who}-{place}": who for who, each in scores.items() for place in range(len(each))}
    customers = people(ids, salesperson_id=list(ids.values()))
    flat = dict(zip(ids, (score for each in scores.values() for score in each), strict=True))
    surveys = answered(*((name, "2026-04", score) for name, score in flat.items() if score is not None))
    bought = pd.DataFrame({"customer_id": list(ids), "net_amount": 100.0})
    owed = pd.DataFrame({"customer_id": list(ids), "due_amount": 10.0, "due_open_amount": 1.0})
    units = pd.DataFrame({"period": "year", "kind": "salesperson", "id": list(scores), "name": list(scores),
                          "sales_amount": 1.0, "attainment_to_date": 1.0})  # fmt: skip
    result = scorecard(customers, bought, sold(ids), surveys, owed, units, MONTH, 12, 5, scope, **more)
    return result.people.set_index("salesperson_id")


def test_the_scorecard_tells_how_many_answered_and_how_sure_the_mean_is():
    row = rated({"s1": [8, 6, 7, None], "s2": [5]}).loc["s1"]
    assert (row["satisfaction"], row["responses"], row["response_rate"]) == (7, 3, 0.75)
    # Student's t of two degrees of freedom is 4.303; the standard deviation is 1.
    assert row["satisfaction_high"] - 7 == pytest.approx(4.3027 / np.sqrt(3), abs=1e-4)
    assert row["collection_rate"] == pytest.approx(0.9)


def test_satisfaction_that_differs_by_chance_is_not_called_different():
    near = rated({"s1": [8, 6, 7, 9, 5], "s2": [7, 8, 6, 5, 8]})
    far = rated({"s1": [9, 9, 8, 9, 9, 8], "s2": [2, 3, 2, 1, 2, 3]})
    assert not near["satisfaction_differs"].any()
    assert far["satisfaction_differs"].all()


def test_a_salesperson_is_not_set_beside_others_where_policy_keeps_their_figures():
    scores = {"s1": [9, 9, 8, 9, 9, 8], "s2": [2, 3, 2, 1, 2, 3]}
    own = rated(scores, Scope("salesperson", "s1", "s1"), show_company_shares=False).loc["s1"]
    assert np.isnan(own["potential_index"])
    assert not own["satisfaction_differs"]
    assert own["satisfaction"] == pytest.approx(52 / 6)


def test_a_salesperson_is_set_beside_enough_others_only_and_in_steps_of_five_percent():
    few = rated({"s1": [8, 6], "s2": [5, 5, 5, 5]}, Scope("salesperson", "s1", "s1")).loc["s1"]
    assert np.isnan(few["potential_index"]) and np.isnan(few["expected_amount"])
    everybody = rated({"s1": [8, 6], "s2": [5, 5, 5, 5, 5]}).loc["s1"]
    enough = rated({"s1": [8, 6], "s2": [5, 5, 5, 5, 5]}, Scope("salesperson", "s1", "s1")).loc["s1"]
    assert enough["potential_index"] == pytest.approx(everybody["potential_index"], abs=0.025)
    assert enough["potential_index"] * 20 == pytest.approx(round(enough["potential_index"] * 20))


# Receivables

MONEY = st.integers(0, 10**8).map(lambda cents: cents / 100)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*([MONEY] * 6)), min_size=1, max_size=6))
def test_ageing_and_credit_on_account_add_up_to_the_balance(rows):
    ids = [f"c{place}" for place in range(len(rows))]
    columns = [f"{name}_amount" for name, _, _ in ages()]
    owed = pd.DataFrame(rows, columns=[*columns, "credit_amount"])
    whole = owed[columns].sum(axis=1).round(4)
    owed = owed.assign(customer_id=ids, balance_amount=(whole - owed["credit_amount"]).round(4), overdue_amount=0.0,
                       due_amount=0.0, due_open_amount=0.0, most_days_late=1.0)  # fmt: skip
    months = pd.DataFrame({name: pd.Series(dtype="float64") for name in (
        "invoiced_amount", "paid_amount", "payments", "days_late_sum", "days_late_squares")})  # fmt: skip
    months = months.assign(customer_id=pd.Series(dtype="str"), month=pd.Series(dtype="datetime64[us]"))
    nothing = cash_by_owner(
        pd.DataFrame({"month": pd.Series(dtype="datetime64[us]"), "weeks_late": pd.Series(dtype="int64")}),
        pd.DataFrame({"month": pd.Series(dtype="datetime64[us]")}), MONTH,
    )  # fmt: skip
    result = receivables(people(ids), owed, months, cash(nothing, MONTH), MONTH)
    assert round(result.ageing["amount"].sum(), 4) == result.balance_amount
    assert np.isnan(result.dso_days)


# The look-up


@pytest.mark.parametrize("value", [day("2026-01-01"), "text", 1.5, pd.Period("2026-01", "M")])
def test_a_fact_of_nobody_keeps_its_type(value):
    values = pd.Series([value], index=["a"])
    for known in (values, values.iloc[:0]):
        for keys in (pd.Series(["a", "b"]), pd.Series([], dtype="str"), pd.Series([], dtype="object")):
            assert look_up(keys, known).dtype == values.dtype


def test_counts_stay_whole_numbers_and_truths_stay_truths_where_nothing_has_a_value():
    keys = pd.Series(["a", "x"], index=[7, 8])
    assert look_up(keys, pd.Series([3], index=["a"]), 0).to_dict() == {7: 3, 8: 0}
    assert look_up(keys, pd.Series([True], index=["a"]), False).tolist() == [True, False]
    with pytest.raises(ValueError, match="duplicate"):
        look_up(keys, pd.Series([1, 2], index=["a", "a"]))
