"""Notebooks, scopes and processes share one cache: what one has computed, no other computes again."""

import subprocess
import sys

import pandas as pd
import pytest

from helpers.book import open_book
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


@pytest.fixture(scope="module")
def own_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("own")


@pytest.fixture
def shared_cache(own_cache, monkeypatch):
    """A cache of this file's tests, in which the sample is read once."""
    monkeypatch.setenv("WORKBOOK_CACHE", str(own_cache))
    return own_cache


@pytest.mark.slow
def test_processes_that_start_together_on_an_empty_cache_agree(cold_cache):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    ended = [process.communicate(timeout=300) for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    assert len({said for said, _ in ended}) == 1
    leftovers = [
        path
        for path in cold_cache.rglob("*")
        if path.name.startswith(".") and not path.name.endswith(".seal")
    ]
    assert leftovers == []


@pytest.mark.slow
def test_a_second_scope_computes_no_fact_again(shared_cache, monkeypatch):
    company = open_book(month="2026-09").composition().total["net_amount"].iloc[0]

    def refuse(*arguments):
        raise AssertionError("a fact was computed again")

    monkeypatch.setattr(FactStore, "_compute", refuse)
    team = open_book(month="2026-09", scope="team:Export").composition().total["net_amount"].iloc[0]
    assert 0 < team < company


def test_another_month_has_facts_of_its_own(shared_cache):
    september, august = open_book(month="2026-09"), open_book(month="2026-08")
    assert september.facts.folder != august.facts.folder
    assert august.frame("customer_months")["month"].max() == pd.Timestamp("2026-08-01")


def test_nobody_else_may_read_what_a_page_has_left_in_the_cache(shared_cache):
    open_book(month="2026-09")._grade_rows()
    rights = {
        path.relative_to(shared_cache): (path.is_dir(), path.stat().st_mode & 0o777)
        for path in shared_cache.rglob("*")
    }
    assert {path: mode for path, mode in rights.items() if mode not in ((True, 0o700), (False, 0o600))} == {}
    assert {path.parts[0] for path in rights} >= {"facts", "history", "months"}
