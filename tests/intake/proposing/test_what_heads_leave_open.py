"""Exports whose heads do not say enough: what the values tell is taken and said, and what they do not is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import proposed, written

from helpers.errors import WorkbookError
from helpers.intake import propose_map

HEAD = "Order,Date,Customer,Item,Qty"


def lines(head, *tails, count=8):
    """Write two lines an order, each with one of the tails in turn; `{n}` in one is the line's whole number."""
    rows = [
        f"SO{n // 2},2026-0{1 + n // 4}-0{1 + n // 2 % 9},C{n // 2 % 3},P{n},{1 + n % 3},"
        + tails[n % len(tails)].format(n=n, net=10 + n, gross=12 + 1.2 * n)
        for n in range(count)
    ]
    return "\n".join([f"{HEAD},{head}", *rows])


NET = sum(10 + n for n in range(8))


def test_cells_that_are_blank_side_by_side_are_no_list_for_a_printer(tmp_path):
    """Exports with empty columns, as Shopify's and freee's, were refused as if blanks set their columns apart."""
    found = proposed(tmp_path, {"sales": lines("Note,Tag,Amount,Paid,By,Shipped", ",,{net}.00,,,x")})
    assert found.net == NET


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Fiscal Period", ("2026001", "2026013")),
        ("Posting Period", ("001.2026", "013.2026")),
        ("Period", ("2026 P01", "2026 P13")),
        ("Fiscal Year,Posting Period", ("2026,1", "2026,13")),
        ("Geschäftsjahr,Periode", ("2026,01", "2026,13")),
    ],
)
def test_periods_of_the_books_in_rows_ask_when_the_year_begins(tmp_path, head, cells):
    """They were refused as sales without a date."""
    rows = [f"D{n},C{n % 2},P{n},1,{10 + n}.00,{cells[n % 2]}" for n in range(6)]
    text = "\n".join([f"Document No,Customer,Item,Qty,Amount,{head}", *rows])
    found = proposed(tmp_path, {"sales": text}, order_date=1)
    assert found.asked == ["tables.order_lines.derived.order_date"]
    assert "period 1 of 2026 is April 2025" in found.text
    assert "beyond the twelfth counts in the last month" in found.text
    assert {f"{day:%Y-%m-%d}" for day in found.lines["order_date"]} == {"2025-04-30", "2026-03-31"}


def test_a_column_of_which_each_value_is_of_one_customer_and_day_is_the_orders_number(tmp_path):
    """Two orders of a customer on one day were one, though a column told them apart."""
    rows = [f"{900 + n // 2},2026-01-05,C{n // 8},P{n},1,{10 + n}.00,ok" for n in range(16)]
    found = proposed(tmp_path, {"sales": "\n".join(["Document,Date,Customer,Item,Qty,Amount,Note", *rows])})
    assert found.lines["order_id"].nunique() == 8
    assert "Document is an order's number by its values" in found.text


def test_what_a_customer_bought_on_a_day_is_an_order_where_no_column_tells(tmp_path):
    rows = [f"2026-01-05,C{n // 8},Region {n // 8},P{n},1,{10 + n}.00" for n in range(16)]
    found = proposed(tmp_path, {"sales": "\n".join(["Date,Customer,Region,Item,Qty,Amount", *rows])})
    assert found.lines["order_id"].nunique() == 2


def test_an_amount_and_the_same_in_the_companys_currency_count_once_and_unconverted(tmp_path):
    """Without a column of currencies dollars and euros were added up."""
    head = "Line Amount,Line Amount (LCY)"
    found = proposed(tmp_path, {"sales": lines(head, "{net}.00,{net}.00", "{gross},{net}.00")})
    assert found.net == NET
    assert "Line Amount differs from Line Amount (LCY) in 4 rows" in found.text


@pytest.mark.parametrize(("answer", "net"), [(0, Decimal(NET) * Decimal("1.2")), (1, Decimal(NET))])
def test_which_of_two_columns_of_one_head_counts_is_asked(tmp_path, answer, net):
    """The first of them was taken, with tax in it or not."""
    found = proposed(tmp_path, {"sales": lines("Amount,Amount", "{gross},{net}.00")}, net_amount=answer)
    assert found.asked == ["tables.order_lines.derived.net_amount"]
    assert found.net == net


