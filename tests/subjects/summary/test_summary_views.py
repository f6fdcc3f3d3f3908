"""The month on one page: what is shown first, and what is left to the other pages."""

import pickle
import re
from itertools import groupby

import pandas as pd
import pytest
from books import text_of

from helpers.book import Book, open_book
from helpers.engine.cache import cache
from helpers.present.findings import WeighedFinding
from helpers.present.numbers import numbers
from helpers.settings.report import FrontPage
from helpers.subjects.churn.state_views import state_label
from helpers.subjects.churn.states import STATES
from helpers.subjects.summary import action_views as summary_actions
from helpers.subjects.summary import gap_views
from helpers.subjects.summary import views as summary
from helpers.subjects.summary.action_list import action_list
from helpers.subjects.summary.gather import SUBJECTS, Gathered, Subject, gather, put_result
from helpers.subjects.summary.month_in_short import ComplaintsHeadline

N = numbers("en", "CNY")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def book():
    return open_book(month="2026-10")


def test_the_findings_about_most_money_come_first_but_no_page_takes_all():
    found = [WeighedFinding(f"{page}{amount}", amount, page) for page, amount in
             [("x", 9), ("x", 8), ("x", 7), ("y", 1), ("z", 2)]]  # fmt: skip
    shown = summary.top_findings(found, FrontPage(findings=4), N)
    assert text_of(shown).split("\n") == ["x9", "x8", "z2", "y1"]
    assert text_of(summary.top_findings(found[:3], FrontPage(), N)).split("\n") == ["x9", "x8", "x7"]
    assert text_of(summary.top_findings([], FrontPage(), N)) == "Nothing stands out this month."


def test_a_name_in_a_finding_is_never_markup():
    shown = summary.top_findings([WeighedFinding(HOSTILE, 1, "x")], FrontPage(), N)
    assert "<script>" not in shown._repr_mimebundle_()["text/html"]


def test_the_headline_is_what_the_composition_says(book):
    total = book.composition().total.iloc[0]
    said = text_of(summary.headlines(book.month_in_short(), N))
    assert N.money_short(total["month_net_amount"]) in said
    assert f"{N.in_percent(total['attainment_month_percent'])} of plan" in said
    assert f"Customers who bought: {N.count(total['customers'])}" in said


def test_who_came_and_went_between_two_years_is_counted_in_no_word_of_a_state(book):
    (tile,) = [each for each in summary.headlines(book.month_in_short(), N).rows if "new" in each.note]
    lapse = book.settings.periods.lapse_months
    assert f"reactivated after {lapse} months or more" in tile.note  # not "back", beside who was "won back"
    called = " ".join(state_label(state, N.words) for state in STATES).lower()
    assert set(re.findall("[a-z]+", tile.note.lower())).isdisjoint(called.split())


def test_overdue_and_open_amounts_are_shown_and_their_state_by_a_sign_beside_colour(book):
    owed, waiting = book.receivables_headline(), book.complaints_headline()
    shown = summary.headlines(book.month_in_short(), N, None, owed, waiting)
    tiles = {tile.label: tile for tile in shown.rows}
    ages = book.receivables().ageing.set_index("age")["amount"]
    assert N.money_short(ages["late_over_90"]) in tiles["Overdue"].note
    assert tiles["Open complaints"].value == N.count(book.complaints().open)
    assert "Last 12 months" not in tiles
    assert all(tile.verdict[0] in "▲▼" for tile in shown.rows if tile.state)
    assert shown._repr_mimebundle_()["text/html"].count('<svg class="spark"') == 3


def test_a_month_end_without_a_year_before_it_is_no_better_and_no_worse(book):
    months = pd.DataFrame({"month": pd.period_range("2026-08", "2026-10", freq="M"), "open": [1, 2, 3]})
    waiting = ComplaintsHeadline(3, 1.0, months)
    tile = summary.headlines(book.month_in_short(), N, complaints=waiting).rows[-1]
    assert (tile.state, tile.verdict, tile.note) == ("", "", "the oldest for 1 day")


def test_what_the_page_has_said_is_not_said_again():
    found = [WeighedFinding("a", 9, "x"), WeighedFinding("b", 1, "y")]
    assert text_of(summary.top_findings(found, FrontPage(), N, already_shown=("a", None))) == "b"


def test_the_state_of_the_base_is_drawn_with_its_change_on_last_month(book):
    months = book.state_months()
    drawn = text_of(summary.base_chart(months, N))
    assert f"Active: {months['active'].iloc[-1]}" in drawn
    assert months.iloc[-1].to_dict() == book.customer_states().counts.drop("never_bought").to_dict()


def test_last_years_line_is_the_month_a_year_earlier(book):
    history = book.month_in_short().history
    last = book.composition().total["month_last_year_net_amount"].iloc[0]
    assert history["last_year_amount"].iloc[-1] == last
    assert len(history) == 12


