"""The maps of known sources reconcile to the row and the penny of what their publishers state."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from exports import with_first_answers

from helpers.intake import StandardTables, propose_map, read_tables, reconciliation
from helpers.settings.config import PROJECT_FOLDER, load_settings

SHARED = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared") / "data"
MAPS = PROJECT_FOLDER / "data" / "maps"

pytestmark = pytest.mark.shared


def read_public(name: str, map_name: str, cache: Path) -> StandardTables:
    if not (SHARED / name).is_dir():
        pytest.skip(f"the public data set {name} is not beside the project")
    return read_tables(SHARED / name, load_settings(MAPS / f"{map_name}.toml"), cache)


@pytest.fixture(scope="module")
def adventureworks(tmp_path_factory):
    return read_public("adventureworks_dw", "adventureworks", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory):
    return read_public("online_retail_y1", "online_retail", tmp_path_factory.mktemp("cache"))


def one(tables: StandardTables, table: str, sql: str):
    return duckdb.sql(f"SELECT {sql} FROM '{tables.path(table)}'").fetchone()


def accounts(tables: StandardTables, table: str) -> dict[str, tuple[int, Decimal]]:
    frame = reconciliation(tables).query("table == @table")
    return {
        rule or status: (int(rows["rows"].sum()), sum(rows["amount"].dropna(), Decimal(0)))
        for (status, rule), rows in frame.groupby(["status", "rule"])
    }


def test_adventureworks_keeps_every_line_and_its_money(adventureworks):
    assert accounts(adventureworks, "order_lines") == {"kept": (60_855, Decimal("80450596.9823"))}
    distinct = ", ".join(f"count(DISTINCT {name})" for name in ("order_id", "customer_id", "salesperson_id"))
    assert one(adventureworks, "order_lines", distinct) == (3_796, 635, 17)
    assert not (adventureworks.folder / "quarantine").exists()


def test_adventureworks_costs_are_line_totals(adventureworks):
    assert one(adventureworks, "order_lines", "count(*) FILTER (WHERE net_amount < cost_amount)") == (21_829,)
    assert one(adventureworks, "order_lines", "count(*) FILTER (WHERE list_amount < net_amount - 0.01)") == (
        0,
    )


def test_adventureworks_resellers_have_their_class_and_region(adventureworks):
    classes = duckdb.sql(
        f"SELECT trade_class, count(*) FROM '{adventureworks.path('customers')}' GROUP BY 1"
    ).fetchall()
    assert dict(classes) == {"Warehouse": 232, "Value Added Reseller": 238, "Specialty Bike Shop": 231}
    assert one(adventureworks, "customers", "count(region), count(size_class), count(name)") == (
        701,
        701,
        701,
    )


def test_adventureworks_lookups_neither_lose_nor_multiply_rows(adventureworks):
    assert one(adventureworks, "products", "count(*), count(DISTINCT product_id)") == (606, 606)
    assert one(adventureworks, "products", "count(DISTINCT category), count(category)") == (4, 397)
    assert one(adventureworks, "salespeople", "count(*), count(DISTINCT team)") == (17, 3)


def test_adventureworks_quotas_are_quarterly_targets_of_salespeople(adventureworks):
    periods = one(adventureworks, "targets", "count(*), min(period), max(period), count(DISTINCT scope_id)")
    assert periods == (163, "2011-Q1", "2013-Q4", 17)
    assert one(adventureworks, "targets", "sum(target)") == (Decimal("95714000"),)


def test_online_retail_accounts_for_every_line_and_penny(online_retail):
    found = accounts(online_retail, "order_lines")
    assert sum(rows for rows, _ in found.values()) == 525_461
    assert sum(money for _, money in found.values()) == Decimal("9539484.6340")
    assert found["bad_debt"] == (3, Decimal("-53594.36") + Decimal("-44031.79") + Decimal("-38925.87"))
    assert found["kept"] == (514_853, Decimal("9709754.1540"))
    quarantine = pd.read_parquet(online_retail.folder / "quarantine" / "order_lines.parquet")
    assert len(quarantine) == 525_461 - 514_853
    assert set(quarantine["rule"]) == {"bad_debt", "seller_fee", "test_entry", "stock_movement", "duplicate"}


def test_online_retail_cancellations_stay_as_negative_lines(online_retail):
    cancelled = "FILTER (WHERE order_id LIKE 'C%')"
    lines, money = one(online_retail, "order_lines", f"count(*) {cancelled}, sum(net_amount) {cancelled}")
    assert lines > 10_000
    assert money < -500_000


@pytest.mark.slow
def test_online_retail_duplicates_are_those_the_publisher_counts(online_retail, tmp_path):
    """6,865 full-row repeats in the file; some of them are excluded for another reason first."""
    settings = load_settings(MAPS / "online_retail.toml")
    plain = settings.tables["order_lines"].model_copy(update={"exclude": []})
    tables = read_tables(
        SHARED / "online_retail_y1", settings.model_copy(update={"tables": {"order_lines": plain}}), tmp_path
    )
    assert accounts(tables, "order_lines")["duplicate"][0] == 6_865


def test_online_retail_customers_are_gathered_from_the_lines(online_retail):
    lengths = "min(length(customer_id)), max(length(customer_id))"
    assert one(online_retail, "customers", f"count(DISTINCT customer_id), {lengths}") == (4_383, 5, 5)
    assert one(online_retail, "order_lines", "count(*) FILTER (WHERE customer_id LIKE '%.%')") == (0,)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["adventureworks_dw", "classicmodels", "online_retail_y1", "ibm_accounts_receivable"]
)
def test_map_can_be_proposed_for_every_public_data_set(name, tmp_path):
    if not (SHARED / name).is_dir():
        pytest.skip(f"the public data set {name} is not beside the project")
    path = tmp_path / "workbook.toml"
    path.write_text(with_first_answers(propose_map(SHARED / name)), encoding="utf-8")
    assert load_settings(path).tables


@pytest.mark.parametrize("name", ["adventureworks", "online_retail"])
def test_maps_of_known_sources_load(name):
    assert "order_lines" in load_settings(MAPS / f"{name}.toml").tables
