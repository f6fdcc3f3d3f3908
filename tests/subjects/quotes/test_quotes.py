"""Win rates, what is open and worth, and who asks without buying."""

import numpy as np
import pandas as pd
import pytest
from books import text_of
from scipy import stats

from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.subjects.quotes import views
from helpers.subjects.quotes.quotes import customers_against_class, each_quote, quotes, win_chances

MONTH = pd.Period("2026-10", "M")
COLUMNS = ["quote_id", "quote_date", "customer_id", "prospect_id", "product_id", "salesperson_id", "amount", "status",
           "decided", "undated", "reason"]  # fmt: skip


def rows(*some):
    frame = pd.DataFrame([{"product_id": "p", "undated": False, "amount": 100.0, **each} for each in some])
    frame = frame.reindex(columns=COLUMNS)
    frame["quote_date"], frame["decided"] = (
        pd.to_datetime(frame["quote_date"]),
        pd.to_datetime(frame["decided"]),
    )
    texts = ["customer_id", "prospect_id", "product_id", "salesperson_id", "reason"]
    return frame.astype(dict.fromkeys(texts, "str")) if len(frame) else frame


def quote(number, status, day="2026-10-01", decided="2026-10-11", customer="a", **more):
    return {"quote_id": number, "quote_date": day, "status": status, "customer_id": customer,
            "decided": None if status == "open" else decided, **more}  # fmt: skip


def people(*ids):
    return pd.DataFrame({"customer_id": list(ids), "name": list(ids), "trade_class": "x", "salesperson_id": "S1",
                         "salesperson_name": "Ann"})  # fmt: skip


def result(frame, *ids):
    who = people(*ids)
    against = customers_against_class(frame, who, MONTH, 12, "trade_class")
    products = pd.DataFrame({"product_id": ["p", "q"], "category": ["P", "Q"]})
    sellers = pd.DataFrame({"salesperson_id": ["S1"], "salesperson_name": ["Ann"]})
    return quotes(frame, who, products, sellers, MONTH, 12, "trade_class", against)


def test_a_quote_of_several_products_is_one_and_won_in_part():
    frame = rows(
        quote("1", "won", amount=60.0), quote("1", "lost", amount=40.0, product_id="q"), quote("2", "lost")
    )
    found = result(frame, "a")
    whole = found.groups.iloc[0]
    assert (whole["decided"], whole["won"], whole["rate"]) == (2, 1, 0.5)
    assert whole["amount_rate"] == pytest.approx(60 / 200)
    assert whole["low"] == pytest.approx(stats.binomtest(1, 2).proportion_ci(method="wilson").low)
    by_category = found.groups[found.groups["kind"] == "category"].set_index("group")
    assert by_category.loc["P", ["decided", "won"]].tolist() == [2, 1]
    assert by_category.loc["Q", ["decided", "won"]].tolist() == [1, 0]


def test_a_quote_that_is_open_in_part_is_open_with_that_part():
    frame = rows(quote("1", "won", amount=60.0), quote("1", "open", amount=40.0, product_id="q"))
    assert each_quote(frame, MONTH)[["status", "open_amount"]].to_numpy().tolist() == [["open", 40.0]]


def test_the_chance_of_an_open_quote_is_that_of_those_open_as_long():
    # Of 40 quotes 20 are won on day 2, and of the 20 left 5 on day 10 and 15 lost on day 20.
    days = pd.Series([2] * 20 + [10] * 5 + [20] * 15)
    status = pd.Series(["won"] * 25 + ["lost"] * 15)
    chances = win_chances(days, status, pd.Series([0, 2, 5, 10, 30]))
    assert chances.tolist() == pytest.approx([25 / 40, 5 / 20, 5 / 20, 0, 0])
    # Open ones so far stay at risk until they are lost from sight: they neither raise nor lower the chance then.
    watched = win_chances(pd.concat([days, pd.Series([1] * 40)]), pd.concat([status, pd.Series(["open"] * 40)]),
                          pd.Series([5]))  # fmt: skip
    assert watched.tolist() == pytest.approx([5 / 20])
    assert np.isnan(win_chances(days[:19], status[:19], pd.Series([1]))[0])


def test_half_are_decided_later_than_the_decided_alone_say():
    decided = [
        quote(f"d{day}", "lost", day="2026-10-01", decided=f"2026-10-{day:02d}") for day in range(2, 12)
    ]
    still = [quote(f"o{each}", "open", day="2026-10-10") for each in range(10)]
    found = result(rows(*decided, *still), "a")
    assert found.median_days > 5.5  # the mean of the decided


def test_who_asks_often_and_never_buys_is_named_and_others_are_not():
    asks = [quote(f"n{each}", "lost", customer="b") for each in range(15)]
    buys = [
        quote(f"a{each}", "won" if each % 2 else "lost", customer=f"c{each // 20}") for each in range(200)
    ]
    ids = ["b", *(f"c{each}" for each in range(10))]
    found = result(rows(*asks, *buys), *ids)
    named = found.customers[found.customers["rarely_wins"]]["customer_id"]
    assert named.tolist() == ["b"]
    text = text_of(*views.price_askers(found, numbers("en", "CNY")))
    assert "b" in text
    assert "0%" in text


def test_a_fall_is_reported_only_if_it_is_more_than_chance():
    def year(share, day, count=60):
        return [quote(f"{day}{each}", "won" if each < share * count else "lost", day=day, decided=day)
                for each in range(count)]  # fmt: skip

    clear = result(rows(*year(0.8, "2025-06-01"), *year(0.3, "2026-06-01")), "a").groups.iloc[0]
    slight = result(rows(*year(0.5, "2025-06-01"), *year(0.45, "2026-06-01")), "a").groups.iloc[0]
    assert (clear["fell"], slight["fell"]) == (True, False)
    assert clear["change_chance"] == pytest.approx(stats.fisher_exact([[18, 42], [48, 12]]).pvalue)


def test_the_action_follows_up_what_is_open_for_a_week():
    decided = [quote(f"d{each}", "won", day="2026-09-01", decided="2026-10-11") for each in range(25)]
    found = result(
        rows(*decided, quote("old", "open", day="2026-10-01"), quote("new", "open", day="2026-10-30")), "a"
    )
    worded = views.proposed_actions(found, numbers("en", "CNY"), Likelihood()).worded()
    assert worded[["customer_id", "kind"]].to_numpy().tolist() == [["a", "visit"]]
    assert worded["reason"].tolist() == ["A quote worth CN¥100 is open for 30 days."]


def test_without_the_table_no_heading_of_the_page_stands_over_nothing():
    (said,) = views.quotes(None, numbers("en", "CNY"))
    assert said.sentences == ("This section needs the table quotes.",)
    assert views.open_quotes(None, numbers())[0].sentences == said.sentences
    assert views.price_askers(None, numbers()) == []


def test_the_title_of_open_quotes_says_what_is_old_only_where_something_is():
    n = numbers("en", "EUR")
    young, old = quote("1", "open", day="2026-10-20"), quote("2", "open", day="2026-08-20", amount=300.0)
    assert views.open_quotes(result(rows(young), "a"), n)[1].title == "Open quotes: €100"
    assert views.open_quotes(result(rows(young, old), "a"), n)[1].title.endswith("75% of it for over 30 days")
