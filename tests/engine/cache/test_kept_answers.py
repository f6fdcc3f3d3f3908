"""What was learnt is found again by what it rests on, by reports of any month, and a broken file costs time alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from builders import line
from churn_world import orders

from helpers.book import Book
from helpers.engine.cache import answers as kept
from helpers.engine.cache.answers import kept_by_content
from helpers.present.numbers import numbers
from helpers.settings.config import Settings
from helpers.subjects.registry import open_facts

LINES = [line("a", f"2025-{month:02}-10", 10) for month in (1, 2, 3)]


def learnt(facts, *values):
    """Ask for an answer that rests on the values; say whether it was computed."""
    computed = []
    answer = kept_by_content(facts)("lesson", values, lambda: computed.append(1) or len(values))
    assert answer == len(values)
    return bool(computed)


def test_reports_of_other_months_find_what_rests_on_the_same_values(facts_of):
    values = np.arange(6.0)
    assert learnt(facts_of("2025-02", order_lines=LINES), values, "rhythm")
    assert not learnt(facts_of("2025-03", order_lines=LINES), values.copy(), "rhythm")


@pytest.mark.parametrize(
    "other",
    [
        (np.arange(6.0) + 1e-16 * np.arange(6) + 2**-50, "rhythm"),
        (np.arange(6.0).reshape(2, 3), "rhythm"),
        (np.arange(6.0)[::-1], "rhythm"),
        (np.arange(6), "rhythm"),
        (np.arange(6.0), "logistic"),
        (np.arange(6.0),),
    ],
)
def test_other_values_shapes_kinds_and_words_are_learnt_anew(facts_of, other):
    facts = facts_of("2025-03", order_lines=LINES)
    assert learnt(facts, np.arange(6.0), "rhythm")
    assert learnt(facts, *other)


def test_other_code_learns_anew(facts_of, monkeypatch):
    facts = facts_of("2025-03", order_lines=LINES)
    assert learnt(facts, "rhythm")
    monkeypatch.setattr(kept, "_code", lambda: "other")
    assert learnt(facts, "rhythm")


def test_a_file_cut_short_is_learnt_anew(facts_of):
    facts = facts_of("2025-03", order_lines=LINES)
    learnt(facts, "rhythm")
    (file,) = facts.months_folder.rglob("lesson.pickle")
    file.write_bytes(file.read_bytes()[:3])
    assert learnt(facts, "rhythm")
    assert not learnt(facts, "rhythm")


def book_of(facts):
    return Book(facts.month, facts.scope("company"), Settings(), facts.tables, facts, numbers("en", "CNY"))


@pytest.fixture
def fits(monkeypatch):
    """How many fits were computed and not found: a list that grows."""
    from helpers.subjects.churn.learning import fit

    counted, fitted = [], fit._forms_fitted
    monkeypatch.setattr(fit, "_forms_fitted", lambda *given: counted.append(1) or fitted(*given))
    return counted


@pytest.mark.slow
def test_a_second_month_says_what_it_would_say_from_an_empty_cache_and_learns_its_own_month_alone(
    facts_of, fits, tmp_path
):
    rows = orders()
    book_of(facts_of("2026-09", order_lines=rows)).churn()
    first, later = len(fits), facts_of("2026-10", order_lines=rows)
    kept_before = book_of(later).churn()
    second = len(fits) - first
    assert kept_before.method == "learned"
    assert 0 < second <= 2 < first  # of leaving and of shrinking
    anew = book_of(open_facts(later.tables, later.month, later.settings, tmp_path / "empty")).churn()
    assert len(fits) - first - second > 10
    for part in ("customers", "history", "states", "test", "shrinking_test"):
        pd.testing.assert_frame_equal(getattr(kept_before, part), getattr(anew, part), check_exact=True)
    assert kept_before.warn.curve.equals(anew.warn.curve)
    # An order of March 2026 is found to have been another: what was learnt before it stands.
    late = next(row for row in rows if row["order_date"] > "2026-03-01")
    changed = facts_of("2026-10", order_lines=[*rows, late | {"order_id": "more", "net_amount": 3000}])
    before = len(fits)
    corrected = book_of(changed).churn()
    again = len(fits) - before
    assert 0 < again < first
    anew = book_of(open_facts(changed.tables, changed.month, changed.settings, tmp_path / "other")).churn()
    pd.testing.assert_frame_equal(corrected.customers, anew.customers, check_exact=True)
    assert not corrected.customers.equals(kept_before.customers)


def test_who_needs_a_part_of_an_answer_does_not_hold_it(facts_of):
    """It is computed once, lies in its file, and is in nobody's memory; who holds it already hands it out."""
    facts, settings, computed = facts_of("2025-03", order_lines=LINES), Settings(), []

    def learn():
        computed.append(1)
        return [1, 2, 3]

    assert kept.kept_unheld(facts, settings, "lesson", learn) == [1, 2, 3]
    assert not facts.answers
    held = kept.kept(facts, settings, "lesson", learn)
    assert kept.kept_unheld(facts, settings, "lesson", learn) is held
    assert len(computed) == 1