def test_two_columns_of_one_head_that_say_the_same_ask_nothing(tmp_path):
    assert proposed(tmp_path, {"sales": lines("Amount,Amount", "{net}.00,{net}.00")}).asked == []


@pytest.mark.parametrize(("answer", "sign"), [(0, 1), (1, -1)])
def test_amounts_that_are_below_zero_for_the_most_part_are_asked_about(tmp_path, answer, sign):
    """An export of the account of revenue was a year of returns."""
    text = lines("Amount", "-{net}.00", count=12)
    for quantity in (1, 2, 3):
        text = text.replace(f",{quantity},-", f",-{quantity},-")
    found = proposed(tmp_path, {"sales": text}, net_amount=answer, quantity=answer)
    assert found.net == sign * sum(10 + n for n in range(12))
    assert found.lines["quantity"].sum() == sign * 4 * (1 + 2 + 3)


def test_a_few_returns_among_sales_ask_nothing(tmp_path):
    assert proposed(tmp_path, {"sales": lines("Amount", "{net}.00", "{net}.00", "-{net}.00")}).asked == []


def test_of_a_journal_with_both_sides_of_each_booking_the_account_of_sales_is_asked(tmp_path):
    """Both sides add up to nothing, whichever was the answer."""
    rows = ["Date,Number,Account,Partner,Product,Quantity,Debit,Credit"]
    for n in range(6):
        document = f"2026-01-0{1 + n},INV{n},{{}},C{n % 3},{{}}"
        rows += [
            document.format("4000 Sales", f"P{n},1,0,{10 * n + 10}.00"),
            document.format("2510 Tax", f",0,0,{2 * n + 2}.00"),
            document.format("1210 Receivable", f",0,{12 * n + 12}.00,0"),
        ]
    found = proposed(tmp_path, {"items": "\n".join(rows)}, where=1)
    assert found.asked == ["tables.order_lines.exclude.where"]
    assert found.net == 10 + 20 + 30 + 40 + 50 + 60
    assert found.lines["customer_id"].nunique() == 3


