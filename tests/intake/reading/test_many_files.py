"""Many files, sheets and folders are one table: proposed as one, read as one, and nothing is left out unsaid."""

from __future__ import annotations

import gzip
import tomllib
from decimal import Decimal

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables, reconciliation_text
from helpers.intake.unread import unread_text
from helpers.questions import open_questions
from helpers.settings.config import load_settings, parse_settings

HEAD = "Invoice No,Date,Customer ID,Item No,Qty,Amount"


def month_lines(month, customers=("C1", "C2"), amount=100):
    return [f"S{month:02}{place},2026-{month:02}-0{place + 1},{customer},P1,2,{amount + month}.50"
            for place, customer in enumerate(customers)]  # fmt: skip


def by_proposal(shop):
    """Give the map that is proposed, what it reads, and the lines."""
    text = propose_map(shop.folder)
    path = shop.folder / "workbook.toml"
    path.write_text(answered(text), encoding="utf-8")
    settings = load_settings(path)
    tables = read_tables(shop.folder, settings, shop.cache)
    return text, settings, tables, pd.read_parquet(tables.path("order_lines"))


def write_sheets(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row if isinstance(row, list) else row.split(","))
    book.save(path)


def test_a_file_a_month_is_proposed_as_one_pattern(shop):
    for month in (8, 9, 10):
        shop.write(f"sales-2026-{month:02}.csv", [HEAD, *month_lines(month)])
    text, settings, _, lines = by_proposal(shop)
    assert settings.tables["order_lines"].files == ["sales-*.csv"]
    assert "# 3 files are one table: sales-2026-08.csv to sales-2026-10.csv." in text
    assert lines["net_amount"].sum() == Decimal("657.0000")


def test_a_pattern_takes_in_no_file_that_is_another_table(shop):
    for month in (9, 10):
        shop.write(f"{month}月销售.csv", [HEAD, *month_lines(month)])
    shop.write("全月销售.csv", ["客户编号,客户名称,业种", "C1,甲,专卖店", "C2,乙,五金"])
    _, settings, _, lines = by_proposal(shop)
    assert settings.tables["order_lines"].files == ["10月销售.csv", "9月销售.csv"]
    assert settings.tables["customers"].files == ["全月销售.csv"]
    assert len(lines) == 4


def test_a_column_renamed_in_one_file_is_the_same_column(shop):
    shop.write("sales-09.csv", [HEAD, *month_lines(9)])
    shop.write("sales-10.csv", [HEAD.replace("Customer ID", "Cust No"), *month_lines(10)])
    text, settings, _, lines = by_proposal(shop)
    assert settings.tables["order_lines"].columns["customer_id"] == ["Customer ID", "Cust No"]
    assert 'sales-10.csv calls "Customer ID" "Cust No": see that it is so.' in text
    assert sorted(lines["customer_id"]) == ["C1", "C1", "C2", "C2"]


def test_a_column_renamed_to_no_known_word_is_told_by_its_place_and_values(shop):
    shop.write("sales-09.csv", [HEAD, *month_lines(9)])
    shop.write("sales-10.csv", [HEAD.replace("Customer ID", "Wer"), *month_lines(10)])
    _, settings, _, lines = by_proposal(shop)
    assert settings.tables["order_lines"].columns["customer_id"] == ["Customer ID", "Wer"]
    assert lines["customer_id"].notna().all()


def test_a_column_that_one_file_lacks_is_empty_there_and_only_where_the_map_says_so(shop):
    shop.write("sales-09.csv", [HEAD, *month_lines(9)])
    shop.write("sales-10.csv", [HEAD + ",Cost", *(f"{line},100" for line in month_lines(10))])
    text, settings, _, lines = by_proposal(shop)
    assert settings.tables["order_lines"].columns["cost_amount"] == ["Cost", ""]
    assert '# Without "Cost": sales-09.csv.' in text
    assert lines["cost_amount"].notna().sum() == 2
    columns = settings.tables["order_lines"].columns | {"cost_amount": "Cost"}
    with pytest.raises(WorkbookError, match=r"sales-09.csv has no column 'Cost'.*cost_amount = \[\"Cost\", "):
        shop.read(tables={"order_lines": {"files": ["sales-*.csv"], "columns": columns}})


