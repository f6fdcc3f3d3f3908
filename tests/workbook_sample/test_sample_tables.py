"""The sample keeps the data contract: tables, columns, types, keys."""

from __future__ import annotations

import pytest

TEXT, DAY, INSTANT, MONEY, NUMBER = "VARCHAR", "DATE", "TIMESTAMP", "DECIMAL(18,4)", "DOUBLE"
CONTRACT = {
    "order_lines": {
        "order_id": TEXT, "order_date": DAY, "customer_id": TEXT, "line_no": TEXT, "product_id": TEXT,
        "quantity": MONEY, "net_amount": MONEY, "list_amount": MONEY, "cost_amount": MONEY, "currency": TEXT,
        "salesperson_id": TEXT, "enquiry_date": DAY, "channel": TEXT,
    },
    "customers": {
        "customer_id": TEXT, "name": TEXT, "trade_class": TEXT, "region": TEXT, "industry": TEXT,
        "size_class": TEXT, "salesperson_id": TEXT, "acquisition_source": TEXT, "first_contact_date": DAY,
        "credit_limit": MONEY, "interest_level": TEXT, "parent_id": TEXT, "valid_from": DAY,
    },
    "products": {
        "product_id": TEXT, "name": TEXT, "category": TEXT, "offering_role": TEXT, "launch_date": DAY,
        "stock": MONEY, "stock_date": DAY,
    },
    "salespeople": {"salesperson_id": TEXT, "name": TEXT, "team": TEXT, "region": TEXT, "valid_from": DAY},
    "targets": {"period": TEXT, "scope_type": TEXT, "scope_id": TEXT, "metric": TEXT, "target": MONEY},
    "invoices": {
        "invoice_id": TEXT, "customer_id": TEXT, "invoice_date": DAY, "due_date": DAY, "amount": MONEY,
    },
    "payments": {"payment_date": DAY, "invoice_id": TEXT, "customer_id": TEXT, "amount": MONEY},
    "interactions": {
        "date": DAY, "customer_id": TEXT, "kind": TEXT, "salesperson_id": TEXT, "contact_role": TEXT,
        "topic": TEXT, "outcome": TEXT,
    },
    "complaints": {
        "opened_at": INSTANT, "customer_id": TEXT, "category": TEXT, "severity": TEXT,
        "first_response_at": INSTANT, "resolved_at": INSTANT,
    },
    "surveys": {
        "date": DAY, "customer_id": TEXT, "score": NUMBER, "scale_min": NUMBER, "scale_max": NUMBER,
        "question": TEXT,
    },
    "wallet_evidence": {"customer_id": TEXT, "as_of": DAY, "annual_purchases": MONEY, "method": TEXT},
    "prospects": {
        "prospect_id": TEXT, "first_contact_date": DAY, "source": TEXT, "grade": TEXT, "trade_class": TEXT,
        "salesperson_id": TEXT, "converted_customer_id": TEXT, "converted_date": DAY,
    },
    "quotes": {
        "quote_id": TEXT, "quote_date": DAY, "customer_id": TEXT, "product_id": TEXT, "amount": MONEY, "status": TEXT,
        "decided_at": DAY, "reason": TEXT, "salesperson_id": TEXT, "order_id": TEXT,
    },
    "deliveries": {
        "order_id": TEXT, "line_no": TEXT, "promised_date": DAY, "shipped_date": DAY, "quantity": MONEY,
    },
    "return_reasons": {"order_id": TEXT, "line_no": TEXT, "reason": TEXT},
    "rebate_agreements": {
        "agreement_id": TEXT, "customer_id": TEXT, "group_id": TEXT, "first_day": DAY, "last_day": DAY, "basis": TEXT,
        "counting": TEXT, "bracket_from": MONEY, "rate": MONEY, "category": TEXT, "product_id": TEXT, "paid_in": TEXT,
        "recorded_at": DAY,
    },
    "rebate_payments": {"agreement_id": TEXT, "payment_date": DAY, "amount": MONEY, "kind": TEXT},
    "costs": {"date": DAY, "customer_id": TEXT, "kind": TEXT, "amount": MONEY},
}  # fmt: skip


@pytest.mark.parametrize("table", CONTRACT)
def test_table_has_the_columns_and_types_of_the_contract(database, table):
    columns = database.execute(f"DESCRIBE {table}").fetchall()
    assert {name: kind for name, kind, *_ in columns} == CONTRACT[table]
    assert database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0


def test_no_table_beside_the_contract(generated):
    assert {path.stem for path in generated.folder.glob("*.parquet")} == set(CONTRACT)
    assert {f"{path}.parquet" for path in generated.rows} == {
        str(path.relative_to(generated.folder)) for path in generated.folder.rglob("*.parquet")
    }


