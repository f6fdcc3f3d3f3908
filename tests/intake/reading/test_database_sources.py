"""Tables of a database are read like files; its address never shows."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from decimal import ROUND_HALF_EVEN, Decimal

import duckdb
import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.intake.reading.sql import HALF_EVEN

SALES = {
    "table": "main.sales",
    "columns": {"order_id": "no", "order_date": "day", "customer_id": "customer", "quantity": "pieces"},
    "lookups": {"area": {"table": "areas", "on": {"area_id": "id"}}},
    "derived": {"channel": "area.area"},
}


@pytest.fixture
def duckdb_file(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE sales AS SELECT 'A' || i AS no, DATE '2026-01-05' AS day, i % 3 AS customer, i "
            "AS pieces,"
            " CAST(i * 1.1 AS DECIMAL(10, 2)) AS net_amount, i % 2 AS area_id FROM range(1, 51) AS t(i)"
        )
        connection.execute(
            "CREATE TABLE areas AS SELECT * FROM (VALUES (0, 'North'), (1, 'South')) AS t(id, area)"
        )
        connection.execute(
            "CREATE VIEW order_lines AS SELECT no AS order_id, day AS order_date, customer AS "
            "customer_id, pieces AS quantity, net_amount FROM sales"
        )
    return path


def test_duckdb_file_is_read_by_path_and_by_url(shop, duckdb_file):
    by_path, by_url = shop.read(duckdb_file), shop.read(f"duckdb://{duckdb_file}")
    assert by_path.key == by_url.key
    lines = shop.table(data=duckdb_file)
    assert lines["net_amount"].sum() == Decimal("1402.5")
    assert set(lines["customer_id"]) == {"0", "1", "2"}


def test_tables_and_lookups_of_a_database_are_mapped(shop, duckdb_file):
    lines = shop.table(data=duckdb_file, tables={"order_lines": SALES})
    assert set(lines["channel"]) == {"North", "South"}
    assert len(lines) == 50


def test_second_reading_of_a_database_file_does_not_open_it(shop, duckdb_file, monkeypatch):
    first = shop.read(duckdb_file)

    def never(*_):
        raise AssertionError("opened again")

    monkeypatch.setattr("helpers.intake.reading.databases.extract", never)
    assert shop.read(duckdb_file) == first


def test_sqlite_file_is_read(shop, tmp_path):
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE order_lines (order_id TEXT, order_date TEXT, customer_id INTEGER, quantity REAL, "
        "net_amount REAL)"
    )
    connection.executemany("INSERT INTO order_lines VALUES (?, '2026-01-05', 7, 1, 2.5)", [("A1",), ("A2",)])
    connection.commit()
    connection.close()
    for data in (path, f"sqlite://{path}"):
        lines = shop.table(data=data)
        assert list(lines["customer_id"]) == ["7", "7"]
        assert lines["net_amount"].sum() == 5


def test_table_that_is_not_there_lists_near_ones(shop, duckdb_file):
    with pytest.raises(
        WorkbookError, match=r"tables.order_lines.table: shop.duckdb has no table 'sale'. Near: sales"
    ):
        shop.read(duckdb_file, tables={"order_lines": {"table": "sale"}})


def test_database_without_order_lines_says_how_to_name_them(shop, tmp_path):
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("CREATE TABLE things (a INTEGER)")
    with pytest.raises(WorkbookError, match=r"x.duckdb has no table of order lines.*table ="):
        shop.read(tmp_path / "x.duckdb")


def test_user_and_options_of_an_address_show_nowhere(shop):
    with pytest.raises(WorkbookError) as error:
        shop.read("postgres://anna@localhost:1/shop?application_name=s3cret")
    assert "s3cret" not in str(error.value)
    assert "anna" not in str(error.value)
    assert "postgres shop" in str(error.value)
    assert error.value.__cause__ is None


def test_address_with_a_password_is_refused_and_the_password_shows_nowhere(shop):
    for address in ("postgres://anna:s3cret@localhost:1/shop", "postgres://localhost:1/shop?password=s3cret"):
        with pytest.raises(WorkbookError, match=r"postgres shop holds a password.*PGPASSWORD") as error:
            shop.read(address)
        assert "s3cret" not in str(error.value)
        assert "anna" not in str(error.value)


def test_missing_database_is_named(shop, tmp_path):
    with pytest.raises(WorkbookError, match="does not exist"):
        shop.read(f"duckdb://{tmp_path / 'none.duckdb'}")
    with pytest.raises(WorkbookError, match="does not exist"):
        shop.read(tmp_path / "none.db")


def sqlite_file(folder, name, *statements):
    connection = sqlite3.connect(folder / name)
    for statement, *values in statements:
        connection.execute(statement, *values)
    connection.commit()
    connection.close()
    return folder / name


LINES = (
    "CREATE TABLE order_lines (order_id TEXT, order_date DATE, customer_id INTEGER, quantity REAL, {} , {} )"
)


def test_decimals_kept_as_bytes_are_read_exactly(shop, tmp_path):
    path = sqlite_file(
        tmp_path,
        "trade.db",
        (LINES.format("net_amount NUMERIC", "extra BLOB"),),
        ("INSERT INTO order_lines VALUES ('S1', '2026-03-05', 3, 2, ?, ?)", (b"20.0050", b"\x00\xff")),
        ("INSERT INTO order_lines VALUES ('S2', '2026-03-06', 4, 1, ?, NULL)", (b"-0.33",)),
        ("INSERT INTO order_lines VALUES ('S3', '2026-03-06', 4, 1, ?, NULL)", (b"\x01\x02",)),
    )
    assert list(shop.table(data=path)["net_amount"]) == [Decimal("20.005"), Decimal("-0.33")]
    assert list(shop.quarantine(data=path)["row_number"]) == [3]


def test_types_of_sqlite_that_nobody_knows_stop_nothing(shop, tmp_path):
    path = sqlite_file(
        tmp_path,
        "book.gnucash",
        (LINES.format("net_amount REAL", "validity INTERVAL"),),
        ("INSERT INTO order_lines VALUES ('S1', '2026-03-05', 3, 2, 10.25, 86400)",),
        ("INSERT INTO order_lines VALUES ('S2', '2026-03-05', 3, 2, 20, 'a day')",),
    )
    assert shop.table(data=path)["net_amount"].sum() == Decimal("30.25")


def test_ids_longer_than_a_float_keep_their_digits(shop, tmp_path):
    path = sqlite_file(
        tmp_path,
        "trade.db",
        (LINES.format("net_amount REAL", "more TEXT"),),
        ("INSERT INTO order_lines VALUES ('S1', '2026-03-05', 20260305000000123, 2, 1, NULL)",),
        ("INSERT INTO order_lines VALUES ('S2', '2026-03-05', 1.5, 2, 1, NULL)",),
    )
    assert set(shop.table(data=path)["customer_id"]) == {"20260305000000123", "1.5"}


def test_a_damaged_sqlite_file_is_named(shop, tmp_path):
    path = sqlite_file(tmp_path, "trade.db", (LINES.format("net_amount REAL", "more TEXT"),))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(WorkbookError, match=r"trade.db cannot be read"):
        shop.read(path)


@pytest.fixture
def ledger(tmp_path):
    """Invoices and lines as ledgers have them: parties that are no customers, columns nobody needs, a half cent."""
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE TABLE party (id INTEGER PRIMARY KEY, name TEXT, photo BLOB);
            INSERT INTO party VALUES (1, 'Our company', x'ff00'), (2, 'Ant', NULL), (3, 'Bee', NULL);
            CREATE TABLE invoice (id INTEGER PRIMARY KEY, party INTEGER, kind TEXT, day TEXT);
            INSERT INTO invoice VALUES (10, 2, 'out', '2026-10-01'), (11, 3, 'out', '2026-10-02'),
                (12, 1, 'in', '2026-10-02');
            CREATE TABLE line (id INTEGER PRIMARY KEY, invoice INTEGER, quantity REAL, price TEXT, odd INTERVAL);
            INSERT INTO line VALUES (100, 10, 1, '0.125', 'x'), (101, 10, 1, '0.125', 'y'), (102, 11, 3, '0.045', NULL),
                (103, 12, 1, '99', NULL);
            """
        )
    return path


