"""Notebooks, scopes and processes share one cache: what one has computed, no other computes again."""

import pathlib
import subprocess
import sys

import pandas as pd
import pytest

from helpers.book import open_book
from helpers.engine import publish as written
from helpers.engine.store import FactStore

SCRIPT = """
from helpers.book import open_book
book = open_book(month="2026-09")
print(repr(float(book.composition().total["net_amount"].iloc[0])))
"""


@pytest.fixture
def cold_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path))
    return tmp_path


@pytest.mark.slow
def test_processes_that_start_together_on_an_empty_cache_agree(cold_cache):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], ended
    assert len({said for said, _ in ended}) == 1
    leftovers = [
        path for path in cold_cache.rglob("*") if path.suffix == ".tmp" or path.name.startswith(".building")
    ]
    assert leftovers == []


def test_a_second_scope_computes_no_fact_again(cold_cache, monkeypatch):
    company = open_book(month="2026-09").composition().total["net_amount"].iloc[0]

    def refuse(*arguments):
        raise AssertionError("a fact was computed again")

    monkeypatch.setattr(FactStore, "_compute", refuse)
    team = open_book(month="2026-09", scope="team:Export").composition().total["net_amount"].iloc[0]
    assert 0 < team < company


def test_another_month_has_facts_of_its_own(cold_cache):
    september, august = open_book(month="2026-09"), open_book(month="2026-08")
    assert september.facts.folder != august.facts.folder
    assert august.frame("customer_months")["month"].max() == pd.Timestamp("2026-08-01")


def test_file_that_another_process_has_written_meanwhile_keeps_its_bytes(tmp_path):
    """Who has opened it would else read the footer of one file and the pages of another."""
    path = tmp_path / "fact.parquet"

    def slower(draft):
        path.write_text("the faster one's")
        pathlib.Path(draft).write_text("mine, the same rows in another order")

    written.write_whole(path, slower)
    assert path.read_text() == "the faster one's"
    assert list(tmp_path.iterdir()) == [path]
