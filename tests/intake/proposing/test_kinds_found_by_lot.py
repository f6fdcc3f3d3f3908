"""What exports of random shapes brought up: other names and titles of files, flags, dates of January, marks, notes."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pytest
from exports import answered, proposed

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.questions import open_questions
from helpers.settings.config import load_settings

HEAD = "Order No,Order Date,Customer No,Item No,Qty"
DAYS = [f"2026-0{1 + n % 9}-{1 + n:02d}" for n in range(20)]


def lines_of(*rows: str) -> str:
    return "\n".join(rows)


def credits(month: int, count: int = 6) -> list[str]:
    return [
        f"R{month}{n},2026-0{month}-1{n},C1,A1,2,{100 + n}.00,{'Credit Note' if n == 3 else 'Invoice'}"
        for n in range(count)
    ]


def test_a_column_renamed_in_one_file_is_known_to_the_sql_of_the_map(tmp_path):
    """The sign of credit notes is SQL over the quantity, which one month calls otherwise."""
    tables = {f"sales-2026-0{m}": lines_of(f"{HEAD},Net Amount,Type", *credits(m)) for m in (1, 2)}
    tables["sales-2026-03"] = lines_of(
        "Order No,Order Date,Customer No,Item No,Quantity,Net Amount,Type", *credits(3)
    )
    found = proposed(tmp_path, tables)
    assert found.settings.tables["order_lines"].also_called == {"Qty": ["Quantity"]}
    assert found.net == 3 * Decimal(100 + 101 + 102 - 103 + 104 + 105)
    assert found.lines["quantity"].sum() == 3 * (2 * 5 - 2)


def test_a_column_that_some_files_lack_is_blank_there_in_the_sql_of_the_map(tmp_path):
    first = [f"R{n},{DAYS[n]},C1,A1,1,10.00,{'Draft' if n else 'Posted'}" for n in range(2)]
    second = [f"S{n},{DAYS[n]},C1,A1,1,10.00" for n in range(2)]
    tables = {
        "sales-2026-01": lines_of(f"{HEAD},Net Amount,Status", *first),
        "sales-2026-02": lines_of(f"{HEAD},Net Amount", *second),
    }
    assert proposed(tmp_path, tables).net == Decimal(30)


def write_months(folder, titles):
    folder.mkdir()
    for month, above in titles.items():
        rows = [f"R{month}{n},2026-0{month}-1{n},C1,A1,1,10.00" for n in range(5)]
        (folder / f"sales-2026-0{month}.csv").write_text(
            lines_of(*(f"{title},,,,," for title in above), f"{HEAD},Net Amount", *rows), encoding="utf-8"
        )


def test_files_whose_titles_differ_in_length_are_one_table(tmp_path):
    """The files with two lines of title stood in a comment of the map, and the report was of the others alone."""
    write_months(tmp_path / "data", {1: ["Northfield"], 2: ["Northfield", "Filter: all"], 3: []})
    text = propose_map(tmp_path / "data")
    (tmp_path / "workbook.toml").write_text(answered(text), encoding="utf-8")
    settings = load_settings(tmp_path / "workbook.toml")
    assert settings.tables["order_lines"].skip == ["Order No", "Order Date", "Customer No"]
    tables = read_tables(tmp_path / "data", settings, tmp_path / "cache")
    assert len(__import__("pandas").read_parquet(tables.path("order_lines"))) == 15


def test_a_file_without_the_head_that_skip_names_is_named(tmp_path):
    write_months(tmp_path / "data", {1: ["Northfield"], 2: ["Northfield", "Filter: all"]})
    (tmp_path / "workbook.toml").write_text(answered(propose_map(tmp_path / "data")), encoding="utf-8")
    (tmp_path / "data" / "sales-2026-04.csv").write_text("Title\nNo,Day\n1,2\n", encoding="utf-8")
    with pytest.raises(
        WorkbookError, match=r"sales-2026-04\.csv has no head with Order No, Order Date, Customer No"
    ):
        read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")


def test_files_alike_that_one_map_cannot_read_are_asked_about(tmp_path):
    """Half of the months were in another encoding: they were left out, in a comment."""
    write_months(tmp_path / "data", {1: [], 2: []})
    rows = lines_of(
        f"{HEAD},Net Amount".replace(",", ";"),
        *(f"Q{n};2026-03-1{n};Müller Süd;A1;1;10,00" for n in range(5)),
    )
    (tmp_path / "data" / "sales-2026-03.csv").write_bytes(rows.encode("cp1252"))
    question = next(
        each for each in open_questions(propose_map(tmp_path / "data")) if each.key.endswith("files")
    )
    assert "sales-2026-03.csv: the same columns" in question.asks


@pytest.mark.parametrize("mark", [",", "."])
def test_a_month_with_another_decimal_mark_is_asked_about_and_declares_none_for_the_others(tmp_path, mark):
    """One file of sixty had commas: decimal = "," was proposed for all, and no file could be read."""
    other = "." if mark == "," else ","
    write = lambda amount, point: f'"{amount}"'.replace(".", point)  # noqa: E731
    for month, point in (("01", other), ("02", other), ("03", mark)):
        rows = (f"Q{month}{n},2026-{month}-1{n},C1,A1,1,{write('751.36', point)}" for n in range(5))
        path = tmp_path / "data" / f"sales-2026-{month}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines_of(f"{HEAD},Net Amount", *rows), encoding="utf-8")
    text = propose_map(tmp_path / "data")
    question = next(each for each in open_questions(text) if each.key.endswith("files"))
    assert "sales-2026-03.csv: the same columns" in question.asks
    declared = [line for line in text.splitlines() if line.startswith("decimal")]
    assert declared == ([] if other == "." else ['decimal = ","'])


@pytest.mark.parametrize(
    ("head", "yes"),
    [("Annulée", "Oui"), ("Anulada", "Sí"), ("Storniert", "Ja"), ("取消", "是"), ("Cancelada", "x")],
)
def test_a_flag_that_says_cancelled_is_seen_in_every_language(tmp_path, head, yes):
    rows = (f"R{n},{DAYS[n]},C1,A1,1,10.00,{yes if n % 3 == 1 else ''}" for n in range(9))
    assert proposed(tmp_path, {"sales": lines_of(f"{HEAD},Net Amount,{head}", *rows)}).net == Decimal(60)


@pytest.mark.parametrize("day", ["{m}/{d}/2026", "{m}/{d}/2026 1:15:00 PM", "{m:02}/{d:02}/2026"])
def test_the_first_of_january_does_not_hide_which_number_is_the_month(tmp_path, day):
    rows = (f"R{n},{day.format(m=1 + n // 3, d=1 + 6 * n)},C1,A1,1,10.00" for n in range(5))
    found = proposed(tmp_path, {"sales": lines_of(f"{HEAD},Net Amount", *rows)})
    assert found.asked == [] and str(found.lines["order_date"].max())[:10] == "2026-02-25"


def test_a_currency_beside_parentheses_is_read(tmp_path):
    rows = (f'R{n},{DAYS[n]},C1,A1,1,"{"EUR (1,000.50)" if n == 2 else "EUR 2,000.00"}"' for n in range(5))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.csv").write_text(lines_of(f"{HEAD},Net Amount", *rows), encoding="utf-8")
    (tmp_path / "workbook.toml").write_text(answered(propose_map(tmp_path / "data")), encoding="utf-8")
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    import pandas as pd

    assert pd.read_parquet(tables.path("order_lines"))["net_amount"].sum() == Decimal("6999.50")


@pytest.mark.parametrize(
    "written", ["{} １２．５０", "１２．５０ {}", "{}\u202f12.50", "12.50\u202f{}", "\u2212{} 12.50"]
)
def test_the_currency_beside_an_amount_is_seen_however_that_is_written(tmp_path, written):
    """Beside full-width digits no currency was seen, and dollars counted as euros."""
    rows = [f"R{n},{DAYS[n]},C1,A1,1,{written.format('USD' if n % 2 else 'EUR')}" for n in range(6)]
    found = proposed(
        tmp_path,
        {"sales": lines_of(f"{HEAD},Net Amount", *rows)},
        more="\n[source.currency_rates]\nUSD = 0.5\n",
    )
    assert abs(found.net) == Decimal("56.25")


def test_marks_of_several_currencies_stay_beside_amounts_that_the_map_computes(tmp_path):
    rows = (
        f"R{n},{DAYS[n]},C1,A1,1,{'USD' if n % 2 else 'EUR'} 10.00,{'Credit Note' if n == 3 else 'Invoice'}"
        for n in range(6)
    )
    tables = {"sales": lines_of(f"{HEAD},Net Amount,Type", *rows)}
    found = proposed(tmp_path, tables, more="\n[source.currency_rates]\nUSD = 0.5\n")
    assert found.net == Decimal("35.00")  # 3 x 10 EUR, and 10 - 10 + 10 USD at a half


def test_a_large_amount_in_another_currency_is_converted(tmp_path):
    """From a million of the report's currency on, the run stopped at an overflow."""
    rows = [f"R{n},{DAYS[n]},C1,A1,1,{25_000_000 + n}.00,USD" for n in range(3)]
    text = lines_of(f"{HEAD},Net Amount,Currency", *rows, "S1,2026-03-03,C1,A1,1,5.00,EUR")
    found = proposed(tmp_path, {"sales": text}, more="\n[source.currency_rates]\nUSD = 0.5\n")
    assert found.net == Decimal("37500006.50")