LEDGER = {
    "order_lines": {
        "table": "line", "where": "head.kind = 'out'",
        "columns": {"order_id": "invoice", "order_date": "head.day", "customer_id": "head.party",
                    "quantity": "quantity"},
        "derived": {"net_amount": "half_even(CAST(quantity AS DECIMAL(18,4)) * CAST(price AS DECIMAL(18,4)), 2)",
                    "line_no": "row_number() OVER (PARTITION BY invoice ORDER BY __row)"},
        "lookups": {"head": {"table": "invoice", "on": {"invoice": "id"}}},
    },
    "customers": {
        "table": "party", "where": "inv.id > 0", "columns": {"customer_id": "id", "name": "name"},
        "lookups": {"inv": {"table": "invoice", "on": {"id": "party"}, "where": "kind = 'out'",
                            "take": {"id": "count"}}},
    },
}  # fmt: skip


def test_customers_are_those_who_stand_in_invoices(shop, ledger):
    assert list(pd.read_parquet(shop.read(ledger, tables=LEDGER).path("customers"))["name"]) == ["Ant", "Bee"]


def test_a_half_cent_goes_to_the_even_one_and_lines_are_numbered_by_their_place(shop, ledger):
    lines = pd.read_parquet(shop.read(ledger, tables=LEDGER).path("order_lines"))
    assert list(map(str, lines["net_amount"])) == ["0.1200", "0.1200", "0.1400"]
    assert list(lines["line_no"]) == ["1", "2", "1"]


