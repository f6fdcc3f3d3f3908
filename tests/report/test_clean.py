"""Old packs and cached computations go; data, records and what others put there stay."""

import json
import os
import time

import pytest

from helpers.errors import WorkbookError
from helpers.report.clean import clean


def file(path, text="x", days=100):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    then = time.time() - days * 86400 - 60
    os.utime(path, (then, then))
    return path


def pack(folder, days=100, beside=""):
    file(folder / "index.html", days=days)
    if beside:
        file(folder / beside, days=days)
    made = {"outputs": [{"name": "index.html", "sha256": "0"}], "parameters": {}}
    return file(folder / "manifest.json", json.dumps(made), days)


@pytest.fixture
def place(tmp_path, own_cache):
    reports = tmp_path / "reports"
    pack(reports / "2026-01" / "company")
    pack(reports / "2026-09" / "company", days=5)
    pack(reports / "2026-01" / "team-a", beside="my notes.txt")
    pack(reports / "2026-01" / "deliveries" / "packs" / "zh" / "2026-01" / "company")
    file(reports / "2026-01" / "deliveries" / "ann-1" / "mail.eml")
    file(reports / "2026-01" / "deliveries" / "bob-2" / "letter.docx")
    file(reports / "deliveries.jsonl")
    file(reports / "months" / "company.html")
    file(reports / "2026-01" / "notes" / "plan.txt")
    file(tmp_path / "cache" / "seal.key")
    file(tmp_path / "cache" / "tables" / "old" / "order_lines.parquet")
    file(tmp_path / "cache" / "tables" / "new" / "order_lines.parquet", days=1)
    file(tmp_path / "cache" / "mine" / "order_lines.csv")
    file(tmp_path / "exports" / "order_lines.csv")
    return tmp_path


def files(place):
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


GONE = {
    "reports/2026-01/company/index.html", "reports/2026-01/company/manifest.json",
    "reports/2026-01/deliveries/packs/zh/2026-01/company/index.html",
    "reports/2026-01/deliveries/packs/zh/2026-01/company/manifest.json",
    "reports/2026-01/deliveries/ann-1/mail.eml", "cache/tables/old/order_lines.parquet",
}  # fmt: skip


def test_what_is_old_and_ours_goes_and_nothing_else(place):
    before = files(place)
    said = clean("90d", place / "reports", dry_run=False)
    assert before - files(place) == GONE
    assert len(said) == 4 + 1
    assert clean("90d", place / "reports", dry_run=False) == ["0.0 MB freed"]


def test_a_dry_run_lists_the_same_and_removes_nothing(place):
    before = files(place)
    said = clean("90d", place / "reports", dry_run=True)
    assert files(place) == before
    assert [line.replace("would remove", "removed") for line in said[:-1]] == clean(
        "90d", place / "reports", dry_run=False
    )[:-1]


def test_what_is_so_many_days_old_is_not_older_by_the_clocks_next_tick(place):
    said = clean("100d", place / "reports", dry_run=True)
    assert len(said) == 4 + 1
    assert clean("101d", place / "reports", dry_run=True) == ["0.0 MB would be freed"]


def test_packs_of_periods_of_a_year_of_thirteen_go_too(tmp_path, own_cache):
    pack(tmp_path / "2026-P10" / "company")
    file(tmp_path / "2026-P10" / "deliveries" / "ann-1" / "customer-report-2026-P10.zip")
    assert len(clean("90d", tmp_path, dry_run=False)) == 2 + 1
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_a_folder_that_is_no_cache_of_ours_is_left_alone(place):
    (place / "cache" / "seal.key").unlink()
    clean("90d", place / "reports", dry_run=False)
    assert (place / "cache" / "tables" / "old" / "order_lines.parquet").exists()


def test_a_link_is_not_followed(place):
    (place / "reports" / "2026-01" / "linked").symlink_to(place / "exports")
    clean("1d", place / "reports", dry_run=False)
    assert (place / "exports" / "order_lines.csv").exists()


@pytest.mark.parametrize("age", ["", "90", "0d", "-3d", "3 months", "d"])
def test_an_age_that_is_none_is_refused(place, age):
    with pytest.raises(WorkbookError, match="as 90d"):
        clean(age, place / "reports", dry_run=False)
