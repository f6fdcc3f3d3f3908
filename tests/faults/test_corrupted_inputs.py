"""Corrupted exports end in a sentence or in figures that account for every row and cent: see benchmarks/fuzz.py."""

import sys
from decimal import Decimal

import pandas as pd
import pytest
from builders import line

from helpers.errors import WorkbookError
from helpers.intake import read_tables, reconciliation, reconciliation_text
from helpers.settings.config import PROJECT_FOLDER, parse_settings

HEADS = "order_id,line_no,order_date,customer_id,quantity,net_amount\n"
SOUND = "".join(
    f"A{n},1,2026-0{1 + n % 3}-05,C{n % 4},1,{n}.50\nR{n},1,2026-0{1 + n % 3}-06,C{n % 4},-1,-1\n"
    for n in range(9)
)


@pytest.fixture
def fuzz(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT_FOLDER / "benchmarks"))
    yield __import__("fuzz")
    sys.modules.pop("fuzz", None)


@pytest.mark.slow
def test_corrupted_exports_are_refused_in_a_paragraph_or_accounted_for(fuzz, monkeypatch):
    monkeypatch.setenv("WORKBOOK_CACHE", "")  # put back after the run, which has a cache of its own
    found = fuzz.run(60, 21, 30, lambda text: None)
    assert found["messages"] == []
    assert found["read"] > 10
    assert found["refused"] > 10


def test_the_search_sees_a_lost_row_and_a_changed_amount(fuzz, tmp_path):
    inputs = (fuzz.Input(number, 1, tmp_path / str(number)) for number in range(100))
    given = next(
        each
        for each in inputs
        if (each.folder / "order_lines.csv").exists() and not any("order_lines" in what for what in each.done)
    )
    for other in given.folder.iterdir():
        if other.name != "order_lines.csv":
            other.unlink()
    tables = read_tables(
        given.folder, parse_settings({"report": {"currency": "CNY"}}, "x"), tmp_path / "cache"
    )
    assert list(fuzz.wrong(given, tables)) == []
    lines = given.written["order_lines"]
    lines[1][lines[0].index("net_amount")] = "77777.00"
    assert "the rows kept say" in next(fuzz.wrong(given, tables))
    del lines[1]
    assert list(fuzz.wrong(given, tables)) == ["order_lines: 149 rows written, 150 read"]


def read(folder, lines, name="order_lines.csv", **more):
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "order_lines.csv").write_text(
        HEADS + SOUND + (lines if name == "order_lines.csv" else "")
    )
    if name != "order_lines.csv":
        (folder / "data" / name).write_text(lines)
    settings = parse_settings({"quarantine": {"max_share": 1}, "report": {"currency": "CNY"}, **more}, "x")
    return read_tables(folder / "data", settings, folder / "cache")


@pytest.mark.parametrize(
    ("amount", "kept", "rounded"),
    [
        ("1.23456", "1.2346", True),
        ("0.1234567891", "0.1235", True),
        ("-0.00004", "0.0000", True),
        ("1e-7", "0.0000", True),
        ("1.234500", "1.2345", False),
        ("12.5e1", "125.0000", False),
        ("1234567890123.4567", "1234567890123.4567", False),
    ],
)
def test_an_amount_of_more_than_four_decimals_is_rounded_and_counted(tmp_path, amount, kept, rounded):
    tables = read(tmp_path, f"X,1,2026-01-09,C1,1,{amount}\n")
    rows = pd.read_parquet(tables.path("order_lines")).set_index("order_id")
    assert rows.loc["X", "net_amount"] == Decimal(kept)
    said = reconciliation(tables)
    assert int(said.loc[said["rule"] == "rounded", "rows"].sum()) == int(rounded)
    assert ("kept: rounded" in reconciliation_text(tables)) == rounded


def test_noise_of_binary_fractions_is_no_rounding(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    amounts = [0.1 + 0.2, 1234567.1, 2.675, 1e10 / 3]
    frame = pd.DataFrame(
        [line("C1", "2026-01-05", 0, order=str(n)) | {"net_amount": x} for n, x in enumerate(amounts)]
    )
    frame.to_parquet(folder / "order_lines.parquet")
    said = reconciliation(read_tables(folder, parse_settings({}, "x"), tmp_path / "cache"))
    assert int(said.loc[said["rule"] == "rounded", "rows"].sum()) == 1  # a third of ten billion


def test_sums_that_do_not_fit_are_refused_with_the_largest_amount_and_its_place(tmp_path):
    with pytest.raises(WorkbookError) as raised:
        read(tmp_path, "X,1,2026-01-09,C1,1,60000000000000\nY,1,2026-01-09,C1,1,-59000000000000\n")
    assert "net_amount adds up to 119,000,000,000" in str(raised.value)
    assert "The largest is 60,000,000,000,000.0000 in order_lines.csv, data row 19" in str(raised.value)


def test_a_score_off_its_scale_is_set_aside_under_a_rule_of_its_own(tmp_path):
    tables = read(
        tmp_path,
        "date,customer_id,score,scale_min,scale_max\n2026-01-05,C1,999,1,10\n2026-01-05,C2,7,1,10\n2026-01-06,C1,1e300,,\n"
        "2026-01-07,C1,11,,\n2026-01-08,C3,85,0,100\n2026-01-09,C3,5,5,5\n",
        "surveys.csv",
    )  # fmt: skip
    assert pd.read_parquet(tables.path("surveys"))["score"].tolist() == [7, 85]
    aside = pd.read_parquet(tables.folder / "quarantine" / "surveys.parquet")
    assert aside["rule"].tolist() == ["off_scale"] * 4
    assert "score is '999', which is not on its scale" in aside["sentence"][0]