def test_parquet_months_of_which_the_first_has_whole_amounts_keep_their_cents(shop):
    """DuckDB casts later files to the first one's types, without a word: 12.75 would be 13."""
    folder = shop.folder / "order_lines"
    folder.mkdir()
    for month, amounts in ((1, [10, 20]), (2, [12.75, 0.5])):
        rows = {"order_id": [f"S{month}{n}" for n in (1, 2)], "order_date": f"2026-0{month}-05", "customer_id": "C1",
                "quantity": 1, "net_amount": amounts}  # fmt: skip
        pd.DataFrame(rows).to_parquet(folder / f"2026-0{month}.parquet")
    assert shop.table()["net_amount"].sum() == Decimal("43.25")


def test_columns_in_another_order_and_one_more_of_no_use_are_one_table(shop):
    shop.write("sales-09.csv", [HEAD, *month_lines(9)])
    turned = [",".join(["x", *reversed(line.split(","))]) for line in (HEAD, *month_lines(10))]
    shop.write("sales-10.csv", turned)
    _, settings, _, lines = by_proposal(shop)
    assert settings.tables["order_lines"].files == ["sales-*.csv"]
    assert lines["net_amount"].sum() == Decimal("440.0000")


def test_forty_folders_of_regions_are_one_table_and_the_folder_is_a_column(shop):
    for number in range(40):
        (shop.folder / f"region-{number:02}").mkdir()
        shop.write(
            f"region-{number:02}/sales.csv", [HEAD, f"S{number},2026-10-05,C{number},P1,1,{number}.25"]
        )
    text = propose_map(shop.folder)
    assert 'files = ["region-*/sales.csv"]' in text
    settings = parse_settings(
        {
            "tables": {
                "order_lines": {
                    "files": ["region-*/sales.csv"],
                    "columns": {"order_id": "Invoice No", "order_date": "Date", "customer_id": "Customer ID",
                                "quantity": "Qty", "net_amount": "Amount"},
                    "derived": {"channel": "split_part(file_name, '/', 1)"},
                }
            }
        },
        "workbook.toml",
    )  # fmt: skip
    tables = read_tables(shop.folder, settings, shop.cache)
    lines = pd.read_parquet(tables.path("order_lines"))
    assert lines["net_amount"].sum() == sum(Decimal(f"{number}.25") for number in range(40))
    assert sorted(lines["channel"]) == [f"region-{number:02}" for number in range(40)]
    assert {each.name for each in tables.inputs} == {f"region-{number:02}/sales.csv" for number in range(40)}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_partition_folders_give_a_column_like_others(shop, ending):
    for day in ("2026-09-01", "2026-09-02", "2026-10-01"):
        folder = shop.folder / f"Date={day}" / "Kind=a%20b"
        folder.mkdir(parents=True)
        rows = {"Invoice No": [f"S{day}"], "Customer ID": ["C1"], "Qty": ["1"], "Amount": ["10.50"]}
        if ending == "csv":
            pd.DataFrame(rows).to_csv(folder / "part-0.csv", index=False)
        else:
            pq.write_table(pa.table(rows), folder / "part-0.parquet")
    _, settings, tables, lines = by_proposal(shop)
    assert settings.tables["order_lines"].files == [f"Date=*/Kind=a%20b/part-0.{ending}"]
    assert settings.tables["order_lines"].columns["order_date"] == "Date"
    assert sorted(map(str, lines["order_date"])) == ["2026-09-01", "2026-09-02", "2026-10-01"]
    assert tables.unread()["order_lines"] == ["Kind"]


def test_a_folder_called_like_a_table_is_read_without_a_map(shop):
    for day in (1, 2):
        folder = shop.folder / "order_lines" / f"order_date=2026-09-0{day}"
        folder.mkdir(parents=True)
        rows = {"order_id": [f"S{day}"], "customer_id": ["C1"], "quantity": [1.0], "net_amount": [10.5]}
        pq.write_table(pa.table(rows), folder / "part-0.parquet")
    assert sorted(map(str, shop.table()["order_date"])) == ["2026-09-01", "2026-09-02"]


def test_the_same_file_in_another_partition_is_other_data(shop):
    folder = shop.folder / "order_lines" / "order_date=2026-09-01"
    folder.mkdir(parents=True)
    (folder / "a.csv").write_text("order_id,customer_id,quantity,net_amount\nS1,C1,1,5\n")
    assert str(shop.table()["order_date"][0]) == "2026-09-01"
    folder.rename(folder.with_name("order_date=2026-10-01"))
    assert str(shop.table()["order_date"][0]) == "2026-10-01"


