"""A book of an earlier month is told what was on record then: no target, product, salesperson or table of later."""

import pandas as pd
import pytest
from builders import line

from helpers.engine.scoped_tables import ScopedTables
from helpers.intake import read_tables, reconciliation
from helpers.intake.accounts import known_by
from helpers.settings.config import Settings

LINES = [line("a", "2026-03-02", 9, salesperson_id="s1"), line("a", "2026-05-02", 9)]
YEAR = {"scope_type": "company", "metric": "net_sales", "target": 100}


def targets(facts):
    rows = facts.frame("targets")
    return dict(zip(rows["period"], rows["target"], strict=True))


def test_targets_of_the_year_are_known_from_its_first_day_and_those_set_later_from_that_day(facts_of):
    given = [
        YEAR | {"period": "2026"},
        YEAR | {"period": "2026-12"},
        YEAR | {"period": "2027-01"},
        YEAR | {"period": "2026-04", "target": 1, "recorded_at": "2025-12-01"},
        YEAR | {"period": "2026-04", "target": 2, "recorded_at": "2026-04-10"},
    ]
    assert targets(facts_of("2026-03", order_lines=LINES, targets=given)) == {
        "2026": 100,
        "2026-12": 100,
        "2026-04": 1,
    }
    assert targets(facts_of("2026-05", order_lines=LINES, targets=given)) == {
        "2026": 100,
        "2026-12": 100,
        "2026-04": 2,
    }


def test_a_salesperson_has_no_team_before_the_first_row_that_says_so(facts_of):
    later = [{"salesperson_id": "s1", "name": "Ann", "team": "West", "valid_from": "2026-04-01"}]
    facts = facts_of("2026-03", order_lines=LINES, salespeople=later)
    assert facts.frame("seller_months")["team"].isna().all()
    assert facts.owners["team"].isna().all()


def test_free_tables_show_one_row_a_product_and_none_of_later(facts_of):
    products = [
        {"product_id": "p", "category": "Drills", "launch_date": "2020-01-01"},
        {"product_id": "p", "category": "Saws", "launch_date": "2020-01-01", "valid_from": "2026-05-01"},
        {"product_id": "q", "launch_date": "2026-05-01"},
    ]
    facts = facts_of("2026-03", order_lines=LINES, products=products)
    found = ScopedTables.of(facts.tables, facts, facts.scope("company")).products.to_pandas()
    assert found[["product_id", "category"]].to_numpy().tolist() == [["p", "Drills"]]


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in {
        "order_lines": "order_id,order_date,customer_id,quantity,net_amount\nA,2026-03-02,C1,1,9\nB,2026-05-02,C1,1,9",
        "surveys": "date,customer_id,score\n2026-05-05,C1,7\n",
        "products": "product_id,launch_date\nP1,2020-01-01\nP2,2026-05-01\nP3,\n",
        "targets": "period,scope_type,metric,target\n2026,company,net_sales,5\n2027-02,company,net_sales,5\n",
        "customers": "customer_id,first_contact_date\nC1,2020-01-01\nC2,2026-05-09\n",
    }.items():
        (folder / f"{name}.csv").write_text(text)
    return read_tables(folder, Settings(), tmp_path / "cache")


def test_a_table_whose_first_row_came_later_was_not_supplied_yet(exports):
    march, may = (known_by(exports, pd.Period(month, "M")) for month in ("2026-03", "2026-05"))
    assert not march.has("surveys")
    assert may.has("surveys", "score")
    assert {*march.supplied} == {"order_lines", "products", "targets", "customers"}


def test_rows_stand_in_the_account_of_the_month_from_which_they_are_known(exports):
    rows = reconciliation(exports)
    by_month = {
        table: dict(zip(part["month"].dt.strftime("%Y-%m").fillna("always"), part["rows"], strict=True))
        for table, part in rows.groupby("table")
    }
    assert by_month["products"] == {"2020-01": 1, "2026-05": 1, "always": 1}
    assert by_month["targets"] == {"2026-01": 1, "2027-01": 1}
    assert by_month["customers"] == {"2020-01": 1, "2026-05": 1}
