"""Reports that programs lay out for people: `workbook init` proposes how, and the figures are right or asked for."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings


def proposed(shop, **answers):
    """Propose a map, answer what it asks, and load it."""
    text = propose_map(shop.folder)
    for key, value in {"currency": '"EUR"', **answers}.items():
        text = text.replace(f'{key} = "?"', f"{key} = {value}")
    text = text.replace('# currency = "EUR"', 'currency = "EUR"')
    path = shop.folder.parent / "workbook.toml"
    path.write_text(text, encoding="utf-8")
    return text, load_settings(path)


def read(shop, **answers):
    """Read an export by its proposed map: customer -> money."""
    _, settings = proposed(shop, **answers)
    lines = pd.read_parquet(read_tables(shop.folder, settings, shop.cache).path("order_lines"))
    return {name: sum(part["net_amount"]) for name, part in lines.groupby("customer_id", dropna=False)}


def sheet(shop, name, rows, merge=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([None if cell == "" else cell for cell in row])
    for cells in merge:
        book.active.merge_cells(cells)
    book.save(shop.folder / name)


HEAD = ["Date", "Order No", "Customer", "Product", "Qty", "Amount"]


def test_a_head_in_line_twelve_below_filters_is_found(shop):
    filters = [["Sales list", *[""] * 5], *([f"Filter {n}", "all", *[""] * 4] for n in range(9)), [""] * 6]
    shop.write(
        "sales.csv",
        [",".join(row) for row in [*filters, HEAD, ["2026-01-05", "A1", "Kestrel", "P1", "2", "7.5"]]],
    )
    text, _ = proposed(shop)
    assert "skip = 11" in text
    assert read(shop) == {"Kestrel": Decimal("7.5")}


def test_customers_whose_names_are_words_of_totals_are_kept(shop):
    rows = ["2026-01-05,A1,Total Tools Ltd,P1,2,7.5", "2026-01-06,A2,合计建材,P1,1,3", "2026-02-06,A3,Total,P1,1,4",
            "2026-02-07,A4,Kestrel,P1,1,4", "合计,,,,5,18.5"]  # fmt: skip
    shop.write("sales.csv", [",".join(HEAD), *rows])
    text, _ = proposed(shop)
    assert "# 1 row, 18.50 of Amount" in text
    assert read(shop) == {"Total Tools Ltd": Decimal("7.5"), "合计建材": 3, "Total": 4, "Kestrel": 4}


def test_headings_by_class_and_customer_in_columns_of_their_own(shop):
    head = ["Class", "Customer", "Date", "Order No", "Product", "Qty", "Amount"]
    rows = [head, ["Trade", *[""] * 6]]
    rows += [
        ["", "Kestrel", *[""] * 5],
        ["", "", "2026-01-05", "A1", "P1", 2, 7.5],
        ["", "", "2026-01-06", "A2", "P1", 1, 3.25],
    ]
    rows += [["", "Total Kestrel", "", "", "", 3, 10.75]]
    rows += [
        ["", "Mill Lane", *[""] * 5],
        ["", "", "2026-02-05", "A3", "P2", 1, 4],
        ["", "Total Mill Lane", "", "", "", 1, 4],
    ]
    rows += [["Total Trade", "", "", "", "", 4, 14.75]]
    sheet(shop, "sales.xlsx", rows)
    assert read(shop) == {"Kestrel": Decimal("10.75"), "Mill Lane": 4}


def test_headings_say_what_they_name(shop):
    rows = [["客户：华东五金", *[""] * 4], ["2026-01-05", "A1", "P1", 2, 7.5], ["小计", "", "", 2, 7.5]]
    rows += [
        ["客户：蓝桥", *[""] * 4],
        ["2026-01-06", "A2", "P1", 1, 3],
        ["小计", "", "", 1, 3],
        ["总计", "", "", 3, 10.5],
    ]
    sheet(shop, "销售明细.xlsx", [["日期", "单据编号", "产品编码", "数量", "金额"], *rows])
    assert read(shop) == {"华东五金": Decimal("7.5"), "蓝桥": 3}


def test_days_as_headings_are_the_dates_of_their_lines(shop):
    rows = ["05.03.2026;;;;", ";A1;Kestrel;2;7,5", ";A2;Mill Lane;1;3,25", "06.03.2026;;;;", ";A3;Kestrel;1;4",
            "15.03.2026;;;;",
            ";A4;Kestrel;1;1"]  # fmt: skip
    shop.write("sales.csv", [";Order No;Customer;Qty;Amount", *rows])
    assert read(shop) == {"Kestrel": Decimal("12.5"), "Mill Lane": Decimal("3.25")}


def test_headings_that_may_name_anything_are_asked_for(shop):
    head = ["", "Date", "Order No", "Product", "Qty", "Amount"]
    rows = [
        ["Hardware", *[""] * 5],
        ["", "2026-01-05", "A1", "P1", 2, 7.5],
        ["Electric", *[""] * 5],
        ["", "2026-01-06", "A2", "P2", 1, 3],
    ]
    sheet(shop, "sales.xlsx", [head, *rows])
    text = propose_map(shop.folder)
    assert (
        """column = "?"  # "customer_id" if the rows above their lines ('Hardware', 'Electric') name customers"""
        in text
    )
    assert read(shop, column='"customer_id"') == {"Hardware": Decimal("7.5"), "Electric": 3}


