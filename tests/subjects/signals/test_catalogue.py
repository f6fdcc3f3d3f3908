"""A signal is one record: page, playbook and churn score take it from there."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
from books import book_on, text_of
from builders import line

from helpers.book import open_book
from helpers.errors import WorkbookError
from helpers.present.numbers import numbers
from helpers.settings.analysis import Playbook
from helpers.subjects.card.part_views import signals as signals_of_card
from helpers.subjects.churn.learning import features as learning
from helpers.subjects.churn.words import reason_words
from helpers.subjects.signals import catalogue, views
from helpers.subjects.signals.definition import Signal, share_change, share_features

N = numbers("en", "CNY")
#: We still see the customer, but ever more by telephone.
TOY = Signal(
    name="toy",
    measure=share_change("visits", "contacts", worse=-1),
    label=lambda _: _("Visits give way to calls"),
    sentence=lambda row, n: n.words("visits are {now} of the contacts", now=n.percent(row["value"], 0)),
    step=lambda _: _("Go there again"),
    needs="interactions",
    least_change=0.2,
    features=share_features("visit_share", "visits", "contacts"),
)
IDS = [f"c{number:02}" for number in range(12)]
MONTHS = pd.period_range("2024-01", "2026-03", freq="M")


def contacts(who, month):
    """Four visits a month; with c00 from October 2025 on one, and four calls."""
    kinds = ["visit", *["call"] * 4] if who == "c00" and month >= pd.Period("2025-10") else ["visit"] * 4
    return [
        {"date": f"{month}-{day:02}", "customer_id": who, "kind": k} for day, k in enumerate(kinds, start=20)
    ]


@pytest.fixture
def cache_of_worlds(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def book_of(facts_of):
    def build():
        facts = facts_of(
            "2026-03",
            order_lines=[line(who, f"{month}-10", 100) for who in IDS for month in MONTHS],
            customers=[
                {"customer_id": who, "name": f"Firm {who}", "trade_class": "DIY shops"} for who in IDS
            ],
            interactions=[row for who in IDS for month in MONTHS for row in contacts(who, month)],
        )
        return book_on(facts)

    return build


@pytest.fixture
def with_toy(monkeypatch, book_of):
    monkeypatch.setattr(catalogue, "SIGNALS", (*catalogue.SIGNALS, TOY))
    return book_of()


@pytest.mark.slow
def test_a_signal_of_one_record_is_on_the_page_with_its_sentence_and_its_step(with_toy):
    sent = with_toy.signals()
    table = text_of(views.signals_table(sent, Playbook(), N))
    assert "Firm c00" in table and "visits are 20% of the contacts" in table and "Go there again" in table
    assert "Firm c01" not in table
    assert "Send the boss." in text_of(
        views.signals_table(sent, Playbook(steps={"toy": "Send the boss."}), N)
    )
    assert "Visits give way to calls" in text_of(views.overview_table(sent, N))
    assert "visits are 20% of the contacts" in text_of(views.customer_table(sent, "c00", N))
    card = SimpleNamespace(signals=sent.of("c00"))
    assert signals_of_card(card, N)[1].sentences == (
        "Visits give way to calls: visits are 20% of the contacts.",
    )


def test_a_signal_of_one_record_is_learnt_from_and_can_be_a_reason(with_toy):
    panel, known = with_toy.frame("purchase_panel"), with_toy.frame("signal_panel")
    sent = learning.informative_signals(panel, known)
    assert {"visit_share", "visit_share_change"} <= set(sent)
    rows = learning.signal_features(panel, known, sent)[panel["customer_id"] == "c00"]
    assert rows["visit_share"].iloc[-1] == 0.2
    assert rows["visit_share_change"].iloc[-1] == -0.8
    assert learning.reason_columns()["toy"] == ("visit_share", "visit_share_change")
    assert reason_words({"reasons": ("toy",)}, N) == "Visits give way to calls"


@pytest.mark.slow
def test_without_the_record_nothing_of_it_is_there(book_of):
    book = book_of()
    assert "toy" not in set(book.signals().signals["signal"])
    assert "visit_share" not in book.frame("signal_panel")


def test_a_signal_that_lacks_its_table_is_said_to_be_missing(monkeypatch, facts_of):
    """Also where it reads what no table has."""
    other = replace(TOY, measure=share_change("faxes", "contacts", worse=1), needs="interactions.fax")
    monkeypatch.setattr(catalogue, "SIGNALS", (*catalogue.SIGNALS, other))
    facts = facts_of("2026-03", order_lines=[line("c1", f"{month}-10", 100) for month in MONTHS])
    book = book_on(facts)
    sent = book.signals()
    assert sent.absent["toy"] == "interactions.fax"
    assert "Visits give way to calls (interactions.fax)" in text_of(views.signal_findings(sent, N))


def test_every_column_that_is_learnt_from_speaks_for_one_reason(book_of):
    panel = book_of().frame("purchase_panel")
    bought = learning.purchase_features(panel, None, 3, learning.usual_gaps(panel))
    speaking = [name for columns in learning.reason_columns().values() for name in columns]
    assert sorted(speaking) == sorted([*bought.columns, *catalogue.features()])
    assert len({each.name for each in catalogue.SIGNALS}) == len(catalogue.SIGNALS)


def test_a_step_of_the_playbook_for_no_signal_is_an_error_that_names_the_signals(tmp_path):
    path = tmp_path / "workbook.toml"
    path.write_text('[playbook.steps]\nsilences = "Call."\n')
    with pytest.raises(WorkbookError, match=r"silences.*signals are silence, p_alive, spend"):
        open_book(map=path)
