"""Where books close on the 25th, an order line counts in the company's month, and the accounts agree."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.intake import reconciliation

CLOSING = {"periods": {"closing_day": 25}}
ROWS = (
    "o1,25.09.2026,a,1,p,1,10.00",
    "o2,26.09.2026,a,1,p,1,20.00",
    "o3,01.10.2026,b,1,p,1,30.00",
    "o4,25.10.2026,b,1,p,1,40.00",
    "o5,26.10.2026,b,1,p,1,50.00",
)


@pytest.fixture
def dated(shop):
    shop.orders(*ROWS)
    return lambda **sections: shop.read(source={"date_format": "%d.%m.%Y"}, **sections)


def test_lines_of_the_days_after_closing_are_dated_to_the_next_months_first(dated):
    lines = pd.read_parquet(dated(**CLOSING).path("order_lines")).set_index("order_id")
    assert lines["order_date"].map("{:%m-%d}".format).to_dict() == {
        "o1": "09-25", "o2": "10-01", "o3": "10-01", "o4": "10-25", "o5": "11-01",
    }  # fmt: skip


@pytest.mark.slow
def test_money_by_month_is_that_of_the_companys_months_in_the_accounts_too(dated):
    accounts = reconciliation(dated(**CLOSING))
    lines = accounts[accounts["table"] == "order_lines"].groupby("month")["amount"].sum()
    assert {f"{month:%Y-%m}": float(amount) for month, amount in lines.items()} == {
        "2026-09": 10, "2026-10": 90, "2026-11": 50,
    }  # fmt: skip


def test_without_a_setting_no_date_is_touched(dated):
    lines = pd.read_parquet(dated().path("order_lines"))
    assert [day.day for day in lines["order_date"]] == [25, 26, 1, 25, 26]


def test_a_targets_period_may_be_of_the_companys_year(shop):
    shop.orders(*[row.replace(".09.2026", ".10.2026") for row in ROWS[2:4]])
    periods = ("FY2027", "fy 2027-q1", "FY2027Q2", "2027-P04", "2026-10", "FY27", "2027-P13")
    header = "period,scope_type,scope_id,metric,target"
    shop.write("targets.csv", [header, *(f"{period},company,,net_sales,1" for period in periods)])
    tables = shop.read(source={"date_format": "%d.%m.%Y"}, periods={"year_starts": 7})
    kept = pd.read_parquet(tables.path("targets"))["period"].tolist()
    assert sorted(kept) == ["2026-10", "FY2027", "FY2027-P04", "FY2027-Q1", "FY2027-Q2"]
    accounts = reconciliation(tables)
    known = accounts[(accounts["table"] == "targets") & (accounts["status"] == "kept")]["month"]
    assert {f"{month:%Y-%m}" for month in known} == {"2026-07"}


def test_a_target_may_be_of_the_thirteenth_period_where_a_year_has_thirteen(shop):
    shop.orders(*[row.replace(".09.2026", ".10.2026") for row in ROWS[2:4]])
    periods = ("FY2026-P13", "2026-P10", "FY2026-P14", "FY2026-P00")
    header = "period,scope_type,scope_id,metric,target"
    shop.write("targets.csv", [header, *(f"{period},company,,net_sales,1" for period in periods)])
    tables = shop.read(source={"date_format": "%d.%m.%Y"}, periods={"pattern": "13x4"})
    assert sorted(pd.read_parquet(tables.path("targets"))["period"]) == ["FY2026-P10", "FY2026-P13"]
