"""Value grades and purchase levels: by the rules, for everyone, the same whatever the order of the rows."""

from __future__ import annotations

import pandas as pd
import pytest
from frames import OCTOBER, company_months, customers, graded, months
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.errors import WorkbookError
from helpers.settings.config import parse_settings
from helpers.settings.grading import GRADE_NAMES, LEVEL_NAMES

PEOPLE = customers(a="DIY", b="DIY", c="DIY", d="Other", e="Other", f=None, g="Other", h="Other", z="DIY")
FIRST = pd.Period("2023-01", "M")


def people(**attributes):
    """customer={"size_class": ..., "interest_level": ...}: customers with what is known of them."""
    frame = customers(**dict.fromkeys(attributes, "DIY"))
    for column in ("size_class", "interest_level"):
        frame[column] = pd.array([known.get(column) for known in attributes.values()], dtype="str")
    return frame


def wallets(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "method", "as_of", "annual_purchases"])
    return frame.assign(
        as_of=pd.to_datetime(frame["as_of"]), annual_purchases=frame["annual_purchases"].astype(float)
    )


def by_id(result):
    return result.customers.set_index("customer_id")


def test_small_company_worked_out_by_hand():
    """Sales 600, 250, 100, 50 and an enquiry: 0, 60, 85 and 95 % of sales stand before each."""
    rows = months(("a", "2026-05", 600), ("b", "2026-05", 250), ("c", "2026-05", 100), ("d", "2026-05", 50))
    who = people(
        a={"size_class": "key", "interest_level": "medium"}, b={"size_class": "large"},
        c={"size_class": "large", "interest_level": "High"}, d={"size_class": "small"},
        e={"interest_level": "high"},
    )  # fmt: skip
    found = wallets(("a", "stated", "2026-01-01", 1000), ("e", "stated", "2026-01-01", 400))
    result = graded(who, rows, OCTOBER, wallet=found)
    table = by_id(result)
    assert table["cumulative_share_before"].dropna().to_dict() == {"a": 0.0, "b": 0.6, "c": 0.85, "d": 0.95}
    # a: (2 x 0.4 room + 1 size + 0.5 interest) / 4; c: (0.8 + 1) / 2; e: (2 x 1 + 1) / 3
    assert table["potential"].to_dict() == pytest.approx({"a": 0.575, "b": 0.8, "c": 0.9, "d": 0.0, "e": 1.0})
    expected = {"a": "strategic", "b": "important", "c": "potential", "d": "general", "e": "potential"}
    assert table["grade"].to_dict() == expected
    assert table.loc["d", "rule_number"] == -1
    assert result.rules[table.loc["b", "rule_number"]].name == table.loc["b", "rule"] == "carries"
    assert result.grades["share_percent"].tolist() == [60.0, 25.0, 10.0, 5.0]
    assert table.loc["e", "level"] == "enquiry"
    assert result.levels["customers"].tolist() == [0, 0, 2, 2, 0, 1]
    assert result.levels["from_amount"].dropna().tolist() == [250.0]


def test_customer_of_whom_nothing_is_known_has_no_potential_rather_than_none():
    result = graded(people(a={}, b={"size_class": "gigantic"}), months(("a", "2026-05", 600)), OCTOBER)
    assert by_id(result)["potential"].isna().all()
    assert by_id(result)["potential_known"].tolist() == [0, 0]
    assert by_id(result).loc["a", "grade"] == "important"
    assert result.evidence["customers"].tolist() == [0, 0, 0, 0]


def test_one_indicator_is_not_enough_where_two_are_asked_for():
    chosen = parse_settings({"grades": {"minimum_indicators": 2}}, "x").grades
    result = graded(people(a={"size_class": "key"}), months(("a", "2026-05", 600)), OCTOBER, settings=chosen)
    assert by_id(result)["potential"].isna().all()


def test_growth_is_known_for_those_who_bought_through_both_years():
    rows = months(
        ("a", "2024-11", 100), ("a", "2025-11", 125),
        ("b", "2025-06", 100), ("b", "2026-06", 125),
        ("c", "2026-06", 100),
    )  # fmt: skip
    table = by_id(graded(PEOPLE, rows, OCTOBER, first_month=FIRST))
    assert table["growth"].dropna().to_dict() == {"a": 0.25}
    assert table.loc["a", "growth_score"] == 0.75
    assert graded(PEOPLE, rows, OCTOBER, first_month=OCTOBER - 22).customers["growth"].isna().all()


def test_what_a_customer_buys_elsewhere_is_what_all_its_evidence_says_together():
    """As on the page on trade, by precision: errors of 20 % and 60 % weigh 9 to 1; old estimates do not count."""
    rows = months(("a", "2026-05", 600), ("b", "2026-05", 500), ("c", "2026-05", 100))
    found = wallets(
        ("a", "third_party", "2026-10-31", 9000), ("a", "plan", "2026-10-31", 1000),
        ("b", "accounts", "2024-10-31", 800), ("c", "stated", "2024-11-01", 50), ("d", "plan", "2026-11-01", 9),
    )  # fmt: skip
    table = by_id(graded(PEOPLE, rows, OCTOBER, wallet=found))
    together = 1000**0.9 * 9000**0.1
    assert table["wallet_method"].dropna().to_dict() == {"a": "plan", "c": "stated"}
    assert table["room_amount"].dropna().to_dict() == pytest.approx({"a": together - 600, "c": 0.0}, abs=0.01)
    assert table["room_score"].dropna().to_dict() == pytest.approx(
        {"a": 1 - 600 / together, "c": 0.0}, abs=1e-5
    )