def test_only_the_key_and_what_the_map_names_is_read_and_the_rest_is_named(shop, ledger):
    unread = shop.read(ledger, tables=LEDGER).unread()
    assert unread[""] == ["line.odd", "party.photo"]


def test_rows_without_a_primary_key_that_differ_in_what_nobody_names_are_two(shop, tmp_path):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE order_lines (order_id, order_date, customer_id, quantity, net_amount, batch);"
            "INSERT INTO order_lines VALUES ('A', '2026-10-01', 'C', 1, 5, 'x'), ('A', '2026-10-01', 'C', 1, 5, 'y');"
        )
    assert len(pd.read_parquet(shop.read(path).path("order_lines"))) == 2


@pytest.mark.parametrize("places", [0, 2, 3])
def test_half_even_is_exact(places):
    engine = duckdb.connect()
    engine.execute(HALF_EVEN)
    drawn = random.Random(7)
    values = [Decimal(drawn.randint(-(10**6), 10**6)).scaleb(-places - 1) * 5 for _ in range(400)]
    listed = ", ".join(f"({value:f}::DECIMAL(28,8))" for value in values)
    for value, rounded in engine.execute(
        f"SELECT x, half_even(x, {places}) FROM (VALUES {listed}) AS v(x)"
    ).fetchall():
        assert rounded == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN), value


def test_lists_enums_and_records_of_a_duckdb_file_stop_nothing(shop, tmp_path):
    """An ENUM, as a status is kept, made the whole table unreadable."""
    path = tmp_path / "trade.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TYPE state AS ENUM ('posted', 'cancelled'); CREATE TABLE order_lines AS "
            "SELECT 'A' || i AS order_id, DATE '2026-01-05' AS order_date, i::HUGEINT AS customer_id, 1 AS quantity, "
            "10::DECIMAL(38, 10) AS net_amount, 'posted'::state AS channel, ['a'] AS tags, {'a': 1} AS more, "
            "'{}'::JSON AS extra FROM range(5) AS t(i)"
        )
    lines = shop.table(data=path)
    assert lines["net_amount"].sum() == 50 and set(lines["channel"]) == {"posted"}
