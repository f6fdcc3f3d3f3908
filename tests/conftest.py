"""Fixtures that every test may use; what they build from stands in ``builders.py``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from builders import Rows, write_standard_tables

from helpers.config import Settings
from helpers.facts import Facts
from helpers.intake.tables import StandardTables
from helpers.report.monthly import ReportRequest, make_report


@pytest.fixture
def standard_tables(tmp_path: Path) -> Callable[..., StandardTables]:
    """``standard_tables(order_lines=[...], customers=[...])``: each call makes a data set of its own."""
    count = iter(range(1000))
    return lambda **supplied: write_standard_tables(tmp_path / f"tables-{next(count)}", supplied)


@pytest.fixture
def facts_of(standard_tables: Callable[..., StandardTables], tmp_path: Path) -> Callable[..., Facts]:
    """``facts_of("2026-10", order_lines=[...], ...)``: the facts of these rows as of the month."""

    def build(month: str, settings: Settings | None = None, **supplied: Rows) -> Facts:
        tables = standard_tables(**supplied)
        return Facts(tables, pd.Period(month, "M"), settings or Settings(), tmp_path / "cache")

    return build


@pytest.fixture(scope="session")
def salespersons_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real pack of the sample, of one salesperson: made once for all tests that look at one."""
    request = ReportRequest(month="2026-10", scope="salesperson:S01", out=tmp_path_factory.mktemp("reports"))
    return make_report(request, lambda step: None).folder


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, where there is one; Playwright can be started once in a process."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