def test_margin_can_be_the_measure_and_needs_costs():
    chosen = parse_settings({"grades": {"measure": "margin_amount"}}, "x").grades
    rows = months(("a", "2026-05", 600), ("b", "2026-05", 500))
    with pytest.raises(WorkbookError, match="cost_amount"):
        graded(PEOPLE, rows, OCTOBER, settings=chosen)
    costed = rows.assign(net_amount_with_cost=rows["net_amount"], cost_amount=[590.0, 100.0])
    table = by_id(graded(PEOPLE, costed, OCTOBER, settings=chosen))
    assert table["amount"].dropna().to_dict() == {"b": 400.0, "a": 10.0}
    assert table.loc["z", "grade"] == "general"


def test_configured_levels_begin_at_their_amounts():
    chosen = parse_settings({"levels": {"diamond": 600, "platinum": 300, "gold": 100}}, "x").levels
    rows = months(
        ("a", "2023-05", 600), ("b", "2026-05", 599.9999), ("c", "2026-05", 100), ("d", "2026-05", 1)
    )
    result = graded(PEOPLE, rows, OCTOBER, level_settings=chosen)
    found = by_id(result)["level"]
    assert found[["a", "b", "c", "d", "e"]].tolist() == ["diamond", "platinum", "gold", "ordinary", "enquiry"]


def test_without_amounts_the_top_twentieth_is_diamond_and_equal_purchases_are_equal():
    names = [f"c{number:03}" for number in range(100)]
    amounts = [1000.0] * 6 + [900.0 - number for number in range(94)]
    rows = months(*((name, "2026-05", amount) for name, amount in zip(names, amounts, strict=True)))
    result = graded(customers(**dict.fromkeys(names, "DIY")), rows, OCTOBER)
    assert result.levels["customers"].tolist() == [6, 14, 30, 50, 0, 0]


def test_scope_has_the_companys_grades_but_nothing_to_work_out_its_money_from():
    rows = months(("a", "2026-05", 600), ("b", "2026-05", 250), ("c", "2026-05", 100), ("d", "2026-05", 50))
    whole, own = graded(PEOPLE, rows, OCTOBER), graded(PEOPLE, rows, OCTOBER, keep={"b", "d"})
    assert by_id(own)["grade"].to_dict() == by_id(whole)["grade"][["b", "d"]].to_dict()
    hidden = ["share", "rank", "cumulative_share_before", "class_cumulative_share_before"]
    assert own.customers[hidden].isna().all(axis=None)
    assert own.levels["from_amount"].isna().all()
    assert own.grades["amount"].sum() == 300
    assert own.grades["share_percent"].sum() == pytest.approx(100)


@pytest.mark.parametrize(
    ("who", "rows"),
    [
        (customers(), months()),
        (customers(a="DIY"), months()),
        (customers(a="DIY"), months(("a", "2026-05", 600))),
        (customers(a="DIY", b="DIY"), months(("a", "2026-05", -600), ("b", "2026-06", -1))),
    ],
)
def test_small_worlds_have_grades_too(who, rows):
    result = graded(who, rows, OCTOBER)
    assert len(result.customers) == len(who)
    assert result.grades["grade"].tolist() == list(GRADE_NAMES)
    assert result.levels["customers"].sum() == len(who)


random_wallets = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"), st.sampled_from(["stated", "plan", "resale"]),
        st.sampled_from(["2023-01-01", "2025-06-30", "2026-10-31", "2026-12-01"]), st.integers(1, 10**6),
    ),
    max_size=10, unique_by=lambda row: row[:2],
).map(lambda rows: wallets(*rows))  # fmt: skip


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(company_months, random_wallets)
def test_every_customer_has_one_grade_and_one_level(rows, found):
    result = graded(PEOPLE, rows, OCTOBER, wallet=found)
    assert sorted(result.customers["customer_id"]) == sorted(PEOPLE["customer_id"])
    assert set(result.customers["grade"]) <= set(GRADE_NAMES)
    assert set(result.customers["level"]) <= set(LEVEL_NAMES)
    assert result.grades["customers"].sum() == result.levels["customers"].sum() == len(PEOPLE)
    known = result.customers["potential"].dropna()
    assert known.between(0, 1).all()


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(company_months, random_wallets, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, found, random):
    def shuffled(frame):
        return frame.iloc[random.sample(range(len(frame)), len(frame))]

    result = graded(PEOPLE, rows, OCTOBER, wallet=found)
    other = graded(shuffled(PEOPLE), shuffled(rows), OCTOBER, wallet=shuffled(found))
    pd.testing.assert_frame_equal(result.customers, other.customers)
    pd.testing.assert_frame_equal(result.grades, other.grades)


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(company_months, random_wallets, st.sampled_from([2, 8, 64]))
def test_money_counted_in_another_unit_changes_no_grade_and_no_level(rows, found, factor):
    result = graded(PEOPLE, rows, OCTOBER, wallet=found)
    scaled = rows.assign(net_amount=rows["net_amount"] * factor)
    other = graded(
        PEOPLE, scaled, OCTOBER, wallet=found.assign(annual_purchases=found["annual_purchases"] * factor)
    )
    pd.testing.assert_frame_equal(by_id(result)[["grade", "level"]], by_id(other)[["grade", "level"]])


@pytest.mark.slow
@settings(deadline=None, max_examples=15)
@given(company_months, company_months)
def test_later_months_change_nothing(rows, later):
    moved = later.assign(month=later["month"] + pd.DateOffset(months=41))
    result = graded(PEOPLE, rows, OCTOBER, first_month=FIRST)
    other = graded(PEOPLE, pd.concat([rows, moved], ignore_index=True), OCTOBER, first_month=FIRST)
    pd.testing.assert_frame_equal(result.customers, other.customers)
