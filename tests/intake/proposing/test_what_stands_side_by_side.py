"""Items of an order, tables of one kind, and months whose year is in a column, side by side in a file."""

from decimal import Decimal

import pandas as pd
import pytest
from exports import answered, proposed, written

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings

ORDERS = [
    (f"S{n}", f"2026-0{1 + n % 3}-1{n % 9}", f"C{n % 3}", (n + 1, 10 + n), (2, 5 + n)) for n in range(6)
]
WORTH = sum(Decimal(one * price) for *_, first, second in ORDERS for one, price in (first, second))


def _wide(heads: str, with_amount: bool = False) -> str:
    def item(number: int, pieces: int, price: int) -> str:
        amount = f",{pieces * price}.00" if with_amount else ""
        return f"A{number},{pieces},{price}.00{amount}"

    blank = ",,," if with_amount else ",,"
    rows = (
        f"{order},{day},{customer},{item(1, *first)},{item(2, *second)},{blank}"
        for order, day, customer, first, second in ORDERS
    )
    return "\n".join([heads, *rows])


@pytest.mark.parametrize(
    ("heads", "with_amount"),
    [
        ("Order,Date,Customer,Item1,Qty1,Price1,Item2,Qty2,Price2,Item3,Qty3,Price3", False),
        ("order_number,order_date,customer_id,line_item_1_sku,line_item_1_quantity,line_item_1_price,line_item_2_sku,"
         "line_item_2_quantity,line_item_2_price,line_item_3_sku,line_item_3_quantity,line_item_3_price", False),
        ("订单号,日期,客户,商品1,数量1,单价1,金额1,商品2,数量2,单价2,金额2,商品3,数量3,单价3,金额3", True),
        ("订单号,日期,客户" + ",商品,数量,单价,金额" * 3, True),
    ],
)  # fmt: skip
def test_each_item_that_stands_beside_others_in_a_row_is_a_line_of_its_order(tmp_path, heads, with_amount):
    found = proposed(tmp_path, {"orders": _wide(heads, with_amount)})
    assert found.asked == []
    assert (found.net, len(found.lines), len(found.orders)) == (WORTH, 12, 6)
    assert sorted(found.lines["line_no"].unique()) == ["1", "2"]


def test_the_total_of_an_order_beside_its_items_is_no_line(tmp_path):
    heads, *rows = _wide(
        "Order,Date,Customer,Item1,Qty1,Total1,Item2,Qty2,Total2,Item3,Qty3,Total3"
    ).splitlines()
    rows = [f"{row},999.00" for row in rows]
    found = proposed(tmp_path, {"orders": "\n".join([f"{heads},Order Total", *rows])})
    assert found.net == sum(Decimal(price) for *_, first, second in ORDERS for _, price in (first, second))


def test_tax_payments_and_addresses_side_by_side_are_no_items(tmp_path):
    lines = "\n".join(f"S{n},2026-01-1{n},C{n},A,1,100.00,VAT,20.00,City,5.00" for n in range(8))
    heads = "Order,Date,Customer,Item,Qty,Net,Tax 1 Name,Tax 1 Amount,Tax 2 Name,Tax 2 Amount"
    assert "side_by_side" not in proposed(tmp_path, {"orders": f"{heads}\n{lines}"}).text


def test_a_file_that_lacks_the_items_is_refused_by_their_name(tmp_path):
    heads = "Order,Date,Customer,Item1,Qty1,Price1,Item2,Qty2,Price2,Item3,Qty3,Price3"
    data = written(tmp_path / "data", {"orders": _wide(heads)})
    path = tmp_path / "workbook.toml"
    path.write_text(answered(propose_map(data)).replace('"Qty*"', '"Pieces*"'), encoding="utf-8")
    with pytest.raises(WorkbookError, match=r"side_by_side.Qty: orders.csv has no column 'Pieces\*'"):
        read_tables(data, load_settings(path), tmp_path / "cache")


HEAD = "Invoice No,Date,Customer,Item,Qty,Amount"


def _halves(rows: list[str], other: list[str]) -> str:
    return "\n".join(f"{left},,{right}" for left, right in zip(rows, other, strict=True))


def test_two_tables_of_the_same_heads_side_by_side_are_one(tmp_path):
    rows = [f"S{n},2026-0{1 + n % 4}-05,C{n % 3},A,1,{n + 1}.00" for n in range(12)]
    found = proposed(tmp_path, {"sales": _halves([HEAD, *rows[:6]], [HEAD, *rows[6:]])})
    assert found.asked == [] and found.net == Decimal(78) and len(found.orders) == 12


def test_two_tables_side_by_side_with_totals_of_their_own_are_refused_with_the_cure(tmp_path):
    rows = [f"S{n},2026-01-1{n},C{n % 3},A,1,{n + 1}.00" for n in range(8)]
    left = [HEAD, *rows[:4], "Total,,,,,10.00"]
    right = [HEAD, *rows[4:], "Total,,,,,26.00"]
    with pytest.raises(WorkbookError, match=r"tables side by side.*one below the other"):
        propose_map(written(tmp_path / "data", {"sales": _halves(left, right)}))


@pytest.mark.parametrize("customers", [9, 20])
def test_a_list_of_customers_beside_the_sales_gives_none_of_them_another_customer(tmp_path, customers):
    """The list's numbers were taken for the customers of the sales that happened to stand beside them."""
    rows = [f"S{n},2026-01-1{n},C{n % 9},A,1,{n + 1}.00" for n in range(9)]
    register = ["Customer No,Name,City", *(f"C{customers - 1 - n},Firm,Town" for n in range(customers))]
    left = [HEAD, *rows, *[",,,,,"] * (len(register) - len(rows) - 1)]
    with pytest.raises(WorkbookError, match=r"two tables side by side.*sheet of its own"):
        propose_map(written(tmp_path / "data", {"sales": _halves(left, register)}))


