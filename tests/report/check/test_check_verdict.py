"""What ``workbook check`` says of an export before anything is reported of it."""

import csv
import datetime as dt
import io
import json
import subprocess
import sys

import openpyxl
import pytest

from helpers.errors import WorkbookError
from helpers.report.check.run import check, next_command

TODAY = dt.date(2026, 11, 28)
HEAD = "order_id,line_no,order_date,customer_id,product_id,quantity,net_amount"


def business(last="2026-10-30", first="2025-08"):
    """Orders of three customers on four days a month, a hundred an order; the last day stands for itself."""
    start, end = dt.date.fromisoformat(f"{first}-01"), dt.date.fromisoformat(last)
    days = [start + dt.timedelta(n) for n in range((end - start).days)]
    days = [day for day in days if day.day in (3, 11, 19, 27)] + [end]
    return [f"S{n},1,{day},C{101 + n % 3},P1,1,100" for n, day in enumerate(days)]


@pytest.fixture
def said(tmp_path, own_cache):
    """Check an export: its lines, and what stands beside them; gives back what is printed, as one line a paragraph."""

    def run(lines, settings="", *, head=HEAD, today=TODAY, files=None, **options):
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, rows in {"order_lines.csv": [head, *lines], **(files or {})}.items():
            (folder / name).write_text("\n".join(rows) + "\n")
        (folder / "workbook.toml").write_text(settings)
        return check(str(folder), None, today=today, **options)

    return run


def flat(text):
    return " ".join(text.split())


def doubts(text):
    return {each["code"]: each["sentence"] for each in json.loads(text)["doubts"]}


def test_a_clean_export_ends_in_a_month_and_the_command_to_type(said, tmp_path):
    text = flat(said(business()))
    assert "Nothing is doubtful in what was read" in text
    assert "A report is of 2026-10 (500.00) unless --month says otherwise" in text
    assert f"Next: workbook report --data {tmp_path / 'export'}" in text


def test_nothing_is_wider_than_a_terminal_of_80_columns(said):
    rows = [*business(), "T1,1,2026-12-31,C1,P1,1,5", "T1,2,2026-10-02,C2,P1,1,5"]
    printed = said(rows).split("Order lines, net sales")[1].split("Next:")[0]
    assert max(map(len, printed.splitlines())) <= 80


def test_the_check_gives_money_by_month_and_by_file(said):
    early = [line for line in business() if ",2026-" not in line]
    late = [line for line in business() if ",2026-" in line]
    text = said(early, files={"order_lines_2026.csv": [HEAD, *late]})
    assert "2026-10 5 3 500.00" in flat(text)
    assert "order_lines_2026.csv 41 0 2026-01 to 2026-10 4,100.00" in flat(text)
    assert "2025-08 to 2025-09" in text  # what lies longer back is one line


def test_what_the_pages_will_miss_is_named_with_what_fills_it(said):
    text = said(business(), files={"complaints.csv": ["opened_at,customer_id", "2026-10-01,C101"]})
    assert "receivables: balance, ageing, overdue            invoices" in text
    assert "margins, and what customers are worth in margin  order_lines.cost_amount" in text
    assert "  complaints  " not in text and "\n  products  " not in text


# --- the default month
# ----------------------------------------------------------------------------------------------


def test_one_line_dated_after_today_is_named_and_is_no_month_to_report(said):
    text = flat(said([*business(), "S999,3,2026-12-31,C102,P1,6,149.40"]))
    assert (
        "1 order line is dated after today, 2026-11-28: 149.40 in all. Order S999 line 3 of 2026-12-31"
        in text
    )
    assert "A report is of 2026-10 (500.00)" in text


def test_one_lone_day_long_after_everything_else_is_named_and_is_no_month_to_report(said):
    rows = [*business("2026-06-30"), "S999,1,2026-11-27,C102,P1,6,149.40"]
    text = flat(said(rows))
    assert (
        "dated long after everything else, which ends on 2026-06-30: 149.40 in all. Order S999 line 1" in text
    )
    assert "A report is of 2026-06" in text


