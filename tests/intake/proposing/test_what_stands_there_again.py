"""Sales that an export says again, for each state, payment or system, are asked about, each answer with its money."""

from __future__ import annotations

import sqlite3

import pytest
from exports import proposed

from helpers.intake import propose_map
from helpers.questions import open_questions

HEAD = "Order No,Order Date,Customer No,Item No,Qty,Amount"


def asked(folder, head, *rows, name="orders"):
    """Propose a map for one file: what is asked, by the last part of the key, but for the currency."""
    (folder / f"{name}.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    found = {each.key.rpartition(".")[2]: each for each in open_questions(propose_map(folder))}
    found.pop("currency", None)
    return found


def again(*tails, first="A"):
    """Four orders of 100 to 400, each of which stands there once for each tail."""
    return [
        f"{first}{n},2026-01-0{n},C{n % 3},P{n},{n},{n}00,{tail.format(n=n)}" for n in range(1, 5) for tail in tails
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "rows", "first"),
    [
        ("Status,Changed At", again("confirmed,2026-01-10", "paid,2026-01-11", "shipped,2026-01-12"), "Changed At"),
        ("Payment Method,Payment Amount", again("card,{n}0", "voucher,{n}5"), "first"),
        ("Tracking No,Ship Date", again("T{n}1,2026-01-11", "T{n}2,2026-01-12"), "Ship Date"),
        ("Ledger", again("0L", "2L"), "first"),
    ],
)  # fmt: skip
def test_lines_there_again_for_each_state_payment_parcel_or_ledger_count_once(tmp_path, head, rows, first):
    answers = asked(tmp_path, f"{HEAD},{head}", *rows)["where"].answers
    assert first in answers[0][1] and answers[0][1].endswith("4 rows, 1,000.00")
    assert answers[-1][1] == f"each row is a sale of its own: {len(rows)} rows, {250 * len(rows):,}.00"


def test_an_order_that_was_cancelled_at_last_is_none_whatever_it_was_before(tmp_path):
    rows = again("confirmed,2026-01-10", "shipped,2026-01-12")
    rows[1] = rows[1].replace("shipped", "cancelled")
    found = proposed(tmp_path, {"orders": "\n".join([f"{HEAD},Status,Changed At", *rows])}, where=0,
                     more="[quarantine]\nmax_share = 1\n")  # fmt: skip
    assert found.net == 200 + 300 + 400


def test_one_order_of_which_the_parts_of_a_payment_add_up_is_enough_to_ask(tmp_path):
    rows = [f"{row}Y{n}" for n, row in enumerate(again("{n}00,"))]
    rows[3:] = [row.replace("400,Y3", "200,Y3") for row in rows[3:]] + ["A4,2026-01-04,C1,P4,4,400,200,Y9"]
    found = asked(tmp_path, f"{HEAD},Payment Amount,Payment Id", *rows)
    assert "1 rows with 400.00 are those above them again" in found["where"].asks


@pytest.mark.parametrize(
    ("head", "words"),
    [("Batch", ("B1", "B2", "B3", "B4")), ("Note", ("", "", "", ""))],
)
def test_an_order_with_lines_of_its_own_asks_nothing(tmp_path, head, words):
    rows = [f"A{n},2026-01-0{n},C{n},P{n},{n},{n}00,{word}" for n, word in enumerate(words, 1)]
    assert asked(tmp_path, f"{HEAD},{head}", *rows) == {}


def test_a_history_counts_its_current_rows(tmp_path):
    rows = ["A1,2026-01-05,K1,P1,2,200,2026-01-10", "A1,2026-01-05,K1,P1,3,300,9999-12-31",
            "A2,2026-01-06,K2,P2,1,100,9999-12-31"]  # fmt: skip
    assert asked(tmp_path, f"{HEAD},valid_to", *rows)["where"].answers[0][1].endswith("2 rows, 400.00")
    flags = [row.replace("2026-01-10", "0").replace("9999-12-31", "1") for row in rows]
    assert asked(tmp_path, f"{HEAD},is_current", *flags)["where"].answers[0][1].endswith("2 rows, 400.00")


