"""Whether the month was made, and why not: every step adds up, and the customers behind it are named."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.subjects.churn.states import CustomerStates
from helpers.subjects.summary import gap_views
from helpers.subjects.summary.month_gap import MonthGap

N = numbers("en", "EUR")


def text(result, n=N, **known):
    return [text_of(item) for item in gap_views.month_made(result, n, **known)]


def gap(steps, customers=(), against="plan", plan=100.0, start=100.0, net=70.0):
    steps = pd.DataFrame(steps, columns=["kind", "group", "change_amount"])
    people = pd.DataFrame(customers, columns=["customer_id", "name", "group", "change_amount"]).assign(
        kind="group"
    )
    people = people.assign(net_amount=1.0, last_year_amount=1.0 - people["change_amount"], average_amount=5.0)
    steps = steps.assign(start_amount=50.0, net_amount=50.0 + steps["change_amount"])
    return MonthGap(pd.Period("2026-10", "M"), against, plan, start, net, steps, people)


def states_of(**by_customer):
    """The states of customers by their ids, as the pages know them."""
    rows = pd.DataFrame({"customer_id": list(by_customer), "state": list(by_customer.values())})
    return CustomerStates(pd.Period("2026-10", "M"), 2, 0.25, 2.0, 3.0, 12, rows)


@pytest.mark.parametrize("scope", ["company", "salesperson:S03", "team:Export"])
@pytest.mark.parametrize("month", ["2026-10", "2025-02"])
def test_the_steps_lead_from_what_was_to_come_to_what_came_to_the_cent(scope, month):
    result = open_book(month=month, scope=scope).month_gap()
    steps = sum(Decimal(str(change)) for change in result.steps["change_amount"])
    assert Decimal(str(result.start_amount)) + steps == Decimal(str(result.net_amount))


def test_the_company_is_held_against_its_plan_and_who_has_no_plan_by_group_against_last_year():
    assert open_book(month="2026-10").month_gap().against == "plan"
    own = open_book(month="2026-10", scope="salesperson:S03").month_gap()
    assert own.against == "last_year"
    assert text(own)[0].startswith("October 2026 missed its plan") or "beat its plan" in text(own)[0]


def test_the_customers_named_are_those_of_that_group_who_bought_least_on_last_year():
    book = open_book(month="2026-10")
    result, lines = book.month_gap(), book.tables.order_lines.to_pandas()
    lines["month"] = pd.to_datetime(lines["order_date"]).dt.to_period("M")
    group = result.steps["group"].iloc[0]
    people = book.frame("customers").query("trade_class == @group")["customer_id"]
    sums = lines[lines["customer_id"].isin(people)].pivot_table("net_amount", "customer_id", "month", "sum")
    by_hand = (sums["2026-10"].fillna(0).astype(float) - sums["2025-10"].fillna(0).astype(float)).nsmallest(3)
    named = result.customers[result.customers["group"] == group].head(3)
    assert named["customer_id"].tolist() == by_hand.index.tolist()
    assert named["change_amount"].tolist() == pytest.approx(by_hand.tolist(), abs=1e-4)


def test_a_missed_month_says_by_how_much_in_which_group_and_by_whom():
    steps = [("group", "Chains", -50.0), ("group", "Shops", 20.0)]
    result = gap(steps, [("c1", "Anvil", "Chains", -40.0), ("c2", "Bolt", "Shops", -9.0)])
    drawn, said, classes = text(result, states=states_of(c1="active"), outlook="The year will do.")
    assert drawn.startswith("October 2026 missed its plan by €30: Chains −€50, all others together +€20\n")
    assert said.split("\n") == [
        "Anvil brought €1, after €41 in October 2025 and €5 in an average month of the last 12. "
        "It still orders in its own rhythm.",
        "The year will do.",
    ]
    assert classes.startswith("Trade class: 1 of 2 below plan\nChains: €0; Shops: €70")


def test_the_bridge_leads_over_the_customers_named_and_the_rest_of_their_class_to_what_came():
    steps = [("group", "Chains", -50.0), ("group", "Shops", 20.0)]
    drawn, *_ = text(gap(steps, [("c1", "Anvil", "Chains", -70.0), ("c2", "Bolt", "Chains", -5.0)]))
    assert drawn.endswith(
        "Plan: €100; Anvil: −€70; Bolt: −€5; Rest of Chains: +€25; Shops: +€20; Net sales: €70"
    )


def test_who_is_out_of_its_rhythm_is_named_with_its_state():
    steps = [("group", "Chains", -50.0)]
    people = [("c1", "Anvil", "Chains", -40.0), ("c2", "Bolt", "Chains", -9.0)]
    said = text(gap(steps, people), states=states_of(c1="active", c2="overdue"))[1]
    assert said.endswith("Out of their rhythm: Bolt (Order overdue).")


def test_a_month_that_beat_its_plan_names_who_bought_more():
    steps = [("group", "Chains", -5.0), ("group", "Shops", 35.0)]
    people = [("c2", "Bolt", "Shops", -9.0), ("c1", "Anvil", "Shops", 30.0)]
    drawn, said, _classes = text(gap(steps, people, net=130.0))
    assert drawn.startswith("October 2026 beat its plan by €30: Shops +€35, all others together −€5")
    assert said.startswith("Anvil brought")


def test_a_month_above_last_year_that_missed_its_plan_is_explained_by_who_fell_behind():
    steps = [("group", "Shops", -20.0), ("group", "Chains", 50.0)]
    people = [("c2", "Bolt", "Shops", -9.0), ("c1", "Anvil", "Chains", 50.0)]
    drawn, said, _classes = text(gap(steps, people, against="last_year", plan=150.0, net=130.0))
    assert drawn.startswith("October 2026 missed its plan by €20: 86.7% of it came")
    first, second = said.split("\n")
    assert first == "October 2026 brought €30 more than October 2025: Shops −€20, all others together +€50."
    assert second.startswith("Bolt brought")


@pytest.mark.parametrize(
    ("against", "plan", "net", "called"),
    [
        ("plan", 100.0, 70.0, ["c1", "c3"]),
        ("plan", 50.0, 70.0, []),
        ("last_year", float("nan"), 70.0, []),
        ("last_year", 100.0, 70.0, ["c1", "c3"]),
    ],
)
def test_only_where_a_month_missed_its_plan_are_those_behind_it_called(against, plan, net, called):
    steps = [("group", "Chains", -50.0), ("group", "Shops", 20.0)]
    people = [("c1", "Anvil", "Chains", -40.0), ("c2", "Bolt", "Shops", -9.0), ("c3", None, "Chains", -5.0)]
    result = gap(steps, people, against=against, plan=plan, net=net)
    calls = gap_views.proposed_actions(result, N, Likelihood())
    assert calls.rows["customer_id"].tolist() == called
    assert calls.rows.get("shown_amount", pd.Series()).tolist() == [40.0, 5.0][: len(called)]
    begun = replace(result, until=dt.date(2026, 10, 9))
    assert gap_views.proposed_actions(begun, N, Likelihood()).rows.empty


def test_a_call_gives_the_months_sales_and_the_usual_ones():
    result = gap([("group", "Chains", -50.0)], [("c1", "Anvil", "Chains", -40.0)])
    (said,) = gap_views.proposed_actions(result, N, Likelihood()).reasons([0])
    assert said == "Brought €1; in an average month €5"


def test_many_groups_become_few_steps_and_the_rest_one():
    steps = [("group", f"G{place:02}", -float(place)) for place in range(20, 0, -1)]
    drawn, _ = text(gap(steps, net=100.0 - 210))
    assert "Other groups: −€136" in drawn
    assert drawn.count(";") == 6


def test_a_month_that_is_not_over_has_missed_no_plan_and_is_held_against_the_same_days():
    steps = [("group", "Chains", -30.0)]
    result = replace(gap(steps, against="last_year"), until=dt.date(2026, 10, 9))
    drawn, said = text(result)
    assert drawn.startswith("October 2026 has brought 70.0% of its plan up to 9 Oct 2026")
    assert said == "October 2026 brought €30 less than the same days of October 2025: all of it in Chains."


def test_customers_of_no_class_at_all_are_named_without_a_class():
    steps = [("not_recorded", None, -50.0), ("unassigned", None, 20.0)]
    result = gap(steps, [("c1", "Anvil", None, -40.0)], against="last_year", plan=float("nan"))
    result = replace(result, customers=result.customers.assign(kind="not_recorded"))
    drawn, said = text(result)
    assert drawn.startswith("October 2026 brought €30 less than October 2025\n")
    assert said.startswith("Anvil brought €1, after €41 in October 2025")
    assert "Anvil: −€40; Rest of Not recorded: −€10; No customer named: +€20" in drawn
    assert text(result, numbers("zh", "EUR"))[1].startswith("Anvil本月")


def test_customers_without_a_group_are_named_to_fit_a_sentence():
    steps = [("not_recorded", None, -50.0), ("group", "Chains", -5.0), ("unassigned", None, 25.0)]
    assert text(gap(steps))[0].startswith(
        "October 2026 missed its plan by €30: customers without a recorded trade class −€50, all others together +€20\n"
    )


def test_a_month_with_more_returns_than_sales_brought_no_share_of_its_plan():
    (drawn,) = text(gap([("group", "Chains", -110.0)], net=-10.0))
    assert drawn.startswith("October 2026 missed its plan by €110: more was returned than sold\n")


def test_a_month_exactly_at_plan_comes_from_nobody():
    drawn, *said = text(gap([("group", "Chains", -5.0), ("group", "Shops", 5.0)], net=100.0))
    assert drawn.startswith("October 2026 came out exactly at plan\n")
    assert not any("all others" in each for each in [drawn, *said])


def test_without_a_plan_and_a_year_before_nothing_is_said_of_why():
    assert text(None) == ["There is neither a plan for the month nor the same month a year earlier."]


def test_a_name_from_the_data_is_never_markup():
    steps = [("group", "<script>", -30.0)]
    for item in gap_views.month_made(gap(steps, [("c", "<b>x", "<script>", -30.0)]), N):
        bundle = item._repr_mimebundle_()
        assert "<script>" not in bundle.get("text/html", "") + bundle.get("image/svg+xml", "")
