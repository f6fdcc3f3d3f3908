"""Whether the month was made, and why not: every step adds up, and the customers behind it are named."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from helpers.book import open_book
from helpers.present.numbers import numbers
from helpers.subjects.summary import gap_views
from helpers.subjects.summary.month_gap import MonthGap

N = numbers("en", "EUR")


def text(result, n=N):
    return [item._repr_mimebundle_()["text/plain"] for item in gap_views.month_made(result, n)]


def gap(steps, customers=(), against="plan", plan=100.0, start=100.0, net=70.0):
    steps = pd.DataFrame(steps, columns=["kind", "group", "change_amount"])
    people = pd.DataFrame(customers, columns=["customer_id", "name", "group", "change_amount"]).assign(
        kind="group"
    )
    return MonthGap(pd.Period("2026-10", "M"), against, plan, start, net, steps, people)


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


def test_a_missed_month_says_by_how_much_where_and_by_whom():
    steps = [("group", "Chains", -50.0), ("group", "Shops", 20.0)]
    drawn, said = text(gap(steps, [("c1", "Anvil", "Chains", -40.0), ("c2", "Bolt", "Shops", -9.0)]))
    assert drawn.startswith("October 2026 missed its plan by €30: 70.0% of it came\n")
    assert said.split("\n") == [
        "It comes from Chains −€50; furthest the other way is Shops +€20.",
        "Among Chains, furthest below October 2025: Anvil −€40.",
    ]
    assert "Plan: €100; Chains: −€50; Shops: +€20; Net sales: €70" in drawn


def test_a_month_that_beat_its_plan_names_who_bought_more():
    steps = [("group", "Chains", -5.0), ("group", "Shops", 35.0)]
    drawn, said = text(gap(steps, [("c2", "Bolt", "Shops", -9.0), ("c1", "Anvil", "Shops", 30.0)], net=130.0))
    assert drawn.startswith("October 2026 beat its plan by €30: 130.0% of it came")
    assert said.split("\n")[1] == "Among Shops, furthest above October 2025: Anvil +€30."


def test_many_groups_become_few_steps_and_the_rest_one():
    steps = [("group", f"G{place:02}", -float(place)) for place in range(20, 0, -1)]
    drawn, _ = text(gap(steps, net=100.0 - 210))
    assert "Others: −€105" in drawn
    assert drawn.count(";") == 8


def test_a_month_that_is_not_over_has_missed_no_plan_and_is_held_against_the_same_days():
    steps = [("group", "Chains", -30.0)]
    result = replace(gap(steps, against="last_year"), until=dt.date(2026, 10, 9))
    drawn, said = text(result)
    assert drawn.startswith("October 2026 has brought 70.0% of its plan up to 9 Oct 2026")
    assert said.split("\n")[0] == "October 2026 brought €30 less than the same days of October 2025."


def test_customers_of_no_class_at_all_are_named_without_a_class():
    steps = [("not_recorded", None, -50.0), ("unassigned", None, 20.0)]
    result = gap(steps, [("c1", "Anvil", None, -40.0)], against="last_year", plan=float("nan"))
    result = replace(result, customers=result.customers.assign(kind="not_recorded"))
    drawn, said = text(result)
    assert said == "Furthest below October 2025: Anvil −€40."
    assert "Not recorded: −€50; No customer named: +€20" in drawn
    assert text(result, numbers("zh", "EUR"))[1] == "比2025年10月少买最多的是：Anvil −€40。"


def test_what_is_in_no_group_is_named_as_it_stands_in_a_sentence():
    steps = [("not_recorded", None, -50.0), ("group", "Chains", -5.0), ("unassigned", None, 25.0)]
    assert text(gap(steps))[1] == (
        "It comes from customers without a recorded trade class −€50; furthest the other way is sales that name no "
        "customer +€25."
    )


def test_a_month_with_more_returns_than_sales_brought_no_share_of_its_plan():
    drawn, _ = text(gap([("group", "Chains", -110.0)], net=-10.0))
    assert drawn.startswith("October 2026 missed its plan by €110: more was returned than sold\n")


def test_a_month_exactly_at_plan_comes_from_nobody():
    drawn, *said = text(gap([("group", "Chains", -5.0), ("group", "Shops", 5.0)], net=100.0))
    assert drawn.startswith("October 2026 came out exactly at plan\n")
    assert not any("It comes from" in each for each in said)


def test_without_a_plan_and_a_year_before_nothing_is_said_of_why():
    assert text(None) == ["There is neither a plan for the month nor the same month a year earlier."]


def test_a_name_from_the_data_is_never_markup():
    steps = [("group", "<script>", -30.0)]
    for item in gap_views.month_made(gap(steps, [("c", "<b>x", "<script>", -30.0)]), N):
        bundle = item._repr_mimebundle_()
        assert "<script>" not in bundle.get("text/html", "") + bundle.get("image/svg+xml", "")