def test_a_log_of_changes_counts_each_line_as_it_is_at_last(tmp_path):
    rows = ["A1,2026-01-05,K1,P1,2,200,I,2026-01-05 10:00", "A1,2026-01-05,K1,P1,3,300,U,2026-01-06 10:00",
            "A2,2026-01-06,K2,P2,1,100,I,2026-01-06 11:00", "A2,2026-01-06,K2,P2,1,100,D,2026-01-08 11:00",
            "A3,2026-01-07,K2,P2,1,50,I,2026-01-07 11:00"]  # fmt: skip
    assert asked(tmp_path, f"{HEAD},op,ts", *rows)["where"].answers[0][1].endswith("2 rows, 350.00")


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("System,Reference", [*again("POS,W{n}"), *again("ERP,W{n}", first="E")]),
        ("Doc Category", [*again("C", first="C"), *again("J", first="J"), *again("M", first="M")]),
    ],
)
def test_systems_and_documents_that_have_the_sales_of_one_another_are_told(tmp_path, head, rows):
    answers = asked(tmp_path, f"{HEAD},{head}", *rows)["where"].answers
    assert (
        all(means.endswith("4 rows, 1,000.00") for _, means in answers[:-1])
        and len(answers) == len(rows) // 4 + 1
    )


def test_ledgers_with_the_same_sales_are_told_without_numbers_of_documents(tmp_path):
    rows = [f"2026-01-0{n},C{n % 3},P{n},{n},{n}00,{ledger}" for n in range(1, 5) for ledger in ("0L", "2L")]
    answers = asked(tmp_path, "Order Date,Customer No,Item No,Qty,Amount,Ledger", *rows)["where"].answers
    assert answers[0][1] == "0L, and not 2L: 4 rows, 1,000.00"


def test_two_files_with_the_sales_of_one_another_are_told(tmp_path):
    for name in ("erp", "pos"):
        rows = again("", first=name)
        (tmp_path / f"{name}.csv").write_text("\n".join([f"{HEAD},Note", *rows]), encoding="utf-8")
    (question,) = [each for each in open_questions(propose_map(tmp_path)) if each.key.endswith("where")]
    assert question.answers[0][1] == "erp.csv, and not pos.csv: 4 rows, 1,000.00"


def test_an_amount_in_two_currencies_on_two_rows_is_one_sale(tmp_path):
    rows = [f"A{n},2026-01-0{n},C{n},P{n},{n},{n}{cents},{kind}" for n in range(1, 5)
            for cents, kind in (("00", "10"), ("10", "30"))]  # fmt: skip
    answers = asked(tmp_path, f"{HEAD},Currency Type", *rows)["where"].answers
    assert answers[0][1] == "10, and not 30: 4 rows, 1,000.00"


@pytest.mark.parametrize(
    ("head", "no", "yes"), [("del_flag", "0", "2"), ("dr", "0", "1"), ("Deletion Indicator", "", "X")]
)
def test_flags_of_deletion_take_the_row_out(tmp_path, head, no, yes):
    rows = [f"A{n},2026-01-0{n},C{n},P{n},1,{n}00,{yes if n == 2 else no}" for n in range(1, 4)]
    (tmp_path / "orders.csv").write_text("\n".join([f"{HEAD},{head}", *rows]), encoding="utf-8")
    text = propose_map(tmp_path)
    assert f"{head} says" in text and f"{yes}: 1 rows, 200.00" in text
    assert f"IN ('{yes}')" in text and 'rule = "not_sold"' in text


def test_a_quantity_that_was_cancelled_is_no_flag(tmp_path):
    rows = [f"A{n},2026-01-0{n},C{n},P{n},3,{n}00,{n % 2}" for n in range(1, 4)]
    assert (
        asked(tmp_path, f"{HEAD},Cancelled Qty", *rows)["net_amount"].answers[0][1]
        == "by Cancelled Qty: 66.67"
    )


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("Company", ["1,2026-01-05,K1,P1,1,100,A", "2,2026-01-06,K2,P1,1,200,A", "1,2026-01-05,K7,P9,1,300,B",
                     "2,2026-01-06,K8,P9,1,400,B"]),
        ("Note", ["1,05.11.25,K1,P1,1,100,", "2,06.12.25,K2,P1,1,200,", "1,05.01.26,K7,P9,1,300,",
                  "2,06.01.26,K8,P9,1,400,"]),
        ("Note", ["1,2025-11-05,K1,P1,1,100,", "2,2025-12-06,K2,P1,1,200,", "1,2026-01-05,K7,P9,1,300,",
                  "2,2026-01-06,K8,P9,1,400,"]),
    ],
)  # fmt: skip
def test_numbers_of_several_companies_or_years_are_several_documents(tmp_path, head, rows):
    found = asked(tmp_path, f"{HEAD},{head}", *rows)["order_id"].answers
    assert found[0][1].endswith("4 documents") and found[1][1].endswith("2 documents")


