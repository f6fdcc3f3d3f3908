"""Sales against targets: whole periods and to date, and whether the parts add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frames import OCTOBER, by_customer_and_month, months
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.core.backtest import interval
from helpers.core.periods import Span
from helpers.core.scope import COMPANY, Scope
from helpers.present.numbers import numbers
from helpers.subjects.targets.attainment import attainment
from helpers.subjects.targets.forecast import period_forecast
from helpers.subjects.targets.views import attainment_findings

PEOPLE = pd.DataFrame(
    {"salesperson_id": ["s1", "s2"], "salesperson_name": ["Li", "Wu"], "team": ["North", "North"]}
)
NOTHING = period_forecast(
    by_customer_and_month(months(), Span(OCTOBER, OCTOBER)),
    pd.DataFrame({"customer_id": [], "salesperson_id": []}),
    OCTOBER,
    [],
    OCTOBER,
)


def sellers(*rows):
    frame = pd.DataFrame(rows, columns=["salesperson_id", "month", "net_amount"])
    return frame.assign(team="North", month=pd.to_datetime(frame["month"] + "-01"))


def targets(*rows):
    frame = pd.DataFrame(rows, columns=["scope_type", "scope_id", "period", "target"])
    return frame.assign(metric="net_sales", target=frame["target"].astype("float64"))


def reached(sold, planned, scope=COMPANY):
    return attainment(sold, planned, PEOPLE, OCTOBER, scope, NOTHING)


def row(result, period, kind):
    units = result.units
    return units[(units["period"] == period) & (units["kind"] == kind)].iloc[0]


def test_a_quarters_target_to_date_is_a_third_of_it_after_one_month():
    result = reached(
        sellers(("s1", "2026-10", 50), ("s1", "2026-09", 99)), targets(("salesperson", "s1", "2026-Q4", 300))
    )
    person = row(result, "quarter", "salesperson")
    assert (person["sales_amount"], person["target_amount"], person["target_to_date_amount"]) == (
        50,
        300,
        100,
    )
    assert (person["attainment_to_date"], person["straight_amount"]) == (0.5, 150)
    assert person["needed_month_amount"] == 125


def test_sales_after_the_month_end_do_not_count():
    sold = sellers(("s1", "2026-10", 50), ("s1", "2026-11", 500))
    assert (
        row(reached(sold, targets(("company", None, "2026", 120))), "year", "company")["sales_amount"] == 50
    )


def test_a_salesperson_sees_only_its_own_figures():
    sold = sellers(("s1", "2026-10", 50), ("s2", "2026-10", 70))
    result = reached(sold, targets(("company", None, "2026-10", 9)), Scope("salesperson", "s2", "Wu"))
    assert set(result.units["id"]) == {"s2"}
    assert result.gaps.empty


def test_a_scope_reads_whose_sales_its_target_is_compared_with():
    sold, plan = (
        sellers(("s2", "2026-10", 70)),
        targets(("salesperson", "s2", "2026", 120), ("company", None, "2026", 9)),
    )
    own = attainment_findings(reached(sold, plan, Scope("salesperson", "s2", "Wu")), numbers("en", "CNY"))
    assert any("against what Wu sold" in sentence for sentence in own.sentences)
    whole = attainment_findings(reached(sold, plan), numbers("en", "CNY"))
    assert not any("held here" in sentence for sentence in whole.sentences)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=2), st.integers(-(10**6), 10**6))
def test_team_targets_add_up_or_the_gap_is_shown(parts, gap):
    whole = (sum(parts) + gap) / 100
    planned = targets(
        ("team", "North", "2026-10", whole),
        *(
            ("salesperson", person, "2026-10", part / 100)
            for person, part in zip(("s1", "s2"), parts, strict=True)
        ),
    )
    found = reached(sellers(("s1", "2026-10", 1)), planned).gaps
    assert found["gap_amount"].tolist() == pytest.approx([-gap / 100])


def test_a_years_target_that_differs_from_the_sum_of_its_months_is_reported():
    months = [("salesperson", "s1", f"2026-{number:02}", 10) for number in range(1, 13)]
    planned = targets(("salesperson", "s1", "2026", 150), ("company", None, "2026", 150), *months)
    (gap,) = (
        reached(sellers(("s1", "2026-10", 1)), planned).gaps.query("parts == 'period'").to_dict("records")
    )
    assert (gap["period"], gap["whole_amount"], gap["parts_amount"], gap["gap_amount"]) == (
        "year",
        150,
        120,
        -30,
    )


def test_a_years_target_with_only_some_months_planned_has_no_gap():
    planned = targets(("company", None, "2026", 1000), ("company", None, "2026-10", 70))
    assert "period" not in set(reached(sellers(("s1", "2026-10", 1)), planned).gaps["parts"])


def test_the_forecast_at_a_past_month_end_knows_nothing_of_what_came_after():
    rows = [(c, str(OCTOBER - back), 10.0 + back) for c in "abc" for back in range(18) if (back + ord(c)) % 3]
    owners = pd.DataFrame({"customer_id": list("abc"), "salesperson_id": "s1"})
    sales = months(*rows)
    changed = sales.assign(net_amount=sales["net_amount"].where(sales["month"] < "2026-09-01", 1e6))
    one, other = (
        period_forecast(
            by_customer_and_month(each, Span(OCTOBER - 17, OCTOBER)), owners, OCTOBER, [(1, 2)], OCTOBER - 17
        ).tests.set_index("origin")
        for each in (sales, changed)
    )
    known = one.index <= pd.Period("2026-08", "M")
    assert known.sum() > 3
    assert np.array_equal(one.loc[known, "model_amount"], other.loc[known, "model_amount"])


def test_no_interval_is_claimed_from_three_past_errors():
    tests = pd.DataFrame({"forecast_amount": [1.0] * 3, "actual_amount": [2.0] * 3})
    assert np.isnan(interval(10.0, tests)).all()
    low, high = interval(10.0, pd.concat([tests, tests]))
    assert low < 10 < high
