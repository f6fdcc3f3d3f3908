"""`workbook init` offers a calendar where the currency or the language tells the country, and sets none."""

from __future__ import annotations

import tomllib

import pytest

from helpers.intake.proposing.findings.currency import calendar_lines
from helpers.intake.proposing.propose import propose_map

SALES = "Order No,Date,Customer,Qty,Amount ({})\nA1,2026-03-05,K1,2,10.00\nA2,2026-03-06,K2,1,7.50\n"


@pytest.mark.parametrize(("code", "country"), [("CNY", "CN"), ("JPY", "JP"), ("EUR", None), ("USD", None)])
def test_a_currency_of_one_country_offers_its_calendar(tmp_path, code, country):
    (tmp_path / "sales.csv").write_text(SALES.format(code), encoding="utf-8")
    proposed = propose_map(tmp_path)
    assert (f'# country = "{country}"' in proposed) == (country is not None)
    assert "calendar" not in tomllib.loads(proposed)


def test_heads_in_chinese_offer_chinas_where_no_currency_tells():
    assert '# country = "CN"' in calendar_lines(None, chinese=True)
    assert calendar_lines(None, chinese=False) == []
    assert calendar_lines("EUR", chinese=True) == []


def test_a_file_is_taken_for_days_off_by_its_name_alone(tmp_path):
    rows = "日期,类型,名称\n2026-02-12,closed,盘点\n"
    (tmp_path / "放假安排.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "log.csv").write_text("date,kind,name\n2026-02-12,closed,x\n", encoding="utf-8")
    proposed = propose_map(tmp_path)
    assert proposed.count("[tables.days_off]") == 1
    assert proposed.split("[tables.days_off]")[1].lstrip().startswith('files = ["放假安排.csv"]')
