"""Grades, suggested limits and whom to ship no more, by hand."""

import pytest
from builders import invoice, line

from helpers.core.proposals import Likelihood
from helpers.present.numbers import numbers
from helpers.settings.config import Settings, parse_settings
from helpers.subjects.receivables import credit_views
from helpers.subjects.receivables.credit import credit
from helpers.subjects.receivables.facts import ages
from helpers.subjects.receivables.receivables import cash, cash_by_owner, receivables

PEOPLE = [{"customer_id": "prompt", "credit_limit": 500}, {"customer_id": "slow", "credit_limit": 50},
          {"customer_id": "bad", "credit_limit": 900}, {"customer_id": "new", "credit_limit": 10}]  # fmt: skip


def paid(number, date, amount):
    return {"payment_date": date, "invoice_id": number, "amount": amount}


INVOICES = [
    *(invoice(f"p{m}", "prompt", f"2026-0{m}-01", f"2026-0{m}-30", 100) for m in (3, 5, 6)),
    invoice("p6b", "prompt", "2026-06-20", "2026-07-19", 60),
    *(invoice(f"s{m}", "slow", f"2026-0{m}-01", f"2026-0{m}-30", 100) for m in (4, 5, 6)),
    invoice("s10", "slow", "2026-10-01", "2026-10-30", 70),
    invoice("b", "bad", "2026-05-01", "2026-05-31", 40), invoice("n", "new", "2026-10-01", "2026-10-31", 90),
]  # fmt: skip
PAYMENTS = [
    paid("p3", "2026-03-28", 100), paid("p5", "2026-05-30", 100), paid("p6", "2026-06-29", 100),
    paid("p6b", "2026-07-19", 60),
    paid("s4", "2026-05-10", 100), paid("s5", "2026-06-09", 100), paid("s6", "2026-07-10", 100),
]  # fmt: skip


@pytest.fixture
def found(facts_of):
    def asked(settings=None):
        settings = settings or Settings()
        sold = [line("prompt", day, 1) for day in ("2026-03-01", "2026-10-01")]
        facts = facts_of("2026-10", settings, order_lines=sold, customers=PEOPLE, invoices=INVOICES,
                         payments=PAYMENTS)  # fmt: skip
        people, months = facts.frame("customers"), facts.frame("receivable_months")
        ahead = cash(
            cash_by_owner(facts.frame("cash_history"), facts.frame("payment_weeks"), facts.month), facts.month
        )
        owed = receivables(people, facts.frame("receivables"), months, ahead, facts.month)
        rules = settings.money
        return owed, credit(facts.frame("credit_records"), owed.customers, months, people, facts.month, 12,
                            rules.credit, rules.least_payments)  # fmt: skip

    return asked


def test_the_limit_is_the_mean_month_times_the_term_times_the_factor_of_the_grade(found):
    rows = found()[1].customers.set_index("customer_id")
    prompt = rows.loc["prompt"]
    assert prompt["lateness_days"] == -0.75  # two days early, a day early, and twice on the day
    assert prompt["grade"] == "AAA"
    assert prompt["monthly_amount"] == 360 / 3  # June has two invoices
    assert prompt["term_days"] == 29
    assert prompt["suggested_amount"] == pytest.approx(120 * 29 / (365 / 12) * 2)
    assert rows.loc["slow", "grade"] == "A"  # 10 days late on average
    assert rows.loc["slow", "suggested_amount"] == pytest.approx(370 / 4 * 29 / (365 / 12) * 0.8)


def test_an_invoice_open_for_too_long_ends_credit_and_too_few_payments_tell_nothing(found):
    result = found()[1]
    rows = result.customers.set_index("customer_id")
    assert rows.loc["bad", ["grade", "suggested_amount", "bad_amount"]].tolist() == ["C", 0, 40]
    assert rows.loc["new", ["grade", "suggested_amount"]].isna().all()
    assert (result.bad_amount, result.bad_rate) == (40, 40 / (70 + 40 + 90))
    assert result.ungraded == 1


def test_to_ship_no_more_are_those_over_the_limit_and_those_of_the_lowest_grade(found):
    result = found()[1]
    stopped = set(result.customers[result.customers["stop"]]["customer_id"])
    assert stopped == {"bad", "slow", "new"}  # 70 over 50, 90 over 10
    n = numbers("en", "CNY")
    proposed = credit_views.proposed_actions(result, n, Likelihood())
    # Who is over the limit is proposed with what is owed already, and what is overdue is to be collected.
    assert proposed.worded()["reason"].tolist() == [
        "Credit grade C: ship only against payment; CN¥40 is bad."
    ]
    row = result.customers.set_index("customer_id").loc["bad"]
    anew = row["monthly_amount"] * row["term_days"] / (365 / 12) * Likelihood().unscored
    assert (proposed.unit, proposed.rows["value_amount"].tolist()) == (
        "money",
        [pytest.approx(anew, abs=1e-4)],
    )
    assert anew > 0


def test_brackets_of_the_ageing_are_the_companys_own_and_add_up_to_the_same(found):
    usual, own = found()[0], found(parse_settings({"money": {"ages": [7, 200]}}, "workbook.toml"))[0]
    assert own.ageing["age"].tolist() == ["not_due", "late_1_7", "late_8_200", "late_over_200", "on_account"]
    assert own.ageing["amount"].sum() == usual.ageing["amount"].sum() == usual.balance_amount
    assert [name for name, _, _ in ages()] == [
        "not_due",
        "late_1_30",
        "late_31_60",
        "late_61_90",
        "late_over_90",
    ]


@pytest.mark.parametrize(
    ("money", "said"),
    [
        ({"ages": [60, 30]}, "ages have to rise"),
        (
            {"credit": {"grades": {"A": {"late_days": 9, "factor": 1}, "B": {"late_days": 3, "factor": 1}}}},
            "have to rise",
        ),
        ({"credit": {"lowest": "A"}}, "A is the lowest grade and one of grades"),
    ],
)
def test_settings_that_contradict_themselves_say_so(money, said):
    with pytest.raises(Exception, match=said):
        parse_settings({"money": money}, "workbook.toml")


def test_without_invoices_the_page_says_in_one_line_what_it_needs():
    assert credit_views.credit(None, numbers())[0].sentences == ("This section needs the table invoices.",)


def test_the_spreadsheet_has_every_customer_under_a_caption_of_its_own_and_says_whom_the_page_lists(found):
    result = found()[1]
    *_, shown = credit_views.credit(result, numbers("en", "CNY"))
    assert shown.caption == "Credit by customer"
    listed = shown.frame.set_index("customer_id")["listed"].fillna("")
    assert sorted(listed[listed == "yes"].index) == ["bad", "new", "slow"]
    assert len(listed) == len(result.customers) > 3
    assert "listed" in shown.columns