def test_a_month_that_stands_only_in_the_files_name_is_its_date(shop):
    for month in (9, 10):
        shop.write(f"sales 2026-{month:02}.csv", ["no,who,qty,net", "1,C1,1,5", "2,C2,1,7"])
    mapped = {
        "files": ["sales *.csv"],
        "columns": {"order_id": "no", "customer_id": "who", "quantity": "qty", "net_amount": "net"},
        "derived": {"order_date": "last_day(CAST(substr(file_name, 7, 7) || '-01' AS DATE))"},
    }
    lines = shop.table(tables={"order_lines": mapped})
    assert lines["net_amount"].sum() == 24  # the same lines in two months are two months' lines
    assert sorted(set(map(str, lines["order_date"]))) == ["2026-09-30", "2026-10-31"]


def test_the_sheets_of_two_workbooks_are_one_table_and_a_summary_sheet_is_none(shop):
    head = HEAD.split(",")
    for year, months in ((1, ("Jan", "Feb", "Mar")), (2, ("Apr", "May", "Jun"))):
        sheets = {}
        for place, name in enumerate(months):
            month = 3 * (year - 1) + place + 1
            sheets[name] = [head, *(line.split(",") for line in month_lines(month))]
        sheets["Overview"] = ["Month,Total", "Jan,1", "Feb,2"]
        write_sheets(shop.folder / f"quarter-{year}.xlsx", sheets)
    text, settings, tables, lines = by_proposal(shop)
    assert settings.tables["order_lines"].files == ["quarter-*.xlsx"]
    assert settings.tables["order_lines"].sheet == ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    assert lines["net_amount"].sum() == sum(2 * Decimal(f"{100 + month}.50") for month in range(1, 7))
    assert "#   Overview of quarter-1.xlsx: Month (" in text
    said = unread_text(shop.folder, settings, tables)
    assert "sheet Overview of quarter-1.xlsx: 3 rows with something in them" in said
    assert "sheet Overview of quarter-2.xlsx" in said


def test_a_sheet_that_no_workbook_has_is_refused(shop):
    for number in (1, 2):
        write_sheets(shop.folder / f"order_lines_{number}.xlsx", {"Jan": [HEAD], "Feb": [HEAD]})
    with pytest.raises(WorkbookError, match=r"order_lines_1\.xlsx has no sheet 'Mar'"):
        shop.read(tables={"order_lines": {"sheet": ["Jan", "Mar"]}})


def test_packed_csv_is_read_and_a_zip_is_named(shop):
    packed = gzip.compress("\n".join([HEAD, *month_lines(10)]).encode())
    shop.write("sales-10.csv.gz", packed)
    shop.write("sales-09.csv", [HEAD, *month_lines(9)])
    shop.write("older.zip", b"PK\x03\x04 and so on")
    text, settings, tables, lines = by_proposal(shop)
    assert lines["net_amount"].sum() == Decimal("440.0000")
    assert "# Could not be read: older.zip: a file that ends in .zip is not read" in text
    assert "older.zip: packed; unpack it" in unread_text(shop.folder, settings, tables)
    shop.write("sales-10.csv.gz", packed[:60])
    with pytest.raises(WorkbookError, match=r"sales-10.csv.gz cannot be unpacked"):
        read_tables(shop.folder, settings, shop.cache)


def test_everything_that_is_not_read_is_named_with_its_reason(shop):
    shop.orders("A1,2026-01-05,1,1,P1,1,5", name="order_lines.csv")
    shop.write("notes.pdf", b"%PDF-1.4")
    shop.write("bank.sta", [":20:STATEMENT", ":61:2610051005RC500,00NTRFINVOICE1"])
    shop.write("sales.dbf", b"\x03" + b"\0" * 31)
    shop.write("sales.json", ['[{"customer_id": "00123", "net_amount": 5}]'])
    shop.write("weather.csv", ["sun,rain", "1,2", "3,4"])
    (shop.folder / "old").mkdir()
    shop.orders("A0,2025-01-05,1,1,P1,1,5", name="old/order_lines.csv")
    book = openpyxl.Workbook()
    book.active.title = "customers"
    for row in (["customer_id", "shoe size"], ["1", "43"]):
        book.active.append(row)
    secret = book.create_sheet("secret")
    secret.append(["a"])
    secret.sheet_state = "hidden"
    book.create_sheet("empty")
    book.save(shop.folder / "customers.xlsx")
    settings = parse_settings({}, "workbook.toml")
    said = unread_text(shop.folder, settings, shop.read())
    assert said.splitlines() == [
        "Not read:",
        "    bank.sta: a file that ends in .sta is not read",
        "    notes.pdf: a file that ends in .pdf is not read",
        "    old/order_lines.csv: no table of the map names it; about 1 rows",
        "    sales.dbf: a file that ends in .dbf is not read",
        "    sales.json: a file that ends in .json is not read",
        "    weather.csv: no table of the map names it; about 2 rows",
        "    sheet secret (hidden) of customers.xlsx: 1 rows with something in them",
        "    sheet empty of customers.xlsx: it is empty",
        "    columns of customers that nothing is made of: shoe size",
    ]