def test_two_quantities_and_two_currencies_of_one_line_are_no_items(tmp_path):
    """Each in its own unit or currency, they would have counted as two lines."""
    heads = "Order,Date,Customer,Item,Qty 1,Unit 1,Qty 2,Unit 2,Amount 1,Currency 1,Amount 2,Currency 2"
    rows = [f"S{n},2026-01-1{n},C{n},A,2,BOX,24,PCS,100.00,EUR,110.00,USD" for n in range(8)]
    text = propose_map(written(tmp_path, {"orders": "\n".join([heads, *rows])}))
    assert "side_by_side" not in text


def test_remarks_behind_a_blank_column_are_no_table_of_their_own(tmp_path):
    rows = [f"S{n},2026-01-1{n},C{n % 3},A,1,{n + 1}.00,,{'seen,yes' if n == 1 else ','}" for n in range(9)]
    found = proposed(tmp_path, {"sales": "\n".join([f"{HEAD},,Remark,Checked", *rows])})
    assert found.net == Decimal(45)


def test_a_blank_column_between_the_columns_of_one_table_stays_without_a_word(tmp_path):
    rows = [f"S{n},2026-01-1{n},C{n % 3},,A{n % 2},1,{n + 1}.00" for n in range(9)]
    found = proposed(tmp_path, {"sales": "\n".join(["Invoice No,Date,Customer,,Item,Qty,Amount", *rows])})
    assert found.net == Decimal(45)


def _by_year(heads: str, first: int = 2025) -> str:
    rows = (f"{year},C{n},{','.join(str(10 * (n + 1) + year - first) for _ in range(12))}"
            for year in (first, first + 1) for n in range(3))  # fmt: skip
    return "\n".join([heads, *rows])


def _by_month(found) -> dict[str, Decimal]:
    lines = found.lines.assign(month=found.lines["order_date"].astype(str).str[:7])
    return dict(lines.groupby("month")["net_amount"].sum())


MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"


@pytest.mark.parametrize(
    "heads", [f"Year,Customer,{MONTHS}", "Jahr,Kunde," + ",".join(f"Monat {n}" for n in range(1, 13))]
)
def test_months_side_by_side_are_of_the_year_that_a_column_says_of_each_row(tmp_path, heads):
    """One year was asked for all rows, and those of the year before counted in it."""
    found = proposed(tmp_path, {"sales": _by_year(heads)})
    assert found.asked == [] and "Nothing is made of" not in found.text
    by_month = _by_month(found)
    assert (len(by_month), by_month["2025-02"], by_month["2026-02"]) == (24, Decimal(60), Decimal(63))


@pytest.mark.parametrize(
    "heads", ["P1,P2,P3,P4,P5,P6,P7,P8,P9,P10,P11,P12", "01,02,03,04,05,06,07,08,09,10,11,12"]
)
def test_periods_by_their_number_are_of_the_year_of_the_books_in_a_column(tmp_path, heads):
    found = proposed(
        tmp_path, {"sales": _by_year(f"Fiscal Year,Customer,{heads}")}, begins="FY2026 = 2025-04"
    )
    by_month = _by_month(found)
    assert (min(by_month), max(by_month), by_month["2025-04"]) == ("2024-04", "2026-03", Decimal(63))


def test_days_side_by_side_whose_years_are_in_a_column_are_refused(tmp_path):
    heads = ",".join(f"KW {n}" for n in range(1, 13))
    with pytest.raises(WorkbookError, match=r"weeks side by side.*year in each head"):
        propose_map(written(tmp_path / "data", {"sales": _by_year(f"Year,Customer,{heads}")}))


def test_the_quantity_and_amount_of_each_warehouse_side_by_side_are_rows(tmp_path):
    """No head said which column is the amount, and init took the file for nothing."""
    lines = "\n".join(
        ["Auftrag;Datum;Kunde;Artikel;Menge Berlin;Menge Köln;Umsatz Berlin;Umsatz Köln"]
        + [f"A{n};{10 + n}.01.2026;K{n % 3};P{n};{n + 1};;{n + 1},50;" for n in range(4)]
        + [f"B{n};{10 + n}.02.2026;K{n % 3};P{n};2;3;10,00;20,00" for n in range(3)]
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "umsatz.csv").write_text(lines, encoding="utf-8")
    (tmp_path / "workbook.toml").write_text(answered(propose_map(tmp_path / "data")), encoding="utf-8")
    tables = read_tables(tmp_path / "data", load_settings(tmp_path / "workbook.toml"), tmp_path / "cache")
    found = pd.read_parquet(tables.path("order_lines"))
    assert found["net_amount"].sum() == 1.5 + 2.5 + 3.5 + 4.5 + 90 and found["quantity"].sum() == 10 + 15


def test_what_was_ordered_and_what_was_delivered_side_by_side_are_no_two_rows(tmp_path):
    heads = "Order,Date,Customer,Item,Qty ordered,Qty delivered,Sales ordered,Sales delivered"
    rows = [f"S{n},2026-01-1{n},C{n},A,{2 + n},{1 + n},{200 + 7 * n}.00,{100 + 3 * n}.00" for n in range(8)]
    assert "side_by_side" not in propose_map(written(tmp_path, {"orders": "\n".join([heads, *rows])}))
