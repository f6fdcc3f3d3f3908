"""Silence on trading time in the facts, on either engine."""

from __future__ import annotations

from builders import line

from helpers.settings.config import Settings
from helpers.settings.periods import CalendarRules
from helpers.subjects.sales.purchase_summary import trading_silence

CHINA = Settings(calendar=CalendarRules(country="CN"))


def test_summary_panel_and_signals_count_the_same_silence_and_readers_see_days(facts_of):
    lines = [line("a", day, 10) for day in ("2025-12-01", "2026-01-05", "2026-02-05")] + [
        line("b", "2026-02-28", 1)
    ]
    facts = facts_of("2026-02", CHINA, order_lines=lines)
    summary, panel, rhythm = (facts.frame(name) for name in ("customer_summary", "purchase_panel", "rhythm"))
    now = panel[panel["origin"] == "2026-02-01"]
    for frame in (summary, now):
        row = frame[frame["customer_id"] == "a"]
        assert (trading_silence(row).item(), row["silence_days"].item()) == (6, 23)
    row = rhythm[rhythm["customer_id"] == "a"]
    assert (row["trading_silence_days"].item(), row["silence_days"].item()) == (6, 23)


def test_without_a_calendar_silence_is_days(facts_of):
    facts = facts_of("2026-02", order_lines=[line("a", "2026-01-05", 10), line("a", "2026-02-05", 10)])
    for name in ("customer_summary", "purchase_panel"):
        row = facts.frame(name).tail(1)
        assert trading_silence(row).item() == row["silence_days"].item() == 23
    assert "trading_silence_days" not in facts.frame("rhythm")
