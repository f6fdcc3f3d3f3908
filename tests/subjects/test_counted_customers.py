"""Groups and closed customers on the pages: who counts as one, and whom nobody warns of any more."""

import numpy as np
import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.core.proposals import Proposals
from helpers.present.numbers import numbers
from helpers.settings.config import Settings
from helpers.settings.source import Customers
from helpers.subjects.card.views import card_page
from helpers.subjects.churn.state_views import states_table
from helpers.subjects.churn.states import STATES, mark_closed_as_lost
from helpers.subjects.composition.bridge_views import bridge_findings
from helpers.subjects.grading.behaviour_views import names_tables
from helpers.subjects.registry import open_facts
from helpers.subjects.tiers.concentration_views import both_ways
from helpers.subjects.tiers.views import list_table

BY_GROUP = Settings(customers=Customers(count="group"))
N = numbers("en", "CNY")
MONTHS = [f"{month}-{day:02}" for month in pd.period_range("2024-11", "2026-10", freq="M") for day in (6, 20)]
OWNER = {"hq": "S1", "b1": "S1", "b2": "S2", "solo": "S1", "gone": "S2", "quiet": "S2"}
CUSTOMERS = [{"customer_id": each, "name": each.upper(), "salesperson_id": owner, "trade_class": "shop",
              "parent_id": "hq" if each in ("b1", "b2") else None} for each, owner in OWNER.items()]  # fmt: skip
LINES = [
    *(line(each, day, amount, f"{each}{day}", salesperson_id=OWNER[each])
      for each, amount in (("hq", 1), ("b1", 10), ("b2", 100), ("solo", 50)) for day in MONTHS),
    *(line(each, day, 30, f"{each}{day}", salesperson_id="S2") for each in ("gone", "quiet") for day in MONTHS[:20]),
]  # fmt: skip
PEOPLE = [{"salesperson_id": each, "name": each, "team": "T"} for each in ("S1", "S2")]
SUPPLIED = {
    "order_lines": LINES, "customers": CUSTOMERS, "salespeople": PEOPLE,
    "interactions": [{"date": "2025-01-03", "customer_id": each, "kind": "visit"} for each in OWNER],
}  # fmt: skip


@pytest.fixture
def book_of(standard_tables, cache_of_worlds):
    def build(scope="company", settings=None, within="company", month="2026-10", **changed):
        settings = settings or Settings()
        tables = standard_tables(**{**SUPPLIED, **changed})
        facts = open_facts(tables, pd.Period(month, "M"), settings, cache_of_worlds, within)
        return book_on(facts, scope)

    return build


def closing(**record):
    return [{**row, **record} if row["customer_id"] == "gone" else row for row in CUSTOMERS]


def test_concentration_is_told_by_account_and_by_group(book_of):
    shares = book_of().group_shares()
    sales = {"hq": 24, "b1": 240, "b2": 2400, "solo": 1200}
    assert shares.by_account["top_1_share"] == pytest.approx(2400 / sum(sales.values()))
    assert shares.by_group["top_1_share"] == pytest.approx(2664 / sum(sales.values()))
    assert shares.groups.to_dict("records") == [
        {
            "group_id": "hq",
            "name": "HQ",
            "accounts": 3,
            "net_amount": 2664.0,
            "share": pytest.approx(2664 / 3864),
        }
    ]
    said = text_of(*both_ways(shares, N))
    assert "68.9" in said
    assert "62.1" in said


def test_without_parents_nothing_is_said_of_groups(book_of):
    alone = [{key: value for key, value in row.items() if key != "parent_id"} for row in CUSTOMERS]
    assert book_of(customers=alone).group_shares() is None


def test_a_circle_of_parents_is_named_where_groups_are_told_of(book_of):
    rows = [{**row, "parent_id": {"hq": "b1", "b1": "hq"}.get(row["customer_id"])} for row in CUSTOMERS]
    assert "b1 belongs to hq" in text_of(*both_ways(book_of(customers=rows).group_shares(), N))