@pytest.mark.parametrize(
    ("table", "column", "target", "key"),
    [
        ("order_lines", "customer_id", "customers", "customer_id"),
        ("order_lines", "product_id", "products", "product_id"),
        ("order_lines", "salesperson_id", "salespeople", "salesperson_id"),
        ("customers", "salesperson_id", "salespeople", "salesperson_id"),
        ("customers", "parent_id", "customers", "customer_id"),
        ("invoices", "customer_id", "customers", "customer_id"),
        ("payments", "customer_id", "customers", "customer_id"),
        ("payments", "invoice_id", "invoices", "invoice_id"),
        ("interactions", "customer_id", "customers", "customer_id"),
        ("interactions", "salesperson_id", "salespeople", "salesperson_id"),
        ("complaints", "customer_id", "customers", "customer_id"),
        ("surveys", "customer_id", "customers", "customer_id"),
        ("wallet_evidence", "customer_id", "customers", "customer_id"),
        ("prospects", "converted_customer_id", "customers", "customer_id"),
        ("prospects", "salesperson_id", "salespeople", "salesperson_id"),
        ("quotes", "customer_id", "customers", "customer_id"),
        ("quotes", "product_id", "products", "product_id"),
        ("quotes", "order_id", "order_lines", "order_id"),
        ("deliveries", "order_id", "order_lines", "order_id"),
        ("return_reasons", "order_id", "order_lines", "order_id"),
    ],
)
def test_every_reference_is_met(database, table, column, target, key):
    orphans = f"SELECT DISTINCT {column} FROM {table} WHERE {column} NOT IN (SELECT {key} FROM {target})"
    assert database.execute(orphans).fetchall() == []


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("order_lines", "order_id, line_no"),
        ("customers", "customer_id, valid_from"),
        ("products", "product_id"),
        ("salespeople", "salesperson_id, valid_from"),
        ("targets", "period, scope_type, scope_id, metric"),
        ("invoices", "invoice_id"),
        ("wallet_evidence", "customer_id, as_of, method"),
        ("prospects", "prospect_id"),
        ("quotes", "quote_id"),
        ("return_reasons", "order_id, line_no"),
    ],
)
def test_key_is_unique(database, table, key):
    repeated = f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1"
    assert database.execute(repeated).fetchall() == []


def test_nothing_is_recorded_after_the_end_of_the_data(database):
    dates = {
        "order_lines": "order_date", "customers": "valid_from", "invoices": "invoice_date",
        "payments": "payment_date", "interactions": "date", "complaints": "opened_at::DATE",
        "surveys": "date", "wallet_evidence": "as_of", "prospects": "first_contact_date",
        "salespeople": "valid_from", "quotes": "greatest(quote_date, decided_at)", "deliveries": "shipped_date",
    }  # fmt: skip
    for table, date in dates.items():
        assert str(database.execute(f"SELECT max({date}) FROM {table}").fetchone()[0]) <= "2026-10-31", table
    answered = "SELECT max(greatest(first_response_at, resolved_at))::DATE FROM complaints"
    assert str(database.execute(answered).fetchone()[0]) <= "2026-10-31"


def test_no_two_customers_share_a_name(database):
    names = "SELECT count(DISTINCT name), count(DISTINCT customer_id) FROM customers"
    distinct, customers = database.execute(names).fetchone()
    assert distinct == customers == 1500


def test_cancelled_order_sums_to_nothing_and_keeps_its_number(database):
    cancelled = database.execute(
        """SELECT sum(net_amount), sum(quantity), sum(cost_amount), count(DISTINCT order_date)
        FROM order_lines WHERE order_id LIKE 'A%' GROUP BY order_id HAVING min(net_amount) < 0"""
    ).fetchall()
    assert len(cancelled) > 50
    assert set(cancelled) == {(0, 0, 0, 2)}


def test_return_takes_back_no_more_than_was_sold(database):
    returned = database.execute(
        """SELECT r.quantity + s.quantity, r.order_date > s.order_date, r.net_amount + s.net_amount
        FROM order_lines r JOIN order_lines s
        ON s.order_id = 'A' || r.order_id[2:] AND s.line_no = r.line_no WHERE r.order_id LIKE 'R%'"""
    ).fetchall()
    assert len(returned) > 500
    assert all(left >= 0 and later and money >= 0 for left, later, money in returned)


def test_payments_never_exceed_the_invoice(database):
    paid = """SELECT count(*) FROM invoices i JOIN (
        SELECT invoice_id, sum(amount) AS paid FROM payments GROUP BY 1) USING (invoice_id)
        WHERE paid > i.amount"""
    assert database.execute(paid).fetchone()[0] == 0


def test_lines_without_customer_are_few_but_there(database):
    share = database.execute("SELECT avg((customer_id IS NULL)::INT) FROM order_lines").fetchone()[0]
    assert 0 < share < 0.01
