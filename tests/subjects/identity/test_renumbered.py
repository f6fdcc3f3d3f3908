"""How much of lost and new is renumbering: numbers that follow on each other, together."""

from __future__ import annotations

import pandas as pd

from helpers.subjects.composition.bridge import Bridge
from helpers.subjects.identity.same_customers import SameCustomers, renumbered

MONTH = pd.Period("2026-10", "M")


def _bridge(*rows: tuple[str, str, float, float]) -> Bridge:
    moved = pd.DataFrame(rows, columns=["customer_id", "movement", "net_amount_previous", "net_amount"])
    moved["change_amount"] = moved["net_amount"] - moved["net_amount_previous"]
    sums = {f"{kind}_{what}": [getattr(moved.loc[moved["movement"] == kind, "change_amount"], how)()]
            for kind in ("lost", "new") for what, how in (("amount", "sum"), ("customers", "count"))}  # fmt: skip
    return Bridge("region", MONTH, 12, 12, "last_year", True, pd.DataFrame(sums), moved)


def _same(*pairs: tuple[str, str]) -> SameCustomers:
    frame = pd.DataFrame(list(pairs), columns=["customer_id", "other_id"], dtype="str")
    return SameCustomers(frame.assign(is_strong=True, kind="renumbered"), 0, masked=False)


def test_a_lost_number_and_the_new_one_that_follows_it_are_neither_lost_nor_new() -> None:
    told = renumbered(
        _same(("A", "B")), _bridge(("A", "lost", 100, 0), ("B", "new", 0, 90), ("C", "lost", 40, 0))
    )
    assert (told.lost_customers, told.lost_of, told.lost_amount, told.lost_amount_of) == (1, 2, 100, 140)
    assert (told.new_customers, told.new_of, told.new_amount, told.new_amount_of) == (1, 1, 90, 90)


def test_who_left_under_the_new_number_too_is_lost() -> None:
    told = renumbered(_same(("A", "B")), _bridge(("A", "lost", 100, 0), ("B", "lost", 30, 0)))
    assert not told.is_anything


def test_who_came_under_the_old_number_within_the_year_is_new() -> None:
    told = renumbered(_same(("A", "B")), _bridge(("A", "new", 0, 50), ("B", "new", 0, 90)))
    assert not told.is_anything


def test_a_chain_of_three_numbers_is_one_customer() -> None:
    told = renumbered(
        _same(("A", "B"), ("B", "C")),
        _bridge(("A", "lost", 100, 0), ("B", "lost", 20, 0), ("C", "new", 0, 90)),
    )
    assert (told.lost_customers, told.lost_amount, told.new_customers, told.new_amount) == (2, 120, 1, 90)


def test_without_pairs_there_is_nothing_to_say() -> None:
    assert not renumbered(_same(), _bridge(("A", "lost", 100, 0))).is_anything