def test_a_salesperson_is_told_of_its_own_accounts_of_a_group_alone(book_of):
    shares = book_of("salesperson:S2").group_shares()
    assert shares.groups.empty  # one account of the group is its own
    rows = [{**row, "parent_id": "hq"} if row["customer_id"] in ("gone", "b2") else row for row in CUSTOMERS]
    own = book_of("salesperson:S2", customers=rows).group_shares().groups
    assert own[["group_id", "accounts", "net_amount"]].to_numpy().tolist() == [["b2", 2, 2400.0]]


def test_the_ranking_by_group_shows_how_many_accounts_a_group_has(book_of):
    ranked = book_of(settings=BY_GROUP).tiers()
    assert ranked.customers.set_index("customer_id")["branches"].to_dict() == {"hq": 3, "solo": 1}
    assert "Accounts" in list_table(ranked, N)._repr_mimebundle_()["text/html"]
    assert "branches" not in book_of().tiers().customers


@pytest.mark.slow
def test_the_card_of_a_group_lists_its_accounts_and_its_earlier_numbers(book_of):
    aliases = [{"customer_id": "solo", "same_as": "b2"}]
    book = book_of(settings=BY_GROUP, customer_aliases=aliases)
    card = book.card("solo")  # by an earlier number of one of its accounts
    assert card.customer_id == "hq"
    assert card.branches["customer_id"].tolist() == ["b2", "b1", "hq"]
    assert card.branches["net_amount"].sum() == 2664 + 1200
    said = card_page(card, N).text
    assert "B2 (b2)" in said
    assert "Earlier numbers: solo" in said


@pytest.mark.slow
def test_a_salespersons_card_of_a_group_names_no_account_of_others(book_of):
    book = book_of("salesperson:S1", BY_GROUP, "salesperson")
    said = card_page(book.card("hq"), N).text
    assert "B1 (b1)" in said
    assert "b2" not in said.lower()
    ranked = book.tiers().customers.set_index("customer_id")
    assert ranked.loc["hq", ["amount", "branches"]].tolist() == [264.0, 2]


@pytest.mark.slow
@pytest.mark.parametrize("within", ["company", "salesperson"])
def test_sellers_are_judged_by_account_however_customers_are_counted(book_of, within):
    scope = "company" if within == "company" else "salesperson:S2"
    by_account, by_group = book_of(scope), book_of(scope, BY_GROUP, within)
    pd.testing.assert_frame_equal(by_group.scorecard().people, by_account.scorecard().people)
    pd.testing.assert_frame_equal(by_group.attainment().units, by_account.attainment().units)


@pytest.mark.slow
def test_a_closed_customer_is_not_warned_of_visited_or_acted_upon(book_of):
    longer = [*LINES, *(line("gone", day, 30, f"gone{day}", salesperson_id="S2") for day in MONTHS[20:38])]

    def warned(book):
        return [
            "gone" in set(rows["customer_id"])
            for rows in (book.visits().due, book.signals().noticed, book.risk_list().everyone)
        ]

    assert warned(book_of(order_lines=longer)) == [True, True, True]
    book = book_of(order_lines=longer, customers=closing(closed_date="2026-05-25"))
    assert warned(book) == [False, False, False]
    rows = pd.DataFrame({"customer_id": ["gone", "quiet"], "kind": "visit", "value_amount": 1.0,
                         "due_date": pd.Timestamp("2026-11-01")})  # fmt: skip
    left = Proposals(rows, rows, lambda about: list(about["customer_id"])).without(book._closed)
    assert left.worded()["reason"].tolist() == ["quiet"]


def test_closing_is_told_as_a_reason_of_loss_with_its_money(book_of):
    said = text_of(bridge_findings(book_of(customers=closing(closed_date="2025-10-15")).bridge(), N))
    assert "1 of them has closed its business" in said
    assert "closed" not in text_of(bridge_findings(book_of().bridge(), N))