def test_a_note_in_the_column_of_document_numbers_ends_no_document(tmp_path):
    rows = [["Order No", "Order Date", "Customer No", "Item No", "Qty", "Net Amount"]]
    for n in range(8):
        rows += [[f"R{n}", DAYS[n], f"C{n % 3}", "A1", 1, 10], [None, None, None, "A2", 1, 5]]
        rows += [["Delivered to the yard", *[None] * 5], [None, None, None, "A3", 1, 2]] if n % 2 else []
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    (tmp_path / "data").mkdir()
    book.save(tmp_path / "data" / "sales.xlsx")
    (tmp_path / "workbook.toml").write_text(answered(propose_map(tmp_path / "data")), encoding="utf-8")
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    import pandas as pd

    lines = pd.read_parquet(tables.path("order_lines"))
    assert lines["net_amount"].sum() == 8 * 15 + 4 * 2 and lines["order_id"].nunique() == 8


def test_a_head_of_spanish_numbers_decides_no_encoding_for_turkish(tmp_path):
    rows = lines_of(
        "Nº pedido;Fecha;Nº cliente;Referencia;Unidades;Importe neto",
        *(f"R{n};{DAYS[n]};C1;A1;1;10,50" for n in range(5)),
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "ventas.csv").write_bytes(rows.encode("cp1252"))
    assert 'encoding = "cp1252"' in propose_map(tmp_path / "data")