def test_a_total_without_a_word_is_told_by_its_sum(shop):
    rows = ["2026-01-05,A1,Kestrel,P1,2,7.5", "2026-01-06,A2,Mill Lane,P1,1,3", ",,,,3,10.5"]
    shop.write("sales.csv", [",".join(HEAD), *rows])
    text, _ = proposed(shop)
    assert "# 1 row, 10.50 of Amount" in text
    assert read(shop) == {"Kestrel": Decimal("7.5"), "Mill Lane": 3}


def test_document_fields_are_filled_down_and_its_total_is_not(shop):
    head = ["Order No", "Date", "Customer", "Salesperson", "Product", "Qty", "Amount", "Document total"]
    rows = [["A1", "2026-01-05", "Kestrel", "", "P1", 2, 7.5, 10.5], ["", "", "", "", "P2", 1, 3, ""]]
    rows += [["A2", "2026-01-06", "Mill Lane", "Ann", "P1", 1, 4, 5], ["", "", "", "", "P3", 1, 1, ""]]
    rows += [["A3", "2026-01-07", "", "Ann", "P1", 1, 2, 3], ["", "", "", "", "P3", 1, 1, ""]]
    sheet(shop, "sales.xlsx", [head, *rows])
    _, settings = proposed(shop)
    assert settings.tables["order_lines"].fill_down == ["Order No", "Date", "Customer", "Salesperson"]
    assert settings.tables["order_lines"].fill_within == "Order No"
    found = read(shop)
    assert found.pop("Kestrel") == Decimal("10.5")
    assert found.pop("Mill Lane") == 5
    assert list(found.values()) == [3], "the customer of A3 stands nowhere, and is not that of A2"


def test_a_value_that_lacks_on_whole_documents_is_not_filled(shop):
    rows = [
        "A1,2026-01-05,Kestrel,P1,2,7.5",
        "A1,2026-01-05,Kestrel,P2,1,3",
        "A2,2026-01-06,,P1,1,4",
        "A2,2026-01-06,,P2,1,4",
    ]
    shop.write("sales.csv", ["Order No,Date,Customer,Product,Qty,Amount", *rows])
    _, settings = proposed(shop)
    assert settings.tables["order_lines"].fill_down == []


def test_months_side_by_side_become_rows_once_the_year_is_said(shop):
    rows = [["Customer", "Region", "Jan", "Feb", "Mar", "Total"], ["Kestrel", "N", 5, 0, 2.5, 7.5],
            ["Mill Lane", "S", "", 3, "-", 3],
            ["Total", "", 5, 3, 2.5, 10.5]]  # fmt: skip
    sheet(shop, "ranking.xlsx", rows)
    text, _ = proposed(shop, year=2026)
    assert "year = 2026  # the year of 'Jan'" in text
    assert read(shop, year=2026) == {"Kestrel": Decimal("7.5"), "Mill Lane": 3}


def test_quantity_and_amount_of_each_month(shop):
    rows = [["客户销售 2026年", *[""] * 6], ["客户", "1月", "", "2月", "", "3月", ""],
            ["", "数量", "金额", "数量", "金额", "数量", "金额"],
            ["甲", 1, 5, 2, 8, 0, 0], ["乙", 0, 0, 1, 3, 4, 9.5], ["合计", 1, 5, 3, 11, 4, 9.5]]  # fmt: skip
    sheet(shop, "客户销售.xlsx", rows, ["B2:C2", "D2:E2", "F2:G2"])
    assert read(shop) == {"甲": 13, "乙": Decimal("12.5")}


def test_a_budget_by_months_is_no_sales(shop):
    sheet(shop, "budget.xlsx", [["Customer", "2026-01", "2026-02", "2026-03"], ["Kestrel", 5, 1, 2]])
    assert "unpivot" not in propose_map(shop.folder)