@pytest.mark.parametrize(
    ("record", "month", "is_closed"),
    [
        ({"closed_date": "2025-09-15"}, "2025-08", False),  # a month before is unchanged
        ({"closed_date": "2025-09-15"}, "2025-09", True),
        ({"status": "已注销"}, "2026-10", True),
        ({"status": " Closed "}, "2026-10", True),
        ({"status": "open"}, "2026-10", False),
        ({"status": "closed"}, "2025-05", False),  # it bought then: the record is not of that time
        ({"status": "closed", "closed_date": "2027-01-01"}, "2026-10", False),
        ({"closed_date": "2025-03-01"}, "2026-10", False),  # it went on buying
        ({"status": "closed", "valid_from": "2026-11-01"}, "2026-10", False),
    ],
)
def test_who_is_closed_as_of_a_month_end(book_of, record, month, is_closed):
    people = book_of(customers=closing(**record), month=month).frame("customers").set_index("customer_id")
    assert bool(people["closed"].get("gone", False)) == is_closed
    assert not people.drop(index="gone", errors="ignore")["closed"].any()


def test_a_group_is_closed_when_all_its_accounts_are(book_of):
    rows = [
        {**row, "parent_id": "gone"} if row["customer_id"] == "quiet" else row
        for row in closing(closed_date="2025-10-15")
    ]
    assert not book_of(settings=BY_GROUP, customers=rows).frame("customers")["closed"].any()
    both = [{**row, "closed_date": "2025-10-15"} if row["customer_id"] == "quiet" else row for row in rows]
    people = book_of(settings=BY_GROUP, customers=both).frame("customers").set_index("customer_id")
    assert people["closed"].to_dict() == {"gone": True, "hq": False, "solo": False}


def state_of(book, customer="gone"):
    return book.customer_states().customers.set_index("customer_id")["state"].get(customer)


@pytest.mark.slow
@pytest.mark.parametrize("record", [{"closed_date": "2026-08-30"}, {"status": "注销"}])
def test_who_bought_until_it_closed_is_lost_and_not_one_to_act_upon(book_of, record):
    longer = [*LINES, *(line("gone", day, 30, f"gone{day}", salesperson_id="S2") for day in MONTHS[20:44])]
    still = book_of(order_lines=longer)
    assert state_of(still) not in ("lost", "never_bought")
    assert still.customer_states().closed == 0
    book = book_of(order_lines=longer, customers=closing(**record))
    known = book.customer_states()
    assert (state_of(book), known.closed) == ("lost", 1)
    assert "gone" not in set(book.churn().customers["customer_id"])
    assert "closed, as 1 customer's is" in text_of(states_table(known, N))
    assert "closed" not in text_of(states_table(still.customer_states(), N))
    said = card_page(book.card("gone"), N).text
    assert "Its state: Lost" in said
    assert "Its business is closed" in said
    before = book_of(order_lines=longer, customers=closing(**record), month="2026-07")
    assert state_of(before) == state_of(book_of(order_lines=longer, month="2026-07"))
    value = book.lifetime()
    expected = value.customers.set_index("customer_id").loc["gone", ["p_alive", "value_amount", "high_95"]]
    assert expected.tolist() == [0, 0, 0]
    assert still.lifetime().customers.set_index("customer_id").loc["gone", "p_alive"] > 0


@pytest.mark.slow
def test_signals_are_told_where_the_only_customer_of_the_first_class_has_closed(book_of):
    longer = [*LINES, *(line("gone", day, 30, f"gone{day}", salesperson_id="S2") for day in MONTHS[20:38])]
    rows = [
        {**row, "trade_class": "A shop" if row["customer_id"] in ("b1", "gone") else "shop"}
        for row in closing(closed_date="2026-05-25")
    ]
    found = book_of("salesperson:S2", order_lines=longer, customers=rows).signals().overview
    assert set(found.loc[found["kind"] == "group", "group"]) == {"shop"}
    assert found.loc[found["kind"] == "total", "group"].isna().all()


