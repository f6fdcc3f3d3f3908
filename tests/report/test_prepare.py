"""What is found out before any notebook runs."""

from dataclasses import replace

import pandas as pd
import pytest

from helpers.report.prepare import notebooks_at_once, plan_packs
from helpers.report.requests import ReportRequest


@pytest.mark.parametrize(
    ("lines", "gigabytes", "at_once"),
    [
        (80_000, 18, 17),
        (100_000_000, 18, 5),
        (100_000_000, 6, 1),
        (1_000_000_000, 18, 1),
        (10_000_000, 3.2, 2),
    ],
)
def test_of_a_large_company_only_as_many_notebooks_run_at_once_as_fit_into_memory(lines, gigabytes, at_once):
    assert notebooks_at_once(lines, gigabytes) == at_once


def lines_up_to(folder, last_day):
    days = pd.bdate_range("2024-01-01", last_day)
    rows = [f"A{number},{day:%Y-%m-%d},C{number % 4},P1,1,10" for number, day in enumerate(days)]
    head = "order_id,order_date,customer_id,product_id,quantity,net_amount"
    (folder / "order_lines.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    return ReportRequest(data=str(folder), out=folder / "out")


def test_a_report_without_a_month_names_a_later_one_in_the_data_and_how_to_get_it(tmp_path):
    (pack,) = plan_packs(lines_up_to(tmp_path, "2025-10-23")).packs
    assert pack.month == "2025-09"
    assert pack.why_month.startswith(
        "The report is of 2025-09, the last complete month: the order lines end on 2025-10-23"
    )
    assert "--month 2025-10 makes" in pack.why_month
    (asked,) = plan_packs(replace(lines_up_to(tmp_path, "2025-10-23"), month="2025-10")).packs
    assert asked.why_month == ""


def test_nothing_is_said_of_a_month_that_the_data_end_with(tmp_path):
    (pack,) = plan_packs(lines_up_to(tmp_path, "2025-10-31")).packs
    assert (pack.month, pack.why_month) == ("2025-10", "")