# Exports of programs that were refused.


def test_a_year_and_a_month_in_columns_are_a_date_and_their_subtotals_no_sales(tmp_path):
    rows = []
    for month in (1, 2, 3):
        rows += [f"2026,{month},C{n % 2},A{n},{n + 1},{100 * month + n}.00" for n in range(4)]
        rows += [f"2026,{month},Subtotal,,10,{400 * month + 6}.00"]
    text = lines_of("Year,Month,Customer,Product,Qty,Amount", *rows, "2026,,Grand Total,,30,2418.00")
    found = proposed(tmp_path, {"sales": text})
    assert found.net == Decimal(2418) and len(found.lines) == 12
    assert sorted({str(day)[:10] for day in found.lines["order_date"]}) == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
    ]


def test_a_pivot_table_without_document_numbers_has_an_order_a_customer_and_day(tmp_path):
    rows = [f"2026-0{m}-15,C{n % 2},A{n},{n + 1},{100 * m + n}.00" for m in (1, 2, 3) for n in range(4)]
    found = proposed(tmp_path, {"pivot": lines_of("Date,Customer,Product,Sum of Qty,Sum of Amount", *rows)})
    assert found.net == Decimal(2418) and found.lines["order_id"].nunique() == 6


def test_postings_of_sage_are_invoices_and_credit_notes_and_no_receipts(tmp_path):
    kinds = ["SI", "SI", "SC", "SI", "SR", "SA", "SI"]
    rows = (
        f"{kind},C{n % 3},4000,{13 + n}/0{n + 1}/2026,{1000 + n},Goods,{100 + n}.00,T1,{20 + n / 5:.2f}"
        for n, kind in enumerate(kinds)
    )
    heads = "Type,Account Reference,Nominal A/C Ref,Date,Reference,Details,Net Amount,Tax Code,Tax Amount"
    found = proposed(tmp_path, {"AuditTrail": lines_of(heads, *rows)})
    assert found.net == Decimal(100 + 101 - 102 + 103 + 106) and found.lines["quantity"].sum() == 3


