"""Builders that turn a few rows into standard tables, so that tests read as sentences about the business."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from helpers.intake.cleaning.judging import TYPES
from helpers.intake.contracts import CONTRACTS, OWN_DAY, columns
from helpers.intake.tables import StandardTables

MONEY = TYPES["money"]
#: Type on the engine by table and column.
COLUMNS: dict[str, dict[str, str]] = {
    table: {column.name: TYPES.get(column.kind, "VARCHAR") for column in columns(table)}
    for table in CONTRACTS
}

Rows = Iterable[Mapping[str, Any]]


def write_standard_tables(folder: Path, supplied: Mapping[str, Rows]) -> StandardTables:
    """Write rows as intake would; a column counts as supplied when any row names it."""
    folder.mkdir(parents=True, exist_ok=True)
    names: dict[str, frozenset[str]] = {}
    digest = hashlib.sha256()
    counted = []
    with _engine().cursor() as engine:
        for table, rows in supplied.items():
            listed = list(rows)
            given = frozenset(key for row in listed for key in row)
            kinds = {**COLUMNS[table], **({OWN_DAY: "DATE"} if OWN_DAY in given else {})}
            names[table] = given - {OWN_DAY}
            assert names[table] <= kinds.keys(), (
                f"{table}: {names[table] - kinds.keys()} is no contract column"
            )
            # As texts in one piece: row by row the engine takes a second for what it takes in a fortieth of one.
            texts = {name: [_text(row.get(name)) for row in listed] for name in kinds}
            engine.register("given", pa.table(texts, pa.schema(dict.fromkeys(kinds, pa.string()))))
            typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in kinds.items())
            engine.execute(f"COPY (SELECT {typed} FROM given) TO '{folder / table}.parquet'")
            digest.update(repr((table, listed)).encode())
            counted.append(f"('{table}', {len(listed)}::BIGINT)")
        engine.execute(
            "COPY (SELECT name AS \"table\", NULL::DATE AS month, 'kept' AS status, '' AS rule, rows,"
            " NULL::DECIMAL(38,4) AS amount, NULL::DECIMAL(38,4) AS report_amount"
            f" FROM (VALUES {', '.join(counted)}) AS t(name, rows))"
            f" TO '{folder}/reconciliation.parquet'"
        )
    return StandardTables(folder, digest.hexdigest(), names, ())


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One for all worlds of a process: to open one takes as long as to write a small world."""
    return duckdb.connect()


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def bracket(agreement_id: str, start: float, rate: float | None = None, **more: Any) -> dict[str, Any]:
    """One row of the table rebate_agreements, on net sales of 2026, with customer a."""
    of = {
        "first_day": "2026-01-01",
        "last_day": "2026-12-31",
        "basis": "net_sales",
        "counting": "retroactive",
    }
    whose = {} if "group_id" in more else {"customer_id": "a"}
    return {"agreement_id": agreement_id, "bracket_from": start, "rate": rate, **of, **whose, **more}


def line(
    customer: str | None, date: str, net: float | str, order: str | None = None, **more: Any
) -> dict[str, Any]:
    """One order line; the order is named after customer and day unless it is given."""
    return {
        "order_id": order or f"{customer}@{date}", "order_date": date, "customer_id": customer,
        "quantity": 1, "net_amount": str(net), **more,
    }  # fmt: skip


def invoice(
    number: str, customer: str, date: str, due: str, amount: float | str, **more: Any
) -> dict[str, Any]:
    """One row of the table invoices."""
    return {
        "invoice_id": number, "customer_id": customer, "invoice_date": date, "due_date": due, "amount": amount, **more,
    }  # fmt: skip


def payment(
    date: str, amount: float | str, number: str | None = None, customer: str | None = None
) -> dict[str, Any]:
    """One row of the table payments, of an invoice or of a customer alone."""
    return {"payment_date": date, "amount": amount, "invoice_id": number, "customer_id": customer}
