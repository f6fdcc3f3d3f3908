"""The sample in the repository is what the generator makes, small, and shows what a real base shows."""

from __future__ import annotations

import re

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from helpers.settings.config import SAMPLE_FOLDER, load_settings
from workbook_sample import make_sample, traits

CUSTOMERS, MONTHS, SEED = 400, 36, 7


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    return make_sample(CUSTOMERS, MONTHS, SEED, tmp_path_factory.mktemp("again") / "sample").folder


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_committed_sample_holds_the_rows_that_the_generator_makes(again):
    assert files_in(SAMPLE_FOLDER) == files_in(again)
    for name in files_in(again):
        if name.endswith(".parquet"):
            committed, made = (pd.read_parquet(folder / name) for folder in (SAMPLE_FOLDER, again))
            pd.testing.assert_frame_equal(committed, made, check_exact=True)


def test_committed_sample_is_byte_for_byte_what_the_generator_makes(again):
    """Parquet files name the library that wrote them; another version may lay them out otherwise."""
    committed, made = (
        pq.read_metadata(folder / "order_lines.parquet").created_by for folder in (SAMPLE_FOLDER, again)
    )
    if committed != made:
        pytest.skip(f"the committed sample was written by {committed}, here is {made}")
    for name in files_in(again):
        assert (SAMPLE_FOLDER / name).read_bytes() == (again / name).read_bytes(), name


def test_command_in_the_dictionary_is_the_one_that_made_it():
    text = (SAMPLE_FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert f"workbook sample --customers {CUSTOMERS} --months {MONTHS} --seed {SEED} " in text


def test_dictionary_names_every_column_of_every_table():
    text = (SAMPLE_FOLDER.parent / "README.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE))
    for name in (name for name in files_in(SAMPLE_FOLDER) if name.endswith(".parquet")):
        columns = pq.read_schema(SAMPLE_FOLDER / name).names
        described = re.findall(r"^\| `(\w+)` \|", sections[name.removesuffix(".parquet")], re.MULTILINE)
        assert described == columns, name


def test_committed_sample_is_small():
    assert sum(path.stat().st_size for path in SAMPLE_FOLDER.rglob("*") if path.is_file()) < 3_000_000


def test_settings_of_the_committed_sample_load():
    assert load_settings(SAMPLE_FOLDER / "workbook.toml").report.company


def test_every_trade_class_region_and_both_scripts_are_there():
    customers = pd.read_parquet(SAMPLE_FOLDER / "customers.parquet")
    assert set(customers["trade_class"]) == set(traits.TRADE_CLASSES)
    assert set(customers["region"]) == set(traits.REGIONS)
    chinese = customers["name"].str.contains(r"[\u4e00-\u9fff]")
    assert 0.4 < chinese.mean() < 0.9


@pytest.mark.parametrize("sign", ["'", "&", "ö"])
def test_names_have_the_signs_that_real_names_have(sign):
    assert pd.read_parquet(SAMPLE_FOLDER / "customers.parquet")["name"].str.contains(sign).any()


def test_names_hold_nothing_that_a_page_or_a_sheet_would_take_for_code():
    names = pd.read_parquet(SAMPLE_FOLDER / "customers.parquet")["name"]
    assert not names.str.contains(r"[<>\"`\n\t/\\]|^[=+@-]").any()
    assert names.str.len().max() > 40


def test_people_change_salesperson_class_and_size_and_a_team_changes():
    customers = pd.read_parquet(SAMPLE_FOLDER / "customers.parquet")
    for column in ("salesperson_id", "trade_class", "size_class"):
        values = customers[["customer_id", column]].drop_duplicates()
        assert values["customer_id"].duplicated().sum() > 3, column
    salespeople = pd.read_parquet(SAMPLE_FOLDER / "salespeople.parquet")
    assert 6 <= salespeople["salesperson_id"].nunique() <= 8
    teams = salespeople[["salesperson_id", "team"]].drop_duplicates()
    assert teams["salesperson_id"].duplicated().any()


def test_trade_of_the_last_year_fits_the_classes():
    shares = duckdb.execute(
        f"""WITH present AS (SELECT DISTINCT ON (customer_id) customer_id, trade_class
            FROM read_parquet('{SAMPLE_FOLDER}/customers.parquet') ORDER BY customer_id, valid_from DESC)
        SELECT trade_class, sum(net_amount)::DOUBLE FROM present
        JOIN read_parquet('{SAMPLE_FOLDER}/order_lines.parquet') USING (customer_id)
        WHERE order_date > '2025-10-31' GROUP BY 1"""
    ).fetchall()
    sales = np.array([net for _, net in shares])
    assert len(shares) == 7
    assert sales.min() / sales.sum() > 0.003
    assert sales.max() / sales.sum() < 0.4


def test_some_complaints_and_invoices_are_still_open():
    complaints = pd.read_parquet(SAMPLE_FOLDER / "complaints.parquet")
    assert 0 < complaints["resolved_at"].isna().mean() < 0.2
    invoices = pd.read_parquet(SAMPLE_FOLDER / "invoices.parquet")
    payments = pd.read_parquet(SAMPLE_FOLDER / "payments.parquet")
    unpaid = ~invoices["invoice_id"].isin(payments["invoice_id"])
    assert 0.02 < unpaid.mean() < 0.2
    assert payments["invoice_id"].duplicated().any()