@pytest.mark.parametrize(
    ("heads", "days"),
    [
        (["2026-01", "2026-02", "2026-03"], ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (["202601", "202602", "202603"], ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (["Jan 2026", "Feb 2026", "Mar 2026"], ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (["Q1 2026", "Q2 2026", "Q3 2026"], ["2026-03-31", "2026-06-30", "2026-09-30"]),
        (["2026年10月", "2026年11月", "2026年12月"], ["2026-10-31", "2026-11-30", "2026-12-31"]),
        (["KW 1 2026", "KW 2 2026", "KW 3 2026"], ["2026-01-04", "2026-01-11", "2026-01-18"]),
    ],
)
def test_heads_that_are_times_give_their_last_day(shop, heads, days):
    shop.write("sales.csv", [";".join(["Customer", *heads]), "Kestrel;1;2;3"])
    _, settings = proposed(shop)
    lines = pd.read_parquet(read_tables(shop.folder, settings, shop.cache).path("order_lines"))
    assert [str(day) for day in lines["order_date"]] == days
    assert list(lines["net_amount"]) == [1, 2, 3]


def test_months_without_a_year_from_april_to_march_turn_it(shop):
    heads = ["Okt", "Nov", "Dez", "Januar"]
    shop.write("sales.csv", [";".join(["Customer", *heads]), "Kestrel;1;2;3;4"])
    _, settings = proposed(shop, year=2025)
    lines = pd.read_parquet(read_tables(shop.folder, settings, shop.cache).path("order_lines"))
    assert [str(day) for day in lines["order_date"]] == [
        "2025-10-31",
        "2025-11-30",
        "2025-12-31",
        "2026-01-31",
    ]
    assert lines["customer_id"].unique() == ["Kestrel"]


def test_a_total_that_the_map_does_not_name_is_set_aside_and_said(shop):
    shop.orders("A1,2026-01-05,C1,1,P,2,10", "A2,2026-01-06,C2,1,P,1,5", "A3,2026-01-31,合计,1,,3,15")
    assert sum(shop.table()["net_amount"]) == 15
    assert list(shop.quarantine()["rule"]) == ["total_row"]


def test_what_may_be_a_total_stops_the_run_and_a_name_is_let_through(shop):
    shop.orders("A1,2026-01-05,C1,1,P,2,10", "A2,2026-01-06,C2,1,P,1,5", "A3,2026-01-31,Total,1,,3,99")
    with pytest.raises(
        WorkbookError, match=r"data row 3, column customer_id is 'Total'.*exclude = .*not_totals"
    ):
        shop.read()
    tables = {"order_lines": {"files": ["order_lines.csv"], "not_totals": ["Total"]}}
    assert sum(shop.table(tables=tables)["net_amount"]) == 114


def test_a_customer_called_total_who_buys_products_is_a_customer(shop):
    shop.orders("A1,2026-01-05,C1,1,P,2,10", "A2,2026-01-06,Total,1,P,1,10")
    assert list(shop.table()["customer_id"]) == ["C1", "Total"]


def test_a_sum_without_a_name_stops_the_run(shop):
    lines = [f"A{n},2026-01-05,C{n},1,P,2,{n}.5" for n in range(1, 9)]
    shop.orders(*lines, "A9,2026-01-31,,1,P,16,40")
    with pytest.raises(
        WorkbookError, match=r"data row 9, column customer_id is blank.*the sum of 8 other rows"
    ):
        shop.read()


def test_a_repeated_head_is_said_to_be_one(shop):
    shop.orders("A1,2026-01-05,C1,1,P,2,10", "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount",
                "A2,2026-01-06,C2,1,P,1,5")  # fmt: skip
    assert sum(shop.table()["net_amount"]) == 15
    assert list(shop.quarantine()["rule"]) == ["repeated_head"]


def test_cells_beyond_the_head_are_not_lost(shop):
    lines = [
        "Title",
        ",".join(HEAD),
        *(f"2026-01-05,A{n},Kestrel,P1,2,7.5" for n in range(1200)),
        "2026-01-06,B,Kestrel,P1,1,3,more",
    ]
    shop.write("sales.csv", lines)
    _, settings = proposed(shop)
    found = read_tables(shop.folder, settings, shop.cache)
    aside = pd.read_parquet(found.folder / "quarantine" / "order_lines.parquet")
    assert list(aside["rule"]) == ["unreadable_line"]
    assert "more" in aside["sentence"][0]


def test_a_heading_with_its_total_beside_it_is_carried_down_and_no_line(shop):
    head = ["Customer", "Date", "Order No", "Product", "Qty", "Amount"]
    rows = [head]
    for number, name in enumerate(["Kestrel", "Mill Lane"]):
        lines = [["", "2026-01-05", f"A{number}{n}", "P1", 2, 7.25] for n in range(8)]
        rows += [[name, "", "", "", 16, 58], *lines]
    sheet(shop, "sales.xlsx", rows)
    assert read(shop) == {"Kestrel": 58, "Mill Lane": 58}


def test_totals_of_groups_without_a_word_are_no_lines_of_a_document(shop):
    rows = ["A1,2026-01-05,Kestrel,P1,2,10", ",,,P2,1,5", ",,,,3,15", "A2,2026-02-06,Mill Lane,P1,3,15.5",
            "A3,2026-02-06,Mill Lane,P3,1,2.25",
            ",,,,4,17.75"]  # fmt: skip
    shop.write("sales.csv", ["Order No,Date,Customer,Product,Qty,Amount", *rows])
    assert read(shop) == {"Kestrel": 15, "Mill Lane": Decimal("17.75")}


def test_two_kinds_of_names_in_one_column_are_asked_about(shop):
    rows = [["Kestrel", 15, 3, 2], ["P1", 10, 1, 2], ["P2", 5, 2, 0], ["Mill Lane", 7, 7, 1], ["P1", 3, 3, 1],
            ["P3", 4, 4, 0]]  # fmt: skip
    sheet(shop, "sales.xlsx", [["Customer", "Jan 2026", "Feb 2026", "Mar 2026"], *rows])
    assert """where = "?"  # 2 rows, such as 'Kestrel', are the sums of the rows below them""" in propose_map(
        shop.folder
    )


def test_a_password_of_a_workbook_stands_in_the_environment(shop, monkeypatch):
    import msoffcrypto.format.ooxml

    sheet(shop, "plain.xlsx", [HEAD, ["2026-01-05", "A1", "Kestrel", "P1", 2, 7.5]])
    plain = shop.folder / "plain.xlsx"
    with plain.open("rb") as file, (shop.folder / "sales.xlsx").open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(file).encrypt("secret", target)
    plain.unlink()
    monkeypatch.delenv("WORKBOOK_FILE_PASSWORD", raising=False)
    with pytest.raises(WorkbookError, match=r"protected by a password.*WORKBOOK_FILE_PASSWORD"):
        propose_map(shop.folder)
    monkeypatch.setenv("WORKBOOK_FILE_PASSWORD", "wrong")
    with pytest.raises(WorkbookError, match="another password"):
        propose_map(shop.folder)
    monkeypatch.setenv("WORKBOOK_FILE_PASSWORD", "secret")
    assert read(shop) == {"Kestrel": Decimal("7.5")}


def side_by_side(shop, name: str, months, rows=(("K1", 1), ("K2", 2)), form="2026-{:02}"):
    """Write a file of months side by side: each customer's number times the month."""
    heads = [form.format(month) for month in months]
    shop.write(name, [",".join(["Customer", *heads]), *(",".join([who, *(str(n * m) for m in months)])
                                                         for who, n in rows)])  # fmt: skip


@pytest.mark.parametrize("form", ["2026-{:02}", "{}/2026", "2026年{}月"])
def test_months_that_only_a_later_file_has_are_read_too(shop, form):
    """The columns were listed as the first file has them, and what the second has more was lost without a word."""
    side_by_side(shop, "sales-1.csv", [1, 2, 3, 4], form=form)
    side_by_side(shop, "sales-2.csv", [3, 4, 5, 6], form=form)
    assert read(shop) == {"K1": 21, "K2": 42}


def test_a_month_that_the_map_does_not_name_stops_the_run(shop):
    side_by_side(shop, "order_lines.csv", [1, 2, 3, 4])
    listed = {"columns": ["2026-01", "2026-02"], "date": "order_date", "value": "net_amount"}
    columns = {"columns": {"customer_id": "Customer"}}
    with pytest.raises(WorkbookError, match=r'has "2026-03", "2026-04" too, which would be left unread'):
        shop.read(tables={"order_lines": columns | {"unpivot": listed}})
    kept = listed | {"columns": ["2026-*", "!2026-03", "!2026-04"]}
    lines = shop.table(tables={"order_lines": columns | {"unpivot": kept}})
    assert sum(lines["net_amount"]) == 9


def test_months_whose_year_stands_in_the_name_of_the_file_are_of_that_year(shop):
    for year in (2025, 2026):
        side_by_side(shop, f"销售{year}.csv", [1, 2, 3], form="{}月")
    text, settings = proposed(shop)
    assert 'year = "name"' in text
    lines = pd.read_parquet(read_tables(shop.folder, settings, shop.cache).path("order_lines"))
    assert dict(lines.groupby(lines["order_date"].astype(str).str[:4])["net_amount"].sum()) == {
        "2025": 18,
        "2026": 18,
    }
    unpivot = settings.tables["order_lines"].unpivot.model_dump() | {"year": 2025}
    with pytest.raises(WorkbookError, match="are of several years by their names"):
        shop.read(tables={"order_lines": {"files": ["*.csv"], "columns": {"customer_id": "Customer"},
                                          "unpivot": unpivot}})  # fmt: skip