def test_the_item_price_of_amazon_is_the_lines_amount_with_tax(tmp_path):
    heads = (
        "order-id,order-item-id,purchase-date,buyer-email,sku,quantity-purchased,currency,item-price,item-tax"
    )
    rows = (
        f"026-{n // 2},{n},{DAYS[n // 2]}T10:00:00+00:00,b{n % 3}@m.example,A{n},{1 + n % 3},GBP,"
        f"{(1 + n % 3) * 12}.00,{(1 + n % 3) * 2}.00"
        for n in range(12)
    )
    (tmp_path / "data").mkdir()
    text = lines_of(heads, *rows).replace(",", "\t")
    (tmp_path / "data" / "orders.txt").write_text(text, encoding="utf-8")
    (tmp_path / "workbook.toml").write_text(answered(propose_map(tmp_path / "data")), encoding="utf-8")
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    import pandas as pd

    assert pd.read_parquet(tables.path("order_lines"))["net_amount"].sum() == Decimal(240)


def test_a_folder_with_a_database_of_invoices_and_their_lines_is_joined(tmp_path):
    invoices = [f"{n + 1},R{n},{DAYS[n]},{n % 3 + 1},posted" for n in range(6)]
    lines = [f"{n + 1},{n // 2 + 1},{n % 4},2,50.00,100.00" for n in range(12)]
    tables = {
        "invoices": lines_of("id,invoice_no,invoice_date,customer_id,status", *invoices),
        "invoice_lines": lines_of("id,invoice_id,product_id,quantity,price,amount", *lines),
        "customers": lines_of("id,name", "1,Kestrel", "2,Mill Lane", "3,Pinewood"),
    }
    found = proposed(tmp_path, tables, "sqlite")
    assert found.net == Decimal(1200) and found.lines["order_id"].nunique() == 6
    assert propose_map(tmp_path / "data") == found.text, "the folder is taken for its database"


@pytest.mark.parametrize(("answer", "net"), [(0, "155.90"), (1, "163.00")])
def test_a_refund_in_part_is_asked_about_and_spread_over_its_order(tmp_path, answer, net):
    heads = "Order No,Order Date,Customer No,Item No,Qty,Unit Price,Discount Amount,Refunded Amount"
    rows = []
    for n, (discount, refund) in enumerate((("5.00", "7.10"), ("2.00", "0.00"))):
        rows += [f"R{n},{DAYS[n]},C{n},A1,2,20.00,{discount},{refund}", f"R{n},{DAYS[n]},C{n},A2,3,15.00,,"]
    found = proposed(tmp_path, {"sales": lines_of(heads, *rows)}, net_amount=answer)
    assert found.net == Decimal(net)