def test_a_discount_of_the_whole_document_in_percent_is_taken_off_where_its_total_shows_it(tmp_path):
    """Its head, Entity Discount Percent, was in no list, and the lines counted before it."""
    rows = [
        f"I{n // 2},2026-01-0{1 + n // 2},C{n % 4 // 2},P{n},1,{10 + 10 * n}.00,5.00,{{}}" for n in range(8)
    ]
    totals = [Decimal(20 + 20 * n + 10) * Decimal("0.95") for n in range(0, 8, 2)]
    text = "\n".join(row.format(totals[n // 2]) for n, row in enumerate(rows))
    head = "Invoice Number,Invoice Date,Customer ID,SKU,Quantity,Item Total,Entity Discount Percent,Total"
    found = proposed(tmp_path, {"invoices": f"{head}\n{text}"})
    assert found.asked == []
    assert found.net == sum(totals)


@pytest.mark.parametrize(
    ("head", "asked"),
    [
        ("Campaign Discount Value", ["tables.order_lines.derived.net_amount"]),
        ("Amount after discount", []),
        ("Discount Code", []),
    ],
)
def test_a_discount_is_known_by_a_word_within_its_head(tmp_path, head, asked):
    found = proposed(
        tmp_path, {"sales": lines(f"Price,{head}", "{net}.00,1")}, **({"net_amount": 0} if asked else {})
    )
    assert found.asked == asked


def test_a_quantity_is_known_by_the_end_of_its_head(tmp_path):
    """Each row was one piece beside a quantity that was in no list."""
    found = proposed(tmp_path, {"sales": lines("Amount", "{net}.00").replace(",Qty", ",Fakturamenge")})
    assert found.lines["quantity"].sum() == 1 + 2 + 3 + 1 + 2 + 3 + 1 + 2


def test_a_quantity_that_is_open_or_came_back_is_not_what_was_sold(tmp_path):
    for head in ("Offene Menge", "Returned Quantity"):
        data = written(tmp_path / "data", {"sales": lines("Amount", "{net}.00").replace(",Qty", f",{head}")})
        assert f'quantity = "{head}"' not in propose_map(data)


def test_charges_of_customers_who_come_again_are_no_list_of_customers(tmp_path):
    rows = [f"ch_{n},2026-01-0{1 + n},cus_{n % 3},{1000 + n},eur,Plan {n % 2}" for n in range(8)]
    text = "\n".join(["id,created_utc,customer_id,amount_cents,currency,description", *rows])
    assert "[tables.order_lines]" in propose_map(written(tmp_path / "data", {"charges": text}))


def test_kanji_alone_are_no_chinese(tmp_path):
    rows = [f"SO{n},2026/01/0{1 + n},株式会社{n % 3},課税売上10%,{1000 + n},1" for n in range(6)]
    text = "\n".join(["管理番号,発生日,取引先,税区分,金額,数量", *rows])
    assert 'language = "zh"' not in propose_map(written(tmp_path / "data", {"deals": text}))


@pytest.mark.parametrize("word", ["Cobrada", "Pago", "Encaissée", "Pagata", "Betaald"])
def test_what_was_paid_is_sold_in_other_languages_too(tmp_path, word):
    assert proposed(tmp_path, {"sales": lines("Amount,Estado", f"{{net}}.00,{word}")}).asked == []


@pytest.mark.parametrize("tax", ["Output IGST @ 18%", "VAT @ 20%", "19 % USt"])
def test_a_tax_with_its_rate_is_no_article(tmp_path, tax):
    text = lines("Amount", "{net}.00").replace(",P1,", f",{tax},").replace(",P5,", f",{tax},")
    assert proposed(tmp_path, {"sales": text}).net == NET - 11 - 15


def test_lines_without_their_documents_say_what_to_export(tmp_path):
    """That they are lines was told by the names of their columns, not by whether their documents are here."""
    rows = [f"{n // 2},P{n},{1 + n % 3},10.00,{10 * (1 + n % 3)}.00" for n in range(8)]
    text = "\n".join(["order_no,item,qty,price,amount", *rows])
    assert "no file here has the documents that they belong to" in propose_map(
        written(tmp_path / "data", {"order_lines": text})
    )


def test_credit_memos_on_a_sheet_of_their_own_are_taken_off(tmp_path):
    """Cr. Memo was no word for a return, and they were added to the sales."""
    tables = {name: lines("Amount", "{net}.00").replace("SO", of) for name, of in
              (("Sales Invoice Lines", "I"), ("Sales Cr. Memo Lines", "M"))}  # fmt: skip
    assert proposed(tmp_path, tables, where=0).net == 0


def test_a_text_named_as_a_spreadsheet_is_read_though_its_first_line_has_no_separator(tmp_path):
    (tmp_path / "data").mkdir()
    text = "Fakturen\r\n\r\n" + lines("Amount", "{net}.00").replace(",", "\t")
    (tmp_path / "data" / "export.xls").write_text(text, encoding="cp1252")
    assert "[tables.order_lines]" in propose_map(tmp_path / "data")


def test_what_is_there_in_place_of_data_is_named(tmp_path):
    (tmp_path / "orders.json").write_text("[]")
    (tmp_path / "export.zip").write_bytes(b"PK")
    with pytest.raises(WorkbookError, match=r"There are: export\.zip, orders\.json\. Unpack the archive"):
        propose_map(tmp_path)


@pytest.mark.parametrize(("answer", "net"), [(0, NET), (2, 2 * NET)])
def test_sales_of_channels_side_by_side_are_asked_about_and_may_be_taken_together(tmp_path, answer, net):
    """They were taken for a list of customers, and no sales were found."""
    rows = [f"SO{n},2026-01-0{1 + n},C{n % 3},{10 + n}.00,{10 + n}.00" for n in range(8)]
    text = "\n".join(["Order,Date,Customer,Online Sales,Retail Sales", *rows])
    found = proposed(tmp_path, {"sales": text}, net_amount=answer)
    assert found.net == net


def test_customers_side_by_side_are_no_sales_and_say_what_to_export(tmp_path):
    rows = [f"2026-0{n},{n}.00,{2 * n}.00,{3 * n}.00,{6 * n}.00" for n in range(1, 7)]
    text = "\n".join(["Month,Kestrel,Harrow,Brookfield,Total", *rows])
    assert 'side by side, and "Total", their sum' in propose_map(written(tmp_path / "data", {"sales": text}))


def test_the_number_of_pieces_of_a_price_may_be_called_pe(tmp_path):
    """Prices of a hundred counted as of one."""
    found = proposed(tmp_path, {"sales": lines("Preis,PE", "{net}.00,100")})
    assert found.net == sum(Decimal(10 + n) * (1 + n % 3) / 100 for n in range(8))
