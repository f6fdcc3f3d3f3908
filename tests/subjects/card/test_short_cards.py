"""A short card has a customer's order lines of twelve months, and nobody has one but own customers."""

from types import SimpleNamespace

import pandas as pd
from builders import line

from helpers.present.numbers import numbers
from helpers.subjects.card.card_index import CardIndex
from helpers.subjects.card.facts import recent_lines
from helpers.subjects.card.short_cards import MOST_LINES, short_cards

N = numbers("en", "CNY")
PEOPLE = pd.DataFrame(
    {"customer_id": ["C1", "C2", "C3"], "name": ["Smith", None, "Jones"], "salesperson_name": ["Lei Gao", None, None],
     "net_amount": [300.0, 20.0, 0.0], "tier": ["A", "C", None]}
)  # fmt: skip


def book_of(lines):
    known = pd.DataFrame({"risk_amount": [12.0]}, index=["C1"])
    return SimpleNamespace(
        numbers=N,
        has_costs=True,
        card_index=lambda: CardIndex(pd.Period("2026-10", "M"), PEOPLE, {"tier": ("A", "C")}),
        customer_figures=lambda: known,
        recent_lines=lambda ids, most: lines[lines["customer_id"].isin(ids)].reset_index(drop=True),
    )


def lines_of(facts_of, *lines):
    facts = facts_of(
        "2026-10", order_lines=list(lines), customers=[{"customer_id": "C1"}, {"customer_id": "C2"}]
    )
    return recent_lines(facts, ["C1", "C2"], 2)


def test_lines_of_twelve_months_come_latest_first_and_are_counted(facts_of):
    days = ("2026-10-05", "2026-09-01", "2025-11-30", "2025-10-31", "2026-11-01")
    made = lines_of(facts_of, *(line("C1", day, 10, day) for day in days), line("C2", "2026-10-01", 5, "o"))
    of_one = made[made["customer_id"] == "C1"]
    assert of_one["order_id"].tolist() == ["2026-10-05", "2026-09-01"]
    assert set(of_one["lines"]) == {3}, "neither what is older than twelve months nor what came later"
    assert made.loc[made["customer_id"] == "C2", "net_amount"].tolist() == [5.0]


def test_who_is_named_and_the_largest_have_a_card_and_nobody_else(facts_of):
    lines = lines_of(facts_of, line("C1", "2026-10-05", 10, "o"))
    cards = short_cards(book_of(lines), ["C3", "somebody else's"], least=1)
    assert [card.title for card in cards] == ["Smith · C1", "Jones · C3"]
    assert dict(cards[0].facts) == {
        "Tier": "A", "Salesperson": "Lei Gao", "Net sales of 12 months": "CN¥300",
        "At stake in a year (margin)": "CN¥12",
    }  # fmt: skip
    assert cards[0].note == "1 order line in 12 months"
    assert (cards[1].lines, cards[1].note) == ((), "No order line in 12 months.")


def test_a_card_that_has_not_all_lines_says_so(facts_of):
    lines = lines_of(facts_of, line("C1", "2026-10-05", 10, "o")).assign(lines=MOST_LINES + 384)
    (card,) = short_cards(book_of(lines), ["C1"], least=0)
    assert card.note == "The latest 100 of 484 order lines in 12 months"


def test_half_a_metre_is_not_written_as_none_and_pieces_have_no_decimals(facts_of):
    lines = lines_of(
        facts_of,
        line("C1", "2026-10-05", 10, "o1") | {"quantity": 0.5},
        line("C1", "2026-10-04", 10, "o2") | {"quantity": 12},
    )
    (card,) = short_cards(book_of(lines), ["C1"], least=0)
    assert [text[card.heads.index("Quantity")] for text in card.lines] == ["0.5", "12"]