def test_a_year_that_cannot_be_meant_is_set_aside_and_moves_no_month(said):
    text = flat(said([*business(), "S999,1,2206-10-07,C102,P1,6,149.40"], "[quarantine]\nmax_share = 0.1\n"))
    assert "wrong_year" in text and "A report is of 2026-10" in text


def test_orders_entered_far_ahead_move_no_month_either(said):
    ahead = [f"F{n},1,2027-0{1 + n},03,C101,P1,1,7".replace(",03,", "-03,") for n in range(3)]
    text = flat(said([*business(), *ahead]))
    assert "3 order lines are dated after today" in text and "A report is of 2026-10" in text


def test_a_clock_that_stands_before_the_data_says_nothing(said):
    text = flat(said(business(), today=dt.date(2026, 1, 15)))
    assert "after today" not in text and "A report is of 2026-10" in text


def test_a_month_that_may_not_be_whole_is_not_the_default_and_is_told_how_to_ask_for(said):
    text = flat(said(business("2026-10-26")))
    assert "A report is of 2026-09 (400.00)" in text
    assert (
        "end on 2026-10-26, before the last weekday of 2026-10: whether all of 2026-10 is in the data" in text
    )
    assert "ask for it: --month 2026-10 (400.00 up to 2026-10-26)" in text


def test_a_month_that_is_not_over_by_its_lines_is_called_so(said):
    text = flat(said(business("2026-10-09")))
    assert "a month's end is seldom so long without any: in these data 2026-10 is not over" in text


def test_a_month_that_is_not_over_by_the_clock_is_called_so(said):
    text = flat(said(business("2026-10-23"), today=dt.date(2026, 10, 24)))
    assert "2026-10 is not over today, 2026-10-24" in text


@pytest.mark.slow
def test_a_month_of_own_days_that_is_not_over_ends_on_its_own_last_day(said):
    """Books close on the 25th: the lines of 26 to 31 October are all there is of November."""
    text = flat(said(business("2026-10-31"), "[periods]\nclosing_day = 25\n", today=dt.date(2026, 11, 29)))
    assert "A report is of 2026-10" in text and "2026-11 is not over today" not in text
    assert "complete_until = 2026-11-25" in text and "--month 2026-11 (200.00 up to 2026-10-31)" in text


def test_a_day_that_counts_later_than_today_is_not_after_today(said):
    """Lines of 28 September count on 1 October where books close on the 25th."""
    text = flat(said(business("2026-09-28"), "[periods]\nclosing_day = 25\n", today=dt.date(2026, 9, 28)))
    assert "after today" not in text and "The order lines end on 2026-09-28" in text


def test_data_declared_complete_to_the_end_make_their_month_the_default(said):
    text = flat(said(business("2026-10-23"), "[periods]\ncomplete_until = 2026-10-31\n"))
    assert "A report is of 2026-10 (400.00)" in text


def test_months_closed_on_the_25th_are_counted_so(said):
    settings = """[tables.order_lines.derived]
order_date = '''CASE WHEN day(CAST(order_date AS DATE)) > 25 THEN date_trunc('month', CAST(order_date AS DATE))
+ INTERVAL 1 MONTH ELSE CAST(order_date AS DATE) END'''
"""
    text = flat(said(business("2026-10-23"), settings))
    assert "2026-10 5 3 500.00" in text  # 27 September to 23 October


# --- doubts
# ----------------------------------------------------------------------------------------------