@pytest.mark.slow
def test_lists_of_whom_to_call_are_without_the_closed_and_say_so(book_of):
    longer = [*LINES, *(line(each, day, 30, f"{each}{day}", salesperson_id="S2")
                        for each in ("gone", "quiet") for day in MONTHS[20:38])]  # fmt: skip

    def listed(book):
        behaviour = book.behaviour()
        tables = [table._repr_mimebundle_()["text/html"] for table in names_tables(behaviour, N)]
        likely = book.likelihood().expected_loss(pd.Series(["gone"]), pd.Series([100.0])).iloc[0]
        in_list = any("GONE" in each for each in tables)
        return in_list, any("without 1 whose business is closed" in each for each in tables), likely > 0

    assert listed(book_of(order_lines=longer)) == (True, False, True)
    shut = book_of(order_lines=longer, customers=closing(closed_date="2026-05-25"))
    assert listed(shut) == (False, True, False)
    assert shut.behaviour().segments["customers"].sum() == len(OWNER)
    assert shut.records().owners["customers"].sum() == len(OWNER) - 1


def test_past_month_ends_tell_the_closed_as_lost_from_their_day_on():
    ends = [2026 * 12 + month for month in (8, 9, 10)]
    table = pd.DataFrame(
        [(each, end, "active", silence) for each in ("day", "no day", "late record", "open")
         for end, silence in zip(ends, (11, 41, 72), strict=True)],
        columns=["customer_id", "number", "state", "silence_days"],
    ).astype({"state": pd.CategoricalDtype(list(STATES))})  # fmt: skip
    shut = pd.DataFrame(
        [("day", "2026-10-01", None), ("no day", None, None), ("late record", "2026-08-25", "2026-09-01")],
        columns=["customer_id", "closed_date", "valid_from"],
    )
    told = mark_closed_as_lost(table, shut).groupby("customer_id")["state"].agg(list)
    assert told["day"] == ["active", "active", "lost"]
    assert told["no day"] == told["late record"] == ["active", "lost", "lost"]
    assert told["open"] == ["active"] * 3


def test_a_group_of_which_one_closed_without_a_day_and_bought_later_is_closed(book_of):
    rows = [
        {**row, "parent_id": "gone", "status": "closed"} if row["customer_id"] == "quiet" else row
        for row in closing(closed_date="2025-08-25", status="gone away")
    ]
    later = [*LINES, *(line("quiet", day, 30, f"quiet{day}", salesperson_id="S2") for day in MONTHS[20:30])]
    people = book_of(settings=BY_GROUP, customers=rows, order_lines=later).frame("customers")
    assert people.set_index("customer_id")["closed"].to_dict() == {"gone": True, "hq": False, "solo": False}


def test_likely_pairs_are_of_accounts_however_customers_are_counted(book_of):
    alike = {"name": "Hefei Tools", "tax_number": "914403001234567890", "phone": "0551 5550142"}
    none = dict.fromkeys(("tax_number", "phone"))
    twice = [{**row, **(alike if row["customer_id"] in ("b1", "solo") else none)} for row in CUSTOMERS]
    by_account, by_group = (book_of(settings=each, customers=twice) for each in (Settings(), BY_GROUP))
    pairs = by_group.same_customers().pairs
    assert {"b1", "solo"} in [set(pair) for pair in pairs[["customer_id", "other_id"]].to_numpy().tolist()]
    pd.testing.assert_frame_equal(pairs, by_account.same_customers().pairs)
    assert by_group.identity_records(["b1"])["tax_number"].tolist() == ["914403001234567890"]


def test_money_is_where_it_was_however_customers_are_counted(book_of):
    whole = {
        book_of(settings=settings).composition().groups["net_amount"].iloc[-1]
        for settings in (Settings(), BY_GROUP)
    }
    assert np.ptp(list(whole)) == 0
