"""Numbers that are one customer: what decisions say together, and those that cannot hold."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import intake
from helpers.errors import WorkbookError
from helpers.intake.merging import Decision, counted_as
from helpers.settings.config import Settings

DAY = dt.date(2026, 10, 31)
ORDERS = "order_id,order_date,customer_id,quantity,net_amount\n" + "".join(
    f"O{number},2026-09-0{number},C{number},1,{number}00\n" for number in range(1, 6)
)


def same(*pairs):
    return [
        Decision(one, other, place=f"aliases, data row {row}") for row, (one, other) in enumerate(pairs, 1)
    ]


def test_a_chain_of_numbers_counts_as_its_last_whatever_the_order_of_rows():
    expected = {"A": "C", "B": "C"}
    assert counted_as(same(("A", "B"), ("B", "C")), DAY) == expected
    assert counted_as(same(("B", "C"), ("A", "B")), DAY) == expected
    assert counted_as(same(("A", "B"), ("B", "C"), ("A", "C")), DAY) == expected


@given(st.permutations(range(12)), st.integers(0, 10**6))
def test_merging_is_associative(numbers, seed):
    """Any tree of decisions gives one number, in any order, in one go or step by step."""
    chance = random.Random(seed)
    tree = [(f"N{one}", f"N{numbers[chance.randrange(place)]}") for place, one in enumerate(numbers) if place]
    decisions = same(*tree)
    at_once = counted_as(decisions, DAY)
    assert set(at_once.values()) == {f"N{numbers[0]}"}
    chance.shuffle(decisions)
    assert counted_as(decisions, DAY) == at_once
    half = counted_as(decisions[:5], DAY)
    by_steps = [*same(*half.items()), *same(*((half.get(d.customer_id, d.customer_id), half.get(d.same_as, d.same_as))
                                              for d in decisions[5:]))]  # fmt: skip
    assert counted_as(by_steps, DAY) == at_once


def test_a_decision_holds_from_its_day_on_and_is_undone_by_a_later_one():
    decisions = [
        Decision("A", "B", dt.date(2026, 9, 10)),
        Decision("B", "A", dt.date(2026, 11, 2), is_same=False),
    ]
    assert counted_as(decisions, dt.date(2026, 8, 31)) == {}
    assert counted_as(decisions, dt.date(2026, 9, 30)) == {"A": "B"}
    assert counted_as(decisions, dt.date(2026, 11, 30)) == {}


def test_a_pair_may_be_turned_round_later():
    decisions = [Decision("A", "B", dt.date(2026, 9, 10)), Decision("B", "A", dt.date(2026, 10, 2))]
    assert counted_as(decisions, DAY) == {"B": "A"}


def test_a_circle_is_refused_with_its_rows_and_numbers():
    with pytest.raises(WorkbookError) as refused:
        counted_as(same(("A", "B"), ("X", "Y"), ("B", "C"), ("C", "A")), DAY)
    said = str(refused.value)
    assert "goes round in a circle" in said
    assert all(f"data row {row}" in said for row in (1, 3, 4))
    assert "row 2" not in said


def test_a_number_that_continues_as_two_is_refused():
    with pytest.raises(
        WorkbookError, match=r"row 1.*row 2.*A is the same as B and as C, and nothing says which"
    ):
        counted_as(same(("A", "B"), ("A", "C")), DAY)


def test_two_decisions_on_one_day_are_refused():
    rows = [Decision("A", "B", place="row 1"), Decision("A", "B", is_same=False, place="row 2")]
    with pytest.raises(
        WorkbookError, match=r"row 1; row 2: A and B are decided in two ways without a from_date"
    ):
        counted_as(rows, DAY)


def read(folder, aliases):
    data = folder / "data"
    data.mkdir()
    (data / "order_lines.csv").write_text(ORDERS, encoding="utf-8")
    (data / "customer_aliases.csv").write_text(aliases, encoding="utf-8")
    return intake.read_tables(data, Settings(), folder / "cache")


def test_decisions_are_read_with_empty_for_same(tmp_path):
    text = "customer_id,same_as,from_date,decision,reason\nC1,C2,,,moved\nC3,C4,2026-10-01,different,\n"
    tables = read(tmp_path, text)
    assert tables.has("customer_aliases", "same_as", "decision")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "C1,C2\nC3,C9\n",
            r"customer_aliases.csv, data row 2, column same_as: no customer C9 is in order_lines",
        ),
        ("C1,C1\n", "customer_aliases.csv, data row 1: C1 is said to be the same as itself"),
        ("C1,C2\nC2,C1\n", "decided in two ways"),
        ("C1,C2\nC2,C3\nC3,C1\n", "data row 1.*data row 2.*data row 3.*circle"),
    ],
)
def test_decisions_that_cannot_hold_stop_the_reading_by_file_and_row(tmp_path, rows, said):
    with pytest.raises(WorkbookError, match=said):
        read(tmp_path, f"customer_id,same_as\n{rows}")