def test_a_file_of_returns_beside_one_of_sales_is_not_taken_for_more_sales(shop):
    shop.write("sales.csv", [HEAD, *month_lines(9)])
    shop.write("returns.csv", [HEAD, "R1,2026-09-20,C1,P1,1,50.00"])
    text = propose_map(shop.folder)
    asked = next(each for each in open_questions(text) if each.key == "tables.order_lines.exclude.where")
    assert (
        asked.asks == "returns.csv says returns by its name: is what it says, 50.00, among the sales already?"
    )
    assert [value for value, _ in asked.answers] == ['"false"', "\"contains(lower(file_name), 'returns')\""]


def test_suppliers_are_no_customers_though_they_have_the_same_heads(shop):
    shop.write("sales.csv", [HEAD, *month_lines(9)])
    heads = "Customer ID,Customer Name,Region,Phone"
    shop.write("customers_2025.csv", [heads, "C1,Ant,North,1"])
    shop.write("customers_2026.csv", [heads, "C2,Bee,North,2"])
    shop.write("lieferanten.csv", [heads, "L1,Steel,South,3"])
    _, settings, _, _ = by_proposal(shop)
    assert settings.tables["customers"].files == ["customers_*.csv"]


def test_weekly_exports_that_overlap_are_told_with_rows_and_money(shop):
    first = ["S1,2026-10-01,C1,P1,1,10.00", "S2,2026-10-07,C2,P1,1,20.00"]
    shop.write("sales-w40.csv", [HEAD, *first])
    shop.write("sales-w41.csv", [HEAD, first[1], "S3,2026-10-08,C1,P1,1,30.00"])
    _, _, tables, lines = by_proposal(shop)
    assert lines["net_amount"].sum() == 60
    said = reconciliation_text(tables)
    assert "order_lines: 1 row (20.00) of sales-w41.csv stand in sales-w40.csv too: they count once." in said


def test_weeks_whose_days_can_be_read_in_two_ways_are_read_as_the_other_weeks_show(shop):
    days = pd.date_range("2026-03-01", "2026-03-31")
    for week in range(5):
        lines = [f"S{day.day},{day:%m/%d/%Y},C1,P1,1,100.00" for day in days[week * 7 : week * 7 + 7]]
        shop.write(f"sales-w{week + 10}.csv", [HEAD, *lines])
    *_, lines = by_proposal(shop)
    assert sorted(lines["order_date"].astype("datetime64[s]")) == list(days)


def test_small_files_of_one_head_are_read_as_one_and_each_row_is_named_by_its_file(shop):
    shop.orders("A1,2026-01-05,C1,1,P,2,10", "A2,2026-01-06,C1,1,P,1,5", name="order_lines_1.csv")
    shop.orders(
        "A3,2026-02-05,C1,1,P,2,10", "A4,2026-02-05,C1,1,P,2,10,more", "A5,2026-02-06,C1,1,P,1,much",
        "A6,2026-02-06,C1,1,P,1,8", name="order_lines_2.csv")  # fmt: skip
    shop.write(
        "order_lines_3.csv", ["order_id;order_date;customer_id;quantity;net_amount", "A7;2026-03-05;C1;1;3"]
    )
    shop.orders("A8,2026-04-31,C1,1,P,2,10", "A9,2026-04-05,C1,1,P,2,1", name="order_lines_4.csv")
    assert list(shop.table()["order_id"]) == ["A1", "A2", "A3", "A6", "A7", "A9"]
    aside = shop.quarantine()
    assert list(zip(aside["file"], aside["row_number"], aside["rule"], strict=True)) == [
        ("order_lines_2.csv", 2, "unreadable_line"),
        ("order_lines_2.csv", 3, "wrong_type"),
        ("order_lines_4.csv", 1, "wrong_date"),
    ]


