"""Runs that are killed, and runs at once: a report stands there whole or not at all, and is the same."""

import sys

import pytest

from helpers.settings.config import PROJECT_FOLDER

pytestmark = pytest.mark.slow


@pytest.fixture
def runs(monkeypatch):
    """The measurement of benchmarks/kill_runs.py, which makes many more of them."""
    monkeypatch.syspath_prepend(str(PROJECT_FOLDER / "benchmarks"))
    yield __import__("kill_runs")
    sys.modules.pop("kill_runs", None)


def test_a_killed_run_leaves_no_partial_report_and_the_next_one_is_the_same(runs, tmp_path):
    assert runs.kill_runs(tmp_path / "runs", 4) == []


def test_two_runs_at_once_for_the_same_month_both_succeed_with_one_result(runs, tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "order_lines.csv").write_text(runs.LINES)
    both = [runs.started(tmp_path) for _ in range(2)]
    assert [run.wait() for run in both] == [0, 0]
    pack = tmp_path / "reports" / runs.PACK
    first = runs.contents(pack)
    assert first
    assert [path.name for path in pack.parent.iterdir()] == ["company"]
    assert runs.started(tmp_path).wait() == 0
    assert runs.contents(pack) == first