def test_customers_whose_zeros_were_lost_are_counted_with_the_lines_that_help(said, tmp_path):
    rows = [line.replace(",C", ",") for line in business()]
    records = ["Customer Code,name", *(f"000{n},N{n}" for n in (101, 102, 103))]
    mapped = '[tables.customers]\nfiles = ["customers.csv"]\n'
    renamed = f'{mapped}[tables.customers.columns]\ncustomer_id = "Customer Code"\n'
    text = flat(said(rows, renamed, files={"customers.csv": records}))
    assert "3 of 3 customers of the order lines are not in the table customers: 61 of 61 lines" in text
    assert "with other zeros in front: 101 is 000101 there" in text
    cure = """[tables.order_lines.derived]
customer_id = '''ltrim(CAST("customer_id" AS VARCHAR), '0')'''
[tables.customers.derived]
customer_id = '''ltrim(CAST("Customer Code" AS VARCHAR), '0')'''
"""
    assert flat(cure) in text
    assert "Nothing is doubtful" in said(rows, mapped + cure, files={"customers.csv": records})


@pytest.mark.parametrize(
    ("records", "cause"),
    [
        (["c-101", "c-102", "c-103"], "written otherwise: C101 is c-101 there"),
        (["101", "102", "103"], "with other letters in front: C101 is 101 there"),
        (["K77", "K78"], "The numbers are others (C101 here, K77 there)"),
        (["C101", "C102"], "the export of customers may be older than the order lines"),
        ([], "The table customers holds no row"),
    ],
)
def test_the_likely_cause_of_customers_without_record_is_said(said, records, cause):
    assert cause in flat(said(business(), files={"customers.csv": ["customer_id", *records]}))


def test_products_without_record_are_reported(said):
    found = doubts(said(business(), files={"products.csv": ["product_id", "P2"]}, as_program=True))
    assert found["products_without_record"].startswith(
        "1 of 1 products of the order lines are not in the table"
    )


def test_two_companies_in_one_file_show_by_their_document_numbers(said):
    other = [line.replace(",1,2", ",2,2", 1).replace(",C10", ",D10") for line in business()]
    found = doubts(said([*business(), *other], as_program=True))
    assert (
        "61 document numbers are used twice: 61 for different customers, 12,200.00 in all"
        in (found["numbers_used_twice"])
    )


def test_a_number_used_again_a_year_later_is_told_and_a_late_return_is_not(said):
    rows = [*business(), "S0,2,2026-10-02,C101,P1,1,40", "S1,2,2026-10-02,C102,P1,-1,-100"]
    found = doubts(said(rows, as_program=True))
    assert (
        "1 document number is used twice: 1 for sales more than 60 days apart" in found["numbers_used_twice"]
    )


def test_a_month_without_any_line_is_named(said):
    rows = [line for line in business() if ",2026-03-" not in line]
    assert "1 month has no order line: 2026-03." in flat(said(rows))


def test_lines_without_customer_are_told_with_the_share_of_the_month(said):
    rows = [*business(), "S900,1,2026-10-06,,P1,1,125"]
    assert "1 order line names no customer: 125.00; in 2026-10 125.00, 20.0% of its net sales." in flat(
        said(rows)
    )


def test_unread_currencies_and_columns_are_reported(said):
    rows = [f"{line},EUR,x" for line in business()] + ["S900,1,2026-10-06,C101,P1,1,100,USD,y"]
    text = flat(
        said(
            rows,
            '[report]\ncurrency = "EUR"\n[source.currency_rates]\nUSD = 0.9\n',
            head=f"{HEAD},currency,branch",
        )
    )
    assert "There are 2 currencies, here in EUR: EUR 61 lines, 6,100.00; USD 1 lines, 90.00." in text
    assert "columns of order_lines that nothing is made of: branch" in text


def test_net_sales_by_a_rate_of_tax_say_how_far_books_in_cents_may_be_off(said):
    """1,832.70 net in the books came as 1,832.72 from lines of a gross price, without a word."""
    lines = [f"{line},19" for line in business()]
    mapped = "[tables.order_lines.derived]\nnet_amount = "
    found = doubts(
        said(
            lines, f"{mapped}'without_tax(number(net_amount), 0.19)'\n", head=f"{HEAD},rate", as_program=True
        )
    )
    count = len(lines)
    assert f"each of {count} documents may differ by up to {count / 200:.3f} in all" in found["tax_by_rate"]
    assert "tax_by_rate" not in doubts(said(lines, head=f"{HEAD},rate", as_program=True))


