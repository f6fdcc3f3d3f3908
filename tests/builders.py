"""Builders that turn a few rows into standard tables, so that tests read as sentences about the business."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from helpers.intake.contracts import OWN_DAY
from helpers.intake.tables import StandardTables

MONEY = "DECIMAL(18,4)"
COLUMNS: dict[str, dict[str, str]] = {
    "order_lines": {
        "order_id": "VARCHAR", "order_date": "DATE", "customer_id": "VARCHAR", "line_no": "VARCHAR",
        "product_id": "VARCHAR", "quantity": MONEY, "net_amount": MONEY, "list_amount": MONEY,
        "cost_amount": MONEY, "currency": "VARCHAR", "salesperson_id": "VARCHAR", "enquiry_date": "DATE",
        "channel": "VARCHAR",
    },
    "customers": {
        "customer_id": "VARCHAR", "name": "VARCHAR", "trade_class": "VARCHAR", "region": "VARCHAR",
        "industry": "VARCHAR", "size_class": "VARCHAR", "salesperson_id": "VARCHAR",
        "acquisition_source": "VARCHAR", "first_contact_date": "DATE", "credit_limit": MONEY,
        "interest_level": "VARCHAR", "parent_id": "VARCHAR", "status": "VARCHAR", "closed_date": "DATE",
        "tax_number": "VARCHAR", "phone": "VARCHAR", "address": "VARCHAR", "town": "VARCHAR", "valid_from": "DATE",
    },
    "salespeople": {
        "salesperson_id": "VARCHAR", "name": "VARCHAR", "team": "VARCHAR", "region": "VARCHAR",
        "valid_from": "DATE",
    },
    "targets": {
        "period": "VARCHAR", "scope_type": "VARCHAR", "scope_id": "VARCHAR", "metric": "VARCHAR",
        "target": MONEY, "recorded_at": "DATE", "currency": "VARCHAR",
    },
    "complaints": {
        "opened_at": "TIMESTAMP", "customer_id": "VARCHAR", "category": "VARCHAR", "severity": "VARCHAR",
        "first_response_at": "TIMESTAMP", "resolved_at": "TIMESTAMP",
    },
    "wallet_evidence": {
        "customer_id": "VARCHAR", "as_of": "DATE", "annual_purchases": MONEY, "method": "VARCHAR",
    },
    "products": {
        "product_id": "VARCHAR", "name": "VARCHAR", "category": "VARCHAR", "offering_role": "VARCHAR",
        "launch_date": "DATE", "stock": MONEY, "stock_date": "DATE", "valid_from": "DATE",
    },
    "invoices": {
        "invoice_id": "VARCHAR", "instalment": "VARCHAR", "customer_id": "VARCHAR", "invoice_date": "DATE",
        "due_date": "DATE", "amount": MONEY, "currency": "VARCHAR",
    },
    "payments": {
        "payment_date": "DATE", "invoice_id": "VARCHAR", "customer_id": "VARCHAR", "instalment": "VARCHAR",
        "amount": MONEY,
        "settled_amount": MONEY, "currency": "VARCHAR",
    },
    "interactions": {
        "date": "DATE", "customer_id": "VARCHAR", "kind": "VARCHAR", "salesperson_id": "VARCHAR",
        "contact_role": "VARCHAR", "topic": "VARCHAR", "outcome": "VARCHAR",
    },
    "surveys": {
        "date": "DATE", "customer_id": "VARCHAR", "score": "DOUBLE", "scale_min": "DOUBLE",
        "scale_max": "DOUBLE", "question": "VARCHAR",
    },
    "prospects": {
        "prospect_id": "VARCHAR", "first_contact_date": "DATE", "source": "VARCHAR", "grade": "VARCHAR",
        "trade_class": "VARCHAR", "salesperson_id": "VARCHAR", "converted_customer_id": "VARCHAR",
        "converted_date": "DATE",
    },
    "customer_aliases": {
        "customer_id": "VARCHAR", "same_as": "VARCHAR", "from_date": "DATE", "decision": "VARCHAR",
        "decided_by": "VARCHAR", "reason": "VARCHAR",
    },
    "buying_groups": {
        "customer_id": "VARCHAR", "group_id": "VARCHAR", "group_name": "VARCHAR", "valid_from": "DATE",
    },
    "days_off": {
        "date": "DATE", "region": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "announced_on": "DATE",
    },
    "exchange_rates": {
        "currency": "VARCHAR", "date": "DATE", "month": "VARCHAR", "rate": "DOUBLE", "units": MONEY,
        "quotation": "VARCHAR", "announced_on": "DATE",
    },
    "action_results": {
        "month": "VARCHAR", "customer_id": "VARCHAR", "action": "VARCHAR", "status": "VARCHAR", "date": "DATE",
        "note": "VARCHAR",
    },
    "quotes": {
        "quote_id": "VARCHAR", "quote_date": "DATE", "customer_id": "VARCHAR", "prospect_id": "VARCHAR",
        "product_id": "VARCHAR", "amount": MONEY, "status": "VARCHAR", "decided_at": "DATE", "reason": "VARCHAR",
        "salesperson_id": "VARCHAR", "order_id": "VARCHAR",
    },
    "deliveries": {
        "order_id": "VARCHAR", "line_no": "VARCHAR", "promised_date": "DATE", "shipped_date": "DATE", "quantity": MONEY,
        "recorded_on": "DATE",
    },
    "return_reasons": {
        "order_id": "VARCHAR", "line_no": "VARCHAR", "reason": "VARCHAR", "recorded_on": "DATE",
    },
    "rebate_agreements": {
        "agreement_id": "VARCHAR", "customer_id": "VARCHAR", "group_id": "VARCHAR", "first_day": "DATE",
        "last_day": "DATE", "basis": "VARCHAR", "counting": "VARCHAR", "bracket_from": MONEY, "rate": MONEY,
        "amount": MONEY, "unit_amount": MONEY, "base_amount": MONEY, "product_id": "VARCHAR", "category": "VARCHAR",
        "paid_in": "VARCHAR", "recorded_at": "DATE",
    },
    "rebate_payments": {
        "agreement_id": "VARCHAR", "payment_date": "DATE", "amount": MONEY, "kind": "VARCHAR",
    },
    "costs": {
        "date": "DATE", "customer_id": "VARCHAR", "order_id": "VARCHAR", "kind": "VARCHAR", "amount": MONEY,
    },
}  # fmt: skip

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
            columns = {**COLUMNS[table], **({OWN_DAY: "DATE"} if OWN_DAY in given else {})}
            names[table] = given - {OWN_DAY}
            assert names[table] <= columns.keys(), (
                f"{table}: {names[table] - columns.keys()} is no contract column"
            )
            # As texts in one piece: row by row the engine takes a second for what it takes in a fortieth of one.
            texts = {name: [_text(row.get(name)) for row in listed] for name in columns}
            engine.register("given", pa.table(texts, pa.schema(dict.fromkeys(columns, pa.string()))))
            typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
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