def test_what_a_map_makes_of_a_documents_lines_sees_those_of_its_own_file_alone(shop):
    """Numbers start anew in each file: order 1 of February is another than that of January."""
    shop.orders("1,2026-01-05,C1,1,P,1,10", "1,2026-01-05,C1,2,P,1,30", name="order_lines_1.csv")
    shop.orders("1,2026-02-05,C1,1,P,1,10", name="order_lines_2.csv")
    derived = {"list_amount": "sum(number(net_amount)) OVER (PARTITION BY order_id)"}
    lines = shop.table(tables={"order_lines": {"derived": derived}})
    assert list(lines["list_amount"]) == [40, 40, 10]


def test_sql_that_fails_on_a_row_of_one_of_many_small_files_names_that_file(shop):
    for place, text in enumerate(["1", "2", "x"], 1):
        shop.orders(f"A{place},2026-01-05,C1,1,P,{text},10", name=f"order_lines_{place}.csv")
    with pytest.raises(WorkbookError, match=r"order_lines_3\.csv cannot be read into order_lines.*TRY_CAST"):
        shop.read(tables={"order_lines": {"derived": {"quantity": "CAST(quantity AS INTEGER)"}}})


def test_a_line_of_a_file_looked_up_that_cannot_be_taken_apart_stops_the_run(shop):
    shop.write("order_lines.csv", ["order_id,order_date,quantity,net_amount", "A1,2026-01-05,1,10"])
    shop.write("heads.csv", ["number,customer", "A1,C1,more"])
    lookup = {"files": ["heads.csv"], "on": {"order_id": "number"}}
    with pytest.raises(WorkbookError, match=r"heads\.csv, data row 1, cannot be taken apart: 'A1,C1,more'"):
        shop.read(
            tables={"order_lines": {"columns": {"customer_id": "h.customer"}, "lookups": {"h": lookup}}}
        )


@pytest.mark.parametrize("name", ["sales[1].csv", "2026 [final]/sales.csv", "sales*.csv", "sales?.csv"])
def test_a_file_whose_name_reads_as_a_pattern_is_that_file_alone(shop, name):
    """A browser's second download stopped the run, and `sales*.csv` would have taken the files beside it."""
    (shop.folder / name).parent.mkdir(exist_ok=True)
    shop.orders("A1,2026-01-05,C1,1,P,1,10", name=name)
    shop.write("sales1.csv", ["Text", "no sales"])
    text = propose_map(shop.folder)
    lines = shop.table(tables={"order_lines": tomllib.loads(answered(text))["tables"]["order_lines"]})
    assert list(lines["order_id"]) == ["A1"]


def test_many_files_of_a_folder_in_brackets_are_one_pattern(shop):
    (shop.folder / "[2026]").mkdir()
    for place in range(70):
        shop.orders(f"A{place},2026-01-05,C1,1,P,1,10", name=f"[2026]/sales-{place:03}.csv")
    table = tomllib.loads(answered(propose_map(shop.folder)))["tables"]["order_lines"]
    assert len(table["files"]) == 1
    assert len(shop.table(tables={"order_lines": table})) == 70


def test_a_cache_whose_name_reads_as_a_pattern_is_used(shop):
    shop.cache = shop.cache.parent / "a [new] * cache"
    shop.orders("A1,2026-01-05,C1,1,P,1,10")
    assert len(shop.table()) == 1


def test_a_cache_that_the_engine_cannot_name_is_refused_with_the_cure(shop):
    shop.cache = shop.cache.parent / "cache?"
    shop.orders("A1,2026-01-05,C1,1,P,1,10")
    with pytest.raises(WorkbookError, match="Set WORKBOOK_CACHE to another folder"):
        shop.read()


def test_documents_of_two_files_that_overlap_are_looked_up_in_both(shop):
    """Orders and their lines, a file a month each: the proposed map named two files where one was allowed."""
    orders = [f"A{n},2026-0{1 + n // 4}-0{1 + n},C{n}" for n in range(8)]
    for part, rows in ((1, orders[:5]), (2, orders[4:])):
        shop.write(f"orders_{part}.csv", ["order_no,order_date,customer_no", *rows])
    for part, numbers in ((1, range(4)), (2, range(4, 8))):
        shop.write(
            f"order_lines_{part}.csv", ["order_no,line,item,qty,amount", *(f"A{n},1,P,1,10" for n in numbers)]
        )
    table = tomllib.loads(answered(propose_map(shop.folder)))["tables"]["order_lines"]
    lines = shop.table(tables={"order_lines": table})
    assert dict(zip(lines["order_id"], lines["customer_id"], strict=True)) == {
        f"A{n}": f"C{n}" for n in range(8)
    }