def test_a_register_of_invoices_is_sales_whose_tax_is_asked(tmp_path):
    rows = (f"I{n},{DAYS[n]},C{n % 3},{119 * (n + 1)}.00" for n in range(6))
    found = proposed(
        tmp_path,
        {"invoices": lines_of("Invoice No,Invoice Date,Customer No,Invoice Total", *rows)},
        net_amount=0,
    )
    assert "is tax in Invoice Total" in found.text and found.net == Decimal("2100.0000")


def test_numbers_that_count_the_rows_of_a_file_do_not_make_two_lines_of_an_overlap(tmp_path):
    """Each week's file begins with the last documents of the week before, and numbers its rows from 1 on."""
    rows = [f"R{n // 2},{DAYS[n // 2]},C1,A{n % 2},1,10.00" for n in range(24)]
    heads = f"No.,{HEAD},Net Amount"
    tables = {
        f"sales-{week}": lines_of(heads, *(f"{n},{row}" for n, row in enumerate(rows[start : start + 12], 1)))
        for week, start in (("01", 0), ("02", 8), ("03", 12))
    }
    assert proposed(tmp_path, tables).net == Decimal(240)


def test_a_head_of_two_rows_is_seen_whose_second_says_tax_and_status(tmp_path):
    heads = ["Order No,Order Date,Customer No,Item No,Qty,Gross Amount,Sales,", ",,,,,,Tax Rate,Order Status"]
    rows = (f"R{n},{DAYS[n]},C1,A1,1,120.00,20,{'Draft' if n == 2 else 'Posted'}" for n in range(6))
    assert proposed(tmp_path, {"sales": lines_of(*heads, *rows)}).net == Decimal(500)


@pytest.mark.parametrize("title", [["Title,,,,,"], []])
def test_a_head_with_a_line_break_is_read_and_breaks_no_comment_of_the_map(tmp_path, title):
    rows = [f"R{n},{DAYS[n]},C1,A1,1,10.00" for n in range(6)]
    (tmp_path / "data").mkdir()
    head = 'Order No,Order Date,Customer No,Item No,Qty,"Net\nAmount"'
    text = lines_of(*title, head, *rows, *(["Total,,,,6,60.00"] if title else []))
    (tmp_path / "data" / "sales.csv").write_text(text, encoding="utf-8")
    (tmp_path / "workbook.toml").write_text(answered(propose_map(tmp_path / "data")), encoding="utf-8")
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    import pandas as pd

    assert pd.read_parquet(tables.path("order_lines"))["net_amount"].sum() == 60


def test_a_month_of_six_digits_is_a_date(tmp_path):
    rows = [f"R{n},20260{1 + n},C1,A1,1,10.00" for n in range(6)]
    found = proposed(
        tmp_path, {"sales": lines_of("Order No,Month,Customer No,Item No,Qty,Net Amount", *rows)}
    )
    assert str(found.lines["order_date"].max())[:10] == "2026-06-30" and found.net == 60


def test_headings_that_may_name_anything_are_asked_about_once_for_all_files(tmp_path):
    def month(number: int) -> str:
        rows = [f"Hardware {number},,,,", f"R{number},2026-0{number}-05,A1,2,7.50", f"Electric {number},,,,",
                f"S{number},2026-0{number}-06,A2,1,3.00"]  # fmt: skip
        return lines_of("Order No,Order Date,Item No,Qty,Net Amount", *rows)

    (tmp_path / "data").mkdir()
    for number in (1, 2, 3):
        (tmp_path / "data" / f"sales-{number}.csv").write_text(month(number), encoding="utf-8")
    asked = [each.key for each in open_questions(propose_map(tmp_path / "data"))]
    assert sum(key.endswith("headings.column") for key in asked) == 1