@pytest.mark.slow
def test_a_salespersons_list_has_its_own_customers_alone():
    own = open_book(month="2026-10", scope="salesperson:S01")
    listed = own.action_list(gather(own).actions).actions
    assert len(listed)
    assert set(listed["customer_id"]) <= set(own.frame("customers")["customer_id"])
    first, rest = summary_actions.action_tables(own.action_list(gather(own).actions), FrontPage(), N)
    assert (first.row_count, rest.row_count) == (5, FrontPage().actions_a_salesperson - 5)
    assert first.html.count("<table") == 1
    assert "<details" not in first.html
    assert "<details" in rest.html


@pytest.mark.slow
def test_a_head_in_a_unit_says_its_currency_once(book):
    listed = book.action_list(gather(book).actions)
    for n, wanted in ((N, "CNY"), (numbers("en", "CNY", "k"), "k CNY")):
        first, *_, owners = summary_actions.action_tables(listed, FrontPage(), n)
        assert f"To be kept or won, {wanted}" in owners.html and "CNY, k" not in owners.html
        assert first.columns["shown_amount"].label == f"Amount, {wanted}"


def test_whom_the_missed_month_came_from_is_called_first_in_the_order_of_the_bridge(book):
    drawn, said, *_ = gap_views.month_made(book.month_gap(), N)
    first, rest, _ = summary_actions.action_tables(book.action_list(gather(book).actions), FrontPage(), N)
    called = first.frame[first.frame["measure"] == "missing"]
    steps = text_of(drawn).split("\n")[1].split("; ")[1:]
    assert [f"{row.customer}: −{row.told.split()[0]}" for row in called.itertuples()] == steps[: len(called)]
    assert first.frame["customer"].tolist()[: len(called)] == called["customer"].tolist()
    assert set(called["what"]) == {"Call"} and called["owner"].notna().all()
    assert all(name in text_of(said) for name in called["customer"])
    assert "first the 3 behind the missed plan" in first.caption
    listed = [*first.frame["customer_id"], *rest.frame["customer_id"]]
    assert len(listed) == len(set(listed))


def test_every_action_names_its_figure_and_actions_of_a_kind_are_listed_together(book):
    for shown in summary_actions.action_tables(book.action_list(gather(book).actions), FrontPage(), N)[:2]:
        measures = shown.frame["measure"].tolist()
        assert len(list(groupby(measures))) == len(set(measures))
        late = shown.frame[shown.frame["measure"] == "overdue"].set_index("customer_id")["shown_amount"]
        owed = book.receivables().customers.set_index("customer_id")["overdue_amount"]
        assert late.to_dict() == owed[late.index].to_dict()
        assert shown.frame.loc[shown.frame["measure"] == "overdue", "told"].str.endswith(" overdue").all()


def test_a_large_customer_who_complains_but_buys_as_ever_is_not_worth_its_whole_sales(book):
    behaviour, likely = book.behaviour(), book.likelihood()
    largest = (
        behaviour.customers[behaviour.customers["segment"] == "problem"].nlargest(1, "net_amount").iloc[0]
    )
    listed = book.action_list(gather(book).actions).actions.set_index("customer_id")
    assert likely.probability[largest["customer_id"]] < 0.1
    assert listed.loc[largest["customer_id"], "value_amount"] < 0.1 * largest["net_amount"]


def test_a_subject_whose_tables_are_not_supplied_says_nothing(book):
    silent = Subject("x", lambda book: None, lambda *_: pytest.fail("asked"), lambda *_: pytest.fail("asked"))
    assert gather(book, (silent,)) == Gathered((), ())


def test_the_front_page_takes_what_a_page_has_left_for_it(book, tmp_path, monkeypatch):
    page = "08_service_and_contacts"
    subjects = tuple(subject for subject in SUBJECTS if subject.page == page)
    asked = gather(book, subjects)
    monkeypatch.setattr(cache, "_run", None)
    cache.start_run(tmp_path)
    put_result(book, page)
    for question in ("complaints", "visits", "attention"):
        monkeypatch.setattr(Book, question, lambda self: pytest.fail("asked anew"))
    left = gather(book, subjects)
    assert left.findings == asked.findings
    for before, after in zip(asked.actions, left.actions, strict=True):
        pd.testing.assert_frame_equal(before.worded(), after.worded())


def test_what_every_subject_says_can_go_to_another_process(book):
    said = gather(book)
    travelled = pickle.loads(pickle.dumps(said))
    assert travelled.findings == said.findings
    reasons = [each.reasons(range(min(3, len(each.rows)))) for each in said.actions]
    assert [each.reasons(range(min(3, len(each.rows)))) for each in travelled.actions] == reasons


def test_nothing_to_do_is_said_in_a_line():
    nobody = pd.DataFrame({"customer_id": [], "name": []})
    (only,) = summary_actions.action_tables(action_list([], nobody, 3), FrontPage(), N)
    assert text_of(only) == "No action is proposed this month."
