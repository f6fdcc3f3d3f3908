"""What was learnt is found again by what it rests on, by reports of any month, and a broken file costs time alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from books import book_on
from builders import line
from churn_world import orders

from helpers.book import Book
from helpers.core.code_key import imported_modules
from helpers.engine.cache import cache as caching
from helpers.engine.cache.cache import Cache, cached_in_process, cached_in_run, start_run
from helpers.settings.config import Settings
from helpers.subjects.registry import open_facts

LINES = [line("a", f"2025-{month:02}-10", 10) for month in (1, 2, 3)]


def by_module(compute, module="helpers.subjects.churn.churn"):
    """Let a function count as one of a module of ours: by its code, the answer is named."""
    compute.__module__ = module
    return compute


def learnt(facts, *values):
    """Ask for an answer that rests on the values; say whether it was computed."""
    computed = []
    compute = by_module(lambda: computed.append(1) or len(values))
    answer = Cache(facts, Settings()).by_content("lesson", values, compute)
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
    monkeypatch.setattr(caching, "code_key_of", lambda _: "other")
    assert learnt(facts, "rhythm")


def test_a_file_cut_short_is_learnt_anew(facts_of):
    facts = facts_of("2025-03", order_lines=LINES)
    learnt(facts, "rhythm")
    (file,) = facts.months_folder.rglob("lesson.answer")
    file.write_bytes(file.read_bytes()[:-1])
    assert learnt(facts, "rhythm")
    assert not learnt(facts, "rhythm")


@pytest.fixture
def fits(monkeypatch):
    """How many fits were computed and not found: a list that grows."""
    from helpers.subjects.churn.learning import fit

    counted, fitted = [], fit._fit_each
    monkeypatch.setattr(fit, "_fit_each", lambda *given: counted.append(1) or fitted(*given))
    return counted


@pytest.mark.slow
def test_a_second_month_says_what_it_would_say_from_an_empty_cache_and_learns_its_own_month_alone(
    facts_of, fits, tmp_path
):
    rows = orders()
    book_on(facts_of("2026-09", order_lines=rows)).churn()
    first, later = len(fits), facts_of("2026-10", order_lines=rows)
    found_before = book_on(later).churn()
    second = len(fits) - first
    assert found_before.method == "learned"
    assert 0 < second <= 2 < first  # of leaving and of shrinking
    anew = book_on(open_facts(later.tables, later.month, later.settings, tmp_path / "empty")).churn()
    assert len(fits) - first - second > 10
    for part in ("customers", "history", "states", "test", "shrinking_test"):
        pd.testing.assert_frame_equal(getattr(found_before, part), getattr(anew, part), check_exact=True)
    assert found_before.warn.curve.equals(anew.warn.curve)
    # An order of March 2026 is found to have been another: what was learnt before it stands.
    late = next(row for row in rows if row["order_date"] > "2026-03-01")
    changed = facts_of("2026-10", order_lines=[*rows, late | {"order_id": "more", "net_amount": 3000}])
    before = len(fits)
    corrected = book_on(changed).churn()
    again = len(fits) - before
    assert 0 < again < first
    anew = book_on(open_facts(changed.tables, changed.month, changed.settings, tmp_path / "other")).churn()
    pd.testing.assert_frame_equal(corrected.customers, anew.customers, check_exact=True)
    assert not corrected.customers.equals(found_before.customers)


def test_who_needs_a_part_of_an_answer_does_not_hold_it(facts_of):
    """It is computed once, lies in its file, and is in nobody's memory; who holds it already hands it out."""
    facts, computed = facts_of("2025-03", order_lines=LINES), []
    cache, learn = Cache(facts, Settings()), by_module(lambda: computed.append(1) or [1, 2, 3])
    assert cache.get_or_compute("lesson", learn, keep=False) == [1, 2, 3]
    assert not facts.answers
    held = cache.get_or_compute("lesson", learn)
    assert cache.get_or_compute("lesson", learn, keep=False) is held
    cache.precompute("lesson", learn)
    assert len(computed) == 1


def test_other_settings_and_other_code_have_answers_of_their_own(facts_of):
    facts = facts_of("2025-03", order_lines=LINES)
    others = Settings.model_validate({"report": {"company": "Another"}})

    def answer(settings, module, value):
        return Cache(facts, settings).get_or_compute("lesson", by_module(lambda: value, module))

    assert answer(Settings(), "helpers.subjects.churn.churn", 1) == 1
    assert answer(others, "helpers.subjects.churn.churn", 2) == 2
    assert answer(Settings(), "helpers.subjects.value.lifetime", 3) == 3
    assert answer(Settings(), "helpers.subjects.churn.churn", 4) == 1


def test_a_change_of_a_page_has_nothing_learnt_anew():
    """No view, chart or text of a page is among the code that names what subjects have learnt."""
    learning = {base.__module__ for base in Book.__mro__ if base.__module__.endswith("queries")}
    # What became of last month's actions rests on what that month's page proposed, and is named by that page's code.
    learning.remove("helpers.subjects.followup.queries")
    reached = imported_modules(sorted(learning))
    assert "helpers.subjects.churn.learning.fit" in reached
    code = [name for name in reached if not name.startswith("helpers.settings.")]
    assert [name for name in code if "view" in name or "explorer" in name or "report" in name] == []
    shown = {name for name in reached if name.startswith("helpers.present.")}
    # A signal's record says which kind of action it calls for, and how its figures are written.
    assert shown == {f"helpers.present.{name}" for name in ("actions", "numbers", "words")}


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(caching, "_run", None)
    start_run(tmp_path)
    return tmp_path


def test_what_a_process_of_a_run_has_made_is_not_made_again(run_folder):
    assert cached_in_run("sales", lambda: [1, 2]) == [1, 2]
    assert cached_in_run("sales", lambda: pytest.fail("made again")) == [1, 2]
    assert cached_in_run("margin", lambda: 3) == 3


def test_of_a_kind_the_last_is_held_as_long_as_a_process_works_for_a_report(run_folder):
    assert cached_in_process("book", "S01", lambda: 1) == 1
    assert cached_in_process("book", "S01", lambda: pytest.fail("made again")) == 1
    assert cached_in_process("book", "S02", lambda: 2) == 2
    assert cached_in_process("book", "S01", lambda: 3) == 3


def test_outside_a_report_everything_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(caching, "_run", None)
    assert [cached_in_run("sales", lambda: 1), cached_in_run("sales", lambda: 2)] == [1, 2]
    assert [cached_in_process("sales", "", lambda: 1), cached_in_process("sales", "", lambda: 2)] == [1, 2]
    assert not any(tmp_path.iterdir())
