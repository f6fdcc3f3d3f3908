"""Signals of customers: who sends which, what is left out, and what a scope changes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.core.disclosure import disclosed_growth
from helpers.present.numbers import numbers
from helpers.subjects.signals import catalogue
from helpers.subjects.signals.signals import signal_inputs, signals

OCTOBER = pd.Period("2026-10", "M")
END = pd.Timestamp("2026-10-31")
#: Twelve customers who buy on the tenth of every month for three years; a's habits change in May 2026.
IDS = [f"c{number:02}" for number in range(12)]


def customer_months(stops=()):
    months = pd.period_range("2023-11", "2026-10", freq="M")
    rows = [
        {"customer_id": who, "month": month.to_timestamp(), "net_amount": 100.0, "purchase_days": 1}
        for who in IDS
        for month in months
        if not (who in stops and month >= pd.Period("2026-05"))
    ]
    return pd.DataFrame(rows)


def customers(ids=IDS):
    return pd.DataFrame({"customer_id": ids, "name": [f"Firm {i}" for i in ids], "trade_class": "DIY shops"})


def rhythm(silent=()):
    rows = []
    for who in IDS:
        gaps = 29.0 if who in silent else 35.0
        silence = 204.0 if who in silent else 21.0
        size = 0.0 if who in silent else 6.0
        rows.append(
            {
                "customer_id": who, "last_purchase": END - pd.Timedelta(days=silence), "gaps": gaps,
                "gap_sum": gaps * 30.4, "gap_square": gaps * 925.0, "log_gap_sum": gaps * np.log(30.3),
                "silence_days": silence, "size_n_recent": size, "size_sum_recent": size * np.log(100.0),
                "size_square_recent": size * np.log(100.0) ** 2, "size_n_year_ago": 6.0,
                "size_sum_year_ago": 6 * np.log(100.0), "size_square_year_ago": 6 * np.log(100.0) ** 2,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def evidence(**changes):
    """Everybody alike: 20 % discount on 30 lines; what changes is given as column -> value of c00."""
    base = {
        "lines_recent": 30.0, "lines_usual": 60.0, "gross_amount_recent": 600.0, "gross_amount_usual": 1200.0,
        "returns_amount_recent": 0.0, "returns_amount_usual": 0.0,
    }  # fmt: skip
    frame = pd.DataFrame([base | {"customer_id": who, "origin": END} for who in IDS])
    for name, (usual, of_first) in changes.items():
        frame[name] = usual
        frame.loc[0, name] = of_first
    return frame


def run(stops=(), facts=None, keep=None, **options):
    known = signal_inputs(
        customers(), evidence() if facts is None else facts, rhythm(stops), customer_months(stops), OCTOBER,
        first_month=pd.Period("2023-11"),
    )  # fmt: skip
    return signals(known, keep=keep, **options)


def noticed(result, who="c00"):
    return set(result.of(who)["signal"])


def test_who_buys_as_ever_sends_no_signal():
    result = run()
    assert not result.signals["noticed"].any()
    assert len(result.customers) == 12


def test_customer_who_falls_silent_is_noticed_by_silence_and_by_frequency():
    result = run(stops=["c00"])
    assert {"silence", "frequency"} <= noticed(result)
    row = result.of("c00").set_index("signal").loc["silence"]
    assert (row["value"], round(row["usual"], 1)) == (204, 30.4)
    assert result.customers["customer_id"].iloc[0] == "c00"
    assert noticed(result, "c01") == set()


def test_deeper_discount_is_a_signal_and_a_small_one_is_not():
    deep = {"discount_n_recent": (30, 30), "discount_n_usual": (60, 60), "discount_sum_usual": (6.0, 6.0),
            "discount_square_usual": (0.63, 0.63)}  # fmt: skip
    facts = evidence(**deep, discount_sum_recent=(3.0, 6.0), discount_square_recent=(0.315, 1.215))
    row = run(facts=facts).of("c00").set_index("signal").loc["discount"]
    assert (row["value"], row["usual"], row["peers"]) == pytest.approx((0.2, 0.1, 0.1))
    slight = evidence(**deep, discount_sum_recent=(3.0, 3.3), discount_square_recent=(0.315, 0.375))
    assert "discount" not in noticed(run(facts=slight)), "one point less is no matter, however certain"


def test_open_complaint_is_always_noticed():
    facts = evidence(
        complaints_recent=(0, 0),
        complaints_usual=(0, 0),
        complaints_ever=(1, 1),
        complaints_resolved_ever=(1, 0),
    )
    row = run(facts=facts).of("c00").set_index("signal").loc["complaints"]
    assert (row["strength"], row["detail"]) == (2.0, 1)


def test_purchasing_that_takes_over_from_engineering_is_noticed():
    facts = evidence(
        role_contacts_recent=(12, 12), role_contacts_usual=(24, 24), purchasing_contacts_recent=(4, 12),
        purchasing_contacts_usual=(8, 6),
    )  # fmt: skip
    assert noticed(run(facts=facts)) == {"contact_roles"}


def quoted(won_recent, won_usual, decided=12.0):
    """Everybody orders six of twelve quotes decided in each window; c00 orders so many."""
    return evidence(
        quotes_decided_recent=(12.0, decided), quotes_decided_usual=(12.0, decided),
        quotes_won_recent=(6.0, won_recent), quotes_won_usual=(6.0, won_usual),
    )  # fmt: skip


def test_who_orders_fewer_of_its_quotes_than_it_used_to_is_noticed():
    assert "quotes_won" in noticed(run(facts=quoted(2.0, 9.0)))
    assert "quotes_won" not in noticed(run(facts=quoted(4.0, 6.0)))


def test_who_asks_for_prices_and_seldom_buys_is_noticed_by_all_it_asked_for():
    # 4 of 24 where others order half: chance does not do that. 9 of 24 it does.
    result = run(facts=quoted(2.0, 2.0))
    assert noticed(result) == {"price_only"}
    (row,) = (row for _, row in result.of("c00").iterrows() if row["signal"] == "price_only")
    said = catalogue.sentence(row, numbers("en", "CNY"))
    assert said == "4 of 24 quotes decided in 18 months became an order"
    assert "price_only" not in noticed(run(facts=quoted(4.0, 5.0)))
    # Of two quotes nothing is said.
    assert "price_only" not in noticed(run(facts=quoted(0.0, 0.0, decided=1.0)))


def test_what_is_not_supplied_is_absent_and_said():
    result = run()
    assert set(result.signals["signal"]) == {"silence", "spend", "frequency", "order_size", "returns"}
    assert result.absent["discount"] == "order_lines.list_amount"
    assert "p_alive" not in result.absent, "it needs no table"


def test_without_a_year_of_history_nothing_is_held_against_last_year():
    known = signal_inputs(
        customers(), evidence(), rhythm(), customer_months(), OCTOBER, first_month=OCTOBER - 16
    )
    result = signals(known)
    assert "frequency" not in set(result.signals["signal"])


def test_scope_sees_its_own_customers_with_the_same_strengths():
    whole, own = run(stops=["c00"]), run(stops=["c00"], keep={"c00", "c03"})
    assert set(own.signals["customer_id"]) == {"c00", "c03"}
    same = whole.signals[whole.signals["customer_id"].isin(["c00", "c03"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(own.signals, same)


def test_what_a_scope_may_expect_of_a_customer_tells_no_growth_of_its_class_but_a_rounded_one():
    """Over its own sales of a year ago it would be what all customers of the class sell, over a year ago."""
    whole, own = run(stops=["c00"]), run(stops=["c00"], keep={"c00", "c03"}, peers="disclosed")
    for signal, a_year_ago in (("spend", 600.0), ("frequency", 6.0)):
        companys, told = (
            rows.loc[(rows["signal"] == signal) & (rows["customer_id"] == "c00")].iloc[0]
            for rows in (whole.signals, own.signals)
        )
        growth = 11 / 12  # one of twelve customers has stopped
        assert companys["usual"] == pytest.approx(a_year_ago * growth)
        assert told["usual"] == pytest.approx(a_year_ago * disclosed_growth(pd.Series([growth]))[0])
        assert told["usual"] != companys["usual"]
        assert told["strength"] == companys["strength"]


def test_empty_scope_and_no_customers_are_no_error():
    assert run(keep=set()).customers.empty
    nothing = evidence().iloc[:0], rhythm().iloc[:0], customer_months().iloc[:0]
    nobody = signals(signal_inputs(customers([]), *nothing, OCTOBER))
    assert nobody.signals.empty
