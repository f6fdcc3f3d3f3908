"""The contracts are what the data contract says, and a table that breaks one is refused."""

from __future__ import annotations

import duckdb
import ibis
import pandera.errors
import pytest

from helpers.intake import contracts
from helpers.intake.build import broken_rules
from helpers.intake.cleaning.judging import TYPES
from helpers.settings.source import TABLE_NAMES


def test_every_standard_table_has_a_contract_that_says_what_its_columns_are():
    assert tuple(contracts.CONTRACTS) == TABLE_NAMES
    for model in contracts.CONTRACTS.values():
        assert model.__doc__.startswith("One row a")
        for column in model.to_schema().columns.values():
            assert column.description
            assert "unit" in column.metadata


def test_money_and_quantities_are_decimal_and_dates_are_dates():
    kinds = {
        "money": "decimal(18, 4)",
        "quantity": "decimal(18, 4)",
        "date": "date",
        "timestamp": "timestamp(6)",
        "score": "float64",
    }
    for table, model in contracts.CONTRACTS.items():
        for column in contracts.columns(table):
            assert str(model.to_schema().columns[column.name].dtype) == kinds.get(column.kind, "string")


def test_required_columns_are_those_of_the_data_contract():
    required = {table: [c.name for c in contracts.columns(table) if c.required] for table in TABLE_NAMES}
    # customer_id must be a column of the order lines, but a line without customer counts as unassigned.
    assert required["order_lines"] == ["order_id", "order_date", "quantity", "net_amount"]
    assert contracts.NEEDED_COLUMNS["order_lines"] == ("customer_id",)
    assert required["customers"] == ["customer_id"]
    assert required["salespeople"] == ["salesperson_id", "name"]
    assert required["invoices"] == ["invoice_id", "customer_id", "invoice_date", "due_date", "amount"]
    assert required["wallet_evidence"] == ["customer_id", "as_of", "annual_purchases", "method"]


@pytest.mark.parametrize(
    "change",
    [
        "NULL :: VARCHAR AS customer_id",
        "'gadget' AS method",
        "1.5 :: DOUBLE AS annual_purchases",
        "'2026-01-01' AS as_of",
    ],
)
def test_table_that_breaks_its_contract_is_refused(change, tmp_path):
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE good AS SELECT 'C1' AS customer_id, DATE '2026-01-01' AS as_of,"
        " 1.5 :: DECIMAL(18,4) AS annual_purchases, 'stated' AS method, NULL :: VARCHAR AS currency"
    )
    connection.execute(f"CREATE TABLE bad AS SELECT * REPLACE ({change}) FROM good")
    engine = ibis.duckdb.from_connection(connection)
    contract = contracts.CONTRACTS["wallet_evidence"]
    contract.validate(engine.table("good"))
    with pytest.raises(pandera.errors.SchemaError):
        contract.validate(engine.table("bad"))
    for name in ("good", "bad"):
        connection.execute(f"COPY {name} TO '{tmp_path / name}.parquet'")
    good, bad = (
        broken_rules(connection, "wallet_evidence", tmp_path / f"{name}.parquet") for name in ("good", "bad")
    )
    assert good == [] and len(bad) == 1


def test_every_rule_of_a_contract_is_asked_of_what_was_written(tmp_path):
    """Of a table without rows no rule is broken, and each can be asked."""
    connection = duckdb.connect()
    for table in TABLE_NAMES:
        columns = ", ".join(
            f"NULL :: {TYPES.get(each.kind, 'VARCHAR')} AS {each.name}" for each in contracts.columns(table)
        )
        connection.execute(f"COPY (SELECT {columns} LIMIT 0) TO '{tmp_path / table}.parquet'")
        assert broken_rules(connection, table, tmp_path / f"{table}.parquet") == []


@pytest.mark.parametrize(("score", "sound"), [("4", True), ("'nan'", False), ("NULL", False)])
def test_a_score_that_is_no_number_breaks_the_contract_of_surveys(tmp_path, score, sound):
    connection = duckdb.connect()
    connection.execute(
        "COPY (SELECT DATE '2026-01-01' AS date, 'C1' AS customer_id, CAST("
        + score
        + " AS DOUBLE) AS score, "
        "1 :: DOUBLE AS scale_min, 5 :: DOUBLE AS scale_max, 'How?' AS question) "
        f"TO '{tmp_path}/surveys.parquet'"
    )
    assert (broken_rules(connection, "surveys", tmp_path / "surveys.parquet") == []) == sound
