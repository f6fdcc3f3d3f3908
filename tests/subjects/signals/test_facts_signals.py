"""Evidence by month and at month ends: what counts when, what is absent, and nothing of the future."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from builders import line
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.engine.connection import to_pandas
from helpers.subjects.signals.facts import categories, parts
from helpers.subjects.signals.windows import Members, MonthlySums, evidence_at

PRODUCTS = [
    {"product_id": "P1", "category": "Drills", "offering_role": "core", "launch_date": "2015-01-01"},
    {"product_id": "P2", "category": "Parts", "offering_role": "component", "launch_date": "2025-01-01"},
    {"product_id": "P3", "category": "Repair", "offering_role": "service"},
]
LINES = [
    line("c1", "2025-03-10", 100, product_id="P1", list_amount=100, enquiry_date="2025-03-01"),
    line("c1", "2025-06-10", 200, product_id="P3", list_amount=250, enquiry_date="2025-06-08"),
    line("c1", "2026-02-10", 90, product_id="P2", list_amount=100, enquiry_date="2026-02-06"),
    line("c1", "2026-03-20", 80, product_id="P2", list_amount=100),
    line("c2", "2026-03-11", 50, product_id="P1", list_amount=50),
]
CONTACTS = [
    {
        "date": "2025-05-01",
        "customer_id": "c1",
        "kind": "visit",
        "contact_role": "engineering",
        "topic": "application",
    },
    {
        "date": "2026-03-01",
        "customer_id": "c1",
        "kind": "call",
        "contact_role": "purchasing",
        "topic": "price",
    },
]
INVOICES = [
    {
        "invoice_id": "i1",
        "customer_id": "c1",
        "invoice_date": "2026-01-05",
        "due_date": "2026-02-04",
        "amount": 90,
    },
    {
        "invoice_id": "i2",
        "customer_id": "c1",
        "invoice_date": "2026-02-25",
        "due_date": "2026-03-27",
        "amount": 80,
    },
]
PAYMENTS = [{"invoice_id": "i1", "payment_date": "2026-02-14", "amount": 90}]
COMPLAINTS = [{"customer_id": "c1", "opened_at": "2026-01-10 09:00", "resolved_at": "2026-03-02 10:00"}]
SURVEYS = [{"customer_id": "c1", "date": "2026-03-03", "score": 6, "scale_min": 0, "scale_max": 10}]
WALLET = [
    {"customer_id": "c1", "as_of": "2025-07-01", "annual_purchases": 600, "method": "stated"},
    {"customer_id": "c1", "as_of": "2026-03-31", "annual_purchases": 740, "method": "stated"},
]
EVERYTHING = {
    "order_lines": LINES, "products": PRODUCTS, "interactions": CONTACTS, "invoices": INVOICES,
    "payments": PAYMENTS, "complaints": COMPLAINTS, "surveys": SURVEYS, "wallet_evidence": WALLET,
}  # fmt: skip
#: All that signals, P(alive) and experience are computed from.
FACTS = (
    "customers", "customer_months", "customer_summary", "recent_evidence", "past_signals", "rhythm",
    "product_maturity", "wallet_changes",
)  # fmt: skip


def evidence(facts_of, month="2026-03", **supplied):
    return facts_of(month, **(supplied or EVERYTHING)).frame("evidence").set_index("customer_id")


@pytest.mark.slow
def test_recent_is_six_months_and_usual_the_twelve_before(facts_of):
    """March 2025 is 12 months before March 2026: usual. Lines of October 2025 on are recent."""
    row = evidence(facts_of).loc["c1"]
    assert (row["lines_recent"], row["lines_usual"]) == (2, 2)
    assert (row["component_lines_recent"], row["service_lines_usual"]) == (2, 1)
    assert row["discount_sum_recent"] == pytest.approx(0.1 + 0.2)
    assert (row["decision_sum_recent"], row["decision_n_recent"]) == (4, 1)
    assert (row["decision_sum_usual"], row["decision_n_usual"]) == (9 + 2, 2)


def test_contacts_are_counted_by_role_and_topic(facts_of):
    row = evidence(facts_of).loc["c1"]
    assert (row["purchasing_contacts_recent"], row["purchasing_contacts_usual"]) == (1, 0)
    assert (row["application_contacts_recent"], row["application_contacts_usual"]) == (0, 1)
    assert row["last_visit"] == pd.Timestamp("2025-05-01")


@pytest.mark.slow
def test_invoice_is_owed_from_its_due_date_until_it_is_paid(facts_of):
    """At the end of March i1 (90) is paid, ten days late, and i2 (80) is four days overdue."""
    row = evidence(facts_of).loc["c1"]
    assert row["due_amount_ever"] - row["settled_amount_ever"] == 80
    assert (row["late_sum_recent"], row["late_n_recent"]) == (10, 1)
    january = evidence(facts_of, "2026-02").loc["c1"]
    assert january["due_amount_ever"] - january["settled_amount_ever"] == 0


def test_payment_before_the_due_date_settles_on_the_due_date(facts_of):
    early = [{"invoice_id": "i2", "payment_date": "2026-02-26", "amount": 80}]
    row = evidence(facts_of, "2026-02", **(EVERYTHING | {"payments": early})).loc["c1"]
    assert row["settled_amount_ever"] == 0
    assert row["late_sum_recent"] == -29


def test_complaint_is_open_until_the_month_of_its_resolution(facts_of):
    open_cases = {}
    for month in ("2026-02", "2026-03"):
        row = evidence(facts_of, month).loc["c1"]
        open_cases[month] = row["complaints_ever"] - row["complaints_resolved_ever"]
    assert open_cases == {"2026-02": 1, "2026-03": 0}


def test_a_quote_counts_where_it_is_decided_and_none_that_is_decided_later(facts_of):
    def quote(number, day, decided, status="won", who="c1"):
        return {"quote_id": number, "customer_id": who, "quote_date": day, "decided_at": decided, "amount": 1,
                "status": status, **({"prospect_id": "p1"} if who is None else {})}  # fmt: skip

    quotes = [
        quote("q1", "2025-12-20", "2026-01-05"), quote("q2", "2026-01-07", "2026-01-09", "lost"),
        quote("q2", "2026-01-07", "2026-01-09", "lost"), quote("q3", "2026-01-08", None, "expired"),
        quote("q4", "2026-01-08", "2026-02-20"), quote("q5", "2026-03-30", "2026-04-01"),
        quote("q6", "2026-01-10", "2026-01-10", who=None),
    ]  # fmt: skip
    found = facts_of("2026-03", order_lines=LINES, quotes=quotes).frame("evidence_quotes")
    assert found.drop(columns="month").to_numpy().tolist() == [["c1", 3, 1], ["c1", 1, 1]]
    assert found["month"].dt.month.tolist() == [1, 2]
    assert "quotes_won" not in facts_of("2026-03", order_lines=LINES).frame("evidence_quotes")


def test_what_is_not_supplied_has_no_column(facts_of):
    bare = [{k: v for k, v in row.items() if k not in ("list_amount", "enquiry_date")} for row in LINES]
    columns = evidence(facts_of, order_lines=bare).columns
    stems = {name.rsplit("_", 1)[0] for name in columns if name != "origin"}
    assert stems == {"lines", "gross_amount", "returns_amount"}


def test_share_of_wallet_is_held_against_the_estimate_before(facts_of):
    """300 bought of 600 up to July 2025; 170 of 740 up to March 2026 and 200 in June: 370."""
    row = facts_of("2026-03", **EVERYTHING).frame("wallet_changes").set_index("customer_id").loc["c1"]
    assert (row["share"], row["previous_share"]) == (0.5, 0.5)


def test_products_are_mature_after_five_years(facts_of):
    row = facts_of("2026-03", **EVERYTHING).frame("product_maturity").set_index("customer_id").loc["c1"]
    assert row[["young_amount", "mature_amount", "unknown_amount"]].tolist() == [170, 0, 200]


def test_rhythm_of_gaps(facts_of):
    """10 March to 10 June 2025 are 92 days, to 10 February 245, to 20 March 38; then 11 of silence."""
    row = facts_of("2026-03", **EVERYTHING).frame("rhythm").set_index("customer_id").loc["c1"]
    assert row[["gaps", "gap_sum", "gap_square", "silence_days"]].tolist() == [
        3,
        375,
        92**2 + 245**2 + 38**2,
        11,
    ]


def test_past_month_ends_are_read_off_as_if_they_were_the_reports_month(facts_of):
    now, then = facts_of("2026-03", **EVERYTHING), facts_of("2026-02", **EVERYTHING)
    members = Members.from_table(now.table("customers"))
    whole = to_pandas(evidence_at(parts(now), members, now.month_ends(3), categories(now)))
    alone = to_pandas(evidence_at(parts(then), members, then.month_ends(1), categories(then)))
    past = whole[whole["origin"] == alone["origin"].iloc[0]]
    pd.testing.assert_frame_equal(past.reset_index(drop=True), alone, check_exact=True)
    assert len(whole) == 1 + 1 + 2, "c2 has come in March"


@settings(max_examples=30, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(["c1", "c2", "c3"]), st.integers(0, 29), st.decimals(-99, 99, places=4)),
                min_size=1, unique_by=lambda row: row[:2]))  # fmt: skip
def test_windows_are_the_sums_of_their_months(rows):
    """Whatever was bought when: six months, the twelve before, and all up to then, as added up by hand."""
    first, ids = pd.Period("2024-01", "M"), ["c1", "c2", "c3"]
    months = [(first + at).to_timestamp().date() for _who, at, _amount in rows]
    part = pa.table(
        {
            "customer_id": [who for who, _at, _amount in rows],
            "month": pa.array(months, pa.date32()),
            "due_amount": pa.array([amount for _who, _at, amount in rows], pa.decimal128(18, 4)),
        }
    )
    kinds = {"due_amount": "decimal(18, 4)"}
    sums = MonthlySums(ibis.memtable(part), kinds, Members(pa.array(ids)), [first + 25, first + 27])
    for last in (25, 27):
        for name, span in {"recent": range(last - 5, last + 1), "usual": range(last - 17, last - 5),
                           "ever": range(last + 1)}.items():  # fmt: skip
            told = getattr(sums, name)("due_amount", first + last)
            by_hand = [sum(amount for who, at, amount in rows if who == each and at in span) for each in ids]
            assert told.tolist() == [float(amount) for amount in by_hand], name


LATER = {
    "order_lines": line("c1", "2026-04-01", -90, order="c1@2026-02-10", product_id="P2", enquiry_date="2025-01-01"),
    "interactions": CONTACTS[0] | {"date": "2026-04-01", "contact_role": "purchasing", "topic": "price"},
    "invoices": INVOICES[0] | {"invoice_id": "i3", "invoice_date": "2026-04-01", "due_date": "2026-03-01"},
    "payments": {"invoice_id": "i2", "payment_date": "2026-04-01", "amount": 80},
    "complaints": {"customer_id": "c1", "opened_at": "2026-04-01 00:00", "resolved_at": "2026-04-02 00:00"},
    "surveys": {"customer_id": "c1", "date": "2026-04-01", "score": 1, "scale_min": 0, "scale_max": 10},
    "wallet_evidence": {"customer_id": "c1", "as_of": "2026-04-01", "annual_purchases": 9, "method": "stated"},
}  # fmt: skip


@pytest.fixture
def before(facts_of):
    facts = facts_of("2026-03", **EVERYTHING)
    return {fact: facts.frame(fact) for fact in FACTS}


@pytest.mark.slow
@settings(max_examples=4, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.sets(st.sampled_from(sorted(LATER)), min_size=1), st.integers(0, 400))
def test_rows_after_the_month_end_change_no_bit(facts_of, before, tables, days):
    """Whatever comes later, of whatever table and day: every fact is what it was."""
    more = dict(EVERYTHING)
    for name in tables:
        row = dict(LATER[name])
        for column in ("order_date", "date", "invoice_date", "payment_date", "as_of"):
            if column in row:
                row[column] = str(dt.date(2026, 4, 1) + dt.timedelta(days))
        more[name] = [*more[name], row]
    after = facts_of("2026-03", **more)
    for fact in FACTS:
        pd.testing.assert_frame_equal(before[fact], after.frame(fact), check_exact=True)


@pytest.mark.slow
def test_complaint_that_is_resolved_later_changes_nothing_today(facts_of):
    resolved = [COMPLAINTS[0] | {"resolved_at": "2026-04-02 10:00"}]
    never = [COMPLAINTS[0] | {"resolved_at": None}]
    frames = [
        facts_of("2026-03", **(EVERYTHING | {"complaints": rows})).frame("evidence")
        for rows in (resolved, never)
    ]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


@pytest.mark.slow
def test_salesperson_sees_the_evidence_of_own_customers_alone(facts_of):
    people = [{"customer_id": "c1", "salesperson_id": "s1"}, {"customer_id": "c2", "salesperson_id": "s2"}]
    facts = facts_of("2026-03", **EVERYTHING, customers=people)
    scope = facts.scope("salesperson:s2")
    for fact in ("evidence", "evidence_lines", "recent_evidence", "signal_panel", "rhythm"):
        assert facts.frame(fact, scope)["customer_id"].unique().tolist() == ["c2"]


def test_a_quote_that_is_opened_again_is_decided_once_whatever_an_earlier_report_has_kept(facts_of):
    quote = {"quote_id": "q1", "customer_id": "c1", "amount": 1}
    quotes = [
        quote | {"quote_date": "2026-01-08", "decided_at": "2026-01-20", "status": "lost"},
        quote | {"quote_date": "2026-03-02", "decided_at": "2026-03-10", "status": "won"},
    ]

    def counted(month):
        rows = facts_of(month, order_lines=LINES, quotes=quotes).frame("evidence_quotes")
        return [(row.month.month, row.quotes_decided, row.quotes_won) for row in rows.itertuples()]

    assert counted("2026-02") == [(1, 1, 0)]
    assert counted("2026-03") == [(3, 1, 1)]