def test_a_line_without_a_customer_is_no_companys_customer(tmp_path):
    rows = ["1,2026-01-05,K1,P1,1,100,A,Ann", "2,2026-01-06,K2,P1,1,200,A,Bob", "3,2026-01-05,K1,P9,1,300,B,Cyd",
            "4,2026-01-06,K2,P9,1,400,B,Dan", "5,2026-01-07,,P9,1,500,B,", "6,2026-01-07,,P9,1,600,A,Eve"]  # fmt: skip
    export = {"orders": "\n".join([f"{HEAD},Company,Customer Name", *rows])}
    found = proposed(tmp_path, export, customer_id=0)
    assert sorted(found.lines["customer_id"].dropna()) == ["A-K1", "A-K2", "B-K1", "B-K2"]


@pytest.mark.parametrize(("answer", "net"), [(0, 400), (1, 800)])
def test_an_archive_beside_the_orders_of_a_database_is_asked_about(tmp_path, answer, net):
    head = "order_id TEXT, order_date TEXT, customer_id TEXT, product_id TEXT, quantity INT, net_amount REAL"
    path = tmp_path / "trade.db"
    connection = sqlite3.connect(path)
    for table, year in (("orders", 2026), ("orders_archive", 2025)):
        connection.execute(f"CREATE TABLE {table} ({head})")
        connection.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, 'P1', 1, 100.0)",
            [(f"{year}-{n}", f"{year}-0{n}-05", f"K{n}") for n in range(1, 5)],
        )
    connection.commit()
    connection.close()
    assert read_database(path, answer) == net


def test_tables_of_years_are_one_table(tmp_path):
    path = tmp_path / "trade.db"
    connection = sqlite3.connect(path)
    for year in (2024, 2025, 2026):
        connection.execute(
            f"CREATE TABLE orders_{year} (order_id, order_date, customer_id, quantity, net_amount)"
        )
        connection.execute(f"INSERT INTO orders_{year} VALUES ('{year}-1', '{year}-01-05', 'K1', 1, 100.0)")
    connection.commit()
    connection.close()
    assert read_database(path) == 300


def read_database(path, answer=None):
    """Propose a map for a database, answer it, and give what all lines add up to."""
    import pandas as pd
    from exports import answered

    from helpers.intake import read_tables
    from helpers.settings.config import load_settings

    text = answered(propose_map(path), **({} if answer is None else {"table": answer}))
    map_path = path.parent / "workbook.toml"
    map_path.write_text(text, encoding="utf-8")
    tables = read_tables(path, load_settings(map_path), path.parent / "cache")
    return sum(pd.read_parquet(tables.path("order_lines"))["net_amount"])


@pytest.mark.parametrize(
    ("early", "late"),
    [("28.09.2026", "05.10.2026"), ("9/28/2026", "10/5/2026"), ("2026-09-28", "2026-10-05")],
)
def test_what_a_line_is_at_last_is_said_on_the_later_day_however_days_are_written(tmp_path, early, late):
    rows = [f"A{n},2026-01-0{n},C{n},P{n},1,{n}00,{status},{day}" for n in range(1, 5)
            for status, day in (("cancelled" if n == 2 else "shipped", late), ("confirmed", early))]  # fmt: skip
    export = {"orders": "\n".join([f"{HEAD},Status,Changed At", *rows])}
    assert proposed(tmp_path, export, where=0, more="[quarantine]\nmax_share = 1\n").net == 100 + 300 + 400


def test_a_line_there_again_for_each_parcel_with_its_whole_amount_counts_once(tmp_path):
    head = "Order No,Line,Order Date,Customer No,Item No,Shipped Qty,Unit Price,Amount,Delivery Note"
    rows = [f"A{n},{line},2026-01-0{n},C{n},P{line},{part},{n}{line},{n}{line}0,D{n}{part}"
            for n in range(1, 5) for line in (1, 2) for part in (4, 6)]  # fmt: skip
    answers = asked(tmp_path, head, *rows)["where"].answers
    assert (
        answers[0][1]
        == "once, as it stands there first, with Shipped Qty of that row alone: 8 rows, 2,120.00"
    )


def test_books_of_several_companies_are_named_where_nothing_tells_the_currency(tmp_path):
    rows = ["A1,2026-01-05,K1,P1,1,100,DE01", "A2,2026-01-06,K2,P1,1,16000,JP01"]
    (tmp_path / "orders.csv").write_text("\n".join([f"{HEAD},Company", *rows]), encoding="utf-8")
    (question,) = [each for each in open_questions(propose_map(tmp_path)) if each.key == "report.currency"]
    assert "Company (DE01, JP01)" in question.asks
