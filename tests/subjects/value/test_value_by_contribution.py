"""What rebates and service leave of lifetime value, worked by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from helpers.present.numbers import numbers
from helpers.subjects.value import contribution_views
from helpers.subjects.value.contribution import CHARGE_SPREAD, by_contribution
from helpers.subjects.value.learning.intervals import BOUNDS
from helpers.subjects.value.learning.learning import HORIZONS
from helpers.subjects.value.lifetime import LifetimeValue, sum_of

N = numbers("en", "CNY")
#: Margin, spread and sales expected of each customer in a year; those of three years are three times as much.
PEOPLE = {
    "a": (300.0, 120.0, 1000.0),
    "b": (300.0, 120.0, 1000.0),
    "c": (90.0, 50.0, 400.0),
    "shut": (0.0, 0.0, 0.0),
}
#: Net sales and what rebates and service took in the last twelve months.
CHARGED = pd.DataFrame(
    {
        "customer_id": ["a", "b", "shut"],
        "net_amount": [2000.0, 100.0, 50.0],
        "charged_amount": [400.0, 500.0, 9.0],
    }
)


def value_of(by_margin=True, people=PEOPLE):
    rows = []
    for customer, (margin, spread, sales) in people.items():
        row = {"customer_id": customer, "name": customer.upper(), "tier": "A"}
        for place, horizon in enumerate(HORIZONS):
            times = (1, 3, 5, 9)[place]
            row |= {f"value_{horizon}": times * margin, f"deviation_{horizon}": times * spread,
                    f"sales_{horizon}": times * sales}  # fmt: skip
            row |= {
                f"{name}_{horizon}": times * (margin + ndtri(below) * spread)
                for name, below in BOUNDS.items()
            }
        rows.append(row | {"value_amount": row["value_3"]})
    nothing, equity = pd.DataFrame(), pd.DataFrame({"horizon": list(HORIZONS)})
    learned = SimpleNamespace(shared_error=dict.fromkeys(HORIZONS, 0.1))
    return LifetimeValue(
        pd.Period("2026-10", "M"),
        3,
        0.1,
        by_margin,
        pd.DataFrame(rows),
        equity,
        {},
        nothing,
        nothing,
        learned,
    )


@pytest.fixture(scope="module")
def found():
    return by_contribution(value_of(), CHARGED, ("rebate", "visit"), 12)


def test_a_customer_is_charged_for_what_it_will_buy_as_it_was_for_what_it_bought(found):
    rows = found.customers.set_index("customer_id")
    # a: 400 of 2,000 are 20 %, of 3,000 in three years 600. Nothing is known of c, and shut buys nothing more.
    assert rows["charged_amount"].round(6).to_dict() == {"a": 600, "b": 1500, "c": 0, "shut": 0}
    assert rows["left_amount"].round(6).to_dict() == {"a": 300, "b": -600, "c": 270, "shut": 0}
    assert found.customers["customer_id"].tolist() == ["a", "c", "shut", "b"]


def test_who_bought_little_is_charged_no_more_a_year_than_it_was(found):
    """b took 500 with sales of 100; of the 1,000 expected a year it is charged 500, and not five times as much."""
    first = found.equity.set_index("horizon").loc["1"]
    assert first[["value_amount", "charged_amount", "left_amount"]].round(6).tolist() == [690, 700, -10]


def test_bounds_are_the_margins_in_proportion_and_as_much_again_as_charges_differ(found):
    rows = found.customers.set_index("customer_id")
    # a: a third of its margin is left, so a third of 3 x 120; and charges of 600 that differ by their spread.
    own = np.hypot(3 * 120 / 3, CHARGE_SPREAD * 600)
    assert rows.loc["a", "low_80"] == pytest.approx(300 + ndtri(0.1) * own)
    assert rows.loc["a", "high_95"] == pytest.approx(300 + ndtri(0.975) * own)
    assert rows.loc["c", ["low_80", "high_80"]].tolist() == pytest.approx(
        [270 + ndtri(at) * 150 for at in (0.1, 0.9)]
    )
    for low, mid, high in (("low_80", "left_amount", "high_80"), ("low_95", "low_80", "high_95")):
        assert ((rows[low] <= rows[mid]) & (rows[mid] <= rows[high])).all()


def test_who_costs_far_more_than_it_brings_has_bounds_no_wider_than_its_margin_and_costs():
    """It owes from before and buys no more: a comeback would bring its margin, and not fifty times as much."""
    owing = pd.DataFrame({"customer_id": ["d"], "net_amount": [0.0], "charged_amount": [500.0]})
    value = value_of(people={"d": (10.0, 100.0, 20.0)})
    row = by_contribution(value, owing, ("finance",), 12).customers.iloc[0]
    assert (row["charged_amount"], row["left_amount"]) == (1500, -1470)
    own = np.hypot(3 * 100, CHARGE_SPREAD * 1500)
    assert row["low_80"] == pytest.approx(-1470 + ndtri(0.1) * own)
    assert row["high_95"] == pytest.approx(-1470 + ndtri(0.975) * own)


def test_sums_are_those_of_the_customers_with_what_all_share(found):
    rows, whole = found.customers.set_index("customer_id"), found.equity.set_index("horizon").loc["3"]
    assert whole["left_amount"] == pytest.approx(rows["left_amount"].sum())
    left = rows["left_amount"]
    own = {
        "a": np.hypot(120, CHARGE_SPREAD * 600),
        "b": np.hypot(240, CHARGE_SPREAD * 1500),
        "c": 150.0,
        "shut": 0.0,
    }
    by_hand = pd.DataFrame({"value_3": left, "deviation_3": pd.Series(own)})
    assert whole["low_80"] == pytest.approx(sum_of(by_hand, "3", {"3": 0.1})["low_80"])


def test_the_same_customer_is_worth_the_same_in_every_report_that_has_it(found):
    alone = by_contribution(value_of(people={"a": PEOPLE["a"]}), CHARGED, ("rebate",), 12).customers.iloc[0]
    same = found.customers.set_index("customer_id").loc["a"]
    names = ["charged_amount", "left_amount", *BOUNDS]
    assert alone[names].tolist() == same[names].tolist()


def test_it_is_said_which_money_value_is():
    sales = contribution_views.remaining(value_of(by_margin=False), None, N)[0]
    margin = contribution_views.remaining(value_of(), None, N)[0]
    assert sales.sentences[0].startswith("Value is told in net sales")
    assert margin.sentences[0].startswith("Value is told in gross margin")
    assert by_contribution(value_of(by_margin=False), CHARGED, ("rebate",), 12) is None
    assert by_contribution(value_of(), CHARGED, (), 12) is None


def test_the_page_says_what_is_left_what_is_counted_and_who_costs_more_than_it_brings(found):
    said = contribution_views.remaining(value_of(), found, N)[0].sentences
    assert said[0].startswith(
        "In the next 3 years CN¥2.07K of gross margin is expected, and −CN¥30 once rebates"
    )
    assert said[1].startswith(
        "Taken off in proportion to each customer's sales, as in the last 12 months: Rebates and"
    )
    assert "Not counted: Freight, Handling and Finance cost of terms" in said[2]
    assert said[3] == "1 customer is expected to cost CN¥600 more than it brings."


def test_agreements_that_a_scope_shares_with_others_are_said_to_be_left_out():
    owed = by_contribution(value_of(), CHARGED, ("rebate",), 12, shared=2)
    said = contribution_views.remaining(value_of(), owed, N)[0].sentences
    assert said[3] == "2 agreements are left out, of contribution too: customers of others belong to them."
    assert not any("left out" in each for each in contribution_views.remaining(value_of(), by_contribution(
        value_of(), CHARGED, ("rebate",), 12), N)[0].sentences)  # fmt: skip
