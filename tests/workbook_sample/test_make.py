"""Making a sample: the same seed gives the same bytes, and nothing is half made or overwritten."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from helpers.errors import WorkbookError
from helpers.settings.config import load_settings
from workbook_sample import make, make_sample


def fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_same_seed_gives_the_same_bytes_on_any_number_of_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "CUSTOMERS_A_CHUNK", 40)
    first = make_sample(100, 12, 3, tmp_path / "first")
    threads = pa.cpu_count()
    pa.set_cpu_count(threads + 3)
    try:
        second = make_sample(100, 12, 3, tmp_path / "second")
    finally:
        pa.set_cpu_count(threads)
    assert fingerprints(first.folder) == fingerprints(second.folder)
    assert len(fingerprints(first.folder)) == 22


def test_another_seed_gives_another_company(tmp_path):
    made = make_sample(60, 12, 3, tmp_path / "first")
    first = fingerprints(made.folder)
    other = fingerprints(make_sample(60, 12, 4, tmp_path / "other").folder)
    empty = {
        f"{name}.parquet" for name, rows in made.rows.items() if not rows
    }  # agreements: there is no year before
    assert [name for name in first if first[name] == other[name] and name not in empty] == ["workbook.toml"]


def test_customers_of_the_first_chunk_do_not_depend_on_those_that_follow(tmp_path, monkeypatch):
    """What a chunk draws comes from its own seed: that is what keeps a million customers within memory."""
    monkeypatch.setattr(make, "CUSTOMERS_A_CHUNK", 30)
    one = make_sample(30, 12, 3, tmp_path / "one")
    three = make_sample(90, 12, 3, tmp_path / "three")
    few, many = (pd.read_parquet(s.folder / "truth" / "customers.parquet") for s in (one, three))
    pd.testing.assert_frame_equal(few, many.iloc[:30])


def test_data_end_with_the_month_asked_for(tmp_path):
    summary = make_sample(40, 6, 3, tmp_path / "s", end=pd.Period("2024-03"))
    lines = pd.read_parquet(summary.folder / "order_lines.parquet")
    assert summary.first_month == pd.Period("2023-10")
    assert str(lines["order_date"].min()) >= "2023-10-01"
    assert "2024-03-01" <= str(lines["order_date"].max()) <= "2024-03-31"


@pytest.mark.parametrize("customers", [1, 2, 7])
def test_tiny_company_still_has_every_table(tmp_path, customers):
    summary = make_sample(customers, 3, 5, tmp_path / "s")
    assert len(list(summary.folder.glob("*.parquet"))) == 18


def test_progress_rises_to_one(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "CUSTOMERS_A_CHUNK", 20)
    shares: list[float] = []
    make_sample(50, 6, 3, tmp_path / "s", progress=shares.append)
    assert shares == [0.4, 0.8, 1.0]


def test_settings_of_the_sample_are_valid(generated):
    settings = load_settings(generated.folder / "workbook.toml")
    assert settings.report.currency == "CNY"
    assert list(settings.policy["trade_class"]) == settings.order["trade_class"]
    assert len(settings.order["trade_class"]) == 7


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ((0, 12, 1), "customers"),
        ((10, 2, 1), "months"),
        ((10, 12, -1), "seed"),
        ((10**8, 12, 1), "customers"),
    ],
)
def test_parameter_out_of_range_is_named(tmp_path, parameters, word):
    with pytest.raises(WorkbookError, match=word):
        make_sample(*parameters, tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(WorkbookError, match="not empty"):
        make_sample(10, 6, 1, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_empty_folder_is_filled(tmp_path):
    (tmp_path / "s").mkdir()
    make_sample(10, 6, 1, tmp_path / "s")
    assert (tmp_path / "s" / "order_lines.parquet").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_file_where_the_folder_should_be_is_an_error_to_act_on(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match="cannot be written"):
        make_sample(10, 6, 1, tmp_path / "file" / "s")


def test_run_that_breaks_off_leaves_nothing(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(make, "target_rows", full)
    with pytest.raises(WorkbookError, match="No space left"):
        make_sample(10, 6, 1, tmp_path / "s")
    assert list(tmp_path.iterdir()) == []