def test_what_steers_a_terminal_is_not_printed(said):
    rows = [*business(), "S900\x1b[31m,1,2026-12-30,C101,P1,1,100"]
    assert "\x1b" not in said(rows)


def test_programs_get_every_figure(said):
    found = json.loads(said(business("2026-10-23"), as_program=True))
    assert found["net_amount"] == "6000.0000" and found["order_lines"] == 60 and found["customers"] == 3
    assert found["default_month"] == {
        "month": "2026-09", "why": "followed", "last_day": "2026-10-23", "in_course": "2026-10",
    }  # fmt: skip
    assert found["months"][-1] == {"month": "2026-10", "lines": 4, "customers": 3, "net_amount": "400.0000"}


# --- the rows set aside
# ----------------------------------------------------------------------------------------------

BAD = ["S900,1,2026-10-06,=1+1,P1,zwei,50", "S901,1,2026-10-06,C101,P1,1,-x-"]
ALLOWED = "[quarantine]\nmax_share = 0.5\n"


def test_rows_set_aside_are_written_beside_the_data_with_file_row_reason_and_columns(said, tmp_path):
    text = said([*business(), *BAD], ALLOWED)
    file = tmp_path / "export-set-aside" / "order_lines-set-aside.csv"
    assert f"Rows of order_lines set aside, with the reason: {file}" in text
    first, second = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (first["file"], first["row"], first["rule"]) == ("order_lines.csv", "62", "wrong_type")
    assert first["reason"].startswith("quantity is 'zwei'") and first["read: quantity"] == "zwei"
    assert first["read: customer_id"] == "'=1+1"  # no formula for a spreadsheet
    assert second["amount"] == "" and second["read: net_amount"] == "'-x-"
    assert "61 lines from" in said([*business(), *BAD], ALLOWED)  # it is not read as data


def test_rows_set_aside_can_be_a_workbook_in_a_folder_of_ones_own(said, tmp_path):
    said([*business(), *BAD], ALLOWED, aside_folder=tmp_path / "mine", aside_kind="xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "mine" / "order_lines-set-aside.xlsx").active
    assert [cell.value for cell in sheet[2]][:3] == ["order_lines.csv", 62, "wrong_type"]
    assert "=1+1" in [cell.value for cell in sheet[2]] and all(cell.data_type != "f" for cell in sheet[2])


def test_a_file_of_rows_that_are_right_now_does_not_stay(said, tmp_path):
    said([*business(), *BAD], ALLOWED)
    said(business(), ALLOWED)
    assert not (tmp_path / "export-set-aside" / "order_lines-set-aside.csv").exists()


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(said, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(WorkbookError, match=r"taken.*--quarantine"):
        said([*business(), *BAD], ALLOWED, aside_folder=tmp_path / "taken" / "below")


def test_the_next_command_can_be_typed_as_it_stands():
    assert next_command("my data", None) == "workbook report --data 'my data'"


def test_a_label_for_a_word_that_no_column_has_is_reported(said):
    labels = "[labels]\nChains = { zh = '连锁' }\nchains = { zh = '连锁店' }\n"
    records = {
        "customers.csv": ["customer_id,name,trade_class", "C101,A,Chains", "C102,B,DIY", "C103,chains,DIY"]
    }
    found = doubts(said(business(), labels, files=records, as_program=True))
    assert "1 word under [labels]" in found["labels_without_word"]
    assert "'chains'" in found["labels_without_word"] and "'Chains'" not in found["labels_without_word"]


@pytest.mark.slow
def test_a_check_loads_no_subject_and_none_of_their_statistics_and_charts():
    """They take longer to load than a small company's data to read."""
    code = (
        "import sys, helpers.report.check.run; "
        "print([name for name in sys.modules if name.startswith(('helpers.subjects', 'scipy', 'matplotlib'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
